/**
 * The App as it ships on a test GitHub where things go wrong. Everything happens one after the other, in an order that
 * the seed alone decides: requests travel for some virtual time, so that those of two processes come in any order;
 * processes die without an end; runs take their time, and end as they like.
 */
import { openParts } from '../../src/entrypoints/app/open-parts.ts';
import { type Replica, startReplica } from './app-replica.ts';
import { type AppStage, openAppStage, type StageOptions } from './app-stage.ts';
import { CuttableClock, EventClock } from './event-clock.ts';
import { Exchanges } from './exchanges.ts';
import type { FaultPlan, RunFate, Trip } from './fault-plan.ts';
import { cancelRun, completeRun, rerunRun } from './github/operations/runs.ts';
import type { WorkflowRun } from './github/state.ts';

/** A process of the App, from its start to its death. */
interface Process {
  replica: Replica;
  clock: CuttableClock;
}

/** See the file's comment. */
export interface FaultWorld extends AppStage, AsyncDisposable {
  clock: EventClock;
  plan: FaultPlan;
  /** What happened, in order, for whoever looks for a defect. */
  trace: string[];
  /** Everything that the processes logged, also those that died. */
  log(): string;
  note(what: string): void;
  /** Does something beside everything else, from now on. Its failure fails the story. */
  begin(what: string, task: () => Promise<void>): void;
  /** Something in the world changes, and nothing else happens meanwhile. */
  change<T>(work: () => Promise<T>): Promise<T>;
  /** Lets things happen until `isDone`; throws if it is not done in time. */
  until(isDone: () => boolean | Promise<boolean>, what: string, maxMs?: number): Promise<void>;
  /** Lets `ms` of the clock pass. */
  pass(ms: number): Promise<void>;
  /** Called with each request that reaches GitHub, just before it is looked at. */
  onArrival: (() => Promise<void>) | null;
}

/** What GitHub is given for a webhook when every process is dead. */
const NOBODY = 'http://127.0.0.1:9/';
const REST_LIMIT_MS = 30_000;
const GRAPHQL_LIMIT_MS = 10_000;
const HOUR_MS = 3_600_000;

