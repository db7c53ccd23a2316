import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CONFIG_PATH } from '../../../src/core/config/config.ts';
import { compareSetup, type FileState, planDeeds, removalOf } from '../../../src/core/setup/compare-setup.ts';
import { renderSetup, workflowPath } from '../../../src/core/setup/render-setup.ts';
import type { SetupOptions } from '../../../src/core/setup/setup-options.ts';
import { readStamp, stampText } from '../../../src/core/setup/setup-stamp.ts';
import { PLAIN_SETUP } from './rendered.ts';

const FILES = renderSetup(PLAIN_SETUP);
const ATTEMPT = workflowPath('attempt');
const ATTEMPT_TEXT = FILES.find(({ path }) => path === ATTEMPT)!.text;

function written(options: SetupOptions = PLAIN_SETUP): Map<string, string | null> {
  return new Map(renderSetup(options).map(({ path, text, kind }) => [path, kind === 'dropped' ? null : text]));
}

function statesOf(present: Map<string, string | null>, files = FILES): Record<string, FileState> {
  return Object.fromEntries(compareSetup(files, present, '0.1.0').map(({ path, state }) => [path, state]));
}

const OTHER_BODY = ATTEMPT_TEXT.slice(ATTEMPT_TEXT.indexOf('\n') + 1).replace('350', '300');

describe('a file that was written', () => {
  it('is the same, also after git has changed its line ends', () => {
    const windows = new Map([...written()].map(([path, text]) => [path, text?.replaceAll('\n', '\r\n') ?? null]));
    for (const present of [written(), windows]) {
      expect(new Set(Object.values(statesOf(present)))).toEqual(new Set(['same', 'yours']));
      expect(compareSetup(FILES, present, '0.1.0').every(({ difference }) => difference === '')).toBe(true);
    }
  });

  it.each<[string, FileState, string | null]>([
    ['is not there', 'missing', null],
    ['was changed by hand', 'changed', ATTEMPT_TEXT.replace('350', '300')],
    ['has lost its end', 'changed', ATTEMPT_TEXT.slice(0, -40)],
    [
      'has another stamp than its text',
      'changed',
      ATTEMPT_TEXT.replace(/digest [0-9a-f]{16}/, `digest ${'0'.repeat(16)}`),
    ],
    ['is of an earlier version', 'older', stampText({ ...PLAIN_SETUP, version: '0.0.9' }, OTHER_BODY)],
    ['is of other options', 'older', stampText({ ...PLAIN_SETUP, agent: 'codex' }, OTHER_BODY)],
    ['is of a later version', 'newer', stampText({ ...PLAIN_SETUP, version: '0.10.0' }, OTHER_BODY)],
    ['is no file of init', 'foreign', 'on: push\n'],
    ['is empty', 'foreign', ''],
  ])('and %s is %s', (_how, state, text) => {
    expect(statesOf(written().set(ATTEMPT, text))[ATTEMPT]).toBe(state);
  });

  it('shows what differs, from what stands to what would be written', () => {
    const found = compareSetup(FILES, written().set(ATTEMPT, ATTEMPT_TEXT.replace('350', '300')), '0.1.0');
    const { difference } = found.find(({ path }) => path === ATTEMPT)!;
    expect(difference).toContain('-    timeout-minutes: 300\n+    timeout-minutes: 350');
  });

  it('is told what it breaks of the policy, and what is wrong in the configuration', () => {
    const present = written()
      .set(ATTEMPT, ATTEMPT_TEXT.replace('contents: read', 'contents: write'))
      .set(CONFIG_PATH, 'defaults:\n  tests: npm test\n');
    const problems = Object.fromEntries(
      compareSetup(FILES, present, '0.1.0').map((each) => [each.path, each.problems]),
    );
    expect(problems[ATTEMPT]).toContainEqual(
      expect.stringContaining('permissions-of-modes at jobs.work: found contents: write'),
    );
    expect(problems[CONFIG_PATH]).toEqual([expect.stringContaining('line 2:')]);
  });

  it('is left over where the variant has none of it', () => {
    const app = renderSetup({ ...PLAIN_SETUP, variant: 'app' });
    const reconcile = workflowPath('reconcile');
    expect(statesOf(written(), app)[reconcile]).toBe('left-over');
    expect(statesOf(written().set(reconcile, 'on: push\n'), app)[reconcile]).toBe('foreign');
    expect(statesOf(written().set(reconcile, null), app)[reconcile]).toBeUndefined();
  });
});

