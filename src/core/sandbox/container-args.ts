/**
 * A checked policy as the arguments of docker and podman. Both take the same ones; where they differ the difference
 * is a row in {@link FLAVORS}. Values of variables go through the client's own environment and not through its
 * command line, which every user of the host can read.
 */
import type { SystemEntry } from './bubblewrap-args.ts';
import { HOME_INSIDE, type SandboxPolicy } from './policy.ts';

/** Engines of this family. */
export type ContainerEngine = 'docker' | 'podman';

/** What differs. */
export interface ContainerFlavor {
  /** Arguments of `create` that only this engine knows or needs. */
  create: readonly string[];
  /** Arguments of `start`. */
  start: readonly string[];
  /** Whether a variable of the image is removed by naming it without a value. */
  removesVariables: boolean;
  /** Name of the network when it is open; `null` takes the engine's own default. */
  openNetwork: string | null;
}

export const FLAVORS: Readonly<Record<ContainerEngine, ContainerFlavor>> = {
  docker: { create: [], start: [], removesVariables: true, openNetwork: 'bridge' },
  podman: {
    // Podman would hand in proxies of the host, variables of its configuration, and writable tmpfs on /run and /var.
    create: ['--http-proxy=false', '--unsetenv-all', '--read-only-tmpfs=false'],
    start: ['--sig-proxy=false'],
    removesVariables: false,
    openNetwork: null,
  },
};

/** What the adapter found or made. */
export interface ContainerHost {
  flavor: ContainerFlavor;
  image: string;
  /** Path of the filter as JSON. */
  seccompFile: string;
  /** Folders and files of the host's that make up the root file system; links are in the image. Empty for an image. */
  system: readonly SystemEntry[];
  networkFiles: readonly SystemEntry[];
  toolPaths: readonly string[];
  /** Names of variables that the image sets. */
  imageVariables: readonly string[];
  /** Arguments that the machine makes necessary: `--init` and its path, `--userns=keep-id`, `label=disable`. */
  machineArguments: readonly string[];
  /** Hard limits of open files and processes per user, which an engine without rights cannot raise. */
  openFiles: number;
  userProcesses: number;
  /** Owner options that tmpfs mounts take here, or `null` where they must be open to all. */
  canOwnTmpfs: boolean;
}

/** Arguments after the engine's program, and the variables to add to the client's environment. */
export interface ContainerInvocation {
  create: readonly string[];
  start: readonly string[];
  clientEnv: Readonly<Record<string, string>>;
}

/** Every container of Espalier has it. */
export const CONTAINER_LABEL = 'espalier.sandbox';

/** Name of a run's container. */
export function containerName(runName: string): string {
  return `espalier-${runName}`;
}

/**
 * Read by the clients themselves, by Go's runtime or by the loader. They hold no secrets, so they may stand in the
 * command line; in the client's environment they would steer the client.
 */
const CLIENT_VARIABLE =
  /^(?:PATH|HOME|TMPDIR|USER|LOGNAME|SHELL|TERM|LANG|LC_.*|PWD|NO_COLOR|NOTIFY_SOCKET|LISTEN_.*|INVOCATION_ID|(?:DOCKER|BUILDKIT|BUILDX|BUILDAH|COMPOSE|CONTAINERS?|PODMAN|STORAGE|REGISTRY|CNI|NETAVARK|OTEL|XDG|DBUS|GO|SSL|LD|GIT|SSH|GPG|SYSTEMD)(?:_.*|[A-Z]*)|.*PROXY|.*proxy)$/;

/** Builds `create` and `start`; equal inputs give equal output. */
export function buildContainerInvocation(policy: SandboxPolicy, host: ContainerHost): ContainerInvocation {
  const name = containerName(policy.name);
  const [program = '', ...args] = policy.command;
  const { flags, clientEnv } = environmentArguments(policy, host);
  const create = [
    ...['create', '--name', name, '--label', `${CONTAINER_LABEL}=${policy.name}`],
    ...(policy.hasStdin ? ['--interactive'] : []),
    ...host.flavor.create,
    ...host.machineArguments,
    ...isolationArguments(policy, host),
    ...limitArguments(policy, host),
    ...tmpfsArguments(policy, host),
    ...mountArguments(policy, host),
    ...flags,
    ...['--workdir', policy.workdir, '--entrypoint', program, host.image, ...args],
  ];
  const start = ['start', '--attach', ...(policy.hasStdin ? ['--interactive'] : []), ...host.flavor.start, name];
  return { create, start, clientEnv };
}

