import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { openGit } from '../../../src/adapters/git/open-git.ts';
import type { TreeSha } from '../../../src/core/brand.ts';
import { makeRepository, type RepositoryFixture } from '../../support/git-fixture.ts';
import { makeWorktree, rawTree, takeInWorktree, writeRawObject } from '../../support/git-intake.ts';

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

function treesDir(repository: RepositoryFixture): string {
  return path.join(repository.stateDir, 'trees', 'plan');
}

describe('a worktree', () => {
  it('has the files of the tree, a clean index, and is known to git, detached', async () => {
    await using repository = await makeRepository({ files: { 'a.txt': 'a\n', 'deep/b.txt': 'b\n' } });
    await symlink('a.txt', path.join(repository.path, 'link'));
    await writeFile(path.join(repository.path, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    await repository.commit({});
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    expect(await readFile(path.join(worktree.path, 'deep/b.txt'), 'utf8')).toBe('b\n');
    expect(await readlink(path.join(worktree.path, 'link'))).toBe('a.txt');
    expect((await lstat(path.join(worktree.path, 'run.sh'))).mode & 0o100).toBe(0o100);
    expect(await repository.git('-C', worktree.path, 'status', '--porcelain')).toBe('');
    expect(await git.validateWorktree(worktree.path)).toEqual({ isValid: true, because: '' });
    expect((await git.listWorktrees()).at(-1)).toEqual({ path: worktree.path, head: worktree.commit, branch: null });
    expect((await git.inspect()).isDirty).toBe(false);
  });

  it('can hold another tree than its commit’s (a merge with its markers)', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const tree = await git.writeTree({ 'other.txt': '<<<<<<<\n' });
    const target = path.join(treesDir(repository), 'task.1.1');
    await git.createWorktree({ path: target, commit: await repository.sha(), tree });
    expect((await readdir(target)).sort()).toEqual(['.git', 'other.txt']);
  });

  it('is made without any filter, hook, attribute or checkout setting of the user', async () => {
    await using repository = await makeRepository({ files: { '.gitattributes': '*.txt filter=f\n', 'a.txt': 'a\n' } });
    const marker = path.join(repository.root, 'marker');
    for (const [key, value] of [
      ['filter.f.smudge', `sh -c 'touch ${marker}; cat'`],
      ['filter.f.clean', 'cat'],
      ['core.autocrlf', 'true'],
      ['core.eol', 'crlf'],
      ['core.sparseCheckout', 'true'],
      ['core.attributesFile', path.join(repository.home, 'attributes')],
      ['hook.mine.command', `touch ${marker}`],
      ['hook.mine.event', 'post-checkout'],
    ] as const)
      await repository.git('config', key, value);
    await writeFile(path.join(repository.path, '.git', 'info', 'sparse-checkout'), '/nothing\n');
    await writeFile(path.join(repository.home, 'attributes'), '* eol=crlf\n');
    const hook = path.join(repository.path, '.git', 'hooks', 'post-checkout');
    await mkdir(path.dirname(hook), { recursive: true });
    await writeFile(hook, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    expect(await readFile(path.join(worktree.path, 'a.txt'), 'utf8')).toBe('a\n');
    expect(await isThere(marker)).toBe(false);
  });

  it('is made eight times at once, whole each time', { timeout: 30_000 }, async () => {
    const files = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`d${at % 25}/f${at}.txt`, `${at}\n`]));
    await using repository = await makeRepository({ files });
    const git = await repository.open();
    const other = await repository.open();
    const names = Array.from({ length: 8 }, (_, at) => `task-${at}.1.1`);
    const made = await Promise.all(names.map((name, at) => makeWorktree(repository, at % 2 === 0 ? git : other, name)));
    for (const { path: target } of made) {
      expect(await repository.git('-C', target, 'status', '--porcelain')).toBe('');
      expect((await readdir(target, { recursive: true })).filter((name) => name.endsWith('.txt'))).toHaveLength(500);
    }
    await Promise.all(made.map(({ path: target }) => git.removeWorktree(target)));
    expect(await git.listWorktrees()).toHaveLength(1);
  });

  it('is not made where something is, and what is there stays', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const target = path.join(treesDir(repository), 'task.1.1');
    await mkdir(target, { recursive: true });
    await writeFile(path.join(target, 'mine.txt'), 'mine');
    await expect(makeWorktree(repository, git)).rejects.toThrow('the path exists');
    expect(await readFile(path.join(target, 'mine.txt'), 'utf8')).toBe('mine');
  });

  it.each([
    { name: 'a tree that is missing', make: async () => '7'.repeat(40) },
    {
      name: 'a tree with an entry `.git`',
      make: async (repository: RepositoryFixture) => {
        const blob = await writeRawObject(repository, 'blob', Buffer.from('gitdir: /evil\n'));
        return writeRawObject(repository, 'tree', rawTree([{ mode: '100644', name: '.git', id: blob }]));
      },
    },
    {
      name: 'a tree with an entry `.GIT`',
      make: async (repository: RepositoryFixture) => {
        const blob = await writeRawObject(repository, 'blob', Buffer.from('x'));
        const inner = await writeRawObject(repository, 'tree', rawTree([{ mode: '100644', name: 'config', id: blob }]));
        return writeRawObject(repository, 'tree', rawTree([{ mode: '40000', name: '.GIT', id: inner }]));
      },
    },
    {
      name: 'a tree with an entry `..`',
      make: async (repository: RepositoryFixture) => {
        const blob = await writeRawObject(repository, 'blob', Buffer.from('x'));
        const inner = await writeRawObject(
          repository,
          'tree',
          rawTree([{ mode: '100644', name: 'escaped', id: blob }]),
        );
        return writeRawObject(repository, 'tree', rawTree([{ mode: '40000', name: '..', id: inner }]));
      },
    },
  ])('is not made of $name, and leaves nothing behind', async ({ make }) => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const target = path.join(treesDir(repository), 'task.1.1');
    const tree = (await make(repository)) as TreeSha;
    await expect(git.createWorktree({ path: target, commit: await repository.sha(), tree })).rejects.toThrow(/Git/);
    expect(await isThere(target)).toBe(false);
    expect(await isThere(path.join(treesDir(repository), 'escaped'))).toBe(false);
    expect(await git.listWorktrees()).toHaveLength(1);
  });

  it('is made of a repository whose folder has an odd name', async () => {
    await using outer = await makeRepository();
    const odd = path.join(outer.root, 'odd \'na"me:$(x)\\\n');
    await outer.git('clone', '--quiet', '--no-local', outer.path, odd);
    const outcome = await openGit(odd, { stateDir: path.join(outer.root, 'st ate;x'), env: outer.env });
    if (outcome.kind === 'refused') throw new Error(outcome.because);
    await using git = outcome.git;
    const target = path.join(outcome.stateDir, 'trees', 'plan', 'task.1.1');
    await git.createWorktree({ path: target, commit: await outer.sha(), tree: await outer.tree() });
    expect(await git.validateWorktree(target)).toMatchObject({ isValid: true });
    await writeFile(path.join(target, 'new.txt'), 'new\n');
    const worktree = { path: target, commit: await outer.sha(), tree: await outer.tree() };
    const { outcome: taken } = await takeInWorktree(outer, git, worktree);
    expect(taken.kind === 'taken' && (await git.listPaths(taken.tree))).toEqual(['README.md', 'new.txt']);
    await git.removeWorktree(target);
    expect(await git.listWorktrees()).toHaveLength(1);
  });
});

