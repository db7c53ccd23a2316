/**
 * Markdown for a forge, made so that text from plans, agents, reviewers and people stays text. {@link say} escapes every
 * plain string that is put into it; only a {@link Markdown} value goes in as it is, and only this file makes one of
 * foreign text. What is escaped can be no mention, no reference to an issue or commit, no link, image or tag, no
 * closing keyword, no formula, and no part of a table or list.
 *
 * References and mentions are found by GitHub in the text after Markdown is done, but not in code. An escape with a
 * backslash does not stop them: a zero-width space does.
 */
import { cleanBlock, cleanLine, fenceText } from '../../text/clean-text.ts';
import { escapeText } from '../escape-text.ts';

/** Markdown that may be shown as it is. */
export interface Markdown {
  readonly markdown: string;
}

/** Longest foreign text that {@link say} takes without being told more, in characters. */
const MAX_PROSE = 300;
const MAX_CODE = 200;
/** A fence is as long as the longest run of backticks in its text, so those are bounded. */
const MAX_BACKTICKS = 30;

const SPACE = '&#8203;';

// Every alternative but the first is at most a few characters long, and none is nested: no text makes this slow.
const RISKY_PARTS: readonly string[] = [
  String.raw`(?<![A-Za-z0-9_])[0-9A-Fa-f]{7,40}(?![A-Za-z0-9_])`, // a commit
  '[@#]', // a mention, an issue
  String.raw`(?<![A-Za-z0-9])[Gg][Hh]-(?=\d|$)`, // an issue
  String.raw`:(?=[/A-Za-z+-]|\d[\w+-]{0,63}:|$)`, // a URL, an emoji
  String.raw`(?<![A-Za-z0-9])[Ww]{3}(?=\.|$)`, // a URL
  String.raw`\$`, // a formula
  String.raw`(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])`,
  String.raw`[\\\`*[\]<>|~&]`,
];
const RISKY = new RegExp(RISKY_PARTS.join('|'), 'g');
/** Also a list, the line under a heading, the rule of a table: these begin at the start only. */
const RISKY_AT_START = new RegExp([...RISKY_PARTS, String.raw`^[-+=:]|(?<=^\d{1,9})[.)](?=\s|$)`].join('|'), 'g');

