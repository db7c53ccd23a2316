/**
 * Which issues of a repository are plans that may still need something: those with a ledger, those with the label, and
 * those on which somebody gave a command that was not heard.
 */
import { z } from 'zod';

import { issueOf } from '../../core/hosted/state.ts';
import { COMMAND_LIVES_MS, findUnanswered, type RecentIssue } from '../../core/intake/unanswered-commands.ts';
import { Time } from './answer-shapes.ts';
import type { GitHubClient } from './github-client.ts';
import { GraphqlDocument } from './graphql-document.ts';

const LEDGER_PREFIX = 'refs/heads/espalier-ledger/';
/** The label that says that an issue is a plan. */
const PLAN_LABEL = 'espalier';
const PAGE_SIZE = 100;
/** Repositories have had far fewer; a list without an end would keep the sweep from ever ending. */
const MAX_PAGES = 50;

const LIST_DOCUMENT = `query ListPlans($owner: String!, $name: String!, $prefix: String!, $after: String, $label: String!, $size: Int!, $since: DateTime!) {
  repository(owner: $owner, name: $name) {
    refs(refPrefix: $prefix, first: $size, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } }
    issues(labels: [$label], states: [OPEN], first: $size) { nodes { number } }
    recent: issues(states: [OPEN], filterBy: { since: $since }, orderBy: { field: UPDATED_AT, direction: DESC }, first: 50) {
      nodes {
        number
        labels(first: 20) { nodes { name } }
        comments(last: 20) { nodes { id body createdAt viewerDidAuthor } }
      }
    }
  }
}`;

const RecentIssues = z.object({
  nodes: z.array(
    z.object({
      number: z.number().int(),
      labels: z.object({ nodes: z.array(z.object({ name: z.string() })) }).nullable(),
      comments: z.object({
        nodes: z.array(z.object({ id: z.string(), body: z.string(), createdAt: Time, viewerDidAuthor: z.boolean() })),
      }),
    }),
  ),
});

const ListAnswer = z.object({
  repository: z
    .object({
      refs: z.object({
        nodes: z.array(z.object({ name: z.string() })),
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      }),
      issues: z.object({ nodes: z.array(z.object({ number: z.number().int() })) }),
      recent: RecentIssues,
    })
    .nullable(),
});

const StateAnswer = z.object({
  repository: z.record(z.string(), z.object({ state: z.enum(['OPEN', 'CLOSED']) }).nullable()).nullable(),
});

/**
 * Numbers of the open plan issues of a repository at `nowMs` (milliseconds since the epoch), ascending. Closed ones are at
 * their end. Commands that were not heard are found on the 50 issues that moved last, among their last 20 comments.
 */
export async function listOpenPlanIssues(
  client: GitHubClient,
  repository: { owner: string; name: string },
  nowMs: number,
  signal?: AbortSignal,
): Promise<number[]> {
  const withLedger = new Set<number>();
  const open = new Set<number>();
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const data: z.infer<typeof ListAnswer> = await readListPage(client, repository, { after, nowMs }, signal);
    if (data.repository === null) return [];
    for (const { number } of data.repository.issues.nodes) open.add(number);
    for (const number of findUnanswered(data.repository.recent.nodes.map(toRecentIssue), nowMs)) open.add(number);
    for (const { name } of data.repository.refs.nodes) {
      // Whether names are relative to the prefix that was asked for is not documented: the last part is the plan's id.
      const issue = issueOf(name.split('/').at(-1) ?? '');
      if (issue !== null) withLedger.add(issue);
    }
    const { pageInfo } = data.repository.refs;
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  const unknown = [...withLedger].filter((issue) => !open.has(issue));
  for (const issue of await keepOpen(client, repository, unknown, signal)) open.add(issue);
  return [...open].sort((a, b) => a - b);
}

function toRecentIssue({ number, labels, comments }: z.infer<typeof RecentIssues>['nodes'][number]): RecentIssue {
  return {
    number,
    labels: (labels?.nodes ?? []).map(({ name }) => name),
    comments: comments.nodes.map(({ id, body, createdAt, viewerDidAuthor }) => ({
      nodeId: id,
      body,
      createdAtMs: createdAt,
      isOwn: viewerDidAuthor,
    })),
  };
}

async function readListPage(
  client: GitHubClient,
  repository: { owner: string; name: string },
  { after, nowMs }: { after: string | null; nowMs: number },
  signal?: AbortSignal,
): Promise<z.infer<typeof ListAnswer>> {
  const since = new Date(nowMs - COMMAND_LIVES_MS).toISOString();
  const { data } = await client.graphql({
    kind: 'query',
    document: LIST_DOCUMENT,
    variables: { ...repository, prefix: LEDGER_PREFIX, after, since, label: PLAN_LABEL, size: PAGE_SIZE },
    what: 'Listing the plans of a repository',
    answer: ListAnswer,
    ...(signal === undefined ? {} : { signal }),
  });
  return data;
}

async function keepOpen(
  client: GitHubClient,
  repository: { owner: string; name: string },
  issues: readonly number[],
  signal?: AbortSignal,
): Promise<number[]> {
  const open: number[] = [];
  for (let from = 0; from < issues.length; from += PAGE_SIZE) {
    const part = issues.slice(from, from + PAGE_SIZE);
    const names = part.map((_, at) => `$n${at}: Int!`).join(', ');
    const fields = part.map((_, at) => `i${at}: issue(number: $n${at}) { state }`).join('\n    ');
    const { data } = await client.graphql({
      kind: 'query',
      document: `query ListOpen($owner: String!, $name: String!, ${names}) {\n  repository(owner: $owner, name: $name) {\n    ${fields}\n  }\n}`,
      variables: { ...repository, ...Object.fromEntries(part.map((issue, at) => [`n${at}`, issue])) },
      what: 'Reading which plans are open',
      answer: StateAnswer,
      ...(signal === undefined ? {} : { signal }),
    });
    open.push(...part.filter((_, at) => data.repository?.[`i${at}`]?.state === 'OPEN'));
  }
  return open;
}

const PullHeads = z.object({
  repository: z
    .record(z.string(), z.object({ headRefName: z.string(), isCrossRepository: z.boolean() }).nullable())
    .nullable(),
});

/** The branch that each of these pull requests is from; `null` for one that is gone, or from another repository. */
export async function readPullBranches(
  client: GitHubClient,
  repository: { owner: string; name: string },
  pulls: readonly number[],
): Promise<(string | null)[]> {
  const document = new GraphqlDocument('query', 'PullBranches');
  const [owner, name] = [document.variable('String!', repository.owner), document.variable('String!', repository.name)];
  const fields = pulls.map(
    (pull, at) => `p${at}: pullRequest(number: ${document.variable('Int!', pull)}) { headRefName isCrossRepository }`,
  );
  document.select(`repository(owner: ${owner}, name: ${name}) {\n${fields.join('\n')}\n}`);
  const { data } = await client.graphql({
    kind: 'query',
    ...document.finish(),
    what: 'Reading which branches pull requests are from',
    answer: PullHeads,
  });
  return pulls.map((_, at) => {
    const found = data.repository?.[`p${at}`] ?? null;
    return found === null || found.isCrossRepository ? null : found.headRefName;
  });
}
