/**
 * A repository on the test GitHub as `espalier init` leaves it, with GitHub Actions at work on it in real time: the
 * workflows that ship, the built Action as processes, a real sandbox engine. Its plans are kept by the App, by the
 * workflows as the repository's own App, or by the workflows with nothing but `GITHUB_TOKEN`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import path from 'node:path';

import { CONFIG_PATH } from '../../src/core/config/config.ts';
import { SWEEP_CRON } from '../../src/core/setup/render-reconcile.ts';
import { renderSetup } from '../../src/core/setup/render-setup.ts';
import { openParts } from '../../src/entrypoints/app/open-parts.ts';
import { SYSTEM_CLOCK } from '../../src/adapters/clock/system-clock.ts';
import {
  type ActionsRunner,
  type ActionsRunnerOptions,
  openActionsRunner,
} from './actions-runner/open-actions-runner.ts';
import { type Replica, startReplica } from './app-replica.ts';
import { installEspalier } from './app-stage.ts';
import { ACTIONS_APP_ID } from './github/create-world.ts';
import { openTestGitHub, type TestGitHub } from './github/open-test-github.ts';
import { addPerson } from './github/operations/accounts.ts';
import { addComment } from './github/operations/comments.ts';
import { createIssue } from './github/operations/issues.ts';
import { createRepository } from './github/operations/repositories.ts';
import type { App, Issue, Repository } from './github/state.ts';
import { type Actor, personActor, type World } from './github/world.ts';

const HOME = path.resolve(import.meta.dirname, '../..');
/** What the workflows take the Action by; the runner takes the files of this checkout for it. */
const ACTION = { repository: 'espalier/espalier', sha: 'e5'.repeat(20), version: 'v0.1.0' };

/** A story that needs the schedule more often than this is stuck. */
const MAX_TICKS = 12;

/** Who keeps the plans of a repository. */
export const KEEPERS = ['app', 'own-app', 'github-token'] as const;
export type Keeper = (typeof KEEPERS)[number];

/** What the world is made of. */
export interface ActionWorldOptions {
  keeper: Keeper;
  /** Files of the repository beside what `init` writes; its configuration is one of them. */
  files: Readonly<Record<string, string>>;
  /** Variables of the machines of the jobs, such as `DOCKER_HOST`. */
  machineEnv: Readonly<Record<string, string>>;
  secrets?: Readonly<Record<string, string>>;
  /** Variable and secret of the agent's key; none unless said. */
  keyName?: string;
  runner?: Partial<ActionsRunnerOptions>;
  /** Changes the rendered workflows, as somebody who weakens or corrupts them would. */
  editWorkflow?: (path: string, text: string) => string;
}

/** See the head of this file. */
export interface ActionWorld extends AsyncDisposable {
  github: TestGitHub;
  world: World;
  repository: Repository;
  runner: ActionsRunner;
  maintainer: Actor;
  /** The app as whom everything is written: the App's, the repository's own, or that of GitHub Actions. */
  keeperId: number;
  openPlan(title: string, body: string): Promise<Issue>;
  say(issue: Issue, body: string): Promise<void>;
  /** Lets everything go on until `isDone`; the schedule comes where nothing else moves. */
  until(isDone: () => boolean | Promise<boolean>, what: string, limitMs?: number): Promise<void>;
  /** As {@link until}, for what is to be seen on the way: runs may still be on theirs. `isSeen` is asked often. */
  untilSeen(isSeen: () => boolean | Promise<boolean>, what: string, limitMs?: number): Promise<void>;
  /** How often the schedule had to come. */
  ticks(): number;
  log(): string;
}

