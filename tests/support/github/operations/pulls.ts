/** Pull requests, but for how they are merged. */
import { addNode } from '../registry.ts';
import { makeNodeId } from '../node-ids.ts';
import type { Oid, Pull, PullIssue, Repository } from '../state.ts';
import {
  findRepository,
  nextLargeId,
  repositoryOf,
  unprocessable,
  type Actor,
  type World,
  setFields,
  refuseWriteToArchived,
} from '../world.ts';
import { refusePullByActions } from './actions-app.ts';
import { createCommit } from './commits.ts';
import { bringHead } from './pull-heads.ts';
import { addIssue, refuseLongBody } from './issues.ts';
import { setMerged } from './landing.ts';
import { leaveQueue } from './merge-queue.ts';
import { applyRefUpdates } from './refs.ts';
import { findChangedWorkflow } from './workflow-files.ts';

/** Opens a pull request; `head` is a branch, or `owner:branch` of a fork. */
export async function openPull(
  world: World,
  by: Actor,
  repository: Repository,
  wanted: {
    title: string;
    body?: string | null | undefined;
    head: string;
    base: string;
    isDraft?: boolean | undefined;
  },
): Promise<PullIssue> {
  return world.atomically(async () => {
    refuseWriteToArchived(repository);
    refuseLongBody(wanted.body ?? '');
    refusePullByActions(by, repository);
    const { source, branch, headSha, baseSha } = await findEnds(world, repository, wanted);
    const issue = addIssue(world, by, repository, { title: wanted.title, body: wanted.body ?? null });
    const id = nextLargeId(world.state);
    const pull: Pull = {
      id,
      nodeId: makeNodeId('PullRequest', id),
      isDraft: wanted.isDraft ?? false,
      headRefName: branch,
      headSha,
      headRepositoryId: source.id,
      headOwner: source.owner,
      baseRefName: wanted.base,
      baseSha,
      isMerged: false,
      mergedAt: null,
      mergedBy: null,
      mergeCommitSha: null,
      mergeability: null,
      autoMerge: null,
      queueRemovals: [],
    };
    const pullIssue = Object.assign(issue, { pull });
    // A pull request is a node of its own: as an issue it has none in GraphQL.
    world.state.nodes.delete(issue.nodeId);
    addNode(world.state, pull.nodeId, { kind: 'PullRequest', repository, issue: pullIssue });
    await bringHead(world, repository, pullIssue, headSha);
    await world.emit({ event: 'pull_request', action: 'opened', repository, by, issue: pullIssue });
    return pullIssue;
  });
}

async function findEnds(
  world: World,
  repository: Repository,
  wanted: { head: string; base: string },
): Promise<{ source: Repository; branch: string; headSha: Oid; baseSha: Oid }> {
  const [owner, branch] = wanted.head.includes(':') ? splitOnce(wanted.head) : [repository.owner, wanted.head];
  const source =
    owner.toLowerCase() === repository.owner.toLowerCase()
      ? repository
      : findRepository(world.state, owner, repository.name)?.repository;
  const headSha = source?.refs.get(`refs/heads/${branch}`);
  const baseSha = repository.refs.get(`refs/heads/${wanted.base}`);
  if (source === undefined || headSha === undefined) throw invalidEnd('head');
  if (baseSha === undefined) throw invalidEnd('base');
  const isOpen = [...repository.issues.values()].some(
    ({ state, pull }) =>
      state === 'open' &&
      pull?.headRepositoryId === source.id &&
      pull.headRefName === branch &&
      pull.baseRefName === wanted.base,
  );
  if (isOpen)
    throw unprocessable('Validation Failed', [
      {
        resource: 'PullRequest',
        field: 'base',
        code: 'custom',
        message: `A pull request already exists for ${source.owner}:${branch}.`,
      },
    ]);
  const isWithoutCommits =
    source.id === repository.id && (await world.git.isAncestor(repository.gitDir, headSha, baseSha));
  if (isWithoutCommits)
    throw unprocessable('Validation Failed', [
      {
        resource: 'PullRequest',
        field: 'base',
        code: 'custom',
        message: `No commits between ${wanted.base} and ${branch}`,
      },
    ]);
  return { source, branch, headSha, baseSha };
}

function splitOnce(head: string): [string, string] {
  const colon = head.indexOf(':');
  return [head.slice(0, colon), head.slice(colon + 1)];
}

function invalidEnd(field: 'head' | 'base'): Error {
  return unprocessable('Validation Failed', [{ resource: 'PullRequest', field, code: 'invalid' }]);
}

/** Changes title, body or base. */
export async function editPull(
  world: World,
  by: Actor,
  issue: PullIssue,
  edit: { title?: string | undefined; body?: string | null | undefined; base?: string | undefined },
): Promise<void> {
  await world.atomically(async () => {
    const repository = repositoryOf(world.state, issue.repositoryId);
    refuseWriteToArchived(repository);
    const changes: Record<string, unknown> = {};
    if (edit.title !== undefined && edit.title !== issue.title) {
      changes['title'] = { from: issue.title };
      setFields(issue, { title: edit.title });
    }
    if (edit.body !== undefined && edit.body !== issue.body) {
      refuseLongBody(edit.body ?? '');
      changes['body'] = { from: issue.body ?? '' };
      setFields(issue, { body: edit.body, lastEditedAt: world.clock.now() });
    }
    setFields(issue, { updatedAt: world.clock.now() });
    if (Object.keys(changes).length > 0)
      await world.emit({ event: 'pull_request', action: 'edited', repository, by, issue, changes });
    if (edit.base !== undefined && edit.base !== issue.pull.baseRefName)
      await retargetPull(world, by, issue, edit.base);
  });
}

