/** What of a repository cannot work with Espalier, found before anything is dispatched. */
import type { Hindrance } from '../report/hosted/check-answer.ts';
import { findBadBranch } from './accept-plan.ts';
import type { ForgeFacts } from './facts.ts';
import type { HostedConfig } from './hosted-config.ts';
import { landingWay } from './landing-way.ts';
import type { IssuePlan } from './pin-plan.ts';

/** Every hindrance of the base's rules and the repository's state; empty if there is none. */
export function findHindrances(facts: ForgeFacts, config: HostedConfig, issuePlan: IssuePlan): Hindrance[] {
  const { rules, base, app } = facts;
  const found: Hindrance[] = [];
  if (base.tip === null)
    found.push({ because: `there is no branch '${base.branch}' to land on`, next: 'name another base in the plan' });
  const clash = issuePlan.plan === null ? null : findBadBranch(issuePlan.plan, base.branch);
  if (clash !== null) found.push(clash);
  const way = landingWay(rules, config, app.id);
  if ('impossible' in way) found.push({ because: way.impossible, next: way.next });
  const movesBranch = 'way' in way && (way.movesBranch || issuePlan.config.github.checks.length > 0);
  const asksPeople = rules.approvals > 0 || (issuePlan.plan?.tasks.some((task) => task.approvals > 0) ?? false);
  if (asksPeople && movesBranch && rules.dismissesStaleReviews)
    found.push({
      because: `approvals on '${base.branch}' are dismissed on every push, and Espalier updates a branch before it lands`,
      next: "take 'Dismiss stale pull request approvals' off the branch's rules, or ask for no approvals",
    });
  if (asksPeople && movesBranch && rules.requiresLastPushApproval)
    found.push({
      because: `the last push to a pull request on '${base.branch}' must be approved by somebody else, and Espalier's own update is the last`,
      next: "take 'Require approval of the most recent reviewable push' off the branch's rules",
    });
  return found;
}
