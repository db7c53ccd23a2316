/** How long is waited before something is tried again that has failed several times in turn. */

/** The longest wait, in milliseconds, unless the first one is longer. */
const MAX_WAIT_MS = 15 * 60_000;

/** Milliseconds to wait after the failure number `count`, from 1 on: `firstMs`, then twice as long each time. */
export function backOffMs(firstMs: number, count: number): number {
  return Math.min(firstMs * 2 ** Math.min(count - 1, 30), Math.max(firstMs, MAX_WAIT_MS));
}
