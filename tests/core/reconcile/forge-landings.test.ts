import { describe, expect, it } from 'vitest';

import type { PlanId } from '../../../src/core/brand.ts';
import type { TestResult } from '../../../src/core/ledger/evidence.ts';
import type { PullGateFacts } from '../../../src/core/gate/facts.ts';
import { readPlanFiles, readQueueFiles, writePlanFiles, writeQueueFiles } from '../../../src/core/ledger/files.ts';
import type { AttemptRecord, LandingRecord, PlanLedger, QueueLedger } from '../../../src/core/ledger/ledger.ts';
import { createQueueLedger, pausePlan, renewTries, thawTarget } from '../../../src/core/ledger/transitions.ts';
import { decide } from '../../../src/core/reconcile/decide.ts';
import type { DecideConfig, Snapshot } from '../../../src/core/reconcile/snapshot.ts';
import { viewPlan } from '../../../src/core/reconcile/view-plan.ts';
import { indexPlan } from '../../../src/core/schedule/plan-index.ts';
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

const A = taskId('a');
const TASK = aTask('a');
const BASE = fakeCommit('base');
const MERGE = fakeCommit('merge');
const MADE = fakeCommit('made');
const TREE = fakeTree('merge');
const LEASE_MS = 1000;
const TURN_MS = 10 * LEASE_MS;
const NOW = 100_000;

const EXACT: DecideConfig = {
  maxParallel: 2,
  leaseMs: LEASE_MS,
  backoffMs: 50,
  landingStrength: 'exact',
  landingWay: 'merge',
  only: null,
};
const AUDITED: DecideConfig = { ...EXACT, landingStrength: 'audited' };

const LANDING: LandingRecord = {
  generation: 3,
  holder: 'app',
  startedAt: 0,
  fromSha: BASE,
  commitSha: MERGE,
  treeSha: TREE,
  refusal: null,
  notBefore: 0,
  way: 'merge',
  strength: 'exact',
};

/** A plan whose task `a` was tried on the base and may land as {@link MERGE}. */
function triedLedger(overrides: Partial<AttemptRecord> = {}): PlanLedger {
  const plan = aPlan([TASK, aTask('b', { needs: [A] })]);
  const begun = anAttempt({ holder: 'app', taskDigest: indexPlan(plan).digest(A) });
  const trial = { generation: 2, holder: 'app', startedAt: 0, ontoSha: BASE, result: null };
  const verified = { ...begun, status: 'verified' as const, evidence: anEvidence(TASK, begun), trial };
  const test = aTestResult(TASK, TREE, { stage: 'trial' });
  const result = aTrial(TASK, verified, { commitSha: MERGE, treeSha: TREE, test });
  const attempt = { ...verified, trial: { ...trial, result }, ...overrides };
  const record = { attempts: [attempt], countFrom: 1, cancelled: null, notBefore: 0 };
  return aLedger(plan, { tasks: { [A]: record }, nextGeneration: 4 });
}

function landing(overrides: Partial<LandingRecord> = {}): PlanLedger {
  return triedLedger({ landing: { ...LANDING, ...overrides } });
}

function queueOf(ledger: PlanLedger, overrides: Partial<QueueLedger> = {}): QueueLedger {
  return { ...createQueueLedger(ledger.target), ...overrides };
}

interface Scene extends Partial<Snapshot> {
  config?: DecideConfig;
  nowMs?: number;
}

function decideOn(ledger: PlanLedger, { config = EXACT, nowMs = NOW, ...overrides }: Scene = {}) {
  const snapshot: Snapshot = {
    ledger,
    queue: queueOf(ledger),
    me: 'app',
    deadHolders: [],
    tip: BASE,
    inFlight: new Set(),
    evidence: new Map(),
    trials: new Map(),
    final: null,
    landed: new Map(),
    refusals: new Map(),
    ...overrides,
  };
  return decide(snapshot, config, nowMs);
}

function lastOf(ledger: PlanLedger): AttemptRecord {
  const last = ledger.tasks[A]?.attempts.at(-1);
  if (last === undefined) throw new Error('Task a was never tried.');
  return last;
}

const LANDED = new Map([[MERGE, { contained: true, tree: TREE as string, landedSha: MADE }]]);