describe('a worktree is not valid', () => {
  it.each([
    { name: 'when it is gone', spoil: (at: string) => rm(at, { recursive: true }), because: 'is gone' },
    {
      name: 'when a link stands in its place',
      spoil: async (at: string) => {
        await rm(at, { recursive: true });
        await symlink('/', at);
      },
      because: 'is not a folder',
    },
    {
      name: 'when git does not know it',
      spoil: (at: string) => rm(path.join(at, '../../../../repository/.git/worktrees'), { recursive: true }),
      because: 'is not registered',
    },
  ])('$name', async ({ spoil, because }) => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    await spoil(worktree.path);
    const found = await git.validateWorktree(worktree.path);
    expect(found.isValid).toBe(false);
    expect(found.because).toContain(because);
  });
});

describe('removing a worktree', () => {
  it('takes its folder and its registration, and nobody else’s', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const [one, two] = [await makeWorktree(repository, git, 'a.1.1'), await makeWorktree(repository, git, 'b.1.1')];
    // Its folder is on a disk that is not mounted at the moment, so to speak.
    const away = path.join(repository.root, 'away');
    await repository.git('worktree', 'add', '--quiet', '--detach', away);
    await rm(away, { recursive: true });
    await git.removeWorktree(one.path);
    expect(await isThere(one.path)).toBe(false);
    const left = (await git.listWorktrees()).map((entry) => entry.path);
    expect(left.sort()).toEqual([repository.path, two.path, away].sort());
  });

  it.each([
    { name: 'the folder is gone', spoil: (at: string) => rm(at, { recursive: true }) },
    { name: 'the .git file points elsewhere', spoil: (at: string) => writeFile(path.join(at, '.git'), 'gitdir: /\n') },
    { name: 'the .git file is gone', spoil: (at: string) => rm(path.join(at, '.git')) },
    {
      name: 'it was locked',
      spoil: async (at: string) => void execFileSync('git', ['worktree', 'lock', at], { cwd: at }),
    },
    {
      name: 'it holds folders that nobody may enter',
      spoil: async (at: string) => {
        await mkdir(path.join(at, 'closed', 'inner'), { recursive: true });
        await chmod(path.join(at, 'closed'), 0);
      },
    },
  ])('works when $name, and a second time', async ({ spoil }) => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    await spoil(worktree.path);
    for (let time = 0; time < 2; time += 1) await git.removeWorktree(worktree.path);
    expect(await isThere(worktree.path)).toBe(false);
    expect(await git.listWorktrees()).toHaveLength(1);
  });

  it('follows no link out of it', async () => {
    await using repository = await makeRepository();
    const outside = path.join(repository.root, 'outside');
    await mkdir(outside);
    await writeFile(path.join(outside, 'precious.txt'), 'precious');
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    await symlink(outside, path.join(worktree.path, 'link'));
    const second = await makeWorktree(repository, git, 'b.1.1');
    await rm(second.path, { recursive: true });
    await symlink(outside, second.path);
    await git.removeWorktree(worktree.path);
    await git.removeWorktree(second.path);
    expect(await readdir(outside)).toEqual(['precious.txt']);
    expect(await isThere(second.path)).toBe(false);
  });

  it('leaves alone what is none of Espalier’s', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const stranger = path.join(repository.root, 'stranger');
    await mkdir(stranger);
    for (const target of [repository.path, stranger, repository.root, path.join(repository.path, '.git'), '/'])
      await expect(git.removeWorktree(target)).rejects.toThrow('left alone');
    expect(await isThere(stranger)).toBe(true);
    expect(await repository.git('status', '--porcelain')).toBe('');
  });
});

