import { Octokit } from '@octokit/rest';
import { expect, test } from 'vitest';

import { ACTIONS_APP_ID } from '../support/github/create-world.ts';
import { actionsInstallation } from '../support/github/operations/actions-app.ts';
import { pushCommits } from '../support/github/operations/commits.ts';
import { openPull } from '../support/github/operations/pulls.ts';
import { submitReview } from '../support/github/operations/reviews.ts';
import { dispatchWorkflow, findWorkflow, holdRun } from '../support/github/operations/runs.ts';
import type { Permissions } from '../support/github/state.ts';
import { appActor } from '../support/github/world.ts';
import { openSmallGitHub, type SmallGitHub } from './open-small-github.ts';

const WHERE = { owner: 'orchard', repo: 'tree' };
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A client with the token of a job. */
function openJobClient(
  { github, repository }: SmallGitHub,
  permissions: Permissions,
): { client: Octokit; token: string } {
  const { server, world } = github;
  const installation = actionsInstallation(world, repository);
  const { token } = server.tokens.mint(installation, { permissions, repositoryIds: new Set([repository.id]) });
  return { client: new Octokit({ auth: token, baseUrl: server.url, log: SILENT }), token };
}

async function addWorkflow({ github, maintainer, repository }: SmallGitHub): Promise<void> {
  const files = { '.github/workflows/ci.yml': 'name: CI\non: workflow_dispatch\njobs: {}\n' };
  await pushCommits(github.world, maintainer, repository, { branch: 'main', commits: [{ message: 'CI', files }] });
}

test('the token of a job writes as github-actions[bot], and is worth nothing once it is given back', async () => {
  await using small = await openSmallGitHub();
  const { client } = openJobClient(small, { contents: 'write' });
  const app = await client.apps.getBySlug({ app_slug: 'github-actions' });
  expect(app.data).toMatchObject({ id: ACTIONS_APP_ID, slug: 'github-actions' });
  const viewer = await client.graphql<{ viewer: { login: string } }>('{ viewer { login } }');
  expect(viewer.viewer.login).toBe('github-actions[bot]');
  expect((await client.apps.revokeInstallationAccessToken()).status).toBe(204);
  await expect(client.repos.get(WHERE)).rejects.toMatchObject({ status: 401 });
});

test('no app of an unknown slug is shown', async () => {
  await using small = await openSmallGitHub();
  const { client } = openJobClient(small, {});
  await expect(client.apps.getBySlug({ app_slug: 'nobody' })).rejects.toMatchObject({ status: 404 });
});

test('a job has a thousand requests an hour, an app five times as many', async () => {
  await using small = await openSmallGitHub();
  const { client } = openJobClient(small, {});
  const { token } = small.github.server.tokens.mint(small.installation);
  const ofApp = new Octokit({ auth: token, baseUrl: small.github.server.url });
  expect((await client.rateLimit.get()).data.resources.core.limit).toBe(1000);
  expect((await ofApp.rateLimit.get()).data.resources.core.limit).toBe(5000);
});

test('GitHub Actions opens and approves pull requests only where the repository says so', async () => {
  await using small = await openSmallGitHub();
  const { github, maintainer, repository } = small;
  const { world } = github;
  const bot = appActor(world, ACTIONS_APP_ID);
  for (const branch of ['one', 'two'])
    await pushCommits(world, maintainer, repository, {
      branch,
      commits: [{ message: branch, files: { [branch]: '' } }],
    });
  const issue = await openPull(world, maintainer, repository, { title: 'One', head: 'one', base: 'main' });
  const { client } = openJobClient(small, { pull_requests: 'write' });
  const open = (): Promise<unknown> => client.pulls.create({ ...WHERE, title: 'Two', head: 'two', base: 'main' });
  const approve = (): Promise<unknown> => submitReview(world, bot, issue, { state: 'APPROVED' });
  const refusal = /not permitted to create or approve pull requests/u;
  await expect(open()).rejects.toThrow(refusal);
  await expect(approve()).rejects.toThrow(refusal);
  const owner = new Octokit({ auth: github.server.tokens.mintForPerson('maintainer'), baseUrl: github.server.url });
  await owner.actions.setGithubActionsDefaultWorkflowPermissionsRepository({
    ...WHERE,
    default_workflow_permissions: 'write',
    can_approve_pull_request_reviews: true,
  });
  const set = await owner.actions.getGithubActionsDefaultWorkflowPermissionsRepository(WHERE);
  expect(set.data).toEqual({ default_workflow_permissions: 'write', can_approve_pull_request_reviews: true });
  await open();
  await approve();
});

test('a push makes no check suite for GitHub Actions', async () => {
  await using small = await openSmallGitHub();
  const { github, maintainer, repository } = small;
  openJobClient(small, { checks: 'write' });
  await pushCommits(github.world, maintainer, repository, {
    branch: 'main',
    commits: [{ message: 'A', files: { a: '' } }],
  });
  expect([...repository.checkSuites.values()].filter(({ appId }) => appId === ACTIONS_APP_ID)).toEqual([]);
});

test('workflows and runs are listed, held runs approved, and others not', async () => {
  await using small = await openSmallGitHub();
  const { github, maintainer, repository } = small;
  await addWorkflow(small);
  const { client } = openJobClient(small, { actions: 'write' });
  const workflows = await client.actions.listRepoWorkflows(WHERE);
  expect(workflows.data.workflows.map(({ name, path }) => [name, path])).toEqual([['CI', '.github/workflows/ci.yml']]);
  const workflow = await findWorkflow(github.world, repository, 'ci.yml');
  const run = await dispatchWorkflow(github.world, maintainer, workflow, { ref: 'main', inputs: {} });
  const approve = (): Promise<{ status: number }> => client.actions.approveWorkflowRun({ ...WHERE, run_id: run.id });
  await expect(approve()).rejects.toThrow(/not waiting for approval/u);
  await holdRun(github.world, run);
  const held = await client.actions.listWorkflowRunsForRepo({ ...WHERE, status: 'action_required' });
  expect(held.data.workflow_runs.map(({ id }) => id)).toEqual([run.id]);
  expect((await approve()).status).toBe(201);
  expect(run).toMatchObject({ status: 'queued', conclusion: null, runAttempt: 1 });
});
