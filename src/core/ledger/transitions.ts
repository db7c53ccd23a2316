/** Changes to a ledger that a person or a starting process asks for. Pure: ledger in, ledger or refusal out. */
import type { BranchName, CommitSha, TaskId } from '../brand.ts';
import type { ResolvedPlan } from '../plan/plan.ts';
import { taskDigest } from '../plan/resolve-plan.ts';
import { isActive, landedAttempt, landedSha, lastAttempt } from '../schedule/progress.ts';
import type { AttemptRecord, Holder, HolderId, PlanLedger, QueueLedger, TaskRecord } from './ledger.ts';

/** What a transition answers. `because` is a sentence, `next` the exact step that helps. */
export type Transition<T = PlanLedger> = { ok: true; value: T } | { ok: false; because: string; next: string };

const EMPTY_RECORD: TaskRecord = { attempts: [], countFrom: 1, cancelled: null, notBefore: 0 };

/** The first ledger of a plan. */
export function createLedger(options: {
  plan: ResolvedPlan;
  baseBranch: BranchName;
  baseSha: CommitSha;
  target: BranchName;
  nowMs: number;
}): PlanLedger {
  return {
    version: 1,
    plan: options.plan,
    baseBranch: options.baseBranch,
    baseSha: options.baseSha,
    target: options.target,
    createdAt: options.nowMs,
    holders: {},
    tasks: {},
    paused: null,
    certificates: [],
    final: null,
    nextGeneration: 1,
  };
}

/** The first ledger of a target branch. */
export function createQueueLedger(target: BranchName): QueueLedger {
  return { version: 1, target, frozen: null, landings: [] };
}

/** The holder, other than `me`, that is still at work; `null` if there is none. */
export function findLiveHolder(
  ledger: PlanLedger,
  me: HolderId,
  deadHolders: readonly HolderId[],
  nowMs: number,
): Holder | null {
  for (const [id, holder] of Object.entries(ledger.holders))
    if (id !== me && holder.until > nowMs && !deadHolders.includes(id)) return holder;
  return null;
}

/** Makes `me` a holder. Who else is at work is the caller's question ({@link findLiveHolder}). */
export function claimHolder(
  ledger: PlanLedger,
  me: HolderId,
  description: string,
  leaseMs: number,
  nowMs: number,
): PlanLedger {
  return {
    ...ledger,
    holders: { ...ledger.holders, [me]: { until: nowMs + leaseMs, since: nowMs, description } },
  };
}

/** Gives up the lease, so that the next process need not wait for it to lapse. */
export function releaseHolder(ledger: PlanLedger, me: HolderId): PlanLedger {
  const holders = Object.fromEntries(Object.entries(ledger.holders).filter(([id]) => id !== me));
  return { ...ledger, holders };
}

/** Stops new attempts and landings; what runs goes on to its end. */
export function pausePlan(ledger: PlanLedger, by: string, nowMs: number): Transition {
  if (ledger.paused !== null)
    return refuse(`Plan '${ledger.plan.id}' is paused already.`, `espalier resume ${ledger.plan.id}`);
  return { ok: true, value: { ...ledger, paused: { at: nowMs, by } } };
}

export function resumePlan(ledger: PlanLedger): Transition {
  if (ledger.paused === null)
    return refuse(`Plan '${ledger.plan.id}' is not paused.`, `espalier status ${ledger.plan.id}`);
  return { ok: true, value: { ...ledger, paused: null } };
}

/**
 * Lets landings go on after a freeze. The landing that caused it is set aside, never certified: its task begins anew
 * from what stands on the branch.
 */
export function thawTarget(
  ledger: PlanLedger,
  queue: QueueLedger,
): Transition<{ ledger: PlanLedger; queue: QueueLedger }> {
  const { frozen } = queue;
  if (frozen === null) return refuse(`Branch '${ledger.target}' is not frozen.`, `espalier status ${ledger.plan.id}`);
  let next = ledger;
  for (const task of ledger.plan.tasks) {
    const record = ledger.tasks[task.id];
    const last = lastAttempt(record);
    if (record === undefined || last?.landing == null || !isActive(last)) continue;
    if (last.landing.commitSha !== frozen.commitSha) continue;
    const attempts = [...record.attempts.slice(0, -1), { ...last, status: 'cancelled' as const }];
    next = withRecord(next, task.id, { ...record, attempts });
  }
  return { ok: true, value: { ledger: next, queue: { ...queue, frozen: null } } };
}

/** Cancels a task that has not landed. A running attempt is stopped by the process that runs it. */
export function cancelTask(ledger: PlanLedger, task: TaskId, by: string, nowMs: number): Transition {
  if (!hasTask(ledger, task)) return refuseUnknown(ledger, task);
  const record = ledger.tasks[task] ?? EMPTY_RECORD;
  if (landedAttempt(record) !== null)
    return refuse(`Task '${task}' has landed already.`, `git revert -m 1 ${landedSha(landedAttempt(record))}`);
  if (lastAttempt(record)?.landing != null && isActive(lastAttempt(record)))
    return refuse(`Task '${task}' is landing at this moment.`, `espalier status ${ledger.plan.id}`);
  if (record.cancelled !== null)
    return refuse(`Task '${task}' is cancelled already.`, `espalier retry ${task} --plan ${ledger.plan.id}`);
  return { ok: true, value: withRecord(ledger, task, { ...record, cancelled: { at: nowMs, by } }) };
}

