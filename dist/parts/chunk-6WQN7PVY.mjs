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
  issueOf
} from "./chunk-CQY33ZTP.mjs";
import {
  isObjectName
} from "./chunk-AVVG3THQ.mjs";

// src/core/intake/issue-named-by.ts
var PLAN_SPACES = /* @__PURE__ */ new Set(["espalier", "espalier-ledger", "espalier-staging"]);
function issueNamedBy(hint) {
  if ("issue" in hint) return hint.issue;
  if ("branch" in hint) {
    const [space = "", plan = ""] = hint.branch.split("/", 2);
    return PLAN_SPACES.has(space) ? issueOf(plan) : null;
  }
  if ("runName" in hint) {
    const [word, plan = ""] = hint.runName.split(" ", 2);
    return word === "espalier" ? issueOf(plan) : null;
  }
  return null;
}

// src/core/intake/payload.ts
function at(value, ...names) {
  let here = value;
  for (const name of names) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, name)) return void 0;
    here = here[name];
  }
  return here;
}
function idAt(value, ...names) {
  const id = at(value, ...names);
  return Number.isSafeInteger(id) && id > 0 ? [id] : [];
}
function listAt(value, ...names) {
  const list = at(value, ...names);
  return Array.isArray(list) ? list : [];
}
function textAt(value, ...names) {
  const text = at(value, ...names);
  return typeof text === "string" ? text : "";
}
function readRepository(value) {
  const [id] = idAt(value, "id");
  const match = /^([A-Za-z0-9_-]{1,100})\/([A-Za-z0-9._-]{1,100})$/.exec(textAt(value, "full_name"));
  const [, owner, name] = match ?? [];
  if (id === void 0 || owner === void 0 || name === void 0 || name === "." || name === "..") return null;
  return { id, owner, name };
}

// src/core/intake/hint.ts
var MAX_PLAN_HINTS = 100;
function keyOfPlanHint(hint) {
  return JSON.stringify(hint);
}

