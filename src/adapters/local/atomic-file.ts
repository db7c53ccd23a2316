/** Files that are either the old one or the new one, whole, whatever happens while they are written. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes beside the file and renames into its place; only the owner may read it. `isDurable` (the default) has the
 * disk confirm the text and the rename, so that it outlives a power cut and not only a killed process.
 */
export async function writeFileWhole(
  file: string,
  text: string,
  options: { isDurable: boolean } = { isDurable: true },
): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text, 'utf8');
      if (options.isDurable) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const { code } = error as NodeJS.ErrnoException;
    throw Object.assign(
      new Error(
        `'${file}' cannot be written (${code ?? 'unknown error'}). Free some disk space, or make it writable.`,
        {
          cause: error,
        },
      ),
      code === undefined ? {} : { code },
    );
  }
  if (options.isDurable) await syncFolder(path.dirname(file));
}

/** The rename itself is in the folder. Some file systems cannot sync a folder; they order it by themselves. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  if (handle === null) return;
  try {
    await handle.sync();
  } catch {
    return;
  } finally {
    await handle.close();
  }
}
