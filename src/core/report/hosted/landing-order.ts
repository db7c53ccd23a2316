/** In which order what waits in the queue comes to land, as far as the ledger tells today. */
import type { TaskId } from '../../brand.ts';
import { compareQueueEntries } from '../../queue/order.ts';
import { indexPlan } from '../../schedule/plan-index.ts';
import type { PlanScene } from './scene.ts';

/** Tasks that are landing, being tried, or in the queue: the first lands first. */
export function landingOrder({ view, ledger }: Pick<PlanScene, 'view' | 'ledger'>): TaskId[] {
  const index = indexPlan(ledger.plan);
  const queued = view.tasks
    .filter((task) => task.state === 'queued')
    .map(({ id }) => ({
      task: id,
      priority: index.task(id)?.priority ?? 0,
      returns: ledger.tasks[id]?.attempts.filter((attempt) => attempt.status === 'returned').length ?? 0,
      remainingMinutes: index.remainingMinutes(id),
      index: index.position(id),
    }))
    .sort(compareQueueEntries);
  const first = (state: string): TaskId[] => view.tasks.filter((task) => task.state === state).map((task) => task.id);
  return [...first('landing'), ...first('trying'), ...queued.map((entry) => entry.task)];
}
