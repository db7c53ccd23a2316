/**
 * The user's own checkouts of a branch that is to move, or has moved. The only place that runs git in a working tree
 * with the user's configuration: its filters (large files) are what makes the files right there. Hooks stay off.
 */
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import type { BranchName, CommitSha } from '../../core/brand.ts';
import { isObjectName } from '../../core/ids.ts';
import type { CheckoutState } from '../../ports/git.ts';
import { resolveAlias } from './branches.ts';
import { treeOfCommit } from './commits.ts';
import { diffTrees } from './diffs.ts';
import type { GitContext } from './git-context.ts';
import { failureOf, quoteForPerson } from './git-failure.ts';
import { decodePath, encodePath, splitNul } from './path-bytes.ts';
import { type GitExit, runGit } from './run-git.ts';
import { findAdminDir, listWorktrees } from './worktrees.ts';

/** Files in a worktree's git directory that tell of an operation which has not ended. */
const UNFINISHED: readonly (readonly [string, string])[] = [
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['BISECT_LOG', 'a bisect'],
];

/** Every checkout of a branch, those in the middle of a rebase of it included. */
export async function checkoutsOf(context: GitContext, branch: BranchName): Promise<CheckoutState[]> {
  if (!(await couldBeCheckedOut(context, branch))) return [];
  const wanted = await resolveAlias(context, branch);
  const states: CheckoutState[] = [];
  for (const entry of await listWorktrees(context)) {
    const gitDir = await gitDirOf(context, entry.path);
    const holds = entry.branch === wanted || (await rebasedBranch(gitDir)) === wanted;
    if (holds) states.push(await describeCheckout(context, entry.path, gitDir));
  }
  return states;
}

/**
 * False only if the files of the repository rule it out: no worktree's HEAD names the branch, or a branch that stands
 * for another, and none is in the middle of a rebase. Saves two processes for each of the branches that Espalier moves
 * all the time and nobody checks out. A repository that keeps its refs otherwise (reftable) has a HEAD that names none.
 */
async function couldBeCheckedOut(context: GitContext, branch: BranchName): Promise<boolean> {
  const folder = path.join(context.commonDir, 'worktrees');
  const names = await readdir(folder).catch(() => []);
  const gitDirs = [context.commonDir, ...names.map((name) => path.join(folder, name))];
  const answers = await Promise.all([
    isAlias(context, `refs/heads/${branch}`),
    ...gitDirs.map((gitDir) => couldHold(context, gitDir, branch)),
  ]);
  return answers.includes(true);
}

async function couldHold(context: GitContext, gitDir: string, branch: BranchName): Promise<boolean> {
  if ((await rebasedBranch(gitDir)) !== null) return true;
  const head = (await readFile(path.join(gitDir, 'HEAD'), 'utf8').catch(() => '')).trim();
  const ref = /^ref: (refs\/heads\/.+)$/.exec(head)?.[1];
  if (ref === undefined) return !isObjectName(head);
  return ref === `refs/heads/${branch}` || ref.endsWith('/.invalid') || (await isAlias(context, ref));
}

/** True if the ref is a file that names another ref; a packed one never does. */
async function isAlias(context: GitContext, ref: string): Promise<boolean> {
  const text = await readFile(path.join(context.commonDir, ref), 'utf8').catch(() => '');
  return text.startsWith('ref:');
}

async function describeCheckout(context: GitContext, checkout: string, gitDir: string): Promise<CheckoutState> {
  const because = (await findUnfinished(gitDir)) ?? (await findChanges(context, checkout, gitDir)) ?? '';
  return { path: checkout, isClean: because === '', because };
}

/** The git directory of one worktree: the common one for the main checkout, its registration for any other. */
async function gitDirOf(context: GitContext, checkout: string): Promise<string> {
  return (await findAdminDir(context, checkout)) ?? context.commonDir;
}

