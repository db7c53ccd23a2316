/** Accounts, apps and installations as REST shows them. */
import type { Account, App, Installation, Repository } from '../state.ts';
import { accountOf, appOf, roleOf, type World } from '../world.ts';

/** A time as GitHub writes it: UTC, without fractions of a second. */
export function toIso(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/u, 'Z');
}

/** As {@link toIso}, for a time that may not have come. */
export function toIsoOrNull(at: number | null): string | null {
  return at === null ? null : toIso(at);
}

/** Schema `simple-user`. */
export function representAccount(world: World, account: Account): Record<string, unknown> {
  const url = `${world.urls.api}/users/${encodeURIComponent(account.login)}`;
  const page = account.kind === 'Bot' ? `apps/${account.login.replace(/\[bot\]$/u, '')}` : account.login;
  return {
    login: account.login,
    id: account.id,
    node_id: account.nodeId,
    avatar_url: `${world.urls.web}/avatars/${account.id}`,
    gravatar_id: '',
    url,
    html_url: `${world.urls.web}/${page}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.kind,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** As {@link representAccount}, by login. */
export function representLogin(world: World, login: string): Record<string, unknown> {
  return representAccount(world, accountOf(world.state, login));
}

/** As {@link representLogin}, of somebody who may not be there. */
export function representLoginOrNull(world: World, login: string | null): Record<string, unknown> | null {
  return login === null ? null : representLogin(world, login);
}

/** Schema `integration`. */
export function representApp(world: World, app: App): Record<string, unknown> {
  return {
    id: app.id,
    slug: app.slug,
    client_id: app.clientId,
    node_id: app.nodeId,
    owner: representLogin(world, app.ownerLogin),
    name: app.name,
    description: '',
    external_url: `${world.urls.web}/external/${app.slug}`,
    html_url: `${world.urls.web}/apps/${app.slug}`,
    created_at: toIso(app.createdAt),
    updated_at: toIso(app.createdAt),
    permissions: app.permissions,
    events: app.events,
  };
}

/** As {@link representApp}, by id, for something that may be done by a person alone. */
export function representAppOrNull(world: World, appId: number | null): Record<string, unknown> | null {
  return appId === null ? null : representApp(world, appOf(world.state, appId));
}

/** Schema `installation`. */
export function representInstallation(world: World, installation: Installation): Record<string, unknown> {
  const account = accountOf(world.state, installation.accountLogin);
  const app = appOf(world.state, installation.appId);
  return {
    id: installation.id,
    client_id: app.clientId,
    account: representAccount(world, account),
    repository_selection: installation.repositorySelection,
    access_tokens_url: `${world.urls.api}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${world.urls.api}/installation/repositories`,
    html_url: `${world.urls.web}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.kind,
    permissions: installation.permissions,
    events: installation.events,
    created_at: toIso(installation.createdAt),
    updated_at: toIso(installation.updatedAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: representLoginOrNull(world, installation.suspendedBy),
    suspended_at: toIsoOrNull(installation.suspendedAt),
  };
}

/** What somebody is to a repository in the eyes of a reader; it says little about what they may do. */
export function authorAssociation(
  world: World,
  repository: Repository,
  login: string,
): 'OWNER' | 'MEMBER' | 'COLLABORATOR' | 'CONTRIBUTOR' | 'NONE' {
  if (repository.owner.toLowerCase() === login.toLowerCase()) return 'OWNER';
  if (['admin', 'maintain', 'write', 'triage'].includes(roleOf(repository, login)))
    return accountOf(world.state, repository.owner).kind === 'Organization' ? 'MEMBER' : 'COLLABORATOR';
  const hasMerged = [...repository.issues.values()].some(
    (issue) => issue.pull?.isMerged === true && issue.author.toLowerCase() === login.toLowerCase(),
  );
  return hasMerged ? 'CONTRIBUTOR' : 'NONE';
}
