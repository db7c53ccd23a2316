/**
 * Merges of trees that need no look into a file: git's own result for every path that only one side has touched. A
 * test GitHub makes a merge for each look at a pull request, and nearly all of them are of this kind.
 */
import type { TreeEntry } from './git-types.ts';
import type { Oid } from './state.ts';

interface TreeStore {
  readTree(oid: Oid): Promise<TreeEntry[] | null>;
  writeTree(entries: TreeEntry[]): Promise<Oid>;
}

/**
 * The merged tree; `null` where git has to be asked: both sides changed a file, or one removed what was there, which
 * may be the beginning of a rename.
 */
export async function mergeSimply(
  store: TreeStore,
  { base, ours, theirs }: { base: Oid | null; ours: Oid; theirs: Oid },
): Promise<Oid | null> {
  if (ours === theirs || theirs === base) return ours;
  if (ours === base) return theirs;
  const [before, mine, yours] = await Promise.all([base, ours, theirs].map((oid) => readEntries(store, oid)));
  if (before === undefined || mine === undefined || yours === undefined) return null;
  const merged: TreeEntry[] = [];
  for (const name of new Set([...mine.keys(), ...yours.keys(), ...before.keys()])) {
    const entry = await mergeEntry(store, { was: before.get(name), mine: mine.get(name), yours: yours.get(name) });
    if (entry === null) return null;
    merged.push(entry);
  }
  return store.writeTree(merged);
}

interface Sides {
  was: TreeEntry | undefined;
  mine: TreeEntry | undefined;
  yours: TreeEntry | undefined;
}

async function mergeEntry(store: TreeStore, { was, mine, yours }: Sides): Promise<TreeEntry | null> {
  if (was !== undefined && (mine === undefined || yours === undefined)) return null;
  if (mine === undefined || yours === undefined) return mine ?? yours ?? null;
  const isTree = (entry: TreeEntry | undefined): boolean => entry === undefined || entry.type === 'tree';
  if (isTree(was) && isTree(mine) && isTree(yours)) {
    const oid = await mergeSimply(store, { base: was?.oid ?? null, ours: mine.oid, theirs: yours.oid });
    return oid === null ? null : { ...mine, oid };
  }
  if (was !== undefined && (was.type !== mine.type || was.type !== yours.type)) return null;
  if (isSame(mine, yours) || isSame(yours, was)) return mine;
  return isSame(mine, was) ? yours : null;
}

function isSame(one: TreeEntry, other: TreeEntry | undefined): boolean {
  return one.oid === other?.oid && one.mode === other.mode;
}

async function readEntries(store: TreeStore, oid: Oid | null): Promise<Map<string, TreeEntry> | undefined> {
  const entries = oid === null ? [] : await store.readTree(oid);
  return entries === null ? undefined : new Map(entries.map((entry) => [entry.name, entry]));
}
