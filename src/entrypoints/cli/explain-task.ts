/** Does `espalier why`. */
import { renderWhy, whoActs } from '../../core/report/why-report.ts';
import { openRepository } from './open-repository.ts';
import { readTaskArgument, requireTask, selectPlan } from './select-plan.ts';
import type { Session } from './session.ts';

/** Options that name a plan where the task alone does not. */
export interface TaskOptions {
  plan?: string;
  json?: true;
}

/** Explains one task. */
export async function explainTask(session: Session, text: string, options: TaskOptions): Promise<void> {
  const id = readTaskArgument(text);
  await using repository = await openRepository(session);
  const plan = await selectPlan(session, repository, options.plan ?? null, id);
  requireTask(plan, id);
  const task = plan.view.tasks.find((each) => each.id === id);
  if (task === undefined) return;
  if (options.json === true) session.printJson({ plan: plan.view.plan, task, actor: whoActs(plan.view, task) });
  else session.out.print(renderWhy(plan.view, task, { isUtf8: session.out.isUtf8, width: session.out.width() }));
}