async function rebasedBranch(gitDir: string): Promise<string | null> {
  for (const folder of ['rebase-merge', 'rebase-apply']) {
    const name = await readFile(path.join(gitDir, folder, 'head-name'), 'utf8').catch(() => null);
    if (name !== null) return name.trim().replace(/^refs\/heads\//, '');
  }
  return null;
}

async function findUnfinished(gitDir: string): Promise<string | null> {
  for (const [name, what] of UNFINISHED)
    if (await isThere(path.join(gitDir, name))) return `${what} has not ended there`;
  return null;
}

/** The first change of a checkout (staged, unstaged or untracked), for a person; `null` if it has none. */
export async function findChanges(context: GitContext, checkout: string, gitDir: string): Promise<string | null> {
  const exit = await runInCheckout(context, checkout, gitDir, [
    'status',
    '--porcelain',
    '-z',
    '--untracked-files=normal',
    // What is inside of a submodule is not touched by moving this branch.
    '--ignore-submodules=dirty',
  ]);
  if (exit.exitCode !== 0) throw failureOf(`reading the state of '${quoteForPerson(checkout)}'`, exit);
  const changed = splitNul(exit.stdout);
  const first = changed[0];
  if (first === undefined) return null;
  const name = quoteForPerson(decodePath(first.subarray(3)), 200);
  return changed.length === 1 ? `'${name}' is changed` : `'${name}' and others are changed`;
}

/** Why a refresh would not go through; `null` if it would. Changes nothing but cached file times in the index. */
async function findObstacle(
  context: GitContext,
  checkout: string,
  gitDir: string,
  from: CommitSha,
  to: CommitSha,
): Promise<string | null> {
  const unfinished = await findUnfinished(gitDir);
  if (unfinished !== null) return unfinished;
  const run = (args: readonly string[]): Promise<GitExit> => runInCheckout(context, checkout, gitDir, args);
  await run(['update-index', '-q', '--refresh']);
  for (const [args, what] of [
    [['diff-index', '--cached', '--quiet', '--ignore-submodules=dirty', from], 'something is staged there'],
    [['diff-files', '--quiet', '--ignore-submodules=dirty'], 'a file there is changed'],
  ] as const) {
    const exit = await run(args);
    if (exit.exitCode === 1) return what;
    if (exit.exitCode !== 0) throw failureOf(`reading the state of '${quoteForPerson(checkout)}'`, exit);
  }
  return findOverwritten(context, checkout, gitDir, from, to);
}

/**
 * A file that is not in `from` (untracked, ignored or not) and stands where `to` wants to write. Git itself
 * overwrites ignored files without a word; they may be the only copy of something.
 */
async function findOverwritten(
  context: GitContext,
  checkout: string,
  gitDir: string,
  from: CommitSha,
  to: CommitSha,
): Promise<string | null> {
  const changes = await diffTrees(context, await treeOfCommit(context, from), await treeOfCommit(context, to));
  const removed = new Set(changes.filter((change) => change.status === 'deleted').map((change) => change.path));
  for (const change of changes.filter((candidate) => candidate.status === 'added')) {
    const parts = change.path.split('/');
    for (let length = 1; length <= parts.length; length += 1) {
      const at = parts.slice(0, length).join('/');
      const found = await lstat(inCheckout(checkout, at)).catch(() => null);
      if (found === null) break;
      const isWhole = length === parts.length;
      if (!isWhole && found.isDirectory()) continue;
      if (removed.has(at)) break;
      const stray = found.isDirectory() ? await findStray(context, checkout, gitDir, at) : at;
      if (stray !== null) return `the untracked file '${quoteForPerson(stray, 200)}' would be overwritten`;
    }
  }
  return null;
}

/** Something below a folder that git does not track, ignored files included. */
async function findStray(
  context: GitContext,
  checkout: string,
  gitDir: string,
  folder: string,
): Promise<string | null> {
  const tracked = await runInCheckout(context, checkout, gitDir, [
    '--literal-pathspecs',
    'ls-files',
    '-z',
    '--',
    folder,
  ]);
  const known = new Set(splitNul(tracked.stdout).map(decodePath));
  const pending = [folder];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const entry of await readdir(inCheckout(checkout, at), { withFileTypes: true, encoding: 'buffer' })) {
      const name = `${at}/${decodePath(entry.name)}`;
      if (entry.isDirectory()) pending.push(name);
      else if (!known.has(name)) return name;
    }
  }
  return null;
}

function inCheckout(checkout: string, at: string): Buffer {
  return Buffer.concat([Buffer.from(`${checkout}/`), encodePath(at)]);
}

/** See `Git.checkRefresh`. */
export async function checkRefresh(
  context: GitContext,
  checkout: string,
  from: CommitSha,
  to: CommitSha,
): Promise<{ refreshable: boolean; because: string }> {
  const because = await findObstacle(context, checkout, await gitDirOf(context, checkout), from, to);
  return { refreshable: because === null, because: because ?? '' };
}

/** See `Git.refreshCheckout`. A two-way merge: git looks again at every file that it replaces. */
export async function refreshCheckout(
  context: GitContext,
  checkout: string,
  from: CommitSha,
  to: CommitSha,
): Promise<{ refreshed: boolean; because: string }> {
  const gitDir = await gitDirOf(context, checkout);
  const obstacle = await findObstacle(context, checkout, gitDir, from, to);
  if (obstacle !== null) return { refreshed: false, because: obstacle };
  const exit = await runInCheckout(context, checkout, gitDir, [
    'read-tree',
    '-m',
    '-u',
    '--no-recurse-submodules',
    from,
    to,
  ]);
  if (exit.exitCode === 0) return { refreshed: true, because: '' };
  return { refreshed: false, because: quoteForPerson(exit.stderr) || `git ended with code ${exit.exitCode}` };
}

async function runInCheckout(
  context: GitContext,
  checkout: string,
  gitDir: string,
  args: readonly string[],
): Promise<GitExit> {
  return runGit({
    args,
    env: { ...context.repositoryEnv('user'), GIT_DIR: gitDir, GIT_WORK_TREE: checkout },
    cwd: checkout,
  });
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
