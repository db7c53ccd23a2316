import { describe, expect, test } from 'vitest';

import { acceptPermissions } from '../support/github/operations/apps.ts';
import { createCheckRun } from '../support/github/operations/checks.ts';
import { createCommitOnBranch, mergeBranch, pushCommits } from '../support/github/operations/commits.ts';
import { openPull } from '../support/github/operations/pulls.ts';
import { createRef, deleteRef, renameBranch, updateRef, updateRefs } from '../support/github/operations/refs.ts';
import { addRuleset, removeRuleset, setArchived } from '../support/github/operations/repositories.ts';
import { ZERO_OID, type BranchRule } from '../support/github/state.ts';
import { openSmallGitHub, type SmallGitHub } from './open-small-github.ts';

const PULLS_ONLY: BranchRule = {
  type: 'pull_request',
  parameters: {
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_approving_review_count: 0,
    required_review_thread_resolution: false,
  },
};

const GATE: BranchRule = {
  type: 'required_status_checks',
  parameters: {
    required_status_checks: [{ context: 'espalier/gate' }],
    strict_required_status_checks_policy: false,
    do_not_enforce_on_create: true,
  },
};

function tipOf({ repository }: SmallGitHub, branch: string): string {
  return repository.refs.get(`refs/heads/${branch}`) ?? ZERO_OID;
}

function push(small: SmallGitHub, branch: string, files: Record<string, string | null>): Promise<string> {
  const { github, maintainer, repository } = small;
  return pushCommits(github.world, maintainer, repository, { branch, commits: [{ message: 'Change', files }] });
}

describe('several refs', () => {
  test('move all at once, when each is where it is expected', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, repository } = small;
    const before = tipOf(small, 'main');
    const after = await push(small, 'other', { 'a.txt': 'a\n' });
    await updateRefs(github.world, bot, repository, [
      { name: 'refs/heads/main', before, after, isForced: false },
      { name: 'refs/heads/new', before: ZERO_OID, after, isForced: false },
      { name: 'refs/heads/other', before: after, after: ZERO_OID, isForced: false },
    ]);
    const expected = new Map([
      ['refs/heads/main', after],
      ['refs/heads/new', after],
    ]);
    expect(await github.world.git.readRefs(repository.gitDir)).toEqual(expected);
    expect(repository.refs).toEqual(expected);
  });

  test('stay where they are when one of them is elsewhere', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, repository } = small;
    const before = tipOf(small, 'main');
    const after = await push(small, 'other', { 'a.txt': 'a\n' });
    const moves = [
      { name: 'refs/heads/main', before, after, isForced: false },
      { name: 'refs/heads/other', before, after, isForced: false },
    ];
    await expect(updateRefs(github.world, bot, repository, moves)).rejects.toMatchObject({ type: 'STALE_DATA' });
    expect(tipOf(small, 'main')).toBe(before);
  });

  test('of two rivals for one tip exactly one wins', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, repository } = small;
    const expectedHeadOid = tipOf(small, 'main');
    const tries = ['a', 'b', 'c'].map((name) =>
      createCommitOnBranch(github.world, bot, repository, {
        branch: 'main',
        expectedHeadOid,
        message: name,
        additions: [{ path: `${name}.txt`, bytes: Buffer.from(name) }],
        deletions: [],
      }),
    );
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(outcomes.find((one) => one.status === 'rejected')?.reason).toMatchObject({ type: 'STALE_DATA' });
  });
});

test.each([
  ['that exists', 'refs/heads/main', /already exists/],
  ['in the way of a folder', 'refs/heads/main/sub', /cannot create/],
  ['outside of refs', 'heads/main', /not a valid ref name/],
  ['with a space', 'refs/heads/a b', /not a valid ref name/],
  ['that climbs', 'refs/heads/../x', /not a valid ref name/],
  ['of a pull request', 'refs/pull/1/head', /not a valid ref name/],
])('a ref %s is not created', async (_, name, message) => {
  await using small = await openSmallGitHub();
  const { github, bot, repository } = small;
  const ref = { name, oid: tipOf(small, 'main') };
  await expect(createRef(github.world, bot, repository, ref)).rejects.toThrow(message);
});

test('a ref moves forward only, unless forced', async () => {
  await using small = await openSmallGitHub();
  const { github, bot, repository } = small;
  const first = tipOf(small, 'main');
  await push(small, 'main', { 'a.txt': 'a\n' });
  const back = { name: 'refs/heads/main', oid: first, isForced: false };
  await expect(updateRef(github.world, bot, repository, back)).rejects.toThrow('Update is not a fast forward');
  await updateRef(github.world, bot, repository, { ...back, isForced: true });
  expect(tipOf(small, 'main')).toBe(first);
});

