import fc from 'fast-check';
import { expect, it } from 'vitest';

import type { TaskId } from '../../../src/core/brand.ts';
import { findOwnershipOverlaps, MAX_OVERLAPS, type OwningTask } from '../../../src/core/plan/find-overlaps.ts';
import { compileGlob, globsOverlap, matchesGlob } from '../../../src/core/plan/glob.ts';

function task(id: string, owns: string[], more: { needs?: string[]; locks?: string[] } = {}): OwningTask {
  return {
    id: id as TaskId,
    owns,
    needs: (more.needs ?? []) as TaskId[],
    locks: more.locks ?? [],
    estimateMinutes: null,
  };
}

it('names both tasks, both globs and a path', () => {
  const { overlaps, isComplete } = findOwnershipOverlaps([
    task('a', ['docs/**', 'src/auth/**']),
    task('b', ['src/**/*.ts']),
  ]);
  expect(overlaps).toMatchObject([{ a: 'a', b: 'b', globA: 'src/auth/**', globB: 'src/**/*.ts' }]);
  expect(overlaps[0]?.path).toMatch(/^src\/auth\/.*\.ts$/);
  expect(isComplete).toBe(true);
});

it.each([
  ['one needs the other', [task('a', ['x/**']), task('b', ['x/**'], { needs: ['a'] })]],
  [
    'one needs the other through a third',
    [task('a', ['x/**']), task('m', ['m'], { needs: ['a'] }), task('b', ['x/**'], { needs: ['m'] })],
  ],
  ['they share a lock', [task('a', ['x/**'], { locks: ['k'] }), task('b', ['x/**'], { locks: ['j', 'k'] })]],
  ['nothing is shared', [task('a', ['x/**']), task('b', ['y/**'])]],
  ['it is one task', [task('a', ['x/**', 'x/y/**'])]],
])('finds none where %s', (_name, tasks) => {
  expect(findOwnershipOverlaps(tasks).overlaps).toEqual([]);
});

it('lists tasks that own nothing by name', () => {
  expect(findOwnershipOverlaps([task('a', []), task('b', ['x'])]).unowned).toEqual(['a']);
});

it('stops counting and says so', () => {
  const { overlaps, isComplete } = findOwnershipOverlaps(
    Array.from({ length: 100 }, (_, index) => task(`t${index}`, ['src/**'])),
  );
  expect(overlaps).toHaveLength(MAX_OVERLAPS);
  expect(isComplete).toBe(false);
});

it('finds just the pairs that comparing all with all finds', () => {
  const glob = fc.constantFrom(
    '**',
    'a/**',
    'a/b/**',
    'a/*/c',
    '*/b/c',
    '**/c',
    'a/b/c',
    'b/{a,c}/**',
    'b/c/d',
    '*',
    'a*/b/**',
    'c',
  );
  const compile = (text: string) => {
    const compiled = compileGlob(text);
    if (!compiled.ok) throw new Error(text);
    return compiled.value;
  };
  fc.assert(
    fc.property(fc.array(fc.array(glob, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 8 }), (lists) => {
      const tasks = lists.map((owns, index) => task(`t${index}`, owns));
      const expected = new Set<string>();
      tasks.forEach((a, i) =>
        tasks.slice(i + 1).forEach((b) => {
          if (a.owns.some((x) => b.owns.some((y) => globsOverlap(compile(x), compile(y)) !== null)))
            expected.add(`${a.id} ${b.id}`);
        }),
      );
      const found = findOwnershipOverlaps(tasks).overlaps;
      expect(new Set(found.map(({ a, b }) => `${a} ${b}`))).toEqual(expected);
      for (const { globA, globB, path } of found) {
        expect(matchesGlob(compile(globA), path) && matchesGlob(compile(globB), path)).toBe(true);
      }
    }),
  );
});
