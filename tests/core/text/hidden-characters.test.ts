import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { escapeText, isUnshowable } from '../../../src/core/report/escape-text.ts';
import { cleanBlock } from '../../../src/core/text/clean-text.ts';
import { dropHiddenCharacters, hasHiddenCharacters, isHidden } from '../../../src/core/text/hidden-characters.ts';

describe('hidden characters', () => {
  it.each([
    ['a newline', '\n', true],
    ['a bell', '\u0007', true],
    ['a C1 control', '\u009b', true],
    ['a soft hyphen', '\u00ad', true],
    ['a grapheme joiner', '\u034f', true],
    ['a Hangul filler', '\u3164', true],
    ['a right-to-left override', '\u202e', true],
    ['a zero-width space', '\u200b', true],
    ['a digit shape mark', '\u206f', true],
    ['an annotation anchor', '\ufff9', true],
    ['a tag', '\u{e0041}', true],
    ['a letter', 'é', false],
    ['a no-break space', '\u00a0', false],
    ['an ideographic space', '\u3000', false],
    ['an emoji', '💥', false],
    ['half a pair', '\ud800', false],
  ])('%s: %j is %s', (_name, character, expected) => {
    expect(hasHiddenCharacters(`a${character}b`)).toBe(expected);
    expect(isHidden(character.codePointAt(0) ?? 0)).toBe(expected);
    expect(escapeText(character, 20) === character).toBe(!expected && character.isWellFormed());
    expect(dropHiddenCharacters(`a${character}b`)).toBe(expected && character !== '\n' ? 'ab' : `a${character}b`);
  });

  it('are the same to what drops them, shows them and looks for them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x10ffff }), (code) => {
        const character = String.fromCodePoint(code);
        fc.pre(character.isWellFormed());
        expect(hasHiddenCharacters(character)).toBe(isHidden(code));
        expect(isUnshowable(code)).toBe(isHidden(code));
        expect(cleanBlock(character) === '').toBe(isHidden(code) && !['\n', '\r', '\t'].includes(character));
      }),
      { numRuns: 2000 },
    );
  });
});
