/** A clock that goes from one event to the next: each sleeper is woken alone, so that a story is the same every time. */
import type { Clock } from '../../src/ports/clock.ts';

interface Sleeper {
  atMs: number;
  wake: () => void;
}

/** See the file's comment. */
export class EventClock implements Clock {
  #nowMs = Date.UTC(2026, 0, 1);
  /** In the order in which they fell asleep. */
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = { atMs: this.#nowMs + Math.max(0, Math.ceil(ms)), wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        resolve();
      });
    });
  }

  /** When the next sleeper wakes; `Infinity` if nobody sleeps. */
  get nextAtMs(): number {
    return this.#next()?.atMs ?? Infinity;
  }

  /** Goes on to a time; never back. */
  moveTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, ms);
  }

  /** Goes on to the next sleeper's time and wakes that one; of several the one that has slept longest. */
  wakeNext(): void {
    const next = this.#next();
    if (next === undefined) return;
    this.#sleepers.delete(next);
    this.moveTo(next.atMs);
    next.wake();
  }

  #next(): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of this.#sleepers) if (next === undefined || sleeper.atMs < next.atMs) next = sleeper;
    return next;
  }
}

/** The clock of one process: when it is cut off nothing that sleeps on it ever wakes. */
export class CuttableClock implements Clock {
  readonly #clock: Clock;
  isCut = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      void this.#clock.sleep(ms, signal).then(() => {
        if (!this.isCut) resolve();
      });
    });
  }
}
