/**
 * Leases on creations: written into the record before the creation is done, so that of several processes one does it.
 * One that has lapsed belongs to a process that died or to a read that does not show its effect yet: who takes it over
 * looks for the effect first.
 */
import type { ForgeRecord } from '../ledger/forge-record.ts';
import type { HolderId } from '../ledger/ledger.ts';
import type { EffectOutcome } from './effect.ts';

/** Leases as one decision sees and changes them. */
export interface Leases {
  /**
   * True if this process may do the creation now: nobody holds it. It is then held by this process. `isRepeat` says
   * that somebody may have done it already.
   */
  take(key: string): { granted: boolean; isRepeat: boolean };
  /** Gives up a lease whose creation is known not to have happened, or is seen to stand. */
  free(key: string): void;
  /** Earliest time at which one of the refused leases lapses; `null` if none was refused. */
  readonly nextLapseMs: number | null;
  /** The leases as they are to be written. */
  finish(): ForgeRecord['leases'];
}

/** Outcomes after which the creation is known not to stand. */
const NOT_DONE: ReadonlySet<EffectOutcome['kind']> = new Set(['elsewhere', 'refused', 'forbidden', 'no-workflow']);

/** A lease that lapsed so long ago, in milliseconds, and that nothing asks for is of a creation that stands. */
const SPENT_MS = 3_600_000;

function dropSpent(leases: ForgeRecord['leases'], asked: ReadonlySet<string>, nowMs: number): ForgeRecord['leases'] {
  return Object.fromEntries(
    Object.entries(leases).filter(([key, { until }]) => asked.has(key) || nowMs - until < SPENT_MS),
  );
}

/** Opens the leases of a record. Those whose effect failed in this process are free at once. */
export function openLeases(
  record: ForgeRecord,
  outcomes: ReadonlyMap<string, EffectOutcome>,
  options: { replica: HolderId; leaseMs: number; nowMs: number },
): Leases {
  const { replica, leaseMs, nowMs } = options;
  const leases = { ...record.leases };
  let isChanged = false;
  let nextLapseMs: number | null = null;
  for (const [key, outcome] of outcomes) {
    const held = leases[key];
    // A lease that lapsed while the effect was being done may be another process's by now: it is not touched.
    if (held?.holder !== replica) continue;
    if (NOT_DONE.has(outcome.kind)) {
      delete leases[key];
      isChanged = true;
    } else if (outcome.kind === 'later') {
      leases[key] = { holder: replica, until: outcome.notBeforeMs };
      isChanged = true;
    }
  }
  const taken = new Set<string>();
  const asked = new Set<string>();
  return {
    take(key) {
      asked.add(key);
      const held = leases[key];
      if (held !== undefined && held.until > nowMs) {
        if (!taken.has(key)) nextLapseMs = Math.min(nextLapseMs ?? held.until, held.until);
        return { granted: false, isRepeat: false };
      }
      leases[key] = { holder: replica, until: nowMs + leaseMs };
      taken.add(key);
      isChanged = true;
      return { granted: true, isRepeat: held !== undefined };
    },
    free(key) {
      if (leases[key] === undefined) return;
      delete leases[key];
      isChanged = true;
    },
    get nextLapseMs() {
      return nextLapseMs;
    },
    finish: () => (isChanged ? dropSpent(leases, asked, nowMs) : record.leases),
  };
}
