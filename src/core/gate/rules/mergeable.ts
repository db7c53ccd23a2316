import { ruleResult, type Rule } from '../facts.ts';

/** The head merges onto the tip, and the merged tree passed the tests. */
export const checkMergeable: Rule = ({ attempt }) => {
  const wanted = 'merges cleanly, and the merged tree passes the tests';
  const result = attempt.trial?.result ?? null;
  if (result === null)
    return ruleResult('mergeable', 'pending', 'not tried', wanted, 'it has not been tried on the tip');
  if (result.headSha !== attempt.evidence?.headSha)
    return ruleResult('mergeable', 'failed', 'a trial of another head', wanted, 'the trial was of another head');
  if (result.outcome === 'conflict')
    return ruleResult(
      'mergeable',
      'failed',
      `${result.conflicts.length} conflicting paths`,
      wanted,
      'it conflicts with what landed before it',
    );
  if (result.outcome === 'error')
    return ruleResult(
      'mergeable',
      'pending',
      'could not be tried',
      wanted,
      'the trial could not run and will be repeated',
    );
  if (result.test?.status !== 'passed' || result.test.tree !== result.treeSha)
    return ruleResult(
      'mergeable',
      'failed',
      result.test?.status ?? 'no result',
      wanted,
      'the tests do not pass on the merged tree',
    );
  return ruleResult('mergeable', 'passed', 'clean and tested', wanted, 'the merged tree passed the tests');
};
