/** The machine's clock. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Clock } from '../../ports/clock.ts';

/** Real time. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await sleep(ms, undefined, signal === undefined ? {} : { signal });
    } catch {
      // An abort ends the sleep; that is all that the port promises.
    }
  },
};
