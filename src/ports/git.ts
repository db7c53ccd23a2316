/**
 * Git in the words of the engine: objects, trees, branches, worktrees. No method runs hooks, filters, merge
 * drivers or any other program that a configuration or a tree could name, and none reads files that an agent
 * can write except through a sandbox. The one exception is the user's own checkout: `inspect`, `checkoutsOf` and
 * `refreshCheckout` read and write it under the user's own configuration (large-file filters included).
 *
 * Paths are text. A byte of a path that is not UTF-8 appears as a lone surrogate U+DC80 to U+DCFF, so that every
 * path has one name and back (Python's `surrogateescape`).
 *
 * What is thrown is an `Error` that says what failed and what to do next; a full disk has `code: 'ENOSPC'`.
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

/**
 * One compare-and-swap: `from` null means that the branch must not exist, `to` null deletes it. `from` equal to
 * `to` moves nothing but must hold for the others to move.
 */
export interface BranchMove {
  branch: BranchName;
  from: CommitSha | null;
  to: CommitSha | null;
}

/** Where a branch is checked out, and whether that checkout has no changes of its own. */
export interface CheckoutState {
  path: string;
  isClean: boolean;
  /** What makes it unclean, for a person; empty if it is clean. */
  because: string;
}

/**
 * What came out of a sandbox turned out to be. `cut-short`: the stream ended before it was whole, so the reason is
 * the program's (its exit code), not the objects'.
 */
export type TakeInOutcome =
  | { kind: 'taken'; tree: TreeSha }
  | { kind: 'refused'; because: string }
  | { kind: 'cut-short'; because: string };

/** A pack as a file, or that it would have been larger than allowed (then there is no file). */
export type PackOutcome = { kind: 'written'; bytes: number; sha256: string } | { kind: 'too-large' };

/** Ends with `[Symbol.asyncDispose]`, which stops the reading process that it keeps. */
export interface Git extends AsyncDisposable {
  inspect(): Promise<RepositoryFacts>;
  /** Tip of a local branch, `null` if there is none. */
  readBranch(branch: BranchName): Promise<CommitSha | null>;
  /** Tips of those of `branches` that exist, all read at once. */
  readBranches(branches: readonly BranchName[]): Promise<ReadonlyMap<BranchName, CommitSha>>;
  /** All local branches under a prefix (`espalier/my-plan/`), sorted by name. */
  listBranches(prefix: string): Promise<{ branch: BranchName; sha: CommitSha }[]>;
  /** All moves or none; `moved: false` if any branch was not where `from` says. */
  moveBranches(moves: readonly BranchMove[], reason: string): Promise<{ moved: boolean; because: string }>;
  treeOf(commit: CommitSha): Promise<TreeSha>;
  /** Parents as the commit names them, in order; those that a shallow clone has cut off included. */
  parentsOf(commit: CommitSha): Promise<CommitSha[]>;
  isAncestor(ancestor: CommitSha, descendant: CommitSha): Promise<boolean>;
  /**
   * The best common ancestor (of several equally good ones, one), `null` if there is none. In a shallow clone that was
   * cut before it there is none, or one that is not the best: fetch until it is there.
   */
  mergeBase(one: CommitSha, other: CommitSha): Promise<CommitSha | null>;
  /** A file of a commit or tree as UTF-8 text, `null` if absent, not a file, or over `maxBytes`. */
  readFile(at: CommitSha | TreeSha, path: string, maxBytes: number): Promise<string | null>;
  /**
   * Every regular file of a small tree as UTF-8 text, by path (made with {@link Git.writeTree}). Throws if they
   * have more than `maxBytes` together.
   */
  readFiles(at: CommitSha | TreeSha, maxBytes: number): Promise<Record<string, string>>;
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
   * that matches `tree`, and the repository's objects as alternates found at `objectsInside`. All of it is the
   * sandbox's to write; the host never runs git with it. Fails if `path` exists.
   */
  createPrivateGitDir(options: {
    path: string;
    head: CommitSha;
    tree: TreeSha;
    worktreeInside: string;
    objectsInside: string;
    /**
     * Host path of the worktree that it is for, if {@link Git.createWorktree} made that with the same `tree`: git
     * inside then knows unchanged files by their times and reads only the others.
     */
    worktree?: string;
    /** Where each of {@link Git.alternateDirs} is found inside, in the same order; needed if there are any. */
    alternatesInside?: readonly string[];
    /** Exact paths, from the top of the worktree, that git inside must ignore while they are untracked. */
    exclude?: readonly string[];
  }): Promise<void>;
  /** Absolute path of the folder that holds the repository's objects (to be mounted read-only). */
  readonly objectsDir: string;
  /** Further object folders that the repository borrows from (to be mounted read-only too); mostly empty. */
  readonly alternateDirs: readonly string[];
  /**
   * Environment for git inside a sandbox: no configuration but the git directory's own, no prompt, no owner check
   * (files inside may belong to another user). `GIT_DIR` and `GIT_WORK_TREE` are not in it.
   */
  readonly sandboxEnv: Readonly<Record<string, string>>;
  /**
   * Text of a POSIX shell program that is run inside a sandbox as `sh FILE BASE`, with {@link Git.sandboxEnv},
   * `GIT_DIR` (a fresh private git directory made by the host after the agent ended, writable) and
   * `GIT_WORK_TREE` set. BASE is the commit or tree that the private directory was made for. Its standard output
   * goes to {@link Git.takeIn}; {@link Git.explainIntakeExit} reads its exit code.
   */
  readonly intakeProgram: string;
  /**
   * Reads what {@link Git.intakeProgram} wrote (a tree's name, then a pack), checks every object strictly apart
   * from the repository's own, and keeps them only if the tree is whole. Refused is what fails a check, is over
   * `maxBytes`, takes longer than `timeoutMs` (2 minutes unless said), or would make absurd paths or file counts.
   * Reads `stdout` to its end unless it refuses.
   */
  takeIn(options: { stdout: AsyncIterable<Uint8Array>; maxBytes: number; timeoutMs?: number }): Promise<TakeInOutcome>;
  /**
   * Writes what `tree` has beside `base` to a new file at `path`, in the form that {@link Git.takeIn} reads. Throws if
   * something is at `path` already.
   */
  writePack(options: {
    tree: TreeSha;
    base: CommitSha | TreeSha;
    path: string;
    maxBytes: number;
  }): Promise<PackOutcome>;
  /** Why the intake program ended with `exitCode`, as a sentence; `null` for 0. `stderr` is what it wrote there. */
  explainIntakeExit(exitCode: number, stderr: string): string | null;
  /** Worktrees (of the user or others) that have `branch` checked out. */
  checkoutsOf(branch: BranchName): Promise<CheckoutState[]>;
  /** Would {@link Git.refreshCheckout} go through? Reads only. `because` is empty if so. */
  checkRefresh(path: string, from: CommitSha, to: CommitSha): Promise<{ refreshable: boolean; because: string }>;
  /**
   * Brings a checkout whose index and files are those of `from` to `to`, after its branch moved. Refuses, and
   * changes nothing, if it has changes of its own or if an untracked or ignored file would be overwritten.
   */
  refreshCheckout(path: string, from: CommitSha, to: CommitSha): Promise<{ refreshed: boolean; because: string }>;
}
