import { describe, expect, test } from 'vitest';

import { ACTIONS_APP_ID } from '../support/github/create-world.ts';
import {
  clickCheckButton,
  createCheckRun,
  latestCheckRuns,
  updateCheckRun,
} from '../support/github/operations/checks.ts';
import { addComment, addReaction, editComment, readComments } from '../support/github/operations/comments.ts';
import { pushCommits } from '../support/github/operations/commits.ts';
import { createIssue } from '../support/github/operations/issues.ts';
import { changeSettings } from '../support/github/operations/repositories.ts';
import { rollupOf } from '../support/github/operations/rules.ts';
import {
  cancelRun,
  completeRun,
  createJob,
  dispatchWorkflow,
  expireArtifact,
  findWorkflow,
  readWorkflows,
  rerunRun,
  setJobStatus,
  startRun,
  uploadArtifact,
} from '../support/github/operations/runs.ts';
import { appActor } from '../support/github/world.ts';
import { openSmallGitHub, type SmallGitHub } from './open-small-github.ts';

const WORKFLOW = `name: Work
run-name: 'Work \${{ inputs.nonce }} on \${{ github.ref_name }}'
on:
  workflow_dispatch:
    inputs:
      nonce: { type: string, required: true }
      mode: { type: choice, options: [full, verify], default: full }
jobs: {}
`;

const WITH_WORKFLOW = { repository: { files: { '.github/workflows/work.yml': WORKFLOW } } };

function tipOf({ repository }: SmallGitHub): string {
  return repository.refs.get('refs/heads/main')!;
}

describe('a check run', () => {
  test('is made and changed by its app alone', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, maintainer, repository } = small;
    const { world } = github;
    const wanted = { name: 'espalier/gate', headSha: tipOf(small) };
    await expect(createCheckRun(world, maintainer, repository, wanted)).rejects.toMatchObject({ status: 403 });
    const run = await createCheckRun(world, bot, repository, wanted);
    const change = updateCheckRun(world, appActor(world, ACTIONS_APP_ID), run, { conclusion: 'success' });
    await expect(change).rejects.toThrow(/only be modified by the GitHub App that created it/);
    expect(run.status).toBe('queued');
  });

  test('of the same name replaces the one before, and goes back to waiting when asked', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, repository } = small;
    const { world } = github;
    const headSha = tipOf(small);
    await createCheckRun(world, bot, repository, { name: 'gate', headSha, conclusion: 'failure' });
    const run = await createCheckRun(world, bot, repository, { name: 'gate', headSha, conclusion: 'success' });
    expect(latestCheckRuns(repository, headSha)).toEqual([run]);
    expect(rollupOf(repository, headSha).state).toBe('SUCCESS');
    await updateCheckRun(world, bot, run, { status: 'in_progress' });
    expect(run).toMatchObject({ status: 'in_progress', conclusion: null, completedAt: null });
    expect(rollupOf(repository, headSha).state).toBe('PENDING');
  });

  test('gathers annotations, replaces buttons, and shows buttons only once it is completed', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, maintainer, repository } = small;
    const { world } = github;
    const note = { path: 'a', startLine: 1, endLine: 1, level: 'warning' as const, message: 'See' };
    const annotation = { ...note, startColumn: null, endColumn: null, title: null, rawDetails: null };
    const button = (identifier: string): { label: string; description: string; identifier: string } => ({
      label: identifier,
      description: identifier,
      identifier,
    });
    const run = await createCheckRun(world, bot, repository, {
      name: 'gate',
      headSha: tipOf(small),
      annotations: [annotation],
      actions: [button('retry')],
    });
    await expect(clickCheckButton(world, maintainer, run, 'retry')).rejects.toThrow(/once it is completed/);
    await updateCheckRun(world, bot, run, {
      conclusion: 'neutral',
      annotations: [annotation],
      actions: [button('review')],
    });
    expect(run.annotations).toHaveLength(2);
    await expect(clickCheckButton(world, maintainer, run, 'retry')).rejects.toThrow(/no button retry; it has: review/);
  });

  test('beyond the limits is refused', async () => {
    await using small = await openSmallGitHub();
    const wanted = { name: 'gate', headSha: tipOf(small), title: 'x', summary: 'x'.repeat(65_536) };
    await expect(createCheckRun(small.github.world, small.bot, small.repository, wanted)).rejects.toThrow(/65535/);
  });
});

