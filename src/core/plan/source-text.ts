/** A plan's or configuration's text with its lines: what positions and excerpts are taken from. */
import { flattenText } from '../report/escape-text.ts';

/** A place in a source, both 1-based; columns count UTF-16 code units. */
export interface Place {
  line: number;
  column: number;
}

/** Text with normal line ends (`\n`) and no byte order mark, and the same cut into lines. */
export interface SourceText {
  text: string;
  lines: readonly string[];
}

/** Longest excerpt of a source line, in characters. */
const EXCERPT_WIDTH = 96;
const EXCERPT_LEAD = 60;

/** Reads any text as a source. Line ends `\r\n` and `\r` become `\n`, so line numbers are those of an editor. */
export function readSourceText(raw: string): SourceText {
  const text = raw.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  return { text, lines: text.split('\n') };
}

/** The source line at `place`, flattened to one character each and cut around the column; `null` if there is none. */
export function excerptAt(source: SourceText, place: Place): string | null {
  const line = source.lines[place.line - 1];
  if (line === undefined) return null;
  const start = excerptStart(place.column);
  const shown = flattenText(line.slice(start, start + EXCERPT_WIDTH + 1));
  const head = start === 0 ? '' : '…';
  const tail = shown.length > EXCERPT_WIDTH ? `${shown.slice(0, EXCERPT_WIDTH - 1)}…` : shown;
  return `${head}${tail}`.trimEnd();
}

/** Where in the excerpt made for `column` that column stands, 0-based. */
export function caretOffset(column: number): number {
  const start = excerptStart(column);
  return start === 0 ? column - 1 : column - start;
}

function excerptStart(column: number): number {
  return column <= EXCERPT_WIDTH - 4 ? 0 : column - 1 - EXCERPT_LEAD;
}
