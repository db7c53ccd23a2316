import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { GitHubError } from '../../../src/adapters/github/github-error.ts';
import type { BranchName, TaskId } from '../../../src/core/brand.ts';
import { serverError } from '../../support/github/faults.ts';
import { addPerson, addOrganization } from '../../support/github/operations/accounts.ts';
import { installApp, registerApp } from '../../support/github/operations/apps.ts';
import { createCheckRun, createStatus } from '../../support/github/operations/checks.ts';
import { addComment, deleteComment, editComment } from '../../support/github/operations/comments.ts';
import { commitOf, mergeBranch, pushCommits } from '../../support/github/operations/commits.ts';
import { closeIssue, createIssue } from '../../support/github/operations/issues.ts';
import { removeLabel } from '../../support/github/operations/labels.ts';
import { mergePull } from '../../support/github/operations/merging.ts';
import { enqueuePull } from '../../support/github/operations/merge-queue.ts';
import { openPull } from '../../support/github/operations/pulls.ts';
import { updateRefs } from '../../support/github/operations/refs.ts';
import {
  addRuleset,
  createRepository,
  deleteRepository,
  forkRepository,
  renameRepository,
  setArchived,
  setRole,
  transferRepository,
} from '../../support/github/operations/repositories.ts';
import { dismissReview, submitReview } from '../../support/github/operations/reviews.ts';
import {
  cancelRun,
  completeRun,
  dispatchWorkflow,
  findWorkflow,
  setRunStatus,
  uploadArtifact,
} from '../../support/github/operations/runs.ts';
import { ZERO_OID, type Issue, type PullIssue, type WorkflowRun } from '../../support/github/state.ts';
import { appActor, personActor, type Actor } from '../../support/github/world.ts';
import { openGitHubFixture, type GitHubFixture } from './github-fixture.ts';
import { aTask, openObserver, sha } from './observer.ts';

const TASK = 'auth' as TaskId;
const BRANCH = 'espalier/issue-1/auth';
const DAY_MS = 24 * 3_600_000;

async function openIssue({ world, maintainer, repository }: GitHubFixture): Promise<Issue> {
  return createIssue(world, maintainer, repository, { title: 'A plan', body: 'Do it.' });
}

async function push(fixture: GitHubFixture, branch: string, files: Record<string, string>, by = fixture.bot) {
  return pushCommits(fixture.world, by, fixture.repository, { branch, commits: [{ message: 'Work', files }] });
}

/** A pull request of the app for the task, on an issue that is the plan. */
async function openTaskPull(fixture: GitHubFixture): Promise<PullIssue> {
  await openIssue(fixture);
  await push(fixture, BRANCH, { 'auth.txt': 'auth' });
  const { world, bot, repository } = fixture;
  return openPull(world, bot, repository, { title: 'Auth', body: 'Of the plan.', head: BRANCH, base: 'main' });
}

async function addWriter({ world, repository }: GitHubFixture, login: string): Promise<Actor> {
  await addPerson(world, login);
  await setRole(world, repository, login, 'write');
  return personActor(world, login);
}

const WORKFLOW = `name: Espalier
run-name: espalier \${{ inputs.plan }} \${{ inputs.nonce }}
on: { workflow_dispatch: { inputs: { plan: { required: true }, nonce: { required: true } } } }
`;

async function startRun(fixture: GitHubFixture, nonce: string): Promise<WorkflowRun> {
  const { world, bot, repository, maintainer } = fixture;
  if (repository.workflows.size === 0)
    await push(fixture, 'main', { '.github/workflows/espalier-attempt.yml': WORKFLOW }, maintainer);
  const workflow = await findWorkflow(world, repository, 'espalier-attempt.yml');
  return dispatchWorkflow(world, bot, workflow, { ref: 'main', inputs: { plan: 'issue-1', nonce } });
}

