import { describe, expect, it } from 'vitest';

import type { CommitSha } from '../../../src/core/brand.ts';
import { adoptHeads, reviewAgain } from '../../../src/core/hosted/adopt-heads.ts';
import type { EffectOutcome } from '../../../src/core/hosted/effect.ts';
import type { ForgeFacts, PullFact } from '../../../src/core/hosted/facts.ts';
import { readPlanFiles, writePlanFiles } from '../../../src/core/ledger/files.ts';
import { createForgeRecord, type ForgeRecord, type PullRecord } from '../../../src/core/ledger/forge-record.ts';
import type { AttemptRecord, LandingRecord, PlanLedger, TaskRecord } from '../../../src/core/ledger/ledger.ts';
import { createQueueLedger, retryTask } from '../../../src/core/ledger/transitions.ts';
import type { ResolvedTask } from '../../../src/core/plan/plan.ts';
import { decide } from '../../../src/core/reconcile/decide.ts';
import type { DecideConfig, Snapshot } from '../../../src/core/reconcile/snapshot.ts';
import { viewPlan } from '../../../src/core/reconcile/view-plan.ts';
import { indexPlan } from '../../../src/core/schedule/plan-index.ts';
import { attemptsUsed, nextAttemptSeed, taskPhase } from '../../../src/core/schedule/progress.ts';
import {
  aLedger,
  anAttempt,
  anEvidence,
  aPlan,
  aTask,
  aTestResult,
  aTrial,
  fakeCommit,
  fakeTree,
  taskId,
} from '../../support/builders.ts';
import { aPull, someFacts } from '../../support/hosted-builders.ts';

const A = taskId('a');
const TASK = aTask('a');
const HEAD = fakeCommit('head');
const MERGE = fakeCommit('merge');
const PUSHED = fakeCommit('pushed');
const TRIAL = { generation: 2, holder: 'app', startedAt: 0, ontoSha: fakeCommit('base'), result: null };
const LANDING: LandingRecord = {
  generation: 3,
  holder: 'app',
  startedAt: 0,
  fromSha: fakeCommit('base'),
  commitSha: MERGE,
  treeSha: fakeTree('merge'),
  refusal: null,
  notBefore: 0,
  way: 'merge',
  strength: 'exact',
};

function verified(overrides: Partial<AttemptRecord> = {}, task: ResolvedTask = TASK): AttemptRecord {
  const begun = anAttempt({ status: 'verified', taskDigest: indexPlan(aPlan([task])).digest(task.id) });
  const evidence = anEvidence(task, begun, { headSha: HEAD, treeSha: fakeTree('head') });
  return { ...begun, evidence, ...overrides };
}

/** Tried and tested on the tip as {@link MERGE}. */
function tried(overrides: Partial<AttemptRecord> = {}): AttemptRecord {
  const attempt = verified({ trial: TRIAL });
  const test = aTestResult(TASK, fakeTree('merge'), { stage: 'trial' });
  const result = aTrial(TASK, attempt, { commitSha: MERGE, treeSha: fakeTree('merge'), test });
  return { ...attempt, trial: { ...TRIAL, result }, tried: [MERGE], ...overrides };
}

function ledgerOf(attempts: AttemptRecord[], record: Partial<TaskRecord> = {}, task = TASK): PlanLedger {
  const whole = { attempts, countFrom: 1, cancelled: null, notBefore: 0, ...record };
  return aLedger(aPlan([task]), { tasks: { [A]: whole }, nextGeneration: 9, target: 'main' as PlanLedger['target'] });
}

interface Scene {
  tip?: CommitSha | null;
  pull?: Partial<PullFact> | null;
  known?: Partial<PullRecord> | null;
  leases?: ForgeRecord['leases'];
  outcomes?: [string, EffectOutcome][];
  facts?: Partial<ForgeFacts>;
}

