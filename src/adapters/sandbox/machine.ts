/** What is true of this machine and of the user who runs Espalier. */
import { access, constants, realpath, stat } from 'node:fs/promises';
import { arch, availableParallelism, homedir, totalmem } from 'node:os';
import { isAbsolute, join } from 'node:path';

import { NONROOT_ID, STANDARD_PATH } from '../../core/sandbox/policy.ts';
import type { MachineSize } from '../../core/sandbox/resources.ts';
import { FILTER_ARCHITECTURES, type FilterArchitecture } from '../../core/sandbox/syscall-numbers.ts';

/** Facts that every engine needs. */
export interface Machine {
  size: MachineSize;
  isRoot: boolean;
  /** User and group that a run has inside, on engines that keep the host's numbers. Never root. */
  user: { uid: number; gid: number };
  homeDir: string | null;
  /** Real paths of the sockets that mean root here, those that exist. */
  engineSockets: readonly string[];
  /** `null` where no filter can be compiled. */
  architecture: FilterArchitecture | null;
}

/** The variables of the caller that the sandbox looks at; the rest of an environment may be in it and is ignored. */
export interface CallerEnvironment {
  PATH?: string | undefined;
  HOME?: string | undefined;
  DOCKER_HOST?: string | undefined;
  XDG_RUNTIME_DIR?: string | undefined;
  XDG_CONFIG_HOME?: string | undefined;
  XDG_DATA_HOME?: string | undefined;
  CONTAINERS_CONF?: string | undefined;
  CONTAINERS_STORAGE_CONF?: string | undefined;
  DBUS_SESSION_BUS_ADDRESS?: string | undefined;
  /** Nothing else is read. */
  [name: string]: string | undefined;
}

/** Reads the machine. */
export async function readMachine(env: CallerEnvironment): Promise<Machine> {
  const uid = process.getuid?.() ?? NONROOT_ID;
  const gid = process.getgid?.() ?? NONROOT_ID;
  const home = await realpath(env.HOME ?? homedir()).catch(() => null);
  const constrained = process.constrainedMemory();
  const memoryBytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return {
    size: { memoryBytes, cpus: availableParallelism() },
    isRoot: uid === 0,
    // An ordinary user may still have root's group; a run never has it.
    user: uid === 0 ? { uid: NONROOT_ID, gid: NONROOT_ID } : { uid, gid: gid === 0 ? uid : gid },
    homeDir: home === '/' ? null : home,
    engineSockets: await findEngineSockets(uid, env),
    architecture: FILTER_ARCHITECTURES.find((known) => known === arch()) ?? null,
  };
}

async function findEngineSockets(uid: number, env: CallerEnvironment): Promise<string[]> {
  const runtime = env.XDG_RUNTIME_DIR ?? `/run/user/${uid}`;
  const candidates = [
    '/var/run/docker.sock',
    '/run/podman/podman.sock',
    '/run/containerd/containerd.sock',
    '/run/crio/crio.sock',
    join(runtime, 'docker.sock'),
    join(runtime, 'podman/podman.sock'),
    ...(env.DOCKER_HOST?.startsWith('unix://') === true ? [env.DOCKER_HOST.slice('unix://'.length)] : []),
  ];
  const found = await Promise.all(candidates.map((path) => realpath(path).catch(() => null)));
  return [...new Set(found.filter((path) => path !== null))];
}

/** Absolute path of a program on the host, looked for in the caller's PATH and then in the system's; or `null`. */
export async function findHostProgram(name: string, searchPath: string | undefined): Promise<string | null> {
  if (name.includes('/')) return isAbsolute(name) && (await isProgram(name)) ? name : null;
  for (const folder of `${searchPath ?? ''}:${STANDARD_PATH}`.split(':')) {
    if (!isAbsolute(folder)) continue;
    const candidate = join(folder, name);
    if (await isProgram(candidate)) return candidate;
  }
  return null;
}

async function isProgram(path: string): Promise<boolean> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  return (
    isFile &&
    (await access(path, constants.X_OK).then(
      () => true,
      () => false,
    ))
  );
}
