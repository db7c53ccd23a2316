/**
 * Which lines of a comment its author says, as against what is quoted, shown as code, folded, struck out or hidden.
 * Blocks come from the plan reader's Markdown parser with its guard against hostile sizes. What stands inside a
 * paragraph (code, tags, link titles, definitions) is parsed only where it matters and within a budget, because that
 * is where Markdown takes quadratic time; beyond the budget a line is refused, never taken as said.
 */
import type { Heading, Html, Paragraph, Parents, Root, RootContent, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';

import { parseMarkdown } from '../plan/markdown-source.ts';
import { createProblemList } from '../plan/problem-list.ts';
import type { SourceText } from '../plan/source-text.ts';
import { beginsMailQuote } from './mail-quote.ts';

/** How a line stands: said; not said (nothing is to be answered); or not surely said, with a clause that says why. */
export type LineStanding = { kind: 'said' } | { kind: 'not-said' } | { kind: 'doubtful'; because: string };

/** Longest paragraph that is looked into, in characters: 90 ms at worst. */
const MAX_PARAGRAPH = 2000;
/** Characters of all the paragraphs of one comment that are looked into. */
const MAX_LOOKED_INTO = 8 * MAX_PARAGRAPH;

const SAID: LineStanding = { kind: 'said' };
const NOT_SAID: LineStanding = { kind: 'not-said' };
const IN_LONG_TEXT: LineStanding = {
  kind: 'doubtful',
  because:
    'stands with so much text that it is not sure to be said rather than quoted; write it in a comment of its own',
};
const UNDER_QUOTE: LineStanding = {
  kind: 'doubtful',
  because: 'belongs to the quote above it, since no blank line stands between; put one there',
};
const BELOW_HTML: LineStanding = {
  kind: 'doubtful',
  because: 'stands below HTML that may hide it; write it in a comment of its own',
};

/** Blocks off: the text is known to be one paragraph. Emphasis off: it hides nothing and would only nest. */
const INLINES_ONLY = {
  disable: {
    null: [
      'attention',
      'blockQuote',
      'characterReference',
      'codeFenced',
      'codeIndented',
      'headingAtx',
      'htmlFlow',
      'list',
      'setextUnderline',
      'thematicBreak',
    ],
  },
};

/** Elements whose content is quoted, code, folded away, struck out, or not shown. */
const ELEMENTS =
  'audio|blockquote|canvas|code|datalist|del|details|dialog|iframe|kbd|object|option|picture|pre|q|rp|s|samp|select|strike|template|tt|var|video';
const TAG = new RegExp(`<!--(?:-?>)?|-->|<(/?)(${ELEMENTS})(?=[\\s/>]|$)`, 'gi');
const ELEMENT = new RegExp(`</?(?:${ELEMENTS})(?=[\\s/>]|$)`, 'i');
/** A whole tag as CommonMark has it. */
const WHOLE_TAG =
  /^<(?:\/[a-z][a-z0-9-]*|[a-z][a-z0-9-]*(?:\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*\/?)\s*>$/i;

interface Search {
  source: SourceText;
  /** Lines in question, 1-based. */
  wanted: ReadonlySet<number>;
  found: Map<number, LineStanding>;
  /** How often each of {@link ELEMENTS}, or a comment (`!--`), is open here. */
  open: Map<string, number>;
  /** Line at which an unmarked e-mail quote begins: the rest is somebody else's. */
  mailQuoteLine: number;
  /** True below what may have opened an element, an attribute or the like. */
  isUnsure: boolean;
  charactersLeft: number;
}

/**
 * The standing of each of the `wanted` lines (1-based); a line that is not in the answer is not said. `null` if the
 * text is beyond what Markdown is parsed of.
 */
export function findSaidLines(source: SourceText, wanted: readonly number[]): Map<number, LineStanding> | null {
  const root = parseMarkdown(source, createProblemList(source));
  if (root === null) return null;
  const search: Search = {
    source,
    wanted: new Set(wanted),
    found: new Map(),
    open: new Map(),
    mailQuoteLine: Infinity,
    isUnsure: false,
    charactersLeft: MAX_LOOKED_INTO,
  };
  visitBlocks(root, search, false);
  return search.found;
}

type Container = Extract<Parents, { type: 'root' | 'blockquote' | 'list' | 'listItem' }>;

function visitBlocks(parent: Container | Root, search: Search, isQuote: boolean): void {
  for (const node of parent.children as RootContent[]) {
    if (node.type === 'blockquote') visitBlocks(node, search, true);
    else if (node.type === 'list' || node.type === 'listItem') visitBlocks(node, search, isQuote);
    // Elements that a quote leaves open end with it.
    else if (isQuote) markLazyLines(node, search);
    else if (node.type === 'html') visitHtml(node, search);
    else if (node.type === 'paragraph' || node.type === 'heading' || node.type === 'table') visitText(node, search);
  }
}

/** Markdown goes on with a quote's paragraph where the next line has no `>`; mail programs wrap lines so, people do not. */
function markLazyLines(node: RootContent, search: Search): void {
  if (node.type !== 'paragraph') return;
  for (const line of linesOf(node)) if (search.wanted.has(line)) search.found.set(line, UNDER_QUOTE);
}

/** A block of HTML goes to the page as it is written: what it leaves open takes in what comes after it. */
function visitHtml(node: Html, search: Search): void {
  followTags(node.value, search);
  const rest = node.value
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<[^<>]*>/g, (tag) => (WHOLE_TAG.test(tag) ? '' : tag));
  search.isUnsure ||= /<[a-z/!?]/i.test(rest);
}

function visitText(node: Paragraph | Heading | Table, search: Search): void {
  let piece: number[] = [];
  for (const line of linesOf(node)) {
    if (node.type === 'paragraph' && beginsMailQuote(search.source.lines, line - 1))
      search.mailQuoteLine = Math.min(search.mailQuoteLine, line);
    // With setext headings off (see the plan's reader), their underlines part what the forge shows as two blocks.
    if (/^ {0,3}=+[ \t]*$/.test(textOf(line, search))) {
      visitPiece(piece, node, search);
      piece = [];
    } else piece.push(line);
  }
  visitPiece(piece, node, search);
}

/** Looks into one paragraph; `lines` follow one another. */
function visitPiece(lines: readonly number[], node: Paragraph | Heading | Table, search: Search): void {
  const isSaidHere = (line: number): boolean => search.wanted.has(line) && line < search.mailQuoteLine;
  const wanted = node.type === 'paragraph' ? lines.filter(isSaidHere) : [];
  const start = node.position?.start;
  const texts = lines.map((line) =>
    line === start?.line ? textOf(line, search).slice(start.column - 1) : textOf(line, search),
  );
  const text = texts.join('\n');
  const hasTags = ELEMENT.test(text);
  if (wanted.length === 0 && !hasTags) return;
  if (text.length > MAX_PARAGRAPH || text.length > search.charactersLeft) {
    search.isUnsure ||= hasTags;
    if (!isInElement(search)) for (const line of wanted) search.found.set(line, IN_LONG_TEXT);
    return;
  }
  search.charactersLeft -= text.length;
  const firstLine = lines[0] ?? 0;
  const starts = lineStarts(texts);
  const inlines = listInlines(text);
  let next = 0;
  for (const line of wanted) {
    const at = starts[line - firstLine] ?? 0;
    while (next < inlines.tags.length && (inlines.tags[next]?.at ?? 0) < at)
      followTags(inlines.tags[next++]?.text ?? '', search);
    search.found.set(line, standingOf(text, at, inlines, search));
  }
  for (const tag of inlines.tags.slice(next)) followTags(tag.text, search);
}

function standingOf(text: string, at: number, inlines: Inlines, search: Search): LineStanding {
  if (isInElement(search) || !inlines.plain.some(([start, end]) => start <= at && at < end)) return NOT_SAID;
  const before = text.slice(0, at);
  // A footnote's text stands elsewhere, and nowhere if nothing refers to it.
  if (/^ {0,3}\[\^[^\]\s]{1,200}\]:/m.test(before)) return NOT_SAID;
  if ((before.split('~~').length - 1) % 2 === 1 && text.includes('~~', at)) return NOT_SAID;
  return search.isUnsure ? BELOW_HTML : SAID;
}

