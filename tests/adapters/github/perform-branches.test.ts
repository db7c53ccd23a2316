import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { BranchName, CommitSha, TaskId } from '../../../src/core/brand.ts';
import type { ForgeEffect, HostedMove } from '../../../src/core/hosted/effect.ts';
import { serverError } from '../../support/github/faults.ts';
import { updateRefs } from '../../support/github/operations/refs.ts';
import { addRuleset, setArchived } from '../../support/github/operations/repositories.ts';
import { ZERO_OID } from '../../support/github/state.ts';
import { aNumber, containing, openPerformFixture, type PerformFixture } from './perform-fixture.ts';

let fixture: PerformFixture;

beforeEach(async () => {
  fixture = await openPerformFixture();
});

afterEach(() => fixture[Symbol.asyncDispose]());

function move(branch: string, from: CommitSha | null, to: CommitSha | null, force = false): HostedMove {
  return { branch: branch as BranchName, from, to, force };
}

function moves(...all: HostedMove[]): ForgeEffect {
  return { kind: 'move-branches', key: 'moves', moves: all };
}

async function mainTip(): Promise<CommitSha> {
  const tip = await fixture.tipOf('main');
  if (tip === null) throw new Error('main is gone');
  return tip;
}

describe('moves of branches', () => {
  test('make, move and delete branches in one request', async () => {
    const main = await mainTip();
    const one = await fixture.push('espalier/issue-1/a', { 'a.txt': 'a' });
    const other = await fixture.push('other', { 'b.txt': 'b' });
    const receipt = await fixture.push('espalier-staging/issue-1/receipt/a.1.2', { 'receipt.json': '{}' });
    expect(
      await fixture.perform(
        moves(
          move('espalier/issue-1/a.1', null, one),
          move('espalier/issue-1/a', one, other, true),
          move('espalier-staging/issue-1/receipt/a.1.2', receipt, null),
        ),
      ),
    ).toEqual({ kind: 'done' });
    expect(await fixture.tipOf('espalier/issue-1/a.1')).toBe(one);
    expect(await fixture.tipOf('espalier/issue-1/a')).toBe(other);
    expect(await fixture.tipOf('espalier-staging/issue-1/receipt/a.1.2')).toBeNull();
    expect(await mainTip()).toBe(main);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });

  test('do nothing at all where one of the branches is not where it was', async () => {
    const main = await mainTip();
    const pushed = await fixture.push('espalier/issue-1/a', { 'a.txt': 'by hand' });
    const outcome = await fixture.perform(
      moves(move('espalier/issue-1/a.1', null, main), move('espalier/issue-1/a', main, main, true)),
    );
    expect(outcome?.kind).toBe('elsewhere');
    expect(await fixture.tipOf('espalier/issue-1/a.1')).toBeNull();
    expect(await fixture.tipOf('espalier/issue-1/a')).toBe(pushed);
  });

  test('that must not overwrite anything do not make a branch that is there', async () => {
    const main = await mainTip();
    const pushed = await fixture.push('espalier/issue-1/a', { 'a.txt': 'by hand' });
    expect(await fixture.perform(moves(move('espalier/issue-1/a', null, main, true)))).toMatchObject({
      kind: 'elsewhere',
    });
    expect(await fixture.tipOf('espalier/issue-1/a')).toBe(pushed);
  });

  test('are refused in the words of the rules', async () => {
    await addRuleset(fixture.world, fixture.repository, {
      name: 'locked',
      include: ['refs/heads/espalier/**'],
      rules: [{ type: 'creation' }],
    });
    const outcome = await fixture.perform(moves(move('espalier/issue-1/a', null, await mainTip())));
    expect(outcome).toMatchObject({ kind: 'refused', because: containing('creations being restricted') });
    expect(fixture.newRequests()).toEqual(['Perform', 'LookAtBranches']);
  });

  test('are told done where a refusal finds the branches where they are to be', async () => {
    const main = await mainTip();
    const { faults } = fixture.hub.server;
    const body = {
      data: { m0: null },
      errors: [{ type: 'UNPROCESSABLE', path: ['m0'], message: 'Reference cannot be updated' }],
    };
    faults.add({ graphql: 'Perform' }, { kind: 'answer', when: 'after', status: 200, message: '', body });
    expect(await fixture.perform(moves(move('espalier/issue-1/a', null, main)))).toEqual({ kind: 'done' });
    faults.add({ graphql: 'Perform' }, { kind: 'answer', when: 'before', status: 200, message: '', body });
    expect(await fixture.perform(moves(move('espalier/issue-1/b', main, main)))).toMatchObject({ kind: 'elsewhere' });
  });

  test('that brought no answer are left for later, and not done twice', async () => {
    const main = await mainTip();
    fixture.hub.server.faults.add({ graphql: 'Perform' }, serverError('after'));
    const outcome = await fixture.perform(moves(move('espalier/issue-1/a', null, main)));
    expect(outcome).toMatchObject({ kind: 'later', notBeforeMs: aNumber() });
    expect(await fixture.tipOf('espalier/issue-1/a')).toBe(main);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });

  test('that bring a workflow file are forbidden without the permission for it', async () => {
    // What no branch has yet is news to GitHub.
    const { world, repository, maintainer } = fixture;
    const changed = await fixture.push('hidden', { '.github/workflows/mine.yml': 'on: push' });
    await updateRefs(world, maintainer, repository, [
      { name: 'refs/heads/hidden', before: changed, after: ZERO_OID, isForced: true },
    ]);
    expect(await fixture.perform(moves(move('espalier/issue-1/a', null, changed)))).toMatchObject({
      kind: 'forbidden',
      permission: 'workflows=write',
    });
  });

  test('are refused in an archived repository', async () => {
    await setArchived(fixture.world, fixture.maintainer, fixture.repository, true);
    const outcome = await fixture.perform(moves(move('espalier/issue-1/a', null, await mainTip())));
    expect(outcome).toMatchObject({ kind: 'refused', because: containing('archived') });
  });
});

