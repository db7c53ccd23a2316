/**
 * Git in the words of the engine: objects, trees, branches, worktrees. No method runs hooks, filters, merge
 * drivers or any other program that a configuration or a tree could name, and none reads files that an agent
 * can write except through a sandbox.
 */
import type { BranchName, CommitSha, TreeSha } from '../core/brand.ts';

/** What is true of the user's repository. */
export interface RepositoryFacts {
  /** Absolute real path of the common git directory. */
  commonDir: string;
  /** Absolute path of the checkout that was found, `null` for a bare repository. */
  topLevel: string | null;
  /** Branch checked out there, `null` when detached, unborn or bare. */
  headBranch: BranchName | null;
  hasCommits: boolean;
  isShallow: boolean;
  /** True if the checkout has staged, unstaged or untracked (not ignored) changes. */
  isDirty: boolean;
  /** Paths of submodules in HEAD's tree. */
  submodules: string[];
  objectFormat: 'sha1' | 'sha256';
  gitVersion: string;
  /** The user's `user.name` and `user.email`, for authorship; `null` if unset. */
  identity: { name: string; email: string } | null;
}

/** One path that differs between two trees. Renames are a deletion and an addition. */
export interface TreeChange {
  path: string;
  status: 'added' | 'modified' | 'deleted' | 'type-changed';
  /** Git file modes, such as `100644`, `100755`, `120000` (symlink), `160000` (gitlink); `000000` where absent. */
  oldMode: string;
  newMode: string;
  /** Object name of the new blob; all zeros where absent. */
  newBlob: string;
  /** Bytes of the new blob; 0 where absent or a gitlink. */
  newSize: number;
}

/** Outcome of merging two commits without a working tree. */
export type MergeOutcome =
  | { kind: 'clean'; tree: TreeSha }
  /** `tree` holds the merge with conflict markers in the files. */
  | { kind: 'conflict'; tree: TreeSha; conflicts: { path: string; because: string }[] };

/** One compare-and-swap: `from` null means that the branch must not exist, `to` null deletes it. */
export interface BranchMove {
  branch: BranchName;
  from: CommitSha | null;
  to: CommitSha | null;
}

/** Where a branch is checked out, and whether that checkout has no changes of its own. */
export interface CheckoutState {
  path: string;
  isClean: boolean;
}

/** What a pack that came out of a sandbox turned out to be. */
export type TakeInOutcome = { kind: 'taken'; tree: TreeSha } | { kind: 'refused'; because: string };

export interface Git {
  inspect(): Promise<RepositoryFacts>;
  /** Tip of a local branch, `null` if there is none. */
  readBranch(branch: BranchName): Promise<CommitSha | null>;
  /** All local branches under a prefix (`espalier/my-plan/`), sorted by name. */
  listBranches(prefix: string): Promise<{ branch: BranchName; sha: CommitSha }[]>;
  /** All moves or none; `moved: false` if any branch was not where `from` says. */
  moveBranches(moves: readonly BranchMove[], reason: string): Promise<{ moved: boolean; because: string }>;
  treeOf(commit: CommitSha): Promise<TreeSha>;
  isAncestor(ancestor: CommitSha, descendant: CommitSha): Promise<boolean>;
  /** A file of a commit or tree as UTF-8 text, `null` if absent, not a file, or over `maxBytes`. */
  readFile(at: CommitSha | TreeSha, path: string, maxBytes: number): Promise<string | null>;
  /** All paths of a tree. */
  listPaths(tree: TreeSha): Promise<string[]>;
  diffTrees(from: TreeSha, to: TreeSha): Promise<TreeChange[]>;
  /** Unified diff without external diff or textconv programs, cut at `maxBytes` with a line that says so. */
  diffText(from: TreeSha, to: TreeSha, maxBytes: number): Promise<string>;
  /** Lines added and removed; binary files count 0. */
  countLines(from: TreeSha, to: TreeSha): Promise<{ insertions: number; deletions: number }>;
  /** `git merge-tree --write-tree ours theirs`. */
  mergeCommits(ours: CommitSha, theirs: CommitSha): Promise<MergeOutcome>;
  /** `tree` with `paths` as they are in `from` (absent there: removed). */
  restorePaths(tree: TreeSha, from: TreeSha, paths: readonly string[]): Promise<TreeSha>;
  /** Same inputs, same SHA. */
  writeCommit(commit: {
    tree: TreeSha;
    parents: readonly CommitSha[];
    message: string;
    author: { name: string; email: string };
    atMs: number;
  }): Promise<CommitSha>;
  /** Writes a blob per entry and returns the tree of all of them (used for ledgers). */
  writeTree(files: Readonly<Record<string, string>>): Promise<TreeSha>;
  /**
   * A linked worktree at `path`, detached at `commit`, whose files are those of `tree`. No filter or hook runs,
   * so large-file pointers stay pointers. Fails if `path` exists.
   */
  createWorktree(options: { path: string; commit: CommitSha; tree: TreeSha }): Promise<void>;
  /** The second and third of the three-way validation: the folder exists, and git knows it at this path. */
  validateWorktree(path: string): Promise<{ isValid: boolean; because: string }>;
  /** Removes folder and registration; fine if either is gone already. */
  removeWorktree(path: string): Promise<void>;
  listWorktrees(): Promise<{ path: string; head: CommitSha | null; branch: BranchName | null }[]>;
  /**
   * A git directory for one sandbox: no remote, no hooks, clean configuration, a branch `work` at `head`, an index
   * that matches `tree`, and the repository's objects as alternates found at `objectsInside`.
   */
  createPrivateGitDir(options: {
    path: string;
    head: CommitSha;
    tree: TreeSha;
    worktreeInside: string;
    objectsInside: string;
  }): Promise<void>;
  /** Absolute path of the folder that holds the repository's objects (to be mounted read-only). */
  readonly objectsDir: string;
  /**
   * Reads a pack made inside a sandbox from `chunks`, checks every object strictly, and returns the tree that it
   * claims. Objects that fail, or more than `maxBytes`, refuse the whole.
   */
  takeInPack(options: {
    chunks: AsyncIterable<Uint8Array>;
    tree: string;
    maxBytes: number;
  }): Promise<TakeInOutcome>;
  /** Worktrees (of the user or others) that have `branch` checked out. */
  checkoutsOf(branch: BranchName): Promise<CheckoutState[]>;
  /** Brings a clean checkout to the new tip of its branch after the branch moved; refuses if it is not clean. */
  refreshCheckout(path: string, from: CommitSha, to: CommitSha): Promise<{ refreshed: boolean; because: string }>;
}
