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
  commitField,
  taskIdField
} from "./chunk-XUAMTQD7.mjs";
import {
  MAX_RUNNER_LABELS,
  cleanLine,
  external_exports,
  readRunnerLabel,
  readTaskId
} from "./chunk-AVVG3THQ.mjs";

// src/core/ledger/leg-input.ts
var LegInput = external_exports.strictObject({
  /** For the tests on the landed whole the word `final`. */
  task: taskIdField.refine((text) => readTaskId(text).ok, "it is no task id"),
  attempt: external_exports.number().int().min(1),
  generation: external_exports.number().int().min(1),
  /** `full`: work, verify, publish. `verify`: of `head` alone. */
  mode: external_exports.enum(["full", "verify"]),
  /** The commit to verify; `null` for `full`. */
  head: commitField.nullable(),
  /** Labels of the runner, all of which it must have. */
  runs_on: external_exports.array(external_exports.string().refine((label) => readRunnerLabel(label).ok, "it is no label of a runner")).min(1).max(MAX_RUNNER_LABELS)
}).refine(({ mode, head }) => mode === "verify" === (head !== null), {
  path: ["head"],
  message: "'verify' needs a head, and 'full' has none"
});
var MAX_LEG_CHARACTERS = 4096;
function readLegInput(text) {
  if (text.length > MAX_LEG_CHARACTERS)
    return { ok: false, because: `a leg has at most ${MAX_LEG_CHARACTERS} characters, this one has ${text.length}` };
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, because: "a leg is JSON, and this text is not" };
  }
  const leg = LegInput.safeParse(parsed);
  if (leg.success) return { ok: true, value: leg.data };
  const [issue] = leg.error.issues;
  const where = issue === void 0 || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  return { ok: false, because: cleanLine(`the leg does not fit: ${where}${issue?.message ?? ""}`, 300) };
}
function findLeg(legs, input) {
  const found = legs.find(
    (leg) => leg.task === input.task && leg.attempt === input.attempt && leg.generation === input.generation && leg.mode === input.mode && leg.headSha === input.head
  );
  return found ?? null;
}

export {
  readLegInput,
  findLeg
};
