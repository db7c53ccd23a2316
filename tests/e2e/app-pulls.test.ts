import { expect, it } from 'vitest';

import { addPerson } from '../support/github/operations/accounts.ts';
import { pushCommits } from '../support/github/operations/commits.ts';
import { mergePull } from '../support/github/operations/merging.ts';
import { closePull, openPull, reopenPull, retargetPull, setDraft } from '../support/github/operations/pulls.ts';
import { createRef, deleteRef, updateRefs } from '../support/github/operations/refs.ts';
import { addRuleset, forkRepository, setRole } from '../support/github/operations/repositories.ts';
import { dismissReview, submitReview } from '../support/github/operations/reviews.ts';
import { personActor } from '../support/github/world.ts';
import type { AppWorld } from '../support/github-app.ts';
import type { Issue } from '../support/github/state.ts';
import {
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
  runsOf,
  SMALL_CONFIG,
  statusOf,
  takeNews,
  tipOf,
  writeTasks,
} from '../support/small-plan.ts';

/** A plan of one task whose change is verified and waits, with its pull request, for a freeze to end. */
async function openFrozen(app: AppWorld, lines: readonly string[] = []): Promise<Issue> {
  const issue = await app.openIssue('One task', writeTasks({ a: lines }));
  await ask(app, issue, '/espalier run\n/espalier freeze');
  await app.until(() => pullsOf(app, issue, 'a').length === 1, 'The pull request of a');
  await app.settle();
  return issue;
}

const branchOf = (issue: Issue, task = 'a'): string => `espalier/issue-${issue.number}/${task}`;

it('cancels a task whose pull request a person closes, and opens another one when it is retried', async () => {
  await using app = await openSmallApp();
  const issue = await openFrozen(app);
  await closePull(app.world, app.maintainer, pullOf(app, issue, 'a'));
  await app.settle();
  expect(statusOf(app, issue)).toMatch(/`a` \(#\d+\) was cancelled.*a closed pull request/);
  await ask(app, issue, '/espalier thaw');
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'cancelled' });
  expect(await ask(app, issue, '/espalier retry a')).toContain("'a' begins afresh");
  await finishLanded(app, issue);
  const [closed, landed, ...others] = pullsOf(app, issue, 'a');
  expect(others).toEqual([]);
  expect([closed?.pull.isMerged, landed?.pull.isMerged]).toEqual([false, true]);
  expect(await filesOn(app, 'main')).toEqual(['a.txt']);
});

it('goes on with a pull request that was closed and opened again when its task is retried', async () => {
  await using app = await openSmallApp();
  const issue = await openFrozen(app);
  const pull = pullOf(app, issue, 'a');
  await closePull(app.world, app.maintainer, pull);
  await app.settle();
  await reopenPull(app.world, app.maintainer, pull);
  await app.settle();
  await ask(app, issue, '/espalier thaw');
  expect(await ask(app, pull, '/espalier retry')).toContain("'a' begins afresh");
  await finishLanded(app, issue);
  expect(pullsOf(app, issue, 'a')).toHaveLength(1);
  expect(pull.pull.isMerged).toBe(true);
});

