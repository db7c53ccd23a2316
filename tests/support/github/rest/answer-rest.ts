/** One request of REST from its token to its answer, each checked against the official description. */
import { createHash } from 'node:crypto';

import { actorOf, type Caller } from '../auth.ts';
import { checkAnswer, checkRequest } from '../openapi/validation.ts';
import { describeAccepted, reaches, type Alternatives, type PermissionRecorder } from '../permissions.ts';
import { nameCaller, quotaHeaders, type LimitedResource } from '../rate-limit.ts';
import type { Repository } from '../state.ts';
import { findNewWorkflow, refuseWorkflow } from '../workflow-guard.ts';
import { findRepository, notFound, Refusal, type World } from '../world.ts';
import { describeRefusal, jsonReply, type ReceivedRequest, type Reply } from './http-message.ts';
import type { RepositoryCall, RestAnswer, RestCall, RestServices } from './rest-call.ts';
import type { Route } from './route-table.ts';

/** What the requests of one server share. */
export interface RestContext extends RestServices {
  readonly permissions: PermissionRecorder;
  /** Takes note of a request or an answer that breaks the official description. */
  readonly report: (problem: string) => void;
}

/** A request and the route that it means. */
export interface RestRequest {
  readonly received: ReceivedRequest;
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
  /** JSON of the body; undefined for none. */
  readonly body: unknown;
}

/** Routes that only an app itself may ask, by its JWT. */
function needsJwt(route: Route): boolean {
  return (
    route.name.split(' ')[1]?.startsWith('/app/') === true || ['GET /app', INSTALLATION_ROUTE].includes(route.name)
  );
}

const INSTALLATION_ROUTE = 'GET /repos/{owner}/{repo}/installation';
const OPEN_ROUTES = ['GET /apps/{app_slug}', 'GET /meta', 'GET /rate_limit', 'POST /app-manifests/{code}/conversions'];

/** Answers one request. Never throws for what a client can cause. */
export async function answerRest(context: RestContext, world: World, request: RestRequest): Promise<Reply> {
  const authentication = context.tokens.authenticate(request.received.headers['authorization']);
  if (!('caller' in authentication)) return refuse(authentication.status, authentication.message);
  const { caller } = authentication;
  const resource: LimitedResource = request.route.name.startsWith('POST /app-manifests/')
    ? 'integration_manifest'
    : 'core';
  if (context.rateLimits.read(caller, resource).remaining < 1)
    return withQuota(
      context,
      caller,
      resource,
      refuse(
        403,
        `API rate limit exceeded for ${nameCaller(caller)}. If you reach out to GitHub Support for help, please include the request ID.`,
      ),
    );
  const known = await answerKnown(context, world, caller, request);
  const { alternatives } = request.route;
  const accepted = alternatives.length === 0 ? {} : { 'x-accepted-github-permissions': describeAccepted(alternatives) };
  const reply = { ...known, headers: { ...accepted, ...known.headers } };
  const isFree = reply.status === 304 || request.route.name === 'GET /rate_limit';
  if (!isFree) context.rateLimits.spend(caller, resource, 1);
  return withQuota(context, caller, resource, reply);
}

function withQuota(context: RestContext, caller: Caller, resource: LimitedResource, reply: Reply): Reply {
  return {
    ...reply,
    headers: { ...quotaHeaders(context.rateLimits.read(caller, resource), resource), ...reply.headers },
  };
}

function refuse(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return jsonReply(status, describeRefusal(status, message), headers);
}

async function answerKnown(context: RestContext, world: World, caller: Caller, request: RestRequest): Promise<Reply> {
  const { route, received } = request;
  if (needsJwt(route) && caller.kind !== 'app') return refuse(401, 'A JSON web token could not be decoded');
  const needsToken = !needsJwt(route) && !OPEN_ROUTES.includes(route.name);
  if (needsToken && (caller.kind === 'app' || caller.kind === 'anonymous'))
    return refuse(401, 'Requires authentication');
  const problems = checkRequest(route.operation, {
    path: request.parameters,
    query: received.query,
    body: request.body,
  });
  if (problems.length > 0) {
    for (const problem of problems) context.report(`Request ${received.method} ${received.target}: ${problem}`);
    return refuse(422, `Invalid request.\n\n${problems.join('\n')}`);
  }
  const call: RestCall = {
    world,
    services: context,
    caller,
    path: request.parameters,
    query: received.query,
    body: (request.body ?? {}) as Record<string, unknown>,
  };
  try {
    return finish(context, request, await answerCall(context, request, call));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return jsonReply(error.status, describeRefusal(error.status, error.message, error.errors));
  }
}

