/** Rows that are redrawn in place, at most ten times a second, on a terminal. */
import { createLogUpdate } from 'log-update';

import type { Row } from '../../core/report/spans.ts';
import type { Terminal } from './terminal.ts';

/** A view that redraws itself when told, and once a second for its clock. */
export interface LiveView {
  /** Something changed: draw soon. */
  touch(): void;
  /** Writes rows above the view; they stay. */
  printAbove(rows: readonly Row[]): void;
  /** Stops drawing; `keep` leaves the last frame on the screen. */
  close(keep: boolean): void;
}

const FRAME_MS = 100;
const CLOCK_MS = 1000;

/** Opens a view on a terminal that can redraw; `render` is asked for the rows of each frame. */
export function openLiveView(terminal: Terminal, render: () => readonly Row[]): LiveView {
  const update = createLogUpdate(terminal.stream as NodeJS.WritableStream);
  let lastDrawn = 0;
  let pending: NodeJS.Timeout | null = null;
  let isClosed = false;

  const draw = (): void => {
    pending = null;
    lastDrawn = performance.now();
    update(
      render()
        .map((row) => terminal.paint(row))
        .join('\n'),
    );
  };
  const touch = (): void => {
    if (isClosed || pending !== null) return;
    pending = setTimeout(draw, Math.max(0, FRAME_MS - (performance.now() - lastDrawn)));
    pending.unref();
  };
  const clock = setInterval(touch, CLOCK_MS);
  clock.unref();
  touch();

  return {
    touch,
    printAbove: (rows) => {
      update.persist(rows.map((row) => terminal.paint(row)).join('\n'));
    },
    close: (keep) => {
      if (isClosed) return;
      isClosed = true;
      clearInterval(clock);
      if (pending !== null) clearTimeout(pending);
      if (keep) {
        draw();
        update.done();
      } else {
        update.clear();
        update.done();
      }
    },
  };
}