describe('the issue', () => {
  test('is seen with its labels, who set them, and its comments, oldest first', async () => {
    await using fixture = await openGitHubFixture();
    const { world, repository, maintainer, bot, clock } = fixture;
    const issue = await createIssue(world, maintainer, repository, {
      title: 'A plan',
      body: 'Do it.',
      labels: ['espalier', 'bug', 'espalier:pause'],
    });
    await removeLabel(world, maintainer, issue, 'espalier:pause');
    clock.advance(1000);
    const first = await addComment(world, maintainer, issue, '/espalier run');
    const second = await addComment(world, bot, issue, 'Yes.');
    clock.advance(1000);
    await editComment(world, bot, second, 'Yes!');
    const person = { login: 'maintainer', kind: 'user', id: maintainer.account.id };
    const { facts, version } = await openObserver(fixture)();
    expect(version).toEqual({ plan: null, queue: null });
    expect(facts.issue).toMatchObject({
      number: 1,
      nodeId: issue.nodeId,
      isOpen: true,
      title: 'A plan',
      body: 'Do it.',
      editedAtMs: null,
      labels: ['espalier', 'bug'],
    });
    expect(facts.issue?.labelEvents.map(({ label, isAdded, actor }) => ({ label, isAdded, actor }))).toEqual([
      { label: 'espalier', isAdded: true, actor: person },
      { label: 'espalier:pause', isAdded: true, actor: person },
      { label: 'espalier:pause', isAdded: false, actor: person },
    ]);
    expect(facts.issue?.comments).toEqual([
      {
        nodeId: first.nodeId,
        thread: 1,
        author: person,
        body: '/espalier run',
        createdAtMs: first.createdAt,
        editedAtMs: null,
        isOwn: false,
      },
      {
        nodeId: second.nodeId,
        thread: 1,
        author: { login: 'espalier[bot]', kind: 'bot', id: bot.account.id },
        body: 'Yes!',
        createdAtMs: second.createdAt,
        editedAtMs: clock.now(),
        isOwn: true,
      },
    ]);
  });

  test('that is closed is seen as such; one that is not there is null, and so is a pull request', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer } = fixture;
    const pull = await openTaskPull(fixture);
    await closeIssue(world, maintainer, fixture.repository.issues.get(1)!);
    const observe = openObserver(fixture);
    expect((await observe()).facts.issue?.isOpen).toBe(false);
    expect((await observe({ issue: 4711 })).facts.issue).toBeNull();
    expect((await observe({ issue: pull.number })).facts.issue).toBeNull();
  });

  test("no look-alike's comments pass for the app's own", async () => {
    await using fixture = await openGitHubFixture();
    const { world } = fixture;
    const issue = await openIssue(fixture);
    const other = await registerApp(world, {
      slug: 'espaIier',
      ownerLogin: 'acme',
      permissions: { issues: 'write' },
      events: [],
    });
    await addComment(world, appActor(world, other.id), issue, '<!-- espalier:answer x -->');
    await addPerson(world, 'espalier');
    await addComment(world, personActor(world, 'espalier'), issue, '<!-- espalier:answer x -->');
    const { facts } = await openObserver(fixture)();
    expect(facts.issue?.comments.map(({ author, isOwn }) => [author.login, author.kind, isOwn])).toEqual([
      ['espaIier[bot]', 'bot', false],
      ['espalier', 'user', false],
    ]);
  });

  test('shows the status comment while it stands', async () => {
    await using fixture = await openGitHubFixture();
    const { world, bot } = fixture;
    const comment = await addComment(world, bot, await openIssue(fixture), 'Status');
    const observe = openObserver(fixture);
    const query = { statusComment: comment.nodeId };
    expect((await observe(query)).facts.statusComment).toEqual({
      nodeId: comment.nodeId,
      body: 'Status',
      editedAtMs: null,
    });
    await deleteComment(world, bot, comment);
    expect((await observe(query)).facts.statusComment).toBeNull();
  });
});

