/**
 * Which tasks may be dispatched now, and why the others may not. Scheduling is continuous: a task is ready as
 * soon as what it needs has landed, its locks are free, and there is a slot and money for it.
 */
import type { TaskId } from '../brand.ts';
import type { PlanLedger } from '../ledger/ledger.ts';
import type { ResolvedTask } from '../plan/plan.ts';
import type { Waiting } from '../reconcile/view.ts';
import type { PlanIndex } from './plan-index.ts';
import { attemptsUsed, committedUsd, landedAttempt, lastAttempt, taskPhase, type TaskPhase } from './progress.ts';

/** What the whole plan has taken: slots, locks and money. */
export interface Occupancy {
  phases: ReadonlyMap<TaskId, TaskPhase>;
  /** Attempts that run now, whoever runs them. */
  running: number;
  lockHolders: Map<string, TaskId>;
  committedUsd: number;
}

/** Counts what is taken, in one pass over the tasks that have a history. */
export function measureOccupancy(ledger: PlanLedger, index: PlanIndex): Occupancy {
  const phases = new Map<TaskId, TaskPhase>();
  const lockHolders = new Map<string, TaskId>();
  let running = 0;
  for (const [key, record] of Object.entries(ledger.tasks)) {
    const id = key as TaskId;
    const task = index.task(id);
    if (task === undefined) continue;
    const phase = taskPhase(task, record);
    phases.set(id, phase);
    const last = lastAttempt(record);
    if (last?.status === 'running') running += 1;
    // A lock is held from the first dispatch until the task lands or gives up: between two attempts its work is
    // still to come, and another holder would build on a state that is about to change.
    const isBegun = attemptsUsed(record) > 0 || record.givenSha !== undefined;
    const isUnderWay = phase === 'active' || (phase === 'open' && isBegun);
    if (isUnderWay) for (const lock of task.locks) lockHolders.set(lock, id);
  }
  return { phases, running, lockHolders, committedUsd: committedUsd(ledger) };
}

/** Money to set aside for one attempt of a task: its own cap, else its share of what the plan has left. */
export function reservationFor(
  task: ResolvedTask,
  planBudgetUsd: number | null,
  occupancy: Occupancy,
  unlandedTasks: number,
): number | null {
  if (planBudgetUsd === null) return task.budgetUsd;
  if (task.budgetUsd !== null) return task.budgetUsd;
  const left = Math.max(0, planBudgetUsd - occupancy.committedUsd);
  return left / Math.max(1, unlandedTasks);
}

/** Why a task whose phase is `open` cannot be dispatched now; `null` if it can (slots apart). */
export function findObstacle(
  task: ResolvedTask,
  ledger: PlanLedger,
  occupancy: Occupancy,
  reservationUsd: number | null,
  nowMs: number,
): Waiting | null {
  const waiting = (kind: Waiting['kind'], because: string, extra: Partial<Waiting> = {}): Waiting => ({
    kind,
    because,
    on: [],
    untilMs: null,
    next: null,
    ...extra,
  });
  const missing = task.needs.filter((need) => occupancy.phases.get(need) !== 'landed');
  if (missing.length > 0) {
    const dead = missing.filter((need) => isDeadEnd(occupancy.phases.get(need)));
    if (dead.length === 0) return waiting('task', `waits for ${missing.join(', ')} to land`, { on: missing });
    return waiting('task', `${dead.join(', ')} did not land`, {
      on: dead,
      next: `espalier retry ${dead[0]} --plan ${ledger.plan.id}`,
    });
  }
  if (ledger.paused !== null)
    return waiting('pause', `the plan was paused by ${ledger.paused.by}`, {
      next: `espalier resume ${ledger.plan.id}`,
    });
  for (const lock of task.locks) {
    const holder = occupancy.lockHolders.get(lock);
    if (holder !== undefined && holder !== task.id)
      return waiting('lock', `'${lock}' is held by ${holder}`, { on: [holder] });
  }
  const notBefore = ledger.tasks[task.id]?.notBefore ?? 0;
  if (notBefore > nowMs) return waiting('backoff', 'waits before it tries again', { untilMs: notBefore });
  const budget = ledger.plan.budgetUsd;
  if (budget !== null && (reservationUsd ?? 0) > budget - occupancy.committedUsd + 1e-9)
    return waiting(
      'budget',
      `the plan has $${Math.max(0, budget - occupancy.committedUsd).toFixed(2)} of $${budget.toFixed(2)} left, and $${(reservationUsd ?? 0).toFixed(2)} must be set aside`,
      {
        next: 'raise the budget in the plan, then run it again with --revise',
      },
    );
  if (budget !== null && reservationUsd !== null && reservationUsd <= 0)
    return waiting('budget', `the plan's $${budget.toFixed(2)} are spent`, {
      next: 'raise the budget in the plan, then run it again with --revise',
    });
  return null;
}

/** True for a phase that no event but a person's will change. */
function isDeadEnd(phase: TaskPhase | undefined): boolean {
  return phase === 'exhausted' || phase === 'cancelled';
}

/** Tasks that cannot land because something that they need, directly or not, has stopped for good. */
export function findHeldTasks(tasks: readonly ResolvedTask[], occupancy: Occupancy): Set<TaskId> {
  const dependents = new Map<TaskId, TaskId[]>();
  for (const task of tasks)
    for (const need of task.needs) {
      const list = dependents.get(need);
      if (list === undefined) dependents.set(need, [task.id]);
      else list.push(task.id);
    }
  const held = new Set<TaskId>();
  const queue = [...occupancy.phases].filter(([, phase]) => isDeadEnd(phase)).map(([id]) => id);
  for (let next = queue.pop(); next !== undefined; next = queue.pop())
    for (const dependent of dependents.get(next) ?? [])
      if (!held.has(dependent) && occupancy.phases.get(dependent) !== 'landed') {
        held.add(dependent);
        queue.push(dependent);
      }
  return held;
}

/** How many tasks have not landed. */
export function countUnlanded(ledger: PlanLedger): number {
  let landed = 0;
  for (const record of Object.values(ledger.tasks)) if (landedAttempt(record) !== null) landed += 1;
  return ledger.plan.tasks.length - landed;
}
