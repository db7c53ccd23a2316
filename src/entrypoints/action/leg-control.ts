/** Watches a leg: its stages go into the log, and a cancelled job stops it in the time that the runner gives. */
import { repositoryRunPrefix } from '../../core/worktree/run-name.ts';
import type { LegDeps, WorkerControl } from '../../engine/orders.ts';
import type { LegRoom } from './leg-room.ts';
import type { ActionSession } from './session.ts';

/** Runs that are still there so long after the job was cancelled are killed: the runner kills this process soon after. */
const ORDERLY_STOP_MS = 4_000;

/** The control for one leg. */
export function openLegControl(
  { signal, speech, log }: ActionSession<'work' | 'verify'>,
  { sandbox }: LegDeps,
  { git }: LegRoom,
): WorkerControl {
  signal.addEventListener(
    'abort',
    () => {
      setTimeout(() => {
        sandbox.reap(repositoryRunPrefix(git.objectsDir)).catch((error: unknown) => {
          log.warn('What still runs could not be ended', { cause: String(error) });
        });
      }, ORDERLY_STOP_MS).unref();
    },
    { once: true },
  );
  let told = '';
  return {
    signal,
    onProgress: ({ stage, iteration, score }) => {
      const round = iteration > 1 ? `, round ${iteration}` : '';
      const line = `${stage}${round}${score === null ? '' : `, score ${score}`}`;
      if (line !== told) speech.say(line);
      told = line;
    },
  };
}
