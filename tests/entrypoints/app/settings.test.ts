import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { isLoopbackHost, isPublicHost, webUrlOf } from '../../../src/entrypoints/app/addresses.ts';
import { envFileOf, listSettings, readSettings, type SettingsReading } from '../../../src/entrypoints/app/settings.ts';
import { CREDENTIALS, PRIVATE_KEY, SECRET } from './running-app.ts';

function noFile(): string {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
}

function read(env: Record<string, string | undefined>, readFile: (path: string) => string = noFile): SettingsReading {
  return readSettings(env, readFile);
}

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  const reading = read(env);
  return reading.kind === 'problems' ? reading.problems : [];
}

function settingsOf(env: Record<string, string | undefined>) {
  const reading = read({ ...CREDENTIALS, ...env });
  if (reading.kind !== 'ready') throw new Error(JSON.stringify(reading));
  return reading.settings;
}

describe('credentials', () => {
  it('and nothing else are enough', () => {
    expect(read(CREDENTIALS)).toEqual({
      kind: 'ready',
      warnings: [],
      credentials: { appId: 42, privateKey: PRIVATE_KEY, webhookSecret: SECRET },
      settings: {
        host: '127.0.0.1',
        port: 3000,
        webhookPath: '/api/github/webhooks',
        apiUrl: 'https://api.github.com',
        publicUrl: null,
        setupToken: null,
        hasMetrics: true,
        sweepEveryMs: 600_000,
        drainMs: 20_000,
        allowedBotIds: [],
        replica: null,
        logLevel: 'info',
        envFile: '.env',
      },
    });
  });

  const pkcs1 = generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs1', format: 'pem' })
    .toString();

  it.each([
    ['with real line breaks', PRIVATE_KEY],
    ['with written line breaks', PRIVATE_KEY.replaceAll('\n', String.raw`\n`)],
    ['in base64', Buffer.from(PRIVATE_KEY).toString('base64')],
    ['in base64 with line breaks', Buffer.from(PRIVATE_KEY).toString('base64').replaceAll(/.{64}/g, '$&\n')],
    ['in the older form that GitHub hands out', pkcs1],
  ])('may have their key %s', (_case, key) => {
    const reading = read({ ...CREDENTIALS, PRIVATE_KEY: key });
    expect(reading.kind === 'ready' && reading.credentials.privateKey).toContain('-----BEGIN PRIVATE KEY-----');
  });

  it('may have their key in a file', () => {
    const env = { ...CREDENTIALS, PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: '/run/secrets/key.pem' };
    const reading = read(env, (path) => (path === '/run/secrets/key.pem' ? PRIVATE_KEY : noFile()));
    expect(reading.kind === 'ready' && reading.credentials.privateKey).toBe(PRIVATE_KEY);
  });

  it('that are all missing, or empty, mean that the app is to be set up', () => {
    expect(read({}).kind).toBe('setup');
    expect(read({ APP_ID: '', PRIVATE_KEY: '', WEBHOOK_SECRET: '', PRIVATE_KEY_PATH: '' }).kind).toBe('setup');
  });

  const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

  it.each<[string, Record<string, string | undefined>, RegExp]>([
    ['no webhook secret', { WEBHOOK_SECRET: undefined }, /^WEBHOOK_SECRET: it is missing/],
    ['an empty webhook secret', { WEBHOOK_SECRET: '' }, /^WEBHOOK_SECRET: it is missing/],
    [
      'the secret that everybody knows',
      { WEBHOOK_SECRET: 'development' },
      /^WEBHOOK_SECRET: 'development' is publicly/,
    ],
    ['no id', { APP_ID: undefined }, /^APP_ID: it is missing/],
    ['an id that is none', { APP_ID: 'my-app' }, /^APP_ID: it must be a whole number/],
    ['an id of 0', { APP_ID: '0' }, /^APP_ID: it must be from 1/],
    ['no key', { PRIVATE_KEY: undefined }, /^PRIVATE_KEY: it is missing, and so is PRIVATE_KEY_PATH/],
    ['a key that is none', { PRIVATE_KEY: 'hunter2hunter2' }, /^PRIVATE_KEY: this is not an RSA private key/],
    ['a cut key', { PRIVATE_KEY: PRIVATE_KEY.slice(0, 500) }, /^PRIVATE_KEY: this is not an RSA private key/],
    ['a key of another kind', { PRIVATE_KEY: ecKey }, /^PRIVATE_KEY: this is not an RSA private key/],
    ['two keys', { PRIVATE_KEY_PATH: 'key.pem' }, /^PRIVATE_KEY and PRIVATE_KEY_PATH: set one/],
    [
      'a key’s file that is not there',
      { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: 'key.pem' },
      /^PRIVATE_KEY_PATH: the file cannot be read \(ENOENT\)/,
    ],
  ])('are refused with %s, without quoting a secret', (_case, env, problem) => {
    const problems = problemsOf({ ...CREDENTIALS, ...env });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
    for (const value of ['hunter2', SECRET, PRIVATE_KEY.slice(40, 80)]) expect(problems[0]).not.toContain(value);
  });
});

