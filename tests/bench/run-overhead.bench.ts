/**
 * What running a plan costs: eight tasks on a repository of 5,000 files, with everything real but the model. Prints
 * what is added to each attempt beyond agent, setup, tests, review and the making of trees; the makespan against a
 * schedule in virtual time over the measured stage times; and how often the tests ran.
 *
 *     node tests/bench/run-overhead.bench.ts [docker|podman|bubblewrap|none] [folder]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { TaskId } from '../../src/core/brand.ts';
import type { Evidence } from '../../src/core/ledger/evidence.ts';
import type { PlanLedger } from '../../src/core/ledger/ledger.ts';
import type { ResolvedPlan } from '../../src/core/plan/plan.ts';
import type { SandboxEngine } from '../../src/core/sandbox/property.ts';
import { runPlan } from '../../src/engine/run-plan.ts';
import { aPlan, aTask, taskId } from '../support/builders.ts';
import { makeRepository } from '../support/git-fixture.ts';
import { openRunDeps, requestFor } from '../support/running-plan.ts';
import { simulateMakespan } from './simulated-schedule.ts';

const FILES = 5000;
const AGENT_SECONDS = 4;
const TEST_SECONDS = 1;
const MAX_PARALLEL = 4;

const AGENT = `set -eu
sleep ${AGENT_SECONDS}
for n in 1 2 3 4 5 6 7 8 9 10; do echo "$ESPALIER_TASK $n" > "src/dir1/$ESPALIER_TASK.$n.txt"; done
`;

function benchPlan(): ResolvedPlan {
  const needs: Record<string, string[]> = { t5: ['t1', 't2'], t6: ['t0', 't1', 't3'], t7: ['t1'] };
  return aPlan(
    Array.from({ length: 8 }, (_, at) =>
      aTask(`t${at}`, {
        agent: { kind: 'command', command: ['sh', 'tools/agent.sh'] },
        test: [['sleep', String(TEST_SECONDS)]],
        review: {
          reviewer: { kind: 'command', command: ['echo', '{"score":10,"findings":[]}'] },
          threshold: 10,
          iterations: 1,
          rubric: '',
        },
        needs: (needs[`t${at}`] ?? []).map(taskId),
      }),
    ),
  );
}

function evidenceOf(ledger: PlanLedger): Map<TaskId, { evidence: Evidence; trialMs: number }> {
  const found = new Map<TaskId, { evidence: Evidence; trialMs: number }>();
  for (const [id, record] of Object.entries(ledger.tasks)) {
    const attempt = record.attempts.at(-1);
    if (attempt?.evidence == null || attempt.trial?.result == null) throw new Error(`'${id}' did not land.`);
    found.set(id as TaskId, {
      evidence: attempt.evidence,
      trialMs: attempt.trial.result.endedAt - attempt.trial.startedAt,
    });
  }
  return found;
}

const engine = (process.argv[2] ?? 'bubblewrap') as SandboxEngine;
const folder = await mkdtemp(path.join(process.argv[3] ?? os.tmpdir(), 'espalier-bench-'));
process.env['TMPDIR'] = folder;
try {
  const files: Record<string, string> = { 'tools/agent.sh': AGENT };
  for (let at = 0; at < FILES; at += 1) files[`src/dir${at % 50}/file${at}.txt`] = `${at}\n`.repeat(20);
  await using repository = await makeRepository({ files });
  const { deps } = await openRunDeps({
    repository: repository.path,
    stateDir: repository.stateDir,
    env: repository.env,
    engine,
  });
  const plan = benchPlan();
  const request = { ...requestFor(plan, await repository.sha()), maxParallel: MAX_PARALLEL };
  const startedAt = performance.now();
  const outcome = await runPlan(deps, request, {
    signal: new AbortController().signal,
    onView: () => {},
    onEvent: () => {},
  });
  const makespanMs = performance.now() - startedAt;
  if (outcome.kind !== 'ended' || outcome.view.status !== 'landed')
    throw new Error(`The plan did not land: ${JSON.stringify(outcome).slice(0, 2000)}`);
  const measured = evidenceOf(outcome.ledger);
  const overheads = [...measured.values()]
    .map(({ evidence }) => evidence.timings['overhead'] ?? Number.NaN)
    .sort((a, b) => a - b);
  const stages = new Map(
    [...measured].map(([task, { evidence, trialMs }]) => [
      task,
      { attemptMs: evidence.endedAt - evidence.startedAt, trialMs },
    ]),
  );
  const bare = new Map(
    [...measured].map(([task, { evidence, trialMs }]) => [
      task,
      { attemptMs: evidence.endedAt - evidence.startedAt - (evidence.timings['overhead'] ?? 0), trialMs },
    ]),
  );
  const tests = [...measured.values()].map(({ evidence }) => evidence.tests.filter((test) => !test.reused).length);
  const trialsRun = Object.values(outcome.ledger.tasks)
    .flatMap((record) => record.attempts)
    .filter((attempt) => attempt.trial?.result?.test?.reused === false).length;
  const whole = simulateMakespan(plan, stages, MAX_PARALLEL);
  const ideal = simulateMakespan(plan, bare, MAX_PARALLEL);
  const ms = (value: number): string => `${Math.round(value)} ms`;
  const breakdown = Object.keys([...measured.values()][0]?.evidence.timings ?? {}).map((stage) => {
    const times = [...measured.values()].map(({ evidence }) => evidence.timings[stage] ?? 0).sort((a, b) => a - b);
    return `${stage} ${Math.round(times[4] ?? Number.NaN)}`;
  });
  process.stdout.write(
    [
      `run: 8 tasks, ${FILES} files, engine ${deps.workers.sandbox.engine}, ${MAX_PARALLEL} at once, agent ${AGENT_SECONDS} s, tests ${TEST_SECONDS} s`,
      `  added per attempt            median ${ms(overheads[4] ?? Number.NaN)}, worst ${ms(overheads.at(-1) ?? Number.NaN)} (goal: at most 1000 ms)`,
      `  stages, median ms            ${breakdown.join(', ')}`,
      `  makespan                     ${ms(makespanMs)}`,
      `  against the virtual schedule ×${(makespanMs / whole).toFixed(3)} over whole attempts (${ms(whole)}; goal: at most 1.05), ×${(makespanMs / ideal).toFixed(3)} over agent, setup, tests, review and trees only (${ms(ideal)})`,
      `  tests ran                    ${tests.reduce((sum, count) => sum + count, 0) + trialsRun} times for 8 tasks: ${tests.join(' ')} in attempts, ${trialsRun} on merged trees`,
      '',
    ].join('\n'),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
