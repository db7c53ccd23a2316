import { expect, it } from 'vitest';

import { ACTIONS_APP_ID } from '../support/github/create-world.ts';
import { createCheckRun, latestCheckRuns } from '../support/github/operations/checks.ts';
import { pushCommits } from '../support/github/operations/commits.ts';
import { addRuleset, changeSettings, removeRuleset } from '../support/github/operations/repositories.ts';
import { submitReview } from '../support/github/operations/reviews.ts';
import type { BranchRule, Issue } from '../support/github/state.ts';
import { appActor, isPull } from '../support/github/world.ts';
import type { AppWorld } from '../support/github-app.ts';
import {
  ask,
  attemptsOf,
  CONTENT,
  filesOn,
  finishLanded,
  gateOf,
  ledgerOf,
  openSmallApp,
  pullOf,
  pullsOf,
  SMALL_CONFIG,
  statusOf,
  takeNews,
  tipOf,
  writeTasks,
} from '../support/small-plan.ts';

const TWO_TASKS = writeTasks({ a: [], b: [] });

/** Checks that the base asks for: the App's own gate, and what the repository's own workflow says. */
function requireChecks(app: AppWorld, isStrict: boolean): BranchRule {
  return {
    type: 'required_status_checks',
    parameters: {
      required_status_checks: [
        { context: 'espalier/gate', integration_id: app.app.id },
        { context: 'ci', integration_id: ACTIONS_APP_ID },
      ],
      strict_required_status_checks_policy: isStrict,
    },
  };
}

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

const protect = (app: AppWorld, ...rules: BranchRule[]) =>
  addRuleset(app.world, app.repository, { name: 'main', include: ['~DEFAULT_BRANCH'], rules });

/** The repository's own workflow: it looks once at every head of an open pull request. */
async function runCi(
  app: AppWorld,
  conclude: (headSha: string) => 'success' | 'failure' = () => 'success',
): Promise<void> {
  const { world, repository } = app;
  for (const { state, pull } of [...repository.issues.values()].filter(isPull)) {
    if (state !== 'open' || latestCheckRuns(repository, pull.headSha).some(({ name }) => name === 'ci')) continue;
    await createCheckRun(world, appActor(world, ACTIONS_APP_ID), repository, {
      name: 'ci',
      headSha: pull.headSha,
      status: 'completed',
      conclusion: conclude(pull.headSha),
    });
  }
}

async function untilClosed(
  app: AppWorld,
  issues: readonly Issue[],
  conclude?: (headSha: string) => 'success' | 'failure',
): Promise<void> {
  await app.until(async () => {
    await runCi(app, conclude);
    return issues.every(({ state }) => state === 'closed');
  }, 'The end of the plans');
}

/** What the base went through since a plan began, oldest first: every commit is a landing, and as it was tested. */
async function expectTestedTrees(app: AppWorld, issue: Issue): Promise<void> {
  const { ledger } = await ledgerOf(app, issue);
  for (const { landedSha, testedTree, landedTree } of ledger.certificates) {
    const commit = await app.world.git.readCommit(app.repository.gitDir, landedSha);
    expect([testedTree, landedTree]).toEqual([commit?.tree, commit?.tree]);
  }
}

const strengthsOf = async (app: AppWorld, issue: Issue) =>
  (await ledgerOf(app, issue)).ledger.certificates.map(({ strength }) => strength);

it('moves a base without rules to the tested commit itself', async () => {
  await using app = await openSmallApp();
  const issue = await app.openIssue('Two tasks', TWO_TASKS);
  await ask(app, issue, '/espalier run');
  await finishLanded(app, issue);
  expect(await strengthsOf(app, issue)).toEqual(['exact', 'exact']);
  const { ledger } = await ledgerOf(app, issue);
  const [last] = ledger.certificates.slice(-1);
  expect(tipOf(app, 'main')).toBe(last?.landedSha);
  const attempts = Object.values(ledger.tasks).map(({ attempts: all }) => all.at(-1));
  expect(attempts.map((one) => one?.trial?.result?.commitSha)).toContain(last?.landedSha);
  expect(['a', 'b'].map((task) => pullOf(app, issue, task).pull.isMerged)).toEqual([true, true]);
  await expectTestedTrees(app, issue);
});

it('lands exactly where a branch must be up to date and the gate and the repository’s own check must pass', async () => {
  await using app = await openSmallApp();
  await protect(app, PULLS_ONLY, requireChecks(app, true));
  const issue = await app.openIssue('Two tasks', TWO_TASKS);
  expect(await ask(app, issue, '/espalier check')).toContain('The plan can be run');
  await ask(app, issue, '/espalier run');
  await untilClosed(app, [issue]);
  await finishLanded(app, issue);
  expect(await strengthsOf(app, issue)).toEqual(['exact', 'exact']);
  await expectTestedTrees(app, issue);
  const { ledger } = await ledgerOf(app, issue);
  for (const task of ['a', 'b']) {
    const { pull } = pullOf(app, issue, task);
    const attempt = Object.entries(ledger.tasks)
      .find(([id]) => id === task)?.[1]
      .attempts.at(-1);
    // What was merged is the very commit that was tested, and the repository's own check ran on it.
    expect(pull.headSha).toBe(attempt?.trial?.result?.commitSha);
    expect(latestCheckRuns(app.repository, pull.headSha).map(({ name, conclusion }) => [name, conclusion])).toEqual(
      expect.arrayContaining([
        ['ci', 'success'],
        ['espalier/gate', 'success'],
      ]),
    );
  }
  expect(app.standIn.done.filter(({ isReviewed }) => isReviewed)).toHaveLength(2);
});

