/**
 * Markdown as blocks with places. micromark is quadratic or worse on some inputs (64 KB of `>` take 15 seconds,
 * nested lists minutes), so a text is measured in one pass over its lines before it is parsed, and inline
 * constructs are not parsed at all: fields are read from the raw text of their block.
 */
import type { Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item';
import { gfmTable } from 'micromark-extension-gfm-table';
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item';

import type { ProblemList } from './problem-list.ts';
import type { SourceText } from './source-text.ts';

/** Limits of Markdown outside of fenced blocks; within them text is cheaper. A GitHub issue holds 65,536 characters. */
const MARKDOWN_LIMITS = {
  /** Lines in all, those in fenced blocks too. */
  allLines: 60_000,
  characters: 256 * 1024,
  lines: 4000,
  blankLines: 20_000,
  /** `>` and list markers that begin one line. */
  nesting: 8,
  /** Lines that begin with more than one such marker. */
  nestedLines: 200,
  /** Characters of indentation before a list marker. */
  listIndent: 40,
  pipes: 40_000,
  pipesPerLine: 200,
} as const;

// Setext headings (`Title` over `===`) are off because micromark takes 40 seconds for 64 KB of them.
const BLOCKS_ONLY = {
  disable: {
    null: [
      'attention',
      'autolink',
      'characterEscape',
      'characterReference',
      'codeText',
      'definition',
      'hardBreakEscape',
      'htmlText',
      'labelEnd',
      'labelStartImage',
      'labelStartLink',
      'setextUnderline',
    ],
  },
};

/** Parses the blocks of a Markdown text; `null` after a problem if it is beyond the limits. */
export function parseMarkdown(source: SourceText, problems: ProblemList): Root | null {
  const refusal = measureMarkdown(source.lines);
  if (refusal !== null) {
    problems.error(refusal.code, { line: refusal.line, column: 1 }, refusal.message);
    return null;
  }
  return fromMarkdown(source.text, {
    extensions: [gfmTable(), gfmTaskListItem(), BLOCKS_ONLY],
    mdastExtensions: [gfmTableFromMarkdown(), gfmTaskListItemFromMarkdown()],
  });
}

interface Refusal {
  code: 'markdown-too-large' | 'markdown-too-deep';
  line: number;
  message: string;
}

const FENCE_OPEN = /^(`{3,})[^`]*$|^(~{3,})/;
const MARKER = /^[ \t]*(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))/;
const RULE = /^[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;

/**
 * Counts what costs. Only fences that surely are fences are exempt: opened at the first column (so inside no list
 * or quote) and not within what may be an HTML block.
 */
function measureMarkdown(lines: readonly string[]): Refusal | null {
  if (lines.length > MARKDOWN_LIMITS.allLines) {
    const message = `this Markdown has ${lines.length} lines; at most ${MARKDOWN_LIMITS.allLines} are read, write so large a plan as a .yml file`;
    return { code: 'markdown-too-large', line: MARKDOWN_LIMITS.allLines, message };
  }
  const count = { characters: 0, lines: 0, blankLines: 0, nestedLines: 0, pipes: 0 };
  let fence: string | null = null;
  let html: RegExp | null = null;
  for (const [index, line] of lines.entries()) {
    if (fence !== null) {
      if (closesFence(line, fence)) fence = null;
      continue;
    }
    const open = html === null ? FENCE_OPEN.exec(line) : null;
    if (open !== null) {
      fence = open[1] ?? open[2] ?? null;
      continue;
    }
    html = followHtml(line, html);
    const refusal = weighLine(line, index + 1, count);
    if (refusal !== null) return refusal;
  }
  return null;
}

function closesFence(line: string, fence: string): boolean {
  const match = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line);
  return match?.[1] !== undefined && match[1].startsWith(fence);
}

/** What ends the HTML block that may be open after `line`. Said too often rather than too seldom. */
function followHtml(line: string, open: RegExp | null): RegExp | null {
  if (open !== null) return open.test(line) ? null : open;
  if (!/^ {0,3}</.test(line)) return null;
  for (const [begins, ends] of HTML_ENDS)
    if (begins.test(line)) return ends.test(line.replace(begins, '')) ? null : ends;
  return /^\s*$/;
}

const HTML_ENDS: readonly (readonly [RegExp, RegExp])[] = [
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<(?:script|pre|style|textarea)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
  [/^ {0,3}<![A-Za-z]/, />/],
];

type Count = { characters: number; lines: number; blankLines: number; nestedLines: number; pipes: number };

function weighLine(line: string, at: number, count: Count): Refusal | null {
  const large = (what: string): Refusal => ({
    code: 'markdown-too-large',
    line: at,
    message: `this Markdown has more than ${what} outside of fenced blocks; write so large a plan as YAML (a .yml file, or one block tagged 'espalier')`,
  });
  if (line.trim() === '') {
    count.blankLines += 1;
    return count.blankLines > MARKDOWN_LIMITS.blankLines ? large(`${MARKDOWN_LIMITS.blankLines} blank lines`) : null;
  }
  count.lines += 1;
  count.characters += line.length;
  const pipes = line.split('|').length - 1;
  count.pipes += pipes;
  if (count.lines > MARKDOWN_LIMITS.lines) return large(`${MARKDOWN_LIMITS.lines} lines`);
  if (count.characters > MARKDOWN_LIMITS.characters) return large(`${MARKDOWN_LIMITS.characters} characters`);
  if (count.pipes > MARKDOWN_LIMITS.pipes || pipes > MARKDOWN_LIMITS.pipesPerLine)
    return large('the table cells that are read');
  return weighNesting(line, at, count);
}

function weighNesting(line: string, at: number, count: Count): Refusal | null {
  const deep = (what: string): Refusal => ({
    code: 'markdown-too-deep',
    line: at,
    message: `this Markdown nests too deeply: ${what}`,
  });
  const indent = line.length - line.trimStart().length;
  let rest = line;
  let markers = 0;
  while (markers <= MARKDOWN_LIMITS.nesting && !RULE.test(rest)) {
    const marker = MARKER.exec(rest);
    if (marker === null) break;
    markers += 1;
    rest = rest.slice(marker[0].length);
  }
  if (markers > MARKDOWN_LIMITS.nesting)
    return deep(`more than ${MARKDOWN_LIMITS.nesting} '>' or list markers begin one line`);
  if (markers > 0 && indent > MARKDOWN_LIMITS.listIndent) return deep(`a list is indented by ${indent} characters`);
  if (markers > 1) count.nestedLines += 1;
  if (count.nestedLines > MARKDOWN_LIMITS.nestedLines) {
    return deep(`more than ${MARKDOWN_LIMITS.nestedLines} lines begin with several '>' or list markers`);
  }
  return null;
}
