import { describe, expect, test } from 'vitest';
import type { BranchName } from '../../../src/core/brand.ts';
import { addPerson } from '../../support/github/operations/accounts.ts';
import { createCheckRun, createStatus } from '../../support/github/operations/checks.ts';
import { commitOf, pushCommits } from '../../support/github/operations/commits.ts';
import { mergePull } from '../../support/github/operations/merging.ts';
import { enqueuePull } from '../../support/github/operations/merge-queue.ts';
import { openPull } from '../../support/github/operations/pulls.ts';
import { addRuleset, forkRepository } from '../../support/github/operations/repositories.ts';
import { dismissReview, submitReview } from '../../support/github/operations/reviews.ts';
import { personActor } from '../../support/github/world.ts';
import { openGitHubFixture } from './github-fixture.ts';
import { aTask, openObserver, sha } from './observer.ts';
import { TASK, BRANCH, push, openTaskPull, addWriter } from './plan-on-github.ts';

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
    const author = ({ account }: typeof one) => ({ login: account.login, kind: 'user', id: account.id });
    expect(facts.pulls.get(TASK)?.reviews).toEqual([
      { author: author(one), isByWriter: true, state: 'approved', commitSha: headSha },
      { author: author(two), isByWriter: true, state: 'dismissed', commitSha: headSha },
      { author: author(three), isByWriter: true, state: 'commented', commitSha: headSha },
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
    const [group] = repository.mergeQueues.get('main')!;
    expect(facts.pulls.get(TASK)?.queueEntry).toEqual({
      state: 'AWAITING_CHECKS',
      baseSha: repository.refs.get('refs/heads/main'),
      headSha: group!.group!.headSha,
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
