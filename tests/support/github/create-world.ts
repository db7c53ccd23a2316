/** An empty GitHub: clock, randomness and git are the caller's, everything else starts from nothing. */
import { AsyncLocalStorage } from 'node:async_hooks';

import type { GitStorage } from './git-storage.ts';
import { makeNodeId } from './node-ids.ts';
import { followMovedRef } from './operations/follow-refs.ts';
import { advanceQueuesAt } from './operations/merge-queue.ts';
import { completeRun } from './operations/runs.ts';
import { ACTIONS_APP_ID, addAccount, addNode, GITHUB_LOGIN } from './registry.ts';
import type { GitHubState } from './state.ts';
import type { World } from './world.ts';

export { ACTIONS_APP_ID, GITHUB_LOGIN } from './registry.ts';

/** What a world is made of. Nothing is emitted before {@link World.emit} is set by the webhooks. */
export interface WorldParts {
  clock: { now(): number };
  git: GitStorage;
  seed: number;
  settings?: Partial<World['settings']>;
  emit(world: World, ...event: Parameters<World['emit']>): Promise<void>;
}

/** Makes a GitHub that holds nothing but GitHub Actions. */
export function createWorld(parts: WorldParts): World {
  const state: GitHubState = {
    apps: new Map(),
    accounts: new Map(),
    installations: new Map(),
    repositories: new Map(),
    formerNames: new Map(),
    deliveries: [],
    nodes: new Map(),
    lastSmallId: 1_000,
    // Real ids of runs and comments have long passed 2^32; see `nextLargeId`.
    lastLargeId: 2 ** 32 + 1_000,
  };
  const world: World = {
    state,
    clock: parts.clock,
    random: makeRandom(parts.seed),
    git: parts.git,
    urls: { web: 'http://127.0.0.1', api: 'http://127.0.0.1' },
    settings: { mergeabilityDelayMs: 0, deliveryDelayMs: 0, ...parts.settings },
    atomically: makeTurns(),
    followers: {
      refMoved: followMovedRef,
      checksChanged: advanceQueuesAt,
      runCancelled: (at, run) => completeRun(at, run, 'cancelled'),
    },
    emit: (event) => parts.emit(world, event),
  };
  addAccount(world, GITHUB_LOGIN, 'Organization');
  addGitHubActions(world);
  return world;
}

function addGitHubActions(world: World): void {
  const nodeId = makeNodeId('App', ACTIONS_APP_ID);
  const app = {
    id: ACTIONS_APP_ID,
    nodeId,
    slug: 'github-actions',
    name: 'GitHub Actions',
    ownerLogin: GITHUB_LOGIN,
    clientId: 'Iv1.github-actions',
    privateKeyPem: '',
    publicKeyPem: '',
    webhookSecret: '',
    hookUrl: null,
    hookId: 0,
    permissions: {},
    events: [],
    createdAt: world.clock.now(),
  };
  world.state.apps.set(app.id, app);
  addNode(world.state, nodeId, { kind: 'App', app });
  addAccount(world, 'github-actions[bot]', 'Bot', { appId: ACTIONS_APP_ID });
}

/** One change after the other; what a change itself calls runs inside its turn, or it would wait for itself. */
function makeTurns(): World['atomically'] {
  const inside = new AsyncLocalStorage<true>();
  let last: Promise<unknown> = Promise.resolve();
  return <T>(change: () => Promise<T>): Promise<T> => {
    if (inside.getStore()) return change();
    const turn = last.then(() => inside.run(true, change));
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** Mulberry32: 32 bits of state are plenty for the choice of faults. */
function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