/** Offsets of a paragraph's own text, and its tags in order. */
interface Inlines {
  plain: (readonly [start: number, end: number])[];
  tags: { at: number; text: string }[];
}

function listInlines(text: string): Inlines {
  const inlines: Inlines = { plain: [], tags: [] };
  const root = fromMarkdown(text, { extensions: [INLINES_ONLY] });
  for (const block of root.children) {
    if (block.type !== 'paragraph') continue;
    for (const node of block.children) {
      if (node.type === 'text') inlines.plain.push([node.position?.start.offset ?? 0, node.position?.end.offset ?? 0]);
    }
    listTags(block, inlines);
  }
  return inlines;
}

function listTags(parent: Parents, inlines: Inlines): void {
  for (const node of parent.children) {
    if (node.type === 'html') inlines.tags.push({ at: node.position?.start.offset ?? 0, text: node.value });
    else if ('children' in node) listTags(node, inlines);
  }
}

function followTags(html: string, search: Search): void {
  const { open } = search;
  for (const [token, slash, name] of html.matchAll(TAG)) {
    const element = (name ?? '').toLowerCase();
    const depth = open.get(element) ?? 0;
    if (token === '-->') open.delete('!--');
    else if (open.has('!--') || token.endsWith('>')) continue;
    else if (token === '<!--') open.set('!--', 1);
    else open.set(element, slash === '' ? depth + 1 : Math.max(0, depth - 1));
  }
}

function isInElement(search: Search): boolean {
  return [...search.open.values()].some((depth) => depth > 0);
}

function linesOf(node: RootContent): number[] {
  const first = node.position?.start.line ?? 1;
  const last = node.position?.end.line ?? first;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function textOf(line: number, search: Search): string {
  return search.source.lines[line - 1] ?? '';
}

/** Offset of the first character of each line that is no space, in the text that they make up. */
function lineStarts(texts: readonly string[]): number[] {
  const starts: number[] = [];
  let offset = 0;
  for (const text of texts) {
    starts.push(offset + (text.length - text.trimStart().length));
    offset += text.length + 1;
  }
  return starts;
}
