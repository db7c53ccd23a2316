import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it, type TestContext } from 'vitest';

import { openGit } from '../../../src/adapters/git/open-git.ts';
import { makeRepository, makeTemporaryFolder } from '../../support/git-fixture.ts';
import { inPieces, packedStream, rawTree, writeRawObject } from '../../support/git-intake.ts';

/** A file system of a few megabytes, which only root may mount; without that right the test is skipped, aloud. */
async function mountSmallDisk(context: TestContext, at: string): Promise<AsyncDisposable> {
  await mkdir(at);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', at]);
  if (mounted.status !== 0) context.skip('a full disk needs the right to mount one: run the tests as root');
  return { [Symbol.asyncDispose]: async () => void execFileSync('umount', ['--lazy', at]) };
}

describe('on a full disk', () => {
  it('every write says so by its code, leaves nothing half made, and works again with room', async (context) => {
    await using folder = await makeTemporaryFolder();
    await using source = await makeRepository({ files: { 'big.bin': randomBytes(600_000) } });
    const disk = path.join(folder.path, 'disk');
    await using _mounted = await mountSmallDisk(context, disk);
    const clone = path.join(disk, 'repository');
    await source.git('clone', '--quiet', '--no-local', source.path, clone);
    const outcome = await openGit(clone, { stateDir: path.join(disk, 'state'), env: source.env });
    if (outcome.kind === 'refused') throw new Error(outcome.because);
    await using git = outcome.git;
    const worktree = {
      path: path.join(outcome.stateDir, 'trees', 'plan', 'task.1.1'),
      commit: await source.sha(),
      tree: await source.tree(),
    };
    const blob = await writeRawObject(source, 'blob', randomBytes(300_000));
    const tree = await writeRawObject(source, 'tree', rawTree([{ mode: '100644', name: 'x', id: blob }]));
    const pack = await packedStream(source, tree, [blob, tree]);
    const takeIn = () => git.takeIn({ stdout: inPieces(pack, 10_000), maxBytes: 1_000_000 });
    const filler = path.join(disk, 'filler');
    await writeFile(filler, Buffer.alloc(8_000_000)).catch(() => undefined);

    for (const write of [
      () => git.createWorktree(worktree),
      takeIn,
      () => git.writeTree({ 'a.txt': randomBytes(100_000).toString('hex') }),
    ])
      await expect(write()).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await git.listWorktrees()).toHaveLength(1);

    await rm(filler);
    await git.createWorktree(worktree);
    expect(await takeIn()).toEqual({ kind: 'taken', tree });
  });
});
