/** A run that somebody has dispatched: its event, and its inputs with the types that its file gives them. */
import type { Repository, WorkflowRun } from '../github/state.ts';
import { makePayload } from '../github/webhooks/payloads.ts';
import { repositoryOf, type Actor, type World } from '../github/world.ts';
import type { WorkflowFile } from './read-workflow.ts';
import type { TriggerFacts } from './trigger-facts.ts';

/** The facts of a `workflow_dispatch`. */
export async function readDispatch(world: World, by: Actor, run: WorkflowRun): Promise<TriggerFacts> {
  const repository = repositoryOf(world.state, run.repositoryId);
  const branchRef = `refs/heads/${run.headBranch ?? ''}`;
  const ref = repository.refs.has(branchRef) ? branchRef : `refs/tags/${run.headBranch ?? ''}`;
  return {
    ...plainFacts(by),
    event: 'workflow_dispatch',
    payload: { inputs: run.inputs, ref, workflow: run.path, ...(await commonPayload(world, by, repository)) },
    sha: run.headSha,
    ref,
    headSha: run.headSha,
    headBranch: run.headBranch,
  };
}

/** What an event has that is about no pull request, no other run, and no activity. */
export function plainFacts(
  by: Actor,
): Pick<
  TriggerFacts,
  | 'action'
  | 'by'
  | 'baseRef'
  | 'headRef'
  | 'isRestricted'
  | 'needsApproval'
  | 'branch'
  | 'tag'
  | 'workflowName'
  | 'changes'
  | 'causeRunId'
> {
  return {
    action: null,
    by,
    baseRef: '',
    headRef: '',
    isRestricted: false,
    needsApproval: false,
    branch: null,
    tag: null,
    workflowName: null,
    changes: null,
    causeRunId: null,
  };
}

/** Repository, organization and sender, as every payload has them. */
export async function commonPayload(world: World, by: Actor, repository: Repository): Promise<Record<string, unknown>> {
  const { action: _action, ...common } = await makePayload(world, {
    event: 'repository',
    action: 'edited',
    repository,
    by,
  });
  return common;
}

/** The context `inputs` of a dispatched run. */
export function readDispatchInputs(
  file: WorkflowFile,
  given: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const declared = file.events.workflow_dispatch?.inputs ?? {};
  const typed = Object.entries(given).map(([name, text]) => {
    const type: string = declared[name]?.type ?? 'string';
    if (type === 'boolean') return [name, text === 'true'];
    return [name, type === 'number' ? Number(text) : text];
  });
  return Object.fromEntries(typed) as Record<string, unknown>;
}
