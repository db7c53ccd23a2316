/** Everything that the App's operator can set, by environment variables: one schema, read once, all problems at once. */
import { z } from 'zod';

import { findNearestName } from '../../core/plan/nearest-name.ts';
import { readDuration } from '../../core/plan/quantities.ts';
import { isLoopbackHost, isPublicHost } from './addresses.ts';
import { type AppCredentials, readCredentials } from './credentials.ts';

/** Probot verifies signatures with this when it is given no secret; everybody knows it. */
const PUBLIC_SECRET = 'development';

/** Guessing a token of this length is hopeless. */
const MIN_TOKEN_LENGTH = 16;

const DEFAULTS = {
  HOST: '127.0.0.1',
  PORT: '3000',
  WEBHOOK_PATH: '/api/github/webhooks',
  GITHUB_API_URL: 'https://api.github.com',
  ESPALIER_ENV_FILE: '.env',
  ESPALIER_METRICS: 'auto',
  ESPALIER_SWEEP_EVERY: '10m',
  ESPALIER_DRAIN: '20s',
  LOG_LEVEL: 'info',
} as const;

/** What the README says of a setting. `otherwise`: what holds when it is not set. */
interface SettingNote {
  meaning: string;
  otherwise: string;
}

function note(meaning: string, otherwise: string): SettingNote & Record<string, unknown> {
  return { meaning, otherwise };
}

const duration = (least: number, most: number, bounds: string) =>
  z.string().transform((text, context) => {
    const read = readDuration(text);
    if (read.ok && read.value >= least && read.value <= most) return read.value;
    context.addIssue(read.ok ? `it must be ${bounds}` : `${read.because}; it must be ${bounds}`);
    return z.NEVER;
  });

const url = z.string().transform((text, context) => {
  const parsed = URL.canParse(text) ? new URL(text) : null;
  const isSafe = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLoopbackHost(parsed.hostname));
  if (parsed !== null && isSafe && parsed.username === '' && parsed.search === '' && parsed.hash === '')
    return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '');
  context.addIssue('it must be an https:// address (http:// on this machine only) without user, query or fragment');
  return z.NEVER;
});

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'it must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `it must be from ${least} to ${most}`);

