import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { openLocalForge } from '../../../src/adapters/local/local-forge.ts';
import type { CommitSha } from '../../../src/core/brand.ts';
import type { Git } from '../../../src/ports/git.ts';
import { branch, makeRepository, type RepositoryFixture } from '../../support/git-fixture.ts';

const MAIN = branch('main');
const TASK = branch('feature/auth');

async function commitOn(git: Git, parent: CommitSha, files: Record<string, string>): Promise<CommitSha> {
  const author = { name: 'x', email: 'x' };
  return git.writeCommit({ tree: await git.writeTree(files), parents: [parent], message: 'x', author, atMs: 0 });
}

async function expectClean(repository: RepositoryFixture, at: CommitSha): Promise<void> {
  expect(await repository.sha()).toBe(at);
  expect(await repository.git('status', '--porcelain')).toBe('');
}

describe('landing on a local repository', () => {
  it('moves a branch that nobody has checked out to exactly the tested commit', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const forge = openLocalForge(git, { stateDir: repository.stateDir });
    const from = await repository.sha();
    const target = branch('espalier/plan/landed');
    await git.moveBranches([{ branch: target, from: null, to: from }], 'test');
    const to = await commitOn(git, from, { 'a.txt': 'a\n' });
    expect(await forge.land({ target, from, to, reason: 'land' })).toEqual({ kind: 'landed' });
    expect(await forge.readTip(target)).toBe(to);
    expect(await forge.land({ target, from, to, reason: 'again' })).toEqual({ kind: 'landed' });
    const third = await commitOn(git, from, { 'b.txt': 'b\n' });
    expect(await forge.land({ target, from, to: third, reason: 'late' })).toEqual({ kind: 'elsewhere', tip: to });
  });

  it('brings a clean checkout of the base along', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const from = await repository.sha();
    const to = await commitOn(git, from, { 'README.md': 'new\n', 'a.txt': 'a\n' });
    const forge = openLocalForge(git, { stateDir: repository.stateDir });
    expect(await forge.land({ target: MAIN, from, to, reason: 'land' })).toEqual({ kind: 'landed' });
    await expectClean(repository, to);
    expect(await readFile(path.join(repository.path, 'a.txt'), 'utf8')).toBe('a\n');
    expect(await readdir(path.join(repository.stateDir, 'refreshes'))).toEqual([]);
  });

  it.each([
    { name: 'a changed file', file: 'README.md' },
    { name: 'an untracked file', file: 'mine.txt' },
    { name: 'an ignored file that would be overwritten', file: 'a.local' },
  ])('is refused while a checkout of the base has $name, and says what to do', async ({ file }) => {
    await using repository = await makeRepository({ files: { 'README.md': 'r\n', '.gitignore': '*.local\n' } });
    const git = await repository.open();
    const from = await repository.sha();
    const to = await commitOn(git, from, { 'README.md': 'r\n', '.gitignore': '*.local\n', 'a.local': 'theirs\n' });
    await repository.write({ [file]: 'mine\n' });
    const forge = openLocalForge(git, { stateDir: repository.stateDir });
    const outcome = await forge.land({ target: MAIN, from, to, reason: 'land' });
    expect(outcome).toMatchObject({ kind: 'refused', because: expect.stringContaining(repository.path) as string });
    expect((outcome as { because: string }).because).toContain(file);
    expect((outcome as { because: string }).because).toContain('Commit or stash');
    expect(await forge.readTip(MAIN)).toBe(from);
    expect(await readFile(path.join(repository.path, file), 'utf8')).toBe('mine\n');
  });

  it('is refused for a commit that does not build on the tip', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const first = await repository.sha();
    const from = await repository.commit({ 'b.txt': 'b\n' });
    const to = await commitOn(git, first, { 'a.txt': 'a\n' });
    const forge = openLocalForge(git, { stateDir: repository.stateDir });
    expect(await forge.land({ target: MAIN, from, to, reason: 'x' })).toMatchObject({ kind: 'refused' });
  });

  it('is finished by the next process when one died before the checkout could follow', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const from = await repository.sha();
    const to = await commitOn(git, from, { 'a.txt': 'a\n' });
    const dying: Git = {
      ...git,
      refreshCheckout: () => Promise.reject(new Error('killed')),
      [Symbol.asyncDispose]: async () => undefined,
    };
    const lost = openLocalForge(dying, { stateDir: repository.stateDir });
    await expect(lost.land({ target: MAIN, from, to, reason: 'land' })).rejects.toThrow('killed');
    expect(await repository.git('status', '--porcelain')).not.toBe('');
    const forge = openLocalForge(git, { stateDir: repository.stateDir });
    expect(await forge.land({ target: MAIN, from, to, reason: 'land' })).toEqual({ kind: 'landed' });
    await expectClean(repository, to);
  });

  it('leaves a checkout alone that its owner changed after a process died', async () => {
    await using repository = await makeRepository({ files: { 'README.md': 'r\n' } });
    const git = await repository.open();
    const from = await repository.sha();
    const to = await commitOn(git, from, { 'README.md': 'landed\n' });
    const dying: Git = {
      ...git,
      refreshCheckout: () => Promise.reject(new Error('killed')),
      [Symbol.asyncDispose]: async () => undefined,
    };
    const lost = openLocalForge(dying, { stateDir: repository.stateDir });
    await expect(lost.land({ target: MAIN, from, to, reason: 'land' })).rejects.toThrow('killed');
    await repository.write({ 'README.md': 'precious\n' });
    const forge = openLocalForge(git, { stateDir: repository.stateDir });
    const next = await commitOn(git, to, { 'README.md': 'more\n' });
    expect(await forge.land({ target: MAIN, from: to, to: next, reason: 'next' })).toMatchObject({ kind: 'refused' });
    expect(await readFile(path.join(repository.path, 'README.md'), 'utf8')).toBe('precious\n');
  });

  it('reports a checkout that could not follow because somebody was quicker', async () => {
    await using repository = await makeRepository({ files: { 'README.md': 'r\n' } });
    const git = await repository.open();
    const from = await repository.sha();
    const to = await commitOn(git, from, { 'README.md': 'landed\n' });
    const racing: Git = {
      ...git,
      moveBranches: async (...args) => {
        const outcome = await git.moveBranches(...args);
        await repository.write({ 'README.md': 'typed just now\n' });
        return outcome;
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
    const forge = openLocalForge(racing, { stateDir: repository.stateDir });
    expect(await forge.land({ target: MAIN, from, to, reason: 'land' })).toMatchObject({
      kind: 'landed',
      notice: expect.stringContaining(repository.path) as string,
    });
    expect(await readFile(path.join(repository.path, 'README.md'), 'utf8')).toBe('typed just now\n');
  });
});

