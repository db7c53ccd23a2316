/** Which plan a hint names by itself, without anything being looked up. */
import { issueOf } from '../hosted/state.ts';
import type { PlanHint } from './hint.ts';

/** Branches whose second part is the id of a plan. */
const PLAN_SPACES: ReadonlySet<string> = new Set(['espalier', 'espalier-ledger', 'espalier-staging']);

/** The issue that a name of Espalier's own says; `null` for any other name. */
export function issueNamedBy(hint: PlanHint): number | null {
  if ('issue' in hint) return hint.issue;
  if ('branch' in hint) {
    const [space = '', plan = ''] = hint.branch.split('/', 2);
    return PLAN_SPACES.has(space) ? issueOf(plan) : null;
  }
  if ('runName' in hint) {
    const [word, plan = ''] = hint.runName.split(' ', 2);
    return word === 'espalier' ? issueOf(plan) : null;
  }
  return null;
}