/** The environment as it is read; each entry carries the words for the README. Secrets are never in a message. */
const AppEnv = z.object({
  APP_ID: whole(1, Number.MAX_SAFE_INTEGER).optional().meta(note('Id of the GitHub App.', 'set up in the browser')),
  PRIVATE_KEY: z
    .string()
    .optional()
    .meta(note('Its private key: PEM, with real line breaks or `\\n`, or that in base64.', 'set up in the browser')),
  PRIVATE_KEY_PATH: z.string().optional().meta(note('Path of the key’s file, instead of `PRIVATE_KEY`.', 'none')),
  WEBHOOK_SECRET: z
    .string()
    .refine((text) => text !== PUBLIC_SECRET, `'${PUBLIC_SECRET}' is publicly known; set a secret of your own`)
    .optional()
    .meta(note('Secret that GitHub signs webhooks with. Without it nothing starts.', 'set up in the browser')),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:[\]_-]{1,255}$/, 'it must be a host name or an address')
    .default(DEFAULTS.HOST)
    .meta(note('Address to listen on; `0.0.0.0` in a container.', `\`${DEFAULTS.HOST}\``)),
  PORT: whole(0, 65_535)
    .prefault(DEFAULTS.PORT)
    .meta(note('Port to listen on; 0 takes a free one.', `\`${DEFAULTS.PORT}\``)),
  WEBHOOK_PATH: z
    .string()
    .regex(/^\/[A-Za-z0-9._~/-]{1,200}$/, { error: "it must be a path such as '/api/github/webhooks'", abort: true })
    .refine(
      (path) => !/\/\/|\/$|\/\.\.?(?:\/|$)/.test(path),
      "it must have no empty part, no '..' and no '/' at its end",
    )
    .refine((path) => !OWN_PATHS.test(path), 'this path has another use')
    .default(DEFAULTS.WEBHOOK_PATH)
    .meta(note('Path that GitHub sends webhooks to.', `\`${DEFAULTS.WEBHOOK_PATH}\``)),
  GITHUB_API_URL: url
    .prefault(DEFAULTS.GITHUB_API_URL)
    .meta(
      note('API of your GitHub; `https://HOST/api/v3` for GitHub Enterprise Server.', `\`${DEFAULTS.GITHUB_API_URL}\``),
    ),
  ESPALIER_PUBLIC_URL: url
    .optional()
    .meta(
      note(
        'Address at which GitHub reaches this server (a proxy takes off its path). Needed to set up in the browser only.',
        'none',
      ),
    ),
  ESPALIER_SETUP_TOKEN: z
    .string()
    .min(MIN_TOKEN_LENGTH, `it must have at least ${MIN_TOKEN_LENGTH} characters`)
    .optional()
    .meta(
      note(
        'What the set-up page asks for, so that no stranger sets up your server. Needed where others reach it.',
        'none',
      ),
    ),
  ESPALIER_ENV_FILE: z
    .string()
    .default(DEFAULTS.ESPALIER_ENV_FILE)
    .meta(
      note(
        'File with settings; set-up writes credentials to it. The environment wins.',
        `\`${DEFAULTS.ESPALIER_ENV_FILE}\``,
      ),
    ),
  ESPALIER_METRICS: z
    .enum(['auto', 'on', 'off'], "it must be 'auto', 'on' or 'off'")
    .default(DEFAULTS.ESPALIER_METRICS)
    .meta(
      note(
        'Whether `/metrics` answers. `auto`: only where the address is not a public one.',
        `\`${DEFAULTS.ESPALIER_METRICS}\``,
      ),
    ),
  ESPALIER_SWEEP_EVERY: duration(10_000, 86_400_000, 'from 10 seconds to a day')
    .prefault(DEFAULTS.ESPALIER_SWEEP_EVERY)
    .meta(
      note(
        'How often all open plans are looked at and lost webhooks asked for.',
        `\`${DEFAULTS.ESPALIER_SWEEP_EVERY}\``,
      ),
    ),
  ESPALIER_DRAIN: duration(1_000, 3_600_000, 'from 1 second to an hour')
    .prefault(DEFAULTS.ESPALIER_DRAIN)
    .meta(note('How long work may go on after SIGTERM or SIGINT.', `\`${DEFAULTS.ESPALIER_DRAIN}\``)),
  ESPALIER_ALLOWED_BOTS: z
    .string()
    .regex(/^\s*\d{1,15}(?:[\s,]+\d{1,15})*[\s,]*$/, 'it must be a list of numeric ids, such as 123,456')
    .transform((text) =>
      text
        .split(/[\s,]+/)
        .filter((id) => id !== '')
        .map(Number),
    )
    .optional()
    .meta(note('Account ids of bots whose commands are obeyed in every repository, separated by commas.', 'none')),
  ESPALIER_REPLICA: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'it must have letters, digits, . _ - only, at most 63')
    .optional()
    .meta(note('Name of this process in logs and leases.', 'the host’s name')),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], "it must be 'debug', 'info', 'warn' or 'error'")
    .default(DEFAULTS.LOG_LEVEL)
    .meta(note('Least level that is logged.', `\`${DEFAULTS.LOG_LEVEL}\``)),
});

/** Paths that answer something themselves. */
const OWN_PATHS = /^\/(?:healthz|readyz|metrics|setup(?:\/.*)?)$/;

type AppEnv = z.infer<typeof AppEnv>;

/** Everything but credentials. Times are in milliseconds. */
export interface AppSettings {
  host: string;
  port: number;
  webhookPath: string;
  apiUrl: string;
  /** Without a slash at its end; `null` if it is not known. */
  publicUrl: string | null;
  setupToken: string | null;
  hasMetrics: boolean;
  sweepEveryMs: number;
  drainMs: number;
  allowedBotIds: readonly number[];
  replica: string | null;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
  envFile: string;
}

