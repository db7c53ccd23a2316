import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RequiredCheck } from '../../../src/core/config/read-github.ts';
import { answerQueue } from '../../../src/core/hosted/answer-queue.ts';
import { findAwaited } from '../../../src/core/hosted/awaited-work.ts';
import type { ForgeEffect } from '../../../src/core/hosted/effect.ts';
import type { CheckFact, ForgeFacts } from '../../../src/core/hosted/facts.ts';
import { HOSTED_DEFAULTS } from '../../../src/core/hosted/hosted-config.ts';
import type { RunningState } from '../../../src/core/hosted/state.ts';
import { readPlanFiles, writePlanFiles } from '../../../src/core/ledger/files.ts';
import { fakeDigest, fakeCommit, fakeTree } from '../../support/builders.ts';
import { aCheck, aPerson, aPull } from '../../support/hosted-builders.ts';
import {
  A,
  aBasePull,
  aGate,
  anEntry,
  APP,
  aPersonsPull,
  BASE,
  entryUnder,
  GROUP,
  GROUP_TREE,
  groupTrial,
  HEAD,
  landingOf,
  LEASE_MS,
  NOW,
  queuedState,
  queueFacts,
  QUEUE_RULES,
  someLeases,
  TRIED_TREE,
  UNDER,
} from './queue-scene.ts';

interface Asked {
  state?: RunningState;
  facts: ForgeFacts;
  wantedChecks?: readonly RequiredCheck[];
  nowMs?: number;
}

function answer({ state = queuedState(), facts, wantedChecks = [], nowMs = NOW }: Asked) {
  const leases = someLeases(new Map(), nowMs);
  return answerQueue({ state, facts, config: HOSTED_DEFAULTS, wantedChecks }, leases, nowMs);
}

type CheckRun = Extract<ForgeEffect, { kind: 'check-run' }>;

function checkRuns(effects: readonly ForgeEffect[]): CheckRun[] {
  return effects.filter((effect): effect is CheckRun => effect.kind === 'check-run');
}

/** What the head of a group is told: `success`, `failure` or `in_progress`. */
function toldOf(effects: readonly ForgeEffect[], headSha = GROUP): string[] {
  return checkRuns(effects)
    .filter((effect) => effect.headSha === headSha)
    .map(({ output }) => output.conclusion ?? output.status);
}

const TESTED = anEntry({ baseSha: BASE, headTree: TRIED_TREE });

