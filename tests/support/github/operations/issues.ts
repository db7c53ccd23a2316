/** Issues; what concerns both issues and pull requests is here too. */
import { addNode } from '../registry.ts';
import { makeNodeId } from '../node-ids.ts';
import type { Issue, Repository } from '../state.ts';
import {
  isPull,
  nextLargeId,
  repositoryOf,
  unprocessable,
  type Actor,
  type World,
  setFields,
  refuseWriteToArchived,
} from '../world.ts';
import { addLabels } from './labels.ts';

/** Longest body of an issue, a pull request or a comment, in characters. */
const MAXIMUM_BODY_CHARACTERS = 65_536;

/** Bodies have one limit everywhere. */
export function refuseLongBody(body: string): void {
  if (body.length > MAXIMUM_BODY_CHARACTERS)
    throw unprocessable('Validation Failed', [
      {
        resource: 'Issue',
        field: 'body',
        code: 'custom',
        message: `body is too long (maximum is ${MAXIMUM_BODY_CHARACTERS} characters)`,
      },
    ]);
}

/** Opens an issue under the next number, then puts its labels on. */
export async function createIssue(
  world: World,
  by: Actor,
  repository: Repository,
  wanted: { title: string; body?: string | undefined; labels?: string[] | undefined },
): Promise<Issue> {
  return world.atomically(async () => {
    refuseWriteToArchived(repository);
    refuseLongBody(wanted.body ?? '');
    const issue = addIssue(world, by, repository, { title: wanted.title, body: wanted.body ?? null });
    await world.emit({ event: 'issues', action: 'opened', repository, by, issue });
    if (wanted.labels !== undefined) await addLabels(world, by, issue, wanted.labels);
    return issue;
  });
}

/** Adds an issue under the next number, and tells nobody. */
export function addIssue(
  world: World,
  by: Actor,
  repository: Repository,
  wanted: { title: string; body: string | null },
): Issue {
  const id = nextLargeId(world.state);
  const now = world.clock.now();
  const number = repository.lastNumber + 1;
  setFields(repository, { lastNumber: number, updatedAt: now });
  const issue: Issue = {
    id,
    nodeId: makeNodeId('Issue', id),
    repositoryId: repository.id,
    number,
    title: wanted.title,
    body: wanted.body,
    author: by.account.login,
    appId: by.appId,
    state: 'open',
    stateReason: null,
    labels: [],
    labelEvents: [],
    reactions: [],
    createdAt: now,
    updatedAt: now,
    lastEditedAt: null,
    closedAt: null,
    closedBy: null,
    pull: null,
  };
  repository.issues.set(number, issue);
  addNode(world.state, issue.nodeId, { kind: 'Issue', repository, issue });
  return issue;
}

/** Changes title or body of an issue. There is no compare-and-swap: the last one wins. */
export async function editIssue(
  world: World,
  by: Actor,
  issue: Issue,
  edit: { title?: string | undefined; body?: string | null | undefined },
): Promise<void> {
  await world.atomically(async () => {
    const repository = repositoryOf(world.state, issue.repositoryId);
    refuseWriteToArchived(repository);
    const now = world.clock.now();
    const changes: Record<string, unknown> = {};
    if (edit.title !== undefined && edit.title !== issue.title) {
      changes['title'] = { from: issue.title };
      setFields(issue, { title: edit.title, updatedAt: now });
    }
    if (edit.body !== undefined && edit.body !== issue.body) {
      refuseLongBody(edit.body ?? '');
      changes['body'] = { from: issue.body ?? '' };
      setFields(issue, { body: edit.body, updatedAt: now, lastEditedAt: now });
    }
    if (Object.keys(changes).length === 0) return;
    if (isPull(issue)) await world.emit({ event: 'pull_request', action: 'edited', repository, by, issue, changes });
    else await world.emit({ event: 'issues', action: 'edited', repository, by, issue, changes });
  });
}

/** Closes an issue; one that is closed stays as it is. */
export async function closeIssue(
  world: World,
  by: Actor,
  issue: Issue,
  reason: 'completed' | 'not_planned' | 'duplicate' = 'completed',
): Promise<void> {
  await world.atomically(async () => {
    if (issue.state === 'closed') return;
    const repository = repositoryOf(world.state, issue.repositoryId);
    refuseWriteToArchived(repository);
    const now = world.clock.now();
    const { login } = by.account;
    setFields(issue, { state: 'closed', stateReason: reason, closedAt: now, closedBy: login, updatedAt: now });
    await world.emit({ event: 'issues', action: 'closed', repository, by, issue });
  });
}

/** Opens an issue again; one that is open stays as it is. */
export async function reopenIssue(world: World, by: Actor, issue: Issue): Promise<void> {
  await world.atomically(async () => {
    if (issue.state === 'open') return;
    const repository = repositoryOf(world.state, issue.repositoryId);
    refuseWriteToArchived(repository);
    const updatedAt = world.clock.now();
    setFields(issue, { state: 'open', stateReason: 'reopened', closedAt: null, closedBy: null, updatedAt });
    await world.emit({ event: 'issues', action: 'reopened', repository, by, issue });
  });
}
