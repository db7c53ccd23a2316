import type { Repository, Oid, PullIssue, Review } from '../state.ts';
import type { Actor, World } from '../world.ts';

/** To be built. */
export async function openPull(
  world: World,
  by: Actor,
  repository: Repository,
  pull: { title: string; body?: string | null | undefined; head: string; base: string; isDraft?: boolean | undefined },
): Promise<PullIssue> {
  throw new Error(`not built: openPull`);
}

/** To be built. */
export async function editPull(
  world: World,
  by: Actor,
  pull: PullIssue,
  edit: { title?: string | undefined; body?: string | null | undefined; base?: string | undefined },
): Promise<void> {
  throw new Error(`not built: editPull`);
}

/** To be built. */
export async function setDraft(world: World, by: Actor, pull: PullIssue, isDraft: boolean): Promise<void> {
  throw new Error(`not built: setDraft`);
}

/** To be built. */
export async function closePull(world: World, by: Actor, pull: PullIssue): Promise<void> {
  throw new Error(`not built: closePull`);
}

/** To be built. */
export async function reopenPull(world: World, by: Actor, pull: PullIssue): Promise<void> {
  throw new Error(`not built: reopenPull`);
}

/** To be built. */
export async function updatePullBranch(world: World, by: Actor, pull: PullIssue, expectedHeadSha?: Oid): Promise<void> {
  throw new Error(`not built: updatePullBranch`);
}

/** To be built. */
export async function submitReview(
  world: World,
  by: Actor,
  pull: PullIssue,
  review: {
    state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED';
    body?: string | undefined;
    commitSha?: Oid | undefined;
  },
): Promise<Review> {
  throw new Error(`not built: submitReview`);
}

/** To be built. */
export async function dismissReview(world: World, by: Actor, pull: PullIssue, review: Review): Promise<void> {
  throw new Error(`not built: dismissReview`);
}

/** To be built. */
export function latestReviews(repository: Repository, pull: PullIssue): Review[] {
  throw new Error(`not built: latestReviews`);
}

/** To be built. */
export function reviewDecision(
  world: World,
  pull: PullIssue,
): 'APPROVED' | 'CHANGES_REQUESTED' | 'REVIEW_REQUIRED' | null {
  throw new Error(`not built: reviewDecision`);
}
