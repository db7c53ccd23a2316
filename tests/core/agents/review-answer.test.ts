import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isReviewPassed, readReviewAnswer } from '../../../src/core/agents/review-answer.ts';

const BLOCKING = { severity: 'blocking' as const, path: 'a.ts', line: 3, message: 'wrong' };

describe('readReviewAnswer', () => {
  it.each([
    ['the object alone', '{"score": 8, "findings": []}'],
    ['prose before and after', 'I read {it} all.\n\n{"score": 8, "findings": []}\nBye {x}'],
    ['a code fence', '```json\n{"score": 8, "findings": []}\n```\n'],
    ['several objects, of which the last counts', '{"score": 2, "findings": []}\n{"score": 8, "findings": []}'],
    ['a member that is not known', '{"score": 8, "findings": [], "summary": "fine {"}'],
  ])('finds the answer in %s', (_name, text) => {
    expect(readReviewAnswer(text)).toEqual({ kind: 'scored', score: 8, findings: [] });
  });

  it('reads findings, with and without a place', () => {
    const answer = readReviewAnswer(
      JSON.stringify({ score: 3.5, findings: [BLOCKING, { severity: 'note', message: 'a {"score": 10} b' }] }),
    );
    expect(answer).toEqual({
      kind: 'scored',
      score: 3.5,
      findings: [BLOCKING, { severity: 'note', path: null, line: null, message: 'a {"score": 10} b' }],
    });
  });

  it.each([
    ['nothing', ''],
    ['prose', 'Looks good to me, 10/10!'],
    ['a score of 11', '{"score": 11, "findings": []}'],
    ['a negative score', '{"score": -1, "findings": []}'],
    ['a score as text', '{"score": "10/10", "findings": []}'],
    ['NaN', '{"score": NaN, "findings": []}'],
    ['no score', '{"findings": []}'],
    ['null as score', '{"score": null, "findings": []}'],
    ['no findings', '{"score": 10}'],
    ['findings that are no list', '{"score": 10, "findings": "none"}'],
    ['an unknown severity', '{"score": 10, "findings": [{"severity": "fatal", "message": "x"}]}'],
    ['a finding without text', '{"score": 10, "findings": [{"severity": "note", "message": ""}]}'],
    ['half an object', '{"score": 10, "findings": ['],
  ])('never takes %s for a score', (_name, text) => {
    expect(readReviewAnswer(text).kind).toBe('unreadable');
  });

  it('does not take an earlier object when the last one is invalid', () => {
    expect(readReviewAnswer('{"score": 10, "findings": []}\n{"score": 99, "findings": []}').kind).toBe('unreadable');
  });

  it('is done with braces without end at once', () => {
    const before = performance.now();
    expect(readReviewAnswer('{'.repeat(300_000)).kind).toBe('unreadable');
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it('reads back any valid answer with any prose around it', () => {
    const finding = fc.record({
      severity: fc.constantFrom('blocking' as const, 'warning' as const, 'note' as const),
      path: fc.constantFrom(null, 'a/b.ts'),
      line: fc.constantFrom(null, 1, 99),
      message: fc.string({ minLength: 1 }).filter((text) => /^[\x20-\x7e]+$/.test(text) && text.trim() === text),
    });
    const answer = fc.record({ score: fc.integer({ min: 0, max: 10 }), findings: fc.array(finding, { maxLength: 5 }) });
    fc.assert(
      fc.property(answer, fc.string({ unit: fc.constantFrom('a', ' ', '}', '\n', ':') }), (wanted, prose) => {
        expect(readReviewAnswer(`${prose}${JSON.stringify(wanted)}${prose}`)).toEqual({ kind: 'scored', ...wanted });
      }),
    );
  });
});

describe('isReviewPassed', () => {
  it.each([
    [10, [], 10, true],
    [9.9, [], 10, false],
    [10, [BLOCKING], 10, false],
    [10, [BLOCKING], 0, false],
    [7, [{ ...BLOCKING, severity: 'warning' as const }], 7, true],
  ])('a score of %d with %j against %d is %s', (score, findings, threshold, wanted) => {
    expect(isReviewPassed({ score, findings }, threshold)).toBe(wanted);
  });
});
