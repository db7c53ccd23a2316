import { expect, it } from 'vitest';

import { isPull } from '../support/github/world.ts';
import { pushCommits } from '../support/github/operations/commits.ts';
import { openAppWorld } from '../support/github-app.ts';
import { NEEDS, playLeg, readLedger, readPlanText, REPOSITORY_CONFIG, TASKS } from '../support/plan-scenario.ts';

it('turns a plan issue into eight merges, with a failed review, a conflict, a push by a person and a retry', async () => {
  await using app = await openAppWorld({
    files: { '.github/espalier.yml': REPOSITORY_CONFIG },
    script: playLeg,
  });
  const { repository, world } = app;
  const issue = await app.openIssue('Agent parallel execution plan', readPlanText());
  await app.settle();
  await app.say(issue, '/espalier run');
  await app.until(async () => (await readLedger(app, issue)) !== null, 'The acceptance of the plan');
  await app.say(issue, '/espalier freeze while a person looks');
  const pullOf = (branch: string) =>
    [...repository.issues.values()].filter(isPull).find(({ pull }) => pull.headRefName === branch);
  await app.until(() => pullOf('feature/backend-architecture') !== undefined, "The backend agent's pull request");
  await pushCommits(world, app.maintainer, repository, {
    branch: 'feature/backend-architecture',
    commits: [{ message: 'Say more', files: { 'by-hand.txt': 'by a person\n' } }],
  });
  await app.until(async () => {
    const found = await readLedger(app, issue);
    return found?.ledger.tasks['backend-agent' as never]?.attempts.at(-1)?.givenSha !== undefined;
  }, 'The adoption of the push');
  await app.until(async () => {
    const found = await readLedger(app, issue);
    return found?.ledger.tasks['devops-agent' as never]?.attempts.filter((one) => one.status === 'failed').length === 2;
  }, 'The giving up of the devops agent');
  await app.say(issue, '/espalier retry devops-agent');
  await app.say(issue, '/espalier thaw');
  await app.until(async () => (await readLedger(app, issue))?.ledger.certificates.length === 8, 'Eight landings');
  await app.settle();

  const { ledger } = (await readLedger(app, issue))!;
  const order = ledger.certificates.map((certificate) => certificate.task as string);
  expect(new Set(order)).toEqual(new Set(TASKS));
  for (const [task, needs] of Object.entries(NEEDS))
    for (const need of needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(task));
  expect(issue.state).toBe('closed');
  const comments = app.read(issue);
  expect(comments.map((comment) => comment.body).join('\n-----\n')).toMatchInlineSnapshot();
});
