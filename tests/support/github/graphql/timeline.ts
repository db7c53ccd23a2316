/** Timelines of issues and pull requests: comments and reviews in order of time. */

import { commentsOf } from '../operations/comments.ts';
import { reviewsOf } from '../operations/reviews.ts';
import type { Issue, Repository } from '../state.ts';
import { isPull } from '../world.ts';
import { pageThrough } from './connection.ts';
import type { PageArguments } from './connection.ts';
import { MissingResolver } from './graphql-errors.ts';
import type { NodeSource } from './resolver-types.ts';

interface TimelineArguments extends PageArguments {
  readonly itemTypes?: readonly string[] | null;
}

type TimelineItem = NodeSource<'IssueComment'> | NodeSource<'PullRequestReview'>;

/** Makes the items of one type with their times. */
type ItemReader = (repository: Repository, issue: Issue) => { readonly at: number; readonly item: TimelineItem }[];

const readers: Readonly<Record<string, ItemReader>> = {
  ISSUE_COMMENT: (repository, issue) =>
    commentsOf(repository, issue.number).map((comment) => ({
      at: comment.createdAt,
      item: { kind: 'IssueComment', repository, comment },
    })),
  PULL_REQUEST_REVIEW: (repository, issue) =>
    (isPull(issue) ? reviewsOf(repository, issue) : []).map((review) => ({
      at: review.submittedAt,
      item: { kind: 'PullRequestReview', repository, review },
    })),
};

/**
 * A page of the timeline.
 * @throws MissingResolver without types, or for a type of which this GitHub keeps no history.
 */
export function pageTimeline(repository: Repository, issue: Issue, { itemTypes, ...page }: TimelineArguments) {
  if (itemTypes == null) throw new MissingResolver('The test GitHub shows timelines by `itemTypes` only.');
  const items = itemTypes.flatMap((type) => {
    const read = readers[type];
    if (read === undefined) throw new MissingResolver(`The test GitHub keeps no timeline items of type ${type}.`);
    return read(repository, issue);
  });
  // Sorting is stable, so what happened in one moment stays in the order in which it was kept.
  items.sort((one, other) => one.at - other.at);
  return {
    ...pageThrough(
      items.map(({ item }) => item),
      page,
    ),
    filteredCount: items.length,
  };
}