describe('a dispatch', () => {
  test('starts a run with its inputs, a title from run-name, and the commit of the ref', async () => {
    await using small = await openSmallGitHub(WITH_WORKFLOW);
    const { github, bot, repository } = small;
    const workflow = await findWorkflow(github.world, repository, 'work.yml');
    const run = await dispatchWorkflow(github.world, bot, workflow, { ref: 'main', inputs: { nonce: 'n-1' } });
    expect(run).toMatchObject({
      displayTitle: 'Work n-1 on main',
      event: 'workflow_dispatch',
      headSha: tipOf(small),
      inputs: { nonce: 'n-1', mode: 'full' },
      actor: 'espalier[bot]',
      status: 'queued',
    });
    expect(run.id).toBeGreaterThan(2 ** 32);
  });

  test.each([
    ['without a required input', { ref: 'main', inputs: {} }, `Required input 'nonce' not provided`],
    [
      'with an input that is not declared',
      { ref: 'main', inputs: { nonce: 'n', extra: 'x' } },
      'Unexpected inputs provided: ["extra"]',
    ],
    [
      'with a choice that is none',
      { ref: 'main', inputs: { nonce: 'n', mode: 'half' } },
      'not in the list of allowed values',
    ],
    ['with inputs too large', { ref: 'main', inputs: { nonce: 'n'.repeat(65_536) } }, 'inputs are too large.'],
    ['on a ref that is not there', { ref: 'nowhere', inputs: { nonce: 'n' } }, 'No ref found for: nowhere'],
  ])('is refused %s', async (_, dispatch, message) => {
    await using small = await openSmallGitHub(WITH_WORKFLOW);
    const workflow = await findWorkflow(small.github.world, small.repository, 'work.yml');
    const run = dispatchWorkflow(small.github.world, small.bot, workflow, dispatch);
    await expect(run).rejects.toThrow(message);
  });

  test('is refused without the file, without the trigger, and while Actions are off', async () => {
    await using small = await openSmallGitHub(WITH_WORKFLOW);
    const { github, bot, maintainer, repository } = small;
    const { world } = github;
    const workflow = await findWorkflow(world, repository, 'work.yml');
    const dispatch = { ref: 'main', inputs: { nonce: 'n' } };
    await changeSettings(world, repository, { actionsEnabled: false });
    await expect(dispatchWorkflow(world, bot, workflow, dispatch)).rejects.toThrow(/Actions has been disabled/);
    await changeSettings(world, repository, { actionsEnabled: true });
    const write = (content: string | null): Promise<string> =>
      pushCommits(world, maintainer, repository, {
        branch: 'main',
        commits: [{ message: 'Work', files: { '.github/workflows/work.yml': content } }],
      });
    await write('name: Work\non: push\n');
    await expect(dispatchWorkflow(world, bot, workflow, dispatch)).rejects.toThrow(/'workflow_dispatch' trigger/);
    await write(null);
    await expect(findWorkflow(world, repository, 'work.yml')).rejects.toMatchObject({ status: 404 });
    expect((await readWorkflows(world, repository)).map(({ state }) => state)).toEqual(['deleted']);
  });
});

