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
  external_exports
} from "./chunk-AVVG3THQ.mjs";

// src/core/ledger/evidence.ts
var branded = () => external_exports.string();
var taskIdField = branded();
var planIdField = branded();
var branchField = branded();
var commitField = external_exports.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
var treeField = external_exports.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
var digestField = external_exports.string().regex(/^[0-9a-f]{64}$/);
var timeField = external_exports.number().int();
var TEST_STAGES = ["work", "verify", "base-tests", "trial", "final"];
var TestResult = external_exports.object({
  stage: external_exports.enum(TEST_STAGES),
  tree: treeField,
  /** Digest of the commands, profile and resources that they ran under. */
  suite: digestField,
  status: external_exports.enum(["passed", "failed", "timed-out", "error"]),
  /** Exit code of the first command that did not pass; `null` when all passed or none ended. */
  exitCode: external_exports.number().int().nullable(),
  durationMs: external_exports.number().int(),
  /** The end of the output, cleaned of control characters and secrets. */
  tail: external_exports.string(),
  /** True when an earlier result for the same tree and suite stood in for a run. */
  reused: external_exports.boolean()
});
var Finding = external_exports.object({
  severity: external_exports.enum(["blocking", "warning", "note"]),
  path: external_exports.string().nullable(),
  line: external_exports.number().int().nullable(),
  message: external_exports.string()
});
var ReviewResult = external_exports.object({
  stage: external_exports.enum(["work", "verify"]),
  iteration: external_exports.number().int(),
  status: external_exports.enum(["scored", "timed-out", "error"]),
  /** 0 to 10; `null` unless `status` is `scored`. */
  score: external_exports.number().min(0).max(10).nullable(),
  findings: external_exports.array(Finding),
  /** Digest of the change that was read: base tree and head tree. */
  change: digestField,
  rubric: digestField,
  reviewer: external_exports.string(),
  durationMs: external_exports.number().int(),
  /** Why there is no score; empty when there is one. */
  detail: external_exports.string()
});
var TreeViolation = external_exports.object({
  rule: external_exports.enum(["ownership", "protected-paths", "contents"]),
  path: external_exports.string(),
  because: external_exports.string()
});
var Usage = external_exports.object({
  costUsd: external_exports.number().nonnegative().nullable(),
  inputTokens: external_exports.number().int().nullable(),
  outputTokens: external_exports.number().int().nullable(),
  turns: external_exports.number().int().nullable()
});
var FAILURE_CAUSES = [
  "agent-failed",
  // exited non-zero, or its preset read an error in its output
  "agent-timed-out",
  "agent-flooded",
  // more output than the cap
  "agent-resources",
  // killed for memory, or could not fork
  "no-change",
  // exited 0 and changed nothing
  "worktree-lost",
  // the worktree is gone or is not what was made
  "intake-refused",
  // what it wrote could not be taken in (bad objects, too large)
  "tree-refused",
  // owned or protected paths, symlinks, sizes, secrets
  "setup-failed",
  "tests-failed",
  "review-failed",
  // no score, or under the threshold after all iterations
  "base-tests-failed",
  "disk-full",
  "sandbox-failed",
  // the engine could not start or run the sandbox
  "cancelled",
  "internal",
  "run-failed",
  // the remote run ended and left nothing that can be believed
  "run-cancelled",
  // a person cancelled the remote run
  "run-lost",
  // the remote run never began, or the forge does not know it any more
  "evidence-refused",
  // what the remote run left is not what was dispatched
  "publish-refused"
  // what was verified, or said to be, could not be published
];
var ATTEMPT_STAGES = ["worktree", "setup", "agent", "intake", "tests", "review", "verify", "publish"];
var Evidence = external_exports.object({
  version: external_exports.literal(1),
  plan: planIdField,
  task: taskIdField,
  attempt: external_exports.number().int().min(1),
  /** Which dispatch of this attempt; a result of a superseded dispatch is ignored. */
  generation: external_exports.number().int().min(1),
  /** Digest of the resolved task that it was made for. */
  taskDigest: digestField,
  baseSha: commitField,
  /** Tree of the base, so that the review's binding can be checked without git. */
  baseTreeSha: treeField,
  /** The taken-in commit; `null` if none could be made. */
  headSha: commitField.nullable(),
  treeSha: treeField.nullable(),
  outcome: external_exports.enum(["verified", "failed", "cancelled"]),
  /** Set unless `outcome` is `verified`. `feedback` is the text for the next attempt's prompt. */
  failure: external_exports.object({ cause: external_exports.enum(FAILURE_CAUSES), detail: external_exports.string(), feedback: external_exports.string(), isTransient: external_exports.boolean() }).nullable(),
  tests: external_exports.array(TestResult),
  reviews: external_exports.array(ReviewResult),
  /**
   * The base's tests against the change: `not-asked` without `test_paths`, `not-needed` if the change left the
   * existing test files alone, `waived` if the task's `allow` names what it changed, `run` if there is a result.
   */
  baseTests: external_exports.enum(["not-asked", "not-needed", "waived", "run"]),
  violations: external_exports.array(TreeViolation),
  changes: external_exports.object({ files: external_exports.number().int(), insertions: external_exports.number().int(), deletions: external_exports.number().int() }),
  /** Changed paths, at most 200 of them. */
  paths: external_exports.array(external_exports.string()),
  usage: Usage,
  iterations: external_exports.number().int(),
  sandbox: external_exports.object({ engine: external_exports.string(), profile: external_exports.string(), waived: external_exports.array(external_exports.string()) }),
  startedAt: timeField,
  endedAt: timeField,
  /** How long each stage took in all, ms; `overhead` is what is neither agent, setup, tests, review nor tree making. */
  timings: external_exports.record(external_exports.string(), external_exports.number())
});
var TrialResult = external_exports.object({
  version: external_exports.literal(1),
  plan: planIdField,
  task: taskIdField,
  attempt: external_exports.number().int().min(1),
  generation: external_exports.number().int().min(1),
  headSha: commitField,
  /** Tip of the landing branch that it was merged onto. */
  ontoSha: commitField,
  /** `cancelled`: a person cancelled the remote run of it. */
  outcome: external_exports.enum(["tested", "conflict", "error", "cancelled"]),
  /** The merge commit and its tree; set when `outcome` is `tested`. */
  commitSha: commitField.nullable(),
  treeSha: treeField.nullable(),
  test: TestResult.nullable(),
  conflicts: external_exports.array(external_exports.object({ path: external_exports.string(), because: external_exports.string() })),
  /** Text for the next attempt's prompt (the conflict's hunks, the failing log), or why it could not be tried. */
  feedback: external_exports.string(),
  endedAt: timeField
});
var FinalResult = external_exports.object({
  version: external_exports.literal(1),
  plan: planIdField,
  generation: external_exports.number().int().min(1),
  commitSha: commitField,
  test: TestResult,
  endedAt: timeField
});

export {
  taskIdField,
  planIdField,
  branchField,
  commitField,
  treeField,
  digestField,
  timeField,
  TestResult,
  Finding,
  ReviewResult,
  Usage,
  ATTEMPT_STAGES,
  Evidence,
  TrialResult,
  FinalResult
};