/** The branch and the open pull request are at the verified head, and are known, unless the scene says otherwise. */
function adopt(ledger: PlanLedger, scene: Scene = {}) {
  const tip = scene.tip === undefined ? HEAD : scene.tip;
  const pull = scene.pull === null ? [] : ([[A, aPull({ headSha: tip ?? HEAD, ...scene.pull })]] as const);
  const known = { number: 12, nodeId: 'PR_12', headSha: HEAD, isDone: false, ...scene.known };
  const record = {
    ...createForgeRecord(7),
    pulls: scene.known === null ? {} : { [A]: known },
    leases: scene.leases ?? {},
  };
  const branches = new Map(tip === null ? [] : [[A, tip]]);
  const facts = someFacts({ branches, pulls: new Map(pull), ...scene.facts });
  const outcomes = new Map(scene.outcomes);
  return { ...adoptHeads({ ledger, record, facts, outcomes }, 1000), record, facts };
}

function recordOf(ledger: PlanLedger): TaskRecord {
  const record = ledger.tasks[A];
  if (record === undefined) throw new Error('Task a has no record.');
  return record;
}

const CONFIG: DecideConfig = { maxParallel: 2, leaseMs: 1000, backoffMs: 50, landingStrength: 'exact', only: null };

function decideOn(ledger: PlanLedger, overrides: Partial<Snapshot> = {}) {
  const snapshot: Snapshot = {
    ledger,
    queue: createQueueLedger(ledger.target),
    me: 'app',
    deadHolders: [],
    tip: fakeCommit('base'),
    inFlight: new Set(),
    evidence: new Map(),
    trials: new Map(),
    final: null,
    landed: new Map(),
    refusals: new Map(),
    ...overrides,
  };
  return decide(snapshot, CONFIG, 1000);
}

