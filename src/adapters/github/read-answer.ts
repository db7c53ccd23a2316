/** What came back for a request: checked for its shape, or the reason why it cannot be used. */
import { RequestError } from '@octokit/request-error';
import { z } from 'zod';

import { readQuota, readRetryAfterMs, readWantedPermission, type AnswerHeaders } from './answer-headers.ts';
import { permissionToRead } from './needed-permission.ts';
import { findLimit, isOutage, type Failure } from './retry-rules.ts';

/** One error of a GraphQL answer that has data all the same. */
export interface GraphqlFailure {
  path: readonly (string | number)[];
  failure: Failure;
}

/** An answer as it came. */
export interface RawAnswer {
  headers: AnswerHeaders;
  data: unknown;
}

/** What was read, or why nothing could be. */
export type Reading<T> = { ok: true; value: T } | { ok: false; failure: Failure };

const GraphqlErrors = z.array(
  z.object({
    type: z.string().nullish(),
    message: z.string(),
    path: z.array(z.union([z.string(), z.number()])).nullish(),
  }),
);
const GraphqlBody = z.object({ data: z.unknown().optional(), errors: GraphqlErrors.nullish() });

const NO_FACTS: Failure = {
  kind: 'status',
  status: null,
  type: null,
  message: '',
  retryAfterMs: null,
  emptyUntilMs: null,
  permission: null,
};

/** The body, if it has the shape that is documented. */
export function checkShape<T>(schema: z.ZodType<T>, data: unknown): Reading<T> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'its whole' : issue.path.join('.');
  // A body that broke off arrives as text; anything else is an answer of another shape, and stays one.
  const isBroken = typeof data === 'string' || data instanceof ArrayBuffer;
  const message = `the answer is not as documented at ${where}`;
  return { ok: false, failure: { ...NO_FACTS, kind: isBroken ? 'misread' : 'status', message } };
}

/** Data and errors of an answer to GraphQL; a failure if there is no data, or not all of a query's. */
export function readGraphqlAnswer<T>(
  schema: z.ZodType<T>,
  { data, headers }: RawAnswer,
  kind: 'query' | 'mutation',
): Reading<{ data: T; errors: GraphqlFailure[] }> {
  const body = checkShape(GraphqlBody, data);
  if (!body.ok) return body;
  const errors = (body.value.errors ?? []).map((error) => toGraphqlFailure(error, headers, kind));
  const [first] = errors;
  if (body.value.data === null || body.value.data === undefined)
    return {
      ok: false,
      failure: first?.failure ?? { ...NO_FACTS, kind: 'misread', message: 'an answer without data' },
    };
  // Of a query that was executed in part the rest is missing, not absent. Of mutations those that were done are done.
  const cut = errors.find(({ failure }) => isOutage(failure) || findLimit(failure) !== null);
  if (kind === 'query' && cut !== undefined) return { ok: false, failure: cut.failure };
  const checked = checkShape(schema, body.value.data);
  if (checked.ok) return { ok: true, value: { data: checked.value, errors } };
  // Where a part is missing that must be there, the error that took it away says more than its absence.
  return first === undefined ? checked : { ok: false, failure: first.failure };
}

function toGraphqlFailure(
  { type, message, path }: z.infer<typeof GraphqlErrors>[number],
  headers: AnswerHeaders,
  kind: 'query' | 'mutation',
): GraphqlFailure {
  const emptyUntilMs = type === 'RATE_LIMITED' ? readEmptyUntilMs(headers) : null;
  return {
    path: path ?? [],
    failure: {
      ...NO_FACTS,
      kind: 'graphql',
      type: type ?? null,
      message,
      emptyUntilMs,
      permission: type === 'FORBIDDEN' && kind === 'query' ? permissionToRead(path ?? []) : null,
    },
  };
}

/** Its turn came so late that it was not sent. */
export const EXPIRED: Failure = { ...NO_FACTS, kind: 'expired', message: 'its turn came after its time' };

/** It was not sent since a limit holds. */
export function heldFailure(untilMs: number): Failure {
  return { ...NO_FACTS, kind: 'held', message: 'a limit that was met before still holds', emptyUntilMs: untilMs };
}

/**
 * What a thrown error tells; rethrows what did not come of sending. Nothing but GitHub's own words and numbers is
 * kept: the error itself holds the request with its token.
 */
export function readFailure(error: unknown): Failure {
  if (error instanceof RequestError && error.response !== undefined) {
    const { headers, data } = error.response;
    return {
      ...NO_FACTS,
      status: error.status,
      message: readMessage(data),
      retryAfterMs: readRetryAfterMs(headers),
      emptyUntilMs: readEmptyUntilMs(headers),
      permission: readWantedPermission(headers),
    };
  }
  const cause = error instanceof RequestError && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && (cause.name === 'TimeoutError' || cause.name === 'AbortError'))
    return { ...NO_FACTS, kind: 'timeout', message: 'no answer in time' };
  if (error instanceof RequestError) return { ...NO_FACTS, kind: 'network', message: error.message };
  throw error;
}

const ErrorBody = z.object({
  message: z.string().optional(),
  errors: z.array(z.unknown()).optional(),
});

/** GitHub's sentence and those of its parts (`Validation Failed` alone says nothing). */
function readMessage(data: unknown): string {
  const body = ErrorBody.safeParse(data);
  if (!body.success) return typeof data === 'string' && !data.trimStart().startsWith('<') ? data : '';
  const { message = '', errors = [] } = body.data;
  const parts = errors.map((one) => {
    if (typeof one === 'string') return one;
    const told = ErrorBody.safeParse(one);
    return (told.success ? told.data.message : undefined) ?? JSON.stringify(one);
  });
  return [message, ...parts].filter((part) => part !== '').join(': ');
}

function readEmptyUntilMs(headers: AnswerHeaders): number | null {
  const seen = readQuota(headers);
  return seen !== null && seen.quota.remaining === 0 ? seen.quota.resetAtMs : null;
}
