/** Reviews of pull requests, and what they add up to. */
import { addNode } from '../registry.ts';
import { makeNodeId } from '../node-ids.ts';
import type { Oid, PullIssue, Repository, Review } from '../state.ts';
import {
  nextLargeId,
  repositoryOf,
  roleOf,
  unprocessable,
  type Actor,
  type World,
  setFields,
  refuseWriteToArchived,
} from '../world.ts';
import { refusePullByActions } from './actions-app.ts';
import { rulesOfType } from './rules.ts';

/** Gives a review on the head (or an older commit). An author can comment on their own, not approve it. */
export async function submitReview(
  world: World,
  by: Actor,
  issue: PullIssue,
  wanted: {
    state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED';
    body?: string | undefined;
    commitSha?: Oid | undefined;
  },
): Promise<Review> {
  return world.atomically(async () => {
    const repository = repositoryOf(world.state, issue.repositoryId);
    refuseWriteToArchived(repository);
    if (wanted.state === 'APPROVED') refusePullByActions(by, repository);
    const isOwn = issue.author === by.account.login;
    if (isOwn && wanted.state === 'APPROVED') throw unprocessable('Can not approve your own pull request');
    if (isOwn && wanted.state === 'CHANGES_REQUESTED')
      throw unprocessable('Can not request changes on your own pull request');
    const id = nextLargeId(world.state);
    const review: Review = {
      id,
      nodeId: makeNodeId('PullRequestReview', id),
      repositoryId: repository.id,
      pullNumber: issue.number,
      author: by.account.login,
      body: wanted.body ?? '',
      state: wanted.state,
      commitSha: wanted.commitSha ?? issue.pull.headSha,
      appId: by.appId,
      submittedAt: world.clock.now(),
    };
    repository.reviews.set(id, review);
    addNode(world.state, review.nodeId, { kind: 'PullRequestReview', repository, review });
    setFields(issue, { updatedAt: world.clock.now() });
    await world.emit({ event: 'pull_request_review', action: 'submitted', repository, by, issue, review });
    return review;
  });
}

/** Dismisses an approval or a request for changes; other reviews cannot be dismissed. */
export async function dismissReview(world: World, by: Actor, issue: PullIssue, review: Review): Promise<void> {
  await world.atomically(async () => {
    const repository = repositoryOf(world.state, issue.repositoryId);
    if (review.state === 'COMMENTED' || review.state === 'DISMISSED')
      throw unprocessable(`Can not dismiss a ${review.state.toLowerCase()} pull request review`);
    setFields(review, { state: 'DISMISSED' });
    await world.emit({ event: 'pull_request_review', action: 'dismissed', repository, by, issue, review });
  });
}

/** After a push to the head: approvals go, where a rule of the base says so. */
export async function dismissStaleReviews(world: World, by: Actor, issue: PullIssue): Promise<void> {
  const repository = repositoryOf(world.state, issue.repositoryId);
  const rules = rulesOfType(repository, issue.pull.baseRefName, 'pull_request');
  if (!rules.some(({ rule }) => rule.parameters.dismiss_stale_reviews_on_push)) return;
  for (const review of reviewsOf(repository, issue))
    if (review.state === 'APPROVED') await dismissReview(world, by, issue, review);
}

/** All reviews of a pull request, oldest first. */
export function reviewsOf(repository: Repository, issue: PullIssue): Review[] {
  return [...repository.reviews.values()].filter((review) => review.pullNumber === issue.number);
}

/** The last review of each reviewer that says yes, no or was dismissed; a comment only where there is nothing else. */
export function latestReviews(repository: Repository, issue: PullIssue): Review[] {
  const latest = new Map<string, Review>();
  for (const review of reviewsOf(repository, issue))
    if (review.state !== 'COMMENTED' || (latest.get(review.author)?.state ?? 'COMMENTED') === 'COMMENTED')
      latest.set(review.author, review);
  return [...latest.values()];
}

/** How many approvals of people with write access stand. */
export function approvalsOf(repository: Repository, issue: PullIssue, isLastPushNeeded: boolean): number {
  return latestReviews(repository, issue).filter(
    (review) =>
      review.state === 'APPROVED' &&
      isWriter(repository, review.author) &&
      (!isLastPushNeeded || review.commitSha === issue.pull.headSha),
  ).length;
}

/** As GraphQL shows it; `null` where no rule asks for reviews and nobody asked for changes. */
export function reviewDecision(
  world: World,
  issue: PullIssue,
): 'APPROVED' | 'CHANGES_REQUESTED' | 'REVIEW_REQUIRED' | null {
  const repository = repositoryOf(world.state, issue.repositoryId);
  const writers = latestReviews(repository, issue).filter((review) => isWriter(repository, review.author));
  if (writers.some((review) => review.state === 'CHANGES_REQUESTED')) return 'CHANGES_REQUESTED';
  const rules = rulesOfType(repository, issue.pull.baseRefName, 'pull_request');
  const needed = Math.max(0, ...rules.map(({ rule }) => rule.parameters.required_approving_review_count));
  const approvals = writers.filter((review) => review.state === 'APPROVED').length;
  if (needed === 0) return approvals > 0 ? 'APPROVED' : null;
  return approvals >= needed ? 'APPROVED' : 'REVIEW_REQUIRED';
}

function isWriter(repository: Repository, login: string): boolean {
  return ['admin', 'maintain', 'write'].includes(roleOf(repository, login));
}