describe('a head that a person pushed', () => {
  it.each<[string, AttemptRecord[]]>([
    ['is verified', [verified()]],
    ['is being tried', [verified({ trial: TRIAL })]],
    ['was tried', [tried()]],
    ['is about to land', [tried({ landing: LANDING })]],
    ['runs again', [verified({ status: 'returned' }), anAttempt({ attempt: 2 })]],
  ])('takes the place of an attempt that %s, which does not count as a try', (_what, attempts) => {
    const before = ledgerOf(attempts);
    const { ledger, notes } = adopt(before, { tip: PUSHED });
    const record = recordOf(ledger);
    expect(record.givenSha).toBe(PUSHED);
    expect(record.attempts.at(-1)).toMatchObject({ status: 'superseded', landing: null });
    expect(notes.map((note) => note.kind)).toEqual(['head-pushed']);
    expect(attemptsUsed(record)).toBe(attemptsUsed(recordOf(before)));
  });

  it('leaves alone a branch on which nothing of Espalier ever was', () => {
    const ledger = ledgerOf([anAttempt()]);
    expect(adopt(ledger, { tip: PUSHED, known: { headSha: PUSHED } }).ledger).toBe(ledger);
    expect(adopt(ledger, { tip: PUSHED, pull: null, known: null }).ledger).toBe(ledger);
  });

  it('is dispatched as an attempt of its own, on the tip, and its leg only verifies', () => {
    const { ledger } = adopt(ledgerOf([verified()]), { tip: PUSHED });
    const next = decideOn(ledger);
    expect(next.actions).toMatchObject([{ kind: 'start-attempt', task: 'a', attempt: 2 }]);
    const record = recordOf(next.ledger);
    expect(record.attempts[1]).toMatchObject({ status: 'running', givenSha: PUSHED, carrySha: null, feedback: null });
    expect(record.givenSha).toBeUndefined();
    expect(readPlanFiles(writePlanFiles(next.ledger))).toEqual({ ok: true, value: next.ledger });
    expect(adopt(next.ledger, { tip: PUSHED }).ledger).toBe(next.ledger);
  });

  it('is dispatched although the tries are used up, and waits while the plan is paused', () => {
    const failed = anAttempt({ status: 'failed' });
    const task = aTask('a', { retries: 0 });
    const used = ledgerOf([verified({ status: 'returned' }, task), { ...failed, attempt: 2 }], {}, task);
    expect(taskPhase(task, used.tasks[A])).toBe('exhausted');
    const { ledger } = adopt(used, { tip: PUSHED });
    expect(decideOn(ledger).actions).toMatchObject([{ kind: 'start-attempt', attempt: 3 }]);
    expect(decideOn({ ...ledger, paused: { at: 1, by: 'maintainer' } }).actions).toEqual([]);
  });

  it('gives way to the next push, also while it is verified', () => {
    const given = anAttempt({ attempt: 2, givenSha: PUSHED });
    const newer = fakeCommit('newer');
    const { ledger } = adopt(ledgerOf([verified({ status: 'superseded' }), given]), { tip: newer });
    expect(recordOf(ledger)).toMatchObject({ givenSha: newer, attempts: [{}, { status: 'superseded' }] });
  });

  it('is seen before there is a pull request in a branch of Espalier, not in one that the plan names', () => {
    const scene = { tip: PUSHED, pull: null, known: null };
    expect(recordOf(adopt(ledgerOf([verified()]), scene).ledger).givenSha).toBe(PUSHED);
    const named = aTask('a', { branch: 'feature/a' as ResolvedTask['branch'] });
    const ledger = ledgerOf([verified({}, named)], {}, named);
    expect(adopt(ledger, scene).ledger).toBe(ledger);
  });

  it.each<[string, CommitSha, AttemptRecord[]]>([
    ['the verified head', HEAD, [verified()]],
    ['the tested merge of a written landing', MERGE, [tried({ landing: LANDING })]],
    ['the tested merge of a trial', MERGE, [tried()]],
    ['the merge of a trial that was repeated since', MERGE, [tried({ trial: null })]],
    ['the merge of a landing that was withdrawn', MERGE, [tried({ trial: null, landing: null })]],
    ['the head of an earlier attempt', HEAD, [verified({ status: 'returned' }), anAttempt({ attempt: 2 })]],
    ['a head that was adopted before', PUSHED, [verified({ status: 'superseded' }), anAttempt({ givenSha: PUSHED })]],
  ])('is not thought to be there when the branch is at %s', (_what, tip, attempts) => {
    const ledger = ledgerOf(attempts);
    expect(adopt(ledger, { tip }).ledger).toBe(ledger);
  });

  it('comes too late for a landing that took effect, and waits for one that the forge is at', () => {
    const ledger = ledgerOf([tried({ landing: LANDING })]);
    const landed = new Map([[MERGE, { contained: true, tree: null, landedSha: null }]]);
    expect(adopt(ledger, { tip: PUSHED, facts: { landed } }).ledger).toBe(ledger);
    const lease = { holder: 'replica-2', until: 1001 };
    expect(adopt(ledger, { tip: PUSHED, leases: { 'land.3': lease } }).ledger).toBe(ledger);
    const lapsed = adopt(ledger, { tip: PUSHED, leases: { 'land.3': { ...lease, until: 1000 } } });
    expect(recordOf(lapsed.ledger).attempts[0]).toMatchObject({ status: 'superseded', landing: null });
    const outcomes: Scene['outcomes'] = [['land.3', { kind: 'elsewhere', because: 'its head was pushed' }]];
    const failed = adopt(ledger, { tip: PUSHED, leases: { 'land.3': lease }, outcomes });
    expect(recordOf(failed.ledger).attempts[0]).toMatchObject({ status: 'superseded', landing: null });
  });

  it('waits for a landing that is in the merge queue', () => {
    const ledger = ledgerOf([tried({ landing: { ...LANDING, way: 'enqueue' } })]);
    const queueEntry = { state: 'QUEUED', baseSha: null, headSha: null };
    expect(adopt(ledger, { tip: PUSHED, pull: { queueEntry } }).ledger).toBe(ledger);
  });

  it('does not revive a task that is cancelled', () => {
    const ledger = ledgerOf([verified({ status: 'cancelled' })], { cancelled: { at: 1, by: 'maintainer' } });
    expect(adopt(ledger, { tip: PUSHED }).ledger).toBe(ledger);
  });
});

