/**
 * From what a caller asks for to what an engine is told: the only maker of a {@link SandboxPolicy}. It decides what
 * may be mounted, where, with which environment, limits and network, and refuses everything else with all reasons at
 * once. The argument builders of the engines take a policy and nothing unchecked.
 *
 * Mount sources must be real paths (symbolic links resolved) when they come here: a name cannot tell where it leads.
 */
import type { Command, Profile, ResourceSize } from '../plan/plan.ts';
import { isNormalAbsolutePath, isWithin, pathDepth, quoteForMessage } from './inside-path.ts';
import { PROFILE_RULES } from './profile.ts';
import { limitResources, type MachineSize, type ResourceLimits } from './resources.ts';

/** A host path, where it appears inside, and how. */
interface PolicyMount {
  source: string;
  target: string;
  access: 'read-only' | 'read-write';
}

/** What a caller asks for; the part of a run that its policy depends on. */
export interface RunRequest {
  name: string;
  profile: Profile;
  resources: ResourceSize;
  network: 'none' | 'open';
  command: Command;
  workdir: string;
  mounts: readonly PolicyMount[];
  env: Readonly<Record<string, string>>;
  stdin: string | null;
  timeoutMs: number;
  outputLimitBytes: number;
}

/** Longest run name; the kernel allows 255 for a cgroup's folder and the engines add a prefix. */
const MAX_RUN_NAME_LENGTH = 120;

/** Where the private home folder is, inside. */
export const HOME_INSIDE = '/home/agent';

/** The user and group of a sandbox that root started: what distroless images call `nonroot`; no account owns it. */
export const NONROOT_ID = 65532;

/** The search path of a sandbox that was given none. */
export const STANDARD_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What is true of the machine and of the sandbox that was opened on it. */
export interface PolicyContext {
  machine: MachineSize;
  /** Sockets of container engines and other things that mean root on the host; real paths. */
  engineSockets: readonly string[];
  /** The user's home folder, which is never mounted whole; `null` if there is none. */
  homeDir: string | null;
  /** The user and group that the run has inside; never 0. */
  user: { uid: number; gid: number };
  /** Folders of the host's that are visible at the same path. */
  toolPaths: readonly string[];
  /** Search path of a run whose environment does not say one. */
  defaultPath: string;
}

/** One checked run. Every string in it is safe to hand to an engine as an argument of its own. */
export interface SandboxPolicy {
  name: string;
  profile: Profile;
  network: 'none' | 'open';
  limits: ResourceLimits;
  command: Command;
  workdir: string;
  /** Parents before what is nested in them. */
  mounts: readonly PolicyMount[];
  /** The whole environment, sorted by name. */
  env: readonly (readonly [name: string, value: string])[];
  mayExecuteInTmp: boolean;
  user: { uid: number; gid: number };
  hasStdin: boolean;
}

/** The policy, or every reason against the run, each a sentence that names the field. */
export type PolicyReading = { ok: true; policy: SandboxPolicy } | { ok: false; because: string[] };

// Kernel interfaces, and the system folders that every engine provides itself.
const RESERVED_TARGETS = ['/proc', '/sys', '/dev', '/boot', '/etc', '/run', '/usr', '/bin', '/sbin', '/lib', '/lib32'];
const RESERVED_TARGETS_64 = ['/lib64', '/libx32'];
// Folders that the sandbox owns: something may lie in them but not cover them.
const PRIVATE_FOLDERS = ['/', '/tmp', '/home', HOME_INSIDE, '/var', '/opt', '/root', '/mnt'];
const FORBIDDEN_SOURCES = ['/proc', '/sys', '/dev', '/boot', '/run', '/var/run', '/etc'];
const WHOLE_SYSTEM_FOLDERS = ['/', '/home', '/root', '/var', '/usr', '/opt', '/tmp', '/mnt', '/srv'];

/**
 * Read by the dynamic loader or the C library of every program, also of the one that drops privileges on the way in:
 * a library of the agent's must not be loaded there.
 */
const LOADER_VARIABLE = /^(?:LD_.*|GLIBC_TUNABLES|GCONV_PATH|LOCPATH|NLSPATH|MALLOC_.*)$/;

const RUN_NAME = /^[a-z0-9][a-z0-9_.-]*$/;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Checks a run against its profile and the machine. */
export function readPolicy(run: RunRequest, context: PolicyContext): PolicyReading {
  const because = [
    ...checkName(run.name),
    ...checkCommand(run.command),
    ...checkProfile(run),
    ...checkBounds(run),
    ...checkWorkdir(run.workdir),
    ...checkMounts(run.mounts, context),
    ...checkEnvironment(run.env),
    ...checkUser(context.user),
  ];
  if (because.length > 0) return { ok: false, because };
  return { ok: true, policy: buildPolicy(run, context) };
}

function buildPolicy(run: RunRequest, context: PolicyContext): SandboxPolicy {
  const env = {
    PATH: context.defaultPath,
    HOME: HOME_INSIDE,
    LANG: 'C.UTF-8',
    TMPDIR: '/tmp',
    ...run.env,
  };
  return {
    name: run.name,
    profile: run.profile,
    network: run.network,
    limits: limitResources(run.resources, context.machine),
    command: run.command,
    workdir: run.workdir,
    mounts: run.mounts.toSorted((a, b) => pathDepth(a.target) - pathDepth(b.target)),
    env: Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1)),
    mayExecuteInTmp: PROFILE_RULES[run.profile].mayExecuteInTmp,
    user: context.user,
    hasStdin: run.stdin !== null,
  };
}

