/** Routes of an app itself (by its JWT), of its installations and of its deliveries. */
import { findHeld } from '../permissions.ts';
import type { LimitedResource } from '../rate-limit.ts';
import type { App, Delivery, Installation, Permissions } from '../state.ts';
import { deliveryHeaders } from '../webhooks/delivery.ts';
import { installationOn, notFound, reachesRepository, unprocessable } from '../world.ts';
import { representApp, representInstallation, toIso } from './represent-account.ts';
import { representRepository } from './represent-repository.ts';
import {
  ok,
  readNumber,
  takePage,
  type RepositoryCall,
  type RestAnswer,
  type RestCall,
  type RestRoutes,
} from './rest-call.ts';

export const appRoutes: RestRoutes<RestCall> = {
  'GET /app': (call) => ok(representApp(call.world, callingApp(call))),
  'GET /app/installations': listInstallations,
  'POST /app/installations/{installation_id}/access_tokens': mintToken,
  'GET /app/hook/deliveries': listDeliveries,
  'GET /app/hook/deliveries/{delivery_id}': (call) => ok(representDelivery(call, findDelivery(call))),
  'POST /app/hook/deliveries/{delivery_id}/attempts': redeliver,
  'POST /app-manifests/{code}/conversions': convertManifest,
  'GET /apps/{app_slug}': showApp,
  'DELETE /installation/token': revokeToken,
  'GET /installation/repositories': listRepositories,
  'GET /rate_limit': readRateLimit,
  'GET /meta': () => ok({ verifiable_password_authentication: false, hooks: ['127.0.0.0/8'] }),
};

/** Of a repository, but with the JWT. */
export const repositoryInstallationRoutes: RestRoutes<RepositoryCall> = {
  'GET /repos/{owner}/{repo}/installation': (call) => {
    const installation = installationOn(call.world.state, callingApp(call).id, call.repository);
    if (installation === null) throw notFound();
    return ok(representInstallation(call.world, installation));
  },
};

/** The app of a JWT; the server lets nothing else through to these routes. */
function callingApp({ caller }: RestCall): App {
  if (caller.kind !== 'app') throw notFound();
  return caller.app;
}

/** Anybody may look at an app that is public, by its slug. */
function showApp({ world, path }: RestCall): RestAnswer {
  const app = [...world.state.apps.values()].find((one) => one.slug === path['app_slug']);
  if (app === undefined) throw notFound();
  return ok(representApp(world, app));
}

function revokeToken({ services, caller }: RestCall): RestAnswer {
  if (caller.kind !== 'installation') throw notFound();
  services.tokens.revoke(caller.token.token);
  return { status: 204 };
}

function listInstallations(call: RestCall): RestAnswer {
  const app = callingApp(call);
  const all = [...call.world.state.installations.values()].filter((installation) => installation.appId === app.id);
  const { page, headers } = takePage(call, all);
  return { status: 200, body: page.map((one) => representInstallation(call.world, one)), headers };
}

function mintToken(call: RestCall): RestAnswer {
  const { world, services } = call;
  const installation = world.state.installations.get(readNumber(call, 'installation_id'));
  if (installation?.appId !== callingApp(call).id) throw notFound();
  if (installation.suspendedAt !== null)
    return { status: 403, body: { message: 'This installation has been suspended' } };
  const asked = call.body as { repositories?: string[]; repository_ids?: number[]; permissions?: Permissions };
  if (asked.permissions !== undefined && findHeld(installation.permissions, [asked.permissions]) === undefined)
    throw unprocessable('The permissions requested are not granted to this installation.');
  const repositoryIds = findNarrowing(call, installation, asked);
  const minted = services.tokens.mint(installation, {
    ...(asked.permissions === undefined ? {} : { permissions: asked.permissions }),
    ...(repositoryIds === undefined ? {} : { repositoryIds }),
  });
  const repositories = [...(repositoryIds ?? [])].flatMap((id) => world.state.repositories.get(id) ?? []);
  return {
    status: 201,
    body: {
      token: minted.token,
      expires_at: toIso(minted.expiresAt),
      permissions: minted.permissions,
      repository_selection: repositoryIds === undefined ? installation.repositorySelection : 'selected',
      ...(repositoryIds === undefined
        ? {}
        : { repositories: repositories.map((one) => representRepository(world, one)) }),
    },
  };
}

