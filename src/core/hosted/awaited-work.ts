/** Which of a plan's dispatched legs its ledger still waits for. */
import type { PlanId, TaskId } from '../brand.ts';
import type { DispatchLeg } from '../ledger/forge-record.ts';
import type { AttemptRecord, PlanLedger, TrialRecord } from '../ledger/ledger.ts';
import { awaitedTrial, lastAttempt } from '../schedule/progress.ts';

/** What the ledger waits for, as it stands there. */
export type AwaitedWork =
  | { work: 'attempt'; plan: PlanId; task: TaskId; attempt: AttemptRecord }
  | { work: 'trial'; plan: PlanId; task: TaskId; attempt: AttemptRecord; trial: TrialRecord }
  | { work: 'final'; plan: PlanId; final: NonNullable<PlanLedger['final']> };

/** The work of a leg; `null` if the ledger does not wait for it (any more). */
export function findAwaited(ledger: PlanLedger, leg: DispatchLeg): AwaitedWork | null {
  const plan = ledger.plan.id;
  if (leg.work === 'final') {
    const { final } = ledger;
    return final !== null && final.result === null && final.generation === leg.generation
      ? { work: 'final', plan, final }
      : null;
  }
  const attempt = lastAttempt(ledger.tasks[leg.task]);
  if (attempt === null || attempt.attempt !== leg.attempt) return null;
  if (leg.work === 'attempt')
    return attempt.status === 'running' && attempt.generation === leg.generation
      ? { work: 'attempt', plan, task: leg.task, attempt }
      : null;
  const trial = awaitedTrial(attempt, leg.generation);
  return attempt.status === 'verified' && trial !== null
    ? { work: 'trial', plan, task: leg.task, attempt, trial }
    : null;
}
