/**
 * Where ledgers are kept: one per plan and one per target branch, moved only by compare-and-swap. Files in, files
 * out; what is in them is the engine's.
 */
import type { BranchName, CommitSha, PlanId } from '../core/brand.ts';

/** Text of files by path, such as `.agent-coordination/plan.json`. */
export type LedgerFiles = Readonly<Record<string, string>>;

/** Which state of both ledgers was read; `null` where there is none yet. */
export interface LedgerVersion {
  plan: CommitSha | null;
  queue: CommitSha | null;
}

/** Both ledgers at one version; files are `null` where there is no ledger yet. */
export interface LedgerState {
  planFiles: LedgerFiles | null;
  queueFiles: LedgerFiles | null;
  version: LedgerVersion;
}

/** `conflict`: at least one ledger moved since the version; nothing was written: read again. */
type LedgerWriteOutcome = { kind: 'written'; version: LedgerVersion } | { kind: 'conflict' };

export interface LedgerStore {
  /** The ledger of a plan, and that of the branch that it lands on. */
  read(plan: PlanId, target: BranchName): Promise<LedgerState>;
  /**
   * All or nothing: both ledgers move only if neither moved since `version`. The files given replace all files of
   * that ledger; `queue` null leaves the queue's ledger as it is (and still demands that it did not move).
   * `subject` becomes the first line of the history entry.
   */
  write(options: {
    plan: PlanId;
    target: BranchName;
    version: LedgerVersion;
    planFiles: LedgerFiles;
    queueFiles: LedgerFiles | null;
    subject: string;
  }): Promise<LedgerWriteOutcome>;
  /** Every plan that has a ledger, sorted by id. */
  listPlans(): Promise<PlanId[]>;
}
