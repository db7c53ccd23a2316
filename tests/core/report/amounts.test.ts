import { describe, expect, it } from 'vitest';

import {
  countOf,
  formatBytes,
  formatClock,
  formatDuration,
  formatElapsed,
  formatScore,
  formatTimestamp,
  formatUsd,
} from '../../../src/core/report/amounts.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [420, '0.4 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [59_499, '59 s'],
    [59_500, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [7_500_000, '2 h 05 min'],
    [273_600_000, '3 d 4 h'],
    [-5, '0 s'],
    [Number.NaN, '0 s'],
  ])('shows %d ms as %s', (ms, wanted) => {
    expect(formatDuration(ms)).toBe(wanted);
  });
});

it.each([
  [7_900, '0:07'],
  [754_000, '12:34'],
  [3_723_000, '1:02:03'],
  [-1, '0:00'],
])('shows a clock of %d ms as %s', (ms, wanted) => {
  expect(formatElapsed(ms)).toBe(wanted);
});

it.each([
  [null, 'unknown'],
  [0, '$0.00'],
  [0.004, '<$0.01'],
  [0.42, '$0.42'],
  [12.3, '$12.30'],
])('shows %s dollars as %s', (usd, wanted) => {
  expect(formatUsd(usd)).toBe(wanted);
});

it('shows times in the zone that is asked for, and full times in UTC', () => {
  const at = Date.UTC(2026, 0, 31, 23, 30, 5);
  expect(formatClock(at, 0)).toBe('23:30:05');
  expect(formatClock(at, 60)).toBe('00:30:05');
  expect(formatTimestamp(at)).toBe('2026-01-31 23:30:05Z');
});

it('shows scores, counts and sizes', () => {
  expect([formatScore(10), formatScore(7.55)]).toEqual(['10/10', '7.5/10']);
  expect([countOf(1, 'task'), countOf(0, 'task')]).toEqual(['1 task', '0 tasks']);
  expect([formatBytes(12), formatBytes(1536), formatBytes(5 * 1024 ** 3)]).toEqual(['12 B', '1.5 KB', '5.0 GB']);
});
