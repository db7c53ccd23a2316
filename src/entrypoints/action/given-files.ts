/** Files that other jobs left. Nothing of one is read before its bytes are seen to be those that its job spoke of. */
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';

import type { TreeSha } from '../../core/brand.ts';
import type { Checked } from '../../core/ids.ts';
import type { Git } from '../../ports/git.ts';
import type { GivenFile } from './inputs.ts';
import type { LegRoom } from './leg-room.ts';

const PIECE_BYTES = 1024 * 1024;

/**
 * Copies a file into the room if it has the digest that its job gave and at most `maxBytes`; answers the copy's path.
 * What is judged and what is used later are the same bytes, whatever becomes of the original.
 */
async function takeGivenFile(
  { takenDir }: LegRoom,
  given: GivenFile,
  { name, maxBytes }: { name: string; maxBytes: number },
): Promise<Checked<string>> {
  const target = path.join(takenDir, name);
  // Neither a link nor a pipe is what a job has left.
  const source = await open(given.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown error',
  );
  if (typeof source === 'string') return bad(`the ${name} cannot be opened (${source})`);
  try {
    const found = await source.stat();
    if (!found.isFile()) return bad(`the ${name} is no regular file`);
    if (found.size > maxBytes) return bad(`the ${name} has ${found.size} bytes; at most ${maxBytes} are taken`);
    const copy = await open(target, 'wx', 0o600);
    try {
      const digest = createHash('sha256');
      const piece = Buffer.alloc(PIECE_BYTES);
      let total = 0;
      for (;;) {
        const { bytesRead } = await source.read(piece, 0, PIECE_BYTES);
        if (bytesRead === 0) break;
        total += bytesRead;
        if (total > maxBytes) return bad(`the ${name} has more than ${maxBytes} bytes`);
        digest.update(piece.subarray(0, bytesRead));
        await copy.writeFile(piece.subarray(0, bytesRead));
      }
      const found256 = digest.digest('hex');
      if (found256 !== given.sha256)
        return bad(`the ${name} is not the file that its job left: its SHA-256 is ${found256}, not ${given.sha256}`);
      return { ok: true, value: target };
    } finally {
      await copy.close();
    }
  } finally {
    await source.close();
  }
}

/** As {@link takeGivenFile}, for a text. */
export async function takeGivenText(
  room: LegRoom,
  given: GivenFile,
  limits: { name: string; maxBytes: number },
): Promise<Checked<string>> {
  const taken = await takeGivenFile(room, given, limits);
  if (!taken.ok) return taken;
  try {
    return {
      ok: true,
      value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(taken.value)),
    };
  } catch {
    return bad(`the ${limits.name} is no UTF-8 text`);
  }
}

/** Takes in a pack; every object of it is checked before the repository has any. */
export async function takeGivenPack(
  room: LegRoom & { git: Git },
  given: GivenFile,
  maxBytes: number,
): Promise<Checked<TreeSha>> {
  const file = await takeGivenFile(room, given, { name: 'pack', maxBytes });
  if (!file.ok) return file;
  const outcome = await room.git.takeIn({ stdout: createReadStream(file.value), maxBytes });
  return outcome.kind === 'taken' ? { ok: true, value: outcome.tree } : bad(`the pack is refused: ${outcome.because}`);
}

function bad(because: string): { ok: false; because: string } {
  return { ok: false, because };
}
