/** Moves branches to what an attempt has made, so that no work depends on a worktree. */
import type { CommitSha } from '../../core/brand.ts';
import type { Forge } from '../../ports/forge.ts';
import type { AttemptOrder } from '../orders.ts';
import { makeFailure, type Failure } from './failure.ts';
import { logLine, type WorkRoom } from './work-room.ts';

/** Protects a head by the attempt's own branch; `null` if that went well. */
export async function publishAttemptHead(
  room: WorkRoom,
  forge: Forge,
  order: AttemptOrder,
  head: CommitSha,
): Promise<Failure | null> {
  const outcome = await room.watch.measure('publish', () => forge.publishHead(order.attemptBranch, head, null));
  if (outcome.kind === 'published') return null;
  return makeFailure('internal', `Branch '${order.attemptBranch}' could not be moved to the work: ${outcome.because}`);
}

/**
 * Moves the task's branch to a verified head. A branch that a person holds, or that git cannot make, is left alone: the work is safe on the
 * attempt's branch and can land from there, so that is said and nothing else.
 */
export async function publishTaskHead(
  room: WorkRoom,
  forge: Forge,
  order: AttemptOrder,
  head: CommitSha,
): Promise<void> {
  const because = await room.watch.measure('publish', () => tryToPublish(forge, order, head));
  if (because === null) return;
  const { taskBranch } = order;
  logLine(room, `branch '${taskBranch}' was left alone: ${because}`);
  room.deps.log.warn('A task branch was left alone', { task: order.task.id, branch: taskBranch, because });
}

/** `null` if the branch is at the head; else why it is not. */
async function tryToPublish(
  forge: Forge,
  { taskBranch, taskBranchFrom }: AttemptOrder,
  head: CommitSha,
): Promise<string | null> {
  try {
    const outcome = await forge.publishHead(taskBranch, head, taskBranchFrom);
    return outcome.kind === 'published' ? null : outcome.because;
  } catch (error) {
    // A name that is file and folder (`main/a` beside `main`), a lock that stays: none of it is the work's fault.
    return error instanceof Error ? error.message : String(error);
  }
}
