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
  NO_LEDGER,
  fitDocument,
  tableSection,
  whole
} from "./chunk-JYFQJQQT.mjs";
import "./chunk-KOHP7R6O.mjs";
import {
  openServerless,
  toActionError
} from "./chunk-QJU3GTUS.mjs";
import "./chunk-6RY23M7P.mjs";
import "./chunk-PK42BOFK.mjs";
import {
  BLOB_FRAGMENT,
  CommitName,
  FileEntry,
  GraphqlDocument,
  Time,
  issueOf,
  readBlobBytes
} from "./chunk-CQY33ZTP.mjs";
import "./chunk-HVR6NXFW.mjs";
import {
  hasPlanFiles,
  readForgeFiles
} from "./chunk-OJDTVROY.mjs";
import {
  code,
  countOf,
  landedAttempt,
  prose,
  readConfig,
  readPlanFiles,
  say,
  shortSha,
  table
} from "./chunk-GMXT2ENO.mjs";
import "./chunk-XUAMTQD7.mjs";
import {
  ActionError
} from "./chunk-HHX5HOBA.mjs";
import "./chunk-SBM5ZMS6.mjs";
import {
  branchFor
} from "./chunk-CICE3PZ7.mjs";
import "./chunk-EM5YRON7.mjs";
import {
  external_exports
} from "./chunk-AVVG3THQ.mjs";
import "./chunk-TFCDRFP4.mjs";
import "./chunk-4P42K4ID.mjs";

