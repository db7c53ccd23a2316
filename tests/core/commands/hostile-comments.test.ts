/** What comments get that were made to be misread, and what no comment may ever do to the parser. */
import * as fc from 'fast-check';
import type { Parents } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import { describe, expect, it } from 'vitest';

import { formatCommand } from '../../../src/core/commands/command.ts';
import { MAX_COMMENT_LENGTH, mayHoldCommands, readCommands } from '../../../src/core/commands/read-commands.ts';
import { chooseDepth, sampleRows } from '../../support/depth.ts';

/** Shortly what each reading of a plan issue's comment is: the printed command, or `no: …`. */
function summarize(body: string): string[] {
  return readCommands(body, 'plan').map((reading) =>
    reading.ok ? formatCommand(reading.command) : `no: ${reading.because}`,
  );
}

const RUN = '/espalier run';
const UNDER_QUOTE = 'no: belongs to the quote above it, since no blank line stands between; put one there';
const UNKNOWN = 'no: asks for a command that there is not';
const BAD_ID = "a task id has only a-z, 0-9 and '-', and begins and ends with a letter or digit";
const LONG =
  'no: stands with so much text that it is not sure to be said rather than quoted; write it in a comment of its own';
const BELOW_UNDERLINE = "no: stands right below a line of '='; put a blank line between";
const BELOW_FOOTNOTE = 'no: stands below a footnote and may belong to it; write it in a comment of its own';
const BELOW_HTML = 'no: stands below HTML that may hide it; write it in a comment of its own';
const TANGLED =
  'no: stands in a comment with too many or too deeply nested lines to be read; write it in one of its own';