/** Opens it all; the processes serve. */
export async function openFaultWorld(
  plan: FaultPlan,
  options: Omit<StageOptions, 'clock' | 'seed'>,
): Promise<FaultWorld> {
  const clock = new EventClock();
  const stage = await openAppStage({ ...options, clock, seed: plan.seed });
  const { github, world, app, repository } = stage;
  const exchanges = new Exchanges();
  const living = new Map<number, Process>();
  const processes: Process[] = [];
  const failures: Error[] = [];
  const known = new Set<number>();
  let isClosing = false;

  const faultWorld: FaultWorld = {
    ...stage,
    clock,
    plan,
    trace: [],
    onArrival: null,
    log: () => processes.flatMap(({ replica }) => replica.lines).join(''),
    note: (what) => {
      faultWorld.trace.push(`${((clock.now() - BEGIN_MS) / 1000).toFixed(3)} ${what}`);
    },
    begin: (what, task) => {
      task().catch((error: unknown) => failures.push(new Error(`${what} failed.`, { cause: error })));
    },
    change: (work) => exchanges.track(work()),
    until: async (isDone, what, maxMs = 6 * HOUR_MS) => {
      const endMs = clock.now() + maxMs;
      while (!(await isDone()))
        if (!(await step(endMs))) throw new Error(`${what} did not happen in ${maxMs / 60_000} minutes.`);
    },
    pass: async (ms) => {
      const endMs = clock.now() + ms;
      while (await step(endMs));
    },
    [Symbol.asyncDispose]: async () => {
      isClosing = true;
      await Promise.all(processes.map(({ replica, clock: own }) => endProcess(replica, own)));
      exchanges[Symbol.dispose]();
      await github[Symbol.asyncDispose]();
    },
  };

  async function start(at: number): Promise<void> {
    const own = new CuttableClock(clock);
    const replica = await startReplica({
      app,
      apiUrl: github.server.url,
      name: `replica-${at}`,
      clock: own,
      fetch: (input, init) =>
        send(at, own, { input: input instanceof Request ? input.url : input.toString(), init: init ?? {} }),
      openParts,
      env: { ESPALIER_SWEEP_EVERY: '4m', ESPALIER_METRICS: 'off' },
      random: () => plan.chance('drift of sweeps').next(),
    });
    const process = { replica, clock: own };
    processes.push(process);
    living.set(at, process);
    faultWorld.note(`replica ${at} serves`);
  }

  /** The process is gone from one moment to the next, and comes back some time later. */
  function kill(at: number, own: CuttableClock): void {
    if (own.isCut) return;
    own.isCut = true;
    living.delete(at);
    faultWorld.note(`replica ${at} dies`);
    const downMs = plan.chance('restarts').between(0, 90_000);
    faultWorld.begin(`Restarting replica ${at}`, async () => {
      await clock.sleep(downMs);
      await exchanges.track(start(at));
    });
  }

  async function send(
    at: number,
    own: CuttableClock,
    { input, init }: { input: string; init: RequestInit },
  ): Promise<Response> {
    if (isClosing) throw new TypeError('fetch failed');
    const name = nameRequest(input, init);
    const trip = plan.drawTrip(at, input.endsWith('/graphql') ? GRAPHQL_LIMIT_MS : REST_LIMIT_MS);
    if (trip.diesMs !== null) void clock.sleep(trip.diesMs).then(() => kill(at, own));
    const sentAtMs = clock.now();
    const answer = carry(at, trip, { name, input, init });
    // What is lost on its way has no answer to wait for.
    answer.catch((cause: unknown) => failures.push(new Error(`Carrying ${name} failed.`, { cause })));
    await clock.sleep(trip.endsMs);
    if (own.isCut) return new Promise(() => {});
    if (!trip.isAnswered) {
      faultWorld.note(`replica ${at} hears nothing of ${name} sent at ${(sentAtMs - BEGIN_MS) / 1000}`);
      throw trip.endsMs >= GRAPHQL_LIMIT_MS
        ? new DOMException('The operation was aborted due to timeout', 'TimeoutError')
        : new TypeError('fetch failed', { cause: new Error('read ECONNRESET') });
    }
    const got = await answer;
    if (got instanceof Response) return got;
    throw got;
  }

  /** Brings a request to GitHub; the answer, or what `fetch` throws where GitHub breaks the connection. */
  async function carry(
    at: number,
    trip: Trip,
    { name, input, init }: { name: string; input: string; init: RequestInit },
  ): Promise<unknown> {
    if (trip.arrivesMs === null) return null;
    await clock.sleep(trip.arrivesMs);
    if (isClosing) return null;
    return exchanges.track(
      (async () => {
        await faultWorld.onArrival?.();
        try {
          const answer = await exchange(input, init);
          faultWorld.note(`replica ${at} ${name} -> ${answer.status}`);
          return answer;
        } catch (error) {
          faultWorld.note(`replica ${at} ${name} -> ${String(error)}`);
          return error;
        }
      })(),
    );
  }

  const exchange = (input: string, init: RequestInit): Promise<Response> => exchanges.fetch(input, init);

  /** Goes on to the next thing that happens; false if there is none before `endMs`. */
  async function step(endMs: number): Promise<boolean> {
    await exchanges.rest();
    const [failure] = failures;
    if (failure !== undefined) throw failure;
    for (const run of repository.runs.values()) if (!known.has(run.id)) follow(run);
    const dueAtMs = github.webhooks.nextDueAt(world) ?? Infinity;
    const wakesAtMs = clock.nextAtMs;
    if (Math.min(dueAtMs, wakesAtMs) > endMs) {
      clock.moveTo(endMs);
      return false;
    }
    if (dueAtMs <= wakesAtMs) {
      clock.moveTo(dueAtMs);
      const hooks = [...living.values()].map(({ replica }) => replica.hookUrl);
      app.hookUrl = hooks.length === 0 ? NOBODY : plan.chance('balance').pick(hooks);
      await github.deliverDue();
    } else clock.wakeNext();
    await exchanges.rest();
    return true;
  }

  function follow(run: WorkflowRun): void {
    known.add(run.id);
    const fate = plan.drawRun();
    faultWorld.note(`run ${run.id} '${run.displayTitle}' ${fate.kind}`);
    if (fate.kind !== 'never-begins') faultWorld.begin(`Run ${run.id}`, () => play(run, fate));
  }

  async function play(run: WorkflowRun, fate: RunFate): Promise<void> {
    const chance = plan.chance(`run ${run.displayTitle}`);
    for (let steps = 0; run.status !== 'completed'; steps += 1) {
      await clock.sleep(chance.between(300, 12_000));
      await exchanges.track(stepRun(run, fate, steps));
    }
    if (fate.kind !== 're-run') return;
    await clock.sleep(fate.afterMs);
    if (run.runAttempt > 1) return;
    faultWorld.note(`run ${run.id} is started again by hand`);
    await exchanges.track(rerunRun(world, stage.maintainer, run));
    await play(run, { kind: 'runs' });
  }

  async function stepRun(run: WorkflowRun, fate: RunFate, steps: number): Promise<void> {
    const before = run.status;
    if (before === 'completed') return;
    if (fate.kind === 'ends' && steps >= fate.afterSteps) await completeRun(world, run, fate.as);
    else if (fate.kind === 'cancelled' && steps >= fate.afterSteps) await cancelRun(world, stage.maintainer, run);
    else await stage.standIn.stepRun(run);
    if (run.status !== before) faultWorld.note(`run ${run.id} is ${run.status} ${run.conclusion ?? ''}`);
  }

  async function endProcess(replica: Replica, own: CuttableClock): Promise<void> {
    own.isCut = false;
    replica.signal();
    for (let rounds = 0; rounds < 2000; rounds += 1) {
      await exchanges.rest();
      const isOver = await Promise.race([replica.ended.then(() => true), Promise.resolve(false)]);
      if (isOver) return;
      clock.wakeNext();
    }
  }

  github.server.faults.addRandom({ seed: plan.seed, ...plan.serverFaults(), on: { appId: app.id } });
  if (plan.has('webhooks')) disturbWebhooks(faultWorld);
  app.hookUrl = NOBODY;
  for (let at = 0; at < plan.replicas; at += 1) await start(at);
  return faultWorld;
}

const BEGIN_MS = new EventClock().now();

function disturbWebhooks({ github, plan }: FaultWorld): void {
  const { webhooks } = github;
  const chance = plan.chance('webhooks');
  webhooks.isShuffled = true;
  webhooks.addFault({ fate: { kind: 'lost' }, rate: chance.between(0, 0.2), times: Infinity });
  webhooks.addFault({ fate: { kind: 'dropped' }, rate: chance.between(0, 0.2), times: Infinity });
  webhooks.addFault({ fate: { kind: 'doubled' }, rate: chance.between(0, 0.2), times: Infinity });
  for (const byMs of [700, 5_000, 90_000])
    webhooks.addFault({ fate: { kind: 'late', byMs }, rate: chance.between(0, 0.1), times: Infinity });
}

function nameRequest(input: string, init: RequestInit): string {
  const operation = /(?:query|mutation) (\w+)/.exec(typeof init.body === 'string' ? init.body : '')?.[1];
  return operation ?? `${init.method ?? 'GET'} ${new URL(input).pathname}`;
}
