import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodePath, encodePath } from '../../../src/adapters/git/path-bytes.ts';
import type { CommitSha, TreeSha } from '../../../src/core/brand.ts';
import { makeRepository, makeShallowClone } from '../../support/git-fixture.ts';

const AUTHOR = { name: 'Espalier', email: 'espalier@localhost' };
const AT_MS = 1_700_000_000_999;

describe.each(['sha1', 'sha256'] as const)('objects written by Espalier under %s', (objectFormat) => {
  it('are the ones that git itself would write', async () => {
    await using repository = await makeRepository({ objectFormat });
    const git = await repository.open();
    const files = { 'b/c.txt': 'c\n', 'b.txt': 'b\n', b0: '0', 'a/é.txt': 'ü\n', 'x.txt': '' };
    const tree = await git.writeTree(files);
    await repository.write({ 'README.md': null, ...files });
    await repository.git('add', '--all');
    expect(tree).toBe(await repository.git('write-tree'));
    const head = await repository.sha();
    const commit = await git.writeCommit({ tree, parents: [head], message: 'Say', author: AUTHOR, atMs: AT_MS });
    expect(await repository.git('cat-file', '-p', commit)).toBe(
      [
        `tree ${tree}`,
        `parent ${head}`,
        'author Espalier <espalier@localhost> 1700000000 +0000',
        'committer Espalier <espalier@localhost> 1700000000 +0000',
        '',
        'Say',
      ].join('\n'),
    );
    await repository.git('update-ref', 'refs/heads/written', commit);
    expect(await repository.git('fsck', '--strict', '--full')).toBe('');
  });
});

describe('commits', () => {
  it('have one name for the same inputs, and keep hostile names and messages harmless', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const tree = await repository.tree();
    const commit = {
      tree,
      parents: [],
      message: 'One\0two\n\n\n',
      author: { name: 'A <b>\nparent 0000', email: 'x>\ny' },
      atMs: AT_MS,
    };
    const first = await git.writeCommit(commit);
    expect(await git.writeCommit(commit)).toBe(first);
    expect(await repository.git('log', '-1', '--format=%an|%ae|%P|%B', first)).toBe('A bparent 0000|xy||Onetwo\n');
  });

  it('are not made of what is missing or of another kind', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const base = { parents: [], message: 'x', author: AUTHOR, atMs: 0 };
    const missing = '1'.repeat(40);
    await expect(git.writeCommit({ ...base, tree: missing as TreeSha })).rejects.toThrow(missing);
    await expect(git.writeCommit({ ...base, tree: (await repository.sha()) as string as TreeSha })).rejects.toThrow(
      'another kind',
    );
    await expect(
      git.writeCommit({ ...base, tree: await repository.tree(), parents: ['--help' as CommitSha] }),
    ).rejects.toThrow('missing');
  });
});

describe('the history of a commit', () => {
  it('has the parents that it names, in order, and none that its message speaks of', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const base = await repository.sha();
    const tree = await repository.tree();
    const write = (parents: CommitSha[], message: string) =>
      git.writeCommit({ tree, parents, message, author: AUTHOR, atMs: AT_MS });
    const side = await write([base], `side\n\nparent ${base}`);
    const merge = await write([side, base], `parent ${side}\nparent ${side}`);
    expect(await git.parentsOf(merge)).toEqual([side, base]);
    expect(await git.parentsOf(side)).toEqual([base]);
    expect(await git.parentsOf(base)).toEqual([]);
    await expect(git.parentsOf(tree as string as CommitSha)).rejects.toThrow('is missing');
  });

  it('has parents also where a shallow clone has cut them off', async () => {
    await using source = await makeRepository();
    const parent = await source.sha();
    await source.commit({ 'a.txt': 'one\n' });
    await using clone = await makeShallowClone(source, 1);
    const git = await clone.open();
    expect(await git.parentsOf(await clone.sha())).toEqual([parent]);
  });

  it('meets another in the last commit that both have, or in none', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const base = await repository.sha();
    const common = await repository.commit({ 'a.txt': 'one\n' });
    const ours = await repository.commit({ 'a.txt': 'two\n' });
    await repository.git('checkout', '--quiet', '-b', 'side', common);
    const theirs = await repository.commit({ 'b.txt': 'two\n' });
    expect(await git.mergeBase(ours, theirs)).toBe(common);
    expect(await git.mergeBase(base, theirs)).toBe(base);
    const stranger = await git.writeCommit({
      tree: await repository.tree(),
      parents: [],
      message: 'Stranger',
      author: AUTHOR,
      atMs: AT_MS,
    });
    expect(await git.mergeBase(ours, stranger)).toBeNull();
    await expect(git.mergeBase(ours, '1'.repeat(40) as CommitSha)).rejects.toThrow('in common');
  });
});

