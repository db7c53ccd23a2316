/** What this process's last effects came to, as far as it is to be remembered and belongs to nothing else. */
import type { HostedInput } from './hosted-input.ts';
import { obstacleOfForbidden } from './plan-obstacles.ts';
import type { HostedState } from './state.ts';

/**
 * Takes the status comment's id and a missing permission into the record. It comes before commands, so that whoever
 * says that the obstacle is gone is believed.
 */
export function noteOutcomes({ state, outcomes, facts }: HostedInput): HostedState {
  if (state.ledger === null) return state;
  let { record } = state;
  const posted = outcomes.get('status');
  if (posted?.kind === 'comment-posted') record = { ...record, statusComment: posted.nodeId };
  // What a dispatch came to is noted with the dispatch.
  const [forbidden] = [...outcomes]
    .filter(([key]) => !key.startsWith('dispatch.'))
    .map(([, outcome]) => outcome)
    .filter((outcome) => outcome.kind === 'forbidden');
  if (forbidden !== undefined && record.obstacle === null)
    record = { ...record, obstacle: { ...obstacleOfForbidden(forbidden), at: facts.readAtMs } };
  return record === state.record ? state : { ...state, record };
}
