import { expect, test } from 'vitest';

import { openRequestPacer } from '../../../src/adapters/github/request-pacer.ts';
import { openVirtualClock } from './virtual-clock.ts';

test('runs writes one after another, each a gap after the one before', async () => {
  const clock = openVirtualClock(0);
  const pacer = openRequestPacer(clock, { maxAtOnce: 10, writeGapMs: 1000 });
  const begun: number[] = [];
  let atOnce = 0;
  const write = async (): Promise<void> => {
    begun.push(clock.now());
    atOnce += 1;
    expect(atOnce).toBe(1);
    await clock.sleep(300);
    atOnce -= 1;
  };
  await Promise.all([pacer.run('write', write), pacer.run('write', write), pacer.run('write', write)]);
  expect(begun).toEqual([0, 1000, 2000]);
});

test('a write that fails holds up none after it', async () => {
  const pacer = openRequestPacer(openVirtualClock(0), { maxAtOnce: 10, writeGapMs: 1000 });
  const failed = pacer.run('write', () => Promise.reject(new Error('no')));
  const next = pacer.run('write', () => Promise.resolve('yes'));
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
});

test('lets reads through at once up to their bound, and in the order in which they came', async () => {
  const pacer = openRequestPacer(openVirtualClock(0), { maxAtOnce: 2, writeGapMs: 1000 });
  const order: number[] = [];
  let atOnce = 0;
  let most = 0;
  const read = (id: number) => async () => {
    order.push(id);
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
  };
  await Promise.all([1, 2, 3, 4, 5].map((id) => pacer.run('read', read(id))));
  expect({ order, most }).toEqual({ order: [1, 2, 3, 4, 5], most: 2 });
});

test('remembers a limit until it is over, a secondary one for both kinds of requests', () => {
  const clock = openVirtualClock(0);
  const pacer = openRequestPacer(clock, { maxAtOnce: 2, writeGapMs: 1000 });
  pacer.hold(5000, 'rest');
  pacer.hold(2000, 'both');
  expect([pacer.heldUntilMs('rest'), pacer.heldUntilMs('graphql')]).toEqual([5000, 2000]);
  clock.advance(2000);
  expect([pacer.heldUntilMs('rest'), pacer.heldUntilMs('graphql')]).toEqual([5000, null]);
});
