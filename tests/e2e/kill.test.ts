import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeRepository, makeTemporaryFolder, type RepositoryFixture } from '../support/git-fixture.ts';
import { SMALL_OUTCOME, SMALL_PROJECT } from '../support/running-plan.ts';

/** Of all effects, each with the moments before and after it, every k-th is died at; all with ESPALIER_KILL_EVERY=1. */
const STRIDE = Number(process.env['ESPALIER_KILL_EVERY'] ?? '89');

interface Run {
  signal: string | null;
  outcome: { steps: number; kind: string; status: string; names: string[] } | null;
}

const bundles = await makeTemporaryFolder();
const program = path.join(bundles.path, 'run-until-step.mjs');

// One file starts in a third of the time of two hundred, and this test starts it often.
beforeAll(() =>
  build({
    entryPoints: [path.join(import.meta.dirname, '../support/run-until-step.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  }),
);
afterAll(() => bundles[Symbol.asyncDispose]());

async function runUntil(repository: RepositoryFixture, base: string, step: number, moment: string): Promise<Run> {
  const args = [program, repository.path, repository.stateDir, 'none', base, String(step), moment];
  await rm(path.join(repository.stateDir, 'outcome.json'), { force: true });
  const ended = await new Promise<{ signal: string | null; stderr: string; code: unknown }>((resolve) => {
    execFile(
      process.execPath,
      args,
      { env: repository.env, timeout: 60_000, killSignal: 'SIGTERM' },
      (error, _out, stderr) => {
        resolve({ signal: error?.signal ?? null, stderr, code: error?.code ?? 0 });
      },
    );
  });
  if (ended.signal === null && ended.code !== 0) throw new Error(`The run failed by itself: ${ended.stderr}`);
  const text = await readFile(path.join(repository.stateDir, 'outcome.json'), 'utf8').catch(() => null);
  return { signal: ended.signal, outcome: text === null ? null : (JSON.parse(text) as Run['outcome']) };
}

/** What must be the same however often the run was killed: what has landed, the final tree, and one landing a task. */
async function readLanded(repository: RepositoryFixture): Promise<{ tasks: string[]; tree: string; merges: number }> {
  const target = 'espalier/plan/landed';
  const merges = await repository.git('log', '--first-parent', '--merges', '--format=%s', target);
  const status = JSON.parse(await repository.git('show', 'espalier-ledger/plan:.agent-coordination/status.json')) as {
    completed: string[];
  };
  return {
    tasks: [...status.completed].sort(),
    tree: await repository.git('rev-parse', `${target}^{tree}`),
    merges: merges.split('\n').filter((line) => line !== '').length,
  };
}

/** Works through the items on as many lanes as the machine has cores. */
async function onLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, lane));
}

describe('a run that is killed', () => {
  it('comes to the same end from every step, with everything landed once', { timeout: 2_400_000 }, async () => {
    await using calm = await makeRepository({ files: SMALL_PROJECT });
    const whole = await runUntil(calm, await calm.sha(), 0, 'before');
    expect(whole.outcome).toMatchObject({ kind: 'ended', status: 'landed' });
    const expected = await readLanded(calm);
    expect(expected).toMatchObject({ tasks: ['a', 'b', 'c'], merges: 3 });
    for (const [file, text] of Object.entries(SMALL_OUTCOME))
      expect(`${await calm.git('show', `espalier/plan/landed:${file}`)}\n`).toBe(text);

    const steps = Array.from({ length: whole.outcome?.steps ?? 0 }, (_, at) => at + 1);
    const chosen = steps
      .flatMap((step) => [
        { step, moment: 'before' },
        { step, moment: 'after' },
      ])
      .filter((_, at) => at % STRIDE === 0);
    let killed = 0;
    await onLanes(chosen, async ({ step, moment }) => {
      await using repository = await makeRepository({ files: SMALL_PROJECT });
      const base = await repository.sha();
      const broken = await runUntil(repository, base, step, moment);
      if (broken.signal === 'SIGKILL') killed += 1;
      const resumed = await runUntil(repository, base, 0, 'before');
      expect({ step, moment, ...resumed.outcome }).toMatchObject({ step, moment, kind: 'ended', status: 'landed' });
      expect({ step, moment, ...(await readLanded(repository)) }).toEqual({ step, moment, ...expected });
    });
    // Timing moves a few steps, so that the last ones may not be reached; nearly all are.
    expect(chosen.length - killed).toBeLessThanOrEqual(Math.max(1, chosen.length * 0.2));
    expect(killed).toBeGreaterThan(0);
  });
});
