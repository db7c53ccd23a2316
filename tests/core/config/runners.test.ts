import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BUILT_IN_RUNNERS, BUILT_IN_RUNS_ON } from '../../../src/core/config/defaults.ts';
import { howToAllowRunner, isRunnerAllowed, writeRunner } from '../../../src/core/config/runners.ts';
import { readConfig } from '../../../src/core/config/config.ts';
import { MAX_RUNNER_LABELS, readRunnerLabel } from '../../../src/core/plan/runner-label.ts';
import { readPlan } from '../../../src/core/plan/read-plan.ts';

const label = fc
  .tuple(
    fc.constantFrom('a', 'Z', '7'),
    fc.string({ unit: fc.constantFrom('b', 'Q', '0', '_', '.', '-'), maxLength: 63 }),
  )
  .map((parts) => parts.join(''));
const labels = fc.uniqueArray(label, { minLength: 1, maxLength: MAX_RUNNER_LABELS });

describe('a label of a runner', () => {
  it('is read as it was written, alone and in a list', () => {
    fc.assert(
      fc.property(labels, (runner) => {
        for (const said of runner.length === 1 ? [runner, runner[0]] : [runner]) {
          const text = `tasks:\n  a: {title: x, runs_on: ${JSON.stringify(said)}}\n`;
          expect(readPlan(text).plan?.tasks[0]?.settings.runsOn).toEqual(runner);
        }
      }),
    );
  });

  it('holds nothing that a workflow, a shell or a path does something with, whatever is tried', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        expect(!readRunnerLabel(text).ok || /^[\w.-]{1,64}$/.test(text)).toBe(true);
        const read = readPlan(`tasks:\n  a: {title: x, runs_on: [${JSON.stringify(text)}]}\n`);
        for (const one of read.plan?.tasks[0]?.settings.runsOn ?? []) expect(readRunnerLabel(one).ok).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['${{ github.token }}', 'a b', '-a', '.a', '', "a'", 'a,b', 'é', `x${'y'.repeat(64)}`, '*'])(
    'is not %j',
    (text) => {
      expect(readRunnerLabel(text).ok).toBe(false);
    },
  );

  it('is one of at most eight', () => {
    const nine = Array.from({ length: MAX_RUNNER_LABELS + 1 }, (_, at) => `l${at}`);
    const { plan, problems } = readPlan(`tasks:\n  a: {title: x, runs_on: [${nine.join(', ')}]}\n`);
    expect(plan).toBeNull();
    expect(problems[0]?.message).toContain("'runs_on' has 9 labels; at most 8 are read");
  });
});

describe('a runner', () => {
  it('is allowed in any order and case if it stands in the list, and not with a label more or less', () => {
    fc.assert(
      fc.property(labels, (runner) => {
        const shuffled = runner.toReversed().map((one) => one.toUpperCase());
        expect(isRunnerAllowed(shuffled, [['other'], runner])).toBe(true);
        expect(isRunnerAllowed([...runner, 'more-of-it'], [runner])).toBe(false);
        const fewer = runner.slice(1);
        const isStillAll = runner.every((one) => fewer.some((each) => each.toLowerCase() === one.toLowerCase()));
        expect(isRunnerAllowed(fewer, [runner])).toBe(fewer.length > 0 && isStillAll);
      }),
    );
  });

  it.each<[string[], string[][], boolean]>([
    [['gpu-1', 'self-hosted'], [['self-hosted', 'gpu-*']], true],
    [['gpu-1', 'gpu-2'], [['gpu-*']], true],
    [['self-hosted'], [['self-hosted', '*']], true],
    [['big'], [['big*']], true],
    [['bigger'], [['*big']], false],
    [['big'], [], false],
  ])('of %j is judged by %j', (runner, policy, isAllowed) => {
    expect(isRunnerAllowed(runner, policy)).toBe(isAllowed);
  });

  it('that nobody named is one of those that are always allowed', () => {
    expect(isRunnerAllowed(BUILT_IN_RUNS_ON, BUILT_IN_RUNNERS)).toBe(true);
  });

  it('is allowed by the very line that is named for it', () => {
    fc.assert(
      fc.property(labels, (runner) => {
        const line = /'(github: .*)'/.exec(howToAllowRunner(runner, BUILT_IN_RUNNERS))?.[1] ?? '';
        const { config, problems } = readConfig(line);
        expect(problems).toEqual([]);
        expect(config?.github.runners.slice(BUILT_IN_RUNNERS.length)).toEqual([runner]);
        expect(howToAllowRunner(runner, config?.github.runners ?? [])).toContain(`'- ${writeRunner(runner)}'`);
      }),
    );
  });
});
