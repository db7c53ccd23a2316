import { describe, expect, it } from 'vitest';

import { openGitLedgerStore } from '../../../src/adapters/local/git-ledger-store.ts';
import type { PlanId } from '../../../src/core/brand.ts';
import { branch, makeRepository } from '../../support/git-fixture.ts';

const PLAN = 'my-plan' as PlanId;
const TARGET = branch('espalier/my-plan/landed');
const CLOCK = { now: () => 1_700_000_000_000 };
const PLAN_FILES = { '.agent-coordination/plan.json': '{"a":1}\n', '.agent-coordination/status.json': '{}\n' };

describe('ledgers in git', () => {
  it('are empty at first', async () => {
    await using repository = await makeRepository();
    const store = openGitLedgerStore(await repository.open(), { clock: CLOCK });
    expect(await store.read(PLAN, TARGET)).toEqual({
      planFiles: null,
      queueFiles: null,
      version: { plan: null, queue: null },
    });
    expect(await store.listPlans()).toEqual([]);
  });

  it('give back what was written, with every write in the history', async () => {
    await using repository = await makeRepository();
    const store = openGitLedgerStore(await repository.open(), { clock: CLOCK });
    const start = await store.read(PLAN, TARGET);
    const queueFiles = { 'merge-queue.json': '{"landings":[]}\n' };
    const first = await store.write({ plan: PLAN, target: TARGET, version: start.version, planFiles: PLAN_FILES, queueFiles, subject: 'Accept the plan' }); // prettier-ignore
    if (first.kind !== 'written') throw new Error('conflict');
    expect(await store.read(PLAN, TARGET)).toEqual({ planFiles: PLAN_FILES, queueFiles, version: first.version });
    const changed = { '.agent-coordination/plan.json': '{"a":2}\n' };
    const second = await store.write({ plan: PLAN, target: TARGET, version: first.version, planFiles: changed, queueFiles: null, subject: 'Dispatch\nauth' }); // prettier-ignore
    if (second.kind !== 'written') throw new Error('conflict');
    expect(second.version.queue).toBe(first.version.queue);
    expect(await store.read(PLAN, TARGET)).toMatchObject({ planFiles: changed, queueFiles });
    expect(await repository.git('log', '--format=%s', 'espalier-ledger/my-plan')).toBe(
      'Dispatch auth\nAccept the plan',
    );
    expect(await repository.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/espalier-queue')).toBe(
      'espalier-queue/espalier%2Fmy-plan%2Flanded',
    );
    expect(await store.listPlans()).toEqual([PLAN]);
    expect(await repository.git('fsck', '--strict')).toBe('');
    expect(await repository.git('status', '--porcelain')).toBe('');
  });

  it.each([
    { name: 'the plan’s ledger moved', moved: 'espalier-ledger/my-plan', queueFiles: null },
    { name: 'the queue’s ledger moved, though only read', moved: 'espalier-queue/main', queueFiles: null },
    { name: 'the queue’s ledger moved', moved: 'espalier-queue/main', queueFiles: { 'merge-queue.json': '{}' } },
  ])('write nothing when $name', async ({ moved, queueFiles }) => {
    await using repository = await makeRepository();
    const store = openGitLedgerStore(await repository.open(), { clock: CLOCK });
    const target = branch('main');
    const { version } = await store.read(PLAN, target);
    await repository.git('branch', moved);
    const before = await repository.git('for-each-ref');
    const outcome = await store.write({ plan: PLAN, target, version, planFiles: PLAN_FILES, queueFiles, subject: 'x' });
    expect(outcome).toEqual({ kind: 'conflict' });
    expect(await repository.git('for-each-ref')).toBe(before);
  });

  it('lose no write of several writers that read, change and write again', async () => {
    await using repository = await makeRepository();
    const stores = [openGitLedgerStore(await repository.open(), { clock: CLOCK }), openGitLedgerStore(await repository.open(), { clock: CLOCK })]; // prettier-ignore
    const append = async (store: (typeof stores)[number], word: string): Promise<void> => {
      for (;;) {
        const { planFiles, version } = await store.read(PLAN, TARGET);
        const words = `${planFiles?.['words'] ?? ''}${word}\n`;
        const outcome = await store.write({ plan: PLAN, target: TARGET, version, planFiles: { words }, queueFiles: null, subject: word }); // prettier-ignore
        if (outcome.kind === 'written') return;
      }
    };
    const words = Array.from({ length: 12 }, (_, at) => `w${at}`);
    await Promise.all(words.map((word, at) => append(stores[at % 2] as (typeof stores)[number], word)));
    const { planFiles } = await (stores[0] as (typeof stores)[number]).read(PLAN, TARGET);
    expect(planFiles?.['words']?.trim().split('\n').sort()).toEqual([...words].sort());
    expect(await repository.git('rev-list', '--count', 'espalier-ledger/my-plan')).toBe('12');
  });

  it('list only branches that can be plans', async () => {
    await using repository = await makeRepository();
    for (const name of ['espalier-ledger/b', 'espalier-ledger/a', 'espalier-ledger/Not-A-Plan', 'espalier-ledger/x/y'])
      await repository.git('branch', name);
    const store = openGitLedgerStore(await repository.open(), { clock: CLOCK });
    expect(await store.listPlans()).toEqual(['a', 'b']);
  });
});
