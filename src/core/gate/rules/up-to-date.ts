import { ruleResult, type Rule } from '../facts.ts';

/** The trial was made on the tip as it stands, so that the tested tree is the one that lands. */
export const checkUpToDate: Rule = ({ attempt, tip }) => {
  const onto = attempt.trial?.result?.ontoSha ?? null;
  const wanted = tip === null ? 'a branch to land on' : tip.slice(0, 12);
  if (tip === null) return ruleResult('up-to-date', 'failed', 'no branch', wanted, 'the branch to land on is gone');
  if (onto === null)
    return ruleResult('up-to-date', 'pending', 'not tried', wanted, 'it has not been tried on the tip');
  return onto === tip
    ? ruleResult('up-to-date', 'passed', onto.slice(0, 12), wanted, 'it was tested on the tip as it stands')
    : ruleResult('up-to-date', 'pending', onto.slice(0, 12), wanted, 'the branch moved since, so it is tried again');
};
