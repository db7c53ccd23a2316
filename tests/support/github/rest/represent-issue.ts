/** Issues, comments and reactions as REST shows them. */
import type { Comment, Issue, Reaction, Repository } from '../state.ts';
import type { World } from '../world.ts';
import {
  authorAssociation,
  representAppOrNull,
  representLogin,
  representLoginOrNull,
  toIso,
  toIsoOrNull,
} from './represent-account.ts';
import { representLabel, repositoryUrls } from './represent-repository.ts';

/** The labels of an issue or a pull request. */
export function representLabels(world: World, repository: Repository, issue: Issue): Record<string, unknown>[] {
  return issue.labels.flatMap((name) => {
    const label = repository.labels.get(name.toLowerCase());
    return label === undefined ? [] : [representLabel(world, repository, label)];
  });
}

/** Schema `issue`; of a pull request too, as the issue routes show it. */
export function representIssue(world: World, repository: Repository, issue: Issue): Record<string, unknown> {
  const { api, web } = repositoryUrls(world, repository);
  const url = `${api}/issues/${issue.number}`;
  return {
    id: issue.id,
    node_id: issue.pull?.nodeId ?? issue.nodeId,
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${web}/${issue.pull === null ? 'issues' : 'pull'}/${issue.number}`,
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason,
    title: issue.title,
    body: issue.body,
    user: representLogin(world, issue.author),
    labels: representLabels(world, repository, issue),
    assignee: null,
    assignees: [],
    milestone: null,
    locked: false,
    active_lock_reason: null,
    comments: countComments(repository, issue),
    closed_at: toIsoOrNull(issue.closedAt),
    created_at: toIso(issue.createdAt),
    updated_at: toIso(issue.updatedAt),
    closed_by: representLoginOrNull(world, issue.closedBy),
    author_association: authorAssociation(world, repository, issue.author),
    performed_via_github_app: representAppOrNull(world, issue.appId),
    reactions: countReactions(issue.reactions, url),
    ...(issue.pull === null
      ? {}
      : {
          draft: issue.pull.isDraft,
          pull_request: {
            url: `${api}/pulls/${issue.number}`,
            html_url: `${web}/pull/${issue.number}`,
            diff_url: `${web}/pull/${issue.number}.diff`,
            patch_url: `${web}/pull/${issue.number}.patch`,
            merged_at: toIsoOrNull(issue.pull.mergedAt),
          },
        }),
  };
}

/** Comments that an issue has now. */
export function countComments(repository: Repository, issue: Issue): number {
  return [...repository.comments.values()].filter((comment) => comment.issueNumber === issue.number).length;
}

/** Schema `issue-comment`. */
export function representComment(world: World, repository: Repository, comment: Comment): Record<string, unknown> {
  const { api, web } = repositoryUrls(world, repository);
  const url = `${api}/issues/comments/${comment.id}`;
  const page = repository.issues.get(comment.issueNumber)?.pull == null ? 'issues' : 'pull';
  return {
    id: comment.id,
    node_id: comment.nodeId,
    url,
    html_url: `${web}/${page}/${comment.issueNumber}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.issueNumber}`,
    body: comment.body,
    user: representLogin(world, comment.author),
    created_at: toIso(comment.createdAt),
    updated_at: toIso(comment.updatedAt),
    author_association: authorAssociation(world, repository, comment.author),
    performed_via_github_app: representAppOrNull(world, comment.appId),
    reactions: countReactions(comment.reactions, url),
  };
}

/** Schema `reaction`. */
export function representReaction(world: World, reaction: Reaction): Record<string, unknown> {
  return {
    id: reaction.id,
    node_id: reaction.nodeId,
    user: representLogin(world, reaction.author),
    content: reaction.content,
    created_at: toIso(reaction.createdAt),
  };
}

/** Schema `reaction-rollup`. */
function countReactions(reactions: readonly Reaction[], url: string): Record<string, unknown> {
  const contents = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'];
  return {
    url: `${url}/reactions`,
    total_count: reactions.length,
    ...Object.fromEntries(
      contents.map((content) => [content, reactions.filter((reaction) => reaction.content === content).length]),
    ),
  };
}
