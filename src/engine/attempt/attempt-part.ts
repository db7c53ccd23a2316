/** The frame of an attempt, whole or in part: its room, and a failure for whatever goes wrong in it. */
import type { AttemptProgress } from '../../ports/evidence-store.ts';
import type { AttemptOrder, LegDeps, WorkerControl } from '../orders.ts';
import { classifyError, makeFailure, type Failure } from './failure.ts';
import type { Stopwatch } from './stopwatch.ts';
import { closeWorkRoom, logLine, openWorkRoom, type WorkRoom } from './work-room.ts';

/** How it ended. */
export interface PartEnd {
  /** `null` if it came to its good end. */
  failure: Failure | null;
  startedAt: number;
  /** `null` if it could not begin. */
  watch: Stopwatch | null;
}

/** What is done in the room, and how its good end is called in the log. */
export interface AttemptPart {
  stage: AttemptProgress['stage'];
  goodEnd: string;
  run: (room: WorkRoom) => Promise<Failure | null>;
}

/** Runs a part of an attempt in a room of its own. Never throws for what it can meet. */
export async function runPart(
  deps: LegDeps,
  order: AttemptOrder,
  control: WorkerControl,
  part: AttemptPart,
): Promise<PartEnd> {
  const startedAt = deps.clock.now();
  const key = { plan: order.plan, task: order.task.id, attempt: order.attempt, generation: order.generation };
  let watch: Stopwatch | null = null;
  try {
    const { stage } = part;
    const room = await openWorkRoom(deps, control, { key, settings: order.task, stage, runTask: order.task.id });
    watch = room.watch;
    try {
      const end = await part.run(room).catch((error: unknown) => classifyError(error, 'The attempt could not go on'));
      const failure = sayWhyStopped(end, control.signal);
      logLine(room, failure === null ? part.goodEnd : `${failure.cause}: ${failure.detail}`);
      return { failure, startedAt, watch };
    } finally {
      await closeWorkRoom(room);
    }
  } catch (error) {
    const failure = sayWhyStopped(classifyError(error, 'The attempt could not begin'), control.signal);
    return { failure, startedAt, watch };
  }
}

/** A stopped attempt says who stopped it, and nothing that broke because of that counts as its own failure. */
function sayWhyStopped(failure: Failure | null, signal: AbortSignal): Failure | null {
  if (failure === null || !signal.aborted) return failure;
  if (failure.cause !== 'cancelled' && failure.cause !== 'internal') return failure;
  const reason: unknown = signal.reason;
  return makeFailure('cancelled', `Stopped: ${reason instanceof Error ? reason.message : 'it was asked to stop'}.`, {
    feedback: '',
  });
}
