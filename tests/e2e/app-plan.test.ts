import { expect, it } from 'vitest';

import { openAppWorld } from '../support/github-app.ts';
import { createStatus } from '../support/github/operations/checks.ts';
import { pushCommits } from '../support/github/operations/commits.ts';
import { isPull } from '../support/github/world.ts';
import { findFlaws, playLeg, readLedger, readPlanText, REPOSITORY_CONFIG, TASKS } from '../support/plan-scenario.ts';

it('turns a plan issue into eight merges, through a failed review, a conflict, a push by a person and a retry', async () => {
  await using app = await openAppWorld({ files: { '.github/espalier.yml': REPOSITORY_CONFIG }, script: playLeg });
  const { repository, world } = app;
  const issue = await app.openIssue('Agent parallel execution plan', readPlanText());
  const attemptsOf = async (task: (typeof TASKS)[number]) => {
    const found = await readLedger(app, issue);
    return Object.entries(found?.ledger.tasks ?? {}).find(([id]) => id === task)?.[1].attempts ?? [];
  };
  await app.say(issue, '/espalier run');
  await app.until(async () => (await readLedger(app, issue)) !== null, 'The acceptance of the plan');
  await app.say(issue, '/espalier freeze while a person looks');
  await app.until(
    () =>
      [...repository.issues.values()].some(
        (one) => isPull(one) && one.pull.headRefName === 'feature/backend-architecture',
      ),
    "The backend agent's pull request",
  );
  const pushed = await pushCommits(world, app.maintainer, repository, {
    branch: 'feature/backend-architecture',
    commits: [{ message: 'Say more', files: { 'by-hand.txt': 'by a person\n' } }],
  });
  await createStatus(world, app.maintainer, repository, { sha: pushed, context: 'ci/lint', state: 'success' });
  await app.until(
    async () => (await attemptsOf('backend-agent')).at(-1)?.givenSha !== undefined,
    'The adoption of the push',
  );
  await app.until(
    async () => (await attemptsOf('devops-agent')).filter((one) => one.status === 'failed').length === 2,
    'The giving up of the devops agent',
  );
  await app.say(issue, '/espalier retry devops-agent');
  await app.say(issue, '/espalier thaw');
  await app.until(() => issue.state === 'closed', 'The end of the plan');
  await app.settle();

  expect(await findFlaws(app, issue)).toEqual([]);
  const statuses = await Promise.all(
    TASKS.map(async (task) => [task, (await attemptsOf(task)).map((attempt) => attempt.status).join(' ')]),
  );
  expect(Object.fromEntries(statuses)).toEqual({
    'security-agent': 'failed landed',
    'backend-agent': 'superseded landed',
    'frontend-agent': 'landed',
    'rag-agent': 'returned landed',
    'devops-agent': 'failed failed landed',
    'testing-agent': 'landed',
    'docs-agent': 'landed',
    'github-agent': 'landed',
  });
  const reviews = app.standIn.done.filter((leg) => leg.isReviewed).length;
  // Eight landings; one more each for the failed review, the conflict, the push, and the two failed attempts' tests.
  expect(reviews).toBeLessThanOrEqual(8 + 5);
  const files = await app.world.git.run(repository.gitDir, ['ls-tree', '-r', '--name-only', 'main']);
  expect(files.toString('utf8')).toContain('by-hand.txt');
  app.github.assertNothingUnread(app.app.id);
  // Queues have a story of their own.
  const unused = app.github.server.permissions.findUnused(app.app.id, app.installation.permissions);
  expect(unused).toEqual(['merge_queues']);
}, 120_000);
