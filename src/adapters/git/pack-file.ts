/** Writes what a tree has beside its base into a file, in the form that `Git.takeIn` reads: a name, a line end, a pack. */
import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';

import type { CommitSha, TreeSha } from '../../core/brand.ts';
import type { PackOutcome } from '../../ports/git.ts';
import { treeAt } from './commits.ts';
import type { GitContext } from './git-context.ts';
import { failureOf } from './git-failure.ts';

/** See `Git.writePack`. */
export async function writePack(
  context: GitContext,
  options: { tree: TreeSha; base: CommitSha | TreeSha; path: string; maxBytes: number },
): Promise<PackOutcome> {
  const baseTree = await treeAt(context, options.base);
  // `wx`: never through a link, never over a file that somebody else trusts.
  const file = await open(options.path, 'wx', 0o600);
  const digest = createHash('sha256');
  let bytes = 0;
  let writing: Promise<unknown> = Promise.resolve();
  const add = (chunk: Uint8Array): boolean => {
    bytes += chunk.length;
    if (bytes > options.maxBytes) return false;
    digest.update(chunk);
    writing = writing.then(() => file.writeFile(chunk));
    // What fails here is thrown where the writing is waited for.
    writing.catch(() => undefined);
    return true;
  };
  let isWhole = false;
  try {
    add(Buffer.from(`${options.tree}\n`, 'latin1'));
    const exit = await context.tryInStore({
      args: ['pack-objects', '--revs', '--stdout', '-q', '--threads=1'],
      input: `${options.tree}\n^${baseTree}\n`,
      onStdout: add,
    });
    if (bytes > options.maxBytes) return { kind: 'too-large' };
    if (exit.exitCode !== 0) throw failureOf(`packing tree ${options.tree}`, exit);
    await writing;
    isWhole = true;
    return { kind: 'written', bytes, sha256: digest.digest('hex') };
  } finally {
    await writing.catch(() => undefined);
    await file.close();
    if (!isWhole) await rm(options.path, { force: true });
  }
}
