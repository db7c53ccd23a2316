/** What this process's last effects came to, as far as it is to be remembered and belongs to nothing else. */
import type { EffectOutcome } from './effect.ts';
import type { HostedInput } from './hosted-input.ts';
import { hasJobToken } from './job-token.ts';
import { obstacleOfForbidden } from './plan-obstacles.ts';
import type { HostedState } from './state.ts';
import { isAboutWorkflows } from './workflow-changes.ts';

/**
 * Takes the status comment's id and a missing permission into the record. It comes before commands, so that whoever
 * says that the obstacle is gone is believed.
 */
export function noteOutcomes({ state, outcomes, facts }: HostedInput): HostedState {
  if (state.ledger === null) return state;
  let { record } = state;
  const holder = hasJobToken(facts.app) ? 'job' : 'app';
  const posted = outcomes.get('status');
  if (posted?.kind === 'comment-posted') record = { ...record, statusComment: posted.nodeId };
  const refused = record.obstacle?.effect;
  if (refused !== undefined && isOvercome(outcomes.get(refused))) record = { ...record, obstacle: null };
  // What a dispatch came to is noted with the dispatch.
  for (const [key, outcome] of outcomes) {
    // No workflow can give its token that permission: the task says so, and the others go on.
    if (holder === 'job' && isAboutWorkflows(outcome)) continue;
    if (outcome.kind === 'forbidden' && record.obstacle === null && !key.startsWith('dispatch.'))
      record = { ...record, obstacle: { ...obstacleOfForbidden(outcome, holder), at: facts.readAtMs, effect: key } };
  }
  return record === state.record ? state : { ...state, record };
}

/** The effect was done, or met something else than the lack of a permission. */
function isOvercome(outcome: EffectOutcome | undefined): boolean {
  return outcome !== undefined && outcome.kind !== 'forbidden' && outcome.kind !== 'later';
}
