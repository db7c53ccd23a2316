/**
 * The order in which attempts whose gate is open come to land. Dependencies need no key here: an attempt is
 * dispatched only when all that its task needs has landed.
 */
import type { TaskId } from '../brand.ts';

/** What the order looks at. */
export interface QueueEntry {
  task: TaskId;
  priority: number;
  /** How often work for this task has come back from the queue already. */
  returns: number;
  /** Longest remaining path through the plan from this task, minutes. */
  remainingMinutes: number;
  /** Position in the plan. */
  index: number;
}

/** Total order; equal only for the same task. */
export function compareQueueEntries(a: QueueEntry, b: QueueEntry): number {
  // 1. a person's wish
  if (a.priority !== b.priority) return b.priority - a.priority;
  // 2. what was turned away before, so that others who land first cannot turn it away for ever
  if (a.returns !== b.returns) return b.returns - a.returns;
  // 3. what holds up most
  if (a.remainingMinutes !== b.remainingMinutes) return b.remainingMinutes - a.remainingMinutes;
  // 4. as the plan has it, so that the order never depends on timing
  return a.index - b.index;
}
