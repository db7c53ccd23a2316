import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openWorkFiles } from '../../../src/adapters/workspace/work-files.ts';
import { readCopyGlob } from '../../../src/core/worktree/copy-globs.ts';
import type { CopyOutcome, CopyRequest } from '../../../src/ports/work-files.ts';

let room = '';
const files = openWorkFiles();

beforeEach(async () => {
  room = await mkdtemp(join(tmpdir(), 'espalier-files-'));
});

afterEach(async () => {
  await files.remove(room);
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(room, path)), { recursive: true });
  await writeFile(join(room, path), text);
}

describe('writeText and readText', () => {
  it('write what is read, for anybody to read', async () => {
    await files.writeText(join(room, 'a'), 'text');
    expect(await files.readText(join(room, 'a'), 100)).toBe('text');
    expect((await stat(join(room, 'a'))).mode & 0o777).toBe(0o644);
  });

  it('follow no link', async () => {
    await write('secret', 'kept');
    await symlink(join(room, 'secret'), join(room, 'link'));
    expect(await files.readText(join(room, 'link'), 100)).toBeNull();
    await files.writeText(join(room, 'link'), 'new');
    expect(await readFile(join(room, 'secret'), 'utf8')).toBe('kept');
    expect(await files.readText(join(room, 'link'), 100)).toBe('new');
  });

  it.each(['absent', 'folder', 'pipe', 'big'])('answer nothing for what is %s', async (name) => {
    await mkdir(join(room, 'folder'));
    execFileSync('mkfifo', [join(room, 'pipe')]);
    await write('big', 'x'.repeat(101));
    expect(await files.readText(join(room, name), 100)).toBeNull();
  });
});

describe('remove', () => {
  it('removes folders that nobody may enter, and links without what they lead to', async () => {
    await write('keep/a', 'a');
    await write('tree/locked/a', 'a');
    await symlink(join(room, 'keep'), join(room, 'tree/link'));
    await chmod(join(room, 'tree/locked'), 0o000);
    await files.remove(join(room, 'tree'));
    expect(await files.exists(join(room, 'tree'))).toBe(false);
    expect(await readFile(join(room, 'keep/a'), 'utf8')).toBe('a');
    await files.remove(join(room, 'tree'));
  });
});

describe('moveAside', () => {
  it('finds a free name each time', async () => {
    for (const n of [1, 2]) {
      await write('tree/a', String(n));
      expect(await files.moveAside(join(room, 'tree'))).toBe(join(room, `tree.kept-${n}`));
    }
  });
});

async function copy(globs: string[], over: Partial<CopyRequest> = {}): Promise<CopyOutcome> {
  await mkdir(join(room, 'to'), { recursive: true });
  const read = globs.map((glob) => {
    const reading = readCopyGlob(glob);
    if ('because' in reading) throw new Error(reading.because);
    const pattern = new RegExp(
      `^${glob
        .replaceAll('.', '\\.')
        .replaceAll('**/', '(?:.*/)?')
        .replaceAll(/(?<!\.)\*/g, '[^/]*')}$`,
    );
    return { ...reading.copy, matches: (path: string) => pattern.test(path) };
  });
  return files.copyUntracked({
    from: join(room, 'from'),
    to: join(room, 'to'),
    globs: read,
    isTracked: () => false,
    rewrite: () => null,
    maxFiles: 100,
    maxBytes: 1000,
    ...over,
  });
}

describe('copyUntracked', () => {
  it('copies files, folders as a whole, and what matches a glob', async () => {
    for (const path of ['.env', 'local/a', 'local/deep/b', 'pkg/x/.env', 'other']) await write(`from/${path}`, path);
    const outcome = await copy(['.env', 'local', '**/.env']);
    expect(outcome.copied.sort()).toEqual(['.env', 'local/a', 'local/deep/b', 'pkg/x/.env']);
    expect(outcome.skipped).toEqual([]);
    expect(await readFile(join(room, 'to/local/deep/b'), 'utf8')).toBe('local/deep/b');
  });

  it('rewrites text and leaves binary files as they are', async () => {
    await write('from/a.json', 'old');
    await write('from/b.json', 'old\0');
    await copy(['*.json'], { rewrite: (_path, text) => text.replace('old', 'new') });
    expect(await readFile(join(room, 'to/a.json'), 'utf8')).toBe('new');
    expect(await readFile(join(room, 'to/b.json'), 'utf8')).toBe('old\0');
  });

  it('never copies a git directory, tracked files, or links that leave', async () => {
    for (const path of ['dir/.git/config', 'dir/tracked', 'dir/file']) await write(`from/${path}`, path);
    await symlink('/etc/passwd', join(room, 'from/dir/absolute'));
    await symlink('../../../x', join(room, 'from/dir/outside'));
    await symlink('file', join(room, 'from/dir/inside'));
    const outcome = await copy(['dir'], { isTracked: (path) => path === 'dir/tracked' });
    expect(outcome.copied.sort()).toEqual(['dir/file', 'dir/inside']);
    expect(outcome.skipped.map(({ path }) => path).sort()).toEqual(['dir/absolute', 'dir/outside', 'dir/tracked']);
    expect(await readlink(join(room, 'to/dir/inside'))).toBe('file');
  });

  it('reads through no link of the checkout and writes through none of the worktree', async () => {
    await write('outside/secret', 's');
    await symlink(join(room, 'outside'), join(room, 'from-link'));
    await write('from/real/a', 'a');
    await symlink(join(room, 'outside'), join(room, 'from/linked'));
    await mkdir(join(room, 'to'));
    await symlink(join(room, 'outside'), join(room, 'to/real'));
    const outcome = await copy(['linked/secret', 'real/a']);
    expect(outcome.copied).toEqual([]);
    expect(outcome.skipped.map(({ path }) => path)).toEqual(['linked/secret', 'real/a']);
    expect(await files.exists(join(room, 'outside/a'))).toBe(false);
  });

  it('says what it did not find, and stops at its limits', async () => {
    await write('from/a', 'x'.repeat(600));
    await write('from/b', 'x'.repeat(600));
    const outcome = await copy(['missing', 'a', 'b']);
    expect(outcome.copied).toEqual(['a']);
    expect(outcome.skipped.map(({ path }) => path)).toEqual(['missing', 'b']);
  });

  it('overwrites nothing', async () => {
    await write('from/a', 'new');
    await write('to/a', 'old');
    expect((await copy(['a'])).copied).toEqual([]);
    expect(await readFile(join(room, 'to/a'), 'utf8')).toBe('old');
  });
});
