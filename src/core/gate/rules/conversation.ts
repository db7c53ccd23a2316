import { ruleResult, type Rule } from '../facts.ts';

/** Nobody has requested changes. Whoever did takes it back by approving, or by dismissing the review. */
export const checkConversation: Rule = ({ pull }) => {
  const wanted = 'no change requested';
  if (pull === undefined)
    return ruleResult('conversation', 'not-asked', 'no reviews here', wanted, 'the forge has no reviews by people');
  const by = pull?.changesRequestedBy ?? [];
  return by.length === 0
    ? ruleResult('conversation', 'passed', 'none', wanted, 'nobody has requested changes')
    : ruleResult('conversation', 'pending', by.join(', '), wanted, `${by.join(', ')} requested changes`);
};
