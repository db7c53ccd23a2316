/** Timelines of issues and pull requests: comments, reviews and label events in order of time. */

import { commentsOf } from '../operations/comments.ts';
import { reviewsOf } from '../operations/reviews.ts';
import type { Issue, LabelEvent, PullIssue, QueueRemoval, Repository } from '../state.ts';
import { isPull } from '../world.ts';
import { findActor } from './account-resolvers.ts';
import { pageThrough } from './connection.ts';
import type { PageArguments } from './connection.ts';
import { MissingResolver } from './graphql-errors.ts';
import { dateTime } from './resolver-types.ts';
import type { NodeSource, Resolvers, TypeResolvers } from './resolver-types.ts';

interface TimelineArguments extends PageArguments {
  readonly itemTypes?: readonly string[] | null;
}

interface LabelEventSource {
  readonly kind: 'LabeledEvent' | 'UnlabeledEvent';
  readonly repository: Repository;
  readonly event: LabelEvent;
}

interface RemovalSource {
  readonly kind: 'RemovedFromMergeQueueEvent';
  readonly repository: Repository;
  readonly issue: PullIssue;
  readonly removal: QueueRemoval;
}

type TimelineItem = NodeSource<'IssueComment'> | NodeSource<'PullRequestReview'> | LabelEventSource | RemovalSource;

/** Makes the items of one type with their times. */
type ItemReader = (
  repository: Repository,
  issue: Issue,
) => { readonly at: number; readonly id: number; readonly item: TimelineItem }[];

function readLabelEvents(action: LabelEvent['action']): ItemReader {
  const kind = action === 'labeled' ? 'LabeledEvent' : 'UnlabeledEvent';
  return (repository, issue) =>
    issue.labelEvents
      .filter((event) => event.action === action)
      .map((event) => ({ at: event.createdAt, id: event.id, item: { kind, repository, event } }));
}

const readers: Readonly<Record<string, ItemReader>> = {
  ISSUE_COMMENT: (repository, issue) =>
    commentsOf(repository, issue.number).map((comment) => ({
      at: comment.createdAt,
      id: comment.id,
      item: { kind: 'IssueComment', repository, comment },
    })),
  PULL_REQUEST_REVIEW: (repository, issue) =>
    (isPull(issue) ? reviewsOf(repository, issue) : []).map((review) => ({
      at: review.submittedAt,
      id: review.id,
      item: { kind: 'PullRequestReview', repository, review },
    })),
  LABELED_EVENT: readLabelEvents('labeled'),
  UNLABELED_EVENT: readLabelEvents('unlabeled'),
  REMOVED_FROM_MERGE_QUEUE_EVENT: (repository, issue) =>
    (isPull(issue) ? issue.pull.queueRemovals : []).map((removal) => ({
      at: removal.createdAt,
      id: removal.id,
      item: { kind: 'RemovedFromMergeQueueEvent', repository, issue: issue as PullIssue, removal },
    })),
};

const removalFields: TypeResolvers<RemovalSource> = {
  id: ({ removal }) => removal.nodeId,
  reason: ({ removal }) => removal.reason,
  createdAt: ({ removal }) => dateTime(removal.createdAt),
  actor: ({ removal }, _args, context) => findActor(context, removal.actor),
  pullRequest: ({ repository, issue }) => ({ kind: 'PullRequest', repository, issue }),
};

const labelEventFields: TypeResolvers<LabelEventSource> = {
  id: ({ event }) => event.nodeId,
  createdAt: ({ event }) => dateTime(event.createdAt),
  actor: ({ event }, _args, context) => findActor(context, event.actor),
  label: ({ repository, event }) => {
    const label = repository.labels.get(event.label.toLowerCase());
    return label === undefined ? null : { kind: 'Label', repository, label };
  },
};

export const timelineResolvers: Resolvers = {
  LabeledEvent: labelEventFields,
  UnlabeledEvent: labelEventFields,
  RemovedFromMergeQueueEvent: removalFields,
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
  // Ids are given in order, so they tell what came first in one moment.
  items.sort((one, other) => one.at - other.at || one.id - other.id);
  return {
    ...pageThrough(
      items.map(({ item }) => item),
      page,
    ),
    filteredCount: items.length,
  };
}
