import { describe, expect, it } from 'vitest';

import type { FailureCause } from '../../../src/core/ledger/evidence.ts';
import { nextAttemptSeed } from '../../../src/core/schedule/progress.ts';
import { anAttempt, anEvidence, aTask, fakeCommit } from '../../support/builders.ts';

const TASK = aTask('a');
const CARRIED = { carrySha: fakeCommit('pushed by a person'), feedback: 'mend it' };

function seedAfter(cause: FailureCause, status: 'failed' | 'cancelled', carried: Partial<typeof CARRIED> = CARRIED) {
  const attempt = anAttempt({ status, ...carried });
  const failure = { cause, detail: 'no', feedback: '', isTransient: false };
  const evidence = anEvidence(TASK, attempt, { outcome: status, failure, headSha: null, treeSha: null });
  return nextAttemptSeed({ attempts: [{ ...attempt, evidence }], countFrom: 1, cancelled: null, notBefore: 0 });
}

describe('the attempt after one whose run came to no verdict', () => {
  it.each([
    ['run-failed', 'failed'],
    ['run-lost', 'failed'],
    ['evidence-refused', 'failed'],
    ['run-cancelled', 'cancelled'],
  ] as const)('goes on from what that one was to go on from (%s)', (cause, status) => {
    expect(seedAfter(cause, status)).toEqual(CARRIED);
  });

  it('starts clean where that one did', () => {
    expect(seedAfter('run-failed', 'failed', {})).toEqual({ carrySha: null, feedback: null });
    expect(seedAfter('cancelled', 'cancelled')).toEqual({ carrySha: null, feedback: null });
  });
});
