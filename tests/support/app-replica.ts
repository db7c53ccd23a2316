/** One process of the App as it ships, inside of this one: it has its own server, and everything else is handed to it. */
import path from 'node:path';

import type { OpenParts } from '../../src/entrypoints/app/parts.ts';
import { runApp } from '../../src/entrypoints/app/run-app.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { App } from './github/state.ts';

const HOME = path.resolve(import.meta.dirname, '../..');

/** What a process is started with. */
export interface ReplicaOptions {
  app: App;
  apiUrl: string;
  name: string;
  clock: Clock;
  fetch: typeof fetch;
  openParts: OpenParts;
  /** Settings beside those of the App's credentials. */
  env?: Record<string, string>;
  random?: () => number;
}

/** A process that serves. */
export interface Replica {
  /** Where webhooks are to be sent. */
  hookUrl: string;
  lines: string[];
  /** As SIGTERM. */
  signal(): void;
  /** Settles when the process would end. */
  ended: Promise<unknown>;
}

/** Starts a process and waits until it serves. */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const { app, apiUrl, name, clock, openParts } = options;
  const lines: string[] = [];
  let handler: (name: string) => void = () => {};
  let onServing: () => void = () => {};
  const serving = new Promise<void>((resolve) => {
    onServing = resolve;
  });
  const ended = runApp({
    argv: [],
    env: {
      APP_ID: String(app.id),
      PRIVATE_KEY: app.privateKeyPem,
      WEBHOOK_SECRET: app.webhookSecret,
      GITHUB_API_URL: apiUrl,
      HOST: '127.0.0.1',
      PORT: '0',
      ESPALIER_ENV_FILE: '/nonexistent/.env',
      ESPALIER_REPLICA: name,
      ...options.env,
    },
    hostname: 'test-host',
    clock,
    random: options.random ?? (() => 0),
    fetch: options.fetch,
    home: HOME,
    stdout: (text) => {
      lines.push(text);
      if (text.includes('"Serving."')) onServing();
    },
    stderr: (text) => lines.push(text),
    onSignal: (given) => {
      handler = given;
      return () => {};
    },
    exitNow: () => {},
    openParts,
  }).catch((error: unknown) => lines.push(String(error)));
  await Promise.race([serving, ended]);
  const address = lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .find(({ message }) => message === 'Listening.')?.['address'];
  if (typeof address !== 'string') throw new Error(`The App did not listen:\n${lines.join('')}`);
  return { hookUrl: `${address}/api/github/webhooks`, lines, signal: () => handler('SIGTERM'), ended };
}
