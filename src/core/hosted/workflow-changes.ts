/**
 * Changes of workflow files: who may bring them into a branch is a permission of its own, which an app may lack and which
 * no workflow can give to its token. It keeps one task from landing, and no other.
 */
import type { EffectOutcome } from './effect.ts';

/** The permission, in the forge's notation. */
const WORKFLOWS = 'workflows=write';

/** True for an outcome that only says that workflow files may not be changed. */
export function isAboutWorkflows(outcome: EffectOutcome): boolean {
  return outcome.kind === 'forbidden' && outcome.permission === WORKFLOWS;
}

/** Why an effect for one task was not done, as a clause with the next step where there is one that is known. */
export function explainRefusal(outcome: Extract<EffectOutcome, { kind: 'refused' | 'forbidden' }>): string {
  if (!isAboutWorkflows(outcome)) return outcome.because;
  return `it changes workflow files, and only a person, or an app with the permission 'Workflows', may bring such a change into a branch; merge its pull request by hand (${outcome.because})`;
}