async function answerCall(context: RestContext, request: RestRequest, call: RestCall): Promise<RestAnswer | Reply> {
  const { route } = request;
  const { handler, alternatives } = route;
  if (handler.of === 'anything')
    return context.permissions.allows(call.caller, alternatives)
      ? handler.handle(call)
      : refusePermission(alternatives);
  const found = findRepository(call.world.state, call.path['owner'] ?? '', call.path['repo'] ?? '');
  if (found === null) throw notFound();
  const { repository, isMoved } = found;
  if (needsJwt(route)) return handler.handle({ ...call, repository, actor: NOBODY });
  const isRead = route.method === 'GET';
  if (!reaches(call.caller, repository) && (repository.isPrivate || !isRead)) throw notFound();
  if (isMoved) return redirect(request, call.world, repository);
  const actor = actorOf(call.world, call.caller);
  if (actor === undefined) throw notFound();
  const wanted = narrowAlternatives(alternatives, call, repository);
  const isPublicRead = isRead && !repository.isPrivate && !reaches(call.caller, repository);
  if (!isPublicRead && !context.permissions.allows(call.caller, wanted, repository)) return refusePermission(wanted);
  if (!isRead && repository.isArchived) throw new Refusal(403, 'ARCHIVED', 'Repository was archived so is read-only.');
  return handleGuarded(context, { ...call, repository, actor }, route);
}

/** Routes by JWT do nothing in anybody's name. */
const NOBODY = { account: undefined as never, appId: null };

function refusePermission(alternatives: Alternatives): Reply {
  return refuse(403, 'Resource not accessible by integration', {
    'x-accepted-github-permissions': describeAccepted(alternatives),
  });
}

/**
 * Of "issues or pull_requests", what this subject asks for: a plain issue asks for `issues`; a pull request takes
 * either, and the record names `pull_requests`.
 */
function narrowAlternatives(alternatives: Alternatives, call: RestCall, repository: Repository): Alternatives {
  const ofPulls = alternatives.filter((set) => 'pull_requests' in set);
  const ofIssues = alternatives.filter((set) => 'issues' in set);
  if (ofPulls.length === 0 || ofIssues.length === 0) return alternatives;
  const comment = repository.comments.get(Number(call.path['comment_id']));
  const issue = repository.issues.get(comment?.issueNumber ?? Number(call.path['issue_number']));
  if (issue === undefined) return [...ofIssues, ...ofPulls];
  return issue.pull === null ? ofIssues : [...ofPulls, ...ofIssues];
}

/**
 * Refs that would bring in a new workflow file ask for the permission `workflows` too. Merges are judged by their
 * operation, from what they change; here the record learns of it.
 */
async function handleGuarded(
  context: RestContext,
  call: RepositoryCall,
  { operation, handler }: Route,
): Promise<RestAnswer> {
  if (handler.of !== 'repository') throw new Error(`${operation.operationId} is no route of a repository.`);
  const { world, repository, caller } = call;
  const may = (): boolean => context.permissions.allows(caller, [{ workflows: 'write' }], repository);
  if (operation.operationId === 'git/create-ref' || operation.operationId === 'git/update-ref') {
    const path = await findNewWorkflow(world, repository, String(call.body['sha']), repository.refs.values());
    if (path !== undefined && !may()) throw refuseWorkflow(path);
  }
  const branch = findMovingBranch(operation.operationId, call);
  const before = branch === undefined ? undefined : repository.refs.get(branch);
  const answer = await handler.handle(call);
  const after = branch === undefined ? undefined : repository.refs.get(branch);
  if (before !== undefined && after !== undefined && before !== after)
    if ((await findNewWorkflow(world, repository, after, [before])) !== undefined) may();
  return answer;
}

function findMovingBranch(operationId: string, { repository, path }: RepositoryCall): string | undefined {
  const pull = repository.issues.get(Number(path['pull_number']))?.pull ?? undefined;
  if (operationId === 'pulls/merge') return `refs/heads/${pull?.baseRefName}`;
  return operationId === 'pulls/update-branch' ? `refs/heads/${pull?.headRefName}` : undefined;
}

/** A renamed or transferred repository is found under its id; what is not a read must be sent again as it was. */
function redirect({ received, route }: RestRequest, world: World, repository: Repository): Reply {
  const rest = received.target.split('/').slice(4).join('/');
  const location = `${world.urls.api}/repositories/${repository.id}${rest === '' ? '' : `/${rest}`}`;
  const status = route.method === 'GET' ? 301 : 307;
  const body = { message: 'Moved Permanently', url: location, documentation_url: 'https://docs.github.com/rest' };
  return jsonReply(status, body, { location });
}

/** Checks an answer, gives it a tag and its links an address; a reply that is ready goes as it is. */
function finish(context: RestContext, { received, route }: RestRequest, answer: RestAnswer | Reply): Reply {
  if ('bytes' in answer) return answer;
  for (const problem of checkAnswer(route.operation, answer.status, answer.body))
    context.report(`Answer to ${received.method} ${received.target}: ${problem}`);
  const reply = jsonReply(answer.status, answer.body, answer.headers);
  const link = answer.headers?.['link'];
  const origin = `http://${received.headers['host'] ?? ''}${received.path}`;
  const linked = link === undefined ? {} : { link: link.replaceAll('<?', `<${origin}?`) };
  if (route.method !== 'GET' || answer.status !== 200) return { ...reply, headers: { ...reply.headers, ...linked } };
  const etag = `W/"${createHash('sha256').update(reply.bytes).digest('hex')}"`;
  const headers = { ...reply.headers, ...linked, etag };
  const isKnown = received.headers['if-none-match'] === etag;
  return isKnown ? { status: 304, headers: { ...linked, etag }, bytes: Buffer.alloc(0) } : { ...reply, headers };
}
