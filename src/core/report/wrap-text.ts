/** Breaks one line of text at spaces so that it fits a width. */
import { cutText, textWidth } from './spans.ts';

/** `text` (already escaped, without line breaks) as lines of at most `width` cells; a longer word is cut with `mark`, or with `null` left whole. */
export function wrapText(text: string, width: number, mark: string | null): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const candidate = line === '' ? word : `${line} ${word}`;
    if (textWidth(candidate) <= width) {
      line = candidate;
      continue;
    }
    if (line !== '') lines.push(line);
    line = mark === null ? word : cutText(word, width, mark);
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}
