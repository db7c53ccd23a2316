/** When a plan will have landed, by its own estimates or by the pace so far. Says nothing where it cannot know. */
import { schedulePlan } from '../../plan/estimate.ts';
import type { TaskView } from '../../reconcile/view.ts';
import type { PlanScene } from './scene.ts';

/** When the last task is expected to land. */
export interface Forecast {
  /** Rounded up to half an hour, milliseconds since the epoch. */
  finishMs: number;
  /** `pace`: the estimates times how long landed tasks took of theirs. */
  basis: 'estimates' | 'pace';
}

// A text that shows a forecast changes no more often than this only because time passes.
const TICK_MS = 15 * 60_000;
const ROUND_MS = 30 * 60_000;
const MINUTE_MS = 60_000;

/** The forecast of a plan that moves by itself; `null` if a person must act first or an estimate is missing. */
export function forecastFinish(scene: PlanScene): Forecast | null {
  const { view, ledger, record } = scene;
  if (view.status !== 'working' || view.paused !== null || view.frozen !== null) return null;
  if (record.obstacle !== null || record.proposed !== null || record.only !== null) return null;
  const open = view.tasks.filter((task) => task.state !== 'landed');
  if (open.length === 0 || open.some((task) => ['failed', 'held', 'cancelled'].includes(task.state))) return null;
  const tasks = new Map(ledger.plan.tasks.map((task) => [task.id, task]));
  const pace = measurePace(scene);
  const nowMs = Math.floor(scene.nowMs / TICK_MS) * TICK_MS;
  const left = new Set(open.map((task) => task.id));
  const schedule = open.flatMap((view) => {
    const task = tasks.get(view.id);
    if (task === undefined || task.estimateMinutes === null) return [];
    const estimateMinutes = minutesLeft(view, task.estimateMinutes * (pace ?? 1), nowMs);
    return [{ id: task.id, needs: task.needs.filter((need) => left.has(need)), locks: task.locks, estimateMinutes }];
  });
  if (schedule.length < open.length) return null;
  const { makespanMinutes } = schedulePlan(schedule, Math.max(1, scene.maxParallel));
  return {
    finishMs: Math.ceil((nowMs + makespanMinutes * MINUTE_MS) / ROUND_MS) * ROUND_MS,
    basis: pace === null ? 'estimates' : 'pace',
  };
}

function minutesLeft(task: TaskView, wholeMinutes: number, nowMs: number): number {
  if (task.state === 'waiting' || task.startedAt === null) return wholeMinutes;
  // What is verified already has only its turn in the queue before it.
  if (task.state !== 'running') return 0;
  return Math.max(0, wholeMinutes - Math.max(0, nowMs - task.startedAt) / MINUTE_MS);
}

/** How long landed tasks took for each minute of their estimates; `null` before one has landed. */
function measurePace({ ledger }: PlanScene): number | null {
  let took = 0;
  let estimated = 0;
  for (const { task, landedAt } of ledger.certificates) {
    const minutes = ledger.plan.tasks.find((each) => each.id === task)?.estimateMinutes ?? null;
    const startedAt = ledger.tasks[task]?.attempts[0]?.startedAt ?? null;
    if (minutes === null || minutes === 0 || startedAt === null) continue;
    took += Math.max(0, landedAt - startedAt) / MINUTE_MS;
    estimated += minutes;
  }
  return estimated === 0 || took === 0 ? null : took / estimated;
}
