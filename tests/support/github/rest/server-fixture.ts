/** A server over an organization, a repository and an installed app, for the tests of this folder. */
import { Octokit } from '@octokit/rest';

import { openTestGitHub } from '../open-test-github.ts';
import { addOrganization, addPerson } from '../operations/accounts.ts';
import { installApp, makeKeys, registerApp } from '../operations/apps.ts';
import { createRepository, setRole } from '../operations/repositories.ts';
import type { App, Installation, Permissions, Repository } from '../state.ts';
import { personActor, type Actor, type World } from '../world.ts';
import type { GitHubServer } from './server.ts';

let keys: ReturnType<typeof makeKeys> | undefined;

/** Everything that such a test wants. */
export interface ServerFixture extends AsyncDisposable {
  readonly world: World;
  readonly clock: { at: number; now(): number };
  readonly server: GitHubServer;
  readonly app: App;
  readonly installation: Installation;
  readonly repository: Repository;
  readonly maintainer: Actor;
  /** A client with a fresh token of the installation. */
  client(permissions?: Permissions): Octokit;
  /** A client of whatever credential. */
  clientWith(auth: string | undefined): Octokit;
}

/** Opens one; disposing closes it, and throws what the server has to complain of. */
export async function openServer({
  permissions = {
    actions: 'write',
    administration: 'read',
    checks: 'write',
    contents: 'write',
    issues: 'write',
    pull_requests: 'write',
  },
}: { permissions?: Permissions } = {}): Promise<ServerFixture> {
  const clock = { at: Date.parse('2026-11-01T12:00:00Z'), now: () => clock.at };
  const github = await openTestGitHub({ clock });
  const { world, server } = github;
  await addOrganization(world, 'acme');
  await addPerson(world, 'maintainer');
  const maintainer = personActor(world, 'maintainer');
  const repository = await createRepository(world, maintainer, { owner: 'acme', name: 'widgets', isPrivate: true });
  await setRole(world, repository, 'maintainer', 'maintain');
  keys ??= makeKeys();
  const app = await registerApp(world, { slug: 'espalier', ownerLogin: 'acme', permissions, events: [], keys });
  const installation = await installApp(world, maintainer, {
    appId: app.id,
    accountLogin: 'acme',
    repositories: 'all',
  });
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const clientWith = (auth: string | undefined): Octokit =>
    new Octokit({ ...(auth === undefined ? {} : { auth }), baseUrl: server.url, log: quiet });
  return {
    world,
    clock,
    server,
    app,
    installation,
    repository,
    maintainer,
    clientWith,
    client: (narrowed) =>
      clientWith(server.tokens.mint(installation, narrowed === undefined ? {} : { permissions: narrowed }).token),
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  };
}
