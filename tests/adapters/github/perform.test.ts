import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { BranchName, CommitSha, TaskId } from '../../../src/core/brand.ts';
import type { ForgeEffect } from '../../../src/core/hosted/effect.ts';
import { secondaryLimit, serverError, type Fault } from '../../support/github/faults.ts';
import { addComment, commentsOf } from '../../support/github/operations/comments.ts';
import { openPull } from '../../support/github/operations/pulls.ts';
import { setArchived } from '../../support/github/operations/repositories.ts';
import { dispatchWorkflow, findWorkflow } from '../../support/github/operations/runs.ts';
import type { Permissions } from '../../support/github/state.ts';
import { containing, openPerformFixture, WORKFLOW, type PerformFixture } from './perform-fixture.ts';

const DISPATCHES = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';

let fixture: PerformFixture;

beforeEach(async () => {
  fixture = await openPerformFixture();
});

afterEach(() => fixture[Symbol.asyncDispose]());

/** One effect of each kind, all of which can be done, with the permission that each takes. */
async function oneOfEach(): Promise<{ effect: ForgeEffect; permission: string }[]> {
  const { world, repository, maintainer, bot, issue } = fixture;
  const [task, base] = ['a' as TaskId, 'main' as BranchName];
  const main = (await fixture.tipOf('main')) as CommitSha;
  const head = await fixture.push('espalier/issue-1/a', { 'a.txt': 'a' });
  const other = await fixture.push('espalier/issue-1/b', { 'b.txt': 'b' });
  const pull = await openPull(world, bot, repository, { title: 'b', head: 'espalier/issue-1/b', base });
  const comment = await addComment(world, maintainer, issue, '/espalier run');
  const nonce = 'issue-1.2';
  const workflow = await findWorkflow(world, repository, WORKFLOW);
  const inputs = { plan: 'issue-1', legs: '[]', nonce: 'issue-1.1', ledger: main };
  const run = await dispatchWorkflow(world, bot, workflow, { ref: 'main', inputs });
  const leg = { work: 'attempt', task, attempt: 1, generation: 1, mode: 'full', headSha: null, isOver: false } as const;
  const output = { status: 'in_progress', conclusion: null, title: 't', summary: 's', text: 'x' } as const;
  const thread = issue.number;
  const trial = 'espalier-staging/issue-1/trial/a.1' as BranchName;
  const { nodeId } = pull.pull;
  const all: [ForgeEffect, string][] = [
    [{ kind: 'react', key: 'react', commentNodeId: comment.nodeId, content: 'EYES' }, 'issues=write'],
    [{ kind: 'answer', key: 'answer', thread, body: 'Yes.', lookFirst: false }, 'issues=write'],
    [{ kind: 'status-comment', key: 'status', nodeId: null, thread, body: 'Status' }, 'issues=write'],
    [{ kind: 'set-labels', key: 'labels', thread, add: ['espalier:running'], remove: [] }, 'issues=write'],
    [{ kind: 'close-issue', key: 'close', nodeId: issue.nodeId }, 'issues=write'],
    [
      {
        kind: 'move-branches',
        key: 'move',
        moves: [{ branch: 'espalier/issue-1/a.1' as BranchName, from: null, to: head, force: false }],
      },
      'contents=write',
    ],
    [
      { kind: 'make-trial', key: 'trial', task, branch: trial, from: null, onto: main, head, message: 'Merge' },
      'contents=write',
    ],
    [
      {
        kind: 'open-pull',
        key: 'open',
        task,
        branch: 'espalier/issue-1/a' as BranchName,
        base,
        title: 'a',
        body: 'a',
      },
      'pull_requests=write',
    ],
    [{ kind: 'update-pull', key: 'update', nodeId, body: 'New' }, 'pull_requests=write'],
    [
      {
        kind: 'check-run',
        key: 'check',
        nodeId: null,
        name: 'espalier/gate',
        headSha: other,
        externalId: 'x',
        output: { ...output, annotations: [], actions: [] },
      },
      'checks=write',
    ],
    [
      {
        kind: 'land',
        key: 'land',
        task,
        way: 'fast-forward',
        base,
        from: main,
        to: other,
        pullNodeId: null,
        title: 'b',
        message: '',
      },
      'contents=write',
    ],
    [{ kind: 'close-pull', key: 'close-pull', nodeId }, 'pull_requests=write'],
    [{ kind: 'dispatch', key: 'dispatch', workflow: WORKFLOW, nonce, legs: [leg] }, 'actions=write'],
    [{ kind: 'cancel-run', key: 'cancel', runId: run.id }, 'actions=write'],
  ];
  return all.map(([effect, permission]) => ({ effect, permission }));
}

const READING: Permissions = {
  actions: 'read',
  checks: 'read',
  contents: 'read',
  issues: 'read',
  merge_queues: 'read',
  pull_requests: 'read',
};

