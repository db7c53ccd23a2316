import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CommitSha } from '../../../src/core/brand.ts';
import { publishHeads, wantedHead } from '../../../src/core/hosted/publish-heads.ts';
import { createForgeRecord } from '../../../src/core/ledger/forge-record.ts';
import type { AttemptRecord } from '../../../src/core/ledger/ledger.ts';
import { createQueueLedger } from '../../../src/core/ledger/transitions.ts';
import {
  aLedger,
  anAttempt,
  anEvidence,
  aPlan,
  aTask,
  aTestResult,
  aTrial,
  fakeCommit,
  taskId,
} from '../../support/builders.ts';
import { someFacts } from '../../support/hosted-builders.ts';

const A = taskId('a');
const TASK = aTask('a');
const HEAD = fakeCommit('head');
const TRIAL = fakeCommit('trial');
const EARLIER = fakeCommit('earlier trial');
const PERSON = fakeCommit('of a person');
const TASK_BRANCH = 'espalier/plan/a';

function verified(overrides: Partial<AttemptRecord> = {}): AttemptRecord {
  const begun = anAttempt({ status: 'verified' });
  return { ...begun, evidence: anEvidence(TASK, begun, { headSha: HEAD }), ...overrides };
}

/** Tried and tested on the tip. */
function tried(overrides: Partial<AttemptRecord> = {}): AttemptRecord {
  const trial = { generation: 2, holder: 'app', startedAt: 0, ontoSha: fakeCommit('base'), result: null };
  const attempt = verified({ trial });
  const result = aTrial(TASK, attempt, { commitSha: TRIAL });
  return { ...attempt, trial: { ...trial, result }, tried: [EARLIER, TRIAL], ...overrides };
}

function movesOf(attempt: AttemptRecord, tip: CommitSha | null, movesBranch = false) {
  const record = { attempts: [attempt], countFrom: 1, cancelled: null, notBefore: 0 };
  const ledger = aLedger(aPlan([TASK]), { tasks: { [A]: record } });
  const state = { ledger, queue: createQueueLedger(ledger.target), record: createForgeRecord(7) };
  const facts = someFacts({ branches: tip === null ? new Map() : new Map([[A, tip]]) });
  return publishHeads(state, facts, [], movesBranch).flatMap((effect) =>
    effect.kind === 'move-branches' ? effect.moves : [],
  );
}

describe('the branch of a task', () => {
  it.each<[string, AttemptRecord, CommitSha | null, boolean, CommitSha | null]>([
    ['is made at the verified head', verified(), null, false, HEAD],
    ['stays where it is right', verified(), HEAD, false, null],
    ['stays where the tested merge is not wanted', tried(), HEAD, false, null],
    ['goes to the tested merge where the checks are to run on it', tried(), HEAD, true, TRIAL],
    ['goes there from where an earlier merge put it', tried(), EARLIER, true, TRIAL],
    ['goes back to the head while the next merge is made', verified({ tried: [EARLIER] }), EARLIER, true, HEAD],
    ['stays while an attempt runs', anAttempt(), null, false, null],
    ['stays where a person pushed', verified(), PERSON, false, null],
    ['stays where a person pushed, also for the tested merge', tried(), PERSON, true, null],
  ])('%s', (_what, attempt, tip, movesBranch, to) => {
    expect(movesOf(attempt, tip, movesBranch).map((move) => move.to)).toEqual(to === null ? [] : [to]);
  });

  it('goes once its task has landed, unless a person has moved it', () => {
    const landed = { ...tried(), status: 'landed' as const };
    expect(movesOf(landed, HEAD)).toEqual([{ branch: TASK_BRANCH, from: HEAD, to: null, force: false }]);
    expect(movesOf(landed, PERSON)).toEqual([]);
    expect(movesOf(landed, null)).toEqual([]);
  });

  it('wants the head of a merge that failed its tests never', () => {
    const attempt = tried();
    const failed = aTestResult(TASK, aTrial(TASK, attempt).treeSha ?? anEvidence(TASK, attempt).baseTreeSha, {
      status: 'failed',
    });
    const trial = attempt.trial === null ? null : { ...attempt.trial, result: aTrial(TASK, attempt, { test: failed }) };
    expect(wantedHead({ ...attempt, trial }, true)).toBe(HEAD);
  });

  it('is moved from nowhere but where Espalier may have left it, and only within its own name space', () => {
    const commits = [HEAD, TRIAL, EARLIER, PERSON, fakeCommit('base'), fakeCommit('any')];
    const own = new Set([HEAD, TRIAL, EARLIER]);
    fc.assert(
      fc.property(
        fc.constantFrom<AttemptRecord>(verified(), tried(), { ...tried(), status: 'landed' }, anAttempt()),
        fc.option(fc.constantFrom(...commits)),
        fc.boolean(),
        (attempt, tip, movesBranch) => {
          for (const move of movesOf(attempt, tip, movesBranch)) {
            expect(move.branch).toMatch(/^espalier\/plan\/a$/);
            expect(move.from).toBe(tip);
            expect(move.from === null || own.has(move.from)).toBe(true);
          }
        },
      ),
    );
  });
});

describe('a receipt that was believed', () => {
  const receipt = {
    task: A,
    attempt: 1,
    generation: 1,
    receiptSha: fakeCommit('receipt'),
    headSha: HEAD,
    isGiven: false,
  };
  const publish = (given: Partial<typeof receipt>, tip: CommitSha | null = null) => {
    const record = { attempts: [verified()], countFrom: 1, cancelled: null, notBefore: 0 };
    const ledger = aLedger(aPlan([TASK]), { tasks: { [A]: record } });
    const state = { ledger, queue: createQueueLedger(ledger.target), record: createForgeRecord(7) };
    const facts = someFacts({ branches: tip === null ? new Map() : new Map([[A, tip]]) });
    return publishHeads(state, facts, [{ ...receipt, ...given }], false);
  };

  it('has its head kept as the attempt, put on the branch of the task, and goes, all in one', () => {
    expect(publish({})).toEqual([
      {
        kind: 'move-branches',
        key: 'receipt.a.1',
        moves: [
          { branch: 'espalier/plan/a.1', from: null, to: HEAD, force: false },
          { branch: TASK_BRANCH, from: null, to: HEAD, force: true },
          { branch: 'espalier-staging/plan/receipt/a.1.1', from: fakeCommit('receipt'), to: null, force: false },
        ],
      },
    ]);
  });

  it('keeps a branch that a person pushed to, and the attempt beside it', () => {
    const [effect] = publish({}, PERSON);
    const branches = effect?.kind === 'move-branches' ? effect.moves.map(({ branch }) => branch) : [];
    expect(branches).toEqual(['espalier/plan/a.1', 'espalier-staging/plan/receipt/a.1.1']);
  });

  it('of a head that stood on a branch already, or of none, only goes', () => {
    for (const given of [{ isGiven: true }, { headSha: null as unknown as CommitSha }]) {
      const [effect] = publish(given, HEAD);
      const branches = effect?.kind === 'move-branches' ? effect.moves.map(({ branch }) => branch) : [];
      expect(branches).toEqual(['espalier-staging/plan/receipt/a.1.1']);
    }
  });
});
