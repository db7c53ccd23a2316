import { describe, expect, test } from 'vitest';

import { createCheckRun } from '../support/github/operations/checks.ts';
import { commitOf, pushCommits } from '../support/github/operations/commits.ts';
import { mergePull, mergeStateStatus, readMergeability } from '../support/github/operations/merging.ts';
import { openPull, updatePullBranch } from '../support/github/operations/pulls.ts';
import { deleteRef, updateRef } from '../support/github/operations/refs.ts';
import { addRuleset, deleteRepository, forkRepository } from '../support/github/operations/repositories.ts';
import { latestReviews, reviewDecision, submitReview } from '../support/github/operations/reviews.ts';
import type { BranchRule, MergeMethod, PullIssue } from '../support/github/state.ts';
import { personActor } from '../support/github/world.ts';
import { openSmallGitHub, type SmallGitHub } from './open-small-github.ts';

type Files = Record<string, string | null>;

function push(small: SmallGitHub, branch: string, files: Files, isForced = false): Promise<string> {
  const { github, maintainer, repository } = small;
  const commits = [{ message: `Change ${Object.keys(files).join()}`, files }];
  return pushCommits(github.world, maintainer, repository, { branch, commits, isForced });
}

async function open(small: SmallGitHub, branch: string, files: Files, base = 'main'): Promise<PullIssue> {
  const { github, maintainer, repository } = small;
  await push(small, branch, files);
  return openPull(github.world, maintainer, repository, { title: `Do ${branch}`, head: branch, base });
}

function reviews(count: number, isDismissed = false): BranchRule {
  return {
    type: 'pull_request',
    parameters: {
      dismiss_stale_reviews_on_push: isDismissed,
      require_code_owner_review: false,
      require_last_push_approval: false,
      required_approving_review_count: count,
      required_review_thread_resolution: false,
    },
  };
}

function gate(appId: number, isStrict = false): BranchRule {
  return {
    type: 'required_status_checks',
    parameters: {
      required_status_checks: [{ context: 'espalier/gate', integration_id: appId }],
      strict_required_status_checks_policy: isStrict,
    },
  };
}

async function protect(small: SmallGitHub, ...rules: BranchRule[]): Promise<void> {
  await addRuleset(small.github.world, small.repository, {
    name: 'Protect',
    include: ['~DEFAULT_BRANCH'],
    rules,
    // Admins, so that the tests can move the base.
    bypassActors: [{ actorType: 'RepositoryRole', actorId: 5, mode: 'always' }],
  });
}

describe('opening', () => {
  test.each([
    ['without a head', { head: 'nowhere', base: 'main' }, 'head'],
    ['without a base', { head: 'change', base: 'nowhere' }, 'base'],
  ])('is refused %s', async (_, ends, field) => {
    await using small = await openSmallGitHub();
    await push(small, 'change', { 'a.txt': 'a\n' });
    const opened = openPull(small.github.world, small.bot, small.repository, { title: 'A change', ...ends });
    await expect(opened).rejects.toMatchObject({ status: 422, errors: [{ field, code: 'invalid' }] });
  });

  test('is refused a second time, and for a head without commits', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, repository } = small;
    await open(small, 'change', { 'a.txt': 'a\n' });
    const again = openPull(github.world, bot, repository, { title: 'Again', head: 'change', base: 'main' });
    await expect(again).rejects.toMatchObject({
      errors: [{ message: expect.stringMatching(/already exists/) as string }],
    });
    const none = openPull(github.world, bot, repository, { title: 'None', head: 'main', base: 'main' });
    await expect(none).rejects.toMatchObject({ errors: [{ message: 'No commits between main and main' }] });
  });

  test('from a fork brings the commits of the fork, and follows it', async () => {
    await using small = await openSmallGitHub();
    const { github, stranger, repository } = small;
    const { world } = github;
    const fork = await forkRepository(world, stranger, repository, 'stranger');
    const commits = [{ message: 'Change', files: { 'a.txt': 'a\n' } }];
    await pushCommits(world, stranger, fork, { branch: 'change', commits });
    const pull = await openPull(world, stranger, repository, { title: 'Mine', head: 'stranger:change', base: 'main' });
    const tip = await pushCommits(world, stranger, fork, {
      branch: 'change',
      commits: [{ message: 'B', files: { b: 'b' } }],
    });
    expect(pull.pull).toMatchObject({ headOwner: 'stranger', headSha: tip });
    expect(await readMergeability(world, pull)).toMatchObject({ mergeable: true });
    await deleteRepository(world, stranger, fork);
    expect(pull.pull.headRepositoryId).toBeNull();
  });
});

