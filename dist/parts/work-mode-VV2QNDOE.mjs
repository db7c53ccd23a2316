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
  openLegControl,
  openLegDeps,
  toWorkRecord
} from "./chunk-MMOIDKQT.mjs";
import {
  awaitTurn,
  clearLeftFile,
  leaveJson,
  leaveLog,
  leavePack,
  maxPackBytes,
  openLegRoom,
  renderLegSummary,
  sayIdle
} from "./chunk-B4YBB77M.mjs";
import {
  doWork
} from "./chunk-FFMJ4AMD.mjs";
import {
  beginState,
  readDiff,
  runPart,
  toEvidence
} from "./chunk-2AD5ONI5.mjs";
import "./chunk-DG6M2LVP.mjs";
import {
  findEnvironmentSecrets
} from "./chunk-CKL3C6WY.mjs";
import "./chunk-3ITKD4LT.mjs";
import {
  failWork
} from "./chunk-ABBLWSCP.mjs";
import "./chunk-OJDTVROY.mjs";
import "./chunk-VMCFKXXI.mjs";
import "./chunk-CAA5KSZQ.mjs";
import "./chunk-GMXT2ENO.mjs";
import "./chunk-XUAMTQD7.mjs";
import {
  ActionError
} from "./chunk-HHX5HOBA.mjs";
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

// src/engine/run-work.ts
async function runWork(deps, order, control) {
  const state = beginState();
  const end = await runPart(deps, order, control, {
    stage: "worktree",
    goodEnd: "good, and not verified yet",
    run: (room) => doWork(room, order, state, {
      // The machine is fresh, or was cleaned before this began.
      clearLeftovers: () => Promise.resolve(),
      protect: () => Promise.resolve(null),
      follow: () => Promise.resolve(null),
      // Nobody could look at it there.
      keepsUnsaved: false
    })
  });
  return {
    record: toWorkRecord(deps, order, state, end),
    evidence: end.failure === null ? null : toEvidence(deps, order, state, end)
  };
}

// src/entrypoints/action/work-mode.ts
async function runWorkMode(session) {
  var _stack = [];
  try {
    const { inputs, speech } = session;
    if (inputs.leg.mode !== "full")
      throw new ActionError(`The leg of '${inputs.leg.task}' is to be verified only, so there is nothing to work on.`, {
        next: "let the job's condition be fromJSON(inputs.leg).mode == 'full'"
      });
    const room = __using(_stack, await openLegRoom(session), true);
    const turn = await awaitTurn(session, room);
    if (turn.kind === "idle") return sayIdle(session, turn.because);
    if (turn.order.kind !== "attempt")
      return sayIdle(session, `the ledger waits for no new work on '${inputs.leg.task}'`);
    const { order } = turn.order;
    await (order.carrySha === null ? room.remote.fetchCommits([order.baseSha], 1) : room.remote.fetchJoined(order.baseSha, order.carrySha));
    const opened = await openLegDeps(session, room, turn);
    if (opened.kind === "refused") {
      const usage = { costUsd: 0, inputTokens: 0, outputTokens: 0, turns: 0 };
      return await leaveFailed(session, room, turn, { cause: "sandbox-failed", detail: opened.because, usage });
    }
    const control = openLegControl(session, opened.deps, room);
    const end = await speech.group(`Work on ${order.task.id}`, () => runWork(opened.deps, order, control));
    await leaveLog(room, speech, { leg: inputs.leg, name: "work.log", from: opened.deps.evidence.logPath(keyOf(order)) });
    await leave(session, room, { turn, deps: opened.deps, ...end });
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
function keyOf({ plan, task, attempt, generation }) {
  return { plan, task: task.id, attempt, generation };
}
async function leave(session, room, worked) {
  const { inputs, speech } = session;
  const { record, deps, turn } = worked;
  const isLeak = await addsHandedSecret(room, worked);
  const evidence = isLeak && worked.evidence !== null ? { ...worked.evidence, headSha: null, treeSha: null } : worked.evidence;
  if (record.head !== null && !isLeak) {
    const file = await clearLeftFile(room, inputs.leg, "pack");
    const maxBytes = maxPackBytes(deps.policy);
    const base = record.baseSha;
    const packed = await room.git.writePack({ tree: record.head.treeSha, base, path: file, maxBytes });
    if (packed.kind === "too-large")
      return leaveFailed(session, room, turn, {
        cause: "intake-refused",
        detail: `The change is larger than ${maxBytes} bytes as a pack. Split the task, or raise 'limits' in .github/espalier.yml.`,
        usage: record.usage
      });
    await leavePack(speech, file);
    await leaveJson(room, speech, { leg: inputs.leg, kind: "work", value: record });
  }
  if (evidence === null) {
    speech.setOutput("outcome", "good");
    speech.summarize(renderLegSummary(`Work on ${inputs.leg.task}`, { work: "good", record }));
    return;
  }
  await leaveJson(room, speech, { leg: inputs.leg, kind: "evidence", value: evidence });
  sayFailed(session, evidence);
}
var MAX_SEARCHED_BYTES = 128 * 1024 * 1024;
async function addsHandedSecret({ git }, { record, deps }) {
  const handed = findEnvironmentSecrets(deps.hostEnv);
  if (record.head === null || handed.length === 0) return false;
  const diff = await git.diffText(await git.treeOf(record.baseSha), record.head.treeSha, MAX_SEARCHED_BYTES);
  return readDiff(diff).added.some(({ text }) => handed.some((value) => text.includes(value)));
}
async function leaveFailed(session, room, { ledger, awaited }, { usage, ...failure }) {
  const { clock, inputs, speech } = session;
  const failed = failWork(ledger, awaited, failure, clock.now());
  if (failed.work !== "attempt") throw new Error(`Work on '${inputs.leg.task}' is the work of no attempt.`);
  const evidence = { ...failed.evidence, usage };
  await leaveJson(room, speech, { leg: inputs.leg, kind: "evidence", value: evidence });
  sayFailed(session, evidence);
}
function sayFailed({ inputs, speech }, evidence) {
  speech.setOutput("outcome", "failed");
  speech.summarize(renderLegSummary(`Work on ${inputs.leg.task}`, { work: "attempt", evidence }));
  const { failure } = evidence;
  if (failure !== null) speech.annotate("warning", `${failure.cause}: ${failure.detail}`);
}
export {
  runWorkMode
};
