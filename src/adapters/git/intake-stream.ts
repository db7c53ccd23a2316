/** Splits what the intake program writes: the name of a tree, a newline, then a pack. */

/** Longest first line: a SHA-256 name. */
const MAX_NAME_LENGTH = 64;
const NEWLINE = 10;

/** The parts of an intake stream. `pack` can be read once. */
export type IntakeStream =
  | { kind: 'split'; tree: string; pack: AsyncIterable<Uint8Array> }
  /** It ended within the first line. */
  | { kind: 'cut-short' }
  /** Its first line is no tree's name. */
  | { kind: 'malformed' };

/** Reads up to the end of the first line; the rest stays in the stream. */
export async function splitIntakeStream(chunks: AsyncIterable<Uint8Array>): Promise<IntakeStream> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  for (;;) {
    const next = await iterator.next();
    if (next.done) return { kind: 'cut-short' };
    head = Buffer.concat([head, next.value]);
    const lineEnd = head.subarray(0, MAX_NAME_LENGTH + 1).indexOf(NEWLINE);
    if (lineEnd !== -1) {
      const tree = head.toString('latin1', 0, lineEnd);
      if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(tree)) return { kind: 'malformed' };
      return { kind: 'split', tree, pack: rest(head.subarray(lineEnd + 1), iterator) };
    }
    if (head.length > MAX_NAME_LENGTH) return { kind: 'malformed' };
  }
}

async function* rest(first: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    if (first.length > 0) yield first;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