describe('many comments', () => {
  async function chat(fixture: GitHubFixture, issue: Issue, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const { nodeId } = await addComment(fixture.world, fixture.maintainer, issue, `Word ${index}`);
      ids.push(nodeId);
    }
    return ids;
  }

  test('are read back through all pages while none of them was taken up', async () => {
    await using fixture = await openGitHubFixture();
    const ids = await chat(fixture, await openIssue(fixture), 230);
    const { facts } = await openObserver(fixture)();
    expect(facts.issue?.comments.map(({ nodeId }) => nodeId)).toEqual(ids);
    expect(fixture.requests().filter((name) => name.startsWith('Observe'))).toEqual([
      'Observe',
      'ObserveFurther',
      'ObserveFurther',
    ]);
  });

  test('are read no further than one that was taken up, and no further than they are old', async () => {
    await using fixture = await openGitHubFixture();
    const issue = await openIssue(fixture);
    await chat(fixture, issue, 100);
    fixture.clock.advance(8 * DAY_MS);
    const ids = await chat(fixture, issue, 150);
    const observe = openObserver(fixture);
    expect((await observe({ knownSources: new Set([ids[60]!]) })).facts.issue?.comments).toHaveLength(100);
    expect((await observe()).facts.issue?.comments).toHaveLength(200);
    expect(fixture.requests().filter((name) => name === 'ObserveFurther')).toHaveLength(1);
  });

  test('of a pull request hide neither its old commands nor its old reviews', async () => {
    await using fixture = await openGitHubFixture();
    const { world } = fixture;
    const pull = await openTaskPull(fixture);
    const reviewer = await addWriter(fixture, 'reviewer');
    await submitReview(world, reviewer, pull, { state: 'APPROVED' });
    const command = await addComment(world, fixture.maintainer, pull, '/espalier retry');
    const ids = await chat(fixture, pull, 120);
    const { facts } = await openObserver(fixture)({ tasks: [aTask('auth', pull.number)] });
    const seen = facts.pulls.get(TASK);
    expect(seen?.comments.map(({ nodeId }) => nodeId)).toEqual([command.nodeId, ...ids]);
    expect(seen?.reviews).toMatchObject([{ author: { login: 'reviewer' }, state: 'approved' }]);
  });

  test('of which some were taken up do not hide an old review either', async () => {
    await using fixture = await openGitHubFixture();
    const { world } = fixture;
    const pull = await openTaskPull(fixture);
    await submitReview(world, await addWriter(fixture, 'reviewer'), pull, { state: 'CHANGES_REQUESTED' });
    const ids = await chat(fixture, pull, 120);
    const query = { tasks: [aTask('auth', pull.number)], knownSources: new Set([ids[100]!]) };
    const seen = (await openObserver(fixture)(query)).facts.pulls.get(TASK);
    expect(seen?.comments).toHaveLength(100);
    expect(seen?.reviews).toMatchObject([{ author: { login: 'reviewer' }, state: 'changes-requested' }]);
  });
});

