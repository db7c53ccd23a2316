import { ruleResult, type Rule } from '../facts.ts';

/** Nothing lands on a frozen branch. */
export const checkFreeze: Rule = ({ frozen }) =>
  frozen === null
    ? ruleResult('freeze', 'passed', 'not frozen', 'not frozen', 'the branch is open for landings')
    : ruleResult('freeze', 'pending', 'frozen', 'not frozen', frozen.because);
