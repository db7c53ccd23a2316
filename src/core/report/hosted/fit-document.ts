/** Puts a text together that is never longer than the forge takes, and says what had to be left out. */
import { byteLength } from './markdown.ts';

/** Most bytes of a comment or body. The forge takes 65,536 characters; markers are put around it later. */
export const MAX_BODY_BYTES = 65_000;
/** Most bytes of a check run's summary, and of its text. */
export const MAX_CHECK_BYTES = 65_000;

/** A part of a document, in paragraphs of its own. */
export interface Section {
  /** Room is given to the lowest first. Sections of the same rank get it in order. */
  rank: number;
  /** The text in at most `room` bytes, shorter where that is little; empty if there is nothing to say, `null` if there is no room. */
  render: (room: number) => string | null;
}

const CUT_NOTE = 'Some parts are left out here, because a text on this forge has to end somewhere.';

/** A section that is shown whole or not at all. Empty text is no section. */
export function whole(rank: number, text: string): Section {
  return { rank, render: () => text };
}

/** The sections that fit, in their order, with an empty line between them. At most `maxBytes`. */
export function fitDocument(sections: readonly Section[], maxBytes: number): string {
  let left = maxBytes - byteLength(CUT_NOTE) - 2;
  let isCut = false;
  const texts = sections.map(() => '');
  const byRank = [...sections.entries()].sort(([a, first], [b, second]) => first.rank - second.rank || a - b);
  for (const [index, section] of byRank) {
    const text = section.render(Math.max(0, left - 2));
    const bytes = text === null ? Number.POSITIVE_INFINITY : byteLength(text) + 2;
    if (text === '') continue;
    if (text === null || bytes > left) isCut = true;
    else {
      texts[index] = text;
      left -= bytes;
    }
  }
  return [...texts, isCut ? CUT_NOTE : ''].filter((text) => text !== '').join('\n\n');
}

/** As many of `lines` as `room` bytes hold, in order; then one that says how many are not shown, made by `more`. */
export function fitLines(lines: readonly string[], room: number, more: (left: number) => string): string {
  const sizes = lines.map((each) => byteLength(each) + 1);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= room) return lines.join('\n');
  let left = room - byteLength(more(lines.length)) - 1;
  let count = 0;
  for (const size of sizes) {
    if (size > left) break;
    left -= size;
    count += 1;
  }
  return [...lines.slice(0, count), more(lines.length - count)].join('\n');
}

/** A list or table under a head: of its lines as many as fit into `most` bytes, the rest is counted. No lines, no section. */
export function listSection(
  rank: number,
  list: { head: string; lines: readonly string[]; most?: number; more?: (left: number) => string },
): Section {
  const { head, lines, most = MAX_BODY_BYTES, more = sayMore } = list;
  if (lines.length === 0) return whole(rank, '');
  const used = byteLength(head) + 2;
  return { rank, render: (room) => `${head}\n\n${fitLines(lines, Math.min(room, most) - used, more)}` };
}

function sayMore(left: number): string {
  return `- and ${left} more, for which there is no room here`;
}

/** As {@link fitLines} for the lines of a table, of which the first two are its head; `null` if not even one row fits. */
export function fitTable(lines: readonly string[], room: number): string | null {
  const cells = (lines[1] ?? '').split('|').length - 2;
  const more = (left: number): string =>
    `| and ${left} more, for which there is no room${' |'.repeat(Math.max(1, cells))}`;
  const least = lines.slice(0, 3).reduce((sum, line) => sum + byteLength(line) + 1, 0) + more(lines.length).length;
  return least > room ? null : fitLines(lines, room, more);
}

/** A table under a head; left out where there are no rows, or no room for them. */
export function tableSection(
  rank: number,
  { head, lines, most = MAX_BODY_BYTES }: { head: string; lines: readonly string[]; most?: number },
): Section {
  return {
    rank,
    render: (room) => {
      if (lines.length < 3) return '';
      const rows = fitTable(lines, Math.min(room, most) - byteLength(head) - 2);
      if (rows === null) return null;
      return head === '' ? rows : `${head}\n\n${rows}`;
    },
  };
}
