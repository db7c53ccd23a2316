import { expect, test } from 'vitest';

import { openInstallationTokens } from '../../../src/adapters/github/installation-tokens.ts';
import { openVirtualClock, type VirtualClock } from './virtual-clock.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function openCounted(clock: VirtualClock) {
  const made: number[] = [];
  const state = { isDown: false };
  const tokens = openInstallationTokens(clock, async (installationId) => {
    await Promise.resolve();
    if (state.isDown) throw new Error('GitHub is down');
    made.push(installationId);
    return { token: `token ${made.length}`, expiresAtMs: clock.now() + HOUR_MS };
  });
  return { tokens, made, state };
}

test('makes one token for all who ask at once, and one for each installation', async () => {
  const { tokens, made } = openCounted(openVirtualClock());
  const got = await Promise.all([tokens.get(1), tokens.get(1), tokens.get(2), tokens.get(1)]);
  expect(got).toEqual(['token 1', 'token 1', 'token 2', 'token 1']);
  expect(made).toEqual([1, 2]);
});

test('renews a token before it ends', async () => {
  const clock = openVirtualClock();
  const { tokens } = openCounted(clock);
  await tokens.get(1);
  clock.advance(HOUR_MS - 6 * MINUTE_MS);
  expect(await tokens.get(1)).toBe('token 1');
  clock.advance(2 * MINUTE_MS);
  expect(await tokens.get(1)).toBe('token 2');
});

test('goes on with the old token while it still serves and no new one is to be had', async () => {
  const clock = openVirtualClock();
  const { tokens, state } = openCounted(clock);
  await tokens.get(1);
  state.isDown = true;
  clock.advance(HOUR_MS - 2 * MINUTE_MS);
  expect(await tokens.get(1)).toBe('token 1');
  clock.advance(2 * MINUTE_MS);
  await expect(tokens.get(1)).rejects.toThrow('GitHub is down');
  state.isDown = false;
  expect(await tokens.get(1)).toBe('token 2');
});

test('drops a token that was not taken, but not its successor, and none that is younger than asked', async () => {
  const clock = openVirtualClock();
  const { tokens } = openCounted(clock);
  await tokens.get(1);
  tokens.drop(1, 'token 1', MINUTE_MS);
  expect(await tokens.get(1)).toBe('token 1');
  tokens.drop(1, 'token 1');
  expect(await tokens.get(1)).toBe('token 2');
  tokens.drop(1, 'token 1');
  expect(await tokens.get(1)).toBe('token 2');
});
