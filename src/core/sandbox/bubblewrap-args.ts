/**
 * A checked policy as bubblewrap's arguments. The options go through a file descriptor (`--args`), so that neither a
 * variable's value nor a host path stands in a command line that other users of the host, or the run itself, can read.
 *
 * When root starts the run, no user namespace is made: bubblewrap mounts as root (so that folders which only root can
 * reach may be mounted), and setpriv then becomes {@link SandboxPolicy.user} for good, on the host's side as well. A
 * user namespace would leave the run root on the host (`/proc` and abstract sockets would see it as such).
 */
import { isWithin, listAncestors, pathDepth } from './inside-path.ts';
import type { SandboxPolicy } from './policy.ts';
import { HOME_INSIDE } from './policy.ts';

/** One thing of the host's system that every run sees, read-only. */
export type SystemEntry =
  | { kind: 'bind'; source: string; target: string }
  | { kind: 'symlink'; path: string; leadsTo: string };

/** What the adapter found on the machine. Program paths are absolute. */
export interface BubblewrapHost {
  bwrap: string;
  prlimit: string;
  /** Path of setpriv when root starts the run, `null` for an ordinary user. */
  setpriv: string | null;
  system: readonly SystemEntry[];
  /** Added only when the network is open: resolver configuration and certificates. */
  networkFiles: readonly SystemEntry[];
  /** Folders with programs that lie outside of the system's; read-only, same path inside. */
  toolPaths: readonly string[];
  /** Whether RLIMIT_NPROC counts this run alone (it does in a user namespace of its own). */
  limitsProcessesByRlimit: boolean;
  /** Whether `--size` is known (bubblewrap 0.7 and later). */
  canSizeTmpfs: boolean;
}

/** What is made for one run. */
export interface BubblewrapRunFiles {
  /** A folder on a private tmpfs with the folders `tmp`, `home` and `shm`; `null` lets bubblewrap make its own. */
  tmpDir: string | null;
  /** Whether a compiled filter is handed in. */
  hasSeccomp: boolean;
}

/** Descriptors that a run is started with, beside the three standard ones. */
export const BUBBLEWRAP_FDS = { args: 3, seccomp: 4, status: 5, block: 6 } as const;

/** The command line, and the options for {@link BUBBLEWRAP_FDS.args} (each to be ended with a NUL). */
export interface BubblewrapInvocation {
  argv: readonly string[];
  options: readonly string[];
}

/** Builds the whole invocation; equal inputs give equal output. */
export function buildBubblewrapInvocation(
  policy: SandboxPolicy,
  host: BubblewrapHost,
  files: BubblewrapRunFiles,
): BubblewrapInvocation {
  const { uid, gid } = policy.user;
  const asUser =
    host.setpriv === null
      ? []
      : [
          host.setpriv,
          `--reuid=${uid}`,
          `--regid=${gid}`,
          '--clear-groups',
          '--bounding-set=-all',
          '--inh-caps=-all',
          '--no-new-privs',
        ];
  const limits = [host.prlimit, '--core=0:0'];
  if (host.limitsProcessesByRlimit) limits.push(`--nproc=${policy.limits.pids}:${policy.limits.pids}`);
  return {
    argv: [host.bwrap, '--args', String(BUBBLEWRAP_FDS.args), '--', ...asUser, ...limits, '--', ...policy.command],
    options: [
      ...namespaceOptions(policy, host),
      ...folderOptions(policy, host),
      ...host.system.flatMap(renderEntry),
      ...(policy.network === 'open' ? host.networkFiles.flatMap(renderEntry) : []),
      ...['--proc', '/proc', '--dev', '/dev'],
      ...privateFolderOptions(policy, host, files.tmpDir),
      // After the private folders, which would cover the tools that lie in the host's /tmp.
      ...toolOptions(host.toolPaths),
      ...policy.mounts.flatMap(({ source, target, access }) => [
        access === 'read-write' ? '--bind' : '--ro-bind',
        source,
        target,
      ]),
      // Both are tmpfs that bubblewrap made and that the run's user could otherwise write and start programs in.
      ...['--remount-ro', '/dev', '--remount-ro', '/'],
      ...['--chdir', policy.workdir, '--clearenv'],
      ...policy.env.flatMap(([name, value]) => ['--setenv', name, value]),
      ...(files.hasSeccomp ? ['--seccomp', String(BUBBLEWRAP_FDS.seccomp)] : []),
      ...['--json-status-fd', String(BUBBLEWRAP_FDS.status), '--block-fd', String(BUBBLEWRAP_FDS.block)],
    ],
  };
}

function namespaceOptions(policy: SandboxPolicy, host: BubblewrapHost): string[] {
  const options = ['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'];
  if (policy.network === 'none') options.push('--unshare-net');
  options.push('--cap-drop', 'ALL');
  if (host.setpriv === null)
    options.push('--unshare-user', '--uid', String(policy.user.uid), '--gid', String(policy.user.gid));
  // The three that setpriv needs; it drops them with all others before the command starts.
  else options.push(...['SETUID', 'SETGID', 'SETPCAP'].flatMap((capability) => ['--cap-add', `CAP_${capability}`]));
  return [...options, '--hostname', 'sandbox', '--die-with-parent', '--new-session'];
}

/** Folders on the way to what is mounted: bubblewrap would make them for root alone. */
function folderOptions(policy: SandboxPolicy, host: BubblewrapHost): string[] {
  const mounted = [...policy.mounts.map(({ target }) => target), ...host.toolPaths];
  const files = [...host.system, ...host.networkFiles].map((entry) =>
    entry.kind === 'bind' ? entry.target : entry.path,
  );
  const covered = [...mounted, ...files, '/tmp'];
  const folders = new Set([...mounted, ...files, HOME_INSIDE].flatMap(listAncestors));
  return [...folders]
    .filter((folder) => !covered.some((target) => isWithin(folder, target)))
    .sort((a, b) => pathDepth(a) - pathDepth(b))
    .flatMap((folder) => ['--perms', '0755', '--dir', folder]);
}

/** Tools at their own paths, with the folders on the way to those below `/tmp`, which nothing else has made. */
function toolOptions(toolPaths: readonly string[]): string[] {
  const folders = new Set(
    toolPaths.flatMap(listAncestors).filter((folder) => folder !== '/tmp' && isWithin(folder, '/tmp')),
  );
  return [
    ...[...folders]
      .sort((a, b) => pathDepth(a) - pathDepth(b))
      .flatMap((folder) => ['--perms', '0755', '--dir', folder]),
    ...toolPaths.flatMap((path) => ['--ro-bind', path, path]),
  ];
}

function renderEntry(entry: SystemEntry): string[] {
  return entry.kind === 'bind' ? ['--ro-bind', entry.source, entry.target] : ['--symlink', entry.leadsTo, entry.path];
}

function privateFolderOptions(policy: SandboxPolicy, host: BubblewrapHost, tmpDir: string | null): string[] {
  if (tmpDir !== null)
    return [
      ...['--bind', `${tmpDir}/tmp`, '/tmp', '--bind', `${tmpDir}/shm`, '/dev/shm'],
      ...['--bind', `${tmpDir}/home`, HOME_INSIDE],
    ];
  const size = host.canSizeTmpfs ? ['--size', String(policy.limits.tmpBytes)] : [];
  return ['/tmp', '/dev/shm', HOME_INSIDE].flatMap((path) => ['--perms', '1777', ...size, '--tmpfs', path]);
}
