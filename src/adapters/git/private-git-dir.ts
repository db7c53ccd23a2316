/** A git directory for one sandbox, written as files: nothing of the user's configuration, hooks or remotes. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { CommitSha, TreeSha } from '../../core/brand.ts';
import { type GitContext, quoteAlternate } from './git-context.ts';
import { GitFailure } from './git-failure.ts';
import { copyFirstIndex, removeFolder } from './worktrees.ts';
import { runGitOrFail } from './run-git.ts';

/** See `Git.createPrivateGitDir`. */
export interface PrivateGitDir {
  path: string;
  head: CommitSha;
  tree: TreeSha;
  worktreeInside: string;
  objectsInside: string;
  worktree?: string;
  alternatesInside?: readonly string[];
  exclude?: readonly string[];
}

/** Makes the folder at `options.path`; leaves nothing behind if it fails. */
export async function createPrivateGitDir(context: GitContext, options: PrivateGitDir): Promise<void> {
  const alternates = [options.objectsInside, ...(options.alternatesInside ?? [])];
  if (alternates.length !== context.alternateDirs.length + 1)
    throw new GitFailure('A private git directory needs one inside path for each alternate object folder.');
  await mkdir(path.dirname(options.path), { recursive: true });
  await mkdir(options.path, { mode: 0o700 });
  try {
    await writeParts(context, options, alternates);
  } catch (error) {
    await removeFolder(options.path).catch(() => undefined);
    throw error;
  }
}

async function writeParts(context: GitContext, options: PrivateGitDir, alternates: readonly string[]): Promise<void> {
  const at = (...parts: string[]): string => path.join(options.path, ...parts);
  await Promise.all(
    ['objects/info', 'objects/pack', 'refs/heads', 'info'].map((part) => mkdir(at(part), { recursive: true })),
  );
  await Promise.all([
    writeFile(at('HEAD'), 'ref: refs/heads/work\n'),
    writeFile(at('refs', 'heads', 'work'), `${options.head}\n`),
    writeFile(at('config'), configText(context, options.worktreeInside)),
    writeFile(at('objects', 'info', 'alternates'), alternates.map((folder) => `${quoteAlternate(folder)}\n`).join('')),
    writeExclude(context, at('info', 'exclude'), options.exclude ?? []),
    copyIfThere(path.join(context.commonDir, 'shallow'), at('shallow')),
    writeIndex(context, options, at('index')),
  ]);
}

/** The index as the worktree's files were written with, or else a new one without their times. */
async function writeIndex(context: GitContext, options: PrivateGitDir, target: string): Promise<void> {
  if (options.worktree !== undefined && (await copyFirstIndex(context, options.worktree, options.tree, target))) return;
  await runGitOrFail('preparing a private git directory', {
    args: ['read-tree', options.tree],
    env: context.storeEnv({ GIT_INDEX_FILE: target }),
    cwd: context.storeDir,
  });
}

function configText(context: GitContext, worktreeInside: string): string {
  const isSha256 = context.objectFormat === 'sha256';
  const quoted = `"${worktreeInside.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
  return [
    '[core]',
    `\trepositoryformatversion = ${isSha256 ? 1 : 0}`,
    '\tfilemode = true',
    '\tbare = false',
    '\tlogallrefupdates = true',
    '\tprotectHFS = true',
    '\tprotectNTFS = true',
    `\tworktree = ${quoted}`,
    ...(isSha256 ? ['[extensions]', '\tobjectFormat = sha256'] : []),
    '[user]',
    '\tname = Espalier agent',
    '\temail = agent@espalier.invalid',
    '[gc]',
    '\tauto = 0',
    '',
  ].join('\n');
}

/** The user's own local ignore rules hold for the agent's files too; ours come last and so win. */
async function writeExclude(context: GitContext, target: string, exclude: readonly string[]): Promise<void> {
  await copyIfThere(path.join(context.commonDir, 'info', 'exclude'), target);
  const lines = exclude.map((name) => `/${name.replace(/[\\*?[\] !#]/g, '\\$&')}\n`);
  if (lines.length > 0) await writeFile(target, `\n${lines.join('')}`, { flag: 'a' });
}

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
