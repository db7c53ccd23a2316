import { describe, expect, it } from 'vitest';

import { readQueueFiles, writeQueueFiles } from '../../../src/core/ledger/files.ts';
import type { PlanLedger } from '../../../src/core/ledger/ledger.ts';
import { claimHolder, createQueueLedger, thawTarget } from '../../../src/core/ledger/transitions.ts';
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
  aTrial,
  fakeCommit,
  fakeTree,
  taskId,
} from '../../support/builders.ts';

const CONFIG: DecideConfig = { maxParallel: 2, leaseMs: 1000, backoffMs: 50, landingStrength: 'exact', only: null };
const MERGE = fakeCommit('merge');

/** A plan whose task `a` is landing as {@link MERGE}, of which tree `tested` was tested. */
function landingLedger(): PlanLedger {
  const task = aTask('a');
  const plan = aPlan([task]);
  const begun = anAttempt({ taskDigest: indexPlan(plan).digest(task.id) });
  const trial = { generation: 2, holder: 'me', startedAt: 0, ontoSha: fakeCommit('base'), result: null };
  const verified = { ...begun, status: 'verified' as const, evidence: anEvidence(task, begun), trial };
  const result = aTrial(task, verified, { commitSha: MERGE, treeSha: fakeTree('tested') });
  const lease = { generation: 3, holder: 'me', startedAt: 0, refusal: null, notBefore: 0 };
  const landing = { ...lease, fromSha: fakeCommit('base'), commitSha: MERGE, treeSha: fakeTree('tested') };
  const attempt = { ...verified, trial: { ...trial, result }, landing };
  const record = { attempts: [attempt], countFrom: 1, cancelled: null, notBefore: 0 };
  const ledger = aLedger(plan, { tasks: { [task.id]: record }, nextGeneration: 4 });
  return claimHolder(ledger, 'me', 'me', 1000, 1);
}

function snapshotOf(ledger: PlanLedger, overrides: Partial<Snapshot> = {}): Snapshot {
  return {
    ledger,
    queue: createQueueLedger(ledger.target),
    me: 'me',
    deadHolders: [],
    tip: MERGE,
    inFlight: new Set(),
    evidence: new Map(),
    trials: new Map(),
    final: null,
    landed: new Map([[MERGE, { contained: true, tree: fakeTree('another') }]]),
    refusals: new Map(),
    ...overrides,
  };
}

describe('a landing whose tree is not the one that was tested', () => {
  const frozen = decide(snapshotOf(landingLedger()), CONFIG, 2);

  it('freezes the branch, certifies nothing, and is written so that it can be read back', () => {
    expect(frozen.notes.map((one) => one.kind)).toEqual(['frozen']);
    expect(frozen.ledger.certificates).toEqual([]);
    expect(readQueueFiles(writeQueueFiles(frozen.queue))).toEqual({ ok: true, value: frozen.queue });
    const again = decide(snapshotOf(frozen.ledger, { queue: frozen.queue }), CONFIG, 3);
    expect(again).toMatchObject({ actions: [], notes: [], queue: frozen.queue });
  });

  it('lets nobody wait for ever: the plan is stuck, and the view names the command', () => {
    const view = viewPlan(frozen.ledger, frozen.queue, 3);
    expect(view.status).toBe('stuck');
    expect(view.tasks[0]).toMatchObject({ state: 'queued', waiting: { kind: 'freeze', next: 'espalier resume plan' } });
  });

  it('is set aside by a thaw, after which its task begins anew from what stands there', () => {
    const thawed = thawTarget(frozen.ledger, frozen.queue);
    if (!thawed.ok) throw new Error(thawed.because);
    const { ledger, queue } = thawed.value;
    expect(queue.frozen).toBeNull();
    const next = decide(snapshotOf(ledger, { queue }), CONFIG, 4);
    expect(next.queue.frozen).toBeNull();
    expect(next.actions).toMatchObject([{ kind: 'start-attempt', task: 'a', attempt: 2 }]);
    expect(next.ledger.tasks[taskId('a')]?.attempts.map((one) => [one.status, one.baseSha])).toEqual([
      ['cancelled', fakeCommit('base')],
      ['running', MERGE],
    ]);
  });

  it('is the only one that a thaw sets aside: another that was on its way goes on', () => {
    const ledger = landingLedger();
    const queue = { ...createQueueLedger(ledger.target), frozen: { at: 1, because: 'of another plan' } };
    const before = snapshotOf(ledger, { queue, tip: fakeCommit('base'), landed: new Map() });
    expect(decide(before, CONFIG, 2).actions).toEqual([]);
    const thawed = thawTarget(ledger, queue);
    if (!thawed.ok) throw new Error(thawed.because);
    const after = { ...before, ledger: thawed.value.ledger, queue: thawed.value.queue };
    expect(decide(after, CONFIG, 2).actions).toMatchObject([{ kind: 'land', commitSha: MERGE }]);
  });

  it('cannot be thawed where nothing is frozen', () => {
    const ledger = landingLedger();
    expect(thawTarget(ledger, createQueueLedger(ledger.target))).toMatchObject({ ok: false });
  });
});
