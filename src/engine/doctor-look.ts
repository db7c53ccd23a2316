/** The doctor's one run that looks around and tries small things with a shell; and what its output means. */
import { isWithin } from '../core/sandbox/inside-path.ts';
import type { DoctorCell } from '../core/sandbox/doctor-table.ts';
import type { DoctorBench } from '../ports/doctor-bench.ts';
import { cell } from './doctor-syscalls.ts';

/** Where the bench's programs are, inside. */
export const PROGRAMS_INSIDE = '/espalier-doctor';
/** Where the bench's worktree is, inside. */
export const WORKTREE_INSIDE = '/workspace';

/** Socket paths that would mean root on the host, wherever they are really. */
const KNOWN_SOCKETS = [
  '/var/run/docker.sock',
  '/run/docker.sock',
  '/run/podman/podman.sock',
  '/run/containerd/containerd.sock',
  '/run/crio/crio.sock',
];

// Constant text. Arguments: the secret's path, a process of the host, then socket paths.
const LOOK = `secret=$1; host=$2; shift 2
section() { printf '\\n@@%s\\n' "$1"; }
section status; cat /proc/self/status
section mounts; cat /proc/self/mountinfo
section env; env
section init-env; cat /proc/1/environ 2>/dev/null
section interfaces; cat /proc/net/dev
section routes; cat /proc/net/route
section user; id -u
section namespaces; for n in pid ipc net; do readlink "/proc/self/ns/$n"; done
section processes; for p in /proc/[0-9]*; do echo "\${p#/proc/}"; done
section signalled; kill -0 "$host" 2>/dev/null && echo "$host"
section written
for d in / /usr /usr/bin /etc /bin /lib /var /opt /root /srv /dev /sys /proc /proc/sys/kernel /home; do
  if ( : > "$d/espalier-doctor" ) 2>/dev/null; then echo "$d"; rm -f "$d/espalier-doctor"; fi
done
for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger /etc/passwd; do
  if ( : >> "$f" ) 2>/dev/null; then echo "$f"; fi
done
section secret; cat "$secret" 2>/dev/null
section sockets
for s in "$@"; do [ -e "$s" ] && echo "$s"; done
find / -xdev -type s 2>/dev/null
section executed
for d in /tmp "$HOME" /dev/shm; do
  if cp ${PROGRAMS_INSIDE}/nothing "$d/espalier-doctor" 2>/dev/null; then
    chmod 755 "$d/espalier-doctor"
    "$d/espalier-doctor" >/dev/null 2>&1 && echo "$d"
  fi
done
section copied; for d in /tmp "$HOME" /dev/shm; do [ -f "$d/espalier-doctor" ] && echo "$d"; done
: > owner
section end
`;

/** The command of the run. */
export function buildLookCommand(bench: DoctorBench): string[] {
  const sockets = [...new Set([...KNOWN_SOCKETS, ...bench.engineSockets])];
  return ['/bin/sh', '-c', LOOK, 'sh', bench.secretPath, String(bench.hostPid), ...sockets];
}

/** Sections of the output by name; `null` if the run did not come to its end. */
export function readLook(output: string): ReadonlyMap<string, string> | null {
  const sections = new Map<string, string>();
  for (const part of output.split('\n@@').slice(1)) {
    const end = part.indexOf('\n');
    sections.set(part.slice(0, end), part.slice(end + 1).trim());
  }
  return sections.has('end') ? sections : null;
}

/** Value of a line of /proc/self/status. */
export function readStatusField(look: ReadonlyMap<string, string>, name: string): string {
  return new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(look.get('status') ?? '')?.[1] ?? '';
}

/** Names of the network interfaces that were seen. */
export function readInterfaces(look: ReadonlyMap<string, string>): string[] {
  return lines(look, 'interfaces').flatMap((line) => /^\s*([^\s:|]+):/.exec(line)?.[1] ?? []);
}

function lines(look: ReadonlyMap<string, string>, section: string): string[] {
  return (look.get(section) ?? '').split('\n').filter((line) => line !== '');
}

interface MountLine {
  point: string;
  options: string[];
  type: string;
}

