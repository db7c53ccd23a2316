import { describe, expect, test } from 'vitest';

import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';

import { pushCommits } from '../operations/commits.ts';
import { addRuleset } from '../operations/repositories.ts';
import { submitReview } from '../operations/reviews.ts';
import { completeRun, createJob, setJobStatus, uploadArtifact } from '../operations/runs.ts';
import type { Delivery } from '../state.ts';
import { pullOf } from '../world.ts';
import { openServer, type ServerFixture } from './server-fixture.ts';

const WIDGETS = { owner: 'acme', repo: 'widgets' };
const WORKFLOW = `name: Espalier
run-name: "espalier \${{ inputs.nonce }}"
on:
  workflow_dispatch:
    inputs:
      nonce: { type: string, required: true }
jobs: {}
`;

async function addWorkflow({ world, maintainer, repository }: ServerFixture): Promise<void> {
  const files = { '.github/workflows/espalier.yml': WORKFLOW };
  await pushCommits(world, maintainer, repository, { branch: 'main', commits: [{ message: 'Add workflow', files }] });
}

describe('GitHub Actions over REST', () => {
  test('a dispatched run is found, watched, cancelled and its artifact downloaded', async () => {
    await using fixture = await openServer();
    await addWorkflow(fixture);
    const octokit = fixture.client();
    const at = { ...WIDGETS, workflow_id: 'espalier.yml' };
    const workflow = await octokit.rest.actions.getWorkflow(at);
    expect(workflow.data).toMatchObject({ path: '.github/workflows/espalier.yml', state: 'active' });
    const dispatched = await octokit.request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
      ...at,
      ref: 'main',
      inputs: { nonce: 'n-1' },
      return_run_details: true,
    });
    expect(dispatched.status).toBe(200);
    const runId = (dispatched.data as unknown as { workflow_run_id: number }).workflow_run_id;
    expect(runId).toBeGreaterThan(2 ** 32);
    const listed = await octokit.rest.actions.listWorkflowRuns({
      ...at,
      event: 'workflow_dispatch',
      created: '>=2026-11-01T12:00:00Z',
      status: 'queued',
    });
    expect(listed.data.workflow_runs.map((run) => run.display_title)).toEqual(['espalier n-1']);
    const run = fixture.repository.runs.get(runId)!;
    const job = await createJob(fixture.world, run, { name: 'work (a.1)' });
    await setJobStatus(fixture.world, job, 'completed', 'success');
    const artifact = await uploadArtifact(fixture.world, run, { name: 'espalier-a.1-pack', bytes: Buffer.from('zip') });
    await completeRun(fixture.world, run, 'success');
    const read = await octokit.rest.actions.getWorkflowRun({ ...WIDGETS, run_id: runId });
    expect(read.data).toMatchObject({ status: 'completed', conclusion: 'success', run_attempt: 1 });
    const jobs = await octokit.rest.actions.listJobsForWorkflowRun({ ...WIDGETS, run_id: runId });
    expect(jobs.data.jobs.map(({ name, conclusion }) => `${name} ${conclusion}`)).toEqual(['work (a.1) success']);
    const artifacts = await octokit.rest.actions.listWorkflowRunArtifacts({ ...WIDGETS, run_id: runId });
    expect(artifacts.data.artifacts.map(({ digest }) => digest)).toEqual([artifact.digest]);
    const one = await octokit.rest.actions.getArtifact({ ...WIDGETS, artifact_id: artifact.id });
    expect(one.data.name).toBe('espalier-a.1-pack');
    const download = await octokit.rest.actions.downloadArtifact({
      ...WIDGETS,
      artifact_id: artifact.id,
      archive_format: 'zip',
    });
    expect(Buffer.from(download.data as ArrayBuffer).toString()).toBe('zip');
    expect(fixture.server.permissions.usedBy(fixture.app.id)).toEqual({ actions: 'write' });
  });

  test('a dispatch without details answers 204, and a run that is under way can be cancelled', async () => {
    await using fixture = await openServer();
    await addWorkflow(fixture);
    const octokit = fixture.client();
    const at = { ...WIDGETS, workflow_id: 'espalier.yml' };
    const answer = await octokit.rest.actions.createWorkflowDispatch({ ...at, ref: 'main', inputs: { nonce: 'n' } });
    expect(answer.status).toBe(204);
    const [run] = fixture.repository.runs.values();
    await octokit.rest.actions.cancelWorkflowRun({ ...WIDGETS, run_id: run!.id });
    expect(fixture.repository.runs.get(run!.id)).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
    const missing = octokit.rest.actions.getWorkflow({ ...WIDGETS, workflow_id: 'other.yml' });
    await expect(missing).rejects.toMatchObject({ status: 404 });
  });
});

