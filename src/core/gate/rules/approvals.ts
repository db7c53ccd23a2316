import { ruleResult, type Rule } from '../facts.ts';

/** People who must agree. There is nobody to ask on a local repository, so a wish for it is never fulfilled there. */
export const checkApprovals: Rule = ({ task }) =>
  task.approvals === 0
    ? ruleResult('approvals', 'not-asked', '0', '0', 'the plan asks for none')
    : ruleResult('approvals', 'pending', '0', `${task.approvals}`, 'nobody can approve on a local repository');