function readMounts(look: ReadonlyMap<string, string>): MountLine[] {
  return lines(look, 'mounts').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ', 2);
    const [, , , , point, options] = before.split(' ');
    const [type] = after.split(' ');
    return point === undefined || options === undefined || type === undefined
      ? []
      : [{ point, options: options.split(','), type }];
  });
}

/** Judges everything that one look around can tell; `euid` is what the setuid program saw. */
export function judgeLook(
  look: ReadonlyMap<string, string>,
  bench: DoctorBench,
  seen: { euid: number | null; owner: number | null },
): DoctorCell[] {
  return [
    judgeRoot(look),
    judgePrivileges(look, bench, seen.euid),
    judgeUser(look, seen.owner),
    judgeNamespace(look, bench, 'pid'),
    judgeNamespace(look, bench, 'ipc'),
    judgeTmpExec(look),
    judgeTmpFlags(look),
    judgeMounts(look, bench),
    judgeSockets(look),
    judgeEnvironment(look),
  ];
}

function judgeRoot(look: ReadonlyMap<string, string>): DoctorCell {
  const written = lines(look, 'written');
  return written.length > 0
    ? cell('read-only-root', false, `these could be written: ${written.join(', ')}`)
    : cell('read-only-root', true, '17 paths of the system were written to, and every write was refused');
}

function judgePrivileges(look: ReadonlyMap<string, string>, bench: DoctorBench, euid: number | null): DoctorCell {
  const flag = readStatusField(look, 'NoNewPrivs');
  if (flag !== '1') return cell('no-new-privileges', false, `NoNewPrivs is ${flag || 'not shown'}`);
  if (!bench.isRoot)
    return cell('no-new-privileges', true, 'NoNewPrivs is 1 (only root can put a setuid-root program there to try)');
  if (euid === null)
    return { property: 'no-new-privileges', status: 'not-tried', evidence: 'the setuid program gave no answer' };
  return euid === 0
    ? cell('no-new-privileges', false, 'a setuid-root program became root')
    : cell('no-new-privileges', true, `NoNewPrivs is 1, and a setuid-root program stayed user ${euid}`);
}

function judgeUser(look: ReadonlyMap<string, string>, owner: number | null): DoctorCell {
  const uid = look.get('user') ?? '';
  if (uid === '' || uid === '0') return cell('non-root-user', false, `the user inside is ${uid || 'unknown'}`);
  if (owner === null)
    return { property: 'non-root-user', status: 'not-tried', evidence: 'no file of the run was found on the host' };
  return owner === 0
    ? cell('non-root-user', false, `user ${uid} inside is root on the host`)
    : cell('non-root-user', true, `user ${uid} inside, and its files belong to user ${owner} on the host`);
}

function judgeNamespace(look: ReadonlyMap<string, string>, bench: DoctorBench, kind: 'pid' | 'ipc'): DoctorCell {
  const property = `${kind}-namespace` as const;
  const inside = lines(look, 'namespaces').find((line) => line.startsWith(`${kind}:`));
  const outside = bench.namespaces[kind];
  if (inside === undefined || outside === null)
    return { property, status: 'not-tried', evidence: 'the namespace could not be read' };
  if (inside === outside) return cell(property, false, `it is the host's ${outside}`);
  if (kind === 'ipc') return cell(property, true, `${inside}, and the host's is ${outside}`);
  const processes = lines(look, 'processes');
  const signalled = lines(look, 'signalled');
  // The host's number may by chance be one of the run's own few.
  if (signalled.length > 0 && !processes.includes(signalled[0] ?? ''))
    return cell(property, false, `process ${bench.hostPid} of the host could be signalled`);
  return cell(
    property,
    true,
    `${processes.length} processes are visible, none of the host's; the namespace is ${inside}`,
  );
}

function judgeTmpExec(look: ReadonlyMap<string, string>): DoctorCell {
  const copied = lines(look, 'copied');
  const executed = lines(look, 'executed');
  if (executed.length > 0) return cell('tmp-noexec', false, `a program was started from ${executed.join(', ')}`);
  if (copied.length === 0)
    return { property: 'tmp-noexec', status: 'not-tried', evidence: 'no program could be put there' };
  return cell('tmp-noexec', true, `a program was put into ${copied.join(', ')}, and could not be started there`);
}

