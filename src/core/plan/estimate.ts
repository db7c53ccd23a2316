/**
 * How long a plan takes: sum, list schedule on K agents, and the bound that no schedule can beat. Critical path
 * first, as the scheduler does it; holders of a lock run one after another. Times are minutes.
 */
import type { TaskId } from '../brand.ts';
import { createHeap } from './binary-heap.ts';
import {
  buildGraph,
  DEFAULT_ESTIMATE_MINUTES,
  findCriticalPath,
  type GraphTask,
  remainingPathMinutes,
} from './graph.ts';

/** What the schedule reads of a task. */
export interface ScheduleTask extends GraphTask {
  locks: readonly string[];
}

/** One task's place in the schedule. */
interface ScheduledTask {
  id: TaskId;
  startMinutes: number;
  endMinutes: number;
}

/** A schedule and what it is measured against. */
export interface PlanSchedule {
  agents: number;
  makespanMinutes: number;
  /** The largest of critical path, sum over agents, and the longest lock: no schedule can be shorter. */
  lowerBoundMinutes: number;
  /** Sum over makespan: how much faster than one agent. 1 for an empty plan. */
  speedUp: number;
  tasks: ScheduledTask[];
}

/** Minutes of all tasks; one without an estimate counts as an hour. */
export function sumMinutes(tasks: readonly GraphTask[]): number {
  return tasks.reduce((sum, task) => sum + (task.estimateMinutes ?? DEFAULT_ESTIMATE_MINUTES), 0);
}

/** No schedule of `tasks` on `agents` is shorter than this. */
export function lowerBoundMinutes(tasks: readonly ScheduleTask[], agents: number): number {
  const byLock = new Map<string, number>();
  for (const task of tasks) {
    for (const lock of new Set(task.locks))
      byLock.set(lock, (byLock.get(lock) ?? 0) + (task.estimateMinutes ?? DEFAULT_ESTIMATE_MINUTES));
  }
  const longestLock = [...byLock.values()].reduce((longest, minutes) => Math.max(longest, minutes), 0);
  return Math.max(findCriticalPath(tasks).minutes, sumMinutes(tasks) / agents, longestLock);
}

/** Schedules without gaps: a free agent takes the ready task with the longest path to an end. Throws on a cycle. */
export function schedulePlan(tasks: readonly ScheduleTask[], agents: number): PlanSchedule {
  if (!Number.isInteger(agents) || agents < 1) throw new Error(`A schedule needs at least one agent, not ${agents}`);
  const scheduled = listSchedule(tasks, agents);
  const makespanMinutes = scheduled.reduce((end, task) => Math.max(end, task.endMinutes), 0);
  const sum = sumMinutes(tasks);
  return {
    agents,
    makespanMinutes,
    lowerBoundMinutes: lowerBoundMinutes(tasks, agents),
    speedUp: makespanMinutes === 0 ? 1 : sum / makespanMinutes,
    tasks: scheduled,
  };
}

function listSchedule(tasks: readonly ScheduleTask[], agents: number): ScheduledTask[] {
  const graph = buildGraph(tasks);
  const remaining = remainingPathMinutes(tasks);
  const rank = (index: number): number => remaining.get(graph.ids[index] as TaskId) ?? 0;
  const isMoreUrgent = (a: number, b: number): boolean => rank(a) > rank(b) || (rank(a) === rank(b) && a < b);
  const ready = createHeap<number>(isMoreUrgent);
  const running = createHeap<{ index: number; end: number }>(
    (a, b) => a.end < b.end || (a.end === b.end && a.index < b.index),
  );
  const locks = createLocks(tasks, isMoreUrgent, (index) => ready.push(index));
  const missing = graph.needs.map((needs) => needs.length);
  missing.forEach((count, index) => {
    if (count === 0) ready.push(index);
  });
  const scheduled: ScheduledTask[] = [];
  let now = 0;
  for (;;) {
    while (running.size() < agents) {
      const index = ready.pop();
      if (index === undefined) break;
      if (!locks.take(index)) continue;
      const end = now + (graph.minutes[index] ?? 0);
      scheduled.push({ id: graph.ids[index] as TaskId, startMinutes: now, endMinutes: end });
      running.push({ index, end });
    }
    const done = running.pop();
    if (done === undefined) return scheduled;
    now = done.end;
    locks.release(done.index);
    for (const dependent of graph.dependents[done.index] ?? []) {
      const left = (missing[dependent] ?? 0) - 1;
      missing[dependent] = left;
      if (left === 0) ready.push(dependent);
    }
  }
}

interface Locks {
  /** Takes all locks of a task, or parks it on one that is held. */
  take(index: number): boolean;
  release(index: number): void;
}

/** A freed lock wakes its most urgent waiter only, so thousands of tasks on one lock stay cheap. */
function createLocks(
  tasks: readonly ScheduleTask[],
  isMoreUrgent: (a: number, b: number) => boolean,
  wakeUp: (index: number) => void,
): Locks {
  const held = new Set<string>();
  const waiting = new Map<string, ReturnType<typeof createHeap<number>>>();
  const locksOf = (index: number): Set<string> => new Set(tasks[index]?.locks);
  const wakeNext = (lock: string): void => {
    const next = waiting.get(lock)?.pop();
    if (next !== undefined) wakeUp(next);
  };
  return {
    take(index) {
      const own = [...locksOf(index)];
      const blocked = own.find((lock) => held.has(lock));
      if (blocked === undefined) {
        for (const lock of own) held.add(lock);
        return true;
      }
      const queue = waiting.get(blocked) ?? createHeap<number>(isMoreUrgent);
      waiting.set(blocked, queue);
      queue.push(index);
      // It may have been woken for a lock that it now leaves free: the next one in that line has its turn.
      for (const lock of own) if (!held.has(lock)) wakeNext(lock);
      return false;
    },
    release(index) {
      for (const lock of locksOf(index)) held.delete(lock);
      for (const lock of locksOf(index)) wakeNext(lock);
    },
  };
}
