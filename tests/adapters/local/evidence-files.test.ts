import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { openBoundedLog } from '../../../src/adapters/local/bounded-log.ts';
import { openEvidenceFiles } from '../../../src/adapters/local/evidence-files.ts';
import type { CommitSha, Digest, PlanId, TaskId, TreeSha } from '../../../src/core/brand.ts';
import type { Evidence, TrialResult } from '../../../src/core/ledger/evidence.ts';
import type { AttemptKey } from '../../../src/ports/evidence-store.ts';
import { makeTemporaryFolder } from '../../support/git-fixture.ts';

const PLAN = 'plan' as PlanId;
const KEY: AttemptKey = { plan: PLAN, task: 'auth' as TaskId, attempt: 1, generation: 2 };

const EVIDENCE: Evidence = {
  version: 1,
  plan: PLAN,
  task: KEY.task,
  attempt: 1,
  generation: 2,
  taskDigest: 'a'.repeat(64) as Digest,
  baseSha: 'b'.repeat(40) as CommitSha,
  baseTreeSha: 'd'.repeat(40) as TreeSha,
  headSha: null,
  treeSha: null,
  outcome: 'failed',
  failure: { cause: 'no-change', detail: 'd', feedback: 'f', isTransient: false },
  tests: [],
  baseTests: 'not-asked',
  reviews: [],
  violations: [],
  changes: { files: 0, insertions: 0, deletions: 0 },
  paths: [],
  usage: { costUsd: null, inputTokens: null, outputTokens: null, turns: null },
  iterations: 1,
  sandbox: { engine: 'none', profile: 'strict', waived: [] },
  startedAt: 1,
  endedAt: 2,
  timings: { worktree: 5 },
};

const TRIAL: TrialResult = {
  version: 1,
  plan: PLAN,
  task: KEY.task,
  attempt: 1,
  generation: 2,
  headSha: 'b'.repeat(40) as CommitSha,
  ontoSha: 'c'.repeat(40) as CommitSha,
  outcome: 'conflict',
  commitSha: null,
  treeSha: null,
  test: null,
  conflicts: [{ path: 'a', because: 'b' }],
  feedback: 'f',
  endedAt: 3,
};

