/** Finds cycles among needs, each shown by its shortest path. */
import type { TaskId } from '../brand.ts';
import { buildGraph, type GraphTask, type TaskGraph } from './graph.ts';

/** Most edges that the search for a shortest path walks; past it the shortest one found so far is shown. */
const MAX_STEPS = 20_000_000;

/**
 * One cycle per knot of tasks that wait for each other, the shortest of it, as ids where each needs the next and
 * the last needs the first. At most `limit` of them. A task that needs itself is a cycle of one.
 */
export function findShortestCycles(tasks: readonly GraphTask[], limit: number): TaskId[][] {
  const graph = buildGraph(tasks);
  const budget = { steps: MAX_STEPS };
  const cycles: TaskId[][] = [];
  for (const knot of findKnots(graph)) {
    if (cycles.length >= limit) break;
    const cycle = shortestWithin(graph, knot, budget);
    cycles.push(startAtSmallest(cycle).flatMap((index) => graph.ids[index] ?? []));
  }
  return cycles;
}

/** Strongly connected components that hold a cycle (Tarjan's algorithm, without recursion), in source order. */
function findKnots(graph: TaskGraph): number[][] {
  const count = graph.ids.length;
  const found: number[] = Array.from({ length: count }, () => -1);
  const low: number[] = Array.from({ length: count }, () => 0);
  const isOnStack: boolean[] = Array.from({ length: count }, () => false);
  const stack: number[] = [];
  const knots: number[][] = [];
  let clock = 0;

  function enter(index: number): { index: number; next: number } {
    found[index] = clock;
    low[index] = clock;
    clock += 1;
    stack.push(index);
    isOnStack[index] = true;
    return { index, next: 0 };
  }

  function leave(index: number): void {
    if (low[index] !== found[index]) return;
    const members: number[] = [];
    for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
      isOnStack[member] = false;
      members.push(member);
      if (member === index) break;
    }
    if (members.length > 1 || graph.needs[index]?.includes(index)) knots.push(members);
  }

  for (let root = 0; root < count; root += 1) {
    if (found[root] !== -1) continue;
    const frames = [enter(root)];
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const needed = graph.needs[frame.index]?.[frame.next];
      frame.next += 1;
      if (needed === undefined) {
        frames.pop();
        const parent = frames.at(-1);
        if (parent !== undefined) low[parent.index] = Math.min(low[parent.index] ?? 0, low[frame.index] ?? 0);
        leave(frame.index);
      } else if (found[needed] === -1) frames.push(enter(needed));
      else if (isOnStack[needed]) low[frame.index] = Math.min(low[frame.index] ?? 0, found[needed] ?? 0);
    }
  }
  const first = (knot: readonly number[]): number => knot.reduce((least, index) => Math.min(least, index), count);
  return knots
    .map((knot) => ({ knot, at: first(knot) }))
    .sort((a, b) => a.at - b.at)
    .map(({ knot }) => knot);
}

/** Breadth-first from each member that has a choice; a knot where none has one is itself a ring. */
function shortestWithin(graph: TaskGraph, knot: readonly number[], budget: { steps: number }): number[] {
  const members = new Set(knot);
  const needs = new Map(knot.map((index) => [index, (graph.needs[index] ?? []).filter((at) => members.has(at))]));
  const starts = knot.filter((index) => (needs.get(index)?.length ?? 0) > 1);
  if (starts.length === 0) starts.push(...knot.slice(0, 1));
  let best: number[] = [];
  for (const start of starts) {
    if (best.length === 1 || (best.length > 0 && budget.steps <= 0)) break;
    const bound = best.length === 0 ? Number.POSITIVE_INFINITY : best.length;
    best = cycleThrough(start, needs, bound, budget) ?? best;
  }
  return best;
}

/** The shortest cycle through `start` if it is shorter than `bound`. */
function cycleThrough(
  start: number,
  needs: ReadonlyMap<number, readonly number[]>,
  bound: number,
  budget: { steps: number },
): number[] | null {
  const cameFrom = new Map<number, number>();
  const depth = new Map<number, number>([[start, 1]]);
  const queue = [start];
  for (let head = 0; head < queue.length; head += 1) {
    const index = queue[head] ?? start;
    const length = depth.get(index) ?? 1;
    if (length >= bound) return null;
    for (const needed of needs.get(index) ?? []) {
      budget.steps -= 1;
      if (needed === start) return readBack(cameFrom, start, index);
      if (depth.has(needed)) continue;
      depth.set(needed, length + 1);
      cameFrom.set(needed, index);
      queue.push(needed);
    }
  }
  return null;
}

function readBack(cameFrom: ReadonlyMap<number, number>, start: number, end: number): number[] {
  const path = [end];
  for (let at = end; at !== start;) {
    at = cameFrom.get(at) ?? start;
    path.push(at);
  }
  return path.reverse();
}

function startAtSmallest(cycle: readonly number[]): number[] {
  const at = cycle.indexOf(cycle.reduce((least, index) => Math.min(least, index), Number.POSITIVE_INFINITY));
  return [...cycle.slice(at), ...cycle.slice(0, at)];
}