describe('a trial', () => {
  function trial(onto: CommitSha, head: CommitSha, from: CommitSha | null = null): ForgeEffect {
    return {
      kind: 'make-trial',
      key: 'trial',
      task: 'a' as TaskId,
      branch: 'espalier-staging/issue-1/trial/a.1' as BranchName,
      from,
      onto,
      head,
      message: 'Merge a\n\nEspalier-Task: a',
    };
  }

  test('is the merge of the head onto the base, made in one request', async () => {
    const head = await fixture.push('espalier/issue-1/a', { 'a.txt': 'a' });
    const onto = await fixture.push('main', { 'b.txt': 'b' });
    const outcome = await fixture.perform(trial(onto, head));
    expect(fixture.newRequests()).toEqual(['Perform']);
    const tip = await fixture.tipOf('espalier-staging/issue-1/trial/a.1');
    const commit = await fixture.world.git.readCommit(fixture.repository.gitDir, tip ?? '');
    expect(commit).toMatchObject({ parents: [onto, head], message: containing('Espalier-Task: a') });
    expect(outcome).toEqual({ kind: 'trial-made', commitSha: tip, tree: commit?.tree });
  });

  test('is made anew on the branch of an earlier one', async () => {
    const head = await fixture.push('espalier/issue-1/a', { 'a.txt': 'a' });
    const onto = await fixture.push('main', { 'b.txt': 'b' });
    await fixture.perform(trial(onto, head));
    const from = await fixture.tipOf('espalier-staging/issue-1/trial/a.1');
    const later = await fixture.push('main', { 'c.txt': 'c' });
    expect(await fixture.perform(trial(later, head, from))).toMatchObject({ kind: 'trial-made' });
    const tip = await fixture.tipOf('espalier-staging/issue-1/trial/a.1');
    const commit = await fixture.world.git.readCommit(fixture.repository.gitDir, tip ?? '');
    expect(commit?.parents).toEqual([later, head]);
  });

  test('starts from a branch that is at the base already', async () => {
    const head = await fixture.push('espalier/issue-1/a', { 'a.txt': 'a' });
    const onto = await fixture.push('main', { 'b.txt': 'b' });
    await fixture.perform(moves(move('espalier-staging/issue-1/trial/a.1', null, onto)));
    expect(await fixture.perform(trial(onto, head, onto))).toMatchObject({ kind: 'trial-made' });
  });

  test('of a head that conflicts with the base says so', async () => {
    const head = await fixture.push('espalier/issue-1/a', { 'wall.txt': 'one\n2\nthree\n' });
    const onto = await fixture.push('main', { 'wall.txt': 'one\nII\nthree\n' });
    expect(await fixture.perform(trial(onto, head))).toEqual({ kind: 'trial-conflict' });
  });

  test('of a head that the base contains is refused', async () => {
    const head = await mainTip();
    const onto = await fixture.push('main', { 'b.txt': 'b' });
    expect(await fixture.perform(trial(onto, head))).toMatchObject({
      kind: 'refused',
      because: containing('contains the head'),
    });
  });

  test('on a branch that is not where it was is no trial', async () => {
    const head = await fixture.push('espalier/issue-1/a', { 'a.txt': 'a' });
    const onto = await fixture.push('main', { 'b.txt': 'b' });
    await fixture.push('espalier-staging/issue-1/trial/a.1', { 'evil.txt': 'evil' });
    expect(await fixture.perform(trial(onto, head))).toMatchObject({ kind: 'elsewhere' });
  });

  test('that was merged into something else meanwhile is no trial', async () => {
    const head = await fixture.push('espalier/issue-1/a', { 'a.txt': 'a' });
    const onto = await fixture.push('main', { 'b.txt': 'b' });
    // It is at the base as far as the effect knows, and is not.
    await fixture.push('espalier-staging/issue-1/trial/a.1', { 'evil.txt': 'evil' });
    expect(await fixture.perform(trial(onto, head, onto))).toMatchObject({ kind: 'elsewhere' });
  });

  test('whose merge brings another workflow is forbidden without the permission for it', async () => {
    const head = await fixture.push('espalier/issue-1/a', { 'a.txt': 'a' });
    const onto = await fixture.push('main', { 'b.txt': 'b' });
    fixture.hub.server.faults.add(
      { graphql: 'Perform' },
      {
        kind: 'answer',
        when: 'before',
        status: 200,
        message: '',
        body: {
          data: { m0: { clientMutationId: null }, m1: null },
          errors: [
            {
              type: 'UNAUTHORIZED-WRITE',
              path: ['m1'],
              message:
                'Failed to merge: "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission"',
            },
          ],
        },
      },
    );
    expect(await fixture.perform(trial(onto, head))).toMatchObject({
      kind: 'forbidden',
      permission: 'workflows=write',
      because: containing('ci.yml'),
    });
  });

  test('of one task is made though that of another conflicts in the same document', async () => {
    const good = await fixture.push('espalier/issue-1/a', { 'a.txt': 'a' });
    const bad = await fixture.push('espalier/issue-1/b', { 'wall.txt': 'one\n2\nthree\n' });
    const onto = await fixture.push('main', { 'wall.txt': 'one\nII\nthree\n' });
    const first = { ...trial(onto, bad), key: 'first', branch: 'espalier-staging/issue-1/trial/b.1' as BranchName };
    const second = { ...trial(onto, good), key: 'second' };
    const outcomes = await fixture.performAll([first, second]);
    expect(outcomes).toMatchObject([{ kind: 'trial-conflict' }, { kind: 'trial-made' }]);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });
});
