import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { BranchName, CommitSha, TaskId } from '../../../src/core/brand.ts';
import type { ForgeEffect, LandingWay } from '../../../src/core/hosted/effect.ts';
import { serverError } from '../../support/github/faults.ts';
import { createStatus } from '../../support/github/operations/checks.ts';
import { mergePull } from '../../support/github/operations/merging.ts';
import { closePull, openPull, retargetPull } from '../../support/github/operations/pulls.ts';
import { addRuleset, changeSettings } from '../../support/github/operations/repositories.ts';
import type { PullIssue } from '../../support/github/state.ts';
import { containing, openPerformFixture, type PerformFixture } from './perform-fixture.ts';

let fixture: PerformFixture;

beforeEach(async () => {
  fixture = await openPerformFixture();
});

afterEach(() => fixture[Symbol.asyncDispose]());

interface Ready {
  pull: PullIssue;
  from: CommitSha;
  to: CommitSha;
}

/** A pull request whose head stands on the base's tip. */
async function openReady(): Promise<Ready> {
  const from = await fixture.push('main', { 'base.txt': 'base' });
  const to = await fixture.push('espalier/issue-1/a', { 'a.txt': 'a' });
  const pull = await openPull(fixture.world, fixture.bot, fixture.repository, {
    title: 'Task a',
    head: 'espalier/issue-1/a',
    base: 'main',
  });
  return { pull, from, to };
}

function land({ pull, from, to }: Ready, way: LandingWay): ForgeEffect {
  return {
    kind: 'land',
    key: 'land.7',
    task: 'a' as TaskId,
    way,
    base: 'main' as BranchName,
    from,
    to,
    pullNodeId: pull.pull.nodeId,
    title: 'Merge task a',
    message: 'Espalier-Task: a',
  };
}

async function commitAt(branch: string) {
  return fixture.world.git.readCommit(fixture.repository.gitDir, (await fixture.tipOf(branch)) ?? '');
}

function requireCheck() {
  return addRuleset(fixture.world, fixture.repository, {
    name: 'checks',
    include: ['~DEFAULT_BRANCH'],
    rules: [
      {
        type: 'required_status_checks',
        parameters: {
          required_status_checks: [{ context: 'espalier/gate' }],
          strict_required_status_checks_policy: false,
        },
      },
    ],
  });
}

describe('a landing by fast-forward', () => {
  test('moves the base to the very commit that was tested', async () => {
    const ready = await openReady();
    expect(await fixture.perform(land(ready, 'fast-forward'))).toEqual({ kind: 'done' });
    expect(await fixture.tipOf('main')).toBe(ready.to);
    expect(fixture.newRequests()).toEqual(['Perform']);
  });

  test('does not move a base that has moved', async () => {
    const ready = await openReady();
    const pushed = await fixture.push('main', { 'c.txt': 'c' });
    expect(await fixture.perform(land(ready, 'fast-forward'))).toMatchObject({ kind: 'elsewhere' });
    expect(await fixture.tipOf('main')).toBe(pushed);
  });

  test('never overwrites what it is not built on', async () => {
    const ready = await openReady();
    const from = await fixture.push('main', { 'c.txt': 'c' });
    expect(await fixture.perform(land({ ...ready, from }, 'fast-forward'))).not.toEqual({ kind: 'done' });
    expect(await fixture.tipOf('main')).toBe(from);
  });

  test('is refused in the words of the rules', async () => {
    const ready = await openReady();
    await requireCheck();
    expect(await fixture.perform(land(ready, 'fast-forward'))).toMatchObject({
      kind: 'refused',
      because: containing('espalier/gate'),
    });
    expect(await fixture.tipOf('main')).toBe(ready.from);
  });

  test('that brought no answer is left for later', async () => {
    const ready = await openReady();
    fixture.hub.server.faults.add({ graphql: 'Perform' }, { kind: 'reset', when: 'after' });
    expect(await fixture.perform(land(ready, 'fast-forward'))).toMatchObject({ kind: 'later' });
    expect(fixture.newRequests()).toEqual(['Perform']);
  });
});

