/** Reads the commands of a comment. Whether its author is obeyed is another question: `judgeAuthority`. */
import { readSourceText } from '../plan/source-text.ts';
import { escapeText } from '../report/escape-text.ts';
import type { Command, CommandPlace } from './command.ts';
import { findSaidLines } from './find-said-lines.ts';
import { beginsAsCommand, readCommandLine } from './read-command-line.ts';

/** Longest comment that is read, in characters: GitHub takes no longer one. */
export const MAX_COMMENT_LENGTH = 65_536;
/** Most commands of one comment that are read. */
const MAX_COMMANDS = 10;
const MAX_EXCERPT = 120;

/**
 * One command of a comment, or one that cannot be obeyed. `line` is 1-based. `text` shows the line: escaped, at most
 * 120 characters, without backticks, so that it may stand in a code span of one backtick and nowhere else. `because`
 * is a clause without its subject ("names no command"); `nearest` is the nearest right line, perhaps with `<task>` in
 * it. Neither of these two has any of the speaker's own text but checked ids.
 */
export type CommandReading = { line: number; text: string } & (
  | { ok: true; command: Command }
  | { ok: false; because: string; nearest: string | null }
);

/** True if {@link readCommands} may find anything in `body`: one quick look, so that most comments are not parsed. */
export function mayHoldCommands(body: string): boolean {
  return body.includes('/') && readSourceText(body).lines.some(beginsAsCommand);
}

/**
 * Reads a comment's commands in order of appearance; a text without any gives an empty list. A command stands at the
 * start of a line (after at most 3 spaces) that its author says: not in code, a quote, HTML, a table, a link or a
 * footnote, not struck out, not in the quoted rest of an e-mail, and not in `<details>`, which people fold logs and
 * other people's words into. Such lines are passed over in silence. Where it is not sure (a line right under a quote,
 * a text too long or too tangled to tell) the line is refused. Never throws, and takes bounded time on any text.
 */
export function readCommands(body: string, place: CommandPlace): CommandReading[] {
  if (!mayHoldCommands(body)) return [];
  const source = readSourceText(body);
  const candidates = source.lines.flatMap((line, index) => (beginsAsCommand(line) ? [index + 1] : []));
  const showLine = (line: number): { line: number; text: string } => ({
    line,
    text: excerpt(source.lines[line - 1] ?? ''),
  });
  const refuseAll = (because: string): CommandReading[] => [
    { ...showLine(candidates[0] ?? 1), ok: false, because, nearest: null },
  ];
  if (isTooLong(body)) {
    return refuseAll(`stands in a comment of more than ${MAX_COMMENT_LENGTH} characters, which is not read`);
  }
  const standings = findSaidLines(source, candidates);
  if (standings === null) {
    return refuseAll(
      'stands in a comment with too many or too deeply nested lines to be read; write it in one of its own',
    );
  }
  const answered = candidates.filter((line) => (standings.get(line)?.kind ?? 'not-said') !== 'not-said');
  const readings = answered.slice(0, MAX_COMMANDS).map((line): CommandReading => {
    const standing = standings.get(line);
    if (standing?.kind === 'doubtful')
      return { ...showLine(line), ok: false, because: standing.because, nearest: null };
    return { ...showLine(line), ...readCommandLine(source.lines[line - 1] ?? '', place) };
  });
  const [further] = answered.slice(MAX_COMMANDS);
  if (further !== undefined) {
    readings.push({ ...showLine(further), ok: false, because: describeFurther(answered.length), nearest: null });
  }
  return readings;
}

function describeFurther(count: number): string {
  const left = count - MAX_COMMANDS;
  const others = left === 1 ? '' : `, like the ${left - 1} after it`;
  return `is not read${others}: at most ${MAX_COMMANDS} commands of one comment are; write the rest in another`;
}

/** Counts as GitHub does: characters, of which some take two places in a string. */
function isTooLong(body: string): boolean {
  if (body.length <= MAX_COMMENT_LENGTH) return false;
  if (body.length > 2 * MAX_COMMENT_LENGTH) return true;
  const pairs = body.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0;
  return body.length - pairs > MAX_COMMENT_LENGTH;
}

function excerpt(line: string): string {
  return escapeText(line.trim().replaceAll('`', "'"), MAX_EXCERPT);
}
