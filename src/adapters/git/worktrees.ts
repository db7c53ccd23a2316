/**
 * Linked worktrees. Git only registers them; their files are written from the store, so no filter, hook or checkout
 * setting of the user takes part. Once an agent had a worktree, nothing in it is believed: it is found again through
 * the registration in the user's git directory, and removed as plain files.
 */
import { chmod, copyFile, lstat, mkdir, readdir, readFile, realpath, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { BranchName, CommitSha, TreeSha } from '../../core/brand.ts';
import { isObjectName } from '../../core/ids.ts';
import type { GitContext } from './git-context.ts';
import { GitFailure, quoteForPerson } from './git-failure.ts';
import { runGitOrFail } from './run-git.ts';
import { isInside } from './state-dir.ts';

/** A linked worktree or the main one, as git has it registered. */
export interface WorktreeEntry {
  path: string;
  head: CommitSha | null;
  branch: BranchName | null;
}

const ADD_TRIES = 5;

/** One registration at a time per repository in this process; another process is waited for by trying again. */
const queues = new Map<string, Promise<unknown>>();

function inTurn<T>(commonDir: string, work: () => Promise<T>): Promise<T> {
  const before = queues.get(commonDir) ?? Promise.resolve();
  const mine = before.then(work, work);
  queues.set(
    commonDir,
    mine.catch(() => undefined),
  );
  return mine;
}

/** Makes a worktree at `path`, detached at `commit`, with the files of `tree`. Leaves nothing behind if it fails. */
export async function createWorktree(
  context: GitContext,
  options: { path: string; commit: CommitSha; tree: TreeSha },
): Promise<void> {
  const { path: target } = options;
  if (!path.isAbsolute(target))
    throw new GitFailure(`A worktree needs an absolute path, not '${quoteForPerson(target)}'.`);
  if (await exists(target))
    throw new GitFailure(`Worktree '${quoteForPerson(target)}' cannot be made: the path exists. Remove it first.`);
  await mkdir(path.dirname(target), { recursive: true });
  try {
    await inTurn(context.commonDir, () => register(context, target, options.commit));
    await populate(context, target, options.tree);
  } catch (error) {
    await removeWorktree(context, target).catch(() => undefined);
    throw error;
  }
}

async function register(context: GitContext, target: string, commit: CommitSha): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await context.runInRepository(`making worktree '${quoteForPerson(target)}'`, [
        'worktree',
        'add',
        '--detach',
        '--no-checkout',
        '--',
        target,
        commit,
      ]);
      return;
    } catch (error) {
      // Another process registered or removed one at the same moment.
      const isRace = /File exists|\.lock|could not lock|already exists/i.test((error as Error).message);
      if (!isRace || tries >= ADD_TRIES) throw error;
      await unregister(context, target);
      await rm(target, { recursive: true, force: true });
      await delay(20 * 2 ** tries);
    }
  }
}

async function populate(context: GitContext, target: string, tree: TreeSha): Promise<void> {
  const admin = await findAdminDir(context, target);
  if (admin === null) throw new GitFailure(`Worktree '${quoteForPerson(target)}' was made but git does not list it.`);
  const index = path.join(admin, 'index');
  await runGitOrFail(`writing the files of '${quoteForPerson(target)}'`, {
    args: ['read-tree', '-u', '--reset', tree],
    env: context.storeEnv({ GIT_INDEX_FILE: index, GIT_WORK_TREE: target }),
    cwd: target,
  });
  await copyIndex(index, firstIndexOf(admin, tree));
}

/** The index as it was when the files were written: whoever runs git in the worktree changes the other one. */
function firstIndexOf(admin: string, tree: TreeSha): string {
  return path.join(admin, `espalier-index.${tree}`);
}

/** Copies the index that a worktree was filled with to `target`; `false` if it was filled with another tree. */
export async function copyFirstIndex(
  context: GitContext,
  worktree: string,
  tree: TreeSha,
  target: string,
): Promise<boolean> {
  const admin = await findAdminDir(context, worktree);
  return admin !== null && (await copyIndex(firstIndexOf(admin, tree), target));
}

/**
 * Git reads files again that are as young as their index, since their times cannot tell. So the copy must not be
 * younger than the original; rounding down to the millisecond only makes git read a few more.
 */
async function copyIndex(from: string, to: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(from);
    await copyFile(from, to);
    await utimes(to, new Date(), new Date(Math.floor(mtimeMs)));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** The folder below `worktrees/` of the user's git directory that registers a worktree; `null` if none does. */
export async function findAdminDir(context: GitContext, target: string): Promise<string | null> {
  const folder = path.join(context.commonDir, 'worktrees');
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    return null;
  }
  // The real path of a folder that may be gone: its parent is what can be resolved.
  const wanted = path.join(await realPathOf(path.dirname(target)), path.basename(target), '.git');
  for (const name of names) {
    const admin = path.join(folder, name);
    const pointer = await readFile(path.join(admin, 'gitdir'), 'utf8').catch(() => '');
    const at = path.resolve(admin, pointer.replace(/\n$/, ''));
    if (pointer !== '' && (at === wanted || at === path.join(target, '.git'))) return admin;
  }
  return null;
}