describe('a landing that the forge does by a merge of its own', () => {
  it('is certified under the commit that the forge made, also towards those who need it', () => {
    const done = decideOn(landing(), { tip: MADE, landed: LANDED });
    expect(done.ledger.certificates).toMatchObject([
      { task: 'a', landedSha: MADE, testedTree: TREE, landedTree: TREE, strength: 'exact', fromSha: BASE },
    ]);
    expect(done.queue.landings).toMatchObject([{ task: 'a', commitSha: MADE, treeSha: TREE }]);
    expect(lastOf(done.ledger).landing).toMatchObject({ commitSha: MERGE, landedSha: MADE });
    expect(viewPlan(done.ledger, done.queue, NOW).tasks[0]).toMatchObject({ state: 'landed', landedSha: MADE });
    expect(readPlanFiles(writePlanFiles(done.ledger))).toEqual({ ok: true, value: done.ledger });
  });

  it('freezes the branch if the forge made another tree of it', () => {
    const landed = new Map([[MERGE, { contained: true, tree: fakeTree('evil') as string, landedSha: MADE }]]);
    const done = decideOn(landing(), { tip: MADE, landed });
    expect(done.queue.frozen).toMatchObject({ commitSha: MERGE });
    expect(done.queue.frozen?.because).toContain(MADE.slice(0, 12));
    expect(done.ledger.certificates).toEqual([]);
  });

  it.each([{ tip: BASE }, { tip: fakeCommit('moved') }])(
    'is left alone while the forge is at it, on tip $tip',
    (tip) => {
      const ledger = landing();
      const busy = decideOn(ledger, { ...tip, busyLandings: new Map([[MERGE, 'leased' as const]]) });
      expect(busy.actions.filter((action) => action.kind === 'land')).toEqual([]);
      expect(busy.ledger.tasks).toBe(ledger.tasks);
    },
  );

  it('is asked for again when nobody is at it, and withdrawn when the base moved', () => {
    expect(decideOn(landing()).actions).toMatchObject([{ kind: 'land', generation: 3, commitSha: MERGE }]);
    const moved = decideOn(landing(), { tip: fakeCommit('moved') });
    expect(lastOf(moved.ledger)).toMatchObject({ landing: null, trial: { ontoSha: fakeCommit('moved') } });
  });

  it.each<[string, Partial<DecideConfig>]>([
    ['is another', { landingWay: 'squash' }],
    ['is weaker', { landingStrength: 'audited' }],
    ['is none', { mayLand: false }],
  ])('is withdrawn when the way to land %s by now', (_what, config) => {
    const next = decideOn(landing(), { config: { ...EXACT, ...config } });
    expect(next.actions.filter((action) => action.kind === 'land' && action.generation === 3)).toEqual([]);
    expect(lastOf(next.ledger).landing?.generation).not.toBe(3);
  });

  it('is written with its way and strength, and not at all where nothing may land', () => {
    expect(lastOf(decideOn(triedLedger()).ledger).landing).toMatchObject({ way: 'merge', strength: 'exact' });
    const none = decideOn(triedLedger(), { config: { ...EXACT, mayLand: false } });
    expect(none.actions).toEqual([]);
    expect(lastOf(none.ledger).landing).toBeNull();
  });

  it('is remembered as a commit of its own when its trial is over', () => {
    const before = lastOf(triedLedger());
    const running = triedLedger({ trial: before.trial === null ? null : { ...before.trial, result: null } });
    const result = before.trial?.result;
    if (result == null) throw new Error('The trial has no result.');
    const next = decideOn(running, { trials: new Map([['a.1.2', result]]), tip: fakeCommit('moved') });
    expect(lastOf(next.ledger).tried).toEqual([MERGE]);
    expect(lastOf(next.ledger).trial?.ontoSha).toBe(fakeCommit('moved'));
  });
});

