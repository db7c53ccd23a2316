import { describe, expect, it } from 'vitest';

import { dispatchWork, type DispatchInput } from '../../../src/core/hosted/dispatch-work.ts';
import type { EffectOutcome } from '../../../src/core/hosted/effect.ts';
import { HOSTED_DEFAULTS } from '../../../src/core/hosted/hosted-config.ts';
import { openLeases } from '../../../src/core/hosted/leases.ts';
import type { ForgeFacts } from '../../../src/core/hosted/facts.ts';
import { createForgeRecord, type DispatchRecord, type ForgeRecord } from '../../../src/core/ledger/forge-record.ts';
import type { PlanLedger, TaskRecord } from '../../../src/core/ledger/ledger.ts';
import { createQueueLedger } from '../../../src/core/ledger/transitions.ts';
import type { Action } from '../../../src/core/reconcile/action.ts';
import {
  aLedger,
  anAttempt,
  anEvidence,
  aPlan,
  aTask,
  aTestResult,
  fakeCommit,
  fakeTree,
  taskId,
} from '../../support/builders.ts';
import { aDispatch, aLeg, anIssue, aRun, RUN, someFacts } from '../../support/hosted-builders.ts';

const A = taskId('a');
const TASK = aTask('a');
const NOW = 100_000;
const START: Action = { kind: 'start-attempt', task: A, attempt: 1, generation: 1 };

function ledgerOf(tasks: Record<string, TaskRecord['attempts']>, overrides: Partial<PlanLedger> = {}): PlanLedger {
  const records = Object.entries(tasks).map(([id, attempts]) => [
    id,
    { attempts, countFrom: 1, cancelled: null, notBefore: 0 },
  ]);
  const plan = aPlan(Object.keys(tasks).map((id) => aTask(id)));
  return aLedger(plan, { tasks: Object.fromEntries(records) as PlanLedger['tasks'], nextGeneration: 2, ...overrides });
}

interface Scene {
  ledger?: PlanLedger;
  record?: Partial<ForgeRecord>;
  actions?: Action[];
  facts?: Partial<ForgeFacts>;
  outcomes?: [string, EffectOutcome][];
  config?: Partial<typeof HOSTED_DEFAULTS>;
  replica?: string;
  nowMs?: number;
}

function dispatch(scene: Scene) {
  const ledger = scene.ledger ?? ledgerOf({ a: [anAttempt()] });
  const record = { ...createForgeRecord(7), ...scene.record };
  const nowMs = scene.nowMs ?? NOW;
  const outcomes = new Map(scene.outcomes);
  const replica = scene.replica ?? 'replica-1';
  const leases = openLeases(record, outcomes, { replica, leaseMs: HOSTED_DEFAULTS.leaseMs, nowMs });
  const input: DispatchInput = {
    state: { ledger, queue: createQueueLedger(ledger.target), record },
    actions: scene.actions ?? [],
    facts: someFacts(scene.facts),
    outcomes,
    config: { ...HOSTED_DEFAULTS, ...scene.config },
    replica,
    leases,
  };
  const work = dispatchWork(input, nowMs);
  return { ...work, record: { ...work.record, leases: leases.finish() } };
}

