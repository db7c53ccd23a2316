import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { CliError } from '../../../src/entrypoints/cli/cli-error.ts';
import { examineGithub } from '../../../src/entrypoints/cli/doctor-github.ts';
import { readGithubCredential } from '../../../src/entrypoints/cli/github-credentials.ts';
import { openSession, type Session } from '../../../src/entrypoints/cli/session.ts';
import { openProbeFixture, type ProbeFixture } from '../../adapters/github/probes/probe-fixture.ts';
import { setArchived } from '../../support/github/operations/repositories.ts';
import { runCli } from './run-cli.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-doctor-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function openTestSession(env: Record<string, string>): { session: Session; out: string[]; err: string[] } {
  const out: string[] = [];
  const err: string[] = [];
  const session = openSession({
    argv: [],
    env,
    cwd: folder,
    stdin: Readable.from([]),
    stdout: { write: (text) => out.push(text) > 0 },
    stderr: { write: (text) => err.push(text) > 0 },
    selfCommand: ['espalier'],
    onInterrupt: () => () => {},
    exitNow: () => {},
  });
  return { session, out, err };
}

function settingsOf({ clock }: ProbeFixture) {
  return { clock, pace: { maxAtOnce: 10, writeGapMs: 0 } };
}

/** The credentials and the address of a test GitHub, as an operator would set them. */
function envOf({ hub }: ProbeFixture): Record<string, string> {
  const key = hub.app.privateKeyPem.replaceAll('\n', String.raw`\n`);
  return { APP_ID: String(hub.app.id), PRIVATE_KEY: key, GITHUB_API_URL: hub.server.url };
}

describe('doctor --github', () => {
  test('prints permissions and facts, and ends well where all is as it should be', async () => {
    await using fixture = await openProbeFixture();
    const { session, out, err } = openTestSession(envOf(fixture));
    await examineGithub(session, { repo: 'acme/widgets' }, settingsOf(fixture));
    const lines = out.join('').split('\n');
    expect(session.exitCode).toBe(0);
    expect(lines[0]).toMatch(/^acme\/widgets, as the app espalier \(installation \d+\)$/);
    expect(lines).toContain('ok          permission contents: write');
    expect(lines).toContain('ok          root-commit: a commit with 0 parents');
    expect(lines).toContain('not probed  comment-length: it needs --write');
    expect(lines.at(-2)).toMatch(/^\d+ facts: \d+ ok, 0 differ, \d+ not probed$/);
    expect(err.join('')).toContain('note: trying refs-atomic');
  });

  test('shows what differs with what was expected and what follows, and ends with 1', async () => {
    await using fixture = await openProbeFixture();
    const { hub } = fixture;
    await setArchived(hub.world, hub.maintainer, hub.repository, true);
    const answer = { data: { rateLimit: { cost: 201 } } };
    hub.server.faults.add(
      { graphql: 'ProbeCost' },
      { kind: 'answer', when: 'before', status: 200, message: '', body: answer },
    );
    const { session, out } = openTestSession({ ...envOf(fixture), GITHUB_REPOSITORY: 'acme/widgets' });
    await examineGithub(session, {}, settingsOf(fixture));
    expect(session.exitCode).toBe(1);
    expect(out.join('')).toContain(
      [
        'DIFFERS     query-cost-is-counted-so: 201 points',
        '            expected: 2 points for 201 connections',
        '            so: Large plans use up the quota sooner than is promised; they wait, and the status comment says so.',
      ].join('\n'),
    );
  });

  test('prints one JSON document for a script', async () => {
    await using fixture = await openProbeFixture({ permissions: { metadata: 'read', contents: 'read' } });
    const { session, out } = openTestSession(envOf(fixture));
    await examineGithub(session, { repo: 'acme/widgets', json: true }, settingsOf(fixture));
    const report = JSON.parse(out.join('')) as { version: number; permissions: { name: string; isEnough: boolean }[] };
    expect(session.exitCode).toBe(1);
    expect(report.version).toBe(1);
    expect(report.permissions.filter(({ isEnough }) => isEnough).map(({ name }) => name)).toEqual(['metadata']);
  });

  test.each([
    ['a key that is not the one of the app', { APP_ID: '999' }, /Reading who the app is failed/],
    ['a GitHub that is not there', { GITHUB_API_URL: 'http://127.0.0.1:9' }, /Reading who the app is failed/],
  ])('says what to do about %s, and ends with 3', async (_case, env, message) => {
    await using fixture = await openProbeFixture();
    const { session } = openTestSession({ ...envOf(fixture), ...env });
    const asked = examineGithub(session, { repo: 'acme/widgets' }, settingsOf(fixture));
    await expect(asked).rejects.toThrow(message);
    await expect(asked).rejects.toMatchObject({ exit: 'unfit' });
  });
});