/** The repositories that a token is to be narrowed to; undefined when the request names none. */
function findNarrowing(
  { world }: RestCall,
  installation: Installation,
  asked: { repositories?: string[]; repository_ids?: number[] },
): Set<number> | undefined {
  if (asked.repositories === undefined && asked.repository_ids === undefined) return undefined;
  const reached = [...world.state.repositories.values()].filter((one) => reachesRepository(installation, one));
  const byName = (asked.repositories ?? []).map((name) => reached.find((one) => one.name === name)?.id);
  const byId = (asked.repository_ids ?? []).map((id) => reached.find((one) => one.id === id)?.id);
  const found = [...byName, ...byId].flatMap((id) => id ?? []);
  if (found.length < byName.length + byId.length)
    throw unprocessable(
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  return new Set(found);
}

function listDeliveries(call: RestCall): RestAnswer {
  const app = callingApp(call);
  const status = call.query.get('status');
  const size = Number(call.query.get('per_page') ?? 30);
  const before = call.query.get('cursor');
  const sent = call.world.state.deliveries
    .filter((delivery) => delivery.appId === app.id && delivery.deliveredAt !== null)
    .filter((delivery) => status === null || (status === 'success') === isDelivered(delivery))
    .sort((one, other) => other.id - one.id)
    .filter((delivery) => before === null || delivery.id < Number(before));
  const page = sent.slice(0, size);
  const last = page.at(-1);
  const query = new URLSearchParams(call.query);
  if (last !== undefined) query.set('cursor', String(last.id));
  return {
    status: 200,
    body: page.map((delivery) => representDeliveryItem(delivery)),
    headers: sent.length > page.length ? { link: `<?${query.toString()}>; rel="next"` } : {},
  };
}

function isDelivered(delivery: Delivery): boolean {
  return delivery.statusCode >= 200 && delivery.statusCode < 400;
}

function findDelivery(call: RestCall): Delivery {
  const app = callingApp(call);
  const id = readNumber(call, 'delivery_id');
  const found = call.world.state.deliveries.find((one) => one.id === id && one.appId === app.id);
  if (found === undefined || found.deliveredAt === null) throw notFound();
  return found;
}

function representDeliveryItem(delivery: Delivery): Record<string, unknown> {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: toIso(delivery.deliveredAt ?? delivery.createdAt),
    redelivery: delivery.isRedelivery,
    duration: delivery.durationMs / 1000,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

function representDelivery(call: RestCall, delivery: Delivery): Record<string, unknown> {
  return {
    ...representDeliveryItem(delivery),
    url: callingApp(call).hookUrl ?? '',
    request: {
      headers: deliveryHeaders(callingApp(call), delivery),
      payload: JSON.parse(delivery.body) as unknown,
    },
    response: { headers: {}, payload: '' },
  };
}

async function redeliver(call: RestCall): Promise<RestAnswer> {
  await call.services.redeliver(findDelivery(call));
  return { status: 202, body: {} };
}

function convertManifest(call: RestCall): RestAnswer {
  const code = call.path['code'] ?? '';
  const app = call.services.manifestCodes.get(code);
  if (app === undefined) throw notFound();
  // A code is good once.
  call.services.manifestCodes.delete(code);
  return {
    status: 201,
    body: {
      ...representApp(call.world, app),
      client_id: app.clientId,
      client_secret: `secret-of-${app.slug}`,
      webhook_secret: app.webhookSecret,
      pem: app.privateKeyPem,
    },
  };
}

function listRepositories(call: RestCall): RestAnswer {
  const { caller, world } = call;
  if (caller.kind !== 'installation') throw notFound();
  const ids = caller.token.repositoryIds;
  const reached = [...world.state.repositories.values()].filter(
    (one) => reachesRepository(caller.installation, one) && (ids === undefined || ids.has(one.id)),
  );
  const { page, headers } = takePage(call, reached);
  return {
    status: 200,
    body: {
      total_count: reached.length,
      repositories: page.map((one) => representRepository(world, one)),
      repository_selection: caller.installation.repositorySelection,
    },
    headers,
  };
}

function readRateLimit({ services, caller }: RestCall): RestAnswer {
  const read = (resource: LimitedResource): Record<string, number> => {
    const { limit, used, remaining, resetAt } = services.rateLimits.read(caller, resource);
    return { limit, used, remaining, reset: Math.ceil(resetAt / 1000) };
  };
  const core = read('core');
  const search = { limit: 30, used: 0, remaining: 30, reset: core['reset'] };
  return ok({
    resources: { core, search, graphql: read('graphql'), integration_manifest: read('integration_manifest') },
    rate: core,
  });
}