describe('a pull request', () => {
  test('is seen with all that decides about it', async () => {
    await using fixture = await openGitHubFixture();
    const { world, bot, repository, maintainer } = fixture;
    const pull = await openTaskPull(fixture);
    const headSha = pull.pull.headSha;
    await createCheckRun(world, bot, repository, {
      name: 'espalier/gate',
      headSha,
      externalId: 'issue-1/auth/1/abc',
      status: 'completed',
      conclusion: 'neutral',
    });
    await createStatus(world, maintainer, repository, { sha: headSha, context: 'ci', state: 'pending' });
    const observe = openObserver(fixture);
    const { facts } = await observe({ tasks: [aTask('auth', pull.number)] });
    expect(facts.branches).toEqual(new Map([[TASK, headSha]]));
    expect(facts.pulls.get(TASK)).toMatchObject({
      number: 2,
      nodeId: pull.pull.nodeId,
      state: 'open',
      isDraft: false,
      isOwn: true,
      headBranch: BRANCH,
      headSha,
      baseBranch: 'main',
      body: 'Of the plan.',
      labels: [],
      mergeCommit: null,
      queueEntry: null,
      checks: [
        {
          name: 'espalier/gate',
          appId: fixture.app.id,
          status: 'not-passed',
          conclusion: 'NEUTRAL',
          externalId: 'issue-1/auth/1/abc',
        },
        { name: 'ci', appId: null, status: 'pending', conclusion: 'PENDING', externalId: null },
      ],
    });
  });

  test('is mergeable, not mergeable, or not known yet, and never guessed', async () => {
    await using fixture = await openGitHubFixture();
    fixture.world.settings.mergeabilityDelayMs = 2000;
    const pull = await openTaskPull(fixture);
    const observe = openObserver(fixture);
    const look = async () => (await observe({ tasks: [aTask('auth', pull.number)] })).facts.pulls.get(TASK)?.mergeable;
    expect(await look()).toBe('unknown');
    fixture.clock.advance(2000);
    expect(await look()).toBe('yes');
    await push(fixture, 'main', { 'auth.txt': 'of somebody else' }, fixture.maintainer);
    expect(await look()).toBe('unknown');
    fixture.clock.advance(2000);
    expect(await look()).toBe('no');
  });

  test('has the latest word of each reviewer; a comment takes none back, a dismissal does', async () => {
    await using fixture = await openGitHubFixture();
    const { world, clock, maintainer } = fixture;
    const pull = await openTaskPull(fixture);
    const [one, two, three] = [
      await addWriter(fixture, 'one'),
      await addWriter(fixture, 'two'),
      await addWriter(fixture, 'three'),
    ];
    await submitReview(world, one, pull, { state: 'CHANGES_REQUESTED' });
    const dismissed = await submitReview(world, two, pull, { state: 'APPROVED' });
    await submitReview(world, three, pull, { state: 'COMMENTED' });
    clock.advance(1000);
    await submitReview(world, one, pull, { state: 'APPROVED' });
    await submitReview(world, one, pull, { state: 'COMMENTED' });
    await dismissReview(world, maintainer, pull, dismissed);
    const { facts } = await openObserver(fixture)({ tasks: [aTask('auth', pull.number)] });
    const { headSha } = pull.pull;
    expect(facts.pulls.get(TASK)?.reviews).toEqual([
      { author: { login: 'one', kind: 'user', id: one.account.id }, state: 'approved', commitSha: headSha },
      { author: { login: 'two', kind: 'user', id: two.account.id }, state: 'dismissed', commitSha: headSha },
      { author: { login: 'three', kind: 'user', id: three.account.id }, state: 'commented', commitSha: headSha },
    ]);
  });

  test('is found by its branch, and not by the like-named branch of a fork', async () => {
    await using fixture = await openGitHubFixture();
    const { world, repository } = fixture;
    const pull = await openTaskPull(fixture);
    await addPerson(world, 'stranger');
    const stranger = personActor(world, 'stranger');
    const fork = await forkRepository(world, stranger, repository, 'stranger');
    await pushCommits(world, stranger, fork, { branch: BRANCH, commits: [{ message: 'x', files: { x: 'x' } }] });
    await openPull(world, stranger, repository, { title: 'Auth', head: `stranger:${BRANCH}`, base: 'main' });
    const { facts } = await openObserver(fixture)({ tasks: [aTask('auth')] });
    expect(facts.pulls.get(TASK)?.number).toBe(pull.number);
  });

  test('that is merged says what stands on the base for it', async () => {
    await using fixture = await openGitHubFixture();
    const { world, bot, repository } = fixture;
    const pull = await openTaskPull(fixture);
    const { headSha } = pull.pull;
    const merged = await mergePull(world, bot, pull, { method: 'squash' });
    const { tree } = await commitOf(world, repository, merged);
    const { facts } = await openObserver(fixture)({
      tasks: [aTask('auth', pull.number)],
      landings: [{ task: TASK, commitSha: sha(headSha) }],
    });
    expect(facts.pulls.get(TASK)).toMatchObject({ state: 'merged', mergeCommit: { sha: merged, tree } });
    expect(facts.landed).toEqual(new Map([[headSha, { contained: true, tree, landedSha: merged }]]));
  });

  test('waits in the merge queue of its base, which is asked about only where there is one', async () => {
    await using fixture = await openGitHubFixture();
    const { world, bot, repository } = fixture;
    const pull = await openTaskPull(fixture);
    await addRuleset(world, repository, {
      name: 'Queue',
      include: ['refs/heads/main'],
      rules: [
        {
          type: 'required_status_checks',
          parameters: {
            required_status_checks: [{ context: 'test' }],
            strict_required_status_checks_policy: false,
          },
        },
        {
          type: 'merge_queue',
          parameters: {
            check_response_timeout_minutes: 60,
            grouping_strategy: 'ALLGREEN',
            max_entries_to_build: 5,
            max_entries_to_merge: 5,
            merge_method: 'MERGE',
            min_entries_to_merge: 1,
            min_entries_to_merge_wait_minutes: 5,
          },
        },
      ],
    });
    await createStatus(world, bot, repository, { sha: pull.pull.headSha, context: 'test', state: 'success' });
    await enqueuePull(world, bot, pull, {});
    const query = { base: 'main' as BranchName, tasks: [aTask('auth', pull.number)] };
    const { facts } = await openObserver(fixture)(query);
    expect(facts.rules.hasMergeQueue).toBe(true);
    expect(facts.pulls.get(TASK)?.queueEntry).toEqual({
      state: 'AWAITING_CHECKS',
      baseSha: repository.refs.get('refs/heads/main'),
      headSha: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
  });

  test('with very many checks is seen with all of them', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, repository } = fixture;
    const pull = await openTaskPull(fixture);
    for (let index = 0; index < 130; index += 1)
      await createStatus(world, maintainer, repository, {
        sha: pull.pull.headSha,
        context: `part-${index}`,
        state: 'success',
      });
    const { facts } = await openObserver(fixture)({ tasks: [aTask('auth', pull.number)] });
    expect(facts.pulls.get(TASK)?.checks).toHaveLength(130);
  });
});

