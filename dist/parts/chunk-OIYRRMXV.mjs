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
  baseTestsPath,
  classifyError,
  closeWorkRoom,
  compileMatcher,
  isReviewPassed,
  leasePorts,
  logHint,
  logLine,
  makeCheckout,
  makeFailure,
  openWorkRoom,
  removeCheckout,
  reviewWithRetry,
  runSetup,
  runTests,
  verifyPath
} from "./chunk-2AD5ONI5.mjs";
import {
  renderReviewFeedback,
  renderTestFeedback
} from "./chunk-VMCFKXXI.mjs";
import {
  finalSuiteDigest,
  suiteDigest
} from "./chunk-CAA5KSZQ.mjs";

// src/engine/run-final.ts
var FINAL_TASK = "final";
var NO_TREE = "0".repeat(40);
async function runFinal(deps, order, control) {
  const key = { plan: order.plan, task: FINAL_TASK, attempt: 1, generation: order.generation };
  let test;
  try {
    const room = await openWorkRoom(deps, control, {
      key,
      settings: order.settings,
      stage: "final",
      runTask: FINAL_TASK
    });
    try {
      room.progress.update({ stage: "final", iteration: 1 });
      test = await testLanded(room, order);
    } finally {
      await closeWorkRoom(room);
    }
  } catch (error) {
    test = toError(order, NO_TREE, classifyError(error, "The final tests could not be run"));
  }
  const result = {
    version: 1,
    plan: order.plan,
    generation: order.generation,
    commitSha: order.commitSha,
    test,
    endedAt: Math.round(deps.clock.now())
  };
  try {
    await deps.evidence.writeFinal(order.plan, order.generation, result);
  } catch (error) {
    deps.log.error("The result of the final tests could not be written", { plan: order.plan, cause: String(error) });
  }
  return result;
}
function toError(order, tree, failure) {
  return {
    stage: "final",
    tree,
    suite: finalSuiteDigest(order.commands),
    status: failure.cause === "setup-failed" ? "failed" : "error",
    exitCode: null,
    durationMs: 0,
    tail: failure.feedback === "" ? failure.detail : failure.feedback,
    reused: false
  };
}
async function testLanded(room, order) {
  const path = `${room.deps.evidence.worktreePath(room.key)}-final`;
  if (await room.deps.files.exists(path)) {
    await room.deps.sandbox.reap(room.runPrefix);
    await removeCheckout(room, path);
  }
  const tree = await room.deps.git.treeOf(order.commitSha);
  const leased = await leasePorts(room, order.settings);
  if (leased.kind === "failed") return toError(order, tree, leased.failure);
  const { lease } = leased;
  try {
    const checkout = await makeCheckout(room, {
      path,
      name: "final",
      commit: order.commitSha,
      tree,
      ports: lease.ports,
      copy: order.settings.copy
    });
    const setup = await runSetup(room, checkout, order.settings.setup);
    if (setup !== null) return toError(order, tree, setup);
    const suite = finalSuiteDigest(order.commands);
    const outcome = await runTests(room, checkout, { stage: "final", tree, suite, commands: order.commands });
    return outcome.kind === "stopped" ? toError(order, tree, outcome.failure) : outcome.test;
  } finally {
    await removeCheckout(room, path);
    await lease.release();
  }
}

// src/engine/attempt/try-merged.ts
async function recordTrial(deps, order, control, run) {
  const key = { plan: order.plan, task: order.task.id, attempt: order.attempt, generation: order.generation };
  let end;
  try {
    const room = await openWorkRoom(deps, control, {
      key,
      settings: order.task,
      stage: "trial",
      runTask: order.task.id
    });
    try {
      room.progress.update({ stage: "trial", iteration: 1 });
      end = await run(room).catch((error) => toError2(classifyError(error, "The trial could not go on")));
      logLine(room, `trial: ${end.outcome}${end.test === null ? "" : `, tests ${end.test.status}`} ${end.feedback}`);
    } finally {
      await closeWorkRoom(room);
    }
  } catch (error) {
    end = toError2(classifyError(error, "The trial could not begin"));
  }
  const result = {
    version: 1,
    ...key,
    headSha: order.headSha,
    ontoSha: order.ontoSha,
    ...end,
    endedAt: Math.round(deps.clock.now())
  };
  try {
    await deps.evidence.writeTrial(key, result);
  } catch (error) {
    deps.log.error("A trial could not be written", { task: order.task.id, cause: String(error) });
  }
  return result;
}
function toError2(failure) {
  return { outcome: "error", commitSha: null, treeSha: null, test: null, conflicts: [], feedback: failure.detail };
}
function toTested(commitSha, treeSha, test) {
  const feedback = test.status === "passed" ? "" : renderTestFeedback(test);
  return { outcome: "tested", commitSha, treeSha, test, conflicts: [], feedback };
}
async function testMerged(room, order, commit, tree) {
  const tested = await runMerged(room, order, commit, tree);
  return tested.kind === "stopped" ? toError2(tested.failure) : toTested(commit, tree, tested.test);
}
async function runMerged(room, { task }, commit, tree) {
  const path = `${room.deps.evidence.worktreePath(room.key)}-trial`;
  await clearStale(room, path);
  const leased = await leasePorts(room, task);
  if (leased.kind === "failed") return { kind: "stopped", failure: leased.failure };
  const { lease } = leased;
  try {
    const checkout = await makeCheckout(room, {
      path,
      name: "trial",
      commit,
      tree,
      ports: lease.ports,
      copy: task.copy
    });
    const suite = suiteDigest(task);
    const from = room.deps.clock.now();
    const setup = await runSetup(room, checkout, task.setup);
    if (setup !== null && setup.cause !== "setup-failed") return { kind: "stopped", failure: setup };
    if (setup === null) return await runTests(room, checkout, { stage: "trial", tree, suite, commands: task.test });
    const durationMs = Math.round(room.deps.clock.now() - from);
    const test = {
      stage: "trial",
      tree,
      suite,
      status: "failed",
      exitCode: null,
      durationMs,
      reused: false
    };
    return { kind: "tested", test: { ...test, tail: setup.feedback } };
  } finally {
    await removeCheckout(room, path);
    await lease.release();
  }
}
async function clearStale(room, path) {
  if (!await room.deps.files.exists(path)) return;
  await room.deps.sandbox.reap(room.runPrefix);
  await removeCheckout(room, path);
}

