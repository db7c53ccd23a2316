/** Rulesets: which rules hold on a branch, what they ask for, and what a pull request still lacks. */
import type { BranchRule, CheckRun, CommitStatus, Oid, Repository, Role, Ruleset } from '../state.ts';
import { roleOf, type Actor } from '../world.ts';
import { latestCheckRuns, latestStatuses } from './checks.ts';

/** The active rules of a branch, each with the ruleset that it comes from. */
export function rulesFor(repository: Repository, branch: string): { ruleset: Ruleset; rule: BranchRule }[] {
  return [...repository.rulesets.values()]
    .filter((ruleset) => ruleset.enforcement === 'active' && coversBranch(repository, ruleset, branch))
    .flatMap((ruleset) => ruleset.rules.map((rule) => ({ ruleset, rule })));
}

/** The parameters of one kind of rule, of every ruleset that has it. */
export function rulesOfType<Type extends BranchRule['type']>(
  repository: Repository,
  branch: string,
  type: Type,
): { ruleset: Ruleset; rule: Extract<BranchRule, { type: Type }> }[] {
  return rulesFor(repository, branch).filter(
    (one): one is { ruleset: Ruleset; rule: Extract<BranchRule, { type: Type }> } => one.rule.type === type,
  );
}

function coversBranch(repository: Repository, ruleset: Ruleset, branch: string): boolean {
  const matches = (pattern: string): boolean => {
    if (pattern === '~ALL') return true;
    if (pattern === '~DEFAULT_BRANCH') return branch === repository.defaultBranch;
    const parts = pattern.split(/(?<stars>\*\*?)/).map((part) => {
      if (part === '**') return '.*';
      return part === '*' ? '[^/]*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
    });
    return new RegExp(`^${parts.join('')}$`).test(`refs/heads/${branch}`);
  };
  return ruleset.include.some(matches) && !ruleset.exclude.some(matches);
}

/** Ids that rulesets give to the roles, and which roles each one takes in. */
const ROLES_BY_ID: Record<number, readonly Role[]> = {
  2: ['maintain', 'admin'],
  4: ['write', 'maintain', 'admin'],
  5: ['admin'],
};

/** Whether a ruleset does not bind this actor. */
export function canBypass(by: Actor, repository: Repository, ruleset: Ruleset): boolean {
  return ruleset.bypassActors.some(({ actorType, actorId, mode }) => {
    if (mode !== 'always') return false;
    if (actorType === 'Integration') return by.appId === actorId;
    if (by.appId !== null) return false;
    if (actorType === 'User') return by.account.id === actorId;
    return ROLES_BY_ID[actorId]?.includes(roleOf(repository, by.account.login)) === true;
  });
}

/** Checks that must pass on a branch, each with the app that must give it (`null`: any). */
export function requiredChecks(repository: Repository, branch: string): { context: string; appId: number | null }[] {
  return rulesOfType(repository, branch, 'required_status_checks').flatMap(({ rule }) => checksOfRule(rule));
}

/** The checks that one rule asks for. */
export function checksOfRule(
  rule: Extract<BranchRule, { type: 'required_status_checks' }>,
): { context: string; appId: number | null }[] {
  return rule.parameters.required_status_checks.map((one) => ({
    context: one.context,
    appId: one.integration_id ?? null,
  }));
}

/** Whether a check run (or a status, with no app) is one of those that must pass on a branch. */
export function isCheckRequired(
  repository: Repository,
  branch: string,
  check: { name: string; appId: number | null },
): boolean {
  return requiredChecks(repository, branch).some(
    (one) => one.context === check.name && (one.appId === null || one.appId === check.appId),
  );
}

const PASSING: ReadonlySet<string | null> = new Set(['success', 'neutral', 'skipped']);

/** How one required check stands on a commit; GitHub lets `skipped` and `neutral` pass. */
export function standingOf(
  repository: Repository,
  sha: Oid,
  required: { context: string; appId: number | null },
): 'missing' | 'pending' | 'passed' | 'failed' {
  const runs = latestCheckRuns(repository, sha).filter(
    (run) => run.name === required.context && (required.appId === null || run.appId === required.appId),
  );
  const statuses = required.appId === null ? latestStatuses(repository, sha) : [];
  const status = statuses.find((one) => one.context === required.context);
  const standings = [
    ...runs.map((run) =>
      run.status === 'completed' ? (PASSING.has(run.conclusion) ? 'passed' : 'failed') : 'pending',
    ),
    ...(status === undefined ? [] : [STATUS_STANDINGS[status.state]]),
  ] as const;
  if (standings.length === 0) return 'missing';
  if (standings.includes('failed')) return 'failed';
  return standings.includes('pending') ? 'pending' : 'passed';
}

const STATUS_STANDINGS = { success: 'passed', pending: 'pending', failure: 'failed', error: 'failed' } as const;

/** What the required checks of a branch miss on a commit, in GitHub's words. */
export function findUnmetChecks(
  repository: Repository,
  checks: { context: string; appId: number | null }[],
  sha: Oid,
): string[] {
  const problems = {
    missing: (name: string) => `Required status check "${name}" is expected.`,
    pending: (name: string) => `Required status check "${name}" is in progress.`,
    failed: (name: string) => `Required status check "${name}" is failing.`,
    passed: () => null,
  };
  return checks
    .map((check) => problems[standingOf(repository, sha, check)](check.context))
    .filter((problem) => problem !== null);
}

/** Everything that checks say of a commit, of all apps together. */
export function rollupOf(
  repository: Repository,
  sha: Oid,
): {
  state: 'EXPECTED' | 'ERROR' | 'FAILURE' | 'PENDING' | 'SUCCESS' | null;
  checkRuns: CheckRun[];
  statuses: CommitStatus[];
} {
  const checkRuns = latestCheckRuns(repository, sha);
  const statuses = latestStatuses(repository, sha);
  const states = [
    ...checkRuns.map((run) =>
      run.status === 'completed'
        ? PASSING.has(run.conclusion)
          ? ('success' as const)
          : ('failure' as const)
        : 'pending',
    ),
    ...statuses.map((status) => status.state),
  ];
  const worst = (['error', 'failure', 'pending', 'success'] as const).find((one) => states.includes(one));
  const names = { error: 'ERROR', failure: 'FAILURE', pending: 'PENDING', success: 'SUCCESS' } as const;
  return { state: worst === undefined ? null : names[worst], checkRuns, statuses };
}
