/** Repositories, rules and workflows' settings as REST shows them. */
import type { BranchRule, Label, Repository, Ruleset } from '../state.ts';
import { accountOf, type World } from '../world.ts';
import { representLogin, toIso } from './represent-account.ts';

/** Where the API and the web show a repository. */
export function repositoryUrls(world: World, repository: Repository): { api: string; web: string } {
  const path = `${repository.owner}/${repository.name}`;
  return { api: `${world.urls.api}/repos/${path}`, web: `${world.urls.web}/${path}` };
}

/** Addresses below a repository, by field and by what follows the repository's own address. */
const ADDRESSES: readonly (readonly [field: string, path: string])[] = [
  ['archive_url', '/{archive_format}{/ref}'],
  ['assignees_url', '/assignees{/user}'],
  ['blobs_url', '/git/blobs{/sha}'],
  ['branches_url', '/branches{/branch}'],
  ['collaborators_url', '/collaborators{/collaborator}'],
  ['comments_url', '/comments{/number}'],
  ['commits_url', '/commits{/sha}'],
  ['compare_url', '/compare/{base}...{head}'],
  ['contents_url', '/contents/{+path}'],
  ['contributors_url', '/contributors'],
  ['deployments_url', '/deployments'],
  ['downloads_url', '/downloads'],
  ['events_url', '/events'],
  ['forks_url', '/forks'],
  ['git_commits_url', '/git/commits{/sha}'],
  ['git_refs_url', '/git/refs{/sha}'],
  ['git_tags_url', '/git/tags{/sha}'],
  ['hooks_url', '/hooks'],
  ['issue_comment_url', '/issues/comments{/number}'],
  ['issue_events_url', '/issues/events{/number}'],
  ['issues_url', '/issues{/number}'],
  ['keys_url', '/keys{/key_id}'],
  ['labels_url', '/labels{/name}'],
  ['languages_url', '/languages'],
  ['merges_url', '/merges'],
  ['milestones_url', '/milestones{/number}'],
  ['notifications_url', '/notifications{?since,all,participating}'],
  ['pulls_url', '/pulls{/number}'],
  ['releases_url', '/releases{/id}'],
  ['stargazers_url', '/stargazers'],
  ['statuses_url', '/statuses/{sha}'],
  ['subscribers_url', '/subscribers'],
  ['subscription_url', '/subscription'],
  ['tags_url', '/tags'],
  ['teams_url', '/teams'],
  ['trees_url', '/git/trees{/sha}'],
];

/** Schema `minimal-repository`, as workflow runs carry it. */
export function representMinimalRepository(world: World, repository: Repository): Record<string, unknown> {
  const { api, web } = repositoryUrls(world, repository);
  return {
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: `${repository.owner}/${repository.name}`,
    owner: representLogin(world, repository.owner),
    private: repository.isPrivate,
    html_url: web,
    description: repository.description,
    fork: repository.isFork,
    url: api,
    ...Object.fromEntries(ADDRESSES.map(([field, path]) => [field, `${api}${path}`])),
  };
}

/** Schema `repository`, as pull requests and lists carry it. */
export function representRepository(world: World, repository: Repository): Record<string, unknown> {
  const { web } = repositoryUrls(world, repository);
  const openIssues = [...repository.issues.values()].filter((issue) => issue.state === 'open').length;
  return {
    ...representMinimalRepository(world, repository),
    git_url: `git://${web.replace(/^https?:\/\//u, '')}.git`,
    ssh_url: `git@${new URL(web).hostname}:${repository.owner}/${repository.name}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    forks_count: 0,
    forks: 0,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    size: 1,
    default_branch: repository.defaultBranch,
    open_issues_count: openIssues,
    open_issues: openIssues,
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    has_downloads: false,
    archived: repository.isArchived,
    disabled: false,
    visibility: repository.isPrivate ? 'private' : 'public',
    pushed_at: toIso(repository.pushedAt),
    created_at: toIso(repository.createdAt),
    updated_at: toIso(repository.updatedAt),
  };
}

/** Schema `full-repository`. */
export function representFullRepository(world: World, repository: Repository): Record<string, unknown> {
  const isOrganization = accountOf(world.state, repository.owner).kind === 'Organization';
  return {
    ...representRepository(world, repository),
    subscribers_count: 0,
    network_count: 0,
    allow_merge_commit: repository.settings.allowMergeCommit,
    allow_squash_merge: repository.settings.allowSquashMerge,
    allow_rebase_merge: repository.settings.allowRebaseMerge,
    allow_auto_merge: repository.settings.allowAutoMerge,
    delete_branch_on_merge: repository.settings.deleteBranchOnMerge,
    ...(isOrganization ? { organization: representLogin(world, repository.owner) } : {}),
  };
}

/** Schema `repository-rule-detailed`. */
export function representRule(
  repository: Repository,
  { ruleset, rule }: { ruleset: Ruleset; rule: BranchRule },
): Record<string, unknown> {
  return {
    ...rule,
    ruleset_source_type: 'Repository',
    ruleset_source: `${repository.owner}/${repository.name}`,
    ruleset_id: ruleset.id,
  };
}

/** Schema `label`. */
export function representLabel(world: World, repository: Repository, label: Label): Record<string, unknown> {
  return {
    id: label.id,
    node_id: label.nodeId,
    url: `${repositoryUrls(world, repository).api}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}
