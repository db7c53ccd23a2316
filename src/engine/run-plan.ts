/**
 * Runs a plan to its end on one machine: claim the plan, then observe → decide → move the ledger → act, again and
 * again, until nothing can go on without a person.
 *
 * Ownership: only this loop writes the plan's ledger while it holds the lease (people's commands write too, by
 * compare-and-swap; the loop then reads again). Only `Workers` starts and stops runs. Only `decide` decides.
 * Whatever instant the process dies at, the next one finds in the ledger what was meant and looks for its effect.
 */
import type { TaskId } from '../core/brand.ts';
import type { Holder, PlanLedger } from '../core/ledger/ledger.ts';
import { findLiveHolder, releaseHolder } from '../core/ledger/transitions.ts';
import { decide, type Decision } from '../core/reconcile/decide.ts';
import type { DecisionNote } from '../core/reconcile/draft.ts';
import type { DecideConfig } from '../core/reconcile/snapshot.ts';
import { viewPlan } from '../core/reconcile/view-plan.ts';
import type { PlanView } from '../core/reconcile/view.ts';
import { claimAlone, claimPlan, listDeadHolders, refuseWithoutTarget } from './claim-plan.ts';
import { readLedgers, writeLedgers, type Ledgers } from './ledger-session.ts';
import { observe } from './observe.ts';
import type { RunControl, RunOutcome, RunPlanDeps, RunRequest } from './run-request.ts';
import { Workers } from './workers.ts';

/** A lease outlives several polls, and a process that is known dead loses it at once anyway. */
const LEASE_MS = 60_000;
const POLL_MS = 1000;
const BACKOFF_MS = 15_000;

/** Runs the plan until all has landed, or nothing can go on without a person, or the signal aborts. */
export async function runPlan(deps: RunPlanDeps, request: RunRequest, control: RunControl): Promise<RunOutcome> {
  const claimed = await claimPlan(deps, request, LEASE_MS);
  if (claimed.kind !== 'claimed') return claimed;
  const workers = new Workers(deps.workers);
  const loop = new RunLoop(deps, request, control, workers, claimed.ledgers);
  try {
    return await loop.run();
  } finally {
    await workers.stopAll('the run ended');
    await release(deps, request);
  }
}

async function release(deps: RunPlanDeps, request: RunRequest): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) {
    const before = await readLedgers(deps.store, request.plan.id, request.target);
    if (before.ledger?.holders[deps.holder.id] === undefined) return;
    const released = releaseHolder(before.ledger, deps.holder.id);
    if ((await writeLedgers(deps.store, before, released, before.queue, 'Give up the lease')) !== null) return;
  }
}

class RunLoop {
  private ledgers: Ledgers & { ledger: PlanLedger };
  /** False once a look at the branch that landings move found none. */
  private hasTarget = true;
  private readonly config: DecideConfig;
  private readonly deps: RunPlanDeps;
  private readonly request: RunRequest;
  private readonly control: RunControl;
  private readonly workers: Workers;

  constructor(
    deps: RunPlanDeps,
    request: RunRequest,
    control: RunControl,
    workers: Workers,
    ledgers: Ledgers & { ledger: PlanLedger },
  ) {
    this.deps = deps;
    this.request = request;
    this.control = control;
    this.workers = workers;
    this.ledgers = ledgers;
    this.config = {
      maxParallel: request.maxParallel,
      leaseMs: LEASE_MS,
      backoffMs: BACKOFF_MS,
      landingStrength: deps.workers.forge.landingStrength,
      only: request.only.length === 0 ? null : new Set(request.only),
    };
  }

  async run(): Promise<RunOutcome> {
    const { signal } = this.control;
    while (!signal.aborted) {
      const rival = await this.findRival();
      if (rival !== null) {
        await this.workers.stopAll('another process has taken the plan over');
        return { kind: 'busy', holder: rival };
      }
      const hasMoved = await this.reconcile();
      const view = this.show();
      if (hasMoved) continue;
      const isIdle = this.workers.inFlight.size === 0 && !this.workers.hasNews;
      if (isIdle && this.isAtRest(view)) return { kind: 'ended', view, ledger: this.ledgers.ledger };
      // Nothing starts and nothing lands without it, and only a person knows whether it should be there.
      if (isIdle && !this.hasTarget) return refuseWithoutTarget(this.ledgers.ledger);
      await this.workers.waitForNews(POLL_MS, signal);
    }
    await this.workers.stopAll('the run was interrupted');
    return { kind: 'interrupted', view: this.show(), ledger: this.ledgers.ledger };
  }

