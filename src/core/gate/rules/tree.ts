/** The three rules about the resulting tree. The violations were found on the taken-in tree, not on the agent's word. */
import type { TreeViolation } from '../../ledger/evidence.ts';
import { missingResult, ruleResult, type GateFacts, type Rule } from '../facts.ts';
import type { RuleResult } from '../verdict.ts';

function checkViolations(facts: GateFacts, rule: TreeViolation['rule'], wanted: string, good: string): RuleResult {
  const { evidence } = facts;
  if (evidence.treeSha === null) return missingResult(facts, rule, 'tree', wanted);
  const found = evidence.violations.filter((violation) => violation.rule === rule);
  const [first] = found;
  if (first === undefined) return ruleResult(rule, 'passed', 'nothing against it', wanted, good);
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : '';
  return ruleResult(rule, 'failed', `${first.path}${more}`, wanted, first.because);
}

/** What changed lies within the task's owned paths. */
export const checkOwnership: Rule = (facts) =>
  facts.task.owns.length === 0
    ? ruleResult('ownership', 'not-asked', 'no owned paths', 'any path', 'the task may change anything unprotected')
    : checkViolations(facts, 'ownership', `only ${facts.task.owns.join(', ')}`, 'it changed only what it owns');

/** Protected paths are untouched, or named by the task's `allow`. */
export const checkProtectedPaths: Rule = (facts) =>
  checkViolations(
    facts,
    'protected-paths',
    'no protected path that allow does not name',
    'no protected path was changed',
  );

/** No secrets, no escaping links, no hidden repositories, no oversized files. */
export const checkContents: Rule = (facts) =>
  checkViolations(
    facts,
    'contents',
    'no secret, no escaping link, no nested repository, sizes within limits',
    'the contents are in order',
  );
