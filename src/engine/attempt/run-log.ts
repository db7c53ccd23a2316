/**
 * The part of one run in the attempt's log: its beginning as it comes, and its end once it is over. Values that were
 * handed to the run are taken out on the way.
 */
import type { LogWriter } from '../../ports/evidence-store.ts';

// The log holds both ends of the whole attempt only: a run that wrote without bound would push all of the runs before
// and after it out of the middle. So each run has both ends of its own.
const HEAD_CHARACTERS = 2 * 1024 * 1024;
const TAIL_CHARACTERS = 512 * 1024;
// A shorter value would blank out ordinary words.
const MIN_SECRET_LENGTH = 8;

export interface RunLog {
  write(text: string): void;
  /** Writes the end of what did not fit, and how much is left out between. */
  end(): void;
}

/** Begins the part of one run. @param secrets - values that must not be in it. */
export function openRunLog(log: LogWriter, secrets: readonly string[]): RunLog {
  const hidden = secrets.filter((value) => value.length >= MIN_SECRET_LENGTH).sort((a, b) => b.length - a.length);
  // A value may come in two pieces: as much as could be the beginning of one waits for the next piece.
  const keepBack = hidden.length === 0 ? 0 : (hidden[0]?.length ?? 1) - 1;
  let held = '';
  let written = 0;
  let tail = '';
  let dropped = 0;
  const pass = (text: string): void => {
    if (written < HEAD_CHARACTERS) {
      written += text.length;
      log.write(text);
      return;
    }
    tail += text;
    if (tail.length <= TAIL_CHARACTERS * 2) return;
    dropped += tail.length - TAIL_CHARACTERS;
    tail = tail.slice(-TAIL_CHARACTERS);
  };
  return {
    write(text) {
      if (keepBack === 0) {
        pass(text);
        return;
      }
      held = hidden.reduce((clean, value) => clean.replaceAll(value, '[redacted]'), held + text);
      const ready = Math.max(0, held.length - keepBack);
      pass(held.slice(0, ready));
      held = held.slice(ready);
    },
    end() {
      pass(held);
      held = '';
      if (dropped > 0) log.write(`\n[… ${dropped} characters left out …]\n`);
      log.write(tail);
      tail = '';
    },
  };
}
