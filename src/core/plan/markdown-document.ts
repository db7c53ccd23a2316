/** A Markdown text cut at its headings. */
import type { Code, Root, RootContent } from 'mdast';
import { toString } from 'mdast-util-to-string';

import type { SourceText } from './source-text.ts';

/** A heading with everything up to the next heading of its own depth or above; `level` 0 is what stands before the first. */
export interface MarkdownSection {
  level: number;
  heading: string;
  line: number;
  /** Blocks up to the next heading of any depth. */
  blocks: RootContent[];
  /** Deeper sections below it, in order. */
  below: MarkdownSection[];
}

/** A parsed text: its source, and its sections in order, each also found below its parents. */
export interface MarkdownDocument {
  source: SourceText;
  root: Root;
  sections: MarkdownSection[];
}

/** Cuts a parsed Markdown text into sections. */
export function cutSections(root: Root, source: SourceText): MarkdownDocument {
  const sections: MarkdownSection[] = [{ level: 0, heading: '', line: 1, blocks: [], below: [] }];
  for (const node of root.children) {
    if (node.type !== 'heading') {
      sections.at(-1)?.blocks.push(node);
      continue;
    }
    const heading = toString(node)
      .replace(/\*\*|__|`/g, '')
      .replace(/\s+/g, ' ')
      .trim();
    sections.push({ level: node.depth, heading, line: node.position?.start.line ?? 1, blocks: [], below: [] });
  }
  const open: MarkdownSection[] = [];
  for (const section of sections) {
    if (section.level === 0) continue;
    while (open.length > 0 && (open.at(-1)?.level ?? 0) >= section.level) open.pop();
    for (const parent of open) parent.below.push(section);
    open.push(section);
  }
  return { source, root, sections };
}

/** The text of the first top heading, `null` if there is none. */
export function documentTitle(document: MarkdownDocument): string | null {
  const titled = document.sections.filter((section) => section.level > 0 && section.heading !== '');
  const level = titled.reduce((least, section) => Math.min(least, section.level), 7);
  return titled.find((section) => section.level === level)?.heading ?? null;
}

/** Fenced blocks at the top level of the text. */
export function listFences(document: MarkdownDocument): Code[] {
  return document.root.children.filter((node): node is Code => node.type === 'code');
}
