/** Hands chunks from a callback to an async reader, one at a time, so that a slow reader slows the writer down. */

export interface ChunkChannel extends AsyncIterable<Uint8Array> {
  /** Resolves when the reader has taken the chunk, or at once when it wants no more. */
  push(chunk: Uint8Array): Promise<void>;
  /** No more will come. */
  end(): void;
  /** The reader wants no more: what waits and what still comes is dropped. */
  close(): void;
}

/** Opens a channel for one writer and one reader. */
export function openChunkChannel(): ChunkChannel {
  const waiting: { chunk: Uint8Array; taken: () => void }[] = [];
  let isEnded = false;
  let isClosed = false;
  let wake: () => void = () => {};
  const close = (): void => {
    isClosed = true;
    for (const { taken } of waiting.splice(0)) taken();
    wake();
  };
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        if (isClosed) return;
        const next = waiting.shift();
        if (next !== undefined) {
          yield next.chunk;
          next.taken();
        } else if (isEnded) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      close();
    }
  }
  return {
    push(chunk) {
      if (isClosed || isEnded) return Promise.resolve();
      return new Promise((taken) => {
        waiting.push({ chunk, taken });
        wake();
      });
    },
    end() {
      isEnded = true;
      wake();
    },
    close,
    [Symbol.asyncIterator]: read,
  };
}
