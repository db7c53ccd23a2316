import { describe, expect, it } from 'vitest';

import type { RequiredCheck } from '../../../src/core/config/read-github.ts';
import type { BaseRules, CheckFact, PullFact, ReviewFact } from '../../../src/core/hosted/facts.ts';
import { pullGateFacts } from '../../../src/core/hosted/pull-gate-facts.ts';
import { createForgeRecord } from '../../../src/core/ledger/forge-record.ts';
import { createQueueLedger } from '../../../src/core/ledger/transitions.ts';
import { aLedger, anAttempt, anEvidence, aPlan, aTask, aTrial, fakeCommit, taskId } from '../../support/builders.ts';
import { aCheck, aPerson, aPull, FREE_RULES, someFacts } from '../../support/hosted-builders.ts';
import { OWN_APP_ID } from '../../support/hosted-world.ts';

const A = taskId('a');
const TASK = aTask('a');
const HEAD = fakeCommit('head');
const TRIAL = fakeCommit('trial');
const CI = 15368;

interface Scene {
  checks?: CheckFact[];
  required?: BaseRules['requiredChecks'];
  wanted?: RequiredCheck[];
  reviews?: ReviewFact[];
  pull?: Partial<PullFact> | null;
}

function read({ checks = [], required = [], wanted = [], reviews = [], pull = {} }: Scene) {
  const begun = { ...anAttempt({ status: 'verified' }) };
  const evidence = anEvidence(TASK, begun, { headSha: HEAD });
  const trial = { generation: 2, holder: 'app', startedAt: 0, ontoSha: fakeCommit('base'), result: null };
  const attempt = { ...begun, evidence, trial };
  const result = aTrial(TASK, attempt, { commitSha: TRIAL });
  const record = {
    attempts: [{ ...attempt, trial: { ...trial, result } }],
    countFrom: 1,
    cancelled: null,
    notBefore: 0,
  };
  const ledger = aLedger(aPlan([TASK]), { tasks: { [A]: record } });
  const state = { ledger, queue: createQueueLedger(ledger.target), record: createForgeRecord(7) };
  const facts = someFacts({
    rules: { ...FREE_RULES, requiredChecks: required, approvals: 1 },
    pulls: pull === null ? new Map() : new Map([[A, aPull({ headSha: HEAD, checks, reviews, ...pull })]]),
  });
  return pullGateFacts(state, facts, wanted).get(A) ?? null;
}

function aReview(login: string, overrides: Partial<ReviewFact> = {}): ReviewFact {
  return { author: aPerson(login), isByWriter: true, state: 'approved', commitSha: HEAD, ...overrides };
}

describe('a required check', () => {
  it.each<[string, CheckFact[], BaseRules['requiredChecks'][number], string]>([
    ['has passed', [aCheck('ci')], { name: 'ci', appId: CI }, 'passed'],
    ['is missing', [], { name: 'ci', appId: CI }, 'missing'],
    ['of another app is missing', [aCheck('ci', { appId: 666 })], { name: 'ci', appId: CI }, 'missing'],
    ['as a status by anybody is missing', [aCheck('ci', { appId: null })], { name: 'ci', appId: CI }, 'missing'],
    ['of any app counts where any may give it', [aCheck('ci', { appId: 666 })], { name: 'ci', appId: null }, 'passed'],
    ['of another name is missing', [aCheck('CI'), aCheck('ci ')], { name: 'ci', appId: CI }, 'missing'],
    ['of a look-alike name is missing', [aCheck('сi')], { name: 'ci', appId: CI }, 'missing'],
    [
      'that passed and failed has failed',
      [aCheck('ci'), aCheck('ci', { status: 'not-passed', conclusion: 'FAILURE' })],
      { name: 'ci', appId: CI },
      'not-passed',
    ],
    [
      'that passed and runs again is pending',
      [aCheck('ci'), aCheck('ci', { status: 'pending' })],
      { name: 'ci', appId: CI },
      'pending',
    ],
    [
      'that was skipped has not passed',
      [aCheck('ci', { status: 'not-passed', conclusion: 'SKIPPED' })],
      { name: 'ci', appId: CI },
      'not-passed',
    ],
  ])('that %s', (_what, checks, required, status) => {
    expect(read({ checks, required: [required] })?.checks).toMatchObject([{ name: 'ci', status }]);
  });

  it('by a pattern asks for one at least, and for all that match', () => {
    const wanted = [{ name: 'test (*)', appId: null }];
    const failed = aCheck('test (b)', { status: 'not-passed', conclusion: 'FAILURE' });
    expect(read({ wanted })?.checks).toMatchObject([{ name: 'test (*)', status: 'missing' }]);
    expect(read({ wanted, checks: [aCheck('test (a)'), failed, aCheck('lint')] })?.checks).toMatchObject([
      { name: 'test (a)', status: 'passed' },
      { name: 'test (b)', status: 'not-passed' },
    ]);
  });

  it('by a pattern that is none is missing', () => {
    expect(read({ wanted: [{ name: '[', appId: null }], checks: [aCheck('[')] })?.checks).toMatchObject([
      { name: '[', status: 'missing' },
    ]);
  });
});

