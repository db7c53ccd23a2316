import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readRemoteTag } from '../../../src/adapters/git/setup-repository.ts';
import { LABELS } from '../../../src/core/commands/labels.ts';
import { readActionRepository } from '../../../src/entrypoints/cli/own-manifest.ts';
import { openSession, type Session } from '../../../src/entrypoints/cli/session.ts';
import { type InitOptions, setUp } from '../../../src/entrypoints/cli/set-up.ts';
import { pushCommits } from '../../support/github/operations/commits.ts';
import { changeSettings, setRole } from '../../support/github/operations/repositories.ts';
import { openServer, type ServerFixture } from '../../support/github/rest/server-fixture.ts';
import { setupNamesOf } from '../../support/github/rest/setup-routes.ts';
import { PROJECT_ROOT, runCli } from './run-cli.ts';

const SHA = 'ab'.repeat(20);
const FILES = [
  '.github/workflows/espalier.yml',
  '.github/workflows/espalier-dispatch.yml',
  '.github/workflows/espalier-attempt.yml',
  '.github/ISSUE_TEMPLATE/espalier-plan.yml',
  '.github/espalier.yml',
];
const ATTEMPT = '.github/workflows/espalier-attempt.yml';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-init-'));
  execFileSync('git', ['init', '--quiet', '--initial-branch', 'trunk', folder]);
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ scripts: { test: 'node --test' } }));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The environment of a person: git has to be found. */
const ENV = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };

function init(...args: string[]): ReturnType<typeof runCli> {
  return runCli(['init', ...args], { cwd: folder, env: ENV });
}

async function readOf(file: string): Promise<string> {
  return readFile(path.join(folder, file), 'utf8');
}

async function change(file: string, from: string, to: string): Promise<void> {
  await writeFile(path.join(folder, file), (await readOf(file)).replace(from, to));
}

describe('in a fresh repository', () => {
  test('init writes every file, and init --check says that all is well', async () => {
    const made = await init('--action-sha', SHA);
    expect(made.code).toBe(0);
    for (const file of FILES) expect(await readOf(file)).toContain('espalier 0.1.0 wrote this');
    expect(await readOf(ATTEMPT)).toContain(`uses: espalier/espalier@${SHA} # v0.1.0`);
    expect(await readOf('.github/espalier.yml')).toContain("test: 'npm test' # read out of package.json");
    expect(await readOf('.github/workflows/espalier.yml')).toContain("- 'trunk'");
    const checked = await init('--check');
    expect(checked.stdout).toContain('All is well in this checkout; GitHub was not asked.');
    expect(checked.code).toBe(0);
    expect(checked.stderr).toContain('GitHub was not asked');
    expect(checked.stderr).toContain(`the workflows run espalier/espalier@${SHA} # v0.1.0`);
  });

  test('a second init changes nothing, and asks nobody for the commit of the Action', async () => {
    await init('--action-sha', SHA, '--app', '--agent', 'codex', '--agent-key', 'MY_KEY');
    const before = await Promise.all(FILES.slice(1).map(readOf));
    const { code, stdout } = await init();
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('keep '))).toEqual([]);
    expect(await Promise.all(FILES.slice(1).map(readOf))).toEqual(before);
    expect(before.join('')).toContain('MY_KEY: ${{ secrets.model-key }}');
    expect(existsSync(path.join(folder, FILES[0]!))).toBe(false);
  });

  test('remembers the default branch where a checkout does not know it', async () => {
    await init('--action-sha', SHA);
    execFileSync('git', ['-C', folder, 'symbolic-ref', 'HEAD', 'refs/heads/something-else']);
    expect((await init('--check')).code).toBe(0);
  });

  test('a dry run writes nothing', async () => {
    const { code, stdout } = await init('--action-sha', SHA, '--dry-run');
    expect(code).toBe(0);
    expect(stdout.match(/^would write /gm)).toHaveLength(FILES.length);
    expect(existsSync(path.join(folder, '.github'))).toBe(false);
  });

  test('names the workflows of the repository, and sees when one is added', async () => {
    await init('--action-sha', SHA);
    await writeFile(path.join(folder, '.github/workflows/ci.yml'), 'name: Build\non: push\njobs: {}\n');
    const checked = await init('--check');
    expect(checked.code).toBe(1);
    expect(checked.stdout).toContain("+      - 'Build'");
    expect((await init()).code).toBe(0);
    expect(await readOf(FILES[0]!)).toContain("- 'Build'");
  });

  test('a dry run as JSON has the ruleset that lets one app write the ledgers', async () => {
    const { stdout, code } = await init('--action-sha', SHA, '--dry-run', '--json', '--app-id', '4711');
    expect(code).toBe(0);
    const { ruleset } = JSON.parse(stdout) as { ruleset: unknown };
    expect(ruleset).toMatchObject({
      bypass_actors: [{ actor_id: 4711 }],
      rules: expect.arrayContaining([{ type: 'update' }]) as unknown,
    });
    expect(existsSync(path.join(folder, '.github'))).toBe(false);
  });

  test('warns where there are no tests', async () => {
    await rm(path.join(folder, 'package.json'));
    const { stderr } = await init('--action-sha', SHA);
    expect(stderr).toContain('no tests were found');
  });

  test('says what to do where the commit of the Action cannot be found', async () => {
    // A git without a network: its every address is turned into one that is not there.
    const env = { ...ENV, https_proxy: 'http://127.0.0.1:9', HOME: folder };
    const bin = path.join(folder, 'bin');
    await mkdir(bin);
    const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
    const script = `#!/bin/sh\ncase "$1" in ls-remote) echo "fatal: no way" >&2; exit 128;; esac\nexec ${real} "$@"\n`;
    await writeFile(path.join(bin, 'git'), script, { mode: 0o755 });
    const { code, stderr } = await runCli(['init'], { cwd: folder, env: { ...env, PATH: `${bin}:${ENV.PATH}` } });
    expect(code).toBe(3);
    expect(stderr).toContain('fatal: no way');
    expect(stderr).toContain('espalier init --action-sha SHA');
    expect(existsSync(path.join(folder, '.github'))).toBe(false);
  });
});

