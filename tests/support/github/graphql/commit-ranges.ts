/**
 * What lies between two commits. It never changes, and asking git for it starts a process, so it is asked once.
 */

import type { ChangedFile, GitStorage } from '../git-storage.ts';
import type { Oid, Repository } from '../state.ts';
import type { GraphqlContext } from './resolver-types.ts';

interface Known {
  readonly ranges: Map<string, readonly Oid[]>;
  readonly files: Map<string, readonly ChangedFile[]>;
}

const knownByStorage = new WeakMap<GitStorage, Known>();

function knownOf(git: GitStorage): Known {
  const known = knownByStorage.get(git) ?? { ranges: new Map(), files: new Map() };
  knownByStorage.set(git, known);
  return known;
}

async function remember<Value>(known: Map<string, Value>, key: string, read: () => Promise<Value>): Promise<Value> {
  const value = known.get(key) ?? (await read());
  known.set(key, value);
  return value;
}

/** Commits of `head` that `base` lacks (all for null), newest first. */
export async function listRange(
  { world: { git } }: GraphqlContext,
  { gitDir }: Repository,
  { base, head }: { readonly base: Oid | null; readonly head: Oid },
): Promise<readonly Oid[]> {
  return remember(knownOf(git).ranges, `${gitDir} ${base ?? ''}..${head}`, () =>
    git.listCommits(gitDir, { base, head }),
  );
}

/** Files that `head` changed since it left `base`. */
export async function listChangedFiles(
  { world: { git } }: GraphqlContext,
  { gitDir }: Repository,
  { base, head }: { readonly base: Oid; readonly head: Oid },
): Promise<readonly ChangedFile[]> {
  return remember(knownOf(git).files, `${gitDir} ${base}...${head}`, async () =>
    git.diff(gitDir, (await git.mergeBase(gitDir, base, head)) ?? base, head),
  );
}