// Spans with a neighbouring backtick are no spans, so that no two of them can melt into one.
const CODE_SPAN = /(?<!`)`([^`]{1,200})`(?!`)/;

/**
 * Text on one line, escaped; at most `maxLength` characters of it are shown, and a cut is marked by `…`. What stands
 * between backticks is shown as code.
 */
export function prose(text: string, maxLength: number = MAX_PROSE): Markdown {
  // Marks that are piled on one letter reach over the lines above and below.
  const line = cleanLine(text, maxLength).replace(/(\p{M}{4})\p{M}+/gu, '$1');
  // Text and spans take turns.
  const parts = line.split(CODE_SPAN);
  return {
    markdown: parts.map((part, at) => (at % 2 === 1 ? code(part).markdown : escapePart(part, at === 0))).join(''),
  };
}

function escapePart(text: string, isFirst: boolean): string {
  // Only at the very beginning can a list or a heading's underline begin.
  return text.replace(isFirst ? RISKY_AT_START : RISKY, escapeRisky);
}

function escapeRisky(found: string): string {
  if (found.length >= 7) return `<code>${found}</code>`;
  if (/^(?:[@#:]|gh-|www)$/i.test(found)) return `${found}${SPACE}`;
  // The one way that GitHub documents for a dollar sign that begins no formula.
  return found === '$' ? '<span>$</span>' : `&#${found.charCodeAt(0)};`;
}

/** Text on one line as code: what hides or turns text is written out as `\u{…}`. Fit for a table's cell. */
export function code(text: string, maxLength: number = MAX_CODE): Markdown {
  const shown = escapeText(text, maxLength);
  if (shown.trim() === '') return { markdown: shown === '' ? '<code>(empty)</code>' : '<code>(blank)</code>' };
  // Backticks and pipes cannot be escaped in a span of code that stands in a table.
  if (/[`|]|^\s|\s$/.test(shown)) return { markdown: `<code>${shown.replace(/[^\p{L}\p{N} /-]/gu, toEntity)}</code>` };
  return { markdown: `\`${shown}\`` };
}

function toEntity(character: string): string {
  return `&#${character.codePointAt(0) ?? 0xfffd};`;
}

/** Joins Markdown and plain text; plain text is escaped by {@link prose}. */
export function say(strings: TemplateStringsArray, ...values: readonly (Markdown | string | number)[]): Markdown {
  let markdown = strings[0] ?? '';
  values.forEach((value, index) => {
    markdown += inline(value).markdown + (strings[index + 1] ?? '');
  });
  return { markdown };
}

function inline(value: Markdown | string | number): Markdown {
  if (typeof value === 'number') return { markdown: String(value) };
  if (typeof value !== 'string') return value;
  // One space at either end parts words; more would mean something at the start of a line.
  const [lead, trail] = [/^\s/.test(value) ? ' ' : '', /\S\s+$/.test(value) ? ' ' : ''];
  return { markdown: `${lead}${prose(value).markdown}${trail}` };
}

/** Parts with `separator` between them, as it is. */
export function join(parts: readonly Markdown[], separator: string): Markdown {
  return { markdown: parts.map((part) => part.markdown).join(separator) };
}

/** Which end of a text is kept where not all of it fits. */
type KeptEnd = 'head' | 'tail';

/**
 * Text in a fence that nothing in it can close, at most `maxBytes` in all; what was cut is said inside. `info` is a
 * word of this program, such as `text`. `null` if there is no room for a few lines.
 */
export function fence(text: string, options: { info: string; maxBytes: number; keep: KeptEnd }): string | null {
  const clean = cleanBlock(text)
    .replace(/`{31,}/g, '`'.repeat(MAX_BACKTICKS))
    .replace(/\n+$/, '');
  const room = options.maxBytes - 2 * (MAX_BACKTICKS + 1) - options.info.length - 3;
  return room < 100 ? null : fenceText(cutBlock(clean, room, options.keep), options.info);
}

function cutBlock(text: string, maxBytes: number, keep: KeptEnd): string {
  if (byteLength(text) <= maxBytes) return text;
  const room = maxBytes - 50;
  let low = 0;
  let high = text.length;
  const part = (length: number): string =>
    (keep === 'head' ? text.slice(0, length) : text.slice(text.length - length)).toWellFormed();
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (byteLength(part(middle)) <= room) low = middle;
    else high = middle - 1;
  }
  const note = `[… ${text.length - low} characters cut …]`;
  return keep === 'head' ? `${part(low)}\n${note}` : `${note}\n${part(low)}`;
}

/** A link to an address that the forge itself gave; only the label if that is no plain `https` address. */
export function link(label: Markdown, url: string): Markdown {
  return /^https?:\/\/[A-Za-z0-9][A-Za-z0-9.:-]*(?:\/[A-Za-z0-9._~/%?#&=+-]*)?$/.test(url) && url.length <= 500
    ? { markdown: `[${label.markdown}](${url})` }
    : label;
}

/** A table; cells are on one line each. */
export function table(head: readonly string[], rows: readonly (readonly Markdown[])[]): string[] {
  return [
    tableRow(head.map((text) => ({ markdown: text }))),
    `|${head.map(() => ' --- |').join('')}`,
    ...rows.map(tableRow),
  ];
}

function tableRow(cells: readonly Markdown[]): string {
  return `| ${cells.map((cell) => cell.markdown).join(' | ')} |`;
}

/** `text` folded away under `summary`, a text of this program. */
export function folded(summary: string, text: string): string {
  return `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
}

/** Bytes of `text` in UTF-8. The forge counts characters; there are never more of those. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/**
 * Text on one line for a place that knows no Markdown and may come into a commit's message (a pull request's title):
 * without mentions, references and words in brackets that switch checks off.
 */
export function plainLine(text: string, maxLength: number): string {
  const line = cleanLine(text, maxLength)
    .replace(/[@#](?=[\p{L}\p{N}_])/gu, '$& ')
    .replace(/(?<![A-Za-z0-9])gh-(?=\d)/gi, '$& ')
    .replaceAll('://', ': //')
    .replaceAll('[', '(')
    .replaceAll(']', ')')
    .replace(/\*{2,}/g, '*');
  return cleanLine(line, maxLength);
}
