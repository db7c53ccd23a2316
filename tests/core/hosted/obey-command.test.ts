import { describe, expect, it } from 'vitest';

import type { EffectOutcome } from '../../../src/core/hosted/effect.ts';
import { obeyCommand } from '../../../src/core/hosted/obey-command.ts';
import type { Circumstances } from '../../../src/core/hosted/obeyed.ts';
import { readIssuePlan } from '../../../src/core/hosted/pin-plan.ts';
import { readCommands } from '../../../src/core/commands/read-commands.ts';
import { fakeCommit, taskId } from '../../support/builders.ts';
import { planText } from '../../support/hosted-builders.ts';
import { type HostedReplica, openApp, playRuns, type SharedLedger, startApp } from '../../support/hosted-replica.ts';
import type { HostedWorld } from '../../support/hosted-world.ts';

const [A, B] = [taskId('a'), taskId('b')];
const TEXT = planText({ a: 'title: Do a', b: 'title: Do b, needs: [a]' });
const CHANGED = planText({ a: 'title: Do a, owns: [x]', b: 'title: Do b, needs: [a]' });

function lastAnswer(world: HostedWorld): string {
  const answers = world.ownComments().filter(({ body }) => body.startsWith('<!-- espalier:answer'));
  return answers.at(-1)?.body ?? '';
}

/** Says something a second later, and looks until nothing happens any more. */
function ask({ world, app }: { world: HostedWorld; app: HostedReplica }, text: string, thread?: number): string {
  world.nowMs += 1000;
  world.say(text, 'maintainer', thread);
  app.settle();
  return lastAnswer(world);
}

/** What is around a command that is obeyed apart from the rest. */
function around(world: HostedWorld, shared: SharedLedger): Circumstances {
  const query = { base: null, tasks: [], trials: [], runs: [], receipts: [], landings: [], statusComment: null };
  const facts = world.observe({ ...query, issue: world.issue.number, knownSources: new Set(), logins: [] });
  const { issue } = world;
  return {
    facts,
    outcomes: new Map<string, EffectOutcome>(),
    issue,
    issuePlan: readIssuePlan(issue.number, issue.body, world.configText),
    landingObstacle: null,
    nowMs: world.nowMs + shared.version,
  };
}

describe('a command before the plan was started', () => {
  it.each([
    'status',
    'pause',
    'resume',
    'approve',
    'freeze',
    'thaw',
    'cleanup',
    'cancel',
    'why a',
    'retry a',
    'merge a',
    'review a',
  ])('/espalier %s is refused with the next step, and changes nothing', (text) => {
    const opened = openApp();
    expect(ask(opened, `/espalier ${text}`)).toContain('**Not done:** This plan was not started yet.');
    expect(lastAnswer(opened.world)).toContain('/espalier run');
    expect(opened.shared.state.ledger).toBeNull();
    expect(opened.shared.state.queue.frozen).toBeNull();
  });

  it('is answered if it is help or check', () => {
    const opened = openApp();
    expect(ask(opened, '/espalier help')).toContain('## What Espalier can be told');
    expect(ask(opened, '/espalier check')).toContain('The plan can be run');
  });
});

