import { describe, expect, it } from 'vitest';

import { followQueue } from '../../../src/core/hosted/follow-queue.ts';
import type { ForgeFacts, PullFact, QueueRemoval } from '../../../src/core/hosted/facts.ts';
import { HOSTED_DEFAULTS } from '../../../src/core/hosted/hosted-config.ts';
import type { RunningState } from '../../../src/core/hosted/state.ts';
import type { TrialResult } from '../../../src/core/ledger/evidence.ts';
import type { LandingRecord, QueueObjection, TaskRecord } from '../../../src/core/ledger/ledger.ts';
import { readPlanFiles, writePlanFiles } from '../../../src/core/ledger/files.ts';
import { findTrialTrouble, nextAttemptSeed } from '../../../src/core/schedule/progress.ts';
import { viewPlan } from '../../../src/core/reconcile/view-plan.ts';
import { fakeCommit, fakeTree } from '../../support/builders.ts';
import {
  A,
  GROUP,
  groupResult,
  groupTrial,
  HEAD,
  landingOf,
  NOW,
  queuedState,
  queueFacts,
  TRIED,
} from './queue-scene.ts';

const { backoffMs, maxBackoffMs, receiptGraceMs } = HOSTED_DEFAULTS;
const OBJECTION: QueueObjection = { commitSha: GROUP, because: 'the tests failed', sequel: 'returned', at: 1 };

interface News {
  state?: RunningState;
  facts: ForgeFacts;
  trials?: ReadonlyMap<string, TrialResult>;
  nowMs?: number;
}

function follow({ state = queuedState(), facts, trials = new Map(), nowMs = NOW }: News) {
  return followQueue({ ledger: state.ledger, facts, trials, config: HOSTED_DEFAULTS }, nowMs);
}

function removed(reason: QueueRemoval['reason'] | null, pull: Partial<PullFact> = {}): ForgeFacts {
  const queueRemoval = reason === null ? null : { id: 'RFMQE_1', reason };
  return queueFacts([], { pull: { queueEntry: null, queueRemoval, ...pull } });
}

function recordOf({ ledger }: { ledger: RunningState['ledger'] }): TaskRecord {
  const record = ledger.tasks[A];
  if (record === undefined) throw new Error('Task a has no record.');
  return record;
}

describe('the result of the test of a group', () => {
  const running = queuedState({ landing: { group: groupTrial(null) } });

  it('is taken in where it is bound to it', () => {
    const result = groupResult('passed');
    const followed = follow({ state: running, facts: queueFacts([]), trials: new Map([['a.1.8', result]]) });
    expect(landingOf({ ...running, ledger: followed.ledger })?.group?.result).toEqual(result);
  });

  it.each<[string, Partial<TrialResult>]>([
    ['another head', { headSha: fakeCommit('other') }],
    ['another base', { ontoSha: fakeCommit('other') }],
    ['another generation', { generation: 7 }],
    ['another attempt', { attempt: 2 }],
  ])('is not believed of %s', (_what, broken) => {
    const trials = new Map([['a.1.8', { ...groupResult('passed'), ...broken }]]);
    expect(follow({ state: running, facts: queueFacts([]), trials }).ledger).toBe(running.ledger);
  });
});

