import { describe, expect, test } from 'vitest';

import { judgeFailure, MAX_WAIT_MS, type Failure, type Verdict } from '../../../src/adapters/github/retry-rules.ts';

const NOW = Date.UTC(2026, 10, 1);

const NOTHING: Failure = {
  kind: 'status',
  status: null,
  type: null,
  message: '',
  retryAfterMs: null,
  emptyUntilMs: null,
  permission: null,
};

function judge(failure: Partial<Failure>, { maxRepeats = 3, tries = 1 } = {}): Verdict {
  return judgeFailure({ ...NOTHING, ...failure }, { maxRepeats, tries, nowMs: NOW });
}

describe('a request that failed', () => {
  const rows: { name: string; failure: Partial<Failure>; maxRepeats?: number; tries?: number; verdict: Verdict }[] = [
    {
      name: 'is sent again after a server error if it is a read',
      failure: { status: 502 },
      verdict: { kind: 'again', waitMs: 500 },
    },
    {
      name: 'waits longer each time',
      failure: { status: 502 },
      tries: 2,
      verdict: { kind: 'again', waitMs: 2000 },
    },
    {
      name: 'is given back after the last repeat of a read, knowing that nothing was done',
      failure: { status: 502 },
      tries: 4,
      verdict: { kind: 'later', notBeforeMs: NOW + 2000, mayStand: false, isLimit: false },
    },
    ...(['timeout', 'network', 'misread'] as const).map((kind) => ({
      name: `is not sent again after a write that ended in '${kind}', for it may have taken effect`,
      failure: { kind },
      maxRepeats: 0,
      verdict: { kind: 'later' as const, notBeforeMs: NOW + 2000, mayStand: true, isLimit: false },
    })),
    {
      name: 'is not sent again after a server error if it is a write',
      failure: { status: 500 },
      maxRepeats: 0,
      verdict: { kind: 'later', notBeforeMs: NOW + 2000, mayStand: true, isLimit: false },
    },
    {
      name: "counts GraphQL's own failure to execute as a server error",
      failure: { kind: 'graphql', message: 'Something went wrong while executing your query on 2026-11-01.' },
      verdict: { kind: 'again', waitMs: 500 },
    },
    {
      name: 'waits as long as a secondary limit says, also if it is a write',
      failure: { status: 403, retryAfterMs: 3000, message: 'You have exceeded a secondary rate limit.' },
      maxRepeats: 0,
      verdict: { kind: 'again', waitMs: 3000 },
    },
    {
      name: 'is given back if a secondary limit says a long time',
      failure: { status: 429, retryAfterMs: 60_000 },
      verdict: { kind: 'later', notBeforeMs: NOW + 60_000, mayStand: false, isLimit: true },
    },
    {
      name: 'waits a minute for a secondary limit that says no time',
      failure: { status: 403, message: 'You have exceeded a secondary rate limit.' },
      verdict: { kind: 'later', notBeforeMs: NOW + 60_000, mayStand: false, isLimit: true },
    },
    {
      name: 'meets a limit where a mutation was submitted too quickly',
      failure: { kind: 'graphql', type: 'UNPROCESSABLE', message: 'was submitted too quickly' },
      maxRepeats: 0,
      verdict: { kind: 'later', notBeforeMs: NOW + 60_000, mayStand: false, isLimit: true },
    },
    {
      name: 'waits for the reset of a quota that is used up, and a second more',
      failure: { status: 403, emptyUntilMs: NOW + 4000, message: 'API rate limit exceeded' },
      verdict: { kind: 'again', waitMs: 5000 },
    },
    {
      name: 'is given back with the time of the reset where that is far',
      failure: { status: 429, emptyUntilMs: NOW + 1_800_000 },
      verdict: { kind: 'later', notBeforeMs: NOW + 1_801_000, mayStand: false, isLimit: true },
    },
    {
      name: "knows GraphQL's word for a quota that is used up",
      failure: { kind: 'graphql', type: 'RATE_LIMITED', emptyUntilMs: NOW + 1_800_000 },
      verdict: { kind: 'later', notBeforeMs: NOW + 1_801_000, mayStand: false, isLimit: true },
    },
    {
      name: 'is not sent at all while a known limit holds',
      failure: { kind: 'held', emptyUntilMs: NOW + 120_000 },
      verdict: { kind: 'later', notBeforeMs: NOW + 121_000, mayStand: false, isLimit: true },
    },
    {
      name: 'gets a fresh token once',
      failure: { status: 401, message: 'Bad credentials' },
      maxRepeats: 0,
      verdict: { kind: 'token' },
    },
    {
      name: 'is unauthorized if the fresh token is not taken either',
      failure: { status: 401, message: 'Bad credentials' },
      tries: 2,
      verdict: { kind: 'unauthorized' },
    },
    {
      name: 'names the permission that it lacks',
      failure: { status: 403, message: 'Resource not accessible by integration', permission: 'issues=write' },
      verdict: { kind: 'forbidden', permission: 'issues=write' },
    },
    {
      name: 'is forbidden in the words of GraphQL too',
      failure: { kind: 'graphql', type: 'FORBIDDEN', message: 'Resource not accessible by integration' },
      verdict: { kind: 'forbidden', permission: null },
    },
    {
      name: 'is refused, not forbidden, by an archived repository',
      failure: { status: 403, message: 'Repository was archived so is read-only.' },
      verdict: { kind: 'refused' },
    },
    {
      name: 'is sent again after a conflict of the git database if it may be',
      failure: { status: 409, message: 'Conflict' },
      verdict: { kind: 'again', waitMs: 500 },
    },
    {
      name: 'finds the world elsewhere after a conflict if it is a write',
      failure: { status: 409, message: 'Head sha mismatch' },
      maxRepeats: 0,
      verdict: { kind: 'elsewhere' },
    },
    {
      name: 'is refused by an empty repository',
      failure: { status: 409, message: 'Git Repository is empty.' },
      verdict: { kind: 'refused' },
    },
    ...[
      { type: 'STALE_DATA', message: 'Expected branch to point to abc' },
      { type: 'UNPROCESSABLE', message: 'Update is not a fast forward' },
      { type: 'UNPROCESSABLE', message: 'Head branch was modified. Review and try the merge again.' },
    ].map((failure) => ({
      name: `finds the world elsewhere: ${failure.message}`,
      failure: { kind: 'graphql' as const, ...failure },
      maxRepeats: 0,
      verdict: { kind: 'elsewhere' as const },
    })),
    ...[404, 410, 451].map((status) => ({
      name: `finds nothing there with status ${status}`,
      failure: { status },
      verdict: { kind: 'gone' as const },
    })),
    {
      name: 'is refused otherwise',
      failure: { status: 422, message: 'Validation Failed' },
      verdict: { kind: 'refused' },
    },
  ];
  test.each(rows)('$name', ({ failure, verdict, ...repetition }) => {
    expect(judge(failure, repetition)).toEqual(verdict);
  });

  test('never waits here for longer than the longest wait, however often it was tried', () => {
    const waits = [1, 2, 3, 4, 5].map((tries) => judge({ status: 403, retryAfterMs: MAX_WAIT_MS }, { tries }));
    expect(waits.map((verdict) => verdict.kind)).toEqual(['again', 'again', 'again', 'later', 'later']);
  });
});
