/** Pages of a list as GraphQL connections, with opaque cursors that hold an item's place. */

import { MissingResolver, QueryRefusal } from './graphql-errors.ts';

/** The paging arguments of every connection field. */
export interface PageArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

/** A connection as every connection type of the schema has it. */
export interface Connection<Item> {
  readonly nodes: readonly Item[];
  readonly edges: readonly { readonly node: Item; readonly cursor: string }[];
  readonly totalCount: number;
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const cursorPrefix = 'cursor:v2:';

function writeCursor(index: number): string {
  return Buffer.from(`${cursorPrefix}${index}`).toString('base64');
}

/** @throws QueryRefusal for text that is no cursor of this GitHub. */
function readCursor(cursor: string): number {
  const text = Buffer.from(cursor, 'base64').toString('utf8');
  const index = text.startsWith(cursorPrefix) ? Number(text.slice(cursorPrefix.length)) : Number.NaN;
  if (Number.isInteger(index)) return index;
  throw new QueryRefusal('INVALID_CURSOR_ARGUMENTS', `\`${cursor}\` does not appear to be a valid cursor.`);
}

const pageKeys = ['first', 'last', 'after', 'before'];

/**
 * Cuts the asked page out of `items`; `first` and `last` were bounded when the document was measured.
 * @throws MissingResolver for any other argument, which a resolver should have taken out.
 */
export function pageThrough<Item>(items: readonly Item[], page: PageArguments): Connection<Item> {
  const unknown = Object.entries(page).filter(([key, value]) => value !== null && !pageKeys.includes(key));
  if (unknown.length > 0)
    throw new MissingResolver(`The test GitHub does not know the argument ${unknown.map(([key]) => key).join(', ')}.`);
  let start = page.after == null ? 0 : readCursor(page.after) + 1;
  let end = page.before == null ? items.length : readCursor(page.before);
  start = Math.min(start, items.length);
  end = Math.max(start, Math.min(end, items.length));
  if (page.first != null) end = Math.min(end, start + page.first);
  else if (page.last != null) start = Math.max(start, end - page.last);
  const nodes = items.slice(start, end);
  const isEmpty = nodes.length === 0;
  return {
    nodes,
    edges: nodes.map((node, offset) => ({ node, cursor: writeCursor(start + offset) })),
    totalCount: items.length,
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: isEmpty ? null : writeCursor(start),
      endCursor: isEmpty ? null : writeCursor(end - 1),
    },
  };
}
