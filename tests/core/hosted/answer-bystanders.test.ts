import { describe, expect, it } from 'vitest';

import type { PlanId } from '../../../src/core/brand.ts';
import { answerBystanders } from '../../../src/core/hosted/answer-bystanders.ts';
import type { ForgeEffect } from '../../../src/core/hosted/effect.ts';
import type { BasePull, ForgeFacts } from '../../../src/core/hosted/facts.ts';
import { HOSTED_DEFAULTS } from '../../../src/core/hosted/hosted-config.ts';
import type { RunningState } from '../../../src/core/hosted/state.ts';
import { readQueueFiles, writeQueueFiles } from '../../../src/core/ledger/files.ts';
import { fakeCommit, fakeTree } from '../../support/builders.ts';
import {
  aBasePull,
  aGate,
  anEntry,
  aPersonsPull,
  entryUnder,
  GROUP,
  LEASE_MS,
  NOW,
  PLAN,
  queuedState,
  queueFacts,
  QUEUE_RULES,
  someLeases,
  UNDER,
} from './queue-scene.ts';

const TURN_MS = 10 * LEASE_MS;

/** A plan whose turn it is to answer, until so long after now. */
function atTurn(untilMs = NOW + TURN_MS, plan: PlanId = PLAN): RunningState {
  const state = queuedState();
  return { ...state, queue: { ...state.queue, answering: { plan, until: untilMs } } };
}

function answer(facts: ForgeFacts, { state = atTurn(), good = new Set<typeof GROUP>() } = {}) {
  return answerBystanders({ state, facts, config: HOSTED_DEFAULTS }, { leases: someLeases(), nowMs: NOW, good });
}

function told(effects: readonly ForgeEffect[]): string[] {
  return effects.map((effect) =>
    effect.kind === 'check-run'
      ? `${effect.output.conclusion ?? effect.output.status}: ${effect.output.title}`
      : effect.kind,
  );
}

function pullsOnly(...basePulls: BasePull[]): ForgeFacts {
  return queueFacts([], { basePulls });
}

const FRESH = aPersonsPull({ gate: null });

describe("a pull request that is no plan's", () => {
  it('is told so on its head, where the rules of the base ask for the check, and once', () => {
    const { effects } = answer(pullsOnly(FRESH));
    expect(effects).toMatchObject([
      {
        kind: 'check-run',
        name: 'espalier/gate',
        headSha: FRESH.headSha,
        nodeId: null,
        output: { status: 'completed', conclusion: 'success', title: 'No task of a plan' },
      },
    ]);
    const [effect] = effects;
    const externalId = effect?.kind === 'check-run' ? effect.externalId : '';
    expect(answer(pullsOnly(aPersonsPull({ gate: aGate(externalId) }))).effects).toEqual([]);
  });

  it.each<[string, ForgeFacts]>([
    [
      'the rules ask for no check',
      queueFacts([], { basePulls: [FRESH], rules: { ...QUEUE_RULES, requiredChecks: [] } }),
    ],
    [
      'the rules ask for it by another app',
      queueFacts([], {
        basePulls: [FRESH],
        rules: { ...QUEUE_RULES, requiredChecks: [{ name: 'espalier/gate', appId: 15368 }] },
      }),
    ],
    ['it is the task of this plan', pullsOnly(aBasePull({ gate: null }))],
    ['this app has made it', pullsOnly(aPersonsPull({ gate: null, isOwn: true }))],
    ["it is from a branch of Espalier's", pullsOnly(aPersonsPull({ gate: null, headBranch: 'espalier/issue-9/x' }))],
    ['its check names a plan', pullsOnly(aPersonsPull({ gate: aGate('issue-9/x/1/y') }))],
    ['its check says what nobody knows', pullsOnly(aPersonsPull({ gate: aGate('of an older version') }))],
    ['not all of its checks are known', pullsOnly(aPersonsPull({ gate: 'unknown' }))],
  ])('is told nothing where %s', (_where, facts) => {
    const state = atTurn();
    const answered = answer(facts, { state });
    expect(answered.effects).toEqual([]);
    expect(answered.state).toBe(state);
  });

  it("is told so also where it is from a fork's branch that bears Espalier's name", () => {
    const fork = aPersonsPull({ gate: null, headBranch: 'espalier/issue-9/x', isForeign: true });
    expect(told(answer(pullsOnly(fork)).effects)).toEqual(['success: No task of a plan']);
  });
});

describe('the group of such a pull request', () => {
  it('is told the same on its own head', () => {
    const { effects } = answer(queueFacts([entryUnder(aPersonsPull())]));
    expect(effects).toMatchObject([{ headSha: UNDER, output: { conclusion: 'success', title: 'No task of a plan' } }]);
  });

  it('waits for a task of a plan that stands before it, and is told so when that was found good', () => {
    const behind = {
      ...anEntry(),
      pull: aPersonsPull(),
      baseSha: GROUP,
      headSha: fakeCommit('last'),
      headTree: fakeTree('last'),
    };
    const facts = queueFacts([anEntry(), behind]);
    const waiting = answer(facts);
    expect(told(waiting.effects)).toEqual(['in_progress: Waits for #12']);
    expect(waiting.wakeAtMs).toBe(NOW + LEASE_MS / 2);
    expect(told(answer(facts, { good: new Set([GROUP]) }).effects)).toEqual(['success: No task of a plan']);
  });
});

describe('the turn to answer', () => {
  it('is taken before anything is said, and believed when it was read back', () => {
    const first = answer(pullsOnly(FRESH), { state: queuedState() });
    expect(first.effects).toEqual([]);
    expect(first.state.queue.answering).toEqual({ plan: PLAN, until: NOW + TURN_MS });
    expect(first.wakeAtMs).toBe(NOW + 1);
    expect(readQueueFiles(writeQueueFiles(first.state.queue))).toEqual({ ok: true, value: first.state.queue });
    expect(answer(pullsOnly(FRESH), { state: first.state }).effects).toHaveLength(1);
  });

  it("is another plan's until it lapses", () => {
    const others = 'issue-9' as PlanId;
    const held = atTurn(NOW + 1, others);
    const waiting = answer(pullsOnly(FRESH), { state: held });
    expect(waiting).toMatchObject({ effects: [], wakeAtMs: NOW + 1 });
    expect(waiting.state).toBe(held);
    const lapsed = answer(pullsOnly(FRESH), { state: atTurn(NOW, others) });
    expect(lapsed.effects).toEqual([]);
    expect(lapsed.state.queue.answering?.plan).toBe(PLAN);
  });

  it.each([
    ['fresh', TURN_MS, 1, NOW + TURN_MS],
    ['half over', TURN_MS / 2, 1, NOW + TURN_MS],
    ['about to lapse', LEASE_MS, 0, NOW + TURN_MS],
  ])('that is %s', (_what, leftMs, said, until) => {
    const answered = answer(pullsOnly(FRESH), { state: atTurn(NOW + leftMs) });
    expect(answered.effects).toHaveLength(said);
    expect(answered.state.queue.answering?.until).toBe(until);
  });

  it('is not taken where there is nothing to say', () => {
    const state = queuedState();
    expect(answer(queueFacts([anEntry()]), { state }).state).toBe(state);
  });
});