describe('branches', () => {
  test('are seen where they stand, and trials with their parents', async () => {
    await using fixture = await openGitHubFixture();
    const { world, bot, repository } = fixture;
    await openIssue(fixture);
    const onto = repository.refs.get('refs/heads/main')!;
    const head = await push(fixture, BRANCH, { 'auth.txt': 'auth' });
    await updateRefs(world, bot, repository, [
      { name: 'refs/heads/trial', before: ZERO_OID, after: onto, isForced: false },
    ]);
    const trial = await mergeBranch(world, bot, repository, { base: 'trial', head });
    const { facts } = await openObserver(fixture)({
      tasks: [aTask('auth'), aTask('missing')],
      trials: [
        { task: TASK, branch: 'trial' as BranchName },
        { task: 'missing' as TaskId, branch: 'no-trial' as BranchName },
      ],
    });
    const { tree } = await commitOf(world, repository, trial!);
    expect(facts.branches).toEqual(new Map([[TASK, head]]));
    expect(facts.trialBranches).toEqual(new Map([[TASK, { tip: trial, tree, parents: [onto, head] }]]));
  });

  test('tell of landings whether the base contains them', async () => {
    await using fixture = await openGitHubFixture();
    const { world, repository } = fixture;
    await openIssue(fixture);
    const landed = await push(fixture, 'main', { 'a.txt': 'a' }, fixture.maintainer);
    const tip = await push(fixture, 'main', { 'b.txt': 'b' }, fixture.maintainer);
    const ahead = await push(fixture, BRANCH, { 'auth.txt': 'auth' });
    const { tree } = await commitOf(world, repository, landed);
    const landings = [landed, ahead, 'f'.repeat(40)].map((one) => ({ task: TASK, commitSha: sha(one) }));
    const { facts } = await openObserver(fixture)({ landings });
    expect(facts.base).toEqual({ branch: 'main', tip });
    expect(facts.landed).toEqual(
      new Map([
        [landed, { contained: true, tree, landedSha: landed }],
        [ahead, { contained: false, tree: null, landedSha: null }],
        ['f'.repeat(40), { contained: false, tree: null, landedSha: null }],
      ]),
    );
  });

  test('of ledgers are told with the facts, the queue by the base that was asked for or found', async () => {
    await using fixture = await openGitHubFixture();
    await openIssue(fixture);
    const plan = await push(fixture, 'espalier-ledger/issue-1', { 'plan.json': '1' });
    const main = await push(fixture, 'espalier-queue/main', { 'queue.json': '1' });
    const release = await push(fixture, 'espalier-queue/release%2F1', { 'queue.json': '2' });
    await push(fixture, 'release/1', { a: 'a' }, fixture.maintainer);
    const observe = openObserver(fixture);
    expect((await observe()).version).toEqual({ plan, queue: main });
    const other = await observe({ base: 'release/1' as BranchName });
    expect(other.version).toEqual({ plan, queue: release });
    expect(other.facts.base.branch).toBe('release/1');
    const gone = await observe({ base: 'gone' as BranchName });
    expect({ base: gone.facts.base, queue: gone.version.queue }).toEqual({
      base: { branch: 'gone', tip: null },
      queue: null,
    });
  });

  test('bring the configuration as it stands on the base', async () => {
    await using fixture = await openGitHubFixture();
    await openIssue(fixture);
    const observe = openObserver(fixture);
    expect((await observe()).facts.configText).toBeNull();
    await push(fixture, 'main', { '.github/espalier.yml': 'landing: née\n' }, fixture.maintainer);
    expect((await observe()).facts.configText).toBe('landing: née\n');
    const long = `# ${'x'.repeat(600_000)}\n`;
    await push(fixture, 'main', { '.github/espalier.yml': long }, fixture.maintainer);
    expect((await observe()).facts.configText).toBe(long);
    await push(fixture, 'main', { '.github/espalier.yml': 'x'.repeat(1_100_000) }, fixture.maintainer);
    await expect(observe()).rejects.toThrow('at most 1048576 are read');
  });
});

