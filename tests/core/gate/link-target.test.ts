import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { resolveLinkTarget } from '../../../src/core/gate/link-target.ts';

describe('resolveLinkTarget', () => {
  it.each([
    { path: 'a/link', target: 'b', wanted: { kind: 'inside', path: 'a/b' } },
    { path: 'a/link', target: '../b/c', wanted: { kind: 'inside', path: 'b/c' } },
    { path: 'link', target: './x//y/', wanted: { kind: 'inside', path: 'x/y' } },
    { path: 'a/b/link', target: '../..', wanted: { kind: 'inside', path: '' } },
    { path: 'link', target: '..', wanted: { kind: 'outside' } },
    { path: 'a/link', target: '../../etc', wanted: { kind: 'outside' } },
    { path: 'link', target: '/etc/passwd', wanted: { kind: 'absolute' } },
    { path: 'link', target: 'C:\\x', wanted: { kind: 'absolute' } },
    { path: 'link', target: '\\\\host\\share', wanted: { kind: 'absolute' } },
    { path: 'link', target: '.git/config', wanted: { kind: 'git-dir' } },
    { path: 'a/link', target: '../.GIT/hooks', wanted: { kind: 'git-dir' } },
    { path: 'link', target: 'a/../b', wanted: { kind: 'winding' } },
    { path: 'link', target: '', wanted: { kind: 'malformed' } },
    { path: 'link', target: 'a\0b', wanted: { kind: 'malformed' } },
  ])('reads $path -> $target as $wanted.kind', ({ path, target, wanted }) => {
    expect(resolveLinkTarget(path, target)).toEqual(wanted);
  });

  it('lets no chain of accepted links leave the repository', () => {
    const part = fc.constantFrom('a', 'b', 'c', '..', '.');
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('/'));
    const link = fc.tuple(
      path,
      fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/')),
    );
    fc.assert(
      fc.property(fc.array(link, { maxLength: 6 }), path, (candidates, start) => {
        const links = new Map(candidates.filter(([at, target]) => resolveLinkTarget(at, target).kind === 'inside'));
        expect(followAsKernel(links, start)).not.toBe('left');
      }),
      { numRuns: 2000 },
    );
  });
});

/** Walks a path as a file system does: each link is replaced where it stands, then `..` climbs from there. */
function followAsKernel(links: ReadonlyMap<string, string>, start: string): 'left' | 'stayed' {
  const todo = start.split('/');
  const at: string[] = [];
  for (let steps = 0; steps < 200; steps++) {
    const part = todo.shift();
    if (part === undefined) return 'stayed';
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return 'left';
      continue;
    }
    const target = links.get([...at, part].join('/'));
    if (target === undefined) at.push(part);
    else todo.unshift(...target.split('/'));
  }
  return 'stayed';
}
