/** `orderBy` arguments of connections. */

import type { OrderDirection } from '@octokit/graphql-schema';

import { MissingResolver } from './graphql-errors.ts';

export interface OrderArgument {
  readonly field: string;
  readonly direction: OrderDirection;
}

/** Items in the wanted order, or as they are; a field that `keys` lacks fails by name. */
export function orderItems<Item>(
  items: readonly Item[],
  orderBy: OrderArgument | null | undefined,
  keys: Readonly<Record<string, (item: Item) => number | string>>,
): Item[] {
  if (orderBy == null) return [...items];
  const keyOf = keys[orderBy.field];
  if (keyOf === undefined) throw new MissingResolver(`The test GitHub cannot order by ${orderBy.field}.`);
  const sign = orderBy.direction === 'ASC' ? 1 : -1;
  return [...items].sort((one, other) => {
    const [left, right] = [keyOf(one), keyOf(other)];
    if (left === right) return 0;
    return left < right ? -sign : sign;
  });
}
