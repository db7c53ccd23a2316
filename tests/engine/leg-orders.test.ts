import { describe, expect, it } from 'vitest';

import type { CommitSha, TreeSha } from '../../src/core/brand.ts';
import { createForgeRecord, type DispatchLeg, type DispatchRecord } from '../../src/core/ledger/forge-record.ts';
import type { AttemptRecord, LandingRecord, PlanLedger } from '../../src/core/ledger/ledger.ts';
import type { LegInput } from '../../src/core/ledger/leg-input.ts';
import type { ResolvedPlan } from '../../src/core/plan/plan.ts';
import { taskDigest } from '../../src/core/plan/resolve-plan.ts';
import { readLegOrder, type LegOrder } from '../../src/engine/leg-orders.ts';
import { aLedger, anAttempt, anEvidence, aPlan, aTask, fakeCommit, fakeTree, taskId } from '../support/builders.ts';
import { aDispatch, aLeg } from '../support/hosted-builders.ts';

const TASK = aTask('a', { title: 'Do a', branch: null, profile: 'development', setup: [['make']], copy: ['.env'] });
const PLAN = aPlan([TASK], { title: 'Grow', final: [['make', 'all']] });
const GIVEN = fakeCommit('pushed');
const MERGE = fakeCommit('merge');
const TIP = fakeCommit('tip');

const RUNNING = anAttempt({
  taskDigest: taskDigest(TASK),
  carrySha: fakeCommit('carried'),
  feedback: 'mend it',
  reservedUsd: 3,
});
const EVIDENCE = anEvidence(TASK, RUNNING);
const TRIED = anAttempt({
  ...RUNNING,
  status: 'verified',
  evidence: EVIDENCE,
  trial: { generation: 2, holder: 'me', startedAt: 0, ontoSha: TIP, result: null },
});
const LANDING: LandingRecord = {
  generation: 3,
  holder: 'me',
  startedAt: 0,
  fromSha: TIP,
  commitSha: MERGE,
  treeSha: fakeTree('merge'),
  refusal: null,
  notBefore: 0,
  way: 'enqueue',
  group: {
    generation: 4,
    holder: 'me',
    startedAt: 0,
    ontoSha: fakeCommit('queue base'),
    commitSha: fakeCommit('group'),
    treeSha: fakeTree('group'),
    result: null,
  },
};

function ledgerOf(attempts: AttemptRecord[], over: Partial<PlanLedger> = {}, plan: ResolvedPlan = PLAN): PlanLedger {
  return aLedger(plan, { tasks: { [TASK.id]: { attempts, countFrom: 1, cancelled: null, notBefore: 0 } }, ...over });
}

/** What a run is asked to do for this leg, with the input that an honest dispatcher gives it unless said otherwise. */
function ask(
  ledger: PlanLedger,
  leg: DispatchLeg,
  over: { input?: Partial<LegInput>; dispatch?: Partial<DispatchRecord>; nonce?: string } = {},
): LegOrder {
  const { task, attempt, generation, mode, headSha: head } = leg;
  const input = { task, attempt, generation, mode, head, runs_on: ['ubuntu-latest'], ...over.input };
  const record = { ...createForgeRecord(7), dispatches: [aDispatch([leg], { nonce: 'plan.2', ...over.dispatch })] };
  return readLegOrder({ ledger, record, nonce: over.nonce ?? 'plan.2', leg: input });
}

const ATTEMPT = aLeg(TASK.id);
const PUSHED = aLeg(TASK.id, { mode: 'verify', headSha: GIVEN });
const TRIAL = aLeg(TASK.id, { work: 'trial', generation: 2, mode: 'verify', headSha: MERGE });
const GROUP = aLeg(TASK.id, { work: 'trial', generation: 4, mode: 'verify', headSha: fakeCommit('group') });
const FINAL = aLeg(taskId('final'), { work: 'final', generation: 9, mode: 'verify', headSha: TIP });
const LANDED = { final: { generation: 9, holder: 'me', startedAt: 0, commitSha: TIP, result: null } };