describe('a private git directory', () => {
  it('lets git work in a sandbox without touching the user’s repository', async () => {
    await using repository = await makeRepository({ files: { 'a.txt': 'a\n' } });
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    const gitDir = path.join(repository.root, 'private');
    await git.createPrivateGitDir({
      path: gitDir,
      head: worktree.commit,
      tree: worktree.tree,
      worktreeInside: worktree.path,
      objectsInside: git.objectsDir,
    });
    const env = { PATH: process.env['PATH'] ?? '', ...git.sandboxEnv, GIT_DIR: gitDir, GIT_WORK_TREE: worktree.path };
    const inside = (...args: string[]) => execFileSync('git', args, { env, cwd: worktree.path, encoding: 'utf8' });
    expect(inside('status', '--porcelain')).toBe('');
    expect(inside('rev-parse', '--abbrev-ref', 'HEAD').trim()).toBe('work');
    expect(inside('remote')).toBe('');
    await writeFile(path.join(worktree.path, 'a.txt'), 'b\n');
    inside('commit', '--quiet', '-am', 'Work');
    expect(inside('log', '--format=%s').trim().split('\n')).toEqual(['Work', 'Begin']);
    expect(inside('fsck', '--strict')).toBe('');
    const objects = (await readdir(git.objectsDir, { recursive: true })).length;
    expect(await repository.git('branch', '--list')).toBe('* main');
    inside('commit', '--quiet', '--allow-empty', '-m', 'More');
    expect((await readdir(git.objectsDir, { recursive: true })).length).toBe(objects);
  });

  it('is not made over something that is there', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const options = {
      path: repository.root,
      head: await repository.sha(),
      tree: await repository.tree(),
      worktreeInside: '/w',
      objectsInside: '/o',
    };
    await expect(git.createPrivateGitDir(options)).rejects.toThrow('EEXIST');
    expect(await isThere(path.join(repository.root, 'HEAD'))).toBe(false);
  });
});
