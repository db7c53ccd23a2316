/**
 * Whose turn it is to land on a base that is not moved by compare-and-swap. The turn stands in the base's ledger, which
 * all plans share, and is taken before a landing is written: so that no plan's landing moves the base under another's.
 *
 * The two ledgers do not move together. So the turn is taken by a write of its own, is only believed once it was read
 * back, and a landing is only asked for while so much of it is left that the asking is over before it lapses.
 */
import type { TaskId } from '../brand.ts';
import type { QueueLedger } from '../ledger/ledger.ts';
import { lastAttempt } from '../schedule/progress.ts';
import { recordOf, type Draft } from './draft.ts';

/** How many leases a turn lasts: a landing may wait for the forge's checks, and nobody writes while nothing happens. */
const LEASES_PER_TURN = 10;

type Turn = NonNullable<QueueLedger['turn']>;

/**
 * True if the landing of a trial of this generation may be asked for now. Where it has to be its turn and is not, it is
 * taken if it is free, and the answer is still no.
 */
export function holdTurn(draft: Draft, task: TaskId, generation: number): boolean {
  if (draft.config.landingStrength === 'exact') return true;
  const { nowMs, config } = draft;
  const turn = draft.queue.turn ?? null;
  const isOurs = turn !== null && isTurnOf(turn, draft, task, generation);
  if (turn !== null && turn.until > nowMs && turn.plan !== draft.ledger.plan.id) return false;
  draft.wantsTurn = true;
  const turnMs = config.leaseMs * LEASES_PER_TURN;
  const isFresh = isOurs && turn.until - nowMs > turnMs / 2;
  if (!isFresh)
    draft.queue = {
      ...draft.queue,
      turn: { plan: draft.ledger.plan.id, task, generation, until: nowMs + turnMs },
    };
  return isOurs && turn.until - nowMs > config.leaseMs;
}

/** Frees the turn of this plan if nothing of it is about to land, so that no other plan waits for it to lapse. */
export function settleTurn(draft: Draft): void {
  const turn = draft.queue.turn ?? null;
  if (turn === null || turn.plan !== draft.ledger.plan.id || draft.wantsTurn) return;
  const landing = lastAttempt(recordOf(draft, turn.task))?.landing ?? null;
  // What the forge is doing at this moment still needs it.
  const isUnderWay = landing !== null && draft.snapshot.busyLandings?.has(landing.commitSha) === true;
  if (!isUnderWay) draft.queue = { ...draft.queue, turn: null };
}

function isTurnOf(turn: Turn, draft: Draft, task: TaskId, generation: number): boolean {
  return turn.plan === draft.ledger.plan.id && turn.task === task && turn.generation === generation;
}
