import { describe, expect, it } from 'vitest';

import type { EffectOutcome, LandingWay } from '../../../src/core/hosted/effect.ts';
import type { ForgeFacts, PullFact } from '../../../src/core/hosted/facts.ts';
import { landEffects, readRefusals } from '../../../src/core/hosted/land-effects.ts';
import { openLeases } from '../../../src/core/hosted/leases.ts';
import { seeLandings } from '../../../src/core/hosted/seen-landings.ts';
import { createForgeRecord, type ForgeRecord } from '../../../src/core/ledger/forge-record.ts';
import type { AttemptRecord, LandingRecord } from '../../../src/core/ledger/ledger.ts';
import { createQueueLedger } from '../../../src/core/ledger/transitions.ts';
import type { Action } from '../../../src/core/reconcile/action.ts';
import { aLedger, anAttempt, anEvidence, aPlan, aTask, fakeCommit, fakeTree, taskId } from '../../support/builders.ts';
import { aCheck, aPull, FREE_RULES, someFacts } from '../../support/hosted-builders.ts';
import { OWN_APP_ID } from '../../support/hosted-world.ts';

const A = taskId('a');
const TASK = aTask('a', { title: 'Do a `really`\nwell' });
const [BASE, HEAD, MERGE] = [fakeCommit('base'), fakeCommit('head'), fakeCommit('merge')];
const NOW = 1000;

function ledgerOf(landing: Partial<LandingRecord> = {}, attempt: Partial<AttemptRecord> = {}) {
  const begun = anAttempt({ status: 'verified' });
  const written: LandingRecord = {
    generation: 3,
    holder: 'app',
    startedAt: 0,
    fromSha: BASE,
    commitSha: MERGE,
    treeSha: fakeTree('merge'),
    refusal: null,
    notBefore: 0,
    way: 'merge',
    strength: 'audited',
    ...landing,
  };
  const evidence = anEvidence(TASK, begun, { headSha: HEAD });
  const attempts = [{ ...begun, evidence, landing: written, ...attempt }];
  const tasks = { [A]: { attempts, countFrom: 1, cancelled: null, notBefore: 0 } };
  return aLedger(aPlan([TASK]), { tasks, target: 'main' as ReturnType<typeof aLedger>['target'] });
}

interface Scene {
  way?: LandingWay;
  movesBranch?: boolean;
  pull?: Partial<PullFact> | null;
  facts?: Partial<ForgeFacts>;
  leases?: ForgeRecord['leases'];
}

function land({ way = 'merge', movesBranch = true, pull = {}, facts = {}, leases = {} }: Scene) {
  const ledger = ledgerOf();
  const record = { ...createForgeRecord(7), leases };
  const state = { ledger, queue: createQueueLedger(ledger.target), record };
  const action: Action = {
    kind: 'land',
    task: A,
    attempt: 1,
    generation: 3,
    target: ledger.target,
    fromSha: BASE,
    commitSha: MERGE,
  };
  const pulls = pull === null ? new Map() : new Map([[A, aPull({ headSha: MERGE, ...pull })]]);
  const open = openLeases(record, new Map(), { replica: 'replica-1', leaseMs: 60_000, nowMs: NOW });
  const plan = { way, movesBranch, strength: 'audited' as const, because: '' };
  return landEffects(state, someFacts({ pulls, ...facts }), [action], plan, open);
}

