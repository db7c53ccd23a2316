import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import type { CommitSha } from '../../../src/core/brand.ts';
import type { Git } from '../../../src/ports/git.ts';
import { branch, makeRepository, type RepositoryFixture } from '../../support/git-fixture.ts';

async function makeCommits(repository: RepositoryFixture, git: Git, count: number): Promise<CommitSha[]> {
  const tree = await repository.tree();
  const parents = [await repository.sha()];
  const author = { name: 'x', email: 'x' };
  const numbers = Array.from({ length: count }, (_, at) => at);
  return Promise.all(numbers.map((at) => git.writeCommit({ tree, parents, message: `${at}`, author, atMs: 0 })));
}

/** Starts processes that each try one move, lets them go at once, and answers what each printed. */
async function race(repository: RepositoryFixture, moves: readonly { from: string; to: string }[]): Promise<string[]> {
  const program = path.join(import.meta.dirname, '../../support/git-racer.ts');
  const children = moves.map(({ from, to }) => {
    const args = [program, repository.path, repository.stateDir, 'espalier/plan/raced', from, to];
    return spawn(process.execPath, args, { env: repository.env, stdio: ['pipe', 'pipe', 'pipe'] });
  });
  const ends = children.map(collectOutput);
  await Promise.all(
    children.map(async (child, at) => {
      const ready = new Promise((resolve) => child.stdout.once('data', resolve));
      const early = ends[at]?.then((output) => Promise.reject(new Error(`ended before the race: ${output}`)));
      await Promise.race([ready, early]);
    }),
  );
  for (const child of children) child.stdin.write('go\n');
  return Promise.all(ends);
}

async function collectOutput(child: ChildProcessWithoutNullStreams): Promise<string> {
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  await new Promise((resolve) => child.on('close', resolve));
  return output.replace('ready\n', '');
}