describe('run', () => {
  it.each<[string, (world: HostedWorld) => void, string]>([
    ['the text is no plan', (world) => world.edit('nothing'), '**Not started:**'],
    ['the base is gone', (world) => world.branches.delete('main'), "There is no branch 'main' to start from"],
    ['the issue is closed', (world) => (world.issue.isOpen = false), 'The issue is closed'],
    [
      'nothing could ever land',
      (world) => (world.rules = { ...world.rules, requiresPull: true, allowedMergeMethods: [] }),
      'allow no way to merge',
    ],
    ["a task's branch is the base", (world) => world.edit(planText({ a: 'branch: main' })), "names the branch 'main'"],
    [
      "a task's branch is within the base",
      (world) => world.edit(planText({ a: 'branch: main/a' })),
      "names the branch 'main/a'",
    ],
    ['the configuration cannot be read', (world) => (world.configText = 'github: ['), '**Not started:**'],
  ])('is refused where %s, and can be asked for again', (_what, spoil, because) => {
    const opened = openApp({ body: TEXT });
    spoil(opened.world);
    opened.world.nowMs += 1000;
    expect(ask(opened, '/espalier run')).toContain(because);
    expect(opened.shared.state.ledger).toBeNull();
    expect(opened.world.done('dispatch')).toEqual([]);
  });

  it('of tasks that the plan does not have is refused with the nearest name', () => {
    const opened = openApp({ body: planText({ frontend: 'title: F' }) });
    expect(ask(opened, '/espalier run frontent')).toContain("Did you mean 'frontend'?");
    expect(opened.shared.state.ledger).toBeNull();
  });

  it('pins the text as it stood, and says its revision', () => {
    const opened = openApp({ body: TEXT });
    expect(ask(opened, '/espalier run')).toContain('**Started:** 2 tasks');
    const { record } = opened.shared.state;
    expect(record.accepted).toMatchObject({ by: 'maintainer', revision: opened.shared.plan.plan.revision });
  });

  it.each([
    ['after', 1000, false],
    ['in the same second as', 0, false],
    ['before', -1000, true],
  ])('of a text that was edited %s the comment: %i ms, taken up %s', (_when, afterMs, isStarted) => {
    const { world, shared, app } = openApp({ body: TEXT });
    world.nowMs += 5000;
    world.say('/espalier run');
    world.issue.editedAtMs = world.nowMs + afterMs;
    world.nowMs += 5000;
    app.settle();
    expect(shared.state.ledger !== null).toBe(isStarted);
    expect(lastAnswer(world)).toContain(isStarted ? '**Started:**' : 'edited after the comment was written');
  });

  it('of some tasks dispatches only those; a second one adds to them, and one without names takes all', () => {
    const body = planText({ a: 'title: A', b: 'title: B', c: 'title: C' });
    const opened = openApp({ body });
    ask(opened, '/espalier run a');
    expect(Object.keys(opened.shared.plan.tasks)).toEqual(['a']);
    ask(opened, '/espalier run b');
    expect(opened.shared.state.record.only).toEqual(['a', 'b']);
    expect(Object.keys(opened.shared.plan.tasks)).toEqual(['a', 'b']);
    ask(opened, '/espalier run');
    expect(opened.shared.state.record.only).toBeNull();
    expect(Object.keys(opened.shared.plan.tasks)).toEqual(['a', 'b', 'c']);
  });

  it('again is refused while the plan is paused or its text waits for an approval', () => {
    const opened = startApp({ body: TEXT });
    ask(opened, '/espalier pause');
    expect(ask(opened, '/espalier run')).toContain('was paused by maintainer');
    ask(opened, '/espalier resume');
    opened.world.edit(CHANGED);
    opened.app.settle();
    expect(ask(opened, '/espalier run')).toContain('/espalier approve');
  });

  it('again clears what kept the plan from going on', () => {
    const opened = openApp({ body: TEXT });
    const missing = { kind: 'no-workflow' as const, code: 'missing' as const, because: 'there is no such file' };
    opened.world.answers.set('dispatch', missing);
    opened.world.answers.set('find-or-dispatch', missing);
    ask(opened, '/espalier run');
    expect(opened.shared.state.record.obstacle?.code).toBe('dispatch-missing');
    opened.world.answers.clear();
    ask(opened, '/espalier run');
    expect(opened.shared.state.record.obstacle).toBeNull();
    expect(opened.shared.state.record.dispatches[0]?.run).not.toBeNull();
  });

  it('on a base that the plan names reads that base first, and lands there', () => {
    const opened = openApp({ body: planText({ a: 'title: A' }, 'base: release/2') });
    opened.world.branches.set('release/2', opened.world.push('release/2', 'of the release'));
    ask(opened, '/espalier run');
    expect(opened.shared.plan).toMatchObject({
      target: 'release/2',
      baseBranch: 'release/2',
      baseSha: fakeCommit('of the release'),
    });
    expect(opened.shared.state.queue.target).toBe('release/2');
    opened.app.finish();
    expect(opened.world.done('land').map(({ base }) => base)).toEqual(['release/2']);
  });

  it('on the default branch is not fooled by a base that was read for an earlier text', () => {
    const opened = openApp({ body: planText({ a: 'title: A' }, 'base: release') });
    opened.world.push('release', 'r');
    opened.world.permissions.delete('maintainer');
    opened.app.settle();
    ask(opened, '/espalier check');
    opened.world.permissions.set('maintainer', 'write');
    opened.app.settle();
    opened.world.edit(planText({ a: 'title: A' }));
    opened.world.nowMs += 1000;
    ask(opened, '/espalier run');
    expect(opened.shared.plan.target).toBe('main');
  });
});