function deedsOf(present: Map<string, string | null>, isForced: boolean, files = FILES): Record<string, string> {
  const deeds = planDeeds(compareSetup(files, present, '0.1.0'), files, isForced);
  return Object.fromEntries(deeds.map(({ path, deed }) => [path, deed]));
}

describe('what is done', () => {
  it('is to write what is missing or older, and to keep the rest', () => {
    const older = stampText({ ...PLAIN_SETUP, version: '0.0.9' }, OTHER_BODY);
    const deeds = deedsOf(written().set(ATTEMPT, older).set(workflowPath('dispatch'), null), false);
    expect(deeds[ATTEMPT]).toBe('write');
    expect(deeds[workflowPath('dispatch')]).toBe('write');
    expect(deeds[workflowPath('reconcile')]).toBe('keep');
    expect(deeds[CONFIG_PATH]).toBe('keep');
  });

  it('is nothing at all while one file is refused, and everything if it is forced', () => {
    const present = written().set(ATTEMPT, 'on: push\n').set(workflowPath('dispatch'), null);
    expect(deedsOf(present, false)).toMatchObject({ [ATTEMPT]: 'refuse', [workflowPath('dispatch')]: 'wait' });
    expect(deedsOf(present, true)).toMatchObject({ [ATTEMPT]: 'write', [workflowPath('dispatch')]: 'write' });
  });

  it('is to remove what the variant has none of, a foreign file only if it is forced', () => {
    const app = renderSetup({ ...PLAIN_SETUP, variant: 'app' });
    const reconcile = workflowPath('reconcile');
    expect(
      deedsOf(written({ ...PLAIN_SETUP, variant: 'app' }).set(reconcile, written().get(reconcile)!), false, app)[
        reconcile
      ],
    ).toBe('remove');
    expect(deedsOf(written().set(reconcile, 'on: push\n'), false, app)[reconcile]).toBe('refuse');
    expect(deedsOf(written().set(reconcile, 'on: push\n'), true, app)[reconcile]).toBe('remove');
  });

  it('never touches a configuration that is there', () => {
    expect(deedsOf(written().set(CONFIG_PATH, 'anything'), true)[CONFIG_PATH]).toBe('keep');
  });
});

describe('taking away', () => {
  it.each([
    ['what nobody changed', ATTEMPT_TEXT, 'remove'],
    ['not what was changed', ATTEMPT_TEXT.replace('350', '300'), 'keep'],
    ['not what is somebody else’s', 'on: push\n', 'keep'],
  ])('takes %s', (_what, text, deed) => {
    expect(removalOf(text)?.deed).toBe(deed);
  });

  it('has nothing to do with what is not there', () => {
    expect(removalOf(null)).toBeNull();
  });
});

describe('a stamp', () => {
  it('tells how the file came to be, and sees every change of what follows', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 }).map((each) => each.replaceAll('\r', ''));
    fc.assert(
      fc.property(text, text, fc.constantFrom('app' as const, 'serverless' as const), (body, other, variant) => {
        const options = {
          ...{ version: '1.2.3', variant, agent: 'codex' as const, keyName: 'MY_KEY' },
          defaultBranch: 'on/trunk(1)',
        };
        const stamped = stampText(options, body);
        expect(readStamp(stamped)).toEqual({ ...options, isUntouched: true });
        const swapped = `${stamped.slice(0, stamped.indexOf('\n') + 1)}${other}`;
        expect(readStamp(swapped)?.isUntouched).toBe(other === body);
      }),
    );
  });

  it.each([
    '',
    '# a comment\n',
    'name: x\n# espalier 0.1.0 wrote this (digest 0123456789abcdef): espalier init --app\n',
  ])('is not in %j', (text) => {
    expect(readStamp(text)).toBeNull();
  });
});
