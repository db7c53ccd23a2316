import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Permission, Speaker } from '../../../src/core/commands/authority.ts';
import { chooseDepth } from '../../support/depth.ts';
import { aPerson, planText } from '../../support/hosted-builders.ts';
import { HostedReplica, openApp, startApp } from '../../support/hosted-replica.ts';
import type { HostedWorld } from '../../support/hosted-world.ts';
import { taskId } from '../../support/builders.ts';

const DAY_MS = 24 * 3_600_000;
const A = taskId('a');
const ONE = { body: planText({ a: 'title: Do a' }) };

/** Texts of this app's answers on the issue, without the status comment. */
function answersOf(world: HostedWorld): string[] {
  return world
    .ownComments()
    .map((comment) => comment.body)
    .filter((body) => body.startsWith('<!-- espalier:answer'))
    .map((body) => body.split('\n').slice(1).join('\n'));
}

function reactionsOf(world: HostedWorld): [string, string][] {
  return world.done('react').map(({ commentNodeId, content }) => [commentNodeId, content]);
}

describe('a command in a comment', () => {
  it.each<[Permission, boolean]>([
    ['admin', true],
    ['maintain', true],
    ['write', true],
    ['triage', false],
    ['read', false],
    ['none', false],
  ])('of somebody with the permission %s is obeyed: %s', (permission, isObeyed) => {
    const { world, shared, app } = openApp();
    world.permissions.set('visitor', permission);
    const comment = world.say('/espalier run', 'visitor');
    app.settle();
    expect(shared.state.ledger !== null).toBe(isObeyed);
    expect(reactionsOf(world)).toEqual([[comment.nodeId, isObeyed ? 'EYES' : 'CONFUSED']]);
    expect(answersOf(world)).toHaveLength(1);
  });

  it('is judged by the login in any case, as the forge compares logins', () => {
    const { world, shared, app } = openApp();
    world.say('/espalier run', 'Maintainer');
    app.settle();
    expect(shared.state.record.accepted?.by).toBe('Maintainer');
  });

  it.each<[string, Speaker]>([
    ['a bot', { login: 'helper[bot]', kind: 'bot', id: 5 }],
    ['a user whose login looks like a bot', { login: 'espalier[bot]', kind: 'user', id: 6 }],
    ['an organization', { login: 'maintainer', kind: 'organization', id: 7 }],
    ['a mannequin', { login: 'maintainer', kind: 'mannequin', id: 8 }],
    ['an account that is gone', { login: 'ghost', kind: 'unknown', id: null }],
    ['this app itself', { login: 'espalier[bot]', kind: 'bot', id: 77 }],
  ])('of %s gets no answer and does nothing', (_who, speaker) => {
    const { world, shared, app } = openApp();
    world.say('/espalier run', speaker);
    app.settle();
    expect(shared.state.ledger).toBeNull();
    expect(world.log).toEqual([]);
  });

  it('of a bot that the configuration lists by its id is obeyed, by no other id and by no name', () => {
    const { world, shared, app } = openApp();
    world.configText = 'github: {bots: [41]}\n';
    world.say('/espalier run', { login: 'helper[bot]', kind: 'bot', id: 42 });
    app.settle();
    expect(shared.state.ledger).toBeNull();
    world.nowMs += 1000;
    world.say('/espalier run', { login: 'helper[bot]', kind: 'bot', id: 41 });
    app.settle();
    expect(shared.state.record.accepted?.by).toBe('helper[bot]');
  });

  it('that was edited is none, whoever edited it', () => {
    const { world, shared, app } = openApp();
    world.issue.comments.push({ ...world.say('/espalier run'), nodeId: 'IC_edited', editedAtMs: world.nowMs + 1 });
    world.issue.comments.shift();
    app.settle();
    expect(shared.state.ledger).toBeNull();
    expect(world.log).toEqual([]);
  });

  it('that is older than three days and was never seen is none any more', () => {
    const { world, shared, app } = openApp();
    world.say('/espalier run');
    world.nowMs += 3 * DAY_MS;
    app.settle();
    expect(shared.state.ledger).toBeNull();
    world.say('/espalier run');
    world.nowMs += 3 * DAY_MS - 1;
    app.settle();
    expect(shared.state.ledger).not.toBeNull();
  });

  it('in code, in a quotation or in the middle of a sentence is none', () => {
    const { world, shared, app } = openApp();
    world.say('> /espalier run');
    world.say('```\n/espalier run\n```');
    world.say('please do /espalier run');
    world.say('`/espalier run`');
    app.settle();
    expect(shared.state.ledger).toBeNull();
  });

  it('that nobody knows is answered with the nearest one', () => {
    const { world, app } = openApp();
    world.say('/espalier resmue');
    app.settle();
    expect(answersOf(world).join('\n')).toContain('Did you mean `/espalier resume`?');
    expect(reactionsOf(world)).toEqual([['IC_101', 'EYES']]);
  });
});

