/**
 * Opens GitHub for one app: clients per installation that share tokens and pace, the calls of the app itself, and the
 * forge of one repository. Nothing is asked before the first call.
 */
import { z } from 'zod';

import type { ForgeFacts, Quota } from '../../core/hosted/facts.ts';
import type { AppApi } from '../../ports/app-api.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HostedForge } from '../../ports/hosted-forge.ts';
import type { Log } from '../../ports/log.ts';
import { openAppApi, readSlug } from './app-api.ts';
import { readPrivateKey, signAppToken } from './app-token.ts';
import { type ForgeTarget, openForgeShelf } from './forge-shelf.ts';
import { openGitHubClient, type Credential, type GitHubClient, type RequestTimeouts } from './github-client.ts';
import { openInstallationTokens, type InstallationToken } from './installation-tokens.ts';
import { DEFAULT_TIMEOUTS, graphqlUrlOf, openOctokit, PUBLIC_API } from './open-octokit.ts';
import { DEFAULT_PACE, openRequestPacer, type Pace } from './request-pacer.ts';

/** What GitHub is opened with. */
export interface GitHubOptions {
  appId: number;
  privateKeyPem: string;
  clock: Clock;
  log: Log;
  /** Such as `https://github.example/api/v3` for GitHub Enterprise Server; github.com unless given. */
  baseUrl?: string;
  pace?: Pace;
  timeouts?: RequestTimeouts;
  /** Sends requests instead of the platform's `fetch`. */
  fetch?: typeof globalThis.fetch;
}

export interface GitHub {
  readonly api: AppApi;
  /** The client of an installation; the same one for each call, so that limits and quota are one. */
  clientOf(installationId: number): GitHubClient;
  /** The forge of a repository; the same one for each call, so that what was read is kept. */
  forgeOf(target: ForgeTarget): HostedForge;
  /** What was left of an installation's quotas at the last answer. */
  quotaOf(installationId: number): { rest: Quota | null; graphql: Quota | null };
}

const MintedToken = z.object({ token: z.string(), expires_at: z.string() });

/** Opens GitHub. Throws if the private key cannot be read. */
export function openGitHub(options: GitHubOptions): GitHub {
  const { appId, clock, log, baseUrl = PUBLIC_API, pace = DEFAULT_PACE, timeouts = DEFAULT_TIMEOUTS } = options;
  const privateKey = readPrivateKey(options.privateKeyPem);
  const octokit = openOctokit(options, baseUrl);
  const shared = { octokit, graphqlUrl: graphqlUrlOf(baseUrl), clock, log, timeouts };
  const ownCredential: Credential = {
    get: () => signAppToken({ id: appId, privateKey }, clock.now()),
    drop: () => {},
  };
  const ownClient = openGitHubClient({ ...shared, credential: ownCredential, pacer: openRequestPacer(clock, pace) });
  const tokens = openInstallationTokens(clock, (installationId) => mintToken(ownClient, installationId));
  const clients = new Map<number, GitHubClient>();

  function clientOf(installationId: number): GitHubClient {
    const known = clients.get(installationId);
    if (known !== undefined) return known;
    const credential: Credential = {
      get: () => tokens.get(installationId),
      drop: (token, leastAgeMs) => tokens.drop(installationId, token, leastAgeMs),
    };
    const opened = openGitHubClient({ ...shared, credential, pacer: openRequestPacer(clock, pace) });
    clients.set(installationId, opened);
    return opened;
  }

  return {
    api: openAppApi({ appId, own: ownClient, clientOf }),
    clientOf,
    forgeOf: openForgeShelf({ clientOf, clock, readApp: rememberApp(appId, ownClient) }),
    quotaOf: (installationId) => clientOf(installationId).quota(),
  };
}

/** Who the app is: asked once, and again after a failure. */
function rememberApp(appId: number, own: GitHubClient): () => Promise<ForgeFacts['app']> {
  let asked: Promise<ForgeFacts['app']> | null = null;
  return () => {
    asked ??= readSlug(own).then(
      (slug) => ({ id: appId, login: `${slug}[bot]` }),
      (error: unknown) => {
        asked = null;
        throw error;
      },
    );
    return asked;
  };
}

async function mintToken(own: GitHubClient, installationId: number): Promise<InstallationToken> {
  const made = await own.rest({
    route: 'POST /app/installations/{installation_id}/access_tokens',
    parameters: { installation_id: installationId },
    what: `Making a token for installation ${installationId}`,
    answer: MintedToken,
    // A second token does no harm.
    maxRepeats: 3,
  });
  return { token: made.token, expiresAtMs: Date.parse(made.expires_at) };
}