describe('the gate of a landing that is written and not done', () => {
  const open: PullGateFacts = {
    headSha: MERGE,
    checks: [{ name: 'ci', status: 'passed', found: 'success' }],
    approvedBy: [],
    requiredApprovals: 0,
    changesRequestedBy: [],
  };
  const pulls = (overrides: Partial<PullGateFacts> | null): Pick<Snapshot, 'pulls'> => ({
    pulls: new Map([[A, overrides === null ? null : { ...open, ...overrides }]]),
  });
  const failed: Partial<PullGateFacts> = { checks: [{ name: 'ci', status: 'not-passed', found: 'failure' }] };
  const waiting: Partial<PullGateFacts> = { checks: [{ name: 'ci', status: 'pending', found: 'queued' }] };

  it('lets it be done while it is open', () => {
    expect(decideOn(landing(), pulls({})).actions).toMatchObject([{ kind: 'land', generation: 3 }]);
  });

  it.each<[string, Partial<PullGateFacts> | null]>([
    ['a person requests changes', { changesRequestedBy: ['maintainer'] }],
    ['an approval is missing', { requiredApprovals: 1 }],
    ['there is another head', { headSha: fakeCommit('pushed'), changesRequestedBy: ['maintainer'] }],
  ])('withdraws it when %s, and keeps what was tested', (_when, overrides) => {
    const next = decideOn(landing(), pulls(overrides));
    expect(next.actions).toEqual([]);
    expect(lastOf(next.ledger)).toMatchObject({ status: 'verified', landing: null, trial: { result: {} } });
    expect(decideOn(next.ledger, pulls({})).actions).toMatchObject([{ kind: 'land' }]);
  });

  it('holds it, with its turn, while the checks of the commit that lands are under way, and says so', () => {
    const ledger = landing({ strength: 'audited' });
    const turn = { plan: 'plan' as PlanId, task: A, generation: 2, until: NOW + 1 };
    const next = decideOn(ledger, { ...pulls(waiting), config: AUDITED, queue: queueOf(ledger, { turn }) });
    expect(next.actions).toEqual([]);
    expect(next.ledger).toBe(ledger);
    expect(next.queue.turn?.until).toBe(NOW + TURN_MS);
    const view = viewPlan(ledger, next.queue, NOW, pulls(waiting).pulls, BASE);
    expect(view.tasks[0]).toMatchObject({ state: 'landing', waiting: { because: 'it waits for ci' } });
  });

  it.each<[string, PlanLedger]>([
    ['before it is written', triedLedger()],
    ['while it is pending', landing()],
  ])('gives the attempt back to its task when a check fails %s, with the reason', (_when, ledger) => {
    const next = decideOn(ledger, pulls(failed));
    const attempts = next.ledger.tasks[A]?.attempts;
    expect(attempts?.[0]).toMatchObject({ status: 'returned', landing: null });
    expect(attempts?.[1]).toMatchObject({ carrySha: attempts?.[0]?.evidence?.headSha, status: 'running' });
    expect(attempts?.[1]?.feedback).toMatch(/checks: ci did not pass/);
  });

  it('is certified as it stood when the landing was written: a merged pull request tells nothing any more', () => {
    const written = decideOn(triedLedger(), pulls({})).ledger;
    const done = decideOn(written, { ...pulls(null), landed: LANDED, tip: MADE });
    const [certificate] = done.ledger.certificates;
    expect(certificate?.rules.find(({ rule }) => rule === 'checks')?.status).toBe('passed');
    expect(certificate?.rules.filter(({ status }) => status === 'pending')).toEqual([]);
  });
});

describe('a task that is cancelled while its attempt is verified', () => {
  it('goes no further: nothing is tried for it, also while the base is frozen', () => {
    const { trial } = lastOf(triedLedger());
    const ledger = triedLedger({ trial: trial === null ? null : { ...trial, result: null } });
    const record = ledger.tasks[A];
    if (record === undefined) throw new Error('Task a has no record.');
    const cancelled = { ...ledger, tasks: { [A]: { ...record, cancelled: { at: 1, by: 'maintainer' } } } };
    for (const frozen of [null, { at: 1, because: 'a person looks at it' }]) {
      const next = decideOn(cancelled, { queue: queueOf(ledger, { frozen }) });
      expect(next.actions).toEqual([]);
      expect(lastOf(next.ledger).status).toBe('cancelled');
    }
  });
});