describe('approve', () => {
  it('accepts a text that was shown, and says what it changes', () => {
    const opened = startApp({ body: TEXT });
    opened.world.edit(CHANGED);
    opened.app.settle();
    expect(ask(opened, '/espalier approve')).toContain('Changed, and begun anew unless landed: `a`');
    const { record } = opened.shared.state;
    expect(record.proposed).toBeNull();
    expect(record.accepted?.revision).toBe(opened.shared.plan.plan.revision);
    expect(opened.shared.plan.tasks[A]?.attempts.map(({ status }) => status)).toEqual(['cancelled', 'running']);
  });

  it('is taken up also when its edit is seen together with it', () => {
    const opened = startApp({ body: TEXT });
    opened.world.nowMs += 1000;
    opened.world.edit(CHANGED);
    expect(ask(opened, '/espalier approve')).toContain('the edited text is the plan now');
  });

  it('of another text than the one that was shown does nothing', () => {
    const opened = startApp({ body: TEXT });
    opened.world.edit(CHANGED);
    opened.app.settle();
    opened.world.edit(planText({ a: 'title: Do a, owns: [everything]' }));
    expect(ask(opened, '/espalier approve')).toContain('edited after the comment was written');
    expect(opened.shared.plan.plan.tasks.map(({ owns }) => owns)).toEqual([[], []]);
  });

  it('of a text that was edited again after the comment does nothing', () => {
    const opened = startApp({ body: TEXT });
    opened.world.edit(CHANGED);
    opened.app.settle();
    opened.world.nowMs += 1000;
    opened.world.say('/espalier approve');
    opened.world.nowMs += 1000;
    opened.world.issue.editedAtMs = opened.world.nowMs;
    opened.app.settle();
    expect(lastAnswer(opened.world)).toContain('edited after the comment was written');
    expect(opened.shared.state.record.proposed).not.toBeNull();
  });

  it.each<[string, string, string]>([
    ['the accepted text', TEXT, 'the one that was accepted'],
    ['a text that is no plan', 'nothing', '**Not started:**'],
    ['a text for another base', planText({ a: 'title: A' }, 'base: other'), "lands on 'main' since it was accepted"],
    ['a text with the base as a branch', planText({ a: 'branch: main' }), "names the branch 'main'"],
  ])('of %s is refused', (_what, text, because) => {
    const opened = startApp({ body: TEXT });
    const { revision } = opened.shared.plan.plan;
    opened.world.edit(text);
    opened.world.nowMs += 1000;
    expect(ask(opened, '/espalier approve')).toMatch(new RegExp(because.replaceAll('*', '\\*'), 'i'));
    expect(opened.shared.plan.plan.revision).toBe(revision);
  });

  it('waits for a landing that the forge is at; what is said after it does not', () => {
    const { world, shared, app } = startApp({ body: planText({ a: 'title: Do a' }) });
    world.rules = { ...world.rules, requiresPull: true };
    world.answers.set('land', { kind: 'later', notBeforeMs: world.nowMs + 3_600_000, because: 'busy' });
    app.finish();
    expect(shared.plan.tasks[A]?.attempts.at(-1)?.landing).not.toBeNull();
    world.edit(planText({ a: 'title: Do a, owns: [x]' }));
    world.nowMs += 1000;
    world.say('/espalier approve');
    world.nowMs += 1000;
    world.say('/espalier status');
    const { wakeAtMs } = app.reconcile();
    expect(lastAnswer(world)).toContain('of 1 task');
    expect(shared.state.record.commands.map(({ text }) => text)).toEqual(['espalier run', 'espalier status']);
    expect(wakeAtMs).toBeLessThanOrEqual(world.nowMs + 60_000);
  });

  it('takes back a landing that the forge has refused, so that nothing lands under the old text', () => {
    const { world, shared, app } = startApp({ body: planText({ a: 'title: Do a' }) });
    world.rules = { ...world.rules, requiresPull: true };
    world.answers.set('land', { kind: 'refused', because: 'not today' });
    playRuns(world, shared);
    app.settle();
    expect(shared.plan.tasks[A]?.attempts.at(-1)?.landing?.refusal).toBe('not today');
    world.edit(planText({ a: 'title: Do a, owns: [x]' }));
    world.nowMs += 1000;
    world.say('/espalier approve');
    app.settle();
    expect(lastAnswer(world)).toContain('the edited text is the plan now');
    expect(shared.plan.tasks[A]?.attempts[0]).toMatchObject({ status: 'cancelled', landing: null });
  });
});

