import { expect, it } from 'vitest';

import { acceptPermissions } from '../support/github/operations/apps.ts';
import { pushCommits } from '../support/github/operations/commits.ts';
import { changeSettings } from '../support/github/operations/repositories.ts';
import { cancelRun, rerunRun } from '../support/github/operations/runs.ts';
import type { AppWorld } from '../support/github-app.ts';
import {
  ask,
  attemptsOf,
  CONTENT,
  finish,
  finishLanded,
  ledgerOf,
  openSmallApp,
  runsOf,
  statusOf,
  takeNews,
  writeTasks,
} from '../support/small-plan.ts';

const WORKFLOW = '.github/workflows/espalier-dispatch.yml';

async function pushWorkflow(app: AppWorld, text: string | null): Promise<void> {
  await pushCommits(app.world, app.maintainer, app.repository, {
    branch: 'main',
    commits: [{ message: 'Change the workflow', files: { [WORKFLOW]: text } }],
  });
}

async function readWorkflow({ world, repository }: AppWorld): Promise<string> {
  const bytes = await world.git.run(repository.gitDir, ['show', `main:${WORKFLOW}`]);
  return bytes.toString('utf8');
}

it('says once that the workflow is missing, and goes on when it is there', async () => {
  await using app = await openSmallApp();
  const text = await readWorkflow(app);
  await pushWorkflow(app, null);
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  await ask(app, issue, '/espalier run');
  await app.settle(120_000);
  const [told, ...others] = takeNews(app, issue);
  expect(others).toEqual([]);
  expect(told).toMatch(/The plan cannot go on.*espalier-dispatch\.yml/s);
  expect(runsOf(app)).toEqual([]);
  await pushWorkflow(app, text);
  await ask(app, issue, '/espalier run');
  expect(await finishLanded(app, issue)).toContain('1 of 1 task');
}, 60_000);

it('says once that Actions are switched off in the repository', async () => {
  await using app = await openSmallApp();
  const { world, repository } = app;
  await changeSettings(world, repository, { actionsEnabled: false });
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  await ask(app, issue, '/espalier run');
  await app.settle(120_000);
  const [told, ...others] = takeNews(app, issue);
  expect(others).toEqual([]);
  expect(told).toMatch(/Actions/);
  await changeSettings(world, repository, { actionsEnabled: true });
  await ask(app, issue, '/espalier run');
  await finishLanded(app, issue);
}, 60_000);

it('says once that the workflow takes other inputs than this version sends', async () => {
  await using app = await openSmallApp();
  const text = await readWorkflow(app);
  await pushWorkflow(app, text.replace('      nonce: { type: string, required: true }\n', ''));
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  await ask(app, issue, '/espalier run');
  await app.settle(120_000);
  const [told, ...others] = takeNews(app, issue);
  expect(others).toEqual([]);
  expect(told).toMatch(/version/);
  expect(runsOf(app)).toEqual([]);
  await finish(app, issue);
}, 60_000);

it('names a permission that was taken away, once, and goes on when it is granted', async () => {
  await using app = await openSmallApp();
  const { world, maintainer, installation } = app;
  const granted = { ...installation.permissions };
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  await ask(app, issue, '/espalier run');
  await acceptPermissions(world, maintainer, installation, { ...granted, pull_requests: 'read' });
  await app.settle(180_000);
  const [told, ...others] = takeNews(app, issue);
  expect(others).toEqual([]);
  expect(told).toMatch(/pull_requests/);
  await acceptPermissions(world, maintainer, installation, granted);
  await ask(app, issue, '/espalier run');
  await finishLanded(app, issue);
}, 60_000);

it('counts a run that dies as a try, and lets a person ask for another', async () => {
  let tries = 0;
  await using app = await openSmallApp({
    script: (facts) => {
      tries += 1;
      return tries === 1 ? { fate: 'dies' } : CONTENT(facts);
    },
  });
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  await ask(app, issue, '/espalier run');
  await app.until(async () => (await attemptsOf(app, issue))['a'] === 'failed', 'The failure of the dead run');
  await app.settle(60_000);
  expect(statusOf(app, issue)).toMatch(/run-failed/);
  await ask(app, issue, '/espalier retry a');
  await finishLanded(app, issue);
  expect(await attemptsOf(app, issue)).toEqual({ a: 'failed landed' });
}, 60_000);

it('takes a run that was cancelled by hand for the cancelling of its task, and believes no re-run of it', async () => {
  await using app = await openSmallApp({
    script: (facts) => (facts.leg.attempt === 1 ? { fate: 'hangs' } : CONTENT(facts)),
  });
  const { world, maintainer } = app;
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  await ask(app, issue, '/espalier run');
  await app.until(() => app.standIn.done.length === 1, 'The work of the first run');
  const [run] = runsOf(app);
  if (run === undefined) throw new Error('There is no run.');
  await cancelRun(world, maintainer, run);
  await app.until(async () => (await attemptsOf(app, issue))['a'] === 'cancelled', 'The cancelling');
  await rerunRun(world, maintainer, run);
  await app.settle(120_000);
  expect(run.status).toBe('completed');
  expect(await attemptsOf(app, issue)).toEqual({ a: 'cancelled' });
  expect(app.standIn.done).toHaveLength(1);
  await ask(app, issue, '/espalier retry a');
  await finishLanded(app, issue);
}, 60_000);

it('names a task without a sign of life once, and the person who can act', async () => {
  await using app = await openSmallApp({ script: () => ({ fate: 'hangs' }) });
  const issue = await app.openIssue('One task', writeTasks({ a: [] }));
  await ask(app, issue, '/espalier run');
  await app.until(() => app.standIn.done.length === 1, 'The work of the run');
  await app.clock.advance(61 * 60_000);
  await app.settle(1_200_000);
  const [told, ...others] = takeNews(app, issue);
  expect(others).toEqual([]);
  expect(told).toMatch(/No sign of life.*`a`/s);
  await ask(app, issue, '/espalier cancel a');
  await app.settle(120_000);
  expect(runsOf(app).map(({ conclusion }) => conclusion)).toEqual(['cancelled']);
  const { record } = await ledgerOf(app, issue);
  expect(record.dispatches).toEqual([]);
  await finish(app, issue);
}, 60_000);

it('brings texts up to date less eagerly while a quota runs low, says so, and lands all the same', async () => {
  await using app = await openSmallApp();
  const { server } = app.github;
  server.rateLimits.setLimit('graphql', 5000);
  const issue = await app.openIssue('Two tasks', writeTasks({ a: [], b: ['needs: [a]'] }));
  await ask(app, issue, '/espalier run');
  await app.until(async () => (await attemptsOf(app, issue))['a'] === 'running', 'The start of a');
  const { token } = server.tokens.mint(app.installation);
  const authentication = server.tokens.authenticate(`token ${token}`);
  if (!('caller' in authentication)) throw new Error('The token of the installation is not known.');
  server.rateLimits.setUsed(authentication.caller, 'graphql', 4700);
  await app.until(async () => (await attemptsOf(app, issue))['b'] === 'landed', 'The landing of b');
  await app.until(() => statusOf(app, issue).includes('GraphQL'), 'The word about the quota', 900_000);
  await app.until(() => issue.state === 'closed', 'The end of the plan');
  await app.settle();
  expect(takeNews(app, issue)).toHaveLength(1);
  await finish(app, issue);
}, 60_000);