describe('a landing that left the queue', () => {
  it.each<[QueueRemoval['reason'], number]>([
    ['conflict', backoffMs],
    ['timed-out', backoffMs],
    ['unknown', backoffMs],
    ['by-hand', maxBackoffMs],
  ])('for %s is withdrawn, and tried again on the tip after a wait', (reason, waitMs) => {
    const { ledger, notes, wakeAtMs } = follow({ facts: removed(reason) });
    const record = recordOf({ ledger });
    expect(record.attempts.at(-1)).toMatchObject({ status: 'verified', landing: null, trial: null });
    expect(record).toMatchObject({ notBefore: NOW + waitMs, turnedAway: { count: 1 } });
    expect(notes).toMatchObject([{ kind: 'refused', task: 'a' }]);
    expect(wakeAtMs).toBe(NOW + waitMs);
    expect(readPlanFiles(writePlanFiles(ledger))).toEqual({ ok: true, value: ledger });
  });

  it('since a check of the repository failed there goes back to its task, with the reason as feedback', () => {
    const { ledger } = follow({ facts: removed('checks-failed') });
    expect(recordOf({ ledger }).attempts.at(-1)).toMatchObject({ status: 'returned', landing: null });
    const seed = nextAttemptSeed(recordOf({ ledger }));
    expect(seed.carrySha).toBe(HEAD);
    expect(seed.feedback).toContain('did not pass');
  });

  it.each<[QueueRemoval['reason']]>([['checks-failed'], ['by-hand'], ['unknown'], ['timed-out']])(
    'for %s is judged by what was said against it',
    (reason) => {
      const group = groupTrial('failed');
      const state = queuedState({ landing: { group, objection: OBJECTION } });
      const { ledger } = follow({ state, facts: removed(reason) });
      expect(recordOf({ ledger }).attempts.at(-1)).toMatchObject({
        status: 'returned',
        returnedBecause: 'the tests failed',
        trial: { ontoSha: group.ontoSha, result: group.result },
      });
      expect(nextAttemptSeed(recordOf({ ledger })).feedback).toBe('it broke');
    },
  );

  it('is tried again where the gate had closed, which decides then what becomes of it', () => {
    const objection = { ...OBJECTION, sequel: 'again' as const, because: 'approvals: one is missing' };
    const { ledger } = follow({ state: queuedState({ landing: { objection } }), facts: removed('checks-failed') });
    expect(recordOf({ ledger })).toMatchObject({ turnedAway: { because: 'approvals: one is missing' } });
    expect(recordOf({ ledger }).attempts.at(-1)).toMatchObject({ status: 'verified', trial: null });
  });

  it('for a conflict is tried again, whatever was said against an earlier group', () => {
    const state = queuedState({ landing: { objection: OBJECTION } });
    const { ledger } = follow({ state, facts: removed('conflict') });
    expect(recordOf({ ledger }).attempts.at(-1)).toMatchObject({ status: 'verified', landing: null });
  });

  it('is cancelled with its task where a person cancelled the run of its test', () => {
    const objection = { ...OBJECTION, sequel: 'again' as const };
    const state = queuedState({ landing: { group: groupTrial('cancelled'), objection } });
    const { ledger } = follow({ state, facts: removed('checks-failed') });
    expect(recordOf({ ledger })).toMatchObject({
      cancelled: { by: 'a cancelled run' },
      attempts: [{ status: 'cancelled' }],
    });
  });

  it('waits longer each time, and in the end for a person', () => {
    const waits: number[] = [];
    let turnedAway: TaskRecord['turnedAway'];
    for (let count = 0; count < 7; count += 1) {
      const state = queuedState({ record: { turnedAway } });
      const record = recordOf(follow({ state, facts: removed('conflict') }));
      waits.push(record.notBefore - NOW);
      ({ turnedAway } = record);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30].map((times) => times * backoffMs));
    const stuck = queuedState({ landing: null, record: { turnedAway: { count: 5, because: 'it conflicts' } } });
    expect(findTrialTrouble(recordOf(stuck))).toBe('it conflicts');
    expect(viewPlan(stuck.ledger, stuck.queue, NOW).tasks[0]?.waiting).toMatchObject({ kind: 'person' });
  });

  it('says why it waits', () => {
    const { ledger } = follow({ facts: removed('by-hand') });
    const [task] = viewPlan(ledger, queuedState().queue, NOW).tasks;
    expect(task?.waiting).toMatchObject({ kind: 'backoff', untilMs: NOW + maxBackoffMs });
    expect(task?.waiting?.because).toContain('a person took it out of the merge queue');
  });
});

describe('a landing is left alone', () => {
  const asked = queuedState({ landing: { queuedAt: undefined } });

  it.each<[string, News]>([
    ['while it stands in the queue', { facts: queueFacts([]) }],
    [
      'while it stands in the queue, whatever removal it had before',
      { facts: queueFacts([], { pull: { queueRemoval: { id: 'RFMQE_1', reason: 'by-hand' } } }) },
    ],
    ['when it was merged', { facts: removed('merged', { state: 'merged' }) }],
    [
      'when the base contains it',
      {
        facts: {
          ...removed('unknown'),
          landed: new Map([[TRIED, { contained: true, tree: fakeTree('x'), landedSha: TRIED }]]),
        },
      },
    ],
    ['while it was asked for and does not stand there yet', { state: asked, facts: removed(null) }],
    [
      'while only an earlier removal is known',
      { state: queuedState({ landing: { queuedAt: undefined, knownRemoval: 'RFMQE_1' } }), facts: removed('by-hand') },
    ],
    [
      'before it is known which removals there were',
      { state: queuedState({ landing: { queuedAt: undefined, knownRemoval: undefined } }), facts: removed('by-hand') },
    ],
    ['where its pull request is not shown', { facts: { ...queueFacts([]), pulls: new Map() } }],
    ['where it lands another way', { state: queuedState({ landing: { way: 'merge' } }), facts: removed('by-hand') }],
  ])('%s', (_when, news) => {
    const state = news.state ?? queuedState();
    const followed = follow({ ...news, state });
    expect(followed).toMatchObject({ notes: [], wakeAtMs: null });
    expect(followed.ledger).toBe(state.ledger);
  });

  it('is withdrawn at once where it was taken out before it was ever seen there', () => {
    const followed = follow({ state: asked, facts: removed('conflict') });
    expect(landingOf({ ...asked, ledger: followed.ledger })).toBeNull();
  });
});

describe('a landing that left the queue for no known reason', () => {
  it.each<[string, QueueRemoval['reason'] | null]>([
    ['since none is shown yet', null],
    ['since it is said to be merged and is not shown so yet', 'merged'],
  ])('is given time, %s', (_since, reason) => {
    const first = follow({ facts: removed(reason) });
    expect(first.wakeAtMs).toBe(NOW + receiptGraceMs);
    const state = { ...queuedState(), ledger: first.ledger };
    expect(landingOf(state)?.leftAt).toBe(NOW);
    const early = follow({ state, facts: removed(reason), nowMs: NOW + receiptGraceMs - 1 });
    expect(early.ledger).toBe(first.ledger);
    const late = follow({ state, facts: removed(reason), nowMs: NOW + receiptGraceMs });
    expect(landingOf({ ...state, ledger: late.ledger })).toBeNull();
    expect(recordOf(late).turnedAway?.because).toContain('does not say why');
    const back = follow({ state, facts: queueFacts([]) });
    expect<LandingRecord['leftAt']>(landingOf({ ...state, ledger: back.ledger })?.leftAt).toBeUndefined();
  });
});