describe('runs', () => {
  test('are seen with where they stand; one that GitHub does not know any more is absent', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, repository } = fixture;
    await openIssue(fixture);
    const runs = [];
    for (const nonce of ['issue-1.1', 'issue-1.2', 'issue-1.3', 'issue-1.4']) runs.push(await startRun(fixture, nonce));
    await setRunStatus(world, runs[1]!, 'in_progress');
    await completeRun(world, runs[2]!, 'success');
    await cancelRun(world, maintainer, runs[3]!);
    const asked = [...runs, { id: 1, nodeId: 'WFR_gone' }].map(({ id, nodeId }, index) => ({
      nonce: `issue-1.${index + 1}`,
      runId: id,
      nodeId,
    }));
    const { facts } = await openObserver(fixture)({ runs: asked });
    expect(
      [...facts.runs].map(([nonce, { status, conclusion, isGenuine }]) => [nonce, status, conclusion, isGenuine]),
    ).toEqual([
      ['issue-1.1', 'waiting', null, true],
      ['issue-1.2', 'running', null, true],
      ['issue-1.3', 'completed', 'success', true],
      ['issue-1.4', 'completed', 'cancelled', true],
    ]);
    expect(runs[0]!.id).toBeGreaterThan(2 ** 32);
    expect(facts.runs.get('issue-1.1')).toMatchObject({ id: runs[0]!.id, nodeId: runs[0]!.nodeId });
    expect(repository.runs.size).toBe(4);
  });

  test('of a hundred and more dispatches are all seen', async () => {
    await using fixture = await openGitHubFixture();
    await openIssue(fixture);
    const runs = [];
    for (let index = 0; index < 120; index += 1) runs.push(await startRun(fixture, `issue-1.${index}`));
    const asked = runs.map(({ id, nodeId }, index) => ({ nonce: `issue-1.${index}`, runId: id, nodeId }));
    const { facts } = await openObserver(fixture)({ runs: asked });
    expect([...facts.runs].map(([, { id }]) => id)).toEqual(runs.map(({ id }) => id));
  });
});

describe('receipts', () => {
  const KEY = 'attempt.auth.1.7';
  const STAGING = 'espalier-staging/issue-1/receipt/auth.1.7' as BranchName;
  const ARTIFACT = 'espalier-auth.1-evidence.json';
  const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

  async function leave(fixture: GitHubFixture, files: Record<string, string | Uint8Array>) {
    const { world, bot, repository } = fixture;
    await openIssue(fixture);
    const run = await startRun(fixture, 'issue-1.7');
    const head = await push(fixture, BRANCH, { 'auth.txt': 'auth' });
    const receipt = await pushCommits(world, bot, repository, {
      branch: STAGING,
      from: head,
      commits: [{ message: 'Receipt', files }],
    });
    const query = { receipts: [{ key: KEY, branch: STAGING, runId: run.id, artifact: ARTIFACT }] };
    return { run, head, receipt, query };
  }

  test('are seen with the head, the texts, the digest of the bytes and the digests of artifacts', async () => {
    await using fixture = await openGitHubFixture();
    const { world, repository } = fixture;
    const evidence = '{"evidence":"née"}\n';
    const { run, head, receipt, query } = await leave(fixture, {
      'receipt.json': '{"version":1}',
      'evidence.json': evidence,
    });
    await uploadArtifact(world, run, { name: ARTIFACT, bytes: Buffer.from(evidence) });
    const { tree } = await commitOf(world, repository, head);
    const observe = openObserver(fixture);
    expect((await observe(query)).facts.receipts).toEqual(
      new Map([
        [
          KEY,
          {
            commitSha: receipt,
            head: { sha: head, tree },
            receipt: '{"version":1}',
            evidence,
            evidenceDigest: digestOf(evidence),
            artifacts: new Map([[ARTIFACT, digestOf(evidence)]]),
          },
        ],
      ]),
    );
    await observe(query);
    const listed = fixture.requests().filter((name) => name.endsWith('/artifacts'));
    expect(listed).toHaveLength(1);
  });

  test('are asked for again while the artifact is not listed, and pass over a list that cannot be read', async () => {
    await using fixture = await openGitHubFixture();
    const { world, hub } = fixture;
    const { run, query } = await leave(fixture, { 'receipt.json': '{}', 'evidence.json': '{}' });
    const observe = openObserver(fixture);
    const look = async () => (await observe(query)).facts.receipts.get(KEY)?.artifacts;
    expect(await look()).toEqual(new Map());
    const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts';
    hub.server.faults.add({ route }, serverError('before'), { times: 4 });
    expect(await look()).toBeNull();
    await uploadArtifact(world, run, { name: ARTIFACT, bytes: Buffer.from('{}') });
    expect(await look()).toEqual(new Map([[ARTIFACT, digestOf('{}')]]));
  });

  test.each<{ name: string; bytes: Uint8Array; digest: string | null }>([
    {
      name: 'too long for GraphQL',
      bytes: Buffer.from(`"${'é'.repeat(400_000)}"`),
      digest: digestOf(`"${'é'.repeat(400_000)}"`),
    },
    {
      name: 'not UTF-8',
      bytes: Buffer.from([0x22, 0xff, 0x22]),
      digest: createHash('sha256')
        .update(Buffer.from([0x22, 0xff, 0x22]))
        .digest('hex'),
    },
    { name: 'too large to be read', bytes: Buffer.alloc(8 * 1024 * 1024 + 1, 0x20), digest: null },
  ])('have the digest of their very bytes where the evidence is $name', async ({ bytes, digest }) => {
    await using fixture = await openGitHubFixture();
    const { query } = await leave(fixture, { 'receipt.json': '{}', 'evidence.json': bytes });
    const receipt = (await openObserver(fixture)(query)).facts.receipts.get(KEY);
    expect(receipt?.evidenceDigest).toBe(digest);
    expect(receipt?.evidence === null).toBe(digest === null);
  });

  test('may lack anything', async () => {
    await using fixture = await openGitHubFixture();
    const { query } = await leave(fixture, { 'receipt.json/a': 'a folder' });
    const observe = openObserver(fixture);
    expect((await observe(query)).facts.receipts.get(KEY)).toMatchObject({ receipt: '', evidence: null });
    const [asked] = query.receipts;
    const elsewhere = { receipts: [{ ...asked!, branch: 'no-such-branch' as BranchName }] };
    expect((await observe(elsewhere)).facts.receipts).toEqual(new Map());
  });
});