describe('the answer about a group of a task', () => {
  it('is a success at once where its tree is the one that was tried', () => {
    const { effects, legs, state } = answer({ facts: queueFacts([TESTED]) });
    expect(checkRuns(effects)).toMatchObject([
      { name: 'espalier/gate', nodeId: null, headSha: GROUP, output: { status: 'completed', conclusion: 'success' } },
    ]);
    expect(legs).toEqual([]);
    expect(landingOf(state)?.group).toBeUndefined();
  });

  it('waits for a test of the very commit where the tree is another, which is written down with what it stands on', () => {
    const facts = queueFacts([anEntry()]);
    const first = answer({ facts });
    expect(toldOf(first.effects)).toEqual(['in_progress']);
    expect(first.legs).toEqual([
      { work: 'trial', task: A, attempt: 1, generation: 9, mode: 'verify', headSha: GROUP, isOver: false },
    ]);
    const written = { generation: 9, ontoSha: UNDER, commitSha: GROUP, treeSha: GROUP_TREE, result: null };
    expect(landingOf(first.state)?.group).toMatchObject(written);
    expect(first.state.ledger.nextGeneration).toBe(10);
    const [leg] = first.legs;
    expect(leg && findAwaited(first.state.ledger, leg)).toMatchObject({ work: 'trial', trial: { ontoSha: UNDER } });
    expect(readPlanFiles(writePlanFiles(first.state.ledger))).toEqual({ ok: true, value: first.state.ledger });
    const [told] = checkRuns(first.effects);
    const shown = anEntry({
      checks: [aGate(told?.externalId ?? '', { status: 'pending', conclusion: 'IN_PROGRESS' })],
    });
    const second = answer({ state: first.state, facts: queueFacts([shown]) });
    expect(second).toMatchObject({ legs: [], effects: [], notes: [] });
    expect(second.state).toBe(first.state);
  });

  it.each<[string, Parameters<typeof groupTrial>[0], string, string]>([
    ['passed', 'passed', 'success', 'none'],
    ['failed', 'failed', 'failure', 'returned'],
    ['took too long', 'timed-out', 'failure', 'returned'],
    ['could not run', 'error', 'failure', 'again'],
    ['was cancelled', 'cancelled', 'failure', 'again'],
  ])('is what its test came to when that %s', (_what, outcome, told, sequel) => {
    const state = queuedState({ landing: { group: groupTrial(outcome) } });
    const answered = answer({ state, facts: queueFacts([anEntry()]) });
    expect(toldOf(answered.effects)).toEqual([told]);
    expect(landingOf(answered.state)?.objection?.sequel ?? 'none').toBe(sequel);
    expect(answered.legs).toEqual([]);
  });

  it('shows the end of the log of a test that failed', () => {
    const state = queuedState({ landing: { group: groupTrial('failed') } });
    const [told] = checkRuns(answer({ state, facts: queueFacts([anEntry()]) }).effects);
    expect(told?.output.text).toContain('it broke');
  });

  it('tests a group that was built anew again, and waits no more for the test of the one before', () => {
    const before = answer({ facts: queueFacts([anEntry()]) });
    const headSha = fakeCommit('rebuilt');
    const entry = anEntry({ baseSha: fakeCommit('moved'), headSha, headTree: fakeTree('rebuilt') });
    const after = answer({ state: before.state, facts: queueFacts([entry]) });
    expect(after.legs).toMatchObject([{ generation: 10, headSha }]);
    expect(before.legs.map((leg) => findAwaited(after.state.ledger, leg))).toEqual([null]);
  });

  it('takes a tree that passed in an earlier group, and none that only a test of other commands passed', () => {
    const state = queuedState({ landing: { group: groupTrial('passed') } });
    const entry = anEntry({ headSha: fakeCommit('rebuilt') });
    expect(toldOf(answer({ state, facts: queueFacts([entry]) }).effects, fakeCommit('rebuilt'))).toEqual(['success']);
    const group = groupTrial('passed');
    const test = group.result?.test ?? null;
    if (group.result !== null && test !== null)
      group.result = { ...group.result, test: { ...test, suite: fakeDigest('other') } };
    const others = answer({ state: queuedState({ landing: { group } }), facts: queueFacts([entry]) });
    expect(toldOf(others.effects, fakeCommit('rebuilt'))).toEqual(['in_progress']);
  });

  const changesRequested = [
    { author: aPerson('maintainer'), isByWriter: true, state: 'changes-requested' as const, commitSha: HEAD },
  ];
  const frozen = { at: 1, because: 'a person looks at it' };

  it.each<[string, string, Asked]>([
    [
      'a person has requested changes',
      'failure',
      { facts: queueFacts([TESTED], { pull: { reviews: changesRequested } }) },
    ],
    [
      'an approval that is asked for is missing',
      'failure',
      { facts: queueFacts([TESTED], { rules: { ...QUEUE_RULES, approvals: 1 } }) },
    ],
    [
      'a check on the head of its pull request is at work again',
      'in_progress',
      {
        facts: queueFacts([TESTED], {
          rules: { ...QUEUE_RULES, requiredChecks: [...QUEUE_RULES.requiredChecks, { name: 'ci', appId: null }] },
          pull: { checks: [aCheck('ci', { status: 'pending', conclusion: 'QUEUED' })] },
        }),
      },
    ],
    [
      'the task was changed',
      'failure',
      { facts: queueFacts([TESTED]), state: queuedState({ attempt: { taskDigest: fakeDigest('other') } }) },
    ],
    [
      'the task was cancelled',
      'failure',
      { facts: queueFacts([TESTED]), state: queuedState({ record: { cancelled: { at: 1, by: 'maintainer' } } }) },
    ],
    [
      'the base is frozen',
      'failure',
      { facts: queueFacts([TESTED]), state: { ...queuedState(), queue: { ...queuedState().queue, frozen } } },
    ],
    [
      'the plan has not put it there',
      'failure',
      { facts: queueFacts([TESTED]), state: queuedState({ landing: null }) },
    ],
    [
      'its attempt was superseded by a push',
      'failure',
      { facts: queueFacts([TESTED]), state: queuedState({ attempt: { status: 'superseded' } }) },
    ],
    [
      'its head is not the one that was verified',
      'failure',
      { facts: queueFacts([{ ...TESTED, pull: aBasePull({ headSha: fakeCommit('pushed') }) }]) },
    ],
    ['the forge does not show its tree yet', 'in_progress', { facts: queueFacts([{ ...TESTED, headTree: null }]) }],
  ])('is judged anew: where %s it is %s', (_where, told, asked) => {
    const answered = answer(asked);
    expect(toldOf(answered.effects)).toEqual([told]);
    expect(answered.legs).toEqual([]);
  });

  it('is taken back when the gate closes after a success', () => {
    const [good] = checkRuns(answer({ facts: queueFacts([TESTED]) }).effects);
    const told = aGate(good?.externalId ?? '', { nodeId: 'CR_told' });
    const facts = queueFacts([{ ...TESTED, checks: [told] }], { pull: { reviews: changesRequested } });
    expect(checkRuns(answer({ facts }).effects)).toMatchObject([
      { nodeId: 'CR_told', output: { conclusion: 'failure' } },
    ]);
  });

  it('is not said of a group that is not built, and of nothing where there is no queue', () => {
    expect(answer({ facts: queueFacts([anEntry({ headSha: null })]) }).effects).toEqual([]);
    const { mergeQueue: _none, ...facts } = queueFacts([]);
    const answered = answer({ facts });
    expect(answered.effects).toEqual([]);
  });

  it('is told once: a process that holds the lease on it is left alone', () => {
    const facts = queueFacts([TESTED]);
    const leases = someLeases();
    const ask = () =>
      answerQueue({ state: queuedState(), facts, config: HOSTED_DEFAULTS, wantedChecks: [] }, leases, NOW);
    expect([ask().effects.length, ask().effects.length]).toEqual([1, 0]);
  });
});