/** Points a pull request at another base, which must exist. */
export async function retargetPull(world: World, by: Actor, issue: PullIssue, base: string): Promise<void> {
  const repository = repositoryOf(world.state, issue.repositoryId);
  const { pull } = issue;
  const baseSha = repository.refs.get(`refs/heads/${base}`);
  if (baseSha === undefined || issue.state !== 'open') throw invalidEnd('base');
  await leaveQueue(world, by, issue, 'MANUAL');
  const changes = { base: { ref: { from: pull.baseRefName }, sha: { from: pull.baseSha } } };
  setFields(pull, { baseRefName: base, baseSha, mergeability: null });
  setFields(issue, { updatedAt: world.clock.now() });
  await world.emit({ event: 'pull_request', action: 'edited', repository, by, issue, changes });
}

/** Makes a pull request a draft, or ready for review. */
export async function setDraft(world: World, by: Actor, issue: PullIssue, isDraft: boolean): Promise<void> {
  await world.atomically(async () => {
    const repository = repositoryOf(world.state, issue.repositoryId);
    setFields(issue.pull, { isDraft });
    const action = isDraft ? 'converted_to_draft' : 'ready_for_review';
    await world.emit({ event: 'pull_request', action, repository, by, issue });
  });
}

/** Closes without merging; one that is closed stays as it is. */
export async function closePull(world: World, by: Actor, issue: PullIssue): Promise<void> {
  await world.atomically(async () => {
    if (issue.state === 'closed') return;
    const repository = repositoryOf(world.state, issue.repositoryId);
    refuseWriteToArchived(repository);
    await leaveQueue(world, by, issue, 'MANUAL');
    const now = world.clock.now();
    setFields(issue, { state: 'closed', closedAt: now, closedBy: by.account.login, updatedAt: now });
    await world.emit({ event: 'pull_request', action: 'closed', repository, by, issue });
  });
}

/** Opens one again; refused where it was merged or its branch is gone. */
export async function reopenPull(world: World, by: Actor, issue: PullIssue): Promise<void> {
  await world.atomically(async () => {
    if (issue.state === 'open') return;
    const repository = repositoryOf(world.state, issue.repositoryId);
    refuseWriteToArchived(repository);
    const { pull } = issue;
    const source = pull.headRepositoryId === null ? undefined : world.state.repositories.get(pull.headRepositoryId);
    const headSha = source?.refs.get(`refs/heads/${pull.headRefName}`);
    if (pull.isMerged || headSha === undefined || !repository.refs.has(`refs/heads/${pull.baseRefName}`))
      throw unprocessable('Validation Failed', [
        {
          resource: 'PullRequest',
          field: 'state',
          code: 'invalid',
          message: 'state cannot be changed. The pull request cannot be reopened.',
        },
      ]);
    await bringHead(world, repository, issue, headSha);
    setFields(pull, { headSha, mergeability: null });
    setFields(issue, { state: 'open', closedAt: null, closedBy: null, updatedAt: world.clock.now() });
    await world.emit({ event: 'pull_request', action: 'reopened', repository, by, issue });
  });
}

/** Says that a pull request is merged, as GitHub finds out after any move of the base. */
export async function markMerged(world: World, by: Actor, issue: PullIssue, mergeCommitSha: Oid): Promise<void> {
  const repository = repositoryOf(world.state, issue.repositoryId);
  await leaveQueue(world, by, issue, 'ALREADY_MERGED');
  setMerged(world, by, issue, mergeCommitSha);
  await world.emit({ event: 'pull_request', action: 'closed', repository, by, issue });
}

/** Merges the base into the head branch, as the button "Update branch" does. */
export async function updatePullBranch(
  world: World,
  by: Actor,
  issue: PullIssue,
  expectedHeadSha?: Oid,
): Promise<void> {
  await world.atomically(async () => {
    const repository = repositoryOf(world.state, issue.repositoryId);
    refuseWriteToArchived(repository);
    const { pull } = issue;
    if (expectedHeadSha !== undefined && expectedHeadSha !== pull.headSha)
      throw unprocessable(`expected head sha didn't match current head ref.`);
    const source = pull.headRepositoryId === null ? null : repositoryOf(world.state, pull.headRepositoryId);
    const base = repository.refs.get(`refs/heads/${pull.baseRefName}`);
    if (source?.id !== repository.id || base === undefined || issue.state !== 'open')
      throw unprocessable('There are no new commits on the base branch.');
    if (await world.git.isAncestor(repository.gitDir, base, pull.headSha))
      throw unprocessable('There are no new commits on the base branch.');
    const { tree, conflicts } = await world.git.mergeTrees(repository.gitDir, pull.headSha, base);
    if (conflicts.length > 0) throw unprocessable('merge conflict between base and head');
    const message = `Merge branch '${pull.baseRefName}' into ${pull.headRefName}`;
    const after = await createCommit(world, by, repository, { message, tree, parents: [pull.headSha, base] });
    const workflow = await findChangedWorkflow(world, by, repository, { before: pull.headSha, after });
    if (workflow !== null)
      throw unprocessable(
        `refusing to allow a GitHub App to create or update workflow \`${workflow}\` without \`workflows\` permission`,
      );
    const name = `refs/heads/${pull.headRefName}`;
    await applyRefUpdates(world, by, source, [{ name, before: pull.headSha, after, isForced: false }]);
  });
}
