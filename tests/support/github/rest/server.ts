/**
 * The test GitHub on loopback: REST, GraphQL and git over HTTP on one world, with its faults. What a client asks and
 * this GitHub does not have, and what breaks the official description, makes `close` throw.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createTokenStore, type Caller, type TokenStore } from '../auth.ts';
import { createFaultScript, type Fault, type FaultScript, type RequestFacts } from '../faults.ts';
import { answerGit, readGitRequest, type GitRequest } from '../git-http.ts';
import type { DescribedRequest, GraphqlRequest } from '../graphql/execute-graphql.ts';
import { createPermissionRecorder, type PermissionRecorder } from '../permissions.ts';
import { createRateLimits, type RateLimits } from '../rate-limit.ts';
import type { App } from '../state.ts';
import type { World } from '../world.ts';
import { answerGraphql, type GraphqlService } from './answer-graphql.ts';
import { answerRest, type RestContext } from './answer-rest.ts';
import {
  describeRefusal,
  jsonReply,
  receiveRequest,
  sendReply,
  type ReceivedRequest,
  type Reply,
} from './http-message.ts';
import { createOlderStates } from './older-state.ts';
import type { RestServices } from './rest-call.ts';
import { findRoute } from './route-table.ts';
import { ARTIFACT_PATH } from './run-routes.ts';

/** One request and what was answered; status 0 where the connection was broken. */
interface LoggedRequest extends RequestFacts {
  readonly status: number;
}

/** A running server and everything that a test asks of it. */
export interface GitHubServer {
  /** Origin, without a slash at the end; also in `world.urls`. */
  readonly url: string;
  readonly tokens: TokenStore;
  readonly permissions: PermissionRecorder;
  readonly rateLimits: RateLimits;
  readonly faults: FaultScript;
  /** Every request so far, in order of answer. */
  readonly requests: readonly LoggedRequest[];
  /** Codes that `POST /app-manifests/{code}/conversions` takes, once each. */
  readonly manifestCodes: Map<string, App>;
  /** What went against the description or is missing here, for tests that mean it; `close` does not throw for these. */
  takeProblems(): string[];
  /** Stops listening, breaks what is open, and throws when there are problems left. */
  close(): Promise<void>;
}

interface Request {
  readonly received: ReceivedRequest;
  readonly body: unknown;
  readonly found: ReturnType<typeof findRoute>;
  readonly git: GitRequest | undefined;
  readonly graphql: { readonly request: GraphqlRequest; readonly described: DescribedRequest | null } | undefined;
  readonly facts: RequestFacts;
}

