/** What became of the attempts that the ledger says are running: evidence is taken in, orphans are taken over. */
import type { TaskId } from '../brand.ts';
import type { Evidence } from '../ledger/evidence.ts';
import type { AttemptRecord } from '../ledger/ledger.ts';
import { lastAttempt } from '../schedule/progress.ts';
import { isEvidenceOf } from './bound-results.ts';
import { note, ownerOf, recordOf, takeGeneration, writeLastAttempt, type Draft } from './draft.ts';
import { workKey } from './snapshot.ts';

/** Who is named for a task that was cancelled by cancelling its remote run. */
export const BY_CANCELLED_RUN = 'a cancelled run';

/** Follows the running attempt of one task, if it has one. */
export function followAttempt(draft: Draft, task: TaskId): void {
  const record = recordOf(draft, task);
  const attempt = lastAttempt(record);
  if (record === undefined || attempt === null || attempt.status !== 'running') return;
  const evidence = draft.snapshot.evidence.get(workKey(task, attempt.attempt, attempt.generation));
  if (evidence !== undefined && isEvidenceOf(evidence, { plan: draft.ledger.plan.id, task, attempt })) {
    takeInEvidence(draft, task, attempt, evidence);
    return;
  }
  const owner = ownerOf(draft, attempt.holder);
  if (owner === 'other') return;
  const isInFlight = draft.snapshot.inFlight.has(workKey(task, attempt.attempt, attempt.generation));
  if (record.cancelled !== null) {
    if (isInFlight) {
      draft.actions.push({
        kind: 'stop-attempt',
        task,
        attempt: attempt.attempt,
        generation: attempt.generation,
        because: `it was cancelled by ${record.cancelled.by}`,
      });
      return;
    }
    writeLastAttempt(draft, task, { ...attempt, status: 'cancelled' });
    note(draft, 'attempt-cancelled', task, attempt.attempt, `cancelled by ${record.cancelled.by}`);
    return;
  }
  if (owner === 'me' && isInFlight) return;
  resumeAttempt(draft, task, attempt, owner);
}

function resumeAttempt(draft: Draft, task: TaskId, attempt: AttemptRecord, owner: 'me' | 'gone'): void {
  // Mine but not in flight: written down, then lost before it began. The same generation may begin, since no
  // other process can have begun it. Another's: a new generation, so that what the old one may still write is ignored.
  const generation = owner === 'me' ? attempt.generation : takeGeneration(draft);
  if (owner === 'gone') {
    const money = renewReservation(draft, attempt);
    if (money === null) {
      writeLastAttempt(draft, task, { ...attempt, status: 'cancelled' });
      note(
        draft,
        'attempt-cancelled',
        task,
        attempt.attempt,
        'its process ended, and no money is left to run it again',
      );
      return;
    }
    writeLastAttempt(draft, task, {
      ...attempt,
      ...money,
      generation,
      holder: draft.snapshot.me,
      startedAt: draft.nowMs,
    });
    note(draft, 'attempt-resumed', task, attempt.attempt, 'its process ended before it did');
  }
  draft.actions.push({ kind: 'start-attempt', task, attempt: attempt.attempt, generation });
}

/**
 * Money for running an attempt again whose process died: what was set aside counts as spent, and as much again is set
 * aside as far as the plan's budget reaches; `null` if nothing is left of it.
 */
function renewReservation(draft: Draft, attempt: AttemptRecord): Pick<AttemptRecord, 'reservedUsd' | 'lostUsd'> | null {
  const { reservedUsd, lostUsd } = attempt;
  if (reservedUsd === null) return { reservedUsd, lostUsd };
  const { budgetUsd } = draft.ledger.plan;
  const renewedUsd = budgetUsd === null ? reservedUsd : Math.min(reservedUsd, budgetUsd - draft.spentUsd);
  if (renewedUsd <= 0) return null;
  draft.spentUsd += renewedUsd;
  return { reservedUsd: renewedUsd, lostUsd: lostUsd + reservedUsd };
}

function takeInEvidence(draft: Draft, task: TaskId, attempt: AttemptRecord, evidence: Evidence): void {
  const isWhole = evidence.headSha !== null && evidence.treeSha !== null;
  if (evidence.outcome === 'verified' && isWhole) {
    writeLastAttempt(draft, task, { ...attempt, status: 'verified', evidence });
    const score = evidence.reviews.findLast((review) => review.stage === 'verify')?.score ?? null;
    note(
      draft,
      'attempt-verified',
      task,
      attempt.attempt,
      score === null ? 'tests passed' : `tests passed, review ${score}/10`,
    );
    return;
  }
  if (evidence.outcome === 'cancelled') {
    // Who cancels a remote run means its task; a run that merely broke off is begun again.
    const isMeant = evidence.failure?.cause === 'run-cancelled';
    const extra = isMeant ? { cancelled: { at: draft.nowMs, by: BY_CANCELLED_RUN } } : {};
    writeLastAttempt(draft, task, { ...attempt, status: 'cancelled', evidence }, extra);
    note(draft, 'attempt-cancelled', task, attempt.attempt, evidence.failure?.detail ?? 'cancelled');
    return;
  }
  const notBefore = evidence.failure?.isTransient === true ? draft.nowMs + draft.config.backoffMs : 0;
  writeLastAttempt(draft, task, { ...attempt, status: 'failed', evidence }, { notBefore });
  const failure = evidence.failure;
  note(
    draft,
    'attempt-failed',
    task,
    attempt.attempt,
    failure === null ? 'it left no head' : `${failure.cause}: ${failure.detail}`,
  );
}
