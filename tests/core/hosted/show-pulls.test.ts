import { describe, expect, it } from 'vitest';

import type { BranchName } from '../../../src/core/brand.ts';
import { fakeCommit, taskId } from '../../support/builders.ts';
import { aCheck, planText } from '../../support/hosted-builders.ts';
import { playRuns, startApp } from '../../support/hosted-replica.ts';
import { OWN_APP_ID } from '../../support/hosted-world.ts';

const A = taskId('a');
const ONE = { body: planText({ a: 'title: Do a' }) };
const NAMED = { body: planText({ a: 'title: Do a, branch: feature/a' }) };

/** A plan of one task whose change waits for the approval of a person. */
function waitingApp(issue: Parameters<typeof startApp>[0] = ONE) {
  const opened = startApp(issue);
  opened.world.rules = { ...opened.world.rules, approvals: 1 };
  opened.app.finish();
  const [pull] = opened.world.pulls;
  if (pull === undefined) throw new Error('Nothing was opened.');
  opened.world.log.length = 0;
  return { ...opened, pull };
}

describe('a pull request', () => {
  it('is opened once the head is verified, from the branch of its task', () => {
    const { world, shared, app } = startApp(ONE);
    expect(world.pulls).toEqual([]);
    app.finish();
    expect(world.pulls.map(({ headBranch, baseBranch }) => [headBranch, baseBranch])).toEqual([
      ['espalier/issue-7/a', 'main'],
    ]);
    expect(world.titles.get(world.pulls[0]?.number ?? 0)).toContain('Do a');
    expect(shared.state.record.pulls[A]?.number).toBe(world.pulls[0]?.number);
  });

  it('is opened once, also when its opening is not seen yet', () => {
    const { world, app } = startApp({ ...ONE });
    world.rules = { ...world.rules, approvals: 1 };
    playRuns(world, app.shared);
    world.answers.set('open-pull', { kind: 'later', notBeforeMs: world.nowMs + 30_000, because: 'busy' });
    app.settle();
    expect(world.done('open-pull')).toHaveLength(1);
    world.answers.clear();
    world.nowMs += 30_000;
    app.settle();
    app.settle();
    expect(world.done('open-pull')).toHaveLength(2);
    expect(world.pulls).toHaveLength(1);
  });

  it('has its body written only when what it says has changed', () => {
    const { world, app, pull } = waitingApp();
    app.settle();
    expect(world.log).toEqual([]);
    const { body } = pull;
    pull.body = 'score: 10/10, approved by everybody';
    app.settle();
    expect(world.done('update-pull')).toHaveLength(1);
    expect(pull.body).toBe(body);
  });

  it('of a person from the branch keeps its own words', () => {
    const { world, app, pull } = waitingApp();
    pull.isOwn = false;
    pull.body = 'my words';
    app.settle();
    expect(pull.body).toBe('my words');
    expect(world.done('update-pull')).toEqual([]);
  });

  it('that somebody closed is not opened again, and cancels its task until it is asked for again', () => {
    const { world, shared, app, pull } = waitingApp();
    pull.state = 'closed';
    app.finish();
    expect(shared.plan.tasks[A]?.cancelled?.by).toBe('a closed pull request');
    expect(world.done('open-pull')).toEqual([]);
    world.nowMs += 1000;
    world.say('/espalier retry a');
    app.finish();
    expect(world.pulls.map(({ state }) => state)).toEqual(['closed', 'open']);
  });
});

describe('labels of a pull request', () => {
  it('that people have set are left alone', () => {
    const { world, app, pull } = waitingApp();
    pull.labels.push('bug', 'espalier-like', 'good first issue');
    app.settle();
    expect(world.done('set-labels')).toEqual([]);
    expect(pull.labels).toContain('bug');
  });

  it('are brought back if somebody takes them off, and those of another state are taken off', () => {
    const { world, app, pull } = waitingApp();
    const labels = pull.labels.toSorted();
    pull.labels = ['espalier:landed', 'bug'];
    app.settle();
    expect(pull.labels.toSorted()).toEqual([...labels, 'bug'].toSorted());
    expect(world.done('set-labels')[0]?.remove).toEqual(['espalier:landed']);
  });
});

