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
  finalSuiteDigest
} from "./chunk-CAA5KSZQ.mjs";
import {
  cleanLine
} from "./chunk-AVVG3THQ.mjs";

// src/core/hosted/failed-work.ts
var NO_TREE = "0".repeat(40);
var MAX_DETAIL = 1e3;
var TRANSIENT = /* @__PURE__ */ new Set(["run-failed", "run-lost"]);
function failWork(ledger, awaited, failure, nowMs) {
  const detail = cleanLine(failure.detail, MAX_DETAIL);
  switch (awaited.work) {
    case "attempt":
      return { work: "attempt", evidence: failAttempt(awaited, { ...failure, detail }, nowMs) };
    case "trial": {
      const { plan, task, attempt, trial } = awaited;
      return {
        work: "trial",
        result: {
          version: 1,
          plan,
          task,
          attempt: attempt.attempt,
          generation: trial.generation,
          headSha: attempt.evidence?.headSha ?? trial.ontoSha,
          ontoSha: trial.ontoSha,
          outcome: failure.cause === "run-cancelled" ? "cancelled" : "error",
          commitSha: null,
          treeSha: null,
          test: null,
          conflicts: [],
          feedback: detail,
          endedAt: nowMs
        }
      };
    }
    case "final": {
      const { plan, final } = awaited;
      const suite = finalSuiteDigest(ledger.plan.final);
      const run = { status: "error", exitCode: null, durationMs: 0, tail: detail, reused: false };
      return {
        work: "final",
        result: {
          version: 1,
          plan,
          generation: final.generation,
          commitSha: final.commitSha,
          test: { stage: "final", tree: NO_TREE, suite, ...run },
          endedAt: nowMs
        }
      };
    }
  }
}
function failAttempt({ plan, task, attempt }, { cause, detail }, nowMs) {
  return {
    version: 1,
    plan,
    task,
    attempt: attempt.attempt,
    generation: attempt.generation,
    taskDigest: attempt.taskDigest,
    baseSha: attempt.baseSha,
    baseTreeSha: NO_TREE,
    headSha: null,
    treeSha: null,
    outcome: cause === "run-cancelled" ? "cancelled" : "failed",
    // What broke is no fault of the work: the next attempt is not told of it.
    failure: { cause, detail, feedback: "", isTransient: TRANSIENT.has(cause) },
    tests: [],
    reviews: [],
    baseTests: "not-asked",
    violations: [],
    changes: { files: 0, insertions: 0, deletions: 0 },
    paths: [],
    usage: { costUsd: null, inputTokens: null, outputTokens: null, turns: null },
    iterations: 0,
    sandbox: { engine: "unknown", profile: "unknown", waived: [] },
    startedAt: attempt.startedAt,
    endedAt: nowMs,
    timings: {}
  };
}

export {
  failWork
};
