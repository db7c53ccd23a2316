/** What a job shows of the plan that it has looked at, where no person looks at the issue. */
import type { PlanId } from '../brand.ts';
import { readIssuePlan } from './pin-plan.ts';
import { renderStatusComment } from '../report/hosted/status-comment.ts';
import type { ForgeFacts } from './facts.ts';
import type { HostedConfig } from './hosted-config.ts';
import { listLowQuotas } from './low-quota.ts';
import { sceneOf } from './show.ts';
import type { HostedState } from './state.ts';

/** Markdown of where a plan stands at `nowMs`: what its status comment says, or why there is none. */
export function summarizePlan(
  { plan, state, facts, config }: { plan: PlanId; state: HostedState; facts: ForgeFacts; config: HostedConfig },
  nowMs: number,
): string {
  const { issue } = facts;
  if (issue === null) return `## ${plan}\n\nIts issue is gone.`;
  if (facts.repository.isArchived) return `## ${plan}\n\nThe repository is archived: nothing can go on.`;
  if (state.ledger === null)
    return `## ${plan}\n\nThis plan was not started yet. Somebody with write permission starts it with the comment \`/espalier run\`.`;
  const { config: said } = readIssuePlan(issue.number, issue.body, facts.configText);
  const scene = sceneOf({ facts, config }, { ...state, ledger: state.ledger }, said, nowMs);
  return renderStatusComment(scene, { stuck: [], lowQuotas: listLowQuotas(facts) });
}
