/** Names of sandbox runs: unique among all live runs of a machine, and recognisable by what they belong to. */
import type { PlanId, TaskId } from '../brand.ts';
import { digestText } from '../digest.ts';

// A run's name has at most 120 characters and holds two ids of up to 64.
const MAX_PART = 24;

/** What the names of all runs in a repository begin with; `repository` names it as for {@link planRunPrefix}. */
export function repositoryRunPrefix(repository: string): string {
  return `espalier-${digestText(repository).slice(0, 8)}-`;
}

/**
 * What the names of all runs of a plan begin with, for reaping what a process that died has left.
 *
 * @param repository - anything that names the repository on this machine, such as the folder of its objects.
 */
export function planRunPrefix(repository: string, plan: PlanId): string {
  return `${repositoryRunPrefix(repository)}${shorten(plan)}.`;
}

/** What the names of all runs of one attempt begin with, its trials included. */
export function attemptRunPrefix(repository: string, plan: PlanId, task: TaskId, attempt: number): string {
  return `${planRunPrefix(repository, plan)}${shorten(task)}.${attempt}.`;
}

/** An id as it is, or its beginning and a digest that keeps two long ids apart. */
function shorten(id: string): string {
  return id.length <= MAX_PART ? id : `${id.slice(0, MAX_PART - 9)}-${digestText(id).slice(0, 8)}`;
}
