import fc from 'fast-check';
import { expect, test } from 'vitest';

import { BoundedCache } from '../../../src/adapters/github/bounded-cache.ts';

test('the longest unused goes first', () => {
  const cache = new BoundedCache<string, number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
});

test('what is too heavy alone is not kept, and takes the place of no other but its former self', () => {
  const cache = new BoundedCache<string, string>(10, (text) => text.length);
  cache.set('a', 'small');
  cache.set('b', 'far too heavy');
  expect([cache.get('a'), cache.get('b')]).toEqual(['small', undefined]);
  cache.set('a', 'far too heavy');
  expect(cache.get('a')).toBeUndefined();
});

test('what is kept weighs no more than allowed, and is what was set last', () => {
  const step = fc.record({ key: fc.nat(9), weight: fc.integer({ min: 1, max: 9 }), isDeleted: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cache = new BoundedCache<number, { weight: number }>(20, ({ weight }) => weight);
      const last = new Map<number, { weight: number }>();
      for (const { key, weight, isDeleted } of steps) {
        const value = { weight };
        if (isDeleted) cache.delete(key);
        else cache.set(key, value);
        if (isDeleted) last.delete(key);
        else last.set(key, value);
      }
      const kept = Array.from({ length: 10 }, (_, key) => key).filter((key) => cache.get(key) !== undefined);
      expect(kept.every((key) => cache.get(key) === last.get(key))).toBe(true);
      expect(kept.reduce((sum, key) => sum + cache.get(key)!.weight, 0)).toBeLessThanOrEqual(20);
    }),
  );
});