describe('an attempt that is to start', () => {
  it('is written down with a lease and a nonce of its own before its run is asked for', () => {
    const { record, ledger, effects, wakeAtMs } = dispatch({ actions: [START] });
    const written: DispatchRecord = {
      nonce: 'plan.2',
      legs: [aLeg(A)],
      writtenAt: NOW,
      lease: { holder: 'replica-1', until: NOW + 60_000 },
      run: null,
      begunAt: null,
    };
    expect(record.dispatches).toEqual([written]);
    expect(ledger.nextGeneration).toBe(3);
    const workflow = 'espalier-dispatch.yml';
    expect(effects).toEqual([{ kind: 'dispatch', key: 'dispatch.plan.2', workflow, nonce: 'plan.2', legs: [aLeg(A)] }]);
    expect(wakeAtMs).toBe(NOW + 60_000);
  });

  it('is asked for once, however often it is decided', () => {
    const first = dispatch({ actions: [START] });
    const again = dispatch({ actions: [START], ledger: first.ledger, record: first.record });
    expect(again.effects).toEqual([]);
    expect(again.record).toEqual(first.record);
    expect(again.ledger).toBe(first.ledger);
  });

  it('only verifies where a person has pushed the head', () => {
    const ledger = ledgerOf({ a: [anAttempt({ givenSha: fakeCommit('given') })] });
    const { record } = dispatch({ ledger, actions: [START] });
    expect(record.dispatches[0]?.legs).toEqual([aLeg(A, { mode: 'verify', headSha: fakeCommit('given') })]);
  });

  it('is written down with the runner that its task asks for', () => {
    const plan = aPlan([aTask('a', { runsOn: ['self-hosted', 'gpu'] })]);
    const { record } = dispatch({ ledger: { ...ledgerOf({ a: [anAttempt()] }), plan }, actions: [START] });
    expect(record.dispatches[0]?.legs).toEqual([aLeg(A, { runsOn: ['self-hosted', 'gpu'] })]);
  });

  it.each<[string, string | null, number]>([
    ['is not written down while the configuration refuses its runner', null, 0],
    ['is written down again once it allows it', 'github: {runners: [[self-hosted, gpu]]}', 1],
  ])('%s', (_what, configText, count) => {
    const plan = aPlan([aTask('a', { runsOn: ['self-hosted', 'gpu'] })]);
    const ledger = { ...ledgerOf({ a: [anAttempt()] }), plan };
    const { record, effects } = dispatch({ ledger, actions: [START], facts: { issue: anIssue(), configText } });
    expect(record.dispatches).toHaveLength(count);
    expect(effects).toHaveLength(count);
  });

  it('shares a run with the others, as far as the limit on legs goes', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const attempts = ids.map((id, at): [string, TaskRecord['attempts']] => [id, [anAttempt({ generation: at + 1 })]]);
    const actions = ids.map((id, at): Action => ({ ...START, task: taskId(id), generation: at + 1 }));
    const ledger = ledgerOf(Object.fromEntries(attempts), { nextGeneration: 6 });
    const { record, effects } = dispatch({ ledger, actions, config: { maxLegs: 2 } });
    expect(record.dispatches.map(({ nonce, legs }) => [nonce, legs.length])).toEqual([
      ['plan.6', 2],
      ['plan.7', 2],
      ['plan.8', 1],
    ]);
    expect(effects).toHaveLength(3);
  });
});

describe('a run that has no name yet', () => {
  const unnamed = aDispatch([aLeg(A)], { run: null, lease: { holder: 'replica-1', until: NOW + 1 } });
  const obstacle = { code: 'dispatch-missing', because: 'gone', next: 'put it back', at: 1 };

  it('is left to whoever holds the lease, also by the one who holds it', () => {
    for (const replica of ['replica-1', 'replica-2']) {
      const { effects, wakeAtMs, record } = dispatch({ record: { dispatches: [unnamed] }, replica });
      expect(effects).toEqual([]);
      expect(record.dispatches).toEqual([unnamed]);
      expect(wakeAtMs).toBe(NOW + 1);
    }
  });

  it('is looked for, and asked for if it is not there, once the lease has lapsed', () => {
    const { effects, record } = dispatch({ record: { dispatches: [unnamed] }, replica: 'replica-2', nowMs: NOW + 1 });
    expect(effects).toMatchObject([{ kind: 'find-or-dispatch', nonce: 'plan.2', legs: [aLeg(A)], writtenAtMs: 0 }]);
    expect(record.dispatches[0]?.lease).toEqual({ holder: 'replica-2', until: NOW + 60_001 });
  });

  it('waits while an obstacle stands, and goes on at once when a person has cleared it', () => {
    const waiting = { ...unnamed, lease: { holder: 'replica-1', until: 0 }, tries: 3, notBefore: NOW + 5 };
    expect(dispatch({ record: { dispatches: [waiting], obstacle } }).wakeAtMs).toBe(NOW + 5);
    expect(dispatch({ record: { dispatches: [waiting], obstacle } }).effects).toEqual([]);
    expect(dispatch({ record: { dispatches: [waiting] } }).effects).toMatchObject([{ kind: 'find-or-dispatch' }]);
  });

  it('is asked for without the legs that are over, and forgotten when all are', () => {
    const b = aLeg(taskId('b'), { generation: 2, isOver: true });
    const lapsed = { ...unnamed, legs: [aLeg(A), b], lease: { holder: 'replica-1', until: 0 } };
    expect(dispatch({ record: { dispatches: [lapsed] } }).effects).toMatchObject([{ legs: [aLeg(A)] }]);
    const ledger = ledgerOf({ a: [anAttempt({ status: 'cancelled' })] });
    const over = dispatch({ ledger, record: { dispatches: [unnamed] } });
    expect(over.record.dispatches).toEqual([]);
    expect(over.effects).toEqual([]);
  });
});

