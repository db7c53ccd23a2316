/** What GitHub says beside an answer: the quota that is left, how long to wait, which permission was wanted. */
import type { Quota } from '../../core/hosted/facts.ts';
import type { Resource } from './request-pacer.ts';

/** Headers of an answer, names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | number | undefined>>;

/** The quota that an answer tells of; `null` if it tells of none of the two. */
export function readQuota(headers: AnswerHeaders): { resource: Resource; quota: Quota } | null {
  const resource = { core: 'rest', graphql: 'graphql' }[String(headers['x-ratelimit-resource'])] as
    | Resource
    | undefined;
  const limit = readCount(headers['x-ratelimit-limit']);
  const remaining = readCount(headers['x-ratelimit-remaining']);
  const resetAt = readCount(headers['x-ratelimit-reset']);
  if (resource === undefined || limit === null || remaining === null || resetAt === null) return null;
  return { resource, quota: { limit, remaining, resetAtMs: resetAt * 1000 } };
}

/** Of two sightings of a quota the later one: answers may overtake one another, and a quota only shrinks until its reset. */
export function laterQuota(known: Quota | null, seen: Quota): Quota {
  if (known === null || seen.resetAtMs > known.resetAtMs) return seen;
  return seen.resetAtMs === known.resetAtMs && seen.remaining < known.remaining ? seen : known;
}

/** Milliseconds from `retry-after`, which is in seconds; `null` if there is none. */
export function readRetryAfterMs(headers: AnswerHeaders): number | null {
  const seconds = readCount(headers['retry-after']);
  return seconds === null ? null : seconds * 1000;
}

/** Permissions, any of which would have been enough, as GitHub names them (`issues=write; pull_requests=write`). */
export function readWantedPermission(headers: AnswerHeaders): string | null {
  const text = headers['x-accepted-github-permissions'];
  // Hostile as all that comes over the wire: only what names of permissions are made of.
  return typeof text === 'string' && /^[a-z_]+=[a-z]+(?:[,;] ?[a-z_]+=[a-z]+){0,20}$/.test(text) ? text : null;
}

/** Where the next page of a list begins; `null` after the last. Only names and values are taken, never the address. */
export function readNextPage(headers: AnswerHeaders): Readonly<Record<string, string>> | null {
  const link = /<([^<>]*)>;\s*rel="next"/.exec(String(headers['link'] ?? ''))?.[1];
  const query = new URLSearchParams(link?.slice(link.indexOf('?') + 1) ?? '');
  const next = ['page', 'cursor'].flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return next.length === 0 ? null : Object.fromEntries(next);
}

function readCount(value: string | number | undefined): number | null {
  const count = typeof value === 'number' ? value : Number(value ?? Number.NaN);
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
}