it('gives a change back to its task when the repository’s own check fails on it', async () => {
  await using app = await openSmallApp({ config: SMALL_CONFIG.replace('retries: 0', 'retries: 2') });
  await protect(app, PULLS_ONLY, requireChecks(app, true));
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  await ask(app, issue, '/espalier run');
  const failing = new Set<string>();
  await untilClosed(app, [issue], (headSha) => {
    if (failing.size > 0 && !failing.has(headSha)) return 'success';
    failing.add(headSha);
    return 'failure';
  });
  await finishLanded(app, issue);
  expect(await attemptsOf(app, issue)).toEqual({ a: 'returned landed' });
  const { ledger } = await ledgerOf(app, issue);
  const [first, second] = Object.values(ledger.tasks)[0]?.attempts ?? [];
  expect(first?.returnedBecause).toMatch(/^checks: ci did not pass/);
  expect(second?.feedback).toContain('ci did not pass');
});

it('lands two plans on one base in turns where nothing enforces that a branch is up to date', async () => {
  await using app = await openSmallApp();
  await protect(app, PULLS_ONLY, requireChecks(app, false));
  const first = await app.openIssue('First', TWO_TASKS);
  const second = await app.openIssue('Second', writeTasks({ c: [], d: [] }));
  await app.say(first, '/espalier run');
  await app.say(second, '/espalier run');
  await untilClosed(app, [first, second]);
  await app.settle();
  for (const issue of [first, second]) {
    expect(await strengthsOf(app, issue)).toEqual(['audited', 'audited']);
    await expectTestedTrees(app, issue);
    expect(takeNews(app, issue).map((text) => /Started|The plan is done/.exec(text)?.[0])).toEqual([
      'Started',
      'The plan is done',
    ]);
    statusOf(app, issue);
  }
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt', 'c.txt', 'd.txt']);
  app.github.assertNothingUnread(app.app.id);
});

it('freezes the base when a merge made another tree than the one that was tested', async () => {
  await using app = await openSmallApp();
  await protect(app, PULLS_ONLY);
  const issue = await app.openIssue('Two tasks', TWO_TASKS);
  app.github.server.faults.add(
    { graphql: 'Perform', matches: ({ body }) => JSON.stringify(body ?? '').includes('mergePullRequest') },
    {
      kind: 'change',
      change: async (world) => {
        const [ruleset] = app.repository.rulesets.values();
        ruleset?.bypassActors.push({ actorType: 'RepositoryRole', actorId: 5, mode: 'always' });
        await pushCommits(world, app.maintainer, app.repository, {
          branch: 'main',
          commits: [{ message: 'Meanwhile', files: { 'meanwhile.txt': 'mine\n' } }],
        });
      },
    },
  );
  await ask(app, issue, '/espalier run');
  await app.until(async () => statusOf(app, issue).includes('is frozen'), 'The freeze');
  await app.settle();
  app.github.server.faults.assertAllUsed();
  expect(statusOf(app, issue)).toMatch(/is not the tree that was tested for/);
  const before = tipOf(app, 'main');
  await app.settle();
  expect(tipOf(app, 'main')).toBe(before);
  expect((await ledgerOf(app, issue)).ledger.certificates).toEqual([]);
  await ask(app, issue, '/espalier thaw');
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt', 'meanwhile.txt']);
  expect((await strengthsOf(app, issue)).toSorted()).toEqual(['audited', 'by-hand']);
});

it.each([
  ['squash only', [PULLS_ONLY], { allowMergeCommit: false, allowRebaseMerge: false }],
  ['a linear history', [{ type: 'required_linear_history' }], {}],
  ['rebase only', [PULLS_ONLY], { allowMergeCommit: false, allowSquashMerge: false }],
] as const)('lands by one commit for each task where the repository allows %s', async (_, rules, settings) => {
  await using app = await openSmallApp();
  await changeSettings(app.world, app.repository, settings);
  await protect(app, ...rules);
  const issue = await app.openIssue('Two tasks', TWO_TASKS);
  await ask(app, issue, '/espalier run');
  await finishLanded(app, issue);
  expect(await strengthsOf(app, issue)).toEqual(['audited', 'audited']);
  await expectTestedTrees(app, issue);
  const log = await app.world.git.run(app.repository.gitDir, ['log', '--format=%H', 'main']);
  expect(log.toString('utf8').trim().split('\n')).toHaveLength(3);
  expect(['a', 'b'].map((task) => pullOf(app, issue, task).pull.isMerged)).toEqual([true, true]);
});

