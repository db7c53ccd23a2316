/**
 * Runs in docker and podman. One run is `create`, an attached `start`, and `rm`; between them `inspect` where the
 * command failed. `run` would be one call less, but mixes the client's warnings into the command's output and cannot
 * tell an engine's failure from the command's own 125 to 127.
 */
import { access, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  buildContainerInvocation,
  CONTAINER_LABEL,
  type ContainerEngine,
  type ContainerHost,
  containerName,
} from '../../core/sandbox/container-args.ts';
import type { PolicyContext, SandboxPolicy } from '../../core/sandbox/policy.ts';
import type { PropertyName } from '../../core/sandbox/property.ts';
import type { Sandbox, SandboxExit, SandboxRun } from '../../ports/sandbox.ts';
import { callClient, type ContainerClient } from './container-client.ts';
import type { ContainerRoot } from './container-root.ts';
import { findProgramInside } from './find-program-inside.ts';
import type { Machine } from './machine.ts';
import { trySignal } from './process-table.ts';
import { describeRunEnd } from './run-end.ts';
import { failedRun, readRunPolicy, refusedRun } from './run-policy.ts';
import { type SpawnedChild, superviseProcess } from './supervised-process.ts';
import { giveFolders } from './writable-folders.ts';

const GRACE_MS = 1500;
const KILL_WITHIN_MS = 15_000;

/** Everything that a run needs and that does not change between runs. */
export interface ContainerSetup {
  client: ContainerClient;
  host: ContainerHost;
  context: PolicyContext;
  machine: Machine;
  root: ContainerRoot;
  stateDir: string;
}

/** The sandbox of an engine that was tried out. */
export class ContainerSandbox implements Sandbox {
  readonly engine: ContainerEngine;
  readonly waived: readonly PropertyName[];
  readonly #setup: ContainerSetup;

  constructor(setup: ContainerSetup, waived: readonly PropertyName[]) {
    this.#setup = setup;
    this.engine = setup.client.engine;
    this.waived = waived;
  }

  async run(run: SandboxRun): Promise<SandboxExit> {
    const reading = await readRunPolicy(run, this.#setup.context);
    if (!reading.ok) return refusedRun(reading.because);
    return runInContainer(this.#setup, run, reading.policy);
  }

  pathInside(mount: { target: string }): string {
    return mount.target;
  }

  async prepareWritable(paths: readonly string[]): Promise<void> {
    if (this.#setup.machine.isRoot) await giveFolders(paths, this.#setup.machine.user, this.#setup.context);
  }

  findProgram(name: string, profile: SandboxRun['profile']): Promise<string | null> {
    return findProgramInside(this, name, profile);
  }

  async reap(prefix: string): Promise<number> {
    const { client } = this.#setup;
    const listed = await listContainers(client, prefix);
    if (listed.failure !== null)
      throw new Error(
        `Containers of earlier runs could not be listed: ${listed.failure}. Start ${client.engine} and try again.`,
      );
    const names = listed.runs.map(containerName);
    if (names.length === 0) return 0;
    const failure = await removeContainers(client, names);
    if (failure !== null) throw new Error(`Containers of earlier runs could not be removed: ${failure}`);
    return names.length;
  }
}

/** Runs whose name begins with `prefix` and that have a container, whoever made it. */
export async function listContainers(
  client: ContainerClient,
  prefix: string,
): Promise<{ runs: string[]; failure: string | null }> {
  const filter = ['--filter', `label=${CONTAINER_LABEL}`];
  const { stdout, failure } = await callClient(client, ['ps', '--all', ...filter, '--format', '{{.Names}}']);
  const names = stdout.split('\n').filter((name) => name.startsWith(containerName(prefix)));
  return { runs: names.map((name) => name.slice(containerName('').length)), failure };
}

/** Kills if need be and removes; a container that is gone already is no failure. */
export async function removeContainers(client: ContainerClient, names: readonly string[]): Promise<string | null> {
  const { failure } = await callClient(client, ['rm', '--force', '--volumes', ...names]);
  return failure === null || /no such container|no container with/i.test(failure) ? null : failure;
}

async function runInContainer(setup: ContainerSetup, run: SandboxRun, policy: SandboxPolicy): Promise<SandboxExit> {
  const startedAt = performance.now();
  const { client } = setup;
  const name = containerName(policy.name);
  const invocation = buildContainerInvocation(policy, setup.host);
  const created = await callClient(client, invocation.create, { env: invocation.clientEnv });
  let exit: SandboxExit;
  if (created.failure === null) exit = await runCreated(setup, run, policy, invocation.start);
  else exit = failedRun(`${client.engine} could not create the container: ${created.failure}`);
  const failure = await removeContainers(client, [name]);
  if (failure !== null && created.failure === null)
    exit = failedRun(`The container '${name}' could not be removed, remove it by hand: ${failure}`);
  return { ...exit, durationMs: Math.round(performance.now() - startedAt) };
}

async function runCreated(
  setup: ContainerSetup,
  run: SandboxRun,
  policy: SandboxPolicy,
  start: readonly string[],
): Promise<SandboxExit> {
  const { client } = setup;
  const name = containerName(policy.name);
  // Podman's conmon leaves a file named `oom` where the client was started, even where podman itself misses the event.
  const cwd = await mkdtemp(join(setup.stateDir, 'run-'));
  let isGone = false;
  const end = await superviseProcess({
    argv: [...client.argv, ...start],
    env: client.env,
    cwd,
    stdin: run.stdin,
    timeoutMs: run.timeoutMs,
    graceMs: GRACE_MS,
    outputLimitBytes: run.outputLimitBytes,
    onStdout: run.onStdout,
    onStderr: run.onStderr,
    signal: run.signal,
    stopper: (child) => ({
      terminate: async () => void (await callClient(client, ['kill', '--signal', 'TERM', name])),
      kill: () => killContainer(client, name, child, () => isGone),
    }),
    afterExit: async () => {
      isGone = true;
    },
  });
  const hasOomFile = await access(join(cwd, 'oom')).then(
    () => true,
    () => false,
  );
  await rm(cwd, { recursive: true, force: true });
  const state = end.cause === 'exited' && end.exitCode === 0 ? null : await readState(client, name);
  return describeRunEnd({
    end: state === null ? end : { ...end, exitCode: state.ExitCode },
    hasStarted: state === null ? end.exitCode === 0 : isStarted(state),
    oomKills: state?.OOMKilled === true || hasOomFile ? 1 : 0,
    memoryBytes: policy.limits.memoryBytes,
    engine: client.engine,
  });
}

/** Repeats while the container is only about to start; in the end the client is killed, and `rm` does the rest. */
async function killContainer(
  client: ContainerClient,
  name: string,
  child: SpawnedChild,
  isGone: () => boolean,
): Promise<void> {
  const deadline = performance.now() + KILL_WITHIN_MS;
  while (!isGone() && performance.now() < deadline) {
    const { failure } = await callClient(client, ['kill', name]);
    await sleep(failure === null ? 200 : 50);
  }
  if (!isGone()) trySignal(child.pid, 'SIGKILL');
}

interface ContainerState {
  OOMKilled: boolean;
  ExitCode: number;
  Error: string;
  StartedAt: string;
}

async function readState(client: ContainerClient, name: string): Promise<ContainerState | null> {
  const asked = await callClient(client, ['inspect', '--format', '{{json .State}}', name]);
  return asked.failure === null ? (JSON.parse(asked.stdout) as ContainerState) : null;
}

function isStarted(state: ContainerState): boolean {
  return state.Error === '' && !state.StartedAt.startsWith('0001-');
}