describe('commands of several people', () => {
  it('are taken up in the order in which they were said, wherever they were said, each once', () => {
    const { world, shared, app } = startApp(ONE);
    app.finish(() => ({ leaves: 'failure' }));
    const before = shared.state.record.commands.length;
    world.say('/espalier pause');
    world.nowMs += 1000;
    world.say('/espalier resume', 'maintainer');
    world.nowMs += 1000;
    world.label('espalier:pause');
    app.settle();
    app.settle();
    const taken = shared.state.record.commands.slice(before);
    expect(taken.map(({ text }) => text)).toEqual(['espalier pause', 'espalier resume', 'espalier pause']);
    expect(shared.plan.paused?.by).toBe('maintainer');
  });

  it('wait behind one whose author could not be looked up, and are taken up in order then', () => {
    const { world, shared, app } = openApp(ONE);
    world.permissions.delete('maintainer');
    world.permissions.set('other', 'admin');
    world.say('/espalier run', 'maintainer');
    world.nowMs += 1000;
    world.say('/espalier pause', 'other');
    const { wakeAtMs } = app.reconcile();
    expect(shared.state.record.commands).toEqual([]);
    expect(wakeAtMs).toBe(world.nowMs + 30_000);
    world.permissions.set('maintainer', 'write');
    app.settle();
    expect(shared.state.record.commands.map(({ by }) => by)).toEqual(['maintainer', 'other']);
    expect(shared.plan.paused?.by).toBe('other');
  });

  it('are taken up once by two processes that see them at the same time', () => {
    const { world, shared, app } = openApp(ONE);
    const other = new HostedReplica(world, shared, 'replica-2');
    world.say('/espalier run');
    const [first, second] = [app.look(), other.look()];
    expect(app.write(first)).toBe(true);
    expect(other.write(second)).toBe(false);
    app.perform(first);
    other.settle();
    app.settle();
    expect(shared.state.record.commands).toHaveLength(1);
    expect(answersOf(world)).toHaveLength(1);
    expect(world.done('dispatch')).toHaveLength(1);
  });

  it('without authority are each refused, and answered once for each person', () => {
    const { world, shared, app } = startApp();
    const [start] = shared.state.record.commands;
    const before = answersOf(world).length;
    for (const text of ['/espalier run', '/espalier cancel', '/espalier merge a']) world.say(text, 'stranger');
    world.say('/espalier run', 'passer-by');
    world.permissions.set('stranger', 'read');
    world.permissions.set('passer-by', 'none');
    app.settle();
    const outcomes = shared.state.record.commands.filter((one) => one.source !== start?.source);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(4).fill('refused'));
    const told = answersOf(world).slice(before);
    expect(told).toHaveLength(2);
    expect(told[0]).toContain("Your permission is 'read'");
  });

  it('of strangers on an issue that is no plan are answered once for each, and nothing is written for them', () => {
    const { world, shared, app } = openApp();
    for (const text of ['/espalier run', '/espalier cancel']) world.say(text, 'stranger');
    world.say('/espalier run', 'passer-by');
    world.permissions.set('stranger', 'read');
    world.permissions.set('passer-by', 'none');
    app.settle();
    const another = new HostedReplica(world, shared, 'replica-2');
    another.settle();
    expect(answersOf(world)).toHaveLength(2);
    expect(answersOf(world)[0]).toContain("Your permission is 'read'");
    expect(shared.version).toBe(0);
  });

  it('of strangers that were answered before somebody ran the plan are not answered again', () => {
    const { world, shared, app } = openApp();
    world.say('/espalier run', 'stranger');
    world.permissions.set('stranger', 'read');
    app.settle();
    world.nowMs += 1000;
    world.say('/espalier run');
    app.settle();
    expect(shared.state.ledger).not.toBeNull();
    expect(answersOf(world).filter((text) => text.includes("Your permission is 'read'"))).toHaveLength(1);
    expect(shared.state.record.answers).toEqual([]);
  });
});

describe('what was taken up', () => {
  it('is remembered as long as it could be taken up again, and then only the last of it', () => {
    const { world, shared, app } = startApp(ONE);
    world.permissions.set('stranger', 'read');
    const old = world.nowMs;
    for (let count = 0; count < 600; count += 1) world.say('/espalier help', 'stranger');
    app.settle();
    expect(shared.state.record.commands).toHaveLength(601);
    expect(shared.state.record.commands[0]?.source).toBe('IC_101');
    world.nowMs = old + 4 * DAY_MS;
    world.say('/espalier help', 'stranger');
    app.settle();
    expect(shared.state.record.commands).toHaveLength(500);
    expect(world.done('dispatch')).toHaveLength(1);
  });

  it('keeps little of a long text', () => {
    const { world, shared, app } = openApp();
    const words = Array.from({ length: 90 }, (_, index) => `task-with-a-long-name-${index}`).join(' ');
    world.say(`/espalier run ${words}`);
    app.settle();
    expect(shared.state.record.commands[0]?.text.length).toBeLessThanOrEqual(300);
  });
});

