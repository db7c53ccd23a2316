import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { TaskId } from '../../../src/core/brand.ts';
import { BUILT_IN_RUNS_ON } from '../../../src/core/config/defaults.ts';
import { HOSTED_DEFAULTS } from '../../../src/core/hosted/hosted-config.ts';
import { MAX_LEGS_LENGTH, partLegs, withRunner, writeLegInputs } from '../../../src/core/hosted/leg-inputs.ts';
import type { DispatchLeg } from '../../../src/core/ledger/forge-record.ts';
import { readLegInput } from '../../../src/core/ledger/leg-input.ts';
import { MAX_LABEL_LENGTH, MAX_RUNNER_LABELS } from '../../../src/core/plan/runner-label.ts';
import { aLedger, aPlan, aTask, fakeCommit, taskId } from '../../support/builders.ts';
import { aLeg } from '../../support/hosted-builders.ts';

const FORGE_LIMIT = 65_535;

/** What a forge counts at most: all inputs as they stand in the request. */
function requestLength(legs: readonly DispatchLeg[]): number {
  const id = 'x'.repeat(64);
  const inputs = { plan: id, legs: writeLegInputs(legs), nonce: `${id}.9007199254740991`, ledger: 'f'.repeat(64) };
  return JSON.stringify(inputs).length;
}

const label = fc
  .string({ unit: fc.constantFrom('a', 'Z', '0', '_', '.', '-'), maxLength: MAX_LABEL_LENGTH - 1 })
  .map((rest) => `x${rest}`);
const runner = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: MAX_RUNNER_LABELS }),
  fc.constant(Array.from({ length: MAX_RUNNER_LABELS }, () => 'x'.repeat(MAX_LABEL_LENGTH))),
);
const leg: fc.Arbitrary<DispatchLeg> = fc
  .record({
    task: fc.integer({ min: 1, max: 64 }).map((length) => 'x'.repeat(length) as TaskId),
    attempt: fc.integer({ min: 1 }),
    generation: fc.maxSafeInteger().map((number) => Math.max(1, number)),
    isGiven: fc.boolean(),
    runsOn: fc.option(runner, { nil: undefined }),
  })
  .map(({ task, attempt, generation, isGiven, runsOn }) =>
    aLeg(task, {
      attempt,
      generation,
      ...(isGiven ? { mode: 'verify', headSha: fakeCommit('head') } : {}),
      ...(runsOn === undefined ? {} : { runsOn }),
    }),
  );

describe('legs in runs', () => {
  it('are all there in their order, as many as fit, and within what a forge takes', () => {
    const legs = fc.array(leg, { maxLength: 200, size: 'max' });
    fc.assert(
      fc.property(legs, fc.constantFrom(1, 2, HOSTED_DEFAULTS.maxLegs), (all, most) => {
        const runs = partLegs(all, most);
        expect(runs.flat()).toEqual(all);
        for (const [at, run] of runs.entries()) {
          expect(run.length).toBeGreaterThan(0);
          expect(run.length).toBeLessThanOrEqual(most);
          expect(requestLength(run)).toBeLessThanOrEqual(FORGE_LIMIT);
          const next = runs[at + 1]?.[0];
          const isFull = next === undefined || run.length === most;
          const wouldFit =
            next !== undefined && JSON.stringify(writeLegInputs([...run, next])).length <= MAX_LEGS_LENGTH;
          expect(isFull || !wouldFit).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of ordinary runners are 85 in one, and of the longest names fewer', () => {
    const ordinary = Array.from({ length: 85 }, (_, at) =>
      aLeg(taskId(`task-${at}`), { runsOn: ['self-hosted', 'gpu'] }),
    );
    expect(partLegs(ordinary, 85)).toHaveLength(1);
    const runsOn = Array.from({ length: MAX_RUNNER_LABELS }, () => 'x'.repeat(MAX_LABEL_LENGTH));
    const longest = ordinary.map((_, at) => aLeg(taskId(`${'x'.repeat(60)}-${at}`), { runsOn }));
    const runs = partLegs(longest, 85);
    expect(runs.length).toBeGreaterThan(1);
    expect(runs.flat()).toEqual(longest);
  });

  it('are read by the workflow as they were written', () => {
    fc.assert(
      fc.property(leg, (one) => {
        const [text] = JSON.parse(writeLegInputs([one])) as unknown[];
        expect(readLegInput(JSON.stringify(text))).toEqual({
          ok: true,
          value: {
            task: one.task,
            attempt: one.attempt,
            generation: one.generation,
            mode: one.mode,
            head: one.headSha,
            runs_on: one.runsOn ?? BUILT_IN_RUNS_ON,
          },
        });
      }),
    );
  });
});

describe('the runner of a leg', () => {
  const ledger = aLedger(aPlan([aTask('a', { runsOn: ['self-hosted', 'gpu'] }), aTask('b')]));

  it.each([
    ['the one of its task', aLeg(taskId('a')), ['self-hosted', 'gpu']],
    ['none where its task names none', aLeg(taskId('b')), undefined],
    ["the first task's for the whole", aLeg(taskId('final'), { work: 'final' }), ['self-hosted', 'gpu']],
  ])('is %s', (_case, one, runsOn) => {
    expect(withRunner(one, ledger).runsOn).toEqual(runsOn);
  });
});
