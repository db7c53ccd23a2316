/**
 * The live view of a plan: one row per task and a footer. Pure: the same view, progress and moment give the same
 * rows. Progress is drawn from stages that were passed; it decides nothing.
 */
import { ATTEMPT_STAGES } from '../ledger/evidence.ts';
import { workKey } from '../reconcile/snapshot.ts';
import type { PlanView, TaskState, TaskView } from '../reconcile/view.ts';
import { formatElapsed, formatScore, formatUsd } from './amounts.ts';
import { cutRow, fitText, line, type Row, span, type Span, textWidth } from './spans.ts';
import { type Glyphs, glyphsFor, STATE_STYLES } from './task-words.ts';

/** What a live run shows of itself, by work key. Fits the port's `AttemptProgress`. */
export interface LiveProgress {
  stage: string;
  iteration: number;
  score: number | null;
  activity: string;
  costUsd: number | null;
  updatedAt: number;
}

/** The terminal that the rows are for. */
export interface RowsOptions {
  width: number;
  /** Most rows that may be returned; tasks that are at rest are left out first, with a row that says so. */
  height: number;
  isUtf8: boolean;
  now: number;
  /** When this run began; `null` leaves the clock out. */
  startedAt: number | null;
  /** Last row, such as how to stop; `null` for none. */
  hint: string | null;
}

const BAR_CELLS = 10;
const REVIEW_CELLS = 6;
const TRY_CELLS = 4;
const SPEND_CELLS = 7;
const STATE_CELLS = 10;
const FOOTER_STATES: readonly TaskState[] = [
  'running',
  'trying',
  'queued',
  'landed',
  'failed',
  'held',
  'cancelled',
  'waiting',
];

interface Columns {
  id: number;
  bar: boolean;
  spend: boolean;
}

/** Renders the whole view. */
export function renderRows(view: PlanView, progress: ReadonlyMap<string, LiveProgress>, options: RowsOptions): Row[] {
  const glyphs = glyphsFor(options.isUtf8);
  const columns = chooseColumns(view, progress, options.width);
  const footer = renderFooter(view, progress, options, glyphs);
  const room = Math.max(1, options.height - footer.length - 1);
  const { shown, left } = chooseTasks(view.tasks, room);
  // Where there is room for one task alone, it is shown rather than how many there are besides.
  const hasRoomForMore = 1 + shown.length + footer.length < options.height;
  const rows = [
    renderHeader(columns),
    ...shown.map((task) => renderTask(task, progressOf(task, progress), columns, glyphs)),
    ...(left > 0 && hasRoomForMore ? [line(`  and ${left} more tasks (espalier status shows all)`, 'dim')] : []),
    ...footer,
  ];
  return rows.map((row) => cutRow(row, options.width, glyphs.cut));
}

/** Share of the way that a task has gone, 0 to 1; `null` for a task that has stopped on the way. */
export function progressShare(state: TaskState, stage: string | null): number | null {
  const steps = ATTEMPT_STAGES.length + 2;
  if (state === 'landed') return 1;
  if (state === 'landing' || state === 'trying') return (ATTEMPT_STAGES.length + 1) / steps;
  if (state === 'queued') return ATTEMPT_STAGES.length / steps;
  if (state === 'waiting') return 0;
  if (state !== 'running') return null;
  const passed = ATTEMPT_STAGES.findIndex((candidate) => candidate === stage);
  return Math.max(0, passed) / steps;
}

/** A bar of `cells` cells for a share from 0 to 1. A share under 1 never looks full. */
export function renderBar(share: number, cells: number, glyphs: Pick<Glyphs, 'barFull' | 'barEmpty'>): string {
  const full = share >= 1 ? cells : Math.min(cells - 1, Math.floor(Math.max(0, share) * cells));
  return glyphs.barFull.repeat(full) + glyphs.barEmpty.repeat(cells - full);
}

function progressOf(task: TaskView, progress: ReadonlyMap<string, LiveProgress>): LiveProgress | null {
  const own = progress.get(workKey(task.id, task.attempt, task.generation));
  if (own !== undefined) return own;
  // A trial runs under a generation of its own, which the view does not name.
  const prefix = `${task.id}.${task.attempt}.`;
  const others = [...progress].filter(([key]) => key.startsWith(prefix)).map(([, each]) => each);
  return others.sort((a, b) => b.updatedAt - a.updatedAt)[0] ?? null;
}

function chooseColumns(view: PlanView, progress: ReadonlyMap<string, LiveProgress>, width: number): Columns {
  const longest = Math.max(4, ...view.tasks.map((task) => textWidth(task.id)));
  const hasSpend =
    view.budgetUsd !== null ||
    view.tasks.some((task) => (task.spentUsd ?? 0) > 0) ||
    [...progress.values()].some((each) => each.costUsd !== null && each.costUsd > 0);
  return {
    id: Math.min(longest, Math.max(12, Math.floor(width * 0.3))),
    bar: width >= 60,
    spend: hasSpend && width >= 70,
  };
}

/** Tasks that move come first when there is no room for all; the order of the plan is kept. */
function chooseTasks(tasks: readonly TaskView[], room: number): { shown: TaskView[]; left: number } {
  if (tasks.length <= room) return { shown: [...tasks], left: 0 };
  const rank: Readonly<Record<TaskState, number>> = {
    running: 0,
    trying: 0,
    landing: 0,
    failed: 1,
    queued: 2,
    held: 3,
    waiting: 4,
    cancelled: 5,
    landed: 6,
  };
  const kept = new Set(
    tasks
      .map((task, index) => ({ task, index }))
      .sort((a, b) => rank[a.task.state] - rank[b.task.state] || a.index - b.index)
      .slice(0, Math.max(0, room - 1))
      .map((each) => each.task.id),
  );
  return { shown: tasks.filter((task) => kept.has(task.id)), left: tasks.length - kept.size };
}

