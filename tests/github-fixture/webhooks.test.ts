import { createHmac } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import {
  acceptPermissions,
  addInstallationRepositories,
  deleteInstallation,
  removeInstallationRepositories,
  suspendInstallation,
  unsuspendInstallation,
} from '../support/github/operations/apps.ts';
import {
  clickCheckButton,
  createCheckRun,
  createStatus,
  rerequestCheck,
  rerequestSuite,
  updateCheckRun,
} from '../support/github/operations/checks.ts';
import { addComment, deleteComment, editComment } from '../support/github/operations/comments.ts';
import { pushCommits } from '../support/github/operations/commits.ts';
import { closeIssue, createIssue, editIssue, reopenIssue } from '../support/github/operations/issues.ts';
import { addLabels, removeLabel } from '../support/github/operations/labels.ts';
import { mergePull } from '../support/github/operations/merging.ts';
import { dequeuePull, enqueuePull } from '../support/github/operations/merge-queue.ts';
import { closePull, editPull, openPull, reopenPull, setDraft } from '../support/github/operations/pulls.ts';
import { createRef, deleteRef } from '../support/github/operations/refs.ts';
import {
  addRuleset,
  createRepository,
  renameRepository,
  setArchived,
  transferRepository,
} from '../support/github/operations/repositories.ts';
import { dismissReview, submitReview } from '../support/github/operations/reviews.ts';
import {
  completeRun,
  createJob,
  dispatchWorkflow,
  findWorkflow,
  setJobStatus,
  setRunStatus,
} from '../support/github/operations/runs.ts';
import type { BranchRule } from '../support/github/state.ts';
import { personActor } from '../support/github/world.ts';
import { openSmallGitHub, type SmallGitHub } from './open-small-github.ts';

const QUEUE: BranchRule = {
  type: 'merge_queue',
  parameters: {
    check_response_timeout_minutes: 60,
    grouping_strategy: 'ALLGREEN',
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: 'MERGE',
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 0,
  },
};

const WORKFLOW = `name: Work
run-name: Work \${{ inputs.nonce }}
on:
  workflow_dispatch:
    inputs:
      nonce: { type: string, required: true }
jobs: {}
`;

async function openChange(small: SmallGitHub, branch = 'change'): ReturnType<typeof openPull> {
  const { github, maintainer, repository } = small;
  await pushCommits(github.world, maintainer, repository, {
    branch,
    commits: [{ message: 'Change', files: { [`${branch}.txt`]: 'one\n' } }],
  });
  return openPull(github.world, maintainer, repository, { title: 'A change', head: branch, base: 'main' });
}

