/**
 * A private docker daemon for tests, where none is reachable and root runs them. Also a command, for scripts:
 * `node tests/support/docker-daemon.ts start` prints DOCKER_HOST=… for `eval` or $GITHUB_ENV, `… stop` ends it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const READY_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 15_000;

/** Flags that need no firewall, no bridge and no right to raise limits, so that it runs in small machines and CI. */
function daemonArguments(folder: string): string[] {
  return [
    ...['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--bridge=none'],
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
    ...['-H', `unix://${socketPath(folder)}`, '-p', join(folder, 'd.pid')],
  ];
}

function socketPath(folder: string): string {
  return join(folder, 'd.sock');
}

/** Why no daemon can be started here, or `null`. */
export function explainNoDaemon(): string | null {
  if (process.getuid?.() !== 0) return 'only root can start a docker daemon';
  const found = spawnSync('dockerd', ['--version'], { stdio: 'ignore' });
  return found.error === undefined && found.status === 0 ? null : 'dockerd is not installed';
}

/** True if a daemon answers on the socket. */
export function isDaemonReady(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    const finish = (isReady: boolean): void => {
      socket.destroy();
      resolve(isReady);
    };
    socket.setTimeout(1000, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('connect', () => socket.write('GET /_ping HTTP/1.0\r\n\r\n'));
    socket.on('data', (data) => finish(data.toString('latin1').includes(' 200 ')));
  });
}

/** Starts a daemon with everything in `folder`; returns its DOCKER_HOST. Throws with the daemon's last words. */
export async function startDockerDaemon(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, 'log'), 'a');
  const daemon: ChildProcess = spawn('dockerd', daemonArguments(folder), {
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  let hasEnded = false;
  daemon.on('exit', () => (hasEnded = true)).on('error', () => (hasEnded = true));
  daemon.unref();
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await isDaemonReady(socketPath(folder)))) {
    if (hasEnded || performance.now() > deadline)
      throw new Error(`dockerd did not become ready: ${readFileSync(join(folder, 'log'), 'utf8').slice(-1500)}`);
    await sleep(50);
  }
  return `unix://${socketPath(folder)}`;
}

/** Ends the daemon of `folder` by its number, waits, and removes the folder. Fine if there is none. */
export async function stopDockerDaemon(folder: string): Promise<void> {
  const pidFile = join(folder, 'd.pid');
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
  const command = pid > 0 && existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/cmdline`, 'latin1') : '';
  // A number may have gone to another process; only a daemon on this very folder is ended.
  if (command.includes(folder)) {
    process.kill(pid, 'SIGTERM');
    const deadline = performance.now() + STOP_WITHIN_MS;
    while (readCommand(pid).includes(folder) && performance.now() < deadline) await sleep(50);
    if (readCommand(pid).includes(folder)) process.kill(pid, 'SIGKILL');
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function readCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

async function main(): Promise<void> {
  // In the system's temporary folder, and short: a socket's path has at most 107 characters.
  const folder = '/tmp/espalier-docker-daemon';
  const verb = process.argv[2];
  if (verb === 'stop') return stopDockerDaemon(folder);
  if (verb !== 'start') throw new Error('Say start or stop');
  if (await isDaemonReady(socketPath(folder))) {
    process.stdout.write(`DOCKER_HOST=unix://${socketPath(folder)}\n`);
    return;
  }
  const obstacle = explainNoDaemon();
  if (obstacle !== null) throw new Error(`No docker daemon: ${obstacle}. sudo apt-get install -y docker.io`);
  await stopDockerDaemon(folder);
  const address = await startDockerDaemon(folder);
  writeFileSync(join(folder, 'address'), address);
  process.stdout.write(`DOCKER_HOST=${address}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
