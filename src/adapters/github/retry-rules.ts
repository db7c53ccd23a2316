/**
 * What becomes of a request that failed: one table, first row that fits. It decides whether the same request is sent
 * again here and after how long, or what the caller is told. A request that may have taken effect is sent again only
 * if a second one could not take effect as well.
 *
 * Sources: GitHub's "Rate limits for the REST API", "Rate limits and query limits for the GraphQL API", "Best
 * practices for using the REST API".
 */

/** Why a request brought no answer that can be used. `message` is hostile and not yet cut. */
export interface Failure {
  kind: 'status' | 'graphql' | 'timeout' | 'network' | 'misread' | 'held' | 'expired';
  /** HTTP status; `null` where none came. */
  status: number | null;
  /** Type of a GraphQL error, such as `NOT_FOUND`. */
  type: string | null;
  message: string;
  /** From `retry-after`. */
  retryAfterMs: number | null;
  /** The quota that this request draws from is used up; milliseconds since the epoch. */
  emptyUntilMs: number | null;
  /** From `x-accepted-github-permissions`. */
  permission: string | null;
}

/** What of a request decides whether it may be sent again. */
export interface Repetition {
  /**
   * How often it may be sent again without knowing what became of it: 0 unless a second one takes no second effect
   * (reads, content-addressed objects).
   */
  maxRepeats: number;
  /** How many times it was sent. */
  tries: number;
  nowMs: number;
}

/** The end of a request that is not sent again. */
export type Ending =
  /** Time may cure it. `mayStand`: it may have taken effect all the same. */
  | { kind: 'later'; notBeforeMs: number; mayStand: boolean; isLimit: boolean }
  | { kind: 'forbidden'; permission: string | null }
  /** The world was not as the request expects. */
  | { kind: 'elsewhere' }
  /** What it is about is not there (any more), or not for this installation. */
  | { kind: 'gone' }
  /** The token is not taken, a fresh one neither. */
  | { kind: 'unauthorized' }
  | { kind: 'refused' };

/** What to do about a failure. `token`: send it again with a fresh token. */
export type Verdict = { kind: 'again'; waitMs: number } | { kind: 'token' } | Ending;

/** The longest wait between two tries of one request; what has to wait longer is given back to the caller. */
export const MAX_WAIT_MS = 10_000;
const MAX_TRIES = 4;
/** GitHub's advice where a secondary limit says no time: at least a minute, longer each time. */
const SECONDARY_WAIT_MS = 60_000;
const MAX_SECONDARY_WAIT_MS = 15 * 60_000;
/** After a request that brought no answer, whoever asked looks again no sooner. */
const AFTER_OUTAGE_MS = 2000;
/** The quota is counted by another clock than ours. */
const RESET_MARGIN_MS = 1000;

const SECONDARY =
  /secondary rate limit|abuse detection|submitted too quickly|temporarily blocked from content creation/i;
const ARCHIVED = /archived so (?:it )?is read-only/i;
const STALE_TEXT =
  /not a fast.?forward|head branch was modified|base branch was modified|expected (?:branch|ref|head)|is at [0-9a-f]{40} but expected/i;

interface Row {
  fits(failure: Failure): boolean;
  verdict(failure: Failure, repetition: Repetition): Verdict;
}