describe("a landing through the forge's merge queue", () => {
  const config: DecideConfig = { ...EXACT, landingWay: 'enqueue' };
  const queued = new Map([[MERGE, 'queued' as const]]);

  const GROUP = fakeTree('group');
  const landed = new Map([[MERGE, { contained: true, tree: GROUP as string, landedSha: MADE }]]);

  /** The test of what the queue made of it; `null` while it runs. */
  function groupOf(status: TestResult['status'] | null): NonNullable<LandingRecord['group']> {
    const onto = fakeCommit('theirs');
    const test = aTestResult(TASK, GROUP, { stage: 'trial', status: status ?? 'error' });
    const made = { commitSha: MADE, treeSha: GROUP };
    const result = aTrial(TASK, lastOf(triedLedger()), { generation: 4, ontoSha: onto, ...made, test });
    return {
      generation: 4,
      holder: 'app',
      startedAt: 0,
      ontoSha: onto,
      ...made,
      result: status === null ? null : result,
    };
  }

  it('waits there however the base moves', () => {
    const waiting = decideOn(landing({ way: 'enqueue' }), { config, busyLandings: queued, tip: fakeCommit('moved') });
    expect(lastOf(waiting.ledger).landing).toMatchObject({ queuedAt: NOW });
    expect(waiting.actions).toEqual([]);
    expect(viewPlan(waiting.ledger, waiting.queue, NOW).tasks[0]?.waiting?.because).toContain('merge queue');
  });

  it('lands with the tree that the queue made, once the tests of the task have passed on it', () => {
    const ledger = landing({ way: 'enqueue', queuedAt: 5, group: groupOf('passed') });
    const done = decideOn(ledger, { config, landed, tip: MADE });
    expect(done.queue.frozen).toBeNull();
    const [certificate] = done.ledger.certificates;
    expect(certificate).toMatchObject({ strength: 'exact', testedTree: GROUP, landedTree: GROUP, landedSha: MADE });
    expect(certificate).toMatchObject({ fromSha: fakeCommit('theirs') });
    expect(certificate?.tests).toContainEqual(expect.objectContaining({ tree: GROUP, status: 'passed' }));
    expect(certificate?.rules.at(-1)).toMatchObject({ rule: 'merge-queue', status: 'passed' });
  });

  it('waits for the test of what stands there already, where the queue has not waited', () => {
    const ledger = landing({ way: 'enqueue', queuedAt: 5, group: groupOf(null) });
    const waiting = decideOn(ledger, { config, landed, tip: MADE });
    expect(waiting.ledger.tasks).toBe(ledger.tasks);
    expect(waiting.queue.frozen).toBeNull();
  });

  it.each<[string, LandingRecord['group']]>([
    ['never tested', undefined],
    ['tested and failed', groupOf('failed')],
    ['tested, but is of another group', { ...groupOf('passed'), result: null, treeSha: fakeTree('earlier') }],
  ])('freezes the branch if what stands there was %s', (_what, group) => {
    const ledger = landing({ way: 'enqueue', queuedAt: 5, ...(group === undefined ? {} : { group }) });
    const done = decideOn(ledger, { config, landed, tip: MADE });
    expect(done.queue.frozen).toMatchObject({ commitSha: MERGE });
    expect(done.ledger.certificates).toEqual([]);
  });
});