function isolationArguments(policy: SandboxPolicy, host: ContainerHost): string[] {
  const open = host.flavor.openNetwork === null ? [] : ['--network', host.flavor.openNetwork];
  return [
    ...['--read-only', '--cap-drop', 'ALL'],
    ...['--security-opt', 'no-new-privileges', '--security-opt', `seccomp=${host.seccompFile}`],
    ...['--user', `${policy.user.uid}:${policy.user.gid}`],
    ...['--ipc', 'private', '--cgroupns', 'private', '--hostname', 'sandbox'],
    ...(policy.network === 'none' ? ['--network', 'none'] : open),
    // Output goes to the attached client alone: a flood must not fill the engine's disk.
    ...['--log-driver', 'none'],
  ];
}

function limitArguments(policy: SandboxPolicy, host: ContainerHost): string[] {
  const { memoryBytes, cpus, pids } = policy.limits;
  return [
    // Equal values leave no swap on top.
    ...['--memory', String(memoryBytes), '--memory-swap', String(memoryBytes)],
    ...['--cpus', String(cpus), '--pids-limit', String(pids)],
    ...['--ulimit', 'core=0:0', '--ulimit', `nofile=${host.openFiles}:${host.openFiles}`],
    ...['--ulimit', `nproc=${host.userProcesses}:${host.userProcesses}`],
  ];
}

function tmpfsArguments(policy: SandboxPolicy, host: ContainerHost): string[] {
  const { uid, gid } = policy.user;
  const owner = host.canOwnTmpfs ? `mode=0700,uid=${uid},gid=${gid}` : 'mode=1777';
  const flags = `rw,nosuid,nodev,${policy.mayExecuteInTmp ? 'exec' : 'noexec'},size=${policy.limits.tmpBytes},${owner}`;
  return [
    ...['--tmpfs', `/tmp:${flags}`, '--tmpfs', `${HOME_INSIDE}:${flags}`],
    // /dev/shm is the engine's own, noexec, nosuid and nodev.
    ...['--shm-size', String(policy.limits.tmpBytes)],
  ];
}

function mountArguments(policy: SandboxPolicy, host: ContainerHost): string[] {
  const system = [...host.system, ...(policy.network === 'open' ? host.networkFiles : [])].flatMap((entry) =>
    entry.kind === 'bind' ? [renderMount(entry.source, entry.target, true)] : [],
  );
  const tools = host.toolPaths.map((path) => renderMount(path, path, true));
  const own = policy.mounts.map(({ source, target, access }) => renderMount(source, target, access === 'read-only'));
  return [...system, ...tools, ...own].flatMap((mount) => ['--mount', mount]);
}

/** One `--mount` value. The engines read it as a line of CSV, so a comma or quote in a path needs quoting. */
export function renderMount(source: string, target: string, isReadOnly: boolean): string {
  const fields = ['type=bind', `source=${source}`, `target=${target}`, ...(isReadOnly ? ['readonly'] : [])];
  return fields.map((field) => (/[",\s]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}

function environmentArguments(
  policy: SandboxPolicy,
  host: ContainerHost,
): { flags: string[]; clientEnv: Record<string, string> } {
  const given = new Set(policy.env.map(([name]) => name));
  const surplus = host.flavor.removesVariables
    ? [...host.imageVariables, 'HOSTNAME'].filter((name) => !given.has(name))
    : [];
  const clientEnv: Record<string, string> = {};
  const flags = surplus.flatMap((name) => ['--env', name]);
  for (const [name, value] of policy.env) {
    if (CLIENT_VARIABLE.test(name)) {
      flags.push('--env', `${name}=${value}`);
      continue;
    }
    clientEnv[name] = value;
    flags.push('--env', name);
  }
  return { flags, clientEnv };
}