/** Starts a server on a free port of loopback and writes its origin into `world.urls`. */
export async function startGitHubServer(
  world: World,
  graphql: GraphqlService,
  redeliver: RestServices['redeliver'],
): Promise<GitHubServer> {
  let problems: string[] = [];
  const requests: LoggedRequest[] = [];
  const faults = createFaultScript();
  const older = createOlderStates(world);
  const context: RestContext = {
    tokens: createTokenStore(world),
    rateLimits: createRateLimits(world.clock),
    permissions: createPermissionRecorder(),
    manifestCodes: new Map(),
    redeliver,
    report: (problem) => problems.push(problem),
  };

  async function answer(request: Request, seen: World): Promise<Reply> {
    const { received, body, found, git } = request;
    if (git !== undefined) {
      const authentication = context.tokens.authenticate(received.headers['authorization']);
      if ('caller' in authentication)
        return answerGit(seen, context.permissions, authentication.caller, { request: git, received });
      return jsonReply(authentication.status, describeRefusal(authentication.status, authentication.message));
    }
    if (request.graphql !== undefined) return answerGraphql(context, seen, graphql, { received, ...request.graphql });
    if (received.path.startsWith(ARTIFACT_PATH)) return downloadArtifact(seen, received.path);
    if (found !== undefined) return answerRest(context, seen, { received, body, ...found });
    const problem = `The test GitHub has no route for ${received.method} ${received.target}: add it in tests/support/github/rest.`;
    context.report(problem);
    return jsonReply(501, describeRefusal(501, problem));
  }

  function describe(received: ReceivedRequest): Request {
    const authentication = context.tokens.authenticate(received.headers['authorization']);
    return describeRequest(world, graphql, received, 'caller' in authentication ? authentication.caller : undefined);
  }

  async function serve(request: Request, response: ServerResponse): Promise<void> {
    const { facts } = request;
    const met = faults.meet(facts);
    for (const fault of met) if (fault.kind === 'change') await fault.change(world);
    const log = (status: number): void => void requests.push({ ...facts, status });
    const fail = (when: 'before' | 'after'): boolean => {
      const fault = met.find((one) => (one.kind === 'answer' || one.kind === 'reset') && one.when === when);
      if (fault === undefined) return false;
      log(fault.kind === 'answer' ? fault.status : 0);
      if (fault.kind === 'answer') sendReply(response, describeFault(fault), world.clock.now());
      else response.socket?.destroy();
      return true;
    };
    if (fail('before')) return;
    if (facts.kind === 'write' && faults.mayBeStale) await world.atomically(async () => older.keep());
    const stale = facts.kind === 'read' ? met.find((fault) => fault.kind === 'stale') : undefined;
    const seen = (stale === undefined ? undefined : older.find(stale.withinMs)) ?? world;
    const reply = await answer(request, seen);
    for (const fault of met) if (fault.kind === 'slow') await fault.until();
    if (fail('after')) return;
    log(reply.status);
    sendReply(response, reply, world.clock.now());
  }

  const server = createServer((message, response) => {
    const done = (async () => serve(describe(await receiveRequest(message)), response))();
    done.catch((error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      context.report(`${message.method ?? ''} ${message.url ?? ''} failed in the test GitHub: ${text}`);
      if (response.headersSent) response.destroy();
      else sendReply(response, jsonReply(500, describeRefusal(500, text)), world.clock.now());
    });
  });
  const url = await listen(server);
  Object.assign(world.urls, { web: url, api: url });
  const { report: _report, redeliver: _redeliver, ...shown } = context;
  return {
    ...shown,
    url,
    faults,
    requests,
    takeProblems() {
      const taken = problems;
      problems = [];
      return taken;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
      if (problems.length > 0)
        throw new Error(`The test GitHub met what it does not know or may not send:\n${problems.join('\n')}`);
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Says what a request is; `/repositories/{id}/…`, to which redirects lead, is the repository of that id. */
function describeRequest(
  world: World,
  graphql: GraphqlService,
  received: ReceivedRequest,
  caller: Caller | undefined,
): Request {
  const git = readGitRequest(received);
  const isJson = git === undefined && received.bytes.byteLength > 0;
  const body = isJson ? (JSON.parse(received.bytes.toString('utf8')) as unknown) : undefined;
  const asked = received.path === '/graphql' ? (body as GraphqlRequest) : undefined;
  const described = asked === undefined ? null : graphql.describeRequest(asked);
  const found = findRoute(received.method, nameRepository(world, received.path));
  const isRead = asked === undefined ? received.method === 'GET' || git?.kind === 'fetch' : described?.kind === 'query';
  const facts: RequestFacts = {
    method: received.method,
    target: received.target,
    route: found?.route.name,
    graphql: described?.name,
    git: git?.kind,
    kind: isRead ? 'read' : 'write',
    appId: caller?.kind === 'app' || caller?.kind === 'installation' ? caller.app.id : undefined,
    userAgent: received.headers['user-agent'] ?? '',
    body,
  };
  return {
    received,
    body,
    found,
    git,
    graphql: asked === undefined ? undefined : { request: asked, described },
    facts,
  };
}

function nameRepository(world: World, path: string): string {
  const { id, rest = '' } = /^\/repositories\/(?<id>\d+)(?<rest>\/.*)?$/u.exec(path)?.groups ?? {};
  const repository = world.state.repositories.get(Number(id));
  return repository === undefined ? path : `/repos/${repository.owner}/${repository.name}${rest}`;
}

function describeFault(fault: Extract<Fault, { kind: 'answer' }>): Reply {
  return jsonReply(fault.status, fault.body ?? describeRefusal(fault.status, fault.message), fault.headers);
}

function downloadArtifact(world: World, path: string): Reply {
  const [repositoryId, file = ''] = path.slice(ARTIFACT_PATH.length).split('/');
  const artifact = world.state.repositories.get(Number(repositoryId))?.artifacts.get(Number.parseInt(file, 10));
  if (artifact === undefined || artifact.isExpired) return jsonReply(404, describeRefusal(404, 'Not Found'));
  return { status: 200, headers: { 'content-type': artifact.contentType }, bytes: Buffer.from(artifact.bytes) };
}
