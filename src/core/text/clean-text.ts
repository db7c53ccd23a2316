/**
 * Makes text of unknown origin (agent output, test logs, titles) safe to keep and to show: no terminal escapes,
 * no control or invisible direction characters, bounded length.
 */
import { dropHiddenCharacters } from './hidden-characters.ts';

// CSI and OSC sequences first, as a whole, so that their printable tails do not stay behind.
const ESCAPES = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]/g;

/** Several lines: keeps newlines and tabs, turns `\r\n` and a lone `\r` into a newline, drops the rest. */
export function cleanBlock(text: string): string {
  return dropHiddenCharacters(text.replace(ESCAPES, '').replace(/\r\n?/g, '\n')).toWellFormed();
}

/** One line of at most `maxLength` characters; white space is folded, a cut is marked by `…`. */
export function cleanLine(text: string, maxLength: number): string {
  // Cut before folding too: the input may be megabytes.
  const folded = cleanBlock(text.slice(0, maxLength * 4))
    .replace(/\s+/g, ' ')
    .trim();
  return folded.length <= maxLength ? folded : `${folded.slice(0, Math.max(0, maxLength - 1)).toWellFormed()}…`;
}

/** The end of `text`, at most `maxLength` characters, beginning at a line where possible; a cut is said. */
export function keepTail(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const tail = text.slice(text.length - maxLength);
  const firstBreak = tail.indexOf('\n');
  const whole = firstBreak >= 0 && firstBreak < maxLength / 2 ? tail.slice(firstBreak + 1) : tail;
  return `[… ${text.length - whole.length} characters cut …]\n${whole.toWellFormed()}`;
}

/** The beginning of `text`, at most `maxLength` characters; a cut is said. */
export function keepHead(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength).toWellFormed()}\n[… ${text.length - maxLength} characters cut …]`;
}

/** A Markdown code fence around `text` that nothing in it can close. */
export function fenceText(text: string, info = ''): string {
  let longest = 2;
  for (const run of text.matchAll(/`+/g)) longest = Math.max(longest, run[0].length);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${info}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}`;
}
