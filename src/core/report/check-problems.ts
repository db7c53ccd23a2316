/** Problems with their source line and a caret under the place. */
import type { PlanProblem } from '../plan/plan.ts';
import { caretOffset } from '../plan/source-text.ts';
import { escapeText } from './escape-text.ts';
import { cutText, type Row, span, textWidth } from './spans.ts';
import { wrapText } from './wrap-text.ts';

const INDENT = 4;
const GUTTER = 8;
const VIEW_AFTER_CARET = 24;

/** All problems in their order. `width` is the terminal's; rows never exceed it. */
export function renderCheckProblems(
  problems: readonly PlanProblem[],
  options: { source: string; width: number; mark: string },
): Row[] {
  return problems.flatMap((problem) => [...renderOne(problem, options), []]).slice(0, -1);
}

function renderOne(problem: PlanProblem, options: { source: string; width: number; mark: string }): Row[] {
  const { severity, line, column, message, nearest } = problem;
  const source = escapeText(options.source, 60);
  const place = line === null ? source : `${source}:${line}${column === null ? '' : `:${column}`}`;
  const hint = nearest === null ? '' : `; did you mean '${escapeText(nearest, 200)}'?`;
  const style = severity === 'error' ? 'bad' : 'warn';
  const text = wrapText(escapeText(`${message}${hint}`, 4000), options.width - INDENT, options.mark);
  return [
    [
      span('  '),
      span(severity, style),
      span(` ${cutText(place, options.width - 40, options.mark)}`, 'strong'),
      span(` [${problem.code}]`, 'dim'),
    ],
    ...text.map((each): Row => [span(' '.repeat(INDENT)), span(each)]),
    ...renderExcerpt(problem, options),
  ];
}

function renderExcerpt(problem: PlanProblem, options: { width: number; mark: string }): Row[] {
  const { excerpt, line, column } = problem;
  if (excerpt === null || excerpt.trim() === '' || line === null) return [];
  const gutter = `${String(line).padStart(GUTTER - 2)} ${options.mark === '…' ? '│' : '|'} `;
  const room = options.width - textWidth(gutter);
  const offset = column === null ? -1 : caretOffset(column);
  // A place far to the right is brought into view; what is left out at the left is marked.
  const hidden = Math.max(0, offset - (room - VIEW_AFTER_CARET));
  const view = hidden === 0 ? excerpt : `${options.mark}${excerpt.slice(hidden + 1)}`;
  const rows: Row[] = [[span(gutter, 'dim'), span(cutText(view, room, options.mark))]];
  if (offset < 0 || offset >= excerpt.length) return rows;
  // Characters before the caret may take two cells or none.
  const cells = textWidth(view.slice(0, offset - hidden));
  if (cells >= room) return rows;
  const blank = `${' '.repeat(GUTTER - 2)} ${options.mark === '…' ? '│' : '|'} `;
  rows.push([span(blank, 'dim'), span(`${' '.repeat(cells)}^`, problem.severity === 'error' ? 'bad' : 'warn')]);
  return rows;
}
