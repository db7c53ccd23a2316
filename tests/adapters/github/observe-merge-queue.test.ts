import { describe, expect, test } from 'vitest';

import { toQueueRemoval } from '../../../src/adapters/github/read-queue-removal.ts';
import type { BranchName } from '../../../src/core/brand.ts';
import { addPerson } from '../../support/github/operations/accounts.ts';
import { createCheckRun, createStatus } from '../../support/github/operations/checks.ts';
import { commitOf, pushCommits } from '../../support/github/operations/commits.ts';
import { dequeuePull, enqueuePull } from '../../support/github/operations/merge-queue.ts';
import { openPull } from '../../support/github/operations/pulls.ts';
import { addRuleset, forkRepository } from '../../support/github/operations/repositories.ts';
import type { PullIssue } from '../../support/github/state.ts';
import { type Actor, personActor } from '../../support/github/world.ts';
import { type GitHubFixture, openGitHubFixture } from './github-fixture.ts';
import { aTask, openObserver } from './observer.ts';
import { BRANCH, openTaskPull, push, TASK } from './plan-on-github.ts';

const GATE = 'espalier/gate';
const MAIN = 'main' as BranchName;

/** The rules of a base whose queue waits for this app's gate; without `hasQueue` only the check is required. */
async function protectMain({ world, repository, app }: GitHubFixture, hasQueue = true): Promise<void> {
  const queue = {
    type: 'merge_queue' as const,
    parameters: {
      check_response_timeout_minutes: 60,
      grouping_strategy: 'ALLGREEN' as const,
      max_entries_to_build: 5,
      max_entries_to_merge: 5,
      merge_method: 'MERGE' as const,
      min_entries_to_merge: 1,
      min_entries_to_merge_wait_minutes: 5,
    },
  };
  await addRuleset(world, repository, {
    name: 'main',
    include: ['refs/heads/main'],
    rules: [
      {
        type: 'required_status_checks',
        parameters: {
          required_status_checks: [{ context: GATE, integration_id: app.id }],
          strict_required_status_checks_policy: false,
        },
      },
      ...(hasQueue ? [queue] : []),
    ],
  });
}

async function passGate({ world, bot, repository }: GitHubFixture, headSha: string, externalId: string): Promise<void> {
  const done = { status: 'completed' as const, conclusion: 'success' as const };
  await createCheckRun(world, bot, repository, { name: GATE, headSha, externalId, ...done });
}

async function openOtherPull(fixture: GitHubFixture, branch: string, by: Actor): Promise<PullIssue> {
  await push(fixture, branch, { [`${branch}.txt`]: branch }, by);
  return openPull(fixture.world, by, fixture.repository, { title: branch, head: branch, base: 'main' });
}

/** A person's pull request in the queue, and that of the task behind it. */
async function openQueue() {
  const fixture = await openGitHubFixture();
  await protectMain(fixture);
  const { world, bot, repository, maintainer } = fixture;
  const pull = await openTaskPull(fixture);
  const theirs = await openOtherPull(fixture, 'theirs', maintainer);
  await passGate(fixture, theirs.pull.headSha, `no-task/${theirs.number}/x`);
  await passGate(fixture, pull.pull.headSha, 'issue-1/auth/1/x');
  await enqueuePull(world, maintainer, theirs, {});
  await enqueuePull(world, bot, pull, {});
  const [under, own] = (repository.mergeQueues.get('main') ?? []).map(({ group }) => group);
  if (under == null || own == null) throw new Error('The groups are not built.');
  return { fixture, pull, theirs, under, own };
}

describe('the merge queue of a base', () => {
  test('is seen in its order, with what each group stands on, its tree, and whose it is', async () => {
    const { fixture, pull, theirs, under, own } = await openQueue();
    await using opened = fixture;
    const { world, repository, maintainer } = opened;
    const headSha = own.headSha;
    await createStatus(world, maintainer, repository, { sha: headSha, context: 'ci', state: 'failure' });
    const { facts } = await openObserver(opened)({ base: MAIN, tasks: [aTask('auth', pull.number)] });
    expect(facts.mergeQueue).toMatchObject([
      {
        pull: {
          number: theirs.number,
          headSha: theirs.pull.headSha,
          headBranch: 'theirs',
          isOwn: false,
          isForeign: false,
          gate: { externalId: `no-task/${theirs.number}/x`, status: 'passed' },
        },
        baseSha: repository.refs.get('refs/heads/main'),
        headSha: under.headSha,
        headTree: (await commitOf(world, repository, under.headSha)).tree,
        checks: [],
      },
      {
        pull: { number: pull.number, headBranch: BRANCH, isOwn: true, gate: { externalId: 'issue-1/auth/1/x' } },
        baseSha: under.headSha,
        headSha,
        headTree: (await commitOf(world, repository, headSha)).tree,
        checks: [{ name: 'ci', appId: null, status: 'not-passed' }],
      },
    ]);
  });

  test("shows this app's own check on a group among very many of others, and once", async () => {
    const { fixture, own } = await openQueue();
    await using opened = fixture;
    const { world, repository, maintainer, bot } = opened;
    const { headSha } = own;
    for (let index = 0; index < 120; index += 1)
      await createStatus(world, maintainer, repository, { sha: headSha, context: `part-${index}`, state: 'pending' });
    await createCheckRun(world, bot, repository, { name: GATE, headSha, externalId: 'mine', status: 'in_progress' });
    const { facts } = await openObserver(opened)({ base: MAIN });
    const gates = facts.mergeQueue?.[1]?.checks.filter(({ name }) => name === GATE);
    expect(gates).toMatchObject([{ externalId: 'mine', status: 'pending', appId: opened.app.id }]);
  });

  test('is empty where nothing stands in it, and is not asked for where there is none', async () => {
    await using fixture = await openGitHubFixture();
    await openTaskPull(fixture);
    const observe = openObserver(fixture);
    const before = await observe({ base: MAIN });
    expect(before.facts.mergeQueue).toBeUndefined();
    expect(before.facts.rules.hasMergeQueue).toBe(false);
    await protectMain(fixture);
    const after = await openObserver(fixture)({ base: MAIN });
    expect(after.facts.mergeQueue).toEqual([]);
    expect(after.facts.rules.hasMergeQueue).toBe(true);
  });

  test('is found also where the list of rules was read before there was one', async () => {
    await using fixture = await openGitHubFixture();
    const pull = await openTaskPull(fixture);
    const observe = openObserver(fixture);
    const query = { base: MAIN, tasks: [aTask('auth', pull.number)] };
    await observe(query);
    await protectMain(fixture);
    const { facts } = await observe(query);
    expect(facts.rules.hasMergeQueue).toBe(true);
    expect(facts.mergeQueue).toEqual([]);
    expect(facts.pulls.get(TASK)).toMatchObject({ queueEntry: null, queueRemoval: null });
  });
});

