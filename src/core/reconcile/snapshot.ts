/** All facts that one decision reads, read once, so that two decisions of one reconcile cannot disagree. */
import type { CommitSha, TaskId } from '../brand.ts';
import type { Evidence, FinalResult, TrialResult } from '../ledger/evidence.ts';
import type { HolderId, PlanLedger, QueueLedger } from '../ledger/ledger.ts';

/** Key of one dispatch: `<task>.<attempt>.<generation>`. Task ids hold no dot, so it cannot be ambiguous. */
export function workKey(task: TaskId, attempt: number, generation: number): string {
  return `${task}.${attempt}.${generation}`;
}

export interface Snapshot {
  ledger: PlanLedger;
  queue: QueueLedger;
  /** The process that decides. It must be a holder in the ledger. */
  me: HolderId;
  /** Holders that are known to be gone, whatever their lease says. */
  deadHolders: readonly HolderId[];
  /** Tip of the target branch now; `null` if the branch is gone. */
  tip: CommitSha | null;
  /** Work keys (attempts, trials) and `final.<generation>` that run in this process at this moment. */
  inFlight: ReadonlySet<string>;
  /** Evidence found, by work key. */
  evidence: ReadonlyMap<string, Evidence>;
  /** Trial results found, by work key of the trial. */
  trials: ReadonlyMap<string, TrialResult>;
  final: FinalResult | null;
  /** For each pending landing's commit: whether the target contains it, and the tree that stands there. */
  landed: ReadonlyMap<CommitSha, { contained: boolean; tree: string | null }>;
  /** Landings that the forge refused in this process since the last decision: commit → why. */
  refusals: ReadonlyMap<CommitSha, string>;
}

/** Settings of the loop; not part of the plan, may differ from run to run. */
export interface DecideConfig {
  /** Attempts that may run at once, at least 1. */
  maxParallel: number;
  leaseMs: number;
  /** Wait before a transient failure is tried again. */
  backoffMs: number;
  landingStrength: 'exact' | 'audited';
  /** Dispatch these tasks only; `null` is all. What has been dispatched goes on to its landing either way. */
  only: ReadonlySet<TaskId> | null;
}
