import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  cutRow,
  cutText,
  fitText,
  paragraph,
  rowText,
  rowWidth,
  span,
  textWidth,
} from '../../../src/core/report/spans.ts';

describe('textWidth', () => {
  it.each([
    { text: 'abc', width: 3 },
    { text: '日本', width: 4 },
    { text: 'e\u0301', width: 1 },
    { text: '✔', width: 1 },
    { text: '🌳', width: 2 },
    { text: '', width: 0 },
  ])('counts the cells of $text', ({ text, width }) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('fitText', () => {
  it.each([
    { text: 'abc', width: 5, align: 'left' as const, wanted: 'abc  ' },
    { text: 'abc', width: 5, align: 'right' as const, wanted: '  abc' },
    { text: 'abcdef', width: 4, align: 'left' as const, wanted: 'abc…' },
    { text: '日本語', width: 4, align: 'left' as const, wanted: '日… ' },
  ])('makes $text exactly $width cells wide', ({ text, width, align, wanted }) => {
    expect(fitText(text, width, '…', align)).toBe(wanted);
  });

  it('is exact for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
        expect(textWidth(fitText(span(text).text, width, '>'))).toBe(width);
      }),
    );
  });
});

it('cuts nothing that fits', () => {
  expect(cutText('fits', 4, '…')).toBe('fits');
});

it('cuts a row to the width and keeps the spans before the cut', () => {
  const row = [span('one ', 'good'), span('two three', 'bad'), span(' four')];
  expect(cutRow(row, 8, '…')).toEqual([span('one ', 'good'), { text: 'two…', style: 'bad' }]);
  expect(rowWidth(cutRow(row, 8, '…'))).toBe(8);
});

it('writes control characters out instead of sending them', () => {
  expect(span('\u001b[2Jx\ny').text).toBe('\\u{1b}[2Jx\\ny');
});

it('splits a text into rows and says how many it left out', () => {
  const rows = paragraph('a\r\nb\nc\nd\n\n', { indent: '  ', style: 'dim', maxLines: 2 });
  expect(rows.map(rowText)).toEqual(['  a', '  b', '  (2 more lines)']);
});
