/** What `espalier check` prints: a plan as it was read, its arithmetic, and its problems. */
import { formatMinutes } from '../plan/quantities.ts';
import { countOf } from './amounts.ts';
import { renderCheckProblems } from './check-problems.ts';
import type { CheckedPlan, CheckSummary, CheckTask } from './check-summary.ts';
import { escapeText } from './escape-text.ts';
import { cutRow, fitText, line, type Row, span, type SpanStyle, textWidth } from './spans.ts';
import { glyphsFor } from './task-words.ts';
import { wrapText } from './wrap-text.ts';

/** How the report is shown. */
export interface CheckReportOptions {
  /** Name of the file as it was typed, or `standard input`. */
  source: string;
  /** Cells of a row; at least 60 are used. */
  width: number;
  isUtf8: boolean;
}

/** Most tasks, locks and overlaps that are listed; the JSON has all. */
const MAX_LISTED = 60;
const MIN_WIDTH = 60;
const MAX_WIDTH = 100;
const LABEL_WIDTH = 16;

const FORM_WORDS = { yaml: 'YAML', headings: 'headings', table: 'task table', single: 'single task' } as const;

interface Look {
  width: number;
  mark: string;
  dash: string;
  separator: string;
  arrow: string;
  bar: string;
  times: string;
}

/** The whole report. */
export function renderCheck(summary: CheckSummary, options: CheckReportOptions): Row[] {
  const glyphs = glyphsFor(options.isUtf8);
  const look: Look = {
    width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, options.width)),
    mark: glyphs.cut,
    dash: glyphs.dash,
    separator: glyphs.separator,
    arrow: options.isUtf8 ? '→' : '->',
    bar: options.isUtf8 ? '█' : '#',
    times: options.isUtf8 ? '×' : 'x',
  };
  const { plan } = summary;
  const form = summary.form === null ? 'no plan was recognised' : `read as ${FORM_WORDS[summary.form]}`;
  const body = plan === null ? [line(form, 'dim')] : renderPlan(plan, form, look);
  const rows = [...body, ...renderProblems(summary, options, look), [], renderVerdict(summary)];
  return rows.map((row) => cutRow(row, look.width, look.mark));
}

function renderPlan(plan: CheckedPlan, form: string, look: Look): Row[] {
  const { separator } = look;
  const base = plan.base === null ? 'base: the branch that is checked out' : `base ${plan.base}`;
  return [
    line(escapeText(plan.title, look.width), 'strong'),
    line(`plan ${plan.id}`, 'dim'),
    line(`${base}  ${separator}  ${form}`, 'dim'),
    ...section(
      `Tasks  ${look.dash}  ${countOf(plan.tasks.length, 'task')}, ${countOf(plan.edgeCount, 'edge')}, ${countOf(plan.waves.length, 'wave')}`,
    ),
    ...renderTasks(plan, look),
    ...section('Hours'),
    ...renderHours(plan, look),
    ...section(`Schedule on ${countOf(plan.schedule.agents, 'agent')}`),
    ...renderSchedule(plan, look),
    ...section('Owned paths'),
    ...renderOwnership(plan, look),
    ...section('Locks'),
    ...renderLocks(plan, look),
    ...section('Isolation'),
    ...renderIsolation(plan, look),
  ];
}

function section(title: string): Row[] {
  return [[], line(title, 'strong')];
}

function renderTasks(plan: CheckedPlan, look: Look): Row[] {
  const byWave = [...plan.tasks].sort((a, b) => a.wave - b.wave || a.line - b.line);
  const shown = byWave.slice(0, MAX_LISTED);
  const idWidth = columnWidth(
    shown.map((task) => task.id),
    4,
    28,
  );
  const hours = (task: CheckTask): string =>
    task.estimateMinutes === null ? '?' : formatMinutes(task.estimateMinutes);
  const hourWidth = columnWidth(shown.map(hours), 5, 14);
  const restWidth = look.width - idWidth - hourWidth - 14;
  const rows: Row[] = [
    line(`  wave    ${fitText('task', idWidth, '')}  ${fitText('hours', hourWidth, '', 'right')}  needs`, 'dim'),
  ];
  for (const task of shown) {
    const needs = wrapText(task.needs.slice(0, 20).join(', '), restWidth, look.mark);
    rows.push([
      span(`  ${String(task.wave).padStart(4)}  `, 'dim'),
      span(task.isCritical ? '* ' : '  ', 'busy'),
      span(fitText(task.id, idWidth, look.mark), 'strong'),
      span(`  ${fitText(hours(task), hourWidth, look.mark, 'right')}  `),
      span(needs[0] ?? ''),
    ]);
    for (const more of needs.slice(1)) rows.push([span(' '.repeat(14 + idWidth + hourWidth)), span(more)]);
    const details = [
      task.title === task.id ? '' : task.title,
      task.branch ?? '',
      task.attempts > 1 ? `${task.attempts} attempts` : '',
    ];
    const detail = details.filter((text) => text !== '').join(`  ${look.separator}  `);
    if (detail !== '')
      rows.push(line(`          ${fitText(escapeText(detail, 400), look.width - 10, look.mark).trimEnd()}`, 'dim'));
  }
  rows.push(...leftOut(plan.tasks.length - shown.length, 'task'));
  rows.push(line('  * on the critical path', 'dim'));
  return rows;
}