describe('a landing', () => {
  it('by fast-forward needs no pull request, and moves the base from the tip that was tried', () => {
    expect(land({ way: 'fast-forward', pull: null })).toMatchObject([
      { kind: 'land', key: 'land.3', way: 'fast-forward', base: 'main', from: BASE, to: MERGE, pullNodeId: null },
    ]);
  });

  it('carries the title on one line, and says what it is of', () => {
    const [effect] = land({ way: 'fast-forward' });
    const { title, message } = effect?.kind === 'land' ? effect : { title: '', message: '' };
    expect(title).not.toContain('\n');
    expect(title).toContain('a');
    expect(message).toContain('Espalier-Task: a');
  });

  it.each<[string, Scene, string | null]>([
    ['pins the tested merge where the branch is moved there', {}, MERGE],
    ['waits until the branch is there', { pull: { headSha: HEAD } }, null],
    ['pins the verified head where the branch stays', { movesBranch: false, pull: { headSha: HEAD } }, HEAD],
    ['waits while the branch is elsewhere', { movesBranch: false, pull: { headSha: fakeCommit('x') } }, null],
    ['waits for a pull request', { pull: null }, null],
    ['is left to the process that is at it', { leases: { 'land.3': { holder: 'replica-2', until: NOW + 1 } } }, null],
    ['is taken over from a process that is gone', { leases: { 'land.3': { holder: 'replica-2', until: NOW } } }, MERGE],
    [
      'is put into the queue of the forge once',
      { way: 'enqueue', pull: { queueEntry: { state: 'QUEUED', baseSha: null, headSha: null } } },
      null,
    ],
  ])('by the pull request %s', (_what, scene, to) => {
    expect(land(scene).map((effect) => (effect.kind === 'land' ? effect.to : ''))).toEqual(to === null ? [] : [to]);
  });

  it.each([
    ['is not there', [], 0],
    ['is pending', [aCheck('espalier/gate', { appId: OWN_APP_ID, status: 'pending' })], 0],
    ['is forged by another app', [aCheck('espalier/gate', { appId: 666 })], 0],
    ['has passed', [aCheck('espalier/gate', { appId: OWN_APP_ID })], 1],
  ] as const)('where the base asks for the check of the gate, which %s', (_what, checks, count) => {
    const rules = { ...FREE_RULES, requiredChecks: [{ name: 'espalier/gate', appId: null }] };
    expect(land({ facts: { rules }, pull: { checks } })).toHaveLength(count);
  });
});

describe('a refusal', () => {
  it.each<[EffectOutcome, string | null]>([
    [{ kind: 'refused', because: 'no' }, 'no'],
    [{ kind: 'forbidden', permission: 'contents', because: 'never' }, 'never'],
    [{ kind: 'elsewhere', because: 'it moved' }, null],
    [{ kind: 'done' }, null],
    [{ kind: 'later', notBeforeMs: 1, because: 'busy' }, null],
  ])('is what %j is', (outcome, because) => {
    const ledger = ledgerOf();
    const state = { ledger, queue: createQueueLedger(ledger.target), record: createForgeRecord(7) };
    const refusals = readRefusals(state, new Map([['land.3', outcome]]));
    expect([...refusals]).toEqual(because === null ? [] : [[MERGE, because]]);
    expect(readRefusals(state, new Map([['land.4', outcome]])).size).toBe(0);
  });
});

describe('a landing that the forge did by merging', () => {
  const mergeCommit = { sha: fakeCommit('made by the forge'), tree: fakeTree('made by the forge') };
  const see = (pull: Partial<PullFact>, landing: Partial<LandingRecord> = {}, attempt: Partial<AttemptRecord> = {}) => {
    const merged = aPull({ state: 'merged', headSha: HEAD, mergeCommit, ...pull });
    const landed = seeLandings(ledgerOf(landing, attempt), { landed: new Map(), pulls: new Map([[A, merged]]) });
    return landed.get(MERGE) ?? null;
  };
  const seen = { contained: true, tree: mergeCommit.tree, landedSha: mergeCommit.sha };

  it.each<[string, ReturnType<typeof see>, typeof seen | null]>([
    ['is seen by the verified head', see({}), seen],
    ['is seen by the tested merge', see({ headSha: MERGE }), seen],
    ['is not seen by another head', see({ headSha: fakeCommit('of a person') }), null],
    ['is not seen on another base', see({ baseBranch: 'other' }), null],
    ['is not seen while the pull request is open', see({ state: 'open' }), null],
    ['is not seen while the forge does not say what it made', see({ mergeCommit: null }), null],
    ['is not what a fast-forward is told by', see({}, { way: 'fast-forward' }), null],
    ['is not looked for where none is waited for', see({}, {}, { landing: null }), null],
    ['is not looked for once it is over', see({}, {}, { status: 'landed' }), null],
  ])('%s', (_what, found, wanted) => {
    expect(found).toEqual(wanted);
  });

  it('leaves what else was seen as it is', () => {
    const landed = new Map([[BASE, { contained: true, tree: null, landedSha: BASE }]]);
    expect(seeLandings(ledgerOf(), { landed, pulls: new Map() })).toBe(landed);
  });
});
