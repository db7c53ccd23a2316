import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PlanId } from '../../../src/core/brand.ts';
import { readWorkRecord, shortenFindings, type WorkRecord } from '../../../src/core/ledger/work-record.ts';
import { anAttempt, anEvidence, aTask, aTestResult, fakeCommit, fakeDigest, fakeTree } from '../../support/builders.ts';

const TASK = aTask('a');
const TREE = fakeTree('head');
const [REVIEW] = anEvidence(TASK, anAttempt()).reviews;
if (REVIEW === undefined) throw new Error('The evidence of the fixture has no review.');
const WANTED = {
  plan: 'plan' as PlanId,
  task: TASK.id,
  attempt: 1,
  generation: 2,
  taskDigest: fakeDigest('a'),
  baseSha: fakeCommit('base'),
};
const WORK_TEST = { ...aTestResult(TASK, TREE), stage: 'work' as const, reused: false as const };
const WORK_REVIEW = { ...REVIEW, stage: 'work' as const };
const RECORD: WorkRecord = {
  version: 1,
  ...WANTED,
  head: { commitSha: fakeCommit('head'), treeSha: TREE, atMs: 1_700_000_000_000 },
  tests: [WORK_TEST],
  reviews: [WORK_REVIEW],
  iterations: 2,
  usage: { costUsd: 0.5, inputTokens: 10, outputTokens: 20, turns: 3 },
  timings: { agent: 12.5, total: 20, overhead: 7.5 },
  sandbox: { engine: 'docker', profile: 'strict', waived: ['seccomp'] },
  startedAt: 1_700_000_000_000,
  endedAt: 1_700_000_001_000,
};

function read(record: unknown) {
  return readWorkRecord(typeof record === 'string' ? record : JSON.stringify(record), WANTED);
}

describe('the record of work', () => {
  it.each([
    ['of a head', RECORD],
    ['of no head', { ...RECORD, head: null, tests: [], reviews: [] }],
    ['of unknown usage', { ...RECORD, usage: { costUsd: null, inputTokens: null, outputTokens: null, turns: null } }],
  ])('%s is read as it was written', (_name, record) => {
    expect(read(record)).toEqual({ ok: true, value: record });
  });

  it.each([
    ['a test of the verification', { tests: [{ ...WORK_TEST, stage: 'verify' }] }, 'tests.0.stage'],
    ['a test with the base’s tests', { tests: [{ ...WORK_TEST, stage: 'base-tests' }] }, 'tests.0.stage'],
    ['a test of a trial', { tests: [WORK_TEST, { ...WORK_TEST, stage: 'trial' }] }, 'tests.1.stage'],
    ['a test that stood in for a run', { tests: [{ ...WORK_TEST, reused: true }] }, 'tests.0.reused'],
    ['an independent review', { reviews: [{ ...WORK_REVIEW, stage: 'verify' }] }, 'reviews.0.stage'],
    ['a score above the scale', { reviews: [{ ...WORK_REVIEW, score: 11 }] }, 'reviews.0.score'],
    ['a gain', { usage: { ...RECORD.usage, costUsd: -1 } }, 'usage.costUsd'],
    ['tokens given back', { usage: { ...RECORD.usage, inputTokens: -1 } }, 'usage.inputTokens'],
    ['more money than there is', { usage: { ...RECORD.usage, costUsd: 1e300 } }, 'usage.costUsd'],
    ['more time than there is', { timings: { agent: 1e300 } }, 'timings.agent'],
    ['time of a stage that is no word', { timings: { 'a b': 1 } }, 'timings'],
    ['a head that is a branch', { head: { ...RECORD.head, commitSha: 'main' } }, 'head.commitSha'],
    ['a date that git does not write', { head: { ...RECORD.head, atMs: 1e18 } }, 'head.atMs'],
    ['an engine that nobody knows', { sandbox: { ...RECORD.sandbox, engine: 'chroot' } }, 'sandbox.engine'],
    ['a waived property that is none', { sandbox: { ...RECORD.sandbox, waived: ['all'] } }, 'sandbox.waived'],
    ['rounds without end', { iterations: 1_000_000 }, 'iterations'],
    ['tests without end', { tests: Array.from({ length: 201 }, () => WORK_TEST) }, 'tests'],
    ['an output without end', { tests: [{ ...WORK_TEST, tail: 'x'.repeat(70_000) }] }, 'tests.0.tail'],
    ['a word of its own about the outcome', { outcome: 'verified' }, 'outcome'],
    ['another version', { version: 2 }, 'version'],
  ])('is refused with %s', (_name, over, where) => {
    expect(read({ ...RECORD, ...over })).toEqual({ ok: false, because: expect.stringContaining(where) as string });
  });

  it.each([
    ['plan', { plan: 'other' }],
    ['task', { task: 'b' }],
    ['attempt', { attempt: 2 }],
    ['generation', { generation: 1 }],
    ['task text', { taskDigest: fakeDigest('b') }],
    ['base', { baseSha: fakeCommit('elsewhere') }],
  ])('of another %s is refused', (what, over) => {
    expect(read({ ...RECORD, ...over })).toEqual({
      ok: false,
      because: `the work record is of another ${what} than the one that was dispatched`,
    });
  });

  it('is refused where it is too long to be one, before it is looked at', () => {
    expect(read(`[${' '.repeat(8 * 1024 * 1024)}`)).toMatchObject({
      ok: false,
      because: expect.stringContaining('more than') as string,
    });
  });

  it('is refused, and nothing is thrown, where the text is anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(read(text)).toEqual({ ok: false, because: expect.stringContaining('the work record is not') as string });
      }),
    );
  });

  it('cannot bring escapes or hidden characters before people', () => {
    const evil = 'a\u001b[2Jb\u202ec\u0007';
    const finding = { severity: 'note' as const, path: `${evil}\nx`, line: 1, message: evil };
    const found = read({
      ...RECORD,
      tests: [{ ...WORK_TEST, tail: `${evil}\nend` }],
      reviews: [{ ...WORK_REVIEW, detail: evil, reviewer: evil, findings: [finding] }],
    });
    expect(found).toMatchObject({
      ok: true,
      value: {
        tests: [{ tail: 'abc\nend' }],
        reviews: [{ detail: 'abc', reviewer: 'abc', findings: [{ path: 'abc x', message: 'abc' }] }],
      },
    });
  });
});

describe('the findings of a record', () => {
  const finding = (length: number) => ({
    severity: 'note' as const,
    path: null,
    line: null,
    message: 'x'.repeat(length),
  });
  const sizes = fc.array(fc.array(fc.constantFrom(1, 1000, 4000), { maxLength: 220 }), { maxLength: 40 });

  it('stay below what evidence may hold, and the newest review keeps its own', () => {
    fc.assert(
      fc.property(sizes, (rounds) => {
        const reviews = rounds.map((lengths) => ({ findings: lengths.map(finding) }));
        const kept = shortenFindings(reviews);
        const text = (review: { findings: { message: string }[] }): number =>
          review.findings.reduce((sum, { message }) => sum + message.length, 0);
        expect(kept).toHaveLength(reviews.length);
        expect(kept.reduce((sum, review) => sum + text(review), 0)).toBeLessThanOrEqual(1024 * 1024);
        expect(kept.at(-1)?.findings).toEqual(reviews.at(-1)?.findings.slice(0, 200));
      }),
      { numRuns: 50 },
    );
  });

  it('are all there where there is room for them', () => {
    const reviews = [{ findings: [finding(10)] }, { findings: [] }, { findings: [finding(5), finding(1)] }];
    expect(shortenFindings(reviews)).toEqual(reviews);
  });
});
