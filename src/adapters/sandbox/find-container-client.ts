/** Finds docker's or podman's client, and how it reaches its engine; a dead engine is noticed at once. */
import { mkdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';

import { INSTALL_COMMANDS } from '../../core/sandbox/choose-engine.ts';
import type { ContainerEngine } from '../../core/sandbox/container-args.ts';
import { callClient, type ContainerClient } from './container-client.ts';
import { type CallerEnvironment, findHostProgram, type Machine } from './machine.ts';
import { describeError } from './supervised-process.ts';

const PING_WITHIN_MS = 1000;

/** The client, or why there is none that works and what to do. */
export type FoundClient = { ok: true; client: ContainerClient } | { ok: false; because: string; nextStep: string };

/** Looks for the program, and for docker asks the daemon for a sign of life. */
export async function findContainerClient(options: {
  engine: ContainerEngine;
  env: CallerEnvironment;
  machine: Machine;
  stateDir: string;
}): Promise<FoundClient> {
  const { engine, env } = options;
  const program = await findHostProgram(engine, env.PATH);
  if (program === null) return { ok: false, because: `${engine} is not installed`, nextStep: INSTALL_COMMANDS[engine] };
  const base = { PATH: env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin', HOME: env.HOME ?? options.machine.homeDir ?? '/' };
  if (engine === 'podman') {
    const passed = [
      'XDG_RUNTIME_DIR',
      'XDG_CONFIG_HOME',
      'XDG_DATA_HOME',
      'CONTAINERS_CONF',
      'CONTAINERS_STORAGE_CONF',
      'DBUS_SESSION_BUS_ADDRESS',
    ] as const;
    const own = Object.fromEntries(passed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
    return { ok: true, client: { engine, argv: [program], env: { ...base, ...own } } };
  }
  // An empty configuration: the user's own may add proxies to every container. Its current context is still honoured.
  const config = join(options.stateDir, 'docker-config');
  await mkdir(config, { recursive: true, mode: 0o700 });
  const address = env.DOCKER_HOST ?? (await readDockerContext(program, base)) ?? 'unix:///var/run/docker.sock';
  const client = { engine, argv: [program, '--host', address], env: { ...base, DOCKER_CONFIG: config } };
  const failure = address.startsWith('unix://') ? await pingSocket(address.slice('unix://'.length)) : null;
  if (failure === null) return { ok: true, client };
  return {
    ok: false,
    because: `no docker daemon answers at ${address}: ${failure}`,
    nextStep: 'sudo systemctl start docker, or set DOCKER_HOST to the daemon that is meant',
  };
}

async function readDockerContext(program: string, env: Readonly<Record<string, string>>): Promise<string | null> {
  const asked = await callClient(
    { engine: 'docker', argv: [program], env },
    ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'],
    { withinMs: PING_WITHIN_MS },
  );
  return asked.failure === null && /^[a-z]+:\/\/\S+$/.test(asked.stdout) ? asked.stdout : null;
}

/** Asks the daemon for a sign of life; a socket that nobody serves must not hang a client of ours. */
function pingSocket(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    const finish = (failure: string | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(failure);
    };
    const timer = setTimeout(() => finish(`no answer within ${PING_WITHIN_MS} ms`), PING_WITHIN_MS);
    socket.on('error', (error) => finish(describeError(error)));
    socket.on('connect', () => socket.write('GET /_ping HTTP/1.0\r\n\r\n'));
    socket.on('data', (data) =>
      finish(/^HTTP\/1\.\d 200/.test(data.toString('latin1')) ? null : 'not a docker daemon'),
    );
    socket.on('end', () => finish('the connection was closed'));
  });
}
