/**
 * The one place that sends requests to GitHub: authenticated, paced, bounded in time, repeated by rule
 * (`retry-rules.ts`), with every answer's quota noted. Answers are checked for their shape before anybody reads them.
 */
import { RequestError } from '@octokit/request-error';
import type { Octokit } from '@octokit/rest';
import type { z } from 'zod';

import type { Quota } from '../../core/hosted/facts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { laterQuota, readNextPage, readQuota, type AnswerHeaders } from './answer-headers.ts';
import { describeFailure, GitHubError } from './github-error.ts';
import type { RequestPacer, Resource } from './request-pacer.ts';
import {
  checkShape,
  EXPIRED,
  heldFailure,
  readFailure,
  readGraphqlAnswer,
  type GraphqlFailure,
  type RawAnswer,
  type Reading,
} from './read-answer.ts';
import { findLimit, judgeFailure, type Failure, type Verdict } from './retry-rules.ts';

/** Behaviour differs between versions (see GitHub's "Breaking changes"), so that none is left to a default. */
const API_VERSION = '2022-11-28';
const READ_REPEATS = 3;
/** A fresh token has the rights of now: one that lacked a right is given up after this time. */
const STALE_RIGHTS_MS = 60_000;

/** Who asks: an installation or the app itself. */
export interface Credential {
  get(): Promise<string>;
  drop(token: string, leastAgeMs: number): void;
}

/** How long an answer may take, in milliseconds. */
export interface RequestTimeouts {
  restMs: number;
  graphqlMs: number;
}

export interface RestCall<T> {
  /** Such as `GET /repos/{owner}/{repo}`. */
  route: string;
  /** Values of the route's names, and the rest as body or query. */
  parameters: Readonly<Record<string, unknown>>;
  /** Subject of an error: `Reading the rules of a branch`. Holds no hostile text. */
  what: string;
  answer: z.ZodType<T>;
  /** See `Repetition.maxRepeats`; reads are repeated unless this says otherwise, writes are not. */
  maxRepeats?: number;
  /** Aborted: the call rejects with the signal's reason. */
  signal?: AbortSignal;
}

interface GraphqlCall<T> {
  kind: 'query' | 'mutation';
  document: string;
  variables: Readonly<Record<string, unknown>>;
  what: string;
  answer: z.ZodType<T>;
  maxRepeats?: number;
  signal?: AbortSignal;
}

/** One page of a list, and where the next one begins: values for `page` or `cursor`, `null` after the last page. */
export interface ListPage<T> {
  body: T;
  next: Readonly<Record<string, string>> | null;
}

export interface GitHubClient {
  /** The answer's body. Throws {@link GitHubError}. */
  rest<T>(call: RestCall<T>): Promise<T>;
  /** The same for one page of a list. */
  restPage<T>(call: RestCall<T>): Promise<ListPage<T>>;
  /** Data and errors; throws {@link GitHubError} if there is no data. */
  graphql<T>(call: GraphqlCall<T>): Promise<{ data: T; errors: readonly GraphqlFailure[] }>;
  /**
   * The same client, which sends nothing after this time (milliseconds since the epoch): a call whose turn comes later
   * fails with time as its cure, and it is known that nothing was done.
   */
  until(notAfterMs: number): GitHubClient;
  /** What was left at the last answer. */
  quota(): { rest: Quota | null; graphql: Quota | null };
  /** An error for a failure that was found in an answer. */
  errorOf(what: string, failure: Failure): GitHubError;
  /** GitHub's own words about a failure, fit to be shown. */
  describe(failure: Failure): string;
}

/** What a client is made of. */
export interface ClientParts {
  octokit: Octokit;
  graphqlUrl: string;
  credential: Credential;
  pacer: RequestPacer;
  clock: Clock;
  log: Log;
  timeouts: RequestTimeouts;
}

interface Sending<T> {
  what: string;
  kind: 'read' | 'write';
  resource: Resource;
  maxRepeats: number;
  timeoutMs: number;
  signal: AbortSignal | undefined;
  /** `Infinity` if it may be sent whenever its turn comes. */
  notAfterMs: number;
  send(options: { headers: Record<string, string>; request: { signal: AbortSignal } }): Promise<RawAnswer>;
  read(answer: RawAnswer): Reading<T>;
}

/** A client for one credential. */
export function openGitHubClient(parts: ClientParts): GitHubClient {
  return openCalls(parts, new RequestSender(parts), Number.POSITIVE_INFINITY);
}

function openCalls(parts: ClientParts, sender: RequestSender, notAfterMs: number): GitHubClient {
  const { octokit, graphqlUrl, timeouts } = parts;
  const send = <T, V>(call: RestCall<T>, finish: (body: T, headers: AnswerHeaders) => V): Promise<V> => {
    const kind = call.route.startsWith('GET ') ? 'read' : 'write';
    return sender.run({
      what: call.what,
      kind,
      resource: 'rest',
      maxRepeats: call.maxRepeats ?? (kind === 'read' ? READ_REPEATS : 0),
      timeoutMs: timeouts.restMs,
      signal: call.signal,
      notAfterMs,
      send: (options) => octokit.request(call.route, { ...call.parameters, ...options }),
      read({ data, headers }) {
        const checked = checkShape(call.answer, data);
        return checked.ok ? { ok: true, value: finish(checked.value, headers) } : checked;
      },
    });
  };
  return {
    rest: (call) => send(call, (body) => body),
    restPage: (call) => send(call, (body, headers) => ({ body, next: readNextPage(headers) })),
    async graphql({ kind, document, variables, what, answer, maxRepeats, signal }) {
      const answered = await sender.run({
        what,
        kind: kind === 'query' ? 'read' : 'write',
        resource: 'graphql',
        maxRepeats: maxRepeats ?? (kind === 'query' ? READ_REPEATS : 0),
        timeoutMs: timeouts.graphqlMs,
        signal,
        notAfterMs,
        send: (options) => octokit.request({ method: 'POST', url: graphqlUrl, query: document, variables, ...options }),
        read: (raw) => readGraphqlAnswer(answer, raw, kind),
      });
      await sender.noteFailures(answered.errors.map(({ failure }) => failure));
      return answered;
    },
    until: (endMs) => openCalls(parts, sender, endMs),
    quota: () => ({ ...sender.quota }),
    errorOf: (what, failure) => sender.endingError(what, failure),
    describe: (failure) => describeFailure(failure, sender.secrets),
  };
}

