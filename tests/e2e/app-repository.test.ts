import { expect, it } from 'vitest';

import { addPerson } from '../support/github/operations/accounts.ts';
import {
  deleteInstallation,
  installApp,
  suspendInstallation,
  unsuspendInstallation,
} from '../support/github/operations/apps.ts';
import { pushCommits } from '../support/github/operations/commits.ts';
import { closeIssue, reopenIssue } from '../support/github/operations/issues.ts';
import { createRef, deleteRef, renameBranch } from '../support/github/operations/refs.ts';
import { reopenPull } from '../support/github/operations/pulls.ts';
import { renameRepository, setArchived, transferRepository } from '../support/github/operations/repositories.ts';
import type { AppWorld } from '../support/github-app.ts';
import type { Issue } from '../support/github/state.ts';
import { personActor } from '../support/github/world.ts';
import {
  ask,
  attemptsOf,
  CONTENT,
  filesOn,
  finish,
  finishLanded,
  ledgerOf,
  openSmallApp,
  pullOf,
  pullsOf,
  runsOf,
  statusOf,
  takeNews,
  tipOf,
  writeTasks,
} from '../support/small-plan.ts';

/** The next sweep is not further away. */
const SWEEP_MS = 900_000;

/** A plan whose first task has landed and whose second is at work. */
async function openHalfway(app: AppWorld, frame: readonly string[] = []): Promise<Issue> {
  const issue = await app.openIssue('Two tasks', writeTasks({ a: [], b: ['needs: [a]'] }, frame));
  await ask(app, issue, '/espalier run');
  await app.until(async () => (await attemptsOf(app, issue))['b'] === 'running', 'The start of b');
  return issue;
}

it('names a base that was renamed, and goes on when it is there again', async () => {
  await using app = await openSmallApp();
  const { world, repository, maintainer } = app;
  const issue = await openHalfway(app);
  await renameBranch(world, maintainer, repository, { from: 'main', to: 'trunk' });
  await app.settle();
  const [told, ...others] = takeNews(app, issue);
  expect(others).toEqual([]);
  expect(told).toMatch(/no branch 'main' any more.*Restore 'main'/s);
  await app.until(async () => (await attemptsOf(app, issue))['b'] === 'verified', 'The end of b');
  const before = tipOf(app, 'trunk');
  await app.settle();
  expect(tipOf(app, 'trunk')).toBe(before);
  await renameBranch(world, maintainer, repository, { from: 'trunk', to: 'main' });
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt']);
});

it('names a base that was deleted, and goes on when it is there again and the tasks are asked for', async () => {
  await using app = await openSmallApp();
  const { world, repository, maintainer } = app;
  await createRef(world, maintainer, repository, { name: 'refs/heads/develop', oid: tipOf(app, 'main') ?? '' });
  const issue = await app.openIssue('Two tasks', writeTasks({ a: [], b: [] }, ['base: develop']));
  await ask(app, issue, '/espalier run\n/espalier freeze');
  await app.until(() => pullsOf(app, issue, 'b').length + pullsOf(app, issue, 'a').length === 2, 'The pull requests');
  await app.settle();
  const tip = tipOf(app, 'develop') ?? '';
  await deleteRef(world, maintainer, repository, 'refs/heads/develop');
  await app.settle();
  expect(takeNews(app, issue)).toEqual([expect.stringContaining("no branch 'develop' any more")]);
  expect(pullOf(app, issue, 'a').state).toBe('closed');
  await createRef(world, maintainer, repository, { name: 'refs/heads/develop', oid: tip });
  await app.settle();
  expect(statusOf(app, issue)).not.toContain('no branch');
  await ask(app, issue, '/espalier retry a\n/espalier thaw');
  await reopenPull(world, maintainer, pullOf(app, issue, 'b'));
  await ask(app, issue, '/espalier retry b');
  await finishLanded(app, issue);
  expect(await filesOn(app, 'develop')).toEqual(['a.txt', 'b.txt']);
  expect(await filesOn(app, 'main')).toEqual([]);
});

it('goes on under the new name of a repository', async () => {
  await using app = await openSmallApp();
  const issue = await openHalfway(app);
  await renameRepository(app.world, app.maintainer, app.repository, 'orchard');
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt']);
});

it('goes on under the new owner of a repository where the App is installed too', async () => {
  await using app = await openSmallApp();
  const { world, repository } = app;
  const issue = await openHalfway(app);
  await addPerson(world, 'newcomer');
  const newcomer = personActor(world, 'newcomer');
  await transferRepository(world, app.maintainer, repository, 'newcomer');
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'landed', b: 'running' });
  await installApp(world, newcomer, { appId: app.app.id, accountLogin: 'newcomer', repositories: 'all' });
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt']);
});