/** Checks a name or a name's beginning, as `reap` takes it. */
export function isRunName(name: string): boolean {
  return RUN_NAME.test(name) && name.length <= MAX_RUN_NAME_LENGTH;
}

function checkName(name: string): string[] {
  if (isRunName(name)) return [];
  return [
    `the name ${quoteForMessage(name)} is not of a-z, 0-9, '_', '.', '-' with a letter or digit first, ` +
      `at most ${MAX_RUN_NAME_LENGTH} characters`,
  ];
}

function checkCommand(command: Command): string[] {
  if (command.length === 0 || command[0] === '') return ['the command is empty'];
  if (command.some((word) => word.includes('\0'))) return ['the command has a NUL character in an argument'];
  // Read as an option by env-like wrappers; no program has such a name.
  if (command[0]?.startsWith('-')) return [`the program ${quoteForMessage(command[0])} begins with '-'`];
  return [];
}

function checkProfile(run: RunRequest): string[] {
  if (run.network === 'none' || PROFILE_RULES[run.profile].mayOpenNetwork) return [];
  return [`the profile '${run.profile}' has no network; ask for network 'none' or for the profile 'development'`];
}

function checkBounds(run: RunRequest): string[] {
  const because: string[] = [];
  if (!(Number.isFinite(run.timeoutMs) && run.timeoutMs > 0)) because.push('timeoutMs is not a positive number');
  if (!(Number.isFinite(run.outputLimitBytes) && run.outputLimitBytes > 0))
    because.push('outputLimitBytes is not a positive number');
  return because;
}

function checkWorkdir(workdir: string): string[] {
  if (isNormalAbsolutePath(workdir)) return [];
  return [`the working directory ${quoteForMessage(workdir)} is not an absolute path in normal form`];
}

function checkUser(user: { uid: number; gid: number }): string[] {
  if (Number.isInteger(user.uid) && user.uid > 0 && Number.isInteger(user.gid) && user.gid > 0) return [];
  return ['the user or group inside would be root'];
}

function checkMounts(mounts: readonly PolicyMount[], context: PolicyContext): string[] {
  const because: string[] = [];
  const targets = new Set<string>();
  for (const mount of mounts) {
    const target = checkTarget(mount.target, context.toolPaths);
    const source = checkHostPath(mount.source, context);
    if (target !== null) because.push(`the mount target ${quoteForMessage(mount.target)} ${target}`);
    if (source !== null) because.push(`the mount source ${quoteForMessage(mount.source)} ${source}`);
    if (targets.has(mount.target)) because.push(`the mount target ${quoteForMessage(mount.target)} is given twice`);
    targets.add(mount.target);
  }
  return because;
}

function checkTarget(target: string, toolPaths: readonly string[]): string | null {
  if (!isNormalAbsolutePath(target)) return 'is not an absolute path in normal form';
  const reserved = [...RESERVED_TARGETS, ...RESERVED_TARGETS_64].find((folder) => isWithin(target, folder));
  if (reserved !== undefined) return `lies in '${reserved}', which belongs to the system`;
  if (PRIVATE_FOLDERS.includes(target)) return 'would cover a folder of the sandbox itself; choose one below it';
  const tool = toolPaths.find((path) => isWithin(path, target) || isWithin(target, path));
  if (tool !== undefined) return `would cover or lie in the tool folder '${tool}'`;
  return null;
}

/** Why a real path of the host is never handed into a sandbox or given to its user; `null` if it may be. */
export function checkHostPath(
  source: string,
  context: Pick<PolicyContext, 'engineSockets' | 'homeDir'>,
): string | null {
  if (!isNormalAbsolutePath(source)) return 'is not an absolute path in normal form';
  if (WHOLE_SYSTEM_FOLDERS.includes(source)) return 'is a whole system folder';
  const kernel = FORBIDDEN_SOURCES.find((folder) => isWithin(source, folder));
  if (kernel !== undefined) return `lies in '${kernel}', which is never handed into a sandbox`;
  const socket = context.engineSockets.find((path) => isWithin(path, source));
  if (socket !== undefined) return `holds the engine socket '${socket}', which means root on this machine`;
  if (context.homeDir !== null && isWithin(context.homeDir, source)) return 'is or holds the home folder of the user';
  return null;
}

/** What a process runner must know of a variable: why it may not be set, or `null`. */
export function checkVariable(name: string, value: string): string | null {
  if (!VARIABLE_NAME.test(name)) return `the variable name ${quoteForMessage(name)} is not of letters, digits and '_'`;
  if (LOADER_VARIABLE.test(name))
    return `the variable '${name}' steers the loader of every program; set it in a command`;
  if (value.includes('\0')) return `the value of '${name}' has a NUL character`;
  return null;
}

function checkEnvironment(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => checkVariable(name, value) ?? []);
}
