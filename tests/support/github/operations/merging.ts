import type { Repository, Oid, PullIssue, MergeMethod, MergeQueueEntry } from '../state.ts';
import type { Actor, World } from '../world.ts';
import type { DequeueReason } from '../webhooks/events.ts';

/** To be built. */
export async function readMergeability(
  world: World,
  pull: PullIssue,
): Promise<{ mergeable: boolean | null; mergeCommitSha: Oid | null }> {
  throw new Error(`not built: readMergeability`);
}

/** To be built. */
export async function mergeStateStatus(
  world: World,
  pull: PullIssue,
  by: Actor,
): Promise<'BEHIND' | 'BLOCKED' | 'CLEAN' | 'DIRTY' | 'DRAFT' | 'UNKNOWN' | 'UNSTABLE'> {
  throw new Error(`not built: mergeStateStatus`);
}

/** To be built. */
export async function mergePull(
  world: World,
  by: Actor,
  pull: PullIssue,
  merge: {
    expectedHeadSha?: Oid | undefined;
    method?: MergeMethod | undefined;
    title?: string | undefined;
    message?: string | undefined;
  },
): Promise<Oid> {
  throw new Error(`not built: mergePull`);
}

/** To be built. */
export async function enqueuePull(
  world: World,
  by: Actor,
  pull: PullIssue,
  enqueue: { expectedHeadSha?: Oid | undefined; isJump?: boolean | undefined },
): Promise<MergeQueueEntry> {
  throw new Error(`not built: enqueuePull`);
}

/** To be built. */
export async function dequeuePull(
  world: World,
  by: Actor,
  pull: PullIssue,
  reason?: DequeueReason,
): Promise<MergeQueueEntry> {
  throw new Error(`not built: dequeuePull`);
}

/** To be built. */
export async function advanceMergeQueue(world: World, repository: Repository, branch: string): Promise<void> {
  throw new Error(`not built: advanceMergeQueue`);
}

/** To be built. */
export function queueEntryOf(
  repository: Repository,
  pull: PullIssue,
): { entry: MergeQueueEntry; position: number } | null {
  throw new Error(`not built: queueEntryOf`);
}