const NOT_SAID: readonly (readonly [name: string, body: string])[] = [
  ['a fence', `\`\`\`\n${RUN}\n\`\`\``],
  ['a fence of tildes with a word', `~~~sh\n${RUN}\n~~~`],
  ['a fence that nothing closes', `\`\`\`\n${RUN}\n\n${RUN}`],
  ['a fence with a shorter one inside', `\`\`\`\`\n\`\`\`\n\`\`\`\n${RUN}\n\`\`\`\``],
  ['a fence that a tilde does not close', `\`\`\`\n~~~\n${RUN}\n\`\`\``],
  ['a fence in a list', `- \`\`\`\n  ${RUN}\n  \`\`\``],
  ['code by indentation', `    ${RUN}`],
  ['code by a tab', `\t${RUN}`],
  ['code by indentation in a list', `- a\n\n      ${RUN}`],
  ['inline code', `\`${RUN}\``],
  ['inline code over several lines', `do not write \`\n${RUN}\n\` here`],
  ['inline code by two backticks, one inside', `\`\` a \`\n${RUN}\n\`\``],
  ['a quote', `> ${RUN}`],
  ['a quote without a space', `>${RUN}`],
  ['a quote of a quote', `> > ${RUN}`],
  ['a quote in a list', `- > ${RUN}`],
  ['an alert', `> [!NOTE]\n> ${RUN}`],
  ['a comment', `<!-- ${RUN} -->`],
  ['a comment over several lines', `<!--\n${RUN}\n\n${RUN}\n-->`],
  ['a comment that nothing closes', `<!--\n\n${RUN}`],
  ['a comment that begins within a line', `a <!--\n${RUN}\n--> b`],
  ['a comment after a real one', `<!-- a --> <!--\n${RUN}\n-->`],
  ['a comment that begins behind another', `<!-- a --> <!--\n\n${RUN}\n\n</p> -->`],
  ['details', `<details>\n<summary>log</summary>\n\n${RUN}\n\n</details>`],
  ['details that nothing closes', `<details open>\n\n${RUN}`],
  ['details with a long text', `<details>\n\n${'word '.repeat(500)}\n${RUN}\n\n</details>`],
  ['details with a heading with a line under it', `<details>\n\na\n===\n${RUN}\n\n</details>`],
  ['details with a quote', `<details>\n\n> a\n${RUN}\n\n</details>`],
  ['details that begin within a line', `see <DETAILS>\n\n${RUN}\n\n</details>`],
  ['details within details', `<details>\n<details>\n</details>\n\n${RUN}\n\n</details>`],
  ['details whose end is a comment', `<details>\n\n<!-- </details> -->\n\n${RUN}`],
  ['details whose end is code', `<details>\n\n\`</details>\`\n\n${RUN}`],
  ['an HTML quote', `<blockquote>\n\n${RUN}\n\n</blockquote>`],
  ['HTML code', `<code>\n\n${RUN}\n\n</code>`],
  ['preformatted text', `<pre>\n\n${RUN}\n\n</pre>`],
  ['preformatted text within a line', `a <pre>\n${RUN}\n</pre>`],
  ['an HTML block', `<div>\n${RUN}\n</div>`],
  ['an attribute', `<a title="\n${RUN}\n">x</a>`],
  ['an attribute with an arrow', `x <a title=">\n${RUN}\n">x</a>`],
  ['a processing instruction', `<?\n${RUN}\n?>`],
  ['character data', `x <![CDATA[\n${RUN}\n]]>`],
  ['struck out by HTML', `<del>\n\n${RUN}\n\n</del>`],
  ['struck out', `~~no\n${RUN}\nno~~`],
  ['the title of a link', `[x](https://example.com "\n${RUN}\n")`],
  ['the text of a link', `[\n${RUN}\n](https://example.com)`],
  ['the text of an image', `![\n${RUN}\n](https://example.com/x.png)`],
  ['the title of a definition', `[x]: https://example.com '\n${RUN}\n'`],
  ['the hidden note of a definition', `[//]: # (\n${RUN}\n)`],
  ['the title of a definition in a list', `- [x]: https://example.com '\n  ${RUN}\n  '`],
  ['a table', `| a |\n|---|\n${RUN} |`],
  ['the head of a table', `${RUN} | b\n---|---\n1 | 2`],
  ['a list item', `- ${RUN}`],
  ['a task', `- [ ] ${RUN}`],
  ['a heading', `# ${RUN}`],
  ['bold type', `**${RUN}**`],
  ['the middle of a line', `please ${RUN}`],
  ['a mention before it', `@espalier ${RUN}`],
  ['a line made by a separator', `a\u2028${RUN}`],
  ['a line made by a vertical tab', `a\u000b${RUN}`],
  ['a character by its number', '&#47;espalier run'],
  ['an escape', `\\${RUN}`],
  ['an odd space before it', `\u00a0${RUN}`],
  ['a look-alike: a Cyrillic e', '/\u0435spalier run'],
  ['a look-alike: a full-width slash', '\uff0fespalier run'],
  ['a look-alike: a division slash', '\u2215espalier run'],
  ['a look-alike: a long s', '/e\u017fpalier run'],
  ['another name', '/espalier-evil run'],
  ['another name with a dot', '/espalier.run'],
  ['a path', '/espalier/run'],
  ['the message answered by mail', `Thanks\n\n-----Original Message-----\nFrom: stranger\n\n${RUN}`],
  ['the message answered by mail, with a quote in', `-----Original Message-----\n\n> a\n${RUN}`],
  ['the message answered by mail, with its head', `Thanks\n\nFrom: stranger\nSent: today\nTo: you\n\n${RUN}`],
  ['the message answered by mail, with a bold head', `**From:** stranger\n**Date:** today\n\n${RUN}`],
  ['the message answered by mail, unmarked', `Thanks\n\nOn 1 May 2026, stranger wrote:\n\n${RUN}`],
  ['the message answered by mail, on two lines', `On Fri, 1 May 2026, stranger\n<x@example.com> wrote:\n\n${RUN}`],
];

