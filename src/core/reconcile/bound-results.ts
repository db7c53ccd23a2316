/** What a result must say to count for the work that the ledger waits for (promise 4). */
import type { PlanId, TaskId } from '../brand.ts';
import type { Evidence, FinalResult, TrialResult } from '../ledger/evidence.ts';
import type { AttemptRecord, PlanLedger, TrialRecord } from '../ledger/ledger.ts';

/** The attempt that a result is asked about. */
export interface WorkOf {
  plan: PlanId;
  task: TaskId;
  attempt: AttemptRecord;
}

export function isEvidenceOf(evidence: Evidence, { plan, task, attempt }: WorkOf): boolean {
  return (
    evidence.plan === plan &&
    evidence.task === task &&
    evidence.attempt === attempt.attempt &&
    evidence.generation === attempt.generation &&
    evidence.taskDigest === attempt.taskDigest &&
    evidence.baseSha === attempt.baseSha
  );
}

export function isTrialOf(result: TrialResult, { plan, task, attempt }: WorkOf, trial: TrialRecord): boolean {
  return (
    result.plan === plan &&
    result.task === task &&
    result.attempt === attempt.attempt &&
    result.generation === trial.generation &&
    result.headSha === attempt.evidence?.headSha &&
    result.ontoSha === trial.ontoSha
  );
}

export function isFinalOf(result: FinalResult, final: NonNullable<PlanLedger['final']>): boolean {
  return result.generation === final.generation && result.commitSha === final.commitSha;
}