describe('several commands of one comment', () => {
  it('are done in their order and answered in one comment', () => {
    const { world, shared, app } = openApp(ONE);
    world.say('/espalier run\n/espalier pause\n/espalier status');
    app.settle();
    expect(shared.plan.paused?.by).toBe('maintainer');
    expect(shared.state.record.commands.map(({ text }) => text)).toEqual([
      'espalier run; espalier pause; espalier status',
    ]);
    expect(answersOf(world)).toHaveLength(1);
    expect(answersOf(world)[0]).toContain('**Started:**');
  });
});

describe('a label', () => {
  it.each<[string, Permission, boolean]>([
    ['espalier:run', 'write', true],
    ['Espalier:RUN', 'write', true],
    ['espalier:run', 'triage', false],
    ['espalier:run', 'read', false],
    ['espalier:rυn', 'write', false],
    ['espalier:run ', 'write', false],
    ['espalier:running', 'write', false],
    ['run', 'write', false],
  ])('%j that somebody with %s has set starts the plan: %s', (label, permission, isStarted) => {
    const { world, shared, app } = openApp();
    world.permissions.set('somebody', permission);
    world.label(label, 'somebody');
    app.settle();
    expect(shared.state.ledger !== null).toBe(isStarted);
  });

  it('that pauses and is taken off again resumes, without a comment for either', () => {
    const { world, shared, app } = startApp();
    const before = answersOf(world).length;
    world.label('espalier:pause');
    app.settle();
    expect(shared.plan.paused?.by).toBe('maintainer');
    world.nowMs += 1000;
    world.label('espalier:pause', 'maintainer', false);
    app.settle();
    expect(shared.plan.paused).toBeNull();
    expect(answersOf(world)).toHaveLength(before);
  });

  it('that this app has set or taken off itself asks for nothing, even where its bot is listed', () => {
    const { world, shared, app } = startApp();
    world.configText = 'github: {bots: [77]}\n';
    world.label('espalier:pause', { login: 'espalier[bot]', kind: 'bot', id: 77 });
    app.settle();
    expect(shared.plan.paused).toBeNull();
  });

  it('that asks for a check is answered with one', () => {
    const { world, app } = openApp();
    world.label('espalier');
    app.settle();
    expect(answersOf(world)[0]).toContain('The plan can be run');
  });

  it('that cannot be obeyed is answered, since nobody would know', () => {
    const { world, app } = openApp({ body: 'no plan at all' });
    world.label('espalier:run');
    app.settle();
    expect(answersOf(world)[0]).toContain('**Not started:**');
  });
});

describe('a button', () => {
  it('does what its command does, once, for who may give it', () => {
    const { world, shared, app } = startApp(ONE);
    world.rules = { ...world.rules, approvals: 1 };
    app.finish();
    const headSha = world.pulls[0]?.headSha;
    expect(headSha).toBeDefined();
    if (headSha === undefined) return;
    const click = { source: 'delivery-1', identifier: 'review', headSha, actor: aPerson('maintainer') };
    app.clicks = [{ ...click, source: 'delivery-0', actor: aPerson('stranger') }];
    world.permissions.set('stranger', 'read');
    app.settle();
    expect(shared.plan.tasks[A]?.attempts).toHaveLength(1);
    app.clicks = [click];
    app.settle();
    app.clicks = [click];
    app.settle();
    expect(shared.plan.tasks[A]?.attempts.map(({ status, givenSha }) => [status, givenSha])).toEqual([
      ['superseded', undefined],
      ['running', headSha],
    ]);
  });

  it.each([
    ['of an unknown kind', 'merge', true],
    ['of a commit that no pull request of the plan has', 'review', false],
  ])('%s does nothing', (_what, identifier, isKnownHead) => {
    const { world, shared, app } = startApp(ONE);
    world.rules = { ...world.rules, approvals: 1 };
    app.finish();
    const head = world.pulls[0]?.headSha ?? world.push('x', 'x');
    const headSha = isKnownHead ? head : world.push('elsewhere', 'elsewhere');
    app.clicks = [{ source: 'delivery-1', identifier, headSha, actor: aPerson('maintainer') }];
    const { version } = shared;
    app.settle();
    expect(shared.version).toBe(version);
  });
});

describe('whatever order comments are listed in', () => {
  it('the same is taken up in the same order', () => {
    const texts = ['/espalier pause', '/espalier resume', '/espalier freeze', '/espalier thaw', '/espalier status'];
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), (order) => {
        const { world, shared, app } = startApp(ONE);
        const said = texts.map((text) => {
          world.nowMs += 1000;
          return world.say(text);
        });
        world.issue.comments = [...world.issue.comments.slice(0, -5), ...order.map((at) => said[at] ?? said[0]!)];
        app.settle();
        expect(shared.state.record.commands.slice(1).map(({ source }) => source)).toEqual(
          said.map(({ nodeId }) => nodeId),
        );
      }),
      { numRuns: chooseDepth(5, 15) },
    );
  });
});
