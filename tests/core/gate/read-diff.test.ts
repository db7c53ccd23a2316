import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readDiff } from '../../../src/core/gate/read-diff.ts';

function diffOf(change: (dir: string) => void): string {
  const dir = mkdtempSync(join(tmpdir(), 'espalier-diff-'));
  const git = (...args: string[]): string => execFileSync('git', ['-C', dir, ...args], { encoding: 'utf8' });
  try {
    git('init', '-q');
    writeFileSync(join(dir, 'old'), 'a\nb\nc\n');
    git('add', '-A');
    const before = git('write-tree').trim();
    change(dir);
    git('add', '-A');
    return git('diff-tree', '-r', '-p', '--full-index', '--no-renames', before, git('write-tree').trim());
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

describe('readDiff', () => {
  it('reads what git writes: links, odd names, files without a last newline, deletions', () => {
    const diff = diffOf((dir) => {
      writeFileSync(join(dir, 'old'), 'a\nB\nc');
      symlinkSync('../away', join(dir, 'link'));
      writeFileSync(join(dir, 'with space'), 'x\n');
      writeFileSync(join(dir, 'ümläut "q"\t\\'), 'y\n');
      writeFileSync(join(dir, 'binary'), 'a\0b');
      writeFileSync(join(dir, 'empty'), '');
    });
    expect(readDiff(diff)).toMatchObject({ insertions: 5, deletions: 2 });
    expect(readDiff(diff).added).toEqual([
      { path: 'link', newMode: '120000', text: '../away' },
      { path: 'old', newMode: '100644', text: 'B\nc' },
      { path: 'with space', newMode: '100644', text: 'x' },
      { path: 'ümläut "q"\t\\', newMode: '100644', text: 'y' },
    ]);
  });

  it('is not misled by lines that look like headers', () => {
    const lines = ['++ b/forged', '-- a/forged', 'diff --git a/x b/x', '@@ -1 +1 @@', '+++ b/y', '\\ No newline'];
    const diff = diffOf((dir) => writeFileSync(join(dir, 'new'), `${lines.join('\n')}\n`));
    expect(readDiff(diff).added).toEqual([{ path: 'new', newMode: '100644', text: lines.join('\n') }]);
  });

  it('takes any text without failing', () => {
    const line = fc.constantFrom(
      'diff --git a/x b/x',
      '--- a/x',
      '+++ b/x',
      '+++ "b/\\303"',
      '@@ -1,2 +1,3 @@',
      '+a',
      '-b',
      ' c',
      '\\',
      '',
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(readDiff(lines.join('\n')).insertions <= lines.length).toBe(true);
      }),
    );
  });
});