describe('every change tells its event, in a payload of the official schema', () => {
  test('of issues, their labels and their comments', async () => {
    await using small = await openSmallGitHub();
    const { github, maintainer: by, repository, takeNews } = small;
    const { world } = github;
    const issue = await createIssue(world, by, repository, { title: 'A plan', body: 'Do it', labels: ['espalier'] });
    await editIssue(world, by, issue, { title: 'The plan', body: 'Do it well' });
    const comment = await addComment(world, by, issue, '/espalier run');
    await editComment(world, by, comment, '/espalier check');
    await deleteComment(world, by, comment);
    await removeLabel(world, by, issue, 'espalier');
    await closeIssue(world, by, issue);
    await reopenIssue(world, by, issue);

    expect(await takeNews()).toEqual([
      'issues.opened',
      'issues.labeled',
      'issues.edited',
      'issue_comment.created',
      'issue_comment.edited',
      'issue_comment.deleted',
      'issues.unlabeled',
      'issues.closed',
      'issues.reopened',
    ]);
  });

  test('of pull requests and reviews', async () => {
    await using small = await openSmallGitHub();
    const { github, maintainer: by, repository, takeNews } = small;
    const { world } = github;
    const pull = await openChange(small);
    expect(await takeNews()).toEqual(['create', 'push', 'check_suite.requested', 'pull_request.opened']);

    await addLabels(world, by, pull, ['espalier']);
    await removeLabel(world, by, pull, 'espalier');
    await editPull(world, by, pull, { title: 'The change' });
    await setDraft(world, by, pull, true);
    await setDraft(world, by, pull, false);
    await addComment(world, by, pull, 'Fine.');
    const review = await submitReview(world, personActor(world, 'writer'), pull, { state: 'APPROVED' });
    await dismissReview(world, by, pull, review);
    await closePull(world, by, pull);
    await reopenPull(world, by, pull);
    await pushCommits(world, by, repository, {
      branch: 'change',
      commits: [{ message: 'More', files: { 'change.txt': null } }],
    });

    expect(await takeNews()).toEqual([
      'pull_request.labeled',
      'pull_request.unlabeled',
      'pull_request.edited',
      'pull_request.converted_to_draft',
      'pull_request.ready_for_review',
      'issue_comment.created',
      'pull_request_review.submitted',
      'pull_request_review.dismissed',
      'pull_request.closed',
      'pull_request.reopened',
      'push',
      'check_suite.requested',
      'pull_request.synchronize',
    ]);
  });

  test('of a merge and the branch that it leaves', async () => {
    await using small = await openSmallGitHub({ repository: { settings: { deleteBranchOnMerge: true } } });
    const { github, maintainer: by, takeNews } = small;
    const pull = await openChange(small);
    await takeNews();
    await mergePull(github.world, by, pull, {});
    expect(await takeNews()).toEqual(['push', 'check_suite.requested', 'pull_request.closed', 'delete', 'push']);
  });

  test('of check runs, suites and statuses', async () => {
    await using small = await openSmallGitHub();
    const { github, maintainer: by, bot, repository, takeNews } = small;
    const { world } = github;
    const pull = await openChange(small);
    await takeNews();
    const actions = [{ label: 'Retry', description: 'Try again', identifier: 'retry' }];
    const run = await createCheckRun(world, bot, repository, { name: 'espalier/gate', headSha: pull.pull.headSha });
    await updateCheckRun(world, bot, run, { conclusion: 'failure', title: 'Closed', summary: 'Why', actions });
    await clickCheckButton(world, by, run, 'retry');
    await rerequestCheck(world, by, run);
    await rerequestSuite(world, by, repository.checkSuites.get(run.suiteId)!);
    await createStatus(world, by, repository, { sha: pull.pull.headSha, context: 'ci', state: 'pending' });

    expect(await takeNews()).toEqual([
      'check_run.created',
      'check_run.completed',
      'check_suite.completed',
      'check_run.requested_action',
      'check_run.rerequested',
      'check_suite.rerequested',
      'status',
    ]);
  });

  test('of workflow runs and their jobs', async () => {
    await using small = await openSmallGitHub({ repository: { files: { '.github/workflows/work.yml': WORKFLOW } } });
    const { github, bot, repository, takeNews } = small;
    const { world } = github;
    const workflow = await findWorkflow(world, repository, 'work.yml');
    const run = await dispatchWorkflow(world, bot, workflow, { ref: 'main', inputs: { nonce: 'n-1' } });
    expect(run.displayTitle).toBe('Work n-1');
    await setRunStatus(world, run, 'in_progress');
    const job = await createJob(world, run, { name: 'work (one)' });
    await setJobStatus(world, job, 'in_progress');
    await setJobStatus(world, job, 'completed');
    await completeRun(world, run, 'success');

    expect(await takeNews()).toEqual([
      'workflow_run.requested',
      'workflow_run.in_progress',
      'check_run.created',
      'workflow_job.queued',
      'workflow_job.in_progress',
      'check_run.completed',
      'workflow_job.completed',
      'check_suite.completed',
      'workflow_run.completed',
    ]);
  });

  test('of the merge queue', async () => {
    await using small = await openSmallGitHub();
    const { github, maintainer: by, bot, repository, takeNews } = small;
    const { world } = github;
    await addRuleset(world, repository, {
      name: 'Queue',
      include: ['~DEFAULT_BRANCH'],
      rules: [
        QUEUE,
        {
          type: 'required_status_checks',
          parameters: {
            required_status_checks: [{ context: 'espalier/gate' }],
            strict_required_status_checks_policy: false,
          },
        },
      ],
    });
    const pull = await openChange(small);
    await createCheckRun(world, bot, repository, {
      name: 'espalier/gate',
      headSha: pull.pull.headSha,
      conclusion: 'success',
    });
    await takeNews();
    await enqueuePull(world, by, pull, {});
    expect(await takeNews()).toEqual([
      'pull_request.enqueued',
      'create',
      'push',
      'check_suite.requested',
      'merge_group.checks_requested',
    ]);
    await dequeuePull(world, by, pull);
    expect(await takeNews()).toEqual(['merge_group.destroyed', 'delete', 'push', 'pull_request.dequeued']);
  });

  test('of refs', async () => {
    await using small = await openSmallGitHub();
    const { github, maintainer: by, repository, takeNews } = small;
    const { world } = github;
    const oid = repository.refs.get('refs/heads/main')!;
    await createRef(world, by, repository, { name: 'refs/heads/other', oid });
    await createRef(world, by, repository, { name: 'refs/tags/v1', oid });
    await createRef(world, by, repository, { name: 'refs/espalier/lock', oid });
    await deleteRef(world, by, repository, 'refs/heads/other');
    expect(await takeNews()).toEqual(['create', 'push', 'check_suite.requested', 'create', 'push', 'delete', 'push']);
  });

  test('of repositories and installations', async () => {
    await using small = await openSmallGitHub();
    const { github, maintainer: by, repository, installation, takeNews } = small;
    const { world } = github;
    const other = await createRepository(world, by, { owner: 'orchard', name: 'other' });
    await renameRepository(world, by, repository, 'bush');
    await setArchived(world, by, repository, true);
    await setArchived(world, by, repository, false);
    await transferRepository(world, by, other, 'maintainer');
    await transferRepository(world, by, other, 'orchard');
    await acceptPermissions(world, by, installation, { ...installation.permissions, workflows: 'write' });
    await addInstallationRepositories(world, by, installation, [other]);
    await removeInstallationRepositories(world, by, installation, [other]);
    await suspendInstallation(world, by, installation);
    await createIssue(world, by, repository, { title: 'Not heard of' });
    await unsuspendInstallation(world, by, installation);
    await deleteInstallation(world, by, installation);

    expect(await takeNews()).toEqual([
      'repository.created',
      'create',
      'push',
      'check_suite.requested',
      'repository.renamed',
      'repository.archived',
      'repository.unarchived',
      'repository.transferred',
      'installation.new_permissions_accepted',
      'installation_repositories.added',
      'installation_repositories.removed',
      'installation.suspend',
      'installation.unsuspend',
      'installation.deleted',
    ]);
  });
});

