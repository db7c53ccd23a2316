/** An empty GitHub: clock, randomness and git are the caller's, everything else starts from nothing. */
import { AsyncLocalStorage } from 'node:async_hooks';

import type { GitStorage } from './git-storage.ts';
import type { Account, AccountKind, GitHubState, Node } from './state.ts';
import { makeNodeId } from './node-ids.ts';
import { nextSmallId, type World } from './world.ts';

/** What a world is made of. Nothing is emitted before {@link World.emit} is set by the webhooks. */
export interface WorldParts {
  clock: { now(): number };
  git: GitStorage;
  seed: number;
  settings?: Partial<World['settings']>;
  emit(world: World, ...event: Parameters<World['emit']>): Promise<void>;
}

/** Id of the app that check runs of workflows come from, as on github.com. */
export const ACTIONS_APP_ID = 15_368;

/** Login of the account that GitHub's own apps belong to. */
export const GITHUB_LOGIN = 'github';

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
    emit: (event) => parts.emit(world, event),
  };
  addAccount(world, GITHUB_LOGIN, 'Organization');
  addGitHubActions(world);
  return world;
}

/** Adds an account of any kind; throws where the login is taken. */
export function addAccount(
  world: World,
  login: string,
  kind: AccountKind,
  more: { name?: string | undefined; appId?: number } = {},
): Account {
  const { state } = world;
  if (state.accounts.has(login.toLowerCase())) throw new Error(`The test GitHub has an account ${login} already.`);
  const id = nextSmallId(state);
  const account: Account = {
    id,
    nodeId: makeNodeId(kind, id),
    login,
    kind,
    name: more.name ?? null,
    appId: more.appId ?? null,
    createdAt: world.clock.now(),
  };
  state.accounts.set(login.toLowerCase(), account);
  addNode(state, account.nodeId, { kind, account });
  return account;
}

/** Makes a thing findable by its node id. */
export function addNode(state: GitHubState, nodeId: string, node: Node): void {
  state.nodes.set(nodeId, node);
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
