import type { Repository, Oid } from '../state.ts';
import type { Actor, World } from '../world.ts';

/** A commit as a person writes it: files by path, `null` removes one. */
export interface NewCommit {
  message: string;
  files: Record<string, string | Uint8Array | null>;
}

export interface NewTreeEntry {
  path: string;
  mode: '100644' | '100755' | '040000' | '160000' | '120000';
  /** `null` removes the path. */
  content: { oid: Oid } | { text: string } | null;
}

/** To be built. */
export async function pushCommits(
  world: World,
  by: Actor,
  repository: Repository,
  push: { branch: string; commits: NewCommit[]; from?: string | undefined; isForced?: boolean | undefined },
): Promise<Oid> {
  throw new Error(`not built: pushCommits`);
}

/** To be built. */
export async function createBlob(world: World, repository: Repository, bytes: Uint8Array): Promise<Oid> {
  throw new Error(`not built: createBlob`);
}

/** To be built. */
export async function createTree(
  world: World,
  repository: Repository,
  tree: { base: Oid | null; entries: NewTreeEntry[] },
): Promise<Oid> {
  throw new Error(`not built: createTree`);
}

/** To be built. */
export async function createCommit(
  world: World,
  by: Actor,
  repository: Repository,
  commit: { message: string; tree: Oid; parents: Oid[] },
): Promise<Oid> {
  throw new Error(`not built: createCommit`);
}

/** To be built. */
export async function createCommitOnBranch(
  world: World,
  by: Actor,
  repository: Repository,
  commit: {
    branch: string;
    expectedHeadOid: Oid;
    message: string;
    additions: { path: string; bytes: Uint8Array }[];
    deletions: string[];
  },
): Promise<Oid> {
  throw new Error(`not built: createCommitOnBranch`);
}

/** To be built. */
export async function mergeBranch(
  world: World,
  by: Actor,
  repository: Repository,
  merge: { base: string; head: string; message?: string | undefined },
): Promise<Oid | null> {
  throw new Error(`not built: mergeBranch`);
}