/** Cancels every task that has not landed and is not landing. */
export function cancelPlan(ledger: PlanLedger, by: string, nowMs: number): Transition {
  let next = ledger;
  for (const task of ledger.plan.tasks) {
    const cancelled = cancelTask(next, task.id, by, nowMs);
    if (cancelled.ok) next = cancelled.value;
  }
  if (next === ledger)
    return refuse(`Plan '${ledger.plan.id}' has nothing left to cancel.`, `espalier status ${ledger.plan.id}`);
  return { ok: true, value: next };
}

/** A fresh start for a task that failed or was cancelled: its retries count from now on. */
export function retryTask(ledger: PlanLedger, task: TaskId): Transition {
  if (!hasTask(ledger, task)) return refuseUnknown(ledger, task);
  const record = ledger.tasks[task] ?? EMPTY_RECORD;
  if (landedAttempt(record) !== null)
    return refuse(`Task '${task}' has landed already.`, `espalier certificate ${task} --plan ${ledger.plan.id}`);
  if (isActive(lastAttempt(record))) return refuse(`Task '${task}' is under way.`, `espalier status ${ledger.plan.id}`);
  if (record.attempts.length === 0 && record.cancelled === null)
    return refuse(`Task '${task}' has not been tried yet.`, `espalier why ${task} --plan ${ledger.plan.id}`);
  const fresh = {
    ...record,
    cancelled: null,
    notBefore: 0,
    trialTrouble: undefined,
    turnedAway: undefined,
    countFrom: record.attempts.length + 1,
  };
  return { ok: true, value: withRecord(ledger, task, fresh) };
}

/**
 * What a person means by running a plan again: failed `final` tests may run once more, and what waits for a time or
 * was refused by the forge is tried at once.
 */
export function renewTries(ledger: PlanLedger): PlanLedger {
  const status = ledger.final?.result?.test.status;
  const final = status === undefined || status === 'passed' ? ledger.final : null;
  const tasks: PlanLedger['tasks'] = {};
  for (const [task, record] of Object.entries(ledger.tasks)) {
    const attempts = record.attempts.map((attempt) =>
      attempt.landing === null
        ? attempt
        : { ...attempt, landing: { ...attempt.landing, refusal: null, refusals: 0, notBefore: 0 } },
    );
    tasks[task as TaskId] = { ...record, attempts, notBefore: 0, trialTrouble: undefined, turnedAway: undefined };
  }
  return { ...ledger, final, tasks };
}

/** How two revisions of a plan differ, task by task. */
export interface PlanDifference {
  changed: TaskId[];
  added: TaskId[];
  removed: TaskId[];
  /** True if something beside the tasks differs (title, base, final tests, budget). */
  isFrameChanged: boolean;
}

export function comparePlans(before: ResolvedPlan, after: ResolvedPlan): PlanDifference {
  const old = new Map(before.tasks.map((task) => [task.id, taskDigest(task)]));
  const ids = new Set(after.tasks.map((task) => task.id));
  return {
    changed: after.tasks
      .filter((task) => old.has(task.id) && old.get(task.id) !== taskDigest(task))
      .map((task) => task.id),
    added: after.tasks.filter((task) => !old.has(task.id)).map((task) => task.id),
    removed: before.tasks.filter((task) => !ids.has(task.id)).map((task) => task.id),
    isFrameChanged:
      before.title !== after.title ||
      before.base !== after.base ||
      before.budgetUsd !== after.budgetUsd ||
      JSON.stringify(before.final) !== JSON.stringify(after.final),
  };
}

/**
 * Adopts a new revision. What has landed stays landed; work that was made for a task that changed or is gone no
 * longer counts and is set aside (its branch stays). Only valid while no other process is at work.
 */
export function revisePlan(ledger: PlanLedger, plan: ResolvedPlan): PlanLedger {
  const difference = comparePlans(ledger.plan, plan);
  let next: PlanLedger = { ...ledger, plan, final: null };
  for (const task of [...difference.changed, ...difference.removed]) {
    const record = next.tasks[task];
    if (record === undefined || landedAttempt(record) !== null) continue;
    const attempts = record.attempts.map((attempt): AttemptRecord =>
      isActive(attempt) && attempt.landing === null ? { ...attempt, status: 'cancelled' } : attempt,
    );
    next = withRecord(next, task, { ...record, attempts, notBefore: 0, countFrom: attempts.length + 1 });
  }
  return next;
}

function withRecord(ledger: PlanLedger, task: TaskId, record: TaskRecord): PlanLedger {
  return { ...ledger, tasks: { ...ledger.tasks, [task]: record } };
}

function hasTask(ledger: PlanLedger, task: TaskId): boolean {
  return ledger.plan.tasks.some((one) => one.id === task);
}

function refuse(because: string, next: string): { ok: false; because: string; next: string } {
  return { ok: false, because, next };
}

function refuseUnknown(ledger: PlanLedger, task: TaskId): { ok: false; because: string; next: string } {
  return refuse(`Plan '${ledger.plan.id}' has no task '${task}'.`, `espalier status ${ledger.plan.id}`);
}
