/** The file of settings: read before the environment, written once, by set-up, and then for the owner's eyes only. */
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';

/** What can stand in double quotes of such a file and is read back as it is, line breaks apart. */
const PLAIN = /^[^"\\\r]*$/;

/** Settings of a file, empty if there is none. Throws if it is there and cannot be read. */
export async function readEnvFile(file: string): Promise<Record<string, string>> {
  const text = await readText(file);
  return Object.fromEntries(
    Object.entries(parseEnv(text)).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Throws with the reason if nothing could be written to `file`. Leaves nothing behind. */
export async function checkWritable(file: string): Promise<void> {
  await replaceFile(file, '', 'check');
}

/**
 * Adds `values` to a file of settings, readable and writable for its owner only (mode 0600), at once or not at all.
 * Names that the file has without a value are replaced; what else is in it stays.
 */
export async function addToEnvFile(file: string, values: Readonly<Record<string, string>>): Promise<void> {
  const wrong = Object.entries(values).find(([, value]) => !PLAIN.test(value));
  if (wrong !== undefined) throw new Error(`${wrong[0]} has a character that a file of settings cannot hold.`);
  const kept = (await readText(file))
    .split('\n')
    .filter((line) => !Object.keys(values).some((name) => line.replaceAll(/\s/g, '') === `${name}=`))
    .join('\n')
    .replace(/\n*$/, '');
  const added = Object.entries(values).map(([name, value]) => `${name}="${value.replaceAll('\n', String.raw`\n`)}"`);
  await replaceFile(file, `${kept === '' ? '' : `${kept}\n`}${added.join('\n')}\n`, 'write');
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

async function replaceFile(file: string, text: string, purpose: 'check' | 'write'): Promise<void> {
  const scratch = path.join(path.dirname(path.resolve(file)), `.${path.basename(file)}.${process.pid}.tmp`);
  await rm(scratch, { force: true });
  try {
    // `wx` follows no link that somebody left there.
    const handle = await open(scratch, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (purpose === 'write') await rename(scratch, file);
  } finally {
    await rm(scratch, { force: true });
  }
}
