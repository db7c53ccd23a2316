/** What became of trials and landings that the ledger says are under way. */
import type { CommitSha, TaskId, TreeSha } from '../brand.ts';
import { evaluateGate } from '../gate/evaluate.ts';
import type { GateFacts } from '../gate/facts.ts';
import type { GateVerdict } from '../gate/verdict.ts';
import type { TrialResult } from '../ledger/evidence.ts';
import type { AttemptRecord, Certificate, LandingRecord, TrialRecord } from '../ledger/ledger.ts';
import { landedAttempt, lastAttempt } from '../schedule/progress.ts';
import { backOffMs } from './back-off.ts';
import { isTrialOf } from './bound-results.ts';
import { certify } from './certificate.ts';
import {
  addCertificate,
  note,
  ownerOf,
  recordOf,
  settleDraft,
  takeGeneration,
  writeLastAttempt,
  type Draft,
} from './draft.ts';
import { BY_CANCELLED_RUN } from './follow-attempts.ts';
import { withOvertaken } from './landing-claim.ts';
import { holdTurn } from './landing-turn.ts';
import { workKey } from './snapshot.ts';
import { findPassedTest } from './tested-trees.ts';

/** Follows the landing, then the trial, of a task's verified attempt. One that is cancelled goes no further. */
export function followLanding(draft: Draft, task: TaskId): void {
  const record = recordOf(draft, task);
  const attempt = lastAttempt(record);
  if (attempt === null || attempt.status !== 'verified') return;
  if (record?.cancelled != null && attempt.landing === null)
    writeLastAttempt(draft, task, { ...attempt, status: 'cancelled' });
  else if (attempt.landing !== null) followWrittenLanding(draft, task, attempt, attempt.landing);
  else if (attempt.trial !== null && attempt.trial.result === null) followTrial(draft, task, attempt, attempt.trial);
}

function followWrittenLanding(draft: Draft, task: TaskId, attempt: AttemptRecord, landing: LandingRecord): void {
  const seen = draft.snapshot.landed.get(landing.commitSha);
  if (seen?.contained === true) {
    finishLanding(draft, task, attempt, landing, { ...seen, landedSha: seen.landedSha ?? landing.commitSha });
    return;
  }
  const busy = draft.snapshot.busyLandings?.get(landing.commitSha);
  if (busy !== undefined) {
    if (busy === 'queued' && landing.queuedAt === undefined)
      writeLastAttempt(draft, task, { ...attempt, landing: { ...landing, queuedAt: draft.nowMs } });
    return;
  }
  if (draft.snapshot.tip !== landing.fromSha) {
    // The branch moved under it: the tested tree is not what would land now. Try again on the new tip.
    writeLastAttempt(draft, task, { ...withOvertaken(draft, attempt), landing: null, trial: null });
    note(draft, 'trial-repeated', task, attempt.attempt, 'the branch moved before it could land');
    return;
  }
  if (!isAsConfigured(draft, landing)) {
    // The rules of the branch are others now: how it was to land may not be as strong any more.
    writeLastAttempt(draft, task, { ...attempt, landing: null });
    return;
  }
  pursueLanding(draft, task, attempt, landing);
}

function isAsConfigured({ config }: Draft, landing: LandingRecord): boolean {
  if (config.mayLand === false) return false;
  return landing.way === config.landingWay && (landing.strength ?? config.landingStrength) === config.landingStrength;
}

function pursueLanding(draft: Draft, task: TaskId, attempt: AttemptRecord, landing: LandingRecord): void {
  const owner = ownerOf(draft, landing.holder);
  if (owner === 'other') return;
  const refusal = draft.snapshot.refusals.get(landing.commitSha);
  if (refusal !== undefined) {
    const refusals = (landing.refusals ?? 0) + 1;
    const notBefore = draft.nowMs + backOffMs(draft.config.backoffMs, refusals);
    writeLastAttempt(draft, task, { ...attempt, landing: { ...landing, refusal, refusals, notBefore } });
    if (landing.refusal !== refusal) note(draft, 'refused', task, attempt.attempt, refusal);
    return;
  }
  if (draft.nowMs < landing.notBefore || draft.queue.frozen !== null) return;
  if (!isStillOpen(draft, task, attempt)) return;
  if (!holdTurn(draft, task, attempt.trial?.generation ?? landing.generation)) return;
  if (owner === 'me') {
    pushLandAction(draft, task, attempt.attempt, landing);
    return;
  }
  const mine = { ...landing, holder: draft.snapshot.me, generation: takeGeneration(draft), startedAt: draft.nowMs };
  writeLastAttempt(draft, task, { ...attempt, landing: mine });
  pushLandAction(draft, task, attempt.attempt, mine);
}

