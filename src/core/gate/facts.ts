/** What the rules may read: one attempt with its evidence, and the state of the plan around it. */
import type { CommitSha, Digest, TaskId } from '../brand.ts';
import type { Evidence } from '../ledger/evidence.ts';
import type { AttemptRecord } from '../ledger/ledger.ts';
import type { ResolvedTask } from '../plan/plan.ts';
import type { RuleName, RuleResult, RuleStatus } from './verdict.ts';

export interface GateFacts {
  task: ResolvedTask;
  /** Digest of `task` as it stands now. */
  taskDigest: Digest;
  attempt: AttemptRecord;
  evidence: Evidence;
  /** Tasks of the plan that have landed. */
  hasLanded: (task: TaskId) => boolean;
  /** Tip of the branch that landings move. */
  tip: CommitSha | null;
  frozen: { because: string } | null;
  spentUsd: number;
  planBudgetUsd: number | null;
}

/** One rule: pure, total, and never silent about why. */
export type Rule = (facts: GateFacts) => RuleResult;

/** Makes a result; `because` is a sentence without its subject's rule name. */
export function ruleResult(
  rule: RuleName,
  status: RuleStatus,
  found: string,
  wanted: string,
  because: string,
): RuleResult {
  return { rule, status, found, wanted, because };
}
