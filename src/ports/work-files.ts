/**
 * Files on the host that belong to one run: prompts, answers, copied configuration. Nothing here follows a symbolic
 * link that a sandbox could have made. Thrown errors of a full disk have `code: 'ENOSPC'`.
 */

/** What was copied and what was not, with the reason. Paths are relative to the checkout. */
export interface CopyOutcome {
  copied: string[];
  skipped: { path: string; because: string }[];
}

/** Which untracked files to copy, and how they change on the way. */
export interface CopyRequest {
  /** Absolute path of the user's checkout. */
  from: string;
  /** Absolute path of the worktree; no agent has touched it yet. */
  to: string;
  /** Globs from the top of the checkout; a folder that matches is copied whole. */
  globs: readonly { start: string; isLiteral: boolean; matches: (path: string) => boolean }[];
  /** Paths that are tracked: left alone, since the worktree has them already. */
  isTracked: (path: string) => boolean;
  /** New text of a text file, or `null` to copy it as it is. */
  rewrite: (path: string, text: string) => string | null;
  maxFiles: number;
  maxBytes: number;
}

export interface WorkFiles {
  /** Makes a folder that a sandbox may read, with what is missing above it. */
  makeFolder(path: string): Promise<void>;
  /** Writes a file that a sandbox may read, in a folder that exists. Replaces a file, never what a link leads to. */
  writeText(path: string, text: string): Promise<void>;
  /** Text of a regular file; `null` if absent, something else (a link, a pipe), or over `maxBytes`. */
  readText(path: string, maxBytes: number): Promise<string | null>;
  /** True if anything is at `path`, a dangling link too. */
  exists(path: string): Promise<boolean>;
  /** Removes a file or folder tree; fine if it is gone. */
  remove(path: string): Promise<void>;
  /** Renames a folder to a free name next to it and returns that. */
  moveAside(path: string): Promise<string>;
  /** Bytes that this user may still write where `path` is. */
  freeBytes(path: string): Promise<number>;
  copyUntracked(request: CopyRequest): Promise<CopyOutcome>;
}