// src/engine/attempt/verify.ts
async function verifyChange(room, verify) {
  const { change } = verify;
  room.progress.update({ stage: "verify", activity: "fresh checkout" });
  const path = verifyPath(room);
  const checkout = await room.watch.measure(
    "verifyWorktree",
    () => makeCheckout(room, {
      path,
      name: "verify",
      commit: change.commit,
      tree: change.tree,
      ports: verify.ports,
      copy: verify.order.task.copy
    })
  );
  try {
    return await testCheckout(room, verify, checkout, {
      stage: "verify",
      tree: change.tree,
      setup: "verifySetup",
      tests: "verifyTests"
    }) ?? await runBaseTests(room, verify) ?? await reviewIndependently(room, verify, checkout);
  } finally {
    await removeCheckout(room, path);
  }
}
async function testCheckout(room, { order, state }, checkout, { stage, tree, setup, tests }) {
  const { task } = order;
  room.progress.update({ activity: stage === "verify" ? "tests" : "the base's tests" });
  const failure = await room.watch.measure(setup, () => runSetup(room, checkout, task.setup));
  if (failure !== null) return failure;
  const outcome = await room.watch.measure(
    tests,
    () => runTests(room, checkout, { stage, tree, suite: suiteDigest(task), commands: task.test })
  );
  if (outcome.kind === "stopped") return outcome.failure;
  const { test } = outcome;
  state.tests.push(test);
  if (test.status === "passed") return null;
  const cause = stage === "base-tests" ? "base-tests-failed" : "tests-failed";
  const where = stage === "base-tests" ? "The base's tests do not pass against the change" : "The tests did not pass in a fresh checkout of the change";
  const how = test.status === "failed" ? `exit code ${test.exitCode ?? "unknown"}` : test.status;
  return makeFailure(cause, `${where} (${how}). ${logHint(room)}`, { feedback: renderTestFeedback(test) });
}
async function runBaseTests(room, verify) {
  const { order, state, change } = verify;
  const { task } = order;
  if (task.testPaths.length === 0) return null;
  const isTestPath = compileMatcher(task.testPaths);
  const isAllowed = compileMatcher(task.allow);
  const touched = change.changes.filter(({ path: path2, status }) => status !== "added" && isTestPath(path2)).map(({ path: path2 }) => path2);
  const restored = touched.filter((path2) => !isAllowed(path2));
  state.baseTests = touched.length === 0 ? "not-needed" : restored.length === 0 ? "waived" : "run";
  if (state.baseTests !== "run") return null;
  const tree = await room.deps.git.restorePaths(change.tree, change.baseTree, restored);
  const path = baseTestsPath(room);
  const checkout = await room.watch.measure(
    "verifyWorktree",
    () => makeCheckout(room, { path, name: "base-tests", commit: change.commit, tree, ports: verify.ports, copy: task.copy })
  );
  try {
    return await testCheckout(room, verify, checkout, {
      stage: "base-tests",
      tree,
      setup: "baseTests",
      tests: "baseTests"
    });
  } finally {
    await removeCheckout(room, path);
  }
}
async function reviewIndependently(room, { order, state, change }, checkout) {
  const { reviewer, threshold } = order.task.review;
  if (reviewer === null) return null;
  room.progress.update({ activity: "review" });
  const iteration = Math.max(1, state.iterations);
  const outcome = await room.watch.measure(
    "verifyReview",
    () => reviewWithRetry(room, checkout, { order, state, reviewer, stage: "verify", iteration, change })
  );
  if (outcome.kind === "stopped") return outcome.failure;
  const { review } = outcome;
  if (review.score === null)
    return makeFailure("review-failed", `The independent review gave no score: ${review.detail}`);
  room.progress.update({ score: review.score });
  if (isReviewPassed({ score: review.score, findings: review.findings }, threshold)) return null;
  return makeFailure(
    "review-failed",
    `The independent review scored ${review.score}/10; ${threshold}/10 and no blocking finding are needed.`,
    {
      feedback: renderReviewFeedback(review, threshold)
    }
  );
}

export {
  FINAL_TASK,
  runFinal,
  recordTrial,
  toError2 as toError,
  toTested,
  testMerged,
  verifyChange
};
