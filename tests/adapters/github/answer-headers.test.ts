import { describe, expect, test } from 'vitest';

import {
  laterQuota,
  readNextPage,
  readQuota,
  readRetryAfterMs,
  readWantedPermission,
} from '../../../src/adapters/github/answer-headers.ts';

const QUOTA = {
  'x-ratelimit-resource': 'core',
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': '4999',
  'x-ratelimit-reset': '1793538000',
};

describe('the headers of an answer', () => {
  test('tell the quota of their resource, if it is one that is counted here', () => {
    const quota = { limit: 5000, remaining: 4999, resetAtMs: 1_793_538_000_000 };
    expect(readQuota(QUOTA)).toEqual({ resource: 'rest', quota });
    expect(readQuota({ ...QUOTA, 'x-ratelimit-resource': 'graphql' })).toEqual({ resource: 'graphql', quota });
    expect(readQuota({ ...QUOTA, 'x-ratelimit-resource': 'search' })).toBeNull();
    expect(readQuota({ ...QUOTA, 'x-ratelimit-reset': 'soon' })).toBeNull();
    expect(readQuota({})).toBeNull();
  });

  test('that come late do not give a quota back that was used since', () => {
    const known = { limit: 5000, remaining: 10, resetAtMs: 1000 };
    expect(laterQuota(null, known)).toBe(known);
    expect(laterQuota(known, { ...known, remaining: 11 })).toBe(known);
    expect(laterQuota(known, { ...known, remaining: 9 }).remaining).toBe(9);
    expect(laterQuota(known, { ...known, remaining: 5000, resetAtMs: 2000 }).remaining).toBe(5000);
    expect(laterQuota(known, { ...known, remaining: 0, resetAtMs: 500 })).toBe(known);
  });

  test('tell how long to wait in seconds', () => {
    expect(readRetryAfterMs({ 'retry-after': '7' })).toBe(7000);
    expect(readRetryAfterMs({ 'retry-after': 'Wed, 01 Jan 2027 00:00:00 GMT' })).toBeNull();
    expect(readRetryAfterMs({ 'retry-after': '-7' })).toBeNull();
    expect(readRetryAfterMs({})).toBeNull();
  });

  test.each([
    { header: 'issues=write', permission: 'issues=write' },
    { header: 'issues=write; pull_requests=write', permission: 'issues=write; pull_requests=write' },
    { header: 'contents=write,workflows=write', permission: 'contents=write,workflows=write' },
    { header: 'issues=write\u202e', permission: null },
    { header: '[click](https://example.com)', permission: null },
    { header: '', permission: null },
    { header: undefined, permission: null },
  ])('name the wanted permission only if it can be one: $header', ({ header, permission }) => {
    expect(readWantedPermission({ 'x-accepted-github-permissions': header })).toBe(permission);
  });

  test('tell where the next page begins, and nothing of the address', () => {
    const link = (url: string, rel = 'next') => ({
      link: `<https://x.example/?page=1>; rel="prev", <${url}>; rel="${rel}"`,
    });
    expect(readNextPage(link('https://evil.example/a?per_page=100&page=2&secret=1'))).toEqual({ page: '2' });
    expect(readNextPage(link('https://api.github.com/app/hook/deliveries?cursor=v1_99'))).toEqual({ cursor: 'v1_99' });
    expect(readNextPage(link('https://api.github.com/a?page=2', 'last'))).toBeNull();
    expect(readNextPage({})).toBeNull();
  });
});