describe('an adopted head', () => {
  const given = (overrides: Partial<AttemptRecord>): TaskRecord =>
    recordOf(ledgerOf([verified({ status: 'superseded' }), anAttempt({ attempt: 2, givenSha: PUSHED, ...overrides })]));
  const failure = { cause: 'tests-failed' as const, detail: 'red', feedback: 'fix it', isTransient: false };
  const evidenceOf = (isTransient: boolean) =>
    anEvidence(TASK, anAttempt(), { outcome: 'failed', failure: { ...failure, isTransient } });

  it('waits for its person when it fails or cannot land, and says so', () => {
    const failed = given({ status: 'failed', evidence: evidenceOf(false) });
    expect(taskPhase(TASK, failed)).toBe('exhausted');
    expect(taskPhase(TASK, given({ status: 'returned' }))).toBe('exhausted');
    const ledger = aLedger(aPlan([TASK]), { tasks: { [A]: failed } });
    const [task] = viewPlan(ledger, createQueueLedger(ledger.target), 1).tasks;
    expect(task?.state).toBe('failed');
    expect(task?.waiting?.because).toMatch(/pushed head .* did not pass.*tests-failed: red/);
    expect(task?.waiting?.next).toBe('espalier retry a --plan plan');
  });

  it('is verified again by itself when only its run broke', () => {
    const broke = given({ status: 'failed', evidence: evidenceOf(true) });
    expect(taskPhase(TASK, broke)).toBe('open');
    expect(nextAttemptSeed(broke)).toEqual({ carrySha: null, feedback: null, givenSha: PUSHED });
  });

  it('is what an agent goes on from after a retry', () => {
    const failed = given({ status: 'failed', evidence: evidenceOf(false) });
    const retried = retryTask(aLedger(aPlan([TASK]), { tasks: { [A]: failed } }), A);
    if (!retried.ok) throw new Error(retried.because);
    const record = recordOf(retried.value);
    expect(taskPhase(TASK, record)).toBe('open');
    expect(nextAttemptSeed(record)).toEqual({ carrySha: PUSHED, feedback: 'fix it' });
  });
});

describe('a pull request that a person closed', () => {
  it('cancels its task, once, and a retry is the way out', () => {
    const closed: Scene = { pull: { state: 'closed' } };
    const { ledger, notes } = adopt(ledgerOf([verified()]), closed);
    expect(recordOf(ledger).cancelled).toEqual({ at: 1000, by: 'a closed pull request' });
    expect(notes).toMatchObject([{ kind: 'attempt-cancelled', detail: 'cancelled by a closed pull request' }]);
    const cancelled = decideOn(ledger).ledger;
    expect(recordOf(cancelled).attempts[0]?.status).toBe('cancelled');
    const retried = retryTask(cancelled, A);
    if (!retried.ok) throw new Error(retried.because);
    expect(adopt(retried.value, closed).ledger).toBe(retried.value);
    expect(decideOn(retried.value).actions).toMatchObject([{ kind: 'start-attempt', attempt: 2 }]);
  });

  it('cancels it again when it was opened again in between', () => {
    const before = ledgerOf([verified()], { closedPull: 12 });
    const { ledger } = adopt(before);
    expect(recordOf(ledger).closedPull).toBeUndefined();
    expect(recordOf(adopt(ledger, { pull: { state: 'closed' } }).ledger).cancelled).not.toBeNull();
  });

  it('cancels it by its branch when that was deleted', () => {
    for (const state of ['closed', 'open'] as const) {
      const { ledger } = adopt(ledgerOf([verified()]), { tip: null, pull: { state } });
      expect(recordOf(ledger).cancelled?.by).toBe('a deleted branch');
    }
  });

  it('withdraws a landing that did not take effect, and leaves one that did or may', () => {
    const pending = ledgerOf([tried({ landing: LANDING })]);
    const { ledger } = adopt(pending, { pull: { state: 'closed' } });
    expect(recordOf(ledger)).toMatchObject({
      cancelled: { by: 'a closed pull request' },
      attempts: [{ landing: null }],
    });
    expect(recordOf(decideOn(ledger).ledger).attempts[0]?.status).toBe('cancelled');
    const leases = { 'land.3': { holder: 'replica-2', until: 1001 } };
    expect(adopt(pending, { pull: { state: 'closed' }, leases }).ledger).toBe(pending);
  });

  it('says nothing about a task that is cancelled already, nor one of an older time', () => {
    const cancelled = ledgerOf([verified()], { cancelled: { at: 1, by: 'maintainer' } });
    expect(recordOf(adopt(cancelled, { pull: { state: 'closed' } }).ledger).cancelled?.by).toBe('maintainer');
    const ledger = ledgerOf([verified()]);
    const older: Scene = { pull: { state: 'closed', number: 3, headSha: fakeCommit('older') }, known: null };
    expect(adopt(ledger, older).ledger).toBe(ledger);
    expect(adopt(ledger, { ...older, known: { number: 3, headSha: fakeCommit('older') } }).ledger).toBe(ledger);
  });
});

