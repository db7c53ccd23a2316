import { expect, it } from 'vitest';

import { addPerson } from '../support/github/operations/accounts.ts';
import { registerApp } from '../support/github/operations/apps.ts';
import { clickCheckButton } from '../support/github/operations/checks.ts';
import { addComment, editComment } from '../support/github/operations/comments.ts';
import { editIssue } from '../support/github/operations/issues.ts';
import { addLabels, removeLabel } from '../support/github/operations/labels.ts';
import { addRuleset, setRole } from '../support/github/operations/repositories.ts';
import { appActor, personActor } from '../support/github/world.ts';
import {
  answerTo,
  ask,
  attemptsOf,
  CONTENT,
  filesOn,
  finish,
  finishLanded,
  gateOf,
  ledgerOf,
  openSmallApp,
  pullOf,
  pullsOf,
  reactionsOf,
  runsOf,
  SMALL_CONFIG,
  statusOf,
  takeNews,
  tipOf,
  writeTasks,
} from '../support/small-plan.ts';

it('answers what can be asked before a plan runs, and names what it does not know', async () => {
  await using app = await openSmallApp();
  const issue = await app.openIssue('Two tasks', writeTasks({ a: [], b: ['needs: [a]'] }));
  const help = await ask(app, issue, '/espalier help');
  expect(help).toContain('What Espalier can be told');
  expect(help).toContain('`/espalier retry <task>`');
  const check = await ask(app, issue, '/espalier check');
  expect(check).toMatch(/2 tasks/);
  expect(check).not.toMatch(/error/i);
  expect(await ask(app, issue, '/espalier status')).toContain('not started yet');
  expect(await ask(app, issue, '/espalier retry a')).toContain('`/espalier run`');
  expect(await ask(app, issue, '/espalier retyr a')).toContain('Did you mean `/espalier retry a`?');
  expect(await ask(app, issue, '/espalier attempts a 3')).toMatch(/'attempts', which is not available yet/);
  expect(await ask(app, issue, '/espalier pick a 1')).toMatch(/'pick', which is not available yet/);
  expect(await ask(app, issue, '/espalier run c')).toMatch(/no task 'c'/);
  expect((await ledgerOf(app, issue).catch(() => null))?.ledger ?? null).toBeNull();
  expect(runsOf(app)).toEqual([]);
  await finish(app, issue);
});

it('shows the lines of a plan that cannot be read, and accepts it when it is mended', async () => {
  await using app = await openSmallApp();
  const issue = await app.openIssue('Wrong', writeTasks({ a: ['colour: red'], b: ['needs: [aa]'] }));
  for (const command of ['/espalier check', '/espalier run']) {
    const answer = await ask(app, issue, command);
    expect(answer).toMatch(/line 6\b/i);
    expect(answer).toMatch(/line 9\b/i);
    expect(answer).toContain('colour');
  }
  expect(runsOf(app)).toEqual([]);
  await editIssue(app.world, app.maintainer, issue, { body: writeTasks({ a: [], b: ['needs: [a]'] }) });
  await app.clock.advance(2000);
  expect(await ask(app, issue, '/espalier run')).toContain('**Started:** 2 tasks');
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt']);
});

it('finds rules that cannot work before anything is dispatched', async () => {
  await using app = await openSmallApp();
  await addRuleset(app.world, app.repository, {
    name: 'main',
    include: ['~DEFAULT_BRANCH'],
    rules: [
      {
        type: 'required_status_checks',
        parameters: { required_status_checks: [{ context: 'ci' }], strict_required_status_checks_policy: true },
      },
      {
        type: 'pull_request',
        parameters: {
          dismiss_stale_reviews_on_push: true,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_approving_review_count: 1,
          required_review_thread_resolution: false,
        },
      },
    ],
  });
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  const check = await ask(app, issue, '/espalier check');
  expect(check).toMatch(/up to date/);
  expect(check).toMatch(/dismiss/i);
  expect(await ask(app, issue, '/espalier run')).toMatch(/\*\*Not done:\*\*.*dismisses its approvals/s);
  expect(runsOf(app)).toEqual([]);
  await finish(app, issue);
});

