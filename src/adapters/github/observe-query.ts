/**
 * The one document that a reconcile reads everything with. What a connection costs is counted per parent, so that
 * everything asked of each task is here for a reason: see {@link pullFragment}.
 * Source: "Rate limits and query limits for the GraphQL API" in GitHub's documentation.
 */
import type { BranchName, PlanId } from '../../core/brand.ts';
import type { FactsQuery } from '../../core/hosted/facts.ts';
import { branchFor } from '../../core/ref-names.ts';
import { AUTHOR_FRAGMENT } from './answer-shapes.ts';
import { BLOB_FRAGMENT } from './read-blob.ts';
import { GraphqlDocument, type FinishedDocument } from './graphql-document.ts';
import { COMMENT_FRAGMENTS } from './read-comments.ts';
import { BASE_PULL_FRAGMENT, OWN_CHECK_FRAGMENT, selectBasePulls, selectEntries } from './read-merge-queue.ts';
import { SUITES_FIELD } from './read-held-runs.ts';
import { CHECK_FRAGMENTS, pullFragment, TIMELINE_FRAGMENTS } from './read-pull.ts';

/** What of a query one document asks: all of it, or a part where the whole takes GitHub too long. */
export type QueryPart = Pick<FactsQuery, 'tasks' | 'trials' | 'receipts' | 'landings'>;

/** What a document is written for, beside the query. */
export interface QueryContext {
  owner: string;
  name: string;
  plan: PlanId;
  base: BranchName | null;
  hasMergeQueue: boolean;
  /** The rules of the base ask for this app's gate check, of every pull request. */
  asksForGate: boolean;
  appId: number;
  /** Asked with the token of a job: nothing of a merge queue can be seen, and runs may wait for an approval. */
  isJobToken: boolean;
}

/** Most items of a part whose whole took too long. */
const PART_SIZE = 25;
/** Ids that one `nodes` field takes. */
export const MAX_NODES = 100;
/** Where the configuration stands on the base. */
const CONFIG_PATH = '.github/espalier.yml';

/** Cuts a query into parts that GitHub answers faster. */
export function splitQuery(query: QueryPart): QueryPart[] {
  const longest = Math.max(query.tasks.length, query.trials.length, query.receipts.length, query.landings.length, 1);
  return Array.from({ length: Math.ceil(longest / PART_SIZE) }, (_, index) => {
    const [from, to] = [index * PART_SIZE, (index + 1) * PART_SIZE];
    return {
      tasks: query.tasks.slice(from, to),
      trials: query.trials.slice(from, to),
      receipts: query.receipts.slice(from, to),
      landings: query.landings.slice(from, to),
    };
  });
}

/** The document for `part`, and for everything that is asked once. */
export function writeObserveQuery(query: FactsQuery, part: QueryPart, context: QueryContext): FinishedDocument {
  const document = new GraphqlDocument('query', 'Observe');
  const ledger = refVariable(document, branchFor({ kind: 'ledger', plan: context.plan }));
  const fields = [
    'id databaseId name owner { login } isArchived',
    'mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed',
    'defaultBranchRef { name }',
    `ledger: ref(qualifiedName: ${ledger}) { target { oid } }`,
    queueField(document, context.base),
    `labels(first: 50, query: ${document.variable('String!', 'espalier')}) { nodes { id name } }`,
    issueField(document, query.issue),
    ...mergeQueueFields(document, context),
    baseField(document, context.base, part),
    ...partFields(document, part, context),
  ];
  document.select('rateLimit { cost limit remaining resetAt }');
  document.select(repositoryField(document, context, fields));
  selectStatusComment(document, query.statusComment);
  selectRuns(document, query.runs);
  return document.finish();
}

/** The document for a further part. */
export function writePartQuery(part: QueryPart, context: QueryContext): FinishedDocument {
  const document = new GraphqlDocument('query', 'ObservePart');
  const base = part.landings.length === 0 ? [] : [baseField(document, context.base, part)];
  document.select(repositoryField(document, context, ['id', ...base, ...partFields(document, part, context)]));
  return document.finish();
}

function repositoryField(document: GraphqlDocument, { owner, name }: QueryContext, fields: readonly string[]): string {
  const [ownerVariable, nameVariable] = [document.variable('String!', owner), document.variable('String!', name)];
  return `repository(owner: ${ownerVariable}, name: ${nameVariable}) {\n${fields.join('\n')}\n}`;
}

function refVariable(document: GraphqlDocument, branch: string): string {
  return document.variable('String!', `refs/heads/${branch}`);
}

/** Without a known base the queue's name is not known either, and all queues are read: there is one for each base. */
function queueField(document: GraphqlDocument, base: BranchName | null): string {
  if (base === null)
    return `queues: refs(refPrefix: ${document.variable('String!', 'refs/heads/espalier-queue/')}, first: 100) {
  nodes { name target { oid } }
}`;
  return `queue: ref(qualifiedName: ${refVariable(document, branchFor({ kind: 'queue', base }))}) { target { oid } }`;
}

/**
 * The merge queue, or only whether there is one: a protection of the older kind, which the list of rules leaves out, may
 * ask for it too. And where every pull request needs this app's check, those that moved last.
 */
