import { describe, expect, it } from 'vitest';
import type { TaskId } from '../../../src/core/brand.ts';
import type { ReceiptFact, RunFact } from '../../../src/core/hosted/facts.ts';
import { HOSTED_DEFAULTS } from '../../../src/core/hosted/hosted-config.ts';
import { readWork } from '../../../src/core/hosted/read-work.ts';
import {
  aLedger,
  anAttempt,
  aPlan,
  aTask,
  aTestResult,
  aTrial,
  fakeCommit,
  fakeDigest,
  fakeTree,
  taskId,
} from '../../support/builders.ts';
import { aDispatch, aLeg, aReceipt, aRun, RUN, someFacts } from '../../support/hosted-builders.ts';
import {
  A,
  EVIDENCE,
  failureOf,
  HEAD,
  KEY,
  ledgerOf,
  MINUTE,
  read,
  recordOf,
  RUNNING,
  type Scene,
  TASK,
} from './read-work-scene.ts';

describe('a receipt in which everything fits', () => {
  const reading = read({ receipt: aReceipt(aLeg(A), EVIDENCE) });

  it('is believed: its evidence counts, its leg is over and nothing is in flight', () => {
    expect(reading.evidence.get(KEY)).toEqual(EVIDENCE);
    expect(reading.record.dispatches[0]?.legs).toEqual([{ ...aLeg(A), isOver: true }]);
    expect(reading.inFlight.size).toBe(0);
    expect(reading.taken).toEqual([{ leg: aLeg(A), receiptSha: fakeCommit('receipt'), headSha: HEAD.headSha }]);
  });

  it('counts once: what is over is not read again', () => {
    const again = readWork(
      {
        ledger: ledgerOf(RUNNING),
        record: reading.record,
        facts: someFacts({
          runs: new Map([['plan.2', aRun()]]),
          receipts: new Map([[KEY, aReceipt(aLeg(A), EVIDENCE)]]),
        }),
        outcomes: new Map(),
        config: HOSTED_DEFAULTS,
        replica: 'replica-1',
      },
      11 * MINUTE,
    );
    expect(again.evidence.size + again.taken.length).toBe(0);
    expect(again.record).toBe(reading.record);
  });

  it('is believed of an attempt that failed and left no head', () => {
    const failed = { ...EVIDENCE, outcome: 'failed', headSha: null, treeSha: null, failure: { ...SETUP_FAILED } };
    const receipt = aReceipt(aLeg(A), failed, { head: null });
    expect(failureOf(read({ receipt }))?.cause).toBe('setup-failed');
  });

  it('is believed of a head that a person pushed', () => {
    const given = anAttempt({ givenSha: HEAD.headSha });
    const leg = aLeg(A, { mode: 'verify', headSha: HEAD.headSha });
    expect(read({ ledger: ledgerOf(given), leg, receipt: aReceipt(leg, EVIDENCE) }).evidence.has(KEY)).toBe(true);
  });
});

const SETUP_FAILED = { cause: 'setup-failed', detail: 'no', feedback: '', isTransient: false };

