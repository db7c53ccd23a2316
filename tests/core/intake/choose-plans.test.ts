import fc from 'fast-check';
import { expect, it } from 'vitest';

import { choosePlans, takeTurns } from '../../../src/core/intake/choose-plans.ts';

const SELF = { appId: 15368, botUserId: 41 };

it('never throws, whatever an event carries, and names only issues', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('issues', 'workflow_run', 'push', 'workflow_dispatch', 'installation', 'toString'),
      fc.anything(),
      (name, payload) => {
        const choice = choosePlans(name, payload, SELF);
        const issues = choice.kind === 'issues' ? choice.issues : [];
        expect(issues.every((issue) => Number.isSafeInteger(issue) && issue > 0)).toBe(true);
      },
    ),
  );
});

it('looks at everything when an installation changed as a whole', () => {
  expect(choosePlans('installation', { action: 'created', installation: { id: 1 } }, SELF)).toEqual({ kind: 'all' });
});

it('gives every plan its turn where one run cannot look at all of them', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 40 }),
      (issues, limit) => {
        const rounds = Array.from({ length: Math.max(1, issues.length) }, (_, turn) =>
          takeTurns(issues, limit, turn + 7),
        );
        expect(rounds.every((round) => round.length === Math.min(limit, issues.length))).toBe(true);
        expect(new Set(rounds.flat())).toEqual(new Set(issues));
      },
    ),
  );
});
