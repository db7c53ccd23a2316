/**
 * The App as it ships, in this process, on a test GitHub: real HTTP, real git, signed webhooks, a clock that only the
 * test moves, and the workflow's stand-in. Any number of replicas serve the same installation.
 */
import { setImmediate } from 'node:timers/promises';
import path from 'node:path';
import { readFile } from 'node:fs/promises';

import { parse } from 'yaml';

import type { AppParts, OpenParts } from '../../src/entrypoints/app/parts.ts';
import { openParts } from '../../src/entrypoints/app/open-parts.ts';
import { runApp } from '../../src/entrypoints/app/run-app.ts';
import { ManualClock } from '../entrypoints/app/manual-clock.ts';
import { PRIVATE_KEY } from '../entrypoints/app/running-app.ts';
import { ActionsStandIn, type LegScript } from './github/actions-stand-in.ts';
import { openTestGitHub, type TestGitHub } from './github/open-test-github.ts';
import { addPerson } from './github/operations/accounts.ts';
import { installApp, registerApp } from './github/operations/apps.ts';
import { addComment, readComments } from './github/operations/comments.ts';
import { createIssue } from './github/operations/issues.ts';
import { createRepository, setRole } from './github/operations/repositories.ts';
import type { App, Comment, Installation, Issue, Permissions, Repository } from './github/state.ts';
import { type Actor, personActor, type World } from './github/world.ts';
import { createPublicKey } from 'node:crypto';

const WEBHOOK_SECRET = 'a-secret-of-the-tests-0123456789';
const HOME = path.resolve(import.meta.dirname, '../..');

export interface AppWorldOptions {
  /** Processes that serve the App; 1 unless said. The first one gets the webhooks. */
  replicas?: number;
  seed?: number;
  /** Files of the repository's first commit, beside the workflow. */
  files?: Record<string, string>;
  script: LegScript;
  settings?: Partial<World['settings']>;
}

/** One process of the App. */
interface Replica {
  url: string;
  stop(): Promise<void>;
  lines: string[];
}

/** A GitHub with one repository, two people and the App at work. */
export interface AppWorld extends AsyncDisposable {
  github: TestGitHub;
  world: World;
  clock: ManualClock;
  app: App;
  installation: Installation;
  repository: Repository;
  standIn: ActionsStandIn;
  /** Owns the repository. */
  maintainer: Actor;
  /** May read. */
  stranger: Actor;
  /** Everything that the replicas logged. */
  log(): string;
  openIssue(title: string, body: string): Promise<Issue>;
  say(issue: Issue, body: string, by?: Actor): Promise<Comment>;
  /** Comments of an issue or pull request, oldest first; they count as read. */
  read(issue: Issue): Comment[];
  /** Lets everything go on until nothing moves any more, at most `maxMs` of the clock. */
  settle(maxMs?: number): Promise<void>;
  /** As {@link settle}, until `isDone`; throws with the log's end if it is not done in time. */
  until(isDone: () => boolean | Promise<boolean>, what: string, maxMs?: number): Promise<void>;
  /** How many reconciles there were. */
  reconciles(): number;
  /** Ends a process as a crash does, and starts another. */
  restart(replica: number): Promise<void>;
}

/** The workflow file that the App looks for; the stand-in does what its runs would. */
const WORKFLOW = `name: espalier attempt
run-name: espalier \${{ inputs.plan }} \${{ inputs.nonce }}
on:
  workflow_dispatch:
    inputs:
      plan: { type: string, required: true }
      legs: { type: string, required: true }
      nonce: { type: string, required: true }
      ledger: { type: string, required: true }
jobs:
  plan: { runs-on: ubuntu-24.04, steps: [{ run: 'true' }] }
`;

/** Opens it all. Nothing has been said yet. */
export async function openAppWorld(options: AppWorldOptions): Promise<AppWorld> {
  const clock = new ManualClock();
  const github = await openTestGitHub({
    clock,
    seed: options.seed ?? 1,
    settings: { deliveryDelayMs: 100, mergeabilityDelayMs: 500, ...options.settings },
  });
  const { world } = github;
  await addPerson(world, 'maintainer');
  await addPerson(world, 'stranger');
  const maintainer = personActor(world, 'maintainer');
  const repository = await createRepository(world, maintainer, {
    owner: 'maintainer',
    name: 'garden',
    files: { 'README.md': '# garden\n', '.github/workflows/espalier-attempt.yml': WORKFLOW, ...options.files },
  });
  await setRole(world, repository, 'stranger', 'read');
  const manifest = parse(await readFile(path.join(HOME, 'app.yml'), 'utf8')) as {
    default_permissions: Permissions;
    default_events: string[];
  };
  const app = await registerApp(world, {
    slug: 'espalier',
    ownerLogin: 'maintainer',
    permissions: manifest.default_permissions,
    events: manifest.default_events,
    webhookSecret: WEBHOOK_SECRET,
    keys: { privateKeyPem: PRIVATE_KEY, publicKeyPem: publicKeyOf(PRIVATE_KEY) },
  });
  const installation = await installApp(world, maintainer, {
    appId: app.id,
    accountLogin: 'maintainer',
    repositories: 'all',
  });
  const activity = { count: 0, reconciles: 0 };
  const requests = watchRequests();
  const replicas: Replica[] = [];
  for (let at = 0; at < (options.replicas ?? 1); at += 1)
    replicas.push(await startReplica(app, github.server.url, clock, activity, at));
  app.hookUrl = `${replicas[0]?.url ?? ''}/api/github/webhooks`;
  const standIn = new ActionsStandIn(world, repository, options.script);

  /** Waits until nothing happens any more but what sleeps on the clock: work that paces itself waits for it. */
  const rest = async (): Promise<void> => {
    for (let quiet = 0; quiet < (activity.count === 0 ? 4 : 40);) {
      await setImmediate();
      quiet = requests.inFlight === 0 ? quiet + 1 : 0;
    }
  };
  const STEP_MS = 250;
  const step = async (): Promise<boolean> => {
    const delivered = await github.deliverDue();
    await rest();
    const hasWorked = await standIn.step();
    await clock.advance(STEP_MS);
    await rest();
    return delivered > 0 || hasWorked;
  };
  const appWorld: AppWorld = {
    github,
    world,
    clock,
    app,
    installation,
    repository,
    standIn,
    maintainer,
    stranger: personActor(world, 'stranger'),
    log: () => replicas.flatMap((replica) => replica.lines).join(''),
    openIssue: (title, body) => createIssue(world, maintainer, repository, { title, body }),
    say: (issue, body, by = maintainer) => addComment(world, by, issue, body),
    read: (issue) => readComments(world, issue),
    reconciles: () => activity.reconciles,
    settle: async (maxMs = 600_000) => {
      // Long enough for every delay of the App's own that is not a timeout.
      const quietMs = 10_000;
      for (let passed = 0, quiet = 0; passed < maxMs && quiet < quietMs; passed += STEP_MS)
        quiet = (await step()) ? 0 : quiet + STEP_MS;
    },
    until: async (isDone, what, maxMs = 3_600_000) => {
      for (let passed = 0; passed < maxMs; passed += STEP_MS) {
        if (await isDone()) return;
        await step();
      }
      throw new Error(`${what} did not happen in ${maxMs} ms.\n${appWorld.log().slice(-6000)}`);
    },
    restart: async (at) => {
      await replicas[at]?.stop();
      replicas[at] = await startReplica(app, github.server.url, clock, activity, at);
      if (at === 0) app.hookUrl = `${replicas[0]?.url ?? ''}/api/github/webhooks`;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(replicas.map((replica) => replica.stop()));
      requests.end();
      await github[Symbol.asyncDispose]();
    },
  };
  return appWorld;
}

