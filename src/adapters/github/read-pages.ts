/** Lists of GitHub, page by page. */
import type { ListPage } from './github-client.ts';

/** The most that one page holds. */
export const PAGE_SIZE = 100;
/** A list that does not end is a fault of the other side. */
const MAX_PAGES = 1000;

/**
 * Reads pages and gathers what `take` makes of each. `readPage` gets what the page before said of its successor (the
 * parameters `page` or `cursor`; nothing at first). `isEnough` ends it early.
 */
export async function readPages<T, Item>(
  readPage: (next: Readonly<Record<string, string>>) => Promise<ListPage<T>>,
  take: (body: T) => readonly Item[],
  isEnough: (items: readonly Item[]) => boolean = () => false,
): Promise<Item[]> {
  const all: Item[] = [];
  let next: Readonly<Record<string, string>> | null = {};
  for (let pages = 0; next !== null && pages < MAX_PAGES && !isEnough(all); pages += 1) {
    const page: ListPage<T> = await readPage(next);
    all.push(...take(page.body));
    next = page.next;
  }
  return all;
}
