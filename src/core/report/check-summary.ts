/** Everything that `espalier check` says of a plan, as one value that the text, the JSON and the diagram are made of. */
import type { BranchName, PlanId, TaskId } from '../brand.ts';
import { adviseIsolation, type IsolationAdvice } from '../plan/advise-isolation.ts';
import { schedulePlan, sumMinutes } from '../plan/estimate.ts';
import { findOwnershipOverlaps, type OverlapReport } from '../plan/find-overlaps.ts';
import { findCriticalPath, listWaves } from '../plan/graph.ts';
import type { Plan, PlanForm, PlanProblem, PlanReading, Task } from '../plan/plan.ts';

/** One task as it was read. */
export interface CheckTask {
  id: TaskId;
  title: string;
  /** 1-based line of the source. */
  line: number;
  needs: TaskId[];
  owns: string[];
  allow: string[];
  locks: string[];
  branch: BranchName | null;
  estimateMinutes: number | null;
  /** Sum of its items' estimates; `null` if no item has one. */
  itemMinutes: number | null;
  items: number;
  attempts: number;
  /** 1-based. */
  wave: number;
  isCritical: boolean;
  isolation: IsolationAdvice;
}

/** A plan that could be read. */
export interface CheckedPlan {
  id: PlanId;
  title: string;
  base: BranchName | null;
  tasks: CheckTask[];
  edgeCount: number;
  waves: TaskId[][];
  criticalPath: { ids: TaskId[]; minutes: number };
  hours: {
    /** Sum of the tasks' estimates, an hour for each that has none. */
    sumMinutes: number;
    /** The same by items, where a task has them. */
    itemisedMinutes: number;
    unestimated: TaskId[];
    stated: { minutes: number; line: number; text: string } | null;
  };
  schedule: { agents: number; makespanMinutes: number; lowerBoundMinutes: number; speedUp: number };
  ownership: OverlapReport;
  locks: { name: string; tasks: TaskId[] }[];
}

/** What was read, and every problem. `plan` is `null` if some problem is an error. */
export interface CheckSummary {
  form: PlanForm | null;
  plan: CheckedPlan | null;
  problems: PlanProblem[];
  errorCount: number;
  warningCount: number;
}

/** Works everything out. `agents` is how many may be at work at once, at least 1. */
export function summarizePlan(reading: PlanReading, options: { agents: number }): CheckSummary {
  const { form, plan, problems } = reading;
  const count = (severity: PlanProblem['severity']): number =>
    problems.filter((problem) => problem.severity === severity).length;
  return {
    form,
    plan: plan === null ? null : summarize(plan, options.agents),
    problems,
    errorCount: count('error'),
    warningCount: count('warning'),
  };
}

function summarize(plan: Plan, agents: number): CheckedPlan {
  const { tasks } = plan;
  const waves = listWaves(tasks);
  const criticalPath = findCriticalPath(tasks);
  const schedule = schedulePlan(tasks, agents);
  return {
    id: plan.id,
    title: plan.title,
    base: plan.base,
    tasks: describeTasks(plan, waves, new Set(criticalPath.ids)),
    edgeCount: tasks.reduce((sum, task) => sum + task.needs.length, 0),
    waves,
    criticalPath,
    hours: {
      sumMinutes: sumMinutes(tasks),
      itemisedMinutes: sumMinutes(
        tasks.map((task) => ({ ...task, estimateMinutes: itemMinutes(task) ?? task.estimateMinutes })),
      ),
      unestimated: tasks.filter((task) => task.estimateMinutes === null).map((task) => task.id),
      stated: plan.statedTotal,
    },
    schedule: {
      agents,
      makespanMinutes: schedule.makespanMinutes,
      lowerBoundMinutes: schedule.lowerBoundMinutes,
      speedUp: schedule.speedUp,
    },
    ownership: findOwnershipOverlaps(tasks),
    locks: listLocks(tasks),
  };
}

function describeTasks(plan: Plan, waves: readonly TaskId[][], critical: ReadonlySet<TaskId>): CheckTask[] {
  const waveOf = new Map(waves.flatMap((wave, index) => wave.map((id) => [id, index + 1] as const)));
  return plan.tasks.map((task) => ({
    id: task.id,
    title: task.title,
    line: task.line,
    needs: task.needs,
    owns: task.owns,
    allow: task.allow,
    locks: task.locks,
    branch: task.branch,
    estimateMinutes: task.estimateMinutes,
    itemMinutes: itemMinutes(task),
    items: task.items.length,
    attempts: Math.max(1, task.variants.length),
    wave: waveOf.get(task.id) ?? 1,
    isCritical: critical.has(task.id),
    isolation: adviseIsolation(task, plan),
  }));
}

function itemMinutes(task: Task): number | null {
  const known = task.items.flatMap((item) => (item.minutes === null ? [] : [item.minutes]));
  return known.length === 0 ? null : known.reduce((sum, minutes) => sum + minutes, 0);
}

function listLocks(tasks: readonly Task[]): { name: string; tasks: TaskId[] }[] {
  const holders = new Map<string, TaskId[]>();
  for (const task of tasks) {
    for (const lock of task.locks) {
      const ids = holders.get(lock) ?? [];
      ids.push(task.id);
      holders.set(lock, ids);
    }
  }
  return [...holders].map(([name, ids]) => ({ name, tasks: ids }));
}