async function realPathOf(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder);
}

/** The folder is there, is no link, and git has it registered at this path and detached at a commit. */
export async function validateWorktree(
  context: GitContext,
  target: string,
): Promise<{ isValid: boolean; because: string }> {
  const bad = (because: string) => ({ isValid: false, because: `worktree '${quoteForPerson(target)}' ${because}` });
  const found = await lstat(target).catch(() => null);
  if (found === null) return bad('is gone');
  if (!found.isDirectory()) return bad('is not a folder');
  const admin = await findAdminDir(context, target);
  if (admin === null) return bad('is not registered with git');
  const head = await readFile(path.join(admin, 'HEAD'), 'utf8').catch(() => '');
  if (!isObjectName(head.trim())) return bad('has no commit of its own');
  return { isValid: true, because: '' };
}

/**
 * Removes the folder and its registration, whichever is left. Never follows a link out of it. Refuses what is no
 * worktree that Espalier could have made: the user's checkout, or a folder outside the state folder that git does
 * not know.
 */
export async function removeWorktree(context: GitContext, target: string): Promise<void> {
  const admin = await findAdminDir(context, target);
  const isOurs = isInside(target, path.join(context.stateDir, 'trees'));
  const isUsers = context.topLevel !== null && isInside(context.topLevel, target);
  if (isUsers || isInside(context.commonDir, target) || (!isOurs && admin === null && (await exists(target))))
    throw new GitFailure(`'${quoteForPerson(target)}' is no worktree of Espalier's and is left alone.`);
  await removeFolder(target);
  await unregister(context, target);
}

/** Removes our own entry and no other: `git worktree prune` would take those of unmounted disks along. */
async function unregister(context: GitContext, target: string): Promise<void> {
  const admin = await findAdminDir(context, target);
  if (admin !== null) await rm(admin, { recursive: true, force: true });
}

/** Deletes a folder tree. Folders that their owner may not enter are opened first; links are removed, not followed. */
export async function removeFolder(target: string): Promise<void> {
  try {
    await rm(target, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'ENOTEMPTY') throw error;
    await openFolders(target);
    await rm(target, { recursive: true, force: true, maxRetries: 3 }).catch((cause: unknown) => {
      throw new GitFailure(
        `'${quoteForPerson(target)}' cannot be removed (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}). ` +
          'Files in it may belong to another user: remove the folder by hand.',
        { cause },
      );
    });
  }
}

async function openFolders(folder: string): Promise<void> {
  const found = await lstat(folder).catch(() => null);
  if (!found?.isDirectory()) return;
  await chmod(folder, 0o700).catch(() => undefined);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await openFolders(path.join(folder, entry.name));
}

/** Every registered worktree, the main checkout first; read from git's own list. */
export async function listWorktrees(context: GitContext): Promise<WorktreeEntry[]> {
  const output = await context.runInRepository('listing worktrees', ['worktree', 'list', '--porcelain', '-z']);
  const entries: WorktreeEntry[] = [];
  const main = await findMainCheckout(context);
  let isFirst = true;
  let isBare = false;
  let entry: WorktreeEntry | null = null;
  for (const line of output.split('\0')) {
    const [word = '', ...rest] = line.split(' ');
    const value = rest.join(' ');
    if (word === 'worktree') {
      // The main one comes first (git-worktree(1)).
      entry = { path: isFirst && main !== null ? main : value, head: null, branch: null };
      [isFirst, isBare] = [false, false];
    } else if (entry !== null && word === 'HEAD') {
      // An unborn branch is shown as zeros.
      entry.head = isObjectName(value) && !/^0+$/.test(value) ? (value as CommitSha) : null;
    } else if (entry !== null && word === 'branch') {
      entry.branch = value.replace(/^refs\/heads\//, '') as BranchName;
    } else if (word === 'bare') {
      isBare = true;
    } else if (word === '' && entry !== null) {
      if (!isBare) entries.push(entry);
      entry = null;
    }
  }
  return entries;
}

/** Git guesses the main checkout from the git directory's place, wrongly where that is kept apart from it. */
async function findMainCheckout(context: GitContext): Promise<string | null> {
  const isLinked = context.topLevel !== null && (await findAdminDir(context, context.topLevel)) !== null;
  return isLinked ? null : context.topLevel;
}

async function exists(target: string): Promise<boolean> {
  return lstat(target).then(
    () => true,
    () => false,
  );
}
