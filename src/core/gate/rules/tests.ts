import { suiteDigest } from '../bindings.ts';
import { missingResult, ruleResult, type Rule } from '../facts.ts';

/** The required tests passed on exactly the head's tree, on a fresh checkout, under the task's own suite. */
export const checkTests: Rule = (facts) => {
  const { task, evidence } = facts;
  const wanted = 'passed on the head, in a fresh sandbox';
  const suite = suiteDigest(task);
  if (task.test.length === 0)
    return ruleResult('tests', 'failed', 'no tests configured', wanted, 'a plan with no tests is not waved through');
  const result = evidence.tests.findLast((test) => test.stage === 'verify');
  if (result === undefined) return missingResult(facts, 'tests', 'result', wanted);
  if (result.tree !== evidence.treeSha)
    return ruleResult(
      'tests',
      'failed',
      `a result for tree ${result.tree.slice(0, 12)}`,
      wanted,
      'it is for another tree',
    );
  if (result.suite !== suite)
    return ruleResult('tests', 'failed', 'a result of other commands', wanted, 'the commands were changed since');
  if (result.status !== 'passed')
    return ruleResult('tests', 'failed', result.status, wanted, `the tests ended as '${result.status}'`);
  return ruleResult('tests', 'passed', 'passed', wanted, 'the tests passed on this tree');
};
