import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { addToEnvFile, checkWritable, readEnvFile } from '../../../src/entrypoints/app/env-file.ts';
import { PRIVATE_KEY } from './running-app.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'espalier-env-'));
  file = path.join(folder, '.env');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const VALUES = { APP_ID: '42', PRIVATE_KEY, WEBHOOK_SECRET: '0123456789abcdef' };

describe('a file of settings', () => {
  it('that is not there has none', async () => {
    expect(await readEnvFile(file)).toEqual({});
  });

  it('gives back what was added to it, and only its owner can read it', async () => {
    await addToEnvFile(file, VALUES);
    expect(await readEnvFile(file)).toEqual(VALUES);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['.env']);
  });

  it('keeps what else is in it, and is closed to others even if it was open', async () => {
    await writeFile(file, '# ours\nHOST=0.0.0.0\nAPP_ID=\n WEBHOOK_SECRET = \n');
    await chmod(file, 0o644);
    await addToEnvFile(file, VALUES);
    expect(await readEnvFile(file)).toEqual({ HOST: '0.0.0.0', ...VALUES });
    expect(await readFile(file, 'utf8')).toMatch(/^# ours\nHOST=0\.0\.0\.0\nAPP_ID="42"\n/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it.each(['a"b', 'a\\b', 'a\rb'])('refuses the value %j, which would not be read back', async (value) => {
    await expect(addToEnvFile(file, { WEBHOOK_SECRET: value })).rejects.toThrow('WEBHOOK_SECRET has a character');
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not written through a link that somebody left for its scratch file', async () => {
    const victim = path.join(folder, 'victim');
    await writeFile(victim, 'as it was');
    await symlink(victim, path.join(folder, `..env.${process.pid}.tmp`));
    await addToEnvFile(file, VALUES);
    expect(await readFile(victim, 'utf8')).toBe('as it was');
    expect(await readEnvFile(file)).toEqual(VALUES);
  });

  it('is known beforehand to be writable or not, and nothing is left of the trial', async () => {
    await checkWritable(file);
    expect(await readdir(folder)).toEqual([]);
    await expect(checkWritable(path.join(folder, 'nowhere', '.env'))).rejects.toThrow('ENOENT');
  });
});