describe('trees', () => {
  it.each(['../x', 'a/../x', '/x', 'a//x', '.git/config', 'a/.GIT/x', '', './x', 'a/'])(
    'are not made with the path %j',
    async (name) => {
      await using repository = await makeRepository();
      const git = await repository.open();
      await expect(git.writeTree({ [name]: 'x' })).rejects.toThrow('cannot be a path');
    },
  );

  it('are not made with a path that is file and folder', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    await expect(git.writeTree({ a: 'x', 'a/b': 'y' })).rejects.toThrow('a file and a folder');
  });

  it('give their files back as text', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const files = { 'one.json': '{}', 'deep/er/two.txt': 'zwei\n', __proto__x: 'p' };
    const tree = await git.writeTree(files);
    expect(await git.readFiles(tree, 1000)).toEqual(files);
    await expect(git.readFiles(tree, 3)).rejects.toThrow('more than 3 bytes');
    expect(await git.readFile(tree, 'deep/er/two.txt', 5)).toBe('zwei\n');
    expect(await git.readFile(tree, 'deep/er/two.txt', 4)).toBeNull();
    expect(await git.readFile(tree, 'deep/er', 100)).toBeNull();
    expect(await git.readFile(tree, 'one.json/x', 100)).toBeNull();
    expect(await git.readFile(tree, 'absent', 100)).toBeNull();
  });

  it('take paths back from another tree, whatever they were there', async () => {
    await using repository = await makeRepository({
      files: { 'keep.txt': 'k\n', 'tests/a.txt': 'old\n', 'tests/gone.txt': 'g\n', swap: 'file\n' },
    });
    const from = await repository.tree();
    await repository.commit({
      'tests/a.txt': 'weakened\n',
      'tests/gone.txt': null,
      'tests/new/b.txt': 'new\n',
      swap: null,
      'src/x.txt': 'x\n',
    });
    await repository.commit({ 'swap/now-a-folder.txt': 'f\n' });
    const git = await repository.open();
    const restored = await git.restorePaths(await repository.tree(), from, [
      'tests/a.txt',
      'tests/gone.txt',
      'tests/new/b.txt',
      'swap',
      'never/there.txt',
    ]);
    expect(await git.readFiles(restored, 1000)).toEqual({
      'keep.txt': 'k\n',
      'src/x.txt': 'x\n',
      swap: 'file\n',
      'tests/a.txt': 'old\n',
      'tests/gone.txt': 'g\n',
    });
    expect(await git.restorePaths(from, from, ['tests/a.txt'])).toBe(from);
  });

  it('stay readable while many reads are under way at once', async () => {
    await using repository = await makeRepository({ files: { 'big.txt': 'x'.repeat(3_000_000), 'small.txt': 's' } });
    const git = await repository.open();
    const tree = await repository.tree();
    const reads = Array.from({ length: 60 }, (_, at) =>
      git.readFile(tree, at % 3 === 0 ? 'big.txt' : at % 3 === 1 ? 'small.txt' : 'absent', 4_000_000),
    );
    const lengths = (await Promise.all(reads)).map((text) => text?.length ?? null);
    expect(lengths).toEqual(lengths.map((_, at) => [3_000_000, 1, null][at % 3]));
  });
});

