/** A plan issue with what belongs to it, as tests of observing want it. */
import type { TaskId } from '../../../src/core/brand.ts';
import { addPerson } from '../../support/github/operations/accounts.ts';
import { pushCommits } from '../../support/github/operations/commits.ts';
import { createIssue } from '../../support/github/operations/issues.ts';
import { openPull } from '../../support/github/operations/pulls.ts';
import { setRole } from '../../support/github/operations/repositories.ts';
import { dispatchWorkflow, findWorkflow } from '../../support/github/operations/runs.ts';
import type { Issue, PullIssue, WorkflowRun } from '../../support/github/state.ts';
import { personActor, type Actor } from '../../support/github/world.ts';
import type { GitHubFixture } from './github-fixture.ts';

export const TASK = 'auth' as TaskId;
export const BRANCH = 'espalier/issue-1/auth';

export async function openIssue({ world, maintainer, repository }: GitHubFixture): Promise<Issue> {
  return createIssue(world, maintainer, repository, { title: 'A plan', body: 'Do it.' });
}

export async function push(fixture: GitHubFixture, branch: string, files: Record<string, string>, by = fixture.bot) {
  return pushCommits(fixture.world, by, fixture.repository, { branch, commits: [{ message: 'Work', files }] });
}

/** A pull request of the app for the task, on an issue that is the plan. */
export async function openTaskPull(fixture: GitHubFixture): Promise<PullIssue> {
  await openIssue(fixture);
  await push(fixture, BRANCH, { 'auth.txt': 'auth' });
  const { world, bot, repository } = fixture;
  return openPull(world, bot, repository, { title: 'Auth', body: 'Of the plan.', head: BRANCH, base: 'main' });
}

export async function addWriter({ world, repository }: GitHubFixture, login: string): Promise<Actor> {
  await addPerson(world, login);
  await setRole(world, repository, login, 'write');
  return personActor(world, login);
}

const WORKFLOW = `name: Espalier
run-name: espalier \${{ inputs.plan }} \${{ inputs.nonce }}
on: { workflow_dispatch: { inputs: { plan: { required: true }, nonce: { required: true } } } }
`;

export async function startRun(fixture: GitHubFixture, nonce: string): Promise<WorkflowRun> {
  const { world, bot, repository, maintainer } = fixture;
  if (repository.workflows.size === 0)
    await push(fixture, 'main', { '.github/workflows/espalier-dispatch.yml': WORKFLOW }, maintainer);
  const workflow = await findWorkflow(world, repository, 'espalier-dispatch.yml');
  return dispatchWorkflow(world, bot, workflow, { ref: 'main', inputs: { plan: 'issue-1', nonce } });
}
