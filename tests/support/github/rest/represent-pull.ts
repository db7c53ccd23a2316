/** Pull requests, their reviews and their files as REST shows them. */
import type { ChangedFile } from '../git-storage.ts';
import type { PullIssue, Repository, Review } from '../state.ts';
import { accountOf, type World } from '../world.ts';
import {
  authorAssociation,
  representAccount,
  representLogin,
  representLoginOrNull,
  toIso,
  toIsoOrNull,
} from './represent-account.ts';
import { countComments, representLabels } from './represent-issue.ts';
import { representRepository, repositoryUrls } from './represent-repository.ts';

/** Schema `pull-request-simple`, as lists show it. `testMergeSha` is the merge that nobody asked for yet. */
export function representSimplePull(
  world: World,
  repository: Repository,
  issue: PullIssue,
  testMergeSha: string | null,
): Record<string, unknown> {
  const { api, web } = repositoryUrls(world, repository);
  const { pull } = issue;
  const url = `${api}/pulls/${issue.number}`;
  const addresses = {
    comments: `${api}/issues/${issue.number}/comments`,
    commits: `${url}/commits`,
    statuses: `${api}/statuses/${pull.headSha}`,
    html: `${web}/pull/${issue.number}`,
    issue: `${api}/issues/${issue.number}`,
    review_comments: `${url}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
    self: url,
  };
  return {
    url,
    id: pull.id,
    node_id: pull.nodeId,
    html_url: addresses.html,
    diff_url: `${addresses.html}.diff`,
    patch_url: `${addresses.html}.patch`,
    issue_url: addresses.issue,
    commits_url: addresses.commits,
    review_comments_url: addresses.review_comments,
    review_comment_url: addresses.review_comment,
    comments_url: addresses.comments,
    statuses_url: addresses.statuses,
    number: issue.number,
    state: issue.state,
    locked: false,
    active_lock_reason: null,
    title: issue.title,
    user: representLogin(world, issue.author),
    body: issue.body,
    labels: representLabels(world, repository, issue),
    milestone: null,
    created_at: toIso(issue.createdAt),
    updated_at: toIso(issue.updatedAt),
    closed_at: toIsoOrNull(issue.closedAt),
    merged_at: toIsoOrNull(pull.mergedAt),
    merge_commit_sha: pull.mergeCommitSha ?? testMergeSha,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: representHead(world, issue),
    base: {
      label: `${repository.owner}:${pull.baseRefName}`,
      ref: pull.baseRefName,
      sha: pull.baseSha,
      repo: representRepository(world, repository),
      user: representLogin(world, repository.owner),
    },
    _links: Object.fromEntries(Object.entries(addresses).map(([name, href]) => [name, { href }])),
    author_association: authorAssociation(world, repository, issue.author),
    auto_merge:
      pull.autoMerge === null
        ? null
        : {
            enabled_by: representLogin(world, pull.autoMerge.enabledBy),
            merge_method: pull.autoMerge.method,
            commit_title: '',
            commit_message: '',
          },
    draft: pull.isDraft,
  };
}

function representHead(world: World, { pull }: PullIssue): Record<string, unknown> {
  const repository = pull.headRepositoryId === null ? undefined : world.state.repositories.get(pull.headRepositoryId);
  return {
    label: `${pull.headOwner}:${pull.headRefName}`,
    ref: pull.headRefName,
    sha: pull.headSha,
    repo: repository === undefined ? null : representRepository(world, repository),
    user: representAccount(world, accountOf(world.state, pull.headOwner)),
  };
}

/** What only the route of one pull request shows. */
export interface PullDetails {
  readonly mergeable: boolean | null;
  /** Value of `mergeable_state`: GraphQL's `mergeStateStatus` in lower case. */
  readonly mergeableState: string;
  readonly testMergeSha: string | null;
  readonly commits: number;
  readonly files: readonly ChangedFile[];
}

/** Schema `pull-request`. */
export function representPull(
  world: World,
  repository: Repository,
  issue: PullIssue,
  details: PullDetails,
): Record<string, unknown> {
  const add = (numbers: number[]): number => numbers.reduce((sum, number) => sum + number, 0);
  return {
    ...representSimplePull(world, repository, issue, details.testMergeSha),
    merged: issue.pull.isMerged,
    mergeable: details.mergeable,
    rebaseable: details.mergeable,
    mergeable_state: details.mergeableState,
    merged_by: representLoginOrNull(world, issue.pull.mergedBy),
    comments: countComments(repository, issue),
    review_comments: 0,
    maintainer_can_modify: false,
    commits: details.commits,
    additions: add(details.files.map((file) => file.additions)),
    deletions: add(details.files.map((file) => file.deletions)),
    changed_files: details.files.length,
  };
}

/** Schema `pull-request-review`. */
export function representReview(
  world: World,
  repository: Repository,
  issue: PullIssue,
  review: Review,
): Record<string, unknown> {
  const { api, web } = repositoryUrls(world, repository);
  const html = `${web}/pull/${issue.number}#pullrequestreview-${review.id}`;
  const pull = `${api}/pulls/${issue.number}`;
  return {
    id: review.id,
    node_id: review.nodeId,
    user: representLogin(world, review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    _links: { html: { href: html }, pull_request: { href: pull } },
    submitted_at: toIso(review.submittedAt),
    commit_id: review.commitSha,
    author_association: authorAssociation(world, repository, review.author),
  };
}

/** Schema `diff-entry`. */
export function representFile(
  world: World,
  repository: Repository,
  headSha: string,
  file: ChangedFile,
): Record<string, unknown> {
  const { api, web } = repositoryUrls(world, repository);
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  return {
    sha: file.oid,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${web}/blob/${headSha}/${path}`,
    raw_url: `${web}/raw/${headSha}/${path}`,
    contents_url: `${api}/contents/${path}?ref=${headSha}`,
    patch: file.patch,
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  };
}
