/** What the rules of a branch say to a direct update of it. */
import { ZERO_OID, type BranchRule, type Oid, type Repository } from '../state.ts';
import type { Actor, World } from '../world.ts';
import type { RefUpdate } from './refs.ts';
import { canBypass, findUnmetChecks, rulesFor } from './rules.ts';

interface Move {
  before: Oid;
  after: Oid;
}

/** The rules that an update of a ref would break, in GitHub's words; none for refs that are no branches. */
export async function findRuleViolations(
  world: World,
  by: Actor,
  repository: Repository,
  update: RefUpdate,
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
  const isCreation = before === ZERO_OID;
  const isDeletion = after === ZERO_OID;
  const isUpdate = !isCreation && !isDeletion;
  switch (rule.type) {
    case 'creation':
      return isCreation ? 'Cannot create ref due to creations being restricted.' : null;
    case 'deletion':
      return isDeletion ? 'Cannot delete this branch' : null;
    case 'update':
      return isUpdate ? 'Cannot update this protected ref.' : null;
    case 'non_fast_forward': {
      const isForward = !isUpdate || (await world.git.isAncestor(repository.gitDir, before, after));
      return isForward ? null : 'Cannot force-push to this branch';
    }
    case 'required_linear_history':
      return isUpdate && (await hasMerges(world, repository, { before, after }))
        ? 'This branch must not contain merge commits.'
        : null;
    case 'pull_request':
      return isUpdate ? 'Changes must be made through a pull request.' : null;
    case 'merge_queue':
      return isUpdate ? 'Changes must be made through the merge queue' : null;
    case 'required_status_checks': {
      if (isDeletion || (isCreation && rule.parameters.do_not_enforce_on_create === true)) return null;
      const wanted = rule.parameters.required_status_checks;
      const checks = wanted.map((one) => ({ context: one.context, appId: one.integration_id ?? null }));
      return findUnmetChecks(repository, checks, after)[0] ?? null;
    }
    case 'required_signatures':
      return null;
  }
}

async function hasMerges(world: World, repository: Repository, { before, after }: Move): Promise<boolean> {
  for (const oid of await world.git.listCommits(repository.gitDir, { base: before, head: after }))
    if (((await world.git.readCommit(repository.gitDir, oid))?.parents.length ?? 0) > 1) return true;
  return false;
}
