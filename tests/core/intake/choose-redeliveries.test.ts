import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  chooseRedeliveries,
  type HookDelivery,
  MAX_TRIES,
  REDELIVERY_WINDOW_MS,
  type RedeliveryFacts,
} from '../../../src/core/intake/choose-redeliveries.ts';

const NOW = Date.UTC(2026, 5, 1);
const MINUTE = 60_000;

function failure(guid: string, minutesAgo: number, id = `${guid}-${minutesAgo}`): HookDelivery {
  return { id, guid, deliveredAtMs: NOW - minutesAgo * MINUTE };
}

function choose(facts: Partial<RedeliveryFacts>): { ids: string[]; givenUp: number } {
  const { chosen, givenUp } = chooseRedeliveries({
    failed: [],
    succeeded: new Set(),
    askedAtMs: new Map(),
    nowMs: NOW,
    limit: 100,
    ...facts,
  });
  return { ids: chosen.map(({ id }) => id), givenUp };
}

describe('a failed webhook', () => {
  it('is asked for again, the oldest first', () => {
    expect(choose({ failed: [failure('b', 5), failure('a', 10)] })).toEqual({ ids: ['a-10', 'b-5'], givenUp: 0 });
  });

  it('is asked for once for all of its tries, by the last of them', () => {
    expect(choose({ failed: [failure('a', 5), failure('a', 30), failure('a', 20)] }).ids).toEqual(['a-5']);
  });

  it.each<[string, Partial<RedeliveryFacts>]>([
    ['it has come through since', { succeeded: new Set(['a']) }],
    ['it was asked for a moment ago', { askedAtMs: new Map([['a', NOW - MINUTE / 2]]) }],
    ['it failed a moment ago', { failed: [failure('a', 0.5)] }],
    ['GitHub has it no longer', { failed: [failure('a', REDELIVERY_WINDOW_MS / MINUTE)] }],
  ])('is left alone when %s', (_case, facts) => {
    expect(choose({ failed: [failure('a', 10)], ...facts })).toEqual({ ids: [], givenUp: 0 });
  });

  it('is given up after five tries', () => {
    const failed = Array.from({ length: MAX_TRIES }, (_, at) => failure('a', 10 + at));
    expect(choose({ failed: failed.slice(1) }).ids).toHaveLength(1);
    expect(choose({ failed })).toEqual({ ids: [], givenUp: 1 });
  });

  it('is one of a bounded number at once', () => {
    const failed = Array.from({ length: 300 }, (_, at) => failure(`g${at}`, 10 + at));
    expect(choose({ failed, limit: 2 }).ids).toEqual(['g299-309', 'g298-308']);
  });

  it('is never asked for twice, and never after it came through, whatever the list', () => {
    const delivery = fc.record({
      id: fc.uuid(),
      guid: fc.constantFrom('a', 'b', 'c', 'd'),
      deliveredAtMs: fc.integer({ min: NOW - 2 * REDELIVERY_WINDOW_MS, max: NOW }),
    });
    fc.assert(
      fc.property(fc.array(delivery), fc.subarray(['a', 'b', 'c', 'd']), (failed, came) => {
        const { chosen } = chooseRedeliveries({
          failed,
          succeeded: new Set(came),
          askedAtMs: new Map(),
          nowMs: NOW,
          limit: 100,
        });
        const guids = chosen.map(({ guid }) => guid);
        expect(new Set(guids).size).toBe(guids.length);
        expect(guids.filter((guid) => came.includes(guid))).toEqual([]);
      }),
    );
  });
});
