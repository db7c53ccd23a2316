/** Routes of a repository as a whole: itself, people's roles, rules, files. */
import { changeSettings } from '../operations/repositories.ts';
import { rulesFor } from '../operations/rules.ts';
import type { Oid, Role } from '../state.ts';
import { notFound, roleOf } from '../world.ts';
import { representLogin } from './represent-account.ts';
import { representContent, type ShownContent } from './represent-git.ts';
import { representFullRepository, representRule, repositoryUrls } from './represent-repository.ts';
import { ok, takePage, type RepositoryCall, type RestAnswer, type RestRoutes } from './rest-call.ts';

export const repositoryRoutes: RestRoutes<RepositoryCall> = {
  'GET /repos/{owner}/{repo}': ({ world, repository }) => ok(representFullRepository(world, repository)),
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': readRole,
  'GET /repos/{owner}/{repo}/rules/branches/{branch}': (call) => {
    const rules = rulesFor(call.repository, call.path['branch'] ?? '');
    const { page, headers } = takePage(call, rules);
    return { status: 200, body: page.map((rule) => representRule(call.repository, rule)), headers };
  },
  'GET /repos/{owner}/{repo}/actions/permissions': (call) =>
    ok({
      enabled: call.repository.settings.actionsEnabled,
      ...(call.repository.settings.actionsEnabled ? { allowed_actions: 'all' } : {}),
    }),
  'GET /repos/{owner}/{repo}/actions/permissions/workflow': ({ repository: { settings } }) =>
    ok({
      default_workflow_permissions: settings.workflowPermissions,
      can_approve_pull_request_reviews: settings.actionsMayOpenPulls,
    }),
  'PUT /repos/{owner}/{repo}/actions/permissions/workflow': async ({ world, repository, body }) => {
    const { default_workflow_permissions: permissions, can_approve_pull_request_reviews: mayOpen } = body as {
      default_workflow_permissions?: 'read' | 'write';
      can_approve_pull_request_reviews?: boolean;
    };
    await changeSettings(world, repository, {
      ...(permissions === undefined ? {} : { workflowPermissions: permissions }),
      ...(mayOpen === undefined ? {} : { actionsMayOpenPulls: mayOpen }),
    });
    return { status: 204 };
  },
  'GET /repos/{owner}/{repo}/contents/{path}': readContents,
};

/** The five roles in the four words that `permission` has. */
const LEGACY: Readonly<Record<Role, 'admin' | 'write' | 'read' | 'none'>> = {
  admin: 'admin',
  maintain: 'write',
  write: 'write',
  triage: 'read',
  read: 'read',
  none: 'none',
};

const RANK: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

function readRole({ world, repository, path }: RepositoryCall): RestAnswer {
  const account = world.state.accounts.get((path['username'] ?? '').toLowerCase());
  if (account === undefined) throw notFound();
  const role = roleOf(repository, account.login);
  const atLeast = (wanted: Role): boolean => RANK.indexOf(role) >= RANK.indexOf(wanted);
  return ok({
    permission: LEGACY[role],
    role_name: role,
    user: {
      ...representLogin(world, account.login),
      permissions: {
        pull: atLeast('read'),
        triage: atLeast('triage'),
        push: atLeast('write'),
        maintain: atLeast('maintain'),
        admin: atLeast('admin'),
      },
      role_name: role,
    },
  });
}

/** The commit that a ref of a request means: a branch, a tag, a full ref name or an oid. */
export async function resolveCommit(call: RepositoryCall, ref: string): Promise<Oid> {
  const { repository, world } = call;
  for (const name of [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/${ref}`, ref]) {
    const oid = repository.refs.get(name);
    if (oid !== undefined) return oid;
  }
  const isCommit = /^[0-9a-f]{40}$/u.test(ref) && (await world.git.typeOf(repository.gitDir, ref)) === 'commit';
  if (isCommit) return ref;
  throw notFound(`No commit found for the ref ${ref}`);
}

async function readContents(call: RepositoryCall): Promise<RestAnswer> {
  const { world, repository } = call;
  const ref = call.query.get('ref') ?? repository.defaultBranch;
  const path = call.path['path'] ?? '';
  const commit = await world.git.readCommit(repository.gitDir, await resolveCommit(call, ref));
  const entry = commit === null ? null : await world.git.findPath(repository.gitDir, commit.tree, path);
  if (entry === null) throw notFound();
  const show = async (shown: Omit<ShownContent, 'ref' | 'bytes'>, isEntry: boolean): Promise<object> => {
    const bytes = shown.entry.type === 'blob' ? await world.git.readBlob(repository.gitDir, shown.entry.oid) : null;
    return representContent(world, repository, { ...shown, ref, bytes }, isEntry);
  };
  const { api, web } = repositoryUrls(world, repository);
  if (entry.type === 'commit')
    return ok({
      type: 'submodule',
      name: entry.name,
      path,
      sha: entry.oid,
      size: 0,
      submodule_git_url: '',
      url: `${api}/contents/${path}`,
      git_url: null,
      html_url: null,
      download_url: null,
      _links: { git: null, html: null, self: `${web}/${path}` },
    });
  if (entry.type === 'blob') return ok(await show({ path, entry }, false));
  const entries = (await world.git.readTree(repository.gitDir, entry.oid)) ?? [];
  const below = entries.map((one) => show({ path: path === '' ? one.name : `${path}/${one.name}`, entry: one }, true));
  return ok(await Promise.all(below));
}
