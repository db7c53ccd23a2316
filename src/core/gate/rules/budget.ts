import { ruleResult, type Rule } from '../facts.ts';

/** What was spent stays within what was set aside. Unknown spending was counted as the whole reservation. */
export const checkBudget: Rule = ({ attempt, evidence, spentUsd, planBudgetUsd, task }) => {
  const cap = task.budgetUsd;
  if (cap === null && planBudgetUsd === null)
    return ruleResult('budget', 'not-asked', 'no cap', 'no cap', 'the plan sets no budget');
  const cost = evidence.usage.costUsd ?? attempt.reservedUsd ?? 0;
  if (cap !== null && cost > cap)
    return ruleResult('budget', 'failed', usd(cost), `at most ${usd(cap)}`, 'the attempt cost more than its cap');
  if (planBudgetUsd !== null && spentUsd > planBudgetUsd)
    return ruleResult(
      'budget',
      'failed',
      usd(spentUsd),
      `at most ${usd(planBudgetUsd)}`,
      'the plan is over its budget',
    );
  return ruleResult(
    'budget',
    'passed',
    usd(cost),
    `at most ${usd(cap ?? planBudgetUsd ?? 0)}`,
    'it stayed within its cap',
  );
};

function usd(amount: number): string {
  return `$${amount.toFixed(2)}`;
}