describe('a receipt with one thing broken', () => {
  const claim = (claims: Record<string, unknown>): ReceiptFact => aReceipt(aLeg(A), EVIDENCE, { claims });
  const evidence = (overrides: object): ReceiptFact => aReceipt(aLeg(A), { ...EVIDENCE, ...overrides });
  const fact = (overrides: Partial<ReceiptFact>): ReceiptFact => aReceipt(aLeg(A), EVIDENCE, { fact: overrides });
  const other = fakeDigest('other');

  it.each<[string, ReceiptFact, RegExp]>([
    ['is not JSON', fact({ receipt: '{' }), /not one of this version/],
    ['is of another version', claim({ version: 2 }), /not one of this version/],
    ['names no evidence', claim({ evidence: 'x' }), /not one of this version/],
    ['is of another plan', claim({ plan: 'issue-8' }), /another plan/],
    ['has another nonce', claim({ nonce: 'plan.3' }), /another nonce/],
    ['is of another run', claim({ runId: RUN.id + 1 }), /another run/],
    ['is of a run that was started again', claim({ runAttempt: 2 }), /started again by hand/],
    ['is of another kind of work', claim({ work: 'trial' }), /another kind of work/],
    ['is of another task', claim({ task: 'b' }), /another task/],
    ['is of another attempt', claim({ attempt: 2 }), /another attempt/],
    ['is of another generation', claim({ generation: 9 }), /another generation/],
    ['is of another mode', claim({ mode: 'verify' }), /another mode/],
    ['names another head', claim({ headSha: fakeCommit('evil') }), /another head/],
    [
      'names a head and has none',
      aReceipt(aLeg(A), EVIDENCE, { head: null, claims: { headSha: HEAD.headSha } }),
      /another head/,
    ],
    ['names none and has a head', claim({ headSha: null }), /another head/],
    ['has no evidence', fact({ evidence: null, evidenceDigest: null }), /no evidence/],
    ['has evidence with other bytes', fact({ evidenceDigest: other }), /not the one that its receipt names/],
    [
      'has evidence that the run did not upload',
      fact({ artifacts: new Map([['espalier-a.1-evidence.json', other]]) }),
      /not the artifact/,
    ],
    ['has evidence of another head', evidence({ headSha: fakeCommit('evil') }), /of another head/],
    ['has evidence of no head', evidence({ headSha: null, treeSha: null }), /does not know/],
    ['has evidence of another tree', evidence({ treeSha: fakeTree('evil') }), /another tree/],
    ['has evidence of no tree', evidence({ treeSha: null }), /another tree/],
    ['has evidence of no version', evidence({ version: 9 }), /not one of this version/],
    ['has evidence that is a list', aReceipt(aLeg(A), [EVIDENCE]), /not one of this version/],
    ['has evidence of another plan', evidence({ plan: 'issue-8' }), /bound to another/],
    ['has evidence of another task', evidence({ task: 'b' }), /bound to another/],
    ['has evidence of another attempt', evidence({ attempt: 2 }), /bound to another/],
    ['has evidence of another generation', evidence({ generation: 9 }), /bound to another/],
    ['has evidence of another task text', evidence({ taskDigest: other }), /bound to another/],
    ['has evidence of another base', evidence({ baseSha: fakeCommit('other') }), /bound to another/],
    [
      'says that a person cancelled it',
      evidence({ outcome: 'cancelled', failure: { ...SETUP_FAILED, cause: 'run-cancelled' } }),
      /cannot say 'run-cancelled'/,
    ],
  ])('is refused when it %s', (_what, receipt, because) => {
    const reading = read({ receipt });
    expect(failureOf(reading)).toMatchObject({ cause: 'evidence-refused', isTransient: false, feedback: '' });
    expect(failureOf(reading)?.detail).toMatch(because);
    expect(reading.evidence.get(KEY)).toMatchObject({ outcome: 'failed', headSha: null, tests: [], reviews: [] });
    expect(reading.record.dispatches[0]?.legs).toMatchObject([{ isOver: true }]);
    expect(reading.taken).toEqual([]);
  });

  it('is refused when a head was to be verified and it is of another', () => {
    const leg = aLeg(A, { mode: 'verify', headSha: fakeCommit('given') });
    const ledger = ledgerOf(anAttempt({ givenSha: fakeCommit('given') }));
    expect(failureOf(read({ ledger, leg, receipt: aReceipt(leg, EVIDENCE) }))?.detail).toMatch(/to be verified/);
  });

  it('is refused when its run is not the one that was dispatched, and that run is left alone', () => {
    const reading = read({ receipt: aReceipt(aLeg(A), EVIDENCE), run: { isGenuine: false } });
    expect(failureOf(reading)?.detail).toMatch(/another workflow file/);
    expect(reading.record.dispatches[0]?.legs[0]?.isStopped).toBeUndefined();
  });

  it('waits, where the run or its artifacts cannot be seen yet', () => {
    const good = aReceipt(aLeg(A), EVIDENCE);
    const scenes: Scene[] = [
      { receipt: { ...good, artifacts: null } },
      { receipt: { ...good, artifacts: new Map() } },
      { receipt: good, run: null, nowMs: MINUTE },
      { receipt: good, run: { id: RUN.id + 1 }, nowMs: MINUTE },
    ];
    for (const scene of scenes) {
      const reading = read(scene);
      expect([...reading.inFlight]).toEqual([KEY]);
      expect(reading.evidence.size).toBe(0);
    }
  });

  it('is not looked at for work that the ledger does not wait for', () => {
    const scenes = [
      anAttempt({ status: 'superseded' }),
      anAttempt({ status: 'cancelled' }),
      anAttempt({ generation: 9 }),
      anAttempt({ attempt: 2 }),
    ];
    for (const attempt of scenes) {
      const reading = read({ ledger: ledgerOf(attempt), receipt: aReceipt(aLeg(A), EVIDENCE) });
      expect(reading.evidence.size + reading.inFlight.size).toBe(0);
    }
  });
});

