/** Pull requests, their reviews, commits and files. */

import type { PullRequestState } from '@octokit/graphql-schema';

import type { ChangedFile } from '../git-storage.ts';
import { queueEntryOf } from '../operations/merge-queue.ts';
import { mergeStateStatus, readMergeability } from '../operations/merging.ts';
import { latestReviews, reviewDecision, reviewsOf } from '../operations/reviews.ts';
import { rulesFor } from '../operations/rules.ts';
import { authorAssociation } from '../rest/represent-account.ts';
import type { Oid, PullIssue, Repository, Review } from '../state.ts';
import { accountOf, repositoryOf } from '../world.ts';
import { findActor } from './account-resolvers.ts';
import { listChangedFiles, listRange } from './commit-ranges.ts';
import { pageThrough } from './connection.ts';
import type { PageArguments } from './connection.ts';
import { findBranch, showCommit } from './git-objects.ts';
import { showRollup } from './git-resolvers.ts';
import { conversationFields, conversationUrl, writtenFields } from './issue-resolvers.ts';
import { dateTime } from './resolver-types.ts';
import type { GraphqlContext, NodeSource, Resolvers, TypeResolvers } from './resolver-types.ts';

type PullSource = NodeSource<'PullRequest'>;
type ReviewSource = NodeSource<'PullRequestReview'>;

interface PullCommitSource {
  readonly pull: PullSource;
  readonly oid: Oid;
}

/** A pull request as its parent fields return it. */
export function showPull(repository: Repository, issue: PullIssue): PullSource {
  return { kind: 'PullRequest', repository, issue };
}

function showReview(repository: Repository, review: Review): ReviewSource {
  return { kind: 'PullRequestReview', repository, review };
}

/** GraphQL's state: merged is a state of its own. */
export function pullState({ state, pull }: PullIssue): PullRequestState {
  if (pull.isMerged) return 'MERGED';
  return state === 'open' ? 'OPEN' : 'CLOSED';
}

