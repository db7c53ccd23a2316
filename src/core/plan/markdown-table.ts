/** Tables of a Markdown text as rows of named cells. */
import type { RootContent, Table } from 'mdast';
import { toString } from 'mdast-util-to-string';

import type { Place } from './source-text.ts';

/** One cell: its raw text without Markdown's marks for bold and code. */
export interface TableCell {
  text: string;
  at: Place;
}

/** One row; cells under their column's name. Of columns with one name the first counts. */
export interface TableRow {
  line: number;
  cells: ReadonlyMap<string, TableCell>;
}

/** A table with its column names in lower case. */
export interface NamedTable {
  line: number;
  columns: readonly string[];
  rows: readonly TableRow[];
}

/** All top-level tables among `nodes`. */
export function listTables(nodes: readonly RootContent[]): NamedTable[] {
  return nodes.flatMap((node) => (node.type === 'table' ? [nameTable(node)] : []));
}

function nameTable(table: Table): NamedTable {
  const [head, ...body] = table.children;
  const columns = (head?.children ?? []).map((cell) => cleanCell(toString(cell)).toLowerCase());
  const rows = body.map((row) => {
    const cells = new Map<string, TableCell>();
    row.children.forEach((cell, index) => {
      const column = columns[index] ?? '';
      const start = cell.position?.start;
      const at = { line: start?.line ?? 1, column: (start?.column ?? 1) + 2 };
      if (column !== '' && !cells.has(column)) cells.set(column, { text: cleanCell(toString(cell)), at });
    });
    return { line: row.position?.start.line ?? 1, cells };
  });
  return { line: table.position?.start.line ?? 1, columns, rows };
}

// Stars and underscores are taken off only as a pair around the whole cell: within, they belong to globs and names.
function cleanCell(text: string): string {
  const bare = text.replaceAll('\\|', '|').replaceAll('`', '').trim();
  return /^\*\*([^*]+)\*\*$/.exec(bare)?.[1] ?? bare;
}
