/** What the rules of a branch say to a direct update of it. */
import { ZERO_OID, type BranchRule, type Oid, type RefMove, type Repository } from '../state.ts';
import type { Actor, World } from '../world.ts';
import { canBypass, checksOfRule, findUnmetChecks, rulesFor } from './rules.ts';

interface Move {
  before: Oid;
  after: Oid;
}

/** The rules that an update of a ref would break, in GitHub's words; none for refs that are no branches. */
export async function findRuleViolations(
  world: World,
  by: Actor,
  repository: Repository,
  update: Pick<RefMove, 'name' | 'after'>,
): Promise<string[]> {
  if (!update.name.startsWith('refs/heads/')) return [];
  const branch = update.name.slice('refs/heads/'.length);
  const move = { before: repository.refs.get(update.name) ?? ZERO_OID, after: update.after };
  const violations: string[] = [];
  for (const { ruleset, rule } of rulesFor(repository, branch)) {
    if (canBypass(by, repository, ruleset)) continue;
    const violation = await findViolation(world, repository, move, rule);
    if (violation !== null) violations.push(violation);
  }
  if (branch.startsWith('gh-readonly-queue/')) violations.push('Branches of the merge queue are read-only.');
  return violations;
}

async function findViolation(
  world: World,
  repository: Repository,
  { before, after }: Move,
  rule: BranchRule,
): Promise<string | null> {
  if (before === ZERO_OID) return findCreationViolation(repository, after, rule);
  if (after === ZERO_OID) return rule.type === 'deletion' ? 'Cannot delete this branch' : null;
  switch (rule.type) {
    case 'update':
      return 'Cannot update this protected ref.';
    case 'non_fast_forward':
      return (await world.git.isAncestor(repository.gitDir, before, after)) ? null : 'Cannot force-push to this branch';
    case 'required_linear_history':
      return (await hasMerges(world, repository, { before, after }))
        ? 'This branch must not contain merge commits.'
        : null;
    case 'pull_request':
      return 'Changes must be made through a pull request.';
    case 'merge_queue':
      return 'Changes must be made through the merge queue';
    case 'required_status_checks':
      return findUnmetChecks(repository, checksOfRule(rule), after)[0] ?? null;
    case 'creation':
    case 'deletion':
    case 'required_signatures':
      return null;
  }
}

function findCreationViolation(repository: Repository, after: Oid, rule: BranchRule): string | null {
  if (rule.type === 'creation') return 'Cannot create ref due to creations being restricted.';
  if (rule.type !== 'required_status_checks' || rule.parameters.do_not_enforce_on_create === true) return null;
  return findUnmetChecks(repository, checksOfRule(rule), after)[0] ?? null;
}

async function hasMerges(world: World, repository: Repository, { before, after }: Move): Promise<boolean> {
  for (const oid of await world.git.listCommits(repository.gitDir, { base: before, head: after }))
    if (((await world.git.readCommit(repository.gitDir, oid))?.parents.length ?? 0) > 1) return true;
  return false;
}