it('cancels a task whose branch a person deletes, and makes both anew when it is retried', async () => {
  await using app = await openSmallApp();
  const issue = await openFrozen(app);
  await deleteRef(app.world, app.maintainer, app.repository, `refs/heads/${branchOf(issue)}`);
  await app.settle();
  expect(statusOf(app, issue)).toMatch(/`a` \(#\d+\) was cancelled/);
  expect(tipOf(app, branchOf(issue))).toBeUndefined();
  await ask(app, issue, '/espalier retry a\n/espalier thaw');
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt']);
});

it('verifies what a person forces onto the branch of a task, and lands that', async () => {
  await using app = await openSmallApp();
  const issue = await openFrozen(app);
  const base = tipOf(app, 'main') ?? '';
  await createRef(app.world, app.maintainer, app.repository, { name: 'refs/heads/mine', oid: base });
  await pushCommits(app.world, app.maintainer, app.repository, {
    branch: 'mine',
    commits: [{ message: 'All by hand', files: { 'by-hand.txt': 'mine\n' } }],
  });
  const mine = tipOf(app, 'mine') ?? '';
  await updateRefs(app.world, app.maintainer, app.repository, [
    { name: `refs/heads/${branchOf(issue)}`, before: tipOf(app, branchOf(issue)) ?? '', after: mine, isForced: true },
  ]);
  await app.until(async () => (await attemptsOf(app, issue))['a'] === 'superseded verified', 'The verification');
  expect(app.standIn.done.at(-1)?.leg).toMatchObject({ mode: 'verify', headSha: mine });
  await app.settle();
  await ask(app, issue, '/espalier thaw');
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['by-hand.txt']);
});

it('waits for another push where what a person pushed does not pass', async () => {
  const bad = new Set(['a']);
  await using app = await openSmallApp({
    config: SMALL_CONFIG.replace('retries: 0', 'retries: 3'),
    script: (facts) => (facts.leg.mode === 'verify' && bad.has(facts.leg.task) ? { tests: 'failed' } : CONTENT(facts)),
  });
  const issue = await openFrozen(app);
  const push = (name: string) =>
    pushCommits(app.world, app.maintainer, app.repository, {
      branch: branchOf(issue),
      commits: [{ message: 'More', files: { [name]: 'mine\n' } }],
    });
  await push('wrong.txt');
  await app.until(async () => (await attemptsOf(app, issue))['a'] === 'superseded failed', 'The failed verification');
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'superseded failed' });
  expect(statusOf(app, issue)).toMatch(/The pushed head \S+ did not pass, and a push of another is waited for/);
  bad.clear();
  await push('right.txt');
  await app.until(async () => (await attemptsOf(app, issue))['a'] === 'superseded failed verified', 'The verification');
  await ask(app, issue, '/espalier thaw');
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'right.txt', 'wrong.txt']);
});

it('takes a push that comes while the merged tree is tested, and stops that test', async () => {
  const held = new Set(['b']);
  await using app = await openSmallApp({
    script: (facts) => (facts.leg.work === 'trial' && held.has(facts.leg.task) ? { fate: 'hangs' } : CONTENT(facts)),
  });
  const issue = await app.openIssue('Two tasks', writeTasks({ a: [], b: [] }));
  await ask(app, issue, '/espalier run');
  const trial = () => app.standIn.done.find(({ leg }) => leg.work === 'trial' && leg.task === 'b');
  await app.until(() => trial() !== undefined, 'The trial of b');
  await pushCommits(app.world, app.maintainer, app.repository, {
    branch: branchOf(issue, 'b'),
    commits: [{ message: 'More', files: { 'by-hand.txt': 'mine\n' } }],
  });
  held.clear();
  await finishLanded(app, issue);
  expect(runsOf(app).find(({ id }) => id === trial()?.runId)?.conclusion).toBe('cancelled');
  expect(await attemptsOf(app, issue)).toEqual({ a: 'landed', b: 'superseded landed' });
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt', 'by-hand.txt']);
});

it('lets a push that comes while the base is moved neither land untested nor get lost', async () => {
  await using app = await openSmallApp();
  const issue = await openFrozen(app);
  const push = () =>
    pushCommits(app.world, app.maintainer, app.repository, {
      branch: branchOf(issue),
      commits: [{ message: 'Too late', files: { 'late.txt': 'mine\n' } }],
    });
  app.github.server.faults.add(
    { kind: 'write', matches: ({ body }) => JSON.stringify(body ?? '').includes('"refs/heads/main"') },
    { kind: 'change', change: push },
  );
  await ask(app, issue, '/espalier thaw');
  await finishLanded(app, issue);
  app.github.server.faults.assertAllUsed();
  expect(await filesOn(app, 'main')).toEqual(['a.txt']);
  expect(await filesOn(app, branchOf(issue))).toEqual(['a.txt', 'late.txt']);
});

