import { ruleResult, type Rule } from '../facts.ts';

/** No task lands before every task that it needs has landed. */
export const checkDependencies: Rule = ({ task, hasLanded }) => {
  const open = task.needs.filter((need) => !hasLanded(need));
  const wanted = task.needs.length === 0 ? 'nothing' : task.needs.join(', ');
  if (task.needs.length === 0) return ruleResult('dependencies', 'passed', 'nothing', wanted, 'it needs no other task');
  if (open.length === 0) return ruleResult('dependencies', 'passed', wanted, wanted, 'all that it needs has landed');
  return ruleResult(
    'dependencies',
    'pending',
    task.needs.filter((need) => hasLanded(need)).join(', ') || 'nothing',
    wanted,
    `it waits for ${open.join(', ')} to land`,
  );
};
