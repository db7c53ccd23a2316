/** What work and verification need of the machine: the sandbox, the configuration of the base, places for files. */
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

import { openEvidenceFiles } from '../../adapters/local/evidence-files.ts';
import { findInPath, findToolPaths } from '../../adapters/sandbox/find-tool-paths.ts';
import { openSandbox } from '../../adapters/sandbox/open-sandbox.ts';
import { pullImage } from '../../adapters/sandbox/pull-image.ts';
import { openPortLeases } from '../../adapters/workspace/port-leases.ts';
import type { CommitSha } from '../../core/brand.ts';
import { CONFIG_PATH, type EspalierConfig, MAX_CONFIG_LENGTH, readConfig } from '../../core/config/config.ts';
import type { PlanLedger } from '../../core/ledger/ledger.ts';
import type { ResolvedTask } from '../../core/plan/plan.ts';
import { findHostedGaps } from '../../core/plan/hosted-gaps.ts';
import { findEnvironmentSecrets } from '../../core/text/environment-secrets.ts';
import type { LegDeps } from '../../engine/orders.ts';
import { ACTION_AUTHOR } from './action-author.ts';
import type { AwaitedOrder } from './await-turn.ts';
import type { LegRoom } from './leg-room.ts';
import type { ActionSession } from './session.ts';

/** The parts, or why there are none; `because` is for the people of the plan and holds the next step. */
export type OpenedDeps =
  | { kind: 'opened'; deps: LegDeps; config: EspalierConfig }
  | { kind: 'refused'; because: string };

/** Variables of the runner's own, whatever a plan says: tokens and ways to the runner's command files are among them. */
const RUNNERS_OWN = /^(?:GITHUB|ACTIONS|RUNNER|INPUT)_/i;

/** Opens them for one order. The commit that {@link configCommitOf} names has to be here. */
export async function openLegDeps(
  session: ActionSession<'work' | 'verify'>,
  room: LegRoom,
  turn: { ledger: PlanLedger; order: AwaitedOrder },
): Promise<OpenedDeps> {
  const { env, clock, log, speech } = session;
  const config = await readBaseConfig(room, configCommitOf(turn));
  if (typeof config === 'string') return refused(config);
  const task = settingsTaskOf(turn);
  const opened = await openTaskSandbox(session, room, { config, task, ledger: turn.ledger });
  if (typeof opened === 'string') return refused(opened);
  speech.say(`Sandbox: ${opened.sandbox.engine}, ${opened.reason}.`);
  const hostEnv = pickHostEnv(env, task.env);
  speech.hide(Object.values(hostEnv));
  const deps: LegDeps = {
    git: room.git,
    sandbox: opened.sandbox,
    evidence: openEvidenceFiles({
      stateDir: room.stateDir,
      secrets: [...findEnvironmentSecrets(env), ...Object.values(hostEnv)],
    }),
    files: room.files,
    ports: openPortLeases({ folder: path.join(os.tmpdir(), `espalier-ports-${process.getuid?.() ?? 'user'}`) }),
    clock,
    log,
    policy: { protectedPaths: config.protectedPaths, ...config.limits },
    hostEnv,
    checkout: null,
    portRange: config.ports,
    author: ACTION_AUTHOR,
  };
  return { kind: 'opened', deps, config };
}

/** The commit whose configuration holds: never one that an agent or a pull request made. */
export function configCommitOf({ ledger, order }: { ledger: PlanLedger; order: AwaitedOrder }): CommitSha {
  switch (order.kind) {
    case 'attempt':
    case 'given':
      return order.order.baseSha;
    case 'trial':
      return order.order.ontoSha;
    case 'final':
      return ledger.baseSha;
  }
}

/** Values of the variables that a task names, but for the runner's own. */
function pickHostEnv(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Object.hasOwn(env, name) && !RUNNERS_OWN.test(name) ? env[name] : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The task whose settings hold; for the tests on the landed whole the plan's first. */
function settingsTaskOf({ ledger, order }: { ledger: PlanLedger; order: AwaitedOrder }): ResolvedTask {
  if (order.kind !== 'final') return order.order.task;
  const [first] = ledger.plan.tasks;
  if (first === undefined) throw new Error('A plan without tasks has no final tests to run.');
  return first;
}

async function readBaseConfig({ git }: LegRoom, commit: CommitSha): Promise<EspalierConfig | string> {
  const text = await git.readFile(commit, CONFIG_PATH, MAX_CONFIG_LENGTH * 4);
  const { config, problems } = readConfig(text ?? '');
  if (config !== null) return config;
  const [first] = problems.filter(({ severity }) => severity === 'error');
  return `${CONFIG_PATH} at ${commit} cannot be used: ${first?.message ?? 'it has an error'}. Put it right on the base.`;
}

interface TaskSandbox {
  config: EspalierConfig;
  task: ResolvedTask;
  ledger: PlanLedger;
}

type OpenedSandbox = Extract<Awaited<ReturnType<typeof openSandbox>>, { kind: 'opened' }>['sandbox'];

/** The sandbox and why it is this one, or why there is none. */
async function openTaskSandbox(
  { env, speech }: ActionSession<'work' | 'verify'>,
  room: LegRoom,
  { config, task, ledger }: TaskSandbox,
): Promise<{ sandbox: OpenedSandbox; reason: string } | string> {
  const { engine, rootfs, waive } = config.sandbox;
  if (engine === 'none')
    return (
      `${CONFIG_PATH} says 'sandbox: {engine: none}'. In a job this would give the job's token to the agent. ` +
      "Write 'engine: auto' there, and let the runner have docker, podman or bubblewrap."
    );
  const [gap] = findHostedGaps(task, config).filter(({ code }) => code !== 'runner-not-allowed');
  if (gap !== undefined) return `${gap.because}. To mend it, ${gap.next}.`;
  const image = task.image ?? config.sandbox.image;
  const stateDir = path.join(room.stateDir, 'sandbox');
  if (image !== null) {
    const engines = engine === 'docker' || engine === 'podman' ? [engine] : (['docker', 'podman'] as const);
    const pulled = await speech.group('Pull the image', () => pullImage({ image, engines, env, stateDir }));
    if (pulled.kind === 'failed') return `No sandbox: ${pulled.because}. To mend it, ${pulled.nextStep}.`;
  }
  const searchPath = env['PATH'] ?? '';
  const opened = await openSandbox({
    asked: engine,
    profiles: [task.profile],
    waive,
    root:
      image !== null ? { kind: 'image', image } : rootfs === null ? { kind: 'host' } : { kind: 'folder', path: rootfs },
    toolPaths: await findToolPaths({
      plan: { ...ledger.plan, tasks: [task] },
      // The runner's own is not meant for the programs of a job; what the job has set up is.
      node: (await findInPath('node', searchPath)) ?? process.execPath,
      searchPath,
      said: [],
    }),
    stateDir,
    env,
  });
  if (opened.kind === 'refused')
    return `No sandbox on this runner: ${opened.because}. To mend it: ${opened.nextStep}; or let 'runs_on' name a runner that has one.`;
  return { sandbox: opened.sandbox, reason: opened.choice.because };
}

function refused(because: string): OpenedDeps {
  return { kind: 'refused', because };
}
