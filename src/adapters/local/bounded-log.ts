/**
 * A log file that never grows over its cap and always holds the beginning and the latest end. When the cap is
 * reached, the middle is cut out and a line says how much. At every moment the file on disk is whole, so a killed
 * process loses at most what was still in memory.
 */
import { type FileHandle, open, rename, writeFile } from 'node:fs/promises';

import type { LogWriter } from '../../ports/evidence-store.ts';
import { openSecretScrubber } from './scrub-secrets.ts';

/** Text in memory that waits for the disk; what comes on top pushes out the oldest. */
const MAX_WAITING_CHARACTERS = 4 * 1024 * 1024;
/** Small pieces are gathered to this length before they are looked through: each look costs, however short the text. */
const BLOCK_CHARACTERS = 64 * 1024;

/** Opens (and goes on with) the log at `file`. */
export async function openBoundedLog(options: {
  file: string;
  /** Most bytes that the file may have, at least 64 KB. */
  maxBytes: number;
  secrets: readonly string[];
}): Promise<LogWriter> {
  const scrubber = openSecretScrubber(options.secrets);
  let handle = await open(options.file, 'a+', 0o600);
  let size = (await handle.stat()).size;
  /** Where the beginning that is kept ends, and how much was cut out after it. */
  let cut: Cut | null = null;
  /** What came and was not yet looked through. */
  let raw = '';
  let waiting: string[] = [];
  let waitingCharacters = 0;
  let droppedCharacters = 0;
  let failure: unknown = null;
  let working: Promise<void> = Promise.resolve();
  let isFlushing = false;

  async function flush(): Promise<void> {
    for (clean(); waiting.length > 0; clean()) {
      const text = (droppedCharacters > 0 ? gapLine(droppedCharacters) : '') + waiting.join('');
      waiting = [];
      waitingCharacters = 0;
      droppedCharacters = 0;
      await append(Buffer.from(text, 'utf8'));
    }
    isFlushing = false;
  }

  async function append(bytes: Buffer): Promise<void> {
    // In pieces, so that one write never goes past the cap.
    const piece = Math.floor(options.maxBytes / 4);
    for (let at = 0; at < bytes.length; at += piece) {
      const part = bytes.subarray(at, at + piece);
      if (size + part.length > options.maxBytes) {
        const shortened = await cutMiddle(options, handle, size, cut);
        ({ handle, size, cut } = shortened);
      }
      await handle.appendFile(part);
      size += part.length;
    }
  }

  /** Cleans before anything is dropped, so that no secret loses the beginning by which it is known. */
  function clean(): void {
    enqueue(scrubber.push(raw));
    raw = '';
  }

  function enqueue(text: string): void {
    if (text === '') return;
    waiting.push(text);
    waitingCharacters += text.length;
    while (waitingCharacters > MAX_WAITING_CHARACTERS && waiting.length > 1) {
      const oldest = waiting.shift() ?? '';
      waitingCharacters -= oldest.length;
      droppedCharacters += oldest.length;
    }
  }

  function startFlush(): void {
    if (isFlushing) return;
    isFlushing = true;
    // A full disk must not end the attempt whose log this is: the log stops, and closing it says why.
    working = flush().catch((error: unknown) => {
      failure = error;
      waiting = [];
    });
  }

  return {
    write(text) {
      if (failure !== null) return;
      raw += text;
      if (raw.length >= BLOCK_CHARACTERS) clean();
      startFlush();
    },
    async close() {
      clean();
      enqueue(scrubber.end());
      startFlush();
      await working;
      await handle.close();
      if (failure !== null)
        throw new Error(`Log '${options.file}' could not be written to its end. Free some disk space.`, {
          cause: failure,
        });
    },
  };
}

interface Cut {
  headBytes: number;
  markerBytes: number;
  leftOutBytes: number;
}

/** Keeps the first and the last quarter; answers the file that replaced the old one. */
async function cutMiddle(
  options: { file: string; maxBytes: number },
  old: FileHandle,
  size: number,
  before: Cut | null,
): Promise<{ handle: FileHandle; size: number; cut: Cut }> {
  const quarter = Math.floor(options.maxBytes / 4);
  const head = await readPart(old, 0, before?.headBytes ?? quarter);
  // Whole lines where there are any; else the cut falls within one.
  const headBytes = head.lastIndexOf(10) + 1 || head.length;
  const lastQuarter = await readPart(old, size - quarter, quarter);
  const tail = lastQuarter.subarray(lastQuarter.indexOf(10) + 1);
  const leftOutBytes = size - headBytes - tail.length - (before?.markerBytes ?? 0) + (before?.leftOutBytes ?? 0);
  const marker = Buffer.from(`[${leftOutBytes} bytes left out]\n`, 'utf8');
  const temporary = `${options.file}.cut`;
  await writeFile(temporary, Buffer.concat([head.subarray(0, headBytes), marker, tail]), { mode: 0o600 });
  await rename(temporary, options.file);
  await old.close();
  return {
    handle: await open(options.file, 'a+', 0o600),
    size: headBytes + marker.length + tail.length,
    cut: { headBytes, markerBytes: marker.length, leftOutBytes },
  };
}

async function readPart(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function gapLine(characters: number): string {
  return `\n[${characters} characters left out: they came faster than the disk took them]\n`;
}