describe("this app's own check of the gate", () => {
  const own = aCheck('espalier/gate', { appId: OWN_APP_ID, status: 'pending' });

  it.each<[string, Scene, string[]]>([
    ['is no condition of itself', { required: [{ name: 'espalier/gate', appId: OWN_APP_ID }] }, []],
    ['is none where any app may give it', { required: [{ name: 'espalier/gate', appId: null }] }, []],
    ['is none where the configuration names it', { wanted: [{ name: 'espalier/gate', appId: null }] }, []],
    ['is left out of a pattern', { wanted: [{ name: '**', appId: null }] }, ['**']],
    [
      'of another app is asked for as any other',
      { required: [{ name: 'espalier/gate', appId: 666 }] },
      ['espalier/gate'],
    ],
  ])('%s', (_what, scene, names) => {
    const found = read({ ...scene, checks: [own] });
    expect(found?.checks.map(({ name, status }) => `${name}: ${status}`)).toEqual(
      names.map((name) => `${name}: missing`),
    );
  });
});

describe('an approval', () => {
  it.each<[string, ReviewFact, boolean]>([
    ['of the verified head', aReview('one'), true],
    ['of the tested merge of it', aReview('one', { commitSha: TRIAL }), true],
    ['of another commit', aReview('one', { commitSha: fakeCommit('before') }), false],
    ['of no commit', aReview('one', { commitSha: null }), false],
    ['by somebody who could not push', aReview('stranger', { isByWriter: false }), false],
    ['by a bot', aReview('helper[bot]', { author: { login: 'helper[bot]', kind: 'bot', id: 1 } }), false],
    ['that was dismissed', aReview('one', { state: 'dismissed' }), false],
    ['that is only a comment', aReview('one', { state: 'commented' }), false],
  ])('%s counts: %s', (_what, review, counts) => {
    expect(read({ reviews: [review] })?.approvedBy).toEqual(counts ? [review.author.login] : []);
  });

  it('is asked for as often as the rules of the base say', () => {
    expect(read({})?.requiredApprovals).toBe(1);
  });
});

describe('a request for changes', () => {
  it('counts for any commit, by whoever could have pushed', () => {
    const state = 'changes-requested' as const;
    const reviews = [
      aReview('one', { state, commitSha: fakeCommit('before') }),
      aReview('stranger', { state, isByWriter: false }),
    ];
    expect(read({ reviews })?.changesRequestedBy).toEqual(['one']);
  });
});

describe('a task', () => {
  it('without an open pull request has none of this', () => {
    expect(read({ pull: null })).toBeNull();
    expect(read({ pull: { state: 'closed' } })).toBeNull();
    expect(read({ pull: { state: 'merged' } })).toBeNull();
  });
});
