/** All facts that one decision reads, read once, so that two decisions of one reconcile cannot disagree. */
import type { CommitSha, TaskId } from '../brand.ts';
import type { Evidence, FinalResult, TrialResult } from '../ledger/evidence.ts';
import type { PullGateFacts } from '../gate/facts.ts';
import type { HolderId, LandingRecord, PlanLedger, QueueLedger } from '../ledger/ledger.ts';

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
  /** The run of the final tests of this generation died and tested nothing, as time may cure. */
  diedFinal?: { generation: number; because: string } | null;
  /**
   * For each pending landing's commit: whether the target contains it, the tree that stands there, and the commit that
   * the forge made of it where that is another one.
   */
  landed: ReadonlyMap<CommitSha, { contained: boolean; tree: string | null; landedSha?: CommitSha | null }>;
  /**
   * Landings that the forge is doing: a process holds a live lease on it (`leased`), or it waits in the forge's own
   * queue (`queued`). They are neither redone nor withdrawn meanwhile.
   */
  busyLandings?: ReadonlyMap<CommitSha, 'leased' | 'queued'>;
  /** Left out where there are no pull requests; `null` or absent for a task that has none. */
  pulls?: ReadonlyMap<TaskId, PullGateFacts | null>;
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
  /** Where it is `audited`, plans land one at a time, by the turn in the ledger of their base. */
  landingStrength: 'exact' | 'audited';
  /** How a hosted forge lands; left out where the branch is moved locally. */
  landingWay?: NonNullable<LandingRecord['way']>;
  /** False where nothing can land until a person has changed the rules: nothing is tried then either. */
  mayLand?: boolean;
  /** Dispatch these tasks only; `null` is all. What has been dispatched goes on to its landing either way. */
  only: ReadonlySet<TaskId> | null;
}
