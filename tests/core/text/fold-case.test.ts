import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { foldCase } from '../../../src/core/text/fold-case.ts';

describe('foldCase', () => {
  it.each([
    ['CLAUDE.md', 'claude.MD'],
    ['STRASSE', 'straße'],
    ['STRAẞE', 'strasse'],
    ['\u212Aelvin', 'kelvin'],
    ['ſecret', 'Secret'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['οδος', 'ΟΔΟΣ'],
    ['ﬂow', 'FLOW'],
    ['caf\u00e9', 'CAFE\u0301'],
    ['\u{10400}', '\u{10428}'],
  ])('makes %j and %j one name', (a, b) => {
    expect(foldCase(a)).toBe(foldCase(b));
  });

  it.each([
    ['a', 'b'],
    ['cafe', 'café'],
    ['a/b', 'a\\b'],
    ['\ud800', '\ud801'],
  ])('keeps %j and %j apart', (a, b) => {
    expect(foldCase(a)).not.toBe(foldCase(b));
  });

  it('gives every case of a text the same fold, and changes a fold no more', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const folded = foldCase(text);
        expect(foldCase(folded)).toBe(folded);
        expect(foldCase(text.normalize('NFD'))).toBe(folded);
        expect(foldCase(Array.from(text, (one) => one.toUpperCase()).join(''))).toBe(folded);
        expect(foldCase(Array.from(text, (one) => one.toLowerCase()).join(''))).toBe(folded);
      }),
    );
  });
});
