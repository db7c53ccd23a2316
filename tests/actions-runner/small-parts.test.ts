import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readZip, writeZip } from '../support/actions-runner/actions/zip.ts';
import { createConcurrencyGroups, readConcurrency } from '../support/actions-runner/concurrency-groups.ts';
import { readPairs } from '../support/actions-runner/environment-files.ts';
import { expandStrategy, nameLeg } from '../support/actions-runner/expand-matrix.ts';
import { passesFilter } from '../support/actions-runner/patterns.ts';
import { createLogReader, createMasker, type StepLog } from '../support/actions-runner/step-log.ts';
import { findExcess, readAccess, toPermissions } from '../support/actions-runner/token-permissions.ts';

describe('a matrix', () => {
  it.each<[string, unknown, unknown]>([
    [
      'crosses its vectors',
      { a: [1, 2], b: ['x'] },
      [
        { a: 1, b: 'x' },
        { a: 2, b: 'x' },
      ],
    ],
    ['leaves out what is excluded', { a: [1, 2], b: [1, 2], exclude: [{ a: 1, b: 2 }, { a: 2 }] }, [{ a: 1, b: 1 }]],
    [
      'is extended where an entry fits',
      { a: [1, 2], include: [{ a: 1, more: true }] },
      [{ a: 1, more: true }, { a: 2 }],
    ],
    ['gets a leg of its own for an entry that fits none', { a: [1], include: [{ a: 3 }] }, [{ a: 1 }, { a: 3 }]],
    ['may be made of entries alone', { include: [{ task: 'x' }, { task: 'y' }] }, [{ task: 'x' }, { task: 'y' }]],
  ])('%s', (_, matrix, legs) => {
    expect(expandStrategy({ matrix })).toMatchObject({ ok: true, strategy: { legs, failFast: true } });
  });

  it('is refused without a leg, and with more than 256', () => {
    const many = Array.from({ length: 257 }, (_, at) => at);
    expect(expandStrategy({ matrix: { a: [] } })).toMatchObject({ ok: false });
    expect(expandStrategy({ matrix: { a: many } })).toMatchObject({ ok: false });
    expect(expandStrategy({ matrix: { a: many.slice(1) } })).toMatchObject({ ok: true });
  });

  it('names its legs by their scalars', () => {
    expect(nameLeg({ leg: { task: 'api', attempt: 1, head: null } })).toBe(' (api, 1)');
  });
});

describe('permissions', () => {
  it.each<[string, unknown, unknown]>([
    ['nothing', {}, { metadata: 'read' }],
    ['what is named, and no more', { contents: 'write', issues: 'none' }, { metadata: 'read', contents: 'write' }],
    ['no identity', { 'id-token': 'write', 'pull-requests': 'read' }, { metadata: 'read', pull_requests: 'read' }],
  ])('of a token are %s', (_, written, expected) => {
    expect(toPermissions(readAccess(written) ?? {})).toEqual(expected);
  });

  it('of a called file may not go beyond those of its caller', () => {
    expect(findExcess({ contents: 'read' }, { contents: 'write' })).toBeUndefined();
    expect(findExcess({ contents: 'write' }, { contents: 'read' })).toContain("only allowed 'contents: read'");
    expect(findExcess({ issues: 'read' }, {})).toContain("only allowed 'issues: none'");
  });
});