function judgeTmpFlags(look: ReadonlyMap<string, string>): DoctorCell {
  const mounts = readMounts(look);
  const bad = ['/tmp', '/dev/shm', '/home/agent'].flatMap((folder) => {
    const holder = mounts
      .filter(({ point }) => isWithin(folder, point))
      .toSorted((a, b) => b.point.length - a.point.length)[0];
    const missing = ['nosuid', 'nodev'].filter((flag) => !(holder?.options.includes(flag) ?? false));
    return missing.length === 0 ? [] : [`${folder} lacks ${missing.join(' and ')}`];
  });
  return bad.length > 0
    ? cell('tmp-nosuid-nodev', false, bad.join(', '))
    : cell('tmp-nosuid-nodev', true, 'the mounts that hold /tmp, /dev/shm and the home folder are nosuid and nodev');
}

// File systems that the kernel or the engine makes for the run alone.
const PRIVATE_TYPES = ['proc', 'sysfs', 'tmpfs', 'devpts', 'mqueue', 'cgroup', 'cgroup2', 'devtmpfs'];

function judgeMounts(look: ReadonlyMap<string, string>, bench: DoctorBench): DoctorCell {
  const secret = look.get('secret') ?? '';
  if (secret.includes(bench.secret))
    return cell(
      'only-worktree-mounted',
      false,
      `a file of the host that was not mounted could be read: ${bench.secretPath}`,
    );
  const shared = readMounts(look).filter(({ type, point }) => !PRIVATE_TYPES.includes(type) && point !== '/');
  const writable = shared.filter(({ point, options }) => point !== WORKTREE_INSIDE && !options.includes('ro'));
  const isBorrowed = (point: string): boolean =>
    ['/usr', '/etc', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', PROGRAMS_INSIDE].some((folder) =>
      isWithin(point, folder),
    );
  if (writable.length > 0)
    return cell(
      'only-worktree-mounted',
      false,
      `writable beside the worktree: ${writable.map(({ point }) => point).join(', ')}`,
    );
  const others = shared.filter(({ point }) => point !== WORKTREE_INSIDE && !isBorrowed(point));
  const tools = others.length === 0 ? '' : `; read-only tools: ${others.map(({ point }) => point).join(', ')}`;
  return cell(
    'only-worktree-mounted',
    true,
    `a readable file of the host was not found inside, and only the worktree is writable${tools}`,
  );
}

function judgeSockets(look: ReadonlyMap<string, string>): DoctorCell {
  const sockets = lines(look, 'sockets');
  return sockets.length > 0
    ? cell('no-engine-socket', false, `there are sockets inside: ${[...new Set(sockets)].join(', ')}`)
    : cell(
        'no-engine-socket',
        true,
        'none of the known engine sockets is there, and a search of the root found no socket',
      );
}

// What was given, what every run gets, what the shell itself sets, and the engines' constant names for it.
const EXPECTED_VARIABLES = [
  'DOCTOR_GIVEN',
  'PATH',
  'HOME',
  'LANG',
  'TMPDIR',
  'PWD',
  'OLDPWD',
  'SHLVL',
  '_',
  'HOSTNAME',
  'container',
];
const EXPECTED_OF_FIRST = [...EXPECTED_VARIABLES, 'ESPALIER_SANDBOX_RUN'];

function judgeEnvironment(look: ReadonlyMap<string, string>): DoctorCell {
  const names = (text: string, separator: string): string[] =>
    text.split(separator).flatMap((entry) => /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(entry)?.[1] ?? []);
  const inside = names(look.get('env') ?? '', '\n');
  const first = names(look.get('init-env') ?? '', '\0');
  const surplus = [
    ...inside.filter((name) => !EXPECTED_VARIABLES.includes(name)),
    ...first.filter((name) => !EXPECTED_OF_FIRST.includes(name)),
  ];
  if (surplus.length > 0)
    return cell('empty-environment', false, `variables that nobody gave: ${[...new Set(surplus)].join(', ')}`);
  if (!inside.includes('DOCTOR_GIVEN'))
    return cell('empty-environment', false, 'a variable that was given is not there');
  return cell('empty-environment', true, `only ${inside.filter((name) => name !== '_').join(', ')}`);
}