/** Opens it all. Nothing has been said yet. */
export async function openActionWorld(options: ActionWorldOptions): Promise<ActionWorld> {
  const { keeper } = options;
  const github = await openTestGitHub({
    clock: { now: Date.now },
    settings: { deliveryDelayMs: 0, mergeabilityDelayMs: 0 },
  });
  const { world } = github;
  await addPerson(world, 'maintainer');
  const maintainer = personActor(world, 'maintainer');
  const repository = await createRepository(world, maintainer, {
    owner: 'maintainer',
    name: 'garden',
    files: { 'README.md': '# garden\n', ...setupFiles(options), ...options.files },
  });
  repository.settings.actionsMayOpenPulls = true;
  const app = keeper === 'github-token' ? null : (await installEspalier(world, maintainer)).app;
  const replica = app === null || keeper !== 'app' ? null : await serveApp(github, app);
  const runner = await openActionsRunner({
    github,
    repository,
    action: { repository: ACTION.repository, folder: HOME },
    secrets: {
      ...options.secrets,
      ...(keeper === 'own-app' && app !== null ? { ESPALIER_PRIVATE_KEY: app.privateKeyPem } : {}),
    },
    vars: keeper === 'own-app' && app !== null ? { ESPALIER_CLIENT_ID: app.clientId } : {},
    env: { ...options.machineEnv },
    maxJobs: 2,
    ...options.runner,
  });
  const deliveries = deliverAtOnce(github);
  let ticks = 0;
  const log = (): string =>
    [
      replica?.lines.join('') ?? '',
      runner.describe(),
      ...[...repository.comments.values()].map(({ body }) => body.slice(0, 2000)),
    ].join('\n');

  async function goOn(
    isDone: () => boolean | Promise<boolean>,
    { what, limitMs, isAtEnd }: { what: string; limitMs: number; isAtEnd: boolean },
  ): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (!(await isDone())) {
      if (Date.now() > deadline) throw new Error(`${what} did not happen in ${limitMs} ms.\n${log().slice(-8000)}`);
      if (replica === null) {
        const isSeen = async (): Promise<boolean> => !isAtEnd && (await isDone());
        await runner.until(async () => runner.isQuiet() || (await isSeen()), what, deadline - Date.now());
        if (await isDone()) return;
        // Nothing is under way and the plan is not at its end: it waits for a time, and so for the schedule.
        ticks += 1;
        if (ticks > MAX_TICKS) throw new Error(`${what} did not happen in ${MAX_TICKS} sweeps.\n${log().slice(-8000)}`);
        await runner.tick(SWEEP_CRON);
      } else await runner.until(async () => runner.hasProblems() || (await isDone()), what, deadline - Date.now());
      if (runner.hasProblems()) throw new Error(`GitHub would not have run what is written.\n${log().slice(-8000)}`);
    }
  }

  return {
    github,
    world,
    repository,
    runner,
    maintainer,
    keeperId: app?.id ?? ACTIONS_APP_ID,
    openPlan: (title, body) => createIssue(world, maintainer, repository, { title, body }),
    say: async (issue, body) => {
      await addComment(world, maintainer, issue, body);
    },
    until: (isDone, what, limitMs = 240_000) => goOn(isDone, { what, limitMs, isAtEnd: true }),
    untilSeen: (isSeen, what, limitMs = 240_000) => goOn(isSeen, { what, limitMs, isAtEnd: false }),
    ticks: () => ticks,
    log,
    [Symbol.asyncDispose]: async () => {
      await deliveries[Symbol.asyncDispose]();
      await runner[Symbol.asyncDispose]();
      if (replica !== null) {
        replica.signal();
        await replica.ended;
      }
      await github[Symbol.asyncDispose]();
    },
  };
}

function setupFiles({
  keeper,
  keyName = '',
  editWorkflow = (_path, text) => text,
}: ActionWorldOptions): Record<string, string> {
  const files = renderSetup({
    version: '0.1.0',
    variant: keeper === 'app' ? 'app' : 'serverless',
    action: { kind: 'published', ...ACTION },
    agent: 'command',
    keyName: keyName === '' ? null : keyName,
    ciNames: [],
    defaultBranch: 'main',
    commands: { setup: null, test: null },
  });
  return Object.fromEntries(
    files
      .filter(({ kind, path: at }) => kind !== 'dropped' && at !== CONFIG_PATH)
      .map(({ path: at, text }) => [at, editWorkflow(at, text)]),
  );
}

async function serveApp(github: TestGitHub, app: App): Promise<Replica> {
  const replica = await startReplica({
    app,
    apiUrl: github.server.url,
    name: 'replica',
    clock: SYSTEM_CLOCK,
    fetch,
    openParts,
  });
  app.hookUrl = replica.hookUrl;
  return replica;
}

/** Sends every event as soon as it has happened, one after the other. */
function deliverAtOnce({ world, webhooks }: TestGitHub): AsyncDisposable {
  const { emit } = world;
  // A change of the state runs inside the one that it hears of; what a receiver does has to begin outside of it.
  const outside = AsyncLocalStorage.snapshot();
  let sending: Promise<unknown> = Promise.resolve();
  world.emit = async (event) => {
    await emit(event);
    sending = outside(() => sending.then(() => webhooks.deliverDue(world)));
  };
  return {
    [Symbol.asyncDispose]: async () => {
      world.emit = emit;
      await sending;
    },
  };
}
