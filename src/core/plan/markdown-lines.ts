/**
 * Markdown blocks as the lines that a person sees, grouped under bold fields (`**Tasks:**`). A field's line may
 * continue a list item without a blank line between (Markdown then counts it to the item), so fields are found by
 * line, whatever block they are in.
 */
import type { BlockContent, Code, DefinitionContent, ListItem, Paragraph, RootContent, Table } from 'mdast';
import { toString } from 'mdast-util-to-string';

import type { Place, SourceText } from './source-text.ts';

/** One visible line, or one fenced block. */
export type MarkdownLine =
  | { kind: 'text'; text: string; at: Place }
  /** A list item's first line; `depth` 0 is a top-level item. */
  | { kind: 'item'; text: string; at: Place; depth: number; isDone: boolean; marker: string }
  | { kind: 'code'; node: Code; at: Place };

/** A field: what stands in bold, its value on the same line, and the lines below until the next field. */
export interface MarkdownField {
  /** Lower case, without the colon. */
  name: string;
  /** As it is written. */
  label: string;
  value: string;
  at: Place;
  valueAt: Place;
  lines: MarkdownLine[];
}

/** A section's lines before its first field, and its fields in order. */
export interface FieldedLines {
  intro: MarkdownLine[];
  fields: MarkdownField[];
}

const FIELD = /^(\*\*|__)([^*_:\n]{1,60}?)\s*(?::\s*\1|\1\s*:)\s*(.*)$/;
const MAX_DEPTH = 32;

/** All lines of `nodes` in order, those in lists and quotes too. */
export function listLines(nodes: readonly RootContent[], source: SourceText): MarkdownLine[] {
  const lines: MarkdownLine[] = [];
  for (const node of nodes) pushLines(lines, node, source, 0);
  return lines;
}

type Block = RootContent | BlockContent | DefinitionContent;

function pushLines(lines: MarkdownLine[], node: Block, source: SourceText, depth: number): void {
  if (depth > MAX_DEPTH) return;
  // HTML is invisible or decoration, a rule says nothing, a heading is dealt with by the caller.
  if (node.type === 'paragraph') lines.push(...paragraphLines(node, source));
  else if (node.type === 'code') lines.push({ kind: 'code', node, at: placeOf(node) });
  else if (node.type === 'blockquote') for (const child of node.children) pushLines(lines, child, source, depth + 1);
  else if (node.type === 'table') lines.push(...tableLines(node, source));
  else if (node.type === 'list') {
    for (const [index, item] of node.children.entries()) {
      const marker = node.ordered === true ? `${(node.start ?? 1) + index}.` : '-';
      pushItem(lines, item, marker, source, depth);
    }
  }
}

function tableLines(node: Table, source: SourceText): MarkdownLine[] {
  const first = node.position?.start.line ?? 1;
  const last = node.position?.end.line ?? 0;
  return source.lines
    .slice(first - 1, last)
    .map((text, index) => ({ kind: 'text', text: text.trim(), at: { line: first + index, column: 1 } }));
}

function pushItem(lines: MarkdownLine[], item: ListItem, marker: string, source: SourceText, depth: number): void {
  const [first, ...rest] = item.children;
  const isDone = item.checked === true;
  const own = first?.type === 'paragraph' ? paragraphLines(first, source) : [];
  const [head, ...tail] = own;
  lines.push({ kind: 'item', text: head?.text ?? '', at: head?.at ?? placeOf(item), depth, isDone, marker });
  lines.push(...tail);
  for (const child of first?.type === 'paragraph' ? rest : item.children) pushLines(lines, child, source, depth + 1);
}

function paragraphLines(node: Paragraph, source: SourceText): Extract<MarkdownLine, { kind: 'text' }>[] {
  const start = placeOf(node);
  return toString(node)
    .split('\n')
    .map((text, index) => {
      const line = start.line + index;
      const column = (source.lines[line - 1] ?? '').indexOf(text) + 1;
      return { kind: 'text', text: text.trim(), at: { line, column: Math.max(1, column) } };
    });
}

function placeOf(node: Block | ListItem): Place {
  return { line: node.position?.start.line ?? 1, column: node.position?.start.column ?? 1 };
}

/** Groups lines under their fields. A field inside of deeper list items stays part of its item. */
export function groupFields(lines: readonly MarkdownLine[]): FieldedLines {
  const grouped: FieldedLines = { intro: [], fields: [] };
  for (const line of lines) {
    const field = line.kind === 'code' || (line.kind === 'item' && line.depth > 0) ? null : readField(line);
    if (field !== null) grouped.fields.push(field);
    else (grouped.fields.at(-1)?.lines ?? grouped.intro).push(line);
  }
  return grouped;
}

function readField(line: Exclude<MarkdownLine, { kind: 'code' }>): MarkdownField | null {
  const match = FIELD.exec(line.text);
  if (match === null) return null;
  const label = (match[2] ?? '').trim();
  const value = (match[3] ?? '').trim();
  const valueAt = { line: line.at.line, column: line.at.column + line.text.length - value.length };
  return { name: label.toLowerCase(), label, value, at: line.at, valueAt, lines: [] };
}

/** Lines as Markdown again, for a task's spec. */
export function renderLines(lines: readonly MarkdownLine[]): string {
  return lines
    .map((line) => {
      if (line.kind === 'code')
        return `${'`'.repeat(fenceLength(line.node.value))}${line.node.lang ?? ''}\n${line.node.value}\n${'`'.repeat(fenceLength(line.node.value))}`;
      if (line.kind === 'text') return line.text;
      return `${'  '.repeat(line.depth)}${line.marker} ${line.text}${line.isDone ? ' (marked as done in the plan)' : ''}`;
    })
    .join('\n')
    .trim();
}

function fenceLength(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length + 1), 3);
}

/** Text without Markdown's marks for bold and code, as it reads. */
export function plainText(text: string): string {
  return text
    .replace(/\*\*|__|`/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Items of a value or a list below it, parted by commas outside of braces; code marks are taken off. */
export function listValues(field: MarkdownField): { text: string; at: Place }[] {
  const values = field.value === '' ? [] : splitValues(field.value, field.valueAt);
  const below = field.lines.flatMap((line) => (line.kind === 'item' ? splitValues(line.text, line.at) : []));
  return [...values, ...below].filter(({ text }) => !/^(?:none|n\/a|-|–|—)$/i.test(text));
}

/** Parts of `text` between commas outside of braces and brackets. */
export function splitValues(text: string, at: Place): { text: string; at: Place }[] {
  const parts: { text: string; at: Place }[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index <= text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '{' || character === '[') depth += 1;
    if (character === '}' || character === ']') depth = Math.max(0, depth - 1);
    if (index < text.length && (character !== ',' || depth > 0)) continue;
    const part = text.slice(start, index);
    const clean = part.replaceAll('`', '').trim();
    if (clean !== '')
      parts.push({ text: clean, at: { line: at.line, column: at.column + start + part.search(/[^\s`]/) } });
    start = index + 1;
  }
  return parts;
}