it('leaves an archived repository alone and goes on when it is unarchived', async () => {
  await using app = await openSmallApp();
  const { world, repository, maintainer } = app;
  const issue = await openHalfway(app);
  await app.until(() => runsOf(app).at(-1)?.status === 'in_progress', 'The run of b');
  await app.clock.advance(5000);
  await setArchived(world, maintainer, repository, true);
  const from = app.github.server.requests.length;
  await app.clock.advance(SWEEP_MS);
  const writes = app.github.server.requests
    .slice(from)
    .filter(({ kind, status }) => kind === 'write' && status !== 201);
  expect(writes).toEqual([]);
  await setArchived(world, maintainer, repository, false);
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt']);
});

it('blames no permission for what an archived repository refuses', async () => {
  await using app = await openSmallApp();
  const { world, repository, maintainer } = app;
  const issue = await app.openIssue('Two tasks', writeTasks({ a: [], b: ['needs: [a]'] }));
  app.github.server.faults.add(
    { route: 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches' },
    { kind: 'change', change: () => setArchived(world, maintainer, repository, true) },
    { nth: 2 },
  );
  await ask(app, issue, '/espalier run');
  await app.until(() => repository.isArchived, 'The archiving');
  await app.settle();
  await app.clock.advance(SWEEP_MS);
  await setArchived(world, maintainer, repository, false);
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt']);
});

it('goes on after its installation was suspended', async () => {
  await using app = await openSmallApp();
  const issue = await openHalfway(app);
  await suspendInstallation(app.world, app.maintainer, app.installation);
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'landed', b: 'running' });
  await unsuspendInstallation(app.world, app.maintainer, app.installation);
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt']);
});

it('goes on after it was uninstalled and installed again', async () => {
  await using app = await openSmallApp();
  const { world, maintainer } = app;
  const issue = await openHalfway(app);
  await deleteInstallation(world, maintainer, app.installation);
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'landed', b: 'running' });
  await installApp(world, maintainer, { appId: app.app.id, accountLogin: 'maintainer', repositories: 'all' });
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt']);
});

it('starts and lands nothing more while the issue is closed, and goes on when it is opened again', async () => {
  await using app = await openSmallApp();
  const issue = await openHalfway(app);
  await closeIssue(app.world, app.maintainer, issue, 'not_planned');
  await app.settle();
  expect(await attemptsOf(app, issue)).toEqual({ a: 'landed', b: 'verified' });
  expect(statusOf(app, issue)).toMatch(/Paused\*\* by the closing of the issue/);
  expect(await ask(app, issue, '/espalier resume')).toMatch(/The issue is closed/);
  await reopenIssue(app.world, app.maintainer, issue);
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt']);
});

it('lets a plan rest whose issue is deleted or was moved elsewhere', async () => {
  await using app = await openSmallApp({
    script: (facts) => (facts.leg.task === 'b' ? { fate: 'hangs' } : CONTENT(facts)),
  });
  const { world, repository, maintainer } = app;
  const issue = await openHalfway(app);
  await app.until(() => runsOf(app).at(-1)?.status === 'in_progress', 'The run of b');
  statusOf(app, issue);
  // GitHub keeps no trace of it under its number in this repository.
  await world.atomically(async () => {
    repository.issues.delete(issue.number);
    world.state.nodes.delete(issue.nodeId);
    for (const comment of repository.comments.values())
      if (comment.issueNumber === issue.number) repository.comments.delete(comment.id);
  });
  await pushCommits(world, maintainer, repository, {
    branch: 'main',
    commits: [{ message: 'Go on', files: { 'x.txt': 'x' } }],
  });
  await app.settle();
  const before = app.reconciles();
  await app.settle();
  expect(app.reconciles()).toBe(before);
  expect(app.log()).not.toMatch(/"level":"error"/);
  expect(await attemptsOf(app, issue)).toEqual({ a: 'landed', b: 'running' });
});

it('keeps its base and takes the workflow from the new default branch when that changes', async () => {
  await using app = await openSmallApp();
  const { world, repository, maintainer } = app;
  const issue = await openHalfway(app);
  await createRef(world, maintainer, repository, { name: 'refs/heads/next', oid: tipOf(app, 'main') ?? '' });
  repository.defaultBranch = 'next';
  await world.emit({
    event: 'repository',
    action: 'edited',
    repository,
    by: maintainer,
    changes: { default_branch: { from: 'main' } },
  });
  await finishLanded(app, issue);
  expect(await filesOn(app, 'main')).toEqual(['a.txt', 'b.txt']);
  expect((await ledgerOf(app, issue)).ledger.target).toBe('main');
  const second = await app.openIssue('One more', writeTasks({ c: [] }));
  await ask(app, second, '/espalier run');
  await finishLanded(app, second);
  expect(await filesOn(app, 'next')).toEqual(['a.txt', 'c.txt']);
  expect(runsOf(app).at(-1)?.headBranch).toBe('next');
  await finish(app, second);
});
