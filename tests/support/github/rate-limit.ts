/** The primary limits: so many requests of REST, and so many points of GraphQL, an hour and a caller. */
import type { Caller } from './auth.ts';
import { ACTIONS_APP_ID } from './registry.ts';

export type LimitedResource = 'core' | 'graphql' | 'integration_manifest';

/** One counter as `GET /rate_limit` shows it; `resetAt` in milliseconds. */
export interface Quota {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  readonly resetAt: number;
}

/** A `GITHUB_TOKEN` has a thousand requests, and as many points, an hour and a repository. */
const ACTIONS_LIMIT = 1000;

const WINDOW_MS = 60 * 60 * 1000;

/** Least limits of an installation; manifest conversions as `GET /rate_limit` of a new account shows them. */
const DEFAULT_LIMITS: Readonly<Record<LimitedResource, number>> = {
  core: 5000,
  graphql: 5000,
  integration_manifest: 5000,
};

/** The counters of one test GitHub. */
export interface RateLimits {
  /** Counts a cost against the caller's quota; false when it does not fit any more, and then nothing is counted. */
  spend(caller: Caller, resource: LimitedResource, cost: number): boolean;
  /** The quota as it stands, without spending. */
  read(caller: Caller, resource: LimitedResource): Quota;
  /** Sets the limit of a resource for every caller, or what one caller has used of it. */
  setLimit(resource: LimitedResource, limit: number): void;
  setUsed(caller: Caller, resource: LimitedResource, used: number): void;
  /** All that was spent by any caller since the start, windows notwithstanding. */
  totalSpent(resource: LimitedResource): number;
}

/** Full quotas on a clock. */
export function createRateLimits(clock: { now(): number }): RateLimits {
  const limits = { ...DEFAULT_LIMITS };
  const windows = new Map<string, { used: number; resetAt: number }>();
  const totals: Record<LimitedResource, number> = { core: 0, graphql: 0, integration_manifest: 0 };

  /** Where a test has set no limit, the tokens of workflow runs have one of their own. */
  function limitOf(caller: Caller, resource: LimitedResource): number {
    const isOfRun = caller.kind === 'installation' && caller.app.id === ACTIONS_APP_ID;
    return isOfRun && limits[resource] === DEFAULT_LIMITS[resource] ? ACTIONS_LIMIT : limits[resource];
  }

  function windowOf(caller: Caller, resource: LimitedResource): { used: number; resetAt: number } {
    const key = `${resource} of ${nameCaller(caller)}`;
    const found = windows.get(key);
    if (found !== undefined && found.resetAt > clock.now()) return found;
    const opened = { used: 0, resetAt: clock.now() + WINDOW_MS };
    windows.set(key, opened);
    return opened;
  }

  return {
    spend(caller, resource, cost) {
      const window = windowOf(caller, resource);
      if (window.used + cost > limitOf(caller, resource)) return false;
      window.used += cost;
      totals[resource] += cost;
      return true;
    },
    read(caller, resource) {
      const { used, resetAt } = windowOf(caller, resource);
      const limit = limitOf(caller, resource);
      return { limit, used, remaining: Math.max(0, limit - used), resetAt };
    },
    setLimit(resource, limit) {
      limits[resource] = limit;
    },
    setUsed(caller, resource, used) {
      windowOf(caller, resource).used = used;
    },
    totalSpent: (resource) => totals[resource],
  };
}

/** Whose quota it is, in the words of the message that says it is used up. */
export function nameCaller(caller: Caller): string {
  if (caller.kind === 'installation') return `installation ID ${caller.installation.id}`;
  if (caller.kind === 'app') return `app ID ${caller.app.id}`;
  return caller.kind === 'person' ? `user ID ${caller.account.id}` : '127.0.0.1';
}

/** The headers that every answer carries. */
export function quotaHeaders(quota: Quota, resource: LimitedResource): Record<string, string> {
  return {
    'x-ratelimit-limit': String(quota.limit),
    'x-ratelimit-remaining': String(quota.remaining),
    'x-ratelimit-used': String(quota.used),
    'x-ratelimit-reset': String(Math.ceil(quota.resetAt / 1000)),
    'x-ratelimit-resource': resource,
  };
}