describe('permissions', () => {
  test('are read of those who said something new that may be a command, and of nobody else', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, bot } = fixture;
    const issue = await openIssue(fixture);
    const writer = await addWriter(fixture, 'Writer');
    for (const login of ['stranger', 'editor', 'talker', 'clicker']) await addPerson(world, login);
    const taken = await addComment(world, maintainer, issue, '/espalier pause');
    await addComment(world, writer, issue, 'Well:\n/espalier run');
    await addComment(world, personActor(world, 'stranger'), issue, '/espalier run');
    await addComment(world, personActor(world, 'talker'), issue, 'see https://example.com/espalier run');
    const edited = await addComment(world, personActor(world, 'editor'), issue, 'Hello');
    fixture.clock.advance(1000);
    await editComment(world, personActor(world, 'editor'), edited, '/espalier run');
    await addComment(world, bot, issue, '/espalier run');
    const query = { knownSources: new Set([taken.nodeId]), logins: ['Clicker'] };
    const { facts } = await openObserver(fixture)(query);
    expect(facts.permissions).toEqual(
      new Map([
        ['writer', 'write'],
        ['stranger', 'read'],
        ['clicker', 'read'],
      ]),
    );
  });

  test('of a crowd are read a few at a time, in the order in which they spoke', async () => {
    await using fixture = await openGitHubFixture();
    const { world, clock } = fixture;
    const issue = await openIssue(fixture);
    const crowd = Array.from({ length: 25 }, (_, index) => `stranger-${index}`);
    for (const login of crowd) {
      await addPerson(world, login);
      clock.advance(1);
      await addComment(world, personActor(world, login), issue, '/espalier run');
    }
    const { facts } = await openObserver(fixture)();
    expect([...facts.permissions.keys()]).toEqual(crowd.slice(0, 20));
  });

  test('that cannot be read now are absent, so that the command waits', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, hub } = fixture;
    await addComment(world, maintainer, await openIssue(fixture), '/espalier run');
    const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
    hub.server.faults.add({ route }, serverError('before'), { times: 4 });
    const observe = openObserver(fixture);
    expect((await observe()).facts.permissions).toEqual(new Map());
    expect((await observe()).facts.permissions).toEqual(new Map([['maintainer', 'maintain']]));
  });
});

describe('rules', () => {
  test('are read once for some minutes, and anew when they were forgotten', async () => {
    await using fixture = await openGitHubFixture();
    const { world, repository, clock, app } = fixture;
    await openIssue(fixture);
    const observe = openObserver(fixture);
    const look = async () => (await observe()).facts.rules;
    expect(await look()).toMatchObject({ requiredChecks: [], isStrict: false });
    await addRuleset(world, repository, {
      name: 'Checks',
      include: ['~DEFAULT_BRANCH'],
      rules: [
        {
          type: 'required_status_checks',
          parameters: {
            required_status_checks: [{ context: 'test', integration_id: app.id }, { context: 'lint' }],
            strict_required_status_checks_policy: true,
          },
        },
      ],
    });
    expect(await look()).toMatchObject({ requiredChecks: [], isStrict: false });
    observe.rules.forget('main');
    const wanted = {
      requiredChecks: [
        { name: 'test', appId: app.id },
        { name: 'lint', appId: null },
      ],
      isStrict: true,
    };
    expect(await look()).toMatchObject(wanted);
    await look();
    const route = 'GET /repos/{owner}/{repo}/rules/branches/{branch}';
    expect(fixture.requests().filter((name) => name === route)).toHaveLength(2);
    clock.advance(6 * 60_000);
    await look();
    expect(fixture.requests().filter((name) => name === route)).toHaveLength(3);
  });
});