describe('a file that somebody changed', () => {
  beforeEach(async () => {
    await init('--action-sha', SHA);
    await change(ATTEMPT, 'timeout-minutes: 350', 'timeout-minutes: 60');
  });

  test('is shown and left alone, and nothing else is touched either', async () => {
    await rm(path.join(folder, FILES[1]!));
    const { code, stdout, stderr } = await init();
    expect(code).toBe(1);
    expect(stdout).toContain('-    timeout-minutes: 60\n    +    timeout-minutes: 350');
    expect(stderr).toContain('espalier init --force');
    expect(await readOf(ATTEMPT)).toContain('timeout-minutes: 60');
    expect(existsSync(path.join(folder, FILES[1]!))).toBe(false);
  });

  test('is shown before it is written over', async () => {
    const { code, stdout } = await init('--force');
    expect(code).toBe(0);
    expect(stdout).toContain('-    timeout-minutes: 60');
    expect(await readOf(ATTEMPT)).toContain('timeout-minutes: 350');
  });

  test('is told by init --check, with what it breaks', async () => {
    await change(ATTEMPT, 'contents: read', 'contents: write');
    const { code, stdout } = await init('--check', '--json');
    expect(code).toBe(1);
    const { isGood, files } = JSON.parse(stdout) as {
      isGood: boolean;
      files: { path: string; state: string; problems: string[] }[];
    };
    expect(isGood).toBe(false);
    const found = files.find((file) => file.path === ATTEMPT);
    expect(found?.state).toBe('changed');
    expect(found?.problems.join('\n')).toContain('permissions-of-modes at jobs.work');
  });

  test('is kept by uninstall, which says so and takes the others', async () => {
    const { code, stdout } = await runCli(['uninstall'], { cwd: folder, env: ENV });
    expect(code).toBe(1);
    expect(stdout).toContain(`keeps        ${ATTEMPT}: it was changed since espalier 0.1.0 wrote it`);
    expect(FILES.filter((file) => existsSync(path.join(folder, file)))).toEqual([ATTEMPT]);
  });
});

describe('uninstall', () => {
  test('takes away what init wrote, with the folders that are empty then', async () => {
    await init('--action-sha', SHA);
    const dry = await runCli(['uninstall', '--dry-run'], { cwd: folder, env: ENV });
    expect(dry.stdout.match(/^would remove /gm)).toHaveLength(FILES.length);
    expect(existsSync(path.join(folder, ATTEMPT))).toBe(true);
    const { code, stdout } = await runCli(['uninstall'], { cwd: folder, env: ENV });
    expect(code).toBe(0);
    expect(stdout).toContain('On GitHub there may be left');
    for (const file of FILES) expect(existsSync(path.join(folder, file))).toBe(false);
    expect(existsSync(path.join(folder, '.github/workflows'))).toBe(false);
  });

  test('has nothing to do in a repository without it', async () => {
    const { code, stdout } = await runCli(['uninstall', '--json'], { cwd: folder, env: ENV });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ files: [] });
  });
});