// src/adapters/github/read-cleaning.ts
var SPACES = ["espalier/", "espalier-staging/", "espalier-ledger/", "espalier-queue/", "archive/espalier/"];
var PRINTABLE = /^[\x21-\x7e]{1,250}$/;
var DOCTOR = /^espalier-staging\/doctor-/;
var OBJECTS_AT_ONCE = 100;
var CONFIG_PATH = ".github/espalier.yml";
var MAX_CONFIG_BYTES = 1024 * 1024;
var Refs = external_exports.array(external_exports.object({ ref: external_exports.string(), object: external_exports.object({ sha: CommitName, type: external_exports.string() }) }));
async function listOwnBranches(place) {
  const found = [];
  for (const space of SPACES) found.push(...await listSpace(place, space));
  const times = await readTimes(
    place,
    found.map(({ sha }) => sha)
  );
  return found.map((one) => ({ ...one, committedAtMs: times.get(one.sha) ?? 0 }));
}
async function listSpace({ client, owner, name, signal }, space) {
  const refs = await client.rest({
    route: "GET /repos/{owner}/{repo}/git/matching-refs/{ref}",
    parameters: { owner, repo: name, ref: `heads/${space}` },
    what: "Listing Espalier's branches",
    answer: Refs,
    ...signal === void 0 ? {} : { signal }
  });
  return refs.flatMap(({ ref, object }) => {
    const branch = ref.replace(/^refs\/heads\//, "");
    const isOwn = branch.startsWith(space) && PRINTABLE.test(branch) && !DOCTOR.test(branch);
    return isOwn && object.type === "commit" ? [{ branch, sha: object.sha }] : [];
  });
}
var Objects = external_exports.object({
  repository: external_exports.record(external_exports.string(), external_exports.object({ committedDate: Time.optional() }).nullable()).nullable()
});
async function readTimes(place, shas) {
  const times = /* @__PURE__ */ new Map();
  const unique = [...new Set(shas)];
  for (let from = 0; from < unique.length; from += OBJECTS_AT_ONCE) {
    const part = unique.slice(from, from + OBJECTS_AT_ONCE);
    const document = new GraphqlDocument("query", "CommitTimes");
    const fields = part.map(
      (sha, at) => `o${at}: object(oid: ${document.variable("GitObjectID!", sha)}) { ... on Commit { committedDate } }`
    );
    selectRepository(document, place, fields);
    const answer = await ask(place, document, "Reading when commits were made", Objects);
    for (const [at, sha] of part.entries()) {
      const atMs = answer.repository?.[`o${at}`]?.committedDate;
      if (atMs !== void 0) times.set(sha, atMs);
    }
  }
  return times;
}
var States = external_exports.object({
  repository: external_exports.record(external_exports.string(), external_exports.object({ state: external_exports.enum(["OPEN", "CLOSED"]) }).nullable()).nullable()
});
async function readOpenIssues(place, issues) {
  const open = /* @__PURE__ */ new Set();
  for (let from = 0; from < issues.length; from += OBJECTS_AT_ONCE) {
    const part = issues.slice(from, from + OBJECTS_AT_ONCE);
    const document = new GraphqlDocument("query", "OpenIssues");
    const fields = part.map((issue, at) => `i${at}: issue(number: ${document.variable("Int!", issue)}) { state }`);
    selectRepository(document, place, fields);
    const answer = await ask(place, document, "Reading which plans are open", States);
    for (const [at, issue] of part.entries()) if (answer.repository?.[`i${at}`]?.state === "OPEN") open.add(issue);
  }
  return open;
}
var Config = external_exports.object({
  repository: external_exports.object({
    defaultBranchRef: external_exports.object({ target: external_exports.object({ config: FileEntry.optional() }).nullable() }).nullable()
  }).nullable()
});
async function readConfigText(place) {
  const document = new GraphqlDocument("query", "ReadConfig");
  document.define(BLOB_FRAGMENT);
  const path = document.variable("String!", CONFIG_PATH);
  selectRepository(document, place, [
    `defaultBranchRef { target { ... on Commit { config: file(path: ${path}) { object { ...Blob } } } } }`
  ]);
  const answer = await ask(place, document, "Reading the configuration", Config);
  const blob = answer.repository?.defaultBranchRef?.target?.config ?? null;
  if (blob === null) return null;
  const bytes = await readBlobBytes(blob, MAX_CONFIG_BYTES, place);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}
function selectRepository(document, { owner, name }, fields) {
  const [ownerVariable, nameVariable] = [document.variable("String!", owner), document.variable("String!", name)];
  document.select(`repository(owner: ${ownerVariable}, name: ${nameVariable}) {
${fields.join("\n")}
}`);
}
async function ask({ client, signal }, document, what, answer) {
  const { data } = await client.graphql({
    kind: "query",
    ...document.finish(),
    what,
    answer,
    ...signal === void 0 ? {} : { signal }
  });
  return data;
}

// src/core/clean/hosted-cleaning.ts
function chooseHostedCleaning(facts, config, nowMs) {
  const cleaning = { remove: [], keep: [] };
  const plans = new Map(facts.plans.map((plan) => [plan.plan, plan]));
  const movedAtMs = lastMoves(facts.branches);
  for (const found of facts.branches) {
    const [, plan = ""] = /^(?:archive\/)?espalier(?:-ledger|-staging)?\/([^/]+)/.exec(found.branch) ?? [];
    const known = plans.get(plan) ?? null;
    const restedMs = nowMs - Math.max(found.committedAtMs, movedAtMs.get(plan) ?? 0);
    const verdict = judge(found, { known, appId: facts.appId, restedMs, config });
    const { kind, ...rest } = verdict;
    if (kind === "remove") cleaning.remove.push({ ...found, ...rest });
    else cleaning.keep.push({ ...found, because: verdict.because });
  }
  return cleaning;
}
function lastMoves(branches) {
  const moves = /* @__PURE__ */ new Map();
  for (const { branch, committedAtMs } of branches) {
    const [, live, archived] = /^(?:espalier-ledger\/([^/]+)|archive\/espalier\/([^/]+)\/ledger-[^/]+)$/.exec(branch) ?? [];
    const plan = live ?? archived;
    if (plan !== void 0) moves.set(plan, Math.max(moves.get(plan) ?? 0, committedAtMs));
  }
  return moves;
}
function judge(found, around) {
  const { branch } = found;
  const { known } = around;
  if (branch.startsWith("espalier-queue/")) return keep("it holds what landed on its base");
  if (branch.startsWith("archive/")) return judgeArchive(found, around);
  if (known === null) return keep("no ledger says what it is for");
  const keeper = known.record?.keeper;
  if (keeper !== void 0 && keeper.appId !== around.appId) return keep(`its plan is kept by ${keeper.login}`);
  if (known.ledger === null || known.record === null)
    return keep("its plan was never accepted, or its ledger cannot be read");
  const left = countLeft(known.ledger);
  const isEnded = !known.isOpen && left === 0;
  const plan = { ...known, ledger: known.ledger, record: known.record, left, isEnded };
  if (branch.startsWith("espalier-ledger/")) return judgeLedger(found, plan, around);
  return judgeWork(found, plan, around);
}
function judgeArchive({ branch }, { known, restedMs, config }) {
  if (/\/ledger-[^/]+$/.test(branch)) return keep("it is the audit trail of a plan that has ended");
  if (known?.isOpen === true) return keep("its plan is open");
  return restedMs < config.archivesAfterMs ? keep(`it is archived for ${days(config.archivesAfterMs)}, of which ${days(restedMs)} have passed`) : remove(`nothing of its plan has moved for ${days(config.archivesAfterMs)}`);
}
function countLeft({ plan, tasks }) {
  return plan.tasks.filter(({ id }) => landedAttempt(tasks[id]) === null && tasks[id]?.cancelled == null).length;
}
function judgeLedger({ sha }, { plan, isOpen, isEnded, left }, around) {
  const { restedMs, config } = around;
  if (isOpen) return keep("its plan is open");
  if (!isEnded)
    return keep(
      `its issue was closed while ${countOf(left, "task")} had not landed: reopen it to go on, or delete the branch by hand`
    );
  if (restedMs < config.ledgersAfterMs)
    return keep(`its plan has ended, and has rested ${days(restedMs)} of ${days(config.ledgersAfterMs)}`);
  return remove("its plan has ended", branchFor({ kind: "archived-ledger", plan, at: sha }));
}
function judgeWork(found, known, around) {
  const { plan, ledger } = known;
  for (const { id: task } of ledger.plan.tasks) {
    const record = ledger.tasks[task];
    const hasLanded = landedAttempt(record) !== null;
    if (found.branch === branchFor({ kind: "task", plan, task })) return judgeTaskBranch(known, hasLanded);
    for (const attempt of record?.attempts ?? []) {
      const key = { plan, task, attempt: attempt.attempt };
      const isSettled = hasLanded || known.isEnded;
      if (found.branch === branchFor({ kind: "attempt", ...key })) {
        const archive = branchFor({ kind: "archive", ...key, generation: attempt.generation });
        return judgeAttempt(found, attempt, isSettled ? archive : null);
      }
      if (found.branch === branchFor({ kind: "trial", ...key }))
        return isSettled || !isUnderWay(attempt) ? remove("it is a merge that was only tried; both of its sides are kept") : keep("its attempt is not finished");
    }
  }
  if (found.branch.startsWith(`espalier-staging/${plan}/receipt/`)) return judgeReceipt(found, known, around);
  return keep("its plan does not know it");
}
function judgeTaskBranch({ isEnded }, hasLanded) {
  if (hasLanded) return keep("its task has landed, and somebody has pushed to it since: delete it by hand");
  return keep(
    isEnded ? "its task was cancelled: close its pull request, then delete it by hand" : "its task has not landed"
  );
}
function judgeAttempt({ sha }, attempt, archive) {
  if (attempt.evidence?.headSha !== sha) return keep("it is not where the ledger says: somebody has moved it");
  if (attempt.status === "landed") return remove("it has landed");
  if (archive !== null) return remove("its task is settled without it", archive);
  return keep(isUnderWay(attempt) ? "its attempt is not finished" : "a later attempt at its task may go on from it");
}
function judgeReceipt({ branch }, { plan, record }, { restedMs, config }) {
  const isAwaited = record.dispatches.some(
    ({ legs }) => legs.some((leg) => !leg.isOver && branch === branchFor({ kind: "receipt", plan, ...leg }))
  );
  if (isAwaited) return keep("it is waited for");
  return restedMs < config.archivesAfterMs ? keep(`a run left it that nobody waits for; it goes after ${days(config.archivesAfterMs)}`) : remove("a run left it that nobody waits for");
}
function isUnderWay({ status }) {
  return status === "running" || status === "verified";
}
function days(ms) {
  return countOf(Math.floor(ms / 864e5), "day");
}
function keep(because) {
  return { kind: "keep", because };
}
function remove(because, to = null) {
  return { kind: "remove", to, because };
}

// src/core/report/hosted/cleaning-report.ts
var MAX_BYTES = 512 * 1024;
var MAX_TABLE_BYTES = 200 * 1024;
function renderHostedCleaning({ remove: remove2, keep: keep2 }, { isDryRun, failed }) {
  const gone = remove2.filter(({ branch }) => !failed.has(branch));
  const left = remove2.filter(({ branch }) => failed.has(branch));
  const hint = isDryRun ? "Nothing was changed: this was a dry run. The README says how to let the job remove it." : "";
  const reasons = (items) => table(
    ["Branch", "Why"],
    items.map(({ branch, because }) => [code(branch), prose(because, 300)])
  );
  const rows = gone.map(({ branch, sha, because, to }) => [
    code(branch),
    code(shortSha(sha)),
    prose(because, 300),
    to === null ? say`` : code(to)
  ]);
  const most = MAX_TABLE_BYTES;
  return fitDocument(
    [
      whole(0, `## Branches ${isDryRun ? "that would be removed" : "removed"}: ${gone.length}`),
      whole(0, hint),
      tableSection(1, { head: "", lines: table(["Branch", "At", "Why", "Kept as"], rows), most }),
      tableSection(1, {
        head: "### Could not be removed",
        lines: reasons(left.map(({ branch }) => ({ branch, because: failed.get(branch) ?? "" }))),
        most
      }),
      tableSection(2, { head: "### Kept", lines: reasons(keep2), most })
    ],
    MAX_BYTES
  );
}

// src/entrypoints/action/cleanup-mode.ts
var MOVES_AT_ONCE = 40;
async function runCleanup(session) {
  const { inputs, speech } = session;
  const serverless = await openServerless(session);
  const { cleaning, failed } = await toActionError(async () => {
    const forge = forgeOf(serverless);
    const chosen = await choose(session, serverless, forge);
    return {
      cleaning: chosen,
      failed: inputs.isDryRun ? /* @__PURE__ */ new Map() : await removeAll(forge, chosen.remove)
    };
  });
  speech.setOutput("outcome", "done");
  speech.setOutput("removed", String(cleaning.remove.length - failed.size));
  for (const { branch, because } of cleaning.remove)
    speech.say(
      `${inputs.isDryRun ? "would go" : failed.has(branch) ? "stays" : "gone"}: ${branch} (${failed.get(branch) ?? because})`
    );
  speech.summarize(renderHostedCleaning(cleaning, { isDryRun: inputs.isDryRun, failed }));
}
function forgeOf({ github, repository }) {
  return github.forgeOf({ repositoryId: repository.id, owner: repository.owner, repo: repository.name });
}
async function choose({ clock, signal }, { github, repository, self }, forge) {
  const place = { client: github.client, owner: repository.owner, name: repository.name, signal };
  const { config } = readConfig(await readConfigText(place) ?? "");
  if (config === null)
    throw new ActionError("Nothing is cleaned up: .github/espalier.yml on the default branch cannot be read.", {
      next: "mend that file; the comment /espalier check on a plan shows what is wrong with it"
    });
  const branches = await listOwnBranches(place);
  const ledgers = branches.flatMap((found) => {
    const plan = /^espalier-ledger\/(issue-\d+)$/.exec(found.branch)?.[1];
    const issue = issueOf(plan ?? "");
    return issue === null ? [] : [{ ...found, plan, issue }];
  });
  const open = await readOpenIssues(
    place,
    ledgers.map(({ issue }) => issue)
  );
  const plans = [];
  for (const { plan, issue, sha } of ledgers)
    plans.push({ plan, isOpen: open.has(issue), ...await readLedger(forge, sha) });
  return chooseHostedCleaning({ appId: self.appId, branches, plans }, config.github.cleanup, clock.now());
}
async function readLedger(forge, at) {
  const files = await forge.readLedgerFiles(at);
  const ledger = hasPlanFiles(files) ? readPlanFiles(files) : null;
  const record = readForgeFiles(files);
  return { ledger: ledger?.ok === true ? ledger.value : null, record: record.ok ? record.value : null };
}
async function removeAll(forge, removals) {
  const failed = /* @__PURE__ */ new Map();
  for (let from = 0; from < removals.length; from += MOVES_AT_ONCE) {
    const part = removals.slice(from, from + MOVES_AT_ONCE);
    const outcomes = await forge.perform(part.map(toEffect), NO_LEDGER);
    for (const { branch } of part) {
      const because = whyNot(outcomes.get(keyOf(branch)));
      if (because !== null) failed.set(branch, because);
    }
  }
  return failed;
}
function keyOf(branch) {
  return `clean.${branch}`;
}
function toEffect({ branch, sha, to }) {
  const archive = to === null ? [] : [{ branch: to, from: null, to: sha, force: false }];
  return {
    kind: "move-branches",
    key: keyOf(branch),
    moves: [...archive, { branch, from: sha, to: null, force: false }]
  };
}
function whyNot(outcome) {
  if (outcome === void 0) return "the forge said nothing of it";
  if (outcome.kind === "done") return null;
  return "because" in outcome ? outcome.because : "it is not where it was";
}
export {
  runCleanup
};
