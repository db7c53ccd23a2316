import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compileGlob, type Glob, globsOverlap, matchesGlob } from '../../../src/core/plan/glob.ts';

function glob(text: string): Glob {
  const compiled = compileGlob(text);
  if (!compiled.ok) throw new Error(`${text}: ${compiled.because}`);
  return compiled.value;
}

describe('matching', () => {
  it.each([
    ['src/**', 'src/a', true],
    ['src/**', 'src/a/b/c.ts', true],
    ['src/**', 'src', false],
    ['src/', 'src/a/b', true],
    ['src/', 'src', false],
    ['**', 'a', true],
    ['**/x.ts', 'x.ts', true],
    ['**/x.ts', 'a/b/x.ts', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'a/x/y/c', false],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['*', '.env', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['a?c', 'a💥c', true],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[^a-c]x', 'dx', true],
    ['[]]x', ']x', true],
    ['[a-]x', '-x', true],
    ['[*]', '*', true],
    ['[*]', 'a', false],
    ['[[]id]/page.tsx', '[id]/page.tsx', true],
    ['{a,b}/{c,d{e,f}}', 'b/df', true],
    ['{a,b}/{c,d{e,f}}', 'b/d', false],
    ['src/{a/**,b.ts}', 'src/b.ts', true],
    ['*a*b*c*', 'xxaxxbxxcxx', true],
    ['*a*b*c*', 'xxaxxcxxbxx', false],
    ['SRC/**', 'src/a', false],
    ['a', 'ab', false],
  ])('%s against %s is %s', (text, path, expected) => {
    expect(matchesGlob(glob(text), path)).toBe(expected);
  });

  it('takes no more than polynomial time where back-tracking would take for ever', () => {
    const started = performance.now();
    expect(matchesGlob(glob('*a'.repeat(120)), 'a'.repeat(250).concat('b'))).toBe(false);
    expect(matchesGlob(glob(`${'**/a/'.repeat(60)}b`), `${'a/'.repeat(400)}c`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('refusals', () => {
  it.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../b',
    './a',
    'a//b',
    '.git/config',
    'a/.GIT/hooks',
    'a\\b',
    'a**b',
    '[abc',
    '[z-a]',
    '{a,b',
    'a}',
    '{a}',
    '!a',
    'a\0b',
    'a\nb',
    '\ud800',
    'x'.repeat(600),
    '{a,b}'.repeat(10),
    '{a,{b,{c,{d,e}}}}'.repeat(20),
  ])('%j is no glob', (text) => {
    expect(compileGlob(text).ok).toBe(false);
  });
});

describe('overlap', () => {
  it.each([
    ['src/**', 'src/auth/**'],
    ['src/*/x', 'src/auth/*'],
    ['**/*.ts', 'src/**'],
    ['a*b', '*c*b'],
    ['[a-m]x', '[h-z]x'],
    ['[!a]', '[!b]'],
    ['.*', '.*'],
    ['**', '**'],
    ['{a,b}/x', '{b,c}/*'],
    ['src/a', 'src/a'],
    ['**/a/**', '**/b/**'],
  ])('%s and %s share a path that both match', (a, b) => {
    const path = globsOverlap(glob(a), glob(b));
    expect(path).not.toBeNull();
    expect(matchesGlob(glob(a), path ?? '')).toBe(true);
    expect(matchesGlob(glob(b), path ?? '')).toBe(true);
  });

  it.each([
    ['src/a/**', 'src/b/**'],
    ['*.ts', '*.md'],
    ['src/**', 'src'],
    ['[a-c]', '[d-f]'],
    ['a/*', 'a/*/b'],
    ['a?', 'a'],
    ['?', '[.]'],
    ['**/x', '**/y'],
  ])('%s and %s share none', (a, b) => {
    expect(globsOverlap(glob(a), glob(b))).toBeNull();
    expect(globsOverlap(glob(b), glob(a))).toBeNull();
  });

  it('answers about hostile globs within a second', () => {
    const started = performance.now();
    const many = glob(`${'*a'.repeat(7)}${'{*b,c*d}'.repeat(5)}`);
    globsOverlap(many, many);
    globsOverlap(glob('*a'.repeat(250)), glob('*b'.repeat(250)));
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

// The reference is as plain as can be: every way to part text among the tokens is tried.
const ALPHABET = ['a', 'b', '.'];
const part = fc.array(fc.constantFrom('a', 'b', '*', '?', '[ab]', '[!a]', '.'), { minLength: 1, maxLength: 4 });
const globText = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: part.map((tokens) => tokens.join('')) },
      { weight: 1, arbitrary: fc.constant('**') },
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((parts) => parts.join('/'))
  .filter((text) => compileGlob(text).ok);

function referenceText(pattern: string, text: string): boolean {
  const token = /^(?:\[[^\]]+\]|.)/s.exec(pattern)?.[0];
  if (token === undefined) return text === '';
  const rest = pattern.slice(token.length);
  if (token === '*') return referenceText(rest, text) || (text !== '' && referenceText(pattern, text.slice(1)));
  const [character] = text;
  if (character === undefined) return false;
  const accepts =
    token === '?' ||
    (token === '[ab]' ? 'ab'.includes(character) : token === '[!a]' ? character !== 'a' : token === character);
  return accepts && referenceText(rest, text.slice(1));
}

function referencePath(patterns: readonly string[], parts: readonly string[]): boolean {
  const [pattern, ...rest] = patterns;
  if (pattern === undefined) return parts.length === 0;
  if (pattern === '**') {
    if (rest.length === 0) return parts.length > 0;
    return referencePath(rest, parts) || (parts.length > 0 && referencePath(patterns, parts.slice(1)));
  }
  const [first] = parts;
  return first !== undefined && referenceText(pattern, first) && referencePath(rest, parts.slice(1));
}

const ALL_PARTS = ['a', 'b', 'aa', 'ab', 'ba', 'bb', '.a', 'a.', '...', 'aab', 'a.b'];
const path = fc.array(
  fc.oneof(
    fc.constantFrom(...ALL_PARTS),
    fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 1, maxLength: 5 }),
  ),
  {
    minLength: 1,
    maxLength: 4,
  },
);

it('matches as a naive reference does', () => {
  fc.assert(
    fc.property(globText, path, (text, parts) => {
      expect(matchesGlob(glob(text), parts.join('/'))).toBe(referencePath(text.split('/'), parts));
    }),
    { numRuns: 2000 },
  );
});

it('finds an overlap that both match, and none only where no path has both', () => {
  const all = [...ALL_PARTS, ...ALL_PARTS.flatMap((a) => ALL_PARTS.map((b) => `${a}/${b}`))];
  fc.assert(
    fc.property(globText, globText, (a, b) => {
      const shared = globsOverlap(glob(a), glob(b));
      const candidates = shared === null ? all : [shared];
      const witness = candidates.find((each) => matchesGlob(glob(a), each) && matchesGlob(glob(b), each));
      expect(witness ?? null).toBe(shared);
      expect(shared?.split('/') ?? []).not.toContain('..');
    }),
    { numRuns: 500 },
  );
});
