import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import type { TreeSha } from '../../../src/core/brand.ts';
import type { Git } from '../../../src/ports/git.ts';
import { makeRepository, type RepositoryFixture } from '../../support/git-fixture.ts';
import { type FixtureWorktree, makeWorktree, takeInWorktree } from '../../support/git-intake.ts';

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

  it('is seen even if it has the size of before and came at once', async () => {
    await using repository = await makeRepository({ files: { 'a.txt': '0000\n', 'b.txt': 'b\n' } });
    const git = await repository.open();
    for (let round = 1; round <= 5; round += 1) {
      const worktree = await makeWorktree(repository, git, `task.${round}.1`);
      await writeFile(path.join(worktree.path, 'a.txt'), `000${round}\n`);
      const tree = await expectTaken(repository, git, worktree);
      expect(await git.readFile(tree, 'a.txt', 100)).toBe(`000${round}\n`);
    }
  });

  it('is seen in full though somebody ran git in the worktree', async () => {
    await using repository = await makeRepository({ files: { '.gitignore': '*.log\n', 'a.txt': 'a\n' } });
    await repository.write({ 'kept.log': 'kept\n' });
    await repository.git('add', '--force', 'kept.log');
    await repository.commit({}, 'Keep an ignored file');
    const git = await repository.open();
    const worktree = await makeWorktree(repository, git);
    await writeFile(path.join(worktree.path, 'a.txt'), 'changed\n');
    await repository.git('-C', worktree.path, 'rm', '--quiet', '--cached', 'kept.log', 'a.txt');
    const tree = await expectTaken(repository, git, worktree);
    expect(await git.listPaths(tree)).toEqual(['.gitignore', 'a.txt', 'kept.log']);
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

  it('has its exit codes explained', async () => {
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
