import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ResolvedPlan, ResolvedTask } from '../../../src/core/plan/plan.ts';
import { decide } from '../../../src/core/reconcile/decide.ts';
import { viewPlan } from '../../../src/core/reconcile/view-plan.ts';
import { landedTasks } from '../../../src/core/schedule/progress.ts';
import { aPlan, aTask, randomFrom, taskId } from '../../support/builders.ts';
import { chooseDepth } from '../../support/depth.ts';
import { SimulatedWorld, type WorldOptions } from '../../support/simulated-world.ts';

/** A plan whose tasks need only earlier ones, with locks, priorities and few retries. */
const anyPlan: fc.Arbitrary<ResolvedPlan> = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(20), { maxLength: 3 }),
      locks: fc.subarray(['a', 'b']),
      priority: fc.integer({ min: 0, max: 2 }),
      retries: fc.integer({ min: 0, max: 4 }),
      estimateMinutes: fc.option(fc.integer({ min: 1, max: 100 })),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((shapes) => {
    const tasks: ResolvedTask[] = shapes.map((shape, index) =>
      aTask(`t${index}`, {
        ...shape,
        needs: index === 0 ? [] : [...new Set(shape.needs.map((need) => taskId(`t${need % index}`)))],
      }),
    );
    return aPlan(tasks, { final: tasks.length % 2 === 0 ? [['./final']] : [] });
  });

const calm = { crash: 0, attemptFails: 0, conflict: 0, mergedTestFails: 0, baseMoves: 0, forged: 0 };
const stormy = { crash: 0.04, attemptFails: 0.2, conflict: 0.15, mergedTestFails: 0.1, baseMoves: 0.02, forged: 0.15 };

function runWorld(options: Omit<WorldOptions, 'random'>, seed: number, steps: number): SimulatedWorld {
  const world = new SimulatedWorld({ ...options, random: randomFrom(seed) });
  for (let count = 0; count < steps && !isAtRest(world); count += 1) world.step();
  return world;
}

function isAtRest(world: SimulatedWorld): boolean {
  return statusOf(world) !== 'working' && world.live.every((process) => process.jobs.size === 0);
}

function statusOf(world: SimulatedWorld): string {
  return viewPlan(world.ledger, world.queue, world.nowMs).status;
}

describe('decide, in a world where anything may fail', () => {
  it('never lands before a need, with a closed gate, untested or twice, and never decides anew', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer(), fc.integer({ min: 1, max: 3 }), (plan, seed, processes) => {
        const world = runWorld({ plan, processes, maxParallel: 3, chance: stormy }, seed, 300);
        expect(world.problems).toEqual([]);
      }),
      { numRuns: chooseDepth(60, 200) },
    );
  });

  it('lands every task when nothing fails for good, whatever crashes and however the base moves', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer(), (plan, seed) => {
        const chance = { ...calm, crash: 0.03, baseMoves: 0.02 };
        const world = runWorld({ plan, processes: 2, maxParallel: 2, chance }, seed, 5000);
        expect(world.problems).toEqual([]);
        expect(statusOf(world)).toBe('landed');
        expect([...landedTasks(world.ledger)].sort()).toEqual(plan.tasks.map((task) => task.id).sort());
      }),
      { numRuns: chooseDepth(30, 100) },
    );
  });

  it('ends with every task landed, or stopped with a reason and a next step', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer(), (plan, seed) => {
        const world = runWorld(
          { plan, processes: 1, maxParallel: 2, chance: { ...stormy, crash: 0, baseMoves: 0 } },
          seed,
          3000,
        );
        const view = viewPlan(world.ledger, world.queue, world.nowMs);
        expect(['landed', 'stuck']).toContain(view.status);
        for (const task of view.tasks) {
          if (task.state === 'landed') continue;
          expect(['failed', 'held']).toContain(task.state);
          expect(task.waiting?.because).not.toBe('');
        }
        const stopped = view.tasks.filter((task) => task.state === 'failed');
        for (const task of stopped) expect(task.waiting?.next).toContain(task.id);
        expect(stopped.length > 0).toBe(view.status === 'stuck');
      }),
      { numRuns: chooseDepth(30, 100) },
    );
  });

  it('decides the same whatever order facts are read in', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer(), fc.integer({ min: 1, max: 200 }), (plan, seed, steps) => {
        const world = runWorld({ plan, processes: 1, maxParallel: 3, chance: stormy }, seed, steps);
        const [process] = world.live;
        if (process === undefined) return;
        const snapshot = world.snapshotFor(process);
        const reversed = {
          ...snapshot,
          inFlight: new Set([...snapshot.inFlight].reverse()),
          evidence: new Map([...snapshot.evidence].reverse()),
          trials: new Map([...snapshot.trials].reverse()),
          landed: new Map([...snapshot.landed].reverse()),
          ledger: {
            ...snapshot.ledger,
            holders: Object.fromEntries(Object.entries(snapshot.ledger.holders).reverse()),
            tasks: Object.fromEntries(Object.entries(snapshot.ledger.tasks).reverse()),
          },
        };
        const one = decide(snapshot, world.config, world.nowMs);
        const other = decide(reversed, world.config, world.nowMs);
        expect(withoutGenerations(other.actions)).toEqual(withoutGenerations(one.actions));
        expect(other.ledger.certificates.map((certificate) => certificate.task).sort()).toEqual(
          one.ledger.certificates.map((certificate) => certificate.task).sort(),
        );
      }),
      { numRuns: chooseDepth(60, 200) },
    );
  });

  it('does not change its arguments', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer(), fc.integer({ min: 1, max: 100 }), (plan, seed, steps) => {
        const world = runWorld({ plan, processes: 1, maxParallel: 3, chance: stormy }, seed, steps);
        const [process] = world.live;
        if (process === undefined) return;
        const snapshot = world.snapshotFor(process);
        const before = JSON.stringify([snapshot.ledger, snapshot.queue]);
        decide(snapshot, world.config, world.nowMs);
        expect(JSON.stringify([snapshot.ledger, snapshot.queue])).toBe(before);
      }),
      { numRuns: chooseDepth(15, 50) },
    );
  });
});

/** Generations are handed out in reading order and mean nothing beyond being new. */
function withoutGenerations(actions: readonly object[]): unknown[] {
  return actions.map((action) => JSON.stringify({ ...action, generation: 0 })).sort();
}
