import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { splitIntakeStream } from '../../../src/adapters/git/intake-stream.ts';
import type { TreeSha } from '../../../src/core/brand.ts';
import type { Git } from '../../../src/ports/git.ts';
import { makeRepository, type RepositoryFixture } from '../../support/git-fixture.ts';
import {
  type FixtureWorktree,
  gitBytes,
  inPieces,
  makeWorktree,
  packedStream,
  rawTree,
  takeInWorktree,
  writeRawObject,
} from '../../support/git-intake.ts';

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

/** Everything in the object folder, so that a refused pack is seen to leave nothing. */
async function listObjects(git: Git): Promise<string[]> {
  return (await readdir(git.objectsDir, { recursive: true })).sort();
}

async function expectTaken(
  repository: RepositoryFixture,
  git: Git,
  worktree: FixtureWorktree,
  options: Parameters<typeof takeInWorktree>[3] = {},
): Promise<TreeSha> {
  const result = await takeInWorktree(repository, git, worktree, options);
  expect(result).toMatchObject({ exitCode: 0, outcome: { kind: 'taken' } });
  return (result.outcome as { tree: TreeSha }).tree;
}

describe.each(['sha1', 'sha256'] as const)('what an agent wrote, under %s,', (objectFormat) => {
  it('is taken in as it is: added, changed, removed, executable, link and odd names', async () => {
    await using repository = await makeRepository({ objectFormat, files: { 'a.txt': 'a\n', 'b.txt': 'b\n' } });
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    const at = (name: string) => path.join(worktree.path, name);
    await writeFile(at('a.txt'), 'changed\n');
    execFileSync('rm', [at('b.txt')]);
    await writeFile(at('run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    await symlink('/etc/passwd', at('link'));
    for (const name of ['-rf', 'new\nline', 'quo"te', "apo'strophe", ' space ', '$(touch x)', '*', ':(top)x'])
      await writeFile(at(name), 'odd\n');
    await writeFile(Buffer.concat([Buffer.from(`${worktree.path}/`), Buffer.from([0xff, 0x31])]), 'bytes\n');
    const tree = await expectTaken(repository, git, worktree);
    const changes = await git.diffTrees(worktree.tree, tree);
    expect(Object.fromEntries(changes.map((change) => [change.path, `${change.status} ${change.newMode}`]))).toEqual({
      'a.txt': 'modified 100644',
      'b.txt': 'deleted 000000',
      'run.sh': 'added 100755',
      link: 'added 120000',
      '-rf': 'added 100644',
      'new\nline': 'added 100644',
      'quo"te': 'added 100644',
      "apo'strophe": 'added 100644',
      ' space ': 'added 100644',
      '$(touch x)': 'added 100644',
      '*': 'added 100644',
      ':(top)x': 'added 100644',
      '\udcff1': 'added 100644',
    });
    expect(await repository.git('fsck', '--strict', '--full')).not.toMatch(/error|missing|corrupt/);
  });
});

describe('what an agent wrote', () => {
  it('may be nothing, which gives the same tree and no pack', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    const before = await listObjects(git);
    expect(await expectTaken(repository, git, worktree)).toBe(worktree.tree);
    expect(await listObjects(git)).toEqual(before);
  });

  it('is seen without what .gitignore, the local exclude file or the caller leave out', async () => {
    await using repository = await makeRepository({ files: { '.gitignore': 'out/\n' } });
    await writeFile(path.join(repository.path, '.git', 'info', 'exclude'), '*.local\n');
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    await mkdir(path.join(worktree.path, 'out'));
    await mkdir(path.join(worktree.path, 'deep'));
    for (const name of ['out/x', 'a.local', '.ports.env', 'deep/.ports.env', 'b[1].txt', 'b1.txt'])
      await writeFile(path.join(worktree.path, name), 'x\n');
    const tree = await expectTaken(repository, git, worktree, { exclude: ['.ports.env', 'b[1].txt'] });
    expect(await git.listPaths(tree)).toEqual(['.gitignore', 'b1.txt', 'deep/.ports.env']);
  });

  it('is taken in when it deleted everything', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    execFileSync('rm', ['-rf', path.join(worktree.path, 'README.md')]);
    expect(await git.listPaths(await expectTaken(repository, git, worktree))).toEqual([]);
  });

  it('shows a nested repository with commits as a gitlink, for the gate to judge', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    const nested = path.join(worktree.path, 'nested');
    await repository.git('init', '--quiet', nested);
    await repository.git('-C', nested, 'commit', '--quiet', '--allow-empty', '-m', 'x');
    const tree = await expectTaken(repository, git, worktree);
    expect(await git.diffTrees(worktree.tree, tree)).toMatchObject([{ path: 'nested', newMode: '160000' }]);
  });

  it.each([
    {
      name: 'a nested repository without commits',
      make: async (at: string) => void execFileSync('git', ['init', '--quiet', path.join(at, 'nested')]),
      says: 'nested',
    },
    {
      name: 'a fifo in the place of a file',
      make: async (at: string) => {
        execFileSync('rm', [path.join(at, 'README.md')]);
        execFileSync('mkfifo', [path.join(at, 'README.md')]);
      },
      says: 'README.md',
    },
  ])('is not taken in with $name, and the path is named', async ({ make, says }) => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    await make(worktree.path);
    const result = await takeInWorktree(repository, git, worktree);
    expect(result).toMatchObject({ exitCode: 3, outcome: { kind: 'cut-short' } });
    expect(git.explainIntakeExit(result.exitCode, result.stderr)).toContain(says);
  });

  it.each(['file', 'folder'])('is not taken in with an unreadable %s', async (kind) => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    const closed = path.join(worktree.path, 'closed');
    await (kind === 'file' ? writeFile(closed, 'x') : mkdir(closed));
    await chmod(closed, 0);
    // As in a sandbox, root has no right to read what nobody may.
    const asInSandbox = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'];
    const through = process.getuid?.() === 0 ? asInSandbox : [];
    const result = await takeInWorktree(repository, git, worktree, { through });
    expect(result).toMatchObject({ exitCode: 3, outcome: { kind: 'cut-short' } });
    expect(git.explainIntakeExit(result.exitCode, result.stderr)).toContain('closed');
  });

  it('is taken in beside sockets and fifos, which no tree can hold', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    execFileSync('mkfifo', [path.join(worktree.path, 'pipe')]);
    await writeFile(path.join(worktree.path, 'a.txt'), 'a\n');
    expect(await git.listPaths(await expectTaken(repository, git, worktree))).toEqual(['README.md', 'a.txt']);
  });

  it('says that the disk is full when it is', async () => {
    await using repository = await makeRepository();
    const git = await repository.open();
    expect(git.explainIntakeExit(5, 'error: file write error: No space left on device')).toContain('disk is full');
    expect(git.explainIntakeExit(4, 'fatal: \u001b[31mbad\u0007')).not.toMatch(/[\u0000-\u001f]/);
    expect(git.explainIntakeExit(0, '')).toBeNull();
  });
});