describe('settings', () => {
  it('are refused with all their problems at once', () => {
    const problems = problemsOf({
      APP_ID: 'x',
      WEBHOOK_SECRET: 'development',
      PORT: '70000',
      ESPALIER_METRICS: 'maybe',
      ESPALIER_SWEEP_EVERY: '5',
      LOG_LEVEL: 'loud',
    });
    expect(problems.map((problem) => problem.split(':')[0]).toSorted((a = '', b = '') => a.localeCompare(b))).toEqual([
      'APP_ID',
      'ESPALIER_METRICS',
      'ESPALIER_SWEEP_EVERY',
      'LOG_LEVEL',
      'PORT',
      'PRIVATE_KEY',
      'WEBHOOK_SECRET',
    ]);
  });

  it.each<[string, string, Partial<ReturnType<typeof settingsOf>>]>([
    ['HOST', '[::1]', { host: '::1', hasMetrics: true }],
    ['HOST', '0.0.0.0', { host: '0.0.0.0', hasMetrics: false }],
    ['PORT', '0', { port: 0 }],
    ['WEBHOOK_PATH', '/hooks', { webhookPath: '/hooks' }],
    ['GITHUB_API_URL', 'https://ghe.example.com/api/v3/', { apiUrl: 'https://ghe.example.com/api/v3' }],
    ['GITHUB_API_URL', 'http://127.0.0.1:8080', { apiUrl: 'http://127.0.0.1:8080' }],
    ['ESPALIER_PUBLIC_URL', 'https://bot.example.com/espalier/', { publicUrl: 'https://bot.example.com/espalier' }],
    ['ESPALIER_METRICS', 'off', { hasMetrics: false }],
    ['ESPALIER_SWEEP_EVERY', '1h30m', { sweepEveryMs: 5_400_000 }],
    ['ESPALIER_DRAIN', '90s', { drainMs: 90_000 }],
    ['ESPALIER_ALLOWED_BOTS', '49699333, 7', { allowedBotIds: [49_699_333, 7] }],
    ['ESPALIER_REPLICA', 'eu-1', { replica: 'eu-1' }],
    ['LOG_LEVEL', 'debug', { logLevel: 'debug' }],
  ])('%s may be %s', (name, value, expected) => {
    expect(settingsOf({ [name]: value })).toMatchObject(expected);
  });

  it.each([
    ['HOST', 'a b'],
    ['PORT', '-1'],
    ['PORT', '80a'],
    ['WEBHOOK_PATH', 'hooks'],
    ['WEBHOOK_PATH', '/hooks/'],
    ['WEBHOOK_PATH', '/a/../b'],
    ['WEBHOOK_PATH', '/'],
    ['WEBHOOK_PATH', '/healthz'],
    ['WEBHOOK_PATH', '/setup/callback'],
    ['GITHUB_API_URL', 'http://api.github.com'],
    ['GITHUB_API_URL', 'https://user:pass@ghe.example.com'],
    ['GITHUB_API_URL', 'api.github.com'],
    ['ESPALIER_PUBLIC_URL', 'http://bot.example.com'],
    ['ESPALIER_PUBLIC_URL', 'https://bot.example.com/?x=1'],
    ['ESPALIER_SETUP_TOKEN', 'short'],
    ['ESPALIER_SWEEP_EVERY', '1s'],
    ['ESPALIER_SWEEP_EVERY', '7d'],
    ['ESPALIER_DRAIN', '20'],
    ['ESPALIER_ALLOWED_BOTS', 'dependabot[bot]'],
    ['ESPALIER_REPLICA', 'a/b'],
  ])('%s may not be %s', (name, value) => {
    const problems = problemsOf({ ...CREDENTIALS, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: .*\\.$`));
  });

  it('warn of a name that is misspelt, and leave those of others alone', () => {
    const { warnings } = read({ ...CREDENTIALS, ESPALIER_METRIC: 'on', ESPALIER_SOMETHING_ELSE: 'x', PORTS: '1' });
    expect(warnings).toEqual(["ESPALIER_METRIC is no setting; 'ESPALIER_METRICS' is."]);
  });

  it('are listed with a meaning and a default for each, for the README', () => {
    const rows = listSettings();
    expect(rows.length).toBeGreaterThan(15);
    for (const { name, meaning, otherwise } of rows) {
      expect(name).toMatch(/^[A-Z_]+$/);
      expect(meaning).toMatch(/\.$/);
      expect(otherwise).not.toBe('');
    }
  });

  it('come from the file that is named, or from .env', () => {
    expect(envFileOf({})).toBe('.env');
    expect(envFileOf({ ESPALIER_ENV_FILE: '/data/env' })).toBe('/data/env');
  });
});

describe('a first start', () => {
  it.each([
    ['listens where others reach it', { HOST: '0.0.0.0' }],
    ['listens on a private address', { HOST: '10.0.0.5' }],
    ['is reached through a public address', { ESPALIER_PUBLIC_URL: 'https://bot.example.com' }],
  ])('needs a token when it %s', (_case, env) => {
    expect(problemsOf(env)).toEqual([expect.stringMatching(/^ESPALIER_SETUP_TOKEN: .*at least 16 characters/)]);
    expect(read({ ...env, ESPALIER_SETUP_TOKEN: '0123456789abcdef' }).kind).toBe('setup');
  });

  it('needs none on this machine alone', () => {
    expect(read({ HOST: '::1', ESPALIER_PUBLIC_URL: 'http://localhost:3000' }).kind).toBe('setup');
  });
});

describe('an address', () => {
  it.each([
    ['127.0.0.1', true, false],
    ['127.8.8.8', true, false],
    ['localhost', true, false],
    ['LOCALHOST', true, false],
    ['::1', true, false],
    ['[::1]', true, false],
    ['10.1.2.3', false, false],
    ['172.31.0.1', false, false],
    ['172.32.0.1', false, true],
    ['192.168.1.1', false, false],
    ['fd00::1', false, false],
    ['fe80::1', false, false],
    ['0.0.0.0', false, true],
    ['::', false, true],
    ['8.8.8.8', false, true],
    ['2001:db8::1', false, true],
    ['example.com', false, true],
    ['localhost.example.com', false, true],
    ['127.0.0.1.example.com', false, true],
  ])('%s: only this machine %s, public %s', (host, isLoopback, isPublic) => {
    expect([isLoopbackHost(host), isPublicHost(host)]).toEqual([isLoopback, isPublic]);
  });

  it.each([
    ['https://api.github.com', 'https://github.com'],
    ['https://api.octo.ghe.com', 'https://octo.ghe.com'],
    ['https://ghe.example.com/api/v3', 'https://ghe.example.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('of the API %s belongs to %s', (api, web) => {
    expect(webUrlOf(api)).toBe(web);
  });
});
