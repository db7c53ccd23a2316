/**
 * From hints to reconciles: hints that name an issue wait for their plan's turn; all others are gathered per
 * repository and looked up together first. Each plan is reconciled by at most one call at a time.
 */
import {
  type Hint,
  keyOfPlanHint,
  MAX_PLAN_HINTS,
  type PlanHint,
  type PlanTarget,
  type RepositoryIdentity,
} from '../../core/intake/hint.ts';
import type { Clock } from '../../ports/clock.ts';
import { type WorkOutcome, type WorkPace, WorkQueue, type WorkReceipt, type WorkUrgency } from './work-queue.ts';

/** What has to be looked up in one repository; hints by their key, gathered as they come. */
interface Lookup {
  repository: RepositoryIdentity;
  installationId: number;
  plans: 'all' | Map<string, PlanHint>;
}

/** What the queue needs from whoever wires it. */
export interface HintQueueOptions {
  clock: Clock;
  /** Reconciles one plan. Thrown errors are tried again later, so it throws for what may pass by itself. */
  reconcile(target: PlanTarget, signal: AbortSignal): Promise<WorkOutcome>;
  /** The plans that a hint without an issue means; for `all`, every open one. */
  resolvePlans(hint: Hint, signal: AbortSignal): Promise<readonly PlanTarget[]>;
  onError(failure: QueueFailure): void;
  /** Called for each hint that names a plan, and for each repository that has to be looked up. */
  onReceipt?(receipt: WorkReceipt): void;
  pace?: Partial<WorkPace>;
  limits?: Partial<QueueLimits>;
}

/** Calls at once. */
interface QueueLimits {
  reconciles: number;
  reconcilesPerInstallation: number;
  lookups: number;
  lookupsPerInstallation: number;
}

/** What failed, and when it is tried again. */
export type QueueFailure = { error: unknown; retryInMs: number } & (
  | { kind: 'reconcile'; target: PlanTarget }
  | { kind: 'lookup'; hint: Hint }
);

/** Plans in work, waiting and timed; `lookups` are repositories in work or waiting. */
export interface QueueCounts {
  running: number;
  waiting: number;
  timed: number;
  lookups: number;
}

// 250 ms gather the events of one push or one merge; one reconcile in 2 s keeps a plan under GitHub's secondary
// limits for content. A reconcile that takes ten minutes hangs.
const PACE: WorkPace = {
  quietMs: 250,
  steadyMs: 2_000,
  firstBackoffMs: 2_000,
  maxBackoffMs: 120_000,
  timeoutMs: 600_000,
};

// GitHub allows 100 requests at once over all; a reconcile makes a few.
const LIMITS: QueueLimits = { reconciles: 8, reconcilesPerInstallation: 4, lookups: 4, lookupsPerInstallation: 2 };

/** What is told to stop when the queue closes has this long to do so. */
const GRACE_MS = 2_000;

/** See the file's comment. */
export class HintQueue {
  readonly #plans: WorkQueue<PlanTarget>;
  readonly #lookups: WorkQueue<Lookup>;
  readonly #options: HintQueueOptions;

  constructor(options: HintQueueOptions) {
    this.#options = options;
    const { clock } = options;
    const pace = { ...PACE, ...options.pace };
    const limits = { ...LIMITS, ...options.limits };
    this.#plans = new WorkQueue({
      clock,
      pace,
      limits: { total: limits.reconciles, perOwner: limits.reconcilesPerInstallation },
      run: (target, signal) => options.reconcile(target, signal),
      // The later one has the names that the repository has now.
      merge: (_older, newer) => newer,
      onError: (target, error, retryInMs) => options.onError({ kind: 'reconcile', target, error, retryInMs }),
    });
    this.#lookups = new WorkQueue({
      clock,
      pace,
      limits: { total: limits.lookups, perOwner: limits.lookupsPerInstallation },
      run: (lookup, signal) => this.#lookUp(lookup, signal),
      merge: mergeLookups,
      onError: (lookup, error, retryInMs) =>
        options.onError({ kind: 'lookup', hint: hintOf(lookup), error, retryInMs }),
    });
  }

  /** Takes a hint; returns at once. */
  take(hint: Hint): void {
    const { repository, installationId, plans } = hint;
    const unnamed = new Map<string, PlanHint>();
    for (const plan of plans === 'all' ? [] : plans) {
      if ('issue' in plan)
        this.enqueue(
          {
            installationId,
            owner: repository.owner,
            repo: repository.name,
            repositoryId: repository.id,
            issue: plan.issue,
          },
          'hint',
        );
      else unnamed.set(keyOfPlanHint(plan), plan);
    }
    if (plans !== 'all' && unnamed.size === 0) return;
    const lookup: Lookup = { repository, installationId, plans: plans === 'all' ? 'all' : unnamed };
    this.#options.onReceipt?.(this.#lookups.add(String(repository.id), installationId, lookup));
  }

  /** Queues one plan. */
  enqueue(target: PlanTarget, urgency: WorkUrgency): void {
    this.#options.onReceipt?.(this.#plans.add(keyOfTarget(target), target.installationId, target, urgency));
  }

  /** Reconciles a plan at a time, in ms since the epoch, unless it comes up earlier. */
  wakeAt(target: PlanTarget, timeMs: number): void {
    this.#plans.wakeAt(keyOfTarget(target), target.installationId, target, timeMs);
  }

  /** How much there is to do. */
  count(): QueueCounts {
    const lookups = this.#lookups.count();
    return { ...this.#plans.count(), lookups: lookups.running + lookups.waiting };
  }

  /** Plans and repositories that are kept in memory. */
  get size(): number {
    return this.#plans.size + this.#lookups.size;
  }

  /**
   * Takes no more hints, finishes within `withinMs` what events have asked for, then tells the rest to stop. `left`:
   * reconciles and look-ups that were not finished; the next process's sweep makes up for them.
   */
  async close(withinMs: number): Promise<{ left: number }> {
    const startedAtMs = this.#options.clock.now();
    // Look-ups first: what they find goes to the plans, which close after them.
    const lookups = await this.#lookups.close(withinMs, GRACE_MS);
    const spentMs = this.#options.clock.now() - startedAtMs;
    const plans = await this.#plans.close(Math.max(0, withinMs - spentMs), GRACE_MS);
    return { left: lookups.left + plans.left };
  }

  async #lookUp(lookup: Lookup, signal: AbortSignal): Promise<WorkOutcome> {
    for (const target of await this.#options.resolvePlans(hintOf(lookup), signal)) this.enqueue(target, 'hint');
    return { wakeAtMs: null, again: false };
  }
}

/** One key for one plan, whatever the repository is called and through whichever installation it is reached. */
function keyOfTarget(target: PlanTarget): string {
  return `${target.repositoryId}#${target.issue}`;
}

function hintOf({ repository, installationId, plans }: Lookup): Hint {
  return { repository, installationId, plans: plans === 'all' ? 'all' : [...plans.values()] };
}

/** Adds to `older` in place: a burst must not copy what is gathered already for each of its events. */
function mergeLookups(older: Lookup, newer: Lookup): Lookup {
  const { repository, installationId } = newer;
  if (older.plans === 'all' || newer.plans === 'all') return { repository, installationId, plans: 'all' };
  const { plans } = older;
  for (const [key, plan] of newer.plans) plans.set(key, plan);
  return { repository, installationId, plans: plans.size > MAX_PLAN_HINTS ? 'all' : plans };
}
