/** Reads a document as GitHub does, as far as that can be done here: Markdown with tables, then what it finds in text. */
import type { Root, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item';
import { gfmTable } from 'micromark-extension-gfm-table';
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item';

import { isHidden } from '../../../../src/core/text/hidden-characters.ts';

type Node = Root | RootContent;

const OWN_TAG = /^(?:<\/?(?:code|span|sub|details|summary)>|<br>|<!-- espalier:[a-z]+ [a-z0-9=. -]+ -->)$/;
const TAG = /<[^>]*>?/g;

/** What of GitHub's own a text would set off; each with a name for the message. */
const FOUND_IN_TEXT: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['mention', /@[A-Za-z0-9_-]/],
  ['issue', /#\d/],
  ['issue', /\bGH-\d/i],
  ['commit', /\b[0-9a-f]{7,40}\b/],
  ['address', /\w:\/\/|(?<![A-Za-z0-9])www\.\w/i],
  ['emoji', /:(?:[a-z+-][a-z0-9_+-]*|100|1234):/i],
];

/** A document as it was read: what in it is not Espalier's own, and its blocks. */
export interface ReadDocument {
  foreign: string[];
  outline: string[];
}

/** Reads a document once. `numbers` are the issues and pull requests that it may refer to. */
export function readDocument(markdown: string, numbers: readonly number[] = []): ReadDocument {
  const tree = parse(markdown);
  return { foreign: findForeignIn(tree, markdown, numbers), outline: listBlocks(tree) };
}

/** Everything in `markdown` that is not Espalier's own: empty for a good document. */
export function findForeign(markdown: string): string[] {
  return readDocument(markdown).foreign;
}

/** Kinds of blocks in order, without their text: what foreign text must not change. */
export function outlineOf(markdown: string): string[] {
  return readDocument(markdown).outline;
}

function findForeignIn(tree: Root, markdown: string, numbers: readonly number[]): string[] {
  const found: string[] = [];
  for (const character of markdown)
    if (character !== '\n' && character !== '\t' && isHidden(character.codePointAt(0) ?? 0))
      found.push(`hidden U+${character.codePointAt(0)?.toString(16)}`);
  walk(tree, (node) => {
    if (node.type === 'image' || node.type === 'imageReference' || node.type === 'definition' || node.type === 'break')
      found.push(node.type);
    if (node.type === 'link' && !node.url.startsWith('https://github.com/octo-org/')) found.push(`link ${node.url}`);
    if (node.type === 'html')
      for (const tag of node.value.match(TAG) ?? []) if (!OWN_TAG.test(tag)) found.push(`tag ${tag}`);
    if (node.type === 'emphasis' || node.type === 'delete') found.push(node.type);
    if ('children' in node) {
      const text = visibleText(node);
      for (const [name, pattern] of FOUND_IN_TEXT) {
        const match = pattern.exec(numbers.reduce((rest, number) => rest.replaceAll(`#${number}`, '·'), text));
        if (match !== null) found.push(`${name} ${JSON.stringify(match[0])} in ${JSON.stringify(text.slice(0, 200))}`);
      }
    }
  });
  return found;
}

function listBlocks(tree: Root): string[] {
  const outline: string[] = [];
  const visit = (node: Node, depth: number): void => {
    if (PHRASING.has(node.type)) return;
    outline.push(`${' '.repeat(depth)}${node.type}${node.type === 'heading' ? node.depth : ''}`);
    if ('children' in node) for (const child of node.children) visit(child, depth + 1);
  };
  visit(tree, 0);
  return outline;
}

const PHRASING: ReadonlySet<string> = new Set(['text', 'inlineCode', 'strong', 'link', 'html']);

function parse(markdown: string): Root {
  return fromMarkdown(markdown, {
    extensions: [gfmTable(), gfmTaskListItem()],
    mdastExtensions: [gfmTableFromMarkdown(), gfmTaskListItemFromMarkdown()],
  });
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  if ('children' in node) for (const child of node.children) walk(child, visit);
}

/** Text of a node's own children without code, in which GitHub looks for nothing. */
function visibleText(node: Extract<Node, { children: unknown }>): string {
  let text = '';
  let isCode = false;
  for (const child of node.children) {
    if (child.type === 'html' && /^<\/?code>$/.test(child.value)) {
      isCode = child.value === '<code>';
      text += '\u0001';
    } else if (child.type === 'text' && !isCode) text += child.value;
    else if (child.type === 'inlineCode') text += '\u0001';
  }
  return text;
}
