/**
 * One repository on a forge, as git talks to it over the network. The token is handed to git in its environment: it is
 * in no argument, file or configuration. What is thrown says what failed and what to do next.
 */
import type { BranchName, CommitSha } from '../core/brand.ts';

/** Outcome of pushing a branch that must be new. Each but `pushed` leaves the remote as it was. */
export type PushOutcome =
  | { kind: 'pushed' }
  /** It is there already, at this commit. */
  | { kind: 'exists'; at: CommitSha }
  /** `lacks-workflows`: the token may not write workflow files, and the commit brings one. */
  | { kind: 'refused'; why: 'lacks-workflows' | 'other'; because: string };

export interface Remote {
  /** Brings the branch, and moves the local one of that name to it; its tip, or `null` if the remote has none. */
  fetchBranch(branch: BranchName): Promise<CommitSha | null>;
  /** Brings commits with their trees; of their history at least `depth` commits (1 is the commit alone). */
  fetchCommits(commits: readonly CommitSha[], depth: number): Promise<void>;
  /**
   * Brings two commits with as much of their history as their merge base needs, so that merging them here gives what
   * it gives in the whole repository.
   */
  fetchJoined(one: CommitSha, other: CommitSha): Promise<void>;
  /** Pushes a commit as a branch that the remote does not have. Never moves one that it has. */
  pushNew(branch: BranchName, commit: CommitSha): Promise<PushOutcome>;
}
