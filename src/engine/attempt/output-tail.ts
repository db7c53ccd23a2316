/** Keeps the end of a run's output in bounded memory, and decodes it. */
import { cleanBlock, keepTail } from '../../core/text/clean-text.ts';
import { redactSecrets } from '../../core/text/secrets.ts';

/** Characters of a tail that is kept in evidence. */
const MAX_TAIL = 16 * 1024;

export interface OutputTail {
  push(text: string): void;
  /** The end of all that came, without control characters and secrets. */
  read(): string;
}

/** Begins with nothing. @param secrets - values that must not be in what is read. */
export function openOutputTail(secrets: readonly string[]): OutputTail {
  let kept = '';
  return {
    push(text) {
      kept += text;
      // Cut seldom: every cut copies.
      if (kept.length > MAX_TAIL * 8) kept = kept.slice(-MAX_TAIL * 4);
    },
    read: () => keepTail(redactSecrets(cleanBlock(kept), secrets), MAX_TAIL).trimEnd(),
  };
}

/** Turns the chunks of one stream into text; a character that is split between two chunks stays whole. */
export function openDecoder(): (chunk: Uint8Array) => string {
  const decoder = new TextDecoder('utf-8');
  return (chunk) => decoder.decode(chunk, { stream: true });
}