describe('nothing that an agent wrote is run', () => {
  const payloads: Record<string, (options: { worktree: string; marker: string }) => Promise<void>> = {
    'a nested repository with fsmonitor, hooks and filters': async ({ worktree, marker }) => {
      const nested = path.join(worktree, 'nested');
      execFileSync('git', ['init', '--quiet', nested]);
      await writeFile(path.join(nested, '.gitattributes'), '* filter=evil diff=evil merge=evil\n');
      await writeFile(path.join(nested, 'x.txt'), 'x\n');
      execFileSync('git', ['-C', nested, 'add', '.']);
      execFileSync('git', ['-C', nested, '-c', 'user.name=x', '-c', 'user.email=x', 'commit', '-qm', 'x']);
      for (const key of ['core.fsmonitor', 'filter.evil.clean', 'filter.evil.smudge', 'diff.evil.textconv'])
        execFileSync('git', ['-C', nested, 'config', key, `touch ${marker}; cat`]);
      const hooks = path.join(nested, '.git', 'hooks');
      await mkdir(hooks, { recursive: true });
      for (const hook of ['post-index-change', 'pre-commit', 'post-checkout', 'reference-transaction'])
        await writeFile(path.join(hooks, hook), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
      await writeFile(path.join(nested, 'x.txt'), 'changed\n');
    },
    'a .git file that points to a repository with fsmonitor': async ({ worktree, marker }) => {
      const evil = path.join(worktree, 'evil');
      execFileSync('git', ['init', '--quiet', '--bare', evil]);
      execFileSync('git', ['-C', evil, 'config', 'core.fsmonitor', `touch ${marker}`]);
      execFileSync('git', ['-C', evil, 'config', 'core.bare', 'false']);
      await writeFile(path.join(worktree, '.git'), `gitdir: ${evil}\n`);
    },
    'a .git folder in place of the file, with hooks and alternates': async ({ worktree, marker }) => {
      execFileSync('rm', [path.join(worktree, '.git')]);
      execFileSync('git', ['init', '--quiet', worktree]);
      execFileSync('git', ['-C', worktree, 'config', 'core.fsmonitor', `touch ${marker}`]);
      await writeFile(path.join(worktree, '.git', 'objects', 'info', 'alternates'), '/nonexistent/objects\n');
      await writeFile(path.join(worktree, 'added.txt'), 'x\n');
      await writeFile(path.join(worktree, '.git', 'hooks', 'post-checkout'), `#!/bin/sh\ntouch ${marker}\n`, {
        mode: 0o755,
      });
    },
    'attributes that name a filter, diff and merge driver of the user': async ({ worktree }) => {
      await writeFile(path.join(worktree, '.gitattributes'), '* filter=user diff=user merge=user text\n');
      await writeFile(path.join(worktree, 'README.md'), 'changed by the agent\n');
    },
  };

  it.each(Object.keys(payloads))('with %s', async (name) => {
    await using repository = await makeRepository();
    const marker = path.join(repository.root, 'marker');
    for (const key of ['filter.user.clean', 'filter.user.smudge', 'diff.user.textconv', 'diff.user.command'])
      await repository.git('config', '--global', key, `sh -c 'touch ${marker}; cat'`);
    await repository.git('config', 'merge.user.driver', `touch ${marker}`);
    await repository.git('config', 'filter.user.required', 'true');
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    await payloads[name]?.({ worktree: worktree.path, marker });
    await git.validateWorktree(worktree.path);
    const result = await takeInWorktree(repository, git, worktree);
    expect(result.outcome.kind).toBe('taken');
    if (result.outcome.kind !== 'taken') return;
    const { tree } = result.outcome;
    expect((await git.diffTrees(worktree.tree, tree)).length).toBeGreaterThan(0);
    await git.diffText(worktree.tree, tree, 100_000);
    await git.countLines(worktree.tree, tree);
    const author = { name: 'x', email: 'x' };
    const theirs = await git.writeCommit({ tree, parents: [worktree.commit], message: 'x', author, atMs: 0 });
    const ours = await repository.commit({ 'README.md': 'changed by the user\n' });
    await git.mergeCommits(ours, theirs);
    const verify = path.join(repository.stateDir, 'trees', 'plan', 'verify');
    await git.createWorktree({ path: verify, commit: theirs, tree });
    expect(await readFile(path.join(verify, 'README.md'), 'utf8')).toMatch(/^(changed by the agent|# A repository)\n$/);
    await git.checkoutsOf((await git.inspect()).headBranch ?? ('main' as never));
    await git.listWorktrees();
    await git.removeWorktree(worktree.path);
    await git.removeWorktree(verify);
    expect(await isThere(marker)).toBe(false);
  });

  it.each(Object.keys(payloads))('though it would be, the ordinary way, with %s', async (name) => {
    await using repository = await makeRepository();
    const marker = path.join(repository.root, 'marker');
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    await repository.git('config', '--global', 'filter.user.clean', `sh -c 'touch ${marker}; cat'`);
    await payloads[name]?.({ worktree: worktree.path, marker });
    for (const args of [['status'], ['add', '--all'], ['status']])
      await repository.git('-C', worktree.path, ...args).catch(() => undefined);
    expect(await isThere(marker)).toBe(true);
  });
});

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
    const ids = [tree, blob, await scratch.sha(), await scratch.tree(), await scratch.git('rev-parse', 'HEAD:README.md')];
    expect(await refusalOf(inPieces(await packedStream(scratch, tree, ids)))).toMatch(/no part of its tree/);
  });

  it('with a corrupt object', async () => {
    const tree = await writeRawObject(scratch, 'tree', rawTree([{ mode: '100644', name: 'a', id: blob }]));
    const stream = await packedStream(scratch, tree, [tree, blob]);
    stream[41 + 20] = (stream[41 + 20] ?? 0) ^ 0xff;
    expect(await refusalOf(inPieces(stream))).toMatch(/not sound/);
  });

  it.each([0, 10, 40, 41, 45, 60, -20, -1])('that ends after %d bytes, and says that it was cut short', async (length) => {
    const tree = await writeRawObject(scratch, 'tree', rawTree([{ mode: '100644', name: 'a', id: blob }]));
    const stream = (await packedStream(scratch, tree, [tree, blob])).subarray(0, length === 0 ? 0 : length);
    const outcome = await git.takeIn({ stdout: inPieces(stream), maxBytes: 1_000_000 });
    expect(outcome.kind).toBe('cut-short');
  });

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
    expect(await refusalOf(inPieces(await packedStream(scratch, tree, [tree, big])), 300_000)).toMatch(/more than 300000 bytes/);
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
    const tree = await expectTaken(repository, git, worktree);
    expect((await git.listPaths(tree)).length).toBe(6);
    expect((await gitBytes(repository, ['fsck', '--strict'], Buffer.alloc(0))).toString()).not.toContain('error');
  });
});
