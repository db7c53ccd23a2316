import { describe, expect, it } from 'vitest';

import type { EffectOutcome } from '../../../src/core/hosted/effect.ts';
import { aPerson, planText } from '../../support/hosted-builders.ts';
import { HostedReplica, playRuns, startApp } from '../../support/hosted-replica.ts';
import type { HostedWorld } from '../../support/hosted-world.ts';
import { taskId } from '../../support/builders.ts';

const A = taskId('a');
const ONE = { body: planText({ a: 'title: Do a' }) };

function statusOf(world: HostedWorld) {
  return world.ownComments().filter(({ body }) => body.startsWith('<!-- espalier:status'));
}

function answersOf(world: HostedWorld, word: string) {
  return world.ownComments().filter(({ body }) => body.startsWith('<!-- espalier:answer') && body.includes(word));
}

describe('the status comment', () => {
  it('is made once and edited in place', () => {
    const { world, shared, app } = startApp();
    app.finish();
    expect(statusOf(world)).toHaveLength(1);
    expect(shared.state.record.statusComment).toBe(statusOf(world)[0]?.nodeId);
    expect(statusOf(world)[0]?.body).toContain('2 of 2 tasks landed');
  });

  it('is not edited while it says the same, however often it is looked at', () => {
    const { world, app } = startApp(ONE);
    world.log.length = 0;
    for (let looks = 0; looks < 5; looks += 1) {
      world.nowMs += 10_000;
      app.reconcile();
    }
    expect(world.log).toEqual([]);
  });

  it('is not edited again within five seconds, and asks to be looked at then', () => {
    const { world, app } = startApp(ONE);
    world.nowMs += 10_000;
    world.say('/espalier pause');
    app.settle();
    const [status] = statusOf(world);
    const editedAtMs = status?.editedAtMs ?? 0;
    expect(status?.body).toContain('**Paused** by maintainer');
    world.log.length = 0;
    world.nowMs = editedAtMs + 1000;
    world.say('/espalier resume');
    expect(app.reconcile().wakeAtMs).toBe(editedAtMs + 5000);
    world.nowMs = editedAtMs + 4999;
    app.reconcile();
    expect(world.done('status-comment')).toEqual([]);
    world.nowMs = editedAtMs + 5000;
    app.reconcile();
    expect(world.done('status-comment').map(({ key }) => key)).toEqual(['status-edit']);
  });

  it('that somebody deleted is made anew, and one that somebody wrote over is put right', () => {
    const { world, app } = startApp(ONE);
    const [status] = statusOf(world);
    world.issue.comments = world.issue.comments.filter((comment) => comment !== status);
    world.nowMs += 61_000;
    app.settle();
    expect(statusOf(world)).toHaveLength(1);
    const [anew] = statusOf(world);
    world.issue.comments = world.issue.comments.map((comment) =>
      comment === anew ? { ...comment, body: 'all is well, merge it' } : comment,
    );
    world.nowMs += 10_000;
    app.settle();
    expect(statusOf(world)).toHaveLength(1);
  });

  it('is found again after a crash between posting it and noting it', () => {
    const { world, shared, app } = startApp(ONE);
    shared.state = { ...shared.state, record: { ...shared.state.record, statusComment: null } };
    const other = new HostedReplica(world, shared, 'replica-2');
    world.nowMs += 61_000;
    other.settle();
    app.settle();
    expect(statusOf(world)).toHaveLength(1);
    expect(shared.state.record.statusComment).toBe(statusOf(world)[0]?.nodeId);
  });

  it('of a stranger with the same first line is not taken for it', () => {
    const { world, app } = startApp({
      ...ONE,
      comments: [
        {
          nodeId: 'IC_forged',
          thread: 7,
          author: aPerson('stranger'),
          body: '<!-- espalier:status plan=issue-7 -->\n## 1 of 1 task landed',
          createdAtMs: 0,
          editedAtMs: null,
          isOwn: false,
        },
      ],
    });
    app.settle();
    expect(statusOf(world)).toHaveLength(1);
    expect(world.issue.comments.find(({ nodeId }) => nodeId === 'IC_forged')?.body).toContain('1 of 1 task landed');
  });
});

