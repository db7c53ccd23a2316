import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { BranchName, TaskId } from '../../../src/core/brand.ts';
import type { ForgeEffect } from '../../../src/core/hosted/effect.ts';
import { serverError } from '../../support/github/faults.ts';
import { addPerson } from '../../support/github/operations/accounts.ts';
import { pushCommits } from '../../support/github/operations/commits.ts';
import { mergePull } from '../../support/github/operations/merging.ts';
import { closePull, openPull } from '../../support/github/operations/pulls.ts';
import { forkRepository } from '../../support/github/operations/repositories.ts';
import type { PullIssue } from '../../support/github/state.ts';
import { isPull, personActor } from '../../support/github/world.ts';
import { containing, openPerformFixture, type PerformFixture } from './perform-fixture.ts';

const BRANCH = 'espalier/issue-1/a' as BranchName;
const OPEN: ForgeEffect = {
  kind: 'open-pull',
  key: 'pull.a.3',
  task: 'a' as TaskId,
  branch: BRANCH,
  base: 'main' as BranchName,
  title: 'Task a: "quoted" ${{ x }} `code`',
  body: '<!-- espalier:pull plan=issue-1 task=a -->\n"} ) { x }',
};

let fixture: PerformFixture;

beforeEach(async () => {
  fixture = await openPerformFixture();
});

afterEach(() => fixture[Symbol.asyncDispose]());

function pulls(): PullIssue[] {
  return [...fixture.repository.issues.values()].filter((issue) => isPull(issue));
}

function opened(pull: PullIssue | undefined) {
  return { kind: 'pull-opened', number: pull?.number, nodeId: pull?.pull.nodeId };
}

async function openByHand(branch: string): Promise<PullIssue> {
  await fixture.push(branch, { [`${branch.replaceAll('/', '-')}.txt`]: branch });
  return openPull(fixture.world, fixture.maintainer, fixture.repository, { title: 'Hand', head: branch, base: 'main' });
}

describe('opening a pull request', () => {
  test('does so with the texts as they are', async () => {
    await fixture.push(BRANCH, { 'a.txt': 'a' });
    const outcome = await fixture.perform(OPEN);
    const [pull] = pulls();
    expect(outcome).toEqual(opened(pull));
    expect(pull).toMatchObject({ title: OPEN.kind === 'open-pull' && OPEN.title, author: 'espalier[bot]' });
    expect(pull?.body).toBe(OPEN.kind === 'open-pull' && OPEN.body);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });

  test('finds the one that is open already', async () => {
    const pull = await openByHand(BRANCH);
    expect(await fixture.perform(OPEN)).toEqual(opened(pull));
    expect(pulls()).toHaveLength(1);
    expect(fixture.newRequests()).toEqual(['Perform', 'FindPull']);
  });

  test('finds the one that an answer which never came has opened', async () => {
    await fixture.push(BRANCH, { 'a.txt': 'a' });
    fixture.hub.server.faults.add({ graphql: 'Perform' }, serverError('after'));
    expect(await fixture.perform(OPEN)).toMatchObject({ kind: 'later' });
    expect(await fixture.perform(OPEN)).toEqual(opened(pulls()[0]));
    expect(pulls()).toHaveLength(1);
  });

  test('does not take one of a fork for its own', async () => {
    const { world, repository } = fixture;
    await addPerson(world, 'stranger');
    const stranger = personActor(world, 'stranger');
    const fork = await forkRepository(world, stranger, repository, 'stranger');
    await pushCommits(world, stranger, fork, { branch: BRANCH, commits: [{ message: 'Evil', files: { e: 'e' } }] });
    await openPull(world, stranger, repository, { title: 'Evil', head: `stranger:${BRANCH}`, base: 'main' });
    expect(await fixture.perform(OPEN)).toMatchObject({ kind: 'refused' });
    await fixture.push(BRANCH, { 'a.txt': 'a' });
    expect(await fixture.perform(OPEN)).toEqual(opened(pulls()[1]));
  });

  test('is refused where the branch brings nothing', async () => {
    const tip = await fixture.tipOf('main');
    await fixture.push('other', { 'x.txt': 'x' });
    await fixture.perform({
      kind: 'move-branches',
      key: 'move',
      moves: [{ branch: BRANCH, from: null, to: tip, force: false }],
    });
    expect(await fixture.perform(OPEN)).toMatchObject({
      kind: 'refused',
      because: containing('No commits between'),
    });
  });

  test('in the call that makes its branch comes after that', async () => {
    const head = await fixture.push('work', { 'a.txt': 'a' });
    const outcomes = await fixture.performAll([
      { kind: 'move-branches', key: 'move', moves: [{ branch: BRANCH, from: null, to: head, force: false }] },
      OPEN,
    ]);
    expect(outcomes).toEqual([{ kind: 'done' }, opened(pulls()[0])]);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });
});

describe('a pull request', () => {
  test('gets another body', async () => {
    const pull = await openByHand('a');
    const effect: ForgeEffect = { kind: 'update-pull', key: 'body.a', nodeId: pull.pull.nodeId, body: 'New' };
    expect(await fixture.perform(effect)).toEqual({ kind: 'done' });
    expect(pull.body).toBe('New');
    expect(fixture.newRequests()).toEqual(['Perform']);
  });

  test('that is gone is looked at again', async () => {
    const effect: ForgeEffect = { kind: 'update-pull', key: 'body.a', nodeId: 'PR_nowhere', body: 'New' };
    expect(await fixture.perform(effect)).toMatchObject({ kind: 'elsewhere' });
  });

  test('is closed, and stays closed', async () => {
    const pull = await openByHand('a');
    const effect: ForgeEffect = { kind: 'close-pull', key: 'close.a', nodeId: pull.pull.nodeId };
    expect(await fixture.perform(effect)).toEqual({ kind: 'done' });
    expect(pull).toMatchObject({ state: 'closed', pull: { isMerged: false } });
    expect(await fixture.perform(effect)).toEqual({ kind: 'done' });
  });

  test.each(['closed', 'merged'] as const)('that is %s needs no closing, whatever GitHub says', async (how) => {
    const pull = await openByHand('a');
    await (how === 'closed'
      ? closePull(fixture.world, fixture.maintainer, pull)
      : mergePull(fixture.world, fixture.maintainer, pull, {}));
    const errors = [{ type: 'UNPROCESSABLE', path: ['m0'], message: 'Could not close the pull request.' }];
    fixture.hub.server.faults.add(
      { graphql: 'Perform' },
      { kind: 'answer', when: 'before', status: 200, message: '', body: { data: { m0: null }, errors } },
    );
    const effect: ForgeEffect = { kind: 'close-pull', key: 'close.a', nodeId: pull.pull.nodeId };
    expect(await fixture.perform(effect)).toEqual({ kind: 'done' });
    expect(fixture.newRequests()).toEqual(['Perform', 'LookAtPull']);
  });
});

test('without the permission, the outcome names it', async () => {
  await using poor = await openPerformFixture({ permissions: { contents: 'write', pull_requests: 'read' } });
  await poor.push(BRANCH, { 'a.txt': 'a' });
  expect(await poor.perform(OPEN)).toMatchObject({ kind: 'forbidden', permission: 'pull_requests=write' });
});
