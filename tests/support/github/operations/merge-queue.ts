/** GitHub's merge queue: entries in order, a group branch for each, and landing as the checks of the groups come in. */
import {
  accountOf,
  nextLargeId,
  Refusal,
  repositoryOf,
  unprocessable,
  type Actor,
  type World,
  setFields,
  refuseWriteToArchived,
} from '../world.ts';
import { addNode, GITHUB_LOGIN } from '../registry.ts';
import { makeNodeId } from '../node-ids.ts';
import { ZERO_OID, type MergeQueueEntry, type Oid, type PullIssue, type Repository } from '../state.ts';
import type { DequeueReason } from '../webhooks/events.ts';
import { deleteMergedBranch, makeMergeCommit, setMerged } from './landing.ts';
import { applyRefUpdates } from './refs.ts';
import { findUnmetRequirements } from './requirements.ts';
import { requiredChecks, rulesOfType, standingOf } from './rules.ts';

/** Puts a pull request into the queue of its base, now; refused unless it could be merged now. */
export async function enqueuePull(
  world: World,
  by: Actor,
  issue: PullIssue,
  wanted: { expectedHeadSha?: Oid | undefined; isJump?: boolean | undefined },
): Promise<MergeQueueEntry> {
  return world.atomically(async () => {
    const repository = repositoryOf(world.state, issue.repositoryId);
    refuseWriteToArchived(repository);
    const branch = issue.pull.baseRefName;
    if (rulesOfType(repository, branch, 'merge_queue').length === 0)
      throw unprocessable('Merge queue is not enabled for this branch');
    if (issue.state === 'closed') throw unprocessable('Pull request is closed');
    if (wanted.expectedHeadSha !== undefined && wanted.expectedHeadSha !== issue.pull.headSha)
      throw new Refusal(409, 'UNPROCESSABLE', 'Head branch was modified. Review and try the merge again.');
    if (queueEntryOf(repository, issue) !== null) throw unprocessable('Pull request is already in the merge queue');
    const problems = await findUnmetRequirements(world, by, issue);
    if (problems.length > 0) throw unprocessable(problems.join(' '));
    const id = nextLargeId(world.state);
    const entry: MergeQueueEntry = {
      id,
      nodeId: makeNodeId('MergeQueueEntry', id),
      repositoryId: repository.id,
      pullNumber: issue.number,
      branch,
      state: 'QUEUED',
      enqueuer: by.account.login,
      enqueuedAt: world.clock.now(),
      pullHeadSha: issue.pull.headSha,
      isJump: wanted.isJump ?? false,
      group: null,
    };
    const queue = queueOf(repository, branch);
    if (entry.isJump) queue.unshift(entry);
    else queue.push(entry);
    addNode(world.state, entry.nodeId, { kind: 'MergeQueueEntry', repository, entry });
    await world.emit({ event: 'pull_request', action: 'enqueued', repository, by, issue });
    await advanceMergeQueue(world, repository, branch);
    return entry;
  });
}

/** Takes a pull request out of the queue; refused where it is in none. */
export async function dequeuePull(
  world: World,
  by: Actor,
  issue: PullIssue,
  reason: DequeueReason = 'MANUAL',
): Promise<MergeQueueEntry> {
  return world.atomically(async () => {
    const repository = repositoryOf(world.state, issue.repositoryId);
    const found = queueEntryOf(repository, issue);
    if (found === null) throw unprocessable('Pull request is not in the merge queue');
    await leaveQueue(world, by, issue, reason);
    await advanceMergeQueue(world, repository, found.entry.branch);
    return found.entry;
  });
}

/** Where a pull request stands in the queue, from 1; `null` where it is in none. */
export function queueEntryOf(
  repository: Repository,
  issue: PullIssue,
): { entry: MergeQueueEntry; position: number } | null {
  for (const queue of repository.mergeQueues.values()) {
    const index = queue.findIndex((entry) => entry.pullNumber === issue.number);
    const entry = queue[index];
    if (entry !== undefined) return { entry, position: index + 1 };
  }
  return null;
}

/** Those that were seen on GitHub; it documents none. */
const TIMELINE_WORDS: Partial<Record<DequeueReason, string>> = {
  MERGE: 'merged',
  CI_FAILURE: 'failed_checks',
  MANUAL: 'manual',
};

/** Takes a pull request out of whatever queue it is in, with the groups that were built on it. */
export async function leaveQueue(world: World, by: Actor, issue: PullIssue, reason: DequeueReason): Promise<void> {
  const repository = repositoryOf(world.state, issue.repositoryId);
  const found = queueEntryOf(repository, issue);
  if (found === null) return;
  const { entry, position } = found;
  const queue = queueOf(repository, entry.branch);
  const later = queue.slice(position);
  queue.splice(position - 1, 1);
  world.state.nodes.delete(entry.nodeId);
  await destroyGroup(world, by, entry, reason === 'MERGE' ? 'merged' : 'dequeued');
  if (reason !== 'MERGE') for (const one of later) await destroyGroup(world, by, one, 'invalidated');
  const id = nextLargeId(world.state);
  issue.pull.queueRemovals.push({
    id,
    nodeId: `RFMQE_kw${Buffer.from(`RemovedFromMergeQueueEvent ${id}`).toString('base64url')}`,
    reason: TIMELINE_WORDS[reason] ?? reason.toLowerCase(),
    actor: by.account.login,
    createdAt: world.clock.now(),
  });
  await world.emit({ event: 'pull_request', action: 'dequeued', repository, by, issue, reason });
}

