/**
 * What the Action costs: its size, how fast a step begins against a bare `node24` action, and what one leg (work, verify,
 * publish, each a process on a machine of its own) takes beyond agent, tests and the making of trees. A goal that is
 * missed is said, and fails nothing.
 *
 *     node tests/bench/action.bench.ts [rounds]
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Evidence } from '../../src/core/ledger/evidence.ts';
import { openLegStage, script, type LegStage, type StepEnd } from '../entrypoints/action/leg-stage.ts';
import { makeTemporaryFolder } from '../support/git-fixture.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const STARTS = 15;
const FILES = 2000;
const AGENT_SECONDS = 2;
const TEST_SECONDS = 1;
const GOAL_ADDED_MS = 5000;
const DIST = path.resolve(import.meta.dirname, '../../dist');

/** An action that does nothing but say so. */
const BARE = "console.log('done');\n";

/** Stages whose time is the task's own, or the disk's that has to hold its trees. */
const OWN_STAGES = ['agent', 'tests', 'review', 'setup', 'verifySetup', 'verifyTests', 'verifyReview', 'baseTests'];

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}

/** Bytes of a program and of everything that it imports before it knows its mode. */
function loadedSize(program: string): number {
  const loaded = new Set<string>();
  const follow = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const [, other] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)[^;'"]*"(\.[^"]+)";$/gm))
      follow(path.resolve(path.dirname(file), other ?? ''));
  };
  follow(program);
  return [...loaded].reduce((sum, file) => sum + statSync(file).size, 0);
}

const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(2)} MiB`;

/** Milliseconds that a program takes to its end, started as a runner starts an action. */
function timeStart(program: string, env: Record<string, string>): number {
  const from = performance.now();
  spawnSync(process.execPath, [program], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: 'ignore' });
  return performance.now() - from;
}

async function compareStarts(): Promise<void> {
  await using folder = await makeTemporaryFolder();
  const bare = path.join(folder.path, 'bare.mjs');
  writeFileSync(bare, BARE);
  const action = path.join(DIST, 'action.mjs');
  // Inputs are read and refused: everything that a step does before its own work.
  const env = { INPUT_MODE: 'work', GITHUB_ACTIONS: 'true', RUNNER_TEMP: folder.path };
  const times = { bare: [] as number[], action: [] as number[] };
  for (let at = 0; at < STARTS; at += 1) {
    times.bare.push(timeStart(bare, env));
    times.action.push(timeStart(action, env));
  }
  const [slow, base] = [median(times.action), median(times.bare)];
  console.log(
    `dist: ${mib(sizeOf(DIST))} in all, ${mib(loadedSize(action))} of it loaded before the mode is known; a bare action: ` +
      `${BARE.length} bytes`,
  );
  console.log(
    `start: ${slow.toFixed(0)} ms, bare action ${base.toFixed(0)} ms: x${(slow / base).toFixed(2)}, ` +
      `${(slow - base).toFixed(0)} ms more (median of ${STARTS})`,
  );
}

interface LegTimes {
  wallMs: number;
  ownMs: number;
  jobs: Record<string, number>;
}

async function timeLeg(stage: LegStage, round: number): Promise<LegTimes> {
  const jobs: Record<string, number> = {};
  const run = async (mode: string, inputs: Record<string, string>): Promise<StepEnd> => {
    const from = performance.now();
    const end = await stage.run(mode, { machine: `${mode}-${round}`, inputs });
    jobs[mode] = performance.now() - from;
    if (end.code !== 0) throw new Error(`The mode ${mode} ended with ${end.code}:\n${end.log}`);
    return end;
  };
  const work = await run('work', {});
  const verify = await run('verify', stage.carry(work, ['work', 'pack']));
  await run('publish', { ...stage.carry(work, ['work', 'pack']), ...stage.carry(verify, ['evidence']) });
  const evidence = Evidence.parse(JSON.parse(readFileSync(verify.outputs['evidence'] ?? '', 'utf8')));
  const ownMs = OWN_STAGES.reduce((sum, name) => sum + (evidence.timings[name] ?? 0), 0);
  return { wallMs: Object.values(jobs).reduce((sum, ms) => sum + ms, 0), ownMs, jobs };
}

async function measureLegs(): Promise<void> {
  const files = Object.fromEntries(
    Array.from({ length: FILES }, (_, at) => [`lib/${at % 40}/file-${at}.txt`, `line ${at}\n`.repeat(20)]),
  );
  const times: LegTimes[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    await using stage = await openLegStage({
      files,
      task: {
        agent: script(`sleep ${AGENT_SECONDS}; echo two > src/a.txt`),
        test: [['sh', '-c', `sleep ${TEST_SECONDS}; sh test.sh`]],
      },
    });
    const leg = await timeLeg(stage, round);
    // The first one also builds the action, and warms the disk.
    if (round > 0) times.push(leg);
  }
  const added = times.map(({ wallMs, ownMs }) => wallMs - ownMs);
  const jobs = ['work', 'verify', 'publish']
    .map((name) => `${name} ${median(times.map((leg) => leg.jobs[name] ?? 0)).toFixed(0)} ms`)
    .join(', ');
  console.log(
    `leg: ${FILES} files, agent ${AGENT_SECONDS} s, tests ${TEST_SECONDS} s twice: ${jobs} (median of ${ROUNDS}, from the ` +
      `process's start to its end)`,
  );
  console.log(
    `added to agent and tests: median ${median(added).toFixed(0)} ms, worst ${Math.max(...added).toFixed(0)} ms ` +
      `(goal: under ${GOAL_ADDED_MS} ms)${Math.max(...added) < GOAL_ADDED_MS ? '' : ' MISSED'}`,
  );
}

await compareStarts();
await measureLegs();
