/** Whether a pull request can be merged, and the merge. */
import {
  accountOf,
  Refusal,
  repositoryOf,
  unprocessable,
  type Actor,
  type World,
  setFields,
  refuseWriteToArchived,
} from '../world.ts';
import type { MergeMethod, Oid, PullIssue, Repository } from '../state.ts';
import { GITHUB_LOGIN } from '../registry.ts';
import { commitOf, signatureOf } from './commits.ts';
import { deleteMergedBranch, makeMergeCommit, setMerged } from './landing.ts';
import { queueEntryOf } from './merge-queue.ts';
import { applyRefUpdates } from './refs.ts';
import { findUnmetRequirements, isBehind } from './requirements.ts';
import { canBypass, rollupOf, rulesOfType } from './rules.ts';
import { findChangedWorkflow } from './workflow-files.ts';
import { ZERO_OID } from '../state.ts';

/**
 * What GitHub knows of merging. The first read after a move of either end starts the computation and says `null`;
 * reads from `mergeabilityDelayMs` later on know. Closed ones are never computed.
 */
export async function readMergeability(
  world: World,
  issue: PullIssue,
): Promise<{ mergeable: boolean | null; mergeCommitSha: Oid | null }> {
  const unknown = { mergeable: null, mergeCommitSha: null };
  const repository = repositoryOf(world.state, issue.repositoryId);
  const { pull } = issue;
  const baseSha = repository.refs.get(`refs/heads/${pull.baseRefName}`);
  if (issue.state === 'closed') return { mergeable: null, mergeCommitSha: pull.mergeCommitSha };
  if (baseSha === undefined) return unknown;
  const known = pull.mergeability;
  const isCurrent = known !== null && known.headSha === pull.headSha && known.baseSha === baseSha;
  const found = isCurrent ? known : await computeMergeability(world, repository, issue, baseSha);
  if (world.clock.now() < found.knownAt) return unknown;
  return { mergeable: found.isClean, mergeCommitSha: found.mergeCommitSha };
}

async function computeMergeability(
  world: World,
  repository: Repository,
  issue: PullIssue,
  baseSha: Oid,
): Promise<NonNullable<PullIssue['pull']['mergeability']>> {
  const { headSha } = issue.pull;
  const knownAt = world.clock.now() + world.settings.mergeabilityDelayMs;
  const mergeCommitSha = await makeMergeCommit(world, repository, {
    ours: baseSha,
    theirs: headSha,
    message: `Merge ${headSha} into ${baseSha}`,
  });
  const mergeability = { headSha, baseSha, knownAt, isClean: mergeCommitSha !== null, mergeCommitSha };
  setFields(issue.pull, { mergeability });
  if (mergeCommitSha !== null)
    await world.git.writeRefs(repository.gitDir, [{ name: `refs/pull/${issue.number}/merge`, oid: mergeCommitSha }]);
  return mergeability;
}

/** GraphQL's `mergeStateStatus`, from the facts of this moment. */
export async function mergeStateStatus(
  world: World,
  issue: PullIssue,
  by: Actor,
): Promise<'BEHIND' | 'BLOCKED' | 'CLEAN' | 'DIRTY' | 'DRAFT' | 'UNKNOWN' | 'UNSTABLE'> {
  const { mergeable } = await readMergeability(world, issue);
  if (mergeable === null) return 'UNKNOWN';
  if (!mergeable) return 'DIRTY';
  if (issue.pull.isDraft) return 'DRAFT';
  const repository = repositoryOf(world.state, issue.repositoryId);
  const problems = await findUnmetRequirements(world, by, issue);
  const isStrict = rulesOfType(repository, issue.pull.baseRefName, 'required_status_checks').some(
    ({ rule }) => rule.parameters.strict_required_status_checks_policy,
  );
  if (isStrict && (await isBehind(world, issue))) return 'BEHIND';
  if (problems.length > 0) return 'BLOCKED';
  const { state } = rollupOf(repository, issue.pull.headSha);
  return state === null || state === 'SUCCESS' ? 'CLEAN' : 'UNSTABLE';
}