describe('checks of the repository on what the queue made', () => {
  const ci = { name: 'ci', appId: null };
  const rules = { ...QUEUE_RULES, requiredChecks: [...QUEUE_RULES.requiredChecks, ci] };
  const pull = { checks: [aCheck('ci')] };

  it.each<[string, Partial<CheckFact>, string]>([
    ['failed turns it away with its name', { status: 'not-passed', conclusion: 'FAILURE' }, 'failure'],
    ['was skipped does not, since the queue lets it pass', { status: 'not-passed', conclusion: 'SKIPPED' }, 'success'],
    ['is at work is for the queue to wait for', { status: 'pending', conclusion: 'QUEUED' }, 'success'],
  ])('that the rules require and that %s', (_what, check, told) => {
    const facts = queueFacts([{ ...TESTED, checks: [aCheck('ci', check)] }], { rules, pull });
    const { effects, state } = answer({ facts });
    expect(toldOf(effects)).toEqual([told]);
    expect(landingOf(state)?.objection?.because ?? 'ci').toContain('ci');
  });

  it.each<[string, readonly CheckFact[], string]>([
    ['has passed there', [aCheck('e2e')], 'success'],
    ['has not reported there', [], 'in_progress'],
    ['was skipped there', [aCheck('e2e', { status: 'not-passed', conclusion: 'SKIPPED' })], 'failure'],
  ])('that the configuration asks for must pass on another tree than it ran on: one that %s', (_what, checks, told) => {
    const wantedChecks = [{ name: 'e2e', appId: null }];
    const state = queuedState({ landing: { group: groupTrial('passed') } });
    const shown = { checks: [aCheck('e2e')] };
    const other = answer({ state, wantedChecks, facts: queueFacts([anEntry({ checks })], { pull: shown }) });
    expect(toldOf(other.effects)).toEqual([told]);
    const same = answer({ wantedChecks, facts: queueFacts([{ ...TESTED, checks: [] }], { pull: shown }) });
    expect(toldOf(same.effects)).toEqual(['success']);
  });
});