describe('a pull request that left the queue', () => {
  test('says why, the last time', async () => {
    const { fixture, pull } = await openQueue();
    await using opened = fixture;
    const { world, bot, maintainer } = opened;
    const look = async () =>
      (await openObserver(opened)({ base: MAIN, tasks: [aTask('auth', pull.number)] })).facts.pulls.get(TASK);
    expect((await look())?.queueRemoval).toBeNull();
    await dequeuePull(world, maintainer, pull);
    const first = (await look())?.queueRemoval;
    expect(first).toMatchObject({ reason: 'by-hand' });
    await enqueuePull(world, bot, pull, {});
    await dequeuePull(world, maintainer, pull, 'MERGE_CONFLICT');
    const second = (await look())?.queueRemoval;
    expect(second).toMatchObject({ reason: 'conflict' });
    expect(second?.id).not.toBe(first?.id);
  });

  test.each([
    ['merged', 'merged'],
    ['MERGE', 'merged'],
    ['ALREADY_MERGED', 'merged'],
    ['failed_checks', 'checks-failed'],
    ['CI_FAILURE', 'checks-failed'],
    ['CI_TIMEOUT', 'timed-out'],
    ['timed_out_checks', 'timed-out'],
    ['merge_conflict', 'conflict'],
    ['manual', 'by-hand'],
    ['QUEUE_CLEARED', 'unknown'],
    ['a word of tomorrow', 'unknown'],
    [null, 'unknown'],
  ])('for %s is read as %s', (reason, wanted) => {
    const nodes = [{ __typename: 'RemovedFromMergeQueueEvent' as const, id: 'RFMQE_1', reason }];
    expect(toQueueRemoval({ nodes })).toEqual({ id: 'RFMQE_1', reason: wanted });
  });
});

describe('the open pull requests of a base', () => {
  test("are asked for only where each of them needs this app's check", async () => {
    await using fixture = await openGitHubFixture();
    const { world, maintainer, repository } = fixture;
    const own = await openTaskPull(fixture);
    const theirs = await openOtherPull(fixture, 'theirs', maintainer);
    const observe = openObserver(fixture);
    expect((await observe({ base: MAIN })).facts.basePulls).toBeUndefined();
    await protectMain(fixture, false);
    await addPerson(world, 'stranger');
    const stranger = personActor(world, 'stranger');
    const fork = await forkRepository(world, stranger, repository, 'stranger');
    await pushCommits(world, stranger, fork, { branch: BRANCH, commits: [{ message: 'x', files: { x: 'x' } }] });
    const forked = await openPull(world, stranger, repository, {
      title: 'Auth',
      head: `stranger:${BRANCH}`,
      base: 'main',
    });
    const { facts } = await openObserver(fixture)({ base: MAIN });
    const found = facts.basePulls?.toSorted((a, b) => a.number - b.number);
    expect(found).toMatchObject([
      { number: own.number, isOwn: true, isForeign: false, gate: null },
      { number: theirs.number, isOwn: false, isForeign: false, gate: null },
      { number: forked.number, isOwn: false, isForeign: true, headBranch: BRANCH, gate: null },
    ]);
  });

  test('have no known check where there are more of them than are read', async () => {
    await using fixture = await openGitHubFixture();
    await protectMain(fixture, false);
    const { world, maintainer, repository } = fixture;
    const { pull } = await openTaskPull(fixture);
    for (let index = 0; index < 101; index += 1)
      await createStatus(world, maintainer, repository, { sha: pull.headSha, context: `${index}`, state: 'success' });
    const { facts } = await openObserver(fixture)({ base: MAIN });
    expect(facts.basePulls).toMatchObject([{ gate: 'unknown' }]);
  });
});
