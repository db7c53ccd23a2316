/** Look-ups into a plan that several decisions need, computed once per plan object. */
import type { Digest, TaskId } from '../brand.ts';
import { remainingPathMinutes } from '../plan/graph.ts';
import type { ResolvedPlan, ResolvedTask } from '../plan/plan.ts';
import { taskDigest } from '../plan/resolve-plan.ts';

export interface PlanIndex {
  task(id: TaskId): ResolvedTask | undefined;
  /** Position in the plan. */
  position(id: TaskId): number;
  /** Longest path from the task to an end of the plan, its own estimate included. */
  remainingMinutes(id: TaskId): number;
  /** Digest of the task as it stands; computed on first use, since most tasks are never asked. */
  digest(id: TaskId): Digest;
  /** Ids by remaining path (longest first), then priority, then position: the order of dispatch. */
  readonly byUrgency: readonly TaskId[];
}

// A plan is never changed in place, so its index can live as long as it does.
const INDEXES = new WeakMap<ResolvedPlan, PlanIndex>();

/** The index of a plan. */
export function indexPlan(plan: ResolvedPlan): PlanIndex {
  const known = INDEXES.get(plan);
  if (known !== undefined) return known;
  const index = buildIndex(plan);
  INDEXES.set(plan, index);
  return index;
}

function buildIndex(plan: ResolvedPlan): PlanIndex {
  const tasks = new Map(plan.tasks.map((task) => [task.id, task]));
  const positions = new Map(plan.tasks.map((task, position) => [task.id, position]));
  const remaining = remainingPathMinutes(plan.tasks);
  const digests = new Map<TaskId, Digest>();
  const remainingMinutes = (id: TaskId): number => remaining.get(id) ?? 0;
  const position = (id: TaskId): number => positions.get(id) ?? -1;
  const byUrgency = plan.tasks
    .map((task) => ({
      id: task.id,
      minutes: remainingMinutes(task.id),
      priority: task.priority,
      at: position(task.id),
    }))
    .sort((a, b) => b.minutes - a.minutes || b.priority - a.priority || a.at - b.at)
    .map((entry) => entry.id);
  return {
    task: (id) => tasks.get(id),
    position,
    remainingMinutes,
    digest(id) {
      const known = digests.get(id);
      if (known !== undefined) return known;
      const task = tasks.get(id);
      if (task === undefined) throw new Error(`The plan has no task '${id}'.`);
      const digest = taskDigest(task);
      digests.set(id, digest);
      return digest;
    },
    byUrgency,
  };
}
