/** The adapter over the test GitHub: one app, one organization, one repository, one clock. */
import { openGitHub, type GitHub } from '../../../src/adapters/github/open-github.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { openTestGitHub, type TestGitHub } from '../../support/github/open-test-github.ts';
import { addOrganization, addPerson } from '../../support/github/operations/accounts.ts';
import { installApp, makeKeys, registerApp } from '../../support/github/operations/apps.ts';
import { createRepository, setRole } from '../../support/github/operations/repositories.ts';
import type { App, Installation, Permissions, Repository } from '../../support/github/state.ts';
import { appActor, personActor, type Actor, type World } from '../../support/github/world.ts';

/** What the App's manifest asks for. */
const PERMISSIONS: Permissions = {
  actions: 'write',
  checks: 'write',
  contents: 'write',
  issues: 'write',
  merge_queues: 'write',
  pull_requests: 'write',
  statuses: 'read',
};

let keys: ReturnType<typeof makeKeys> | undefined;

export interface GitHubFixture extends AsyncDisposable {
  readonly hub: TestGitHub;
  readonly world: World;
  readonly app: App;
  readonly installation: Installation;
  readonly repository: Repository;
  /** A person with the role `maintain`. */
  readonly maintainer: Actor;
  /** The app's own bot. */
  readonly bot: Actor;
  readonly github: GitHub;
  readonly clock: Clock & { advance(ms: number): void };
  /** What the adapter wrote to its log. */
  readonly logged: string[];
  /** Requests of the adapter so far but for tokens: names of GraphQL operations and of REST's routes. */
  requests(): string[];
}

/** Opens one; disposing closes the test GitHub and throws what it complains of. */
export async function openGitHubFixture({
  permissions = PERMISSIONS,
  graphqlMs = 10_000,
}: { permissions?: Permissions; graphqlMs?: number } = {}): Promise<GitHubFixture> {
  let nowMs = Date.UTC(2026, 10, 1, 12);
  const clock = {
    now: () => nowMs,
    async sleep(ms: number) {
      await new Promise((resolve) => setImmediate(resolve));
      nowMs += ms;
    },
    advance(ms: number) {
      nowMs += ms;
    },
  };
  const hub = await openTestGitHub({ clock });
  const { world } = hub;
  await addOrganization(world, 'acme');
  await addPerson(world, 'maintainer');
  const maintainer = personActor(world, 'maintainer');
  const repository = await createRepository(world, maintainer, { owner: 'acme', name: 'widgets' });
  await setRole(world, repository, 'maintainer', 'maintain');
  keys ??= makeKeys();
  const app = await registerApp(world, { slug: 'espalier', ownerLogin: 'acme', permissions, events: [], keys });
  const installation = await installApp(world, maintainer, {
    appId: app.id,
    accountLogin: 'acme',
    repositories: 'all',
  });
  const logged: string[] = [];
  const note = (message: string, fields?: Record<string, unknown>) =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  const github = openGitHub({
    appId: app.id,
    privateKeyPem: app.privateKeyPem,
    clock,
    log: { debug: note, info: note, warn: note, error: note },
    baseUrl: hub.server.url,
    pace: { maxAtOnce: 10, writeGapMs: 0 },
    timeouts: { restMs: 30_000, graphqlMs },
  });
  return {
    hub,
    world,
    app,
    installation,
    repository,
    maintainer,
    bot: appActor(world, app.id),
    github,
    clock,
    logged,
    requests: () =>
      hub.server.requests
        .filter(({ route }) => route === undefined || !route.endsWith('/access_tokens'))
        .map(({ method, target, route, graphql }) => graphql ?? route ?? `${method} ${target}`),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}
