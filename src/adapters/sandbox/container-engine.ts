/** Opens docker and podman: finds the client, prepares the root, and tries everything out with a real run. */
import { randomUUID } from 'node:crypto';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { EngineProbe, MissingProperty } from '../../core/sandbox/choose-engine.ts';
import { type ContainerEngine, type ContainerHost, FLAVORS } from '../../core/sandbox/container-args.ts';
import type { PolicyContext } from '../../core/sandbox/policy.ts';
import type { PropertyName } from '../../core/sandbox/property.ts';
import { renderSeccompDocument } from '../../core/sandbox/seccomp-json.ts';
import { SECCOMP_POLICY } from '../../core/sandbox/seccomp.ts';
import { buildSearchPath } from '../../core/sandbox/tool-paths.ts';
import { callClient, type ContainerClient } from './container-client.ts';
import { type ContainerRoot, readContainerRoot, type SandboxRoot } from './container-root.ts';
import { ContainerSandbox, type ContainerSetup } from './container-sandbox.ts';
import { findContainerClient } from './find-container-client.ts';
import { type CallerEnvironment, findHostProgram, type Machine } from './machine.ts';
import type { OpenedEngine } from './opened-engine.ts';
import { describeError } from './supervised-process.ts';

export interface ContainerOptions {
  engine: ContainerEngine;
  machine: Machine;
  env: CallerEnvironment;
  stateDir: string;
  root: SandboxRoot;
  toolPaths: readonly string[];
  programFolders: readonly string[];
}

const PROBE_WITHIN_MS = 20_000;
// Where a host allows more, nothing that runs in a sandbox needs it, and some programs close every possible one.
const MOST_OPEN_FILES = 65_536;
// Per user, over all runs; --pids-limit bounds the single run.
const MOST_USER_PROCESSES = 32_768;

/** Looks for the client and its engine, prepares the root, and tries everything out with a real run. */
export async function openContainerEngine(options: ContainerOptions): Promise<OpenedEngine> {
  const { engine } = options;
  try {
    const found = await findContainerClient(options);
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
    because: `on ${setup.root.description}`,
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
