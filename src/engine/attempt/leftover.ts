/**
 * What an interrupted run of the same attempt left behind: processes are ended, partial work goes to an archive
 * branch, and then the worktree goes. What cannot be taken in is moved aside, never thrown away.
 */
import { leftoverMessage } from '../../core/attempts/commit-message.ts';
import { branchFor } from '../../core/ref-names.ts';
import { readWorktreeRecord, type WorktreeRecord } from '../../core/worktree/worktree-record.ts';
import type { AttemptKey } from '../../ports/evidence-store.ts';
import type { Forge } from '../../ports/forge.ts';
import { removeCheckout } from './checkout.ts';
import { takeInWorktree } from './take-in.ts';
import { clearRoom, logLine, roomFolder, type WorkRoom } from './work-room.ts';

const RECORD = 'worktree.json';
const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/** Writes down a worktree before an agent gets it. */
export async function recordWorktree(room: WorkRoom, record: Omit<WorktreeRecord, 'version'>): Promise<void> {
  await room.deps.files.writeText(await recordPath(room, room.key), JSON.stringify({ version: 1, ...record }));
}

async function recordPath(room: WorkRoom, key: AttemptKey): Promise<string> {
  return `${await room.deps.evidence.attemptDir(key)}/${RECORD}`;
}

/** Path of the fresh checkout that an attempt is verified in. */
export function verifyPath(room: WorkRoom): string {
  return `${room.deps.evidence.worktreePath(room.key)}-verify`;
}

/** Path of the fresh checkout in which the change to a task's tests is undone. */
export function baseTestsPath(room: WorkRoom): string {
  return `${room.deps.evidence.worktreePath(room.key)}-base-tests`;
}

/** Deals with every earlier run of this attempt, this generation's own included. `title` is the task's. */
export async function clearLeftovers(room: WorkRoom, forge: Forge, title: string): Promise<void> {
  const { evidence, files, sandbox } = room.deps;
  const keys = (await evidence.listAttempts(room.key.plan)).filter(
    (key) => key.task === room.key.task && key.attempt === room.key.attempt && key.generation <= room.key.generation,
  );
  let hasReaped = false;
  for (const key of keys) {
    const path = evidence.worktreePath(key);
    const beside = [`${path}-verify`, `${path}-base-tests`, `${path}-trial`];
    // The room of this very run is open.
    if (key.generation !== room.key.generation)
      await clearRoom(room.deps, roomFolder(await evidence.attemptDir(key)), room.runPrefix);
    const found = await Promise.all([path, ...beside].map((at) => files.exists(at)));
    if (!found.includes(true)) continue;
    if (!hasReaped) await sandbox.reap(room.runPrefix);
    hasReaped = true;
    if (found[0] === true) await clearWorktree(room, forge, key, title);
    // These hold nothing that is not in a commit.
    for (const [at, other] of beside.entries()) if (found[at + 1] === true) await removeCheckout(room, other);
  }
}

async function clearWorktree(room: WorkRoom, forge: Forge, key: AttemptKey, title: string): Promise<void> {
  const path = room.deps.evidence.worktreePath(key);
  const problem = await archiveWork(room, forge, key, title);
  if (problem === null) {
    await room.deps.files.remove(await recordPath(room, key));
    await removeCheckout(room, path);
    if (!(await room.deps.files.exists(path))) return;
  }
  const aside = await room.deps.files.moveAside(path);
  // The folder is gone from where git knows it, so this takes only the registration away.
  await removeCheckout(room, path);
  logLine(room, `a leftover worktree was moved to ${aside}: ${problem ?? 'it could not be removed'}`);
  room.deps.log.warn('A leftover worktree was moved aside', {
    task: key.task,
    path: aside,
    because: problem ?? 'it could not be removed',
  });
}

/** Takes in what an earlier run left; `null` if all that it held is safe now, else why not. */
async function archiveWork(room: WorkRoom, forge: Forge, key: AttemptKey, title: string): Promise<string | null> {
  const { git, author, clock } = room.deps;
  const path = await recordPath(room, key);
  // The record is written before an agent gets the worktree: without one there is no work in it.
  if (!(await room.deps.files.exists(path))) return null;
  const record = readWorktreeRecord(await room.deps.files.readText(path, MAX_RECORD_BYTES));
  if (record?.path !== room.deps.evidence.worktreePath(key)) return 'its record does not fit';
  const taken = await takeInWorktree(room, record);
  if (taken.kind === 'failed') return taken.failure.cause === 'worktree-lost' ? null : taken.failure.detail;
  if (taken.tree === record.tree) return null;
  const branch = branchFor({ kind: 'archive', ...key });
  // What is archived there already stays reachable.
  const before = await forge.readTip(branch);
  const commit = await git.writeCommit({
    tree: taken.tree,
    parents: before === null ? [record.commit] : [record.commit, before],
    message: leftoverMessage({ ...key, title }),
    author,
    atMs: clock.now(),
  });
  const outcome = await forge.publishHead(branch, commit, null);
  if (outcome.kind === 'refused') return outcome.because;
  logLine(room, `what an interrupted run left is kept on branch ${branch}`);
  return null;
}
