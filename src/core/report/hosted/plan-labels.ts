/** Which of Espalier's labels a plan's issue and its pull requests wear. */
import { LABELS, type LabelName } from '../../commands/labels.ts';
import type { PlanView, TaskState, TaskView } from '../../reconcile/view.ts';
import type { PlanScene } from './scene.ts';
import { nextStepOf } from './next-step.ts';

/**
 * Labels that are kept in step: taken off where they are not wanted. What people ask with stays as they set it, but
 * for the pause, which is the state that it asks for.
 */
export const KEPT_LABELS: ReadonlySet<LabelName> = new Set(
  LABELS.filter((label) => label.role === 'state' || label.name === 'espalier:pause').map((label) => label.name),
);

const STATE_LABELS: Readonly<Record<TaskState, LabelName>> = {
  waiting: 'espalier:waiting',
  running: 'espalier:running',
  queued: 'espalier:queued',
  trying: 'espalier:queued',
  landing: 'espalier:queued',
  landed: 'espalier:landed',
  held: 'espalier:waiting',
  failed: 'espalier:needs-attention',
  cancelled: 'espalier:cancelled',
};

/** Labels of the plan's issue. */
export function planLabels({ view, record }: Pick<PlanScene, 'view' | 'record'>): LabelName[] {
  const needsPerson =
    record.obstacle !== null ||
    record.proposed !== null ||
    view.frozen !== null ||
    view.status === 'stuck' ||
    view.status === 'final-failed' ||
    view.tasks.some((task) => task.state === 'failed');
  return [
    'espalier',
    ...(view.paused === null ? [] : ['espalier:pause' as const]),
    ...progressLabels(view),
    ...(needsPerson ? ['espalier:needs-attention' as const] : []),
  ];
}

function progressLabels(view: PlanView): LabelName[] {
  if (view.status === 'landed') return ['espalier:landed'];
  if (view.tasks.every((task) => task.state === 'landed' || task.state === 'cancelled'))
    return view.tasks.some((task) => task.state === 'cancelled') ? ['espalier:cancelled'] : [];
  const isBusy = view.tasks.some((task) => ['running', 'trying', 'landing'].includes(task.state));
  return [isBusy ? 'espalier:running' : 'espalier:waiting'];
}

/** Labels of a task's pull request. */
export function pullLabels(scene: PlanScene, task: TaskView): LabelName[] {
  const own = STATE_LABELS[task.state];
  const needsPerson = task.state === 'queued' && nextStepOf(scene, task).who === 'person';
  return ['espalier', own, ...(needsPerson ? ['espalier:needs-attention' as const] : [])];
}
