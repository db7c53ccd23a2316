/**
 * Opens GitHub for whoever holds a token and no private key: a job of Actions with its `GITHUB_TOKEN`, or with a token
 * of an app that it made before. The forge is the app's own; only who asks is found out from the token.
 */
import { z } from 'zod';

import type { ForgeFacts, Quota } from '../../core/hosted/facts.ts';
import type { RepositoryIdentity } from '../../core/intake/hint.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HostedForge } from '../../ports/hosted-forge.ts';
import type { Log } from '../../ports/log.ts';
import { type ForgeTarget, openForgeShelf } from './forge-shelf.ts';
import { openGitHubClient, type Credential, type GitHubClient, type RequestTimeouts } from './github-client.ts';
import { GitHubError } from './github-error.ts';
import { listOpenPlanIssues } from './list-plans.ts';
import { DEFAULT_TIMEOUTS, graphqlUrlOf, openOctokit, PUBLIC_API } from './open-octokit.ts';
import { DEFAULT_PACE, openRequestPacer, type Pace } from './request-pacer.ts';

/** What GitHub is opened with. */
export interface TokenOptions {
  /** Of an installation of an app; the `GITHUB_TOKEN` of a job is one, of GitHub's own app for Actions. */
  token: string;
  clock: Clock;
  log: Log;
  /** Such as `https://github.example/api/v3` for GitHub Enterprise Server; github.com unless given. */
  baseUrl?: string;
  pace?: Pace;
  timeouts?: RequestTimeouts;
  /** Sends requests instead of the platform's `fetch`. */
  fetch?: typeof globalThis.fetch;
}

/** Who a token speaks for. */
export interface TokenIdentity {
  appId: number;
  /** Of the app's bot, such as `github-actions[bot]`. */
  login: string;
  /** Account id of that bot; `null` if GitHub does not say. */
  botUserId: number | null;
}

export interface GitHubByToken {
  /** Asked once, and again after a failure. Throws {@link GitHubError} if the token is no app's. */
  readSelf(this: void): Promise<TokenIdentity>;
  /** A repository by its names, with its id. Throws {@link GitHubError} if the token does not reach it. */
  readRepository(this: void, names: { owner: string; name: string }): Promise<RepositoryIdentity>;
  /** The forge of a repository; the same one for each call, so that what was read is kept. */
  forgeOf(this: void, target: Omit<ForgeTarget, 'installationId'>): HostedForge;
  /** Numbers of the issues of a repository that are plans or ask to be one, ascending; closed ones are at their end. */
  listOpenPlans(this: void, repository: { owner: string; name: string }, signal?: AbortSignal): Promise<number[]>;
  /** What was left of the token's quotas at the last answer. */
  quota(this: void): { rest: Quota | null; graphql: Quota | null };
  /** For calls that are no plan's. */
  readonly client: GitHubClient;
}

/** A token does not say which installation it is of; a process has one token, so that all are the same one. */
const NO_INSTALLATION = 0;

/** Opens GitHub. Nothing is asked before the first call. */
export function openGitHubByToken(options: TokenOptions): GitHubByToken {
  const { token, clock, log, baseUrl = PUBLIC_API, pace = DEFAULT_PACE, timeouts = DEFAULT_TIMEOUTS } = options;
  // There is no other one to be had.
  const credential: Credential = { get: () => Promise.resolve(token), drop: () => {} };
  const client = openGitHubClient({
    octokit: openOctokit(options, baseUrl),
    graphqlUrl: graphqlUrlOf(baseUrl),
    credential,
    pacer: openRequestPacer(clock, pace),
    clock,
    log,
    timeouts,
  });
  const readSelf = rememberSelf(client);
  const readApp = async (): Promise<ForgeFacts['app']> => {
    const { appId, login } = await readSelf();
    return { id: appId, login };
  };
  const forgeOf = openForgeShelf({ clientOf: () => client, clock, readApp });
  return {
    readSelf,
    readRepository: (names) => readRepository(client, names),
    forgeOf: (target) => forgeOf({ ...target, installationId: NO_INSTALLATION }),
    listOpenPlans: (repository, signal) => listOpenPlanIssues(client, repository, clock.now(), signal),
    quota: () => client.quota(),
    client,
  };
}

function rememberSelf(client: GitHubClient): () => Promise<TokenIdentity> {
  let asked: Promise<TokenIdentity> | null = null;
  return () => {
    asked ??= readIdentity(client).catch((error: unknown) => {
      asked = null;
      throw error;
    });
    return asked;
  };
}

const Viewer = z.object({ viewer: z.object({ login: z.string(), databaseId: z.number().nullable() }) });
const App = z.object({ id: z.number().int(), slug: z.string() });

const WHO = 'Reading whose token it is';

/**
 * The app behind a token. GitHub tells a token's own app nowhere; its bot is named for the app, and what an app is
 * called everybody may ask.
 */
async function readIdentity(client: GitHubClient): Promise<TokenIdentity> {
  const { data } = await client.graphql({
    kind: 'query',
    document: 'query Viewer { viewer { login databaseId } }',
    variables: {},
    what: WHO,
    answer: Viewer,
  });
  // Whether the login of a bot has its ending in GraphQL depends on the field.
  const slug = data.viewer.login.replace(/\[bot\]$/, '');
  try {
    const app = await client.rest({
      route: 'GET /apps/{app_slug}',
      parameters: { app_slug: slug },
      what: WHO,
      answer: App,
    });
    return { appId: app.id, login: `${app.slug}[bot]`, botUserId: data.viewer.databaseId };
  } catch (error) {
    if (!(error instanceof GitHubError) || error.ending.kind !== 'gone') throw error;
    throw new GitHubError(WHO, {
      ending: { kind: 'refused' },
      because:
        "it is a person's and no app's, and only an app may write check runs; hand over `github.token`, or a token that actions/create-github-app-token has made",
      cause: error,
    });
  }
}

const Repository = z.object({
  repository: z.object({ databaseId: z.number(), name: z.string(), owner: z.object({ login: z.string() }) }).nullable(),
});

async function readRepository(
  client: GitHubClient,
  { owner, name }: { owner: string; name: string },
): Promise<RepositoryIdentity> {
  const what = 'Reading which repository it is';
  const { data } = await client.graphql({
    kind: 'query',
    document:
      'query WhichRepository($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { databaseId name owner { login } } }',
    variables: { owner, name },
    what,
    answer: Repository,
  });
  const { repository } = data;
  if (repository === null)
    throw new GitHubError(what, { ending: { kind: 'gone' }, because: 'the token does not reach it, or it is gone' });
  return { id: repository.databaseId, owner: repository.owner.login, name: repository.name };
}