/** Numbers of this process's children, by proc(5). */
const CHILDREN = `/proc/self/task/${process.pid}/children`;

async function findReaders(stateDir: string): Promise<number[]> {
  const readers: number[] = [];
  for (const pid of (await readFile(CHILDREN, 'utf8')).trim().split(' ')) {
    const started = await Promise.all(
      ['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
    );
    if (started[0]?.includes('--batch-command') && started[1]?.includes(stateDir)) readers.push(Number(pid));
  }
  return readers;
}

describe('the reading process', () => {
  it('keeps no program from ending that forgot to close it', async () => {
    await using repository = await makeRepository();
    const program = path.join(import.meta.dirname, '../../support/git-reader.ts');
    const args = [program, repository.path, repository.stateDir, await repository.sha()];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: repository.env, timeout: 20_000 });
    expect(stdout).toBe(await repository.tree());
  });

  it('is started again after it was closed', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    for (let time = 0; time < 3; time += 1) {
      expect(await git.treeOf(await repository.sha())).toBe(await repository.tree());
      await git[Symbol.asyncDispose]();
    }
  });

  it.runIf(existsSync(CHILDREN))('fails what was asked, and not what is asked later, when it is killed', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    await git.treeOf(await repository.sha());
    const [reader, ...others] = await findReaders(repository.stateDir);
    expect(others).toEqual([]);
    process.kill(reader ?? 0, 'SIGKILL');
    const head = await repository.sha();
    const answers = await Promise.allSettled([1, 2, 3].map(() => git.treeOf(head)));
    const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [String(answer.reason)] : []));
    expect(failures.filter((text) => !text.includes('reading object'))).toEqual([]);
    expect(await git.treeOf(head)).toBe(await repository.tree());
  });
});