describe('a landing by merging the pull request', () => {
  test.each(['merge', 'squash'] as const)('by %s carries the message and the pinned head', async (way) => {
    const ready = await openReady();
    expect(await fixture.perform(land(ready, way))).toEqual({ kind: 'done' });
    const landed = await commitAt('main');
    expect(landed?.message).toContain('Merge task a\n\nEspalier-Task: a');
    expect(landed?.parents).toEqual(way === 'merge' ? [ready.from, ready.to] : [ready.from]);
    expect(ready.pull.pull.isMerged).toBe(true);
    expect(fixture.newRequests()).toEqual(['LookAtPull', 'Perform']);
  });

  test('by rebase keeps the messages of the commits', async () => {
    const ready = await openReady();
    expect(await fixture.perform(land(ready, 'rebase'))).toEqual({ kind: 'done' });
    expect(await commitAt('main')).toMatchObject({
      message: containing('Change espalier/issue-1/a'),
      parents: [ready.from],
    });
  });

  test('does not merge a head that was pushed meanwhile', async () => {
    const ready = await openReady();
    await fixture.push('espalier/issue-1/a', { 'evil.txt': 'evil' });
    expect(await fixture.perform(land(ready, 'merge'))).toMatchObject({ kind: 'elsewhere' });
    expect(await fixture.tipOf('main')).toBe(ready.from);
  });

  test('of a pull request that is merged already is done', async () => {
    const ready = await openReady();
    await mergePull(fixture.world, fixture.maintainer, ready.pull, {});
    const tip = await fixture.tipOf('main');
    expect(await fixture.perform(land(ready, 'merge'))).toEqual({ kind: 'done' });
    expect(await fixture.tipOf('main')).toBe(tip);
    expect(fixture.newRequests()).toEqual(['LookAtPull']);
  });

  test.each<[string, 'done' | 'elsewhere', (ready: Ready) => Promise<unknown>]>([
    ['merged by a person', 'done', ({ pull }) => mergePull(fixture.world, fixture.maintainer, pull, {})],
    ['closed by a person', 'elsewhere', ({ pull }) => closePull(fixture.world, fixture.maintainer, pull)],
    ['given another head', 'elsewhere', () => fixture.push('espalier/issue-1/a', { 'evil.txt': 'evil' })],
    ['put in conflict with its base', 'elsewhere', () => fixture.push('main', { 'a.txt': 'other' })],
  ])('of a pull request that is %s at the last moment is %s', async (_, kind, change) => {
    const ready = await openReady();
    const atTheLastMoment = { kind: 'change', change: () => change(ready) } as const;
    fixture.hub.server.faults.add({ graphql: 'Perform' }, atTheLastMoment);
    expect(await fixture.perform(land(ready, 'merge'))).toMatchObject({ kind });
    const requests = fixture.newRequests();
    expect(requests.slice(0, 2)).toEqual(['LookAtPull', 'Perform']);
  });

  test('onto a base that has moved is not asked for', async () => {
    const ready = await openReady();
    const pushed = await fixture.push('main', { 'c.txt': 'c' });
    expect(await fixture.perform(land(ready, 'merge'))).toMatchObject({ kind: 'elsewhere' });
    expect(await fixture.tipOf('main')).toBe(pushed);
    expect(fixture.newRequests()).toEqual(['LookAtPull']);
  });

  test('of a pull request that is closed or gone is looked at again', async () => {
    const ready = await openReady();
    await closePull(fixture.world, fixture.maintainer, ready.pull);
    expect(await fixture.perform(land(ready, 'merge'))).toMatchObject({ kind: 'elsewhere' });
    const gone = { ...land(ready, 'enqueue'), pullNodeId: 'PR_nowhere' } as ForgeEffect;
    expect(await fixture.perform(gone)).toMatchObject({ kind: 'elsewhere' });
  });

  test('into another base than the tested one is not done, even if that is at the same commit', async () => {
    const ready = await openReady();
    const release = { branch: 'release' as BranchName, from: null, to: ready.from, force: false };
    await fixture.perform({ kind: 'move-branches', key: 'release', moves: [release] });
    await retargetPull(fixture.world, fixture.maintainer, ready.pull, 'release');
    expect(await fixture.perform(land(ready, 'merge'))).toMatchObject({ kind: 'elsewhere' });
    expect(await fixture.tipOf('release')).toBe(ready.from);
  });

  test('is refused in the words of the rules, and of the settings', async () => {
    const ready = await openReady();
    await requireCheck();
    expect(await fixture.perform(land(ready, 'merge'))).toMatchObject({
      kind: 'refused',
      because: containing('espalier/gate'),
    });
    await changeSettings(fixture.world, fixture.repository, { allowSquashMerge: false });
    expect(await fixture.perform(land(ready, 'squash'))).toMatchObject({
      kind: 'refused',
      because: containing('Squash merges are not allowed'),
    });
    expect(await fixture.tipOf('main')).toBe(ready.from);
  });

  test('that GitHub turns away since the base moved meanwhile is looked at again', async () => {
    const ready = await openReady();
    const body = {
      data: { m0: null },
      errors: [
        {
          type: 'UNPROCESSABLE',
          path: ['m0'],
          message: 'Base branch was modified. Review and try the merge again.',
        },
      ],
    };
    fixture.hub.server.faults.add(
      { graphql: 'Perform' },
      { kind: 'answer', when: 'before', status: 200, message: '', body },
    );
    expect(await fixture.perform(land(ready, 'merge'))).toMatchObject({ kind: 'elsewhere' });
  });

  test('that brought no answer is not sent again', async () => {
    const ready = await openReady();
    fixture.hub.server.faults.add({ graphql: 'Perform' }, serverError('after'));
    expect(await fixture.perform(land(ready, 'merge'))).toMatchObject({ kind: 'later' });
    expect(fixture.newRequests()).toEqual(['LookAtPull', 'Perform']);
    expect(ready.pull.pull.isMerged).toBe(true);
  });

  test('needs a pull request', async () => {
    const ready = await openReady();
    const effect = { ...land(ready, 'merge'), pullNodeId: null } as ForgeEffect;
    expect(await fixture.perform(effect)).toMatchObject({ kind: 'refused' });
    expect(fixture.newRequests()).toEqual([]);
  });
});

