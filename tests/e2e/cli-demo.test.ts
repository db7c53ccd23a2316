/** The demo as a person starts it: a process of its own, with the strongest sandbox that the machine has. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readPlanFiles } from '../../src/core/ledger/files.ts';
import type { AttemptRecord, PlanLedger } from '../../src/core/ledger/ledger.ts';
import { checkDemoOutcome } from '../../src/entrypoints/cli/demo/demo-outcome.ts';
import { bundleCli } from '../support/cli-process.ts';

let folder = '';
let program = '';
let env: Record<string, string> = {};

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'espalier-e2e-demo-')));
  env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    XDG_STATE_HOME: path.join(folder, 'state'),
    LC_ALL: 'C.UTF-8',
  };
  program = path.join(folder, 'espalier.mjs');
  await bundleCli(program);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('espalier demo', () => {
  it(
    'lands seven tasks, refuses one, and shows the landed history and where to look',
    { timeout: 120_000 },
    async () => {
      const demo = path.join(folder, 'demo');
      const args = [program, 'demo', '--dir', demo, '--plain', '--pace', '0.02s'];
      const { code, stdout, stderr } = await start(process.execPath, args, folder);
      expect({ code, stderr, stdout }).toMatchObject({ code: 0 });
      expect(stdout).toContain('7 of 8 tasks landed on espalier/eight-agents/landed');
      expect(stdout).toMatch(/^ {2}\*.*Merge testing-agent/m);
      expect(stdout).toContain('espalier why docs-agent');

      const repository = path.join(demo, 'margin-notes');
      const ledger = await readLedger(repository);
      expect(checkDemoOutcome(ledger).filter((promise) => !promise.isKept)).toEqual([]);
      expect(await start('git', ['status', '--porcelain'], repository)).toMatchObject({ stdout: '' });

      const why = await start(process.execPath, [program, 'why', 'docs-agent'], repository);
      expect(why.stdout).toMatch(/ownership +failed/);
      const log = await start(process.execPath, [program, 'logs', 'security-agent'], repository);
      expect(log.stdout).toContain('comparing in constant time');
      const clean = await start(process.execPath, [program, 'clean', '--older-than', '0'], repository);
      expect(clean.stdout).toContain('removed branch espalier/eight-agents/backend-agent');

      // The same check must notice each promise that is not kept.
      for (const [name, broken] of Object.entries(breakPromises(ledger)))
        expect({ name, isKept: checkDemoOutcome(broken).every((promise) => promise.isKept) }).toEqual({
          name,
          isKept: false,
        });
    },
  );
});

async function readLedger(repository: string): Promise<PlanLedger> {
  const files: Record<string, string> = {};
  const ledger = 'espalier-ledger/eight-agents';
  const names = await start('git', ['ls-tree', '-r', '--name-only', ledger], repository);
  for (const name of names.stdout.trim().split('\n'))
    files[name] = (await start('git', ['show', `${ledger}:${name}`], repository)).stdout;
  const reading = readPlanFiles(files);
  if (!reading.ok) throw new Error(reading.because);
  return reading.value;
}

/** The ledger with one promise of the demo broken each. */
function breakPromises(ledger: PlanLedger): Record<string, PlanLedger> {
  const first = (task: string, change: (attempt: AttemptRecord) => AttemptRecord): PlanLedger => ({
    ...ledger,
    tasks: Object.fromEntries(
      Object.entries(ledger.tasks).map(([id, record]) => [
        id,
        id === task
          ? { ...record, attempts: record.attempts.map((each, index) => (index === 0 ? change(each) : each)) }
          : record,
      ]),
    ),
  });
  return {
    'a landing is missing': { ...ledger, certificates: ledger.certificates.slice(0, -1) },
    'a task began too early': first('testing-agent', (each) => ({ ...each, startedAt: 0 })),
    'the lock did not hold': first('frontend-agent', (each) => ({ ...each, startedAt: 0 })),
    'the review passed at once': first('security-agent', (each) => ({ ...each, evidence: null })),
    'nothing conflicted': { ...ledger, tasks: { ...ledger.tasks, ...withoutReturns(ledger) } },
    'the refusal had another cause': first('docs-agent', (each) => ({ ...each, evidence: null })),
    'an untested tree landed': {
      ...ledger,
      certificates: ledger.certificates.map((each) => ({
        ...each,
        testedTree: each.headSha as unknown as typeof each.testedTree,
      })),
    },
  };
}

function withoutReturns(ledger: PlanLedger): PlanLedger['tasks'] {
  return Object.fromEntries(
    Object.entries(ledger.tasks).map(([id, record]) => [
      id,
      { ...record, attempts: record.attempts.filter((each) => each.status !== 'returned') },
    ]),
  );
}

it('refuses to make the demo where something is already', async () => {
  const { code, stderr } = await start(process.execPath, [program, 'demo', '--dir', folder], folder);
  expect(code).toBe(2);
  expect(stderr).toContain('name a folder that does not exist yet');
});

it('documents the demo in package.json as the command that this test runs', async () => {
  const manifest = JSON.parse(await readFile(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(manifest.scripts['demo']).toBe('node dist/cli.mjs demo');
});
