/**
 * The engine without a daemon: bubblewrap on the host's system folders. What bubblewrap lacks is supplied around it
 * where the machine permits: limits by a control group, a noexec tmpfs by a mount namespace of its own. What cannot be
 * supplied is known after {@link openBubblewrap} and before any run.
 */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';

import type { BubblewrapHost } from '../../core/sandbox/bubblewrap-args.ts';
import { type EngineProbe, INSTALL_COMMANDS, type MissingProperty } from '../../core/sandbox/choose-engine.ts';
import { STANDARD_PATH } from '../../core/sandbox/policy.ts';
import type { PropertyName } from '../../core/sandbox/property.ts';
import { compileSeccompProgram, encodeBpfProgram } from '../../core/sandbox/seccomp-bpf.ts';
import { SECCOMP_POLICY } from '../../core/sandbox/seccomp.ts';
import { buildSearchPath } from '../../core/sandbox/tool-paths.ts';
import type { Sandbox, SandboxExit, SandboxRun } from '../../ports/sandbox.ts';
import { type BubblewrapSetup, runInBubblewrap } from './bubblewrap-run.ts';
import { openGroupMaker } from './cgroup.ts';
import { findProgramInside } from './find-program-inside.ts';
import { readHostSystem } from './host-system.ts';
import { findHostProgram, type Machine } from './machine.ts';
import type { OpenedEngine } from './opened-engine.ts';
import type { TmpfsPrograms } from './private-tmpfs.ts';
import { reapMarkedRuns } from './process-table.ts';
import { describeError } from './supervised-process.ts';
import { giveFolders } from './writable-folders.ts';

export interface BubblewrapOptions {
  machine: Machine;
  /** The caller's search path, for finding programs on the host. */
  searchPath: string | undefined;
  /** A folder of Espalier's own, for the made files and the mount point. */
  stateDir: string;
  /** Folder that holds a root file system to use instead of the host's, or `null`. */
  rootDir: string | null;
  toolPaths: readonly string[];
  /** Folders with programs within `toolPaths`, put first in the search path inside. */
  programFolders: readonly string[];
}

const GONE_WITHIN_MS = 10_000;
const PROBE_WITHIN_MS = 5000;

/** Looks for what is needed and tries it out with a real run. */
export async function openBubblewrap(options: BubblewrapOptions): Promise<OpenedEngine> {
  const find = (name: string): Promise<string | null> => findHostProgram(name, options.searchPath);
  const [bwrap, prlimit, setpriv] = await Promise.all([find('bwrap'), find('prlimit'), find('setpriv')]);
  if (bwrap === null) return notWorking('bwrap is not installed', INSTALL_COMMANDS.bubblewrap);
  if (prlimit === null || (options.machine.isRoot && setpriv === null))
    return notWorking('prlimit or setpriv is not installed', 'sudo apt-get install -y util-linux');
  const inside = await findInside(options, prlimit, setpriv);
  if (typeof inside === 'string') return notWorking(inside, 'install util-linux in that folder');
  try {
    const setup = await readSetup(options, { bwrap, setpriv, inside });
    return await tryOut(setup, bwrap);
  } catch (error) {
    return notWorking(describeError(error), INSTALL_COMMANDS.bubblewrap);
  }
}

function notWorking(because: string, nextStep: string): OpenedEngine {
  return { probe: { engine: 'bubblewrap', works: false, because, missing: [], nextStep }, createSandbox: null };
}

/** The two programs that a run passes through, as paths in its own root. */
interface ProgramsInside {
  prlimit: string;
  /** Only where root starts the run. */
  setpriv: string | null;
}

async function findInside(
  options: BubblewrapOptions,
  prlimit: string,
  setpriv: string | null,
): Promise<ProgramsInside | string> {
  const { rootDir, machine } = options;
  if (rootDir === null) return { prlimit, setpriv: machine.isRoot ? setpriv : null };
  const look = async (name: string): Promise<string | null> => {
    for (const path of [`/usr/bin/${name}`, `/bin/${name}`])
      if ((await findHostProgram(rootDir + path, undefined)) !== null) return path;
    return null;
  };
  const [ownPrlimit, ownSetpriv] = await Promise.all([look('prlimit'), look('setpriv')]);
  if (ownPrlimit === null || (machine.isRoot && ownSetpriv === null))
    return `the root folder '${rootDir}' has no prlimit or no setpriv`;
  return { prlimit: ownPrlimit, setpriv: machine.isRoot ? ownSetpriv : null };
}

