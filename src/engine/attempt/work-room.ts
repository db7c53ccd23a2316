/** What every step of one run shares: its folder, log, names, clock and the signal that stops it. */
import type { TaskId } from '../../core/brand.ts';
import type { ResolvedTask } from '../../core/plan/plan.ts';
import { attemptRunPrefix } from '../../core/worktree/run-name.ts';
import type { AttemptKey, AttemptProgress, LogWriter } from '../../ports/evidence-store.ts';
import type { LegDeps, WorkerControl } from '../orders.ts';
import { openProgressReporter, type ProgressReporter } from './progress-reporter.ts';
import { startStopwatch, type Stopwatch } from './stopwatch.ts';

/** Settings of a task that its runs need. */
export type RunSettings = Pick<ResolvedTask, 'profile' | 'resources' | 'timeoutMs'>;

export interface WorkRoom {
  deps: LegDeps;
  signal: AbortSignal;
  settings: RunSettings;
  key: AttemptKey;
  log: LogWriter;
  watch: Stopwatch;
  progress: ProgressReporter;
  /** A folder of this run's alone, for private files; removed when the room closes. Absolute host path. */
  dir: string;
  /** What the names of this run's sandboxes begin with. */
  runPrefix: string;
  nextRunName(): string;
  /** Values that were handed to a sandbox and must not appear in what is kept. */
  secrets: string[];
}

/** Opens the room. Throws if the disk does not let it. */
export async function openWorkRoom(
  deps: LegDeps,
  control: WorkerControl,
  options: { key: AttemptKey; settings: RunSettings; stage: AttemptProgress['stage']; runTask: TaskId },
): Promise<WorkRoom> {
  const { key } = options;
  const runPrefix = attemptRunPrefix(deps.git.objectsDir, key.plan, options.runTask, key.attempt);
  // One after the other: where the first fails, no log is left open.
  const attemptDir = await deps.evidence.attemptDir(key);
  const log = await deps.evidence.openLog(key);
  const dir = roomFolder(attemptDir);
  try {
    await clearRoom(deps, dir, runPrefix);
    await deps.files.makeFolder(dir);
  } catch (error) {
    await log.close().catch(() => undefined);
    throw error;
  }
  let runs = 0;
  return {
    deps,
    signal: control.signal,
    settings: options.settings,
    key,
    log,
    watch: startStopwatch(deps.clock),
    progress: openProgressReporter(deps, control, key, options.stage),
    dir,
    runPrefix,
    nextRunName: () => `${runPrefix}${key.generation}.${++runs}`,
    secrets: [],
  };
}

/** The folder of a run below the private folder of its attempt. */
export function roomFolder(attemptDir: string): string {
  return `${attemptDir}/room`;
}

/**
 * Removes the room of a run that was interrupted, once nothing of that run lives any more; true if there was one. Its
 * worktree is looked at by its own record.
 */
export async function clearRoom(deps: LegDeps, dir: string, runPrefix: string): Promise<boolean> {
  if (!(await deps.files.exists(dir))) return false;
  await deps.sandbox.reap(runPrefix);
  await deps.files.remove(dir);
  return true;
}

/** Removes the folder and closes the log; a failure to do so changes no result. */
export async function closeWorkRoom(room: WorkRoom): Promise<void> {
  const closing = [room.deps.files.remove(room.dir), room.log.close(), room.progress.settle()];
  for (const outcome of await Promise.allSettled(closing))
    if (outcome.status === 'rejected')
      room.deps.log.warn('A run could not be tidied up', { task: room.key.task, cause: String(outcome.reason) });
}

/** One line of Espalier's own in the log of a run. */
export function logLine(room: WorkRoom, text: string): void {
  room.log.write(`== ${new Date(room.deps.clock.now()).toISOString()} ${text}\n`);
}
