#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
{
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 20)) {
    console.error('espalier needs Node 22.20 or later; this is Node ' + process.versions.node + '.');
    process.exit(3);
  }
}
import {
  budgetLeft,
  isReviewPassed,
  judgeTree,
  leasePorts,
  logHint,
  makeCheckout,
  makeFailure,
  noteBase,
  recordUsage,
  recordWorktree,
  removeCheckout,
  renderPrompt,
  reviewWithRetry,
  runAgent,
  runSetup,
  runTests,
  sayViolated,
  takeInWorktree,
  tidyWorktree
} from "./chunk-2AD5ONI5.mjs";
import {
  renderReviewFeedback,
  renderTestFeedback
} from "./chunk-VMCFKXXI.mjs";
import {
  attemptMessage,
  suiteDigest
} from "./chunk-CAA5KSZQ.mjs";
import {
  countOf
} from "./chunk-GMXT2ENO.mjs";

// src/engine/attempt/work-loop.ts
async function runRounds(room, work) {
  const { iterations } = work.order.task.review;
  let last = null;
  let hasHandedBackNothing = false;
  for (let iteration = 1; iteration <= iterations; iteration++) {
    work.state.iterations = iteration;
    const end = await runRound(room, work, iteration, last?.feedback ?? null);
    if (end.kind === "good") return null;
    if (end.kind === "over") return end.failure;
    if (end.cause === "no-change" && hasHandedBackNothing) return giveUp(end);
    hasHandedBackNothing = end.cause === "no-change";
    last = end;
    const failure = iteration < iterations ? await tidyAfter(room, work) : null;
    if (failure !== null) return failure;
  }
  return last === null ? makeFailure("internal", "The task allows no rounds.") : giveUp(last);
}
function giveUp({ cause, detail, feedback }) {
  return makeFailure(cause, detail, { feedback });
}
async function runRound(room, work, iteration, feedback) {
  const { state, checkout } = work;
  const before = state.head?.tree ?? null;
  const budgetUsd = budgetLeft(work.order, state);
  if (budgetUsd === 0 && iteration > 1)
    return over(
      "agent-failed",
      "The budget of the attempt is used up, or what was spent of it is unknown. Raise the budget of the task."
    );
  room.progress.update({ stage: "agent", iteration, activity: "" });
  const prompt = makePrompt(room, work, iteration, feedback);
  const agent = await room.watch.measure(
    "agent",
    () => runAgent(room, checkout, { task: work.order.task, prompt, iteration, budgetUsd })
  );
  recordUsage(state, agent.usage);
  room.progress.update({ stage: "intake", costUsd: state.usage?.costUsd ?? null });
  const intake = await room.watch.measure("intake", () => takeInRound(room, work));
  if (agent.failure !== null) return { kind: "over", failure: agent.failure };
  if (intake.kind === "failed") return { kind: "over", failure: intake.failure };
  if (room.signal.aborted) return over("cancelled", "Stopped after the agent had ended.");
  if (intake.tree === work.baseTree)
    return again("no-change", "The agent ended without an error and changed nothing.", NO_CHANGE_FEEDBACK);
  if (state.change === null) return over("internal", "The change was taken in but not judged.");
  return judgeRound(room, work, state.change, { iteration, isUnchanged: intake.tree === before });
}
var NO_CHANGE_FEEDBACK = "You ended without changing any file that counts (files that git ignores do not). Do the task by editing files in the worktree.";
function makePrompt(room, work, iteration, feedback) {
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
    hasCarriedWork: order.carrySha !== null
  });
}
async function takeInRound(room, { order, checkout, baseTree, conflictedPaths, state, protect }) {
  const taken = await takeInWorktree(room, checkout);
  state.isWorkUnsaved = taken.kind === "failed" && taken.failure.cause !== "worktree-lost";
  if (taken.kind === "failed") return taken;
  const { tree } = taken;
  if (tree === baseTree || tree === state.head?.tree) return taken;
  const atMs = Math.round(room.deps.clock.now());
  const commit = await room.deps.git.writeCommit({
    tree,
    parents: [order.baseSha],
    message: attemptMessage({ ...order, task: order.task.id, title: order.task.title }),
    author: room.deps.author,
    atMs
  });
  state.isWorkUnsaved = true;
  const failure = await protect(commit);
  state.isWorkUnsaved = failure !== null;
  if (failure !== null) return { kind: "failed", failure };
  state.head = { commit, tree, atMs };
  state.change = await judgeTree(room, { task: order.task, baseTree, commit, tree, conflictedPaths });
  return taken;
}
async function judgeRound(room, work, change, round) {
  const violated = sayViolated(change);
  if (violated !== null) return again(violated.cause, violated.detail, violated.feedback);
  return await testRound(room, work, change) ?? await reviewRound(room, work, change, round);
}
async function testRound(room, work, change) {
  const { state, order, checkout } = work;
  const suite = suiteDigest(order.task);
  room.progress.update({ stage: "tests" });
  let test = state.tests.findLast((one) => one.stage === "work" && one.tree === change.tree && one.suite === suite);
  if (test === void 0) {
    const outcome = await room.watch.measure(
      "tests",
      () => runTests(room, checkout, { stage: "work", tree: change.tree, suite, commands: order.task.test })
    );
    if (outcome.kind === "stopped") return { kind: "over", failure: outcome.failure };
    test = outcome.test;
    state.tests.push(test);
  }
  if (test.status === "passed") return null;
  const how = test.status === "failed" ? `exit code ${test.exitCode ?? "unknown"}` : test.status;
  return again(
    "tests-failed",
    `The tests did not pass in the worktree (${how}). ${logHint(room)}`,
    renderTestFeedback(test)
  );
}
async function reviewRound(room, work, change, { iteration, isUnchanged }) {
  const { state, order, checkout } = work;
  const { reviewer, threshold } = order.task.review;
  if (reviewer === null) return { kind: "good" };
  room.progress.update({ stage: "review" });
  let review = isUnchanged ? state.reviews.findLast((one) => one.stage === "work" && one.score !== null) : void 0;
  if (review === void 0) {
    const outcome = await room.watch.measure(
      "review",
      () => reviewWithRetry(room, checkout, { order, state, reviewer, stage: "work", iteration, change })
    );
    if (outcome.kind === "stopped") return { kind: "over", failure: outcome.failure };
    review = outcome.review;
  }
  if (review.score === null) return over("review-failed", `The review gave no score: ${review.detail}`);
  room.progress.update({ score: review.score });
  if (isReviewPassed({ score: review.score, findings: review.findings }, threshold)) return { kind: "good" };
  const blocking = review.findings.filter((finding) => finding.severity === "blocking").length;
  const detail = `The review scored ${review.score}/10 with ${countOf(blocking, "blocking finding")}; ${threshold}/10 and none are needed.`;
  return again("review-failed", detail, renderReviewFeedback(review, threshold));
}
async function tidyAfter(room, { state, checkout }) {
  const hasRun = state.tests.some((test) => test.stage === "work" && test.tree === state.head?.tree);
  if (!hasRun || state.head === null) return null;
  const { tree } = state.head;
  return room.watch.measure("intake", () => tidyWorktree(room, checkout, tree));
}
function again(cause, detail, feedback) {
  return { kind: "again", cause, detail, feedback };
}
function over(cause, detail) {
  return { kind: "over", failure: makeFailure(cause, detail) };
}