describe('the check of the gate', () => {
  it('is made once for each head, and written again only when it says something else', () => {
    const { world, app, pull } = waitingApp();
    const [own] = world.checks.get(pull.headSha) ?? [];
    app.settle();
    expect(world.done('check-run')).toEqual([]);
    pull.reviews.push({
      author: { login: 'reader', kind: 'user', id: 3 },
      isByWriter: true,
      state: 'changes-requested',
      commitSha: pull.headSha,
    });
    app.settle();
    expect(world.done('check-run').map(({ nodeId }) => nodeId)).toEqual([own?.nodeId]);
    expect(world.checks.get(pull.headSha)).toHaveLength(1);
  });

  it.each([
    ['another app', { appId: 666 }],
    ['a commit status', { appId: null }],
  ])('is told from one of the same name by %s, which counts for nothing', (_who, forged) => {
    const { world, app, pull } = waitingApp();
    const own = world.checks.get(pull.headSha)?.[0];
    const check = aCheck('espalier/gate', { ...forged, externalId: own?.externalId ?? null, nodeId: 'CR_forged' });
    world.checks.set(pull.headSha, [check]);
    app.settle();
    world.nowMs += 61_000;
    app.settle();
    expect(world.done('check-run').map(({ nodeId }) => nodeId)).toEqual([null]);
    expect(world.checks.get(pull.headSha)?.map(({ appId }) => appId)).toEqual([forged.appId, OWN_APP_ID]);
    expect(world.done('land')).toEqual([]);
  });

  it('says of a head that nobody has verified that it is not verified', () => {
    const { world, app, pull } = waitingApp();
    world.push('espalier/issue-7/a', 'of a person');
    app.settle();
    const shown = world.done('check-run').find(({ headSha }) => headSha === fakeCommit('of a person'));
    expect(shown?.output).toMatchObject({ status: 'in_progress', conclusion: null });
    expect(pull.state).toBe('open');
  });

  it('is never a success while a rule is open', () => {
    const { world } = waitingApp();
    const { app } = startApp(ONE);
    app.finish();
    const conclusions = [...world.checks.values()].flat().map(({ conclusion }) => conclusion);
    expect(conclusions).not.toContain('SUCCESS');
    expect(app.world.done('check-run').every(({ output }) => output.conclusion !== 'neutral')).toBe(true);
  });
});

describe('a branch that the plan names', () => {
  it('is made, moved and taken away like one of Espalier', () => {
    const { world, shared, app } = startApp(NAMED);
    app.finish();
    expect(shared.plan.certificates).toHaveLength(1);
    expect(world.pulls[0]?.headBranch).toBe('feature/a');
    expect(world.tip('feature/a')).toBeNull();
  });

  it('is left alone, with its pull request, where it holds work of somebody else, and a person is told', () => {
    const { world, shared, app } = startApp(NAMED);
    const theirs = world.push('feature/a', 'of somebody else');
    const open = { kind: 'open-pull' as const, key: 'theirs', task: A, title: 'Theirs', body: 'Their words' };
    world.perform({ ...open, branch: 'feature/a' as BranchName, base: world.base });
    world.log.length = 0;
    app.finish();
    const [pull] = world.pulls;
    expect(world.tip('feature/a')).toBe(theirs);
    expect(pull).toMatchObject({ body: 'Their words', labels: [], headSha: theirs });
    expect(world.checks.get(theirs)).toBeUndefined();
    expect(world.done('land')).toEqual([]);
    expect(shared.state.record.obstacle?.code).toBe('repository-branch');
    const told = world.ownComments().filter(({ body }) => body.includes('holds work of somebody else'));
    expect(told.filter(({ body }) => body.startsWith('<!-- espalier:answer'))).toHaveLength(1);
  });

  it('is taken up once somebody else has made room', () => {
    const { world, shared, app } = startApp(NAMED);
    world.push('feature/a', 'of somebody else');
    app.finish();
    expect(shared.state.record.obstacle).not.toBeNull();
    world.deleteBranch('feature/a');
    app.finish();
    expect(shared.state.record.obstacle).toBeNull();
    expect(shared.plan.certificates).toHaveLength(1);
  });
});
