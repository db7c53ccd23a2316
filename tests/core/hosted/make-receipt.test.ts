import { describe, expect, it } from 'vitest';

import { digestText } from '../../../src/core/digest.ts';
import type { PlanId } from '../../../src/core/brand.ts';
import { failWork } from '../../../src/core/hosted/failed-work.ts';
import { makeReceipt, type ReceiptFacts } from '../../../src/core/hosted/make-receipt.ts';
import { readReceipt } from '../../../src/core/hosted/read-receipt.ts';
import type { ReceiptFact } from '../../../src/core/hosted/facts.ts';
import type { Evidence } from '../../../src/core/ledger/evidence.ts';
import { nextAttemptSeed, taskPhase } from '../../../src/core/schedule/progress.ts';
import { fakeCommit } from '../../support/builders.ts';
import { aLeg, RUN } from '../../support/hosted-builders.ts';
import { A, EVIDENCE, HEAD, ledgerOf, RUNNING, TASK } from './read-work-scene.ts';

const LEG = aLeg(A);
const WANTED = {
  nonce: 'plan.2',
  run: RUN,
  leg: LEG,
  awaited: { work: 'attempt' as const, plan: 'plan' as PlanId, task: A, attempt: RUNNING },
};

function receiptFor(evidence: Evidence, headSha = evidence.headSha) {
  const text = `${JSON.stringify(evidence)}\n`;
  const facts: ReceiptFacts = {
    plan: 'plan' as PlanId,
    nonce: 'plan.2',
    runId: RUN.id,
    leg: LEG,
    headSha,
    evidence: { text, sha256: digestText(text) },
    packSha256: null,
  };
  return makeReceipt(facts);
}

/** A receipt as the forge shows it, once it was pushed on its head. */
function asPushed(made: ReturnType<typeof makeReceipt>, artifacts: ReceiptFact['artifacts']): ReceiptFact {
  const isOnHead = JSON.parse(made.files['receipt.json']) as { headSha: string | null };
  return {
    commitSha: fakeCommit('receipt'),
    head: isOnHead.headSha === null ? null : { sha: HEAD.headSha, tree: HEAD.treeSha },
    receipt: made.files['receipt.json'],
    evidence: made.files['evidence.json'],
    evidenceDigest: digestText(made.files['evidence.json']),
    artifacts,
  };
}

describe('a receipt', () => {
  it('is believed by its reader, and stands where that looks', () => {
    const made = receiptFor(EVIDENCE);
    expect(made.branch).toBe('espalier-staging/plan/receipt/a.1.1');
    const artifacts = new Map([['espalier-a.1-evidence.json', digestText(made.files['evidence.json'])]]);
    expect(readReceipt(asPushed(made, artifacts), WANTED)).toEqual({
      kind: 'believed',
      result: { work: 'attempt', evidence: EVIDENCE },
    });
  });

  it('is the same for the same facts', () => {
    expect(receiptFor(EVIDENCE)).toEqual(receiptFor(structuredClone(EVIDENCE)));
  });
});

describe('a receipt that says why nothing was published', () => {
  const cause = 'publish-refused' as const;
  const refusal = failWork(ledgerOf(RUNNING), WANTED.awaited, { cause, detail: 'The pack is another.' }, 5);
  if (refusal.work !== 'attempt') throw new Error('It is of an attempt.');
  const { evidence } = refusal;

  it('is believed without an artifact: it was written after the last of them', () => {
    const reading = readReceipt(asPushed(receiptFor(evidence), new Map()), WANTED);
    expect(reading).toMatchObject({ kind: 'believed', result: { evidence: { failure: { cause } } } });
  });

  it.each([
    ['says that it is verified', { outcome: 'verified' as const }, null],
    [
      'has another cause',
      { failure: { cause: 'tests-failed' as const, detail: '', feedback: '', isTransient: false } },
      null,
    ],
    ['brings a head', HEAD, HEAD.headSha],
  ])('is not if it %s', (_name, change, head) => {
    const made = receiptFor({ ...evidence, ...change }, head);
    expect(readReceipt(asPushed(made, new Map()), WANTED).kind).toBe('later');
    const other = new Map([['espalier-a.1-evidence.json', digestText('another')]]);
    expect(readReceipt(asPushed(made, other), WANTED).kind).toBe('refused');
  });

  it('stops the task until a person runs it again, which then goes on from what this one was given', () => {
    const attempt = { ...RUNNING, status: 'failed' as const, evidence, carrySha: fakeCommit('carried') };
    const record = { attempts: [attempt], countFrom: 1, cancelled: null, notBefore: 0 };
    expect(taskPhase(TASK, record)).toBe('exhausted');
    expect(taskPhase(TASK, { ...record, countFrom: 2 })).toBe('open');
    expect(nextAttemptSeed(record)).toMatchObject({ carrySha: fakeCommit('carried') });
    const tests = {
      ...evidence,
      failure: { cause: 'tests-failed' as const, detail: '', feedback: '', isTransient: false },
    };
    expect(taskPhase(TASK, { ...record, attempts: [{ ...attempt, evidence: tests }] })).toBe('open');
  });
});
