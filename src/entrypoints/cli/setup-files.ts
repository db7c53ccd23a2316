/** Reads and writes the files of a set-up in a working tree. Never through a symbolic link: it could lead anywhere. */
import { lstat, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { TELLING_FILES, type TellingTexts } from '../../core/setup/guess-commands.ts';
import type { WorkflowText } from '../../core/setup/workflow-names.ts';
import { CliError } from './cli-error.ts';

/** Longer files are none of ours, and tell nothing. */
const MAX_BYTES = 256 * 1024;
const MAX_WORKFLOWS = 200;

async function readSetupFile(top: string, file: string): Promise<string | null> {
  const kind = await kindOf(top, file);
  if (kind === null) return null;
  if (kind.size > MAX_BYTES)
    throw new CliError('unfit', `'${file}' has ${kind.size} bytes: that is none of Espalier's.`);
  return readFile(path.join(top, file), 'utf8');
}

/** Texts of files below `top`; `null` for one that is not there. Throws {@link CliError} for what is no plain file. */
export async function readSetupFiles(top: string, files: readonly string[]): Promise<Map<string, string | null>> {
  const texts = new Map<string, string | null>();
  for (const file of files) texts.set(file, await readSetupFile(top, file));
  return texts;
}

/** Writes a file whole, and makes its folders. */
export async function writeSetupFile(top: string, file: string, text: string): Promise<void> {
  await kindOf(top, file);
  const target = path.join(top, file);
  const temporary = `${target}.espalier-tmp`;
  try {
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError('unfit', `'${file}' cannot be written (${code ?? 'unknown error'}).`, {
      next: 'make it writable, or make room on the disk, then give the same command again',
      cause: error,
    });
  }
}

/** Removes a file, and its folder if that is empty then. */
export async function removeSetupFile(top: string, file: string): Promise<void> {
  await kindOf(top, file);
  await rm(path.join(top, file), { force: true });
  // A folder that holds something else stays.
  await rmdir(path.dirname(path.join(top, file))).catch(() => undefined);
}

/** Files at the top that tell how the repository is set up and tested. */
export async function readTellingTexts(top: string): Promise<TellingTexts> {
  const texts: Partial<Record<(typeof TELLING_FILES)[number], string>> = {};
  for (const file of TELLING_FILES) {
    const stats = await lstat(path.join(top, file)).catch(() => null);
    if (stats?.isFile() !== true) continue;
    // Of a lock file it is enough that it is there.
    texts[file] = stats.size > MAX_BYTES ? '' : await readFile(path.join(top, file), 'utf8');
  }
  return texts;
}

/** The workflows of the repository. */
export async function readWorkflows(top: string): Promise<WorkflowText[]> {
  const folder = '.github/workflows';
  if ((await kindOf(top, `${folder}/any.yml`, true)) === 'elsewhere') return [];
  const names = await readdir(path.join(top, folder)).catch((): string[] => []);
  const workflows: WorkflowText[] = [];
  for (const file of names.toSorted().slice(0, MAX_WORKFLOWS)) {
    const stats = await lstat(path.join(top, folder, file)).catch(() => null);
    if (stats?.isFile() === true && stats.size <= MAX_BYTES)
      workflows.push({ file, text: await readFile(path.join(top, folder, file), 'utf8') });
  }
  return workflows;
}

async function kindOf(top: string, file: string): Promise<{ size: number } | null>;
async function kindOf(top: string, file: string, isAsked: true): Promise<{ size: number } | null | 'elsewhere'>;
async function kindOf(top: string, file: string, isAsked = false): Promise<{ size: number } | null | 'elsewhere'> {
  const parts = file.split('/');
  for (let length = 1; length <= parts.length; length += 1) {
    const part = parts.slice(0, length).join('/');
    const stats = await lstat(path.join(top, part)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new CliError('unfit', `'${part}' cannot be read.`, { cause: error });
    });
    if (stats === null) return null;
    const isFit = length === parts.length ? stats.isFile() : stats.isDirectory();
    if (isFit && length === parts.length) return { size: stats.size };
    if (isFit) continue;
    if (isAsked) return 'elsewhere';
    throw new CliError(
      'unfit',
      `'${part}' is ${stats.isSymbolicLink() ? 'a symbolic link' : 'not what it should be'}.`,
      {
        next: `put a plain ${length === parts.length ? 'file' : 'folder'} in its place, then give the same command again`,
      },
    );
  }
  return null;
}
