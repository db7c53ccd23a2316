/** Workflows and their runs. */

import type { Repository, Workflow } from '../state.ts';
import { pageThrough } from './connection.ts';
import type { PageArguments } from './connection.ts';
import { dateTime } from './resolver-types.ts';
import type { GraphqlContext, NodeSource, Resolvers, TypeResolvers } from './resolver-types.ts';

type RunSource = NodeSource<'WorkflowRun'>;
type WorkflowSource = NodeSource<'Workflow'>;

function repositoryUrl({ world }: GraphqlContext, repository: Repository): string {
  return `${world.urls.web}/${repository.owner}/${repository.name}`;
}

function findWorkflow({ repository, run }: RunSource): Workflow {
  const workflow = repository.workflows.get(run.workflowId);
  if (workflow === undefined) throw new Error(`Run ${run.id} is of workflow ${run.workflowId}, which is gone.`);
  return workflow;
}

const runFields: TypeResolvers<RunSource> = {
  id: ({ run }) => run.nodeId,
  databaseId: ({ run }) => run.id,
  runNumber: ({ run }) => run.runNumber,
  event: ({ run }) => run.event,
  createdAt: ({ run }) => dateTime(run.createdAt),
  updatedAt: ({ run }) => dateTime(run.updatedAt),
  url: ({ repository, run }, _args, context) => `${repositoryUrl(context, repository)}/actions/runs/${run.id}`,
  workflow: (source) => ({ kind: 'Workflow', repository: source.repository, workflow: findWorkflow(source) }),
  file: (source) => source,
  checkSuite: ({ repository, run }) => {
    const suite = repository.checkSuites.get(run.checkSuiteId);
    if (suite === undefined) throw new Error(`Run ${run.id} has no check suite ${run.checkSuiteId}.`);
    return { kind: 'CheckSuite', repository, suite };
  },
};

const workflowFields: TypeResolvers<WorkflowSource> = {
  id: ({ workflow }) => workflow.nodeId,
  databaseId: ({ workflow }) => workflow.id,
  name: ({ workflow }) => workflow.name,
  state: ({ workflow }) => workflow.state.toUpperCase(),
  createdAt: ({ workflow }) => dateTime(workflow.createdAt),
  updatedAt: ({ workflow }) => dateTime(workflow.updatedAt),
  url: ({ repository, workflow }, _args, context) =>
    `${repositoryUrl(context, repository)}/actions/workflows/${workflow.path.split('/').at(-1) ?? ''}`,
  runs: ({ repository, workflow }, page: PageArguments) =>
    pageThrough(
      [...repository.runs.values()]
        .filter((run) => run.workflowId === workflow.id)
        .reverse()
        .map((run): RunSource => ({ kind: 'WorkflowRun', repository, run })),
      page,
    ),
};

export const workflowResolvers: Resolvers = {
  WorkflowRun: runFields,
  Workflow: workflowFields,
  WorkflowRunFile: {
    id: ({ run }: RunSource) => `WFRF_kw${Buffer.from(String(run.id)).toString('base64url')}`,
    path: ({ run }: RunSource) => run.path,
    run: (source: RunSource) => source,
    repositoryFileUrl: ({ repository, run }: RunSource, _args, context) =>
      `${repositoryUrl(context, repository)}/blob/${run.headSha}/${run.path}`,
  },
};