/** Sends, and sends again where the rules say so. */
class RequestSender {
  readonly quota: { rest: Quota | null; graphql: Quota | null } = { rest: null, graphql: null };
  /** What must appear in no text. */
  secrets: string[] = [];
  private readonly parts: ClientParts;

  constructor(parts: ClientParts) {
    this.parts = parts;
  }

  async run<T>(sending: Sending<T>): Promise<T> {
    const { clock, log, credential } = this.parts;
    for (let tries = 1; ; tries += 1) {
      sending.signal?.throwIfAborted();
      const tried = await this.tryOnce(sending);
      if (tried.ok) return tried.value;
      const { failure, token } = tried;
      const verdict = judgeFailure(failure, { maxRepeats: sending.maxRepeats, tries, nowMs: clock.now() });
      this.holdBack(sending.resource, failure, verdict);
      if (token !== null && verdict.kind === 'token') credential.drop(token, 0);
      else if (token !== null && verdict.kind === 'forbidden') credential.drop(token, STALE_RIGHTS_MS);
      if (verdict.kind !== 'again' && verdict.kind !== 'token') throw this.toError(sending.what, failure, verdict);
      const because = describeFailure(failure, this.secrets);
      log.warn('A request to GitHub is sent again', { what: sending.what, because, tries });
      if (verdict.kind === 'again') await clock.sleep(verdict.waitMs, sending.signal);
    }
  }

  /** Takes to heart what single parts of an answer failed of: a limit, or a right that a fresh token may have. */
  async noteFailures(failures: readonly Failure[]): Promise<void> {
    const { clock, credential } = this.parts;
    for (const failure of failures) {
      const verdict = judgeFailure(failure, { maxRepeats: 0, tries: Number.POSITIVE_INFINITY, nowMs: clock.now() });
      this.holdBack('graphql', failure, verdict);
      if (verdict.kind === 'forbidden') credential.drop(await credential.get(), STALE_RIGHTS_MS);
    }
  }

  /** The error for a failure that is not repeated. */
  endingError(what: string, failure: Failure): GitHubError {
    const verdict = judgeFailure(failure, {
      maxRepeats: 0,
      tries: Number.POSITIVE_INFINITY,
      nowMs: this.parts.clock.now(),
    });
    const ending = verdict.kind === 'again' || verdict.kind === 'token' ? ({ kind: 'refused' } as const) : verdict;
    return this.toError(what, failure, ending);
  }

  /** Asking on while a limit holds makes it last longer, so that nobody else asks either. */
  private holdBack(resource: Resource, failure: Failure, verdict: Verdict): void {
    const limit = findLimit(failure);
    if (limit === null) return;
    const { clock, pacer } = this.parts;
    if (verdict.kind === 'again') pacer.hold(clock.now() + verdict.waitMs, limit === 'primary' ? resource : 'both');
    if (verdict.kind === 'later') pacer.hold(verdict.notBeforeMs, limit === 'primary' ? resource : 'both');
  }

  private toError(what: string, failure: Failure, ending: GitHubError['ending']): GitHubError {
    return new GitHubError(what, { ending, because: describeFailure(failure, this.secrets), status: failure.status });
  }

  private async tryOnce<T>(
    sending: Sending<T>,
  ): Promise<{ ok: true; value: T } | { ok: false; failure: Failure; token: string | null }> {
    const { pacer, credential, clock } = this.parts;
    const heldUntilMs = pacer.heldUntilMs(sending.resource);
    if (heldUntilMs !== null) return { ok: false, failure: heldFailure(heldUntilMs), token: null };
    const token = await credential.get();
    this.secrets = [token];
    try {
      const answer = await pacer.run(sending.kind, async () => {
        if (clock.now() > sending.notAfterMs) return null;
        return sending.send({
          headers: { authorization: `bearer ${token}`, 'x-github-api-version': API_VERSION },
          request: { signal: boundTime(sending.timeoutMs, sending.signal) },
        });
      });
      if (answer === null) return { ok: false, failure: EXPIRED, token };
      this.noteQuota(answer.headers);
      const read = sending.read(answer);
      return read.ok ? read : { ...read, token };
    } catch (error) {
      sending.signal?.throwIfAborted();
      if (error instanceof RequestError && error.response !== undefined) this.noteQuota(error.response.headers);
      return { ok: false, failure: readFailure(error), token };
    }
  }

  private noteQuota(headers: AnswerHeaders): void {
    const seen = readQuota(headers);
    if (seen !== null) this.quota[seen.resource] = laterQuota(this.quota[seen.resource], seen.quota);
  }
}

function boundTime(timeoutMs: number, signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}
