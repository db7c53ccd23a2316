/** What became of trials and landings that the ledger says are under way. */
import type { TaskId } from '../brand.ts';
import { digestJson } from '../digest.ts';
import { evaluateGate } from '../gate/evaluate.ts';
import type { GateFacts } from '../gate/facts.ts';
import type { TrialResult } from '../ledger/evidence.ts';
import type { AttemptRecord, Certificate, LandingRecord, TrialRecord } from '../ledger/ledger.ts';
import { landedAttempt, lastAttempt } from '../schedule/progress.ts';
import { addCertificate, note, ownerOf, recordOf, takeGeneration, writeLastAttempt, type Draft } from './draft.ts';
import { workKey } from './snapshot.ts';

/** Follows the landing, then the trial, of a task's verified attempt. */
export function followLanding(draft: Draft, task: TaskId): void {
  const attempt = lastAttempt(recordOf(draft, task));
  if (attempt === null || attempt.status !== 'verified') return;
  if (attempt.landing !== null) followWrittenLanding(draft, task, attempt, attempt.landing);
  else if (attempt.trial !== null && attempt.trial.result === null) followTrial(draft, task, attempt, attempt.trial);
}

function followWrittenLanding(draft: Draft, task: TaskId, attempt: AttemptRecord, landing: LandingRecord): void {
  const seen = draft.snapshot.landed.get(landing.commitSha);
  if (seen?.contained === true) {
    finishLanding(draft, task, attempt, landing, seen.tree);
    return;
  }
  if (draft.snapshot.tip !== landing.fromSha) {
    // The branch moved under it: the tested tree is not what would land now. Try again on the new tip.
    writeLastAttempt(draft, task, { ...attempt, landing: null, trial: null });
    note(draft, 'trial-repeated', task, attempt.attempt, 'the branch moved before it could land');
    return;
  }
  const owner = ownerOf(draft, landing.holder);
  if (owner === 'other') return;
  const refusal = draft.snapshot.refusals.get(landing.commitSha);
  if (refusal !== undefined) {
    const notBefore = draft.nowMs + draft.config.backoffMs;
    writeLastAttempt(draft, task, { ...attempt, landing: { ...landing, refusal, notBefore } });
    if (landing.refusal !== refusal) note(draft, 'refused', task, attempt.attempt, refusal);
    return;
  }
  if (draft.nowMs < landing.notBefore || draft.queue.frozen !== null) return;
  if (owner === 'me') {
    pushLandAction(draft, task, attempt.attempt, landing);
    return;
  }
  const mine = { ...landing, holder: draft.snapshot.me, generation: takeGeneration(draft), startedAt: draft.nowMs };
  writeLastAttempt(draft, task, { ...attempt, landing: mine });
  pushLandAction(draft, task, attempt.attempt, mine);
}

/** Asks the shell to move the branch from the tip that was tried to the commit that was tested. */
export function pushLandAction(draft: Draft, task: TaskId, attempt: number, landing: LandingRecord): void {
  draft.actions.push({
    kind: 'land',
    task,
    attempt,
    generation: landing.generation,
    target: draft.ledger.target,
    fromSha: landing.fromSha,
    commitSha: landing.commitSha,
  });
}

function finishLanding(
  draft: Draft,
  task: TaskId,
  attempt: AttemptRecord,
  landing: LandingRecord,
  landedTree: string | null,
): void {
  if (landedTree !== landing.treeSha) {
    const because = `what stands at ${landing.commitSha.slice(0, 12)} is not the tree that was tested for ${task}`;
    if (draft.queue.frozen?.because === because) return;
    draft.queue = { ...draft.queue, frozen: { at: draft.nowMs, because, commitSha: landing.commitSha } };
    note(draft, 'frozen', task, attempt.attempt, because);
    return;
  }
  addCertificate(draft, certify(draft, task, attempt, landing));
  writeLastAttempt(draft, task, { ...attempt, status: 'landed' });
  note(draft, 'landed', task, attempt.attempt, `${draft.ledger.target} is at ${landing.commitSha.slice(0, 12)}`);
}

