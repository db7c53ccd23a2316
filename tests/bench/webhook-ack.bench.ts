/**
 * How fast webhooks are acknowledged, against a bare Probot app with an empty handler: GitHub's own examples, signed,
 * over HTTP, each server in a process of its own, in turns. Then a burst of 10,000 deliveries for 50 plans: how many
 * reconciles it makes, and what stays in memory. A goal
 * that is missed is said, and fails nothing.
 *
 *     node tests/bench/webhook-ack.bench.ts [deliveries per round]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, connect } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { createNodeMiddleware, Probot, Server } from 'probot';

import { runApp } from '../../src/entrypoints/app/run-app.ts';
import { SYSTEM_CLOCK } from '../../src/adapters/clock/system-clock.ts';
import { ScriptedParts } from '../entrypoints/app/scripted-parts.ts';

const SECRET = 'a-secret-of-the-benchmark-0123456789';
const PATH = '/api/github/webhooks';
const CONNECTIONS = 16;
const ROUNDS = 13;
const RECONCILE_MS = 100;
const BURST = 10_000;
const PLANS = 50;

const GOALS = { rate: 0.8, p99: 2, keptMiB: 20 };

/** The servers that are compared. `probot`: what its documentation starts. `middleware`: it without its server. */
const KINDS = ['probot', 'middleware', 'espalier'] as const;
type Kind = (typeof KINDS)[number];

interface Round {
  perSecond: number;
  p99Ms: number;
  cpuMicros: number;
}

/** What a server tells of itself when it is asked. */
interface State {
  cpuMicros: number;
  heapBytes: number;
  /** How often each plan was reconciled, by its issue. */
  reconciled: Record<number, number>;
}

/** A whole signed request, ready for the socket: the sender must cost less than the server that it measures. */
function renderRequest(event: string, payload: unknown): Buffer {
  const body = JSON.stringify(payload);
  const head = [
    `POST ${PATH} HTTP/1.1`,
    'host: 127.0.0.1',
    'user-agent: GitHub-Hookshot/0000000',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-github-event: ${event}`,
    `x-github-delivery: ${randomUUID()}`,
    `x-hub-signature-256: sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** GitHub's examples of the events that the App subscribes to, as they come: with an installation. */
function exampleDeliveries(): Buffer[] {
  const file = createRequire(import.meta.url).resolve('@octokit/webhooks-examples');
  const examples = JSON.parse(readFileSync(file, 'utf8')) as { name: string; examples: Record<string, unknown>[] }[];
  return examples
    .filter(({ name }) => /^(?:issues|issue_comment|pull_request|check_run|workflow_job|workflow_run|push)$/.test(name))
    .flatMap(({ name, examples: payloads }) =>
      payloads.map((payload) => renderRequest(name, { installation: { id: 1 }, ...payload })),
    );
}

/** Deliveries for a few plans, one after another. */
function burstDeliveries(): Buffer[] {
  return Array.from({ length: PLANS }, (_, at) =>
    renderRequest('issue_comment', {
      action: 'created',
      installation: { id: 1 + (at % 5) },
      repository: { id: 1 + (at % 10), full_name: `octo/repo-${at % 10}` },
      issue: { number: 1 + at },
      comment: { body: 'x'.repeat(2_000) },
      sender: { id: 7 },
    }),
  );
}

/** Sends one request after another over one connection for as long as `next` gives some; tells each one's time. */
async function sendAll(port: number, next: () => Buffer | null, onAnswer: (ms: number) => void): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  for (let request = next(); request !== null; request = next()) {
    const sentAt = performance.now();
    socket.write(request);
    let answer = '';
    // The body of an acknowledgement is `ok` and a line break.
    while (!answer.endsWith('\r\n\r\nok\n')) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      answer += chunk.toString('latin1');
      if (!answer.startsWith('HTTP/1.1 200 ')) throw new Error(`A webhook was answered: ${answer.slice(0, 300)}`);
    }
    onAnswer(performance.now() - sentAt);
  }
  socket.destroy();
}

async function measure({ child, port }: Running, deliveries: readonly Buffer[], count: number): Promise<Round> {
  const before = await askState(child);
  const timesMs: number[] = [];
  let sent = 0;
  const next = (): Buffer | null => {
    if (sent === count) return null;
    sent += 1;
    return deliveries[sent % deliveries.length] ?? null;
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, () => sendAll(port, next, (ms) => timesMs.push(ms))));
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await askState(child);
  timesMs.sort((a, b) => a - b);
  return {
    perSecond: count / seconds,
    p99Ms: timesMs[Math.floor(timesMs.length * 0.99)] ?? Number.NaN,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / count,
  };
}

function privateKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

/** Serves in this process and tells the parent the port. */
async function serve(kind: Kind): Promise<void> {
  const key = privateKey();
  if (kind === 'espalier') {
    await serveEspalier(key);
    return;
  }
  answerState(() => ({}));
  const options = { appId: 42, privateKey: key, secret: SECRET, logLevel: 'warn', logFormat: 'json' } as const;
  const probot = new Probot(options);
  await probot.ready();
  const app = (bare: Probot): void => {
    bare.onAny(() => {});
  };
  if (kind === 'middleware') {
    const middleware = await createNodeMiddleware(app, { probot, webhooksPath: PATH });
    const server = createServer((incoming, response) => void middleware(incoming, response));
    server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
    return;
  }
  const free = createServer();
  const port = await new Promise<number>((resolve) => {
    free.listen(0, '127.0.0.1', () => {
      const { port: found } = free.address() as AddressInfo;
      free.close(() => resolve(found));
    });
  });
  const server = new Server({
    Probot: Probot.defaults({ ...options, log: probot.log }),
    log: probot.log,
    host: '127.0.0.1',
    port,
  });
  await server.load(app);
  await server.start();
  process.send?.({ port });
}

