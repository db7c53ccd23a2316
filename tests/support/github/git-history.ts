/** What a history says, walked without a process: histories of tests are short, and commits are kept once read. */
import type { CommitObject } from './git-types.ts';
import type { Oid } from './state.ts';

/** Reads a commit; `null` where there is none of that name. */
export type ReadCommit = (oid: Oid) => Promise<CommitObject | null>;

/** Commits and all that they stand on, each with its parents; what is no commit here has none. */
export async function listReachable(read: ReadCommit, from: readonly Oid[]): Promise<Map<Oid, readonly Oid[]>> {
  const parentsOf = new Map<Oid, readonly Oid[]>();
  const next = [...from];
  for (let oid = next.shift(); oid !== undefined; oid = next.shift()) {
    if (parentsOf.has(oid)) continue;
    const parents = (await read(oid))?.parents ?? [];
    parentsOf.set(oid, parents);
    next.push(...parents);
  }
  return parentsOf;
}

/**
 * Commits of `head` that `base` lacks, in git's topological order: no parent before its children, one line of history
 * to its end before the next, the last parent's line first.
 */
export async function listApart(read: ReadCommit, head: Oid, base: Oid | null): Promise<Oid[]> {
  const hidden = base === null ? new Map<Oid, unknown>() : await listReachable(read, [base]);
  const reachable = await listReachable(read, [head]);
  const shown = new Map([...reachable].filter(([oid]) => !hidden.has(oid)));
  const children = new Map<Oid, number>();
  for (const parents of shown.values())
    for (const parent of parents) children.set(parent, (children.get(parent) ?? 0) + 1);
  const listed: Oid[] = [];
  const ready = shown.has(head) ? [head] : [];
  for (let oid = ready.pop(); oid !== undefined; oid = ready.pop()) {
    listed.push(oid);
    for (const parent of shown.get(oid) ?? []) {
      const left = (children.get(parent) ?? 0) - 1;
      children.set(parent, left);
      if (left === 0 && shown.has(parent)) ready.push(parent);
    }
  }
  return listed;
}

/** The common ancestors that no other common ancestor stands on. */
export async function findMergeBases(read: ReadCommit, one: Oid, other: Oid): Promise<Oid[]> {
  const [ofOne, ofOther] = [await listReachable(read, [one]), await listReachable(read, [other])];
  const common = [...ofOne.keys()].filter((oid) => ofOther.has(oid));
  const below = new Set<Oid>();
  for (const oid of common) {
    if (below.has(oid)) continue;
    for (const ancestor of (await listReachable(read, ofOne.get(oid) ?? [])).keys()) below.add(ancestor);
  }
  return common.filter((oid) => !below.has(oid));
}
