/** Names tasks in a message about several of them. */
import type { Task } from './plan.ts';

const MAX_NAMED = 4;

/** `task 'a'`, or `tasks 'a', 'b', 'c', 'd' and 3 more`. */
export function nameTasks(tasks: readonly Pick<Task, 'id'>[]): string {
  const named = tasks.slice(0, MAX_NAMED).map((task) => `'${task.id}'`);
  const more = tasks.length - named.length;
  const list = more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
  return `${tasks.length === 1 ? 'task' : 'tasks'} ${list}`;
}