describe('the effects of one call', () => {
  test('are all done, in as few requests as they take', async () => {
    const effects = (await oneOfEach()).map(({ effect }) => effect);
    const outcomes = await fixture.performAll(effects);
    expect(outcomes.map((outcome) => outcome?.kind)).toEqual([
      'done',
      'comment-posted',
      'comment-posted',
      'done',
      'done',
      'done',
      'trial-made',
      'pull-opened',
      'done',
      'done',
      'done',
      'done',
      'run-named',
      'done',
    ]);
    expect(fixture.newRequests().toSorted()).toEqual(
      [
        'FindComment',
        'Perform',
        'Perform',
        'POST /repos/{owner}/{repo}/labels',
        'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
        DISPATCHES,
        'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
        'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel',
      ].toSorted(),
    );
  });

  test('are each forbidden where the permission is missing, by its name', async () => {
    const effects = await oneOfEach();
    for (const name of Object.keys(fixture.installation.permissions))
      fixture.installation.permissions[name] = READING[name] ?? 'read';
    const outcomes = await fixture.performAll(effects.map(({ effect }) => effect));
    expect(outcomes).toMatchObject(
      effects.map(({ permission }) => ({ kind: 'forbidden', permission: containing(permission) })),
    );
  });

  test('are each refused in an archived repository', async () => {
    const effects = (await oneOfEach()).map(({ effect }) => effect);
    await setArchived(fixture.world, fixture.maintainer, fixture.repository, true);
    expect(await fixture.performAll(effects)).toMatchObject(
      effects.map(() => ({ kind: 'refused', because: containing('archived') })),
    );
  });

  test('are each left for later while a limit holds, and nothing is asked after it was met', async () => {
    const effects = (await oneOfEach()).map(({ effect }) => effect);
    fixture.hub.server.faults.add({ graphql: 'FindComment' }, secondaryLimit(60));
    const untilMs = fixture.clock.now() + 60_000;
    const outcomes = await fixture.performAll(effects);
    const times = outcomes.map((outcome) => (outcome?.kind === 'later' ? outcome.notBeforeMs : 0));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(untilMs);
    expect(fixture.newRequests()).toEqual(['FindComment']);
    fixture.clock.advance(Math.max(...times) - fixture.clock.now());
    const again = await fixture.performAll(effects);
    expect(again.filter((outcome) => outcome?.kind === 'later')).toEqual([]);
  });

  test('need nothing where there are none', async () => {
    expect(await fixture.performAll([])).toEqual([]);
    expect(fixture.newRequests()).toEqual([]);
  });
});

function answers(count: number): ForgeEffect[] {
  const thread = fixture.issue.number;
  return Array.from({ length: count }, (_, index) => ({
    kind: 'answer',
    key: `answer.${index}`,
    thread,
    body: `Answer ${index}`,
    lookFirst: false,
  }));
}

function bodies(): string[] {
  return commentsOf(fixture.repository, fixture.issue.number).map(({ body }) => body);
}

function answering(body: unknown): Fault {
  return { kind: 'answer', when: 'before', status: 200, message: '', body };
}

