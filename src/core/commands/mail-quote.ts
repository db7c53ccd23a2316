/**
 * Quotes of e-mail that have no `>`: an answer by mail may carry the whole message that it answers below such a head.
 * Heads in English only, because the mail programs of the world have no common form; most mark their quotes with `>`.
 */

/** Longest line that is looked at; heads of quotes are short. */
const MAX_HEAD = 300;

/** True if `lines[index]` is the head of a quote that takes up the rest of the text. */
export function beginsMailQuote(lines: readonly string[], index: number): boolean {
  const line = headLine(lines[index]);
  return isDivider(line) || isFromHeader(line, lines, index) || isAttribution(line, lines, index);
}

/** `-----Original Message-----` */
function isDivider(line: string): boolean {
  return /^-{2,} ?(?:original message|forwarded message|original appointment) ?-{2,}$/i.test(line);
}

/** `From: …` with `Sent:` or `Date:` under it. */
function isFromHeader(line: string, lines: readonly string[], index: number): boolean {
  if (!/^[*_]{0,2}From:/i.test(line)) return false;
  return lines.slice(index + 1, index + 4).some((next) => /^[*_]{0,2}(?:Sent|Date):/i.test(headLine(next)));
}

/** `On <day> <somebody> wrote:`, on one line or two, unless a quote with `>` follows, which ends by itself. */
function isAttribution(line: string, lines: readonly string[], index: number): boolean {
  if (!/^On\s/.test(line)) return false;
  const next = headLine(lines[index + 1]);
  const taken = line.endsWith('wrote:') ? 1 : next.endsWith('wrote:') ? 2 : 0;
  if (taken === 0 || !/\d/.test(line)) return false;
  const below = lines.slice(index + taken).find((each) => each.trim() !== '');
  return below !== undefined && !/^ {0,3}>/.test(below);
}

function headLine(line: string | undefined): string {
  return line === undefined || line.length > MAX_HEAD ? '' : line.trim();
}
