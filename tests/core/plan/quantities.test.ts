import { describe, expect, it } from 'vitest';

import { formatMinutes, readDuration, readEstimate, readMoney, readWhole } from '../../../src/core/plan/quantities.ts';

describe('durations', () => {
  it.each([
    ['30m', 30 * 60_000],
    ['2h', 2 * 3_600_000],
    ['90s', 90_000],
    ['1h30m', 90 * 60_000],
    ['1 h 30 min', 90 * 60_000],
    ['1d', 86_400_000],
  ])('reads %s', (text, ms) => {
    expect(readDuration(text)).toEqual({ ok: true, value: ms });
  });

  it.each(['30', '', 'm', '30m1h', '1h1h', '-5m', '1e3s', '0s', '8d', '30 parsecs', '1h 30', '٣m', '1h'.repeat(40)])(
    'refuses %j',
    (text) => {
      expect(readDuration(text).ok).toBe(false);
    },
  );
});

describe('estimates', () => {
  it.each([
    ['8h', 480],
    ['5 min', 5],
    ['1.5h', 90],
    ['18 hours', 1080],
    ['1h 30m', 90],
    ['1d', 480],
    ['0h', 0],
  ])('reads %s', (text, minutes) => {
    expect(readEstimate(text)).toEqual({ ok: true, value: minutes });
  });

  it.each(['8', 'CI/CD', 'five hours', '9999999999h', '8h or so'])('refuses %j', (text) => {
    expect(readEstimate(text).ok).toBe(false);
  });
});

describe('money', () => {
  it.each([
    ['5', 5],
    ['$5', 5],
    ['5 USD', 5],
    ['0.50', 0.5],
  ])('reads %s', (text, usd) => {
    expect(readMoney(text)).toEqual({ ok: true, value: usd });
  });

  it.each(['0', '-5', '5 EUR', '5,00', '1e9', 'NaN', '5000000', ''])('refuses %j', (text) => {
    expect(readMoney(text).ok).toBe(false);
  });
});

it('reads whole numbers in plain digits only, within bounds', () => {
  expect(readWhole('3', 1, 5)).toEqual({ ok: true, value: 3 });
  for (const text of ['0', '6', '3.0', '0x3', '1e0', ' 3', '', '3 ']) expect(readWhole(text, 1, 5).ok).toBe(false);
});

it('writes minutes as people read them', () => {
  expect([0, 5, 60, 13_805, 13_800].map(formatMinutes)).toEqual(['0 min', '5 min', '1 h', '230 h 05 min', '230 h']);
});
