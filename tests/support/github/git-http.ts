/**
 * Git over HTTP. Fetches are `git http-backend`'s work. Pushes are taken apart here: objects go into the repository,
 * refs move by the same operation as every other change, under the same rules and with the same events.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { actorOf, type Caller } from './auth.ts';
import { updateRefs, type RefUpdate } from './operations/refs.ts';
import { reaches, type PermissionRecorder } from './permissions.ts';
import { readPush, reportPush, type PushReport } from './push-protocol.ts';
import type { ReceivedRequest, Reply } from './rest/http-message.ts';
import { ZERO_OID, type Repository } from './state.ts';
import { findNewWorkflow, refuseWorkflow } from './workflow-guard.ts';
import { findRepository, Refusal, type Actor, type World } from './world.ts';

/** A request that git makes. */
export interface GitRequest {
  readonly owner: string;
  readonly name: string;
  /** `/info/refs`, `/git-upload-pack` or `/git-receive-pack`. */
  readonly service: string;
  readonly kind: 'fetch' | 'push';
}

/** What a path and a query ask of git; undefined for any other request. */
export function readGitRequest(request: ReceivedRequest): GitRequest | undefined {
  const match =
    /^\/(?<owner>[^/]+)\/(?<name>[^/]+?)(?:\.git)?(?<service>\/(?:info\/refs|git-(?:upload|receive)-pack))$/u;
  const found = match.exec(request.path)?.groups;
  if (found === undefined) return undefined;
  const { owner = '', name = '', service = '' } = found;
  const isPush = service === '/git-receive-pack' || request.query.get('service') === 'git-receive-pack';
  return {
    owner: decodeURIComponent(owner),
    name: decodeURIComponent(name),
    service,
    kind: isPush ? 'push' : 'fetch',
  };
}

/** Answers a fetch or a push of a caller. */
export async function answerGit(
  world: World,
  permissions: PermissionRecorder,
  caller: Caller,
  { request, received }: { readonly request: GitRequest; readonly received: ReceivedRequest },
): Promise<Reply> {
  const found = findRepository(world.state, request.owner, request.name);
  const isOpen = request.kind === 'fetch' && found !== null && !found.repository.isPrivate;
  if (caller.kind === 'anonymous' && !isOpen)
    return say(401, 'Authentication required', { 'www-authenticate': 'Basic realm="GitHub"' });
  if (found === null || (!reaches(caller, found.repository) && !isOpen)) return say(404, 'Repository not found.');
  const { repository, isMoved } = found;
  const fullName = `${repository.owner}/${repository.name}`;
  if (isMoved)
    return say(301, 'Moved', {
      location: `${world.urls.web}/${fullName}.git${received.target.slice(received.target.indexOf(request.service))}`,
    });
  const actor = actorOf(world, caller);
  const level = request.kind === 'push' ? 'write' : 'read';
  if (!isOpen && !permissions.allows(caller, [{ contents: level }], repository))
    return say(403, `Permission to ${fullName}.git denied to ${actor?.account.login ?? 'nobody'}.`);
  if (request.service !== '/git-receive-pack' || actor === undefined) return runBackend(repository, request, received);
  if (repository.isArchived) return say(403, 'This repository was archived so it is read-only.');
  const mayChangeWorkflows = (): boolean => permissions.allows(caller, [{ workflows: 'write' }], repository);
  return takePush(world, actor, repository, { received, mayChangeWorkflows });
}

function say(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain', ...headers }, bytes: Buffer.from(`${text}\n`) };
}

async function takePush(
  world: World,
  actor: Actor,
  repository: Repository,
  { received, mayChangeWorkflows }: { received: ReceivedRequest; mayChangeWorkflows: () => boolean },
): Promise<Reply> {
  const bytes = received.headers['content-encoding'] === 'gzip' ? gunzipSync(received.bytes) : received.bytes;
  const push = readPush(bytes);
  const reports: PushReport[] = [];
  let unpacked = 'ok';
  if (push.pack.byteLength > 0)
    try {
      await world.git.run(repository.gitDir, ['unpack-objects', '-q', '--strict'], push.pack);
    } catch (error) {
      unpacked = error instanceof Error ? error.message : String(error);
    }
  const groups = push.isAtomic ? [push.updates] : push.updates.map((update) => [update]);
  for (const updates of groups) {
    const refusal = unpacked === 'ok' ? await move(world, actor, repository, updates, mayChangeWorkflows) : unpacked;
    for (const { name } of updates) reports.push({ name, refusal });
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/x-git-receive-pack-result', 'cache-control': 'no-cache' },
    bytes: push.updates.length === 0 ? Buffer.alloc(0) : reportPush(push, unpacked, reports),
  };
}

/** Moves refs together; why not, or undefined once they are moved. */
async function move(
  world: World,
  actor: Actor,
  repository: Repository,
  updates: RefUpdate[],
  mayChangeWorkflows: () => boolean,
): Promise<string | undefined> {
  try {
    for (const { after } of updates) {
      const workflow = after === ZERO_OID ? undefined : await findPushedWorkflow(world, repository, after);
      if (workflow !== undefined && !mayChangeWorkflows()) throw refuseWorkflow(workflow);
    }
    await updateRefs(world, actor, repository, updates);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/** Runs git's own CGI on a request and reads its reply. */
async function runBackend(repository: Repository, request: GitRequest, received: ReceivedRequest): Promise<Reply> {
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROJECT_ROOT: path.dirname(repository.gitDir),
      PATH_INFO: `/${path.basename(repository.gitDir)}${request.service}`,
      QUERY_STRING: received.query.toString(),
      REQUEST_METHOD: received.method,
      REMOTE_ADDR: '127.0.0.1',
      CONTENT_TYPE: received.headers['content-type'] ?? '',
      CONTENT_LENGTH: String(received.bytes.byteLength),
      HTTP_CONTENT_ENCODING: received.headers['content-encoding'] ?? '',
      HTTP_GIT_PROTOCOL: received.headers['git-protocol'] ?? '',
      GIT_PROTOCOL: received.headers['git-protocol'] ?? '',
    },
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  // It ends early on a request that it refuses; its output says why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(received.bytes);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const whole = Buffer.concat(output);
  const end = whole.indexOf('\r\n\r\n');
  if (end < 0)
    throw new Error(`git http-backend ended with ${code} and without a reply: ${Buffer.concat(errors).toString()}`);
  const lines = whole.subarray(0, end).toString().split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const { status = '200', ...others } = headers;
  return { status: Number.parseInt(status, 10), headers: others, bytes: whole.subarray(end + 4) };
}

/** A new workflow file in any of the commits that a push brings: one below its tip counts as well. */
async function findPushedWorkflow(world: World, repository: Repository, tip: string): Promise<string | undefined> {
  const known = [...new Set(repository.refs.values())];
  const listed = await world.git.run(repository.gitDir, ['rev-list', tip, '--not', ...known]);
  for (const commit of listed.toString('utf8').split('\n').filter(Boolean)) {
    const found = await findNewWorkflow(world, repository, commit, known);
    if (found !== undefined) return found;
  }
  return undefined;
}
