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
  makeHead,
  takeGivenText
} from "./chunk-YABBJZKC.mjs";
import {
  headOfResult,
  readLegResult
} from "./chunk-LE5TSCQL.mjs";
import "./chunk-PT24LNPS.mjs";
import {
  chooseFetch
} from "./chunk-6RY23M7P.mjs";
import {
  ACTION_AUTHOR,
  MAX_EVIDENCE_BYTES,
  awaitTurn,
  maxPackBytes,
  openLegRoom,
  renderLegSummary,
  resultOf,
  sayIdle
} from "./chunk-B4YBB77M.mjs";
import "./chunk-DG6M2LVP.mjs";
import "./chunk-3ITKD4LT.mjs";
import {
  failWork
} from "./chunk-ABBLWSCP.mjs";
import "./chunk-OJDTVROY.mjs";
import "./chunk-CAA5KSZQ.mjs";
import {
  CONFIG_PATH,
  MAX_CONFIG_LENGTH,
  emptyConfig,
  readConfig
} from "./chunk-GMXT2ENO.mjs";
import "./chunk-XUAMTQD7.mjs";
import {
  ActionError
} from "./chunk-HHX5HOBA.mjs";
import "./chunk-SBM5ZMS6.mjs";
import {
  branchFor
} from "./chunk-CICE3PZ7.mjs";
import "./chunk-AVVG3THQ.mjs";
import "./chunk-BEFDHR73.mjs";
import {
  digestText
} from "./chunk-TFCDRFP4.mjs";
import {
  __callDispose,
  __using
} from "./chunk-4P42K4ID.mjs";

// src/core/hosted/make-receipt.ts
function makeReceipt({ plan, nonce, runId, leg, headSha, evidence, packSha256 }) {
  const { work, task, attempt, generation, mode } = leg;
  const receipt = {
    version: 1,
    plan,
    nonce,
    runId,
    runAttempt: 1,
    work,
    task,
    attempt,
    generation,
    mode,
    headSha,
    evidence: evidence.sha256,
    pack: packSha256
  };
  return {
    branch: branchFor({ kind: "receipt", plan, task, attempt, generation }),
    files: { "evidence.json": evidence.text, "receipt.json": `${JSON.stringify(receipt, null, 1)}
` },
    message: `Leave the receipt of ${task}.${attempt}.${generation}`
  };
}

