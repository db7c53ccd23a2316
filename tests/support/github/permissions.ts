/** Which permissions a request needs, whether its token has them, and which ones an app has used so far. */
import { createRequire } from 'node:module';

import type { Caller } from './auth.ts';
import type { RouteName } from './openapi/operations.ts';
import type { Permissions, Repository } from './state.ts';
import { reachesRepository } from './world.ts';

type Level = 'read' | 'write' | 'admin';

/** Permissions that must all be held, by name. */
export type PermissionSet = Readonly<Record<string, Level>>;

/** One of the sets is enough; an empty list asks for nothing. */
export type Alternatives = readonly PermissionSet[];

interface PublishedPermissions {
  readonly permissions: Readonly<Record<string, Partial<Record<'read' | 'write', readonly string[]>>>>;
}

/**
 * Where the published table (of 2021) is silent or says what no longer holds: the permissions that the reference
 * pages of the endpoints name today (docs.github.com/rest/authentication/permissions-required-for-github-apps).
 */
const CURRENT: Partial<Record<RouteName, Alternatives>> = {
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': [{ metadata: 'read' }],
  'GET /repos/{owner}/{repo}/rules/branches/{branch}': [{ metadata: 'read' }],
  'GET /installation/repositories': [{ metadata: 'read' }],
  'GET /repos/{owner}/{repo}/actions/permissions': [{ administration: 'read' }],
  'GET /repos/{owner}/{repo}/actions/permissions/workflow': [{ administration: 'read' }],
  'PUT /repos/{owner}/{repo}/actions/permissions/workflow': [{ administration: 'write' }],
  'GET /repos/{owner}/{repo}/actions/organization-secrets': [{ secrets: 'read' }],
  'GET /repos/{owner}/{repo}/actions/variables': [{ actions_variables: 'read' }],
  'GET /repos/{owner}/{repo}/actions/organization-variables': [{ actions_variables: 'read' }],
  'POST /repos/{owner}/{repo}/rulesets': [{ administration: 'write' }],
  'GET /repos/{owner}/{repo}/actions/workflows': [{ actions: 'read' }],
  'GET /repos/{owner}/{repo}/actions/runs': [{ actions: 'read' }],
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/approve': [{ actions: 'write' }],
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun': [{ actions: 'write' }],
  'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}': [{ actions: 'read' }],
  'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs': [{ actions: 'read' }],
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}': [{ actions: 'read' }],
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts': [{ actions: 'read' }],
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs': [{ actions: 'read' }],
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel': [{ actions: 'write' }],
  'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}': [{ actions: 'read' }],
  'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}': [{ actions: 'read' }],
  'GET /repos/{owner}/{repo}/contents/{path}': [{ contents: 'read' }],
  'GET /repos/{owner}/{repo}/git/blobs/{file_sha}': [{ contents: 'read' }],
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': [{ contents: 'read' }],
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}': [{ contents: 'read' }],
  'GET /repos/{owner}/{repo}/compare/{basehead}': [{ contents: 'read' }],
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': [{ checks: 'read' }],
  'GET /repos/{owner}/{repo}/check-runs/{check_run_id}': [{ checks: 'read' }],
  // The merge that it makes is a push to the head branch.
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch': [{ pull_requests: 'write', contents: 'write' }],
};

/** Routes that take the JWT of the app, or nothing at all, and so need no permission. */
const FREE: readonly RouteName[] = [
  'GET /app',
  'GET /app/installations',
  'POST /app/installations/{installation_id}/access_tokens',
  'GET /app/hook/deliveries',
  'GET /app/hook/deliveries/{delivery_id}',
  'POST /app/hook/deliveries/{delivery_id}/attempts',
  'POST /app-manifests/{code}/conversions',
  'GET /repos/{owner}/{repo}/installation',
  'GET /apps/{app_slug}',
  'DELETE /installation/token',
  'GET /rate_limit',
  'GET /meta',
];

let publishedByRoute: ReadonlyMap<string, Alternatives> | undefined;