describe('pause and resume', () => {
  it('keep new work from starting, and let what runs end', () => {
    const opened = startApp({ body: TEXT });
    expect(ask(opened, '/espalier pause')).toContain('Nothing more is started or landed');
    expect(ask(opened, '/espalier pause')).toContain('is paused already');
    opened.app.finish();
    expect(opened.shared.plan.tasks[A]?.attempts.at(-1)?.status).toBe('verified');
    expect(opened.shared.plan.certificates).toEqual([]);
    expect(ask(opened, '/espalier resume')).toContain('The plan goes on');
    expect(ask(opened, '/espalier resume')).toContain('is not paused');
    opened.app.finish();
    expect(opened.shared.plan.certificates).toHaveLength(2);
  });

  it('follow the closing and the opening of the issue; whoever paused it besides is asked', () => {
    const { world, shared, app } = startApp({ body: TEXT });
    world.issue.isOpen = false;
    app.settle();
    expect(shared.plan.paused?.by).toBe('the closing of the issue');
    expect(ask({ world, app }, '/espalier resume')).toContain('The issue is closed');
    expect(shared.plan.paused).not.toBeNull();
    expect(ask({ world, app }, '/espalier run')).toContain('The issue is closed');
    world.issue.isOpen = true;
    app.settle();
    expect(shared.plan.paused).toBeNull();
    ask({ world, app }, '/espalier pause');
    world.issue.isOpen = false;
    app.settle();
    world.issue.isOpen = true;
    app.settle();
    expect(shared.plan.paused?.by).toBe('maintainer');
  });
});

describe('freeze and thaw', () => {
  it('close the base for every plan, and open it again', () => {
    const opened = startApp({ body: TEXT });
    expect(ask(opened, '/espalier freeze the release is being cut')).toContain("lands on 'main' until it is thawed");
    expect(opened.shared.state.queue.frozen?.because).toBe('maintainer froze it: the release is being cut');
    expect(ask(opened, '/espalier freeze')).toContain('is frozen already');
    opened.app.finish();
    expect(opened.world.done('land')).toEqual([]);
    expect(ask(opened, '/espalier thaw')).toContain("'main' is open for landings again");
    expect(ask(opened, '/espalier thaw')).toContain('is not frozen');
    opened.app.finish();
    expect(opened.shared.plan.certificates).toHaveLength(2);
  });

  it.each(['freeze', 'thaw'] as const)("%s is said to be done only once the base's ledger has it", (verb) => {
    const { world, shared, app } = startApp({ body: TEXT });
    if (verb === 'thaw') ask({ world, app }, '/espalier freeze');
    const before = shared.state.queue.frozen === null;
    world.nowMs += 1000;
    world.say(`/espalier ${verb}`);
    const look = app.look();
    app.write(look);
    // The write of the base's ledger, which is another branch, was lost.
    shared.state = { ...shared.state, queue: look.before.queue };
    expect(shared.state.queue.frozen === null).toBe(before);
    app.settle();
    expect(shared.state.queue.frozen === null).toBe(!before);
    expect(lastAnswer(world)).toContain('**Done:**');
    const said = world.ownComments().filter(({ body }) => body.includes(verb === 'freeze' ? 'thawed' : 'open for'));
    expect(said).toHaveLength(1);
  });

  it('thaw sets a landing aside that is not what was tested, and its task begins anew', () => {
    const { world, shared, app } = startApp({ body: planText({ a: 'title: Do a' }) });
    world.rules = { ...world.rules, requiresPull: true };
    const land = world.perform.bind(world);
    world.perform = (effect) => {
      const outcome = land(effect);
      const [pull] = world.pulls;
      if (effect.kind === 'land' && pull?.mergeCommit != null)
        pull.mergeCommit = { ...pull.mergeCommit, tree: world.treeOf(fakeCommit('something else')) };
      return outcome;
    };
    app.finish();
    expect(shared.state.queue.frozen?.because).toContain('is not the tree that was tested for a');
    expect(shared.plan.certificates).toEqual([]);
    ask({ world, app }, '/espalier thaw');
    expect(shared.state.queue.frozen).toBeNull();
    expect(shared.plan.certificates.filter(({ strength }) => strength !== 'by-hand')).toEqual([]);
  });
});

