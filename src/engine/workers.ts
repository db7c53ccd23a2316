/**
 * Starts, watches and stops what runs: attempts, trials, final tests, landings. Knows what is in flight in this
 * process; results reach the loop through the evidence store, so that a restart finds them the same way.
 */
import type { CommitSha } from '../core/brand.ts';
import type { Evidence, FinalResult, TrialResult } from '../core/ledger/evidence.ts';
import type { PlanLedger } from '../core/ledger/ledger.ts';
import type { Action } from '../core/reconcile/action.ts';
import type { ResolvedTask } from '../core/plan/plan.ts';
import { workKey } from '../core/reconcile/snapshot.ts';
import type { AttemptProgress } from '../ports/evidence-store.ts';
import { attemptOrder, finalOrder, trialOrder } from './leg-orders.ts';
import type { WorkerDeps } from './orders.ts';
import { runAttempt } from './run-attempt.ts';
import { runFinal } from './run-final.ts';
import { runTrial } from './run-trial.ts';

interface Job {
  abort: AbortController;
  done: Promise<void>;
}

export class Workers {
  /** Live progress by work key. */
  readonly progress = new Map<string, AttemptProgress>();
  /** Landings that the forge refused since the loop last looked. */
  readonly refusals = new Map<CommitSha, string>();
  /** What ended in this process, by work key: serves also where the disk was too full to keep it. */
  readonly results = {
    attempts: new Map<string, Evidence>(),
    trials: new Map<string, TrialResult>(),
    finals: new Map<string, FinalResult>(),
  };
  private readonly deps: WorkerDeps;
  private readonly jobs = new Map<string, Job>();
  private wake: () => void = () => {};
  private news = false;
  private fault: { key: string; cause: unknown } | null = null;

  constructor(deps: WorkerDeps) {
    this.deps = deps;
  }

  /** Keys of what runs at this moment. */
  get inFlight(): ReadonlySet<string> {
    return new Set(this.jobs.keys());
  }

  /** True if something ended since the loop last waited. */
  get hasNews(): boolean {
    return this.news;
  }

  forgetRefusals(): void {
    this.refusals.clear();
  }

  /**
   * Throws if a worker broke its promise to end with a result. Starting it again would only break it again, so the
   * run ends and says so.
   */
  assertSound(): void {
    if (this.fault === null) return;
    throw new Error(`The worker '${this.fault.key}' ended without a result: ${String(this.fault.cause)}`, {
      cause: this.fault.cause,
    });
  }

  /** Resolves when something ended or made progress, after `timeoutMs`, or when the signal aborts. */
  async waitForNews(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (!this.news) {
      const woken = new AbortController();
      this.wake = () => woken.abort();
      await this.deps.clock.sleep(timeoutMs, AbortSignal.any([signal, woken.signal]));
      this.wake = () => {};
    }
    this.news = false;
  }

  /** Does one action that the ledger names. Doing it twice is harmless. */
  async perform(action: Action, ledger: PlanLedger): Promise<void> {
    switch (action.kind) {
      case 'start-attempt': {
        const order = attemptOrder(ledger, action.task);
        const deps = this.depsFor(order.task);
        const key = workKey(action.task, action.attempt, action.generation);
        this.start(key, this.results.attempts, (signal) => runAttempt(deps, order, this.control(key, signal)));
        return;
      }
      case 'stop-attempt':
        this.jobs.get(workKey(action.task, action.attempt, action.generation))?.abort.abort(new Error(action.because));
        return;
      case 'start-trial': {
        const order = trialOrder(ledger, action.task);
        const deps = this.depsFor(order.task);
        const key = workKey(action.task, action.attempt, action.generation);
        this.start(key, this.results.trials, (signal) => runTrial(deps, order, this.control(key, signal)));
        return;
      }
      case 'land':
        await this.land(action);
        return;
      case 'start-final': {
        const order = finalOrder(ledger, action.generation, action.commitSha);
        // As with all its settings, the whole is tested where the first task is.
        const deps = this.depsFor(ledger.plan.tasks[0]);
        const key = `final.${action.generation}`;
        this.start(key, this.results.finals, (signal) => runFinal(deps, order, this.control(key, signal)));
      }
    }
  }

  /** Stops everything and waits until nothing runs. */
  async stopAll(because: string): Promise<void> {
    const jobs = [...this.jobs.values()];
    for (const job of jobs) job.abort.abort(new Error(because));
    await Promise.all(jobs.map((job) => job.done));
  }

  private depsFor(task: ResolvedTask | undefined): WorkerDeps {
    const sandbox = task === undefined ? undefined : this.deps.sandboxFor?.(task);
    return sandbox === undefined ? this.deps : { ...this.deps, sandbox };
  }

  private control(key: string, signal: AbortSignal) {
    return {
      signal,
      onProgress: (progress: AttemptProgress) => {
        this.progress.set(key, progress);
      },
    };
  }

  private start<T>(key: string, results: Map<string, T>, work: (signal: AbortSignal) => Promise<T>): void {
    if (this.jobs.has(key)) return;
    const abort = new AbortController();
    const done = work(abort.signal)
      .then(
        (result) => {
          results.set(key, result);
        },
        (cause: unknown) => {
          this.fault ??= { key, cause };
        },
      )
      .then(() => {
        this.jobs.delete(key);
        this.progress.delete(key);
        this.news = true;
        this.wake();
      });
    this.jobs.set(key, { abort, done });
  }

  private async land(action: Extract<Action, { kind: 'land' }>): Promise<void> {
    const outcome = await this.deps.forge.land({
      target: action.target,
      from: action.fromSha,
      to: action.commitSha,
      reason: `land ${action.task}.${action.attempt}`,
    });
    if (outcome.kind === 'refused') this.refusals.set(action.commitSha, outcome.because);
    if (outcome.kind === 'landed' && outcome.notice !== undefined)
      this.deps.log.warn('Landed, with a notice', { task: action.task, notice: outcome.notice });
  }
}