describe('mergeability', () => {
  test('is unknown until the time after the first read has passed, and again after every move', async () => {
    await using small = await openSmallGitHub({ settings: { mergeabilityDelayMs: 1_000 } });
    const { github, clock } = small;
    const pull = await open(small, 'change', { 'README.md': 'mine\n' });
    const read = async (): Promise<boolean | null> => (await readMergeability(github.world, pull)).mergeable;
    expect(await read()).toBeNull();
    clock.advance(999);
    expect(await read()).toBeNull();
    clock.advance(1);
    expect(await read()).toBe(true);
    await push(small, 'main', { 'README.md': 'yours\n' });
    expect(await read()).toBeNull();
    clock.advance(1_000);
    expect(await read()).toBe(false);
  });

  test('comes with a real test merge', async () => {
    await using small = await openSmallGitHub();
    const { github, repository } = small;
    const pull = await open(small, 'change', { 'a.txt': 'a\n' });
    const base = await push(small, 'main', { 'b.txt': 'b\n' });
    const { mergeCommitSha } = await readMergeability(github.world, pull);
    const merge = await commitOf(github.world, repository, mergeCommitSha!);
    expect(merge.parents).toEqual([base, pull.pull.headSha]);
    expect(await github.world.git.findPath(repository.gitDir, merge.tree, 'a.txt')).not.toBeNull();
  });

  test('and the rules make the state', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, app, repository } = small;
    const { world } = github;
    const pull = await open(small, 'change', { 'a.txt': 'a\n' });
    const states: string[] = [];
    const note = async (): Promise<void> => void states.push(await mergeStateStatus(world, pull, bot));
    const check = (name: string, conclusion: 'success' | 'failure'): Promise<unknown> =>
      createCheckRun(world, bot, repository, { name, headSha: pull.pull.headSha, conclusion });
    await note();
    await protect(small, gate(app.id, true));
    await note();
    await check('espalier/gate', 'success');
    await note();
    await check('other', 'failure');
    await note();
    await push(small, 'main', { 'b.txt': 'b\n' });
    await note();
    await push(small, 'main', { 'a.txt': 'another\n' });
    await note();
    expect(states).toEqual(['CLEAN', 'BLOCKED', 'CLEAN', 'UNSTABLE', 'BEHIND', 'DIRTY']);
  });
});

describe('merging', () => {
  test.each([
    ['merge', 2],
    ['squash', 1],
    ['rebase', 1],
  ] as const)('by %s lands the change, with the message and the parents of its kind', async (method, parentCount) => {
    await using small = await openSmallGitHub();
    const { github, maintainer, repository } = small;
    const { world } = github;
    const pull = await open(small, 'change', { 'a.txt': 'a\n' });
    const base = await push(small, 'main', { 'b.txt': 'b\n' });
    const sha = await mergePull(world, maintainer, pull, { method });
    const merge = await commitOf(world, repository, sha);
    expect(merge.parents).toHaveLength(parentCount);
    expect(merge.parents[0]).toBe(base);
    expect(merge.message).toMatch(
      { merge: /^Merge pull request #1 /, squash: /^Do change \(#1\)/, rebase: /^Change / }[method],
    );
    expect(repository.refs.get('refs/heads/main')).toBe(sha);
    expect(pull).toMatchObject({
      state: 'closed',
      pull: { isMerged: true, mergedBy: 'maintainer', mergeCommitSha: sha },
    });
    const paths = (await world.git.readTree(repository.gitDir, merge.tree))!.map(({ name }) => name);
    expect(paths).toEqual(['README.md', 'a.txt', 'b.txt']);
  });

  test('is refused for another head than the expected one', async () => {
    await using small = await openSmallGitHub();
    const pull = await open(small, 'change', { 'a.txt': 'a\n' });
    const expectedHeadSha = pull.pull.headSha;
    await push(small, 'change', { 'a.txt': 'b\n' });
    await expect(mergePull(small.github.world, small.bot, pull, { expectedHeadSha })).rejects.toMatchObject({
      status: 409,
    });
  });

  test.each(['merge', 'squash', 'rebase'] satisfies MergeMethod[])('by %s is refused on a conflict', async (method) => {
    await using small = await openSmallGitHub();
    const pull = await open(small, 'change', { 'README.md': 'mine\n' });
    await push(small, 'main', { 'README.md': 'yours\n' });
    await expect(mergePull(small.github.world, small.bot, pull, { method })).rejects.toMatchObject({
      status: 405,
      message: 'Pull Request has merge conflicts',
    });
  });

  test('is refused while the required check is missing, failing, or comes from another app', async () => {
    await using small = await openSmallGitHub();
    const { github, app, bot, repository } = small;
    const { world } = github;
    await protect(small, gate(app.id));
    const pull = await open(small, 'change', { 'a.txt': 'a\n' });
    const merge = (): Promise<string> => mergePull(world, bot, pull, {});
    const actions = { account: world.state.accounts.get('github-actions[bot]')!, appId: 15_368 };
    const check = { name: 'espalier/gate', headSha: pull.pull.headSha };
    await expect(merge()).rejects.toThrow('"espalier/gate" is expected');
    await createCheckRun(world, actions, repository, { ...check, conclusion: 'success' });
    await expect(merge()).rejects.toThrow('"espalier/gate" is expected');
    await createCheckRun(world, bot, repository, { ...check, conclusion: 'failure' });
    await expect(merge()).rejects.toThrow('"espalier/gate" is failing');
    await createCheckRun(world, bot, repository, { ...check, conclusion: 'success' });
    await merge();
    expect(pull.pull.isMerged).toBe(true);
  });

  test('is refused while approvals of writers are missing, and an approval goes with the next push', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, maintainer, stranger, repository } = small;
    const { world } = github;
    await protect(small, reviews(1, true));
    await push(small, 'change', { 'a.txt': 'a\n' });
    const pull = await openPull(world, bot, repository, { title: 'Mine', head: 'change', base: 'main' });
    const writer = personActor(world, 'writer');
    await submitReview(world, stranger, pull, { state: 'APPROVED' });
    await expect(mergePull(world, bot, pull, {})).rejects.toThrow('At least 1 approving review');
    await submitReview(world, writer, pull, { state: 'APPROVED' });
    expect(reviewDecision(world, pull)).toBe('APPROVED');
    await push(small, 'change', { 'b.txt': 'b\n' });
    expect(reviewDecision(world, pull)).toBe('REVIEW_REQUIRED');
    await submitReview(world, writer, pull, { state: 'APPROVED' });
    await submitReview(world, maintainer, pull, { state: 'CHANGES_REQUESTED' });
    await expect(mergePull(world, bot, pull, {})).rejects.toThrow('Changes have been requested');
    expect(latestReviews(repository, pull).map(({ state }) => state)).toEqual([
      'DISMISSED',
      'APPROVED',
      'CHANGES_REQUESTED',
    ]);
    await expect(submitReview(world, bot, pull, { state: 'APPROVED' })).rejects.toThrow(/your own/);
  });

  test('by the app of a base whose workflows it would change is refused', async () => {
    await using small = await openSmallGitHub();
    const pull = await open(small, 'change', { '.github/workflows/ci.yml': 'on: push\n' });
    await expect(mergePull(small.github.world, small.bot, pull, {})).rejects.toThrow(/`workflows` permission/);
    await mergePull(small.github.world, small.maintainer, pull, {});
    expect(pull.pull.isMerged).toBe(true);
  });
});