// src/entrypoints/action/publish-mode.ts
async function runPublish(session) {
  var _stack = [];
  try {
    const { inputs, speech } = session;
    const room = __using(_stack, await openLegRoom(session), true);
    const turn = await awaitTurn(session, room);
    if (turn.kind === "idle") return sayIdle(session, turn.because);
    const checked = await checkLeg(session, room, turn);
    if (checked.kind === "bad")
      return await refuse(session, room, turn, `What the jobs of this leg left is not published: ${checked.because}.`);
    const { text, headSha, result } = checked;
    const packSha256 = turn.order.kind === "attempt" && headSha !== null ? inputs.pack?.sha256 ?? null : null;
    const pushed = await pushReceipt(session, room, turn, { text, headSha, packSha256, atMs: endOf(result) });
    if (pushed.kind === "exists")
      return await refuse(
        session,
        room,
        turn,
        `Another receipt of this leg is published already, at commit ${pushed.at}.`
      );
    if (pushed.kind === "refused")
      return await refuse(
        session,
        room,
        turn,
        pushed.why === "lacks-workflows" ? "The change has workflow files, which the token of this job may not push. Land that change yourself; or install your own GitHub App with the permission 'Workflows: write', set the repository's variable ESPALIER_WORKFLOWS to 'write', and comment `/espalier retry`." : `The forge refused the push: ${pushed.because}.`
      );
    speech.setOutput("outcome", "published");
    speech.summarize(renderLegSummary(`Published: ${inputs.leg.task}`, result));
    await notify(session);
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function checkLeg(session, room, turn) {
  const { inputs } = session;
  const evidence = await takeGivenText(room, inputs.evidence, { name: "evidence", maxBytes: MAX_EVIDENCE_BYTES });
  if (!evidence.ok) return bad(evidence.because);
  const reading = readLegResult(evidence.value, turn.awaited);
  if (reading.kind === "refused") return bad(reading.because);
  const { result } = reading;
  if (inputs.evidenceFrom === "work" && !(result.work === "attempt" && result.evidence.outcome !== "verified"))
    return bad("the job work may only say that it failed, and this evidence says otherwise");
  const made = headOfResult(result);
  const head = made.headSha === null ? null : await findHead(session, room, turn, made.headSha);
  if (typeof head === "string") return bad(head);
  if (head !== null && head.treeSha !== made.treeSha)
    return bad(`the evidence is of tree ${made.treeSha}, and its head has tree ${head.treeSha}`);
  return { kind: "good", result, text: evidence.value, headSha: made.headSha };
}
async function findHead({ inputs }, room, { order }, headSha) {
  const { git, remote } = room;
  if (order.kind === "attempt") {
    const { baseSha } = order.order;
    await remote.fetchCommits([baseSha], 1);
    const { work, pack } = inputs;
    const made = await makeHead(room, order.order, { work, pack, maxPackBytes: await readMaxPackBytes(room, baseSha) });
    if (!made.ok) return made.because;
    const { commitSha, treeSha } = made.value.head;
    return commitSha === headSha ? { treeSha } : `the evidence is of commit ${headSha}, and the work made ${commitSha}`;
  }
  const given = order.kind === "given" ? order.order.headSha : order.order.commitSha;
  if (given !== headSha) return `the evidence is of commit ${headSha}, and the ledger waits for ${given}`;
  await remote.fetchCommits([given], 1);
  return { treeSha: await git.treeOf(given) };
}
async function readMaxPackBytes({ git }, baseSha) {
  const text = await git.readFile(baseSha, CONFIG_PATH, MAX_CONFIG_LENGTH * 4);
  return maxPackBytes((readConfig(text ?? "").config ?? emptyConfig()).limits);
}
async function pushReceipt({ inputs, runner }, { git, remote }, { leg }, parts) {
  const { branch, files, message } = makeReceipt({
    plan: inputs.plan,
    nonce: inputs.nonce,
    runId: runner.runId,
    leg,
    headSha: parts.headSha,
    evidence: { text: parts.text, sha256: digestText(parts.text) },
    packSha256: parts.packSha256
  });
  const commit = await git.writeCommit({
    tree: await git.writeTree(files),
    parents: parts.headSha === null ? [] : [parts.headSha],
    message,
    author: ACTION_AUTHOR,
    atMs: parts.atMs
  });
  return remote.pushNew(branch, commit);
}
function endOf(result) {
  return resultOf(result).endedAt;
}
async function refuse(session, room, turn, detail) {
  const { clock, speech } = session;
  speech.setOutput("outcome", "refused");
  const failed = failWork(turn.ledger, turn.awaited, { cause: "publish-refused", detail }, clock.now());
  if (failed.work === "attempt") {
    const text = `${JSON.stringify(failed.evidence)}
`;
    const parts = { text, headSha: null, packSha256: null, atMs: failed.evidence.endedAt };
    const pushed = await pushReceipt(session, room, turn, parts);
    if (pushed.kind === "pushed") await notify(session);
    else
      speech.say(
        `The reason could not be left in a receipt either: ${pushed.kind === "exists" ? "one stands there" : pushed.because}.`
      );
  }
  throw new ActionError(detail);
}
async function notify(session) {
  const { inputs, runner, clock, log, speech } = session;
  if (inputs.notify === null) return;
  try {
    const { startWorkflow } = await import("./start-workflow-4IZ2NWXV.mjs");
    await startWorkflow({
      ...await chooseFetch(session),
      token: inputs.token,
      clock,
      log,
      baseUrl: runner.apiUrl,
      repository: runner.repository,
      workflow: inputs.notify,
      ref: runner.refName,
      inputs: { plan: inputs.plan }
    });
  } catch (error) {
    speech.annotate(
      "warning",
      `The plan goes on with the next sweep: '${inputs.notify}' could not be started (${String(error)}).`
    );
  }
}
function bad(because) {
  return { kind: "bad", because };
}
export {
  runPublish
};
