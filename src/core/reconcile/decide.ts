/**
 * The heart: one snapshot in, the next ledgers and the actions out. It decides; it does nothing.
 *
 * - An event is a hint to look again. Everything is read from the snapshot, so duplicates, losses and reordering
 *   of events change nothing.
 * - Every action is in the returned ledger before the shell may do it (write-ahead). The shell moves the ledger by
 *   compare-and-swap; if that fails it throws the decision away and decides again from a fresh snapshot.
 * - Deciding again on the result, with the actions in flight, decides nothing new.
 */
import type { TaskId } from '../brand.ts';
import type { PlanLedger, QueueLedger } from '../ledger/ledger.ts';
import { landedAttempt } from '../schedule/progress.ts';
import type { Action } from './action.ts';
import { advanceQueue } from './advance-queue.ts';
import { catchUpQueue } from './catch-up-queue.ts';
import { dispatchAttempts } from './dispatch-attempts.ts';
import { openDraft, ownerOf, settleDraft, type DecisionNote, type Draft } from './draft.ts';
import { followAttempt } from './follow-attempts.ts';
import { followFinal } from './follow-final.ts';
import { followLanding } from './follow-landings.ts';
import { settleClaim } from './landing-claim.ts';
import { settleTurn } from './landing-turn.ts';
import type { DecideConfig, Snapshot } from './snapshot.ts';

export interface Decision {
  /** The same object as in the snapshot if nothing changed. */
  ledger: PlanLedger;
  queue: QueueLedger;
  actions: Action[];
  notes: DecisionNote[];
}

/**
 * Decides what happens next. `nowMs` is milliseconds since the epoch. Pure: equal arguments, equal decision.
 * Cost is linear in the plan (sorting apart, which is done once per plan).
 */
export function decide(snapshot: Snapshot, config: DecideConfig, nowMs: number): Decision {
  const draft = openDraft(snapshot, config, nowMs);
  renewLease(draft);
  catchUpQueue(draft);
  const tasksWithHistory = (Object.keys(snapshot.ledger.tasks) as TaskId[]).filter(
    (task) => landedAttempt(snapshot.ledger.tasks[task]) === null && draft.index.task(task) !== undefined,
  );
  for (const task of tasksWithHistory) {
    followAttempt(draft, task);
    followLanding(draft, task);
  }
  advanceQueue(draft, tasksWithHistory);
  dispatchAttempts(draft);
  followFinal(draft);
  settleDraft(draft);
  settleTurn(draft);
  settleClaim(draft);
  return { ledger: draft.ledger, queue: draft.queue, actions: draft.actions, notes: draft.notes };
}

/** Keeps my lease ahead of now, and forgets the holders whose lease is over. */
function renewLease(draft: Draft): void {
  const { snapshot, config, nowMs } = draft;
  const mine = draft.ledger.holders[snapshot.me];
  if (mine === undefined) return;
  const others = Object.entries(draft.ledger.holders).filter(([id]) => id !== snapshot.me);
  const live = others.filter(([id]) => ownerOf(draft, id) === 'other');
  const isDue = mine.until - nowMs < config.leaseMs / 2;
  if (!isDue && live.length === others.length) return;
  const renewed = isDue ? { ...mine, until: nowMs + config.leaseMs } : mine;
  draft.ledger = { ...draft.ledger, holders: { ...Object.fromEntries(live), [snapshot.me]: renewed } };
}
