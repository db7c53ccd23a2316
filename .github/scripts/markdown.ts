/** Small pieces of Markdown. */

/** Text as code. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** Plain text as Markdown that shows it: what looks like a tag or emphasis is escaped, but not in `code`. */
export function prose(text: string): string {
  return text.replaceAll(/`[^`]*`|[<*_]/g, (found) => (found.startsWith('`') ? found : `\\${found}`));
}

/** A table; cells are Markdown. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