const READ: readonly (readonly [name: string, body: string, readings: readonly string[]])[] = [
  ['after a text', `Looks good.\n${RUN}`, [RUN]],
  ['before a text', `${RUN}\nThanks!`, [RUN]],
  ['below a list', `- a\n- b\n${RUN}`, [RUN]],
  ['below a heading', `# a\n${RUN}`, [RUN]],
  ['between rules', `---\n${RUN}\n---`, [RUN]],
  ['below a fence', `\`\`\`\na\n\`\`\`\n${RUN}`, [RUN]],
  ['below a quote and a blank line', `> a\n\n${RUN}`, [RUN]],
  ['below a mail quote with marks', `On 1 May 2026, stranger wrote:\n> a\n\n${RUN}`, [RUN]],
  ['above the message answered by mail', `${RUN}\n\n-----Original Message-----\n${RUN}`, [RUN]],
  ['right above the message answered by mail', `${RUN}\nOn 1 May 2026, stranger wrote:\n${RUN}`, [RUN]],
  ['after details', `<details>\n\na\n\n</details>\n\n${RUN}`, [RUN]],
  ['after a word about details in code', `use \`<details>\`\n\n${RUN}`, [RUN]],
  ['after details that a quote leaves open', `> <details>\n\n${RUN}`, [RUN]],
  ['after a comment that a block behind another ends', `<!-- a --> <!--\n\na\n\n<p> -->\n\n${RUN}`, [RUN]],
  ['after empty comments', `<!-->\n\n<!--->\n\n${RUN}`, [RUN]],
  ['after whole tags', `<div align="center" hidden data-a='b'><br/></div>\n\n${RUN}`, [RUN]],
  ['after a comment', `<!-- a -->\n\n${RUN}`, [RUN]],
  ['after a comment that Markdown does not know', `a <!--\n\n${RUN}\n\n-->`, [RUN]],
  ['after a single backtick', `it\`s done\n${RUN}`, [RUN]],
  ['after an escaped backtick', `\\\`\n${RUN}\n\``, [RUN]],
  ['above a line under it', `a \`\n${RUN}\n===\n\``, [RUN]],
  ['within emphasis', `*a\n${RUN}\nb*`, [RUN]],
  ['above a footnote', `a[^1]\n${RUN}\n[^1]: b`, [RUN]],
  ['below what may be a strike', `~~a\n${RUN}`, [RUN]],
  ['below what might be a mail', `On reflection, I wrote:\n\n${RUN}`, [RUN]],
  ['after struck out text', `~~a~~\n${RUN}\n~~b~~`, [RUN]],
  ['after a mark of order', `\ufeff${RUN}`, [RUN]],
  ['with a line end of the old kind', `a\r${RUN}\rb`, [RUN]],
];