// src/engine/attempt/do-work.ts
async function doWork(room, order, state, place) {
  noteBase(state, order, await room.deps.git.treeOf(order.baseSha));
  await place.clearLeftovers();
  const leased = await leasePorts(room, order.task);
  if (leased.kind === "failed") return leased.failure;
  try {
    return await withWorktree(room, { order, state, place, ports: leased.lease.ports });
  } finally {
    await leased.lease.release();
  }
}
async function withWorktree(room, work) {
  const { order, state, place } = work;
  const { checkout, conflictedPaths } = await room.watch.measure("worktree", () => makeWorktree(room, work));
  let removing = null;
  try {
    const { baseTree } = state;
    if (baseTree === null) return makeFailure("internal", "The base has no tree.");
    room.progress.update({ stage: "setup" });
    const setup = await room.watch.measure("setup", () => runSetup(room, checkout, order.task.setup));
    if (setup !== null) return setup;
    const { protect } = place;
    const rounds = await runRounds(room, { order, checkout, baseTree, conflictedPaths, state, protect });
    if (rounds !== null) return isKept(work) ? sayWhereKept(rounds, checkout) : rounds;
    const { head, change } = state;
    if (change === null || head === null) return makeFailure("internal", "The rounds ended without a change.");
    removing = removeCheckout(room, checkout.path);
    return await place.follow({ head: head.commit, change, ports: work.ports });
  } finally {
    if (!isKept(work)) await (removing ?? removeCheckout(room, checkout.path));
  }
}
function isKept({ state, place }) {
  return state.isWorkUnsaved && place.keepsUnsaved;
}
function sayWhereKept(failure, checkout) {
  return { ...failure, detail: `${failure.detail} What the agent left is kept in ${checkout.path}.` };
}
async function makeWorktree(room, { order, state, ports }) {
  const { git, evidence } = room.deps;
  const merge = order.carrySha === null ? null : await git.mergeCommits(order.baseSha, order.carrySha);
  const tree = merge?.tree ?? state.baseTree ?? await git.treeOf(order.baseSha);
  const path = evidence.worktreePath(room.key);
  const checkout = await makeCheckout(room, {
    path,
    name: "work",
    commit: order.baseSha,
    tree,
    ports,
    copy: order.task.copy
  });
  try {
    await recordWorktree(room, { path, commit: order.baseSha, tree, exclude: checkout.exclude });
    const validity = await git.validateWorktree(path);
    if (!validity.isValid)
      throw new Error(`The new ${validity.because}. Something else on this machine removed it; run again.`);
  } catch (error) {
    await removeCheckout(room, path);
    throw error;
  }
  return {
    checkout,
    conflictedPaths: merge?.kind === "conflict" ? merge.conflicts.map((conflict) => conflict.path) : []
  };
}

export {
  doWork
};
