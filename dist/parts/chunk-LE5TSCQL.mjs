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
  isEvidenceOf,
  isFinalOf,
  isTrialOf
} from "./chunk-PT24LNPS.mjs";
import {
  DispatchLeg
} from "./chunk-OJDTVROY.mjs";
import {
  Evidence,
  FinalResult,
  TrialResult,
  commitField,
  digestField,
  planIdField
} from "./chunk-XUAMTQD7.mjs";
import {
  external_exports
} from "./chunk-AVVG3THQ.mjs";

// src/core/hosted/read-receipt.ts
var Receipt = external_exports.object({
  version: external_exports.literal(1),
  plan: planIdField,
  nonce: external_exports.string(),
  runId: external_exports.number().int(),
  /** 1, unless a person has run it again. */
  runAttempt: external_exports.number().int(),
  ...DispatchLeg.pick({ work: true, task: true, attempt: true, generation: true, mode: true }).shape,
  /** Head that was published with it; `null` if the leg made none. */
  headSha: commitField.nullable(),
  /** SHA-256 of the bytes of `evidence.json`. */
  evidence: digestField,
  pack: digestField.nullable()
});
function evidenceArtifact(leg) {
  return `espalier-${leg.task}.${leg.attempt}-evidence.json`;
}
function readReceipt(found, wanted) {
  const receipt = Receipt.safeParse(parseJson(found.receipt));
  if (!receipt.success) return refused("its receipt.json is not one of this version");
  const otherwise = findOtherLeg(receipt.data, wanted);
  if (otherwise !== null) return refused(otherwise);
  if (found.evidence === null || found.evidenceDigest === null)
    return refused("it holds no evidence of a readable size");
  if (found.evidenceDigest !== receipt.data.evidence)
    return refused("its evidence is not the one that its receipt names");
  if (!isPublishRefusal(found.evidence)) {
    const artifact = found.artifacts?.get(evidenceArtifact(wanted.leg));
    if (artifact === void 0) return { kind: "later" };
    if (artifact !== receipt.data.evidence) return refused("its evidence is not the artifact of the ledger's run");
  }
  if (receipt.data.headSha !== (found.head?.sha ?? null))
    return refused("its receipt names another head than the one that was published with it");
  const reading = readLegResult(found.evidence, wanted.awaited);
  return reading.kind === "believed" ? whenHeadFits(wanted.leg, found.head, reading.result) : reading;
}
function findOtherLeg(receipt, { nonce, run, leg, awaited }) {
  const fields = [
    ["plan", receipt.plan, awaited.plan],
    ["nonce", receipt.nonce, nonce],
    ["run", receipt.runId, run.id],
    ["kind of work", receipt.work, leg.work],
    ["task", receipt.task, leg.task],
    ["attempt", receipt.attempt, leg.attempt],
    ["generation", receipt.generation, leg.generation],
    ["mode", receipt.mode, leg.mode]
  ];
  const other = fields.find(([, is, wanted]) => is !== wanted);
  if (other !== void 0) return `it is of another ${other[0]} than the one that was dispatched`;
  if (receipt.runAttempt !== 1) return "the run was started again by hand, and only what was dispatched counts";
  if (leg.mode === "verify" && receipt.headSha !== null && receipt.headSha !== leg.headSha)
    return "it is of another head than the one that was to be verified";
  return null;
}
function readLegResult(text, awaited) {
  const json = parseJson(text);
  switch (awaited.work) {
    case "attempt": {
      const evidence = Evidence.safeParse(json);
      if (!evidence.success) return notOfThisVersion(evidence.error);
      const { data } = evidence;
      if (!isEvidenceOf(data, awaited)) return refused("its evidence is bound to another attempt, task text or base");
      if (data.failure !== null && isReservedCause(data.failure.cause))
        return refused(`a run cannot say '${data.failure.cause}' of itself`);
      return believed({ work: "attempt", evidence: data });
    }
    case "trial": {
      const trial = TrialResult.safeParse(json);
      if (!trial.success) return notOfThisVersion(trial.error);
      const { data } = trial;
      if (!isTrialOf(data, awaited, awaited.trial)) return refused("its result is bound to another trial");
      if (data.outcome === "cancelled") return refused("a run cannot say 'cancelled' of itself");
      return believed({ work: "trial", result: data });
    }
    case "final": {
      const final = FinalResult.safeParse(json);
      if (!final.success) return notOfThisVersion(final.error);
      const { data } = final;
      if (data.plan !== awaited.plan || !isFinalOf(data, awaited.final))
        return refused("its result is bound to another landed whole");
      return believed({ work: "final", result: data });
    }
  }
}
function headOfResult(leg) {
  switch (leg.work) {
    case "attempt":
      return leg.evidence;
    case "trial":
      return { headSha: leg.result.commitSha, treeSha: leg.result.treeSha };
    case "final":
      return { headSha: leg.result.commitSha, treeSha: leg.result.test.tree };
  }
}
function whenHeadFits(leg, head, result) {
  const made = headOfResult(result);
  if (made.headSha === null) {
    const isContrary = made.treeSha !== null || head !== null && leg.mode === "full";
    return isContrary ? refused("it was published with a head that its evidence does not know") : believed(result);
  }
  if (made.headSha !== head?.sha)
    return refused("its evidence is of another head than the one that was published with it");
  if (made.treeSha !== head.tree) return refused("its evidence is of another tree than that of the published head");
  return believed(result);
}
function isPublishRefusal(text) {
  const evidence = Evidence.safeParse(parseJson(text));
  if (!evidence.success) return false;
  const { outcome, failure, headSha } = evidence.data;
  return outcome === "failed" && failure?.cause === "publish-refused" && headSha === null;
}
function isReservedCause(cause) {
  return ["run-failed", "run-cancelled", "run-lost", "evidence-refused"].includes(cause);
}
function believed(result) {
  return { kind: "believed", result };
}
function refused(because) {
  return { kind: "refused", because };
}
function notOfThisVersion(error) {
  const [issue] = error.issues;
  return refused(`its evidence.json is not one of this version (${issue?.path.join(".")}: ${issue?.message})`);
}
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return void 0;
  }
}

export {
  readReceipt,
  readLegResult,
  headOfResult
};
