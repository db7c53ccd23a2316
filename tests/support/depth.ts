/**
 * How much is played of what could be played without end: `npm test` plays some of it, `ESPALIER_TEST_DEPTH=full` all
 * that is written down, as `.ci/run` does in a step of its own. For numbers of runs, for tables of texts of one kind, and
 * for engines that one story is played on; a rule with one case for it is tested at every depth.
 */
const isFull = process.env['ESPALIER_TEST_DEPTH'] === 'full';

/** One of two values, by the depth that is asked for. */
export function chooseDepth<T>(usual: T, full: T): T {
  return isFull ? full : usual;
}

/** Every `stride`-th row from row `first` on; at full depth all rows. */
export function sampleRows<T>(rows: readonly T[], stride: number, first = 0): readonly T[] {
  return isFull ? rows : rows.filter((_, at) => at % stride === first % stride);
}
