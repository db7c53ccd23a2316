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
  /** Left out where there are no pull requests; `null` where this attempt has none yet. */
  pull?: PullGateFacts | null;
}

/** What a forge with pull requests says about the one of an attempt. Everything in it is of `headSha`. */
export interface PullGateFacts {
  /** Head of the pull request as it stands. */
  headSha: CommitSha;
  /** Required checks, each with what was found of it; `missing` is not there at all. */
  checks: readonly { name: string; status: 'passed' | 'not-passed' | 'pending' | 'missing'; found: string }[];
  /** People other than the author who approved the attempt's change. */
  approvedBy: readonly string[];
  /** Approvals that the rules of the base ask for. */
  requiredApprovals: number;
  /** People whose last word was to request changes. */
  changesRequestedBy: readonly string[];
  /** What a person has done to the pull request itself that keeps it from landing, as a clause; left out if nothing. */
  holdBecause?: string;
}

/** One rule: pure, total, and never silent about why. */
export type Rule = (facts: GateFacts) => RuleResult;

/**
 * The answer of a rule whose evidence is not there. An attempt that broke off earlier did not come to it; one that
 * says that it is verified and has no proof is closed, since silence is not consent.
 */
export function missingResult({ evidence }: GateFacts, rule: RuleName, what: string, wanted: string): RuleResult {
  return evidence.outcome === 'verified'
    ? ruleResult(rule, 'failed', `no ${what}`, wanted, `the verification left no ${what}, and silence is not consent`)
    : ruleResult(rule, 'pending', 'not reached', wanted, 'the attempt ended before it came to this');
}

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
