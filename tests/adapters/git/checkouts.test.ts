import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import type { CommitSha } from '../../../src/core/brand.ts';
import { branch, type FixtureFiles, makeRepository, type RepositoryFixture } from '../../support/git-fixture.ts';

const MAIN = branch('main');

/** A commit on top of HEAD that is on no branch and in no checkout. */
async function commitBeside(repository: RepositoryFixture, files: FixtureFiles): Promise<CommitSha> {
  const linked = path.join(repository.root, 'beside');
  await repository.git('worktree', 'add', '--quiet', '--detach', linked);
  for (const [name, content] of Object.entries(files)) {
    if (content === null) await repository.git('-C', linked, 'rm', '-rqf', '--', name);
    else {
      await mkdir(path.dirname(path.join(linked, name)), { recursive: true });
      await writeFile(path.join(linked, name), content);
    }
  }
  await repository.git('-C', linked, 'add', '--all', '--force');
  await repository.git('-C', linked, 'commit', '--quiet', '-m', 'Beside');
  const sha = (await repository.git('-C', linked, 'rev-parse', 'HEAD')) as CommitSha;
  await repository.git('worktree', 'remove', '--force', linked);
  return sha;
}

describe('checkouts of a branch', () => {
  it('are the user’s and linked ones, clean or not, and why not', async () => {
    await using repository = await makeRepository();
    const linked = path.join(repository.root, 'linked');
    await repository.git('worktree', 'add', '--quiet', '-b', 'side', linked);
    const git = await repository.open();
    expect(await git.checkoutsOf(MAIN)).toEqual([{ path: repository.path, isClean: true, because: '' }]);
    await writeFile(path.join(linked, 'new.txt'), 'x');
    expect(await git.checkoutsOf(branch('side'))).toEqual([
      { path: linked, isClean: false, because: "'new.txt' is changed" },
    ]);
    expect(await git.checkoutsOf(branch('nowhere'))).toEqual([]);
  });

  it('are found through a branch that stands for another', async () => {
    await using repository = await makeRepository();
    await repository.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
    const git = await repository.open();
    expect(await git.checkoutsOf(branch('alias'))).toMatchObject([{ path: repository.path }]);
  });

  it.each([
    {
      name: 'a merge',
      start: async (repository: RepositoryFixture) => {
        await repository.git('checkout', '--quiet', '-b', 'other');
        await repository.commit({ 'o.txt': 'o\n' });
        await repository.git('checkout', '--quiet', 'main');
        await repository.git('merge', '--quiet', '--no-ff', '--no-commit', 'other');
        await repository.git('rm', '-qf', 'o.txt');
      },
    },
    {
      name: 'a rebase',
      start: async (repository: RepositoryFixture) => {
        await repository.commit({ 'a.txt': 'two\n' });
        await repository.git('branch', 'other', 'HEAD~1');
        await repository.git('checkout', '--quiet', 'other');
        await repository.commit({ 'a.txt': 'three\n' });
        await repository.git('checkout', '--quiet', 'main');
        await repository.git('rebase', 'other').catch(() => undefined);
      },
    },
  ])('are not clean in the middle of $name', async ({ start }) => {
    await using repository = await makeRepository();
    await start(repository);
    const git = await repository.open();
    expect(await git.checkoutsOf(MAIN)).toMatchObject([{ path: repository.path, isClean: false }]);
  });
});