const REFUSED: readonly (readonly [name: string, body: string, readings: readonly string[]])[] = [
  ['right below a quote', `> a\n${RUN}`, [UNDER_QUOTE]],
  ['right below a list in a quote', `> - a\n${RUN}`, [UNDER_QUOTE]],
  ['a heading with a line under it above', `a \` b\n===\nc \` d\n${RUN}\n\` e`, [BELOW_UNDERLINE]],
  ['a tag below a heading with a line under it', `a\n===\n<q>\n\n${RUN}`, [BELOW_HTML]],
  ['a footnote above', `[^1]: note\n${RUN}`, [BELOW_FOOTNOTE]],
  ['a footnote in the middle of a text above', `text\n[^1]: note\n${RUN}`, [BELOW_FOOTNOTE]],
  ['a footnote that goes on', `[^1]: note\n\n    \`\n${RUN}\n\``, [BELOW_FOOTNOTE]],
  ['a bidirectional override', `${RUN} \u202eipa`, ['no: has a character that does not show (U+202E); type it anew']],
  ['an isolate', `/espalier \u2066run\u2069`, ['no: has a character that does not show (U+2066); type it anew']],
  ['a zero-width space', '/esp\u200balier run', ['no: has a character that does not show (U+200B); type it anew']],
  ['a hidden character before it', `\u200b${RUN}`, ['no: has a character that does not show (U+200B); type it anew']],
  ['a tag character', `${RUN} a\u{e0061}`, ['no: has a character that does not show (U+E0061); type it anew']],
  ['a NUL', `${RUN}\0`, ['no: has a character that does not show (U+0000); type it anew']],
  ['an escape sequence', `${RUN} \u001b[2K`, ['no: has a character that does not show (U+001B); type it anew']],
  ['a shell substitution', `${RUN} $(id)`, [`no: has a word after 'run' that is no task id: ${BAD_ID}`]],
  ['a shell list', `${RUN} api; rm -rf /`, [`no: has a word after 'run' that is no task id: ${BAD_ID}`]],
  ['a workflow expression', `${RUN} \${{secrets.KEY}}`, [`no: has a word after 'run' that is no task id: ${BAD_ID}`]],
  ['a path as a task', '/espalier retry ../../main', [`no: has no task id after 'retry': ${BAD_ID}`]],
  ['an option as a task', '/espalier retry --force', [`no: has no task id after 'retry': ${BAD_ID}`]],
  ['a look-alike as a task', '/espalier retry \u0430pi', [`no: has no task id after 'retry': ${BAD_ID}`]],
  ['a look-alike that folds to a letter', '/espalier chec\u212a', [`${UNKNOWN} (it has letters that are none of a-z)`]],
  ['a mention as a command', '/espalier @everyone', [UNKNOWN]],
  ['a key of every object as a command', '/espalier constructor', [UNKNOWN]],
  [
    'a key of every object as a task',
    '/espalier why constructor',
    ["no: has no task id after 'why': 'constructor' is a reserved word"],
  ],
  ['Markdown as a command', '/espalier **run**', [UNKNOWN]],
  ['a long paragraph around it', `${'word '.repeat(500)}\n${RUN}`, [LONG]],
  ['a long paragraph that may open details', `x ${'<details> `'.repeat(300)}\n\n${RUN}`, [BELOW_HTML]],
  ['an attribute that begins in another block', `<div title="\n\n${RUN}\n\n">`, [BELOW_HTML]],
  ['an attribute behind a trap', `<div a=b"> <p c=" >\n\n${RUN}\n\n">`, [BELOW_HTML]],
  ['a tag that begins in another block', `<div a\n\n${RUN}\n\n>`, [BELOW_HTML]],
  ['deep nesting around it', `${'>'.repeat(500)}\n\n${RUN}`, [TANGLED]],
  ['thousands of lines around it', `${'a\n'.repeat(5000)}\n${RUN}`, [TANGLED]],
  [
    'a megabyte around it',
    `${RUN}\n${'x'.repeat(1_000_000)}`,
    ['no: stands in a comment of more than 65536 characters, which is not read'],
  ],
];

describe('a comment with a command in', () => {
  it.each(NOT_SAID)('%s is passed over', (_name, body) => {
    expect(summarize(body)).toEqual([]);
    expect(readCommands(body, 'pull')).toEqual([]);
  });
});

describe('a command', () => {
  it.each(READ)('is judged rightly %s', (_name, body, readings) => {
    expect(summarize(body)).toEqual(readings);
  });

  it.each(REFUSED)('is refused with the reason for %s', (_name, body, readings) => {
    expect(summarize(body)).toEqual(readings);
  });

  it('is refused below so much text that looking into all of it would take long', () => {
    const paragraph = `${'word '.repeat(390)}\n${RUN}\n\n`;
    expect(summarize(paragraph.repeat(10))).toEqual([...Array<string>(8).fill(RUN), LONG, LONG]);
    expect(summarize(`${'word '.repeat(10_000)}\n\n${RUN}`)).toEqual([RUN]);
  });

  it('is refused in a comment that is just too long, counted as GitHub counts', () => {
    const fill = (character: string, count: number): string =>
      `${RUN}\n\n\`\`\`\n${character.repeat(count - RUN.length - 6)}`;
    expect(summarize(fill('x', MAX_COMMENT_LENGTH))).toEqual([RUN]);
    expect(summarize(fill('💥', MAX_COMMENT_LENGTH))).toEqual([RUN]);
    expect(summarize(fill('x', MAX_COMMENT_LENGTH + 1))).toHaveLength(1);
    expect(summarize(fill('x', MAX_COMMENT_LENGTH + 1))).not.toEqual([RUN]);
    expect(summarize(fill('💥', MAX_COMMENT_LENGTH + 1))).not.toEqual([RUN]);
  });
});

/** Lines that Markdown gives a meaning, commands and mistakes among them. */
// oxfmt-ignore
const LINES = [
  RUN, '/espalier why api', '/review', '/espalier nonsense', '/espalier freeze a `b` c', '', '', 'text', 'a `', '`', '``` ', '~~~', '> quote', '>',
  '- item', '  more', '    code', '<!--', '-->', '<details>', '</details>', 'see <details>', '<div>', '[a](b "', '")', '[a]: b \'', '\'', '![', '](c)',
  '===', '---', '| a | b |', '|---|---|', '~~', '[^1]: a', '1. one', '# head', 'On 1 May, x wrote:', '\\', '*', '<?', '?>', '\u202e', '\u0000', '\ud800',
];
const aLine = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...LINES) },
  { weight: 3, arbitrary: fc.constant(RUN) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
const aComment = fc
  .array(aLine, { maxLength: 25 })
  .chain((lines) => fc.constantFrom('\n', '\r\n', '\r').map((end) => lines.join(end)));

function parseAll(text: string): Parents {
  return fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] });
}

