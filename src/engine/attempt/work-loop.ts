/**
 * The rounds of one attempt: agent, intake, rules, tests, review. What is found goes back to the agent while rounds
 * are left. Every round that changed something leaves a commit, which is protected before it is judged.
 */
import { renderReviewFeedback, renderTestFeedback } from '../../core/agents/feedback.ts';
import { isReviewPassed } from '../../core/agents/review-answer.ts';
import { renderPrompt } from '../../core/agents/prompt.ts';
import { attemptMessage } from '../../core/attempts/commit-message.ts';
import type { CommitSha, TreeSha } from '../../core/brand.ts';
import { suiteDigest } from '../../core/gate/bindings.ts';
import { countOf } from '../../core/report/amounts.ts';
import type { FailureCause } from '../../core/ledger/evidence.ts';
import type { AttemptOrder } from '../orders.ts';
import { budgetLeft, recordUsage, type AttemptState } from './attempt-state.ts';
import type { Checkout } from './checkout.ts';
import { makeFailure, type Failure } from './failure.ts';
import { judgeTree, sayViolated, type JudgedChange } from './judge-tree.ts';
import { logHint } from './log-hint.ts';
import { runAgent } from './run-agent.ts';
import { reviewWithRetry } from './review-with-retry.ts';
import { runTests } from './run-suite.ts';
import { takeInWorktree, tidyWorktree } from './take-in.ts';
import type { WorkRoom } from './work-room.ts';

/** Everything that the rounds work on. */
export interface WorkOrder {
  order: AttemptOrder;
  checkout: Checkout;
  baseTree: TreeSha;
  /** Paths that were given to the agent with conflict markers. */
  conflictedPaths: readonly string[];
  state: AttemptState;
  /** Protects a head before it is judged, so that no work depends on a worktree; `null` if that went well. */
  protect: (head: CommitSha) => Promise<Failure | null>;
}

/** What a round came to: `good` may be verified, `again` goes back to the agent, `over` ends the attempt. */
type RoundEnd =
  | { kind: 'good' }
  | { kind: 'again'; cause: FailureCause; detail: string; feedback: string }
  | { kind: 'over'; failure: Failure };

/** Works until the change is good, rounds run out, or something ends it. `null` if it is good. */
export async function runRounds(room: WorkRoom, work: WorkOrder): Promise<Failure | null> {
  const { iterations } = work.order.task.review;
  let last: Extract<RoundEnd, { kind: 'again' }> | null = null;
  let hasHandedBackNothing = false;
  for (let iteration = 1; iteration <= iterations; iteration++) {
    work.state.iterations = iteration;
    const end = await runRound(room, work, iteration, last?.feedback ?? null);
    if (end.kind === 'good') return null;
    if (end.kind === 'over') return end.failure;
    if (end.cause === 'no-change' && hasHandedBackNothing) return giveUp(end);
    hasHandedBackNothing = end.cause === 'no-change';
    last = end;
    const failure = iteration < iterations ? await tidyAfter(room, work) : null;
    if (failure !== null) return failure;
  }
  return last === null ? makeFailure('internal', 'The task allows no rounds.') : giveUp(last);
}

function giveUp({ cause, detail, feedback }: Extract<RoundEnd, { kind: 'again' }>): Failure {
  return makeFailure(cause, detail, { feedback });
}

async function runRound(
  room: WorkRoom,
  work: WorkOrder,
  iteration: number,
  feedback: string | null,
): Promise<RoundEnd> {
  const { state, checkout } = work;
  const before = state.head?.tree ?? null;
  const budgetUsd = budgetLeft(work.order, state);
  if (budgetUsd === 0 && iteration > 1)
    return over(
      'agent-failed',
      'The budget of the attempt is used up, or what was spent of it is unknown. Raise the budget of the task.',
    );
  room.progress.update({ stage: 'agent', iteration, activity: '' });
  const prompt = makePrompt(room, work, iteration, feedback);
  const agent = await room.watch.measure('agent', () =>
    runAgent(room, checkout, { task: work.order.task, prompt, iteration, budgetUsd }),
  );
  recordUsage(state, agent.usage);
  room.progress.update({ stage: 'intake', costUsd: state.usage?.costUsd ?? null });
  const intake = await room.watch.measure('intake', () => takeInRound(room, work));
  // What the agent did comes first as the cause; that nothing could be taken in then follows from it.
  if (agent.failure !== null) return { kind: 'over', failure: agent.failure };
  if (intake.kind === 'failed') return { kind: 'over', failure: intake.failure };
  if (room.signal.aborted) return over('cancelled', 'Stopped after the agent had ended.');
  if (intake.tree === work.baseTree)
    return again('no-change', 'The agent ended without an error and changed nothing.', NO_CHANGE_FEEDBACK);
  if (state.change === null) return over('internal', 'The change was taken in but not judged.');
  return judgeRound(room, work, state.change, { iteration, isUnchanged: intake.tree === before });
}

const NO_CHANGE_FEEDBACK =
  'You ended without changing any file that counts (files that git ignores do not). Do the task by editing files in the worktree.';

