/** The App's process from its first to its last moment: settings, set-up where it is needed, serving, a good end. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { openPrometheus } from '../../adapters/metrics/prometheus.ts';
import { exitCodeOf } from '../../core/report/exit-codes.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { addToEnvFile, checkWritable, readEnvFile } from './env-file.ts';
import { HttpFront } from './http-front.ts';
import { openJsonLog } from './json-log.ts';
import type { OpenParts } from './parts.ts';
import { serveApp } from './serve-app.ts';
import { type AppSettings, envFileOf, listSettings, readSettings } from './settings.ts';
import { openSetup } from './setup.ts';
import { UnfitError } from './unfit-error.ts';

/** What the process has to offer. */
export interface AppInput {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  hostname: string;
  clock: Clock;
  random(): number;
  fetch: typeof fetch;
  /** Where `app.yml` stands, here or in a folder above. */
  home: string;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Calls `handler` for each SIGTERM and SIGINT. The answer ends that. */
  onSignal(handler: (name: string) => void): () => void;
  /** Ends the process without any further word. */
  exitNow(code: number): void;
  openParts: OpenParts;
}

const HELP = `espalier app: serves the GitHub App. It takes no arguments; these variables are its settings:\n\n`;

/** Runs until a signal comes, and resolves to the exit code. A second signal ends the process at once. */
export async function runApp(input: AppInput): Promise<number> {
  if (input.argv.length > 0) return explainArguments(input);
  const stop = listenForStop(input);
  try {
    return await runUntil(input, stop.signal);
  } finally {
    stop.end();
  }
}

async function runUntil(input: AppInput, signal: AbortSignal): Promise<number> {
  const first = await readAll(input);
  if (first.kind === 'problems') return refuse(input, first.problems);
  const replica = `${first.settings.replica ?? input.hostname}.${randomBytes(4).toString('hex')}`;
  const log = openJsonLog({
    level: first.settings.logLevel,
    replica,
    now: () => input.clock.now(),
    write: (line) => input.stdout(line),
  });
  log.hide(first.settings.setupToken === null ? [] : [first.settings.setupToken]);
  for (const warning of first.warnings) log.warn('A setting has no effect.', { warning });
  const metrics = openPrometheus({ now: () => input.clock.now(), hasProcess: first.settings.hasMetrics });
  const front = new HttpFront({ clock: input.clock, log, onError: () => metrics.countError('http') });
  if (first.kind === 'setup') await checkBeforeSetup(input, first.settings);
  const address = await front.listen(first.settings.host, first.settings.port);
  log.info('Listening.', { address });

  let reading: typeof first = first;
  if (reading.kind === 'setup') {
    const isDone = await setUp(input, { settings: reading.settings, front, log, signal, address });
    if (!isDone) return await endEarly(front, log);
    const second = await readAll(input);
    if (second.kind === 'problems') {
      await front.close(0);
      return refuse(input, second.problems);
    }
    reading = second;
  }
  if (reading.kind !== 'ready') throw new Error(`Set-up left no credentials in ${reading.settings.envFile}.`);
  const { settings, credentials } = reading;
  log.hide([credentials.privateKey, credentials.webhookSecret]);
  const parts = await input.openParts({
    settings,
    credentials,
    replica,
    clock: input.clock,
    fetch: input.fetch,
    log,
    metrics,
  });
  const app = await serveApp({
    settings,
    credentials,
    parts,
    front,
    clock: input.clock,
    log,
    metrics,
    renderMetrics: settings.hasMetrics ? () => metrics.render() : null,
    random: () => input.random(),
  });
  log.info('Serving.', { webhooks: settings.webhookPath, metrics: settings.hasMetrics });
  await untilAborted(signal);
  await app.stop();
  log.info('Stopped.');
  return exitCodeOf('ok');
}

async function readAll(input: AppInput): Promise<ReturnType<typeof readSettings>> {
  const file = envFileOf(input.env);
  try {
    const fromFile = await readEnvFile(file);
    const given = Object.fromEntries(
      Object.entries(input.env).filter(([, value]) => value !== undefined && value !== ''),
    );
    return readSettings({ ...fromFile, ...given }, (name) => readFileSync(name, 'utf8'));
  } catch (error) {
    const { message } = error as Error;
    return { kind: 'problems', problems: [`ESPALIER_ENV_FILE: '${file}' cannot be read (${message}).`], warnings: [] };
  }
}

/** Credentials are shown once: whether they can be stored has to be known before they are made. */
async function checkBeforeSetup(input: AppInput, { envFile }: AppSettings): Promise<void> {
  await checkWritable(envFile).catch((error: unknown) => {
    throw new UnfitError(
      `The credentials that set-up brings could not be stored in '${path.resolve(envFile)}' (${(error as Error).message}). ` +
        'Set ESPALIER_ENV_FILE to a file in a folder that can be written to, or set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET.',
      { cause: error },
    );
  });
  await readManifest(input.home);
}

/** True when credentials are stored, false when a signal came first. */
async function setUp(
  input: AppInput,
  at: { settings: AppSettings; front: HttpFront; log: Log; signal: AbortSignal; address: string },
): Promise<boolean> {
  const { settings, front, log, signal } = at;
  const manifest = await readManifest(input.home);
  const done = new Promise<boolean>((resolve) => {
    front.setRoutes(
      openSetup({
        settings,
        manifest,
        front,
        clock: input.clock,
        log,
        fetch: input.fetch,
        store: ({ credentials }) =>
          addToEnvFile(settings.envFile, {
            APP_ID: String(credentials.appId),
            PRIVATE_KEY: credentials.privateKey,
            WEBHOOK_SECRET: credentials.webhookSecret,
          }),
        onDone: () => resolve(true),
      }),
    );
  });
  log.info('There are no credentials yet: open this address in a browser to set up the app.', {
    open: settings.publicUrl ?? at.address,
  });
  return await Promise.race([done, untilAborted(signal).then(() => false)]);
}

async function endEarly(front: HttpFront, log: Log): Promise<number> {
  await front.close(0);
  log.info('Stopped.');
  return exitCodeOf('ok');
}

/** `app.yml`, which stands beside `package.json`: the sources and the bundle are at different depths below it. */
async function readManifest(home: string): Promise<string> {
  for (const up of ['.', '..', '../..']) {
    try {
      return await readFile(path.join(home, up, 'app.yml'), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new UnfitError(`There is no app.yml in '${home}' or the two folders above it; install the whole package.`);
}

function listenForStop(input: AppInput): { signal: AbortSignal; end(): void } {
  const stop = new AbortController();
  const end = input.onSignal((name) => {
    if (stop.signal.aborted) input.exitNow(exitCodeOf('interrupted'));
    else stop.abort(new Error(`Stopped by ${name}.`));
  });
  return { signal: stop.signal, end };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function refuse(input: AppInput, problems: readonly string[]): number {
  input.stderr(`The app cannot start:\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
  return exitCodeOf('usage');
}

function explainArguments(input: AppInput): number {
  const isHelp = input.argv.every((argument) => argument === '--help' || argument === '-h');
  const rows = listSettings().map(({ name, meaning, otherwise }) => `  ${name}\n      ${meaning} (${otherwise})\n`);
  if (isHelp) input.stdout(`${HELP}${rows.join('')}`);
  else input.stderr('The app takes no arguments; --help shows its settings.\n');
  return exitCodeOf(isHelp ? 'ok' : 'usage');
}
