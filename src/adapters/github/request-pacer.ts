/**
 * Keeps one installation's requests to what GitHub asks of its clients: at most so many at once, writes one at a time
 * and spaced, and none at all while a limit holds.
 * Source: "Best practices for using the REST API" in GitHub's documentation.
 */
import type { Clock } from '../../ports/clock.ts';

/** How requests are spaced. */
export interface Pace {
  /** Requests under way at once; GitHub allows 100 for all of an app's processes. */
  maxAtOnce: number;
  /** From the beginning of one write to that of the next, in milliseconds. */
  writeGapMs: number;
}

/** GitHub's advice. */
export const DEFAULT_PACE: Pace = { maxAtOnce: 10, writeGapMs: 1000 };

/** Which quota a request draws from. */
export type Resource = 'rest' | 'graphql';

export interface RequestPacer {
  /** Runs `send` when it is its turn. */
  run<T>(kind: 'read' | 'write', send: () => Promise<T>): Promise<T>;
  /** Until when no request may be sent: a limit that an earlier answer told. `null` if none holds. */
  heldUntilMs(resource: Resource): number | null;
  /** Notes a limit. A secondary one holds for both resources. */
  hold(untilMs: number, resource: Resource | 'both'): void;
}

/** A pacer for one installation. */
export function openRequestPacer(clock: Clock, pace: Pace): RequestPacer {
  const held: Record<Resource, number> = { rest: 0, graphql: 0 };
  const waiting: (() => void)[] = [];
  let underWay = 0;
  let lastWrite: Promise<unknown> = Promise.resolve();
  let lastWriteBeganMs = Number.NEGATIVE_INFINITY;

  async function takePlace(): Promise<void> {
    if (underWay < pace.maxAtOnce) {
      underWay += 1;
      return;
    }
    // The place is handed over, so that nobody who comes later takes it in between.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leavePlace(): void {
    const next = waiting.shift();
    if (next === undefined) underWay -= 1;
    else next();
  }

  async function runPlaced<T>(send: () => Promise<T>): Promise<T> {
    await takePlace();
    try {
      return await send();
    } finally {
      leavePlace();
    }
  }

  async function runWrite<T>(send: () => Promise<T>): Promise<T> {
    const waitMs = lastWriteBeganMs + pace.writeGapMs - clock.now();
    if (waitMs > 0) await clock.sleep(waitMs);
    lastWriteBeganMs = clock.now();
    return runPlaced(send);
  }

  return {
    run(kind, send) {
      if (kind === 'read') return runPlaced(send);
      const turn = lastWrite.then(() => runWrite(send));
      lastWrite = turn.catch(() => {});
      return turn;
    },
    heldUntilMs: (resource) => (held[resource] > clock.now() ? held[resource] : null),
    hold(untilMs, resource) {
      if (resource !== 'graphql') held.rest = Math.max(held.rest, untilMs);
      if (resource !== 'rest') held.graphql = Math.max(held.graphql, untilMs);
    },
  };
}
