/** Opens the sandboxes of a run: one for all tasks that name no image, and one for each image that tasks name. */
import type { ResolvedPlan, ResolvedTask } from '../../core/plan/plan.ts';
import { nameTasks } from '../../core/plan/name-tasks.ts';
import { CliError } from './cli-error.ts';
import {
  demandSandbox,
  type ImageSandbox,
  type RunSandbox,
  type SandboxDemand,
  type SandboxOpener,
  type SandboxPlace,
  tryOpenSandbox,
} from './open-run-sandbox.ts';
import type { Session } from './session.ts';

/**
 * The opener for what the command line says. An image there goes over those of the plan; an engine that cannot use a
 * task's image is refused, with what to do, except `none`, with which everything was waived by that one word.
 */
export function demandedOpener(said: Parameters<typeof demandSandbox>[0]): SandboxOpener {
  return async (session, place) => {
    const demand = demandSandbox(said, place.config);
    if (said.image !== undefined || demand.engine === 'none') {
      if (demand.engine === 'none') warnOfImages(session, place.plan);
      return openOrRefuse(session, place, demand);
    }
    const [plain = [], ...others] = partByImage(place.plan);
    const images: ImageSandbox[] = [];
    // One after the other: the tries of engines share files.
    for (const tasks of others) {
      const image = tasks[0]?.image ?? null;
      const opened = await openOrRefuse(session, placeOf(place, tasks), { ...demand, image, rootfs: null });
      if (image !== null) images.push({ ...opened, image, tasks: tasks.map(({ id }) => id) });
    }
    const [first] = images;
    // Where every task has an image nothing would ever run in another sandbox.
    if (plain.length === 0 && first !== undefined) return { sandbox: first.sandbox, reason: first.reason, images };
    return { ...(await openOrRefuse(session, placeOf(place, plain), demand)), images };
  };
}

async function openOrRefuse(session: Session, place: SandboxPlace, demand: SandboxDemand): Promise<RunSandbox> {
  const opened = await tryOpenSandbox(session, place, demand);
  if (opened.kind === 'opened') return { sandbox: opened.sandbox, reason: opened.reason };
  const tasks = place.plan.tasks.filter(({ image }) => image !== undefined && image === demand.image);
  const where = tasks.length === 0 ? '' : ` on the image '${demand.image}' of ${nameTasks(tasks)}`;
  throw new CliError('unfit', `No sandbox${where}: ${opened.because}.`, { next: opened.nextStep });
}

/** Tasks without an image first, then those of each image, in the order of the plan. */
function partByImage({ tasks }: ResolvedPlan): ResolvedTask[][] {
  const parts = Map.groupBy(tasks, (task) => task.image);
  const plain = parts.get(undefined) ?? [];
  parts.delete(undefined);
  return [plain, ...parts.values()];
}

function placeOf(place: SandboxPlace, tasks: ResolvedTask[]): SandboxPlace {
  return { ...place, plan: { ...place.plan, tasks } };
}

function warnOfImages(session: Session, plan: ResolvedPlan): void {
  const tasks = plan.tasks.filter((task) => task.image !== undefined);
  if (tasks.length > 0)
    session.warn(`${nameTasks(tasks)}: 'image' is of no meaning without a sandbox; what is on this machine is used.`);
}