it('holds a task whose pull request is pointed at another branch until it is pointed back', async () => {
  await using app = await openSmallApp();
  const issue = await openFrozen(app);
  await createRef(app.world, app.maintainer, app.repository, {
    name: 'refs/heads/develop',
    oid: tipOf(app, 'main') ?? '',
  });
  const pull = pullOf(app, issue, 'a');
  await retargetPull(app.world, app.maintainer, pull, 'develop');
  await ask(app, issue, '/espalier thaw');
  await app.settle();
  const looks = app.reconciles();
  await app.settle();
  expect(app.reconciles() - looks).toBeLessThan(4);
  expect(await attemptsOf(app, issue)).toEqual({ a: 'verified' });
  expect(statusOf(app, issue)).toMatch(/Its pull request is pointed at 'develop', not at 'main'\. Put that back/);
  expect(await ask(app, pull, '/espalier why')).toContain("pointed at 'develop'");
  await retargetPull(app.world, app.maintainer, pull, 'main');
  await finishLanded(app, issue);
  expect(pull.pull.isMerged).toBe(true);
});

it('lands no draft', async () => {
  await using app = await openSmallApp();
  const issue = await openFrozen(app);
  const pull = pullOf(app, issue, 'a');
  await setDraft(app.world, app.maintainer, pull, true);
  await ask(app, issue, '/espalier thaw');
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'verified' });
  expect(statusOf(app, issue)).toMatch(/`a` \(#\d+\) waits\. Its pull request is a draft\./);
  await setDraft(app.world, app.maintainer, pull, false);
  await finishLanded(app, issue);
});

it('takes a merge by a person for the landing, and says that it was by hand', async () => {
  await using app = await openSmallApp();
  const issue = await openFrozen(app);
  await mergePull(app.world, app.maintainer, pullOf(app, issue, 'a'), { method: 'merge' });
  const report = await finishLanded(app, issue);
  const { ledger } = await ledgerOf(app, issue);
  expect(ledger.certificates).toMatchObject([{ task: 'a', strength: 'by-hand' }]);
  expect(report).toContain('by hand');
  expect(tipOf(app, branchOf(issue))).toBeUndefined();
});

it('waits for the approvals that a plan asks for, and counts people who may write alone', async () => {
  await using app = await openSmallApp();
  const { world, repository } = app;
  const issue = await app.openIssue('One task', writeTasks({ a: ['approvals: 1'] }));
  await ask(app, issue, '/espalier run');
  await app.until(() => pullsOf(app, issue, 'a').length === 1, 'The pull request');
  await app.settle();
  const pull = pullOf(app, issue, 'a');
  expect(statusOf(app, issue)).toContain(`Review pull request #${pull.number}`);
  await submitReview(world, app.stranger, pull, { state: 'APPROVED' });
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'verified' });
  await addPerson(world, 'helper');
  await setRole(world, repository, 'helper', 'write');
  const review = await submitReview(world, personActor(world, 'helper'), pull, { state: 'CHANGES_REQUESTED' });
  await submitReview(world, app.maintainer, pull, { state: 'APPROVED' });
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'verified' });
  expect(await ask(app, pull, '/espalier why')).toContain('helper requested changes');
  await dismissReview(world, app.maintainer, pull, review);
  await finishLanded(app, issue);
  expect(pull.pull.isMerged).toBe(true);
});

