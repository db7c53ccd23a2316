/**
 * Makes text of unknown origin safe to show: on a terminal, in a log line, in an error. Nothing that moves the
 * cursor, hides, or reorders text survives as such; it is written out as `\n` or `\u{202e}`.
 */
import { isHidden } from '../text/hidden-characters.ts';

/** True for a code point that must not be shown as itself (controls, bidi, invisible, lone surrogates). */
export function isUnshowable(codePoint: number): boolean {
  return isHidden(codePoint) || (codePoint >= 0xd800 && codePoint <= 0xdfff);
}

/**
 * `text` on one line with every unshowable character written out, cut to at most `maxLength` characters
 * (the last is then `…`). Looks at no more of `text` than it shows.
 */
export function escapeText(text: string, maxLength: number): string {
  let out = '';
  let length = 0;
  for (const character of text) {
    const shown = escapeCharacter(character);
    if (length + shown.length > maxLength) return cutTo(out, maxLength);
    out += shown;
    length += shown.length === character.length ? 1 : shown.length;
  }
  return out;
}

/** `text` escaped, cut to 80 characters and put in single quotes: how a message names what it found. */
export function quoteText(text: string, maxLength = 80): string {
  return `'${escapeText(text, maxLength)}'`;
}

/** One character for each of `text`, unshowable ones as `�` and tabs as a space, so that columns stay true. */
export function flattenText(text: string): string {
  let out = '';
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (character === '\t') out += ' ';
    else out += isUnshowable(codePoint) ? '\ufffd'.repeat(character.length) : character;
  }
  return out;
}

function escapeCharacter(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  if (!isUnshowable(codePoint)) return character;
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  return `\\u{${codePoint.toString(16)}}`;
}

function cutTo(shown: string, maxLength: number): string {
  if (maxLength < 1) return '';
  const characters = Array.from(shown);
  return `${characters.slice(0, maxLength - 1).join('')}…`;
}
