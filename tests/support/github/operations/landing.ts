/** The parts of a landing that every way of merging shares. */
import { GITHUB_LOGIN } from '../registry.ts';
import { ZERO_OID, type Oid, type PullIssue, type Repository } from '../state.ts';
import { accountOf, repositoryOf, setFields, type Actor, type World } from '../world.ts';
import { signatureOf } from './commits.ts';
import { applyRefUpdates } from './refs.ts';

/** A real merge commit by GitHub itself (or by `author`), in no ref; `null` on a conflict. */
export async function makeMergeCommit(
  world: World,
  repository: Repository,
  wanted: { ours: Oid; theirs: Oid; message: string; author?: Actor },
): Promise<Oid | null> {
  const { tree, conflicts } = await world.git.mergeTrees(repository.gitDir, wanted.ours, wanted.theirs);
  if (conflicts.length > 0) return null;
  const committer = signatureOf(world, accountOf(world.state, GITHUB_LOGIN));
  return world.git.writeCommit(repository.gitDir, {
    tree,
    parents: [wanted.ours, wanted.theirs],
    message: wanted.message,
    author: wanted.author === undefined ? committer : signatureOf(world, wanted.author.account),
    committer,
  });
}

/** Says that a pull request is merged, and tells nobody. */
export function setMerged(world: World, by: Actor, issue: PullIssue, mergeCommitSha: Oid): void {
  const now = world.clock.now();
  const { login } = by.account;
  setFields(issue, { state: 'closed', closedAt: now, closedBy: login, updatedAt: now });
  setFields(issue.pull, { isMerged: true, mergedAt: now, mergedBy: login, mergeCommitSha, autoMerge: null });
}

/** Where the repository says so, the head branch of a merged pull request goes. */
export async function deleteMergedBranch(world: World, by: Actor, { repositoryId, pull }: PullIssue): Promise<void> {
  const repository = repositoryOf(world.state, repositoryId);
  const name = `refs/heads/${pull.headRefName}`;
  if (!repository.settings.deleteBranchOnMerge || pull.headRepositoryId !== repository.id) return;
  if (!repository.refs.has(name) || pull.headRefName === repository.defaultBranch) return;
  await applyRefUpdates(world, by, repository, [{ name, before: null, after: ZERO_OID, isForced: true }]);
}