/** What a route asks of a token; throws for a route that no table knows. */
export function permissionsOfRoute(route: RouteName): Alternatives {
  if (FREE.includes(route)) return [];
  publishedByRoute ??= readPublished();
  const found = CURRENT[route] ?? publishedByRoute.get(withoutNames(route));
  if (found === undefined)
    throw new Error(
      `No table says which permission "${route}" needs: add it to tests/support/github/permissions.ts with its source.`,
    );
  return found;
}

function readPublished(): ReadonlyMap<string, Alternatives> {
  const published = createRequire(import.meta.url)(
    '@octokit/app-permissions/generated/api.github.com.json',
  ) as PublishedPermissions;
  const byRoute = new Map<string, Map<string, Level>>();
  for (const [name, levels] of Object.entries(published.permissions))
    for (const level of ['read', 'write'] as const)
      for (const route of levels[level] ?? []) {
        const key = withoutNames(route);
        byRoute.set(key, (byRoute.get(key) ?? new Map<string, Level>()).set(name, level));
      }
  return new Map(
    [...byRoute].map(([route, names]) => [route, [...names].map(([name, level]) => ({ [name]: level }))] as const),
  );
}

/** Tables and description call some parameters by different names. */
function withoutNames(route: string): string {
  return route.replaceAll(/\{[^}]+\}/gu, '{}');
}

const RANK: Readonly<Record<Level, number>> = { read: 1, write: 2, admin: 3 };

/** The first set that the permissions hold in full; undefined where none is held. */
export function findHeld(held: Permissions, alternatives: Alternatives): PermissionSet | undefined {
  return alternatives.find((set) =>
    Object.entries(set).every(([name, level]) => {
      const has = held[name];
      return has !== undefined && RANK[has] >= RANK[level];
    }),
  );
}

/** The sets in the form of the header `x-accepted-github-permissions`. */
export function describeAccepted(alternatives: Alternatives): string {
  return alternatives
    .map((set) =>
      Object.entries(set)
        .map(([name, level]) => `${name}=${level}`)
        .join(','),
    )
    .join('; ');
}

/** Whether a caller may do something, with a record of what was needed. */
export interface PermissionRecorder {
  /**
   * True when the caller holds one of the sets and, where a repository is given, its token reaches it. What was held
   * and needed is recorded for the app. People hold everything here: their role is the operation's to check.
   */
  allows(caller: Caller, alternatives: Alternatives, repository?: Repository): boolean;
  /** The highest level of every permission that an app has needed so far. */
  usedBy(appId: number): Permissions;
  /** Permissions that were asked for and never needed, `name` or `name: write, needed only read`. */
  findUnused(appId: number, asked: Permissions): string[];
}

/** An empty record. */
export function createPermissionRecorder(): PermissionRecorder {
  const used = new Map<number, Permissions>();
  return {
    allows(caller, alternatives, repository) {
      if (caller.kind === 'person') return true;
      if (caller.kind !== 'installation') return alternatives.length === 0;
      if (repository !== undefined && !reaches(caller, repository)) return false;
      if (alternatives.length === 0) return true;
      const needed = findHeld(caller.token.permissions, alternatives);
      if (needed === undefined) return false;
      used.set(caller.app.id, raise(used.get(caller.app.id) ?? {}, needed));
      return true;
    },
    usedBy: (appId) => ({ ...used.get(appId) }),
    findUnused(appId, asked) {
      const needed = used.get(appId) ?? {};
      return Object.entries(asked).flatMap(([name, level]) => {
        const at = needed[name];
        if (at === undefined) return [name];
        return RANK[at] < RANK[level] ? [`${name}: ${level}, needed only ${at}`] : [];
      });
    },
  };
}

/** Whether the token of a caller was minted for a repository, or for all of its installation. */
export function reaches(caller: Caller, repository: Repository): boolean {
  if (caller.kind !== 'installation') return caller.kind === 'person';
  const ids = caller.token.repositoryIds;
  return reachesRepository(caller.installation, repository) && (ids === undefined || ids.has(repository.id));
}

function raise(held: Permissions, needed: PermissionSet): Permissions {
  const raised = { ...held };
  for (const [name, level] of Object.entries(needed)) {
    const before = raised[name];
    if (before === undefined || RANK[before] < RANK[level]) raised[name] = level;
  }
  return raised;
}
