/**
 * Bare git repositories: what the test GitHub asks of them. Objects are written and read without a process where that
 * is safe; merges, comparisons and refs are git's own work, called with argument arrays.
 */
import type { Oid } from './state.ts';

/** Author or committer of a commit; always in UTC here. */
export interface Signature {
  name: string;
  email: string;
  /** Milliseconds since 1970; git keeps seconds. */
  at: number;
}

/** A commit, decoded. */
export interface CommitObject {
  oid: Oid;
  tree: Oid;
  parents: Oid[];
  message: string;
  author: Signature;
  committer: Signature;
}

/** One entry of one tree. */
export interface TreeEntry {
  /** `100644`, `100755`, `120000`, `160000` or `040000`. */
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  name: string;
  oid: Oid;
}

/** One file of a diff, as `GET /pulls/{n}/files` counts it. */
export interface ChangedFile {
  path: string;
  /** Where a rename came from. */
  previousPath: string | null;
  status: 'added' | 'removed' | 'modified' | 'renamed';
  additions: number;
  deletions: number;
  /** Of the file after the change (before it, where it was removed). */
  oid: Oid;
  patch: string;
}

/** All methods name a repository by its `gitDir`; commits and trees may be asked by any oid of that kind. */
export interface GitStorage extends AsyncDisposable {
  /** Makes an empty bare repository and answers its folder. */
  initRepository(name: string): Promise<string>;
  /** Runs git in a repository; throws where git fails. Standard output as bytes. */
  run(gitDir: string, args: string[], input?: string | Uint8Array): Promise<Buffer>;
  readRefs(gitDir: string): Promise<Map<string, Oid>>;
  /** Moves refs as the state already says; the zero oid deletes. */
  writeRefs(gitDir: string, refs: { name: string; oid: Oid }[]): Promise<void>;
  /** Kind of an object; `null` where there is none. */
  typeOf(gitDir: string, oid: Oid): Promise<'commit' | 'tree' | 'blob' | 'tag' | null>;
  readCommit(gitDir: string, oid: Oid): Promise<CommitObject | null>;
  readTree(gitDir: string, oid: Oid): Promise<TreeEntry[] | null>;
  readBlob(gitDir: string, oid: Oid): Promise<Buffer | null>;
  /** Entry of a tree by slashed path; the tree itself for an empty path. */
  findPath(gitDir: string, tree: Oid, path: string): Promise<TreeEntry | null>;
  writeBlob(gitDir: string, bytes: Uint8Array): Promise<Oid>;
  writeTree(gitDir: string, entries: TreeEntry[]): Promise<Oid>;
  /** Writes a tree that is `base` with some paths changed; `null` removes a path. */
  changeTree(gitDir: string, base: Oid | null, changes: Map<string, { mode: string; oid: Oid } | null>): Promise<Oid>;
  writeCommit(gitDir: string, commit: Omit<CommitObject, 'oid'>): Promise<Oid>;
  /** Merges two commits; the paths in conflict where it is not clean. */
  mergeTrees(gitDir: string, ours: Oid, theirs: Oid): Promise<{ tree: Oid; conflicts: string[] }>;
  mergeBase(gitDir: string, one: Oid, other: Oid): Promise<Oid | null>;
  isAncestor(gitDir: string, ancestor: Oid, descendant: Oid): Promise<boolean>;
  /** Commits that only one side has. */
  countApart(gitDir: string, base: Oid, head: Oid): Promise<{ aheadBy: number; behindBy: number }>;
  /** Commits of `head` that `base` lacks (all for `null`), newest first, at most `limit`. */
  listCommits(gitDir: string, range: { base: Oid | null; head: Oid; path?: string; limit?: number }): Promise<Oid[]>;
  /** Paths that differ between two commits or trees, with what happened to each. Renames are not looked for. */
  listChangedPaths(
    gitDir: string,
    range: { from: Oid; to: Oid },
  ): Promise<{ path: string; status: 'added' | 'removed' | 'modified' }[]>;
  /** Files that differ between two commits or trees, in order of path. */
  diff(gitDir: string, from: Oid, to: Oid): Promise<ChangedFile[]>;
}
