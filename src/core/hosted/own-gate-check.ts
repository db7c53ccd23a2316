/** The check run that carries this app's gate: how it is told from those of others, and whether a base asks for it. */
import type { CommitSha } from '../brand.ts';
import type { CheckOutput, ForgeEffect } from './effect.ts';
import type { BaseRules, CheckFact } from './facts.ts';
import type { Leases } from './leases.ts';

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

/** What the gate check of a commit is to say. `externalId` tells one text from another. */
export interface WantedGateCheck {
  headSha: CommitSha;
  externalId: string;
  output: CheckOutput;
}

/**
 * The effect that brings a gate check to what it is to say; `null` if it says so already, or somebody is at it. One that
 * is not there is made under a lease, whose key is `key` with the commit.
 */
export function planGateCheck(
  key: string,
  wanted: WantedGateCheck,
  found: CheckFact | null,
  leases: Leases,
): ForgeEffect | null {
  const { headSha, externalId } = wanted;
  if (found?.externalId === externalId) return null;
  const frame = { kind: 'check-run' as const, name: GATE_CHECK, ...wanted };
  if (found !== null && found.nodeId !== null) return { ...frame, key: `${key}.${externalId}`, nodeId: found.nodeId };
  return leases.take(`${key}.${headSha}`).granted ? { ...frame, key: `${key}.${headSha}`, nodeId: null } : null;
}
