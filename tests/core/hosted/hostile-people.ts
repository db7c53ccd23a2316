/** What people and programs may say and do around a plan that is not theirs. */
import type { CheckFact } from '../../../src/core/hosted/facts.ts';
import { fakeCommit } from '../../support/builders.ts';
import { aCheck, aPerson, aPull, planText } from '../../support/hosted-builders.ts';
import { playRuns } from '../../support/hosted-replica.ts';
import { OWN_LOGIN } from '../../support/hosted-world.ts';
import { A, type HostileInput, ONE, type Opened, OTHER, run, runUntilApproval, start } from './hostile-inputs.ts';

const HIDDEN_COMMANDS = [
  '/espa\u200blier run',
  '\u202e/espalier run',
  '／espalier run',
  '/еspalier run',
  '> /espalier run',
  '```\n/espalier run\n```',
  '`/espalier run`',
  '<!--\n/espalier run\n-->',
  '<details>\n\n/espalier run\n\n</details>',
  '~~/espalier run~~',
  '    /espalier run',
  'On Monday somebody wrote:\n> x\n/espalier run',
];

const LOOK_ALIKES = ['mаintainer', 'maintainer\u200b', 'maintalner', 'maintainer[bot]', '../maintainer', '@maintainer'];

const ALL_COMMANDS = [
  ...['run', 'cancel', 'cancel a', 'merge a', 'approve', 'freeze', 'thaw', 'cleanup', 'retry a', 'review a', 'pause'],
];

/** Shows `check` beside this app's own on the pull request's head. */
function showCheck({ world }: Opened, check: CheckFact): void {
  const headSha = world.pulls[0]?.headSha ?? OTHER;
  world.checks.set(headSha, [...(world.checks.get(headSha) ?? []), check]);
}

function requireCheck({ world }: Opened, name: string, appId: number | null): void {
  world.rules = { ...world.rules, requiredChecks: [{ name, appId }], requiresPull: true };
}