describe('a move of a branch', () => {
  test('forward to the head of a pull request merges it', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, repository, takeNews } = small;
    const pull = await open(small, 'change', { 'a.txt': 'a\n' });
    await takeNews();
    const oid = pull.pull.headSha;
    await updateRef(github.world, bot, repository, { name: 'refs/heads/main', oid, isForced: false });
    expect(pull).toMatchObject({
      state: 'closed',
      pull: { isMerged: true, mergeCommitSha: oid, mergedBy: 'espalier[bot]' },
    });
    expect(await takeNews()).toContain('pull_request.closed');
  });

  test('that deletes the head closes the pull request', async () => {
    await using small = await openSmallGitHub();
    const pull = await open(small, 'change', { 'a.txt': 'a\n' });
    await deleteRef(small.github.world, small.bot, small.repository, 'refs/heads/change');
    expect(pull).toMatchObject({ state: 'closed', pull: { isMerged: false } });
  });

  test('that deletes a merged base hands the pull request on to the base of the merged one', async () => {
    await using small = await openSmallGitHub();
    const { github, maintainer, repository } = small;
    const lower = await open(small, 'lower', { 'a.txt': 'a\n' });
    await pushCommits(github.world, maintainer, repository, {
      branch: 'upper',
      from: 'lower',
      commits: [{ message: 'Upper', files: { 'b.txt': 'b\n' } }],
    });
    const upper = await openPull(github.world, maintainer, repository, {
      title: 'Upper',
      head: 'upper',
      base: 'lower',
    });
    await mergePull(github.world, maintainer, lower, {});
    await deleteRef(github.world, maintainer, repository, 'refs/heads/lower');
    expect(upper).toMatchObject({ state: 'open', pull: { baseRefName: 'main' } });
  });

  test('that resets the head to the base closes it without a merge', async () => {
    await using small = await openSmallGitHub();
    const { github, maintainer, repository } = small;
    const pull = await open(small, 'change', { 'a.txt': 'a\n' });
    const oid = repository.refs.get('refs/heads/main')!;
    await updateRef(github.world, maintainer, repository, { name: 'refs/heads/change', oid, isForced: true });
    expect(pull).toMatchObject({ state: 'closed', pull: { isMerged: false } });
  });

  test('by "Update branch" merges the base into the head, if it is the expected one', async () => {
    await using small = await openSmallGitHub();
    const { github, maintainer, repository } = small;
    const { world } = github;
    const pull = await open(small, 'change', { 'a.txt': 'a\n' });
    const head = pull.pull.headSha;
    const base = await push(small, 'main', { 'b.txt': 'b\n' });
    await expect(updatePullBranch(world, maintainer, pull, base)).rejects.toThrow(/expected head sha/);
    await updatePullBranch(world, maintainer, pull, head);
    expect((await commitOf(world, repository, pull.pull.headSha)).parents).toEqual([head, base]);
    await expect(updatePullBranch(world, maintainer, pull)).rejects.toThrow(/no new commits/);
  });
});
