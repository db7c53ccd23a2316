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
  issueNamedBy,
  readHint,
  textAt
} from "./chunk-6WQN7PVY.mjs";
import {
  openServerless,
  toActionError
} from "./chunk-QJU3GTUS.mjs";
import "./chunk-6RY23M7P.mjs";
import "./chunk-PK42BOFK.mjs";
import {
  issueOf,
  planIdOf,
  readPullBranches
} from "./chunk-CQY33ZTP.mjs";
import "./chunk-HVR6NXFW.mjs";
import "./chunk-HHX5HOBA.mjs";
import "./chunk-SBM5ZMS6.mjs";
import "./chunk-CICE3PZ7.mjs";
import "./chunk-EM5YRON7.mjs";
import "./chunk-AVVG3THQ.mjs";
import "./chunk-4P42K4ID.mjs";

// src/core/intake/choose-plans.ts
var ASKING = /* @__PURE__ */ new Set(["schedule", "workflow_dispatch", "repository_dispatch"]);
var BECAUSE = {
  irrelevant: "it concerns no plan",
  "own-echo": "it tells of what Espalier has done itself",
  "no-installation": "it is of no repository",
  "no-repository": "it names no repository"
};
function choosePlans(eventName, payload, self) {
  if (ASKING.has(eventName)) {
    const issue = issueOf(textAt(payload, "inputs", "plan"));
    return issue === null ? { kind: "all" } : { kind: "issues", issues: [issue] };
  }
  const reading = readHint(eventName, payload, { installationId: 0, ...self });
  if (reading.kind === "ignored") return { kind: "none", because: BECAUSE[reading.because] };
  if (reading.kind === "sweep") return { kind: "all" };
  const hints = reading.hints.flatMap(({ plans }) => plans === "all" ? [] : plans);
  const issues = [...new Set(hints.map(issueNamedBy).filter((issue) => issue !== null))];
  if (issues.length > 0) return { kind: "issues", issues };
  const pulls = hints.flatMap((hint) => "pull" in hint ? [hint.pull] : []);
  return pulls.length > 0 && pulls.length === hints.length ? { kind: "pulls", pulls } : { kind: "all" };
}
function plansOfBranches(branches) {
  const issues = branches.map((branch) => branch === null ? null : issueNamedBy({ branch }));
  const named = issues.filter((issue) => issue !== null);
  return named.length === issues.length ? [...new Set(named)] : null;
}
function takeTurns(issues, limit, turn) {
  if (issues.length <= limit) return [...issues];
  const from = turn % issues.length;
  return [...issues.slice(from), ...issues.slice(0, from)].slice(0, limit);
}

// src/entrypoints/action/read-event.ts
import { readFile } from "node:fs/promises";
var MAX_BYTES = 32 * 1024 * 1024;
async function readEvent({ eventPath }) {
  if (eventPath === null) return null;
  try {
    const bytes = await readFile(eventPath);
    return bytes.length > MAX_BYTES ? null : JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}

// src/entrypoints/action/route-mode.ts
var MAX_PLANS = 256;
async function runRoute(session) {
  const { runner, speech, signal } = session;
  const { github, self, repository } = await openServerless(session);
  const choice = choosePlans(runner.eventName, await readEvent(runner), self);
  if (choice.kind === "none") speech.say(`The event '${runner.eventName}' leads to no plan: ${choice.because}.`);
  const found = await toActionError(() => findIssues(choice, { github, repository, signal }));
  const issues = takeTurns(found, MAX_PLANS, runner.runId);
  if (issues.length < found.length)
    speech.annotate(
      "warning",
      `${found.length} plans are open, and one run can look at ${MAX_PLANS}: the others have their turn in the next runs.`
    );
  const plans = issues.map(planIdOf);
  speech.say(plans.length === 0 ? "There is no plan to look at." : `To be looked at: ${plans.join(", ")}.`);
  speech.setOutput("plans", JSON.stringify(plans));
  speech.setOutput("count", String(plans.length));
}
async function findIssues(choice, { github, repository, signal }) {
  if (choice.kind === "none") return [];
  if (choice.kind === "issues") return choice.issues;
  if (choice.kind === "pulls") {
    const named = plansOfBranches(await readPullBranches(github.client, repository, choice.pulls));
    if (named !== null) return named;
  }
  return github.listOpenPlans(repository, signal);
}
export {
  runRoute
};
