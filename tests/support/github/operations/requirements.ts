/** What a pull request still lacks before it may be merged. */
import type { BranchRule, MergeMethod, PullIssue, Repository } from '../state.ts';
import { repositoryOf, type Actor, type World } from '../world.ts';
import { approvalsOf, reviewDecision } from './reviews.ts';
import { canBypass, checksOfRule, findUnmetChecks, rulesFor } from './rules.ts';

/** What keeps a pull request from being merged by this actor, conflicts aside, in GitHub's words. */
export async function findUnmetRequirements(
  world: World,
  by: Actor,
  pull: PullIssue,
  method: MergeMethod = 'merge',
): Promise<string[]> {
  const repository = repositoryOf(world.state, pull.repositoryId);
  const branch = pull.pull.baseRefName;
  const problems: string[] = [];
  if (pull.pull.isDraft) problems.push('Pull Request is still a draft');
  for (const { ruleset, rule } of rulesFor(repository, branch))
    if (!canBypass(by, repository, ruleset))
      problems.push(...(await findUnmetByRule(world, repository, pull, { rule, method })));
  return problems;
}

async function findUnmetByRule(
  world: World,
  repository: Repository,
  issue: PullIssue,
  { rule, method }: { rule: BranchRule; method: MergeMethod },
): Promise<string[]> {
  const { pull } = issue;
  switch (rule.type) {
    case 'required_status_checks': {
      const problems = findUnmetChecks(repository, checksOfRule(rule), pull.headSha);
      if (rule.parameters.strict_required_status_checks_policy && (await isBehind(world, issue)))
        problems.push('The head branch is not up to date with the base branch.');
      return problems;
    }
    case 'pull_request': {
      const needed = rule.parameters.required_approving_review_count;
      const approvals = approvalsOf(repository, issue, rule.parameters.require_last_push_approval);
      const problems: string[] = [];
      if (approvals < needed)
        problems.push(`At least ${needed} approving review is required by reviewers with write access.`);
      if (reviewDecision(world, issue) === 'CHANGES_REQUESTED')
        problems.push('Changes have been requested by a reviewer with write access.');
      if (rule.parameters.allowed_merge_methods?.includes(method) === false)
        problems.push(`This branch does not allow the merge method ${method}.`);
      return problems;
    }
    case 'required_linear_history':
      return method === 'merge' ? ['This branch must not contain merge commits.'] : [];
    case 'update':
      return ['Cannot update this protected ref.'];
    case 'merge_queue':
    case 'creation':
    case 'deletion':
    case 'non_fast_forward':
    case 'required_signatures':
      return [];
  }
}

/** Whether the base has commits that the head lacks. */
export async function isBehind(world: World, { repositoryId, pull }: PullIssue): Promise<boolean> {
  const repository = repositoryOf(world.state, repositoryId);
  const tip = repository.refs.get(`refs/heads/${pull.baseRefName}`);
  return tip !== undefined && !(await world.git.isAncestor(repository.gitDir, tip, pull.headSha));
}
