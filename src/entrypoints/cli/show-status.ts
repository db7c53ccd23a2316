/** Does `espalier status`. */
import { workKey } from '../../core/reconcile/snapshot.ts';
import type { LiveProgress } from '../../core/report/plan-rows.ts';
import { type PlanStatus, renderPlanList, renderStatus, statusJson } from '../../core/report/status-report.ts';
import { openRepository, type OpenRepository } from './open-repository.ts';
import { type KnownPlan, readAllPlans, selectPlan } from './select-plan.ts';
import type { Session } from './session.ts';

/** Options of `status`. */
export interface StatusOptions {
  json?: true;
}

/** Shows all plans, or the one that is named. */
export async function showStatus(session: Session, said: string | null, options: StatusOptions): Promise<void> {
  await using repository = await openRepository(session);
  const plans = said === null ? await readAllPlans(session, repository) : [await selectPlan(session, repository, said)];
  const statuses = await Promise.all(plans.map((plan) => observeStatus(repository, plan)));
  const [only] = statuses;
  if (options.json === true) {
    session.printJson(said === null ? statuses.map(statusJson) : only && statusJson(only));
    return;
  }
  const look = { width: session.out.width(), isUtf8: session.out.isUtf8, now: Date.now() };
  session.out.print(only !== undefined && statuses.length === 1 ? renderStatus(only, look) : renderPlanList(statuses));
}

/** A plan with the live progress of what runs. */
async function observeStatus(repository: OpenRepository, plan: KnownPlan): Promise<PlanStatus> {
  const progress = new Map<string, LiveProgress>();
  for (const task of plan.view.tasks) {
    if (task.state !== 'running') continue;
    const { id, attempt, generation } = task;
    const found = await repository.evidence.readProgress({ plan: plan.view.plan, task: id, attempt, generation });
    if (found !== null) progress.set(workKey(id, attempt, generation), found);
  }
  return { view: plan.view, progress, holders: plan.holders };
}