function renderHours(plan: CheckedPlan, look: Look): Row[] {
  const { hours, criticalPath } = plan;
  const isItemised = hours.itemisedMinutes !== hours.sumMinutes;
  const rows = [
    labelled(
      'sum of tasks',
      `${formatMinutes(hours.sumMinutes)}${isItemised ? `  (${formatMinutes(hours.itemisedMinutes)} item by item)` : ''}`,
    ),
  ];
  if (hours.stated !== null) rows.push(renderStated(hours.stated, hours.sumMinutes));
  if (hours.unestimated.length > 0) {
    rows.push(labelled('no estimate', `${countOf(hours.unestimated.length, 'task')}, counted as 1 h each`, 'warn'));
  }
  const path = criticalPath.ids;
  const named = path.length > 8 ? [...path.slice(0, 6), look.mark, ...path.slice(-1)] : path;
  rows.push(
    ...wrapped('critical path', `${formatMinutes(criticalPath.minutes)}  ${named.join(` ${look.arrow} `)}`, look),
  );
  return rows;
}

function renderStated(stated: { minutes: number; line: number }, sum: number): Row {
  const difference = sum - stated.minutes;
  const agrees = difference === 0;
  const how =
    difference > 0
      ? `${formatMinutes(difference)} less than its tasks`
      : `${formatMinutes(-difference)} more than its tasks`;
  return labelled(
    'stated in text',
    `${formatMinutes(stated.minutes)}  (line ${stated.line}; ${agrees ? 'agrees' : how})`,
    agrees ? 'good' : 'warn',
  );
}

function renderSchedule(plan: CheckedPlan, look: Look): Row[] {
  const { makespanMinutes, lowerBoundMinutes, speedUp } = plan.schedule;
  const isOptimal = makespanMinutes <= lowerBoundMinutes + 0.5;
  const over = lowerBoundMinutes === 0 ? 0 : Math.round((makespanMinutes / lowerBoundMinutes - 1) * 100);
  const against = isOptimal ? 'no schedule can be shorter' : `up to ${over} % over the best`;
  const full = Math.max(10, Math.min(40, look.width - 48));
  const share = plan.hours.sumMinutes === 0 ? 1 : makespanMinutes / plan.hours.sumMinutes;
  return [
    labelled('one agent', `${fitText(formatMinutes(plan.hours.sumMinutes), 13, '')} ${look.bar.repeat(full)}`),
    labelled(
      'makespan',
      `${fitText(formatMinutes(makespanMinutes), 13, '')} ${look.bar.repeat(Math.max(1, Math.round(full * share)))}`,
    ),
    labelled('lower bound', `${fitText(formatMinutes(lowerBoundMinutes), 13, '')} ${against}`),
    labelled('speed-up', `${speedUp.toFixed(2)} ${look.times}`),
  ];
}

function renderOwnership(plan: CheckedPlan, look: Look): Row[] {
  const { overlaps, isComplete, unowned } = plan.ownership;
  const rows: Row[] = [];
  const owning = plan.tasks.length - unowned.length;
  if (overlaps.length === 0) {
    const words =
      owning === 0
        ? 'no task says what it owns'
        : owning === 1
          ? 'one task owns paths'
          : `${owning} tasks own paths; no two that could run at once meet`;
    rows.push(line(`  ${words}`, owning > 1 && isComplete ? 'good' : 'plain'));
  }
  for (const { a, b, globA, globB, path } of overlaps.slice(0, MAX_LISTED)) {
    rows.push([
      span('  '),
      span(`${a} and ${b}`, 'warn'),
      span(` could run at once, and both own ${escapeText(path, 120)}`),
    ]);
    rows.push(line(`      ${escapeText(`${globA}  ${look.separator}  ${globB}`, look.width - 8)}`, 'dim'));
  }
  rows.push(...leftOut(overlaps.length - MAX_LISTED, 'overlap'));
  if (!isComplete)
    rows.push(line(`  there may be more: counting stopped at ${countOf(overlaps.length, 'overlap')}`, 'warn'));
  if (overlaps.length > 0)
    rows.push(line('  give both a common lock, let one need the other, or part their paths', 'dim'));
  if (unowned.length > 0) {
    const who =
      unowned.length === plan.tasks.length ? 'each task' : `${countOf(unowned.length, 'task')} without 'owns'`;
    rows.push(line(`  ${who} may change anything that is not protected`, 'dim'));
  }
  return rows;
}

