/** A review that is asked for once more if it gave no score: that is the reviewer's fault, not the agent's. */
import type { ReviewResult } from '../../core/ledger/evidence.ts';
import type { AgentChoice } from '../../core/plan/plan.ts';
import type { AttemptOrder } from '../orders.ts';
import { budgetLeft, recordUsage, type AttemptState } from './attempt-state.ts';
import type { Checkout } from './checkout.ts';
import { makeFailure, type Failure } from './failure.ts';
import type { JudgedChange } from './judge-tree.ts';
import { runReview } from './run-review.ts';
import type { WorkRoom } from './work-room.ts';

const TRIES = 2;

/** What is reviewed, and where its result and its cost are written down. */
export interface RetriedReviewOrder {
  order: AttemptOrder;
  state: AttemptState;
  reviewer: AgentChoice;
  stage: ReviewResult['stage'];
  iteration: number;
  change: JudgedChange;
}

/** Reviews; every review is recorded in the state, also one without a score. */
export async function reviewWithRetry(
  room: WorkRoom,
  checkout: Checkout,
  { order, state, reviewer, stage, iteration, change }: RetriedReviewOrder,
): Promise<{ kind: 'reviewed'; review: ReviewResult } | { kind: 'stopped'; failure: Failure }> {
  for (let tries = 1; ; tries++) {
    const budgetUsd = budgetLeft(order, state);
    if (budgetUsd === 0 && reviewer.kind === 'preset') {
      const detail =
        'The budget of the attempt is used up, or what was spent of it is unknown, so no review can be paid for. Raise the budget of the task.';
      return { kind: 'stopped', failure: makeFailure('review-failed', detail) };
    }
    const outcome = await runReview(room, checkout, {
      task: order.task,
      reviewer,
      stage,
      iteration,
      change,
      budgetUsd,
    });
    if (outcome.kind === 'stopped') return outcome;
    recordUsage(state, outcome.usage);
    state.reviews.push(outcome.review);
    // A reviewer that timed out once took all the time there was.
    if (outcome.review.status !== 'error' || tries === TRIES) return { kind: 'reviewed', review: outcome.review };
  }
}
