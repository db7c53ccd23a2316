/** Where the time of one run went, by stage. Stages may be measured more than once; their times add up. */
import type { Clock } from '../../ports/clock.ts';

/** Stages whose time is the task's own; what is in none of them is what Espalier adds. */
const NOT_OVERHEAD = [
  'worktree',
  'setup',
  'agent',
  'tests',
  'review',
  'verifyWorktree',
  'verifySetup',
  'verifyTests',
  'verifyReview',
  'baseTests',
] as const;

/** Name of a stage in `Evidence.timings`. */
export type StageName = (typeof NOT_OVERHEAD)[number] | 'intake' | 'publish';

export interface Stopwatch {
  measure<T>(stage: StageName, work: () => Promise<T>): Promise<T>;
  /** Adds time that was measured elsewhere. */
  add(stage: StageName, durationMs: number): void;
  /** Milliseconds per stage, with `total` and `overhead`. */
  read(): Record<string, number>;
}

/** Starts to measure now. */
export function startStopwatch(clock: Clock): Stopwatch {
  const startedAt = clock.now();
  const spent = new Map<string, number>();
  const add = (stage: StageName, durationMs: number): void => {
    spent.set(stage, (spent.get(stage) ?? 0) + Math.max(0, durationMs));
  };
  return {
    add,
    async measure(stage, work) {
      const from = clock.now();
      try {
        return await work();
      } finally {
        add(stage, clock.now() - from);
      }
    },
    read() {
      const total = clock.now() - startedAt;
      const own = NOT_OVERHEAD.reduce((sum, stage) => sum + (spent.get(stage) ?? 0), 0);
      return { ...Object.fromEntries(spent), total, overhead: Math.max(0, total - own) };
    },
  };
}
