/** One line per thing that happened, for terminals that cannot redraw and for logs. */
import { formatClock } from './amounts.ts';
import { fitText, type Row, span, type SpanStyle } from './spans.ts';

/** Something that happened in a run. The engine's `RunEvent` fits this shape. */
export interface EventLine {
  /** Milliseconds since the epoch. */
  at: number;
  /** Stable kebab-case word, such as `attempt-started`. */
  kind: string;
  task: string | null;
  detail: string;
}

const KIND_CELLS = 17;

/** Renders one event: `12:34:56 landed            backend-agent: as 1a2b3c`. */
export function renderEvent(event: EventLine, options: { offsetMinutes: number }): Row {
  const detail = event.detail.split(/[\r\n]/, 1)[0] ?? '';
  const task = event.task === null ? '' : event.task + (detail === '' ? '' : ': ');
  return [
    span(`${formatClock(event.at, options.offsetMinutes)} `, 'dim'),
    span(`${fitText(event.kind.replaceAll('-', ' '), KIND_CELLS, '')} `, styleOf(event.kind)),
    span(task, 'strong'),
    span(detail),
  ];
}

function styleOf(kind: string): SpanStyle {
  if (/landed|passed|verified/.test(kind)) return 'good';
  if (/failed|refused|frozen|lost/.test(kind)) return 'bad';
  if (/returned|held|cancelled|paused|conflict|interrupted/.test(kind)) return 'warn';
  return 'busy';
}
