/** The check run that carries this app's gate: how it is told from those of others, and whether a base asks for it. */
import type { BaseRules, CheckFact } from './facts.ts';

/** Name of the check run that carries the gate. */
export const GATE_CHECK = 'espalier/gate';

/** True for a required check that this app itself gives. What it asks for is the gate, so the gate cannot wait for it. */
export function isOwnGate({ name, appId }: BaseRules['requiredChecks'][number], ownAppId: number): boolean {
  return name === GATE_CHECK && (appId === null || appId === ownAppId);
}

/** True if nothing gets onto the base without this app's gate check. */
export function asksForGate({ requiredChecks }: BaseRules, ownAppId: number): boolean {
  return requiredChecks.some((check) => isOwnGate(check, ownAppId));
}

/** The gate check that this app gave a commit; `null` if it gave none. One of the same name by another app is not it. */
export function findOwnGate(checks: readonly CheckFact[], ownAppId: number): CheckFact | null {
  return checks.find((check) => check.name === GATE_CHECK && check.appId === ownAppId) ?? null;
}
