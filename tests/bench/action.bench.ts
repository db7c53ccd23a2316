/**
 * What the Action costs. Start: a step that is refused at its inputs, against a program that does nothing. Size: `dist/`,
 * and what one step loads of it. Leg: the three jobs of a leg with everything real but the model and the network, less
 * what agent, setup and tests take themselves.
 *
 *     node tests/bench/action.bench.ts
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

import { Evidence } from '../../src/core/ledger/evidence.ts';
import { openLegStage, script } from '../entrypoints/action/leg-stage.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const STARTS = 15;
const LEGS = 5;
const AGENT_SECONDS = 1;
const MAX_ADDED_MS = 5000;

/** Stages that are the plan's own: what it asks for takes as long without Espalier. */
const OWN_STAGES = ['agent', 'setup', 'tests', 'review', 'verifySetup', 'verifyTests', 'verifyReview', 'baseTests'];

const folder = mkdtempSync(path.join(os.tmpdir(), 'espalier-bench-'));
try {
  spawnSync(process.execPath, [path.join(ROOT, '.github/scripts/build-dist.ts'), '--into', folder], {
    stdio: 'inherit',
  });
  await reportSize();
  reportStart();
  await reportLeg();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function reportSize(): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  let total = 0;
  for (const entry of entries) if (entry.isFile()) total += (await stat(path.join(entry.parentPath, entry.name))).size;
  const loaded = new Set<string>();
  const follow = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const [, other] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)[^;'"]*"(\.[^"]+)";$/gm))
      follow(path.resolve(path.dirname(file), other ?? ''));
  };
  follow(path.join(folder, 'action.mjs'));
  let bytes = 0;
  for (const file of loaded) bytes += (await stat(file)).size;
  console.log(`dist/: ${kilobytes(total)}; of it a step loads ${kilobytes(bytes)} before its mode is known`);
}

function reportStart(): void {
  const bare = path.join(folder, 'bare.mjs');
  writeFileSync(bare, 'process.exitCode = 1;\n');
  const [nothing, action] = [timeStarts(bare), timeStarts(path.join(folder, 'action.mjs'))];
  console.log(
    `start: ${nothing.toFixed(0)} ms for a program that does nothing, ${action.toFixed(0)} ms for the Action (median of ${STARTS})`,
  );
}

function timeStarts(program: string): number {
  const times = Array.from({ length: STARTS }, () => {
    const from = performance.now();
    const { status } = spawnSync(process.execPath, [program], { stdio: 'ignore', env: { PATH: process.env['PATH'] } });
    if (status !== 1) throw new Error(`'${program}' ended with ${status} instead of 1.`);
    return performance.now() - from;
  });
  return median(times);
}

async function reportLeg(): Promise<void> {
  const added: number[] = [];
  await using stage = await openLegStage({ task: { agent: script(`sleep ${AGENT_SECONDS}; echo two > src/a.txt`) } });
  for (let leg = 0; leg < LEGS; leg += 1) {
    const from = performance.now();
    const work = await stage.run('work');
    const verify = await stage.run('verify', { inputs: stage.carry(work, ['work', 'pack']) });
    const files = { ...stage.carry(work, ['work', 'pack']), ...stage.carry(verify, ['evidence']) };
    const publish = await stage.run('publish', { inputs: files });
    const wallMs = performance.now() - from;
    // The first leg leaves the receipt; the others find it, or that theirs is another.
    if (leg === 0 && publish.outputs['outcome'] !== 'published') throw new Error(publish.log);
    const { timings } = Evidence.parse(JSON.parse(readFileSync(verify.outputs['evidence'] ?? '', 'utf8')));
    const ownMs = OWN_STAGES.reduce((sum, name) => sum + (timings[name] ?? 0), 0);
    // The first builds what ships.
    if (leg > 0) added.push(wallMs - ownMs);
  }
  const middle = median(added);
  console.log(
    `leg: ${middle.toFixed(0)} ms added by its three jobs together (median of ${LEGS - 1}); at most ${MAX_ADDED_MS} are meant`,
  );
  if (middle > MAX_ADDED_MS) process.exitCode = 1;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} kB`;
}
