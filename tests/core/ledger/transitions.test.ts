import { describe, expect, it } from 'vitest';

import { readPlanFiles, readQueueFiles, writePlanFiles, writeQueueFiles } from '../../../src/core/ledger/files.ts';
import type { AttemptRecord, PlanLedger } from '../../../src/core/ledger/ledger.ts';
import {
  cancelPlan,
  cancelTask,
  claimHolder,
  comparePlans,
  createQueueLedger,
  findLiveHolder,
  pausePlan,
  releaseHolder,
  resumePlan,
  retryTask,
  revisePlan,
} from '../../../src/core/ledger/transitions.ts';
import { attemptsUsed } from '../../../src/core/schedule/progress.ts';
import { aLedger, aPlan, aTask, anAttempt, anEvidence, fakeCommit, fakeTree, taskId } from '../../support/builders.ts';

function ledgerWith(status: AttemptRecord['status'], overrides: Partial<AttemptRecord> = {}): PlanLedger {
  const record = { attempts: [anAttempt({ status, ...overrides })], countFrom: 1, cancelled: null, notBefore: 0 };
  return aLedger(aPlan([aTask('a'), aTask('b', { needs: [taskId('a')] })]), { tasks: { [taskId('a')]: record } });
}

const landing = {
  generation: 2,
  holder: 'one',
  startedAt: 0,
  fromSha: fakeCommit('base'),
  commitSha: fakeCommit('merge'),
  treeSha: fakeTree('merge'),
  refusal: null,
  notBefore: 0,
};

describe('a ledger', () => {
  it('is read back from its files as it was written', () => {
    const evidence = anEvidence(aTask('a'), anAttempt({ status: 'verified' }));
    const ledger = claimHolder(ledgerWith('landed', { landing, evidence }), 'two', 'process 2', 1000, 5);
    expect(readPlanFiles(writePlanFiles(ledger))).toEqual({ ok: true, value: ledger });
    const queue = { ...createQueueLedger(ledger.target), frozen: { at: 1, because: 'x' } };
    expect(readQueueFiles(writeQueueFiles(queue))).toEqual({ ok: true, value: queue });
  });

  it.each([
    ['a missing file', {}],
    ['text that is not JSON', { '.agent-coordination/plan.json': '{' }],
    ['another version', { '.agent-coordination/plan.json': '{"version":2}' }],
  ])('refuses %s and says which file it is', (_name, files) => {
    const reading = readPlanFiles(files);
    expect(reading.ok).toBe(false);
    expect(reading.ok ? '' : reading.because).toContain('.agent-coordination/plan.json');
  });

  it('knows a live holder from a dead one and a lapsed one', () => {
    const ledger = claimHolder(aLedger(aPlan([aTask('a')])), 'one', 'process 1', 1000, 0);
    expect(findLiveHolder(ledger, 'two', [], 999)?.description).toBe('process 1');
    expect(findLiveHolder(ledger, 'two', ['one'], 999)).toBeNull();
    expect(findLiveHolder(ledger, 'two', [], 1000)).toBeNull();
    expect(findLiveHolder(ledger, 'one', [], 0)).toBeNull();
    expect(findLiveHolder(releaseHolder(ledger, 'one'), 'two', [], 0)).toBeNull();
  });
});

describe('a person', () => {
  it('pauses and resumes, and is told when there is nothing to do', () => {
    const ledger = aLedger(aPlan([aTask('a')]));
    const paused = pausePlan(ledger, 'someone', 7);
    expect(paused).toMatchObject({ ok: true, value: { paused: { at: 7, by: 'someone' } } });
    if (!paused.ok) return;
    expect(pausePlan(paused.value, 'someone', 8)).toMatchObject({ ok: false, next: 'espalier resume plan' });
    expect(resumePlan(paused.value)).toEqual({ ok: true, value: ledger });
    expect(resumePlan(ledger).ok).toBe(false);
  });

  it.each([
    ['has landed', ledgerWith('landed', { landing })],
    ['is landing', ledgerWith('verified', { landing })],
  ])('cannot cancel a task that %s', (_name, ledger) => {
    expect(cancelTask(ledger, taskId('a'), 'someone', 1).ok).toBe(false);
  });

  it('cancels what has not landed and leaves the rest', () => {
    const cancelled = cancelPlan(ledgerWith('landed', { landing }), 'someone', 3);
    expect(cancelled.ok && cancelled.value.tasks[taskId('b')]?.cancelled).toEqual({ at: 3, by: 'someone' });
    expect(cancelled.ok && cancelled.value.tasks[taskId('a')]?.cancelled).toBeNull();
  });

  it.each([
    ['is under way', ledgerWith('running')],
    ['has landed', ledgerWith('landed', { landing })],
    ['was never tried', aLedger(aPlan([aTask('a')]))],
  ])('cannot retry a task that %s', (_name, ledger) => {
    expect(retryTask(ledger, taskId('a')).ok).toBe(false);
  });

  it('gives a failed task a fresh start with all its retries', () => {
    const retried = retryTask(ledgerWith('failed'), taskId('a'));
    expect(retried.ok && attemptsUsed(retried.value.tasks[taskId('a')])).toBe(0);
  });

  it('is refused a task that the plan does not have', () => {
    const ledger = ledgerWith('failed');
    for (const refused of [retryTask(ledger, taskId('c')), cancelTask(ledger, taskId('c'), 'x', 0)])
      expect(refused).toMatchObject({ ok: false, because: "Plan 'plan' has no task 'c'." });
  });
});

describe('a new revision', () => {
  const before = ledgerWith('verified');

  it('is compared task by task', () => {
    const after = aPlan([aTask('a', { spec: 'Something else.' }), aTask('c')], { title: 'Another' });
    expect(comparePlans(before.plan, after)).toEqual({
      changed: ['a'],
      added: ['c'],
      removed: ['b'],
      isFrameChanged: true,
    });
  });

  it('sets aside what was made for a task that changed, and keeps what was made for the others', () => {
    const changed = revisePlan(before, aPlan([aTask('a', { spec: 'Something else.' })]));
    expect(changed.tasks[taskId('a')]?.attempts[0]?.status).toBe('cancelled');
    const kept = revisePlan(before, aPlan([aTask('a', { title: 'A nicer title' }), aTask('c')]));
    expect(kept.tasks[taskId('a')]?.attempts[0]?.status).toBe('verified');
  });

  it('never takes back what has landed', () => {
    const landed = ledgerWith('landed', { landing });
    expect(revisePlan(landed, aPlan([aTask('b')])).tasks[taskId('a')]?.attempts[0]?.status).toBe('landed');
  });
});