describe('the command line', () => {
  test.each([
    [['doctor', '--github'], 'There are no credentials for GitHub.'],
    [['doctor', '--write'], 'Only --github has something to --write.'],
    [['doctor', '--github', '--sandbox', 'none'], 'With --github no sandbox is examined'],
    [['doctor', '--github', '--repo', 'somewhere'], 'With --github, --repo names a repository on GitHub.'],
    [['doctor', '--github', '--repo', '../..'], 'With --github, --repo names a repository on GitHub.'],
  ])('%j is refused', async (args, message) => {
    const env: Record<string, string> = args.includes('--repo') ? { GITHUB_TOKEN: 'ghs_token' } : {};
    const { code, stderr } = await runCli(args, { cwd: folder, env });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('takes no address that is not encrypted', async () => {
    const env = { GITHUB_TOKEN: 'ghs_token', GITHUB_API_URL: 'http://github.example.com' };
    const { code, stderr } = await runCli(['doctor', '--github', '--repo', 'a/b'], { cwd: folder, env });
    expect(code).toBe(2);
    expect(stderr).toContain('GITHUB_API_URL must be an https:// address');
  });
});

const PEM = '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n';

describe('credentials', () => {
  test.each([
    ['with line breaks', PEM],
    [String.raw`with \n`, PEM.replaceAll('\n', String.raw`\n`)],
    ['in base64', Buffer.from(PEM).toString('base64')],
  ])('have a private key %s', async (_case, text) => {
    const credential = await readGithubCredential({ APP_ID: '7', PRIVATE_KEY: text }, folder);
    expect(credential).toEqual({ kind: 'app', appId: 7, privateKeyPem: PEM });
  });

  test('come from the file that set-up writes, and the environment wins', async () => {
    await writeFile(path.join(folder, '.env'), `APP_ID="7"\nPRIVATE_KEY="${PEM.replaceAll('\n', String.raw`\n`)}"\n`);
    expect(await readGithubCredential({}, folder)).toMatchObject({ appId: 7, privateKeyPem: PEM });
    expect(await readGithubCredential({ APP_ID: '8' }, folder)).toMatchObject({ appId: 8 });
  });

  test('may have the key in a file of its own', async () => {
    await writeFile(path.join(folder, 'key.pem'), PEM);
    expect(await readGithubCredential({ APP_ID: '7', PRIVATE_KEY_PATH: 'key.pem' }, folder)).toMatchObject({
      privateKeyPem: PEM,
    });
  });

  test('may be a token', async () => {
    expect(await readGithubCredential({ GITHUB_TOKEN: 'ghs_x' }, folder)).toEqual({ kind: 'token', token: 'ghs_x' });
  });

  test.each([
    [{ APP_ID: 'espalier', PRIVATE_KEY: PEM }, 'APP_ID must be a number.'],
    [{ APP_ID: '7' }, 'There is an APP_ID, but no private key.'],
    [{ APP_ID: '7', PRIVATE_KEY_PATH: 'nowhere.pem' }, 'The private key cannot be read (ENOENT).'],
    [{ ESPALIER_ENV_FILE: 'nowhere.env', GITHUB_TOKEN: 'ghs_x' }, 'The file of settings cannot be read (ENOENT).'],
  ])('%j are refused without a secret in the words', async (env, message) => {
    const asked = readGithubCredential(env, folder);
    await expect(asked).rejects.toThrow(message);
    await expect(asked).rejects.toBeInstanceOf(CliError);
  });
});
