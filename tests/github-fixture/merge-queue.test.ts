import { expect, test } from 'vitest';

import { createCheckRun } from '../support/github/operations/checks.ts';
import { pushCommits } from '../support/github/operations/commits.ts';
import { advanceMergeQueue, enqueuePull, queueEntryOf } from '../support/github/operations/merge-queue.ts';
import { mergePull } from '../support/github/operations/merging.ts';
import { openPull } from '../support/github/operations/pulls.ts';
import { updateRef } from '../support/github/operations/refs.ts';
import { addRuleset } from '../support/github/operations/repositories.ts';
import type { PullIssue } from '../support/github/state.ts';
import { openSmallGitHub, type SmallGitHub } from './open-small-github.ts';

async function openQueue(): Promise<SmallGitHub> {
  const small = await openSmallGitHub();
  await addRuleset(small.github.world, small.repository, {
    name: 'Queue',
    include: ['~DEFAULT_BRANCH'],
    rules: [
      {
        type: 'merge_queue',
        parameters: {
          check_response_timeout_minutes: 60,
          grouping_strategy: 'ALLGREEN',
          max_entries_to_build: 2,
          max_entries_to_merge: 5,
          merge_method: 'MERGE',
          min_entries_to_merge: 1,
          min_entries_to_merge_wait_minutes: 0,
        },
      },
      {
        type: 'required_status_checks',
        parameters: {
          required_status_checks: [{ context: 'espalier/gate', integration_id: small.app.id }],
          strict_required_status_checks_policy: false,
        },
      },
    ],
  });
  return small;
}

async function enqueue(small: SmallGitHub, branch: string, files: Record<string, string>): Promise<PullIssue> {
  const { github, bot, maintainer, repository } = small;
  const { world } = github;
  // Every branch starts at the commit that the repository began with.
  const from = (await world.git.listCommits(repository.gitDir, { base: null, head: tipOf(small) })).at(-1);
  await pushCommits(world, maintainer, repository, { branch, from, commits: [{ message: branch, files }] });
  const pull = await openPull(world, maintainer, repository, { title: branch, head: branch, base: 'main' });
  await give(small, pull.pull.headSha, 'success');
  await enqueuePull(world, bot, pull, { expectedHeadSha: pull.pull.headSha });
  return pull;
}

function give(small: SmallGitHub, headSha: string, conclusion: 'success' | 'failure'): Promise<unknown> {
  return createCheckRun(small.github.world, small.bot, small.repository, {
    name: 'espalier/gate',
    headSha,
    conclusion,
  });
}

function tipOf({ repository }: SmallGitHub): string {
  return repository.refs.get('refs/heads/main')!;
}

function groupOf({ repository }: SmallGitHub, pull: PullIssue): { headSha: string; baseSha: string } | null {
  return queueEntryOf(repository, pull)?.entry.group ?? null;
}

test('groups stand on one another, as many as are to be built, and land in order as their checks pass', async () => {
  await using small = await openQueue();
  const [a, b, c] = [
    await enqueue(small, 'a', { a: 'a\n' }),
    await enqueue(small, 'b', { b: 'b\n' }),
    await enqueue(small, 'c', { c: 'c\n' }),
  ];
  const [first, second] = [groupOf(small, a)!, groupOf(small, b)!];
  expect(first.baseSha).toBe(tipOf(small));
  expect(second.baseSha).toBe(first.headSha);
  expect(groupOf(small, c)).toBeNull();
  await give(small, second.headSha, 'success');
  expect(b.pull.isMerged).toBe(false);
  await give(small, first.headSha, 'success');
  expect([a, b, c].map(({ pull }) => pull.isMerged)).toEqual([true, true, false]);
  expect(tipOf(small)).toBe(second.headSha);
  expect(groupOf(small, c)?.baseSha).toBe(second.headSha);
});

test('a group that fails leaves, and those behind it are built anew', async () => {
  await using small = await openQueue();
  const [a, b] = [await enqueue(small, 'a', { a: 'a\n' }), await enqueue(small, 'b', { b: 'b\n' })];
  const before = groupOf(small, b)!;
  await small.takeNews();
  await give(small, groupOf(small, a)!.headSha, 'failure');
  expect(queueEntryOf(small.repository, a)).toBeNull();
  expect(groupOf(small, b)!.headSha).not.toBe(before.headSha);
  expect(groupOf(small, b)!.baseSha).toBe(tipOf(small));
  const reasons = small.github.world.state.deliveries
    .filter(({ event, action }) => event === 'merge_group' && action === 'destroyed')
    .map(({ body }) => (JSON.parse(body) as { reason: string }).reason);
  expect(reasons).toEqual(['dequeued', 'invalidated']);
});

test('one in conflict with the queue is thrown out at once', async () => {
  await using small = await openQueue();
  await enqueue(small, 'a', { same: 'a\n' });
  const b = await enqueue(small, 'b', { same: 'b\n' });
  expect(queueEntryOf(small.repository, b)).toBeNull();
  const { body } = small.github.world.state.deliveries.findLast(({ action }) => action === 'dequeued')!;
  expect(JSON.parse(body)).toMatchObject({ reason: 'MERGE_CONFLICT', number: b.number });
});

test('one whose checks do not come in time is thrown out', async () => {
  await using small = await openQueue();
  const a = await enqueue(small, 'a', { a: 'a\n' });
  small.clock.advance(60 * 60_000 - 1);
  await advanceMergeQueue(small.github.world, small.repository, 'main');
  expect(queueEntryOf(small.repository, a)?.position).toBe(1);
  small.clock.advance(1);
  await advanceMergeQueue(small.github.world, small.repository, 'main');
  expect(queueEntryOf(small.repository, a)).toBeNull();
});

test('the queue is the only way in: neither a merge nor an update of the base', async () => {
  await using small = await openQueue();
  const { github, bot, repository } = small;
  const a = await enqueue(small, 'a', { a: 'a\n' });
  await expect(mergePull(github.world, bot, a, {})).rejects.toThrow('Pull Request is in the merge queue');
  const ref = { name: 'refs/heads/main', oid: a.pull.headSha, isForced: false };
  await expect(updateRef(github.world, bot, repository, ref)).rejects.toThrow('through the merge queue');
  await expect(enqueuePull(github.world, bot, a, {})).rejects.toThrow('already in the merge queue');
});

test('a push to the head takes it out', async () => {
  await using small = await openQueue();
  const { github, maintainer, repository } = small;
  const a = await enqueue(small, 'a', { a: 'a\n' });
  const commits = [{ message: 'More', files: { a: 'aa\n' } }];
  await pushCommits(github.world, maintainer, repository, { branch: 'a', commits });
  expect(queueEntryOf(repository, a)).toBeNull();
  expect([...repository.refs.keys()].filter((name) => name.includes('gh-readonly-queue'))).toEqual([]);
});
