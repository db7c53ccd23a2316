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
import { pushCommits } from '../operations/commits.ts';
import { openPull } from '../operations/pulls.ts';
import { createRepository } from '../operations/repositories.ts';
import { createPermissionRecorder } from '../permissions.ts';
import type { PermissionRecorder } from '../permissions.ts';
import { createRateLimits } from '../rate-limit.ts';
import type { Oid, Permissions, PullIssue, Repository } from '../state.ts';
import { appActor, personActor } from '../world.ts';
import type { Actor, World } from '../world.ts';
import { describeRequest, executeGraphql } from './execute-graphql.ts';
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

/** What a mutation gave. */
interface MutationAnswer {
  readonly status: number;
  readonly data: unknown;
  readonly errors:
    | readonly { readonly type?: string | undefined; readonly message: string; readonly path: string | undefined }[]
    | undefined;
}

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
  /** Runs one mutation alone; `data` is its payload, errors are cut down to what a client looks at. */
  mutate(
    field: string,
    input: Record<string, unknown>,
    selection: string,
    narrowed?: Permissions,
  ): Promise<MutationAnswer>;
  /** The commit of a branch. @throws Error where there is none. */
  tipOf(branch: string): Oid;
  /** The maintainer pushes a commit to a branch, which starts at `main`. Answers its new tip. */
  push(branch: string, files: Record<string, string>): Promise<Oid>;
  /** The maintainer pushes a branch with a file of its name, and opens a pull request into `main`. */
  openFeature(name: string): Promise<PullIssue>;
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
    limits.spend(caller, 'graphql', describeRequest({ query, variables })?.points ?? 1);
    return executeGraphql(
      world,
      { query, variables },
      { caller, permissions, readQuota: () => limits.read(caller, 'graphql') },
    );
  };
  const push: GraphqlBench['push'] = (branch, changed) =>
    pushCommits(world, maintainer, repository, {
      branch,
      commits: [{ message: `Plant ${branch}\n\nWith care.`, files: changed }],
    });
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
    async mutate(field, input, selection, narrowed) {
      const inputType = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
      const query = `mutation ($input: ${inputType}!) { ${field}(input: $input) { ${selection} } }`;
      const { status, body } = await ask(query, { input }, narrowed);
      const errors = body.errors?.map(({ type, message, path }) => ({ type, message, path: path?.join('.') }));
      return { status, data: body.data?.[field], errors };
    },
    tipOf(branch) {
      const oid = repository.refs.get(`refs/heads/${branch}`);
      if (oid === undefined) throw new Error(`There is no branch ${branch}.`);
      return oid;
    },
    push,
    async openFeature(name) {
      await push(name, { [`${name}.txt`]: `${name}\n` });
      return openPull(world, maintainer, repository, { title: `Plant ${name}`, head: name, base: 'main' });
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
