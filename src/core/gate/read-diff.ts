/** Reads a unified diff of git for what it adds: the targets of symbolic links, and text to look for secrets in. */

/** What a diff adds to one path. */
interface AddedText {
  path: string;
  /** Mode after the change, where the diff says one (`120000` is a symbolic link). */
  newMode: string | null;
  /** Added lines, joined with newlines. */
  text: string;
}

/** What a whole diff says. */
export interface DiffReading {
  /** The text that each path gains, in the diff's order; deletions and binary files gain none. */
  added: AddedText[];
  insertions: number;
  deletions: number;
}

/** Reads a diff from its beginning; one that was cut is read as far as it goes. */
export function readDiff(diff: string): DiffReading {
  const found: AddedText[] = [];
  let current: { path: string | null; newMode: string | null; lines: string[] } | null = null;
  // How many lines of the hunk are left: only the counts tell `+++ b/x` from an added line `++ b/x`.
  let oldLeft = 0;
  let newLeft = 0;
  let insertions = 0;
  let deletions = 0;
  const finish = (): void => {
    if (current?.path != null)
      found.push({ path: current.path, newMode: current.newMode, text: current.lines.join('\n') });
  };
  for (const line of diff.split('\n')) {
    if (current !== null && (oldLeft > 0 || newLeft > 0)) {
      const mark = line[0];
      if (mark === '\\') continue;
      if (mark === '+') {
        current.lines.push(line.slice(1));
        insertions += 1;
      }
      if (mark === '-') deletions += 1;
      if (mark !== '+') oldLeft -= 1;
      if (mark !== '-') newLeft -= 1;
      continue;
    }
    if (line.startsWith('diff --git ')) {
      finish();
      current = { path: null, newMode: null, lines: [] };
    } else if (current === null) continue;
    else if (line.startsWith('+++ ')) current.path = readDiffPath(line.slice(4));
    else if (line.startsWith('@@ ')) [oldLeft, newLeft] = readCounts(line);
    else current.newMode = readMode(line) ?? current.newMode;
  }
  finish();
  return { added: found, insertions, deletions };
}

function readMode(line: string): string | null {
  const match = /^(?:new file mode|new mode|index [0-9a-f]+\.\.[0-9a-f]+) ([0-7]{6})$/.exec(line);
  return match?.[1] ?? null;
}

function readCounts(line: string): [number, number] {
  const match = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
  return match === null ? [0, 0] : [Number(match[1] ?? 1), Number(match[2] ?? 1)];
}

/** `b/path`, with a tab after it where it holds white space, or quoted as in C where it holds something odd. */
function readDiffPath(text: string): string | null {
  const raw = text.startsWith('"') ? unquote(text) : text.replace(/\t$/, '');
  return raw.startsWith('b/') ? raw.slice(2) : null;
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

function unquote(text: string): string {
  const bytes: number[] = [];
  const end = text.lastIndexOf('"');
  for (let i = 1; i < end; i++) {
    const char = text[i] ?? '';
    if (char !== '\\') {
      bytes.push(...new TextEncoder().encode(text.slice(i, i + ((text.codePointAt(i) ?? 0) > 0xffff ? 2 : 1))));
      if ((text.codePointAt(i) ?? 0) > 0xffff) i++;
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(text.slice(i + 1, i + 4))?.[0];
    if (octal !== undefined) {
      bytes.push(Number.parseInt(octal, 8));
      i += 3;
    } else {
      bytes.push(ESCAPES[text[i + 1] ?? ''] ?? 63);
      i += 1;
    }
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}
