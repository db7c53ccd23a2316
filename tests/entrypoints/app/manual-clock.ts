/** A clock that only the test moves. */
import { setImmediate } from 'node:timers/promises';

import type { Clock } from '../../../src/ports/clock.ts';

interface Sleeper {
  atMs: number;
  wake: () => void;
}

export class ManualClock implements Clock {
  #nowMs: number;
  #sleepers: Sleeper[] = [];

  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = { atMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  }

  /** Moves on by `ms`, waking sleepers in the order of their times, and lets what follows from each happen first. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await this.settle();
    for (;;) {
      const next = this.#sleepers
        .filter(({ atMs }) => atMs <= endMs)
        .reduce<Sleeper | null>((best, one) => (best === null || one.atMs < best.atMs ? one : best), null);
      if (next === null) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      await this.settle();
    }
    this.#nowMs = endMs;
  }

  /** Lets everything happen that waits for no time. */
  async settle(): Promise<void> {
    for (let round = 0; round < 3; round += 1) await setImmediate();
  }

  /** How many sleep. */
  get sleeping(): number {
    return this.#sleepers.length;
  }
}
