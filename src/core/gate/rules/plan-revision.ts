import { ruleResult, type Rule } from '../facts.ts';

/** An attempt counts only for the task as it was dispatched; an edited task needs a new one. */
export const checkPlanRevision: Rule = ({ attempt, taskDigest, evidence }) => {
  const isSame = attempt.taskDigest === taskDigest && evidence.taskDigest === taskDigest;
  return ruleResult(
    'plan-revision',
    isSame ? 'passed' : 'failed',
    attempt.taskDigest.slice(0, 12),
    taskDigest.slice(0, 12),
    isSame ? 'it was made for the task as it stands' : 'the task was changed after this attempt was dispatched',
  );
};