describe('a command about one task', () => {
  it('means the task of the pull request that it is said on', () => {
    const opened = startApp({ body: TEXT });
    opened.world.rules = { ...opened.world.rules, approvals: 1 };
    opened.app.finish();
    const number = opened.world.pulls[0]?.number;
    expect(ask(opened, '/espalier cancel', number)).not.toContain('every task');
    expect(opened.shared.plan.tasks[A]?.cancelled?.by).toBe('maintainer');
    expect(opened.shared.plan.tasks[B]?.cancelled ?? null).toBeNull();
    expect(opened.world.ownComments(number)).toHaveLength(1);
  });

  it.each(['why', 'retry', 'cancel', 'review', 'merge'])(
    '/espalier %s of an unknown task names the nearest',
    (verb) => {
      const opened = startApp({ body: planText({ frontend: 'title: F' }) });
      expect(ask(opened, `/espalier ${verb} frontent`)).toContain("Did you mean 'frontend'?");
    },
  );

  it('cancel stops it and its run; retry begins it afresh', () => {
    const opened = startApp({ body: planText({ a: 'title: Do a' }) });
    expect(ask(opened, '/espalier cancel a')).toContain("'a' is cancelled");
    expect(opened.world.done('cancel-run')).toHaveLength(1);
    expect(opened.shared.plan.tasks[A]?.attempts.at(-1)?.status).toBe('cancelled');
    expect(ask(opened, '/espalier retry a')).toContain("'a' begins afresh");
    opened.app.finish();
    expect(opened.shared.plan.certificates).toHaveLength(1);
    expect(ask(opened, '/espalier retry a')).toContain('has landed already');
  });

  it('cancel on the issue without a name cancels the whole plan', () => {
    const opened = startApp({ body: TEXT });
    expect(ask(opened, '/espalier cancel')).toContain('Every task that has not landed is cancelled');
    opened.app.settle();
    expect(Object.values(opened.shared.plan.tasks).map(({ cancelled }) => cancelled?.by)).toEqual([
      'maintainer',
      'maintainer',
    ]);
    expect(ask(opened, '/espalier cancel')).toContain('nothing left to cancel');
  });

  it('names the next step as it is written in a comment', () => {
    const opened = startApp({ body: TEXT });
    const answer = ask(opened, '/espalier retry b');
    expect(answer).toContain('/espalier why b');
    expect(answer).not.toContain('--plan');
  });

  it('merge overrules no rule: it tries at once what was refused, and says why it has not landed', () => {
    const { world, shared, app } = startApp({ body: planText({ a: 'title: Do a' }) });
    world.rules = { ...world.rules, approvals: 1, requiresPull: true };
    app.finish();
    expect(ask({ world, app }, '/espalier merge a')).toContain('it waits for people to approve it');
    expect(world.done('land')).toEqual([]);
    expect(shared.plan.certificates).toEqual([]);
  });
});

describe('cleanup', () => {
  it('deletes the branches of attempts at what has landed, each only where Espalier left it', () => {
    const opened = startApp({ body: TEXT });
    opened.app.finish();
    opened.world.branches.set('espalier/issue-7/a.1', opened.world.push('x', 'of a person'));
    expect(ask(opened, '/espalier cleanup')).toContain('are deleted');
    expect(opened.world.tip('espalier/issue-7/a.1')).toBe(fakeCommit('of a person'));
    expect(opened.world.tip('espalier/issue-7/b.1')).toBeNull();
    expect(opened.world.tip('main')).not.toBeNull();
  });
});

describe('obeying', () => {
  it('never changes the state that it is given, whatever is asked', () => {
    const { world, shared, app } = startApp({ body: TEXT });
    app.finish(() => ({ leaves: 'failure' }));
    const state = shared.state;
    const before = structuredClone(state);
    for (const text of ['run', 'pause', 'freeze x', 'thaw', 'cancel', 'retry a', 'review a', 'merge a', 'approve'])
      for (const reading of readCommands(`/espalier ${text}`, 'plan')) {
        expect(reading.ok).toBe(true);
        const command = reading.ok ? reading.command : { kind: 'help' as const };
        const spoken = { command, by: 'maintainer', atMs: world.nowMs, pullTask: null };
        const once = obeyCommand(state, spoken, around(world, shared));
        expect(obeyCommand(state, spoken, around(world, shared))).toEqual(once);
      }
    expect(state).toEqual(before);
  });
});
