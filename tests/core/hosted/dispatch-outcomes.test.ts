import { describe, expect, it } from 'vitest';
import type { EffectOutcome } from '../../../src/core/hosted/effect.ts';
import { RUN } from '../../support/hosted-builders.ts';
import { KEY, MINUTE, read, type Scene } from './read-work-scene.ts';

describe('what came of asking for a run', () => {
  const key = 'dispatch.plan.2';
  const unnamed: Scene = { dispatch: { run: null }, run: null };
  const obstacle = { code: 'dispatch-missing', because: 'gone', next: 'put it back', at: 1 };

  it('names the run, and clears what stood in the way', () => {
    const reading = read({ ...unnamed, outcomes: [[key, { kind: 'run-named', run: RUN }]], record: { obstacle } });
    expect(reading.record.dispatches[0]?.run).toEqual(RUN);
    expect(reading.record.obstacle).toBeNull();
    expect([...reading.inFlight]).toEqual([KEY]);
  });

  it('leaves an obstacle of another kind where it is', () => {
    const other = { ...obstacle, code: 'archived' };
    const reading = read({
      ...unnamed,
      outcomes: [[key, { kind: 'run-named', run: RUN }]],
      record: { obstacle: other },
    });
    expect(reading.record.obstacle).toEqual(other);
  });

  it('never names a second run for what has one', () => {
    const second = { ...RUN, id: 5 };
    const reading = read({ outcomes: [[key, { kind: 'run-named', run: second }]] });
    expect(reading.record.dispatches[0]?.run).toEqual(RUN);
  });

  it.each<[string, EffectOutcome, RegExp]>([
    [
      'the workflow is not there',
      { kind: 'no-workflow', code: 'missing', because: 'no file' },
      /espalier-dispatch\.yml/,
    ],
    ['the workflow is disabled', { kind: 'no-workflow', code: 'disabled', because: 'off' }, /enable/],
    ['Actions are off', { kind: 'no-workflow', code: 'actions-disabled', because: 'off' }, /settings/],
    ['the workflow has no trigger', { kind: 'no-workflow', code: 'no-trigger', because: 'none' }, /workflow_dispatch/],
    ['the workflow is of another version', { kind: 'no-workflow', code: 'wrong-version', because: '1' }, /version/],
    ['a permission is missing', { kind: 'forbidden', permission: 'actions', because: 'no' }, /'actions'/],
    ['the forge will not', { kind: 'refused', because: 'spending limit' }, /put that right/],
  ])('names the obstacle and the way out when %s, and loses nothing', (_when, outcome, next) => {
    const reading = read({ ...unnamed, outcomes: [[key, outcome]] });
    expect(reading.record.obstacle?.next).toMatch(next);
    expect(reading.record.obstacle?.because).not.toBe('');
    expect([...reading.inFlight]).toEqual([KEY]);
    expect(reading.record.dispatches[0]).toMatchObject({ tries: 1, notBefore: 10 * MINUTE + 30_000 });
  });

  it('waits longer each time, up to a bound', () => {
    const waits = [0, 1, 2, 3, 10, 40].map((tries) => {
      const outcome: EffectOutcome = { kind: 'refused', because: 'no' };
      const reading = read({ ...unnamed, dispatch: { run: null, tries }, outcomes: [[key, outcome]] });
      return ((reading.record.dispatches[0]?.notBefore ?? 0) - 10 * MINUTE) / 1000;
    });
    expect(waits).toEqual([30, 60, 120, 240, 900, 900]);
  });

  it('tells of an outage only when it lasts, and heeds when the forge wants to be asked again', () => {
    const later: EffectOutcome = { kind: 'later', notBeforeMs: 99 * MINUTE, because: 'busy' };
    const first = read({ ...unnamed, outcomes: [[key, later]] });
    expect(first.record.obstacle).toBeNull();
    expect(first.record.dispatches[0]?.lease.until).toBe(99 * MINUTE);
    const third = read({ ...unnamed, dispatch: { run: null, tries: 2 }, outcomes: [[key, later]] });
    expect(third.record.obstacle?.code).toBe('dispatch-later');
  });

  it('takes the name of a run from whoever learned it, but a failure only from who holds the lease', () => {
    const late = { ...unnamed, replica: 'replica-2' };
    const refused = read({ ...late, outcomes: [[key, { kind: 'refused', because: 'no' }]] });
    expect(refused.record.dispatches[0]?.lease).toEqual({ holder: 'replica-1', until: 60_000 });
    expect(refused.record.obstacle).toBeNull();
    const named = read({ ...late, outcomes: [[key, { kind: 'run-named', run: RUN }]] });
    expect(named.record.dispatches[0]?.run).toEqual(RUN);
  });

  it('cleans what the forge says before it is kept', () => {
    const outcome: EffectOutcome = { kind: 'refused', because: `a\u001b[31mb\u202e${'x'.repeat(2000)}` };
    const because = read({ ...unnamed, outcomes: [[key, outcome]] }).record.obstacle?.because ?? '';
    expect(because).toMatch(/abx+…$/);
    expect(because.length).toBeLessThan(600);
  });
});
