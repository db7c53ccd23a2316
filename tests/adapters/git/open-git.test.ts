import { chown, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { openGit } from '../../../src/adapters/git/open-git.ts';
import { resolveStateDir } from '../../../src/adapters/git/state-dir.ts';
import type { RepositoryFacts } from '../../../src/ports/git.ts';
import {
  makeRepository,
  makeShallowClone,
  makeTemporaryFolder,
  type RepositoryFixture,
} from '../../support/git-fixture.ts';

async function factsOf(repository: RepositoryFixture, startDir = repository.path): Promise<RepositoryFacts> {
  const outcome = await openGit(startDir, { stateDir: repository.stateDir, env: repository.env });
  if (outcome.kind === 'refused') throw new Error(outcome.because);
  await outcome.git[Symbol.asyncDispose]();
  return outcome.facts;
}

describe('what is true of a repository', () => {
  it('is read from a clean checkout, also from a folder inside of it', async () => {
    await using repository = await makeRepository({ files: { 'src/a.txt': 'a\n' } });
    const facts = await factsOf(repository, path.join(repository.path, 'src'));
    expect(facts).toMatchObject({
      commonDir: path.join(repository.path, '.git'),
      topLevel: repository.path,
      headBranch: 'main',
      hasCommits: true,
      isShallow: false,
      isDirty: false,
      submodules: [],
      objectFormat: 'sha1',
      identity: { name: 'Test Author', email: 'author@example.invalid' },
    });
  });

  it.each([
    { name: 'an untracked file', files: { 'new.txt': 'x' } },
    { name: 'a changed file', files: { 'README.md': 'changed\n' } },
    { name: 'a removed file', files: { 'README.md': null } },
  ])('is dirty with $name', async ({ files }) => {
    await using repository = await makeRepository();
    await repository.write(files);
    expect((await factsOf(repository)).isDirty).toBe(true);
  });

  it('is not dirty with a file that only the user’s global rules ignore', async () => {
    await using repository = await makeRepository();
    await mkdir(path.join(repository.home, '.config', 'git'), { recursive: true });
    await writeFile(path.join(repository.home, '.config', 'git', 'ignore'), '*.swp\n');
    await repository.write({ 'a.swp': 'x' });
    expect((await factsOf(repository)).isDirty).toBe(false);
  });

  it('names no branch for a detached HEAD', async () => {
    await using repository = await makeRepository();
    await repository.git('checkout', '--quiet', '--detach');
    expect(await factsOf(repository)).toMatchObject({ headBranch: null, hasCommits: true });
  });

  it('says that there are no commits yet', async () => {
    await using repository = await makeRepository({ files: null });
    expect(await factsOf(repository)).toMatchObject({ headBranch: null, hasCommits: false, isDirty: false });
  });

  it('says that a clone is shallow, and works in it', async () => {
    await using source = await makeRepository();
    for (const text of ['one\n', 'two\n', 'three\n']) await source.commit({ 'a.txt': text });
    await using clone = await makeShallowClone(source, 2);
    expect((await factsOf(clone)).isShallow).toBe(true);
    const git = await clone.open();
    expect(await git.isAncestor(await clone.sha('HEAD~1'), await clone.sha())).toBe(true);
    expect(await git.mergeCommits(await clone.sha(), await clone.sha('HEAD~1'))).toMatchObject({ kind: 'clean' });
  });

  it('lists submodules from the tree, whatever .gitmodules says', async () => {
    await using inner = await makeRepository();
    await using repository = await makeRepository();
    await repository.git('submodule', '--quiet', 'add', inner.path, 'libs/inner');
    await repository.commit({ '.gitmodules': null }, 'Add a submodule');
    expect((await factsOf(repository)).submodules).toEqual(['libs/inner']);
  });

  it('knows a repository with SHA-256 names', async () => {
    await using repository = await makeRepository({ objectFormat: 'sha256' });
    const git = await repository.open();
    expect((await git.inspect()).objectFormat).toBe('sha256');
    expect(await git.treeOf(await repository.sha())).toBe(await repository.tree());
  });

  it('knows a bare repository', async () => {
    await using repository = await makeRepository({ bare: true });
    expect(await factsOf(repository)).toMatchObject({ topLevel: null, headBranch: null, hasCommits: false });
  });

  it('finds the common directory from a linked worktree, and the branch that is there', async () => {
    await using repository = await makeRepository();
    const linked = path.join(repository.root, 'linked');
    await repository.git('worktree', 'add', '--quiet', '-b', 'side', linked);
    expect(await factsOf(repository, linked)).toMatchObject({
      commonDir: path.join(repository.path, '.git'),
      topLevel: linked,
      headBranch: 'side',
    });
  });

  it('does not depend on the caller’s GIT_ variables', async () => {
    await using repository = await makeRepository();
    await using other = await makeRepository();
    const env = {
      ...repository.env,
      GIT_DIR: path.join(other.path, '.git'),
      GIT_WORK_TREE: other.path,
      GIT_INDEX_FILE: '/nonexistent',
      GIT_CONFIG_PARAMETERS: "'user.name=Mallory'",
    };
    const outcome = await openGit(repository.path, { stateDir: repository.stateDir, env });
    expect(outcome).toMatchObject({ kind: 'opened', facts: { topLevel: repository.path, isDirty: false } });
    expect(outcome.kind === 'opened' && outcome.facts.identity?.name).toBe('Test Author');
  });

  it('does not depend on the environment’s object folder of the repository borrowing from another', async () => {
    await using source = await makeRepository();
    await using folder = await makeTemporaryFolder();
    const clone = path.join(folder.path, 'clone');
    await source.git('clone', '--quiet', '--shared', source.path, clone);
    const outcome = await openGit(clone, { stateDir: path.join(folder.path, 'state'), env: source.env });
    if (outcome.kind === 'refused') throw new Error(outcome.because);
    await using git = outcome.git;
    expect(git.alternateDirs).toEqual([path.join(source.path, '.git', 'objects')]);
    expect(await git.listPaths(await git.treeOf(await source.sha()))).toEqual(['README.md']);
  });
});

describe('a repository is refused', () => {
  it('where there is none', async () => {
    await using folder = await makeTemporaryFolder();
    const outcome = await openGit(folder.path, { env: { PATH: process.env['PATH'], HOME: folder.path } });
    expect(outcome).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('not in a git repository') as string,
    });
  });

  it('where there is no folder', async () => {
    const outcome = await openGit('/nonexistent/folder', { env: { PATH: process.env['PATH'] } });
    expect(outcome).toMatchObject({ kind: 'refused', because: expect.stringContaining('is no folder') as string });
  });

  it.each([
    { name: 'git is missing', script: null, because: 'Git is not installed' },
    { name: 'git is too old', script: 'echo git version 2.37.9', because: 'Git 2.37.9 is too old' },
    { name: 'git is something else', script: 'echo hello', because: 'does not tell its version' },
  ])('when $name', async ({ script, because }) => {
    await using repository = await makeRepository();
    const bin = path.join(repository.root, 'bin');
    await mkdir(bin);
    if (script !== null) await writeFile(path.join(bin, 'git'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const outcome = await openGit(repository.path, { stateDir: repository.stateDir, env: { PATH: bin } });
    expect(outcome).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining(because) as string,
      nextStep: expect.stringContaining('2.38') as string,
    });
  });

  it('when not even its status can be read', async () => {
    await using repository = await makeRepository({ files: { '.gitattributes': '* filter=f\n', 'a.txt': 'a\n' } });
    await repository.git('config', 'filter.f.clean', 'false');
    await repository.git('config', 'filter.f.required', 'true');
    await repository.write({ 'a.txt': 'b\n' });
    const outcome = await openGit(repository.path, { stateDir: repository.stateDir, env: repository.env });
    expect(outcome).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining("clean filter 'f' failed") as string,
    });
  });

  it('when the state folder would lie in the checkout', async () => {
    await using repository = await makeRepository();
    const outcome = await openGit(repository.path, {
      stateDir: path.join(repository.path, 'state'),
      env: repository.env,
    });
    expect(outcome).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining('inside of the checkout') as string,
    });
  });

  it.runIf(process.getuid?.() === 0)('when git does not trust its owner, until the user says so', async () => {
    await using repository = await makeRepository();
    for (const owned of [repository.path, path.join(repository.path, '.git')]) await chown(owned, 12_345, 12_345);
    const open = () => openGit(repository.path, { stateDir: repository.stateDir, env: repository.env });
    expect(await open()).toMatchObject({
      kind: 'refused',
      nextStep: expect.stringContaining(`safe.directory '${repository.path}'`) as string,
    });
    await repository.git('config', '--global', '--add', 'safe.directory', repository.path);
    expect(await open()).toMatchObject({ kind: 'opened' });
  });
});