const OPEN_PARENTS = new Set(['root', 'list', 'listItem', 'paragraph', 'heading', 'emphasis', 'strong']);

/** Lines (1-based) whose first character is plain text that is part of no quote, code, link, table or tag. */
function listOpenLines(parent: Parents, lines: readonly string[], open: Set<number>): void {
  if (!OPEN_PARENTS.has(parent.type)) return;
  for (const node of parent.children) {
    if ('children' in node) listOpenLines(node, lines, open);
    const { start, end } = node.position ?? {};
    if (node.type !== 'text' || start === undefined || end === undefined) continue;
    for (let line = start.line; line <= end.line; line += 1) {
      const text = lines[line - 1] ?? '';
      const indent = text.length - text.trimStart().length;
      if (line > start.line || start.column - 1 <= indent) open.add(line);
    }
  }
}

describe('of any text', () => {
  it('each reading shows a line of it that begins as a command, safely and in order', () => {
    fc.assert(
      fc.property(aComment, fc.constantFrom('plan', 'pull'), (body, place) => {
        const readings = readCommands(body, place);
        const lines = body.replace(/^\ufeff/, '').split(/\r\n?|\n/);
        expect(readings.length).toBeLessThanOrEqual(11);
        expect(readings.length === 0 || mayHoldCommands(body)).toBe(true);
        expect(readings.map(({ line }) => line)).toEqual(
          [...new Set(readings.map(({ line }) => line))].sort((a, b) => a - b),
        );
        for (const { line, text } of readings) {
          expect(lines[line - 1]).toMatch(/^[^A-Za-z0-9`>]*\/(?:espalier|review|parallel-execute)/iu);
          expect(text).toMatch(/^[^`\n\r]{1,120}$/u);
        }
      }),
      { numRuns: chooseDepth(100, 300) },
    );
  });

  it('what is obeyed stands in the open where all of Markdown is parsed at once', () => {
    fc.assert(
      fc.property(aComment, (body) => {
        const lines = body.replace(/^\ufeff/, '').split(/\r\n?|\n/);
        const open = new Set<number>();
        listOpenLines(parseAll(lines.join('\n')), lines, open);
        const obeyed = readCommands(body, 'plan').filter(({ ok }) => ok);
        expect(obeyed.filter(({ line }) => !open.has(line))).toEqual([]);
      }),
      { numRuns: chooseDepth(300, 1000) },
    );
  });

  it('nothing is read that is quoted, fenced, indented or commented out', () => {
    const hide = fc.constantFrom<(lines: string[]) => string>(
      (lines) => lines.map((line) => `> ${line}`).join('\n'),
      (lines) => lines.map((line) => `    ${line}`).join('\n'),
      (lines) => `\`\`\`\`\`\n${lines.join('\n')}\n\`\`\`\`\``,
      (lines) => `~~~~~\n${lines.join('\n')}\n~~~~~`,
      (lines) => `<!--\n${lines.join('\n').replaceAll('-->', '')}\n-->`,
      (lines) => `<details>\n\n${lines.map((line) => `    ${line}`).join('\n')}\n\n</details>`,
    );
    const hidden = fc.tuple(
      hide,
      fc.array(fc.constantFrom(...LINES.filter((line) => !line.includes('`````'))), { maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(hidden, { minLength: 1, maxLength: 4 }), (blocks) => {
        const body = blocks.map(([wrap, lines]) => wrap(lines)).join('\n\n');
        expect(readCommands(`Look:\n\n${body}\n\nSo?`, 'plan')).toEqual([]);
      }),
      { numRuns: chooseDepth(100, 300) },
    );
  });

  it('what a refusal says and proposes has nothing of the comment but ids that were checked', () => {
    const aWord = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    const aCommandLine = fc.tuple(
      fc.constantFrom('/espalier', '/espalier run', '/espalier retry', '/espalier freeze', '/review'),
      fc.array(aWord),
    );
    fc.assert(
      fc.property(aCommandLine, fc.constantFrom('plan', 'pull'), ([start, words], place) => {
        for (const reading of readCommands([start, ...words].join(' '), place)) {
          const said = reading.ok ? '' : `${reading.because} ${reading.nearest ?? ''}`;
          expect(said).toMatch(/^[\x20-\x7e]*$/);
          expect(said).not.toMatch(/[@`<](?!task>)|https?:/);
        }
      }),
      { numRuns: chooseDepth(300, 1000) },
    );
  });
});

// 64 KB of each takes well under a second on an idle machine; the tests run beside others.
const LIMIT_MS = 6000;

// oxfmt-ignore
const PIECES = [
  '[', '![', '](a) ', '[a](', '`', '` `` ', '``` ', '<', '<a ', '<a b="', '<!--', '<!-- a ', '<?', '<![CDATA[', '<!A', '<details> ', '</details>', '<s>\n', '\\', '[a]: b "\n',
  '[a]: <b> (\n', '[^a]: ', '~~ ', '> ', '>', '- ', '1. ', '- - - a\n', 'a\n=\n', '|', '| a ', '\t', ' ', '\n', '\r', 'a\n', '*a **b ', '_', '&amp;', 'On 1 ', 'On 1\nwrote:\n',
  'From: a\n', '-----', '\u200b', '\u202e', '\ud800', '💥', '/', '/espalier', `${RUN}\n`, `${RUN} `, `\n${RUN}\n\n`, `> a\n${RUN}\n`, `- a\n${RUN}\n`,
];

it('64 KB of any nasty piece are read or refused in time', () => {
  const slow: string[] = [];
  for (const [at, prefix] of ['', `${RUN}\n`].entries()) {
    for (const piece of sampleRows(PIECES, 2, at)) {
      const body = (prefix + piece.repeat(Math.ceil(MAX_COMMENT_LENGTH / piece.length))).slice(
        0,
        MAX_COMMENT_LENGTH - 20,
      );
      const started = performance.now();
      expect(readCommands(`${body}\n\n${RUN}`, 'plan').length).toBeLessThanOrEqual(11);
      const tookMs = performance.now() - started;
      if (tookMs > LIMIT_MS) slow.push(`${JSON.stringify(prefix + piece)}: ${Math.round(tookMs)} ms`);
    }
  }
  expect(slow).toEqual([]);
}, 120_000);

it('paragraphs that are as bad as they may be, each with a command, are read or refused in time', () => {
  const slow: string[] = [];
  const pairs: readonly (readonly [string, string])[] = [
    ['a\n', ''],
    ['![', '](a)'],
    ['[', ']'],
    ['<?', ''],
    ['<!A', ''],
    ['` `` ', ''],
    ['[', ']: b '],
    ['<details ', ''],
  ];
  for (const [open, close] of pairs) {
    const half = Math.floor(1960 / `${open}${close}`.length);
    const paragraph = `${open.repeat(half)}\n${RUN}\n${close.repeat(half)}\n\n`;
    const body = paragraph.repeat(Math.floor(MAX_COMMENT_LENGTH / paragraph.length));
    const started = performance.now();
    expect(readCommands(body, 'plan').length).toBeLessThanOrEqual(11);
    const tookMs = performance.now() - started;
    if (tookMs > LIMIT_MS) slow.push(`${open}: ${Math.round(tookMs)} ms`);
  }
  expect(slow).toEqual([]);
}, 60_000);
