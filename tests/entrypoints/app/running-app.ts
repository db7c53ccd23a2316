/** The App in this process, reached by real HTTP, with a clock and parts of the test's. */
import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import path from 'node:path';

import { type AppInput, runApp } from '../../../src/entrypoints/app/run-app.ts';
import { ManualClock } from './manual-clock.ts';
import { ScriptedParts } from './scripted-parts.ts';

export const SECRET = 'a-secret-of-the-tests-0123456789';

/** One key for all tests: making one takes long. */
export const PRIVATE_KEY: string = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

export const CREDENTIALS = { APP_ID: '42', PRIVATE_KEY, WEBHOOK_SECRET: SECRET };

/** Signs a body as GitHub does. */
export function signBody(body: string, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Headers of a delivery, signed. */
export function deliveryHeaders(event: string, body: string, id: string = randomUUID()): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/0000000',
    'x-github-event': event,
    'x-github-delivery': id,
    'x-hub-signature-256': signBody(body),
  };
}

/** A running App. Ends with it: {@link Symbol.asyncDispose}. */
export interface RunningApp extends AsyncDisposable {
  /** Address without a slash at its end; '' if it never listened. */
  url: string;
  parts: ScriptedParts;
  clock: ManualClock;
  /** Everything that was logged, as text and as objects. */
  logText(): string;
  log(): Record<string, unknown>[];
  errors(): string;
  /** Sends a signal to the App. */
  signal(name?: string): void;
  /** Codes that it wanted to exit with at once. */
  exits: number[];
  ended: Promise<number>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Delivers a webhook, signed. A string is sent as it is. */
  deliver(event: string, payload: unknown, id?: string): Promise<Response>;
}

/** Starts the App. `env` comes on top of what lets it listen on a free port; credentials are given unless it says no. */
export async function runTestApp(
  options: { env?: Record<string, string | undefined>; parts?: ScriptedParts; input?: Partial<AppInput> } = {},
): Promise<RunningApp> {
  const clock = new ManualClock();
  const parts = options.parts ?? new ScriptedParts();
  const lines: string[] = [];
  const complaints: string[] = [];
  const exits: number[] = [];
  let handler: (name: string) => void = () => {};
  let onLine: () => void = () => {};
  const listening = new Promise<void>((resolve) => {
    onLine = resolve;
  });
  const ended = runApp({
    argv: [],
    env: { PORT: '0', ESPALIER_ENV_FILE: '/nonexistent/.env', ...CREDENTIALS, ...options.env },
    hostname: 'test-host',
    clock,
    random: () => 0,
    fetch,
    home: path.resolve(import.meta.dirname, '../../..'),
    stdout: (text) => {
      lines.push(text);
      if (text.includes('"Serving."') || text.includes('open this address')) onLine();
    },
    stderr: (text) => complaints.push(text),
    onSignal: (given) => {
      handler = given;
      return () => {};
    },
    exitNow: (code) => exits.push(code),
    openParts: parts.open,
    ...options.input,
  });
  ended.catch(() => {});
  await Promise.race([listening, ended.catch(() => {})]);
  const log = (): Record<string, unknown>[] =>
    lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
  const address = log().find(({ message }) => message === 'Listening.')?.['address'];
  const url = typeof address === 'string' ? address : '';
  return {
    url,
    parts,
    clock,
    log,
    logText: () => lines.join(''),
    errors: () => complaints.join(''),
    signal: (name = 'SIGTERM') => handler(name),
    exits,
    ended,
    get: (where, headers = {}) => fetch(`${url}${where}`, { headers, redirect: 'manual' }),
    deliver: (event, payload, id) => {
      const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
      return fetch(`${url}/api/github/webhooks`, { method: 'POST', headers: deliveryHeaders(event, body, id), body });
    },
    [Symbol.asyncDispose]: async () => {
      handler('SIGTERM');
      for (let rounds = 0; rounds < 200; rounds += 1) {
        const isOver = await Promise.race([
          ended.then(
            () => true,
            () => true,
          ),
          clock.advance(1_000).then(() => false),
        ]);
        if (isOver) return;
      }
    },
  };
}
