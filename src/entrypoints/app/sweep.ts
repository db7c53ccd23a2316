/**
 * The sweep makes up for everything that was missed: on a timer it looks at every open plan of every repository, and
 * asks GitHub to send failed webhooks again. It is also how the App knows that its credentials work.
 */
import { chooseRedeliveries, REDELIVERY_WINDOW_MS } from '../../core/intake/choose-redeliveries.ts';
import type { PlanTarget } from '../../core/intake/hint.ts';
import type { AppApi, AppIdentity, AppInstallation } from '../../ports/app-api.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { AppParts } from './parts.ts';

/** What the sweep works with. */
export interface SweepOptions {
  api: AppApi;
  listOpenPlans: AppParts['listOpenPlans'];
  enqueue(target: PlanTarget): void;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  everyMs: number;
  /** A number in [0, 1): sweeps of several replicas drift apart by it. */
  random(): number;
}

/** What is known from sweeping. `credentials` are `unknown` until GitHub has answered either way. */
export interface SweepState {
  identity: AppIdentity | null;
  credentials: 'unknown' | 'work' | 'refused';
  /** When a sweep last got on, in ms since the epoch. */
  progressAtMs: number;
}

/** A sweep that is asked for comes no sooner than this after the last one. */
const LEAST_GAP_MS = 60_000;
/** First wait after a sweep that came to nothing; doubles up to the usual interval. */
const FIRST_RETRY_MS = 5_000;
/** Sweeps of one App by several replicas start apart by up to this part of the interval. */
const JITTER = 0.1;

const LISTED_DELIVERIES = 1_000;
const REDELIVERIES_AT_ONCE = 100;

/** See the file's comment. */
export class Sweep {
  readonly #options: SweepOptions;
  readonly #stop = new AbortController();
  readonly #askedAtMs = new Map<string, number>();
  readonly #state: SweepState;
  #wake = new AbortController();
  #isWanted = false;
  #failures = 0;
  #running: Promise<void> | null = null;

  constructor(options: SweepOptions) {
    this.#options = options;
    this.#state = { identity: null, credentials: 'unknown', progressAtMs: options.clock.now() };
  }

  /** Sweeps at once, and then again and again. */
  start(): void {
    this.#running ??= this.#loop();
  }

  /** Asks for a sweep soon. */
  request(): void {
    this.#isWanted = true;
    this.#wake.abort();
  }

  /** Ends the sweep that runs, and resolves when it has. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('The app is stopping.'));
    this.#wake.abort();
    await this.#running;
  }

  /** What is known by now. */
  state(): Readonly<SweepState> {
    return this.#state;
  }