it('waits for the approval that a rule of the base asks for', async () => {
  await using app = await openSmallApp();
  const { world } = app;
  await addRuleset(world, app.repository, {
    name: 'main',
    include: ['~DEFAULT_BRANCH'],
    rules: [
      {
        type: 'pull_request',
        parameters: {
          dismiss_stale_reviews_on_push: false,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_approving_review_count: 1,
          required_review_thread_resolution: false,
        },
      },
    ],
  });
  const issue = await app.openIssue('Two tasks', writeTasks({ a: [], b: [] }));
  await ask(app, issue, '/espalier run');
  await app.until(() => pullsOf(app, issue, 'a').length + pullsOf(app, issue, 'b').length === 2, 'Both pull requests');
  await app.settle();
  await submitReview(world, app.maintainer, pullOf(app, issue, 'a'), { state: 'APPROVED' });
  await app.until(async () => (await attemptsOf(app, issue))['a'] === 'landed', 'The landing of a');
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'landed', b: 'verified' });
  await submitReview(world, app.maintainer, pullOf(app, issue, 'b'), { state: 'APPROVED' });
  await finishLanded(app, issue);
  const { ledger } = await ledgerOf(app, issue);
  expect(ledger.certificates.map(({ strength }) => strength)).toEqual(['audited', 'audited']);
});

it('tries again on the new tip when the base moves between the test and the landing', async () => {
  await using app = await openSmallApp();
  const issue = await openFrozen(app);
  const push = () =>
    pushCommits(app.world, app.maintainer, app.repository, {
      branch: 'main',
      commits: [{ message: 'Meanwhile', files: { 'meanwhile.txt': 'mine\n' } }],
    });
  app.github.server.faults.add(
    { kind: 'write', matches: ({ body }) => JSON.stringify(body ?? '').includes('"refs/heads/main"') },
    { kind: 'change', change: push },
  );
  await ask(app, issue, '/espalier thaw');
  await finishLanded(app, issue);
  app.github.server.faults.assertAllUsed();
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'meanwhile.txt']);
  const { ledger } = await ledgerOf(app, issue);
  const [certificate] = ledger.certificates;
  expect(certificate?.testedTree).toBe(certificate?.landedTree);
});

it('takes no pull request of a fork for its own, whatever its branch is called', async () => {
  await using app = await openSmallApp();
  const { world, repository, stranger } = app;
  const fork = await forkRepository(world, stranger, repository, 'stranger');
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  await createRef(world, stranger, fork, {
    name: `refs/heads/${branchOf(issue)}`,
    oid: fork.refs.get('refs/heads/main') ?? '',
  });
  await pushCommits(world, stranger, fork, {
    branch: branchOf(issue),
    commits: [{ message: 'Evil', files: { 'evil.txt': 'evil\n' } }],
  });
  const foreign = await openPull(world, stranger, repository, {
    title: 'Task a',
    head: `stranger:${branchOf(issue)}`,
    base: 'main',
  });
  await ask(app, issue, '/espalier run');
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt']);
  expect(foreign.state).toBe('open');
  expect(gateOf(app, foreign)).toBeUndefined();
});

it('leaves a branch alone that the plan names and that is a person’s', async () => {
  await using app = await openSmallApp();
  const { world, repository, maintainer } = app;
  await createRef(world, maintainer, repository, { name: 'refs/heads/feature/a', oid: tipOf(app, 'main') ?? '' });
  await pushCommits(world, maintainer, repository, {
    branch: 'feature/a',
    commits: [{ message: 'My own', files: { 'own.txt': 'mine\n' } }],
  });
  const own = tipOf(app, 'feature/a');
  const issue = await app.openIssue('One task', writeTasks({ a: ['branch: feature/a'] }));
  await ask(app, issue, '/espalier run');
  await app.settle();
  expect(tipOf(app, 'feature/a')).toBe(own);
  expect(await filesOn(app, 'main')).toEqual([]);
  expect(takeNews(app, issue)).toEqual([
    expect.stringMatching(/'feature\/a'.*for task 'a', holds work of somebody else/s),
  ]);
  await finish(app, issue);
  await deleteRef(world, maintainer, repository, 'refs/heads/feature/a');
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt']);
});
