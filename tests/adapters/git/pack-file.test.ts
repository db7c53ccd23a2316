import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Git } from '../../../src/ports/git.ts';
import { makeRepository, type RepositoryFixture } from '../../support/git-fixture.ts';

const MAX_BYTES = 1024 * 1024;

describe('a pack that is written to a file', () => {
  let source: RepositoryFixture;
  let other: RepositoryFixture;
  let git: Git;
  let file = '';

  beforeEach(async () => {
    source = await makeRepository({ files: { 'a.txt': 'one\n', 'deep/b.txt': 'two\n' } });
    other = await makeRepository({ files: { 'a.txt': 'one\n', 'deep/b.txt': 'two\n' } });
    git = await source.open();
    file = path.join(source.root, 'change-pack');
  });
  afterEach(async () => {
    await source[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });

  it('is taken in by a repository that has the base alone, and gives the same tree', async () => {
    const base = await source.sha();
    await source.commit({ 'a.txt': 'changed\n', 'new/c.txt': 'three\n', 'deep/b.txt': null });
    const tree = await source.tree();
    const written = await git.writePack({ tree, base, path: file, maxBytes: MAX_BYTES });
    const bytes = await readFile(file);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(written).toEqual({ kind: 'written', bytes: bytes.length, sha256 });
    const receiver = await other.open();
    const taken = await receiver.takeIn({ stdout: createReadStream(file), maxBytes: MAX_BYTES });
    expect(taken).toEqual({ kind: 'taken', tree });
    expect(await receiver.readFile(tree, 'new/c.txt', 100)).toBe('three\n');
  });

  it('holds nothing that the base has', async () => {
    const base = await source.sha();
    const large = Array.from({ length: 20_000 }, (_, at) => ((at * 2_654_435_761) % 4_294_967_296).toString(36)).join(
      '',
    );
    const before = await source.commit({ 'large.txt': large });
    await source.commit({ 'a.txt': 'small change\n' });
    const tree = await source.tree();
    const small = await git.writePack({ tree, base: before, path: file, maxBytes: MAX_BYTES });
    const whole = await git.writePack({ tree, base, path: `${file}-2`, maxBytes: MAX_BYTES });
    expect(small).toMatchObject({ kind: 'written' });
    expect((await readFile(file)).length).toBeLessThan(1000);
    expect(whole).toMatchObject({ kind: 'written' });
    expect((await readFile(`${file}-2`)).length).toBeGreaterThan(50_000);
  });

  it('is not left behind when it would be larger than allowed', async () => {
    const base = await source.sha();
    await source.commit({ 'a.txt': 'changed\n' });
    const tree = await source.tree();
    expect(await git.writePack({ tree, base, path: file, maxBytes: 60 })).toEqual({ kind: 'too-large' });
    expect(await readdir(source.root)).not.toContain('change-pack');
  });

  it('goes neither over a file nor through a link that is there', async () => {
    const base = await source.sha();
    const tree = await source.tree();
    await writeFile(path.join(source.root, 'precious'), 'mine');
    await symlink(path.join(source.root, 'precious'), file);
    await expect(git.writePack({ tree, base, path: file, maxBytes: MAX_BYTES })).rejects.toThrow(/EEXIST/);
    expect(await readFile(path.join(source.root, 'precious'), 'utf8')).toBe('mine');
  });
});
