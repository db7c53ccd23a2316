/**
 * The App as it ships, in this process, on a test GitHub: real HTTP, real git, signed webhooks, a clock that only the
 * test moves, and the workflow's stand-in. Any number of replicas serve the same installation.
 */
import { openParts } from '../../src/entrypoints/app/open-parts.ts';
import type { AppParts, OpenParts } from '../../src/entrypoints/app/parts.ts';
import { ManualClock } from '../entrypoints/app/manual-clock.ts';
import { type Replica, startReplica } from './app-replica.ts';
import { type AppStage, openAppStage, type StageOptions } from './app-stage.ts';
import { Exchanges } from './exchanges.ts';
import { addComment, readComments } from './github/operations/comments.ts';
import { createIssue } from './github/operations/issues.ts';
import type { Comment, Issue } from './github/state.ts';
import type { Actor } from './github/world.ts';

export interface AppWorldOptions extends Omit<StageOptions, 'clock'> {
  /** Processes that serve the App; 1 unless said. The first one gets the webhooks. */
  replicas?: number;
}

/** A GitHub with one repository, two people and the App at work. */
export interface AppWorld extends AppStage, AsyncDisposable {
  clock: ManualClock;
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

/** Opens it all. Nothing has been said yet. */
export async function openAppWorld(options: AppWorldOptions): Promise<AppWorld> {
  const clock = new ManualClock();
  const stage = await openAppStage({ ...options, clock });
  const { github, world, app, repository, standIn, maintainer } = stage;
  const counts = { reconciles: 0 };
  const exchanges = new Exchanges();
  const replicas: Replica[] = [];
  const start = (at: number): Promise<Replica> =>
    startReplica({
      app,
      apiUrl: github.server.url,
      name: `replica-${at}`,
      clock,
      fetch: exchanges.fetch,
      openParts: countReconciles(openParts, counts),
    });
  for (let at = 0; at < (options.replicas ?? 1); at += 1) replicas.push(await start(at));
  app.hookUrl = replicas[0]?.hookUrl ?? null;

  const STEP_MS = 250;
  const step = async (): Promise<boolean> => {
    const delivered = await github.deliverDue();
    await exchanges.rest();
    const hasWorked = await standIn.step();
    await clock.advance(STEP_MS);
    await exchanges.rest();
    return delivered > 0 || hasWorked;
  };
  const appWorld: AppWorld = {
    ...stage,
    clock,
    log: () => replicas.flatMap((replica) => replica.lines).join(''),
    openIssue: (title, body) => createIssue(world, maintainer, repository, { title, body }),
    say: (issue, body, by = maintainer) => addComment(world, by, issue, body),
    read: (issue) => readComments(world, issue),
    reconciles: () => counts.reconciles,
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
      const running = replicas[at];
      if (running !== undefined) await stopReplica(running, clock);
      replicas[at] = await start(at);
      if (at === 0) app.hookUrl = replicas[0]?.hookUrl ?? null;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(replicas.map((replica) => stopReplica(replica, clock)));
      exchanges[Symbol.dispose]();
      await github[Symbol.asyncDispose]();
    },
  };
  return appWorld;
}

function countReconciles(open: OpenParts, counts: { reconciles: number }): OpenParts {
  return async (context) => {
    const parts = await open(context);
    const counted: AppParts = {
      ...parts,
      reconcile: (target, signal) => {
        counts.reconciles += 1;
        return parts.reconcile(target, signal);
      },
    };
    return counted;
  };
}

async function stopReplica({ signal, ended }: Replica, clock: ManualClock): Promise<void> {
  signal();
  for (let rounds = 0; rounds < 400; rounds += 1) {
    const isOver = await Promise.race([ended.then(() => true), clock.advance(250).then(() => false)]);
    if (isOver) return;
  }
}