describe('a group with what stands before it', () => {
  const tested = queuedState({ landing: { group: groupTrial('passed') } });
  const others = aBasePull({ number: 20, headBranch: 'espalier/issue-9/x', gate: aGate('issue-9/x/1/y') });

  it.each<[string, readonly CheckFact[], string]>([
    ['is not answered for', [], 'in_progress'],
    ['is being judged', [aGate('issue-9/x/1/z', { status: 'pending', conclusion: 'IN_PROGRESS' })], 'in_progress'],
    ['was turned away', [aGate('issue-9/x/1/z', { status: 'not-passed', conclusion: 'FAILURE' })], 'in_progress'],
    ['was found good by another app of that name', [aCheck('espalier/gate', { appId: APP + 1 })], 'in_progress'],
    ['was found good', [aGate('issue-9/x/1/z')], 'success'],
  ])('is good only with it: a task of another plan that %s', (_what, checks, told) => {
    const facts = queueFacts([entryUnder(others, checks), anEntry()]);
    const answered = answer({ state: tested, facts });
    expect(toldOf(answered.effects)).toEqual([told]);
    expect(toldOf(answered.effects, UNDER)).toEqual([]);
    expect(answered.wakeAtMs !== null).toBe(told === 'in_progress');
  });

  it('is dispatched to be tested without waiting for that', () => {
    const answered = answer({ facts: queueFacts([entryUnder(others), anEntry()]) });
    expect(answered.legs).toHaveLength(1);
  });

  it('does not wait for a change of a person', () => {
    const { rules: _gated, ...facts } = queueFacts([entryUnder(aPersonsPull()), anEntry()]);
    const rules = { ...QUEUE_RULES, requiredChecks: [] };
    expect(toldOf(answer({ state: tested, facts: { ...facts, rules } }).effects)).toEqual(['success']);
  });
});

it.each<[string, Parameters<typeof groupTrial>[0], string]>([
  ['is tested', null, 'in_progress'],
  ['has failed', 'failed', 'in_progress'],
  ['is good', 'passed', 'success'],
])('answers for the change of a person behind a task by what the task came to: one that %s', (_what, outcome, told) => {
  const scene = queuedState({ landing: { group: groupTrial(outcome) } });
  const answering = { plan: scene.ledger.plan.id, until: NOW + 10 * LEASE_MS };
  const headSha = fakeCommit('behind');
  const behind = { ...anEntry(), pull: aPersonsPull(), baseSha: GROUP, headSha, headTree: fakeTree('behind') };
  const facts = queueFacts([anEntry(), behind]);
  const { effects } = answer({ state: { ...scene, queue: { ...scene.queue, answering } }, facts });
  expect(toldOf(effects, headSha)).toEqual([told]);
});