describe('evidence', () => {
  it('is read back as it was written, each kind by its key', async () => {
    await using folder = await makeTemporaryFolder();
    const store = openEvidenceFiles({ stateDir: folder.path });
    const progress = { stage: 'agent', iteration: 1, score: null, activity: 'x', costUsd: 0.5, updatedAt: 9 } as const;
    const final = {
      version: 1,
      plan: PLAN,
      generation: 3,
      commitSha: 'b'.repeat(40) as CommitSha,
      test: {
        stage: 'final',
        tree: 'd'.repeat(40) as TreeSha,
        suite: 'a'.repeat(64) as Digest,
        status: 'passed',
        exitCode: null,
        durationMs: 1,
        tail: '',
        reused: false,
      },
      endedAt: 4,
    } as const;
    await store.writeEvidence(KEY, EVIDENCE);
    await store.writeTrial(KEY, TRIAL);
    await store.writeProgress(KEY, progress);
    await store.writeFinal(PLAN, 3, final);
    expect(await store.readEvidence(KEY)).toEqual(EVIDENCE);
    expect(await store.readTrial(KEY)).toEqual(TRIAL);
    expect(await store.readProgress(KEY)).toEqual(progress);
    expect(await store.readFinal(PLAN, 3)).toEqual(final);
    expect(await store.readEvidence({ ...KEY, generation: 1 })).toBeNull();
    expect(await store.readFinal(PLAN, 1)).toBeNull();
  });

  it.each([
    { name: 'cut short', text: '{"version":1,"plan":"pl' },
    { name: 'of another version', text: JSON.stringify({ ...EVIDENCE, version: 2 }) },
    { name: 'without a field', text: JSON.stringify({ ...EVIDENCE, outcome: undefined }) },
    { name: 'empty', text: '' },
  ])('is as good as none when it is $name', async ({ text }) => {
    await using folder = await makeTemporaryFolder();
    const store = openEvidenceFiles({ stateDir: folder.path });
    await store.writeEvidence(KEY, EVIDENCE);
    await writeFile(path.join(path.dirname(store.logPath(KEY)), 'evidence.json'), text);
    expect(await store.readEvidence(KEY)).toBeNull();
  });

  it('is whole at every moment while it is written again and again', async () => {
    await using folder = await makeTemporaryFolder();
    const store = openEvidenceFiles({ stateDir: folder.path });
    await store.writeEvidence(KEY, EVIDENCE);
    const writes = Array.from({ length: 20 }, (_, at) =>
      store.writeEvidence(KEY, { ...EVIDENCE, paths: Array.from({ length: at * 10 }, (_each, n) => `p${n}`) }),
    );
    for (let time = 0; time < 50; time += 1) expect(await store.readEvidence(KEY)).not.toBeNull();
    await Promise.all(writes);
    expect((await readdir(path.dirname(store.logPath(KEY)))).sort()).toEqual(['evidence.json']);
  });

  it('is readable by its owner alone', async () => {
    await using folder = await makeTemporaryFolder();
    const store = openEvidenceFiles({ stateDir: path.join(folder.path, 'state') });
    await store.writeEvidence(KEY, EVIDENCE);
    const file = path.join(path.dirname(store.logPath(KEY)), 'evidence.json');
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect((await stat(path.dirname(file))).mode & 0o077).toBe(0);
  });

  it.each(['..', '../x', 'a/b', '', '-x', 'A', '__proto__', 'x\0y'])('has no folder for the task %j', async (task) => {
    await using folder = await makeTemporaryFolder();
    const store = openEvidenceFiles({ stateDir: folder.path });
    const key = { ...KEY, task: task as TaskId };
    expect(() => store.worktreePath(key)).toThrow('cannot be named');
    await expect((async () => store.writeEvidence(key, EVIDENCE))()).rejects.toThrow('cannot be named');
    await expect((async () => store.attemptDir({ ...KEY, plan: task as PlanId }))()).rejects.toThrow('cannot be named');
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('lists every attempt that has a folder, in order', async () => {
    await using folder = await makeTemporaryFolder();
    const store = openEvidenceFiles({ stateDir: folder.path });
    expect(await store.listAttempts(PLAN)).toEqual([]);
    const keys = [
      { ...KEY, attempt: 10, generation: 1 },
      { ...KEY, attempt: 2, generation: 3 },
      { ...KEY, task: 'api' as TaskId, attempt: 1, generation: 4 },
    ];
    for (const key of keys) await store.attemptDir(key);
    await writeFile(path.join(folder.path, 'plans', 'plan', 'attempts', 'stray.txt'), 'x');
    expect(await store.listAttempts(PLAN)).toEqual([keys[2], keys[1], keys[0]]);
  });

  it('keeps the worktree apart from the records', async () => {
    const store = openEvidenceFiles({ stateDir: '/state' });
    expect(store.worktreePath(KEY)).toBe('/state/trees/plan/auth.1.2');
    expect(store.logPath(KEY)).toBe('/state/plans/plan/attempts/auth.1.2/log.txt');
  });
});

describe('a log', () => {
  it('holds what was written, without secrets, also those that come in pieces', async () => {
    await using folder = await makeTemporaryFolder();
    const store = openEvidenceFiles({ stateDir: folder.path, secrets: ['hunter2-hunter2'] });
    const log = await store.openLog(KEY);
    for (const piece of ['one hun', 'ter2-hun', 'ter2 two\nthr', 'ee hunter2-', 'hunter2']) log.write(piece);
    await log.close();
    expect(await readFile(store.logPath(KEY), 'utf8')).toBe('one [secret] two\nthree [secret]');
    const again = await store.openLog(KEY);
    again.write('\nfour\n');
    await again.close();
    expect(await readFile(store.logPath(KEY), 'utf8')).toMatch(/three \[secret\]\nfour\n$/);
  });

  it('never grows over its cap, and keeps the beginning and the end', async () => {
    await using folder = await makeTemporaryFolder();
    const file = path.join(folder.path, 'log.txt');
    const maxBytes = 64 * 1024;
    const log = await openBoundedLog({ file, maxBytes, secrets: [] });
    const lines = 20_000;
    let largest = 0;
    for (let at = 0; at < lines; at += 1) {
      log.write(`line ${at}\n`);
      if (at % 500 === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        largest = Math.max(largest, (await stat(file)).size);
      }
    }
    await log.close();
    const text = await readFile(file, 'utf8');
    expect(Math.max(largest, text.length)).toBeLessThanOrEqual(maxBytes);
    expect(text.startsWith('line 0\nline 1\n')).toBe(true);
    expect(text.endsWith(`line ${lines - 1}\n`)).toBe(true);
    const [, leftOut = ''] = /^\[(\d+) bytes left out\]$/m.exec(text) ?? [];
    const marker = `[${leftOut} bytes left out]\n`;
    const total = Array.from({ length: lines }, (_, at) => `line ${at}\n`.length).reduce((a, b) => a + b);
    expect(text.length - marker.length + Number(leftOut)).toBe(total);
    expect(text.split('\n').filter((line) => !/^(line \d+|\[\d+ bytes left out\]|)$/.test(line))).toEqual([]);
  });

  it('takes a flood without holding it in memory', async () => {
    await using folder = await makeTemporaryFolder();
    const file = path.join(folder.path, 'log.txt');
    const log = await openBoundedLog({ file, maxBytes: 256 * 1024, secrets: [] });
    const chunk = `${'x'.repeat(1023)}\n`.repeat(1024);
    for (let time = 0; time < 100; time += 1) log.write(chunk);
    log.write('the end\n');
    await log.close();
    const text = await readFile(file, 'utf8');
    expect(text.length).toBeLessThanOrEqual(256 * 1024);
    expect(text).toContain('left out');
    expect(text.endsWith('the end\n')).toBe(true);
  });

  it.each([
    { name: 'in large pieces', piece: 'y\n'.repeat(32 * 1024) },
    { name: 'line by line', piece: 'y\n' },
  ])('takes a flood of short lines at once, $name, and keeps both ends', async ({ piece }) => {
    await using folder = await makeTemporaryFolder();
    const file = path.join(folder.path, 'log.txt');
    const maxBytes = 1024 * 1024;
    const log = await openBoundedLog({ file, maxBytes, secrets: ['one-secret-value', 'another-secret-value'] });
    const started = performance.now();
    log.write('the beginning\n');
    for (let length = 0; length < 16 * 1024 * 1024; length += piece.length) {
      log.write(piece);
      if (length % (1024 * 1024) === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    log.write('the end\n');
    await log.close();
    expect(performance.now() - started).toBeLessThan(4000);
    const text = await readFile(file, 'utf8');
    expect(text.length).toBeLessThanOrEqual(maxBytes);
    expect(text.startsWith('the beginning\ny\n')).toBe(true);
    expect(text.endsWith('y\nthe end\n')).toBe(true);
    expect(text).toContain('left out');
  });

  it('holds no part of a secret that stands at the borders of what is looked through at once', async () => {
    await using folder = await makeTemporaryFolder();
    const file = path.join(folder.path, 'log.txt');
    const secret = 'correct-horse-battery-staple';
    const log = await openBoundedLog({ file, maxBytes: 4 * 1024 * 1024, secrets: [secret] });
    for (let at = 0; at < 60; at += 1) {
      const before = 'x'.repeat(64 * 1024 - 14 + (at % 29) - 14);
      log.write(before + secret.slice(0, at % 28));
      log.write(`${secret.slice(at % 28)}\n`);
      if (at % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await log.close();
    const text = await readFile(file, 'utf8');
    expect(text.match(/\[secret\]/g)).toHaveLength(60);
    expect(text.replaceAll(/\[secret\]|x+|\n/g, '')).toBe('');
  });
});
