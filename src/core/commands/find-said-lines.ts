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
const BELOW_UNDERLINE: LineStanding = {
  kind: 'doubtful',
  because: "stands right below a line of '='; put a blank line between",
};
const BELOW_FOOTNOTE: LineStanding = {
  kind: 'doubtful',
  because: 'stands below a footnote and may belong to it; write it in a comment of its own',
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
  /** Line of the first footnote. */
  footnoteLine: number;
  /** The standing of all that comes below something that may hide it; `null` above. */
  doubt: LineStanding | null;
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
    footnoteLine: Infinity,
    doubt: null,
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
  const isWanted = (line: number): boolean => search.wanted.has(line) && line < search.mailQuoteLine;
  markDoubtful(linesOf(node).filter(isWanted), UNDER_QUOTE, search);
}

/** A block of HTML goes to the page as it is written: what it leaves open takes in what comes after it. */
function visitHtml(node: Html, search: Search): void {
  followTags(node.value, search);
  const rest = node.value
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<[^<>]*>/g, (tag) => (WHOLE_TAG.test(tag) ? '' : tag));
  if (/<[a-z/!?]/i.test(rest)) search.doubt ??= BELOW_HTML;
}

function visitText(node: Paragraph | Heading | Table, search: Search): void {
  const lines = linesOf(node);
  const start = node.position?.start;
  const texts = lines.map((line) => {
    const text = search.source.lines[line - 1] ?? '';
    return line === start?.line ? text.slice(start.column - 1) : text;
  });
  const isWanted = (line: number): boolean =>
    node.type === 'paragraph' && search.wanted.has(line) && line < search.mailQuoteLine;
  if (node.type === 'paragraph') followHeads(lines, search);
  const wanted = lines.filter(isWanted);
  // The plan's reader leaves out headings that are underlined, so what follows one is not surely this paragraph.
  const underline = texts.findIndex((text) => /^ {0,3}=+[ \t]*$/.test(text));
  const end = underline < 0 ? lines.length : underline;
  const firstLine = lines[0] ?? 1;
  visitParagraph(
    { texts: texts.slice(0, end), firstLine, wanted: wanted.filter((line) => line < firstLine + end) },
    search,
  );
  if (underline < 0) return;
  markDoubtful(
    wanted.filter((line) => line > firstLine + end),
    BELOW_UNDERLINE,
    search,
  );
  if (ELEMENT.test(texts.slice(end).join('\n'))) search.doubt ??= BELOW_HTML;
}

/** Notes what begins in these lines of a paragraph and goes on below it. */
function followHeads(lines: readonly number[], search: Search): void {
  for (const line of lines) {
    if (beginsMailQuote(search.source.lines, line - 1)) search.mailQuoteLine = Math.min(search.mailQuoteLine, line);
    // Footnotes are the forge's own addition to Markdown; each may go on below as a list item does.
    if (!/^ {0,3}\[\^[^\]\s]{1,200}\]:/.test(search.source.lines[line - 1] ?? '')) continue;
    search.footnoteLine = Math.min(search.footnoteLine, line);
  }
}

interface ParagraphText {
  texts: readonly string[];
  firstLine: number;
  /** Lines in question that are in it, ascending. */
  wanted: readonly number[];
}

function visitParagraph({ texts, firstLine, wanted }: ParagraphText, search: Search): void {
  const text = texts.join('\n');
  const hasTags = ELEMENT.test(text);
  if (wanted.length === 0 && !hasTags) return;
  if (text.length > MAX_PARAGRAPH || text.length > search.charactersLeft) {
    markDoubtful(wanted, IN_LONG_TEXT, search);
    if (hasTags) search.doubt ??= BELOW_HTML;
    return;
  }
  search.charactersLeft -= text.length;
  const starts = lineStarts(texts);
  const inlines = listInlines(text);
  let next = 0;
  for (const line of wanted) {
    const at = starts[line - firstLine] ?? 0;
    while (next < inlines.tags.length && (inlines.tags[next]?.at ?? 0) < at)
      followTags(inlines.tags[next++]?.text ?? '', search);
    search.found.set(line, standingOf({ text, at, line }, inlines, search));
  }
  for (const tag of inlines.tags.slice(next)) followTags(tag.text, search);
}

/** In an element, a line is surely not said, whatever else is in doubt. */
function markDoubtful(lines: readonly number[], standing: LineStanding, search: Search): void {
  if (!isInElement(search)) for (const line of lines) search.found.set(line, standing);
}

function standingOf(
  { text, at, line }: { text: string; at: number; line: number },
  inlines: Inlines,
  search: Search,
): LineStanding {
  if (isInElement(search) || !inlines.plain.some(([start, end]) => start <= at && at < end)) return NOT_SAID;
  if ((text.slice(0, at).split('~~').length - 1) % 2 === 1 && text.includes('~~', at)) return NOT_SAID;
  if (line > search.footnoteLine) return BELOW_FOOTNOTE;
  return search.doubt ?? SAID;
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
    else if (open.has('!--')) continue;
    else if (token === '<!--') open.set('!--', 1);
    else if (element !== '') open.set(element, slash === '' ? depth + 1 : Math.max(0, depth - 1));
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