describe('a repository that means harm', () => {
  test.each([
    ['a file', ATTEMPT, 'file'],
    ['a folder', '.github/workflows', 'folder'],
  ])('cannot lead init out of it by %s', async (_what, place, kind) => {
    const outside = await mkdtemp(path.join(os.tmpdir(), 'espalier-outside-'));
    try {
      await writeFile(path.join(outside, 'file'), 'precious\n');
      const target = kind === 'file' ? path.join(outside, 'file') : outside;
      await mkdir(path.dirname(path.join(folder, place)), { recursive: true });
      await symlink(target, path.join(folder, place));
      const { code, stderr } = await init('--action-sha', SHA, '--force');
      expect(code).toBe(3);
      expect(stderr).toContain(`'${place}' is a symbolic link`);
      expect(existsSync(path.join(outside, 'espalier.yml'))).toBe(false);
      expect(await readFile(path.join(outside, 'file'), 'utf8')).toBe('precious\n');
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  test('cannot put anything into a workflow by the name of its own', async () => {
    await mkdir(path.join(folder, '.github/workflows'), { recursive: true });
    const name = JSON.stringify("x'\n    types: [requested]\n  pull_request_target:\n  #");
    await writeFile(path.join(folder, '.github/workflows/evil.yml'), `name: ${name}\non: push\njobs: {}\n`);
    await init('--action-sha', SHA);
    expect(await readOf(FILES[0]!)).not.toMatch(/^ *pull_request_target:/m);
    expect((await init('--check')).code).toBe(0);
  });
});

describe('what cannot be meant', () => {
  test.each([
    [['--app', '--serverless'], 'Either --app or --serverless'],
    [['--check', '--force'], '--check changes nothing'],
    [['--app-id', '7'], 'it goes with --apply-settings'],
    [['--agent', 'claud'], 'claude'],
    [['--action-sha', 'main'], 'is a full SHA of 40 hex digits'],
    [['--action-sha', SHA, '--agent-key', 'GITHUB_TOKEN'], 'a key is named like'],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await init(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(path.join(folder, '.github'))).toBe(false);
  });

  test('outside of a checkout nothing is done', async () => {
    await rm(path.join(folder, '.git'), { recursive: true });
    const { code, stderr } = await init('--action-sha', SHA);
    expect(code).toBe(3);
    expect(stderr).toContain('is in no checkout');
  });
});

describe('with a token', () => {
  interface Asked {
    code: number;
    out: string;
    err: string;
  }

  async function ask(hub: ServerFixture, token: string, options: InitOptions): Promise<Asked> {
    const out: string[] = [];
    const err: string[] = [];
    const env = { ...ENV, GITHUB_TOKEN: token, GITHUB_API_URL: hub.server.url, GITHUB_REPOSITORY: 'acme/widgets' };
    const session: Session = openSession({
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
    await setUp(session, options, {
      pace: { maxAtOnce: 10, writeGapMs: 0 },
      clock: { now: () => hub.clock.at, sleep: async () => {} },
    });
    return { code: session.exitCode, out: out.join(''), err: err.join('') };
  }

  async function openHub(): Promise<{ hub: ServerFixture; token: string }> {
    const hub = await openServer();
    await setRole(hub.world, hub.repository, 'maintainer', 'admin');
    return { hub, token: hub.server.tokens.mintForPerson('maintainer') };
  }

  test('adds the labels, says what else is missing, and finds it all well once it is there', async () => {
    const { hub, token } = await openHub();
    await using _hub = hub;
    const names = setupNamesOf(hub.repository);
    names.secrets.push('ESPALIER_PRIVATE_KEY');
    await changeSettings(hub.world, hub.repository, { actionsMayOpenPulls: false });
    const made = await ask(hub, token, { actionSha: SHA });
    expect(made.out).toContain('on GitHub: added the labels espalier, espalier:run');
    expect([...hub.repository.labels.values()].map(({ name }) => name)).toEqual(
      expect.arrayContaining(LABELS.map(({ name }) => name)),
    );
    expect(made.out).toContain('gh secret set ANTHROPIC_API_KEY --repo acme/widgets');
    // The default branch is what GitHub says, not what is checked out.
    expect(await readOf(FILES[0]!)).toContain("- 'main'");
    const first = await ask(hub, token, { check: true });
    expect(first.code).toBe(1);
    expect(first.out).toContain('missing   secret ANTHROPIC_API_KEY');
    expect(first.out).toContain('missing   pull requests of workflows');
    expect(first.out).not.toContain('missing   labels');
    expect(first.out).toContain(
      "missing   workflows on the default branch: espalier-dispatch.yml, espalier.yml: not on 'main' yet",
    );
    const files = Object.fromEntries(await Promise.all(FILES.map(async (file) => [file, await readOf(file)] as const)));
    await pushCommits(hub.world, hub.maintainer, hub.repository, {
      branch: 'main',
      commits: [{ message: 'Set up Espalier', files }],
    });
    names.lentSecrets.push('ANTHROPIC_API_KEY');
    await ask(hub, token, { applySettings: true, appId: 4711 });
    expect(hub.repository.settings.actionsMayOpenPulls).toBe(true);
    const [ruleset] = [...hub.repository.rulesets.values()];
    expect(ruleset?.bypassActors).toEqual([{ actorType: 'Integration', actorId: 4711, mode: 'always' }]);
    const last = await ask(hub, token, { check: true });
    expect(last.out).toContain('All is well.');
    expect(last.out).toContain('ok        rule for the ledgers');
    expect(last.code).toBe(0);
  });

  test('changes nothing on GitHub in a dry run, and while a file is refused', async () => {
    const { hub, token } = await openHub();
    await using _hub = hub;
    await ask(hub, token, { actionSha: SHA, dryRun: true, applySettings: true });
    await mkdir(path.join(folder, '.github/workflows'), { recursive: true });
    await writeFile(path.join(folder, ATTEMPT), 'on: push\n');
    const { code } = await ask(hub, token, { actionSha: SHA, applySettings: true });
    expect(code).toBe(1);
    expect(hub.repository.labels.has('espalier:run')).toBe(false);
  });

  test('goes without what it may not read, and says so', async () => {
    const { hub } = await openHub();
    await using _hub = hub;
    const { token } = hub.server.tokens.mint(hub.installation, { permissions: { issues: 'write' } });
    const { out, code } = await ask(hub, token, { actionSha: SHA });
    expect(code).toBe(0);
    expect(out).toContain('unknown   secret ANTHROPIC_API_KEY: the token may not read whether it is set');
  });

  test('that GitHub does not know is said, and nothing is written', async () => {
    const { hub } = await openHub();
    await using _hub = hub;
    await expect(ask(hub, 'ghp_wrong', { actionSha: SHA })).rejects.toMatchObject({ exit: 'unfit' });
    expect(existsSync(path.join(folder, '.github'))).toBe(false);
  });
});

describe('the coordinates of the Action', () => {
  test('are those of package.json', async () => {
    const manifest = JSON.parse(await readFile(path.join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
      repository: { url: string };
    };
    expect(manifest.repository.url).toContain(await readActionRepository());
  });

  test('are refused where they name nothing on GitHub, and where there are none', async () => {
    await writeFile(path.join(folder, 'package.json'), '{"name":"espalier","repository":"https://example.com/a/b"}');
    await expect(readActionRepository(path.join(folder, 'dist'))).rejects.toThrow(/names none on github.com/);
    await expect(readActionRepository('/')).rejects.toThrow(/is not where its program is/);
  });

  test('come with the commit of a tag, also of an annotated one', async () => {
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        encoding: 'utf8',
      }).trim();
    git('commit', '--allow-empty', '--message', 'one');
    const sha = git('rev-parse', 'HEAD');
    git('tag', 'v1.0.0');
    git('tag', '--annotate', '--message', 'two', 'v2.0.0');
    const ask = (tag: string) => readRemoteTag(`file://${folder}`, tag, { env: ENV, isLocal: true });
    expect(await ask('v1.0.0')).toEqual({ kind: 'commit', sha });
    expect(await ask('v2.0.0')).toEqual({ kind: 'commit', sha });
    expect(await ask('v3.0.0')).toEqual({ kind: 'absent' });
    expect(await readRemoteTag(`file://${folder}`, 'v1.0.0', { env: ENV })).toMatchObject({ kind: 'failed' });
  });
});