describe('the turn on a base that is not moved by compare-and-swap', () => {
  const turn = { plan: 'plan' as PlanId, task: A, generation: 2, until: NOW + TURN_MS };
  const others = { ...turn, plan: 'other' as PlanId };

  it('is not taken where only a tested tree can land', () => {
    expect(decideOn(triedLedger()).queue.turn).toBeUndefined();
  });

  it("is taken first, by a write of the base's ledger alone, and the landing is written when it was read back", () => {
    const ledger = triedLedger();
    const first = decideOn(ledger, { config: AUDITED });
    expect(first.ledger).toBe(ledger);
    expect(first.actions).toEqual([]);
    expect(first.queue.turn).toEqual(turn);
    expect(readQueueFiles(writeQueueFiles(first.queue))).toEqual({ ok: true, value: first.queue });
    const second = decideOn(ledger, { config: AUDITED, queue: first.queue });
    expect(second.actions).toMatchObject([{ kind: 'land', commitSha: MERGE }]);
    expect(second.queue).toBe(first.queue);
    const landed = decideOn(second.ledger, { config: AUDITED, queue: first.queue, landed: LANDED, tip: MADE });
    expect(landed.ledger.certificates).toMatchObject([{ strength: 'audited' }]);
    expect(landed.queue.turn).toBeNull();
  });

  it.each<[string, PlanLedger]>([
    ['to be written', triedLedger()],
    ['to be done', landing({ strength: 'audited' })],
  ])("keeps a landing that is %s waiting while it is another plan's, and says whose", (_what, ledger) => {
    const queue = queueOf(ledger, { turn: others });
    const next = decideOn(ledger, { config: AUDITED, queue });
    expect(next).toMatchObject({ actions: [], ledger, queue });
    expect(next.queue).toBe(queue);
    const lapsed = decideOn(ledger, { config: AUDITED, queue, nowMs: NOW + TURN_MS });
    expect(lapsed.queue.turn).toEqual({ ...turn, until: NOW + 2 * TURN_MS });
    expect(lapsed.actions).toEqual([]);
  });

  it('is named to people who wait for it', () => {
    const ledger = triedLedger();
    const view = viewPlan(ledger, queueOf(ledger, { turn: others }), NOW);
    expect(view.tasks[0]?.waiting).toMatchObject({ kind: 'queue', untilMs: others.until });
    expect(view.tasks[0]?.waiting?.because).toContain('plan other');
    expect(view.status).toBe('working');
  });

  it.each([
    ['for another landing of the plan', { task: taskId('b') }, 0, true],
    ['for an earlier trial of it', { generation: 1 }, 0, true],
    ['and has lapsed', {}, TURN_MS, true],
    ['and is about to lapse', {}, TURN_MS - LEASE_MS, true],
    ['and half of it is over', {}, TURN_MS / 2, true],
    ['and is fresh', {}, TURN_MS / 2 - 1, false],
  ])('is taken anew when it is held %s', (_what, overrides, passedMs, isRenewed) => {
    const ledger = landing({ strength: 'audited' });
    const queue = queueOf(ledger, { turn: { ...turn, ...overrides } });
    const nowMs = NOW + passedMs;
    const next = decideOn(ledger, { config: AUDITED, queue, nowMs });
    expect(next.queue.turn?.until).toBe(isRenewed ? nowMs + TURN_MS : turn.until);
    expect(next.queue.turn).toMatchObject({ task: 'a', generation: 2 });
  });

  it('lets a landing be asked for only while enough of it is left', () => {
    const ledger = landing({ strength: 'audited' });
    const queue = queueOf(ledger, { turn });
    const asks = (passedMs: number): number =>
      decideOn(ledger, { config: AUDITED, queue, nowMs: NOW + passedMs }).actions.length;
    expect([0, TURN_MS - LEASE_MS - 1, TURN_MS - LEASE_MS, TURN_MS].map(asks)).toEqual([1, 1, 0, 0]);
  });

  it.each<[string, PlanLedger, Partial<Snapshot>]>([
    ['the plan was paused', paused(triedLedger()), {}],
    ['the landing was withdrawn', landing({ strength: 'audited' }), { tip: fakeCommit('moved') }],
    ['the forge refused it', landing({ strength: 'audited' }), { refusals: new Map([[MERGE, 'not now']]) }],
    ['the base is frozen', landing({ strength: 'audited' }), {}],
    ['the attempt was superseded', triedLedger({ status: 'superseded' }), {}],
  ])('is given back when %s', (what, ledger, overrides) => {
    const frozen = what.includes('frozen') ? { at: 1, because: 'a person looks at it' } : null;
    const queue = queueOf(ledger, { turn, frozen });
    expect(decideOn(ledger, { config: AUDITED, ...overrides, queue }).queue.turn).toBeNull();
  });

  it('is kept while the forge is at the landing', () => {
    const ledger = landing({ strength: 'audited' });
    const queue = queueOf(ledger, { turn });
    const busyLandings = new Map([[MERGE, 'leased' as const]]);
    expect(decideOn(ledger, { config: AUDITED, queue, busyLandings }).queue).toBe(queue);
  });
});

function paused(ledger: PlanLedger): PlanLedger {
  const transition = pausePlan(ledger, 'maintainer', 1);
  if (!transition.ok) throw new Error(transition.because);
  return transition.value;
}

describe('a landing that the forge refuses', () => {
  it('is tried again after a wait that grows with each refusal, up to a quarter of an hour', () => {
    const config = { ...EXACT, backoffMs: 30_000 };
    let ledger = landing();
    let nowMs = NOW;
    const waits: number[] = [];
    for (let tries = 0; tries < 8; tries += 1) {
      const refused = decideOn(ledger, { config, nowMs, refusals: new Map([[MERGE, 'not now']]) });
      const { notBefore } = lastOf(refused.ledger).landing ?? { notBefore: 0 };
      waits.push(notBefore - nowMs);
      expect(decideOn(refused.ledger, { config, nowMs: notBefore - 1 }).actions).toEqual([]);
      const again = decideOn(refused.ledger, { config, nowMs: notBefore });
      expect(again.actions).toMatchObject([{ kind: 'land', commitSha: MERGE }]);
      ledger = again.ledger;
      nowMs = notBefore;
    }
    expect(waits.every((wait, at) => at === 0 || wait === Math.min(900_000, 2 * (waits[at - 1] ?? 0)))).toBe(true);
    expect(waits.at(-1)).toBe(900_000);
  });

  it('is tried again at once, and counted anew, when a person runs the plan again', () => {
    const refused = decideOn(landing(), { refusals: new Map([[MERGE, 'not now']]) });
    expect(lastOf(renewTries(refused.ledger)).landing).toMatchObject({ refusals: 0, notBefore: 0, refusal: null });
  });
});

