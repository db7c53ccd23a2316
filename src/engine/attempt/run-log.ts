/** The part of one run in the attempt's log: its beginning as it comes, and its end once it is over. */
import type { LogWriter } from '../../ports/evidence-store.ts';

// Of a flood, nobody reads more, and every character is looked at for secrets.
const HEAD_CHARACTERS = 2 * 1024 * 1024;
const TAIL_CHARACTERS = 512 * 1024;

export interface RunLog {
  write(text: string): void;
  /** Writes the end of what did not fit, and how much is left out between. */
  end(): void;
}

/** Begins the part of one run. */
export function openRunLog(log: LogWriter): RunLog {
  let written = 0;
  let tail = '';
  let dropped = 0;
  return {
    write(text) {
      if (written < HEAD_CHARACTERS) {
        written += text.length;
        log.write(text);
        return;
      }
      tail += text;
      if (tail.length <= TAIL_CHARACTERS * 2) return;
      dropped += tail.length - TAIL_CHARACTERS;
      tail = tail.slice(-TAIL_CHARACTERS);
    },
    end() {
      if (dropped > 0) log.write(`\n[… ${dropped} characters left out …]\n`);
      log.write(tail);
      tail = '';
    },
  };
}
