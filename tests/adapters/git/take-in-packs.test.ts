import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { splitIntakeStream } from '../../../src/adapters/git/intake-stream.ts';
import type { Git } from '../../../src/ports/git.ts';
import { makeRepository, type RepositoryFixture } from '../../support/git-fixture.ts';
import {
  gitBytes,
  inPieces,
  makeWorktree,
  packedStream,
  rawTree,
  takeInWorktree,
  writeRawObject,
} from '../../support/git-intake.ts';

/** Everything in the object folder, so that a refused pack is seen to leave nothing. */
async function listObjects(git: Git): Promise<string[]> {
  return (await readdir(git.objectsDir, { recursive: true })).sort();
}

describe('a pack is refused whole and leaves nothing behind', () => {
  let repository: RepositoryFixture;
  let scratch: RepositoryFixture;
  let git: Git;
  let blob: string;

  beforeAll(async () => {
    repository = await makeRepository();
    scratch = await makeRepository();
    git = await repository.open();
    blob = await writeRawObject(scratch, 'blob', Buffer.from('hello\n'));
  });
  afterAll(async () => {
    await repository[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  /** Why a stream is not taken in; throws if it is, or if it leaves anything behind. */
  async function refusalOf(stream: AsyncIterable<Uint8Array>, maxBytes = 1_000_000): Promise<string> {
    const before = await listObjects(git);
    const outcome = await git.takeIn({ stdout: stream, maxBytes });
    if (outcome.kind === 'taken') throw new Error('it was taken in');
    expect(await listObjects(git)).toEqual(before);
    return outcome.because;
  }

  it.each([
    { name: 'an entry `.git`', entries: [['100644', '.git']] },
    { name: 'an entry `.GIT`', entries: [['100644', '.GIT']] },
    { name: 'an entry `git~1`', entries: [['40000', 'git~1']] },
    { name: 'an entry `.git` with an invisible character', entries: [['100644', '.g\u200cit']] },
    { name: 'an entry `..`', entries: [['40000', '..']] },
    { name: 'an entry `.`', entries: [['40000', '.']] },
    { name: 'an empty name', entries: [['100644', '']] },
    { name: 'a slash in a name', entries: [['100644', '../../etc/x']] },
    { name: 'the same name twice', entries: [['100644', 'a'], ['100644', 'a']] }, // prettier-ignore
    { name: 'a file and a folder of one name', entries: [['100644', 'a'], ['40000', 'a']] }, // prettier-ignore
    { name: 'entries out of order', entries: [['100644', 'b'], ['100644', 'a']] }, // prettier-ignore
    { name: 'a mode that git does not make', entries: [['100664', 'a']] },
    { name: 'a mode with a zero in front', entries: [['0100644', 'a']] },
  ])('with $name', async ({ entries }) => {
    const empty = await writeRawObject(scratch, 'tree', Buffer.alloc(0));
    const tree = await writeRawObject(
      scratch,
      'tree',
      rawTree(entries.map(([mode = '', name = '']) => ({ mode, name, id: mode === '40000' ? empty : blob }))),
    );
    expect(await refusalOf(inPieces(await packedStream(scratch, tree, [tree, blob, empty])))).toMatch(/not sound/);
  });

  it('with a .gitmodules that would run a command', async () => {
    const modules = await writeRawObject(
      scratch,
      'blob',
      Buffer.from('[submodule "x"]\n\tpath = x\n\turl = --upload-pack=touch\n'),
    );
    const tree = await writeRawObject(scratch, 'tree', rawTree([{ mode: '100644', name: '.gitmodules', id: modules }]));
    expect(await refusalOf(inPieces(await packedStream(scratch, tree, [tree, modules])))).toMatch(/not sound/);
  });

  it('with an object missing', async () => {
    const gone = 'd'.repeat(40);
    const tree = await writeRawObject(scratch, 'tree', rawTree([{ mode: '100644', name: 'a', id: gone }]));
    expect(await refusalOf(inPieces(await packedStream(scratch, tree, [tree])))).toMatch(/not sound|not whole/);
  });

  it('with a tree that is not in it', async () => {
    expect(await refusalOf(inPieces(await packedStream(scratch, 'e'.repeat(40), [blob])))).toMatch(/not whole/);
  });

  it('with a blob for a tree', async () => {
    expect(await refusalOf(inPieces(await packedStream(scratch, blob, [blob])))).toMatch(/not whole/);
  });

  it('with a blob where a folder should be', async () => {
    const tree = await writeRawObject(scratch, 'tree', rawTree([{ mode: '40000', name: 'a', id: blob }]));
    expect(await refusalOf(inPieces(await packedStream(scratch, tree, [tree, blob])))).toMatch(/not sound|not whole/);
  });

  it('with objects that its tree does not reach', async () => {
    const tree = await writeRawObject(scratch, 'tree', rawTree([{ mode: '100644', name: 'a', id: blob }]));
    const ids = [
      tree,
      blob,
      await scratch.sha(),
      await scratch.tree(),
      await scratch.git('rev-parse', 'HEAD:README.md'),
    ];
    expect(await refusalOf(inPieces(await packedStream(scratch, tree, ids)))).toMatch(/no part of its tree/);
  });

  it('with a corrupt object', async () => {
    const tree = await writeRawObject(scratch, 'tree', rawTree([{ mode: '100644', name: 'a', id: blob }]));
    const stream = await packedStream(scratch, tree, [tree, blob]);
    stream[41 + 20] = (stream[41 + 20] ?? 0) ^ 0xff;
    expect(await refusalOf(inPieces(stream))).toMatch(/not sound/);
  });

  it.each([0, 10, 40, 41, 45, 60, -20, -1])(
    'that ends after %d bytes, and says that it was cut short',
    async (length) => {
      const tree = await writeRawObject(scratch, 'tree', rawTree([{ mode: '100644', name: 'a', id: blob }]));
      const stream = (await packedStream(scratch, tree, [tree, blob])).subarray(0, length === 0 ? 0 : length);
      const outcome = await git.takeIn({ stdout: inPieces(stream), maxBytes: 1_000_000 });
      expect(outcome.kind).toBe('cut-short');
    },
  );

  it('of more than the bytes allowed, reading hardly more than those', async () => {
    let read = 0;
    async function* endless(): AsyncIterable<Uint8Array> {
      yield Buffer.from(`${'a'.repeat(40)}\nPACK\0\0\0\u0002\0\0\0\u0001`);
      for (;;) {
        read += 65_536;
        yield randomBytes(65_536);
      }
    }
    expect(await refusalOf(endless(), 300_000)).toMatch(/more than 300000 bytes|not sound/);
    expect(read).toBeLessThan(3_000_000);
  });

  it('that is large and sound, when less is allowed', async () => {
    const big = await writeRawObject(scratch, 'blob', randomBytes(400_000));
    const tree = await writeRawObject(scratch, 'tree', rawTree([{ mode: '100644', name: 'big', id: big }]));
    expect(await refusalOf(inPieces(await packedStream(scratch, tree, [tree, big])), 300_000)).toMatch(
      /more than 300000 bytes/,
    );
  });

  it.each([
    { name: 'text', bytes: Buffer.from('Not a tree at all\n'.repeat(10)) },
    { name: 'an option', bytes: Buffer.from(`--exec=touch\n`) },
    { name: 'no newline', bytes: Buffer.alloc(200, 'a') },
    { name: 'a short name', bytes: Buffer.from('abc123\nPACK') },
  ])('whose first line is $name', async ({ bytes }) => {
    expect(await refusalOf(inPieces(bytes, 7))).toMatch(/name of a tree/);
  });

  it('whose tree is named by another kind of hash', async () => {
    expect(await refusalOf(inPieces(Buffer.from(`${'a'.repeat(64)}\n`)))).toMatch(/another kind of hash/);
  });

  it('whose tree holds itself so often that no disk could hold it', async () => {
    let tree = await writeRawObject(scratch, 'tree', rawTree([{ mode: '100644', name: 'f', id: blob }]));
    const ids = [blob, tree];
    for (let level = 0; level < 10; level += 1) {
      const names = Array.from({ length: 10 }, (_, at) => ({ mode: '40000', name: `d${at}`, id: tree }));
      tree = await writeRawObject(scratch, 'tree', rawTree(names));
      ids.push(tree);
    }
    expect(await refusalOf(inPieces(await packedStream(scratch, tree, ids)))).toMatch(/more than 2000000 paths/);
  });

  it('whose paths are longer than any system allows', async () => {
    let tree = await writeRawObject(scratch, 'tree', rawTree([{ mode: '100644', name: 'f', id: blob }]));
    const ids = [blob, tree];
    const name = 'x'.repeat(250);
    for (let level = 0; level < 20; level += 1) {
      tree = await writeRawObject(scratch, 'tree', rawTree([{ mode: '40000', name, id: tree }]));
      ids.push(tree);
    }
    expect(await refusalOf(inPieces(await packedStream(scratch, tree, ids)))).toMatch(/over 4095 bytes/);
  });
});

describe('a pack is taken in', () => {
  it('with a gitlink and links, which are the gate’s to judge', async () => {
    await using repository = await makeRepository();
    const target = await writeRawObject(repository, 'blob', Buffer.from('/etc/passwd'));
    const tree = await writeRawObject(
      repository,
      'tree',
      rawTree([
        { mode: '120000', name: 'link', id: target },
        { mode: '160000', name: 'module', id: '4'.repeat(40) },
      ]),
    );
    await using other = await makeRepository();
    const elsewhere = await other.open();
    const outcome = await elsewhere.takeIn({
      stdout: inPieces(await packedStream(repository, tree, [tree, target])),
      maxBytes: 100_000,
    });
    expect(outcome).toEqual({ kind: 'taken', tree });
    expect(await other.git('ls-tree', tree)).toContain('160000 commit');
    expect((await listObjects(elsewhere)).filter((name) => name.includes('tmp_objdir'))).toEqual([]);
  });

  it('twice without harm, and is visible to reads that were open before', async () => {
    await using repository = await makeRepository();
    await using other = await makeRepository({ files: { 'x.txt': 'only here\n' } });
    const git = await repository.open();
    await git.treeOf(await repository.sha());
    const tree = await other.tree();
    const ids = (await other.git('rev-list', '--objects', '--no-object-names', tree)).split('\n');
    const stream = await packedStream(other, tree, ids);
    for (let time = 0; time < 2; time += 1)
      expect(await git.takeIn({ stdout: inPieces(stream), maxBytes: 100_000 })).toEqual({ kind: 'taken', tree });
    expect(await git.readFile(tree, 'x.txt', 100)).toBe('only here\n');
  });

  it('from pieces of any size, its first line cut anywhere', async () => {
    const bytes = Buffer.concat([Buffer.from(`${'a'.repeat(40)}\n`), Buffer.from('PACK\nrest')]);
    for (let size = 1; size <= bytes.length; size += 1) {
      const split = await splitIntakeStream(inPieces(bytes, size));
      if (split.kind !== 'split') throw new Error(split.kind);
      const rest: Uint8Array[] = [];
      for await (const piece of split.pack) rest.push(piece);
      expect([split.tree, Buffer.concat(rest).toString()]).toEqual(['a'.repeat(40), 'PACK\nrest']);
    }
  });

  it('that makes an honest change to the same file many times (deltas)', async () => {
    await using repository = await makeRepository({ files: { 'big.txt': 'line\n'.repeat(20_000) } });
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    for (let at = 0; at < 5; at += 1)
      await writeFile(path.join(worktree.path, `big${at}.txt`), `${at}\n${'line\n'.repeat(20_000)}`);
    const { outcome } = await takeInWorktree(repository, git, worktree);
    expect(outcome.kind === 'taken' && (await git.listPaths(outcome.tree)).length).toBe(6);
    expect((await gitBytes(repository, ['fsck', '--strict'], Buffer.alloc(0))).toString()).not.toContain('error');
  });
});