describe('the ledger of the base, after a write of it was lost', () => {
  it('is given the landings that the plan has certificates of, and those once', () => {
    const done = decideOn(landing(), { tip: MADE, landed: LANDED });
    const elsewhere = { plan: 'other' as PlanId, task: A, commitSha: BASE, treeSha: TREE, at: 1 };
    const lost = queueOf(done.ledger, { landings: [elsewhere] });
    const next = decideOn(done.ledger, { tip: MADE, queue: lost });
    expect(next.queue.landings).toEqual([elsewhere, ...done.queue.landings]);
    const again = decideOn(next.ledger, { tip: MADE, queue: next.queue, inFlight: new Set(['b.1.4']) });
    expect(again.queue).toBe(next.queue);
  });

  it('is thawed where the plan says that the landing was set aside', () => {
    const landed = new Map([[MERGE, { contained: true, tree: fakeTree('evil') as string, landedSha: null }]]);
    const { ledger, queue } = decideOn(landing(), { tip: MERGE, landed });
    expect(queue.frozen).not.toBeNull();
    expect(decideOn(ledger, { tip: MERGE, landed, queue }).queue.frozen).not.toBeNull();
    const thawed = thawTarget(ledger, queue);
    if (!thawed.ok) throw new Error(thawed.because);
    expect(decideOn(thawed.value.ledger, { tip: MERGE, queue }).queue.frozen).toBeNull();
  });

  it('stays frozen where a person froze it', () => {
    const queue = queueOf(landing(), { frozen: { at: 1, because: 'a person looks at it' } });
    expect(decideOn(landing(), { queue }).queue).toBe(queue);
  });
});

describe('a remote run that a person cancelled', () => {
  it('cancels the task of its attempt, and a retry is the way out', () => {
    const failure = { cause: 'run-cancelled' as const, detail: 'cancelled by hand', feedback: '', isTransient: false };
    const ledger = triedLedger({ status: 'running', evidence: null, trial: null });
    const evidence = anEvidence(TASK, lastOf(ledger), { outcome: 'cancelled', failure, headSha: null, treeSha: null });
    const next = decideOn(ledger, { evidence: new Map([['a.1.1', evidence]]) });
    expect(next.ledger.tasks[A]).toMatchObject({
      cancelled: { by: 'a cancelled run' },
      attempts: [{ status: 'cancelled' }],
    });
    expect(next.actions).toEqual([]);
    expect(viewPlan(next.ledger, next.queue, NOW).tasks[0]?.waiting?.next).toContain('retry a');
  });

  it('cancels the task of its trial', () => {
    const { trial } = lastOf(triedLedger());
    if (trial?.result == null) throw new Error('The trial has no result.');
    const ledger = triedLedger({ trial: { ...trial, result: null } });
    const result = { ...trial.result, outcome: 'cancelled' as const, commitSha: null, treeSha: null, test: null };
    const next = decideOn(ledger, { trials: new Map([['a.1.2', result]]) });
    expect(next.ledger.tasks[A]).toMatchObject({
      cancelled: { by: 'a cancelled run' },
      attempts: [{ status: 'cancelled' }],
    });
    expect(next.actions).toEqual([]);
  });

  it('is not what a run that merely broke off is: that is begun again', () => {
    const failure = { cause: 'cancelled' as const, detail: 'interrupted', feedback: '', isTransient: false };
    const ledger = triedLedger({ status: 'running', evidence: null, trial: null });
    const evidence = anEvidence(TASK, lastOf(ledger), { outcome: 'cancelled', failure, headSha: null, treeSha: null });
    const next = decideOn(ledger, { evidence: new Map([['a.1.1', evidence]]) });
    expect(next.actions).toMatchObject([{ kind: 'start-attempt', attempt: 2 }]);
  });
});
