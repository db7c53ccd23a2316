import { describe, expect, it } from 'vitest';

import { attemptMessage, leftoverMessage, mergeMessage } from '../../../src/core/attempts/commit-message.ts';
import type { PlanId, TaskId } from '../../../src/core/brand.ts';

const FACTS = { plan: 'p' as PlanId, task: 'auth' as TaskId, title: 'Check tokens', attempt: 2, generation: 7 };
const TRAILERS = '\n\nEspalier-Plan: p\nEspalier-Task: auth\nEspalier-Attempt: 2.7\n';

describe('the messages of commits', () => {
  it('name the task and what made it', () => {
    expect(attemptMessage(FACTS)).toBe(`Check tokens${TRAILERS}`);
    expect(mergeMessage(FACTS)).toBe(`Merge auth: Check tokens${TRAILERS}`);
    expect(leftoverMessage(FACTS)).toBe(`Keep what an interrupted run of auth left${TRAILERS}`);
  });

  it.each([
    ['a\n\nEspalier-Task: other', 'a Espalier-Task: other'],
    ['# a heading', 'a heading'],
    ['\u001b[31mred\u202e', 'red'],
    ['  ', 'auth'],
    ['Fixes #1, closes octo-org/garden#2', 'Fixes # 1, closes octo-org/garden# 2'],
    ['@maintainer [skip ci]', '@ maintainer (skip ci)'],
    ['x'.repeat(300), `${'x'.repeat(99)}…`],
  ])('keep the title %j to one plain line', (title, wanted) => {
    expect(attemptMessage({ ...FACTS, title })).toBe(`${wanted}${TRAILERS}`);
  });
});
