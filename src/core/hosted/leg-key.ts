/** The work key of a leg: what `decide` calls the work that the leg does. */
import type { DispatchLeg } from '../ledger/forge-record.ts';
import { workKey } from '../reconcile/snapshot.ts';

/** Key of a leg, unique over a plan since generations are. */
export function legKey(leg: Pick<DispatchLeg, 'work' | 'task' | 'attempt' | 'generation'>): string {
  return leg.work === 'final' ? `final.${leg.generation}` : workKey(leg.task, leg.attempt, leg.generation);
}