function answerState(countReconciled: () => Record<number, number>): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    globalThis.gc?.();
    const state: State = {
      cpuMicros: user + system,
      heapBytes: process.memoryUsage().heapUsed,
      reconciled: countReconciled(),
    };
    process.send?.(state);
  });
}

async function serveEspalier(key: string): Promise<void> {
  const parts = new ScriptedParts();
  const reconciled: Record<number, number> = {};
  answerState(() => reconciled);
  parts.outcome = async ({ issue }) => {
    reconciled[issue] = (reconciled[issue] ?? 0) + 1;
    parts.reconciled.length = 0;
    await pause(RECONCILE_MS);
    return { wakeAtMs: null, again: false };
  };
  await runApp({
    argv: [],
    env: { APP_ID: '42', PRIVATE_KEY: key, WEBHOOK_SECRET: SECRET, PORT: '0', LOG_LEVEL: 'info' },
    hostname: 'bench',
    clock: SYSTEM_CLOCK,
    random: () => 0,
    fetch,
    home: path.resolve(import.meta.dirname, '../..'),
    stdout: (line) => {
      const { message, address } = JSON.parse(line) as { message: string; address?: string };
      if (message === 'Listening.') process.send?.({ port: Number(new URL(address ?? '').port) });
    },
    stderr: (text) => process.stderr.write(text),
    onSignal: () => () => {},
    exitNow: () => {},
    openParts: parts.open,
  });
}

interface Running {
  child: ChildProcess;
  port: number;
}

async function start(kind: Kind): Promise<Running> {
  const child = fork(import.meta.filename, ['serve', kind], {
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, port };
}

async function askState(child: ChildProcess): Promise<State> {
  const answered = once(child, 'message') as Promise<[State]>;
  child.send('state');
  return (await answered)[0];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function compare(count: number): Promise<{ lines: string[]; isMet: boolean }> {
  const servers = new Map(await Promise.all(KINDS.map(async (kind) => [kind, await start(kind)] as const)));
  const rounds = new Map<Kind, Round[]>(KINDS.map((kind) => [kind, []]));
  const deliveries = exampleDeliveries();
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed()) {
      const measured = await measure(servers.get(kind)!, deliveries, count);
      // The first round only warms up.
      if (round > 0) rounds.get(kind)!.push(measured);
    }
  for (const { child } of servers.values()) child.kill();
  const of = (kind: Kind, what: keyof Round): number[] => rounds.get(kind)!.map((round) => round[what]);
  // Round by round, since a machine that does other things as well is faster in some than in others.
  const against = (kind: Kind, what: keyof Round): number =>
    median(of('espalier', what).map((ours, round) => ours / of(kind, what)[round]!));
  const lines = KINDS.map((kind) => {
    const found = `${Math.round(median(of(kind, 'perSecond')))}/s, p99 ${median(of(kind, 'p99Ms')).toFixed(1)} ms, ${Math.round(median(of(kind, 'cpuMicros')))} µs of CPU each`;
    const ratio = (what: keyof Round): string => `×${against(kind, what).toFixed(2)}`;
    const ours = `; ours ${ratio('perSecond')} of its rate, ${ratio('p99Ms')} of its p99, ${ratio('cpuMicros')} of its CPU`;
    return `  ${kind.padEnd(10)} ${found}${kind === 'espalier' ? '' : ours}`;
  });
  return { lines, isMet: against('probot', 'perSecond') >= GOALS.rate && against('probot', 'p99Ms') <= GOALS.p99 };
}

async function burst(): Promise<{ lines: string[]; isMet: boolean }> {
  const server = await start('espalier');
  const { child } = server;
  const deliveries = burstDeliveries();
  await measure(server, deliveries, BURST / 10);
  await pause(3_000);
  const before = await askState(child);
  const { perSecond, p99Ms } = await measure(server, deliveries, BURST);
  await pause(5_000);
  const after = await askState(child);
  child.kill();
  const keptMiB = (after.heapBytes - before.heapBytes) / 1024 ** 2;
  const perPlan = Object.entries(after.reconciled).map(
    ([issue, count]) => count - (before.reconciled[Number(issue)] ?? 0),
  );
  const seconds = BURST / perSecond;
  // One in two seconds while it lasts, one before and one after.
  const allowed = Math.ceil(seconds / 2) + 2;
  return {
    lines: [
      `  burst      ${BURST} deliveries for ${PLANS} plans in ${seconds.toFixed(1)} s, p99 ${p99Ms.toFixed(1)} ms`,
      `             ${perPlan.length} plans reconciled, ${Math.min(...perPlan)} to ${Math.max(...perPlan)} times each (goal: at most ${allowed})`,
      `             ${keptMiB.toFixed(1)} MiB kept (goal: at most ${GOALS.keptMiB})`,
    ],
    isMet: perPlan.length === PLANS && Math.max(...perPlan) <= allowed && keptMiB <= GOALS.keptMiB,
  };
}

const [first, kind] = process.argv.slice(2);
if (first === 'serve') {
  await serve(kind as Kind);
} else {
  const count = Number(first ?? 1_200);
  console.log(`webhooks: ${count} deliveries a round, ${ROUNDS} rounds, ${CONNECTIONS} connections`);
  const results = [await compare(count), await burst()];
  for (const { lines } of results) console.log(lines.join('\n'));
  console.log(
    `  goals      at least ×${GOALS.rate} of the rate and at most ×${GOALS.p99} of the p99 of a bare Probot app`,
  );
  // A time never fails a run.
  if (!results.every(({ isMet }) => isMet)) console.log('  MISSED on this machine: see above');
}
