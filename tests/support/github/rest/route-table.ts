/** Every route that this GitHub has, and which one a request means. */
import { describeOperation, type Operation, type RouteName } from '../openapi/operations.ts';
import { permissionsOfRoute, type Alternatives } from '../permissions.ts';
import { appRoutes, repositoryInstallationRoutes } from './app-routes.ts';
import { checkRoutes } from './check-routes.ts';
import { gitRoutes } from './git-routes.ts';
import { issueRoutes } from './issue-routes.ts';
import { pullRoutes } from './pull-routes.ts';
import { repositoryRoutes } from './repository-routes.ts';
import type { RepositoryCall, RestCall, RestHandler, RestRoutes } from './rest-call.ts';
import { runRoutes } from './run-routes.ts';
import { setupRoutes } from './setup-routes.ts';

/** One route with all that is known of it. */
export interface Route {
  readonly name: RouteName;
  readonly method: string;
  readonly operation: Operation;
  readonly alternatives: Alternatives;
  readonly handler:
    | { readonly of: 'repository'; readonly handle: RestHandler<RepositoryCall> }
    | { readonly of: 'anything'; readonly handle: RestHandler<RestCall> };
}

let table: readonly Route[] | undefined;

/** The route of a request and the parameters in its path, decoded; undefined where this GitHub has none. */
export function findRoute(
  method: string,
  path: string,
): { readonly route: Route; readonly parameters: Readonly<Record<string, string>> } | undefined {
  table ??= buildTable();
  for (const route of table) {
    const match = route.method === method ? route.operation.pattern.exec(path) : null;
    if (match === null) continue;
    // A template without parameters has no groups at all.
    const parameters = Object.entries<string | undefined>(match.groups ?? {}).map(([name, text]) => [
      name,
      decodeURIComponent(text ?? ''),
    ]);
    return { route, parameters: Object.fromEntries(parameters) as Record<string, string> };
  }
  return undefined;
}

function buildTable(): readonly Route[] {
  const ofRepository: RestRoutes<RepositoryCall> = {
    ...repositoryInstallationRoutes,
    ...repositoryRoutes,
    ...gitRoutes,
    ...issueRoutes,
    ...pullRoutes,
    ...checkRoutes,
    ...runRoutes,
    ...setupRoutes,
  };
  const routes = [
    ...listHandlers(appRoutes).map(([name, handle]) => makeRoute(name, { of: 'anything', handle })),
    ...listHandlers(ofRepository).map(([name, handle]) => makeRoute(name, { of: 'repository', handle })),
  ];
  // `/issues/comments/{comment_id}` before `/issues/{issue_number}/comments`, and the like.
  return routes.sort((one, other) => other.operation.literalParts - one.operation.literalParts);
}

function listHandlers<Call extends RestCall>(routes: RestRoutes<Call>): [RouteName, RestHandler<Call>][] {
  return Object.entries(routes) as [RouteName, RestHandler<Call>][];
}

function makeRoute(route: RouteName, handler: Route['handler']): Route {
  const method = route.split(' ', 1)[0] ?? '';
  return {
    name: route,
    method,
    operation: describeOperation(route),
    alternatives: permissionsOfRoute(route),
    handler,
  };
}
