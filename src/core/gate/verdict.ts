/** What a rule says, and what all rules of one attempt say together. Shared by comment, check run and terminal. */

/** `waived` holds because a person said so by name; `not-asked` does not apply to this task. Only `failed` and `pending` close. */
export type RuleStatus = 'passed' | 'waived' | 'not-asked' | 'pending' | 'failed';

/** Names of the rules, in the order in which they are shown. */
export const RULES = [
  'plan-revision',
  'dependencies',
  'tests',
  'base-tests',
  'checks',
  'review-score',
  'approvals',
  'conversation',
  'ownership',
  'protected-paths',
  'contents',
  'budget',
  'mergeable',
  'up-to-date',
  'freeze',
] as const;
export type RuleName = (typeof RULES)[number];

/** One rule's answer. Never a bare boolean: what was found, what was wanted, and the sentence that joins them. */
export interface RuleResult {
  rule: RuleName;
  status: RuleStatus;
  found: string;
  wanted: string;
  because: string;
}

/** All rules of one attempt. `open` only if every rule is passed, waived or not asked. */
export interface GateVerdict {
  status: 'open' | 'pending' | 'closed';
  rules: RuleResult[];
}
