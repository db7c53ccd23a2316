/** Ctrl-C: once stops in good order, twice stops at once. */
import { exitCodeOf } from '../../core/report/exit-codes.ts';
import type { CliInput } from './session.ts';

/** A signal that aborts at the first interrupt. `stop` gives the interrupts back to whom they were. */
export function listenForInterrupts(
  input: CliInput,
  onFirst: (signal: string) => void,
): { signal: AbortSignal; stop: () => void } {
  const abort = new AbortController();
  const stop = input.onInterrupt((name) => {
    if (abort.signal.aborted) {
      input.exitNow(exitCodeOf('interrupted'));
      return;
    }
    onFirst(name);
    abort.abort(new Error(`Stopped by ${name}.`));
  });
  return { signal: abort.signal, stop };
}