describe('a document', () => {
  test('does its mutations in order, and those after one that fails', async () => {
    const [first, second] = answers(2);
    const bad: ForgeEffect = { kind: 'update-pull', key: 'bad', nodeId: 'PR_nowhere', body: 'x' };
    expect(await fixture.performAll([first, bad, second].filter((one) => one !== undefined))).toMatchObject([
      { kind: 'comment-posted' },
      { kind: 'elsewhere' },
      { kind: 'comment-posted' },
    ]);
    expect(bodies()).toEqual(['Answer 0', 'Answer 1']);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });

  test('holds no more than GitHub does in time', async () => {
    const outcomes = await fixture.performAll(answers(30));
    expect(outcomes.every((outcome) => outcome?.kind === 'comment-posted')).toBe(true);
    expect(bodies()).toEqual(answers(30).map((effect) => effect.kind === 'answer' && effect.body));
    expect(fixture.newRequests()).toEqual(['Perform', 'Perform', 'Perform']);
  });

  test('holds no more text than a request carries', async () => {
    const long = answers(10).map((effect) => ({ ...effect, body: 'x'.repeat(65_000) }));
    await fixture.performAll(long);
    expect(bodies()).toHaveLength(10);
    expect(fixture.newRequests()).toEqual(['Perform', 'Perform']);
  });

  test('that brought no answer leaves what comes after it for later', async () => {
    fixture.hub.server.faults.add({ graphql: 'Perform' }, serverError('after'));
    const outcomes = await fixture.performAll(answers(20));
    expect(outcomes.map((outcome) => outcome?.kind)).toEqual(Array.from({ length: 20 }, () => 'later'));
    expect(bodies()).toHaveLength(12);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });

  test('that takes too long is left for later', async () => {
    await using slow = await openPerformFixture({ graphqlMs: 100 });
    fixture = slow;
    const late = Promise.withResolvers<void>();
    slow.hub.server.faults.add({ graphql: 'Perform' }, { kind: 'slow', until: () => late.promise });
    expect(await slow.performAll(answers(1))).toMatchObject([{ kind: 'later', because: containing('in time') }]);
    late.resolve();
    expect(bodies()).toHaveLength(1);
  });

  test('of which nothing was done by GitHub is sent in parts, so that one does not spoil the others', async () => {
    const { faults } = fixture.hub.server;
    const invalid = { message: 'Variable $v1 of type AddCommentInput! was provided invalid value' };
    faults.add({ graphql: 'Perform' }, answering({ errors: [invalid] }));
    faults.add({ graphql: 'Perform' }, answering({ errors: [invalid] }), { nth: 3 });
    expect(await fixture.performAll(answers(3))).toMatchObject([
      { kind: 'comment-posted' },
      { kind: 'refused', because: containing('invalid value') },
      { kind: 'comment-posted' },
    ]);
    expect(fixture.newRequests()).toEqual(['Perform', 'Perform', 'Perform', 'Perform']);
  });

  test('one of whose mutations meets a limit is the last one for now', async () => {
    const errors = [{ type: 'UNPROCESSABLE', path: ['m1'], message: 'was submitted too quickly' }];
    const posted = { commentEdge: { node: { id: 'IC_1' } } };
    const data = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`m${index}`, index === 1 ? null : posted]),
    );
    fixture.hub.server.faults.add({ graphql: 'Perform' }, answering({ data, errors }));
    const kinds = (await fixture.performAll(answers(14))).map((outcome) => outcome?.kind);
    expect(kinds.slice(0, 3)).toEqual(['comment-posted', 'later', 'comment-posted']);
    expect(kinds.slice(12)).toEqual(['later', 'later']);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });

  test('is sent again after an error if everything in it is the same twice', async () => {
    const comment = await addComment(fixture.world, fixture.maintainer, fixture.issue, '/espalier run');
    fixture.hub.server.faults.add({ graphql: 'Perform' }, serverError('after'));
    const effect: ForgeEffect = { kind: 'react', key: 'react', commentNodeId: comment.nodeId, content: 'EYES' };
    expect(await fixture.perform(effect)).toEqual({ kind: 'done' });
    expect(comment.reactions).toHaveLength(1);
    expect(fixture.newRequests()).toEqual(['Perform', 'Perform']);
  });

  test('whose answer has another shape is not done again, but looked at later', async () => {
    fixture.hub.server.faults.add({ graphql: 'Perform' }, answering({ data: { m0: { odd: true } } }));
    expect(await fixture.performAll(answers(1))).toMatchObject([{ kind: 'later' }]);
    fixture.hub.server.faults.add({ graphql: 'Perform' }, answering({ data: {} }));
    expect(await fixture.performAll(answers(1))).toMatchObject([{ kind: 'later' }]);
  });

  test('carries no text of anybody else than its own', async () => {
    const hostile = '"}) { clientMutationId } evil: deleteRef(input: { refId: "';
    await fixture.performAll([
      { kind: 'answer', key: hostile, thread: fixture.issue.number, body: hostile, lookFirst: false },
    ]);
    const sent = fixture.hub.server.requests.map(({ body }) => (body as { query?: string } | undefined)?.query ?? '');
    expect(sent.filter((query) => query.includes('evil'))).toEqual([]);
    expect(bodies()).toEqual([hostile]);
  });
});

describe('a repository', () => {
  test('whose id is not known is asked for it once', async () => {
    await using fresh = await openPerformFixture({ isNew: true });
    fixture = fresh;
    const head = await fresh.push('work', { 'a.txt': 'a' });
    const move = (name: string): ForgeEffect => ({
      kind: 'move-branches',
      key: name,
      moves: [{ branch: name as BranchName, from: null, to: head, force: false }],
    });
    expect(await fresh.perform(move('one'))).toEqual({ kind: 'done' });
    expect(await fresh.perform(move('two'))).toEqual({ kind: 'done' });
    expect(fresh.newRequests()).toEqual(['RepositoryId', 'Perform', 'Perform']);
  });

  test('that cannot be read leaves every effect as it is', async () => {
    await using fresh = await openPerformFixture({ isNew: true });
    fixture = fresh;
    fresh.memory.address = { ...fresh.memory.address, name: 'gone' };
    expect(await fresh.performAll(answers(2))).toMatchObject([{ kind: 'elsewhere' }, { kind: 'elsewhere' }]);
  });
});

test('a token that is not taken is an error of its own, after everything else was tried', async () => {
  fixture.hub.server.faults.add(
    { graphql: 'Perform' },
    { kind: 'answer', when: 'before', status: 401, message: 'Bad credentials' },
    { times: 2 },
  );
  const effects = (await oneOfEach()).map(({ effect }) => effect);
  await expect(fixture.performAll(effects)).rejects.toThrow('private key');
  expect([...fixture.repository.runs.values()]).toHaveLength(2);
});
