import { ruleResult, type Rule } from '../facts.ts';

/**
 * The required checks of the repository passed on the pull request's head, each from the app that is meant. Skipped,
 * neutral and missing are not passed. It is the queue's to settle: the head that counts is the one that lands.
 */
export const checkChecks: Rule = ({ pull, evidence, attempt }) => {
  const wanted = 'every required check passed on the head';
  if (pull === undefined) return ruleResult('checks', 'not-asked', 'no checks here', wanted, 'the forge has no checks');
  if (pull === null)
    return ruleResult('checks', 'pending', 'no pull request', wanted, 'its pull request is not open yet');
  const heads = [evidence.headSha, attempt.trial?.result?.commitSha ?? null];
  if (!heads.includes(pull.headSha))
    return ruleResult(
      'checks',
      'pending',
      pull.headSha.slice(0, 12),
      wanted,
      'the head is not the one that was verified',
    );
  if (pull.checks.length === 0)
    return ruleResult('checks', 'not-asked', 'none required', wanted, 'no check is required by name');
  const failed = pull.checks.filter((check) => check.status === 'not-passed');
  if (failed.length > 0)
    return ruleResult(
      'checks',
      'failed',
      failed.map(({ name, found }) => `${name}: ${found}`).join(', '),
      wanted,
      `${failed.map((check) => check.name).join(', ')} did not pass`,
    );
  const open = pull.checks.filter((check) => check.status !== 'passed');
  if (open.length > 0)
    return ruleResult(
      'checks',
      'pending',
      open.map(({ name, found }) => `${name}: ${found}`).join(', '),
      wanted,
      `it waits for ${open.map((check) => check.name).join(', ')}`,
    );
  const names = pull.checks.map((check) => check.name).join(', ');
  return ruleResult('checks', 'passed', names, wanted, 'all required checks passed on this head');
};