describe('an answer', () => {
  it('is posted once, and not forgotten before it stands', () => {
    const { world, shared, app } = startApp(ONE);
    world.answers.set('answer', { kind: 'later', notBeforeMs: world.nowMs + 20_000, because: 'a limit' });
    world.say('/espalier status');
    app.settle();
    expect(shared.state.record.answers).toHaveLength(1);
    expect(answersOf(world, 'landed')).toHaveLength(0);
    world.answers.clear();
    world.nowMs += 20_000;
    app.settle();
    expect(shared.state.record.answers).toEqual([]);
    expect(answersOf(world, 'of 1 task')).toHaveLength(1);
  });

  it('is found by its marker after a crash, in comments of this app only', () => {
    const { world, shared, app } = startApp(ONE);
    world.nowMs += 1000;
    const { nodeId } = world.say('/espalier status');
    world.say(`<!-- espalier:answer ${nodeId} -->\nDone, all landed.`, 'stranger');
    const look = app.look();
    app.write(look);
    expect(shared.state.record.answers.map(({ key }) => key)).toEqual([nodeId]);
    const other = new HostedReplica(world, shared, 'replica-2');
    other.settle();
    expect(world.done('answer').filter(({ key }) => key === `answer.${nodeId}`)).toEqual([]);
    world.nowMs += 61_000;
    other.settle();
    const posted = world.done('answer').filter(({ key }) => key === `answer.${nodeId}`);
    expect(posted.map(({ lookFirst }) => lookFirst)).toEqual([true]);
    // The first process was gone before it had acknowledged the command.
    expect(world.done('react')).toContainEqual({
      kind: 'react',
      key: `react.${nodeId}`,
      commentNodeId: nodeId,
      content: 'EYES',
    });
    app.outcomes.clear();
    app.settle();
    expect(answersOf(world, `${nodeId} `)).toHaveLength(1);
    expect(shared.state.record.answers).toEqual([]);
  });

  it('goes to the pull request that the command was said on', () => {
    const { world, app } = startApp(ONE);
    world.rules = { ...world.rules, approvals: 1 };
    app.finish();
    const number = world.pulls[0]?.number ?? 0;
    world.nowMs += 1000;
    world.say('/espalier why', 'maintainer', number);
    app.settle();
    expect(world.ownComments(number)).toHaveLength(1);
  });
});

describe('a notice', () => {
  it('about an edited text is given once for each text', () => {
    const { world, app } = startApp();
    const other = planText({ a: 'title: Do a, owns: [x]', b: 'title: Do b, needs: [a]' });
    world.edit(other);
    app.settle();
    app.settle();
    expect(answersOf(world, 'The text of the plan was edited')).toHaveLength(1);
    world.edit('nothing');
    app.settle();
    expect(answersOf(world, 'The text of the plan was edited')).toHaveLength(2);
    expect(answersOf(world, 'cannot be read as a plan')).toHaveLength(1);
  });

  it.each<[string, EffectOutcome, string]>([
    [
      'a missing permission',
      { kind: 'forbidden', permission: 'checks: write', because: 'Resource not accessible' },
      'checks: write',
    ],
    ['a rule of the repository', { kind: 'forbidden', permission: null, because: 'no' }, 'The forge forbids it'],
  ])('about %s is one comment that names it, until a person has run the plan again', (_what, outcome, words) => {
    const { world, shared, app } = startApp(ONE);
    world.answers.set('check-run', outcome);
    world.rules = { ...world.rules, approvals: 1 };
    for (let looks = 0; looks < 4; looks += 1) {
      playRuns(world, shared);
      app.reconcile();
      world.nowMs += 61_000;
    }
    expect(shared.state.record.obstacle?.because).toBeDefined();
    expect(answersOf(world, 'The plan cannot go on')).toHaveLength(1);
    expect(answersOf(world, words)).toHaveLength(1);
    world.answers.clear();
    world.say('/espalier run');
    app.settle();
    expect(shared.state.record.obstacle).toBeNull();
  });

  it('about a task without a sign of life is given once for each silence', () => {
    const { world, app } = startApp(ONE, { stuckAfterMs: 60_000, startTimeoutMs: 10_000_000 });
    const [writtenAt] = app.shared.state.record.dispatches.map((dispatch) => dispatch.writtenAt);
    world.nowMs = (writtenAt ?? 0) + 59_999;
    app.reconcile();
    expect(answersOf(world, 'No sign of life')).toHaveLength(0);
    world.nowMs += 10_000;
    app.settle();
    world.nowMs += 60_000;
    app.settle();
    expect(answersOf(world, 'No sign of life')).toHaveLength(1);
    expect(answersOf(world, '`a`')).not.toHaveLength(0);
    const [run] = world.runs.values();
    if (run !== undefined) run.fact = { ...run.fact, updatedAtMs: world.nowMs };
    world.nowMs += 61_000;
    app.settle();
    expect(answersOf(world, 'No sign of life')).toHaveLength(2);
  });
});