describe('the repository', () => {
  async function failureOf(promise: Promise<unknown>): Promise<GitHubError> {
    const failure = await promise.catch((error: unknown) => error);
    if (failure instanceof GitHubError) return failure;
    throw new Error('Observing did not fail as it should.', { cause: failure });
  }

  test('that was renamed is followed, and named anew', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, repository } = fixture;
    await openIssue(fixture);
    const observe = openObserver(fixture);
    await renameRepository(world, maintainer, repository, 'gadgets');
    const { facts } = await observe();
    expect(facts.repository).toMatchObject({ id: repository.id, owner: 'acme', name: 'gadgets' });
  });

  test('that was transferred to where the app is not is gone; where it is, it is followed by its new installation', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, repository, app } = fixture;
    await openIssue(fixture);
    const observe = openObserver(fixture);
    repository.isPrivate = true;
    await addOrganization(world, 'other');
    await transferRepository(world, maintainer, repository, 'other');
    expect(await failureOf(observe())).toMatchObject({ isTransient: false, ending: { kind: 'gone' } });
    const installation = await installApp(world, maintainer, {
      appId: app.id,
      accountLogin: 'other',
      repositories: 'all',
    });
    const { facts } = await openObserver({ ...fixture, installation })();
    expect(facts.repository).toMatchObject({ owner: 'other', name: 'widgets' });
  });

  test('that was deleted is gone, also if another one stands under its name', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, repository } = fixture;
    await openIssue(fixture);
    const observe = openObserver(fixture);
    await deleteRepository(world, maintainer, repository);
    expect(await failureOf(observe())).toMatchObject({ ending: { kind: 'gone' } });
    await createRepository(world, maintainer, { owner: 'acme', name: 'widgets' });
    expect((await failureOf(observe())).message).toContain('another repository stands under its name');
  });

  test('that is archived is seen as such', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, repository } = fixture;
    await openIssue(fixture);
    await setArchived(world, maintainer, repository, true);
    expect((await openObserver(fixture)()).facts.repository.isArchived).toBe(true);
  });

  test('of which an answer has holes is not taken for one where things are gone', async () => {
    await using fixture = await openGitHubFixture({ permissions: { contents: 'write', pull_requests: 'write' } });
    await openIssue(fixture);
    const failure = await failureOf(openObserver(fixture)());
    expect(failure).toMatchObject({ isTransient: false, ending: { kind: 'forbidden' } });
  });
});

describe('what it costs', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => aTask(`task-${index}`, index + 2));

  test('is one point for eight pull requests, and three for a hundred', async () => {
    await using fixture = await openGitHubFixture();
    await openIssue(fixture);
    const observe = openObserver(fixture);
    const { rateLimits } = fixture.hub.server;
    const costOf = async (count: number) => {
      const before = rateLimits.totalSpent('graphql');
      await observe({ tasks: many(count) });
      return rateLimits.totalSpent('graphql') - before;
    };
    expect({ eight: await costOf(8), hundred: await costOf(100) }).toEqual({ eight: 1, hundred: 3 });
  });

  test('is one request for a plan that goes on, and none of REST', async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer } = fixture;
    const pull = await openTaskPull(fixture);
    const command = await addComment(world, maintainer, pull, '/espalier retry');
    const observe = openObserver(fixture);
    await observe();
    const before = fixture.requests().length;
    await observe({ tasks: [aTask('auth', pull.number)], knownSources: new Set([command.nodeId]) });
    expect(fixture.requests().slice(before)).toEqual(['Observe']);
  });

  test('is several requests where GitHub cannot answer the whole, with the same result', async () => {
    await using fixture = await openGitHubFixture();
    const pull = await openTaskPull(fixture);
    const tasks = [...many(59).map((task) => ({ ...task, pull: 4711 })), aTask('auth', pull.number)];
    const landings = [{ task: TASK, commitSha: sha(fixture.repository.refs.get('refs/heads/main')) }];
    const observe = openObserver(fixture);
    const whole = await observe({ tasks, landings });
    const before = fixture.requests().length;
    fixture.hub.server.faults.add({ graphql: 'Observe' }, serverError('before', 502), { times: 2 });
    const parted = await observe({ tasks, landings });
    expect(fixture.requests().slice(before)).toEqual(['Observe', 'Observe', 'Observe', 'ObservePart', 'ObservePart']);
    const { readAtMs: _readAt, quota: _quota, ...same } = parted.facts;
    expect(whole.facts).toMatchObject(same);
    expect(parted.facts.pulls.get(TASK)?.number).toBe(pull.number);
  });
});
