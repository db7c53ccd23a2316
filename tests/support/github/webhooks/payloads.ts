/** Payloads of events, made from the state of the moment in which the event happens. */
import type { CommitObject } from '../git-storage.ts';
import {
  representAccount,
  representInstallation,
  representLogin,
  representLoginOrNull,
  toIso,
} from '../rest/represent-account.ts';
import { representCheckRun } from '../rest/represent-check.ts';
import { representComment, representIssue } from '../rest/represent-issue.ts';
import { representPull, representReview, representSimplePull } from '../rest/represent-pull.ts';
import { representLabel, representRepository, repositoryUrls } from '../rest/represent-repository.ts';
import { representJob, representRun, representWorkflow } from '../rest/represent-run.ts';
import type { PullIssue, Repository } from '../state.ts';
import { accountOf, repositoryOf, type World } from '../world.ts';
import { representPush, representStatusEvent } from './payload-commits.ts';
import { representHeadCommit, representSuite, representSuiteSummary } from './payload-suites.ts';
import type { InstallationEvent, PullRequestEvent, WorldEvent } from './events.ts';

type Json = Record<string, unknown>;

/** The whole payload but for `installation`, which is of the app that it goes to; fields may be more than GitHub's. */
export async function makePayload(world: World, event: WorldEvent): Promise<Json> {
  if (event.event === 'installation' || event.event === 'installation_repositories')
    return makeInstallationPayload(world, event);
  const { repository, by } = event;
  const owner = accountOf(world.state, repository.owner);
  return {
    ...('action' in event ? { action: event.action } : {}),
    ...(await makeSubject(world, event)),
    ...('changes' in event && event.changes !== undefined ? { changes: representChanges(world, event.changes) } : {}),
    repository:
      event.event === 'push' ? representPushedRepository(world, repository) : shownRepository(world, repository),
    ...(owner.kind === 'Organization' ? { organization: representOrganization(world, owner.login) } : {}),
    sender: representAccount(world, by.account),
  };
}

function shownRepository(world: World, repository: Repository): Json {
  return { ...representRepository(world, repository), custom_properties: {}, topics: [], is_template: false };
}

async function makeSubject(world: World, event: Exclude<WorldEvent, InstallationEvent>): Promise<Json> {
  const { repository } = event;
  switch (event.event) {
    case 'issues':
      return {
        issue: representIssue(world, repository, event.issue),
        ...(event.label === undefined ? {} : { label: representLabel(world, repository, event.label) }),
      };
    case 'issue_comment':
      return {
        issue: representIssue(world, repository, event.issue),
        comment: representComment(world, repository, event.comment),
      };
    case 'pull_request':
      return makePullSubject(world, event);
    case 'pull_request_review':
      return {
        review: {
          ...representReview(world, repository, event.issue, event.review),
          state: event.review.state.toLowerCase(),
        },
        pull_request: completePull(world, event.issue, representSimplePull(world, repository, event.issue, null)),
      };
    case 'check_run':
      return {
        check_run: {
          ...representCheckRun(world, repository, event.checkRun),
          check_suite: representSuiteSummary(world, repository, event.checkRun.suiteId),
        },
        ...(event.identifier === undefined ? {} : { requested_action: { identifier: event.identifier } }),
      };
    case 'check_suite':
      return { check_suite: await representSuite(world, repository, event.suite) };
    case 'workflow_run':
      return makeRunSubject(world, event);
    case 'workflow_job':
      return { workflow_job: representJob(world, repository, event.job) };
    case 'merge_group':
      return makeGroupSubject(world, event);
    case 'push':
      return representPush(world, event);
    case 'create':
    case 'delete':
      return {
        ref: event.name,
        ref_type: event.refType,
        master_branch: repository.defaultBranch,
        description: repository.description,
        pusher_type: 'user',
      };
    case 'status':
      return representStatusEvent(world, event);
    case 'repository':
      return {};
  }
}

async function makePullSubject(world: World, event: PullRequestEvent): Promise<Json> {
  const { repository, issue } = event;
  return {
    number: issue.number,
    pull_request: await representPullOfEvent(world, repository, issue),
    ...(event.label === undefined ? {} : { label: representLabel(world, repository, event.label) }),
    ...(event.before === undefined ? {} : { before: event.before, after: event.after }),
    ...(event.reason === undefined ? {} : { reason: event.reason }),
  };
}

