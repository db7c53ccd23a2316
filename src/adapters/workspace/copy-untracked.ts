/**
 * Copies untracked files from the user's checkout into a fresh worktree. Reads through no symbolic link, writes
 * through none, and never touches a git directory.
 */
import { constants, type Dirent, type Stats } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { resolveLinkTarget } from '../../core/gate/link-target.ts';
import { isGitPart } from '../../core/worktree/copy-globs.ts';
import type { CopyOutcome, CopyRequest } from '../../ports/work-files.ts';

// Configuration is text and small; bigger files are copied as they are.
const MAX_REWRITTEN_BYTES = 1024 * 1024;
// How much of a checkout is looked at for one glob with a wildcard.
const MAX_VISITED = 200_000;

/** What is under way for one request. */
interface CopyState extends CopyOutcome {
  request: CopyRequest;
  seen: Set<string>;
  bytes: number;
  visited: number;
  isFull: boolean;
}

/** See `WorkFiles.copyUntracked`. */
export async function copyUntracked(request: CopyRequest): Promise<CopyOutcome> {
  const state: CopyState = { request, copied: [], skipped: [], seen: new Set(), bytes: 0, visited: 0, isFull: false };
  for (const glob of request.globs) {
    const before = state.copied.length + state.skipped.length;
    if (!(await leadsThroughLink(request.from, glob.start)))
      await visit(state, glob.start, glob.isLiteral, glob.matches);
    else skip(state, glob.start, 'a folder on the way to it is a symbolic link');
    if (glob.isLiteral && before === state.copied.length + state.skipped.length)
      skip(state, glob.start, 'it is not in the checkout');
  }
  return { copied: state.copied, skipped: state.skipped };
}

/** True if a folder above `path` (not `path` itself) is a link. */
async function leadsThroughLink(root: string, path: string): Promise<boolean> {
  const parts = path.split('/').slice(0, -1);
  for (let i = 1; i <= parts.length; i++) {
    const found = await tryLstat(join(root, ...parts.slice(0, i)));
    if (found === null || found.isSymbolicLink()) return found !== null;
  }
  return false;
}

/** @param isMatched - true below a folder that matched: everything in it is wanted. */
async function visit(
  state: CopyState,
  path: string,
  isMatched: boolean,
  matches: (path: string) => boolean,
): Promise<void> {
  if (state.isFull || path.split('/').some(isGitPart)) return;
  const found = await tryLstat(join(state.request.from, path));
  if (found === null) return;
  const isWanted = isMatched || (path !== '' && matches(path));
  if (!found.isDirectory()) {
    if (isWanted) await copyOne(state, path, found);
    return;
  }
  const entries: Dirent[] = await readdir(join(state.request.from, path), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    state.visited += 1;
    if (state.visited > MAX_VISITED && !isWanted) {
      state.isFull = true;
      skip(state, path, `the search stopped after ${MAX_VISITED} files; begin the glob with a folder`);
      return;
    }
    await visit(state, path === '' ? entry.name : `${path}/${entry.name}`, isWanted, matches);
  }
}

async function copyOne(state: CopyState, path: string, found: Stats): Promise<void> {
  const { request } = state;
  if (state.seen.has(path)) return;
  state.seen.add(path);
  if (request.isTracked(path)) return skip(state, path, 'it is tracked, so the worktree has its own');
  if (state.copied.length >= request.maxFiles || state.bytes + found.size > request.maxBytes) {
    state.isFull = true;
    return skip(state, path, `the limit of ${request.maxFiles} files or ${request.maxBytes} bytes is reached`);
  }
  const target = join(request.to, path);
  if (!(await makeParents(request.to, path)) || (await tryLstat(target)) !== null)
    return skip(state, path, 'something else stands there in the worktree');
  if (found.isSymbolicLink()) {
    const leadsTo = await readlink(join(request.from, path));
    if (resolveLinkTarget(path, leadsTo).kind !== 'inside')
      return skip(state, path, 'it is a symbolic link that leaves the checkout');
    await symlink(leadsTo, target);
  } else if (found.isFile()) await copyContents(state, path, found);
  else return skip(state, path, 'it is no file');
  state.bytes += found.size;
  state.copied.push(path);
}

async function copyContents({ request }: CopyState, path: string, found: Stats): Promise<void> {
  const source = join(request.from, path);
  const target = join(request.to, path);
  const bytes = found.size <= MAX_REWRITTEN_BYTES ? await readFile(source) : null;
  const rewritten = bytes === null || bytes.includes(0) ? null : request.rewrite(path, bytes.toString('utf8'));
  if (rewritten === null) await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  else await writeFile(target, rewritten, { flag: 'wx', mode: found.mode & 0o777 });
}

/** Makes the folders above `path`; false if one of them is a link or a file, which a base may hold. */
async function makeParents(root: string, path: string): Promise<boolean> {
  const parts = dirname(path) === '.' ? [] : dirname(path).split('/');
  let at = root;
  for (const part of parts) {
    at = join(at, part);
    const found = await tryLstat(at);
    if (found === null) await mkdir(at);
    else if (!found.isDirectory()) return false;
  }
  return true;
}

function skip(state: CopyState, path: string, because: string): void {
  state.skipped.push({ path, because });
}

function tryLstat(path: string): Promise<Stats | null> {
  return lstat(path).catch(() => null);
}
