/** Tells the loop and the evidence store how far a run is. Decides nothing, and may lose a message. */
import { cleanLine } from '../../core/text/clean-text.ts';
import { redactSecrets } from '../../core/text/secrets.ts';
import type { AttemptKey, AttemptProgress } from '../../ports/evidence-store.ts';
import type { LegDeps, WorkerControl } from '../orders.ts';

// Often enough for a person, seldom enough for a disk.
const WRITE_EVERY_MS = 1000;
const SHOW_EVERY_MS = 100;

export interface ProgressReporter {
  /** A new stage, or a new fact; always told. */
  update(change: Partial<Omit<AttemptProgress, 'updatedAt'>>): void;
  /** The agent's last sign of life; told now and then. */
  noteActivity(activity: string, costUsd: number | null): void;
  /** Resolves when nothing is being written any more. */
  settle(): Promise<void>;
}

/** Begins at `stage`. */
export function openProgressReporter(
  deps: LegDeps,
  control: WorkerControl,
  key: AttemptKey,
  stage: AttemptProgress['stage'],
): ProgressReporter {
  let progress: AttemptProgress = { stage, iteration: 0, score: null, activity: '', costUsd: null, updatedAt: 0 };
  let writtenAt = 0;
  let writing: Promise<void> = Promise.resolve();
  const tell = (change: Partial<AttemptProgress>, mustWrite: boolean): void => {
    const updatedAt = deps.clock.now();
    progress = { ...progress, ...change, updatedAt };
    const told = progress;
    control.onProgress(told);
    if (!mustWrite && updatedAt - writtenAt < WRITE_EVERY_MS) return;
    writtenAt = updatedAt;
    // In turn: an older message must not overtake a newer one.
    writing = writing
      .then(() => deps.evidence.writeProgress(key, told))
      .catch((cause: unknown) => deps.log.debug('Progress could not be written', { cause: String(cause) }));
  };
  return {
    update: (change) => tell(change, true),
    noteActivity(activity, costUsd) {
      if (deps.clock.now() - progress.updatedAt < SHOW_EVERY_MS) return;
      tell({ activity: cleanLine(redactSecrets(activity), 120), costUsd: costUsd ?? progress.costUsd }, false);
    },
    settle: () => writing,
  };
}