  /** True if nothing that this run may work on will move without a person. */
  private isAtRest(view: PlanView): boolean {
    if (view.status === 'paused') return false;
    const { only } = this.config;
    if (view.status !== 'working' || only === null) return view.status !== 'working';
    const mine = view.tasks.filter((task) => only.has(task.id) || task.state === 'queued');
    return !mine.some((task) => task.waiting?.kind === 'backoff' || task.waiting?.kind === 'queue');
  }

  /**
   * Looks whether the plan is still this process's: one that was suspended for longer than its lease lasts finds that
   * another has claimed it meanwhile. `null` if it is, or is again because nobody works on it any more.
   */
  private async findRival(): Promise<Holder | null> {
    for (;;) {
      this.workers.assertSound();
      await this.refresh();
      const { ledger, queue } = this.ledgers;
      if (ledger.holders[this.deps.holder.id] !== undefined) return null;
      const nowMs = this.deps.workers.clock.now();
      const rival = findLiveHolder(ledger, this.deps.holder.id, await listDeadHolders(this.deps, ledger), nowMs);
      if (rival !== null) return rival;
      const claimed = claimAlone(ledger, this.deps, LEASE_MS, nowMs);
      const written = await writeLedgers(this.deps.store, this.ledgers, claimed, queue, 'Claimed again');
      if (written !== null) this.ledgers = { ...written, ledger: claimed };
    }
  }

  /** One reconcile of what was read last. True if the ledger moved or something was done, so that it is worth looking again at once. */
  private async reconcile(): Promise<boolean> {
    const nowMs = this.deps.workers.clock.now();
    const snapshot = await observe(this.deps, this.ledgers, this.workers);
    this.hasTarget = snapshot.tip !== null;
    const decision = decide(snapshot, this.config, nowMs);
    const isChanged = decision.ledger !== snapshot.ledger || decision.queue !== snapshot.queue;
    if (isChanged) {
      const written = await this.write(decision);
      // Somebody was faster: what was decided may be wrong now. Nothing of it has been done.
      if (!written) return true;
    }
    this.workers.forgetRefusals();
    for (const note of decision.notes) this.control.onEvent({ at: nowMs, ...note });
    for (const action of decision.actions) await this.workers.perform(action, this.ledgers.ledger);
    return isChanged || decision.actions.some((action) => action.kind === 'land');
  }

  private async refresh(): Promise<void> {
    const { store } = this.deps;
    const read = await readLedgers(store, this.request.plan.id, this.request.target, this.ledgers);
    if (read.ledger === null)
      throw new Error(
        `The ledger of plan '${this.request.plan.id}' has disappeared while the plan was running. Start it again.`,
      );
    this.ledgers = { ...read, ledger: read.ledger };
  }

  private async write(decision: Decision): Promise<boolean> {
    const subject = describe(decision.notes);
    const written = await writeLedgers(this.deps.store, this.ledgers, decision.ledger, decision.queue, subject);
    if (written === null) return false;
    this.ledgers = { ...written, ledger: decision.ledger };
    return true;
  }

  private show(): PlanView {
    const view = viewPlan(this.ledgers.ledger, this.ledgers.queue, this.deps.workers.clock.now());
    this.control.onView(view, this.workers.progress);
    return view;
  }
}

function describe(notes: readonly DecisionNote[]): string {
  const [first] = notes;
  if (first === undefined) return 'Renew the lease';
  const more = notes.length > 1 ? ` (and ${notes.length - 1} more)` : '';
  return `${first.kind}${describeTask(first.task, first.attempt)}${more}`;
}

function describeTask(task: TaskId | null, attempt: number): string {
  return task === null ? '' : ` ${task}.${attempt}`;
}
