import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { TaskId } from '../../../src/core/brand.ts';
import { lowerBoundMinutes, schedulePlan, type ScheduleTask, sumMinutes } from '../../../src/core/plan/estimate.ts';
import { findShortestCycles } from '../../../src/core/plan/find-cycles.ts';
import {
  findCriticalPath,
  listDependents,
  listWaves,
  orderTasks,
  relateTasks,
  remainingPathMinutes,
} from '../../../src/core/plan/graph.ts';

function task(id: string, needs: string[] = [], minutes: number | null = 60, locks: string[] = []): ScheduleTask {
  return { id: id as TaskId, needs: needs as TaskId[], estimateMinutes: minutes, locks };
}

/** Any graph without a cycle: a task needs only earlier ones; then the order of the list is shuffled. */
const acyclic = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(), { maxLength: 3 }),
      minutes: fc.option(fc.integer({ min: 0, max: 300 })),
      lock: fc.nat(5),
    }),
    {
      minLength: 1,
      maxLength: 14,
    },
  )
  .map((rows) =>
    rows.map((row, index) =>
      task(
        `t${index}`,
        index === 0 ? [] : row.needs.map((need) => `t${need % index}`),
        row.minutes,
        row.lock < 2 ? [`l${row.lock}`] : [],
      ),
    ),
  )
  .chain((tasks) => fc.shuffledSubarray(tasks, { minLength: tasks.length }));