it('runs the tasks that are named, then all, and explains each on the issue and on its pull request', async () => {
  await using app = await openSmallApp();
  const issue = await app.openIssue('Three tasks', writeTasks({ a: [], b: [], c: [] }));
  const several = await app.say(issue, 'Let us begin.\n\n/espalier run b\n/espalier freeze until I have looked\n');
  await app.until(() => answerTo(app, issue, several) !== null, 'The answer to both commands');
  const answer = answerTo(app, issue, several) ?? '';
  expect(answer).toContain('**Started:** only `b`');
  expect(answer).toContain('until it is thawed');
  expect(reactionsOf(app, several)).toEqual(['eyes']);
  await app.until(() => pullsOf(app, issue, 'b').length === 1, 'The pull request of b');
  const pull = pullOf(app, issue, 'b');
  const why = await ask(app, pull, '/espalier why');
  expect(why).toMatch(/until I have looked/);
  expect(await ask(app, issue, '/espalier why a')).toMatch(/Nobody has asked for this task yet/);
  const status = await ask(app, issue, '/espalier status');
  expect(status).toMatch(/b/);
  expect(await attemptsOf(app, issue)).toEqual({ a: '', b: 'verified', c: '' });
  expect(await ask(app, issue, '/parallel-execute a 1')).toContain('**Goes on:** only `a`');
  await app.until(() => pullsOf(app, issue, 'a').length === 1, 'The pull request of a');
  expect(await attemptsOf(app, issue)).toEqual({ a: 'verified', b: 'verified', c: '' });
  expect(await ask(app, pull, '/espalier run')).toContain("plan's issue");
  expect(await ask(app, issue, '/espalier run')).toContain('**Goes on:** 3 tasks');
  expect(statusOf(app, issue)).toContain('is frozen');
  expect(await ask(app, pull, '/espalier thaw')).toContain('open for landings again');
  expect(await finishLanded(app, issue)).toContain('3 of 3');
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt', 'c.txt']);
  expect(statusOf(app, issue)).toContain('3 of 3');
});

it('cancels the run of a task, then of a whole plan, and starts both again', async () => {
  const hanging = new Set(['a', 'b']);
  await using app = await openSmallApp({
    script: (facts) => (hanging.has(facts.leg.task) ? { fate: 'hangs' } : CONTENT(facts)),
  });
  const issue = await app.openIssue('Two tasks', writeTasks({ a: [], b: [] }));
  await ask(app, issue, '/espalier run a');
  await app.until(() => runsOf(app)[0]?.status === 'in_progress', 'The run of a');
  expect(await ask(app, issue, '/espalier cancel a')).toContain("'a' is cancelled");
  await app.until(() => runsOf(app)[0]?.conclusion === 'cancelled', 'The end of the run of a');
  await app.settle();
  expect(statusOf(app, issue)).toContain('Comment `/espalier retry a`');
  hanging.delete('a');
  expect(await ask(app, issue, '/espalier retry a')).toContain("'a' begins afresh");
  await app.until(async () => (await attemptsOf(app, issue))['a'] === 'cancelled landed', 'The landing of a');
  await ask(app, issue, '/espalier run');
  await app.until(() => runsOf(app).at(-1)?.status === 'in_progress', 'The run of b');
  expect(await ask(app, issue, '/espalier cancel')).toContain('Every task that has not landed is cancelled');
  await app.until(() => runsOf(app).at(-1)?.conclusion === 'cancelled', 'The end of the run of b');
  hanging.delete('b');
  expect(await ask(app, issue, '/espalier retry b')).toContain("'b' begins afresh");
  await finishLanded(app, issue);
  expect(await attemptsOf(app, issue)).toEqual({ a: 'cancelled landed', b: 'cancelled landed' });
});

