/** Whether the App can do its work, for whoever sends traffic to it. */
import type { SweepState } from './sweep.ts';

/** A sweep that has not got on for this many intervals is stuck. */
const STUCK_INTERVALS = 3;

/** Why the App is not ready; empty if it is. */
export function findUnreadiness(facts: {
  isStopping: boolean;
  sweep: Readonly<SweepState>;
  sweepEveryMs: number;
  nowMs: number;
}): string[] {
  const { sweep, nowMs, sweepEveryMs } = facts;
  const reasons: string[] = [];
  if (facts.isStopping) reasons.push('it is stopping');
  if (sweep.credentials === 'unknown') reasons.push('GitHub has not answered yet');
  if (sweep.credentials === 'refused') reasons.push('GitHub refuses the credentials; check APP_ID and the private key');
  if (nowMs - sweep.progressAtMs > STUCK_INTERVALS * sweepEveryMs) reasons.push('the sweep is stuck');
  return reasons;
}