describe('the state folder', () => {
  it('lies below the state home, named for the repository and its real path', async () => {
    await using home = await makeTemporaryFolder();
    const commonDir = '/somewhere/My Project/.git';
    const found = await resolveStateDir({ commonDir, topLevel: null, env: { HOME: home.path } });
    expect(path.dirname(found)).toBe(path.join(home.path, '.local', 'state', 'espalier'));
    expect(path.basename(found)).toMatch(/^my-project-[0-9a-f]{12}$/);
    const other = await resolveStateDir({
      commonDir: '/else/My Project/.git',
      topLevel: null,
      env: { HOME: home.path },
    });
    expect(other).not.toBe(found);
  });

  it.each([
    { name: 'XDG_STATE_HOME is absolute', env: { XDG_STATE_HOME: '/xdg' }, below: '/xdg/espalier' },
    { name: 'there is no home', env: {}, below: '/r/.git' },
    { name: 'the home is missing', env: { HOME: '/nonexistent/home' }, below: '/r/.git' },
    { name: 'both are relative', env: { XDG_STATE_HOME: 'state', HOME: 'home' }, below: '/r/.git' },
  ])('is below $below when $name', async ({ env, below }) => {
    const found = await resolveStateDir({ commonDir: '/r/.git', topLevel: '/r', env });
    expect(path.dirname(found)).toBe(below);
  });
});
