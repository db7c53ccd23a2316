/** Which characters do not show as themselves. One table for what drops them, writes them out, or refuses them. */

/**
 * Ranges of code points, both ends included, ascending: controls; fillers, joiners and variation selectors without a
 * shape of their own; marks that turn the direction of text; line separators; tags (U+E0000…). Lone surrogates are
 * not among them: they are no characters.
 */
const HIDDEN_RANGES: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe0fff],
];

const HIDDEN = new RegExp(`[${renderRanges(HIDDEN_RANGES)}]`, 'u');
const DROPPED = new RegExp(`(?![\\n\\t])[${renderRanges(HIDDEN_RANGES)}]`, 'gu');

/** True for a control, invisible or direction character (newline and tab are controls too). */
export function isHidden(codePoint: number): boolean {
  if (codePoint >= 0x20 && codePoint < 0x7f) return false;
  return HIDDEN_RANGES.some(([first, last]) => codePoint >= first && codePoint <= last);
}

/** True if `text` holds a control, invisible or direction character (a newline counts). */
export function hasHiddenCharacters(text: string): boolean {
  return HIDDEN.test(text);
}

/** `text` without its hidden characters, but with newlines and tabs. */
export function dropHiddenCharacters(text: string): string {
  return text.replace(DROPPED, '');
}

function renderRanges(ranges: typeof HIDDEN_RANGES): string {
  return ranges.map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`).join('');
}
