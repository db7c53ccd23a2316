/**
 * Docker and podman. One run is `create`, an attached `start`, and `rm`; between them `inspect` where the command
 * failed. `run` would be one call less, but mixes the client's warnings into the command's output and cannot tell an
 * engine's failure from the command's own 125 to 127.
 */
import { randomUUID } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { INSTALL_COMMANDS, type EngineProbe, type MissingProperty } from '../../core/sandbox/choose-engine.ts';
import {
  buildContainerInvocation,
  CONTAINER_LABEL,
  type ContainerEngine,
  type ContainerHost,
  containerName,
  FLAVORS,
} from '../../core/sandbox/container-args.ts';
import type { PolicyContext, SandboxPolicy } from '../../core/sandbox/policy.ts';
import type { PropertyName } from '../../core/sandbox/property.ts';
import { renderSeccompDocument } from '../../core/sandbox/seccomp-json.ts';
import { SECCOMP_POLICY } from '../../core/sandbox/seccomp.ts';
import { buildSearchPath } from '../../core/sandbox/tool-paths.ts';
import type { Sandbox, SandboxExit, SandboxRun } from '../../ports/sandbox.ts';
import { callClient, type ContainerClient } from './container-client.ts';
import { type ContainerRoot, readContainerRoot, type SandboxRoot } from './container-root.ts';
import { findProgramInside } from './find-program-inside.ts';
import { type CallerEnvironment, findHostProgram, type Machine } from './machine.ts';
import type { OpenedEngine } from './opened-engine.ts';
import { trySignal } from './process-table.ts';
import { describeRunEnd } from './run-end.ts';
import { failedRun, readRunPolicy, refusedRun } from './run-policy.ts';
import { describeError, type SpawnedChild, superviseProcess } from './supervised-process.ts';
import { giveFolders } from './writable-folders.ts';

export interface ContainerOptions {
  engine: ContainerEngine;
  machine: Machine;
  env: CallerEnvironment;
  stateDir: string;
  root: SandboxRoot;
  toolPaths: readonly string[];
  programFolders: readonly string[];
}

const GRACE_MS = 1500;
const PING_WITHIN_MS = 1000;
const PROBE_WITHIN_MS = 20_000;
const KILL_WITHIN_MS = 15_000;
// Where a host allows more, nothing that runs in a sandbox needs it, and some programs close every possible one.
const MOST_OPEN_FILES = 65_536;
// Per user, over all runs; --pids-limit bounds the single run.
const MOST_USER_PROCESSES = 32_768;

interface ContainerSetup {
  client: ContainerClient;
  host: ContainerHost;
  context: PolicyContext;
  machine: Machine;
  root: ContainerRoot;
  stateDir: string;
}

/** Looks for the client and its engine, prepares the root, and tries everything out with a real run. */
export async function openContainerEngine(options: ContainerOptions): Promise<OpenedEngine> {
  const { engine } = options;
  try {
    const found = await findClient(options);
    if (!found.ok) return notWorking(engine, found.because, found.nextStep);
    const made = { etcDir: join(options.stateDir, `etc-${options.machine.user.uid}`), user: options.machine.user };
    const reading = await readContainerRoot(found.client, options.root, made);
    if (!reading.ok) return notWorking(engine, reading.because, reading.nextStep);
    const setup = await readSetup(options, found.client, reading.root);
    return await tryOut(options, setup);
  } catch (error) {
    return notWorking(engine, describeError(error), '');
  }
}

function notWorking(engine: ContainerEngine, because: string, nextStep: string): OpenedEngine {
  return { probe: { engine, works: false, because, missing: [], nextStep }, createSandbox: null };
}

type FoundClient = { ok: true; client: ContainerClient } | { ok: false; because: string; nextStep: string };