const ROWS: readonly Row[] = [
  { fits: (failure) => failure.kind === 'held', verdict: waitForLimit },
  {
    fits: (failure) => failure.kind === 'expired',
    verdict: (_failure, { nowMs }) => ({ kind: 'later', notBeforeMs: nowMs, mayStand: false, isLimit: false }),
  },
  { fits: (failure) => findLimit(failure) === 'primary', verdict: waitForLimit },
  { fits: (failure) => findLimit(failure) === 'secondary', verdict: waitForSecondary },
  {
    fits: ({ status }) => status === 401,
    verdict: (_failure, { tries }) => (tries > 1 ? { kind: 'unauthorized' } : { kind: 'token' }),
  },
  { fits: isOutage, verdict: repeatBroken },
  { fits: ({ message }) => ARCHIVED.test(message), verdict: () => ({ kind: 'refused' }) },
  {
    fits: ({ status, type }) => status === 403 || type === 'FORBIDDEN' || type === 'INSUFFICIENT_SCOPES',
    verdict: ({ permission }) => ({ kind: 'forbidden', permission }),
  },
  { fits: ({ message }) => /repository is empty/i.test(message), verdict: () => ({ kind: 'refused' }) },
  {
    fits: ({ status }) => status === 409,
    verdict: (_failure, repetition) =>
      repetition.tries <= repetition.maxRepeats ? waitInTurn(repetition) : { kind: 'elsewhere' },
  },
  {
    fits: ({ type, message }) => type === 'STALE_DATA' || STALE_TEXT.test(message),
    verdict: () => ({ kind: 'elsewhere' }),
  },
  {
    fits: ({ status, type }) => status === 404 || status === 410 || status === 451 || type === 'NOT_FOUND',
    verdict: () => ({ kind: 'gone' }),
  },
  { fits: () => true, verdict: () => ({ kind: 'refused' }) },
];

/** What to do about a failure; see the table. */
export function judgeFailure(failure: Failure, repetition: Repetition): Verdict {
  for (const row of ROWS) if (row.fits(failure)) return row.verdict(failure, repetition);
  return { kind: 'refused' };
}

/**
 * The limit that a failure tells of: `primary` is the hourly quota, `secondary` any other; `null` if it tells of none.
 * Both are met before anything is done.
 */
export function findLimit({
  kind,
  status,
  type,
  retryAfterMs,
  emptyUntilMs,
  message,
}: Failure): 'primary' | 'secondary' | null {
  if (kind === 'held' || kind === 'expired') return null;
  if (SECONDARY.test(message)) return 'secondary';
  if (status === 429 || status === 403 || type === 'RATE_LIMITED') {
    if (emptyUntilMs !== null) return 'primary';
    if (status !== 403 || retryAfterMs !== null) return 'secondary';
  }
  return null;
}

/** No answer, half an answer, or one that a server gives when it could not do its work. */
export function isOutage({ kind, status, type, message }: Failure): boolean {
  if (kind === 'timeout' || kind === 'network' || kind === 'misread') return true;
  if (status !== null && status >= 500) return true;
  // GraphQL answers its own timeouts with status 200 and an error without a type.
  return kind === 'graphql' && type === null && /something went wrong|timed? ?out|couldn't respond/i.test(message);
}

function waitForLimit({ emptyUntilMs }: Failure, { nowMs, tries }: Repetition): Verdict {
  const untilMs = Math.max(nowMs, emptyUntilMs ?? nowMs) + RESET_MARGIN_MS;
  if (untilMs - nowMs <= MAX_WAIT_MS && tries < MAX_TRIES) return { kind: 'again', waitMs: untilMs - nowMs };
  return { kind: 'later', notBeforeMs: untilMs, mayStand: false, isLimit: true };
}

function waitForSecondary({ retryAfterMs }: Failure, { nowMs, tries }: Repetition): Verdict {
  const waitMs = retryAfterMs ?? Math.min(SECONDARY_WAIT_MS * 2 ** (tries - 1), MAX_SECONDARY_WAIT_MS);
  if (waitMs <= MAX_WAIT_MS && tries < MAX_TRIES) return { kind: 'again', waitMs };
  return { kind: 'later', notBeforeMs: nowMs + waitMs, mayStand: false, isLimit: true };
}

function repeatBroken(_failure: Failure, repetition: Repetition): Verdict {
  const { maxRepeats, tries, nowMs } = repetition;
  if (tries <= maxRepeats) return waitInTurn(repetition);
  return { kind: 'later', notBeforeMs: nowMs + AFTER_OUTAGE_MS, mayStand: maxRepeats === 0, isLimit: false };
}

function waitInTurn({ tries }: Repetition): Verdict {
  return { kind: 'again', waitMs: Math.min(500 * 4 ** (tries - 1), MAX_WAIT_MS) };
}
