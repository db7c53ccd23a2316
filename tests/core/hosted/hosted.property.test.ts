import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PlanId } from '../../../src/core/brand.ts';
import type { BaseRules } from '../../../src/core/hosted/facts.ts';
import type { ResolvedPlan, ResolvedTask } from '../../../src/core/plan/plan.ts';
import { viewPlan } from '../../../src/core/reconcile/view-plan.ts';
import { aPlan, aTask, randomFrom, taskId } from '../../support/builders.ts';
import { chooseDepth } from '../../support/depth.ts';
import { FREE_RULES } from '../../support/hosted-builders.ts';
import { SimulatedApp, type AppOptions } from '../../support/simulated-app.ts';

/** A plan whose tasks need only earlier ones, with locks, priorities and few retries. */
function planOf(id: string): fc.Arbitrary<ResolvedPlan> {
  return fc
    .array(
      fc.record({
        needs: fc.array(fc.nat(20), { maxLength: 2 }),
        locks: fc.subarray(['a']),
        priority: fc.integer({ min: 0, max: 2 }),
        retries: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((shapes) => {
      const tasks: ResolvedTask[] = shapes.map((shape, index) =>
        aTask(`t${index}`, {
          ...shape,
          needs: index === 0 ? [] : [...new Set(shape.needs.map((need) => taskId(`t${need % index}`)))],
        }),
      );
      return aPlan(tasks, { id: id as PlanId, final: tasks.length % 2 === 0 ? [['./final']] : [] });
    });
}

const RULES: Record<string, BaseRules> = {
  'fast-forward': FREE_RULES,
  'merge of an up-to-date branch': {
    ...FREE_RULES,
    requiresPull: true,
    isStrict: true,
    requiredChecks: [{ name: 'ci', appId: null }],
  },
  'audited merge': { ...FREE_RULES, requiresPull: true },
  'audited merge of the tested commit': { ...FREE_RULES, requiredChecks: [{ name: 'ci', appId: null }] },
};

const CALM: AppOptions['chance'] = {
  crash: 0,
  suspend: 0,
  writeCut: 0,
  attemptFails: 0,
  mergedTestFails: 0,
  conflict: 0,
  runBreaks: 0,
  runCancelled: 0,
  receiptForged: 0,
  answerLost: 0,
  lookMisses: 0,
  readStale: 0,
  push: 0,
  closePull: 0,
  mergeByHand: 0,
  retry: 0,
  baseMoves: 0,
};

/** What may happen to any machine; nothing of it is a reason not to land. */
const UNLUCKY: AppOptions['chance'] = {
  ...CALM,
  crash: 0.01,
  suspend: 0.01,
  writeCut: 0.05,
  answerLost: 0.05,
  lookMisses: 0.1,
  readStale: 0.1,
};

/** What may go wrong with the work, and what people do. */
const STORMY: AppOptions['chance'] = {
  ...UNLUCKY,
  attemptFails: 0.1,
  mergedTestFails: 0.1,
  conflict: 0.1,
  runBreaks: 0.03,
  runCancelled: 0.005,
  receiptForged: 0.05,
  push: 0.05,
  closePull: 0.02,
  mergeByHand: 0.02,
  retry: 0.02,
};

function runApp(options: Omit<AppOptions, 'random' | 'replicas'>, seed: number): SimulatedApp {
  const app = new SimulatedApp({ ...options, replicas: 2, random: randomFrom(seed) });
  for (let count = 0; count < 8000 && app.problems.length === 0; count += 1) {
    app.step();
    // What a person did last may not have been seen yet.
    if (app.isAtRest) app.sweep();
    if (app.isAtRest) break;
  }
  return app;
}

const twoPlans = fc.tuple(planOf('issue-1'), planOf('issue-2'));

describe.each(Object.entries(RULES))('two plans on one base, by %s', (name, rules) => {
  // Where the forge compares nothing, only that nobody else moves the base keeps an untested tree out.
  const others = name.startsWith('audited') ? { baseMoves: 0, mergeByHand: 0 } : { baseMoves: 0.02 };

  it('land whole, each task once and tested, whatever crashes, is lost or is seen late', () => {
    fc.assert(
      fc.property(twoPlans, fc.integer(), (plans, seed) => {
        const app = runApp({ plans, rules, chance: { ...UNLUCKY, ...others } }, seed);
        expect(app.problems).toEqual([]);
        expect(app.isAtRest).toBe(true);
        expect(plans.map((plan) => app.statusOf(plan.id))).toEqual(['landed', 'landed']);
        expect(app.forge.landings.filter(({ isTested }) => !isTested)).toEqual([]);
        const certificates = plans.flatMap((plan) => app.storedOf(plan.id).ledger.certificates);
        // A merge that is seen late, after its landing was given up, cannot be told from a person's.
        const byHand = certificates.filter(({ strength }) => strength === 'by-hand');
        expect(name === 'fast-forward' ? byHand : []).toEqual([]);
        expectLedgersToAgree(app, plans);
      }),
      { numRuns: chooseDepth(5, 20) },
    );
  });

  it('end landed, or stopped with a reason and a next step, whatever fails and whatever people do', () => {
    fc.assert(
      fc.property(twoPlans, fc.integer(), (plans, seed) => {
        const app = runApp({ plans, rules, chance: { ...STORMY, ...others } }, seed);
        expect(app.problems).toEqual([]);
        expect(app.isAtRest).toBe(true);
        expect(app.forge.landings.filter(({ isTested }) => !isTested)).toEqual([]);
        expectLedgersToAgree(app, plans);
        for (const plan of plans) expectReasons(app, plan);
      }),
      { numRuns: chooseDepth(5, 20) },
    );
  });
});

describe('a base that others move while a landing goes by an audited merge', () => {
  it('is frozen when an untested tree came to stand on it: nothing lands after it and it is not certified', () => {
    let untested = 0;
    const rules: BaseRules = { ...FREE_RULES, requiresPull: true };
    fc.assert(
      fc.property(twoPlans, fc.integer(), (plans, seed) => {
        const app = runApp({ plans, rules, chance: { ...CALM, baseMoves: 0.3 } }, seed);
        expect(app.problems).toEqual([]);
        expect(app.isAtRest).toBe(true);
        const at = app.forge.landings.findIndex(({ isTested }) => !isTested);
        const certified = plans.flatMap((plan) => app.storedOf(plan.id).ledger.certificates).length;
        if (at >= 0) untested += 1;
        expect(at < 0 || app.queue.frozen !== null).toBe(true);
        expect(certified).toBe(at < 0 ? app.forge.landings.length : at);
        expect(app.forge.landings).toHaveLength(at < 0 ? certified : at + 1);
      }),
      { numRuns: chooseDepth(16, 25) },
    );
    expect(untested).toBeGreaterThan(0);
  });
});

/** What the plans certify is what the base's ledger lists and what the base contains. */
function expectLedgersToAgree(app: SimulatedApp, plans: readonly ResolvedPlan[]): void {
  const certified = plans.flatMap((plan) => app.storedOf(plan.id).ledger.certificates);
  expect(app.queue.landings.map(({ commitSha }) => commitSha).sort()).toEqual(
    certified.map(({ landedSha }) => landedSha).sort(),
  );
  expect(certified.filter(({ landedSha }) => !app.forge.contains(landedSha))).toEqual([]);
  expect(certified).toHaveLength(app.forge.landings.length);
  expect(app.queue.turn ?? null).toBeNull();
}

/** Nobody waits without knowing for what, and what has stopped names the step that helps. */
function expectReasons(app: SimulatedApp, plan: ResolvedPlan): void {
  const view = viewPlan(app.storedOf(plan.id).ledger, app.queue, app.forge.nowMs);
  expect(['landed', 'stuck', 'final-failed']).toContain(view.status);
  for (const task of view.tasks) {
    if (task.state === 'landed') continue;
    expect(task.waiting?.because).not.toBe('');
    // Either a person can act here, or on what it waits for.
    const waits = task.waiting ?? { kind: 'work', on: [], next: null };
    expect(waits.kind === 'person' ? waits.next : waits.on[0]).toBeTruthy();
  }
}
