import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { openGitStorage, type GitStorage } from '../support/github/git-storage.ts';
import { ZERO_OID } from '../support/github/state.ts';
import { makeTemporaryFolder } from '../support/git-fixture.ts';

const run = promisify(execFile);
const WHO = { name: 'Somebody', email: 'somebody@example.invalid', at: Date.UTC(2026, 0, 1) };

interface Storage extends AsyncDisposable {
  git: GitStorage;
  gitDir: string;
  commit(files: Record<string, string | null>, ...parents: string[]): Promise<string>;
}

async function openStorage(): Promise<Storage> {
  const folder = await makeTemporaryFolder();
  const git = openGitStorage(folder.path);
  const gitDir = await git.initRepository('1');
  return {
    git,
    gitDir,
    async commit(files, ...parents) {
      const changes = new Map<string, { mode: string; oid: string } | null>();
      for (const [path, text] of Object.entries(files))
        changes.set(
          path,
          text === null ? null : { mode: '100644', oid: await git.writeBlob(gitDir, Buffer.from(text)) },
        );
      const base = parents[0] === undefined ? null : (await git.readCommit(gitDir, parents[0]))!.tree;
      const tree = await git.changeTree(gitDir, base, changes);
      return git.writeCommit(gitDir, { tree, parents, message: 'Change\n', author: WHO, committer: WHO });
    },
    async [Symbol.asyncDispose]() {
      await git[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('objects written here are sound in the eyes of git, whatever the names', async () => {
  await using storage = await openStorage();
  const { git, gitDir } = storage;
  const names = ['a', 'a.b', 'a/b', 'a0', 'ä/ö', 'x y/z', 'deep/er/still'].filter((name) => name !== 'a');
  const head = await storage.commit(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
  await git.writeRefs(gitDir, [{ name: 'refs/heads/main', oid: head }]);
  const { stdout, stderr } = await run('git', ['--git-dir', gitDir, 'fsck', '--strict', '--full']);
  expect(`${stdout}${stderr}`).not.toMatch(/error|warning|missing/);
  const { stdout: files } = await run('git', ['--git-dir', gitDir, 'ls-tree', '-r', '-z', '--name-only', head]);
  expect(files.split('\0').filter(Boolean).sort()).toEqual([...names].sort());
});

test('what was written is read back, and what is not there is null', async () => {
  await using storage = await openStorage();
  const { git, gitDir } = storage;
  const head = await storage.commit({ 'a/b.txt': 'text\n' });
  const commit = await git.readCommit(gitDir, head);
  expect(commit).toMatchObject({ parents: [], message: 'Change\n', author: WHO });
  const file = await git.findPath(gitDir, commit!.tree, 'a/b.txt');
  expect(file).toMatchObject({ mode: '100644', type: 'blob', name: 'b.txt' });
  expect((await git.readBlob(gitDir, file!.oid))?.toString()).toBe('text\n');
  expect(await git.readCommit(gitDir, 'f'.repeat(40))).toBeNull();
  expect(await git.readCommit(gitDir, 'main; rm -rf /')).toBeNull();
  expect(await git.findPath(gitDir, commit!.tree, 'a/c.txt')).toBeNull();
});

test('many reads at once are each answered with their own object', async () => {
  await using storage = await openStorage();
  const { git, gitDir } = storage;
  const texts = Array.from({ length: 200 }, (_, index) => `${index}\n`.repeat(1 + index * 40));
  const oids = await Promise.all(texts.map((text) => git.writeBlob(gitDir, Buffer.from(text))));
  const read = await Promise.all(oids.map((oid) => git.readBlob(gitDir, oid)));
  expect(read.map((bytes) => bytes?.toString())).toEqual(texts);
});

test('a file that goes takes its empty folder with it', async () => {
  await using storage = await openStorage();
  const { git, gitDir } = storage;
  const first = await storage.commit({ 'a/b.txt': 'one\n', 'c.txt': 'two\n' });
  const second = await storage.commit({ 'a/b.txt': null }, first);
  const { tree } = (await git.readCommit(gitDir, second))!;
  expect((await git.readTree(gitDir, tree))?.map(({ name }) => name)).toEqual(['c.txt']);
  expect(await git.listChangedPaths(gitDir, { from: first, to: second })).toEqual([
    { path: 'a/b.txt', status: 'removed' },
  ]);
});

test('merges are real: clean where they touch different files, with paths where they do not', async () => {
  await using storage = await openStorage();
  const { git, gitDir } = storage;
  const base = await storage.commit({ 'a.txt': 'one\n', 'b.txt': 'one\n' });
  const ours = await storage.commit({ 'a.txt': 'two\n' }, base);
  const theirs = await storage.commit({ 'b.txt': 'three\n' }, base);
  const rival = await storage.commit({ 'a.txt': 'four\n' }, base);
  const clean = await git.mergeTrees(gitDir, ours, theirs);
  expect(clean.conflicts).toEqual([]);
  expect(await git.listChangedPaths(gitDir, { from: base, to: clean.tree })).toEqual([
    { path: 'a.txt', status: 'modified' },
    { path: 'b.txt', status: 'modified' },
  ]);
  expect((await git.mergeTrees(gitDir, ours, rival)).conflicts).toEqual(['a.txt']);
  expect(await git.mergeBase(gitDir, ours, theirs)).toBe(base);
  expect(await git.countApart(gitDir, ours, theirs)).toEqual({ aheadBy: 1, behindBy: 1 });
});

test('a diff counts lines, and follows a rename', async () => {
  await using storage = await openStorage();
  const { git, gitDir } = storage;
  const text = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('');
  const from = await storage.commit({ 'old name.txt': text, 'b.txt': 'one\n' });
  const to = await storage.commit(
    { 'old name.txt': null, 'new name.txt': `${text}more\n`, 'b.txt': 'two\n', 'c.bin': '\0\0' },
    from,
  );
  const files = await git.diff(gitDir, from, to);
  expect(files).toMatchObject([
    { path: 'b.txt', status: 'modified', additions: 1, deletions: 1, patch: expect.stringContaining('+two') as string },
    { path: 'c.bin', status: 'added', additions: 0, patch: '' },
    { path: 'new name.txt', previousPath: 'old name.txt', status: 'renamed', additions: 1, deletions: 0 },
  ]);
});

test('refs move together, and the zero oid deletes', async () => {
  await using storage = await openStorage();
  const { git, gitDir } = storage;
  const oid = await storage.commit({ 'a.txt': 'one\n' });
  await git.writeRefs(gitDir, [
    { name: 'refs/heads/main', oid },
    { name: 'refs/espalier/lock', oid },
  ]);
  await git.writeRefs(gitDir, [{ name: 'refs/espalier/lock', oid: ZERO_OID }]);
  expect([...(await git.readRefs(gitDir))]).toEqual([['refs/heads/main', oid]]);
});