function renderLocks(plan: CheckedPlan, look: Look): Row[] {
  if (plan.locks.length === 0) return [line('  none', 'dim')];
  const rows = plan.locks.slice(0, MAX_LISTED).flatMap(({ name, tasks }): Row[] => {
    const holders = `${tasks.slice(0, 12).join(', ')}${tasks.length > 12 ? ` and ${tasks.length - 12} more` : ''}`;
    const how = tasks.length > 1 ? 'one after another: ' : 'only ';
    return [
      line(`  ${escapeText(name, 80)}`, 'strong'),
      ...wrapText(`${how}${holders}`, look.width - 6, look.mark).map((text) => line(`      ${text}`, 'plain')),
    ];
  });
  return [...rows, ...leftOut(plan.locks.length - MAX_LISTED, 'lock')];
}

function renderIsolation(plan: CheckedPlan, look: Look): Row[] {
  const shown = plan.tasks.slice(0, MAX_LISTED);
  const idWidth = columnWidth(
    shown.map((task) => task.id),
    4,
    28,
  );
  const rows: Row[] = [
    line(
      `  ${fitText('task', idWidth, '')}  ${fitText('matrix', 9, '')}  ${fitText('gets', 18, '')}  because it`,
      'dim',
    ),
  ];
  for (const { id, isolation } of shown) {
    const gets = `${isolation.profile}, ${isolation.resources}`;
    const because = wrapText(escapeText(isolation.because, 200), look.width - idWidth - 35, look.mark);
    rows.push([
      span(`  ${fitText(id, idWidth, look.mark)}`, 'strong'),
      span(`  ${fitText(isolation.approach, 9, look.mark)}  `),
      span(`${fitText(gets, 18, look.mark)}  `),
      span(because[0] ?? '', 'dim'),
    ]);
    for (const more of because.slice(1)) rows.push(line(`${' '.repeat(idWidth + 35)}${more}`, 'dim'));
  }
  const note =
    "The matrix is advice. Every attempt gets a worktree and a sandbox of its own; 'gets' is the profile and size of it.";
  rows.push(
    ...leftOut(plan.tasks.length - shown.length, 'task'),
    ...wrapText(note, look.width - 2, look.mark).map((text) => line(`  ${text}`, 'dim')),
  );
  return rows;
}

function renderProblems(summary: CheckSummary, options: CheckReportOptions, look: Look): Row[] {
  if (summary.problems.length === 0) return [];
  const rows = renderCheckProblems(summary.problems, { source: options.source, width: look.width, mark: look.mark });
  return [...section('Problems'), ...rows];
}

function renderVerdict(summary: CheckSummary): Row {
  const { errorCount, warningCount } = summary;
  const warnings = warningCount === 0 ? '' : `, ${countOf(warningCount, 'warning')}`;
  if (errorCount > 0)
    return line(`${countOf(errorCount, 'error')}${warnings}: the plan cannot be run as it stands`, 'bad');
  if (summary.plan === null) return line('no plan', 'bad');
  return line(
    `the plan can be read${warnings === '' ? ', no problems' : warnings}`,
    warningCount > 0 ? 'warn' : 'good',
  );
}

function labelled(label: string, text: string, style: SpanStyle = 'plain'): Row {
  return [span(`  ${fitText(label, LABEL_WIDTH, '')}`, 'dim'), span(text, style)];
}

function wrapped(label: string, text: string, look: Look): Row[] {
  const [first = '', ...rest] = wrapText(text, look.width - LABEL_WIDTH - 2, look.mark);
  return [labelled(label, first), ...rest.map((each) => labelled('', each))];
}

function columnWidth(texts: readonly string[], least: number, most: number): number {
  return Math.min(
    most,
    texts.reduce((width, text) => Math.max(width, textWidth(text)), least),
  );
}

function leftOut(count: number, noun: string): Row[] {
  return count > 0 ? [line(`  and ${countOf(count, `more ${noun}`)} (--json lists all)`, 'dim')] : [];
}
