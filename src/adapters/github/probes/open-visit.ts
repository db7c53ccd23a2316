/** Opens what the probes ask with: clients for the credentials that were given, and the repository that is visited. */
import { Octokit } from '@octokit/rest';
import { z } from 'zod';

import type { ProbedPermission } from '../../../core/report/github-probes.ts';
import { APP_PERMISSIONS } from '../../../core/register/app-permissions.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import { CommitName } from '../answer-shapes.ts';
import { readPrivateKey, signAppToken } from '../app-token.ts';
import { openGitHubClient, type Credential, type GitHubClient } from '../github-client.ts';
import { GitHubError } from '../github-error.ts';
import { PAGE_SIZE, readPages } from '../read-pages.ts';
import { DEFAULT_PACE, openRequestPacer, type Pace } from '../request-pacer.ts';
import type { VisitedRepository, VisitingApp } from './probe-bench.ts';

/** Whose credentials are used: those of an app, or a token of any kind. */
export type ProbeCredential = { kind: 'app'; appId: number; privateKeyPem: string } | { kind: 'token'; token: string };

/** What a visit is opened with. */
export interface VisitOptions {
  credential: ProbeCredential;
  /** Such as `https://api.github.com`. */
  baseUrl: string;
  /** `null` takes the only one that the app reaches. */
  repository: { owner: string; name: string } | null;
  clock: Clock;
  log: Log;
  pace?: Pace;
}

/** An opened visit. */
export interface OpenedVisit {
  kind: 'open';
  /** Whose token it is, in words. */
  actor: string;
  client: GitHubClient;
  app: VisitingApp | null;
  repository: VisitedRepository;
  permissions: readonly ProbedPermission[] | null;
  download(artifactId: number, maxBytes: number): Promise<Uint8Array | null>;
}

/** Why nothing can be tried, and what to do about it. */
export interface UnfitVisit {
  kind: 'unfit';
  because: string;
  next: string;
}

/** More names would not help anybody to choose. */
const MAX_NAMED = 20;
const TIMEOUTS = { restMs: 30_000, graphqlMs: 30_000 };

const AppAnswer = z.object({ id: z.number(), slug: z.string() });
const Installation = z.object({ id: z.number(), permissions: z.record(z.string(), z.string()) });
type Installation = z.infer<typeof Installation>;
const Minted = z.object({ token: z.string() });

/** Opens a visit. Throws {@link GitHubError} if GitHub cannot be asked or does not take the credentials. */
export async function openVisit(options: VisitOptions): Promise<OpenedVisit | UnfitVisit> {
  const { credential } = options;
  if (credential.kind === 'app') return openAsApp(options, credential);
  if (options.repository === null)
    return {
      kind: 'unfit',
      because: 'a token does not say which repository is meant',
      next: 'name it with --repo owner/name',
    };
  const client = openClient(options, fixed(credential.token));
  const found = { actor: 'the owner of a token', client, app: null, permissions: null };
  return readRepository(options, found, { ...options.repository, token: credential.token });
}

async function openAsApp(
  options: VisitOptions,
  { appId, privateKeyPem }: Extract<ProbeCredential, { kind: 'app' }>,
): Promise<OpenedVisit | UnfitVisit> {
  const privateKey = readPrivateKey(privateKeyPem);
  const own = openClient(options, {
    get: () => signAppToken({ id: appId, privateKey }, options.clock.now()),
    drop: () => {},
  });
  const what = 'Reading who the app is';
  const { id, slug } = await own.rest({ route: 'GET /app', parameters: {}, what, answer: AppAnswer });
  const chosen = options.repository ?? (await findOnlyRepository(options, own, slug));
  if ('kind' in chosen) return chosen;
  const installation = await findInstallation(own, chosen);
  if (installation === null)
    return {
      kind: 'unfit',
      because: `the app ${slug} is not installed on ${chosen.owner}/${chosen.name}, or there is no such repository`,
      next: `install it there: the page of the app, 'Install App'`,
    };
  const token = await mint(own, installation.id, {});
  const bare = await mint(own, installation.id, { permissions: { metadata: 'read' } });
  const app = { id, slug, client: own, bare: openClient(options, fixed(bare)) };
  const actor = `the app ${slug} (installation ${installation.id})`;
  const permissions = comparePermissions(installation.permissions);
  const client = openClient(options, fixed(token));
  return readRepository(options, { actor, client, app, permissions }, { ...chosen, token });
}

/** The one repository that the app reaches; else its names, to choose from. */
async function findOnlyRepository(
  options: VisitOptions,
  own: GitHubClient,
  slug: string,
): Promise<{ owner: string; name: string } | UnfitVisit> {
  const Listed = z.array(z.object({ id: z.number(), suspended_at: z.string().nullish() }));
  const Repositories = z.object({
    repositories: z.array(z.object({ name: z.string(), owner: z.object({ login: z.string() }) })),
  });
  const installations = await readPages(
    (next) =>
      own.restPage({
        route: 'GET /app/installations',
        parameters: { per_page: PAGE_SIZE, ...next },
        what: 'Listing the installations of the app',
        answer: Listed,
      }),
    (page) => page.filter(({ suspended_at: suspended }) => typeof suspended !== 'string'),
  );
  const found: { owner: string; name: string }[] = [];
  for (const { id } of installations) {
    const client = openClient(options, fixed(await mint(own, id, {})));
    const reached = await readPages(
      (next) =>
        client.restPage({
          route: 'GET /installation/repositories',
          parameters: { per_page: PAGE_SIZE, ...next },
          what: 'Listing the repositories of the app',
          answer: Repositories,
        }),
      ({ repositories }) => repositories.map(({ name, owner }) => ({ owner: owner.login, name })),
      (items) => items.length > MAX_NAMED,
    );
    found.push(...reached);
    if (found.length > MAX_NAMED) break;
  }
  const [only] = found;
  if (only === undefined)
    return {
      kind: 'unfit',
      because: `the app ${slug} is installed nowhere`,
      next: "install it: its page, 'Install App'",
    };
  if (found.length === 1) return only;
  const names = found.slice(0, MAX_NAMED).map(({ owner, name }) => `${owner}/${name}`);
  return {
    kind: 'unfit',
    because: `the app reaches several repositories (${names.join(', ')}${found.length > MAX_NAMED ? ' …' : ''})`,
    next: 'name one with --repo owner/name, best one that nobody works in',
  };
}