describe('a workflow run', () => {
  test('that is cancelled takes its jobs with it, and can be run again under its id', async () => {
    await using small = await openSmallGitHub(WITH_WORKFLOW);
    const { github, bot, maintainer, repository } = small;
    const { world } = github;
    const workflow = await findWorkflow(world, repository, 'work.yml');
    const run = await dispatchWorkflow(world, bot, workflow, { ref: 'main', inputs: { nonce: 'n' } });
    const job = await createJob(world, run, { name: 'work' });
    await cancelRun(world, maintainer, run);
    expect(run).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
    expect(job).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
    expect(repository.checkRuns.get(job.checkRunId)).toMatchObject({ conclusion: 'cancelled' });
    expect(repository.checkSuites.get(run.checkSuiteId)).toMatchObject({ conclusion: 'cancelled' });
    await expect(cancelRun(world, maintainer, run)).rejects.toMatchObject({ status: 409 });
    await rerunRun(world, maintainer, run);
    expect(run).toMatchObject({ runAttempt: 2, status: 'queued', conclusion: null, triggeringActor: 'maintainer' });
    await completeRun(world, run, 'success');
    expect(run.conclusion).toBe('success');
  });

  test("of the repository's own CI shows its jobs as check runs of GitHub Actions", async () => {
    await using small = await openSmallGitHub(WITH_WORKFLOW);
    const { github, maintainer, repository } = small;
    const { world } = github;
    const workflow = await findWorkflow(world, repository, 'work.yml');
    const run = await startRun(world, maintainer, workflow, {
      event: 'push',
      headSha: tipOf(small),
      headBranch: 'main',
      displayTitle: 'Begin',
    });
    const job = await createJob(world, run, { name: 'test' });
    expect(rollupOf(repository, tipOf(small)).state).toBe('PENDING');
    await setJobStatus(world, job, 'completed', 'failure');
    expect(latestCheckRuns(repository, tipOf(small))).toMatchObject([
      { name: 'test', appId: ACTIONS_APP_ID, conclusion: 'failure' },
    ]);
  });

  test('keeps artifacts with their digest under names of their own, until they expire', async () => {
    await using small = await openSmallGitHub(WITH_WORKFLOW);
    const { github, bot, repository } = small;
    const { world } = github;
    const workflow = await findWorkflow(world, repository, 'work.yml');
    const run = await dispatchWorkflow(world, bot, workflow, { ref: 'main', inputs: { nonce: 'n' } });
    const artifact = await uploadArtifact(world, run, { name: 'evidence', bytes: Buffer.from('abc') });
    expect(artifact.digest).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    const again = uploadArtifact(world, run, { name: 'evidence', bytes: Buffer.from('d') });
    await expect(again).rejects.toMatchObject({ status: 409 });
    await expireArtifact(world, artifact);
    expect(artifact).toMatchObject({ isExpired: true, bytes: new Uint8Array() });
  });
});

describe('a comment', () => {
  test('of the app that nobody read is named', async () => {
    await using small = await openSmallGitHub();
    const { github, app, bot, maintainer, repository } = small;
    const { world } = github;
    const issue = await createIssue(world, maintainer, repository, { title: 'A plan' });
    await addComment(world, maintainer, issue, '/espalier run');
    github.assertNothingUnread(app.id);
    const comment = await addComment(world, bot, issue, 'Working.');
    expect(() => github.assertNothingUnread(app.id)).toThrow(/tree#1: Working\./);
    expect(readComments(world, issue).map(({ body }) => body)).toEqual(['/espalier run', 'Working.']);
    github.assertNothingUnread(app.id);
    await editComment(world, bot, comment, 'Done.');
    expect(comment).toMatchObject({ body: 'Done.', lastEditedAt: small.clock.now() });
  });

  test('takes the same reaction of the same account once', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, maintainer, repository } = small;
    const { world } = github;
    const issue = await createIssue(world, maintainer, repository, { title: 'A plan' });
    const comment = await addComment(world, maintainer, issue, '/espalier run');
    expect(await addReaction(world, bot, comment, 'eyes')).toMatchObject({ isNew: true });
    expect(await addReaction(world, bot, comment, 'eyes')).toMatchObject({ isNew: false });
    expect(await addReaction(world, maintainer, comment, 'eyes')).toMatchObject({ isNew: true });
    expect(comment.reactions).toHaveLength(2);
  });

  test('of more than 65,536 characters is refused', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, maintainer, repository } = small;
    const issue = await createIssue(github.world, maintainer, repository, { title: 'A plan' });
    await expect(addComment(github.world, bot, issue, 'x'.repeat(65_537))).rejects.toMatchObject({ status: 422 });
    expect((await addComment(github.world, bot, issue, 'x'.repeat(65_536))).body).toHaveLength(65_536);
  });
});
