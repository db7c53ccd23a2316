/** What an event of the test GitHub means for workflows: which files are asked, at which commit, in whose name. */
import { isByActions } from '../github/operations/actions-app.ts';
import { readMergeability } from '../github/operations/merging.ts';
import { ZERO_OID, type Oid, type PullIssue, type Repository } from '../github/state.ts';
import type { WorldEvent } from '../github/webhooks/events.ts';
import { keepDeclared, payloadSchemaName } from '../github/webhooks/payload-schema.ts';
import { makePayload } from '../github/webhooks/payloads.ts';
import type { Actor, World } from '../github/world.ts';

/** One event, as `on:` and the context `github` see it. */
export interface TriggerFacts {
  event: string;
  action: string | null;
  payload: Record<string, unknown>;
  by: Actor;
  /** `github.sha` and `github.ref`; the workflow files are those of this commit. */
  sha: Oid;
  ref: string;
  /** Commit and branch that the run is shown at. */
  headSha: Oid;
  headBranch: string | null;
  /** Of pull requests; empty otherwise. */
  baseRef: string;
  headRef: string;
  /** From a fork: nothing to write, no secrets. */
  isRestricted: boolean;
  /** The run waits until a person approves it. */
  needsApproval: boolean;
  /** What `branches:` looks at. */
  branch: string | null;
  tag: string | null;
  /** What `workflows:` looks at. */
  workflowName: string | null;
  /** What `paths:` looks at. */
  changes: { from: Oid; to: Oid } | null;
  /** Id of the run whose end or start this is. */
  causeRunId: number | null;
}

type RepositoryEvent = Extract<WorldEvent, { repository: Repository }>;

/** Events of which the workflows of the default branch hear. */
const ON_DEFAULT_BRANCH = ['issues', 'issue_comment', 'check_run', 'check_suite', 'status', 'workflow_run'] as const;

/** Activity of pull requests that makes runs although a `GITHUB_TOKEN` caused it; they wait for approval. */
const HELD_ACTIONS = ['opened', 'synchronize', 'reopened'];

/**
 * Reads an event. `null` where it starts no workflow: GitHub leaves out what a `GITHUB_TOKEN` caused (it is not
 * documented whether the end of a run that one dispatched is among it; here it is), checks of GitHub Actions and
 * checks on commits that have some, deleted branches, and what workflows cannot listen to.
 */
export async function readTrigger(world: World, event: WorldEvent): Promise<TriggerFacts | null> {
  if (!('repository' in event)) return null;
  const { repository } = event;
  if (!repository.settings.actionsEnabled) return null;
  const byActions = isByActions(event.by);
  const isHeld = byActions && event.event === 'pull_request' && HELD_ACTIONS.includes(event.action);
  if ((byActions && !isHeld) || isOwnCheck(repository, event)) return null;
  const place = await findPlace(world, event);
  if (place === null) return null;
  const action = 'action' in event ? event.action : null;
  const payload = keepDeclared(payloadSchemaName(event.event, action), await makePayload(world, event));
  return {
    event: event.event,
    action,
    payload,
    by: event.by,
    baseRef: '',
    headRef: '',
    isRestricted: false,
    needsApproval: isHeld,
    tag: null,
    workflowName: event.event === 'workflow_run' ? event.run.name : null,
    changes: null,
    causeRunId: event.event === 'workflow_run' ? event.run.id : null,
    ...place,
  };
}

type Place = Pick<TriggerFacts, 'sha' | 'ref' | 'headSha' | 'headBranch' | 'branch'> & Partial<TriggerFacts>;

async function findPlace(world: World, event: RepositoryEvent): Promise<Place | null> {
  const { repository } = event;
  if ((ON_DEFAULT_BRANCH as readonly string[]).includes(event.event)) {
    const place = placeOnDefault(repository);
    return place === null || event.event !== 'workflow_run' ? place : { ...place, branch: event.run.headBranch };
  }
  if (event.event === 'push') return event.after === ZERO_OID ? null : placePush(event);
  if (event.event === 'pull_request' || event.event === 'pull_request_review')
    return placePull(world, repository, event.issue);
  if (event.event !== 'merge_group' || event.action !== 'checks_requested') return null;
  const { group, branch } = event.entry;
  if (group === null) return null;
  const headBranch = group.headRef.replace('refs/heads/', '');
  return { sha: group.headSha, ref: group.headRef, headSha: group.headSha, headBranch, branch };
}

/** The default branch as it stands; `null` for an empty repository. */
export function placeOnDefault(repository: Repository): Place | null {
  const ref = `refs/heads/${repository.defaultBranch}`;
  const sha = repository.refs.get(ref);
  if (sha === undefined) return null;
  return { sha, ref, headSha: sha, headBranch: repository.defaultBranch, branch: repository.defaultBranch };
}

function placePush({ ref, before, after }: Extract<WorldEvent, { event: 'push' }>): Place {
  const isTag = ref.startsWith('refs/tags/');
  const name = ref.replace(/^refs\/(?:heads|tags)\//u, '');
  return {
    sha: after,
    ref,
    headSha: after,
    headBranch: name,
    branch: isTag ? null : name,
    tag: isTag ? name : null,
    changes: before === ZERO_OID ? null : { from: before, to: after },
  };
}

/** The merge of a pull request, as GitHub keeps it; `null` for one with conflicts: it starts nothing. */
async function placePull(world: World, repository: Repository, issue: PullIssue): Promise<Place | null> {
  const { pull, number } = issue;
  const common = {
    headSha: pull.headSha,
    headBranch: pull.headRefName,
    baseRef: pull.baseRefName,
    headRef: pull.headRefName,
    branch: pull.baseRefName,
    isRestricted: pull.headRepositoryId !== repository.id,
    changes: { from: pull.baseSha, to: pull.headSha },
  };
  if (issue.state === 'closed') {
    const ref = `refs/heads/${pull.baseRefName}`;
    const tip = repository.refs.get(ref);
    return tip === undefined ? null : { ...common, sha: pull.mergeCommitSha ?? tip, ref };
  }
  // The first read starts the computation, whenever it is said to be known.
  await readMergeability(world, issue);
  const sha = pull.mergeability?.mergeCommitSha;
  return sha === undefined || sha === null ? null : { ...common, sha, ref: `refs/pull/${number}/merge` };
}

/** Checks of GitHub Actions start nothing, nor do those of others on a commit that has some of Actions. */
function isOwnCheck(repository: Repository, event: RepositoryEvent): boolean {
  if (event.event !== 'check_run' && event.event !== 'check_suite') return false;
  const headSha = event.event === 'check_run' ? event.checkRun.headSha : event.suite.headSha;
  return [...repository.checkSuites.values()].some(
    (suite) => suite.headSha === headSha && suite.workflowRunId !== null,
  );
}
