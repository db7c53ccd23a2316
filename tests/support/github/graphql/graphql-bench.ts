/** A small GitHub with one repository, to ask GraphQL of without a server. For the tests of this folder. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Caller } from '../auth.ts';
import { createTokenStore } from '../auth.ts';
import { createWorld } from '../create-world.ts';
import { openGitStorage } from '../git-storage.ts';
import { addOrganization, addPerson } from '../operations/accounts.ts';
import { installApp, registerApp } from '../operations/apps.ts';
import { createRepository } from '../operations/repositories.ts';
import { createPermissionRecorder } from '../permissions.ts';
import type { PermissionRecorder } from '../permissions.ts';
import { createRateLimits } from '../rate-limit.ts';
import type { Permissions, Repository } from '../state.ts';
import { appActor, personActor } from '../world.ts';
import type { Actor, World } from '../world.ts';
import { executeGraphql } from './execute-graphql.ts';
import type { GraphqlAnswer } from './execute-graphql.ts';

const allPermissions: Permissions = {
  actions: 'write',
  checks: 'write',
  contents: 'write',
  issues: 'write',
  merge_queues: 'write',
  pull_requests: 'write',
  statuses: 'write',
};

/** A GitHub to ask; the organization `acme` owns `acme/orchard`, where `maintainer` is one. */
export interface GraphqlBench extends AsyncDisposable {
  readonly world: World;
  readonly repository: Repository;
  readonly maintainer: Actor;
  /** The app under test. */
  readonly app: Actor;
  readonly permissions: PermissionRecorder;
  /** Asks as the app, with all of its permissions or with these alone. */
  ask(query: string, variables?: Record<string, unknown>, narrowed?: Permissions): Promise<GraphqlAnswer>;
  /** As {@link ask}, for an answer without errors. @throws Error with what GitHub said against it. */
  read(query: string, variables?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Lets the injected clock go on. */
  wait(durationMs: number): void;
}

/** Builds the GitHub; keys are fixed text, for nobody signs anything here. */
export async function openGraphqlBench(files?: Record<string, string | Uint8Array>): Promise<GraphqlBench> {
  const folder = await mkdtemp(join(tmpdir(), 'graphql-bench-'));
  const git = openGitStorage(folder);
  let now = Date.parse('2026-11-01T12:00:00Z');
  const world = createWorld({
    clock: { now: () => now },
    git,
    seed: 1,
    settings: { mergeabilityDelayMs: 1000 },
    emit: () => Promise.resolve(),
  });
  await addOrganization(world, 'acme');
  await addPerson(world, 'maintainer');
  const maintainer = personActor(world, 'maintainer');
  const keys = { privateKeyPem: 'none', publicKeyPem: 'none' };
  const app = await registerApp(world, {
    slug: 'espalier',
    ownerLogin: 'acme',
    permissions: allPermissions,
    events: [],
    keys,
  });
  const installed = await installApp(world, maintainer, { appId: app.id, accountLogin: 'acme', repositories: 'all' });
  const repository = await createRepository(world, maintainer, {
    owner: 'acme',
    name: 'orchard',
    isPrivate: true,
    ...(files === undefined ? {} : { files }),
  });
  repository.collaborators.set('maintainer', 'maintain');
  const permissions = createPermissionRecorder();
  const tokens = createTokenStore(world);
  const limits = createRateLimits(world.clock);

  const ask: GraphqlBench['ask'] = (query, variables = {}, narrowed) => {
    const token = tokens.mint(installed, narrowed === undefined ? {} : { permissions: narrowed });
    const caller: Caller = { kind: 'installation', app, installation: installed, token };
    return executeGraphql(
      world,
      { query, variables },
      { caller, permissions, readQuota: () => limits.read(caller, 'graphql') },
    );
  };
  return {
    world,
    repository,
    maintainer,
    app: appActor(world, app.id),
    permissions,
    ask,
    async read(query, variables) {
      const { body } = await ask(query, variables);
      if (body.errors !== undefined || body.data == null) throw new Error(JSON.stringify(body, undefined, 2));
      return body.data;
    },
    wait(durationMs) {
      now += durationMs;
    },
    async [Symbol.asyncDispose]() {
      await git[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