  async #loop(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#stop.signal.aborted) {
      this.#isWanted = false;
      const isWhole = await this.#sweepOnce();
      this.#failures = isWhole ? 0 : this.#failures + 1;
      await this.#pause(clock.now());
    }
  }

  async #pause(endedAtMs: number): Promise<void> {
    const { clock, everyMs } = this.#options;
    const usualMs = everyMs * (1 + JITTER * this.#options.random());
    const retryMs = FIRST_RETRY_MS * 2 ** Math.min(this.#failures - 1, 20);
    const dueAtMs = endedAtMs + (this.#failures === 0 ? usualMs : Math.min(usualMs, retryMs));
    for (;;) {
      const wanted = this.#isWanted ? Math.min(dueAtMs, endedAtMs + LEAST_GAP_MS) : dueAtMs;
      if (clock.now() >= wanted || this.#stop.signal.aborted) return;
      this.#wake = new AbortController();
      await clock.sleep(wanted - clock.now(), AbortSignal.any([this.#wake.signal, this.#stop.signal]));
    }
  }

  /** True if everything was seen. What fails in one repository does not keep the others from being looked at. */
  async #sweepOnce(): Promise<boolean> {
    const { api, clock, log, metrics } = this.#options;
    const startedAtMs = clock.now();
    const { signal } = this.#stop;
    let isWhole = true;
    let plans = 0;
    try {
      await this.#readIdentity();
      for (const installation of await api.listInstallations(signal)) {
        const found = await this.#sweepInstallation(installation);
        plans += found.plans;
        isWhole &&= found.isWhole;
      }
    } catch (error) {
      if (signal.aborted) return false;
      isWhole = false;
      metrics.countError('sweep');
      log.error('A sweep was cut short.', { error });
    }
    await this.#redeliver();
    metrics.countSweep(isWhole, clock.now() - startedAtMs);
    log.debug('A sweep ended.', { plans, isWhole, durationMs: clock.now() - startedAtMs });
    return isWhole;
  }

  async #readIdentity(): Promise<void> {
    const { api, log } = this.#options;
    try {
      const identity = await api.readIdentity(this.#stop.signal);
      if (this.#state.credentials !== 'work') log.info('GitHub knows this app.', { app: identity.slug });
      this.#state.identity = identity;
      this.#state.credentials = 'work';
      this.#noteProgress();
    } catch (error) {
      // What passes by itself says nothing about the credentials.
      if ((error as { isTransient?: unknown }).isTransient === false) this.#state.credentials = 'refused';
      throw error;
    }
  }

  async #sweepInstallation({
    id,
    account,
    isSuspended,
  }: AppInstallation): Promise<{ plans: number; isWhole: boolean }> {
    const { api, log, metrics } = this.#options;
    const { signal } = this.#stop;
    let plans = 0;
    let isWhole = true;
    if (isSuspended) return { plans, isWhole };
    const note = (fields: Record<string, unknown>): void => {
      isWhole = false;
      metrics.countError('sweep');
      log.error('A sweep could not look at this.', fields);
    };
    try {
      for (const repository of await api.listRepositories(id, signal)) {
        if (repository.isArchived) continue;
        try {
          const targets = await this.#options.listOpenPlans(repository, id, signal);
          plans += targets.length;
          for (const target of targets) this.#options.enqueue(target);
        } catch (error) {
          if (signal.aborted) throw error;
          note({ error, repository: `${repository.owner}/${repository.name}` });
        }
        this.#noteProgress();
      }
    } catch (error) {
      if (signal.aborted) throw error;
      note({ error, account });
    }
    return { plans, isWhole };
  }

  /** Asks for what never arrived. That this fails is no reason to look at all plans again soon. */
  async #redeliver(): Promise<void> {
    const { log, metrics } = this.#options;
    try {
      const { chosen, givenUp } = await this.#chooseLost();
      for (const { id, guid } of chosen) await this.#askFor(id, guid);
      if (chosen.length > 0 || givenUp > 0)
        log.info('Lost webhooks were asked for again.', { asked: chosen.length, givenUp });
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      metrics.countError('redelivery');
      log.error('Lost webhooks could not be listed.', { error });
    }
  }

  async #chooseLost(): Promise<ReturnType<typeof chooseRedeliveries>> {
    const { api, clock } = this.#options;
    const { signal } = this.#stop;
    const nowMs = clock.now();
    const sinceMs = nowMs - REDELIVERY_WINDOW_MS;
    for (const [guid, atMs] of this.#askedAtMs) if (atMs < sinceMs) this.#askedAtMs.delete(guid);
    const failed = await api.listDeliveries({ status: 'failure', sinceMs, limit: LISTED_DELIVERIES }, signal);
    const facts = { failed, askedAtMs: this.#askedAtMs, nowMs, limit: REDELIVERIES_AT_ONCE };
    const first = chooseRedeliveries({ ...facts, succeeded: new Set() });
    const [oldest] = first.chosen;
    // Nothing to ask for, so nothing to compare with the (many more) that went through.
    if (oldest === undefined) return first;
    const query = { status: 'success', sinceMs: oldest.deliveredAtMs, limit: LISTED_DELIVERIES } as const;
    const succeeded = new Set((await api.listDeliveries(query, signal)).map(({ guid }) => guid));
    return chooseRedeliveries({ ...facts, succeeded });
  }

  async #askFor(id: string, guid: string): Promise<void> {
    const { api, clock, log, metrics } = this.#options;
    this.#askedAtMs.set(guid, clock.now());
    try {
      await api.redeliver(id, this.#stop.signal);
      metrics.countRedelivery();
    } catch (error) {
      if (this.#stop.signal.aborted) throw error;
      metrics.countError('redelivery');
      log.error('A lost webhook could not be asked for.', { error, delivery: id });
    }
  }

  #noteProgress(): void {
    this.#state.progressAtMs = this.#options.clock.now();
  }
}