describe('an entry that failed and stands in the queue still', () => {
  const failed = queuedState({ landing: { group: groupTrial('failed') } });
  const told = [aGate('issue-7/a/1/old', { status: 'not-passed', conclusion: 'FAILURE' })];

  it('is taken out after the queue had time to do so itself, once', () => {
    const first = answer({ state: failed, facts: queueFacts([anEntry()]) });
    expect(first.wakeAtMs).toBe(NOW + LEASE_MS);
    const facts = queueFacts([anEntry({ checks: told })]);
    const early = answer({ state: first.state, facts, nowMs: NOW + LEASE_MS - 1 });
    expect(early.effects.filter(({ kind }) => kind === 'dequeue')).toEqual([]);
    const leases = someLeases(new Map(), NOW + LEASE_MS);
    const ask = () => {
      const input = { state: first.state, facts, config: HOSTED_DEFAULTS, wantedChecks: [] };
      return answerQueue(input, leases, NOW + LEASE_MS).effects.filter(({ kind }) => kind === 'dequeue');
    };
    expect(ask()).toMatchObject([{ kind: 'dequeue', task: A, pullNodeId: 'PR_12' }]);
    expect(ask()).toEqual([]);
  });

  it('is not taken out before its failure is seen to be said', () => {
    const first = answer({ state: failed, facts: queueFacts([anEntry()]) });
    const later = answer({ state: first.state, facts: queueFacts([anEntry()]), nowMs: NOW + 5 * LEASE_MS });
    expect(later.effects.map(({ kind }) => kind)).toEqual(['check-run']);
  });
});

describe('what is known of removals', () => {
  it('is remembered when a landing is asked for, so that a later one is told from it', () => {
    const removal = { id: 'RFMQE_1', reason: 'by-hand' as const };
    const fresh = queuedState({ landing: { knownRemoval: undefined, queuedAt: undefined } });
    const facts = queueFacts([], { pull: { queueEntry: null, queueRemoval: removal } });
    const { state } = answer({ state: fresh, facts });
    expect(landingOf(state)?.knownRemoval).toBe('RFMQE_1');
    const later = queueFacts([], { pull: { queueEntry: null, queueRemoval: { ...removal, id: 'RFMQE_2' } } });
    expect(landingOf(answer({ state, facts: later }).state)?.knownRemoval).toBe('RFMQE_1');
  });

  it('is nothing where nobody has asked the forge', () => {
    const { queueRemoval: _none, ...pull } = aPull({ headSha: HEAD });
    const fresh = queuedState({ landing: { knownRemoval: undefined } });
    const { state } = answer({ state: fresh, facts: { ...queueFacts([]), pulls: new Map([[A, pull]]) } });
    expect(state).toBe(fresh);
  });
});

const NAMES = ['x', 'y', 'z'] as const;
const outcomes = fc.constantFrom(null, 'passed', 'failed', 'timed-out', 'error', 'cancelled' as const);

it('never says success of a tree on which the tests of the task did not pass, whatever the queue shows', () => {
  const entries = fc.array(
    fc.record({
      isOurs: fc.boolean(),
      base: fc.constantFrom(...NAMES, 'base'),
      head: fc.constantFrom(...NAMES),
      tree: fc.option(fc.constantFrom('group', 'tried', 'other')),
      gate: fc.constantFrom('passed', 'not-passed', 'pending', null),
    }),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(entries, outcomes, fc.boolean(), (shown, outcome, isOfHead) => {
      const group = { ...groupTrial(outcome), ...(isOfHead ? { commitSha: fakeCommit('x') } : {}) };
      const state = queuedState({ landing: { group } });
      const queue = shown.map(({ isOurs, base, head, tree, gate }) =>
        anEntry({
          pull: isOurs ? aBasePull() : aBasePull({ number: 20, gate: aGate(`issue-9/t/1/x`) }),
          baseSha: fakeCommit(base),
          headSha: fakeCommit(head),
          headTree: tree === null ? null : fakeTree(tree),
          checks: gate === null ? [] : [aGate('other', { status: gate })],
        }),
      );
      const good = new Set([TRIED_TREE, ...(outcome === 'passed' ? [GROUP_TREE] : [])]);
      const wrong = checkRuns(answer({ state, facts: queueFacts(queue) }).effects)
        .filter(({ output }) => output.conclusion === 'success')
        .filter(
          ({ headSha }) =>
            !queue.some((one) => one.headSha === headSha && one.headTree !== null && good.has(one.headTree)),
        );
      expect(wrong).toEqual([]);
    }),
  );
});