describe('a run that left nothing to believe', () => {
  it.each<[string, Scene, string, boolean, RegExp]>([
    [
      'ended badly',
      { run: { status: 'completed', conclusion: 'failure' }, dispatch: { endedAt: 0 } },
      'run-failed',
      true,
      /'failure'/,
    ],
    [
      'ended well',
      { run: { status: 'completed', conclusion: 'success' }, dispatch: { endedAt: 0 } },
      'run-failed',
      true,
      /'success'/,
    ],
    [
      'was cancelled by hand',
      { run: { status: 'completed', conclusion: 'cancelled' }, dispatch: { endedAt: 0 } },
      'run-cancelled',
      false,
      /by hand/,
    ],
    [
      'was over and was started again',
      { run: { status: 'running' }, dispatch: { endedAt: 0 } },
      'run-failed',
      true,
      /does not count/,
    ],
    ['has vanished', { run: null }, 'run-lost', true, /not known/],
    ['is another than the ledger names', { run: { id: RUN.id + 1 } }, 'run-lost', true, /not known/],
    [
      'has not begun for half an hour',
      { run: { status: 'waiting' }, nowMs: 30 * MINUTE },
      'run-lost',
      true,
      /30 minutes/,
    ],
    [
      'ended before its artifacts could be read',
      {
        run: { status: 'completed', conclusion: 'success' },
        dispatch: { endedAt: 0 },
        receipt: aReceipt(aLeg(A), EVIDENCE, { fact: { artifacts: null } }),
      },
      'run-failed',
      true,
      /'success'/,
    ],
    [
      'said that it was stopped in the middle',
      {
        run: { status: 'completed', conclusion: 'failure' },
        dispatch: { endedAt: 0 },
        receipt: aReceipt(aLeg(A), {
          ...EVIDENCE,
          outcome: 'cancelled',
          failure: { ...SETUP_FAILED, cause: 'cancelled' },
        }),
      },
      'run-failed',
      true,
      /'failure'/,
    ],
  ])('is given up when it %s', (_what, scene, cause, isTransient, because) => {
    const reading = read(scene);
    expect(failureOf(reading)).toMatchObject({ cause, isTransient });
    expect(failureOf(reading)?.detail).toMatch(because);
    expect(reading.evidence.get(KEY)?.usage.costUsd).toBeNull();
    expect(reading.inFlight.size).toBe(0);
  });

  it.each<[string, Scene, number | null]>([
    ['is under way', { run: { status: 'running' } }, null],
    ['waits for a runner', { run: { status: 'waiting' }, nowMs: 29 * MINUTE }, 30 * MINUTE],
    [
      'has begun before it waits again',
      { run: { status: 'waiting' }, nowMs: 31 * MINUTE, dispatch: { begunAt: 5 } },
      null,
    ],
    ['is not seen so soon after it was asked for', { run: null, nowMs: MINUTE }, 5 * MINUTE],
    ['has a name for a minute only', { run: null, dispatch: { namedAt: 9 * MINUTE } }, 14 * MINUTE],
    [
      'was asked for late',
      { run: { status: 'waiting' }, nowMs: 31 * MINUTE, dispatch: { namedAt: 5 * MINUTE } },
      35 * MINUTE,
    ],
    ['has just ended', { run: { status: 'completed', conclusion: 'failure' } }, 10 * MINUTE + 30_000],
    ['has no name yet', { run: null, dispatch: { run: null } }, null],
  ])('is waited for while it %s, until a time that is told', (_what, scene, wakeAtMs) => {
    const reading = read(scene);
    expect([...reading.inFlight]).toEqual([KEY]);
    expect(reading.evidence.size).toBe(0);
    expect(reading.wakeAtMs).toBe(wakeAtMs);
  });

  it('remembers when it began and when it ended', () => {
    expect(read({}).record.dispatches[0]?.begunAt).toBe(10 * MINUTE);
    expect(read({ run: { status: 'waiting' } }).record.dispatches[0]?.begunAt).toBeNull();
    expect(read({ run: { status: 'completed', conclusion: 'success' } }).record.dispatches[0]?.endedAt).toBe(
      10 * MINUTE,
    );
  });

  it('is to be cancelled if it never began, and only then', () => {
    const never = read({ run: { status: 'waiting' }, nowMs: 30 * MINUTE });
    expect(never.record.dispatches[0]?.legs[0]?.isStopped).toBe(true);
    const dead = read({ run: { status: 'completed', conclusion: 'failure' }, dispatch: { endedAt: 0 } });
    expect(dead.record.dispatches[0]?.legs[0]?.isStopped).toBeUndefined();
  });

  it('fails only the legs that left nothing', () => {
    const b = taskId('b');
    const plan = aPlan([TASK, aTask('b')]);
    const one = { countFrom: 1, cancelled: null, notBefore: 0 };
    const tasks = { [A]: { ...one, attempts: [RUNNING] }, [b]: { ...one, attempts: [anAttempt({ generation: 2 })] } };
    const legs = [aLeg(A), aLeg(b, { generation: 2 })];
    const reading = readWork(
      {
        ledger: aLedger(plan, { tasks }),
        record: recordOf(aDispatch(legs, { endedAt: 0 })),
        facts: someFacts({
          runs: new Map([['plan.2', aRun({ status: 'completed', conclusion: 'failure' })]]),
          receipts: new Map([[KEY, aReceipt(aLeg(A), EVIDENCE)]]),
        }),
        outcomes: new Map(),
        config: HOSTED_DEFAULTS,
        replica: 'replica-1',
      },
      10 * MINUTE,
    );
    expect([...reading.evidence].map(([key, { outcome }]) => [key, outcome])).toEqual([
      [KEY, 'verified'],
      ['b.1.2', 'failed'],
    ]);
  });
});

