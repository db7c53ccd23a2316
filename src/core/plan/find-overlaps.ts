/** Finds tasks that could be at work at once and own a common path. */
import type { TaskId } from '../brand.ts';
import { compileGlob, literalPrefix } from './glob.ts';
import { findSharedPath } from './glob-overlap.ts';
import type { GlobSegment } from './glob-syntax.ts';
import { type GraphTask, relateTasks, type TaskRelations } from './graph.ts';

/** What is read of a task. */
export interface OwningTask extends GraphTask {
  owns: readonly string[];
  locks: readonly string[];
}

/** Two tasks, the globs of theirs that meet, and a path that both match. */
interface OwnershipOverlap {
  a: TaskId;
  b: TaskId;
  globA: string;
  globB: string;
  path: string;
}

/** What was found. `isComplete` is false where counting stopped at a limit. */
export interface OverlapReport {
  overlaps: OwnershipOverlap[];
  isComplete: boolean;
  /** Tasks that own nothing by name, and so may change anything that is not protected. */
  unowned: TaskId[];
}

/** Most overlapping pairs that are listed. */
export const MAX_OVERLAPS = 200;
/** Most steps of work, a comparison of two globs costing the product of their lengths; some tenths of a second. */
const MAX_WORK = 3_000_000;
/** More than there are tasks in any plan; pairs of positions become one number. */
const MAX_POSITION = 2 ** 24;

interface Claim {
  task: OwningTask;
  position: number;
  glob: string;
  segments: readonly GlobSegment[];
}

interface Folder {
  claims: Claim[];
  below: Map<string, Folder>;
}

/**
 * Pairs of tasks of which neither waits for the other, that share no lock, and whose globs can match one path; in
 * source order, each pair once. `tasks` are those of a plan that was read (no cycle, checked globs).
 */
export function findOwnershipOverlaps(tasks: readonly OwningTask[]): OverlapReport {
  const root: Folder = { claims: [], below: new Map() };
  for (const [position, task] of tasks.entries()) for (const claim of listClaims(task, position)) place(root, claim);
  const search = createSearch(relateTasks(tasks));
  search.walk(root, []);
  const overlaps = search.found().sort((x, y) => x.a.position - y.a.position || x.b.position - y.b.position);
  return {
    overlaps: overlaps.map(({ a, b, path }) => ({ a: a.task.id, b: b.task.id, globA: a.glob, globB: b.glob, path })),
    isComplete: search.isComplete(),
    unowned: tasks.filter((task) => task.owns.length === 0).map((task) => task.id),
  };
}

function listClaims(task: OwningTask, position: number): Claim[] {
  return task.owns.flatMap((text) => {
    const glob = compileGlob(text);
    return glob.ok ? glob.value.alternatives.map((segments) => ({ task, position, glob: text, segments })) : [];
  });
}

/** Claims hang in a tree of their literal folders: only a claim above or below another can meet it. */
function place(root: Folder, claim: Claim): void {
  let folder = root;
  for (const part of literalPrefix(claim.segments)) {
    const next = folder.below.get(part) ?? { claims: [], below: new Map<string, Folder>() };
    folder.below.set(part, next);
    folder = next;
  }
  folder.claims.push(claim);
}

interface Found {
  a: Claim;
  b: Claim;
  path: string;
}

function createSearch(relations: TaskRelations): {
  walk(folder: Folder, above: readonly Claim[]): void;
  found(): Found[];
  isComplete(): boolean;
} {
  const found = new Map<number, Found>();
  let work = MAX_WORK;
  let isStopped = false;

  function compare(x: Claim, y: Claim): void {
    work -= 1;
    if (isStopped || x.position === y.position) return;
    const [a, b] = x.position < y.position ? [x, y] : [y, x];
    const key = a.position * MAX_POSITION + b.position;
    if (found.has(key) || !relations.couldRunAtOnce(a.task.id, b.task.id)) return;
    if (a.task.locks.some((lock) => b.task.locks.includes(lock))) return;
    work -= weigh(a) * weigh(b);
    const path = findSharedPath(a.segments, b.segments);
    if (path !== null) found.set(key, { a, b, path });
    if (found.size >= MAX_OVERLAPS) isStopped = true;
  }

  function walk(folder: Folder, above: readonly Claim[]): void {
    for (const [index, claim] of folder.claims.entries()) {
      for (const other of above) {
        if (work <= 0) isStopped = true;
        if (isStopped) return;
        compare(other, claim);
      }
      for (let at = 0; at < index; at += 1) {
        if (work <= 0) isStopped = true;
        if (isStopped) return;
        compare(folder.claims[at] as Claim, claim);
      }
    }
    const within = folder.claims.length === 0 ? above : [...above, ...folder.claims];
    for (const next of folder.below.values()) walk(next, within);
  }

  return { walk, found: () => [...found.values()], isComplete: () => !isStopped };
}

function weigh(claim: Claim): number {
  return claim.segments.reduce(
    (sum, segment) => sum + (segment.kind === 'globstar' ? 1 : segment.literal === null ? segment.tokens.length : 1),
    0,
  );
}
