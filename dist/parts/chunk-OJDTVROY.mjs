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
  HolderId
} from "./chunk-GMXT2ENO.mjs";
import {
  commitField,
  digestField,
  taskIdField,
  timeField
} from "./chunk-XUAMTQD7.mjs";
import {
  external_exports
} from "./chunk-AVVG3THQ.mjs";

// src/core/ledger/forge-record.ts
var DispatchLeg = external_exports.object({
  /** `attempt` and `trial` belong to the task's attempt of that number; `final` to the plan. */
  work: external_exports.enum(["attempt", "trial", "final"]),
  /** For `final` the word `final`. */
  task: taskIdField,
  attempt: external_exports.number().int().min(1),
  generation: external_exports.number().int().min(1),
  /** `full`: work, verify, publish. `verify`: of `headSha` alone. */
  mode: external_exports.enum(["full", "verify"]),
  /** Set when `mode` is `verify`. */
  headSha: commitField.nullable(),
  /** Labels of the runner that it was dispatched to; left out where its task names none. */
  runsOn: external_exports.array(external_exports.string()).min(1).optional(),
  /** True once its receipt was taken in or given up. */
  isOver: external_exports.boolean(),
  /** True if it was given up while the run may still be at it. */
  isStopped: external_exports.boolean().optional()
});
var EffectLease = external_exports.object({ holder: HolderId, until: timeField });
var NamedRun = external_exports.object({
  /** Larger than 2^31 in practice, which GraphQL's `databaseId` cannot hold. */
  id: external_exports.number().int(),
  nodeId: external_exports.string(),
  url: external_exports.string()
});
var DispatchRecord = external_exports.object({
  /** Unique within the repository: `<plan>.<generation>`. Stands in the run's name. */
  nonce: external_exports.string(),
  legs: external_exports.array(DispatchLeg).min(1),
  writtenAt: timeField,
  lease: EffectLease,
  /** `null` until the run is known. */
  run: NamedRun.nullable(),
  /** When it became known: what is waited for of the run is waited for from then. */
  namedAt: timeField.optional(),
  /** When the run was first seen to have begun; `null` before. */
  begunAt: timeField.nullable(),
  /** When the run was first seen to be over. */
  endedAt: timeField.optional(),
  /** How often the forge would not dispatch it, and before when it is not tried again. */
  tries: external_exports.number().int().optional(),
  notBefore: timeField.optional()
});
var PullRecord = external_exports.object({
  number: external_exports.number().int(),
  nodeId: external_exports.string(),
  /** Where Espalier last left the branch; a tip elsewhere is a person's push. */
  headSha: commitField,
  /** True once it has landed and its branch is gone: nothing is read of it any more. */
  isDone: external_exports.boolean()
});
var CommandRecord = external_exports.object({
  /** Node id of the comment, or of the event for a label or a button. */
  source: external_exports.string(),
  /** The command as printed, without its slash; of several in one comment, joined by `; `. */
  text: external_exports.string(),
  by: external_exports.string(),
  at: timeField,
  outcome: external_exports.enum(["done", "refused", "ignored"])
});
var PendingAnswer = external_exports.object({
  /** Key of the effect; the posted comment carries it as its marker. */
  key: external_exports.string(),
  /** Issue or pull request number. */
  thread: external_exports.number().int(),
  /** Markdown without the marker. */
  body: external_exports.string(),
  /** The reaction that acknowledged the comment of this node id; it is given again where the answer is. */
  reaction: external_exports.enum(["EYES", "CONFUSED"]).optional()
});
var ProposedPlan = external_exports.object({
  source: digestField,
  /** `null` if the new text cannot be read as a plan. */
  revision: digestField.nullable(),
  changed: external_exports.array(taskIdField),
  added: external_exports.array(taskIdField),
  removed: external_exports.array(taskIdField),
  /** Reviewed tasks of which the title alone changed, which reviewers are told; left out if there is none. */
  retitled: external_exports.array(taskIdField).optional(),
  isFrameChanged: external_exports.boolean(),
  seenAt: timeField
});
var ForgeRecord = external_exports.object({
  version: external_exports.literal(1),
  issue: external_exports.number().int(),
  /** Who had the plan accepted, and the digest of the text that was. `null` before `run`. */
  accepted: external_exports.object({ revision: digestField, source: digestField, by: external_exports.string(), at: timeField }).nullable(),
  /** Who accepted it and works on it; others leave it alone. Older records have none, and are their reader's own. */
  keeper: external_exports.object({ appId: external_exports.number().int(), login: external_exports.string() }).optional(),
  proposed: ProposedPlan.nullable(),
  /** Work on these tasks only; `null` is all of them. */
  only: external_exports.array(taskIdField).nullable(),
  /** Node id of the status comment. */
  statusComment: external_exports.string().nullable(),
  /** True once the final report was posted; a revised or retried plan clears it. */
  isReported: external_exports.boolean(),
  commands: external_exports.array(CommandRecord),
  answers: external_exports.array(PendingAnswer),
  dispatches: external_exports.array(DispatchRecord),
  pulls: external_exports.record(taskIdField, PullRecord),
  /** Keys of notices about tasks without a sign of life, so that each is given once; the last of them. */
  told: external_exports.array(external_exports.string()),
  /** Creations that a process is about to do or has just done, by key of the effect. */
  leases: external_exports.record(external_exports.string(), EffectLease),
  /** What keeps the whole plan from going on until a person acts (a missing permission, a missing workflow file). */
  obstacle: external_exports.object({
    code: external_exports.string(),
    because: external_exports.string(),
    next: external_exports.string(),
    at: timeField,
    /** Key of the effect that was refused: once it is done, the obstacle is gone. */
    effect: external_exports.string().optional()
  }).nullable()
});
function createForgeRecord(issue) {
  return {
    version: 1,
    issue,
    accepted: null,
    proposed: null,
    only: null,
    statusComment: null,
    isReported: false,
    commands: [],
    answers: [],
    dispatches: [],
    pulls: {},
    told: [],
    leases: {},
    obstacle: null
  };
}

// src/core/ledger/forge-files.ts
var FORGE_FILE = ".agent-coordination/forge.json";
var PLAN_FILE = ".agent-coordination/plan.json";
var TEXTS = /* @__PURE__ */ new WeakMap();
function writeForgeFiles(record) {
  const known = TEXTS.get(record);
  const text = known ?? `${JSON.stringify(record, null, 1)}
`;
  if (known === void 0) TEXTS.set(record, text);
  return { [FORGE_FILE]: text };
}
function readForgeFiles(files) {
  const text = files[FORGE_FILE];
  if (text === void 0) return { ok: true, value: null };
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, because: `${FORGE_FILE} in the ledger is not JSON` };
  }
  const result = ForgeRecord.safeParse(parsed);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  return {
    ok: false,
    because: `${FORGE_FILE} in the ledger is not as this version writes it: ${issue?.path.join(".")} ${issue?.message}`
  };
}
function hasPlanFiles(files) {
  return files[PLAN_FILE] !== void 0;
}

export {
  DispatchLeg,
  createForgeRecord,
  writeForgeFiles,
  readForgeFiles,
  hasPlanFiles
};
