/**
 * A whole GitHub on loopback: git, REST, GraphQL and webhooks on one state.
 *
 *     await using github = await openTestGitHub();
 *     const { world } = github;
 *     await addPerson(world, 'maintainer');
 *     const repository = await createRepository(world, personActor(world, 'maintainer'), { … });
 *     const app = await registerApp(world, { slug: 'espalier', hookUrl, … });
 *     …
 *     clock.advance(1_000);
 *     await github.settle();
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { createWorld } from './create-world.ts';
import { openGitStorage } from './git-storage.ts';
import { describeRequest, executeGraphql } from './graphql/execute-graphql.ts';
import { unreadComments } from './operations/comments.ts';
import { startGitHubServer, type GitHubServer } from './rest/server.ts';
import { createWebhooks, type Webhooks } from './webhooks/delivery.ts';
import type { World } from './world.ts';

/** How a GitHub starts. */
export interface TestGitHubOptions {
  /** A fixed clock at the start of 2026 unless said; time passes when the test says so. */
  clock?: { now(): number };
  /** Of {@link World.random}: GUIDs, faults with a rate, the order of shuffled deliveries. 1 unless said. */
  seed?: number;
  settings?: Partial<World['settings']>;
}

/** A running GitHub, closed by `await using`. */
export interface TestGitHub extends AsyncDisposable {
  world: World;
  server: GitHubServer;
  webhooks: Webhooks;
  /** Sends the events that are due by now; answers how many. */
  deliverDue(): Promise<number>;
  /** Sends events until none is due, also those that their receivers cause; answers how many. */
  settle(): Promise<number>;
  /** Throws where a comment of the app was not read by `readComments`. */
  assertNothingUnread(appId: number): void;
}

/** Opens an empty GitHub. Closing throws where a client asked for what is not there, or an answer broke its schema. */
export async function openTestGitHub(options: TestGitHubOptions = {}): Promise<TestGitHub> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'espalier-github-')));
  const git = openGitStorage(folder);
  const webhooks = createWebhooks();
  const world = createWorld({
    clock: options.clock ?? { now: () => NEW_YEAR_2026 },
    git,
    seed: options.seed ?? 1,
    emit: webhooks.emit,
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  });
  const server = await startGitHubServer(world, { describeRequest, executeGraphql }, (delivery) =>
    webhooks.redeliver(world, delivery),
  );
  return {
    world,
    server,
    webhooks,
    deliverDue: () => webhooks.deliverDue(world),
    settle: () => webhooks.settle(world),
    assertNothingUnread: (appId) => assertNothingUnread(world, appId),
    [Symbol.asyncDispose]: async () => {
      try {
        await server.close();
      } finally {
        await git[Symbol.asyncDispose]();
        await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
}

const NEW_YEAR_2026 = Date.UTC(2026, 0, 1);

function assertNothingUnread(world: World, appId: number): void {
  const unread = unreadComments(world, appId);
  if (unread.length === 0) return;
  const lines = unread.map(({ repository, comment }) => `${repository.name}#${comment.issueNumber}: ${comment.body}`);
  throw new Error(`The app wrote ${unread.length} comments that the test did not read:\n${lines.join('\n')}`);
}
