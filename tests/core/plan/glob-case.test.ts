import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compileGlob, matchesGlob } from '../../../src/core/plan/glob.ts';
import { ignoreCase } from '../../../src/core/plan/glob-case.ts';

function matcher(text: string): { anyCase: (path: string) => boolean; exact: (path: string) => boolean } {
  const glob = compileGlob(text);
  if (!glob.ok) throw new Error(`${text}: ${glob.because}`);
  return { anyCase: ignoreCase([glob.value]), exact: (path) => matchesGlob(glob.value, path) };
}

describe('a glob that ignores case', () => {
  it.each([
    ['**/CLAUDE.md', 'claude.md', true],
    ['**/CLAUDE.md', 'a/b/Claude.MD', true],
    ['**/CLAUDE.md', 'claude.mdx', false],
    ['.github/workflows/**', '.GITHUB/workﬂows/x.yml', true],
    ['.github/espalier.{yml,yaml}', '.github/Espalier.YAML', true],
    ['Straße/*', 'STRASSE/a', true],
    ['ΟΔΟΣ*', 'οδοσα', true],
    ['caf\u00e9/*.TXT', 'CAFE\u0301/x.txt', true],
    ['[A-C]x', 'bX', true],
    ['[a-c]x', 'BX', true],
    ['[A-z]x', '_x', true],
    ['[Z-a]x', 'Ax', true],
    ['[!a]x', 'Ax', true],
    ['[!a]x', 'ax', true],
    ['[!aA]x', 'ax', false],
    ['[ß]', 'ß', true],
    ['?', 'ß', true],
    ['a?c', 'A/C', false],
    ['src/**', 'SRC', false],
  ])('%s against %s is %s', (text, path, expected) => {
    expect(matcher(text).anyCase(path)).toBe(expected);
  });

  it('matches whatever the glob matches, in every case of it', () => {
    const part = fc.constantFrom('a', 'B', 'ß', 'Σ', 'é', '*', '?', '[a-c]', '[!B]', '/x', '{a,Bc}', '.md');
    const path = fc
      .array(fc.constantFrom('a', 'B', 'c', 'ß', 'Σ', 'é', '/x', '.md'), { maxLength: 6 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), path, (parts, text) => {
        const glob = parts.join('').replace(/^\//, '');
        fc.pre(compileGlob(glob).ok && matcher(glob).exact(text));
        // Letters that fold into two are no longer one to `?` and to classes.
        const others = text.includes('ß') ? [] : [text.toUpperCase(), text.toLowerCase()];
        expect([text, ...others].filter((path) => !matcher(glob).anyCase(path))).toEqual([]);
      }),
    );
  });
});