function publicKeyOf(privateKeyPem: string): string {
  return createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString();
}

/** Counts the requests of this process that have no answer yet. */
function watchRequests(): { inFlight: number; end(): void } {
  const { fetch } = globalThis;
  const watched = {
    inFlight: 0,
    end: () => {
      globalThis.fetch = fetch;
    },
  };
  globalThis.fetch = async (...request) => {
    watched.inFlight += 1;
    try {
      return await fetch(...request);
    } finally {
      watched.inFlight -= 1;
    }
  };
  return watched;
}

/** Counts what is under way, so that the test knows when nothing is. */
function watchParts(open: OpenParts, activity: { count: number; reconciles: number }): OpenParts {
  const watch = async <T>(work: () => Promise<T>): Promise<T> => {
    activity.count += 1;
    try {
      return await work();
    } finally {
      activity.count -= 1;
    }
  };
  return async (context) => {
    const parts = await open(context);
    const watched: AppParts = {
      ...parts,
      api: {
        readIdentity: (signal) => watch(() => parts.api.readIdentity(signal)),
        listInstallations: (signal) => watch(() => parts.api.listInstallations(signal)),
        listRepositories: (id, signal) => watch(() => parts.api.listRepositories(id, signal)),
        listDeliveries: (query, signal) => watch(() => parts.api.listDeliveries(query, signal)),
        redeliver: (id, signal) => watch(() => parts.api.redeliver(id, signal)),
      },
      listOpenPlans: (repository, id, signal) => watch(() => parts.listOpenPlans(repository, id, signal)),
      resolvePlans: (hint, signal) => watch(() => parts.resolvePlans(hint, signal)),
      reconcile: (target, signal) => {
        activity.reconciles += 1;
        return watch(() => parts.reconcile(target, signal));
      },
    };
    return watched;
  };
}

async function startReplica(
  app: App,
  apiUrl: string,
  clock: ManualClock,
  activity: { count: number; reconciles: number },
  at: number,
): Promise<Replica> {
  const lines: string[] = [];
  let handler: (name: string) => void = () => {};
  let onServing: () => void = () => {};
  const serving = new Promise<void>((resolve) => {
    onServing = resolve;
  });
  const ended = runApp({
    argv: [],
    env: {
      APP_ID: String(app.id),
      PRIVATE_KEY: app.privateKeyPem,
      WEBHOOK_SECRET: app.webhookSecret,
      GITHUB_API_URL: apiUrl,
      HOST: '127.0.0.1',
      PORT: '0',
      ESPALIER_ENV_FILE: '/nonexistent/.env',
      ESPALIER_REPLICA: `replica-${at}`,
    },
    hostname: 'test-host',
    clock,
    random: () => 0,
    fetch,
    home: HOME,
    stdout: (text) => {
      lines.push(text);
      if (text.includes('"Serving."')) onServing();
    },
    stderr: (text) => lines.push(text),
    onSignal: (given) => {
      handler = given;
      return () => {};
    },
    exitNow: () => {},
    openParts: watchParts(openParts, activity),
  });
  ended.catch((error: unknown) => lines.push(String(error)));
  await Promise.race([serving, ended.then(() => {}).catch(() => {})]);
  const address = lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .find(({ message }) => message === 'Listening.')?.['address'];
  if (typeof address !== 'string') throw new Error(`The App did not listen:\n${lines.join('')}`);
  return {
    url: address,
    lines,
    stop: async () => {
      handler('SIGTERM');
      for (let rounds = 0; rounds < 400; rounds += 1) {
        const isOver = await Promise.race([
          ended.then(
            () => true,
            () => true,
          ),
          clock.advance(250).then(() => false),
        ]);
        if (isOver) return;
      }
    },
  };
}