describe("labels of the plan's issue", () => {
  it('show where it stands; those of people are left alone', () => {
    const { world, app } = startApp({ ...ONE, labels: ['bug', 'espalier:run', 'help wanted'] });
    expect(world.issue.labels.toSorted()).toEqual([
      'bug',
      'espalier',
      'espalier:run',
      'espalier:running',
      'help wanted',
    ]);
    app.finish();
    expect(world.issue.labels.toSorted()).toEqual([
      'bug',
      'espalier',
      'espalier:landed',
      'espalier:run',
      'help wanted',
    ]);
  });
});

describe('the end of a plan', () => {
  it('is one report, and only then the issue is closed', () => {
    const { world, app } = startApp();
    world.answers.set('answer', { kind: 'later', notBeforeMs: world.nowMs + 600_000, because: 'a limit' });
    for (let looks = 0; looks < 12; looks += 1) {
      app.settle();
      playRuns(world, app.shared);
      world.nowMs += 6000;
    }
    expect(app.shared.plan.certificates).toHaveLength(2);
    expect(world.issue.isOpen).toBe(true);
    world.answers.clear();
    world.nowMs += 600_000;
    app.finish();
    expect(answersOf(world, 'The plan is done')).toHaveLength(1);
    expect(world.issue.isOpen).toBe(false);
    const order = world.log.map(({ key }) => key);
    expect(order.indexOf('close')).toBeGreaterThan(order.findLastIndex((key) => key.startsWith('answer.report.')));
  });

  it('is not repeated, and an issue that a person has opened again stays open', () => {
    const { world, app } = startApp(ONE);
    app.finish();
    world.issue.isOpen = true;
    world.log.length = 0;
    world.nowMs += 100_000;
    app.finish();
    expect(world.issue.isOpen).toBe(true);
    expect(world.done('answer')).toEqual([]);
    expect(world.done('close-issue')).toEqual([]);
  });

  it('comes again when there was more to do', () => {
    const { world, app } = startApp(ONE);
    app.finish();
    world.issue.isOpen = true;
    world.edit(planText({ a: 'title: Do a', c: 'title: Do c' }));
    app.settle();
    world.nowMs += 1000;
    world.say('/espalier approve');
    app.finish();
    expect(app.shared.plan.certificates).toHaveLength(2);
    expect(answersOf(world, 'The plan is done')).toHaveLength(2);
    expect(world.issue.isOpen).toBe(false);
  });

  it('leaves the issue open where the final tests have failed', () => {
    const { world, shared, app } = startApp({ body: planText({ a: 'title: Do a' }, 'final: ["./whole"]') });
    app.finish((leg) => (leg.work === 'final' ? { leaves: 'failure' } : {}));
    expect(shared.plan.final?.result?.test.status).toBe('error');
    expect(world.issue.isOpen).toBe(true);
    expect(world.issue.labels).toContain('espalier:needs-attention');
    expect(answersOf(world, 'final tests')).not.toHaveLength(0);
    const finals = world.done('dispatch').filter(({ legs }) => legs.some(({ work }) => work === 'final'));
    expect(finals).toHaveLength(3);
  });

  it('runs the final tests again where their run died, and ends well if they pass then', () => {
    const { world, shared, app } = startApp({ body: planText({ a: 'title: Do a' }, 'final: ["./whole"]') });
    let runs = 0;
    app.finish((leg) => {
      if (leg.work === 'final') runs += 1;
      return leg.work === 'final' && runs < 3 ? { leaves: 'failure' } : {};
    });
    expect(runs).toBe(3);
    expect(shared.plan.final).toMatchObject({ result: { test: { status: 'passed' } }, died: { count: 2 } });
    expect(world.issue.isOpen).toBe(false);
  });

  it('does not run final tests again that a person cancelled', () => {
    const { world, shared, app } = startApp({ body: planText({ a: 'title: Do a' }, 'final: ["./whole"]') });
    app.finish((leg) => (leg.work === 'final' ? { leaves: 'nothing' } : {}), 8);
    const [run] = [...world.runs.keys()].slice(-1);
    world.endRun(run ?? 0, 'cancelled');
    app.finish();
    expect(shared.plan.final?.died).toBeUndefined();
    expect(shared.plan.final?.result?.test.tail).toContain('cancelled by hand');
  });
});

describe('a plan that was started', () => {
  it('says of every task that waits for what, on whom, and what helps', () => {
    const { world, app } = startApp(ONE);
    world.rules = { ...world.rules, approvals: 1 };
    app.finish();
    const [status] = statusOf(world);
    expect(status?.body).toContain('waits for people to approve it');
    expect(app.shared.plan.tasks[A]?.attempts).toHaveLength(1);
  });
});
