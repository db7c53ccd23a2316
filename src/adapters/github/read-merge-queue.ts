/** The merge queue of a base, and the open pull requests of it, as far as they have to be told from those of plans. */
import { z } from 'zod';

import type { BasePull, CheckFact, QueueEntryFact } from '../../core/hosted/facts.ts';
import { GATE_CHECK } from '../../core/hosted/own-gate-check.ts';
import { Author, Commit, CommitName, nodesOf } from './answer-shapes.ts';
import { Check, Rollup, toCheckFact } from './read-pull.ts';

const Pull = z.object({
  number: z.number(),
  headRefName: z.string(),
  headRefOid: CommitName,
  isCrossRepository: z.boolean(),
  viewerDidAuthor: z.boolean(),
  author: Author,
  statusCheckRollup: Rollup,
});

const Head = Commit.extend({
  statusCheckRollup: Rollup,
  checkSuites: z
    .object({ nodes: nodesOf(z.object({ checkRuns: z.object({ nodes: nodesOf(Check) }).nullable() })) })
    .nullable(),
});

/** The queue of a base; `null` where there is none. */
export const MergeQueue = z
  .object({
    entries: z
      .object({
        nodes: nodesOf(
          z.object({
            baseCommit: z.object({ oid: CommitName }).nullable(),
            headCommit: Head.nullable(),
            pullRequest: Pull.nullable(),
          }),
        ),
      })
      .nullable(),
  })
  .nullable();

/** The open pull requests of a base. */
export const BasePulls = z.object({ nodes: nodesOf(Pull) });

/** Who asks: this app's checks and pull requests are told from those of others by these. */
interface OwnApp {
  id: number;
  login: string;
}

// Beyond the entries that a queue builds at once nothing is asked of anybody yet.
const MAX_ENTRIES = 30;
const MAX_PULLS = 50;

/** What the fields below are written with; the fragments of checks and authors come on top. */
export const BASE_PULL_FRAGMENT = `fragment BasePull on PullRequest {
  number headRefName headRefOid isCrossRepository viewerDidAuthor
  author { ...Author }
  statusCheckRollup { contexts(first: 100) { ...Checks } }
}`;

/**
 * Selection of {@link MergeQueue}. This app's own check is asked for by itself: of very many checks of others it must
 * not be overlooked, or it would be given again and again.
 */
export function selectEntries(appId: string): string {
  return `{ entries(first: ${MAX_ENTRIES}) { nodes {
    baseCommit { oid }
    headCommit {
      oid tree { oid }
      statusCheckRollup { contexts(first: 100) { ...Checks } }
      checkSuites(first: 1, filterBy: { appId: ${appId} }) {
        nodes { checkRuns(first: 1, filterBy: { checkName: "${GATE_CHECK}", checkType: LATEST }) { nodes { ...OwnCheck } } }
      }
    }
    pullRequest { ...BasePull }
  } } }`;
}

/** The fragment that {@link selectEntries} needs beside {@link BASE_PULL_FRAGMENT}. */
export const OWN_CHECK_FRAGMENT = `fragment OwnCheck on CheckRun {
  __typename id name status conclusion externalId url checkSuite { app { databaseId } }
}`;

/** Arguments and selection of {@link BasePulls}: those that moved last, since what has its check needs no other. */
export function selectBasePulls(base: string): string {
  return `(baseRefName: ${base}, states: [OPEN], first: ${MAX_PULLS}, orderBy: { field: UPDATED_AT, direction: DESC }) {
    nodes { ...BasePull }
  }`;
}

/** The queue as facts, in its order. An entry whose pull request is not shown is left out. */
export function toQueueEntries(queue: z.infer<typeof MergeQueue>, app: OwnApp): QueueEntryFact[] {
  return (queue?.entries?.nodes ?? []).flatMap(({ baseCommit, headCommit, pullRequest }) =>
    pullRequest === null
      ? []
      : [
          {
            pull: toBasePull(pullRequest, app),
            baseSha: baseCommit?.oid ?? null,
            headSha: headCommit?.oid ?? null,
            headTree: headCommit?.tree.oid ?? null,
            checks: listChecks(headCommit, app),
          },
        ],
  );
}

/** This app's own check first, then those of the first page that are not it. */
function listChecks(head: z.infer<typeof Head> | null, app: OwnApp): CheckFact[] {
  const own = (head?.checkSuites?.nodes ?? []).flatMap(({ checkRuns }) => checkRuns?.nodes ?? []).map(toCheckFact);
  const page = (head?.statusCheckRollup?.contexts.nodes ?? []).map(toCheckFact);
  return [...own, ...page.filter(({ name, appId }) => name !== GATE_CHECK || appId !== app.id)];
}

/** A pull request as a fact. */
export function toBasePull(pull: z.infer<typeof Pull>, app: OwnApp): BasePull {
  const { author, statusCheckRollup } = pull;
  const checks = (statusCheckRollup?.contexts.nodes ?? []).map(toCheckFact);
  const gate = checks.find(({ name, appId }) => name === GATE_CHECK && appId === app.id);
  const isWhole = statusCheckRollup?.contexts.pageInfo.hasNextPage !== true;
  return {
    number: pull.number,
    headSha: pull.headRefOid,
    headBranch: pull.headRefName,
    isOwn: pull.viewerDidAuthor || (author.kind === 'bot' && author.login === app.login),
    isForeign: pull.isCrossRepository,
    gate: gate ?? (isWhole ? null : 'unknown'),
  };
}