async function findClient(options: ContainerOptions): Promise<FoundClient> {
  const { engine, env } = options;
  const program = await findHostProgram(engine, env.PATH);
  if (program === null) return { ok: false, because: `${engine} is not installed`, nextStep: INSTALL_COMMANDS[engine] };
  const base = { PATH: env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin', HOME: env.HOME ?? options.machine.homeDir ?? '/' };
  if (engine === 'podman') {
    const passed = [
      'XDG_RUNTIME_DIR',
      'XDG_CONFIG_HOME',
      'XDG_DATA_HOME',
      'CONTAINERS_CONF',
      'CONTAINERS_STORAGE_CONF',
      'DBUS_SESSION_BUS_ADDRESS',
    ] as const;
    const own = Object.fromEntries(passed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
    return { ok: true, client: { engine, argv: [program], env: { ...base, ...own } } };
  }
  // An empty configuration: the user's own may add proxies to every container. Its current context is still honoured.
  const config = join(options.stateDir, 'docker-config');
  await mkdir(config, { recursive: true, mode: 0o700 });
  const address = env.DOCKER_HOST ?? (await readDockerContext(program, base)) ?? 'unix:///var/run/docker.sock';
  const client = { engine, argv: [program, '--host', address], env: { ...base, DOCKER_CONFIG: config } };
  const failure = address.startsWith('unix://') ? await pingSocket(address.slice('unix://'.length)) : null;
  if (failure === null) return { ok: true, client };
  return {
    ok: false,
    because: `no docker daemon answers at ${address}: ${failure}`,
    nextStep: 'sudo systemctl start docker, or set DOCKER_HOST to the daemon that is meant',
  };
}

async function readDockerContext(program: string, env: Readonly<Record<string, string>>): Promise<string | null> {
  const asked = await callClient(
    { engine: 'docker', argv: [program], env },
    ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'],
    { withinMs: PING_WITHIN_MS },
  );
  return asked.failure === null && /^[a-z]+:\/\/\S+$/.test(asked.stdout) ? asked.stdout : null;
}

/** Asks the daemon for a sign of life; a socket that nobody serves must not hang a client of ours. */
function pingSocket(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    const finish = (failure: string | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(failure);
    };
    const timer = setTimeout(() => finish(`no answer within ${PING_WITHIN_MS} ms`), PING_WITHIN_MS);
    socket.on('error', (error) => finish(describeError(error)));
    socket.on('connect', () => socket.write('GET /_ping HTTP/1.0\r\n\r\n'));
    socket.on('data', (data) =>
      finish(/^HTTP\/1\.\d 200/.test(data.toString('latin1')) ? null : 'not a docker daemon'),
    );
    socket.on('end', () => finish('the connection was closed'));
  });
}

async function readSetup(
  options: ContainerOptions,
  client: ContainerClient,
  root: ContainerRoot,
): Promise<ContainerSetup> {
  const { machine } = options;
  const usesHost = options.root.kind === 'host';
  const toolPaths = usesHost ? options.toolPaths : [];
  const seccompFile = join(options.stateDir, 'seccomp.json');
  await writeFile(seccompFile, JSON.stringify(renderSeccompDocument(SECCOMP_POLICY, machine.architecture)), {
    mode: 0o644,
  });
  const limits = await readOwnLimits();
  const host: ContainerHost = {
    flavor: FLAVORS[options.engine],
    image: root.image,
    seccompFile,
    system: root.system,
    networkFiles: root.networkFiles,
    toolPaths,
    imageVariables: root.imageVariables,
    machineArguments: await readMachineArguments(options),
    ...limits,
    // Podman checks the options of a tmpfs against its own list, which has no owner.
    canOwnTmpfs: options.engine === 'docker',
  };
  const context: PolicyContext = {
    machine: machine.size,
    engineSockets: machine.engineSockets,
    homeDir: machine.homeDir,
    user: machine.user,
    toolPaths,
    defaultPath: usesHost ? buildSearchPath(toolPaths, options.programFolders, root.defaultPath) : root.defaultPath,
  };
  return { client, host, context, machine, root, stateDir: options.stateDir };
}

async function readOwnLimits(): Promise<{ openFiles: number; userProcesses: number }> {
  const text = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const hard = (label: string, most: number): number => {
    const found = new RegExp(`^${label} +\\S+ +(\\S+)`, 'm').exec(text)?.[1] ?? '';
    return Math.min(Number.parseInt(found, 10) || most, most);
  };
  return {
    openFiles: hard('Max open files', MOST_OPEN_FILES),
    userProcesses: hard('Max processes', MOST_USER_PROCESSES),
  };
}

async function readMachineArguments(options: ContainerOptions): Promise<string[]> {
  const found: string[] = [];
  if (options.engine === 'docker') found.push('--init');
  else found.push(...(await findPodmanInit(options.env.PATH)));
  if (options.engine === 'podman' && !options.machine.isRoot) found.push('--userns=keep-id');
  // With SELinux a container may not read files that were not labelled for it, and the host's must not be relabelled.
  if (
    await access('/sys/fs/selinux/enforce').then(
      () => true,
      () => false,
    )
  )
    found.push('--security-opt', 'label=disable');
  return found;
}

/** Podman's own init is a package that may be missing; docker's does the same. */
async function findPodmanInit(searchPath: string | undefined): Promise<string[]> {
  for (const name of ['/usr/libexec/podman/catatonit', 'catatonit', 'docker-init', 'tini-static', 'tini']) {
    const path = await findHostProgram(name, searchPath);
    if (path !== null) return ['--init', `--init-path=${path}`];
  }
  return [];
}