/**
 * True if the gate is as open as when the landing was written. On a forge it may close again: checks run on the commit
 * that lands, and people have their say until it has.
 */
function isStillOpen(draft: Draft, task: TaskId, attempt: AttemptRecord): boolean {
  if (draft.snapshot.pulls === undefined) return true;
  const verdict = evaluateGate(gateFacts(draft, task, attempt));
  if (verdict.status === 'open' || returnForChecks(draft, task, attempt, verdict)) return verdict.status === 'open';
  const closed = verdict.rules.filter(({ status }) => status === 'failed' || status === 'pending');
  // The checks of the very commit that lands: it keeps its turn until they are done.
  if (closed.every(({ rule }) => rule === 'checks')) holdTurn(draft, task, attempt.trial?.generation ?? 0);
  else writeLastAttempt(draft, task, { ...attempt, landing: null });
  return false;
}

/** Gives an attempt back to its task if the repository's own checks failed on what was to land; false if they did not. */
export function returnForChecks(draft: Draft, task: TaskId, attempt: AttemptRecord, verdict: GateVerdict): boolean {
  const failed = verdict.rules.find(({ rule, status }) => rule === 'checks' && status === 'failed');
  if (failed === undefined) return false;
  const because = `checks: ${failed.because} (${failed.found})`;
  writeLastAttempt(draft, task, { ...attempt, landing: null, status: 'returned', returnedBecause: because });
  note(draft, 'returned', task, attempt.attempt, because);
  return true;
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

/** What is seen on the branch of a landing that took effect. */
interface SeenLanding {
  landedSha: CommitSha;
  tree: string | null;
}

function finishLanding(
  draft: Draft,
  task: TaskId,
  attempt: AttemptRecord,
  landing: LandingRecord,
  seen: SeenLanding,
): void {
  const testedTree = findTestedTree(draft, task, attempt, landing, seen);
  // The queue did not wait for the answer: what it made is still being tested.
  if (testedTree === null && seen.tree === landing.group?.treeSha && landing.group.result === null) return;
  if (testedTree === null) {
    const because = `what stands at ${seen.landedSha.slice(0, 12)} is not the tree that was tested for ${task}`;
    if (draft.queue.frozen?.because === because) return;
    draft.queue = { ...draft.queue, frozen: { at: draft.nowMs, because, commitSha: landing.commitSha } };
    note(draft, 'frozen', task, attempt.attempt, because);
    return;
  }
  addCertificate(draft, certifyLanding(draft, task, attempt, landing, { landedSha: seen.landedSha, tree: testedTree }));
  const done = seen.landedSha === landing.commitSha ? landing : { ...landing, landedSha: seen.landedSha };
  writeLastAttempt(draft, task, { ...attempt, landing: done, status: 'landed' });
  note(draft, 'landed', task, attempt.attempt, `${draft.ledger.target} is at ${seen.landedSha.slice(0, 12)}`);
}

/** The tree that stands there, if it is one that was tested for this landing; `null` if it is another. */
function findTestedTree(
  { index }: Draft,
  task: TaskId,
  attempt: AttemptRecord,
  landing: LandingRecord,
  { tree }: SeenLanding,
): TreeSha | null {
  if (tree === landing.treeSha) return landing.treeSha;
  const resolved = index.task(task);
  // The forge's own queue merges it with what stands before it there: into another tree, which is tested by itself.
  if (landing.way !== 'enqueue' || tree === null || resolved === undefined) return null;
  return findPassedTest(resolved, attempt, tree)?.tree ?? null;
}

const TESTED_IN_QUEUE = {
  rule: 'merge-queue',
  status: 'passed',
  because: "the tests of the task passed on the tree that the forge's merge queue made of it",
} as const;

function certifyLanding(
  draft: Draft,
  task: TaskId,
  attempt: AttemptRecord,
  landing: LandingRecord,
  seen: { landedSha: CommitSha; tree: TreeSha },
): Certificate {
  const headSha = attempt.evidence?.headSha ?? null;
  const resolved = draft.index.task(task);
  if (resolved === undefined || headSha === null || attempt.trial?.result == null)
    throw new Error(`The landing of '${task}' has no evidence; a landing is only written with it.`);
  settleDraft(draft);
  // The rules as they stood when the landing was decided: on the tip that it was tried on.
  const rules = landing.rules ?? evaluateGate({ ...gateFacts(draft, task, attempt), tip: landing.fromSha }).rules;
  const facts = {
    ledger: draft.ledger,
    task: resolved,
    attempt,
    headSha,
    fromSha: landing.group?.commitSha === seen.landedSha ? landing.group.ontoSha : landing.fromSha,
    landedSha: seen.landedSha,
    testedTree: seen.tree,
    landedTree: seen.tree,
    strength: landing.strength ?? draft.config.landingStrength,
    rules: seen.tree === landing.treeSha ? rules : [...rules, TESTED_IN_QUEUE],
  };
  return certify(facts, draft.nowMs);
}

function followTrial(draft: Draft, task: TaskId, attempt: AttemptRecord, trial: TrialRecord): void {
  const key = workKey(task, attempt.attempt, trial.generation);
  const result = draft.snapshot.trials.get(key);
  if (result !== undefined && isTrialOf(result, { plan: draft.ledger.plan.id, task, attempt }, trial)) {
    takeInTrial(draft, task, attempt, { ...trial, result });
    return;
  }
  const owner = ownerOf(draft, trial.holder);
  if (owner === 'other' || (owner === 'me' && draft.snapshot.inFlight.has(key))) return;
  if (draft.snapshot.tip !== trial.ontoSha) {
    writeLastAttempt(draft, task, { ...withOvertaken(draft, attempt), trial: null });
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

function takeInTrial(draft: Draft, task: TaskId, attempt: AttemptRecord, trial: TrialRecord): void {
  const { result } = trial;
  if (result === null) return;
  if (result.outcome === 'cancelled') {
    const cancelled = { at: draft.nowMs, by: BY_CANCELLED_RUN };
    writeLastAttempt(draft, task, { ...attempt, trial: null, status: 'cancelled' }, { cancelled });
    note(draft, 'attempt-cancelled', task, attempt.attempt, result.feedback);
    return;
  }
  if (result.outcome === 'error') {
    const notBefore = draft.nowMs + draft.config.backoffMs;
    const count = (recordOf(draft, task)?.trialTrouble?.count ?? 0) + 1;
    const trialTrouble = { count, because: result.feedback };
    writeLastAttempt(draft, task, { ...attempt, trial: null }, { notBefore, trialTrouble });
    note(draft, 'trial-repeated', task, attempt.attempt, result.feedback);
    return;
  }
  const tried = result.commitSha === null ? attempt.tried : [...(attempt.tried ?? []), result.commitSha];
  const isGood = result.outcome === 'tested' && result.test?.status === 'passed' && result.commitSha !== null;
  if (isGood) {
    writeLastAttempt(draft, task, { ...attempt, trial, tried }, { trialTrouble: undefined });
    return;
  }
  const because =
    result.outcome === 'conflict'
      ? describeConflict(result)
      : `the tests ended as '${result.test?.status ?? 'unknown'}' on the merged tree`;
  const returned = { ...attempt, trial, tried, status: 'returned' as const, returnedBecause: because };
  writeLastAttempt(draft, task, returned, { trialTrouble: undefined });
  note(draft, 'returned', task, attempt.attempt, because);
}

function describeConflict({ conflicts }: TrialResult): string {
  const paths = conflicts.slice(0, 5).map((conflict) => conflict.path);
  return `it conflicts with what landed before it${paths.length === 0 ? '' : `: ${paths.join(', ')}`}`;
}

/** What the gate's rules read of an attempt in this draft. */
export function gateFacts(draft: Draft, task: TaskId, attempt: AttemptRecord): GateFacts {
  const resolved = draft.index.task(task);
  const { pulls } = draft.snapshot;
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
    ...(pulls === undefined ? {} : { pull: pulls.get(task) ?? null }),
  };
}
