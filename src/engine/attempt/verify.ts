/**
 * Verification: from the taken-in commit alone, on a fresh checkout, in fresh sandboxes. The gate believes these
 * results and none of the rounds before.
 */
import { renderReviewFeedback, renderTestFeedback } from '../../core/agents/feedback.ts';
import { isReviewPassed } from '../../core/agents/review-answer.ts';
import type { TreeSha } from '../../core/brand.ts';
import { suiteDigest } from '../../core/gate/bindings.ts';
import type { TestResult } from '../../core/ledger/evidence.ts';
import type { AttemptOrder } from '../orders.ts';
import type { AttemptState } from './attempt-state.ts';
import { makeCheckout, removeCheckout, type Checkout } from './checkout.ts';
import { makeFailure, type Failure } from './failure.ts';
import { compileMatcher, type JudgedChange } from './judge-tree.ts';
import { baseTestsPath, verifyPath } from './leftover.ts';
import { logHint } from './log-hint.ts';
import { reviewWithRetry } from './review-with-retry.ts';
import { runSetup, runTests } from './run-suite.ts';
import type { StageName } from './stopwatch.ts';
import type { WorkRoom } from './work-room.ts';

/** What is verified. */
export interface VerifyOrder {
  order: AttemptOrder;
  state: AttemptState;
  change: JudgedChange;
  ports: Readonly<Record<string, number>>;
}

/** Verifies the change; `null` if it holds. */
export async function verifyChange(room: WorkRoom, verify: VerifyOrder): Promise<Failure | null> {
  const { change } = verify;
  room.progress.update({ stage: 'verify', activity: 'fresh checkout' });
  const path = verifyPath(room);
  const checkout = await room.watch.measure('verifyWorktree', () =>
    makeCheckout(room, {
      path,
      name: 'verify',
      commit: change.commit,
      tree: change.tree,
      ports: verify.ports,
      copy: verify.order.task.copy,
    }),
  );
  try {
    return (
      (await testCheckout(room, verify, checkout, {
        stage: 'verify',
        tree: change.tree,
        setup: 'verifySetup',
        tests: 'verifyTests',
      })) ??
      (await runBaseTests(room, verify)) ??
      (await reviewIndependently(room, verify, checkout))
    );
  } finally {
    await removeCheckout(room, path);
  }
}

interface SuiteStage {
  stage: TestResult['stage'];
  tree: TreeSha;
  setup: StageName;
  tests: StageName;
}

async function testCheckout(
  room: WorkRoom,
  { order, state }: VerifyOrder,
  checkout: Checkout,
  { stage, tree, setup, tests }: SuiteStage,
): Promise<Failure | null> {
  const { task } = order;
  room.progress.update({ activity: stage === 'verify' ? 'tests' : "the base's tests" });
  const failure = await room.watch.measure(setup, () => runSetup(room, checkout, task.setup));
  if (failure !== null) return failure;
  const outcome = await room.watch.measure(tests, () =>
    runTests(room, checkout, { stage, tree, suite: suiteDigest(task), commands: task.test }),
  );
  if (outcome.kind === 'stopped') return outcome.failure;
  const { test } = outcome;
  state.tests.push(test);
  if (test.status === 'passed') return null;
  const cause = stage === 'base-tests' ? 'base-tests-failed' : 'tests-failed';
  const where =
    stage === 'base-tests'
      ? "The base's tests do not pass against the change"
      : 'The tests did not pass in a fresh checkout of the change';
  const how = test.status === 'failed' ? `exit code ${test.exitCode ?? 'unknown'}` : test.status;
  return makeFailure(cause, `${where} (${how}). ${logHint(room)}`, { feedback: renderTestFeedback(test) });
}

/** Runs the base's own version of the tests that the change touches, so that a weakened test is noticed. */
async function runBaseTests(room: WorkRoom, verify: VerifyOrder): Promise<Failure | null> {
  const { order, state, change } = verify;
  const { task } = order;
  if (task.testPaths.length === 0) return null;
  const isTestPath = compileMatcher(task.testPaths);
  const isAllowed = compileMatcher(task.allow);
  // Added tests stay: only what the base has can be weakened.
  const touched = change.changes
    .filter(({ path, status }) => status !== 'added' && isTestPath(path))
    .map(({ path }) => path);
  const restored = touched.filter((path) => !isAllowed(path));
  state.baseTests = touched.length === 0 ? 'not-needed' : restored.length === 0 ? 'waived' : 'run';
  if (state.baseTests !== 'run') return null;
  const tree = await room.deps.git.restorePaths(change.tree, change.baseTree, restored);
  const path = baseTestsPath(room);
  const checkout = await room.watch.measure('verifyWorktree', () =>
    makeCheckout(room, { path, name: 'base-tests', commit: change.commit, tree, ports: verify.ports, copy: task.copy }),
  );
  try {
    return await testCheckout(room, verify, checkout, {
      stage: 'base-tests',
      tree,
      setup: 'baseTests',
      tests: 'baseTests',
    });
  } finally {
    await removeCheckout(room, path);
  }
}

async function reviewIndependently(
  room: WorkRoom,
  { order, state, change }: VerifyOrder,
  checkout: Checkout,
): Promise<Failure | null> {
  const { reviewer, threshold } = order.task.review;
  if (reviewer === null) return null;
  room.progress.update({ activity: 'review' });
  // A head that no round made is read as one of the first.
  const iteration = Math.max(1, state.iterations);
  const outcome = await room.watch.measure('verifyReview', () =>
    reviewWithRetry(room, checkout, { order, state, reviewer, stage: 'verify', iteration, change }),
  );
  if (outcome.kind === 'stopped') return outcome.failure;
  const { review } = outcome;
  if (review.score === null)
    return makeFailure('review-failed', `The independent review gave no score: ${review.detail}`);
  room.progress.update({ score: review.score });
  if (isReviewPassed({ score: review.score, findings: review.findings }, threshold)) return null;
  return makeFailure(
    'review-failed',
    `The independent review scored ${review.score}/10; ${threshold}/10 and no blocking finding are needed.`,
    {
      feedback: renderReviewFeedback(review, threshold),
    },
  );
}
