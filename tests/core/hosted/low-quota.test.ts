import { expect, it } from 'vitest';

import type { CommitSha } from '../../../src/core/brand.ts';
import type { ForgeEffect } from '../../../src/core/hosted/effect.ts';
import type { ForgeFacts } from '../../../src/core/hosted/facts.ts';
import { listLowQuotas, withoutPatient } from '../../../src/core/hosted/low-quota.ts';

const RESET_AT_MS = 10_000;
const quota = (remaining: number) => ({ limit: 5000, remaining, resetAtMs: RESET_AT_MS });

it.each([
  ['nothing is known', null, null, []],
  ['both are half full', quota(2500), quota(2500), []],
  ['exactly a tenth is left', quota(500), quota(500), []],
  ['little of REST is left', quota(499), quota(500), ['REST']],
  ['little of GraphQL is left', null, quota(0), ['GraphQL']],
  ['little of both is left', quota(1), quota(1), ['REST', 'GraphQL']],
] as const)('counts the quotas apart: %s', (_, rest, graphql, names) => {
  expect(listLowQuotas({ quota: { rest, graphql }, readAtMs: 0 }).map(({ name }) => name)).toEqual(names);
});

it('takes no quota for low that is full again', () => {
  expect(listLowQuotas({ quota: { rest: quota(0), graphql: null }, readAtMs: RESET_AT_MS })).toEqual([]);
});

const headSha = 'a'.repeat(40) as CommitSha;
const check = (nodeId: string | null): ForgeEffect => ({
  kind: 'check-run',
  key: `check ${nodeId}`,
  nodeId,
  name: 'espalier/gate',
  headSha,
  externalId: '',
  output: {
    status: 'completed',
    conclusion: 'success',
    title: '',
    summary: '',
    text: '',
    annotations: [],
    actions: [],
  },
});

it.each([
  ['nothing asks for the gate', [], ['open-pull', 'check null']],
  ['the base asks for the gate', [{ name: 'espalier/gate', appId: 7 }], ['open-pull', 'check null', 'check CR_1']],
] as const)('lets texts wait that nothing waits for: %s', (_, requiredChecks, left) => {
  const effects: ForgeEffect[] = [
    { kind: 'update-pull', key: 'body', nodeId: 'PR_1', body: '' },
    { kind: 'set-labels', key: 'labels', thread: 1, add: [], remove: [] },
    { kind: 'close-pull', key: 'open-pull', nodeId: 'PR_1' },
    check(null),
    check('CR_1'),
  ];
  const facts = { app: { id: 7, login: 'espalier[bot]' }, rules: { requiredChecks } } as unknown as ForgeFacts;
  expect(withoutPatient(effects, facts).map(({ key }) => key)).toEqual(left);
});