describe('a pull request that a person merged', () => {
  const made = { sha: fakeCommit('made'), tree: fakeTree('made') };
  const merged = { state: 'merged' as const, mergeCommit: made };

  it('has landed by hand, with what was known of it', () => {
    const { ledger, notes } = adopt(ledgerOf([tried()]), { pull: { ...merged, headSha: HEAD } });
    expect(recordOf(ledger).attempts).toMatchObject([{ status: 'landed', landing: { commitSha: made.sha } }]);
    expect(ledger.certificates).toMatchObject([
      {
        task: 'a',
        attempt: 1,
        strength: 'by-hand',
        headSha: HEAD,
        landedSha: made.sha,
        landedTree: made.tree,
        testedTree: fakeTree('merge'),
        tests: [{ stage: 'verify' }, { stage: 'trial' }],
        review: { score: 10 },
      },
    ]);
    expect(ledger.certificates[0]?.rules.find(({ rule }) => rule === 'tests')?.status).toBe('passed');
    expect(notes).toMatchObject([{ kind: 'landed' }]);
    expect(readPlanFiles(writePlanFiles(ledger))).toEqual({ ok: true, value: ledger });
  });

  it('is in the ledger of the base with the next decision, and its task is left alone', () => {
    const { ledger, facts, record } = adopt(ledgerOf([tried()]), { pull: { ...merged, headSha: HEAD } });
    const next = decideOn(ledger);
    expect(next.queue.landings).toMatchObject([{ task: 'a', commitSha: made.sha, treeSha: made.tree }]);
    expect(next.actions).toEqual([]);
    const again = adoptHeads({ ledger: next.ledger, record, facts, outcomes: new Map() }, 2000);
    expect(again.ledger).toBe(next.ledger);
  });

  it('names the tested tree where it is the one that landed', () => {
    const pull = { ...merged, headSha: HEAD, mergeCommit: { ...made, tree: fakeTree('head') } };
    const [certificate] = adopt(ledgerOf([verified()]), { pull }).ledger.certificates;
    expect(certificate).toMatchObject({ testedTree: fakeTree('head'), landedTree: fakeTree('head') });
  });

  it('has landed with a head that was never verified, and says that too', () => {
    const running = anAttempt({ attempt: 2 });
    const ledger = ledgerOf([verified({ status: 'returned' }), running]);
    const after = adopt(ledger, { tip: PUSHED, pull: { ...merged, headSha: PUSHED } }).ledger;
    expect(recordOf(after).attempts.map(({ status }) => status)).toEqual(['returned', 'superseded', 'landed']);
    expect(recordOf(after).attempts[2]).toMatchObject({ givenSha: PUSHED, evidence: null });
    const [certificate] = after.certificates;
    expect(certificate).toMatchObject({ attempt: 3, tests: [], review: null, sandbox: { engine: 'unknown' } });
    expect(certificate?.rules).toMatchObject([{ rule: 'tests', status: 'pending' }]);
    expect(certificate?.testedTree).toMatch(/^0+$/);
  });

  it('stops the attempt that ran beside it', () => {
    const ledger = ledgerOf([verified({ status: 'returned' }), anAttempt({ attempt: 2 })]);
    const after = adopt(ledger, { pull: { ...merged, headSha: HEAD } }).ledger;
    expect(recordOf(after).attempts.map(({ status }) => status)).toEqual(['returned', 'superseded', 'landed']);
    expect(after.certificates[0]).toMatchObject({ attempt: 1, tests: [{ stage: 'verify' }] });
    expect(viewPlan(after, createQueueLedger(after.target), 1).status).toBe('landed');
  });

  it('is waited for until the forge says what it made of it', () => {
    const ledger = ledgerOf([verified()]);
    expect(adopt(ledger, { pull: { ...merged, headSha: HEAD, mergeCommit: null } }).ledger).toBe(ledger);
  });

  it('cancels its task where it was merged into another branch', () => {
    const { ledger } = adopt(ledgerOf([verified()]), { pull: { ...merged, headSha: HEAD, baseBranch: 'dev' } });
    expect(recordOf(ledger).cancelled?.by).toBe("a merge into 'dev' instead of 'main'");
    expect(ledger.certificates).toEqual([]);
  });

  it('is not one that had this branch at an older time', () => {
    const ledger = ledgerOf([verified()]);
    const pull = { ...merged, number: 3, headSha: fakeCommit('older') };
    expect(adopt(ledger, { pull, known: { number: 3, headSha: fakeCommit('older') } }).ledger).toBe(ledger);
  });

  it('is left to the decision where it is the landing that was written', () => {
    const ledger = ledgerOf([tried({ landing: LANDING })]);
    const landed = new Map([[MERGE, { contained: true, tree: fakeTree('merge'), landedSha: made.sha }]]);
    const pull = { ...merged, headSha: MERGE };
    expect(adopt(ledger, { tip: MERGE, pull, facts: { landed } }).ledger).toBe(ledger);
    const next = decideOn(ledger, { landed });
    expect(next.ledger.certificates).toMatchObject([{ strength: 'exact', landedSha: made.sha }]);
  });
});

