/** A server over an organization, a repository and an installed app, for the tests of this folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { Octokit } from '@octokit/rest';

import { createWorld } from '../create-world.ts';
import { openGitStorage } from '../git-storage.ts';
import { describeRequest, executeGraphql } from '../graphql/execute-graphql.ts';
import { addOrganization, addPerson } from '../operations/accounts.ts';
import { installApp, makeKeys, registerApp } from '../operations/apps.ts';
import { createRepository, setRole } from '../operations/repositories.ts';
import type { App, Delivery, Installation, Permissions, Repository } from '../state.ts';
import { personActor, type Actor, type World } from '../world.ts';
import { startGitHubServer, type GitHubServer } from './server.ts';

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
  /** Deliveries that the redelivery route was asked for. */
  readonly redelivered: Delivery[];
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
  const folder = await mkdtemp(path.join(os.tmpdir(), 'espalier-github-'));
  const clock = { at: Date.parse('2026-11-01T12:00:00Z'), now: () => clock.at };
  const git = openGitStorage(folder);
  const world = createWorld({ clock, git, seed: 1, emit: () => Promise.resolve() });
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
  const redelivered: Delivery[] = [];
  const graphql = { describeRequest, executeGraphql };
  const server = await startGitHubServer(world, graphql, async (delivery) => redelivered.push(delivery));
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
    redelivered,
    clientWith,
    client: (narrowed) =>
      clientWith(server.tokens.mint(installation, narrowed === undefined ? {} : { permissions: narrowed }).token),
    async [Symbol.asyncDispose]() {
      try {
        await server.close();
      } finally {
        await git[Symbol.asyncDispose]();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
