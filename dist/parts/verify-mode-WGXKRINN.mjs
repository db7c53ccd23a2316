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
  makeHead
} from "./chunk-YABBJZKC.mjs";
import {
  FINAL_TASK,
  recordTrial,
  runFinal,
  testMerged,
  toError,
  verifyChange
} from "./chunk-OIYRRMXV.mjs";
import {
  addEarlierWork,
  configCommitOf,
  openLegControl,
  openLegDeps,
  takeOverWork
} from "./chunk-MMOIDKQT.mjs";
import {
  awaitTurn,
  leaveJson,
  leaveLog,
  maxPackBytes,
  openLegRoom,
  renderLegSummary,
  resultOf,
  sayIdle
} from "./chunk-B4YBB77M.mjs";
import {
  beginState,
  judgeTree,
  leasePorts,
  makeFailure,
  noteBase,
  runPart,
  sayViolated,
  toEvidence
} from "./chunk-2AD5ONI5.mjs";
import "./chunk-DG6M2LVP.mjs";
import "./chunk-CKL3C6WY.mjs";
import "./chunk-3ITKD4LT.mjs";
import {
  failWork
} from "./chunk-ABBLWSCP.mjs";
import "./chunk-OJDTVROY.mjs";
import "./chunk-VMCFKXXI.mjs";
import "./chunk-CAA5KSZQ.mjs";
import "./chunk-GMXT2ENO.mjs";
import "./chunk-XUAMTQD7.mjs";
import "./chunk-HHX5HOBA.mjs";
import "./chunk-SBM5ZMS6.mjs";
import "./chunk-CICE3PZ7.mjs";
import "./chunk-EM5YRON7.mjs";
import "./chunk-AVVG3THQ.mjs";
import "./chunk-AUMJUHMA.mjs";
import "./chunk-BEFDHR73.mjs";
import "./chunk-TFCDRFP4.mjs";
import {
  __callDispose,
  __using
} from "./chunk-4P42K4ID.mjs";

// src/engine/run-given-trial.ts
async function runGivenTrial(deps, order, control) {
  return recordTrial(deps, order, control, async (room) => {
    const tree = await room.deps.git.treeOf(order.commitSha);
    const problem = order.treeSha === null ? await findOtherMerge(room, order, tree) : findOtherTree(order, tree);
    if (problem !== null) return toError(makeFailure("internal", problem));
    return testMerged(room, order, order.commitSha, tree);
  });
}
async function findOtherMerge({ deps }, order, tree) {
  const { git } = deps;
  const { commitSha, ontoSha, headSha } = order;
  const parents = await git.parentsOf(commitSha);
  if (parents.length !== 2 || parents[0] !== ontoSha || parents[1] !== headSha)
    return `Commit ${commitSha} is not the merge of ${headSha} onto ${ontoSha}: its parents are ${parents.join(", ") || "none"}.`;
  const merge = await git.mergeCommits(ontoSha, headSha);
  if (merge.kind === "clean" && merge.tree === tree) return null;
  const found = merge.kind === "clean" ? `git makes tree ${merge.tree} of them` : "git finds a conflict in them";
  return `Merge ${commitSha} has tree ${tree}, but ${found}. What is tested has to be what both sides give and nothing else.`;
}
function findOtherTree({ commitSha, treeSha }, tree) {
  return tree === treeSha ? null : `Commit ${commitSha} has tree ${tree} instead of ${treeSha}, which the queue showed.`;
}

// src/engine/run-verify.ts
async function runVerify(deps, order, given, control) {
  const { work } = given;
  const state = beginState();
  if (work !== null) takeOverWork(state, work);
  const end = await runPart(deps, order, control, {
    stage: "verify",
    goodEnd: "verified",
    run: (room) => verifyHead(room, order, given, state)
  });
  const evidence = toEvidence(deps, order, state, end);
  return work === null ? evidence : addEarlierWork(evidence, work);
}
async function verifyHead(room, order, given, state) {
  const { git } = room.deps;
  const { headSha: commit, treeSha: tree, work } = given;
  if (work !== null && (work.head?.commitSha !== commit || work.head.treeSha !== tree))
    return makeFailure("internal", "The head is not the one that the work speaks of.", { feedback: "" });
  if (await git.treeOf(commit) !== tree)
    return makeFailure("internal", `Commit ${commit} has another tree than the one that was given with it.`, {
      feedback: ""
    });
  state.head = { commit, tree, atMs: null };
  const base = await findBase(room, order, given);
  if (base === null)
    return makeFailure(
      "tree-refused",
      `The pushed head ${commit} has no history in common with the base ${order.baseSha}, so that it cannot be merged. Push work that begins at the base.`
    );
  const baseTree = await git.treeOf(base);
  noteBase(state, order, baseTree);
  if (tree === baseTree)
    return makeFailure("no-change", `Head ${commit} changes nothing against ${base}, where it left the base.`);
  const conflictedPaths = await findConflicted(room, order);
  const change = await judgeTree(room, { task: order.task, baseTree, commit, tree, conflictedPaths });
  state.change = change;
  const violated = sayViolated(change);
  if (violated !== null) return violated;
  const leased = await leasePorts(room, order.task);
  if (leased.kind === "failed") return leased.failure;
  try {
    return await verifyChange(room, { order, state, change, ports: leased.lease.ports });
  } finally {
    await leased.lease.release();
  }
}
async function findBase({ deps }, { baseSha }, given) {
  return given.work === null ? deps.git.mergeBase(baseSha, given.headSha) : baseSha;
}
async function findConflicted({ deps }, { baseSha, carrySha }) {
  if (carrySha === null) return [];
  const merge = await deps.git.mergeCommits(baseSha, carrySha);
  return merge.kind === "conflict" ? merge.conflicts.map(({ path }) => path) : [];
}