/** In an event mergeability is not known: the event itself changed what it depends on. */
async function representPullOfEvent(world: World, repository: Repository, issue: PullIssue): Promise<Json> {
  const { headSha, baseSha } = issue.pull;
  const base = (await world.git.mergeBase(repository.gitDir, baseSha, headSha)) ?? baseSha;
  const commits = await world.git.listCommits(repository.gitDir, { base, head: headSha });
  const details = {
    mergeable: null,
    mergeableState: 'unknown',
    testMergeSha: null,
    commits: commits.length,
    files: [],
  };
  return completePull(world, issue, representPull(world, repository, issue, details));
}

/** Both ends of a pull request carry their repository as events show it. */
function completePull(world: World, { repositoryId, pull }: PullIssue, shown: Json): Json {
  const source = pull.headRepositoryId === null ? undefined : world.state.repositories.get(pull.headRepositoryId);
  const head = source === undefined ? null : shownRepository(world, source);
  const base = shownRepository(world, repositoryOf(world.state, repositoryId));
  return {
    ...shown,
    head: { ...(shown['head'] as Json), repo: head },
    base: { ...(shown['base'] as Json), repo: base },
  };
}

async function makeRunSubject(world: World, event: Extract<WorldEvent, { event: 'workflow_run' }>): Promise<Json> {
  const { repository, run } = event;
  const workflow = repository.workflows.get(run.workflowId);
  return {
    workflow: workflow === undefined ? null : representWorkflow(world, repository, workflow),
    workflow_run: representRun(world, repository, run, await readCommit(world, repository, run.headSha)),
  };
}

async function makeGroupSubject(world: World, event: Extract<WorldEvent, { event: 'merge_group' }>): Promise<Json> {
  const { repository, entry } = event;
  if (entry.group === null) throw new Error(`The queue entry of #${entry.pullNumber} has no group to tell of.`);
  const commit = await readCommit(world, repository, entry.group.headSha);
  return {
    merge_group: {
      head_sha: entry.group.headSha,
      head_ref: entry.group.headRef,
      base_sha: entry.group.baseSha,
      base_ref: `refs/heads/${entry.branch}`,
      head_commit: commit === null ? null : representHeadCommit(commit),
    },
    ...(event.reason === undefined ? {} : { reason: event.reason }),
  };
}

function readCommit(world: World, repository: Repository, sha: string): Promise<CommitObject | null> {
  return world.git.readCommit(repository.gitDir, sha);
}

/** Accounts among the changes (a transfer's former owner) as REST shows them. */
function representChanges(world: World, changes: Json): Json {
  const from = (changes['owner'] as { from?: Record<string, { login: string }> } | undefined)?.from;
  if (from === undefined) return changes;
  const shown = Object.entries(from).map(([kind, { login }]) => [
    kind,
    kind === 'organization' ? representOrganization(world, login) : representLogin(world, login),
  ]);
  return { ...changes, owner: { from: Object.fromEntries(shown) as Json } };
}

/** Schema `organization-simple-webhooks`. */
function representOrganization(world: World, login: string): Json {
  const account = accountOf(world.state, login);
  const url = `${world.urls.api}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: account.nodeId,
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.urls.web}/avatars/${account.id}`,
    description: null,
  };
}

/** In a push the repository has seconds for times, and a few names of its own. */
function representPushedRepository(world: World, repository: Repository): Json {
  return {
    ...shownRepository(world, repository),
    url: repositoryUrls(world, repository).web,
    created_at: Math.floor(repository.createdAt / 1000),
    pushed_at: Math.floor(repository.pushedAt / 1000),
    updated_at: toIso(repository.updatedAt),
    stargazers: 0,
    master_branch: repository.defaultBranch,
  };
}

function makeInstallationPayload(world: World, event: InstallationEvent): Json {
  const { installation, by } = event;
  const payload: Json = {
    action: event.action,
    installation: representInstallation(world, installation),
    requester: representLoginOrNull(world, null),
    sender: representAccount(world, by.account),
  };
  if (event.event !== 'installation_repositories') {
    const open = [...world.state.repositories.values()].filter(
      (one) =>
        one.owner === installation.accountLogin &&
        (installation.repositorySelection === 'all' || installation.repositoryIds.has(one.id)),
    );
    return { ...payload, repositories: open.map(nameRepository) };
  }
  const named = event.repositories.map(nameRepository);
  return {
    ...payload,
    repository_selection: installation.repositorySelection,
    repositories_added: event.action === 'added' ? named : [],
    repositories_removed: event.action === 'removed' ? named : [],
  };
}

function nameRepository(repository: Repository): Json {
  return {
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: `${repository.owner}/${repository.name}`,
    private: repository.isPrivate,
  };
}