function queueParameters() {
  return {
    check_response_timeout_minutes: 60,
    grouping_strategy: 'ALLGREEN' as const,
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: 'MERGE' as const,
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 5,
  };
}

describe("a landing by the forge's own queue", () => {
  beforeEach(async () => {
    await addRuleset(fixture.world, fixture.repository, {
      name: 'queue',
      include: ['~DEFAULT_BRANCH'],
      bypassActors: [{ actorType: 'User', actorId: fixture.maintainer.account.id, mode: 'always' }],
      rules: [
        { type: 'merge_queue', parameters: queueParameters() },
        {
          type: 'required_status_checks',
          parameters: {
            required_status_checks: [{ context: 'ci' }],
            strict_required_status_checks_policy: false,
          },
        },
      ],
    });
  });

  async function passChecks({ to }: Ready): Promise<void> {
    await createStatus(fixture.world, fixture.maintainer, fixture.repository, {
      sha: to,
      context: 'ci',
      state: 'success',
    });
  }

  test('puts the pull request into it, once', async () => {
    const ready = await openReady();
    await passChecks(ready);
    expect(await fixture.perform(land(ready, 'enqueue'))).toEqual({ kind: 'done' });
    expect(fixture.repository.mergeQueues.get('main')).toHaveLength(1);
    expect(await fixture.perform(land(ready, 'enqueue'))).toEqual({ kind: 'done' });
    expect(fixture.repository.mergeQueues.get('main')).toHaveLength(1);
    expect(fixture.newRequests()).toEqual(['Perform', 'Perform', 'LookAtPull']);
  });

  test('is left again, once', async () => {
    const ready = await openReady();
    await passChecks(ready);
    await fixture.perform(land(ready, 'enqueue'));
    fixture.newRequests();
    const leave: ForgeEffect = {
      kind: 'dequeue',
      key: 'dequeue.7',
      task: 'a' as TaskId,
      pullNodeId: ready.pull.pull.nodeId,
    };
    expect(await fixture.perform(leave)).toEqual({ kind: 'done' });
    expect(fixture.repository.mergeQueues.get('main')).toEqual([]);
    expect(await fixture.perform(leave)).toEqual({ kind: 'done' });
    expect(fixture.newRequests()).toEqual(['Perform', 'Perform', 'LookAtPull']);
  });

  test('does not take a head that was pushed meanwhile', async () => {
    const ready = await openReady();
    await passChecks(ready);
    await fixture.push('espalier/issue-1/a', { 'evil.txt': 'evil' });
    expect(await fixture.perform(land(ready, 'enqueue'))).toMatchObject({ kind: 'elsewhere' });
    expect(fixture.repository.mergeQueues.get('main') ?? []).toHaveLength(0);
  });

  test('is refused while the rules ask for more', async () => {
    const ready = await openReady();
    expect(await fixture.perform(land(ready, 'enqueue'))).toMatchObject({
      kind: 'refused',
      because: containing('ci'),
    });
  });
});
