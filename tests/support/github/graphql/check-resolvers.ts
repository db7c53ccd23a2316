/** Checks: suites, runs, statuses and what they add up to. */

import { isCheckRequired } from '../operations/rules.ts';
import { latestCheckRuns } from '../operations/checks.ts';
import type { CheckAnnotation, CheckRun, Repository } from '../state.ts';
import { appOf, isPull, notFound } from '../world.ts';
import { findActor, showAsUser } from './account-resolvers.ts';
import { pageThrough } from './connection.ts';
import type { PageArguments } from './connection.ts';
import { findBranch, showCommit } from './git-objects.ts';
import { dateTime } from './resolver-types.ts';
import type { GraphqlContext, NodeSource, Resolvers, RollupSource, TypeResolvers } from './resolver-types.ts';

type CheckRunSource = NodeSource<'CheckRun'>;
type SuiteSource = NodeSource<'CheckSuite'>;
type StatusSource = NodeSource<'StatusContext'>;

/** The pull request for which a check may be required. */
interface RequiredFor {
  readonly pullRequestId?: string | null;
  readonly pullRequestNumber?: number | null;
}

function findBase(context: GraphqlContext, repository: Repository, wanted: RequiredFor): string {
  const { pullRequestId, pullRequestNumber } = wanted;
  const node = pullRequestId == null ? undefined : context.world.state.nodes.get(pullRequestId);
  const byId = node?.kind === 'PullRequest' ? node.issue : undefined;
  const issue = byId ?? repository.issues.get(pullRequestNumber ?? 0);
  if (issue !== undefined && isPull(issue)) return issue.pull.baseRefName;
  throw notFound(`Could not resolve to a PullRequest with the number of ${pullRequestNumber ?? 0}.`);
}

/** The run's page; it ends with the database id, which `databaseId: Int` cannot hold. */
function checkRunUrl({ world }: GraphqlContext, { repository, checkRun }: CheckRunSource): string {
  return `${world.urls.web}/${repository.owner}/${repository.name}/runs/${checkRun.id}`;
}

const checkRunFields: TypeResolvers<CheckRunSource> = {
  id: ({ checkRun }) => checkRun.nodeId,
  databaseId: ({ checkRun }) => checkRun.id,
  name: ({ checkRun }) => checkRun.name,
  externalId: ({ checkRun }) => (checkRun.externalId === '' ? null : checkRun.externalId),
  status: ({ checkRun }) => checkRun.status.toUpperCase(),
  conclusion: ({ checkRun }) => checkRun.conclusion?.toUpperCase() ?? null,
  startedAt: ({ checkRun }) => dateTime(checkRun.startedAt),
  completedAt: ({ checkRun }) => dateTime(checkRun.completedAt),
  title: ({ checkRun }) => checkRun.title,
  summary: ({ checkRun }) => checkRun.summary,
  text: ({ checkRun }) => checkRun.text,
  detailsUrl: ({ checkRun }) => checkRun.detailsUrl,
  url: (source, _args, context) => checkRunUrl(context, source),
  permalink: (source, _args, context) => checkRunUrl(context, source),
  repository: ({ repository }) => ({ kind: 'Repository', repository }),
  checkSuite: ({ repository, checkRun }) => {
    const suite = repository.checkSuites.get(checkRun.suiteId);
    if (suite === undefined) throw new Error(`Check run ${checkRun.id} has no suite ${checkRun.suiteId}.`);
    return { kind: 'CheckSuite', repository, suite };
  },
  annotations: ({ checkRun }, page: PageArguments) => pageThrough(checkRun.annotations, page),
  isRequired: ({ repository, checkRun }, wanted: RequiredFor, context) =>
    isCheckRequired(repository, findBase(context, repository, wanted), { name: checkRun.name, appId: checkRun.appId }),
};

interface CheckRunFilter {
  readonly appId?: number | null | undefined;
  readonly checkName?: string | null | undefined;
  readonly checkType?: 'ALL' | 'LATEST' | null;
  readonly conclusions?: readonly string[] | null | undefined;
  readonly status?: string | null | undefined;
  readonly statuses?: readonly string[] | null | undefined;
}

function matchesFilter(checkRun: CheckRun, filter: CheckRunFilter): boolean {
  const conclusion = checkRun.conclusion?.toUpperCase() ?? '';
  const status = checkRun.status.toUpperCase();
  return (
    (filter.appId == null || checkRun.appId === filter.appId) &&
    (filter.checkName == null || checkRun.name === filter.checkName) &&
    (filter.conclusions == null || filter.conclusions.includes(conclusion)) &&
    (filter.status == null || filter.status === status) &&
    (filter.statuses == null || filter.statuses.includes(status))
  );
}