describe('moving branches', () => {
  it('makes, moves and deletes them by compare-and-swap', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const [one, two] = (await makeCommits(repository, git, 2)) as [CommitSha, CommitSha];
    const name = branch('espalier/plan/task');
    const move = async (from: CommitSha | null, to: CommitSha | null) =>
      (await git.moveBranches([{ branch: name, from, to }], 'test')).moved;
    expect(await move(null, one)).toBe(true);
    expect(await move(null, two)).toBe(false);
    expect(await move(two, one)).toBe(false);
    expect(await git.readBranch(name)).toBe(one);
    expect(await move(one, two)).toBe(true);
    expect(await repository.git('log', '-g', '-1', '--format=%gs|%gn', name)).toBe('espalier: test|Espalier');
    expect(await move(one, null)).toBe(false);
    expect(await move(two, null)).toBe(true);
    expect(await git.readBranch(name)).toBeNull();
  });

  it.each([
    { name: 'one has moved', make: (two: CommitSha) => ({ from: two, to: two }) },
    { name: 'one that must stay has moved', make: (_two: CommitSha, one: CommitSha) => ({ from: one, to: one }) },
    { name: 'one that must be absent is there', make: () => ({ from: null, to: null }) },
  ])('moves none when $name', async ({ make }) => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const [one, two, three] = (await makeCommits(repository, git, 3)) as [CommitSha, CommitSha, CommitSha];
    await git.moveBranches([{ branch: branch('b'), from: null, to: three }], 'test');
    const outcome = await git.moveBranches(
      [
        { branch: branch('a'), from: null, to: one },
        { branch: branch('b'), ...make(two, one) },
      ],
      'test',
    );
    expect(outcome).toMatchObject({ moved: false, because: expect.stringContaining("branch 'b' is at") as string });
    expect(await git.readBranches([branch('a'), branch('b')])).toEqual(new Map([['b', three]]));
  });

  it('lets exactly one of several processes win', { timeout: 30_000 }, async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const commits = await makeCommits(repository, git, 4);
    const made = await race(repository, commits.map((to) => ({ from: '-', to }))); // prettier-ignore
    expect(made.filter((output) => output.includes('"moved":true'))).toHaveLength(1);
    expect(made.filter((output) => output.includes('"moved":false'))).toHaveLength(3);
    const winner = await git.readBranch(branch('espalier/plan/raced'));
    expect(commits).toContain(winner);
  });

  it('lets exactly one of many moves in one process win, each time', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const commits = await makeCommits(repository, git, 8);
    let from: CommitSha | null = null;
    for (let round = 0; round < 3; round += 1) {
      const tries = commits.map(async (to) => {
        const next = to === from ? (commits.find((other) => other !== from) as CommitSha) : to;
        return (await git.moveBranches([{ branch: branch('raced'), from, to: next }], 'race')).moved;
      });
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
      from = await git.readBranch(branch('raced'));
    }
  });

  it('throws, and names the lock, when another process died while it held it', { timeout: 30_000 }, async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const lock = path.join(repository.path, '.git', 'refs', 'heads', 'held.lock');
    await writeFile(lock, '');
    const move = { branch: branch('held'), from: null, to: await repository.sha() };
    const failure = git.moveBranches([move], 'test');
    await expect(failure).rejects.toThrow('held.lock');
    await expect(failure).rejects.toThrow('remove the lock file');
    await rm(lock);
    expect((await git.moveBranches([move], 'test')).moved).toBe(true);
  });

  it('throws when a branch stands where a folder of branches is needed', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    await repository.git('branch', 'espalier');
    const move = { branch: branch('espalier/plan/task'), from: null, to: await repository.sha() };
    await expect(git.moveBranches([move], 'test')).rejects.toThrow("'refs/heads/espalier' exists");
  });

  it('throws for what is no commit', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const move = { branch: branch('b'), from: null, to: (await repository.tree()) as string as CommitSha };
    await expect(git.moveBranches([move], 'test')).rejects.toThrow('non-commit object');
  });

  it('runs no hook, from the folder or from the configuration', async () => {
    await using repository = await makeRepository();
    const marker = path.join(repository.root, 'marker');
    const hook = path.join(repository.path, '.git', 'hooks', 'reference-transaction');
    await mkdir(path.dirname(hook), { recursive: true });
    await writeFile(hook, `#!/bin/sh\ntouch ${marker}\nexit 1\n`, { mode: 0o755 });
    await repository.git('config', 'hook.mine.command', `touch ${marker}; false`);
    await repository.git('config', 'hook.mine.event', 'reference-transaction');
    const git = await repository.open();
    const move = { branch: branch('b'), from: null, to: await repository.sha() };
    expect((await git.moveBranches([move], 'test')).moved).toBe(true);
    await expect(repository.git('branch', 'c')).rejects.toThrow('aborted by hook');
    await rm(marker);
    await git.moveBranches([{ branch: branch('b'), from: move.to, to: null }], 'test');
    await expect(rm(marker)).rejects.toThrow('ENOENT');
  });

  it('keeps hostile text out of the reflog’s lines', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const move = { branch: branch('b'), from: null, to: await repository.sha() };
    await git.moveBranches([move], `one\ntwo\0three\u001b[31m`);
    expect(await repository.git('log', '-g', '--format=%gs', 'b')).toBe('espalier: one; two?three?[31m');
  });
});

describe('listing branches', () => {
  it('gives those that begin with a prefix, sorted', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    for (const name of ['espalier/p/b', 'espalier/p/a.1', 'espalier/pq/x', 'espalier-ledger/p', 'other'])
      await repository.git('branch', name);
    const names = async (prefix: string) => (await git.listBranches(prefix)).map((found) => found.branch);
    expect(await names('espalier/p/')).toEqual(['espalier/p/a.1', 'espalier/p/b']);
    expect(await names('espalier/p')).toEqual(['espalier/p/a.1', 'espalier/p/b', 'espalier/pq/x']);
    expect(await names('nothing/')).toEqual([]);
    expect(await names('')).toHaveLength(6);
  });

  it('finds packed branches, and no tag or folder of the same name', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    await repository.git('branch', 'a/b');
    await repository.git('tag', 'c');
    await repository.git('pack-refs', '--all');
    expect(await git.readBranch(branch('a/b'))).toBe(await repository.sha());
    expect(await git.readBranch(branch('a'))).toBeNull();
    expect(await git.readBranch(branch('c'))).toBeNull();
  });
});
