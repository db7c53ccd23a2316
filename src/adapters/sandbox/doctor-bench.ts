/** The doctor's things on the host: a secret file, listeners, probe programs, a folder for runs. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readlink, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { DoctorBench } from '../../ports/doctor-bench.ts';
import { type CallerEnvironment, readMachine } from './machine.ts';

/** Opens a bench in `stateDir`; `close` ends the listeners and removes its folder. */
export async function openDoctorBench(
  stateDir: string,
  env: CallerEnvironment,
): Promise<{ bench: DoctorBench; close: () => Promise<void> }> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(await realpath(stateDir), 'doctor-'));
  const [worktree, programs, secretPath] = ['worktree', 'programs', 'secret'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await Promise.all([mkdir(worktree), mkdir(programs, { mode: 0o755 })]);
  const secret = randomUUID();
  await writeFile(secretPath, secret, { mode: 0o644 });
  const abstractName = `espalier-doctor-${randomUUID()}`;
  const tcp = await listen({ port: 0, host: '0.0.0.0' });
  const unix = await listen({ path: `\0${abstractName}` });
  const address = tcp.address();
  const machine = await readMachine(env);
  const bench: DoctorBench = {
    machine: machine.size,
    isRoot: machine.isRoot,
    architecture: machine.architecture,
    worktree,
    programs,
    secretPath,
    secret,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    hostAddress: findHostAddress(),
    abstractName,
    engineSockets: machine.engineSockets,
    hostPid: process.pid,
    namespaces: {
      pid: await readlink('/proc/self/ns/pid').catch(() => null),
      ipc: await readlink('/proc/self/ns/ipc').catch(() => null),
      net: await readlink('/proc/self/ns/net').catch(() => null),
    },
    writeProgram: async (name, bytes, isSetuid) => {
      await writeFile(join(programs, name), bytes);
      await chmod(join(programs, name), isSetuid ? 0o4755 : 0o755);
    },
    clearWorktree: async () => {
      for (const name of await readdir(worktree)) await rm(join(worktree, name), { recursive: true, force: true });
    },
    sizeOf: (name) =>
      stat(join(worktree, name)).then(
        (found) => found.size,
        () => null,
      ),
    ownerOf: (name) =>
      stat(join(worktree, name)).then(
        (found) => found.uid,
        () => null,
      ),
    sleep: (ms) => sleep(ms),
  };
  const close = async (): Promise<void> => {
    tcp.close();
    unix.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { bench, close };
}

async function listen(where: { port: number; host: string } | { path: string }): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  server.listen(where);
  await once(server, 'listening');
  return server;
}

function findHostAddress(): string | null {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? null;
}
