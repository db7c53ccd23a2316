/** {@link WorkFiles} on the file system of the host. */
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { WorkFiles } from '../../ports/work-files.ts';
import { copyUntracked } from './copy-untracked.ts';

/** Opens the files of the host. */
export function openWorkFiles(): WorkFiles {
  return { makeFolder, writeText, readText, exists, remove, moveAside, freeBytes, copyUntracked };
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  // Whatever the umask: the sandbox's user must be able to read it.
  await chmod(path, 0o755);
}

async function writeText(path: string, text: string): Promise<void> {
  // Written beside and renamed: a link that stands at `path` is replaced, not followed.
  const beside = join(dirname(path), `.${process.pid}-${process.hrtime.bigint()}.tmp`);
  const file = await open(
    beside,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o644,
  );
  try {
    await file.chmod(0o644);
    await file.writeFile(text, 'utf8');
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

async function readText(path: string, maxBytes: number): Promise<string | null> {
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => null);
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > maxBytes) return null;
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'ENOTEMPTY') throw error;
    await openFolders(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** An agent may have taken the write permission from its own folders. */
async function openFolders(folder: string): Promise<void> {
  if ((await lstat(folder).catch(() => null))?.isDirectory() !== true) return;
  await chmod(folder, 0o700).catch(() => undefined);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await openFolders(join(folder, entry.name));
}

async function moveAside(path: string): Promise<string> {
  for (let n = 1; n < 1000; n++) {
    const aside = `${path}.kept-${n}`;
    if (await exists(aside)) continue;
    await rename(path, aside);
    return aside;
  }
  throw new Error(
    `Folder '${path}' cannot be moved aside: 999 of them are kept already. Remove those that you do not need.`,
  );
}

async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}