function readFiles(
  { repository, issue: { pull } }: PullSource,
  context: GraphqlContext,
): Promise<readonly ChangedFile[]> {
  return listChangedFiles(context, repository, { base: pull.baseSha, head: pull.headSha });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

const branchFields: TypeResolvers<PullSource> = {
  headRefName: ({ issue }) => issue.pull.headRefName,
  headRefOid: ({ issue }) => issue.pull.headSha,
  baseRefName: ({ issue }) => issue.pull.baseRefName,
  baseRefOid: ({ issue }) => issue.pull.baseSha,
  baseRef: ({ repository, issue }) => findBranch(repository, issue.pull.baseRefName),
  headRef: ({ issue }, _args, { world }) => {
    const { headRepositoryId, headRefName } = issue.pull;
    return headRepositoryId === null ? null : findBranch(repositoryOf(world.state, headRepositoryId), headRefName);
  },
  baseRepository: ({ repository }) => ({ kind: 'Repository', repository }),
  headRepository: ({ issue }, _args, { world }) =>
    issue.pull.headRepositoryId === null
      ? null
      : { kind: 'Repository', repository: repositoryOf(world.state, issue.pull.headRepositoryId) },
  headRepositoryOwner: ({ issue }, _args, context) => findActor(context, issue.pull.headOwner),
  isCrossRepository: ({ repository, issue }) => issue.pull.headRepositoryId !== repository.id,
  commits: async ({ repository, issue }, page: PageArguments, context) => {
    const oids = await listRange(context, repository, { base: issue.pull.baseSha, head: issue.pull.headSha });
    const pull = showPull(repository, issue);
    return pageThrough(oids.map((oid): PullCommitSource => ({ pull, oid })).reverse(), page);
  },
  files: async (source, page: PageArguments, context) => pageThrough(await readFiles(source, context), page),
  changedFiles: async (source, _args, context) => (await readFiles(source, context)).length,
  additions: async (source, _args, context) => sum((await readFiles(source, context)).map((file) => file.additions)),
  deletions: async (source, _args, context) => sum((await readFiles(source, context)).map((file) => file.deletions)),
};

const mergeFields: TypeResolvers<PullSource> = {
  isDraft: ({ issue }) => issue.pull.isDraft,
  merged: ({ issue }) => issue.pull.isMerged,
  mergedAt: ({ issue }) => dateTime(issue.pull.mergedAt),
  mergedBy: ({ issue }, _args, context) => findActor(context, issue.pull.mergedBy),
  mergeCommit: ({ repository, issue }) => showCommit(repository, issue.pull.mergeCommitSha),
  mergeable: async ({ issue }, _args, { world }) => {
    const { mergeable } = await readMergeability(world, issue);
    if (mergeable === null) return 'UNKNOWN';
    return mergeable ? 'MERGEABLE' : 'CONFLICTING';
  },
  mergeStateStatus: ({ issue }, _args, { world, actor }) => mergeStateStatus(world, issue, actor),
  potentialMergeCommit: async ({ repository, issue }, _args, { world }) =>
    showCommit(repository, (await readMergeability(world, issue)).mergeCommitSha),
  autoMergeRequest: ({ issue }) => issue.pull.autoMerge,
  isMergeQueueEnabled: ({ repository, issue }) =>
    rulesFor(repository, issue.pull.baseRefName).some(({ rule }) => rule.type === 'merge_queue'),
  isInMergeQueue: ({ repository, issue }) => queueEntryOf(repository, issue) !== null,
  mergeQueueEntry: ({ repository, issue }) => {
    const found = queueEntryOf(repository, issue);
    return found === null ? null : { kind: 'MergeQueueEntry', repository, entry: found.entry };
  },
};

const reviewListFields: TypeResolvers<PullSource> = {
  reviewDecision: ({ issue }, _args, { world }) => reviewDecision(world, issue),
  reviews: (
    source,
    {
      states,
      author,
      ...page
    }: PageArguments & {
      readonly states?: readonly string[] | null;
      readonly author?: string | null;
    },
  ) =>
    pageThrough(
      reviewsOf(source.repository, source.issue)
        .filter((review) => states == null || states.includes(review.state))
        .filter((review) => author == null || review.author.toLowerCase() === author.toLowerCase())
        .map((review) => showReview(source.repository, review)),
      page,
    ),
  latestOpinionatedReviews: ({ repository, issue }, page: PageArguments) =>
    pageThrough(
      latestReviews(repository, issue)
        .filter(({ state }) => state !== 'COMMENTED')
        .map((review) => showReview(repository, review)),
      page,
    ),
  latestReviews: ({ repository, issue }, page: PageArguments) =>
    pageThrough(
      latestReviews(repository, issue).map((review) => showReview(repository, review)),
      page,
    ),
};

const pullFields: TypeResolvers<PullSource> = {
  ...writtenFields<PullSource>(({ issue }) => ({ ...issue, nodeId: issue.pull.nodeId })),
  ...conversationFields<PullSource>(),
  ...branchFields,
  ...mergeFields,
  ...reviewListFields,
  databaseId: ({ issue }) => issue.pull.id,
  fullDatabaseId: ({ issue }) => issue.pull.id,
  state: ({ issue }) => pullState(issue),
  statusCheckRollup: ({ repository, issue }) => showRollup(repository, issue.pull.headSha),
};

const reviewFields: TypeResolvers<ReviewSource> = {
  id: ({ review }) => review.nodeId,
  databaseId: ({ review }) => review.id,
  fullDatabaseId: ({ review }) => review.id,
  author: ({ review }, _args, context) => findActor(context, review.author),
  authorAssociation: ({ repository, review }, _args, { world }) => authorAssociation(world, repository, review.author),
  authorCanPushToRepository: ({ repository, review }) => {
    const role = repository.collaborators.get(review.author.toLowerCase()) ?? 'none';
    const isOwner = repository.owner.toLowerCase() === review.author.toLowerCase();
    return isOwner || ['admin', 'maintain', 'write'].includes(role);
  },
  body: ({ review }) => review.body,
  state: ({ review }) => review.state,
  commit: ({ repository, review }) => showCommit(repository, review.commitSha),
  createdAt: ({ review }) => dateTime(review.submittedAt),
  submittedAt: ({ review }) => dateTime(review.submittedAt),
  updatedAt: ({ review }) => dateTime(review.submittedAt),
  lastEditedAt: () => null,
  includesCreatedEdit: () => false,
  viewerDidAuthor: ({ review }, _args, { actor }) => review.author.toLowerCase() === actor.account.login.toLowerCase(),
  repository: ({ repository }) => ({ kind: 'Repository', repository }),
};

export const pullResolvers: Resolvers = {
  PullRequest: pullFields,
  PullRequestReview: reviewFields,
  PullRequestCommit: {
    commit: ({ pull, oid }: PullCommitSource) => showCommit(pull.repository, oid),
    pullRequest: ({ pull }: PullCommitSource) => pull,
    url: ({ pull, oid }: PullCommitSource, _args, context) =>
      `${conversationUrl(context, pull.repository, pull.issue)}/commits/${oid}`,
  },
  PullRequestChangedFile: {
    path: (file: ChangedFile) => file.path,
    additions: (file: ChangedFile) => file.additions,
    deletions: (file: ChangedFile) => file.deletions,
    changeType: (file: ChangedFile) => (file.status === 'removed' ? 'DELETED' : file.status.toUpperCase()),
  },
  AutoMergeRequest: {
    enabledBy: ({ enabledBy }: { readonly enabledBy: string }, _args, { world }) => {
      const account = accountOf(world.state, enabledBy);
      return { kind: account.kind, account };
    },
    mergeMethod: ({ method }: { readonly method: string }) => method.toUpperCase(),
  },
};