async function tryOut(options: ContainerOptions, setup: ContainerSetup): Promise<OpenedEngine> {
  const { engine } = options;
  const failure = await probeRun(options, setup);
  if (failure !== null) return notWorking(engine, `${engine} cannot run a sandbox here: ${failure}`, '');
  const missing = await listMissing(setup);
  const probe: EngineProbe = {
    engine,
    works: true,
    because: `${engine} on ${setup.root.description}`,
    missing,
    nextStep: missing.length === 0 ? '' : `run ${engine} as root, or on a machine with cgroup v2`,
  };
  return { probe, createSandbox: (waived) => new ContainerSandbox(setup, waived) };
}

/** Reads a file of this machine inside, and writes one: a daemon elsewhere or another user mapping fails here. */
async function probeRun(options: ContainerOptions, setup: ContainerSetup): Promise<string | null> {
  const folder = await mkdtemp(join(options.stateDir, 'probe-'));
  const nonce = randomUUID();
  try {
    await writeFile(join(folder, 'question'), nonce);
    const sandbox = new ContainerSandbox(setup, []);
    await sandbox.prepareWritable([folder]);
    const exit = await sandbox.run({
      name: `probe-${nonce}`,
      profile: 'strict',
      resources: 'small',
      network: 'none',
      command: ['/bin/sh', '-c', 'cat question > answer'],
      workdir: '/probe',
      mounts: [{ source: folder, target: '/probe', access: 'read-write' }],
      env: {},
      stdin: null,
      timeoutMs: PROBE_WITHIN_MS,
      outputLimitBytes: 4096,
    });
    if (exit.status !== 'exited') return exit.detail;
    const answer = await readFile(join(folder, 'answer'), 'utf8').catch(() => '');
    return exit.exitCode === 0 && answer === nonce ? null : 'a folder of this machine could not be written from inside';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface DockerInfo {
  MemoryLimit?: boolean;
  CpuCfsQuota?: boolean;
  PidsLimit?: boolean;
  SecurityOptions?: string[];
}

interface PodmanInfo {
  host?: { cgroupControllers?: string[] | null; security?: { seccompEnabled?: boolean } };
}

async function listMissing(setup: ContainerSetup): Promise<MissingProperty[]> {
  const { client } = setup;
  const format = client.engine === 'docker' ? '{{json .}}' : 'json';
  const asked = await callClient(client, ['info', '--format', format]);
  const none = { memory: false, cpu: false, pids: false, seccomp: false };
  const can = asked.failure === null ? readInfo(client.engine, asked.stdout) : none;
  const rows: readonly (readonly [boolean, PropertyName])[] = [
    [can.memory, 'memory-limit'],
    [can.cpu, 'cpu-limit'],
    [can.pids, 'pids-limit'],
    [can.seccomp, 'seccomp'],
  ];
  const because = `${client.engine} says that this machine does not support it`;
  return rows.filter(([isSupported]) => !isSupported).map(([, property]) => ({ property, because }));
}

function readInfo(engine: ContainerEngine, text: string): Record<'memory' | 'cpu' | 'pids' | 'seccomp', boolean> {
  if (engine === 'docker') {
    const info = JSON.parse(text) as DockerInfo;
    return {
      memory: info.MemoryLimit === true,
      cpu: info.CpuCfsQuota === true,
      pids: info.PidsLimit === true,
      seccomp: (info.SecurityOptions ?? []).some((option) => option.includes('name=seccomp')),
    };
  }
  const { host } = JSON.parse(text) as PodmanInfo;
  const has = (controller: string): boolean => (host?.cgroupControllers ?? []).includes(controller);
  return {
    memory: has('memory'),
    cpu: has('cpu'),
    pids: has('pids'),
    seccomp: host?.security?.seccompEnabled === true,
  };
}

class ContainerSandbox implements Sandbox {
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
    const listed = await callClient(client, [
      'ps',
      '--all',
      '--filter',
      `label=${CONTAINER_LABEL}`,
      '--format',
      '{{.Names}}',
    ]);
    if (listed.failure !== null)
      throw new Error(
        `Containers of earlier runs could not be listed: ${listed.failure}. Start ${client.engine} and try again.`,
      );
    const names = listed.stdout.split('\n').filter((name) => name.startsWith(containerName(prefix)));
    if (names.length === 0) return 0;
    const failure = await removeContainers(client, names);
    if (failure !== null) throw new Error(`Containers of earlier runs could not be removed: ${failure}`);
    return names.length;
  }
}

/** Kills if need be and removes; a container that is gone already is no failure. */
async function removeContainers(client: ContainerClient, names: readonly string[]): Promise<string | null> {
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
