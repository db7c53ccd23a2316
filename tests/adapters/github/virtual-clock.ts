/** Time that passes only when somebody sleeps: then at once, and everything due before wakes first. */
import type { Clock } from '../../../src/ports/clock.ts';

export interface VirtualClock extends Clock {
  /** Moves time on without anybody sleeping. */
  advance(ms: number): void;
  /** How long each sleep was, in order. */
  readonly slept: readonly number[];
}

/** A clock that begins at `startMs`. */
export function openVirtualClock(startMs = Date.UTC(2026, 10, 1)): VirtualClock {
  let nowMs = startMs;
  const slept: number[] = [];
  return {
    slept,
    now: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
    async sleep(ms) {
      slept.push(ms);
      const wakeMs = nowMs + ms;
      // One turn of the loop, so that whatever else is due runs before the time has passed.
      await new Promise((resolve) => setImmediate(resolve));
      nowMs = Math.max(nowMs, wakeMs);
    },
  };
}