describe('bringing a checkout along', () => {
  it('finds it where the git directory is kept apart', async () => {
    await using repository = await makeRepository({ files: { 'a.txt': 'a\n' } });
    await repository.git('init', '--quiet', `--separate-git-dir=${path.join(repository.root, 'apart')}`);
    const git = await repository.open();
    const from = await repository.sha();
    expect(await git.checkoutsOf(MAIN)).toEqual([{ path: repository.path, isClean: true, because: '' }]);
    const to = await commitBeside(repository, { 'b.txt': 'b\n' });
    await git.moveBranches([{ branch: MAIN, from, to }], 'test');
    expect(await git.refreshCheckout(repository.path, from, to)).toEqual({ refreshed: true, because: '' });
    expect(await repository.git('status', '--porcelain')).toBe('');
  });

  it('changes, adds and removes files, and leaves a clean status', async () => {
    await using repository = await makeRepository({ files: { 'a.txt': 'a\n', 'b/c.txt': 'c\n', swap: 's\n' } });
    const from = await repository.sha();
    const to = await commitBeside(repository, { 'a.txt': 'A\n', 'b/c.txt': null, swap: null, 'new/x.txt': 'x\n' });
    const git = await repository.open();
    await git.moveBranches([{ branch: MAIN, from, to }], 'test');
    expect(await git.checkRefresh(repository.path, from, to)).toEqual({ refreshable: true, because: '' });
    expect(await git.refreshCheckout(repository.path, from, to)).toEqual({ refreshed: true, because: '' });
    expect(await repository.git('status', '--porcelain')).toBe('');
    expect(await readFile(path.join(repository.path, 'new/x.txt'), 'utf8')).toBe('x\n');
  });

  it('works where a folder takes the place of a file, and the other way round', async () => {
    await using repository = await makeRepository({ files: { one: 'file\n', 'two/inner.txt': 'i\n' } });
    const from = await repository.sha();
    await using beside = await makeRepository({ files: { 'one/inner.txt': 'i\n', two: 'file\n' } });
    const git = await repository.open();
    const tree = await git.writeTree({ 'one/inner.txt': 'i\n', two: 'file\n' });
    expect(tree).toBe(await beside.tree());
    const author = { name: 'x', email: 'x' };
    const to = await git.writeCommit({ tree, parents: [from], message: 'Swap', author, atMs: 0 });
    await git.moveBranches([{ branch: MAIN, from, to }], 'test');
    expect(await git.refreshCheckout(repository.path, from, to)).toEqual({ refreshed: true, because: '' });
    expect(await repository.git('status', '--porcelain')).toBe('');
  });

  it('uses the user’s filters, so that the files are right there', async () => {
    await using repository = await makeRepository({ files: { '.gitattributes': '*.bin filter=shout\n' } });
    await repository.git('config', '--global', 'filter.shout.clean', 'tr A-Z a-z');
    await repository.git('config', '--global', 'filter.shout.smudge', 'tr a-z A-Z');
    const from = await repository.sha();
    const to = await commitBeside(repository, { 'x.bin': 'LOUD\n' });
    const git = await repository.open();
    await git.moveBranches([{ branch: MAIN, from, to }], 'test');
    expect(await git.refreshCheckout(repository.path, from, to)).toMatchObject({ refreshed: true });
    expect(await readFile(path.join(repository.path, 'x.bin'), 'utf8')).toBe('LOUD\n');
    expect(await repository.git('status', '--porcelain')).toBe('');
  });

  it.each([
    { name: 'a changed file', files: { 'a.txt': 'mine\n' }, adds: { 'a.txt': 'theirs\n' }, because: 'is changed' },
    { name: 'a change elsewhere', files: { 'b.txt': 'mine\n' }, adds: { 'a.txt': 'theirs\n' }, because: 'is changed' },
    {
      name: 'an untracked file in the way',
      files: { 'new.txt': 'mine\n' },
      adds: { 'new.txt': 'theirs\n' },
      because: "'new.txt' would be overwritten",
    },
    {
      name: 'an ignored file in the way',
      files: { 'x.local': 'mine\n' },
      adds: { 'x.local': 'theirs\n' },
      because: "'x.local' would be overwritten",
    },
    {
      name: 'an ignored file where a folder goes',
      files: { 'd.local': 'mine\n' },
      adds: { 'd.local/inner.txt': 't\n' },
      because: "'d.local' would be overwritten",
    },
    {
      name: 'an ignored file in a folder that becomes a file',
      files: { 'dir/x.local': 'mine\n' },
      adds: { 'dir/t.txt': null, dir: 'file\n' },
      because: "'dir/x.local' would be overwritten",
    },
  ])('refuses with $name, and changes nothing', async ({ files, adds, because }) => {
    await using repository = await makeRepository({
      files: { 'a.txt': 'a\n', 'b.txt': 'b\n', 'dir/t.txt': 't\n', '.gitignore': '*.local\n' },
    });
    const from = await repository.sha();
    const to = await commitBeside(repository, adds);
    const git = await repository.open();
    await repository.write(files);
    await git.moveBranches([{ branch: MAIN, from, to }], 'test');
    const before = await repository.git('status', '--porcelain', '--ignored');
    expect((await git.checkRefresh(repository.path, from, to)).because).toContain(because);
    const outcome = await git.refreshCheckout(repository.path, from, to);
    expect(outcome.refreshed).toBe(false);
    expect(outcome.because).toContain(because);
    expect(await repository.git('status', '--porcelain', '--ignored')).toBe(before);
    for (const [name, text] of Object.entries(files))
      expect(await readFile(path.join(repository.path, name), 'utf8')).toBe(text);
  });

  it('refuses with something staged, even if the files are as before', async () => {
    await using repository = await makeRepository({ files: { 'a.txt': 'a\n' } });
    const from = await repository.sha();
    const to = await commitBeside(repository, { 'b.txt': 'b\n' });
    const git = await repository.open();
    await repository.write({ 'a.txt': 'staged\n' });
    await repository.git('add', 'a.txt');
    await repository.write({ 'a.txt': 'a\n' });
    expect(await git.refreshCheckout(repository.path, from, to)).toMatchObject({
      refreshed: false,
      because: 'something is staged there',
    });
  });

  it('leaves a path through a link alone', async () => {
    await using repository = await makeRepository({ files: { 'a.txt': 'a\n', '.gitignore': 'out\n' } });
    const outside = path.join(repository.root, 'outside');
    await mkdir(outside);
    await repository.git('config', 'core.symlinks', 'true');
    const { symlink } = await import('node:fs/promises');
    await symlink(outside, path.join(repository.path, 'out'));
    const from = await repository.sha();
    const to = await commitBeside(repository, { 'out/x.txt': 'x\n' });
    const git = await repository.open();
    await git.moveBranches([{ branch: MAIN, from, to }], 'test');
    expect(await git.refreshCheckout(repository.path, from, to)).toMatchObject({
      refreshed: false,
      because: expect.stringContaining("'out' would be overwritten") as string,
    });
    await expect(lstat(path.join(outside, 'x.txt'))).rejects.toThrow('ENOENT');
  });
});