// src/entrypoints/action/verify-mode.ts
async function runVerifyMode(session) {
  var _stack = [];
  try {
    const { inputs, speech } = session;
    const room = __using(_stack, await openLegRoom(session), true);
    const turn = await awaitTurn(session, room);
    if (turn.kind === "idle") return sayIdle(session, turn.because);
    const { order } = turn;
    await fetchNeeded(room, turn);
    const opened = await openLegDeps(session, room, turn);
    const result = opened.kind === "refused" ? await fail(session, room, turn, { cause: "sandbox-failed", detail: opened.because }) : await verifyLeg(session, room, turn, opened.deps);
    if (opened.kind === "opened")
      await leaveLog(room, speech, {
        leg: inputs.leg,
        name: "verify.log",
        from: opened.deps.evidence.logPath(keyOf(order))
      });
    await leaveJson(room, speech, { leg: inputs.leg, kind: "evidence", value: resultOf(result) });
    speech.setOutput("outcome", "done");
    speech.summarize(renderLegSummary(`Verification of ${inputs.leg.task}`, result));
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function fetchNeeded({ remote }, turn) {
  const { order } = turn;
  await remote.fetchCommits([configCommitOf(turn)], 1);
  switch (order.kind) {
    case "attempt":
      if (order.order.carrySha !== null) await remote.fetchJoined(order.order.baseSha, order.order.carrySha);
      return;
    case "given":
      return remote.fetchJoined(order.order.baseSha, order.order.headSha);
    case "trial":
      await remote.fetchCommits([order.order.commitSha], 2);
      return remote.fetchJoined(order.order.ontoSha, order.order.headSha);
    case "final":
      return remote.fetchCommits([order.order.commitSha], 1);
  }
}
async function verifyLeg(session, room, turn, deps) {
  const { order } = turn;
  const { speech, inputs } = session;
  const control = openLegControl(session, deps, room);
  const title = `Verify ${inputs.leg.task}`;
  switch (order.kind) {
    case "attempt": {
      const { work, pack } = inputs;
      const made = await makeHead(room, order.order, { work, pack, maxPackBytes: maxPackBytes(deps.policy) });
      if (!made.ok)
        return fail(session, room, turn, {
          cause: "intake-refused",
          detail: `What the job work left is not believed: ${made.because}.`
        });
      const given = givenOf(made.value);
      const evidence = await speech.group(title, () => runVerify(deps, order.order, given, control));
      return { work: "attempt", evidence };
    }
    case "given": {
      const { headSha } = order.order;
      const given = { headSha, treeSha: await room.git.treeOf(headSha), work: null };
      const evidence = await speech.group(title, () => runVerify(deps, order.order, given, control));
      return { work: "attempt", evidence };
    }
    case "trial":
      return { work: "trial", result: await speech.group(title, () => runGivenTrial(deps, order.order, control)) };
    case "final":
      return { work: "final", result: await speech.group(title, () => runFinal(deps, order.order, control)) };
  }
}
function givenOf({ head, work }) {
  return { headSha: head.commitSha, treeSha: head.treeSha, work };
}
async function fail({ clock, speech }, { git }, { ledger, awaited }, failure) {
  speech.annotate("warning", failure.detail);
  const failed = failWork(ledger, awaited, failure, clock.now());
  if (failed.work !== "final") return failed;
  const { result } = failed;
  return { work: "final", result: { ...result, test: { ...result.test, tree: await git.treeOf(result.commitSha) } } };
}
function keyOf(order) {
  const { plan, generation } = order.order;
  if (order.kind === "final") return { plan, task: FINAL_TASK, attempt: 1, generation };
  return { plan, task: order.order.task.id, attempt: order.order.attempt, generation };
}
export {
  runVerifyMode
};