describe('a concurrency group', () => {
  const never = new AbortController().signal;
  const ignore = (): void => undefined;

  it('keeps one waiting, and a newcomer takes its place', async () => {
    const groups = createConcurrencyGroups();
    const wish = readConcurrency('One')!;
    const leave = await groups.enter(wish, never, ignore);
    const second = groups.enter(wish, never, ignore);
    const third = groups.enter({ ...wish, group: 'ONE' }, never, ignore);
    expect(await second).toBeNull();
    leave?.();
    expect(await third).not.toBeNull();
  });

  it('with queue max lets all in, in order', async () => {
    const groups = createConcurrencyGroups();
    const wish = readConcurrency({ group: 'one', queue: 'max' })!;
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3, 4].map(async (number) => {
        const leave = await groups.enter(wish, never, ignore);
        order.push(number);
        leave?.();
      }),
    );
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('cancels whoever holds it where it is told to, and lets go of whoever is cancelled while waiting', async () => {
    const groups = createConcurrencyGroups();
    const wish = readConcurrency({ group: 'one', 'cancel-in-progress': true })!;
    const held = Promise.withResolvers<string>();
    const leave = await groups.enter(wish, never, () => held.resolve('cancelled'));
    const waits = new AbortController();
    const next = groups.enter(wish, waits.signal, ignore);
    expect(await held.promise).toBe('cancelled');
    waits.abort();
    expect(await next).toBeNull();
    leave?.();
    expect(await groups.enter(wish, never, ignore)).not.toBeNull();
  });
});

describe('an environment file', () => {
  it('has pairs on a line, and texts between delimiters', () => {
    expect(readPairs('a=1\nb<<END\nx=y\n\nz\nEND\nc=<<\n').pairs).toEqual({ a: '1', b: 'x=y\n\nz', c: '<<' });
  });

  it.each(['no pair', 'a<<END\nx', 'a<<\nx\n'])('is refused for %j', (text) => {
    expect(readPairs(text).problem).toBeDefined();
  });

  it('gives back any text that stands between delimiters', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const lines = text.replaceAll('\r', '');
        expect(readPairs(`a<<ghadelimiter_1\n${lines}\nghadelimiter_1\n`).pairs).toEqual({ a: lines });
      }),
    );
  });
});

describe('the log of a step', () => {
  const openLog = (): StepLog => ({
    runId: 1,
    runAttempt: 1,
    job: 'job',
    step: 'step',
    lines: [],
    maskedLines: 0,
    summary: '',
  });

  it('shows no secret, also none that the step names itself, and counts where one was', () => {
    const log = openLog();
    const masker = createMasker();
    masker.add('first\nsecond');
    const reader = createLogReader(log, masker);
    for (const line of ['the second', '::add-mask::own', 'my own', 'plain', '::error file=a.ts,line=1::own%0Agoal'])
      reader.read(line);
    expect(log.lines).toEqual(['the ***', 'my ***', 'plain', '##[error]***\ngoal']);
    expect(log.maskedLines).toBe(3);
    expect(reader.notes).toEqual([{ level: 'error', message: '***\ngoal' }]);
  });

  it('takes no command between stop-commands and its token', () => {
    const log = openLog();
    const masker = createMasker();
    const reader = createLogReader(log, masker);
    for (const line of ['::stop-commands::token', '::add-mask::plain', '::token::', '::add-mask::now', 'plain now'])
      reader.read(line);
    expect(log.lines).toEqual(['::add-mask::plain', 'plain ***']);
  });
});

it.each<[string[], string, boolean]>([
  [['main'], 'main', true],
  [['release/*'], 'release/1/2', false],
  [['release/**'], 'release/1/2', true],
  [['**', '!espalier/**'], 'espalier/a', false],
  [['!espalier/**', '**'], 'espalier/a', true],
  [['v[0-9].x'], 'v2.x', true],
  [['v[0-9].x'], 'v2-x', false],
  [['**/docs/*.md'], 'docs/a.md', true],
])('the filter %j lets %s through: %s', (patterns, name, expected) => {
  expect(passesFilter(patterns, name)).toBe(expected);
});

it('a zip gives back what was put into it, and not what was changed', () => {
  const entries = [
    { name: 'a/b.txt', bytes: Buffer.from('content') },
    { name: 'ü', bytes: Buffer.alloc(0) },
  ];
  const zip = writeZip(entries);
  expect(readZip(zip)).toEqual(entries);
  zip[zip.indexOf('content')] = 0x43;
  expect(() => readZip(zip)).toThrow(/checksum/u);
});
