import { expect, it } from 'vitest';

import type { PlanHint } from '../../../src/core/intake/hint.ts';
import { issueNamedBy } from '../../../src/core/intake/issue-named-by.ts';

it.each<[PlanHint, number | null]>([
  [{ issue: 5 }, 5],
  [{ branch: 'espalier/issue-5/auth' }, 5],
  [{ branch: 'espalier-ledger/issue-5' }, 5],
  [{ branch: 'espalier-staging/issue-5/receipt/auth.1.2' }, 5],
  [{ branch: 'espalier-queue/issue-5' }, null],
  [{ branch: 'feature/issue-5' }, null],
  [{ branch: 'espalier/issue-05/auth' }, null],
  [{ runName: 'espalier issue-5 issue-5.3' }, 5],
  [{ runName: 'Espalier issue-5' }, null],
  [{ pull: 5 }, null],
  [{ sha: 'a1'.repeat(20) }, null],
])('%j names the plan of issue %j', (hint, issue) => {
  expect(issueNamedBy(hint)).toBe(issue);
});