function certify(draft: Draft, task: TaskId, attempt: AttemptRecord, landing: LandingRecord): Certificate {
  const { evidence, trial } = attempt;
  if (evidence === null || evidence.headSha === null || trial?.result == null)
    throw new Error(`The landing of '${task}' has no evidence; a landing is only written with it.`);
  const resolved = draft.index.task(task);
  const review = evidence.reviews.findLast((one) => one.stage === 'verify' && one.score !== null);
  // The rules as they stood when the landing was decided: on the tip that it was tried on.
  const verdict = evaluateGate({ ...gateFacts(draft, task, attempt), tip: landing.fromSha });
  const tests = trial.result.test === null ? evidence.tests : [...evidence.tests, trial.result.test];
  return {
    version: 1,
    plan: draft.ledger.plan.id,
    revision: draft.ledger.plan.revision,
    task,
    taskDigest: attempt.taskDigest,
    attempt: attempt.attempt,
    target: draft.ledger.target,
    fromSha: landing.fromSha,
    headSha: evidence.headSha,
    landedSha: landing.commitSha,
    testedTree: landing.treeSha,
    landedTree: landing.treeSha,
    strength: draft.config.landingStrength,
    needs: (resolved?.needs ?? []).flatMap((need) => {
      const landedSha = landedAttempt(recordOf(draft, need))?.landing?.commitSha;
      return landedSha === undefined ? [] : [{ task: need, landedSha }];
    }),
    tests: tests.map(({ stage, tree, suite, status }) => ({ stage, tree, suite, status })),
    review:
      review === undefined || review.score === null
        ? null
        : {
            score: review.score,
            threshold: resolved?.review.threshold ?? 10,
            change: review.change,
            rubric: review.rubric,
            reviewer: review.reviewer,
          },
    rules: verdict.rules.map(({ rule, status, because }) => ({ rule, status, because })),
    sandbox: evidence.sandbox,
    evidence: digestJson(evidence),
    landedAt: draft.nowMs,
  };
}

function followTrial(draft: Draft, task: TaskId, attempt: AttemptRecord, trial: TrialRecord): void {
  const key = workKey(task, attempt.attempt, trial.generation);
  const result = draft.snapshot.trials.get(key);
  if (result !== undefined && isTrialOf(result, draft, task, attempt, trial)) {
    takeInTrial(draft, task, attempt, { ...trial, result });
    return;
  }
  const owner = ownerOf(draft, trial.holder);
  if (owner === 'other' || (owner === 'me' && draft.snapshot.inFlight.has(key))) return;
  if (draft.snapshot.tip !== trial.ontoSha) {
    writeLastAttempt(draft, task, { ...attempt, trial: null });
    return;
  }
  const generation = owner === 'me' ? trial.generation : takeGeneration(draft);
  if (owner === 'gone')
    writeLastAttempt(draft, task, {
      ...attempt,
      trial: { ...trial, generation, holder: draft.snapshot.me, startedAt: draft.nowMs },
    });
  draft.actions.push({ kind: 'start-trial', task, attempt: attempt.attempt, generation });
}

function isTrialOf(
  result: TrialResult,
  draft: Draft,
  task: TaskId,
  attempt: AttemptRecord,
  trial: TrialRecord,
): boolean {
  return (
    result.plan === draft.ledger.plan.id &&
    result.task === task &&
    result.attempt === attempt.attempt &&
    result.generation === trial.generation &&
    result.headSha === attempt.evidence?.headSha &&
    result.ontoSha === trial.ontoSha
  );
}

function takeInTrial(draft: Draft, task: TaskId, attempt: AttemptRecord, trial: TrialRecord): void {
  const { result } = trial;
  if (result === null) return;
  if (result.outcome === 'error') {
    const notBefore = draft.nowMs + draft.config.backoffMs;
    const count = (recordOf(draft, task)?.trialTrouble?.count ?? 0) + 1;
    const trialTrouble = { count, because: result.feedback };
    writeLastAttempt(draft, task, { ...attempt, trial: null }, { notBefore, trialTrouble });
    note(draft, 'trial-repeated', task, attempt.attempt, result.feedback);
    return;
  }
  const isGood = result.outcome === 'tested' && result.test?.status === 'passed' && result.commitSha !== null;
  if (isGood) {
    writeLastAttempt(draft, task, { ...attempt, trial }, { trialTrouble: undefined });
    return;
  }
  const because =
    result.outcome === 'conflict'
      ? `it conflicts with what landed before it: ${result.conflicts
          .map((conflict) => conflict.path)
          .slice(0, 5)
          .join(', ')}`
      : `the tests ended as '${result.test?.status ?? 'unknown'}' on the merged tree`;
  const returned = { ...attempt, trial, status: 'returned' as const, returnedBecause: because };
  writeLastAttempt(draft, task, returned, { trialTrouble: undefined });
  note(draft, 'returned', task, attempt.attempt, because);
}

/** What the gate's rules read of an attempt in this draft. */
export function gateFacts(draft: Draft, task: TaskId, attempt: AttemptRecord): GateFacts {
  const resolved = draft.index.task(task);
  if (resolved === undefined || attempt.evidence === null)
    throw new Error(`There is nothing to gate for '${task}': no such task, or no evidence.`);
  return {
    task: resolved,
    taskDigest: draft.index.digest(task),
    attempt,
    evidence: attempt.evidence,
    hasLanded: (need) => landedAttempt(recordOf(draft, need)) !== null,
    tip: draft.snapshot.tip,
    frozen: draft.queue.frozen,
    spentUsd: draft.spentUsd,
    planBudgetUsd: draft.ledger.plan.budgetUsd,
  };
}