describe('the order of a leg', () => {
  it('is all of the attempt, as the ledger has it', () => {
    const earlier = anAttempt({ ...RUNNING, status: 'returned', evidence: EVIDENCE });
    const second = { ...RUNNING, attempt: 2, generation: 5 };
    expect(ask(ledgerOf([earlier, second]), { ...ATTEMPT, attempt: 2, generation: 5 })).toEqual({
      kind: 'attempt',
      order: {
        plan: 'plan',
        planTitle: 'Grow',
        task: TASK,
        taskDigest: taskDigest(TASK),
        attempt: 2,
        generation: 5,
        baseSha: RUNNING.baseSha,
        carrySha: fakeCommit('carried'),
        feedback: 'mend it',
        reservedUsd: 3,
        attemptBranch: 'espalier/plan/a.2',
        taskBranch: 'espalier/plan/a',
        taskBranchFrom: EVIDENCE.headSha,
      },
    });
  });

  it('is the head that a person pushed', () => {
    const order = ask(ledgerOf([{ ...RUNNING, givenSha: GIVEN }]), PUSHED);
    expect(order).toMatchObject({ kind: 'given', order: { headSha: GIVEN, baseSha: RUNNING.baseSha } });
  });

  it('is the merge of a trial, whose tree has to be found', () => {
    expect(ask(ledgerOf([TRIED]), TRIAL)).toMatchObject({
      kind: 'trial',
      order: { headSha: EVIDENCE.headSha, ontoSha: TIP, commitSha: MERGE, treeSha: null, generation: 2 },
    });
  });

  it('is what the queue made of a landing, whose tree the ledger knows', () => {
    const queued = { ...TRIED, trial: null, landing: LANDING };
    expect(ask(ledgerOf([queued]), GROUP)).toMatchObject({
      kind: 'trial',
      order: {
        headSha: EVIDENCE.headSha,
        ontoSha: fakeCommit('queue base'),
        commitSha: fakeCommit('group'),
        treeSha: fakeTree('group'),
        generation: 4,
      },
    });
  });

  it('is the tests on the landed whole, with the settings of the first task', () => {
    expect(ask(ledgerOf([], LANDED), FINAL)).toEqual({
      kind: 'final',
      order: {
        plan: 'plan',
        generation: 9,
        commitSha: TIP,
        commands: [['make', 'all']],
        settings: {
          profile: 'development',
          resources: 'small',
          timeoutMs: TASK.timeoutMs,
          setup: [['make']],
          copy: ['.env'],
          ports: [],
        },
      },
    });
  });
});

describe('nothing is awaited of a leg', () => {
  const other = { final: { ...LANDED.final, commitSha: fakeCommit('elsewhere') } };
  const edited = aPlan([{ ...TASK, spec: 'Do it otherwise.' }]);
  const noHead = { ...TRIED, evidence: { ...EVIDENCE, headSha: null } };
  const inQueue = (over: { commitSha?: CommitSha; treeSha?: TreeSha }): AttemptRecord => ({
    ...TRIED,
    trial: null,
    landing: { ...LANDING, group: LANDING.group && { ...LANDING.group, ...over } },
  });

  it.each<[string, PlanLedger, DispatchLeg, Parameters<typeof ask>[2], string]>([
    ['of a dispatch that is gone', ledgerOf([RUNNING]), ATTEMPT, { nonce: 'plan.9' }, "no dispatch 'plan.9'"],
    ['of another attempt', ledgerOf([RUNNING]), ATTEMPT, { input: { attempt: 2 } }, 'no such leg'],
    ['of another generation', ledgerOf([RUNNING]), ATTEMPT, { input: { generation: 2 } }, 'no such leg'],
    ['of another task', ledgerOf([RUNNING]), ATTEMPT, { input: { task: taskId('b') } }, 'no such leg'],
    ['of another head', ledgerOf([RUNNING]), PUSHED, { input: { head: fakeCommit('evil') } }, 'no such leg'],
    ['of another mode', ledgerOf([RUNNING]), ATTEMPT, { input: { mode: 'verify', head: GIVEN } }, 'no such leg'],
    ['that is over', ledgerOf([RUNNING]), { ...ATTEMPT, isOver: true }, {}, 'is over'],
    ['whose attempt has ended', ledgerOf([{ ...RUNNING, status: 'failed' }]), ATTEMPT, {}, 'does not wait'],
    ['that was given out again', ledgerOf([{ ...RUNNING, generation: 8 }]), ATTEMPT, {}, 'does not wait'],
    ['whose task is not there', ledgerOf([RUNNING], {}, aPlan([aTask('b')])), ATTEMPT, {}, 'no task'],
    ['whose task was edited', ledgerOf([RUNNING], {}, edited), ATTEMPT, {}, 'was changed'],
    ['whose trial is of an edited task', ledgerOf([TRIED], {}, edited), TRIAL, {}, 'was changed'],
    ['that would work over a push', ledgerOf([{ ...RUNNING, givenSha: GIVEN }]), ATTEMPT, {}, 'another head'],
    ['that would verify what nobody pushed', ledgerOf([RUNNING]), PUSHED, {}, 'another head'],
    [
      'that would verify another push',
      ledgerOf([{ ...RUNNING, givenSha: fakeCommit('newer') }]),
      PUSHED,
      {},
      'another head',
    ],
    ['whose trial has a result', ledgerOf([{ ...TRIED, trial: null }]), TRIAL, {}, 'does not wait'],
    ['whose trial has no merge', ledgerOf([TRIED]), { ...TRIAL, mode: 'full', headSha: null }, {}, 'another merge'],
    ['whose trial has no head', ledgerOf([noHead]), TRIAL, {}, 'no verified head'],
    ['of another group', ledgerOf([inQueue({ commitSha: fakeCommit('next') })]), GROUP, {}, 'another merge'],
    ['of another landed whole', ledgerOf([], other), FINAL, {}, 'another landed whole'],
    ['of final tests that nobody asked for', ledgerOf([]), FINAL, {}, 'does not wait'],
  ])('%s', (_name, ledger, leg, over, because) => {
    expect(ask(ledger, leg, over)).toEqual({
      kind: 'not-awaited',
      because: expect.stringContaining(because) as string,
    });
  });
});
