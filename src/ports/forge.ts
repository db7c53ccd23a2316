/** Where branches live and landings happen. Local git now; GitHub keeps the same contract. */
import type { BranchName, CommitSha } from '../core/brand.ts';

/** Outcome of asking for a landing. `elsewhere` means that the branch was not where it was expected: look again. */
export type LandOutcome =
  /** `notice` is for a person: the branch moved, but something beside it (a checkout of it) could not follow. */
  | { kind: 'landed'; notice?: string }
  | { kind: 'elsewhere'; tip: CommitSha | null }
  /** Cannot be done now, and why (a dirty checkout of the base, for one). */
  | { kind: 'refused'; because: string };

/** Outcome of publishing a head. `refused` leaves every branch where it was. */
type PublishOutcome = { kind: 'published' } | { kind: 'refused'; because: string };

export interface Forge {
  readonly kind: 'local' | 'github';
  /** `exact`: the tested commit itself becomes the tip by compare-and-swap. `audited`: compared afterwards. */
  readonly landingStrength: 'exact' | 'audited';
  readTip(branch: BranchName): Promise<CommitSha | null>;
  /**
   * Publishes a head under a task's or attempt's branch. In the name spaces that only Espalier writes the branch
   * moves from wherever it was. Any other branch moves only from `from`, which is where Espalier last left it
   * (`null`: it must not exist yet): a person's branch is never overwritten. Being at `head` already is published.
   */
  publishHead(branch: BranchName, head: CommitSha, from: CommitSha | null): Promise<PublishOutcome>;
  /** Moves `target` from `from` to `to`; never forces. */
  land(landing: { target: BranchName; from: CommitSha; to: CommitSha; reason: string }): Promise<LandOutcome>;
}