/** Runs of a suite; only the latest of each name unless all are asked for. */
function findRuns({ repository, suite }: SuiteSource, asked: CheckRunFilter): CheckRun[] {
  // All of it is read at once: where there are no runs nothing would be, and what is not read counts as unknown.
  const { appId, checkName, checkType, conclusions, status, statuses } = asked;
  const filter = { appId, checkName, conclusions, status, statuses };
  const runs =
    checkType === 'ALL'
      ? [...repository.checkRuns.values()].filter((run) => run.headSha === suite.headSha)
      : latestCheckRuns(repository, suite.headSha);
  return runs.filter((run) => run.suiteId === suite.id && matchesFilter(run, filter));
}

function showCheckRun(repository: Repository, checkRun: CheckRun): CheckRunSource {
  return { kind: 'CheckRun', repository, checkRun };
}

const suiteFields: TypeResolvers<SuiteSource> = {
  id: ({ suite }) => suite.nodeId,
  databaseId: ({ suite }) => suite.id,
  status: ({ suite }) => suite.status.toUpperCase(),
  conclusion: ({ suite }) => suite.conclusion?.toUpperCase() ?? null,
  createdAt: ({ suite }) => dateTime(suite.createdAt),
  updatedAt: ({ suite }) => dateTime(suite.updatedAt),
  app: ({ suite }, _args, { world }) => ({ kind: 'App', app: appOf(world.state, suite.appId) }),
  branch: ({ repository, suite }) => findBranch(repository, suite.headBranch),
  commit: ({ repository, suite }) => showCommit(repository, suite.headSha),
  repository: ({ repository }) => ({ kind: 'Repository', repository }),
  creator: ({ repository, suite }, _args, context) => {
    const run = suite.workflowRunId === null ? undefined : repository.runs.get(suite.workflowRunId);
    const actor = findActor(context, run?.actor ?? null);
    return actor === null ? null : showAsUser(actor.account);
  },
  workflowRun: ({ repository, suite }) => {
    const run = suite.workflowRunId === null ? undefined : repository.runs.get(suite.workflowRunId);
    return run === undefined ? null : { kind: 'WorkflowRun', repository, run };
  },
  checkRuns: (source, { filterBy, ...page }: PageArguments & { readonly filterBy?: CheckRunFilter | null }) =>
    pageThrough(
      findRuns(source, filterBy ?? {}).map((run) => showCheckRun(source.repository, run)),
      page,
    ),
};

const statusFields: TypeResolvers<StatusSource> = {
  id: ({ status }) => status.nodeId,
  context: ({ status }) => status.context,
  state: ({ status }) => status.state.toUpperCase(),
  description: ({ status }) => status.description,
  targetUrl: ({ status }) => status.targetUrl,
  createdAt: ({ status }) => dateTime(status.createdAt),
  creator: ({ status }, _args, context) => findActor(context, status.creator),
  commit: ({ repository, status }) => showCommit(repository, status.sha),
  isRequired: ({ repository, status }, wanted: RequiredFor, context) => {
    const appId = findActor(context, status.creator)?.account.appId ?? null;
    return isCheckRequired(repository, findBase(context, repository, wanted), { name: status.context, appId });
  },
};

const rollupFields: TypeResolvers<RollupSource> = {
  id: ({ repository, oid }) => `SCR_kw${Buffer.from(`${repository.id} ${oid}`).toString('base64url')}`,
  state: ({ state }) => state,
  commit: ({ repository, oid }) => showCommit(repository, oid),
  contexts: ({ repository, checkRuns, statuses }, page: PageArguments) => ({
    ...pageThrough(
      [
        ...checkRuns.map((run) => showCheckRun(repository, run)),
        ...statuses.map((status): StatusSource => ({ kind: 'StatusContext', repository, status })),
      ],
      page,
    ),
    checkRunCount: checkRuns.length,
    statusContextCount: statuses.length,
  }),
};

export const checkResolvers: Resolvers = {
  CheckRun: checkRunFields,
  CheckSuite: suiteFields,
  StatusContext: statusFields,
  StatusCheckRollup: rollupFields,
  CheckAnnotation: {
    annotationLevel: ({ level }: CheckAnnotation) => level.toUpperCase(),
    path: ({ path }: CheckAnnotation) => path,
    message: ({ message }: CheckAnnotation) => message,
    title: ({ title }: CheckAnnotation) => title,
    rawDetails: ({ rawDetails }: CheckAnnotation) => rawDetails,
    location: ({ startLine, startColumn, endLine, endColumn }: CheckAnnotation) => ({
      start: { line: startLine, column: startColumn },
      end: { line: endLine, column: endColumn },
    }),
  },
};
