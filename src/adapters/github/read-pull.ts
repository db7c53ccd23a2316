/** Pull requests as GraphQL gives them: what is asked, and how the answer becomes a fact. */
import { z } from 'zod';

import type { CheckFact, PullFact, ReviewFact } from '../../core/hosted/facts.ts';
import { Author, Commit, CommitName, nodesOf, Time } from './answer-shapes.ts';
import { BackwardPage, Comment, toCommentFact } from './read-comments.ts';
import { Removals, REMOVALS, toQueueRemoval } from './read-queue-removal.ts';

/** A check run. */
export const Check = z.object({
  __typename: z.literal('CheckRun'),
  id: z.string(),
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  externalId: z.string().nullable(),
  url: z.string(),
  checkSuite: z.object({ app: z.object({ databaseId: z.number().nullable() }).nullable() }),
});
const Status = z.object({
  __typename: z.literal('StatusContext'),
  id: z.string(),
  context: z.string(),
  state: z.string(),
  targetUrl: z.string().nullable(),
});
const RollupContext = z.union([Check, Status]);
export type RollupContext = z.infer<typeof RollupContext>;

/** A page of checks. */
export const Rollup = z
  .object({
    contexts: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: nodesOf(RollupContext),
    }),
  })
  .nullable();
export type Rollup = z.infer<typeof Rollup>;

export const Review = z.object({
  __typename: z.literal('PullRequestReview'),
  author: Author,
  authorCanPushToRepository: z.boolean(),
  state: z.string(),
  commit: z.object({ oid: CommitName }).nullable(),
  submittedAt: Time.nullable(),
});
export type Review = z.infer<typeof Review>;

const TimelineComment = Comment.extend({ __typename: z.literal('IssueComment') });

/** Comments and reviews of a pull request, in one list: two lists would cost twice. */
export const PullTimeline = z.object({
  pageInfo: BackwardPage,
  nodes: nodesOf(z.union([TimelineComment, Review])),
});
export type PullTimeline = z.infer<typeof PullTimeline>;