function makePrompt(room: WorkRoom, work: WorkOrder, iteration: number, feedback: string | null): string {
  const { order } = work;
  return renderPrompt({
    planTitle: order.planTitle,
    task: order.task,
    protectedPaths: room.deps.policy.protectedPaths,
    attempt: order.attempt,
    iteration,
    iterations: order.task.review.iterations,
    earlierFeedback: order.feedback,
    iterationFeedback: feedback,
    conflictedPaths: work.conflictedPaths,
    hasCarriedWork: order.carrySha !== null,
  });
}

type RoundIntake = { kind: 'taken'; tree: TreeSha } | { kind: 'failed'; failure: Failure };

/** Takes the files in, makes the commit, protects it, and looks at what changed. */
async function takeInRound(
  room: WorkRoom,
  { order, checkout, baseTree, conflictedPaths, state, protect }: WorkOrder,
): Promise<RoundIntake> {
  const taken = await takeInWorktree(room, checkout);
  state.isWorkUnsaved = taken.kind === 'failed' && taken.failure.cause !== 'worktree-lost';
  if (taken.kind === 'failed') return taken;
  const { tree } = taken;
  if (tree === baseTree || tree === state.head?.tree) return taken;
  const atMs = Math.round(room.deps.clock.now());
  const commit = await room.deps.git.writeCommit({
    tree,
    parents: [order.baseSha],
    message: attemptMessage({ ...order, task: order.task.id, title: order.task.title }),
    author: room.deps.author,
    atMs,
  });
  state.isWorkUnsaved = true;
  const failure = await protect(commit);
  state.isWorkUnsaved = failure !== null;
  if (failure !== null) return { kind: 'failed', failure };
  state.head = { commit, tree, atMs };
  state.change = await judgeTree(room, { task: order.task, baseTree, commit, tree, conflictedPaths });
  return taken;
}

async function judgeRound(
  room: WorkRoom,
  work: WorkOrder,
  change: JudgedChange,
  round: { iteration: number; isUnchanged: boolean },
): Promise<RoundEnd> {
  const violated = sayViolated(change);
  if (violated !== null) return again(violated.cause, violated.detail, violated.feedback);
  return (await testRound(room, work, change)) ?? (await reviewRound(room, work, change, round));
}

/** The tests of a round; `null` if they passed. A result for the same tree stands in for a run. */
async function testRound(room: WorkRoom, work: WorkOrder, change: JudgedChange): Promise<RoundEnd | null> {
  const { state, order, checkout } = work;
  const suite = suiteDigest(order.task);
  room.progress.update({ stage: 'tests' });
  let test = state.tests.findLast((one) => one.stage === 'work' && one.tree === change.tree && one.suite === suite);
  if (test === undefined) {
    const outcome = await room.watch.measure('tests', () =>
      runTests(room, checkout, { stage: 'work', tree: change.tree, suite, commands: order.task.test }),
    );
    if (outcome.kind === 'stopped') return { kind: 'over', failure: outcome.failure };
    test = outcome.test;
    state.tests.push(test);
  }
  if (test.status === 'passed') return null;
  const how = test.status === 'failed' ? `exit code ${test.exitCode ?? 'unknown'}` : test.status;
  return again(
    'tests-failed',
    `The tests did not pass in the worktree (${how}). ${logHint(room)}`,
    renderTestFeedback(test),
  );
}

async function reviewRound(
  room: WorkRoom,
  work: WorkOrder,
  change: JudgedChange,
  { iteration, isUnchanged }: { iteration: number; isUnchanged: boolean },
): Promise<RoundEnd> {
  const { state, order, checkout } = work;
  const { reviewer, threshold } = order.task.review;
  if (reviewer === null) return { kind: 'good' };
  room.progress.update({ stage: 'review' });
  // The same change gets no second opinion just because the agent left it as it was.
  let review = isUnchanged ? state.reviews.findLast((one) => one.stage === 'work' && one.score !== null) : undefined;
  if (review === undefined) {
    const outcome = await room.watch.measure('review', () =>
      reviewWithRetry(room, checkout, { order, state, reviewer, stage: 'work', iteration, change }),
    );
    if (outcome.kind === 'stopped') return { kind: 'over', failure: outcome.failure };
    review = outcome.review;
  }
  if (review.score === null) return over('review-failed', `The review gave no score: ${review.detail}`);
  room.progress.update({ score: review.score });
  if (isReviewPassed({ score: review.score, findings: review.findings }, threshold)) return { kind: 'good' };
  const blocking = review.findings.filter((finding) => finding.severity === 'blocking').length;
  const detail = `The review scored ${review.score}/10 with ${countOf(blocking, 'blocking finding')}; ${threshold}/10 and none are needed.`;
  return again('review-failed', detail, renderReviewFeedback(review, threshold));
}

/** What tests and tools wrote beside the change must not become part of it in the next round. */
async function tidyAfter(room: WorkRoom, { state, checkout }: WorkOrder): Promise<Failure | null> {
  const hasRun = state.tests.some((test) => test.stage === 'work' && test.tree === state.head?.tree);
  if (!hasRun || state.head === null) return null;
  const { tree } = state.head;
  return room.watch.measure('intake', () => tidyWorktree(room, checkout, tree));
}

function again(cause: FailureCause, detail: string, feedback: string): RoundEnd {
  return { kind: 'again', cause, detail, feedback };
}

function over(cause: FailureCause, detail: string): RoundEnd {
  return { kind: 'over', failure: makeFailure(cause, detail) };
}