it('keeps approvals that every push would dismiss by merging the head that was approved', async () => {
  await using app = await openSmallApp();
  await protect(app, {
    ...PULLS_ONLY,
    parameters: {
      ...PULLS_ONLY.parameters,
      dismiss_stale_reviews_on_push: true,
      required_approving_review_count: 1,
    },
  });
  const issue = await app.openIssue('Two tasks', TWO_TASKS);
  await ask(app, issue, '/espalier run');
  await app.until(() => pullsOf(app, issue, 'a').length + pullsOf(app, issue, 'b').length === 2, 'Both pull requests');
  await app.settle();
  for (const task of ['a', 'b'])
    await submitReview(app.world, app.maintainer, pullOf(app, issue, task), { state: 'APPROVED' });
  await finishLanded(app, issue);
  expect(await strengthsOf(app, issue)).toEqual(['audited', 'audited']);
  await expectTestedTrees(app, issue);
});

it('needs one approval for each change, however often Espalier itself updates the branch', async () => {
  await using app = await openSmallApp();
  const parameters = { ...PULLS_ONLY.parameters, required_approving_review_count: 1 };
  await protect(app, { ...PULLS_ONLY, parameters }, requireChecks(app, true));
  const issue = await app.openIssue('Three tasks', writeTasks({ a: [], b: [], c: [] }));
  await ask(app, issue, '/espalier run');
  const pulls = () => ['a', 'b', 'c'].flatMap((task) => pullsOf(app, issue, task));
  await app.until(() => pulls().length === 3, 'The pull requests');
  await app.settle();
  for (const pull of pulls()) await submitReview(app.world, app.maintainer, pull, { state: 'APPROVED' });
  await untilClosed(app, [issue]);
  await finishLanded(app, issue);
  expect(await strengthsOf(app, issue)).toEqual(['exact', 'exact', 'exact']);
  await expectTestedTrees(app, issue);
});

it('follows the rules of the base when they change in the middle of a plan', async () => {
  await using app = await openSmallApp();
  const issue = await app.openIssue('Three tasks', writeTasks({ a: [], b: ['needs: [a]'], c: ['needs: [b]'] }));
  await ask(app, issue, '/espalier run');
  await app.until(async () => (await attemptsOf(app, issue))['b'] === 'running', 'The landing of a');
  const ruleset = await protect(app, PULLS_ONLY);
  await app.until(async () => (await attemptsOf(app, issue))['c'] === 'running', 'The landing of b');
  await removeRuleset(app.world, app.repository, ruleset.id);
  // The rules are read anew every few minutes.
  await app.clock.advance(300_000);
  await finishLanded(app, issue);
  expect(await strengthsOf(app, issue)).toEqual(['exact', 'audited', 'exact']);
  await expectTestedTrees(app, issue);
});

it('waits for a check that the configuration asks for, on the very commit that lands', async () => {
  await using app = await openSmallApp({
    config: `${SMALL_CONFIG}github:\n  checks: [{ name: "c*", app: ${ACTIONS_APP_ID} }]\n`,
  });
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  await ask(app, issue, '/espalier run');
  await app.until(() => pullsOf(app, issue, 'a').length === 1, 'The pull request');
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'verified' });
  const pull = pullOf(app, issue, 'a');
  // A check of that name by somebody else does not count.
  await createCheckRun(app.world, appActor(app.world, app.app.id), app.repository, {
    name: 'ci',
    headSha: pull.pull.headSha,
    status: 'completed',
    conclusion: 'success',
  });
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'verified' });
  expect(await ask(app, pull, '/espalier why')).toContain('**Espalier acts:** It waits for c&#42;.');
  await createCheckRun(app.world, appActor(app.world, ACTIONS_APP_ID), app.repository, {
    name: 'ci',
    headSha: pull.pull.headSha,
    status: 'completed',
    conclusion: 'success',
  });
  await finishLanded(app, issue);
  expect(await strengthsOf(app, issue)).toEqual(['exact']);
  expect(tipOf(app, 'main')).toBe(pull.pull.headSha);
  expect(gateOf(app, pull)?.conclusion).toBe('success');
});

it.each(['merge', 'squash'] as const)('lands by %s where the configuration says so', async (landing) => {
  await using app = await openSmallApp({ config: `${SMALL_CONFIG}github:\n  landing: ${landing}\n`, script: CONTENT });
  const issue = await app.openIssue('Two tasks', TWO_TASKS);
  await ask(app, issue, '/espalier run');
  await finishLanded(app, issue);
  expect(await strengthsOf(app, issue)).toEqual(['audited', 'audited']);
  const parents = await app.world.git.run(app.repository.gitDir, ['log', '-1', '--format=%P', 'main']);
  expect(parents.toString('utf8').trim().split(' ')).toHaveLength(landing === 'merge' ? 2 : 1);
});
