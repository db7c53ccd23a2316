/** `espalier status`: all plans in a list, or one plan with a line per task. */
import type { PlanView, TaskState } from '../reconcile/view.ts';
import { countOf, shortSha } from './amounts.ts';
import { type LiveProgress, renderRows } from './plan-rows.ts';
import { showCommand } from './shell-words.ts';
import { fitText, line, type Row, span, type SpanStyle } from './spans.ts';
import { glyphsFor } from './task-words.ts';

/** A plan and who works on it at this moment. */
export interface PlanStatus {
  view: PlanView;
  progress: ReadonlyMap<string, LiveProgress>;
  /** Descriptions of the processes that hold a live lease. */
  holders: readonly string[];
}

const PLAN_STYLES: Readonly<Record<PlanView['status'], SpanStyle>> = {
  working: 'busy',
  paused: 'warn',
  stuck: 'bad',
  landed: 'good',
  'final-failed': 'bad',
};

/** One plan. */
export function renderStatus(status: PlanStatus, options: { width: number; isUtf8: boolean; now: number }): Row[] {
  const { view } = status;
  const glyphs = glyphsFor(options.isUtf8);
  return [
    [
      span(view.plan, 'strong'),
      span(view.title === '' || view.title === view.plan ? '' : `  ${glyphs.dash} ${view.title}`),
    ],
    [
      span(planWord(status), PLAN_STYLES[view.status]),
      span(`  base ${view.baseBranch}, lands on ${view.target}, revision ${shortSha(view.revision)}`, 'dim'),
    ],
    ...(status.holders.length > 0
      ? [line(`a run works on it: ${status.holders.join('; ')}`, 'busy')]
      : view.status === 'working'
        ? [line('no run works on it: the same espalier run command goes on with it', 'warn')]
        : []),
    [],
    ...renderRows(view, status.progress, { ...options, height: Number.MAX_SAFE_INTEGER, startedAt: null, hint: null }),
    ...(view.final.status === 'none' ? [] : [line(finalWord(view), view.final.status === 'failed' ? 'bad' : 'plain')]),
    ...renderNext(view),
  ];
}

/** The command that explains the first task which stopped. */
function renderNext(view: PlanView): Row[] {
  const stopped = view.tasks.find((task) => task.state === 'failed') ?? null;
  if (stopped === null) return [];
  return [[span('next: ', 'dim'), span(showCommand(['espalier', 'why', stopped.id, '--plan', view.plan]))]];
}

/** All plans, one line each. */
export function renderPlanList(plans: readonly PlanStatus[]): Row[] {
  if (plans.length === 0) return [line('No plan has been run in this repository. Start one: espalier run PLAN.md')];
  const cells = Math.max(4, ...plans.map((each) => each.view.plan.length));
  return [
    line(`${fitText('PLAN', cells, '')}  ${fitText('STATUS', 14, '')} ${fitText('TASKS', 34, '')} LANDS ON`, 'dim'),
    ...plans.map((each): Row => [
      span(`${fitText(each.view.plan, cells, '')}  `, 'strong'),
      span(`${fitText(planWord(each), 14, '')} `, PLAN_STYLES[each.view.status]),
      span(`${fitText(countWords(each.view), 34, '')} `),
      span(each.view.target, 'dim'),
    ]),
  ];
}

/** One word for a plan; `unattended` where it could go on but no process works on it. */
export function planWord(status: PlanStatus): string {
  return status.view.status === 'working' && status.holders.length === 0 ? 'unattended' : status.view.status;
}

/** `5 landed, 1 failed of 8 tasks`. */
function countWords(view: PlanView): string {
  const order: TaskState[] = ['landed', 'running', 'trying', 'landing', 'queued', 'failed', 'held', 'cancelled'];
  const parts = order
    .map((state) => ({ state, count: view.tasks.filter((task) => task.state === state).length }))
    .filter((each) => each.count > 0)
    .map((each) => `${each.count} ${each.state}`);
  return parts.length === 0 ? countOf(view.tasks.length, 'task') : `${parts.join(', ')} of ${view.tasks.length}`;
}

/** The result of the plan's final tests in words. */
function finalWord(view: PlanView): string {
  const detail = view.final.detail === '' ? '' : `: ${view.final.detail}`;
  return `final tests ${view.final.status}${detail}`;
}

/** What a script reads of one plan. */
export function statusJson(status: PlanStatus): unknown {
  return {
    ...status.view,
    holders: status.holders,
    progress: Object.fromEntries(status.progress),
  };
}
