/** A program for tests: starts a long run in an engine, says when it is up, and waits to be killed. */
import { openSandbox } from '../../../src/adapters/sandbox/open-sandbox.ts';
import type { SandboxEngine } from '../../../src/core/sandbox/property.ts';

const order = JSON.parse(process.env['ESPALIER_ORPHAN'] ?? '{}') as {
  engine: SandboxEngine;
  stateDir: string;
  worktree: string;
  prefix: string;
  token: string;
};
const opened = await openSandbox({
  asked: order.engine,
  profiles: ['strict'],
  waive: ['memory-limit', 'cpu-limit', 'pids-limit'],
  root: { kind: 'host' },
  toolPaths: [],
  stateDir: order.stateDir,
  env: process.env,
});
if (opened.kind === 'refused') throw new Error(opened.because);
const mount = { source: order.worktree, target: '/workspace', access: 'read-write' as const };
await opened.sandbox.run({
  name: `${order.prefix}-run`,
  profile: 'strict',
  resources: 'small',
  network: 'none',
  command: ['sh', '-c', `(setsid sleep ${order.token} &); echo up; exec sleep ${order.token}`],
  workdir: opened.sandbox.pathInside(mount),
  mounts: [mount],
  env: {},
  stdin: null,
  timeoutMs: 60_000,
  outputLimitBytes: 1000,
  onStdout: (chunk) => void process.stdout.write(chunk),
});