describe('order', () => {
  const diamond = [task('d', ['b', 'c'], 10), task('b', ['a'], 20), task('c', ['a'], 50), task('a', [], 5)];

  it('puts every task after what it needs', () => {
    expect(orderTasks(diamond)).toEqual(['a', 'b', 'c', 'd']);
    expect(listWaves(diamond)).toEqual([['a'], ['b', 'c'], ['d']]);
    expect(findCriticalPath(diamond)).toEqual({ ids: ['a', 'c', 'd'], minutes: 65 });
    expect(Object.fromEntries(remainingPathMinutes(diamond))).toEqual({ a: 65, b: 30, c: 60, d: 10 });
    expect(listDependents(diamond).get('a' as TaskId)).toEqual(['b', 'c']);
  });

  it('counts a task without an estimate as an hour', () => {
    expect(findCriticalPath([task('a', [], null), task('b', ['a'], 30)]).minutes).toBe(90);
  });

  it('holds for any graph without a cycle', () => {
    fc.assert(
      fc.property(acyclic, (tasks) => {
        const position = new Map(orderTasks(tasks).map((id, index) => [id, index]));
        expect(position.size).toBe(tasks.length);
        const waveOf = new Map(listWaves(tasks).flatMap((wave, index) => wave.map((id) => [id, index] as const)));
        for (const { id, needs } of tasks) {
          for (const need of needs) {
            expect(position.get(need) ?? 0).toBeLessThan(position.get(id) ?? 0);
            expect(waveOf.get(need) ?? 0).toBeLessThan(waveOf.get(id) ?? 0);
          }
        }
      }),
    );
  });

  it('relates tasks as a walk along the needs does', () => {
    fc.assert(
      fc.property(acyclic, (tasks) => {
        const byId = new Map(tasks.map((each) => [each.id, each]));
        const reaches = (from: TaskId, to: TaskId): boolean =>
          (byId.get(from)?.needs ?? []).some((need) => need === to || reaches(need, to));
        const relations = relateTasks(tasks);
        for (const a of tasks) {
          for (const b of tasks) {
            expect(relations.isAncestor(a.id, b.id)).toBe(reaches(b.id, a.id));
            expect(relations.couldRunAtOnce(a.id, b.id)).toBe(a !== b && !reaches(a.id, b.id) && !reaches(b.id, a.id));
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('relates more tasks than one machine word has bits', () => {
    const chain = Array.from({ length: 100 }, (_, index) => task(`t${index}`, index === 0 ? [] : [`t${index - 1}`]));
    const relations = relateTasks([...chain, task('free')]);
    expect(relations.isAncestor('t0' as TaskId, 't99' as TaskId)).toBe(true);
    expect(relations.isAncestor('t99' as TaskId, 't0' as TaskId)).toBe(false);
    expect(relations.couldRunAtOnce('free' as TaskId, 't64' as TaskId)).toBe(true);
  });
});

describe('cycles', () => {
  it('finds none where there is none', () => {
    fc.assert(
      fc.property(acyclic, (tasks) => {
        expect(findShortestCycles(tasks, 5)).toEqual([]);
      }),
    );
  });

  it('shows the shortest of a knot, beginning with its first task', () => {
    const tasks = [task('a', ['b']), task('b', ['c']), task('c', ['d', 'b']), task('d', ['a'])];
    expect(findShortestCycles(tasks, 5)).toEqual([['b', 'c']]);
  });

  it('shows one for each knot, and a task that needs itself', () => {
    const tasks = [task('a', ['b']), task('b', ['a']), task('c', ['c']), task('d', ['a'])];
    expect(findShortestCycles(tasks, 5)).toEqual([['a', 'b'], ['c']]);
  });

  it('is as short as the shortest that a search over all paths finds', () => {
    const graph = fc.array(fc.array(fc.nat(6), { maxLength: 3 }), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(graph, (rows) => {
        const tasks = rows.map((needs, index) =>
          task(
            `t${index}`,
            needs.map((need) => `t${need}`),
          ),
        );
        const found = findShortestCycles(tasks, 10);
        for (const cycle of found) {
          for (const [index, id] of cycle.entries()) {
            expect(tasks.find((each) => each.id === id)?.needs).toContain(cycle[(index + 1) % cycle.length]);
          }
        }
        const lengths = rows.map((_, start) => shortestThrough(rows, start)).filter((length) => length !== null);
        expect(found.length > 0 ? Math.min(...found.map((cycle) => cycle.length)) : null).toBe(
          lengths.length > 0 ? Math.min(...lengths) : null,
        );
      }),
    );
  });

  it('finds a ring of 10,000 within a second or so', () => {
    const ring = Array.from({ length: 10_000 }, (_, index) => task(`t${index}`, [`t${(index + 1) % 10_000}`]));
    const started = performance.now();
    expect(findShortestCycles(ring, 5)[0]).toHaveLength(10_000);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

function shortestThrough(rows: readonly number[][], start: number): number | null {
  let reached = new Set([start]);
  for (let length = 1; length <= rows.length; length += 1) {
    reached = new Set([...reached].flatMap((at) => rows[at] ?? []));
    if (reached.has(start)) return length;
  }
  return null;
}

describe('schedules', () => {
  it('takes the critical path first', () => {
    const tasks = [task('long', [], 60), task('a', [], 30), task('b', [], 30), task('after', ['long'], 30)];
    const schedule = schedulePlan(tasks, 2);
    expect(schedule.makespanMinutes).toBe(90);
    expect(schedule.lowerBoundMinutes).toBe(90);
    expect(schedule.speedUp).toBeCloseTo(150 / 90);
  });

  it('runs holders of a lock one after another', () => {
    const tasks = [task('a', [], 60, ['db']), task('b', [], 60, ['db']), task('c', [], 60)];
    expect(schedulePlan(tasks, 3).makespanMinutes).toBe(120);
    expect(lowerBoundMinutes(tasks, 3)).toBe(120);
  });

  it('is right about needs, agents and locks for any plan, and within the bounds', () => {
    fc.assert(
      fc.property(acyclic, fc.integer({ min: 1, max: 4 }), (tasks, agents) => {
        const { tasks: scheduled, makespanMinutes, lowerBoundMinutes: bound } = schedulePlan(tasks, agents);
        expect(scheduled).toHaveLength(tasks.length);
        const at = new Map(scheduled.map((each) => [each.id, each]));
        for (const { id, needs } of tasks) {
          for (const need of needs)
            expect(at.get(need)?.endMinutes).toBeLessThanOrEqual(at.get(id)?.startMinutes ?? -1);
        }
        const locksOf = new Map(tasks.map((each) => [each.id, each.locks]));
        for (const one of scheduled) {
          const together = scheduled.filter(
            (other) => other.startMinutes <= one.startMinutes && one.startMinutes < other.endMinutes,
          );
          expect(together.length).toBeLessThanOrEqual(agents);
          const locks = together.flatMap((each) => locksOf.get(each.id) ?? []);
          expect(new Set(locks).size).toBe(locks.length);
        }
        expect(makespanMinutes).toBeGreaterThanOrEqual(bound - 1e-6);
        expect(makespanMinutes).toBeLessThanOrEqual(sumMinutes(tasks) + 1e-6);
      }),
    );
  });

  it('does 10,000 tasks on one lock quickly', () => {
    const tasks = Array.from({ length: 10_000 }, (_, index) => task(`t${index}`, [], 1, ['one']));
    const started = performance.now();
    expect(schedulePlan(tasks, 8).makespanMinutes).toBe(10_000);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
