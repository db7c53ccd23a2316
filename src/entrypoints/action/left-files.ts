/** What a job of a leg leaves to the next: files with fixed names, and their digests as outputs. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { LegInput } from '../../core/ledger/leg-input.ts';
import type { LegRoom } from './leg-room.ts';
import type { Speech } from './session.ts';

/** Endings of the files' names, which are also those of the artifacts. */
export type LeftName = 'pack' | 'work.json' | 'work.log' | 'verify.log' | 'evidence.json';

/** Most bytes of evidence that the reader of receipts takes. */
export const MAX_EVIDENCE_BYTES = 8 * 1024 * 1024;

/** Path of a file, which is not there (any more). */
export async function clearLeftFile(
  { leftDir }: LegRoom,
  { task, attempt }: LegInput,
  name: LeftName,
): Promise<string> {
  const file = path.join(leftDir, `espalier-${task}.${attempt}-${name}`);
  await rm(file, { force: true });
  return file;
}

/** Writes a value as JSON and sets the outputs `work` or `evidence` with its digest. */
export async function leaveJson(
  room: LegRoom,
  speech: Pick<Speech, 'setOutput'>,
  { leg, kind, value }: { leg: LegInput; kind: 'work' | 'evidence'; value: unknown },
): Promise<void> {
  const file = await clearLeftFile(room, leg, `${kind}.json`);
  const text = `${JSON.stringify(value)}\n`;
  await writeFile(file, text, { flag: 'wx', mode: 0o600 });
  speech.setOutput(kind, file);
  speech.setOutput(`${kind}-sha256`, createHash('sha256').update(text).digest('hex'));
}

/** Sets the outputs of a pack that stands at `file`. */
export async function leavePack(speech: Pick<Speech, 'setOutput'>, file: string): Promise<void> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), digest);
  speech.setOutput('pack', file);
  speech.setOutput('pack-sha256', digest.digest('hex'));
}

/** Copies the log of a run, if there is one, and sets the output `log`. */
export async function leaveLog(
  room: LegRoom,
  speech: Pick<Speech, 'setOutput'>,
  { leg, name, from }: { leg: LegInput; name: 'work.log' | 'verify.log'; from: string },
): Promise<void> {
  const file = await clearLeftFile(room, leg, name);
  const isThere = await copyFile(from, file).then(
    () => true,
    () => false,
  );
  if (isThere) speech.setOutput('log', file);
}
