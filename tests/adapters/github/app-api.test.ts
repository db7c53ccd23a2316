import { expect, test } from 'vitest';

import { addOrganization } from '../../support/github/operations/accounts.ts';
import { installApp, suspendInstallation } from '../../support/github/operations/apps.ts';
import { createRepository } from '../../support/github/operations/repositories.ts';
import type { Delivery } from '../../support/github/state.ts';
import { openGitHubFixture } from './github-fixture.ts';

const SIGNAL = new AbortController().signal;
const MINUTE_MS = 60_000;

test('reads who the app is, and looks up its bot once', async () => {
  await using fixture = await openGitHubFixture();
  const { app, bot, github, requests } = fixture;
  const identity = { appId: app.id, slug: 'espalier', botUserId: bot.account.id };
  expect(await github.api.readIdentity(SIGNAL)).toEqual(identity);
  expect(await github.api.readIdentity(SIGNAL)).toEqual(identity);
  expect(requests()).toEqual(['GET /app', 'GET /app/installations', 'Viewer', 'GET /app']);
});

test('an app that nobody has installed has no bot yet', async () => {
  await using fixture = await openGitHubFixture();
  fixture.world.state.installations.clear();
  expect(await fixture.github.api.readIdentity(SIGNAL)).toMatchObject({ slug: 'espalier', botUserId: null });
});

test('lists installations and repositories through all pages', async () => {
  await using fixture = await openGitHubFixture();
  const { world, app, installation, maintainer, repository } = fixture;
  await addOrganization(world, 'other');
  const suspended = await installApp(world, maintainer, {
    appId: app.id,
    accountLogin: 'other',
    repositories: 'all',
  });
  await suspendInstallation(world, maintainer, suspended);
  for (let count = 1; count <= 104; count += 1)
    await createRepository(world, maintainer, { owner: 'acme', name: `part-${count}` });
  expect(await fixture.github.api.listInstallations(SIGNAL)).toEqual([
    { id: installation.id, account: 'acme', isSuspended: false },
    { id: suspended.id, account: 'other', isSuspended: true },
  ]);
  const repositories = await fixture.github.api.listRepositories(installation.id, SIGNAL);
  expect(repositories).toHaveLength(105);
  expect(repositories[0]).toEqual({
    id: repository.id,
    owner: 'acme',
    name: 'widgets',
    isArchived: false,
  });
  expect(new Set(repositories.map(({ id }) => id)).size).toBe(105);
});

test('lists failed deliveries no older than asked, and asks for one again', async () => {
  await using fixture = await openGitHubFixture();
  const { world, app, clock, hub } = fixture;
  const nowMs = clock.now();
  Object.assign(app, { hookUrl: `${hub.server.url}/nowhere` });
  const deliver = (count: number): Delivery => ({
    id: 2 ** 33 + count,
    guid: `guid-${count}`,
    appId: app.id,
    event: 'issues',
    action: 'opened',
    installationId: null,
    repositoryId: null,
    body: '{}',
    isRedelivery: false,
    createdAt: nowMs,
    dueAt: nowMs,
    deliveredAt: nowMs - (250 - count) * MINUTE_MS,
    durationMs: 1,
    statusCode: count % 2 === 0 ? 502 : 200,
    status: count % 2 === 0 ? 'Bad Gateway' : 'OK',
  });
  world.state.deliveries.push(...Array.from({ length: 250 }, (_, count) => deliver(count)));
  const { api } = fixture.github;
  const sinceMs = nowMs - 240 * MINUTE_MS;
  const failed = await api.listDeliveries({ status: 'failure', sinceMs, limit: 1000 }, SIGNAL);
  expect(failed).toHaveLength(120);
  expect(failed[0]).toEqual({ id: String(2 ** 33 + 248), guid: 'guid-248', deliveredAtMs: nowMs - 2 * MINUTE_MS });
  expect(await api.listDeliveries({ status: 'failure', sinceMs, limit: 10 }, SIGNAL)).toHaveLength(100);
  await api.redeliver(String(2 ** 33 + 248), SIGNAL);
  const again = world.state.deliveries.filter(({ isRedelivery }) => isRedelivery);
  expect(again.map(({ guid }) => guid)).toEqual(['guid-248']);
});