describe('differences', () => {
  it('name every path with modes, sizes and kinds, and no renames', async () => {
    await using repository = await makeRepository({ files: { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' } });
    const from = await repository.tree();
    await repository.write({ 'a.txt': 'aa\n', 'b.txt': null, 'moved/b.txt': 'b\n', 'c.txt': null });
    await repository.git('add', '--all');
    await repository.git('update-index', '--chmod=+x', 'moved/b.txt');
    await repository.git('update-index', '--add', '--cacheinfo', `160000,${'3'.repeat(40)},module`);
    await repository.git(
      'update-index',
      '--add',
      '--cacheinfo',
      `120000,${await repository.git('hash-object', '-w', 'a.txt')},c.txt`,
    );
    const to = (await repository.git('write-tree')) as TreeSha;
    const git = await repository.open();
    const changes = await git.diffTrees(from, to);
    expect(
      changes.map((change) => [change.path, change.status, change.oldMode, change.newMode, change.newSize]),
    ).toEqual([
      ['a.txt', 'modified', '100644', '100644', 3],
      ['b.txt', 'deleted', '100644', '000000', 0],
      ['c.txt', 'type-changed', '100644', '120000', 3],
      ['module', 'added', '000000', '160000', 0],
      ['moved/b.txt', 'added', '000000', '100755', 2],
    ]);
    expect(await git.countLines(from, to)).toEqual({ insertions: 4, deletions: 3 });
  });

  it('are cut as text where they get too long, and say so', async () => {
    await using repository = await makeRepository({ files: { 'a.txt': '' } });
    const from = await repository.tree();
    await repository.commit({ 'a.txt': 'line\n'.repeat(100_000) });
    const git = await repository.open();
    const cut = await git.diffText(from, await repository.tree(), 10_000);
    expect(cut.length).toBeLessThan(10_100);
    expect(cut).toMatch(/\+line\n\[diff cut here: it has more than 10000 bytes\]\n$/);
    expect(await git.diffText(from, from, 100)).toBe('');
  });

  it('show a text file in full even if the change calls it binary in .gitattributes', async () => {
    await using repository = await makeRepository({ files: { 'a.txt': 'a\n' } });
    const from = await repository.tree();
    await repository.commit({ 'a.txt': 'evil\n', '.gitattributes': '*.txt -diff\n' });
    const git = await repository.open();
    expect(await git.diffText(from, await repository.tree(), 10_000)).toContain('+evil');
  });
});

describe('merging', () => {
  it('gives a tree when both sides agree', async () => {
    await using repository = await makeRepository({ files: { 'a.txt': 'a\n' } });
    await repository.git('checkout', '--quiet', '-b', 'side');
    const theirs = await repository.commit({ 'b.txt': 'b\n' });
    await repository.git('checkout', '--quiet', 'main');
    const ours = await repository.commit({ 'c.txt': 'c\n' });
    const git = await repository.open();
    const merged = await git.mergeCommits(ours, theirs);
    expect(merged.kind).toBe('clean');
    expect(await git.listPaths(merged.tree)).toEqual(['a.txt', 'b.txt', 'c.txt']);
  });

  it('names each conflict with its reason, and keeps the markers in the tree', async () => {
    await using repository = await makeRepository({ files: { 'a.txt': 'a\n', 'gone.txt': 'g\n', 'odd\nname': 'o\n' } });
    await repository.git('checkout', '--quiet', '-b', 'side');
    const theirs = await repository.commit({ 'a.txt': 'theirs\n', 'gone.txt': 'changed\n', 'odd\nname': 't\n' });
    await repository.git('checkout', '--quiet', 'main');
    const ours = await repository.commit({ 'a.txt': 'ours\n', 'gone.txt': null, 'odd\nname': 'u\n' });
    const git = await repository.open();
    const merged = await git.mergeCommits(ours, theirs);
    if (merged.kind !== 'conflict') throw new Error('expected a conflict');
    expect(merged.conflicts.map((conflict) => conflict.path).sort()).toEqual(['a.txt', 'gone.txt', 'odd\nname']);
    expect(merged.conflicts.find((conflict) => conflict.path === 'gone.txt')?.because).toContain('modify/delete');
    expect(await git.readFile(merged.tree, 'a.txt', 1000)).toMatch(/<<<<<<< .*ours.*=======.*theirs.*>>>>>>> /s);
  });

  it('refuses histories that have nothing in common, and says so', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const alone = await git.writeCommit({
      tree: await repository.tree(),
      parents: [],
      message: 'Alone',
      author: AUTHOR,
      atMs: 0,
    });
    await expect(git.mergeCommits(await repository.sha(), alone)).rejects.toThrow('unrelated histories');
  });
});

describe('paths as text', () => {
  it('have one name each and back, whatever their bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        expect(encodePath(decodePath(bytes)).equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });

  it('are plain text where the bytes are UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodePath(Buffer.from(text, 'utf8'))).toBe(text);
      }),
    );
  });

  it('that are not UTF-8 are found again in a tree', async () => {
    await using repository = await makeRepository();
    const raw = Buffer.concat([Buffer.from(`${repository.path}/sub/`), Buffer.from([0x66, 0xff, 0xfe, 0x2e, 0x74])]);
    await mkdir(path.join(repository.path, 'sub'));
    await writeFile(raw, 'odd\n');
    const from = await repository.tree();
    await repository.commit({});
    const git = await repository.open();
    const [change] = await git.diffTrees(from, await repository.tree());
    expect(change?.path).toBe('sub/f\udcff\udcfe.t');
    expect(await git.readFile(await repository.tree(), change?.path ?? '', 100)).toBe('odd\n');
    expect(await git.restorePaths(await repository.tree(), from, [change?.path ?? ''])).toBe(from);
  });
});