describe('asking for another review', () => {
  const review = (ledger: PlanLedger, tip: CommitSha | null) =>
    reviewAgain(ledger, A, { branches: new Map(tip === null ? [] : [[A, tip]]) });

  it('verifies the head as it stands once more', () => {
    for (const [tip, wanted] of [
      [HEAD, HEAD],
      [MERGE, HEAD],
      [PUSHED, PUSHED],
    ] as const) {
      const asked = review(ledgerOf([tried()]), tip);
      if (!asked.ok) throw new Error(asked.because);
      expect(recordOf(asked.value)).toMatchObject({ givenSha: wanted, attempts: [{ status: 'superseded' }] });
      expect(recordOf(decideOn(asked.value).ledger).attempts[1]?.givenSha).toBe(wanted);
    }
  });

  it.each<[string, PlanLedger, RegExp, RegExp]>([
    ['was never tried', aLedger(aPlan([TASK])), /not been tried/, /why a/],
    ['has landed', ledgerOf([tried({ status: 'landed', landing: LANDING })]), /has landed/, /certificate a/],
    ['is running', ledgerOf([anAttempt()]), /under way/, /status/],
    ['is landing', ledgerOf([tried({ landing: LANDING })]), /under way/, /status/],
    ['is cancelled', ledgerOf([verified()], { cancelled: { at: 1, by: 'maintainer' } }), /cancelled/, /retry a/],
    ['left no head', ledgerOf([anAttempt({ status: 'failed' })]), /no head/, /retry a/],
  ])('is refused for a task that %s, with the step that helps', (_what, ledger, because, next) => {
    const asked = review(ledger, null);
    expect(asked.ok).toBe(false);
    expect(asked.ok ? '' : asked.because).toMatch(because);
    expect(asked.ok ? '' : asked.next).toMatch(next);
  });
});
