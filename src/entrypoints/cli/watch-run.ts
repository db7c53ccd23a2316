/** Shows a run while it goes on: live rows on a terminal, a line per event elsewhere, JSON lines for scripts. */
import { type LiveView, openLiveView } from '../../adapters/terminal/live-view.ts';
import type { PlanView } from '../../core/reconcile/view.ts';
import { renderEvent } from '../../core/report/event-line.ts';
import { type LiveProgress, renderRows } from '../../core/report/plan-rows.ts';
import { cutRow, line, type Row } from '../../core/report/spans.ts';
import { glyphsFor } from '../../core/report/task-words.ts';
import type { RunEvent } from '../../engine/run-request.ts';
import type { Session } from './session.ts';

/** How a run is shown. */
export type WatchMode = 'live' | 'plain' | 'json';

/** What the run's loop tells, and what is told to the person besides. */
export interface RunWatch {
  onView(view: PlanView, progress: ReadonlyMap<string, LiveProgress>): void;
  onEvent(event: RunEvent): void;
  /** Rows that stay, whatever is redrawn below. */
  say(rows: readonly Row[]): void;
  /** Changes the line under the live rows. */
  hint(text: string): void;
  /** Ends the showing; what is redrawn is taken away, since a report follows. */
  close(): void;
}

/** Which mode fits the options and the streams. */
export function chooseWatchMode(session: Session, options: { json?: true; plain?: true }): WatchMode {
  if (options.json === true) return 'json';
  return session.err.canRedraw && options.plain !== true ? 'live' : 'plain';
}

/** Events that stay on the screen above the live rows. */
const LASTING_EVENTS: ReadonlySet<RunEvent['kind']> = new Set([
  'attempt-failed',
  'attempt-cancelled',
  'returned',
  'landed',
  'refused',
  'frozen',
  'final-ended',
]);

/** Begins to show a run that started at `startedAt` (ms since the epoch). */
export function openRunWatch(session: Session, mode: WatchMode, startedAt: number): RunWatch {
  if (mode === 'live') return watchLive(session, startedAt);
  const say = (rows: readonly Row[]): void => {
    session.err.print(rows);
  };
  let wasPaused = false;
  return {
    onView: (view) => {
      if (view.paused !== null && !wasPaused)
        say([line(`paused by ${view.paused.by}; nothing is started until espalier resume ${view.plan}`, 'warn')]);
      wasPaused = view.paused !== null;
    },
    onEvent: (event) => {
      if (mode === 'json') session.printJsonLine({ ...event, at: new Date(event.at).toISOString(), type: 'event' });
      else say([renderEvent(event, { offsetMinutes: session.offsetMinutes })]);
    },
    say,
    hint: () => {},
    close: () => {},
  };
}

function watchLive(session: Session, startedAt: number): RunWatch {
  const terminal = session.err;
  let latest: { view: PlanView; progress: ReadonlyMap<string, LiveProgress> } | null = null;
  let hint = 'Ctrl-C stops; the same command goes on from there';
  const { cut } = glyphsFor(terminal.isUtf8);
  const render = (): readonly Row[] => {
    if (latest === null) return [line('starting', 'dim')];
    return renderRows(latest.view, latest.progress, {
      width: terminal.width(),
      // The line break after the last row takes a line of its own.
      height: terminal.height() - 1,
      isUtf8: terminal.isUtf8,
      now: Date.now(),
      startedAt,
      hint,
    });
  };
  const live: LiveView = openLiveView(terminal, render);
  return {
    onView: (view, progress) => {
      latest = { view, progress };
      live.touch();
    },
    onEvent: (event) => {
      if (LASTING_EVENTS.has(event.kind))
        live.printAbove([cutRow(renderEvent(event, { offsetMinutes: session.offsetMinutes }), terminal.width(), cut)]);
    },
    say: (rows) => {
      live.printAbove(rows);
    },
    hint: (text) => {
      hint = text;
      live.touch();
    },
    close: () => {
      live.close(false);
    },
  };
}
