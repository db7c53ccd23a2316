import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { findLeg, LegInput, readLegInput } from '../../../src/core/ledger/leg-input.ts';
import { fakeCommit, taskId } from '../../support/builders.ts';
import { aLeg } from '../../support/hosted-builders.ts';

const FULL = { task: 'api', attempt: 1, generation: 3, mode: 'full', head: null, runs_on: ['ubuntu-latest'] };
const VERIFY = { ...FULL, mode: 'verify', head: fakeCommit('head') };

/** Every leg that can be dispatched. */
const legs = fc.record({
  task: fc
    .stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/)
    .filter((id) => !['landed', 'constructor'].includes(id)),
  attempt: fc.integer({ min: 1, max: 1e6 }),
  generation: fc.integer({ min: 1, max: 1e6 }),
  head: fc.option(fc.stringMatching(/^[0-9a-f]{40}$/)),
  runs_on: fc.array(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/), { minLength: 1, maxLength: 8 }),
});

describe('a leg of a dispatch', () => {
  it.each([FULL, VERIFY])('is read as it was written: $mode', (leg) => {
    expect(readLegInput(JSON.stringify(leg))).toEqual({ ok: true, value: leg });
  });

  it('is read back whatever it is of', () => {
    fc.assert(
      fc.property(legs, (some) => {
        const leg = { ...some, mode: some.head === null ? 'full' : 'verify' };
        expect(readLegInput(JSON.stringify(leg))).toEqual({ ok: true, value: leg });
      }),
    );
  });

  it.each([
    ['no JSON', '{', 'JSON'],
    ['nothing', '', 'JSON'],
    ['a list', [FULL], 'does not fit'],
    ['a task that is a path', { ...FULL, task: '../x' }, 'task'],
    ['a task with an upper case letter', { ...FULL, task: 'Api' }, 'task'],
    ['a task that is a reserved word', { ...FULL, task: 'landed' }, 'task'],
    ['the attempt 0', { ...FULL, attempt: 0 }, 'attempt'],
    ['half an attempt', { ...FULL, attempt: 1.5 }, 'attempt'],
    ['a generation as text', { ...FULL, generation: '3' }, 'generation'],
    ['another mode', { ...FULL, mode: 'publish' }, 'mode'],
    ['a head that is a branch', { ...VERIFY, head: 'main' }, 'head'],
    ['a short head', { ...VERIFY, head: 'abcdef0' }, 'head'],
    ['a head to work from', { ...FULL, head: fakeCommit('head') }, "'full' has none"],
    ['nothing to verify', { ...VERIFY, head: null }, "'verify' needs a head"],
    ['no runner', { ...FULL, runs_on: [] }, 'runs_on'],
    ['an expression as a runner', { ...FULL, runs_on: ['${{ secrets.KEY }}'] }, 'runs_on'],
    ['nine labels', { ...FULL, runs_on: Array.from({ length: 9 }, (_, at) => `l${at}`) }, 'runs_on'],
    ['a field that nobody knows', { ...FULL, shell: 'sh' }, 'shell'],
    ['a key of the prototype', '{"__proto__": {"task": "api"}}', 'does not fit'],
    ['more text than any leg has', { ...FULL, task: 'a'.repeat(5000) }, 'characters'],
  ])('is refused with %s', (_name, leg, because) => {
    const text = typeof leg === 'string' ? leg : JSON.stringify(leg);
    expect(readLegInput(text)).toEqual({ ok: false, because: expect.stringContaining(because) as string });
  });

  it('is refused or read, and never throws, whatever the text is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const leg = readLegInput(text);
        expect(leg.ok ? LegInput.safeParse(leg.value).success : leg.because !== '').toBe(true);
      }),
    );
  });
});

describe('the leg that an input speaks of', () => {
  const leg = aLeg(taskId('api'), { generation: 3, mode: 'verify', headSha: fakeCommit('head') });
  const input = LegInput.parse({ ...VERIFY });

  it('is the one of the ledger that is the same in everything', () => {
    expect(findLeg([aLeg(taskId('other')), leg], input)).toBe(leg);
  });

  it.each([
    { task: taskId('web') },
    { attempt: 2 },
    { generation: 4 },
    { headSha: fakeCommit('other') },
    { mode: 'full' as const, headSha: null },
  ])('is none that differs in %j', (other) => {
    expect(findLeg([{ ...leg, ...other }], input)).toBeNull();
  });
});