test('the default branch cannot be deleted, and nothing can be written to an archived repository', async () => {
  await using small = await openSmallGitHub();
  const { github, bot, maintainer, repository } = small;
  await expect(deleteRef(github.world, bot, repository, 'refs/heads/main')).rejects.toThrow(/default branch/);
  await setArchived(github.world, maintainer, repository, true);
  const oid = tipOf(small, 'main');
  await expect(createRef(github.world, bot, repository, { name: 'refs/heads/x', oid })).rejects.toMatchObject({
    status: 403,
    type: 'ARCHIVED',
  });
});

describe('a protected branch', () => {
  test.each<[string, BranchRule, string]>([
    ['pull_request', PULLS_ONLY, 'Changes must be made through a pull request.'],
    ['required_status_checks', GATE, 'Required status check "espalier/gate" is expected.'],
    ['update', { type: 'update' }, 'Cannot update this protected ref.'],
    ['required_linear_history', { type: 'required_linear_history' }, 'This branch must not contain merge commits.'],
  ])('refuses a direct update under the rule %s', async (_, rule, message) => {
    await using small = await openSmallGitHub();
    const { github, bot, repository } = small;
    await push(small, 'other', { 'a.txt': 'a\n' });
    await push(small, 'main', { 'b.txt': 'b\n' });
    await addRuleset(github.world, repository, { name: 'Protect', include: ['~DEFAULT_BRANCH'], rules: [rule] });
    const merge = { base: 'main', head: 'other' };
    await expect(mergeBranch(github.world, bot, repository, merge)).rejects.toThrow(message);
  });

  test('lets an app through that may bypass the rules', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, app, repository } = small;
    const after = await push(small, 'other', { 'a.txt': 'a\n' });
    const ruleset = await addRuleset(github.world, repository, {
      name: 'Protect',
      include: ['refs/heads/ma*'],
      rules: [PULLS_ONLY, GATE],
      bypassActors: [{ actorType: 'Integration', actorId: app.id, mode: 'always' }],
    });
    await expect(push(small, 'main', { 'b.txt': 'b\n' })).rejects.toThrow(/rule violations/);
    await updateRef(github.world, bot, repository, { name: 'refs/heads/main', oid: after, isForced: false });
    expect(tipOf(small, 'main')).toBe(after);
    await removeRuleset(github.world, repository, ruleset.id);
    expect(await push(small, 'main', { 'b.txt': 'b\n' })).toBe(tipOf(small, 'main'));
  });

  test('takes a commit on which the required check passed', async () => {
    await using small = await openSmallGitHub();
    const { github, bot, repository } = small;
    const after = await push(small, 'other', { 'a.txt': 'a\n' });
    await addRuleset(github.world, repository, { name: 'Protect', include: ['~ALL'], rules: [GATE] });
    await createCheckRun(github.world, bot, repository, {
      name: 'espalier/gate',
      headSha: after,
      conclusion: 'success',
    });
    await updateRef(github.world, bot, repository, { name: 'refs/heads/main', oid: after, isForced: false });
    expect(tipOf(small, 'main')).toBe(after);
  });
});

test('an app brings in a workflow file only with the permission for it', async () => {
  await using small = await openSmallGitHub();
  const { github, bot, maintainer, repository, installation } = small;
  const { world } = github;
  const write = (expectedHeadOid: string): Promise<string> =>
    createCommitOnBranch(world, bot, repository, {
      branch: 'main',
      expectedHeadOid,
      message: 'Work',
      additions: [{ path: '.github/workflows/work.yml', bytes: Buffer.from('on: push\n') }],
      deletions: [],
    });
  await expect(write(tipOf(small, 'main'))).rejects.toThrow(/without `workflows` permission/);
  const without = installation.permissions;
  await acceptPermissions(world, maintainer, installation, { ...without, workflows: 'write' });
  await write(tipOf(small, 'main'));
  await acceptPermissions(world, maintainer, installation, without);
  // What a branch holds already is no news.
  await createRef(world, bot, repository, { name: 'refs/heads/again', oid: tipOf(small, 'main') });
});

test('a renamed branch takes its pull requests along, on both ends, and stays the default', async () => {
  await using small = await openSmallGitHub();
  const { github, maintainer, repository, takeNews } = small;
  const { world } = github;
  await push(small, 'change', { 'a.txt': 'a\n' });
  const pull = await openPull(world, maintainer, repository, { title: 'A change', head: 'change', base: 'main' });
  await takeNews();
  await renameBranch(world, maintainer, repository, { from: 'main', to: 'trunk' });
  await renameBranch(world, maintainer, repository, { from: 'change', to: 'changed' });
  expect(repository.defaultBranch).toBe('trunk');
  expect(pull).toMatchObject({ state: 'open', pull: { headRefName: 'changed', baseRefName: 'trunk' } });
  expect(await takeNews()).toContain('repository.edited');
});