describe('a delivery', () => {
  test('is signed over its exact bytes with the secret of the app', async () => {
    await using small = await openSmallGitHub();
    const { github, maintainer: by, repository, app, installation, received } = small;
    await createIssue(github.world, by, repository, { title: 'A plan' });
    await github.settle();
    const [webhook] = received;
    const digest = createHmac('sha256', app.webhookSecret).update(webhook!.body).digest('hex');
    expect(webhook!.headers).toMatchObject({
      'x-hub-signature-256': `sha256=${digest}`,
      'x-github-event': 'issues',
      'x-github-hook-installation-target-id': `${app.id}`,
      'x-github-hook-installation-target-type': 'integration',
      'content-type': 'application/json',
    });
    expect(webhook!.payload).toMatchObject({
      action: 'opened',
      installation: { id: installation.id },
      repository: { full_name: 'orchard/tree' },
      sender: { login: 'maintainer', type: 'User' },
      issue: { number: 1, title: 'A plan', author_association: 'MEMBER' },
    });
  });

  test('waits for its time', async () => {
    await using small = await openSmallGitHub({ settings: { deliveryDelayMs: 500 } });
    const { github, maintainer: by, repository, clock, takeNews } = small;
    clock.advance(1_000);
    await takeNews();
    await createIssue(github.world, by, repository, { title: 'A plan' });
    clock.advance(499);
    expect(await takeNews()).toEqual([]);
    expect(github.webhooks.nextDueAt(github.world)).toBe(clock.now() + 1);
    clock.advance(1);
    expect(await takeNews()).toEqual(['issues.opened']);
  });

  test('that is lost stays in the log as failed, and keeps its GUID when it is sent again', async () => {
    await using small = await openSmallGitHub();
    const { github, maintainer: by, repository, received, takeNews } = small;
    const { world, webhooks } = github;
    webhooks.addFault({ fate: { kind: 'lost' }, event: 'issues', action: 'opened' });
    await createIssue(world, by, repository, { title: 'A plan' });
    expect(await takeNews()).toEqual([]);
    const lost = world.state.deliveries.at(-1)!;
    expect(lost).toMatchObject({ statusCode: 502, event: 'issues', isRedelivery: false });
    await webhooks.redeliver(world, lost);
    await github.settle();
    expect(received.map(({ guid }) => guid)).toEqual([lost.guid]);
    expect(world.state.deliveries.at(-1)).toMatchObject({ statusCode: 200, isRedelivery: true });
    webhooks.assertAllFaultsUsed();
  });

  test('that the receiver refuses is in the log with the status', async () => {
    await using small = await openSmallGitHub();
    const { github, maintainer: by, repository, answer } = small;
    answer.status = 500;
    await createIssue(github.world, by, repository, { title: 'A plan' });
    await github.settle();
    expect(github.world.state.deliveries.at(-1)).toMatchObject({
      statusCode: 500,
      status: 'Invalid HTTP Response: 500',
    });
  });

  test.each([
    [{ kind: 'dropped' }, ['issues.closed']],
    [{ kind: 'doubled' }, ['issues.opened', 'issues.opened', 'issues.closed']],
    [{ kind: 'late', byMs: 1_000 }, ['issues.closed', 'issues.opened']],
  ] as const)('meets the fate %j', async (fate, expected) => {
    await using small = await openSmallGitHub();
    const { github, maintainer: by, repository, clock, takeNews } = small;
    github.webhooks.addFault({ fate, event: 'issues', action: 'opened' });
    const issue = await createIssue(github.world, by, repository, { title: 'A plan' });
    await closeIssue(github.world, by, issue);
    const first = await takeNews();
    clock.advance(1_000);
    expect([...first, ...(await takeNews())]).toEqual(expected);
  });

  test('of a fault that nothing met is named', async () => {
    await using small = await openSmallGitHub();
    small.github.webhooks.addFault({ fate: { kind: 'lost' }, event: 'push' });
    expect(() => small.github.webhooks.assertAllFaultsUsed()).toThrow(/no delivery met[^]*push/);
  });
});
