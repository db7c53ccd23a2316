/** Where branches live and landings happen. Local git now; GitHub keeps the same contract. */
import type { BranchName, CommitSha } from '../core/brand.ts';

/** Outcome of asking for a landing. `elsewhere` means that the branch was not where it was expected: look again. */
export type LandOutcome =
  | { kind: 'landed' }
  | { kind: 'elsewhere'; tip: CommitSha | null }
  /** Cannot be done now, and why (a dirty checkout of the base, for one). */
  | { kind: 'refused'; because: string };

export interface Forge {
  readonly kind: 'local' | 'github';
  /** `exact`: the tested commit itself becomes the tip by compare-and-swap. `audited`: compared afterwards. */
  readonly landingStrength: 'exact' | 'audited';
  readTip(branch: BranchName): Promise<CommitSha | null>;
  /** Publishes a head under a task's or attempt's branch, wherever that branch was before, if it is Espalier's own. */
  publishHead(branch: BranchName, head: CommitSha): Promise<void>;
  /** Moves `target` from `from` to `to`; never forces. */
  land(landing: { target: BranchName; from: CommitSha; to: CommitSha; reason: string }): Promise<LandOutcome>;
}
