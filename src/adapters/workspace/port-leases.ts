/**
 * Port leases as files: one per port in a folder of this user's, made with O_EXCL, each with the process that holds
 * it. A lease of a process that is gone is taken over. What other programs listen on is found by listening.
 */
import { link, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { orderPorts } from '../../core/worktree/port-order.ts';
import type { PortLease, PortLeases } from '../../ports/port-leases.ts';

/** Where the leases are, and how a port is tried. */
export interface PortLeaseOptions {
  /** A folder of this user's alone; made if missing. Shared by all repositories, since ports are the machine's. */
  folder: string;
  /** True if nothing listens on the port; tests own it. */
  isFree?: (port: number) => Promise<boolean>;
}

/** Opens the leases of this user on this machine. */
export function openPortLeases(options: PortLeaseOptions): PortLeases {
  const isFree = options.isFree ?? canListen;
  // One at a time in this process: between looking at an abandoned lease and replacing it nobody may come.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    lease(request): Promise<PortLease | null> {
      const mine = turn.then(() => leasePorts(options.folder, isFree, request));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}

async function leasePorts(
  folder: string,
  isFree: (port: number) => Promise<boolean>,
  { seed, names, range }: Parameters<PortLeases['lease']>[0],
): Promise<PortLease | null> {
  if (names.length === 0) return { ports: {}, release: async () => {} };
  await prepareFolder(folder);
  const held: number[] = [];
  const drop = (port: number): Promise<void> => rm(join(folder, String(port)), { force: true });
  const release = async (): Promise<void> => {
    await Promise.all(held.splice(0).map(drop));
  };
  const ports: Record<string, number> = {};
  const wanted = [...names];
  for (const port of orderPorts(seed, range)) {
    const name = wanted[0];
    if (name === undefined) break;
    if (!(await claim(folder, port))) continue;
    if (!(await isFree(port))) {
      await drop(port);
      continue;
    }
    held.push(port);
    ports[name] = port;
    wanted.shift();
  }
  if (wanted.length === 0) return { ports, release };
  await release();
  return null;
}

async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  // In a folder that others write to, somebody else could have made it first.
  if (!found.isDirectory() || (process.getuid !== undefined && found.uid !== process.getuid()))
    throw new Error(
      `The folder of port leases '${folder}' is not this user's own. Remove it, or have its owner do so.`,
    );
}

/** Takes one port's lease, from nobody or from a process that is gone. */
async function claim(folder: string, port: number): Promise<boolean> {
  const path = join(folder, String(port));
  // Written apart and linked into place: whoever reads a lease sees a whole one.
  const draft = join(folder, `.${process.pid}-${process.hrtime.bigint()}`);
  await writeFile(draft, await holderText(process.pid), { flag: 'wx', mode: 0o600 });
  try {
    if (await tryLink(draft, path)) return true;
    if (!(await isAbandoned(path))) return false;
    await takeAway(path, `${draft}.old`);
    return await tryLink(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes an abandoned lease. Another process may have replaced it since it was read: that one is put back. */
async function takeAway(path: string, aside: string): Promise<void> {
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (!(await isAbandoned(aside))) await tryLink(aside, path);
  await rm(aside, { force: true });
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return true;
  const pid = Number(text.split(' ')[0]);
  return !Number.isSafeInteger(pid) || pid <= 0 || text !== (await holderText(pid));
}

/** A process number and when it began: a number alone is given out again. Empty start where it is not running. */
async function holderText(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // After the name in brackets, which may hold anything, the start time is the 20th field.
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return startedAt === '' && !isAlive(pid) ? `${pid} gone` : `${pid} ${startedAt}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
