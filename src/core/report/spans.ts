/**
 * Text for people as data: rows of spans with a meaning instead of a colour. The terminal adapter paints them;
 * here they are only measured, cut and padded.
 */
import { escapeText } from './escape-text.ts';

/** What a span means; the terminal decides how it looks. */
export type SpanStyle = 'plain' | 'strong' | 'dim' | 'good' | 'warn' | 'bad' | 'busy';

/** A piece of one line. */
export interface Span {
  text: string;
  style: SpanStyle;
}

/** One line of text. */
export type Row = readonly Span[];

/** Longest text that one span may hold; longer text is cut with a mark by {@link escapeText}. */
const MAX_SPAN_CHARACTERS = 4000;

/** A span of any text: control characters and the like are shown, never sent to the terminal. */
export function span(text: string, style: SpanStyle = 'plain'): Span {
  return {
    text: isPlainAscii(text) && text.length <= MAX_SPAN_CHARACTERS ? text : escapeText(text, MAX_SPAN_CHARACTERS),
    style,
  };
}

/** A row of one span. */
export function line(text: string, style: SpanStyle = 'plain'): Row {
  return [span(text, style)];
}

/** The rows of a text with line breaks, each one escaped on its own; at most `maxLines`, with a last row that says so. */
export function paragraph(text: string, options: { indent: string; style: SpanStyle; maxLines: number }): Row[] {
  const all = text.replaceAll('\r\n', '\n').replace(/\n+$/, '').split('\n');
  const shown = all.slice(0, options.maxLines).map((each) => [span(options.indent), span(each, options.style)]);
  const left = all.length - shown.length;
  return left > 0 ? [...shown, [span(options.indent), span(`(${left} more lines)`, 'dim')]] : shown;
}

/** Text of a row without any style. */
export function rowText(row: Row): string {
  return row.map((each) => each.text).join('');
}

/** Cells that a row takes in a terminal. */
export function rowWidth(row: Row): number {
  return row.reduce((sum, each) => sum + textWidth(each.text), 0);
}

/** Cells that a text takes in a terminal; a character that may be wide is counted as wide, so that rows never wrap. */
export function textWidth(text: string): number {
  if (isPlainAscii(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character.codePointAt(0) ?? 0);
  return width;
}

/** Cuts a text to at most `width` cells; what is cut ends with `mark` (one cell). */
export function cutText(text: string, width: number, mark: string): string {
  if (textWidth(text) <= width) return text;
  if (width <= 0) return '';
  let kept = '';
  let used = 0;
  for (const character of text) {
    const next = used + characterWidth(character.codePointAt(0) ?? 0);
    if (next > width - 1) break;
    kept += character;
    used = next;
  }
  return kept + mark;
}

/** Cuts or pads a text to exactly `width` cells. */
export function fitText(text: string, width: number, mark: string, align: 'left' | 'right' = 'left'): string {
  const cut = cutText(text, width, mark);
  const padding = ' '.repeat(Math.max(0, width - textWidth(cut)));
  return align === 'left' ? cut + padding : padding + cut;
}

/** A row cut to at most `width` cells. */
export function cutRow(row: Row, width: number, mark: string): Row {
  const kept: Span[] = [];
  let left = width;
  for (const each of row) {
    const needed = textWidth(each.text);
    if (needed <= left) {
      kept.push(each);
      left -= needed;
      continue;
    }
    if (left > 0) kept.push({ text: cutText(each.text, left, mark), style: each.style });
    break;
  }
  return kept;
}

function isPlainAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

// Ranges after Unicode's East Asian Width (W and F) and the emoji blocks, joined where gaps do not matter here.
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23f3],
  [0x2614, 0x2615],
  [0x267f, 0x267f],
  [0x26a1, 0x26a1],
  [0x2705, 0x2705],
  [0x274c, 0x274e],
  [0x2753, 0x2757],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f000, 0x1faff],
  [0x20000, 0x3fffd],
];

function characterWidth(codePoint: number): number {
  if (codePoint < 0x300) return 1;
  if (isZeroWidth(codePoint)) return 0;
  return WIDE.some(([first, last]) => codePoint >= first && codePoint <= last) ? 2 : 1;
}

function isZeroWidth(codePoint: number): boolean {
  return (
    (codePoint >= 0x300 && codePoint <= 0x36f) ||
    (codePoint >= 0x200b && codePoint <= 0x200f) ||
    (codePoint >= 0x20d0 && codePoint <= 0x20ff) ||
    (codePoint >= 0xfe00 && codePoint <= 0xfe0f)
  );
}
