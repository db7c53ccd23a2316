/** A plan in one line and in one sentence. */
import type { PlanView, TaskState } from '../../reconcile/view.ts';
import { countOf } from '../amounts.ts';
import type { PlanScene } from './scene.ts';

/** `3 of 8 tasks landed · 2 running · 1 failed`. */
export function headline(view: PlanView): string {
  const order: TaskState[] = ['running', 'trying', 'landing', 'queued', 'failed', 'held', 'cancelled', 'waiting'];
  const count = (state: TaskState): number => view.tasks.filter((task) => task.state === state).length;
  const rest = order.map((state) => [count(state), state] as const).filter(([members]) => members > 0);
  const landed = `${count('landed')} of ${countOf(view.tasks.length, 'task')} landed`;
  return [landed, ...rest.map(([members, state]) => `${members} ${state}`)].join(' · ');
}

/** One sentence about the whole plan. */
export function whatHappens({ view, record }: PlanScene): string {
  if (record.obstacle !== null) return 'The plan has stopped and needs a person.';
  switch (view.status) {
    case 'landed':
      return 'The plan is done: everything has landed.';
    case 'final-failed':
      return 'Everything has landed, but the final tests on the whole failed.';
    case 'paused':
      return 'The plan is paused.';
    case 'stuck':
      return 'Nothing can go on without a person.';
    case 'working':
      if (view.frozen !== null) return 'Work goes on, but nothing can land.';
      return view.tasks.some((task) => task.state === 'failed' || task.state === 'cancelled')
        ? 'Work goes on, but not everything can land without a person.'
        : 'The plan is under way.';
  }
}
