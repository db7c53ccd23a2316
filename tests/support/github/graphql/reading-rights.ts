/**
 * Which permission of a GitHub App reading a type needs. GitHub publishes no such table for GraphQL; this one follows
 * the REST endpoints that give the same things.
 */

import { reaches } from '../permissions.ts';
import type { Alternatives } from '../permissions.ts';
import { isPull, notFound, Refusal } from '../world.ts';
import type { Repository } from '../state.ts';
import { notAccessible } from './graphql-errors.ts';
import type { GraphqlContext } from './resolver-types.ts';

const issueOrPull: Alternatives = [{ issues: 'read' }, { pull_requests: 'read' }];

const neededByKind: Readonly<Record<string, Alternatives>> = {
  Repository: [{ metadata: 'read' }],
  RepositoryRuleset: [{ metadata: 'read' }],
  BranchProtectionRule: [{ administration: 'read' }],
  Ref: [{ contents: 'read' }],
  Commit: [{ contents: 'read' }],
  Tree: [{ contents: 'read' }],
  Blob: [{ contents: 'read' }],
  Issue: [{ issues: 'read' }],
  PullRequest: [{ pull_requests: 'read' }],
  PullRequestReview: [{ pull_requests: 'read' }],
  IssueComment: issueOrPull,
  Label: issueOrPull,
  CheckRun: [{ checks: 'read' }],
  CheckSuite: [{ checks: 'read' }],
  StatusCheckRollup: [{ checks: 'read' }, { statuses: 'read' }],
  StatusContext: [{ statuses: 'read' }],
  Workflow: [{ actions: 'read' }],
  WorkflowRun: [{ actions: 'read' }],
  MergeQueue: [{ merge_queues: 'read' }],
  MergeQueueEntry: [{ merge_queues: 'read' }],
};

interface PlacedSource {
  readonly kind: string;
  readonly repository: Repository;
}

function isPlaced(value: unknown): value is PlacedSource {
  return typeof value === 'object' && value !== null && 'kind' in value && 'repository' in value;
}

/** @throws Refusal where the caller may not see `value`; everything outside of repositories is open. */
export function requireReading(context: GraphqlContext, value: unknown): void {
  if (!isPlaced(value)) return;
  const needed = neededByKind[value.kind];
  if (needed === undefined) return;
  requireReadingOf(context, value.repository, isPullComment(value) ? [...needed].reverse() : needed);
}

/** Issues and pull requests share comments and labels; what was needed is what the comment is about. */
function isPullComment(value: PlacedSource): boolean {
  if (!('comment' in value)) return false;
  const { issueNumber } = value.comment as { issueNumber: number };
  const issue = value.repository.issues.get(issueNumber);
  return issue !== undefined && isPull(issue);
}

/** @throws Refusal where the caller may not read a connection of things of `kind` in the parent's repository. */
export function requireReadingConnection(context: GraphqlContext, parent: unknown, kind: string): void {
  const needed = neededByKind[kind];
  if (needed === undefined || !isPlaced(parent)) return;
  const isOfPull = parent.kind === 'PullRequest' && needed === issueOrPull;
  requireReadingOf(context, parent.repository, isOfPull ? [...needed].reverse() : needed);
}

function requireReadingOf(context: GraphqlContext, repository: Repository, needed: Alternatives): void {
  const { caller, permissions } = context.access;
  if (!reaches(caller, repository)) {
    // Anybody may read what is public.
    if (repository.isPrivate) throw notFound(`Could not resolve to a Repository with the name '${repository.name}'.`);
    return;
  }
  if (!permissions.allows(caller, needed)) throw new Refusal(403, 'FORBIDDEN', notAccessible);
}

/** Whether a caller may know that a repository exists. */
export function canSee(context: GraphqlContext, repository: Repository): boolean {
  return !repository.isPrivate || reaches(context.access.caller, repository);
}

/** @throws Refusal where the caller's token cannot write with any of the permissions that are enough. */
export function requireWriting(context: GraphqlContext, repository: Repository, needed: Alternatives): void {
  const { caller, permissions } = context.access;
  if (!permissions.allows(caller, needed, repository)) throw new Refusal(403, 'FORBIDDEN', notAccessible);
}
