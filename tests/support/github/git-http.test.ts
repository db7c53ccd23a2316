import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, test } from 'vitest';

import { addRuleset, renameRepository } from './operations/repositories.ts';
import { openServer, type ServerFixture } from './rest/server-fixture.ts';
import type { Permissions } from './state.ts';

const run = promisify(execFile);

/** A folder where git is called as a client. */
async function openFolder(): Promise<{ git(...args: string[]): Promise<string>; path: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-client-'));
  const identity = { NAME: 'Client', EMAIL: 'client@example.invalid' };
  return {
    path: folder,
    async git(...args) {
      const { stdout } = await run('git', args, {
        cwd: folder,
        env: {
          ...process.env,
          GIT_TERMINAL_PROMPT: '0',
          ...Object.fromEntries(
            Object.entries(identity).flatMap(([name, value]) => [
              [`GIT_AUTHOR_${name}`, value],
              [`GIT_COMMITTER_${name}`, value],
            ]),
          ),
        },
      });
      return stdout.trim();
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function remoteOf({ server, installation }: ServerFixture, permissions?: Permissions): string {
  const { token } = server.tokens.mint(installation, permissions === undefined ? {} : { permissions });
  return `${server.url.replace('http://', `http://x-access-token:${token}@`)}/acme/widgets.git`;
}

describe('git over HTTP', () => {
  test('clones, and a push moves the branch in the state with a new commit', async () => {
    await using fixture = await openServer();
    await using folder = await openFolder();
    const { git } = folder;
    await git('clone', '--quiet', remoteOf(fixture), '.');
    await writeFile(path.join(folder.path, 'one.txt'), 'one\n');
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'Add one');
    await git('push', '--quiet', 'origin', 'HEAD:refs/heads/main', 'HEAD:refs/heads/espalier/1/one');
    const head = await git('rev-parse', 'HEAD');
    expect(fixture.repository.refs.get('refs/heads/main')).toBe(head);
    expect(fixture.repository.refs.get('refs/heads/espalier/1/one')).toBe(head);
    expect(await git('ls-remote', 'origin', 'refs/heads/main')).toBe(`${head}\trefs/heads/main`);
    await git('push', '--quiet', 'origin', ':refs/heads/espalier/1/one');
    expect(fixture.repository.refs.has('refs/heads/espalier/1/one')).toBe(false);
    expect(fixture.server.requests.map(({ git: kind }) => kind)).toContain('push');
    expect(fixture.server.permissions.usedBy(fixture.app.id)).toEqual({ contents: 'write' });
  });

  test('pushes more than a small pack, and forces a branch back', async () => {
    await using fixture = await openServer();
    await using folder = await openFolder();
    const { git } = folder;
    await git('clone', '--quiet', remoteOf(fixture), '.');
    const before = await git('rev-parse', 'HEAD');
    // More than the megabyte after which git sends its request in pieces, having asked for leave first.
    const random = Array.from({ length: 400_000 }, (_, at) => ((at * 2_654_435_761) % 4_294_967_296).toString(36));
    await writeFile(path.join(folder.path, 'large.txt'), random.join(''));
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'Add much');
    await git('push', '--quiet', 'origin', 'HEAD:main');
    expect(fixture.repository.refs.get('refs/heads/main')).toBe(await git('rev-parse', 'HEAD'));
    await expect(git('push', '--quiet', 'origin', `${before}:main`)).rejects.toThrow('non-fast-forward');
    await git('push', '--quiet', '--force', 'origin', `${before}:main`);
    expect(fixture.repository.refs.get('refs/heads/main')).toBe(before);
  });

  test.each<[string, Permissions | undefined, string]>([
    ['without the permission for contents', { issues: 'write' }, 'denied to espalier[bot]'],
    ['that only reads contents', { contents: 'read' }, 'denied to espalier[bot]'],
  ])('refuses the push of a token %s', async (_what, permissions, message) => {
    await using fixture = await openServer();
    await using folder = await openFolder();
    await folder.git('clone', '--quiet', remoteOf(fixture), '.');
    const pushing = folder.git('push', remoteOf(fixture, permissions), 'HEAD:refs/heads/topic');
    await expect(pushing).rejects.toThrow(message);
    expect([...fixture.repository.refs.keys()]).toEqual(['refs/heads/main']);
  });

  test('asks for a token where the repository is private, and knows none that has ended', async () => {
    await using fixture = await openServer();
    await using folder = await openFolder();
    const remote = remoteOf(fixture);
    fixture.clock.at += 3_600_000;
    await expect(folder.git('ls-remote', `${fixture.server.url}/acme/widgets.git`)).rejects.toThrow(
      'could not read Username',
    );
    await expect(folder.git('ls-remote', remote)).rejects.toThrow('Authentication failed');
    Object.assign(fixture.repository, { isPrivate: false });
    expect(await folder.git('ls-remote', `${fixture.server.url}/acme/widgets.git`)).toContain('refs/heads/main');
  });

  test('refuses a workflow file without its permission, and what a rule of the branch forbids', async () => {
    await using fixture = await openServer();
    await using folder = await openFolder();
    const { git } = folder;
    await git('clone', '--quiet', remoteOf(fixture), '.');
    await addRuleset(fixture.world, fixture.repository, {
      name: 'keep',
      include: ['refs/heads/kept'],
      rules: [{ type: 'creation' }],
    });
    await expect(git('push', 'origin', 'main:refs/heads/kept')).rejects.toThrow('Repository rule violations found');
    await git('checkout', '--quiet', '-b', 'topic');
    await run('mkdir', ['-p', path.join(folder.path, '.github/workflows')]);
    await writeFile(path.join(folder.path, '.github/workflows/ci.yml'), 'on: push\n');
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'Add a workflow');
    const pushing = git('push', 'origin', 'HEAD:topic', 'main:refs/heads/other');
    await expect(pushing).rejects.toThrow('without `workflows` permission');
    expect([...fixture.repository.refs.keys()].sort()).toEqual(['refs/heads/main', 'refs/heads/other']);
  });

  test('finds a renamed repository by its former name', async () => {
    await using fixture = await openServer();
    await using folder = await openFolder();
    const remote = remoteOf(fixture);
    await renameRepository(fixture.world, fixture.maintainer, fixture.repository, 'gadgets');
    expect(await folder.git('ls-remote', remote)).toContain('refs/heads/main');
  });
});