describe('a trial and the final tests', () => {
  const trial = { generation: 3, holder: 'app', startedAt: 0, ontoSha: fakeCommit('base'), result: null };
  const verified = anAttempt({ status: 'verified', evidence: EVIDENCE, trial });
  const merge = { sha: fakeCommit('merge'), tree: fakeTree('merge') };
  const trialLeg = aLeg(A, { work: 'trial', generation: 3, mode: 'verify', headSha: merge.sha });
  const result = aTrial(TASK, verified, { commitSha: merge.sha, treeSha: merge.tree });
  const scene = { ledger: ledgerOf(verified), leg: trialLeg };

  it('are believed by the same rules', () => {
    const reading = read({ ...scene, receipt: aReceipt(trialLeg, result, { head: merge }) });
    expect(reading.trials.get('a.1.3')).toEqual(result);
    expect(reading.evidence.size).toBe(0);
  });

  it.each<[string, object, object, RegExp]>([
    ['another merge', { commitSha: fakeCommit('evil') }, {}, /another head/],
    ['another tree', { treeSha: fakeTree('evil') }, {}, /another tree/],
    ['another head', { headSha: fakeCommit('evil') }, {}, /another trial/],
    ['another tip', { ontoSha: fakeCommit('evil') }, {}, /another trial/],
    ['a cancellation', { outcome: 'cancelled', commitSha: null, treeSha: null }, {}, /cannot say 'cancelled'/],
    [
      'another commit than the one to test',
      {},
      { head: { sha: fakeCommit('evil'), tree: merge.tree } },
      /to be verified/,
    ],
  ])('are refused for %s', (_what, overrides, broken, because) => {
    const receipt = aReceipt(trialLeg, { ...result, ...overrides }, { head: merge, ...broken });
    const reading = read({ ...scene, receipt });
    expect(reading.trials.get('a.1.3')).toMatchObject({ outcome: 'error', test: null });
    expect(reading.trials.get('a.1.3')?.feedback).toMatch(because);
  });

  it('end as an error when their run dies, and as cancelled when a person cancels it', () => {
    const end = (conclusion: RunFact['conclusion']) =>
      read({ ...scene, run: { status: 'completed', conclusion }, dispatch: { endedAt: 0 } }).trials.get('a.1.3');
    expect(end('failure')?.outcome).toBe('error');
    expect(end('cancelled')?.outcome).toBe('cancelled');
  });

  it('are believed of the landed whole, and refused of another', () => {
    const final = { generation: 4, holder: 'app', startedAt: 0, commitSha: merge.sha, result: null };
    const ledger = ledgerOf(anAttempt({ status: 'landed' }), { final });
    const leg = aLeg('final' as TaskId, { work: 'final', generation: 4, mode: 'verify', headSha: merge.sha });
    const test = aTestResult(TASK, merge.tree, { stage: 'final' });
    const found = { version: 1, plan: 'plan', generation: 4, commitSha: merge.sha, test, endedAt: 1 };
    expect(read({ ledger, leg, receipt: aReceipt(leg, found, { head: merge }) }).final).toEqual(found);
    const evil = aReceipt(leg, { ...found, test: { ...test, tree: fakeTree('evil') } }, { head: merge });
    expect(read({ ledger, leg, receipt: evil }).final?.test).toMatchObject({ status: 'error' });
    const stranger = aReceipt(leg, { ...found, generation: 5 }, { head: merge });
    expect(read({ ledger, leg, receipt: stranger }).final?.test.tail).toMatch(/another landed whole/);
  });
});
