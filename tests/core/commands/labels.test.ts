import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LABELS, requestsFromLabels } from '../../../src/core/commands/labels.ts';

const NEW = { isKnown: false, isRunning: false, isPaused: false };
const KNOWN = { ...NEW, isKnown: true };
const RUNNING = { ...KNOWN, isRunning: true };
const PAUSED = { ...RUNNING, isPaused: true };

describe('labels', () => {
  it.each([
    ['espalier on a new issue asks to check it', [], ['espalier'], NEW, ['check']],
    ['espalier on a known plan asks for nothing', [], ['espalier'], KNOWN, []],
    ['espalier:run asks to run', ['espalier'], ['espalier', 'espalier:run'], KNOWN, ['run']],
    ['both at once ask to run, which checks too', [], ['espalier', 'espalier:run'], NEW, ['run']],
    ['espalier:run alone is enough', [], ['espalier:run'], NEW, ['run']],
    ['espalier:run on a running plan asks for nothing', [], ['espalier:run'], RUNNING, []],
    ['espalier:run that was there before asks for nothing again', ['espalier:run'], ['espalier:run'], KNOWN, []],
    ['espalier:run taken away stops nothing', ['espalier:run'], [], RUNNING, []],
    ['espalier:pause asks to pause', [], ['espalier:pause'], RUNNING, ['pause']],
    ['espalier:pause on a paused plan asks for nothing', [], ['espalier:pause'], PAUSED, []],
    ['espalier:pause taken away asks to resume', ['espalier:pause'], [], PAUSED, ['resume']],
    ['espalier:pause taken away from a resumed plan asks for nothing', ['espalier:pause'], [], RUNNING, []],
    ['a pause by command, without the label, is left alone', [], [], PAUSED, []],
    [
      'a label that stays on while the plan was resumed by command is left alone',
      ['espalier:pause'],
      ['espalier:pause'],
      RUNNING,
      [],
    ],
    [
      'run and pause at once accept the plan and hold it',
      [],
      ['espalier:run', 'espalier:pause'],
      NEW,
      ['run', 'pause'],
    ],
    ['letters of another case are the same label', [], ['Espalier:Run'], KNOWN, ['run']],
    ['a change of case is no change', ['espalier:run'], ['ESPALIER:RUN'], KNOWN, []],
    ['a look-alike is another label', [], ['\u0435spalier:run', 'espalier:run ', 'espalier: run'], NEW, []],
    ['state labels ask for nothing', [], ['espalier:running', 'espalier:landed', 'espalier:cancelled'], NEW, []],
  ])('%s', (_name, before, now, state, kinds) => {
    expect(requestsFromLabels({ before, now, state }).map(({ command }) => command.kind)).toEqual(kinds);
  });

  it('ask for nothing where nothing has changed', () => {
    const someLabels = fc.uniqueArray(fc.constantFrom(...LABELS.map(({ name }) => name), 'bug'));
    const aState = fc.record({ isKnown: fc.boolean(), isRunning: fc.boolean(), isPaused: fc.boolean() });
    fc.assert(
      fc.property(someLabels, aState, (labels, state) => {
        expect(requestsFromLabels({ before: labels, now: labels.toReversed(), state })).toEqual([]);
      }),
    );
  });

  it('say which of them asks, so that whoever changed it can be judged', () => {
    expect(
      requestsFromLabels({ before: ['espalier:pause'], now: ['espalier:run'], state: { ...KNOWN, isPaused: true } }),
    ).toEqual([
      { label: 'espalier:run', change: 'added', command: { kind: 'run', tasks: [] } },
      { label: 'espalier:pause', change: 'removed', command: { kind: 'resume' } },
    ]);
  });

  it('are such as GitHub takes', () => {
    for (const { name, color, description } of LABELS) {
      expect(name).toMatch(/^espalier(?::[a-z-]{1,40})?$/);
      expect(color).toMatch(/^[0-9a-f]{6}$/);
      expect(description.length).toBeLessThanOrEqual(100);
    }
    expect(new Set(LABELS.map(({ name }) => name)).size).toBe(LABELS.length);
  });
});