describe('a run that nobody waits for', () => {
  const named = aDispatch([aLeg(A)]);
  const dead = ledgerOf({ a: [anAttempt({ status: 'superseded' })] });
  const runs = (overrides = {}) => ({ runs: new Map([['plan.2', aRun(overrides)]]) });

  it('is cancelled, again after a while if it goes on, and forgotten when it is seen to be over', () => {
    const first = dispatch({ ledger: dead, record: { dispatches: [named] }, facts: runs() });
    expect(first.effects).toEqual([{ kind: 'cancel-run', key: `cancel.${RUN.id}`, runId: RUN.id }]);
    expect(first.record.dispatches[0]?.legs).toEqual([{ ...aLeg(A), isOver: true, isStopped: true }]);
    const soon = dispatch({
      ledger: dead,
      record: first.record,
      facts: runs(),
      nowMs: NOW + 1000,
      replica: 'replica-2',
    });
    expect(soon.effects).toEqual([]);
    const late = dispatch({ ledger: dead, record: first.record, facts: runs(), nowMs: NOW + 60_000 });
    expect(late.effects).toMatchObject([{ kind: 'cancel-run' }]);
    const over = dispatch({ ledger: dead, record: first.record, facts: runs({ status: 'completed' }), nowMs: NOW + 1 });
    expect(over.record.dispatches).toEqual([]);
    expect(over.record.leases).toEqual({});
  });

  it('is forgotten without being cancelled when all its legs came to their end', () => {
    const record = { dispatches: [aDispatch([aLeg(A, { isOver: true })])] };
    const { effects, record: after } = dispatch({ record, facts: runs() });
    expect(effects).toEqual([]);
    expect(after.dispatches).toEqual([]);
  });

  it('goes on while one of its legs is waited for', () => {
    const ledger = ledgerOf({ a: [anAttempt({ status: 'cancelled' })], b: [anAttempt({ generation: 2 })] });
    const b = aLeg(taskId('b'), { generation: 2 });
    const { effects, record } = dispatch({ ledger, record: { dispatches: [aDispatch([aLeg(A), b])] }, facts: runs() });
    expect(effects).toEqual([]);
    expect(record.dispatches[0]?.legs).toEqual([{ ...aLeg(A), isOver: true, isStopped: true }, b]);
  });

  it('is forgotten when the forge does not know it, though not at once', () => {
    const record = { dispatches: [aDispatch([aLeg(A, { isOver: true, isStopped: true })], { writtenAt: NOW })] };
    expect(dispatch({ record }).record.dispatches).toHaveLength(1);
    expect(dispatch({ record, nowMs: NOW + 300_000 }).record.dispatches).toEqual([]);
  });

  it('is cancelled when its attempt is stopped, which is then decided on without delay', () => {
    const stop: Action = { ...START, kind: 'stop-attempt', because: 'it was cancelled' };
    const { effects, wakeAtMs } = dispatch({ record: { dispatches: [named] }, actions: [stop], facts: runs() });
    expect(effects).toMatchObject([{ kind: 'cancel-run' }]);
    expect(wakeAtMs).toBe(NOW);
  });
});

