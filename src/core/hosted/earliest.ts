/** Times to look again at. */

/** The earliest of the times that are set; `null` if none is. */
export function earliest(times: readonly (number | null)[]): number | null {
  const set = times.filter((time) => time !== null);
  return set.length === 0 ? null : Math.min(...set);
}
