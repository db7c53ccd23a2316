import { describe, expect, it } from 'vitest';

import type { AttemptRecord, PlanLedger } from '../../../src/core/ledger/ledger.ts';
import { claimHolder, createQueueLedger } from '../../../src/core/ledger/transitions.ts';
import { decide, type Decision } from '../../../src/core/reconcile/decide.ts';
import { committedUsd } from '../../../src/core/schedule/progress.ts';
import { indexPlan } from '../../../src/core/schedule/plan-index.ts';
import { aLedger, anAttempt, anEvidence, aPlan, aTask, fakeCommit, taskId } from '../../support/builders.ts';

const CONFIG = { maxParallel: 2, leaseMs: 1000, backoffMs: 1, landingStrength: 'exact' as const, only: null };

function decideOn(ledger: PlanLedger): Decision {
  const snapshot = {
    ledger: claimHolder(ledger, 'me', 'me', 1000, 0),
    queue: createQueueLedger(ledger.target),
    me: 'me',
    deadHolders: ['dead'],
    tip: fakeCommit('base'),
    inFlight: new Set<string>(),
    evidence: new Map(),
    trials: new Map(),
    final: null,
    landed: new Map(),
    refusals: new Map(),
  };
  return decide(snapshot, CONFIG, 1);
}

/** A plan of `a` and `b` with a budget, and one attempt of `a`. */
function ledgerWith(budgetUsd: number, attempt: Partial<AttemptRecord>): PlanLedger {
  const plan = aPlan([aTask('a', { budgetUsd: 4 }), aTask('b', { budgetUsd: 4 })], { budgetUsd });
  const record = anAttempt({ taskDigest: indexPlan(plan).digest(taskId('a')), reservedUsd: 4, ...attempt });
  return aLedger(plan, {
    tasks: { [taskId('a')]: { attempts: [record], countFrom: 1, cancelled: null, notBefore: 0 } },
    nextGeneration: 2,
  });
}

function lastOf(decision: Decision, task: string): AttemptRecord | undefined {
  return decision.ledger.tasks[taskId(task)]?.attempts.at(-1);
}

describe('the budget', () => {
  it.each([
    { name: 'there is enough for two', budgetUsd: 8, started: ['a', 'b'] },
    { name: 'there is enough for one', budgetUsd: 7, started: ['a'] },
    { name: 'there is not enough for one', budgetUsd: 3, started: [] },
  ])('is set aside before anything starts: $name', ({ budgetUsd, started }) => {
    const { plan } = ledgerWith(budgetUsd, {});
    const decision = decideOn(aLedger(plan));
    expect(decision.actions.map((action) => ('task' in action ? action.task : action.kind))).toEqual(started);
    expect(committedUsd(decision.ledger)).toBeLessThanOrEqual(budgetUsd);
  });

  it('counts what a process that died may have spent, and sets aside no more than is left', () => {
    const decision = decideOn(ledgerWith(10, { holder: 'dead' }));
    expect(lastOf(decision, 'a')).toMatchObject({ status: 'running', holder: 'me', reservedUsd: 4, lostUsd: 4 });
    expect(committedUsd(decision.ledger)).toBe(8);
    expect(lastOf(decision, 'b')).toBeUndefined();
    const tight = decideOn(ledgerWith(5, { holder: 'dead' }));
    expect(lastOf(tight, 'a')).toMatchObject({ status: 'running', reservedUsd: 1, lostUsd: 4 });
  });

  it('does not run an attempt again when a process that died may have spent everything', () => {
    const decision = decideOn(ledgerWith(4, { holder: 'dead' }));
    expect(lastOf(decision, 'a')?.status).toBe('cancelled');
    expect(decision.actions).toEqual([]);
    expect(committedUsd(decision.ledger)).toBe(4);
  });

  it('gives back what a finished attempt did not use', () => {
    const plain = ledgerWith(8, { status: 'landed' });
    const attempt = lastOf({ ledger: plain } as Decision, 'a') ?? anAttempt();
    const usage = { costUsd: 0.5, inputTokens: null, outputTokens: null, turns: null };
    const evidence = anEvidence(aTask('a', { budgetUsd: 4 }), attempt, { usage });
    expect(committedUsd(ledgerWith(8, { status: 'landed', evidence }))).toBe(0.5);
  });
});
