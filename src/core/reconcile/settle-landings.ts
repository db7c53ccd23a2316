/** What became of the landings that were written ahead, before the plan that they were decided under is replaced. */
import type { CommitSha, TaskId } from '../brand.ts';
import type { PlanLedger, QueueLedger } from '../ledger/ledger.ts';
import { landedAttempt, lastAttempt } from '../schedule/progress.ts';
import { openDraft, settleDraft } from './draft.ts';
import { followLanding } from './follow-landings.ts';
import type { DecideConfig, Snapshot } from './snapshot.ts';

/**
 * Certifies the landings that took effect, under the plan as it is; withdraws the others, so that what the next
 * revision lands was gated by that revision. Only valid while no other process is at work.
 */
export function settleLandings(
  ledger: PlanLedger,
  queue: QueueLedger,
  facts: Pick<Snapshot, 'me' | 'landed'>,
  config: DecideConfig,
  nowMs: number,
): { ledger: PlanLedger; queue: QueueLedger } {
  const snapshot: Snapshot = {
    ledger,
    queue,
    ...facts,
    deadHolders: [],
    // No tip is the one that a landing was decided on, so that what has not landed yet does not.
    tip: null,
    inFlight: new Set(),
    evidence: new Map(),
    trials: new Map(),
    final: null,
    refusals: new Map(),
  };
  const draft = openDraft(snapshot, config, nowMs);
  for (const [id, record] of Object.entries(ledger.tasks))
    if (landedAttempt(record) === null && lastAttempt(record)?.landing != null) followLanding(draft, id as TaskId);
  settleDraft(draft);
  return { ledger: draft.ledger, queue: draft.queue };
}

/** Commits of the landings that are written ahead. */
export function listPendingLandings(ledger: PlanLedger): CommitSha[] {
  return Object.values(ledger.tasks).flatMap((record) => {
    const last = lastAttempt(record);
    return last?.status === 'verified' && last.landing !== null ? [last.landing.commitSha] : [];
  });
}
