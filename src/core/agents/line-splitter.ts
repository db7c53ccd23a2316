/** Cuts a stream into lines with bounded memory, however long an agent makes them. */

/** State between two chunks. */
export interface LineRest {
  /** The beginning of a line whose end has not come. */
  partial: string;
  /** True while the rest of a line that was too long is skipped. */
  isSkipping: boolean;
}

/** The state before the first chunk. */
export const NO_REST: LineRest = { partial: '', isSkipping: false };

/**
 * The whole lines (without their ends) that `chunk` completes, and what is left. A line of more than
 * `maxLength` characters is dropped as a whole: half of a JSON line says nothing.
 */
export function splitLines(rest: LineRest, chunk: string, maxLength: number): { lines: string[]; rest: LineRest } {
  const pieces = chunk.split('\n');
  const last = pieces.pop() ?? '';
  const lines: string[] = [];
  let { partial, isSkipping } = rest;
  for (const piece of pieces) {
    const line = partial + piece;
    if (!isSkipping && line.length <= maxLength) lines.push(line);
    partial = '';
    isSkipping = false;
  }
  if (isSkipping || partial.length + last.length > maxLength) return { lines, rest: { partial: '', isSkipping: true } };
  return { lines, rest: { partial: partial + last, isSkipping: false } };
}
