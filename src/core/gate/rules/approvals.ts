import { ruleResult, type Rule } from '../facts.ts';

/**
 * People who must agree: as many as the task asks for, or the rules of the base if those are more. There is nobody to
 * ask on a local repository, so a wish for it is never fulfilled there.
 */
export const checkApprovals: Rule = ({ task, pull }) => {
  const wanted = Math.max(task.approvals, pull?.requiredApprovals ?? 0);
  if (wanted === 0) return ruleResult('approvals', 'not-asked', '0', '0', 'the plan asks for none');
  if (pull === undefined)
    return ruleResult('approvals', 'pending', '0', `${wanted}`, 'nobody can approve on a local repository');
  const found = pull?.approvedBy.length ?? 0;
  if (found >= wanted)
    return ruleResult('approvals', 'passed', `${found}`, `${wanted}`, `${pull?.approvedBy.join(', ')} approved it`);
  return ruleResult('approvals', 'pending', `${found}`, `${wanted}`, 'it waits for people to approve it');
};
