import { ruleResult, type Rule } from '../facts.ts';

/** Found where a person has put the pull request itself on hold. */
export const ON_HOLD = 'on hold';

/**
 * Nobody has requested changes, or put the pull request on hold. Whoever requested changes takes it back by approving,
 * or by dismissing the review.
 */
export const checkConversation: Rule = ({ pull }) => {
  const wanted = 'no change requested';
  if (pull === undefined)
    return ruleResult('conversation', 'not-asked', 'no reviews here', wanted, 'the forge has no reviews by people');
  if (pull?.holdBecause !== undefined) return ruleResult('conversation', 'pending', ON_HOLD, wanted, pull.holdBecause);
  const by = pull?.changesRequestedBy ?? [];
  return by.length === 0
    ? ruleResult('conversation', 'passed', 'none', wanted, 'nobody has requested changes')
    : ruleResult('conversation', 'pending', by.join(', '), wanted, `${by.join(', ')} requested changes`);
};
