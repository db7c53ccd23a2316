/**
 * A tmpfs with its own flags for one run, in a mount namespace of its own: bubblewrap's own tmpfs cannot be noexec.
 *
 * A holder process keeps the namespace. It does nothing but wait for the end of its input, which comes when this
 * process ends however that happens; the tmpfs goes with it and the host's mount table never sees it. An ordinary
 * user gets the right to mount in a user namespace; root needs none.
 */
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

import { execa } from 'execa';

/** Programs that are needed, absolute paths. */
export interface TmpfsPrograms {
  unshare: string;
  nsenter: string;
  mount: string;
  install: string;
  cat: string;
}

export interface TmpfsOptions {
  programs: TmpfsPrograms;
  /** An empty folder of the host that the tmpfs is mounted on, seen so only in the namespace. */
  mountPoint: string;
  sizeBytes: number;
  mayExecute: boolean;
  /** Owner of the three folders; `null` is the user who starts the run. */
  owner: { uid: number; gid: number } | null;
}

/** A mounted tmpfs with the folders `tmp`, `home` and `shm`. */
export interface PrivateTmpfs {
  path: string;
  /** Put before a command line to run it where the tmpfs is. */
  enter: readonly string[];
  close(): Promise<void>;
}

const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

/** Mounts it. Rejects, with nothing left behind, where the kernel does not permit it. */
export async function mountPrivateTmpfs(options: TmpfsOptions): Promise<PrivateTmpfs> {
  const { programs } = options;
  const asUser = options.owner === null;
  const holder = execa(
    programs.unshare,
    [...(asUser ? ['--user', '--map-root-user'] : []), '--mount', '--propagation', 'private', '--', programs.cat],
    { reject: false, buffer: false, extendEnv: false, env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'ignore'] },
  );
  const close = async (): Promise<void> => {
    holder.stdin.destroy();
    holder.kill('SIGKILL');
    await holder;
  };
  holder.stdin.on('error', () => {});
  try {
    await waitForEcho(holder);
    const enter = [
      programs.nsenter,
      `--target=${holder.pid}`,
      '--mount',
      ...(asUser ? ['--user', '--preserve-credentials'] : []),
      '--',
    ];
    await fill(enter, options);
    return { path: options.mountPoint, enter, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The holder echoes only after its namespace is made. */
async function waitForEcho(holder: { stdin: Writable; stdout: Readable }): Promise<void> {
  holder.stdin.write('.');
  await once(holder.stdout, 'readable');
  // At its end a stream is readable too, with nothing in it.
  if (holder.stdout.read() === null)
    throw new Error('Mount namespace could not be made: the kernel does not permit it to this user');
}

async function fill(enter: readonly string[], options: TmpfsOptions): Promise<void> {
  const flags = ['nosuid', 'nodev', ...(options.mayExecute ? [] : ['noexec'])];
  const { programs, mountPoint, owner } = options;
  const settings = [...flags, `size=${options.sizeBytes}`, 'mode=0755'].join(',');
  await runOrThrow([...enter, programs.mount, '-t', 'tmpfs', '-o', settings, 'espalier', mountPoint]);
  const ownership = owner === null ? [] : [`--owner=${owner.uid}`, `--group=${owner.gid}`];
  const folders = ['tmp', 'home', 'shm'].map((name) => `${mountPoint}/${name}`);
  await runOrThrow([...enter, programs.install, '-d', '-m', '0700', ...ownership, '--', ...folders]);
}

async function runOrThrow(argv: readonly string[]): Promise<void> {
  const [file = '', ...args] = argv;
  const result = await execa(file, args, { reject: false, extendEnv: false, env: ENVIRONMENT });
  if (result.failed) throw new Error(`Private tmpfs could not be made: ${result.stderr || result.shortMessage}`);
}
