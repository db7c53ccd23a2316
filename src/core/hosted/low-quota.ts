/**
 * Quotas of the forge of which little is left. Then texts that nothing waits for are brought up to date less eagerly, so
 * that what is left goes to answers, to work and to landings.
 */
import type { ForgeEffect } from './effect.ts';
import type { ForgeFacts, Quota } from './facts.ts';
import { asksForGate } from './own-gate-check.ts';

/** Below this share of a quota the status says so. */
const LOW_QUOTA_SHARE = 0.1;

/** A quota of which little is left, by its name for people, and when it is full again (milliseconds since the epoch). */
export interface LowQuota {
  name: 'REST' | 'GraphQL';
  resetAtMs: number;
}

/** The quotas of which little is left. */
export function listLowQuotas({ quota, readAtMs }: Pick<ForgeFacts, 'quota' | 'readAtMs'>): LowQuota[] {
  const isLow = (found: Quota | null): found is Quota =>
    found !== null && found.remaining < found.limit * LOW_QUOTA_SHARE && found.resetAtMs > readAtMs;
  return [
    ...(isLow(quota.rest) ? [{ name: 'REST' as const, resetAtMs: quota.rest.resetAtMs }] : []),
    ...(isLow(quota.graphql) ? [{ name: 'GraphQL' as const, resetAtMs: quota.graphql.resetAtMs }] : []),
  ];
}

/**
 * The effects without those that can wait while a quota is low: bodies, labels, and the check of a gate that stands there
 * already and that no rule asks for. What they would have shown is shown when they are due.
 */
export function withoutPatient(effects: readonly ForgeEffect[], { rules, app }: ForgeFacts): ForgeEffect[] {
  const isGateAsked = asksForGate(rules, app.id);
  return effects.filter(({ kind, ...effect }) => {
    if (kind === 'update-pull' || kind === 'set-labels') return false;
    return kind !== 'check-run' || isGateAsked || !('nodeId' in effect) || effect.nodeId === null;
  });
}
