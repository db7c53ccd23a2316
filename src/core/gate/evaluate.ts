/** Puts the rules together. A gate is open only if each of them says so; what is unknown is never consent. */
import type { GateFacts, Rule } from './facts.ts';
import { checkApprovals } from './rules/approvals.ts';
import { checkBaseTests } from './rules/base-tests.ts';
import { checkBudget } from './rules/budget.ts';
import { checkChecks } from './rules/checks.ts';
import { checkConversation } from './rules/conversation.ts';
import { checkDependencies } from './rules/dependencies.ts';
import { checkFreeze } from './rules/freeze.ts';
import { checkMergeable } from './rules/mergeable.ts';
import { checkPlanRevision } from './rules/plan-revision.ts';
import { checkReviewScore } from './rules/review-score.ts';
import { checkTests } from './rules/tests.ts';
import { checkContents, checkOwnership, checkProtectedPaths } from './rules/tree.ts';
import { checkUpToDate } from './rules/up-to-date.ts';
import type { GateVerdict, RuleName, RuleResult } from './verdict.ts';

const RULE_BY_NAME: Record<RuleName, Rule> = {
  'plan-revision': checkPlanRevision,
  dependencies: checkDependencies,
  tests: checkTests,
  'base-tests': checkBaseTests,
  checks: checkChecks,
  'review-score': checkReviewScore,
  approvals: checkApprovals,
  conversation: checkConversation,
  ownership: checkOwnership,
  'protected-paths': checkProtectedPaths,
  contents: checkContents,
  budget: checkBudget,
  mergeable: checkMergeable,
  'up-to-date': checkUpToDate,
  freeze: checkFreeze,
};

/** Rules that only the queue can settle; an attempt enters the queue when all others hold. */
const QUEUE_RULES: ReadonlySet<RuleName> = new Set(['checks', 'mergeable', 'up-to-date', 'freeze']);

/** Evaluates every rule; none is left out because another failed. */
export function evaluateGate(facts: GateFacts): GateVerdict {
  const rules = Object.values(RULE_BY_NAME).map((rule) => rule(facts));
  return { status: statusOf(rules), rules };
}

/** The verdict of the rules that must hold before an attempt may take its place in the queue. */
export function evaluateEntry(facts: GateFacts): GateVerdict {
  const rules = Object.entries(RULE_BY_NAME)
    .filter(([name]) => !QUEUE_RULES.has(name as RuleName))
    .map(([, rule]) => rule(facts));
  return { status: statusOf(rules), rules };
}

/** Rules about the merge that a trial made; a forge's own queue makes another, whose tree has to be tested itself. */
const MERGE_RULES: ReadonlySet<RuleName> = new Set(['mergeable', 'up-to-date']);

/** The verdict of the rules that must hold while a forge's own queue lands an attempt. */
export function evaluateGroup(facts: GateFacts): GateVerdict {
  const rules = Object.entries(RULE_BY_NAME)
    .filter(([name]) => !MERGE_RULES.has(name as RuleName))
    .map(([, rule]) => rule(facts));
  return { status: statusOf(rules), rules };
}

function statusOf(rules: readonly RuleResult[]): GateVerdict['status'] {
  if (rules.some((rule) => rule.status === 'failed')) return 'closed';
  if (rules.some((rule) => rule.status === 'pending')) return 'pending';
  return 'open';
}
