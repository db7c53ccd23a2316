/**
 * Writes loose objects as files, which is a hundred times faster than a process for each and gives the same bytes.
 * The format is in gitformat-loose(5) (it has not changed since 2005): zlib of `<type> <size>\0<content>`, named by
 * the hash of the same, written beside its place and renamed into it. Only content that Espalier itself made or
 * that git has checked goes through here; what comes out of a sandbox goes through `git index-pack --strict`.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, open, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';

import { GitFailure } from './git-failure.ts';

const deflated = promisify(deflate);

/** Writes objects into one object folder. */
export interface ObjectWriter {
  /** Writes an object if it is not there yet, and returns its name. */
  write(type: 'blob' | 'tree' | 'commit', content: Uint8Array): Promise<string>;
}

/** Opens a writer for the folder that holds a repository's objects. */
export function openObjectWriter(options: { objectsDir: string; objectFormat: 'sha1' | 'sha256' }): ObjectWriter {
  return {
    async write(type, content) {
      const header = Buffer.from(`${type} ${content.length}\0`, 'latin1');
      const id = createHash(options.objectFormat).update(header).update(content).digest('hex');
      const folder = path.join(options.objectsDir, id.slice(0, 2));
      const target = path.join(folder, id.slice(2));
      if (await freshen(target)) return id;
      const bytes = await deflated(Buffer.concat([header, content]), { level: 1 });
      try {
        await placeObject(options.objectsDir, folder, target, bytes);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        throw new GitFailure(
          `Objects cannot be written to '${options.objectsDir}' (${code ?? 'unknown error'}). ` +
            (code === 'ENOSPC' ? 'Free some disk space' : 'Make the folder writable for you') +
            ' and run the same command again.',
          { cause: error, code },
        );
      }
      return id;
    },
  };
}

/** Makes an object that is there already young again, so that a prune at this moment leaves it alone. */
async function freshen(target: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(target, now, now);
    return true;
  } catch (error) {
    // Somebody else's file in a shared repository: it is there, and that is what counts.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function placeObject(objectsDir: string, folder: string, target: string, bytes: Uint8Array): Promise<void> {
  await makeFanOut(objectsDir, folder);
  // `git prune` removes what is left under this name by a process that died.
  const temporary = path.join(folder, `tmp_obj_${randomBytes(8).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o444);
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A new two-letter folder takes the mode of the object folder, so that a shared repository stays shared. */
async function makeFanOut(objectsDir: string, folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  await chmod(folder, (await stat(objectsDir)).mode & 0o7777);
}