async function findInstallation(
  own: GitHubClient,
  { owner, name }: { owner: string; name: string },
): Promise<Installation | null> {
  try {
    return await own.rest({
      route: 'GET /repos/{owner}/{repo}/installation',
      parameters: { owner, repo: name },
      what: 'Looking for the installation of the app',
      answer: Installation,
    });
  } catch (error) {
    if (error instanceof GitHubError && error.ending.kind === 'gone') return null;
    throw error;
  }
}

async function mint(
  own: GitHubClient,
  installationId: number,
  narrowing: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { token } = await own.rest({
    route: 'POST /app/installations/{installation_id}/access_tokens',
    parameters: { installation_id: installationId, ...narrowing },
    what: `Making a token for installation ${installationId}`,
    answer: Minted,
    maxRepeats: 3,
  });
  return token;
}

const RANK: Readonly<Record<string, number>> = { read: 1, write: 2, admin: 3 };

function comparePermissions(held: Readonly<Record<string, string>>): ProbedPermission[] {
  return APP_PERMISSIONS.map(({ name, level, reason }) => {
    const has = held[name] ?? null;
    const isEnough = has !== null && (RANK[has] ?? 0) >= (RANK[level] ?? 0);
    return { name, wanted: level, held: has, isEnough, reason };
  });
}

const Repository = z.object({
  repository: z.object({
    id: z.string(),
    name: z.string(),
    owner: z.object({ login: z.string() }),
    isArchived: z.boolean(),
    mergeCommitAllowed: z.boolean(),
    squashMergeAllowed: z.boolean(),
    defaultBranchRef: z.object({ name: z.string(), target: z.object({ oid: CommitName }) }).nullable(),
  }),
});

async function readRepository(
  options: VisitOptions,
  found: Pick<OpenedVisit, 'actor' | 'client' | 'app' | 'permissions'>,
  { owner, name, token }: { owner: string; name: string; token: string },
): Promise<OpenedVisit | UnfitVisit> {
  const { data } = await found.client.graphql({
    kind: 'query',
    document: `query ProbeRepository($owner: String!, $name: String!) { repository(owner: $owner, name: $name) {
      id name owner { login } isArchived mergeCommitAllowed squashMergeAllowed defaultBranchRef { name target { oid } }
    } }`,
    variables: { owner, name },
    what: `Reading the repository ${owner}/${name}`,
    answer: Repository,
  });
  const { id, isArchived, defaultBranchRef, mergeCommitAllowed, squashMergeAllowed } = data.repository;
  if (defaultBranchRef === null)
    return { kind: 'unfit', because: `${owner}/${name} has no commit yet`, next: 'push a first commit' };
  const repository: VisitedRepository = {
    owner: data.repository.owner.login,
    name: data.repository.name,
    nodeId: id,
    isArchived,
    defaultBranch: defaultBranchRef.name,
    tip: defaultBranchRef.target.oid,
    mergeMethod: mergeCommitAllowed ? 'MERGE' : squashMergeAllowed ? 'SQUASH' : 'REBASE',
  };
  const download: OpenedVisit['download'] = (artifactId, maxBytes) =>
    downloadArtifact(`${options.baseUrl}/repos/${owner}/${name}/actions/artifacts/${artifactId}/zip`, token, maxBytes);
  return { kind: 'open', ...found, repository, download };
}

/** The address redirects to another host, to which the token is not sent. */
async function downloadArtifact(url: string, token: string, maxBytes: number): Promise<Uint8Array | null> {
  const response = await fetch(url, {
    headers: { authorization: `bearer ${token}`, 'user-agent': 'espalier' },
    signal: AbortSignal.timeout(TIMEOUTS.restMs),
  });
  const isFit = response.ok && Number(response.headers.get('content-length') ?? 0) <= maxBytes;
  if (!isFit) {
    await response.body?.cancel();
    return null;
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  return bytes.length > maxBytes ? null : bytes;
}

function fixed(token: string): Credential {
  return { get: () => Promise.resolve(token), drop: () => {} };
}

function openClient({ baseUrl, clock, log, pace = DEFAULT_PACE }: VisitOptions, credential: Credential): GitHubClient {
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  return openGitHubClient({
    octokit: new Octokit({ baseUrl, userAgent: 'espalier-doctor', log: quiet }),
    graphqlUrl: `${baseUrl.replace(/\/api\/v3\/?$/, '/api').replace(/\/$/, '')}/graphql`,
    credential,
    pacer: openRequestPacer(clock, pace),
    clock,
    log,
    timeouts: TIMEOUTS,
  });
}
