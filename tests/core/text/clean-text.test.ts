import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cleanBlock, cleanLine, fenceText, keepHead, keepTail } from '../../../src/core/text/clean-text.ts';
import { hasHiddenCharacters } from '../../../src/core/text/hidden-characters.ts';

describe('cleanBlock', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;http://x\u001b\\link', 'link'],
    ['a\r\nb\rc', 'a\nb\nc'],
    ['tab\tstays', 'tab\tstays'],
    ['be\u0007ll\u0000', 'bell'],
    ['rtl\u202eevil', 'rtlevil'],
    ['zero\u200bwidth', 'zerowidth'],
  ])('turns %j into %j', (text, wanted) => {
    expect(cleanBlock(text)).toBe(wanted);
  });

  it('leaves nothing hidden in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(hasHiddenCharacters(cleanBlock(text).replace(/[\n\t]/g, ''))).toBe(false);
      }),
    );
  });
});

describe('cleanLine', () => {
  it('folds white space and marks a cut', () => {
    expect(cleanLine('  a \n b  ', 10)).toBe('a b');
    expect(cleanLine('abcdefghijk', 5)).toBe('abcd…');
  });

  it('is never longer than asked, nor more than one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, max) => {
        const line = cleanLine(text, max);
        expect(line.length).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(/[\n\r]/);
      }),
    );
  });
});

describe('keepTail and keepHead', () => {
  it('keep short text as it is', () => {
    expect(keepTail('abc', 3)).toBe('abc');
    expect(keepHead('abc', 3)).toBe('abc');
  });

  it('say how much was cut, and keep whole lines at the end', () => {
    expect(keepTail('first line\nsecond\nthird line', 15)).toBe('[… 18 characters cut …]\nthird line');
    expect(keepHead('abcdef', 4)).toBe('abcd\n[… 2 characters cut …]');
  });
});

describe('fenceText', () => {
  it('cannot be closed from within', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', '\n', 'a', '~') }), (text) => {
        const [open = '', ...rest] = fenceText(text).split('\n');
        expect(rest.pop()).toBe(open);
        expect(rest.some((line) => line.startsWith(open))).toBe(false);
      }),
    );
  });
});