describe('a trial', () => {
  const evidence = anEvidence(TASK, anAttempt(), { headSha: fakeCommit('head'), treeSha: fakeTree('head') });
  const trial = { generation: 3, holder: 'app', startedAt: 0, ontoSha: fakeCommit('base'), result: null };
  const ledger = ledgerOf({ a: [anAttempt({ status: 'verified', evidence, trial })] }, { nextGeneration: 4 });
  const action: Action = { kind: 'start-trial', task: A, attempt: 1, generation: 3 };
  const key = 'trial.a.1.3';
  const made: EffectOutcome = { kind: 'trial-made', commitSha: fakeCommit('merge'), tree: fakeTree('merge') };
  const step = (outcome: EffectOutcome | null, record: Partial<ForgeRecord> = {}, facts: Partial<ForgeFacts> = {}) =>
    dispatch({ ledger, actions: [action], record, facts, outcomes: outcome === null ? [] : [[key, outcome]] });

  it('begins with a merge on the server, from where its branch is, under a lease', () => {
    const tip = { tip: fakeCommit('old'), tree: fakeTree('old'), parents: [] };
    const { effects, record } = step(null, {}, { trialBranches: new Map([[A, tip]]) });
    expect(effects).toEqual([
      {
        kind: 'make-trial',
        key,
        task: A,
        branch: 'espalier-staging/plan/trial.a.1',
        from: fakeCommit('old'),
        onto: fakeCommit('base'),
        head: fakeCommit('head'),
        message: expect.stringContaining('Espalier-Attempt: 1.3') as string,
      },
    ]);
    expect(record.leases).toEqual({ [key]: { holder: 'replica-1', until: NOW + 60_000 } });
    expect(record.dispatches).toEqual([]);
  });

  it('is left to whoever holds the lease', () => {
    const held = { leases: { [key]: { holder: 'replica-2', until: NOW + 1 } } };
    expect(step(null, held).effects).toEqual([]);
    const lapsed = { leases: { [key]: { holder: 'replica-2', until: NOW } } };
    expect(step(null, lapsed).effects).toMatchObject([{ kind: 'make-trial' }]);
  });

  it('is tested by a run when the merge is made', () => {
    const { record, effects, trials } = step(made, { leases: { [key]: { holder: 'replica-1', until: NOW + 1 } } });
    const leg = aLeg(A, { work: 'trial', generation: 3, mode: 'verify', headSha: fakeCommit('merge') });
    expect(record.dispatches).toMatchObject([{ legs: [leg] }]);
    expect(effects).toMatchObject([{ kind: 'dispatch', legs: [leg] }]);
    expect(record.leases).toEqual({});
    expect(trials.size).toBe(0);
  });

  it('is not tested again where the tree is the one that was verified', () => {
    const { record, trials } = step({ ...made, tree: fakeTree('head') });
    expect(record.dispatches).toEqual([]);
    expect(trials.get('a.1.3')).toMatchObject({
      outcome: 'tested',
      commitSha: fakeCommit('merge'),
      treeSha: fakeTree('head'),
      test: { stage: 'trial', status: 'passed', reused: true, tree: fakeTree('head') },
    });
  });

  it.each([
    ['failed', [aTestResult(TASK, fakeTree('head'), { status: 'failed' })]],
    ['is of other commands', [aTestResult(aTask('a', { test: [['./other']] }), fakeTree('head'))]],
    ["is of the agent's own worktree", [aTestResult(TASK, fakeTree('head'), { stage: 'work' })]],
  ])('is tested although the tree was, where that result %s', (_what, tests) => {
    const doubtful = ledgerOf({ a: [anAttempt({ status: 'verified', evidence: { ...evidence, tests }, trial })] });
    const outcome: EffectOutcome = { ...made, tree: fakeTree('head') };
    const { record } = dispatch({ ledger: doubtful, actions: [action], outcomes: [[key, outcome]] });
    expect(record.dispatches).toHaveLength(1);
  });

  it('ends with a conflict that the next attempt is told of', () => {
    const { trials, effects } = step({ kind: 'trial-conflict' });
    expect(trials.get('a.1.3')).toMatchObject({ outcome: 'conflict', commitSha: null });
    expect(trials.get('a.1.3')?.feedback).toMatch(/conflicts/);
    expect(effects).toEqual([]);
  });

  it('ends with the reason when the forge will not merge', () => {
    const { trials } = step({ kind: 'refused', because: 'workflows permission is missing' });
    expect(trials.get('a.1.3')).toMatchObject({ outcome: 'error', test: null });
    expect(trials.get('a.1.3')?.feedback).toMatch(/workflows permission/);
  });

  it('is merged again when its branch was not where it was thought to be', () => {
    const held = { leases: { [key]: { holder: 'replica-1', until: NOW + 1 } } };
    expect(step({ kind: 'elsewhere', because: 'moved' }, held).effects).toMatchObject([{ kind: 'make-trial' }]);
  });

  it('never takes a commit for its merge that merely stands on its branch', () => {
    const forged = { tip: fakeCommit('evil'), tree: fakeTree('evil'), parents: [trial.ontoSha, fakeCommit('head')] };
    const { effects, record } = step(null, {}, { trialBranches: new Map([[A, forged]]) });
    expect(effects).toMatchObject([{ kind: 'make-trial', from: fakeCommit('evil') }]);
    expect(record.dispatches).toEqual([]);
  });
});

describe('the final tests', () => {
  it('are a leg like the others, on the landed whole', () => {
    const final = { generation: 2, holder: 'app', startedAt: 0, commitSha: fakeCommit('tip'), result: null };
    const ledger = ledgerOf({ a: [anAttempt({ status: 'landed' })] }, { final, nextGeneration: 3 });
    const actions: Action[] = [{ kind: 'start-final', generation: 2, commitSha: fakeCommit('tip') }];
    const first = dispatch({ ledger, actions });
    expect(first.record.dispatches[0]?.legs).toMatchObject([
      { work: 'final', task: 'final', attempt: 1, generation: 2, mode: 'verify', headSha: fakeCommit('tip') },
    ]);
    expect(dispatch({ ledger: first.ledger, actions, record: first.record }).effects).toEqual([]);
  });
});