function mergeQueueFields(
  document: GraphqlDocument,
  { base, hasMergeQueue, asksForGate, appId, isJobToken }: QueryContext,
): string[] {
  const isQueueAsked = hasMergeQueue || !isJobToken;
  const name = base === null || !(isQueueAsked || asksForGate) ? null : document.variable('String!', base);
  const queue = `mergeQueue${name === null ? '' : `(branch: ${name})`}`;
  if (hasMergeQueue) document.define(OWN_CHECK_FRAGMENT);
  if (hasMergeQueue || (asksForGate && name !== null))
    document.define(BASE_PULL_FRAGMENT, ...CHECK_FRAGMENTS, AUTHOR_FRAGMENT);
  const entries = hasMergeQueue
    ? `${queue} ${selectEntries(document.variable('Int!', appId))}`
    : `queueProbe: ${queue} { id }`;
  return [
    ...(isQueueAsked ? [entries] : []),
    ...(asksForGate && name !== null ? [`basePulls: pullRequests${selectBasePulls(name)}`] : []),
  ];
}

/**
 * The base, what it says of landings, and the rules of branch protections of the older kind, which the list of rules
 * leaves out; the second of the two is shown to few.
 */
function baseField(document: GraphqlDocument, base: BranchName | null, part: QueryPart): string {
  const field = base === null ? 'defaultBranchRef' : `ref(qualifiedName: ${refVariable(document, base)})`;
  const landings = part.landings.map(
    ({ commitSha }, index) => `l${index}: compare(headRef: ${document.variable('String!', commitSha)}) { status }`,
  );
  document.define(BLOB_FRAGMENT);
  return `base: ${field} {
  name
  target { oid ... on Commit { config: file(path: ${document.variable('String!', CONFIG_PATH)}) { object { ...Blob } } } }
  refUpdateRule {
    requiredApprovingReviewCount requiredStatusCheckContexts requiresCodeOwnerReviews requiresLinearHistory
    requiresSignatures viewerCanPush
  }
  branchProtectionRule {
    requiresStrictStatusChecks requiresApprovingReviews dismissesStaleReviews requireLastPushApproval
    requiredStatusChecks { context app { databaseId } }
  }
  ${landings.join('\n')}
}`;
}

function issueField(document: GraphqlDocument, issue: number): string {
  document.define(...COMMENT_FRAGMENTS);
  return `issue(number: ${document.variable('Int!', issue)}) {
  id number state title body lastEditedAt
  labels(first: 100) { nodes { id name } }
  labelEvents: timelineItems(last: 100, itemTypes: [LABELED_EVENT, UNLABELED_EVENT]) {
    nodes {
      __typename
      ... on LabeledEvent { id createdAt actor { ...Author } label { name } }
      ... on UnlabeledEvent { id createdAt actor { ...Author } label { name } }
    }
  }
  comments(last: 100) { pageInfo { hasPreviousPage startCursor } nodes { ...Comment } }
}`;
}

function partFields(document: GraphqlDocument, part: QueryPart, { hasMergeQueue, isJobToken }: QueryContext): string[] {
  if (part.tasks.length > 0)
    document.define(
      pullFragment(hasMergeQueue),
      ...TIMELINE_FRAGMENTS,
      ...COMMENT_FRAGMENTS,
      ...CHECK_FRAGMENTS,
      AUTHOR_FRAGMENT,
    );
  if (part.receipts.length > 0) document.define(BLOB_FRAGMENT);
  const target = isJobToken ? `oid ${SUITES_FIELD}` : 'oid';
  return [
    ...part.tasks.map((task, index) => taskFields(document, index, { ...task, target })),
    ...part.trials.map(
      ({ branch }, index) => `r${index}: ref(qualifiedName: ${refVariable(document, branch)}) {
  target { ... on Commit { oid tree { oid } parents(first: 3) { nodes { oid } } } }
}`,
    ),
    ...part.receipts.map(
      ({ branch }, index) => `c${index}: ref(qualifiedName: ${refVariable(document, branch)}) {
  target {
    ... on Commit {
      oid
      parents(first: 1) { nodes { oid tree { oid } } }
      receipt: file(path: "receipt.json") { object { ...Blob } }
      evidence: file(path: "evidence.json") { object { ...Blob } }
    }
  }
}`,
    ),
    ...part.landings.map(
      ({ commitSha }, index) =>
        `m${index}: object(oid: ${document.variable('GitObjectID!', commitSha)}) { ... on Commit { oid tree { oid } } }`,
    ),
  ];
}

/**
 * A pull request whose number is not known is found by the branch that it is from. Not by the branch's name: anybody
 * can give a branch of a fork the same one.
 */
function taskFields(
  document: GraphqlDocument,
  index: number,
  { branch, pull, target }: Pick<FactsQuery['tasks'][number], 'branch' | 'pull'> & { target: string },
): string {
  const found =
    pull === null
      ? 'associatedPullRequests(first: 1, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { ...Pull } }'
      : '';
  const known = pull === null ? '' : `p${index}: pullRequest(number: ${document.variable('Int!', pull)}) { ...Pull }`;
  return `t${index}: ref(qualifiedName: ${refVariable(document, branch)}) { target { ${target} } ${found} }\n${known}`;
}

function selectStatusComment(document: GraphqlDocument, nodeId: string | null): void {
  if (nodeId === null) return;
  document.select(`statusComment: node(id: ${document.variable('ID!', nodeId)}) {
  ... on IssueComment { id body lastEditedAt }
}`);
}

function selectRuns(document: GraphqlDocument, runs: FactsQuery['runs']): void {
  for (let from = 0; from < runs.length; from += MAX_NODES) {
    const ids = runs.slice(from, from + MAX_NODES).map(({ nodeId }) => nodeId);
    document.select(`runs${from / MAX_NODES}: nodes(ids: ${document.variable('[ID!]!', ids)}) {
  ... on WorkflowRun { id url event updatedAt file { path } checkSuite { status conclusion } }
}`);
  }
}