async function readSetup(
  options: BubblewrapOptions,
  found: { bwrap: string; setpriv: string | null; inside: ProgramsInside },
): Promise<BubblewrapSetup> {
  const { machine } = options;
  const { bwrap, setpriv: anySetpriv } = found;
  const { prlimit, setpriv } = found.inside;
  const mountPoint = join(options.stateDir, 'tmpfs');
  await mkdir(mountPoint, { recursive: true, mode: 0o755 });
  const [system, groups, programs, help] = await Promise.all([
    readHostSystem(options.rootDir ?? '', join(options.stateDir, `etc-${machine.user.uid}`), machine.user),
    openGroupMaker(),
    findTmpfsPrograms(options.searchPath),
    execa(bwrap, ['--help'], { reject: false, all: true, extendEnv: false, env: {}, timeout: PROBE_WITHIN_MS }),
  ]);
  const host: BubblewrapHost = {
    bwrap,
    prlimit,
    setpriv,
    ...system,
    toolPaths: options.toolPaths,
    limitsProcessesByRlimit: setpriv === null,
    canSizeTmpfs: help.all.includes('--size '),
  };
  const seccomp =
    machine.architecture === null
      ? null
      : encodeBpfProgram(compileSeccompProgram(SECCOMP_POLICY, machine.architecture));
  return {
    host,
    machine,
    groups,
    seccomp,
    tmpfs: programs === null ? null : { programs, mountPoint },
    enclose:
      programs === null || anySetpriv === null
        ? []
        : [anySetpriv, '--pdeathsig', 'KILL', '--', programs.unshare, '--pid', '--fork', '--kill-child', '--'],
    context: {
      machine: machine.size,
      engineSockets: machine.engineSockets,
      homeDir: machine.homeDir,
      user: machine.user,
      toolPaths: options.toolPaths,
      defaultPath: buildSearchPath(options.toolPaths, options.programFolders, STANDARD_PATH),
    },
  };
}

async function findTmpfsPrograms(searchPath: string | undefined): Promise<TmpfsPrograms | null> {
  const find = (name: string): Promise<string | null> => findHostProgram(name, searchPath);
  const [unshare, nsenter, mount, install, cat] = await Promise.all(
    ['unshare', 'nsenter', 'mount', 'install', 'cat'].map(find),
  );
  if (!unshare || !nsenter || !mount || !install || !cat) return null;
  return { unshare, nsenter, mount, install, cat };
}

/** One real run with everything, and if that fails one without the tmpfs, which not every kernel lets a user make. */
async function tryOut(setup: BubblewrapSetup, bwrap: string): Promise<OpenedEngine> {
  let working = setup;
  let exit = await probeRun(working);
  if (exit.status !== 'exited' && setup.tmpfs !== null) {
    working = { ...setup, tmpfs: null };
    exit = await probeRun(working);
  }
  if (exit.status !== 'exited' || exit.exitCode !== 0)
    return notWorking(`${bwrap} cannot make a sandbox here: ${exit.detail || `exit ${exit.exitCode}`}`, NAMESPACE_STEP);
  const missing = listMissing(working);
  const probe: EngineProbe = {
    engine: 'bubblewrap',
    works: true,
    because: `on the host's system folders${working.groups === null ? '' : `, with limits by cgroup v${working.groups.version}`}`,
    missing,
    nextStep: missing.length === 0 ? '' : STRONGER_STEP,
  };
  return { probe, createSandbox: (waived) => new BubblewrapSandbox(working, waived) };
}

const NAMESPACE_STEP =
  'let users make namespaces (sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 ' +
  'kernel.unprivileged_userns_clone=1, whichever exists), or install docker (sudo apt-get install -y docker.io)';
const STRONGER_STEP = `install docker, which enforces everything (${INSTALL_COMMANDS.docker})`;

function probeRun(setup: BubblewrapSetup): Promise<SandboxExit> {
  return runInBubblewrap(setup, {
    name: `probe-${randomUUID()}`,
    profile: 'strict',
    resources: 'small',
    network: 'none',
    command: ['/bin/sh', '-c', 'exit 0'],
    workdir: '/',
    mounts: [],
    env: {},
    stdin: null,
    timeoutMs: PROBE_WITHIN_MS,
    outputLimitBytes: 4096,
  });
}

function listMissing(setup: BubblewrapSetup): MissingProperty[] {
  const enforced = new Set<PropertyName>(setup.groups?.enforces);
  if (setup.host.limitsProcessesByRlimit) enforced.add('pids-limit');
  const missing: MissingProperty[] = [];
  const noGroup = 'bubblewrap has no such limit, and no control group can be made by this user here';
  for (const property of ['memory-limit', 'cpu-limit', 'pids-limit'] as const)
    if (!enforced.has(property)) missing.push({ property, because: noGroup });
  if (setup.tmpfs === null)
    missing.push({
      property: 'tmp-noexec',
      because: 'bubblewrap cannot mount a noexec tmpfs, and neither can this user',
    });
  if (setup.seccomp === null)
    missing.push({ property: 'seccomp', because: 'the filter is not compiled for this processor architecture' });
  return missing;
}

class BubblewrapSandbox implements Sandbox {
  readonly engine = 'bubblewrap';
  readonly waived: readonly PropertyName[];
  readonly #setup: BubblewrapSetup;

  constructor(setup: BubblewrapSetup, waived: readonly PropertyName[]) {
    this.#setup = setup;
    this.waived = waived;
  }

  run(run: SandboxRun): Promise<SandboxExit> {
    return runInBubblewrap(this.#setup, run);
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
    const names = await reapMarkedRuns(prefix, GONE_WITHIN_MS);
    return Math.max(names.size, (await this.#setup.groups?.reap(prefix)) ?? 0);
  }
}