function renderHeader(columns: Columns): Row {
  const titles = [
    fitText('TASK', columns.id, ''),
    fitText('STATE', STATE_CELLS + 2, ''),
    ...(columns.bar ? [fitText('PROGRESS', BAR_CELLS, '')] : []),
    fitText('REVIEW', REVIEW_CELLS, '', 'right'),
    fitText('TRY', TRY_CELLS, '', 'right'),
    ...(columns.spend ? [fitText('SPENT', SPEND_CELLS, '', 'right')] : []),
    'NOW',
  ];
  return line(titles.join(' '), 'dim');
}

function renderTask(task: TaskView, live: LiveProgress | null, columns: Columns, glyphs: Glyphs): Row {
  const style = STATE_STYLES[task.state];
  const word = task.state === 'running' && live !== null ? live.stage : task.state;
  const share = progressShare(task.state, live?.stage ?? null);
  const score = live?.score ?? task.score;
  const cells: Span[] = [
    span(`${fitText(task.id, columns.id, glyphs.cut)} `, task.state === 'landed' ? 'plain' : 'strong'),
    span(`${glyphs.states[task.state]} ${fitText(word, STATE_CELLS, glyphs.cut)} `, style),
  ];
  if (columns.bar) {
    const bar = share === null ? ' '.repeat(BAR_CELLS) : renderBar(share, BAR_CELLS, glyphs);
    cells.push(span(`${bar} `, style));
  }
  cells.push(span(`${fitText(score === null ? glyphs.dash : formatScore(score), REVIEW_CELLS, glyphs.cut, 'right')} `));
  cells.push(span(`${fitText(attemptWord(task, glyphs), TRY_CELLS, glyphs.cut, 'right')} `));
  if (columns.spend) cells.push(span(`${fitText(spendWord(task, live, glyphs), SPEND_CELLS, glyphs.cut, 'right')} `));
  cells.push(span(describeNow(task, live), task.state === 'running' ? 'plain' : 'dim'));
  return cells;
}

function attemptWord(task: TaskView, glyphs: Glyphs): string {
  if (task.attempt === 0) return glyphs.dash;
  return task.attemptsAllowed > 1 ? `${task.attempt}/${task.attemptsAllowed}` : `${task.attempt}`;
}

function spendWord(task: TaskView, live: LiveProgress | null, glyphs: Glyphs): string {
  if (task.attempt === 0) return glyphs.dash;
  const liveUsd = task.state === 'running' ? (live?.costUsd ?? null) : 0;
  return task.spentUsd === null || liveUsd === null ? '?' : formatUsd(task.spentUsd + liveUsd);
}

/** What happens at this moment, or what is waited for and on whom. One line. */
function describeNow(task: TaskView, live: LiveProgress | null): string {
  const isMoving = task.state === 'running' || task.state === 'trying';
  if (isMoving && live !== null) {
    const iteration = live.iteration > 1 ? `iteration ${live.iteration}` : '';
    return [iteration, firstLine(live.activity)].filter((part) => part !== '').join(': ');
  }
  if (task.state === 'failed' && task.lastFailure !== null) return firstLine(task.lastFailure);
  if (task.waiting === null) return '';
  if (task.waiting.kind === 'task' && task.waiting.on.length > 0) {
    const ids = task.waiting.on.join(', ');
    return task.state === 'held' ? `${ids} did not land` : `for ${ids}`;
  }
  return firstLine(task.waiting.because);
}

function firstLine(text: string): string {
  return text.split(/[\r\n]/, 1)[0] ?? '';
}

function renderFooter(
  view: PlanView,
  progress: ReadonlyMap<string, LiveProgress>,
  options: RowsOptions,
  glyphs: Glyphs,
): Row[] {
  const rows: Row[] = [[]];
  rows.push(countRow(view, progress, options, glyphs));
  if (view.paused !== null) rows.push(line(`paused by ${view.paused.by}: espalier resume ${view.plan}`, 'warn'));
  if (view.frozen !== null) rows.push(line(`${view.target} is frozen: ${view.frozen.because}`, 'bad'));
  if (view.final.status === 'running') rows.push(line('final tests on the landed whole are running', 'busy'));
  if (options.hint !== null) rows.push(line(options.hint, 'dim'));
  return rows;
}

function countRow(
  view: PlanView,
  progress: ReadonlyMap<string, LiveProgress>,
  options: RowsOptions,
  glyphs: Glyphs,
): Row {
  const counts = FOOTER_STATES.map((state) => {
    const members = view.tasks.filter(
      (task) => task.state === state || (state === 'trying' && task.state === 'landing'),
    );
    return { state, count: members.length };
  }).filter((each) => each.count > 0);
  const parts: Span[][] = counts.map(({ state, count }) => [span(`${count} ${state}`, STATE_STYLES[state])]);
  if (options.startedAt !== null) parts.push([span(formatElapsed(options.now - options.startedAt), 'strong')]);
  // What has ended is in the view already; only what runs is added.
  const liveUsd = view.tasks
    .filter((task) => task.state === 'running')
    .reduce((sum, task) => sum + (progressOf(task, progress)?.costUsd ?? 0), 0);
  const spent = view.spentUsd === null ? null : view.spentUsd + liveUsd;
  if (view.budgetUsd !== null) parts.push([span(`${formatUsd(spent)} of ${formatUsd(view.budgetUsd)}`)]);
  else if (spent !== null && spent > 0) parts.push([span(formatUsd(spent))]);
  return parts.flatMap((part, index) => (index === 0 ? part : [span(` ${glyphs.separator} `, 'dim'), ...part]));
}