// src/core/intake/read-hint.ts
var READERS = {
  issues: readIssue,
  issue_comment: readIssue,
  pull_request: readPull,
  pull_request_review: readPull,
  pull_request_review_thread: readPull,
  check_run: (payload) => readCheck(payload, at(payload, "check_run"), at(payload, "check_run", "check_suite")),
  check_suite: (payload) => readCheck(payload, at(payload, "check_suite"), at(payload, "check_suite")),
  status: (payload) => shaHint(at(payload, "sha")),
  workflow_run: readWorkflowRun,
  workflow_job: (payload) => idAt(payload, "workflow_job", "run_id").map((run) => ({ run })),
  merge_group: (payload) => [
    ...baseHint(stripHeads(at(payload, "merge_group", "base_ref"))),
    ...shaHint(at(payload, "merge_group", "head_sha"))
  ],
  push: readPush,
  // Renamed, transferred, archived …
  repository: () => "all"
};
var HINT_EVENTS = Object.keys(READERS);
var INSTALLATION_LISTS = /* @__PURE__ */ new Map([
  ["installation", "repositories"],
  ["installation_repositories", "repositories_added"]
]);
var MAX_REPOSITORIES = 50;
var GONE = /* @__PURE__ */ new Set(["deleted", "suspend", "removed"]);
function readHint(eventName, payload, self) {
  const list = INSTALLATION_LISTS.get(eventName);
  if (list !== void 0) return readInstallation(payload, list);
  const read = Object.hasOwn(READERS, eventName) ? READERS[eventName] : void 0;
  if (read === void 0) return { kind: "ignored", because: "irrelevant" };
  const [installationId = self.installationId] = idAt(payload, "installation", "id");
  if (installationId === void 0) return { kind: "ignored", because: "no-installation" };
  if (eventName === "check_suite" && at(payload, "action") === "requested")
    return { kind: "ignored", because: "irrelevant" };
  const repository = readRepository(at(payload, "repository"));
  if (repository === null) return { kind: "ignored", because: "no-repository" };
  if (isOwnEcho(eventName, payload, self)) return { kind: "ignored", because: "own-echo" };
  const plans = nameDirectly(read(payload));
  if (plans === "all" || plans.length > MAX_PLAN_HINTS)
    return { kind: "hints", hints: [{ repository, installationId, plans: "all" }] };
  if (plans.length === 0) return { kind: "ignored", because: "irrelevant" };
  return { kind: "hints", hints: [{ repository, installationId, plans }] };
}
function isOwnEcho(eventName, payload, self) {
  const action = at(payload, "action");
  if (eventName === "check_run" && (action === "created" || action === "completed"))
    return at(payload, "check_run", "app", "id") === self.appId;
  if (self.botUserId === null || at(payload, "sender", "id") !== self.botUserId) return false;
  switch (eventName) {
    case "issues":
    case "issue_comment":
    case "pull_request_review":
      return true;
    case "pull_request":
      return action !== "dequeued";
    case "push":
      return OWN_BRANCH.test(textAt(payload, "ref")) || isOwnClearing(payload);
    default:
      return false;
  }
}
var OWN_BRANCH = /^refs\/heads\/(?:espalier|espalier-ledger|espalier-queue|archive\/espalier)\//;
function isOwnClearing(payload) {
  return at(payload, "deleted") === true && textAt(payload, "ref").startsWith("refs/heads/espalier-staging/");
}
function nameDirectly(plans) {
  if (plans === "all") return plans;
  const issues = new Set(plans.flatMap((plan) => "issue" in plan ? [plan.issue] : []));
  return issues.size === 0 ? plans : [...issues].map((issue) => ({ issue }));
}
function readInstallation(payload, list) {
  const [installationId] = idAt(payload, "installation", "id");
  if (installationId === void 0) return { kind: "ignored", because: "no-installation" };
  if (GONE.has(at(payload, "action"))) return { kind: "ignored", because: "irrelevant" };
  const hints = listAt(payload, list).flatMap((listed) => {
    const repository = readRepository(listed);
    return repository === null ? [] : [{ repository, installationId, plans: "all" }];
  });
  const isLookWorthy = hints.length > 0 && hints.length <= MAX_REPOSITORIES;
  return isLookWorthy ? { kind: "hints", hints } : { kind: "sweep" };
}
function readIssue(payload) {
  const [number] = idAt(payload, "issue", "number");
  if (number === void 0) return [];
  return at(payload, "issue", "pull_request") == null ? [{ issue: number }] : [{ pull: number }];
}
function readPull(payload) {
  const pulls = idAt(payload, "pull_request", "number").map((pull) => ({ pull }));
  const isOurs = at(payload, "pull_request", "head", "repo", "id") === at(payload, "repository", "id");
  return isOurs ? [...pulls, ...branchHint(at(payload, "pull_request", "head", "ref"))] : pulls;
}
function readCheck(payload, check, suite) {
  const ours = listAt(check, "pull_requests").filter(
    (pull) => at(pull, "base", "repo", "id") === at(payload, "repository", "id")
  );
  return [
    ...shaHint(at(check, "head_sha")),
    ...branchHint(at(suite, "head_branch")),
    ...ours.flatMap((pull) => idAt(pull, "number").map((number) => ({ pull: number })))
  ];
}
function readWorkflowRun(payload) {
  const run = at(payload, "workflow_run");
  const ids = idAt(run, "id").map((id) => ({ run: id }));
  if (at(run, "event") !== "workflow_dispatch") {
    const isOurs = at(run, "head_repository", "id") === at(payload, "repository", "id");
    const branch = isOurs ? branchHint(at(run, "head_branch")) : [];
    return [...ids, ...shaHint(at(run, "head_sha")), ...branch];
  }
  const name = textAt(run, "display_title");
  const issue = issueOf(/^espalier (\S+) /.exec(name)?.[1] ?? "");
  if (issue !== null) return [{ issue }];
  return isPrintable(name) ? [...ids, { runName: name }] : ids;
}
function readPush(payload) {
  const name = stripHeads(at(payload, "ref"));
  return [...branchHint(name), ...baseHint(name)];
}
function isPrintable(text) {
  return /^[\x20-\x7e]{1,255}$/.test(text);
}
function isBranch(name) {
  return typeof name === "string" && isPrintable(name) && !name.includes(" ");
}
function branchHint(name) {
  if (!isBranch(name)) return [];
  const issue = issueOf(/^espalier(?:-ledger|-staging)?\/([^/]+)/.exec(name)?.[1] ?? "");
  return issue === null ? [{ branch: name }] : [{ issue }];
}
function baseHint(name) {
  return isBranch(name) ? [{ base: name }] : [];
}
function shaHint(value) {
  return typeof value === "string" && isObjectName(value) ? [{ sha: value }] : [];
}
function stripHeads(ref) {
  const prefix = "refs/heads/";
  return typeof ref === "string" && ref.startsWith(prefix) ? ref.slice(prefix.length) : null;
}

export {
  issueNamedBy,
  at,
  idAt,
  textAt,
  readRepository,
  MAX_PLAN_HINTS,
  keyOfPlanHint,
  HINT_EVENTS,
  readHint
};