describe('check runs over REST', () => {
  test('are made, completed with annotations and buttons, and listed by app and name', async () => {
    await using fixture = await openServer();
    const octokit = fixture.client();
    const sha = fixture.repository.refs.get('refs/heads/main')!;
    const made = await octokit.rest.checks.create({ ...WIDGETS, name: 'espalier/gate', head_sha: sha });
    expect(made.data).toMatchObject({ status: 'queued', conclusion: null, app: { slug: 'espalier' } });
    const annotation = { path: 'a', start_line: 1, end_line: 1, annotation_level: 'warning', message: 'm' } as const;
    const updated = await octokit.rest.checks.update({
      ...WIDGETS,
      check_run_id: made.data.id,
      conclusion: 'action_required',
      external_id: 'plan/a.1',
      output: { title: 'Closed', summary: 'Why', annotations: [annotation] },
      actions: [{ label: 'Retry', description: 'Once more', identifier: 'retry' }],
    });
    expect(updated.data).toMatchObject({ status: 'completed', output: { annotations_count: 1 } });
    const list = (filter: object): Promise<number[]> =>
      octokit.rest.checks
        .listForRef({ ...WIDGETS, ref: 'main', ...filter })
        .then(({ data }) => data.check_runs.map(({ id }) => id));
    expect(await list({ app_id: fixture.app.id, check_name: 'espalier/gate' })).toEqual([made.data.id]);
    expect(await list({ app_id: 15_368 })).toEqual([]);
  });
});

describe('rules and reviews over REST', () => {
  test('a branch shows its rules, a merge is refused until they are met', async () => {
    await using fixture = await openServer();
    const { world, maintainer, repository } = fixture;
    await addRuleset(world, repository, {
      name: 'main',
      include: ['~DEFAULT_BRANCH'],
      rules: [
        {
          type: 'required_status_checks',
          parameters: {
            required_status_checks: [{ context: 'espalier/gate', integration_id: fixture.app.id }],
            strict_required_status_checks_policy: true,
          },
        },
      ],
    });
    const sha = await pushCommits(world, maintainer, repository, {
      branch: 'topic',
      commits: [{ message: 'One', files: { 'one.txt': '1' } }],
    });
    const octokit = fixture.client();
    const rules = await octokit.rest.repos.getBranchRules({ ...WIDGETS, branch: 'main' });
    expect(rules.data.map(({ type }) => type)).toEqual(['required_status_checks']);
    const { data: pull } = await octokit.rest.pulls.create({ ...WIDGETS, title: 'One', head: 'topic', base: 'main' });
    await submitReview(world, maintainer, pullOf(repository, pull.number), { state: 'APPROVED' });
    const reviews = await octokit.rest.pulls.listReviews({ ...WIDGETS, pull_number: pull.number });
    expect(reviews.data.map(({ state, commit_id }) => [state, commit_id])).toEqual([['APPROVED', sha]]);
    const merging = octokit.rest.pulls.merge({ ...WIDGETS, pull_number: pull.number });
    await expect(merging).rejects.toMatchObject({ status: 405 });
    await octokit.rest.checks.create({ ...WIDGETS, name: 'espalier/gate', head_sha: sha, conclusion: 'success' });
    const merged = await octokit.rest.pulls.merge({ ...WIDGETS, pull_number: pull.number });
    expect(merged.data.merged).toBe(true);
  });
});

describe('deliveries over REST', () => {
  test('are listed newest first by a cursor, read one by one, and asked for again', async () => {
    await using fixture = await openServer();
    const { app, server, world, clock } = fixture;
    const makeDelivery = (at: number): Delivery => ({
      id: 2 ** 33 + at,
      guid: `00000000-0000-0000-0000-00000000000${at}`,
      appId: app.id,
      event: 'issues',
      action: 'opened',
      installationId: fixture.installation.id,
      repositoryId: fixture.repository.id,
      body: '{"action":"opened"}',
      isRedelivery: false,
      createdAt: clock.at,
      dueAt: clock.at,
      deliveredAt: clock.at,
      durationMs: 120,
      statusCode: at === 2 ? 502 : 200,
      status: at === 2 ? 'Bad Gateway' : 'OK',
    });
    world.state.deliveries.push(...[1, 2, 3].map((at) => makeDelivery(at)));
    const octokit = new Octokit({
      authStrategy: createAppAuth,
      auth: { appId: app.id, privateKey: app.privateKeyPem },
      baseUrl: server.url,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    const all = await octokit.paginate(octokit.rest.apps.listWebhookDeliveries, { per_page: 2 });
    expect(all.map(({ id }) => id - 2 ** 33)).toEqual([3, 2, 1]);
    const failed = await octokit.request('GET /app/hook/deliveries', { status: 'failure' } as never);
    expect(failed.data.map(({ status }) => status)).toEqual(['Bad Gateway']);
    const at = { delivery_id: 2 ** 33 + 2 };
    const one = await octokit.rest.apps.getWebhookDelivery(at);
    expect(one.data.request.payload).toEqual({ action: 'opened' });
    await octokit.rest.apps.redeliverWebhookDelivery(at);
    const again = world.state.deliveries.at(-1);
    expect(again).toMatchObject({ guid: one.data.guid, isRedelivery: true });
  });
});
