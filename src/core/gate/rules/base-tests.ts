import { ruleResult, type Rule } from '../facts.ts';

/** The base's own tests still pass against the change, so that a weakened test is noticed. */
export const checkBaseTests: Rule = ({ task, evidence }) => {
  const wanted = "the base's tests pass against the change";
  if (task.testPaths.length === 0)
    return ruleResult('base-tests', 'not-asked', 'no test_paths', wanted, 'the plan names no test paths');
  switch (evidence.baseTests) {
    case 'not-asked':
      return ruleResult('base-tests', 'failed', 'not run', wanted, 'the evidence is from before test_paths were set');
    case 'not-needed':
      return ruleResult('base-tests', 'passed', 'unchanged', wanted, 'the change leaves the existing tests alone');
    case 'waived':
      return ruleResult(
        'base-tests',
        'waived',
        'allowed by name',
        wanted,
        "the task's allow names the tests it changes",
      );
    case 'run': {
      const result = evidence.tests.findLast((test) => test.stage === 'base-tests');
      if (result === undefined)
        return ruleResult('base-tests', 'failed', 'no result', wanted, 'the run left no result');
      return result.status === 'passed'
        ? ruleResult('base-tests', 'passed', 'passed', wanted, "the base's tests passed against the change")
        : ruleResult(
            'base-tests',
            'failed',
            result.status,
            wanted,
            "the base's tests do not pass: a test was weakened, or behaviour changed",
          );
    }
  }
};
