/**
 * Which failed webhooks to ask for again. A webhook that comes twice does no harm, so several replicas may choose at
 * once; what they choose from is GitHub's own list, in which each sees what came of the others' asking.
 */

/** One try to deliver a webhook. Tries of one event have one `guid`. */
export interface HookDelivery {
  /** A 64-bit number, as text: it may be larger than a JavaScript number can hold. */
  id: string;
  guid: string;
  /** Milliseconds since the epoch. */
  deliveredAtMs: number;
}

/** How long GitHub can send a webhook again after its first try. */
export const REDELIVERY_WINDOW_MS = 3 * 86_400_000;

/** After this many failed tries the fault is not a passing one. */
export const MAX_TRIES = 5;

/** Time for an answer to what was asked to show in the list, and for another replica to be seen asking. */
const SETTLE_MS = 60_000;

/** What one choice is made from. */
export interface RedeliveryFacts {
  failed: readonly HookDelivery[];
  /** Guids of which some try went through. */
  succeeded: ReadonlySet<string>;
  /** When this process last asked, by guid. */
  askedAtMs: ReadonlyMap<string, number>;
  nowMs: number;
  /** Most to ask for at once. */
  limit: number;
}

/** The last failed try of each event that never arrived, oldest first; and how many were given up. */
export function chooseRedeliveries(facts: RedeliveryFacts): { chosen: HookDelivery[]; givenUp: number } {
  const { succeeded, askedAtMs, nowMs } = facts;
  const tries = Map.groupBy(
    facts.failed.filter(
      ({ guid, deliveredAtMs }) => !succeeded.has(guid) && nowMs - deliveredAtMs < REDELIVERY_WINDOW_MS,
    ),
    ({ guid }) => guid,
  );
  const chosen: HookDelivery[] = [];
  let givenUp = 0;
  for (const [guid, list] of tries) {
    const last = list.reduce((latest, one) => (one.deliveredAtMs > latest.deliveredAtMs ? one : latest));
    const quietSinceMs = Math.max(last.deliveredAtMs, askedAtMs.get(guid) ?? 0);
    if (list.length >= MAX_TRIES) givenUp += 1;
    else if (nowMs - quietSinceMs >= SETTLE_MS) chosen.push(last);
  }
  chosen.sort((a, b) => a.deliveredAtMs - b.deliveredAtMs);
  return { chosen: chosen.slice(0, facts.limit), givenUp };
}