export const Pull = z.object({
  id: z.string(),
  number: z.number(),
  url: z.string(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  isDraft: z.boolean(),
  viewerDidAuthor: z.boolean(),
  author: Author,
  headRefName: z.string(),
  headRefOid: CommitName,
  baseRefName: z.string(),
  body: z.string(),
  labels: z.object({ nodes: nodesOf(z.object({ id: z.string(), name: z.string() })) }).nullable(),
  mergeable: z.string(),
  mergeStateStatus: z.string(),
  mergeCommit: Commit.nullable(),
  statusCheckRollup: Rollup,
  timelineItems: PullTimeline,
  mergeQueueEntry: z
    .object({
      state: z.string(),
      baseCommit: z.object({ oid: CommitName }).nullable(),
      headCommit: z.object({ oid: CommitName }).nullable(),
    })
    .nullish(),
  queueRemovals: Removals.optional(),
});
export type Pull = z.infer<typeof Pull>;

const CHECK_FRAGMENT = `fragment Checks on StatusCheckRollupContextConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    __typename
    ... on CheckRun { id name status conclusion externalId url checkSuite { app { databaseId } } }
    ... on StatusContext { id context state targetUrl }
  }
}`;
const REVIEW_FRAGMENT = `fragment Review on PullRequestReview {
  author { ...Author }
  authorCanPushToRepository
  state
  commit { oid }
  submittedAt
}`;
const TIMELINE_FRAGMENT = `fragment PullTimeline on PullRequestTimelineItemsConnection {
  pageInfo { hasPreviousPage startCursor }
  nodes {
    __typename
    ... on IssueComment { ...Comment }
    ... on PullRequestReview { ...Review }
  }
}`;
/** What a page of checks needs beside its own selection. */
export const CHECK_FRAGMENTS = [CHECK_FRAGMENT] as const;
/** What a list of reviews needs beside its own selection; the author's fragment comes on top. */
export const REVIEW_FRAGMENTS = [REVIEW_FRAGMENT] as const;
/** What a page of comments and reviews needs beside its own selection; the comments' fragments come on top. */
export const TIMELINE_FRAGMENTS = [TIMELINE_FRAGMENT, ...REVIEW_FRAGMENTS] as const;

/** The kinds of items that {@link PullTimeline} knows. */
export const TIMELINE_TYPES = '[ISSUE_COMMENT, PULL_REQUEST_REVIEW]';

/**
 * The fields of a pull request, as the fragment `Pull`. Three connections, and one more only where there is a merge queue: with 100 pull requests a fourth one would
 * cost a point more (GitHub counts a request for each connection of each parent, and 100 of them as a point).
 */
export function pullFragment(hasMergeQueue: boolean): string {
  const queue = hasMergeQueue
    ? `mergeQueueEntry { state baseCommit { oid } headCommit { oid } } queueRemovals: timelineItems${REMOVALS}`
    : '';
  return `fragment Pull on PullRequest {
  id number url state isDraft viewerDidAuthor
  author { ...Author }
  headRefName headRefOid baseRefName body
  labels(first: 100) { nodes { id name } }
  mergeable mergeStateStatus
  mergeCommit { oid tree { oid } }
  statusCheckRollup { contexts(first: 100) { ...Checks } }
  timelineItems(last: 100, itemTypes: ${TIMELINE_TYPES}) { ...PullTimeline }
  ${queue}
}`;
}

const MERGEABLE: Readonly<Record<string, PullFact['mergeable']>> = { MERGEABLE: 'yes', CONFLICTING: 'no' };
const STATES = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const;

/** A pull request as a fact, from its answer and the further pages of its lists. */
export function toPullFact(
  pull: Pull,
  pages: { checks: readonly RollupContext[]; comments: readonly Comment[]; reviews: readonly Review[] },
  ownLogin: string,
): PullFact {
  const { mergeCommit, mergeQueueEntry, queueRemovals } = pull;
  return {
    number: pull.number,
    nodeId: pull.id,
    url: pull.url,
    state: STATES[pull.state],
    isDraft: pull.isDraft,
    isOwn: pull.viewerDidAuthor || (pull.author.kind === 'bot' && pull.author.login === ownLogin),
    headBranch: pull.headRefName,
    headSha: pull.headRefOid,
    baseBranch: pull.baseRefName,
    body: pull.body,
    labels: (pull.labels?.nodes ?? []).map(({ name }) => name),
    mergeable: MERGEABLE[pull.mergeable] ?? 'unknown',
    mergeState: pull.mergeStateStatus,
    mergeCommit: mergeCommit === null ? null : { sha: mergeCommit.oid, tree: mergeCommit.tree.oid },
    checks: pages.checks.map(toCheckFact),
    reviews: pickLatestReviews(pages.reviews),
    comments: pages.comments.map((comment) => toCommentFact(comment, pull.number, ownLogin)),
    queueEntry:
      mergeQueueEntry == null
        ? null
        : {
            state: mergeQueueEntry.state,
            baseSha: mergeQueueEntry.baseCommit?.oid ?? null,
            headSha: mergeQueueEntry.headCommit?.oid ?? null,
          },
    ...(queueRemovals === undefined ? {} : { queueRemoval: toQueueRemoval(queueRemovals) }),
  };
}

/** A check run or a commit status as a fact. */
export function toCheckFact(context: RollupContext): CheckFact {
  if (context.__typename === 'StatusContext') {
    const { id, context: name, state, targetUrl } = context;
    const isPending = state === 'PENDING' || state === 'EXPECTED';
    const status = state === 'SUCCESS' ? 'passed' : isPending ? 'pending' : 'not-passed';
    return { name, appId: null, status, conclusion: state, url: targetUrl, externalId: null, nodeId: id };
  }
  const { id, name, status, conclusion, externalId, url, checkSuite } = context;
  const isOver = status === 'COMPLETED';
  return {
    name,
    appId: checkSuite.app?.databaseId ?? null,
    // Silence is no consent: only success itself has passed.
    status: !isOver ? 'pending' : conclusion === 'SUCCESS' ? 'passed' : 'not-passed',
    conclusion: isOver ? (conclusion ?? 'NONE') : status,
    url,
    externalId,
    nodeId: id,
  };
}

const REVIEW_STATES: Readonly<Record<string, ReviewFact['state']>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes-requested',
  DISMISSED: 'dismissed',
  COMMENTED: 'commented',
};

/** The latest review of each reviewer. As on GitHub, a later comment takes back neither an approval nor an objection. */
function pickLatestReviews(reviews: readonly Review[]): ReviewFact[] {
  const latest = new Map<string, ReviewFact>();
  for (const { author, authorCanPushToRepository: isByWriter, state: word, commit } of reviews.toSorted(
    (a, b) => (a.submittedAt ?? 0) - (b.submittedAt ?? 0),
  )) {
    const state = REVIEW_STATES[word];
    // One that is still being written has no state of this table.
    if (state === undefined) continue;
    const key = `${author.kind} ${author.login.toLowerCase()}`;
    if (state === 'commented' && (latest.get(key) ?? { state }).state !== 'commented') continue;
    latest.set(key, { author, isByWriter, state, commitSha: commit?.oid ?? null });
  }
  return [...latest.values()];
}
