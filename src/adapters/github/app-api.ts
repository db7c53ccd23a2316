/** What the app asks GitHub about itself, with its own signed token: see `src/ports/app-api.ts`. */
import { z } from 'zod';

import type { HookDelivery } from '../../core/intake/choose-redeliveries.ts';
import type { AppApi, AppInstallation, AppRepository, DeliveryQuery } from '../../ports/app-api.ts';
import type { GitHubClient } from './github-client.ts';
import { PAGE_SIZE, readPages } from './read-pages.ts';

const App = z.object({ slug: z.string() });
const Installations = z.array(
  z.object({ id: z.number(), account: z.object({ login: z.string() }).nullable(), suspended_at: z.string().nullish() }),
);
const Repositories = z.object({
  repositories: z.array(
    z.object({ id: z.number(), name: z.string(), owner: z.object({ login: z.string() }), archived: z.boolean() }),
  ),
});
const Deliveries = z.array(
  z.object({ id: z.union([z.number(), z.bigint()]), guid: z.string(), delivered_at: z.string() }),
);
const Viewer = z.object({ viewer: z.object({ databaseId: z.number().nullable() }) });

/** Opens the calls of an app. `own` is authenticated as the app, `clientOf` as an installation. */
export function openAppApi(parts: {
  appId: number;
  own: GitHubClient;
  clientOf: (installationId: number) => GitHubClient;
}): AppApi {
  const { appId, own, clientOf } = parts;
  let botUserId: number | null = null;
  return {
    async readIdentity(signal) {
      const slug = await readSlug(own, signal);
      botUserId ??= await findBotUserId(own, clientOf, signal);
      return { appId, slug, botUserId };
    },
    listInstallations: (signal) => listInstallations(own, signal),
    listRepositories: (installationId, signal) => listRepositories(clientOf(installationId), installationId, signal),
    listDeliveries: (query, signal) => listDeliveries(own, query, signal),
    async redeliver(deliveryId, signal) {
      await own.rest({
        route: 'POST /app/hook/deliveries/{delivery_id}/attempts',
        parameters: { delivery_id: deliveryId },
        what: 'Asking for a webhook to be sent again',
        answer: z.unknown(),
        signal,
        // A delivery that comes twice does no harm.
        maxRepeats: 3,
      });
    },
  };
}

/** The app's name in addresses and in the login of its bot. */
export async function readSlug(own: GitHubClient, signal?: AbortSignal): Promise<string> {
  const { slug } = await own.rest({
    route: 'GET /app',
    parameters: {},
    what: 'Reading who the app is',
    answer: App,
    ...(signal === undefined ? {} : { signal }),
  });
  return slug;
}

function listInstallations(own: GitHubClient, signal: AbortSignal): Promise<AppInstallation[]> {
  return readPages(
    (next) =>
      own.restPage({
        route: 'GET /app/installations',
        parameters: { per_page: PAGE_SIZE, ...next },
        what: 'Listing the installations of the app',
        answer: Installations,
        signal,
      }),
    (page) =>
      page.map(({ id, account, suspended_at: suspendedAt }) => ({
        id,
        account: account?.login ?? '',
        isSuspended: typeof suspendedAt === 'string',
      })),
  );
}

/** A bot is no account that an app may look up as itself; an installation is that bot. */
async function findBotUserId(
  own: GitHubClient,
  clientOf: (installationId: number) => GitHubClient,
  signal: AbortSignal,
): Promise<number | null> {
  const [installation] = (await listInstallations(own, signal)).filter(({ isSuspended }) => !isSuspended);
  if (installation === undefined) return null;
  const { data } = await clientOf(installation.id).graphql({
    kind: 'query',
    document: 'query Viewer { viewer { databaseId } }',
    variables: {},
    what: "Reading the account id of the app's bot",
    answer: Viewer,
    signal,
  });
  return data.viewer.databaseId;
}

function listRepositories(
  client: GitHubClient,
  installationId: number,
  signal: AbortSignal,
): Promise<readonly AppRepository[]> {
  return readPages(
    (next) =>
      client.restPage({
        route: 'GET /installation/repositories',
        parameters: { per_page: PAGE_SIZE, ...next },
        what: `Listing the repositories of installation ${installationId}`,
        answer: Repositories,
        signal,
      }),
    ({ repositories }) =>
      repositories.map(({ id, name, owner, archived }) => ({ id, owner: owner.login, name, isArchived: archived })),
  );
}

async function listDeliveries(
  own: GitHubClient,
  { status, sinceMs, limit }: DeliveryQuery,
  signal: AbortSignal,
): Promise<readonly HookDelivery[]> {
  const found = await readPages(
    (next) =>
      own.restPage({
        route: 'GET /app/hook/deliveries',
        parameters: { per_page: PAGE_SIZE, status, ...next },
        what: "Listing the deliveries of the app's webhook",
        answer: Deliveries,
        signal,
      }),
    (page) =>
      page.map(({ id, guid, delivered_at: at }): HookDelivery => ({
        id: String(id),
        guid,
        deliveredAtMs: Date.parse(at),
      })),
    (items) => items.length >= limit || (items.at(-1)?.deliveredAtMs ?? sinceMs) < sinceMs,
  );
  return found.filter(({ deliveredAtMs }) => deliveredAtMs >= sinceMs);
}
