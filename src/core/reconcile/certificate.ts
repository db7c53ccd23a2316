/** The proof of a landing, written from what the ledger knows at that moment. */
import type { CommitSha, TreeSha } from '../brand.ts';
import { digestJson } from '../digest.ts';
import type { AttemptRecord, Certificate, PlanLedger } from '../ledger/ledger.ts';
import type { ResolvedTask } from '../plan/plan.ts';
import { landedAttempt, landedSha } from '../schedule/progress.ts';

/** What landed, and how. */
export interface LandedFacts {
  ledger: PlanLedger;
  task: ResolvedTask;
  attempt: AttemptRecord;
  headSha: CommitSha;
  fromSha: CommitSha;
  landedSha: CommitSha;
  testedTree: TreeSha;
  landedTree: TreeSha;
  strength: Certificate['strength'];
  /** The rules as they stood. */
  rules: readonly Certificate['rules'][number][];
}

/** Writes the certificate of a landing that is seen at `nowMs`, milliseconds since the epoch. */
export function certify(facts: LandedFacts, nowMs: number): Certificate {
  const { ledger, task, attempt, rules } = facts;
  const { evidence } = attempt;
  const merges = [attempt.trial?.result?.test ?? [], attempt.landing?.group?.result?.test ?? []];
  const tests = [...(evidence?.tests ?? []), ...merges].flat();
  const review = evidence?.reviews.findLast((one) => one.stage === 'verify' && one.score !== null);
  return {
    version: 1,
    plan: ledger.plan.id,
    revision: ledger.plan.revision,
    task: task.id,
    taskDigest: attempt.taskDigest,
    attempt: attempt.attempt,
    target: ledger.target,
    fromSha: facts.fromSha,
    headSha: facts.headSha,
    landedSha: facts.landedSha,
    testedTree: facts.testedTree,
    landedTree: facts.landedTree,
    strength: facts.strength,
    needs: task.needs.flatMap((need) => {
      const sha = landedSha(landedAttempt(ledger.tasks[need]));
      return sha === null ? [] : [{ task: need, landedSha: sha }];
    }),
    tests: tests.map(({ stage, tree, suite, status }) => ({ stage, tree, suite, status })),
    review:
      review === undefined || review.score === null
        ? null
        : {
            score: review.score,
            threshold: task.review.threshold,
            change: review.change,
            rubric: review.rubric,
            reviewer: review.reviewer,
          },
    rules: rules.map(({ rule, status, because }) => ({ rule, status, because })),
    sandbox: evidence?.sandbox ?? { engine: 'unknown', profile: 'unknown', waived: [] },
    evidence: digestJson(evidence),
    landedAt: nowMs,
  };
}