/** Merges now, if the head is the expected one and everything that the rules ask for is there. */
export async function mergePull(
  world: World,
  by: Actor,
  issue: PullIssue,
  wanted: {
    expectedHeadSha?: Oid | undefined;
    method?: MergeMethod | undefined;
    title?: string | undefined;
    message?: string | undefined;
  },
): Promise<Oid> {
  return world.atomically(async () => {
    const repository = repositoryOf(world.state, issue.repositoryId);
    refuseWriteToArchived(repository);
    const { pull } = issue;
    const method = wanted.method ?? 'merge';
    const baseName = `refs/heads/${pull.baseRefName}`;
    const base = repository.refs.get(baseName) ?? ZERO_OID;
    if (issue.state === 'closed') throw notMergeable('Pull Request is not mergeable');
    if (wanted.expectedHeadSha !== undefined && wanted.expectedHeadSha !== pull.headSha)
      throw new Refusal(409, 'UNPROCESSABLE', 'Head branch was modified. Review and try the merge again.');
    await refuseMerge(world, by, issue, method);
    const after = await makeMerge(world, by, issue, { ...wanted, method, base });
    if (after === null) throw notMergeable('Pull Request has merge conflicts');
    const workflow = await findChangedWorkflow(world, by, repository, { before: base, after });
    if (workflow !== null)
      throw new Refusal(
        403,
        'FORBIDDEN',
        `refusing to allow a GitHub App to create or update workflow \`${workflow}\` without \`workflows\` permission`,
      );
    const update = { name: baseName, before: base, after, isForced: false };
    await applyRefUpdates(world, by, repository, [update], () => setMerged(world, by, issue, after));
    await world.emit({ event: 'pull_request', action: 'closed', repository, by, issue });
    await deleteMergedBranch(world, by, issue);
    return after;
  });
}

async function refuseMerge(world: World, by: Actor, issue: PullIssue, method: MergeMethod): Promise<void> {
  const repository = repositoryOf(world.state, issue.repositoryId);
  const { settings } = repository;
  const isAllowed = {
    merge: settings.allowMergeCommit,
    squash: settings.allowSquashMerge,
    rebase: settings.allowRebaseMerge,
  };
  const names = { merge: 'Merge commits', squash: 'Squash merges', rebase: 'Rebase merges' };
  if (!isAllowed[method]) throw notMergeable(`${names[method]} are not allowed on this repository.`);
  const queues = rulesOfType(repository, issue.pull.baseRefName, 'merge_queue');
  if (queueEntryOf(repository, issue) !== null) throw notMergeable('Pull Request is in the merge queue');
  if (queues.some(({ ruleset }) => !canBypass(by, repository, ruleset)))
    throw notMergeable('Repository rule violations found\n\nChanges must be made through the merge queue\n\n');
  const problems = await findUnmetRequirements(world, by, issue, method);
  if (problems.length > 0) throw notMergeable(`Repository rule violations found\n\n${problems.join('\n\n')}\n\n`);
}

function notMergeable(message: string): Refusal {
  return new Refusal(405, 'UNPROCESSABLE', message);
}

async function makeMerge(
  world: World,
  by: Actor,
  issue: PullIssue,
  wanted: { method: MergeMethod; base: Oid; title?: string | undefined; message?: string | undefined },
): Promise<Oid | null> {
  const repository = repositoryOf(world.state, issue.repositoryId);
  const { pull } = issue;
  const message = (title: string, body: string): string =>
    [wanted.title ?? title, wanted.message ?? body].filter((part) => part !== '').join('\n\n');
  if (wanted.method === 'merge')
    return makeMergeCommit(world, repository, {
      ours: wanted.base,
      theirs: pull.headSha,
      message: message(`Merge pull request #${issue.number} from ${pull.headOwner}/${pull.headRefName}`, issue.title),
      author: by,
    });
  if (wanted.method === 'rebase') return rebaseOnto(world, by, repository, { base: wanted.base, head: pull.headSha });
  const { tree, conflicts } = await world.git.mergeTrees(repository.gitDir, wanted.base, pull.headSha);
  if (conflicts.length > 0) return null;
  return world.git.writeCommit(repository.gitDir, {
    tree,
    parents: [wanted.base],
    message: message(`${issue.title} (#${issue.number})`, ''),
    author: signatureOf(world, accountOf(world.state, issue.author)),
    committer: signatureOf(world, accountOf(world.state, GITHUB_LOGIN)),
  });
}

/** Takes the commits of a head over to a base, one by one; `null` on a conflict or where one is a merge. */
async function rebaseOnto(
  world: World,
  by: Actor,
  repository: Repository,
  { base, head }: { base: Oid; head: Oid },
): Promise<Oid | null> {
  const { git } = world;
  let tip = base;
  const oids = (await git.listCommits(repository.gitDir, { base, head })).reverse();
  for (const oid of oids) {
    const commit = await git.readCommit(repository.gitDir, oid);
    if (commit === null || commit.parents.length > 1) return null;
    const { tree: onto } = await commitOf(world, repository, tip);
    const who = signatureOf(world, by.account);
    // merge-tree finds the merge base by itself: a commit with the tree of the tip on the parent of this one makes
    // that parent the base, which is what a cherry-pick is.
    const ours = await git.writeCommit(repository.gitDir, {
      tree: onto,
      parents: commit.parents,
      message: 'Stand-in',
      author: who,
      committer: who,
    });
    const { tree, conflicts } = await git.mergeTrees(repository.gitDir, ours, oid);
    if (conflicts.length > 0) return null;
    tip = await git.writeCommit(repository.gitDir, {
      tree,
      parents: [tip],
      message: commit.message,
      author: commit.author,
      committer: who,
    });
  }
  if (tip === base) throw unprocessable('There is nothing to merge.');
  return tip;
}