it('starts and lands nothing while it is paused, and lands nothing while it is frozen', async () => {
  await using app = await openSmallApp();
  const issue = await app.openIssue('Two tasks', writeTasks({ a: [], b: ['needs: [a]'] }));
  await ask(app, issue, '/espalier run');
  expect(await ask(app, issue, '/espalier pause')).toContain('Nothing more is started or landed');
  await app.settle();
  const paused = await attemptsOf(app, issue);
  expect(paused).toEqual({ a: 'verified', b: '' });
  expect(statusOf(app, issue)).toContain('**Paused** by maintainer');
  expect(await ask(app, issue, '/espalier run')).toContain('`/espalier resume`');
  expect(await ask(app, issue, '/espalier pause')).toMatch(/\*\*Not done:\*\*/);
  const before = tipOf(app, 'main');
  expect(await ask(app, issue, '/espalier freeze <b>the release</b> is @maintainer cut')).toContain('Done');
  expect(await ask(app, issue, '/espalier freeze')).toMatch(/frozen already/);
  expect(await ask(app, issue, '/espalier resume')).toContain('The plan goes on');
  await app.settle();
  expect(tipOf(app, 'main')).toBe(before);
  expect(statusOf(app, issue)).not.toContain('<b>');
  expect(statusOf(app, issue)).not.toMatch(/(?<!`)@maintainer/);
  expect(await ask(app, issue, '/espalier thaw')).toContain('Done');
  expect(await ask(app, issue, '/espalier thaw')).toMatch(/\*\*Not done:\*\*/);
  const both = await ask(app, issue, '/espalier freeze\n/espalier thaw');
  expect(both).toMatch(/A later line of the same comment says otherwise.*is not frozen/s);
  await finishLanded(app, issue);
});

it('holds what an edit changes until it is approved, and takes no command that was given for another text', async () => {
  await using app = await openSmallApp();
  const issue = await app.openIssue('Three tasks', writeTasks({ a: [], b: ['needs: [a]'], c: ['needs: [a]'] }));
  await ask(app, issue, '/espalier run');
  await app.until(async () => (await attemptsOf(app, issue))['a'] === 'running', 'The start of a');
  const edited = writeTasks({ a: [], b: ['needs: [a]', 'spec: Do it another way'], c: ['needs: [a]'] });
  await editIssue(app.world, app.stranger, issue, { body: edited });
  await app.until(async () => (await attemptsOf(app, issue))['c'] === 'landed', 'The landing of c');
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'landed', b: '', c: 'landed' });
  const [changed, ...others] = takeNews(app, issue);
  expect(others).toEqual([]);
  expect(changed).toContain('The text of the plan was edited');
  expect(changed).toContain('Do it another way');
  expect(changed).toContain('these tasks are not started: `b`');
  expect(await ask(app, issue, '/espalier run')).toContain('`/espalier approve`');
  // The command is read only after the text was edited again.
  const late = await app.say(issue, '/espalier approve');
  await editIssue(app.world, app.stranger, issue, { body: edited.replace('another way', 'a third way') });
  await app.until(() => answerTo(app, issue, late) !== null, 'The answer to an approval of another text');
  expect(answerTo(app, issue, late)).toContain('said of another text');
  await app.settle();
  expect((await attemptsOf(app, issue))['b']).toBe('');
  expect(takeNews(app, issue)).toEqual([expect.stringContaining('a third way')]);
  expect(await ask(app, issue, '/espalier approve')).toContain('the edited text is the plan now');
  await finishLanded(app, issue);
  const { ledger } = await ledgerOf(app, issue);
  expect(ledger.plan.tasks.find(({ id }) => id === 'b')?.spec).toContain('a third way');
});

it('verifies again when a person clicks the button of the check or asks for a review', async () => {
  await using app = await openSmallApp();
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  await ask(app, issue, '/espalier run\n/espalier freeze');
  await app.until(() => pullsOf(app, issue, 'a').length === 1, 'The pull request');
  const pull = pullOf(app, issue, 'a');
  await app.until(() => gateOf(app, pull)?.status === 'completed' || gateOf(app, pull) !== undefined, 'The gate');
  await app.settle();
  const reviews = () => app.standIn.done.filter((leg) => leg.isReviewed).length;
  const gate = gateOf(app, pull);
  expect(gate?.actions.map(({ identifier }) => identifier)).toContain('review');
  expect(reviews()).toBe(1);
  await clickCheckButton(app.world, app.maintainer, gate!, 'review');
  await app.until(() => reviews() === 2, 'A second review');
  expect(app.standIn.done.at(-1)?.leg.mode).toBe('verify');
  await app.settle();
  expect(await ask(app, pull, '/review')).toContain("'a' is verified again");
  await app.until(() => reviews() === 3, 'A third review');
  await app.settle();
  await clickCheckButton(app.world, app.stranger, gateOf(app, pull)!, 'review');
  await app.settle();
  expect(reviews()).toBe(3);
  expect(takeNews(app, pull)).toEqual([expect.stringContaining("Your permission is 'read'")]);
  await ask(app, issue, '/espalier thaw');
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt']);
  const { ledger } = await ledgerOf(app, issue);
  expect(ledger.certificates).toHaveLength(1);
});

it('deletes the branches of what has landed when it is told to clean up, and no others', async () => {
  await using app = await openSmallApp({
    script: (facts) => (facts.leg.task === 'b' ? { files: { 'b.txt': 'b' }, tests: 'failed' } : CONTENT(facts)),
  });
  const issue = await app.openIssue('Two tasks', writeTasks({ a: [], b: [] }));
  await ask(app, issue, '/espalier run');
  await app.until(async () => (await attemptsOf(app, issue))['a'] === 'landed', 'The landing of a');
  await app.settle();
  const branches = () => [...app.repository.refs.keys()].filter((name) => name.startsWith('refs/heads/espalier/'));
  const failed = branches().filter((name) => name.includes('/b'));
  expect(branches()).toContain(`refs/heads/espalier/issue-${issue.number}/a.1`);
  expect(await ask(app, issue, '/espalier cleanup')).toContain('Done');
  await app.settle();
  expect(branches()).toEqual(failed);
  expect(await ask(app, issue, '/espalier merge b')).toMatch(/`b`/);
  await finish(app, issue);
});

it('obeys no stranger, no bot, no edited comment and not itself', async () => {
  await using app = await openSmallApp();
  const { world, repository } = app;
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  const first = await app.say(issue, '/espalier run', app.stranger);
  const second = await app.say(issue, '/espalier run a', app.stranger);
  await app.settle();
  expect(reactionsOf(app, first)).toEqual(['confused']);
  expect(reactionsOf(app, second)).toEqual(['confused']);
  expect(takeNews(app, issue)).toEqual([expect.stringMatching(/\*\*Not done\*\*, stranger: .*'read'.*need 'write'/s)]);
  const other = await registerApp(world, {
    slug: 'look-alike',
    ownerLogin: 'stranger',
    permissions: { issues: 'write' },
    events: [],
    keys: { privateKeyPem: app.app.privateKeyPem, publicKeyPem: app.app.publicKeyPem },
  });
  await addComment(world, appActor(world, other.id), issue, '/espalier run');
  await addComment(world, appActor(world, app.app.id), issue, '/espalier run');
  const edited = await app.say(issue, 'Hello.');
  await app.settle();
  await editComment(world, app.maintainer, edited, '/espalier run');
  await app.settle();
  expect(takeNews(app, issue)).toEqual(['/espalier run']);
  expect(runsOf(app)).toEqual([]);
  await addPerson(world, 'helper');
  await setRole(world, repository, 'helper', 'write');
  expect(await ask(app, issue, '/espalier run', personActor(world, 'helper'))).toContain('**Started:**');
  expect((await ledgerOf(app, issue)).record.accepted?.by).toBe('helper');
  await finishLanded(app, issue);
});

it('takes labels of people with authority for commands, and of nobody else', async () => {
  await using app = await openSmallApp();
  const { world, repository, maintainer } = app;
  await addPerson(world, 'sorter');
  await setRole(world, repository, 'sorter', 'triage');
  const sorter = personActor(world, 'sorter');
  const issue = await app.openIssue('Two tasks', writeTasks({ a: [], b: ['needs: [a]'] }));
  await addLabels(world, sorter, issue, ['espalier:run']);
  await app.settle();
  expect(runsOf(app)).toEqual([]);
  expect(takeNews(app, issue)).toEqual([expect.stringMatching(/\*\*Not done\*\*, sorter: .*'triage'/s)]);
  await removeLabel(world, maintainer, issue, 'espalier:run');
  await addLabels(world, maintainer, issue, ['espalier']);
  await app.until(() => takeNews(app, issue).some((text) => text.includes('2 tasks')), 'The answer to the label');
  await addLabels(world, maintainer, issue, ['espalier:run']);
  await app.until(async () => (await attemptsOf(app, issue))['a'] === 'running', 'The start of a');
  await addLabels(world, maintainer, issue, ['espalier:pause']);
  await app.settle();
  expect(takeNews(app, issue)).toEqual([expect.stringContaining('**Started:** 2 tasks')]);
  expect(await attemptsOf(app, issue)).toEqual({ a: 'verified', b: '' });
  await removeLabel(world, sorter, issue, 'espalier:pause');
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'verified', b: '' });
  await addLabels(world, maintainer, issue, ['espalier:pause']);
  await app.settle();
  await removeLabel(world, maintainer, issue, 'espalier:pause');
  await finishLanded(app, issue);
  await app.settle();
  expect(issue.labels).toContain('espalier:landed');
  expect(statusOf(app, issue)).toContain('2 of 2');
});

it('obeys a bot that the configuration names by its id', async () => {
  await using app = await openSmallApp({ config: `${SMALL_CONFIG}github:\n  bots: [990001]\n` });
  const { world } = app;
  const keys = { privateKeyPem: app.app.privateKeyPem, publicKeyPem: app.app.publicKeyPem };
  const scheduler = { slug: 'scheduler', ownerLogin: 'maintainer', permissions: {}, events: [], keys };
  const { id: appId } = await registerApp(world, scheduler);
  const bot = appActor(world, appId);
  bot.account.id = 990_001;
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  expect(await ask(app, issue, '/espalier run', bot)).toContain('**Started:**');
  await finishLanded(app, issue);
});
