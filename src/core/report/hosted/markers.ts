/**
 * Marks by which Espalier finds its own texts again. A mark counts at the very beginning of a text only: further down
 * it may be a quotation.
 */
import type { PlanId, TaskId } from '../../brand.ts';

/** First line of a plan's status comment. */
export function statusMarker(plan: PlanId): string {
  return `<!-- espalier:status plan=${plan} -->`;
}

/** First line of the body of a task's pull request. */
export function pullMarker(plan: PlanId, task: TaskId): string {
  return `<!-- espalier:pull plan=${plan} task=${task} -->`;
}