/** After a move of a base by other means: groups that do not stand on it are built anew. */
export async function invalidateQueue(world: World, by: Actor, repository: Repository, branch: string): Promise<void> {
  const [first] = repository.mergeQueues.get(branch) ?? [];
  if (first === undefined || first.group?.baseSha === repository.refs.get(`refs/heads/${branch}`)) return;
  for (const entry of queueOf(repository, branch)) await destroyGroup(world, by, entry, 'invalidated');
  await advanceMergeQueue(world, repository, branch);
}

/** The queues that wait for checks on a commit look again. */
export async function advanceQueuesAt(world: World, repository: Repository, sha: Oid): Promise<void> {
  for (const [branch, queue] of repository.mergeQueues)
    if (queue.some((entry) => entry.group?.headSha === sha)) await advanceMergeQueue(world, repository, branch);
}

/** Builds the groups that there is room for, lands the first ones that are ready, and throws out those that fail. */
export async function advanceMergeQueue(world: World, repository: Repository, branch: string): Promise<void> {
  await world.atomically(async () => {
    const by: Actor = { account: accountOf(world.state, GITHUB_LOGIN), appId: null };
    for (;;) {
      const [rule] = rulesOfType(repository, branch, 'merge_queue');
      const [first] = queueOf(repository, branch);
      if (rule === undefined || first === undefined) return;
      const { max_entries_to_build, check_response_timeout_minutes } = rule.rule.parameters;
      if (await buildGroups(world, by, repository, { branch, atMost: max_entries_to_build })) continue;
      if (!(await settleFirst(world, by, first, check_response_timeout_minutes * 60_000))) return;
    }
  });
}

/** Builds what is not built; true where an entry in conflict had to leave. */
async function buildGroups(
  world: World,
  by: Actor,
  repository: Repository,
  { branch, atMost }: { branch: string; atMost: number },
): Promise<boolean> {
  let baseSha = repository.refs.get(`refs/heads/${branch}`) ?? ZERO_OID;
  for (const entry of queueOf(repository, branch).slice(0, Math.max(1, atMost))) {
    if (entry.group === null && !(await buildGroup(world, by, entry, baseSha))) {
      await leaveQueue(world, by, pullOfEntry(repository, entry), 'MERGE_CONFLICT');
      return true;
    }
    baseSha = entry.group?.headSha ?? baseSha;
  }
  return false;
}

async function buildGroup(world: World, by: Actor, entry: MergeQueueEntry, baseSha: Oid): Promise<boolean> {
  const repository = repositoryOf(world.state, entry.repositoryId);
  const issue = pullOfEntry(repository, entry);
  const headSha = await makeMergeCommit(world, repository, {
    ours: baseSha,
    theirs: issue.pull.headSha,
    message: `Merge pull request #${issue.number} from ${issue.pull.headOwner}/${issue.pull.headRefName}`,
  });
  if (headSha === null) return false;
  const headRef = `refs/heads/gh-readonly-queue/${entry.branch}/pr-${issue.number}-${baseSha}`;
  setFields(entry, { state: 'AWAITING_CHECKS', group: { baseSha, headSha, headRef, builtAt: world.clock.now() } });
  await applyRefUpdates(world, by, repository, [{ name: headRef, before: null, after: headSha, isForced: true }]);
  await world.emit({ event: 'merge_group', action: 'checks_requested', repository, by, entry });
  return true;
}

/** Lands or throws out the first entry where its checks say so; false where it has to wait. */
async function settleFirst(world: World, by: Actor, entry: MergeQueueEntry, timeoutMs: number): Promise<boolean> {
  const repository = repositoryOf(world.state, entry.repositoryId);
  const issue = pullOfEntry(repository, entry);
  if (entry.group === null) return false;
  const { headSha, builtAt } = entry.group;
  const standings = requiredChecks(repository, entry.branch).map((check) => standingOf(repository, headSha, check));
  if (standings.includes('failed')) {
    await leaveQueue(world, by, issue, 'CI_FAILURE');
    return true;
  }
  if (standings.some((one) => one !== 'passed')) {
    if (world.clock.now() - builtAt < timeoutMs) return false;
    await leaveQueue(world, by, issue, 'CI_TIMEOUT');
    return true;
  }
  const update = { name: `refs/heads/${entry.branch}`, before: null, after: headSha, isForced: false };
  await leaveQueue(world, by, issue, 'MERGE');
  await applyRefUpdates(world, by, repository, [update], () => setMerged(world, by, issue, headSha));
  await world.emit({ event: 'pull_request', action: 'closed', repository, by, issue });
  await deleteMergedBranch(world, by, issue);
  return true;
}

async function destroyGroup(
  world: World,
  by: Actor,
  entry: MergeQueueEntry,
  reason: 'merged' | 'invalidated' | 'dequeued',
): Promise<void> {
  if (entry.group === null) return;
  const repository = repositoryOf(world.state, entry.repositoryId);
  const name = entry.group.headRef;
  await world.emit({ event: 'merge_group', action: 'destroyed', repository, by, entry, reason });
  setFields(entry, { state: 'QUEUED', group: null });
  await applyRefUpdates(world, by, repository, [{ name, before: null, after: ZERO_OID, isForced: true }]);
}

function queueOf(repository: Repository, branch: string): MergeQueueEntry[] {
  const queue = repository.mergeQueues.get(branch) ?? [];
  repository.mergeQueues.set(branch, queue);
  return queue;
}

function pullOfEntry(repository: Repository, entry: MergeQueueEntry): PullIssue {
  return repository.issues.get(entry.pullNumber) as PullIssue;
}
