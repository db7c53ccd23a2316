/** Further pages of what did not fit into the first answer: comments, reviews and checks. Most reads need none. */
import { z } from 'zod';

import type { GitHubClient } from './github-client.ts';
import { GraphqlDocument } from './graphql-document.ts';
import { CommentPage, type Issue } from './observe-answer.ts';
import { AUTHOR_FRAGMENT, nodesOf } from './answer-shapes.ts';
import { COMMENT_FRAGMENTS, needsEarlierComments, type Comment } from './read-comments.ts';
import {
  CHECK_FRAGMENTS,
  PullTimeline,
  Review,
  REVIEW_FRAGMENTS,
  Rollup,
  TIMELINE_FRAGMENTS,
  TIMELINE_TYPES,
  type Pull,
  type RollupContext,
} from './read-pull.ts';

/** Beyond this many further pages of one list nobody reads on: 1,000 comments, 1,000 checks. */
const MAX_ROUNDS = 9;

/** A pull request with all pages of its lists that matter. */
export interface WholePull {
  pull: Pull;
  checks: RollupContext[];
  comments: Comment[];
  reviews: Review[];
}

/** What the pages are read for. */
export interface PageContext {
  client: GitHubClient;
  knownSources: ReadonlySet<string>;
  nowMs: number;
}

/** One list that goes on, and what to do with its next page. Taking a page in gives the list after it, if it goes on. */
interface OpenList {
  write(document: GraphqlDocument): string;
  take(answer: unknown): OpenList | null;
}

/** Reads what is missing of an issue's comments and of pull requests, all lists a page further with each request. */
export async function readFurtherPages(
  issue: Issue | null,
  pulls: readonly Pull[],
  context: PageContext,
): Promise<{ comments: Comment[]; pulls: WholePull[] }> {
  const comments = issue?.comments.nodes ?? [];
  const wholes = pulls.map(openWhole);
  const first = [
    ...(issue === null ? [] : [issueComments(issue.id, issue.comments.pageInfo, comments, context)]),
    ...wholes.flatMap((whole) => [
      pullChecks(whole, whole.pull.statusCheckRollup),
      pullTimeline(whole, whole.pull.timelineItems, context),
      whole.pull.timelineItems.pageInfo.hasPreviousPage ? pullReviews(whole) : null,
    ]),
  ];
  let open = first.filter((list) => list !== null);
  for (let round = 0; open.length > 0 && round < MAX_ROUNDS; round += 1) {
    const answers = await readRound(open, context.client);
    open = open.map((list, index) => list.take(answers[index])).filter((list) => list !== null);
  }
  return { comments, pulls: wholes };
}

function openWhole(pull: Pull): WholePull {
  const whole: WholePull = { pull, checks: [], comments: [], reviews: [] };
  whole.checks.push(...(pull.statusCheckRollup?.contexts.nodes ?? []));
  takeTimeline(whole, pull.timelineItems);
  return whole;
}

async function readRound(lists: readonly OpenList[], client: GitHubClient): Promise<unknown[]> {
  const document = new GraphqlDocument('query', 'ObserveFurther');
  for (const [index, list] of lists.entries()) document.select(`f${index}: ${list.write(document)}`);
  const { document: text, variables } = document.finish();
  const { data, errors } = await client.graphql({
    kind: 'query',
    document: text,
    variables,
    what: 'Reading further pages of a plan',
    answer: z.record(z.string(), z.unknown()),
  });
  const broken = errors.find(({ failure }) => failure.type !== 'NOT_FOUND');
  if (broken !== undefined) throw client.errorOf('Reading further pages of a plan', broken.failure);
  return lists.map((_, index) => data[`f${index}`]);
}

const IssuePage = z.object({ comments: CommentPage }).nullable();

function issueComments(
  issueId: string,
  page: { hasPreviousPage: boolean; startCursor: string | null },
  comments: Comment[],
  context: PageContext,
): OpenList | null {
  if (!needsEarlierComments(page, comments, { sources: context.knownSources, nowMs: context.nowMs })) return null;
  return {
    write(document) {
      document.define(...COMMENT_FRAGMENTS);
      const [id, before] = [document.variable('ID!', issueId), document.variable('String', page.startCursor)];
      return `node(id: ${id}) {
  ... on Issue {
    comments(last: 100, before: ${before}) { pageInfo { hasPreviousPage startCursor } nodes { ...Comment } }
  }
}`;
    },
    take(answer) {
      const next = IssuePage.parse(answer)?.comments;
      if (next === undefined) return null;
      comments.unshift(...next.nodes);
      return issueComments(issueId, next.pageInfo, comments, context);
    },
  };
}

const TimelinePage = z.object({ timelineItems: PullTimeline }).nullable();

function pullTimeline(whole: WholePull, { pageInfo }: PullTimeline, context: PageContext): OpenList | null {
  const known = { sources: context.knownSources, nowMs: context.nowMs };
  if (!needsEarlierComments(pageInfo, whole.comments, known)) return null;
  return {
    write(document) {
      document.define(...TIMELINE_FRAGMENTS, ...COMMENT_FRAGMENTS);
      const [id, before] = [document.variable('ID!', whole.pull.id), document.variable('String', pageInfo.startCursor)];
      return `node(id: ${id}) {
  ... on PullRequest { timelineItems(last: 100, before: ${before}, itemTypes: ${TIMELINE_TYPES}) { ...PullTimeline } }
}`;
    },
    take(answer) {
      const next = TimelinePage.parse(answer)?.timelineItems;
      if (next === undefined) return null;
      takeTimeline(whole, next);
      return pullTimeline(whole, next, context);
    },
  };
}

/** Puts a page, which is older than all that was read, before the rest. */
function takeTimeline(whole: WholePull, { nodes }: PullTimeline): void {
  whole.comments.unshift(...nodes.filter((node) => node.__typename === 'IssueComment'));
  whole.reviews.unshift(...nodes.filter((node) => node.__typename === 'PullRequestReview'));
}

const ReviewPage = z.object({ latestOpinionatedReviews: z.object({ nodes: nodesOf(Review) }).nullable() }).nullable();

/** Approvals and objections from before the pages that are read: each still counts, however much was said since. */
function pullReviews(whole: WholePull): OpenList {
  return {
    write(document) {
      document.define(...REVIEW_FRAGMENTS, AUTHOR_FRAGMENT);
      return `node(id: ${document.variable('ID!', whole.pull.id)}) {
  ... on PullRequest { latestOpinionatedReviews(first: 100) { nodes { __typename ...Review } } }
}`;
    },
    take(answer) {
      whole.reviews.unshift(...(ReviewPage.parse(answer)?.latestOpinionatedReviews?.nodes ?? []));
      return null;
    },
  };
}

const CheckPage = z.object({ statusCheckRollup: Rollup }).nullable();

function pullChecks(whole: WholePull, rollup: Rollup): OpenList | null {
  if (rollup === null || !rollup.contexts.pageInfo.hasNextPage) return null;
  const { endCursor } = rollup.contexts.pageInfo;
  return {
    write(document) {
      document.define(...CHECK_FRAGMENTS);
      const [id, after] = [document.variable('ID!', whole.pull.id), document.variable('String', endCursor)];
      return `node(id: ${id}) {
  ... on PullRequest { statusCheckRollup { contexts(first: 100, after: ${after}) { ...Checks } } }
}`;
    },
    take(answer) {
      const next = CheckPage.parse(answer)?.statusCheckRollup ?? null;
      whole.checks.push(...(next?.contexts.nodes ?? []));
      return pullChecks(whole, next);
    },
  };
}