/** What the environment comes to. `setup`: there are no credentials at all, so this is the first start. */
export type SettingsReading = { warnings: string[] } & (
  | { kind: 'ready'; settings: AppSettings; credentials: AppCredentials }
  | { kind: 'setup'; settings: AppSettings }
  | { kind: 'problems'; problems: string[] }
);

/**
 * Reads the settings. An empty variable is as good as none. `readFile` gives the text of a file and throws if it
 * cannot. Problems are sentences that begin with the variable and never hold a secret.
 */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): SettingsReading {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const warnings = listUnknown(Object.keys(given));
  const parsed = AppEnv.safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}.`);
  const credentials = readCredentials(given, readFile);
  if (Array.isArray(credentials)) problems.push(...credentials);
  if (!parsed.success || Array.isArray(credentials)) return { kind: 'problems', problems, warnings };
  const settings = settingsOf(parsed.data);
  if (credentials !== null) return { kind: 'ready', settings, credentials, warnings };
  const token = demandToken(settings);
  return token === null ? { kind: 'setup', settings, warnings } : { kind: 'problems', problems: [token], warnings };
}

/** Name, meaning and default of every setting, as Markdown, in the order in which a person would set them. */
export function listSettings(): { name: string; meaning: string; otherwise: string }[] {
  return Object.entries(AppEnv.shape).map(([name, schema]) => {
    const { meaning = '', otherwise = '' } = (schema.meta() ?? {}) as Partial<SettingNote>;
    return { name, meaning, otherwise };
  });
}

/** The names that the file of settings is looked for by before the settings are read. */
export function envFileOf(env: Readonly<Record<string, string | undefined>>): string {
  const named = env['ESPALIER_ENV_FILE'];
  return named === undefined || named === '' ? DEFAULTS.ESPALIER_ENV_FILE : named;
}

function settingsOf(env: AppEnv): AppSettings {
  return {
    host: env.HOST.replace(/^\[(.*)\]$/, '$1'),
    port: env.PORT,
    webhookPath: env.WEBHOOK_PATH,
    apiUrl: env.GITHUB_API_URL,
    publicUrl: env.ESPALIER_PUBLIC_URL ?? null,
    setupToken: env.ESPALIER_SETUP_TOKEN ?? null,
    hasMetrics: env.ESPALIER_METRICS === 'auto' ? !isPublicHost(env.HOST) : env.ESPALIER_METRICS === 'on',
    sweepEveryMs: env.ESPALIER_SWEEP_EVERY,
    drainMs: env.ESPALIER_DRAIN,
    allowedBotIds: env.ESPALIER_ALLOWED_BOTS ?? [],
    replica: env.ESPALIER_REPLICA ?? null,
    logLevel: env.LOG_LEVEL,
    envFile: env.ESPALIER_ENV_FILE,
  };
}

/** Where others reach the set-up page, a stranger must not be able to use it. */
function demandToken(settings: AppSettings): string | null {
  const isReachable =
    !isLoopbackHost(settings.host) ||
    (settings.publicUrl !== null && !isLoopbackHost(new URL(settings.publicUrl).hostname));
  if (!isReachable || settings.setupToken !== null) return null;
  return (
    'ESPALIER_SETUP_TOKEN: there are no credentials yet and others can reach this server, so set a token of at least ' +
    `${MIN_TOKEN_LENGTH} characters, which the set-up page will ask you for (or set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET).`
  );
}

/** A misspelt setting would be silently without effect. */
function listUnknown(names: readonly string[]): string[] {
  const known = Object.keys(AppEnv.shape);
  return names.flatMap((name) => {
    const nearest = known.includes(name) || !name.startsWith('ESPALIER_') ? null : findNearestName(name, known);
    return nearest === null ? [] : [`${name} is no setting; '${nearest}' is.`];
  });
}