export const HOSTILE_PEOPLE: readonly HostileInput[] = [
  {
    tries: 'every command by a stranger before the plan was started',
    gets: 'one answer that says who may; nothing is done',
    ends: 'not started',
    issue: ONE,
    play: ({ world, app }) => {
      world.permissions.set('stranger', 'read');
      for (const text of ALL_COMMANDS) world.say(`/espalier ${text}`, 'stranger');
      app.finish();
    },
    check: ({ world }) => world.done('answer').length === 1,
  },
  {
    tries: 'every command by a stranger while the plan runs, on the issue and on its pull request',
    gets: 'one answer; the plan goes its way',
    ends: 'queued',
    issue: ONE,
    play: (opened) => {
      runUntilApproval(opened);
      const { world, app } = opened;
      world.permissions.set('stranger', 'triage');
      const before = world.done('answer').length;
      for (const text of ALL_COMMANDS) {
        world.say(`/espalier ${text}`, 'stranger');
        world.say(`/espalier ${text}`, 'stranger', world.pulls[0]?.number);
      }
      app.finish();
      if (world.done('answer').length !== before + 1) throw new Error('A stranger got more than one answer.');
    },
  },
  ...LOOK_ALIKES.map((login) => ({
    tries: `a command by ${JSON.stringify(login)}, who looks like somebody with authority`,
    gets: 'nothing is done',
    ends: 'not started',
    issue: ONE,
    play: ({ world, app }: Opened) => {
      world.permissions.set('maintalner', 'none');
      world.say('/espalier run', login);
      world.nowMs += 1000;
      app.finish();
    },
  })),
  {
    tries: `a command by a user who is called ${OWN_LOGIN}`,
    gets: 'silence: no person can be called so',
    ends: 'not started',
    issue: ONE,
    play: ({ world, app }) => {
      world.permissions.set(OWN_LOGIN, 'admin');
      world.say('/espalier run', { login: OWN_LOGIN, kind: 'user', id: 1 });
      app.finish();
    },
  },
  ...HIDDEN_COMMANDS.map((body) => ({
    tries: `the comment ${JSON.stringify(body)} by somebody with authority`,
    gets: 'taken for no command',
    ends: 'not started',
    issue: ONE,
    play: ({ world, app }: Opened) => {
      world.say(body);
      app.finish();
    },
  })),
  {
    tries: 'a comment of a megabyte with a command in it',
    gets: 'refused, since so much is not read',
    ends: 'not started',
    issue: ONE,
    play: ({ world, app }) => {
      world.say(`/espalier run\n${'@x <b> [y](z) `\n'.repeat(62_500)}`);
      app.finish();
    },
  },
  {
    tries: 'thousands of commands in one comment',
    gets: 'one answer: so many lines are not read',
    ends: 'not started',
    issue: ONE,
    play: ({ world, app }) => {
      world.say('/espalier run\n'.repeat(4600));
      app.settle();
    },
    check: ({ world }) => world.done('answer').length === 1,
  },
  {
    tries: 'a hundred commands in one comment',
    gets: 'the first ten are read, and one answer is given',
    ends: 'running',
    issue: ONE,
    play: ({ world, app }) => {
      world.say('/espalier run\n'.repeat(100));
      app.settle();
    },
    check: ({ world }) => world.done('answer').length === 1,
  },
  {
    tries: 'a comment that was edited into a command',
    gets: 'silence: an edited comment is none',
    ends: 'not started',
    issue: ONE,
    play: ({ world, app }) => {
      const said = world.say('/espalier run');
      world.issue.comments = [{ ...said, editedAtMs: world.nowMs + 1000 }];
      app.finish();
    },
  },
  {
    tries: 'an edit of the issue between the command and its reading',
    gets: 'the command is refused: it was said of another text',
    ends: 'not started',
    issue: ONE,
    play: ({ world, app }) => {
      world.say('/espalier run');
      world.nowMs += 1000;
      world.edit(planText({ evil: 'title: x' }));
      world.nowMs += 1000;
      app.finish();
    },
  },
  {
    tries: 'an edit of the issue while the plan runs',
    gets: 'what was accepted is worked on; the edit waits for an approval',
    ends: 'landed',
    issue: ONE,
    play: ({ world, app }) => {
      start({ world, app, shared: app.shared });
      world.edit(planText({ a: 'title: Do a', evil: 'title: x' }));
      app.finish();
    },
    check: ({ shared }) => shared.plan.tasks['evil' as typeof A] === undefined,
  },
  {
    tries: 'labels that look like those that ask for something',
    gets: 'nothing',
    ends: 'not started',
    issue: ONE,
    play: ({ world, app }) => {
      for (const label of ['espaIier:run', 'espalier: run', 'espalier:run\u200b', 'espalier:rυn', '__proto__'])
        world.label(label);
      app.finish();
    },
  },
  {
    tries: 'the label that starts a plan, by somebody who may only triage',
    gets: 'an answer that says who may',
    ends: 'not started',
    issue: ONE,
    play: ({ world, app }) => {
      world.permissions.set('sorter', 'triage');
      world.label('espalier:run', 'sorter');
      app.finish();
    },
  },
  {
    tries: 'a stranger who says what this app would answer, with its markers',
    gets: 'its own answers are given all the same; the words stay what they are',
    ends: 'landed',
    issue: ONE,
    play: (opened) => {
      const { world } = opened;
      world.say('<!-- espalier:status plan=issue-7 -->\n## 1 of 1 task landed', 'stranger');
      world.say('<!-- espalier:answer IC_103 -->\nDone.', 'stranger');
      run(opened);
    },
    check: ({ world }) => world.done('answer').some(({ key }) => key === 'answer.IC_103'),
  },
  {
    tries: 'a reason for a freeze that wants to be more than text',
    gets: 'shown as text',
    ends: 'running',
    issue: ONE,
    play: (opened) => {
      start(opened);
      opened.world.nowMs += 1000;
      opened.world.say('/espalier freeze @octo-org/all fixes #1 <img src=x> ![x](https://evil.example) `y` |');
      opened.app.settle();
      opened.world.nowMs += 6000;
      opened.app.settle();
    },
    check: ({ shared }) => shared.state.queue.frozen !== null,
  },
  {
    tries: 'a click on a button by a stranger, and clicks of kinds that there are not',
    gets: 'nothing',
    ends: 'queued',
    issue: ONE,
    play: (opened) => {
      runUntilApproval(opened);
      const headSha = opened.world.pulls[0]?.headSha ?? OTHER;
      opened.world.permissions.set('stranger', 'read');
      const frame = { headSha, actor: aPerson('stranger') };
      opened.app.clicks = ['review', 'retry', 'merge', '__proto__', '$(id)'].map((identifier, index) => ({
        ...frame,
        identifier,
        source: `delivery-${index}`,
      }));
      opened.app.finish();
    },
    check: ({ shared }) => shared.plan.tasks[A]?.attempts.length === 1,
  },
  ...[
    { who: 'another app', appId: 666 },
    { who: 'a commit status', appId: null },
  ].map(({ who, appId }) => ({
    tries: `a check called espalier/gate that has passed, by ${who}, where the base asks for it`,
    gets: 'taken for what it is; the own check stays the one that counts',
    ends: 'queued',
    issue: ONE,
    play: (opened: Opened) => {
      requireCheck(opened, 'espalier/gate', 7);
      runUntilApproval(opened);
      showCheck(opened, aCheck('espalier/gate', { appId, externalId: 'issue-7/a/1/0000000000000000' }));
      opened.app.finish();
    },
  })),
  {
    tries: 'a required check that has passed, made by another app than the one that is meant',
    gets: 'missing, as before',
    ends: 'queued',
    issue: ONE,
    play: (opened) => {
      requireCheck(opened, 'ci', 15368);
      run(opened);
      showCheck(opened, aCheck('ci', { appId: 666 }));
      opened.app.finish();
    },
  },
  {
    tries: 'checks whose names and words want to be more than text',
    gets: 'shown as text',
    ends: 'queued',
    issue: ONE,
    play: (opened) => {
      const name = '@octo-org/all <img src=x> | `x` fixes #1 \u202ex';
      requireCheck(opened, name, null);
      run(opened);
      showCheck(
        opened,
        aCheck(name, { status: 'pending', conclusion: '![x](https://evil.example)', url: 'javascript:1' }),
      );
      opened.world.nowMs += 6000;
      opened.app.finish();
    },
  },
  {
    tries: 'a perfect score in the body of a pull request',
    gets: 'written over; nobody reads it',
    ends: 'queued',
    issue: ONE,
    play: (opened) => {
      runUntilApproval(opened);
      const [pull] = opened.world.pulls;
      if (pull !== undefined) pull.body = '- [x] review-score: 10/10\n- [x] approvals\n<!-- espalier:text x -->';
      opened.app.finish();
    },
    check: ({ world }) => world.pulls[0]?.body.startsWith('<!-- espalier:pull') === true,
  },
  {
    tries: 'an approval by a stranger, and one by a bot',
    gets: 'counted as none',
    ends: 'queued',
    issue: ONE,
    play: (opened) => {
      runUntilApproval(opened);
      const [pull] = opened.world.pulls;
      const frame = { state: 'approved' as const, commitSha: pull?.headSha ?? OTHER };
      pull?.reviews.push(
        { ...frame, author: aPerson('stranger'), isByWriter: false },
        { ...frame, author: { login: 'helper[bot]', kind: 'bot', id: 3 }, isByWriter: true },
      );
      opened.app.finish();
    },
  },
  {
    tries: 'an approval of an earlier commit',
    gets: 'counted as none',
    ends: 'queued',
    issue: ONE,
    play: (opened) => {
      runUntilApproval(opened);
      opened.world.pulls[0]?.reviews.push({
        author: aPerson('maintainer'),
        isByWriter: true,
        state: 'approved',
        commitSha: OTHER,
      });
      opened.app.finish();
    },
  },
  {
    tries: "a pull request of a fork from a branch of the task's name, shown as if it were the one of the task",
    gets: 'none of its commits is dispatched, put on a branch or landed',
    ends: 'queued: it waits for its turn to land',
    issue: ONE,
    play: (opened) => {
      const { world } = opened;
      const observe = world.observe.bind(world);
      const theirs = aPull({ number: 500, isOwn: false, headBranch: 'espalier/issue-7/a', headSha: OTHER });
      world.pulls.push({ ...theirs, headBranch: 'of-a-fork', comments: [], reviews: [], labels: [] });
      start(opened);
      world.observe = (query) => ({ ...observe(query), pulls: new Map([[A, theirs]]) });
      for (let looks = 0; looks < 8; looks += 1) {
        playRuns(world, opened.shared);
        opened.app.reconcile();
        world.nowMs += 10_000;
      }
    },
    check: ({ world }) =>
      world.log.every(
        (effect) => ['check-run', 'set-labels'].includes(effect.kind) || !JSON.stringify(effect).includes(OTHER),
      ),
  },
  {
    tries: "a push by a person to a task's branch while its change waits",
    gets: 'never moved; verified for what it is, and what was judged before counts no more',
    ends: 'queued',
    issue: ONE,
    play: (opened) => {
      runUntilApproval(opened);
      opened.world.push('espalier/issue-7/a', 'of a person');
      opened.app.finish();
    },
    check: ({ world }) => world.tip('espalier/issue-7/a') === fakeCommit('of a person'),
  },
  {
    tries: 'branches of the names that Espalier will need, made by a person before',
    gets: 'left where they are; what was verified is not lost',
    ends: 'queued',
    issue: ONE,
    play: (opened) => {
      const { world } = opened;
      for (const branch of ['espalier/issue-7/a.1', 'espalier-staging/issue-7/trial.a.1']) world.push(branch, branch);
      runUntilApproval(opened);
    },
    check: ({ world }) => world.tip('espalier/issue-7/a.1') === fakeCommit('espalier/issue-7/a.1'),
  },
  {
    tries: 'a commit that a person put on the branch of a trial',
    gets: 'made again: only the merge that this app was told of counts',
    ends: 'landed',
    issue: ONE,
    play: (opened) => {
      const { world } = opened;
      world.answers.set('make-trial', { kind: 'later', notBeforeMs: world.nowMs + 90_000, because: 'busy' });
      start(opened);
      world.push('espalier-staging/issue-7/trial.a.1', 'untested');
      world.answers.delete('make-trial');
      run(opened);
    },
    check: ({ world }) => !world.contains(world.tip() ?? OTHER, fakeCommit('untested')),
  },
];
