/** The Action's process: hands over what the process has, and ends with the exit code. Nothing else. */
import process from 'node:process';

import { runAction } from './action/run-action.ts';
import { SYSTEM_CLOCK } from '../adapters/clock/system-clock.ts';

/** The runner kills 7.5 s after SIGINT (and 2.5 s after the SIGTERM that follows): an orderly end is over by then. */
const ORDERLY_MS = 7_000;

const abort = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => {
    if (abort.signal.aborted) return;
    abort.abort(new Error('the job was cancelled.'));
    setTimeout(() => {
      // What has not ended by now is found by its marks later.
      process.exit(1);
    }, ORDERLY_MS).unref();
  });

// oxlint-disable-next-line unicorn/no-process-exit -- connections that are kept alive would hold the process open
process.exit(await runAction({ env: process.env, clock: SYSTEM_CLOCK, signal: abort.signal }));
