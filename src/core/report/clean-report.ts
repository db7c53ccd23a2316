/** What `espalier clean` removes or would remove, and what it keeps and why. */
import type { Cleaning, CleaningItem } from '../clean/plan-cleaning.ts';
import { countOf } from './amounts.ts';
import { line, type Row, span } from './spans.ts';

/** How the removal of one item went; `null` where nothing was tried. */
export interface CleaningOutcome {
  item: CleaningItem;
  /** Why it could not be removed; `null` if it was, or would be. */
  failure: string | null;
}

/** Renders the list; `isDryRun` says would instead of did. */
export function renderCleaning(
  outcomes: readonly CleaningOutcome[],
  keep: Cleaning['keep'],
  options: { isDryRun: boolean },
): Row[] {
  const rows: Row[] = [];
  const verb = options.isDryRun ? 'would remove' : 'removed';
  for (const { item, failure } of outcomes)
    rows.push([
      span(failure === null ? verb : 'could not remove', failure === null ? 'good' : 'bad'),
      span(` ${item.kind} `, 'dim'),
      span(nameOf(item), 'strong'),
      span(`: ${failure ?? item.because}`),
    ]);
  for (const item of keep)
    rows.push([
      span('keeps', 'dim'),
      span(` ${item.kind} `, 'dim'),
      span(nameOf(item)),
      span(`: ${item.because}`, 'dim'),
    ]);
  const failed = outcomes.filter((each) => each.failure !== null).length;
  const done = outcomes.length - failed;
  if (rows.length === 0) return [line('Nothing to clean.')];
  const summary = `${countOf(done, 'item')} ${options.isDryRun ? 'would go' : 'removed'}, ${keep.length} kept`;
  rows.push([], line(failed > 0 ? `${summary}, ${failed} could not be removed` : summary));
  if (options.isDryRun && done > 0) rows.push(line('Remove them: the same command without --dry-run.', 'dim'));
  return rows;
}

/** The name under which a person knows an item. */
export function nameOf(item: CleaningItem): string {
  if (item.kind === 'run') return item.place === 'processes' ? item.name : `${item.name} (${item.place})`;
  return item.kind === 'branch' ? item.branch : item.path;
}
