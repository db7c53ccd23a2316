import { describe, expect, it } from 'vitest';

import type { PlanId, TaskId } from '../../../src/core/brand.ts';
import { attemptRunPrefix, planRunPrefix } from '../../../src/core/worktree/run-name.ts';

const LONG = 'a-very-long-id-that-goes-on-and-on-until-there-is-no-more-room-1';

describe('names of runs', () => {
  it('leave room for a counter, however long the ids are', () => {
    const prefix = attemptRunPrefix('/srv/objects', LONG as PlanId, LONG as TaskId, 99);
    expect(prefix).toMatch(/^[a-z0-9][a-z0-9_.-]*$/);
    expect(prefix.length).toBeLessThan(90);
    expect(prefix.startsWith(planRunPrefix('/srv/objects', LONG as PlanId))).toBe(true);
  });

  it('keep apart what differs only at the end, and whose id is the beginning of another', () => {
    const prefix = (task: string, attempt = 1): string =>
      attemptRunPrefix('/r', 'p' as PlanId, task as TaskId, attempt);
    const names = [
      prefix('auth'),
      prefix('auth-2'),
      prefix('auth', 2),
      prefix('auth', 11),
      prefix(LONG),
      prefix(`${LONG.slice(0, -1)}2`),
    ];
    for (const a of names) for (const b of names) expect(a === b || !a.startsWith(b)).toBe(true);
  });

  it('keep two repositories apart', () => {
    expect(planRunPrefix('/a', 'p' as PlanId)).not.toBe(planRunPrefix('/b', 'p' as PlanId));
  });
});
