import fc from 'fast-check';
import { expect, it } from 'vitest';

import { escapeText, flattenText, quoteText } from '../../../src/core/report/escape-text.ts';

it.each([
  ['plain', 'plain'],
  ['a\nb\tc\r', 'a\\nb\\tc\\r'],
  ['\u001b[31mred', '\\u{1b}[31mred'],
  ['abc\u202ecba', 'abc\\u{202e}cba'],
  ['zero\u200bwidth', 'zero\\u{200b}width'],
  ['half \ud800 pair', 'half \\u{d800} pair'],
  ['tag \u{e0041}', 'tag \\u{e0041}'],
  ['naïve 東京 💥', 'naïve 東京 💥'],
])('shows %j as %s', (text, shown) => {
  expect(escapeText(text, 100)).toBe(shown);
});

it('cuts to the length and marks the cut', () => {
  expect(escapeText('abcdef', 4)).toBe('abc…');
  expect(escapeText('abcd', 4)).toBe('abcd');
  expect(escapeText('💥💥💥', 2)).toBe('💥…');
  expect(escapeText('abc', 0)).toBe('');
  expect(quoteText('a\nb')).toBe("'a\\nb'");
});

it('leaves nothing that moves the cursor, hides or reorders, and never exceeds the length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (text, length) => {
      const shown = escapeText(text, length);
      expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/);
      expect(shown.isWellFormed()).toBe(true);
      expect(Array.from(shown).length).toBeLessThanOrEqual(length);
    }),
  );
});

it('keeps columns true when it flattens', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      expect(flattenText(text)).toHaveLength(text.length);
    }),
  );
  expect(flattenText('a\tb\u001bc')).toBe('a b\ufffdc');
});