describe('publishing a head on a local repository', () => {
  it('moves Espalier’s own branches from wherever they are', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const forge = openLocalForge(git, { stateDir: repository.stateDir });
    const base = await repository.sha();
    const own = branch('espalier/plan/auth.1');
    const [one, two] = [await commitOn(git, base, { a: '1' }), await commitOn(git, base, { a: '2' })];
    for (const head of [one, two, two]) expect(await forge.publishHead(own, head, null)).toEqual({ kind: 'published' });
    expect(await forge.readTip(own)).toBe(two);
  });

  it('makes and moves a task’s own branch, as long as nobody else does', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const forge = openLocalForge(git, { stateDir: repository.stateDir });
    const base = await repository.sha();
    const [one, two] = [await commitOn(git, base, { a: '1' }), await commitOn(git, base, { a: '2' })];
    expect(await forge.publishHead(TASK, one, null)).toEqual({ kind: 'published' });
    expect(await forge.publishHead(TASK, two, one)).toEqual({ kind: 'published' });
    expect(await forge.publishHead(TASK, two, one)).toEqual({ kind: 'published' });
    await repository.git('branch', '--force', TASK, base);
    const refusal = await forge.publishHead(TASK, one, two);
    expect(refusal).toMatchObject({ kind: 'refused', because: expect.stringContaining('somebody else') as string });
    expect(await forge.readTip(TASK)).toBe(base);
  });

  it('does not take a branch that a person made', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const forge = openLocalForge(git, { stateDir: repository.stateDir });
    await repository.git('branch', TASK);
    const head = await commitOn(git, await repository.sha(), { a: '1' });
    expect(await forge.publishHead(TASK, head, null)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining(`git branch -m '${TASK}'`) as string,
    });
    expect(await forge.readTip(TASK)).toBe(await repository.sha());
  });

  it('does not move a branch under a checkout with changes', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const forge = openLocalForge(git, { stateDir: repository.stateDir });
    const base = await repository.sha();
    const [one, two] = [await commitOn(git, base, { a: '1' }), await commitOn(git, base, { a: '2' })];
    await forge.publishHead(TASK, one, null);
    await repository.git('checkout', '--quiet', TASK);
    await writeFile(path.join(repository.path, 'a'), 'mine');
    expect(await forge.publishHead(TASK, two, one)).toMatchObject({ kind: 'refused' });
    await repository.git('checkout', '--quiet', '--', 'a');
    expect(await forge.publishHead(TASK, two, one)).toEqual({ kind: 'published' });
    await expectClean(repository, two);
  });
});
