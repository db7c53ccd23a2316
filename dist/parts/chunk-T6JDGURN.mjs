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
  readReceipt
} from "./chunk-LE5TSCQL.mjs";
import {
  ForbiddenNotices,
  MAX_BODY_BYTES,
  MAX_CHECK_BYTES,
  NO_LEDGER,
  RULE_SIGNS,
  STATE_PHRASES,
  STATE_SIGNS,
  answerMarker,
  findObstacleOf,
  firstLine,
  fitDocument,
  fitTable,
  legKey,
  listAnswered,
  listIds,
  listLowQuotas,
  listSection,
  makeQuery,
  minuteOf,
  noteObstacle,
  obstacleOfForbidden,
  postAnswers,
  renderObstacle,
  sentence,
  showStatus,
  tableSection,
  taskBranch,
  usd,
  whole,
  withCommand,
  withoutPatient
} from "./chunk-JYFQJQQT.mjs";
import {
  BY_CANCELLED_RUN,
  LedgerError,
  ON_HOLD,
  UNICODE_GLYPHS,
  buildRunReport,
  cancelPlan,
  cancelTask,
  certify,
  comparePlans,
  compareQueueEntries,
  createLedger,
  createQueueLedger,
  decide,
  diffLines,
  evaluateGate,
  evaluateGroup,
  findClaimBefore,
  findPassedTest,
  mayRetryFinal,
  pausePlan,
  readPlan,
  renderBar,
  renderCheckMermaid,
  renewTries,
  resumePlan,
  retryTask,
  revisePlan,
  schedulePlan,
  sumMinutes,
  summarizePlan,
  thawTarget,
  viewPlan
} from "./chunk-VU4F2ITD.mjs";
import {
  isTrialOf
} from "./chunk-PT24LNPS.mjs";
import {
  workKey
} from "./chunk-KOHP7R6O.mjs";
import {
  APP_HOLDER,
  COMMANDS,
  COMMAND_LIVES_MS,
  GATE_CHECK,
  LABELS,
  asksForGate,
  describeUsage,
  findOwnGate,
  formatCommand,
  hasJobToken,
  isOwnGate,
  issueOf,
  mayRun,
  partLegs,
  planGateCheck,
  planIdOf,
  readCommands,
  withRunner
} from "./chunk-CQY33ZTP.mjs";
import {
  failWork
} from "./chunk-ABBLWSCP.mjs";
import {
  createForgeRecord,
  hasPlanFiles,
  readForgeFiles,
  writeForgeFiles
} from "./chunk-OJDTVROY.mjs";
import {
  renderConflictFeedback
} from "./chunk-VMCFKXXI.mjs";
import {
  findAwaited,
  indexPlan,
  mergeMessage,
  resolvePlan,
  reviewerName,
  suiteDigest
} from "./chunk-CAA5KSZQ.mjs";
import {
  buildGraph,
  byteLength,
  code,
  committedUsd,
  countOf,
  emptyConfig,
  fence,
  folded,
  formatDuration,
  formatScore,
  isActive,
  join,
  landedAttempt,
  lastAttempt,
  link,
  ownHeads,
  plainLine,
  prose,
  readConfig,
  readPlanFiles,
  readQueueFiles,
  say,
  shortSha,
  table,
  writePlanFiles,
  writeQueueFiles
} from "./chunk-GMXT2ENO.mjs";
import {
  branchFor,
  compileGlob,
  findNearestName,
  formatMinutes,
  matchesGlob,
  runnerOf,
  writeRunner
} from "./chunk-CICE3PZ7.mjs";
import {
  cleanBlock,
  cleanLine,
  keepHead
} from "./chunk-AVVG3THQ.mjs";
import {
  digestJson,
  digestText
} from "./chunk-TFCDRFP4.mjs";

// src/core/commands/authority.ts
var CAN_WRITE = /* @__PURE__ */ new Set(["admin", "maintain", "write"]);
function judgeAuthority(facts) {
  const { speaker, permission } = facts;
  if (facts.isOwnApp) return ignore("Espalier does not obey its own comments.");
  if (facts.isEdited) return ignore("An edited comment is no command; a new comment is.");
  if (isBot(speaker)) {
    return speaker.id !== null && facts.allowedBotIds.includes(speaker.id) ? { kind: "obey" } : ignore("This bot is not one that the configuration allows.");
  }
  if (speaker.kind !== "user") return ignore("Only people and the bots that the configuration allows are obeyed.");
  if (permission === null) {
    return { kind: "unknown", because: "The permission of the author could not be read; it is asked for again." };
  }
  if (CAN_WRITE.has(permission)) return { kind: "obey" };
  const found = permission === "none" ? "You have no permission" : `Your permission is '${permission}'`;
  return {
    kind: "refuse",
    because: `${found} in this repository; commands need 'write'. Ask somebody who has it to write the command.`
  };
}
function isBot({ kind, login }) {
  return kind === "bot" || login.toLowerCase().endsWith("[bot]");
}
function ignore(because) {
  return { kind: "ignore", because };
}

// src/core/hosted/landing-way.ts
var METHODS = ["merge", "squash", "rebase"];
var LINEAR_HISTORY = "required_linear_history";
function landingWay(rules, { landing }, ownAppId) {
  if (rules.isQueueHidden === true) return HIDDEN_QUEUE;
  if (rules.hasMergeQueue) return enqueue(landing, isGateEnforced(rules, ownAppId));
  const obstacle = findDirectObstacle(rules);
  if (landing === "fast-forward")
    return obstacle === null ? fastForward() : {
      impossible: `\`landing: fast-forward\` needs a base that may be moved directly, and ${obstacle}`,
      next: "set `landing: auto` in .github/espalier.yml, or lift that rule for this app"
    };
  if (landing === "auto" && obstacle === null) return fastForward();
  return byPull(rules, landing);
}
var HIDDEN_QUEUE = {
  impossible: "the base has a merge queue, which the `GITHUB_TOKEN` of a job can neither see nor use",
  next: "give Espalier the token of an app of your own (the README says how), or take the merge queue off the base"
};
function fastForward() {
  return {
    way: "fast-forward",
    strength: "exact",
    movesBranch: false,
    because: "the base is moved to the tested commit itself, by compare-and-swap"
  };
}
function isGateEnforced({ requiredChecks }, ownAppId) {
  return requiredChecks.some((check2) => isOwnGate(check2, ownAppId) && check2.appId !== null);
}
function enqueue(landing, isEnforced) {
  if (landing === "fast-forward")
    return {
      impossible: "`landing: fast-forward` cannot be done on a base that has a merge queue",
      next: "set `landing: auto` in .github/espalier.yml, or take the merge queue off the base"
    };
  const method = landing === "auto" ? "" : `; it merges by its own method, whatever \`landing: ${landing}\` says`;
  return {
    way: "enqueue",
    strength: isEnforced ? "exact" : "audited",
    movesBranch: false,
    because: isEnforced ? `the base has a merge queue, which lands only what this app's check '${GATE_CHECK}' says was tested${method}` : `the base has a merge queue, and what it made is compared with the tested tree, since its rules do not require the check '${GATE_CHECK}' of this app${method}`
  };
}
function findDirectObstacle(rules) {
  const [rule] = rules.otherRules;
  if (rules.requiresPull || rules.approvals > 0) return "changes must be made through a pull request";
  if (rules.requiredChecks.length > 0)
    return `the check '${rules.requiredChecks[0]?.name}' must pass before the base moves`;
  return rule === void 0 ? null : `the rule '${rule}' stands in the way`;
}
function byPull(rules, landing) {
  const allowed = METHODS.filter((method2) => isAllowed(rules, method2));
  const method = landing === "auto" ? allowed[0] : landing;
  if (method === void 0)
    return {
      impossible: "the rules of the base and the settings of the repository allow no way to merge a pull request",
      next: "allow merge commits, squash merging or rebase merging for this base"
    };
  if (!allowed.includes(method))
    return {
      impossible: `\`landing: ${method}\` is not allowed by the rules of the base or the settings of the repository`,
      next: `set \`landing: ${allowed[0] ?? "auto"}\` in .github/espalier.yml, or allow ${method} for this base`
    };
  const isEnforced = rules.isStrict && rules.requiredChecks.length > 0;
  const losesApprovals = rules.approvals > 0 && (rules.dismissesStaleReviews || rules.requiresLastPushApproval);
  if (isEnforced && losesApprovals)
    return {
      impossible: `a branch must be up to date before it is merged, and every update ${rules.dismissesStaleReviews ? "dismisses its approvals" : "needs a new approval"}: approvals would have to be given again after every landing`,
      next: "switch one of the two rules off for this base, or give it a merge queue"
    };
  const movesBranch = rules.requiredChecks.length > 0 && !losesApprovals;
  if (isEnforced && method !== "rebase")
    return {
      way: method,
      strength: "exact",
      movesBranch,
      because: "the forge merges only a branch that is up to date, and that branch is the tested commit"
    };
  return { way: method, strength: "audited", movesBranch, because: explainAudit(method, movesBranch) };
}
function isAllowed(rules, method) {
  if (method === "merge" && rules.otherRules.includes(LINEAR_HISTORY)) return false;
  return rules.allowedMergeMethods.includes(method);
}
function explainAudit(method, movesBranch) {
  const first = movesBranch ? "the pull request is put at the tested commit" : "the head of the pull request is pinned";
  return `${first}, one landing goes at a time, and what the ${method} made is compared with the tested tree`;
}

// src/core/hosted/busy-landings.ts
function landKey(generation) {
  return `land.${generation}`;
}
var NOT_DONE = /* @__PURE__ */ new Set(["refused", "forbidden", "elsewhere"]);
function findBusyLandings(input, nowMs) {
  const busy = /* @__PURE__ */ new Map();
  for (const [task, record] of Object.entries(input.ledger.tasks)) {
    const last = lastAttempt(record);
    if (last?.landing == null || !isActive(last)) continue;
    const how = howBusy(input, task, last.landing, nowMs);
    if (how !== null) busy.set(last.landing.commitSha, how);
  }
  return busy;
}
function howBusy({ record, facts, outcomes }, task, landing, nowMs) {
  const isQueued = landing.queuedAt !== void 0 || (facts.pulls.get(task)?.queueEntry ?? null) !== null;
  if (landing.way === "enqueue" && isQueued) return "queued";
  const key = landKey(landing.generation);
  const outcome = outcomes.get(key);
  if (outcome !== void 0 && NOT_DONE.has(outcome.kind)) return null;
  return (record.leases[key]?.until ?? 0) > nowMs ? "leased" : null;
}

// src/core/hosted/obeyed.ts
function isEditedSince(issue, atMs) {
  return issue.editedAtMs !== null && issue.editedAtMs >= atMs;
}
function refuseClosed(state, spoken) {
  return refuse(state, spoken, "the issue is closed", "reopen the issue, then write the comment anew");
}
function editedSince(state, { command }) {
  return { kind: "obeyed", state, reply: { kind: "edited-since", command: formatCommand(command) } };
}
function done(state, { command }, because) {
  return { kind: "obeyed", state, reply: { kind: "done", command: formatCommand(command), because } };
}
function refuse(state, { command }, because, next) {
  return { kind: "obeyed", state, reply: { kind: "refused", command: formatCommand(command), because, next } };
}

// src/core/hosted/pin-plan.ts
var CACHE_SIZE = 64;
var CACHE = /* @__PURE__ */ new Map();
function readIssuePlan(issue, body, configText) {
  const key = `${issue} ${digestText(body)} ${digestText(configText ?? "")}`;
  const known = CACHE.get(key);
  if (known !== void 0) return known;
  const reading = readFresh(issue, body, configText);
  if (CACHE.size >= CACHE_SIZE) CACHE.delete(CACHE.keys().next().value ?? "");
  CACHE.set(key, reading);
  return reading;
}
function sourceDigest(body) {
  return digestText(body.replaceAll("\r\n", "\n"));
}
function readFresh(issue, body, configText) {
  const text = body.replaceAll("\r\n", "\n");
  const { config, problems: configProblems } = readConfig(configText ?? "");
  const { plan: read, form, problems } = readPlan(text, { fileName: `${planIdOf(issue)}.md` });
  const frame = {
    source: sourceDigest(body),
    form,
    config: config ?? unreadConfig(),
    isConfigRead: config !== null,
    configProblems
  };
  if (read === null || config === null) return { ...frame, read, plan: null, problems };
  const resolution = resolvePlan(
    { ...read, id: planIdOf(issue) },
    config.defaults,
    {},
    { forge: "github", hosted: config }
  );
  return { ...frame, read, plan: resolution.plan, problems: [...problems, ...resolution.problems] };
}
function unreadConfig() {
  const config = emptyConfig();
  const unknown = { name: "what .github/espalier.yml asks for", appId: -1 };
  return { ...config, github: { ...config.github, checks: [unknown] } };
}
function proposePlan(ledger, record, issuePlan, nowMs) {
  if (record.accepted === null || issuePlan.source === record.accepted.source) return null;
  if (record.proposed?.source === issuePlan.source) return record.proposed;
  const frame = { source: issuePlan.source, seenAt: nowMs };
  if (issuePlan.plan === null)
    return { ...frame, revision: null, changed: [], added: [], removed: [], isFrameChanged: false };
  if (issuePlan.plan.revision === ledger.plan.revision) return null;
  const difference = comparePlans(ledger.plan, issuePlan.plan);
  const retitled = findRetitled(ledger.plan, issuePlan.plan).filter((task) => !difference.changed.includes(task));
  return {
    ...frame,
    revision: issuePlan.plan.revision,
    ...difference,
    ...retitled.length === 0 ? {} : { retitled }
  };
}
function findRetitled(before, after) {
  const titles = new Map(before.tasks.map(({ id, title }) => [id, title]));
  return after.tasks.filter(({ id, title, review }) => review.reviewer !== null && titles.has(id) && titles.get(id) !== title).map(({ id }) => id);
}
function dispatchableTasks(ledger, record) {
  const { proposed, only } = record;
  if (proposed === null && only === null) return null;
  const held = /* @__PURE__ */ new Set([...proposed?.changed ?? [], ...proposed?.removed ?? []]);
  const isAllHeld = proposed !== null && proposed.revision === null;
  return new Set(
    ledger.plan.tasks.map((task) => task.id).filter((id) => !isAllHeld && !held.has(id) && (only === null || only.includes(id)))
  );
}

// src/core/hosted/seen-landings.ts
function seeLandings(ledger, facts) {
  const seen = /* @__PURE__ */ new Map();
  for (const [task, record] of Object.entries(ledger.tasks)) {
    const last = lastAttempt(record);
    if (last?.landing == null || !isActive(last) || (last.landing.way ?? "fast-forward") === "fast-forward") continue;
    const pull = facts.pulls.get(task);
    if (pull?.state !== "merged" || pull.mergeCommit === null || pull.baseBranch !== ledger.target) continue;
    if (pull.headSha !== last.landing.commitSha && pull.headSha !== last.evidence?.headSha) continue;
    seen.set(last.landing.commitSha, {
      contained: true,
      tree: pull.mergeCommit.tree,
      landedSha: pull.mergeCommit.sha
    });
  }
  return seen.size === 0 ? facts.landed : new Map([...facts.landed, ...seen]);
}

// src/core/hosted/accept-plan.ts
function acceptPlan(state, spoken, only, around) {
  const { facts, issue, issuePlan, landingObstacle, nowMs } = around;
  if (!issue.isOpen) return refuseClosed(state, spoken);
  if (isEditedSince(issue, spoken.atMs)) return editedSince(state, spoken);
  const { plan } = issuePlan;
  if (plan === null) return { kind: "obeyed", state, reply: { kind: "run-problems" } };
  const base = plan.base ?? facts.repository.defaultBranch;
  if (base !== facts.base.branch) return { kind: "wants-base", base };
  const { branch, tip } = facts.base;
  if (tip === null)
    return refuse(state, spoken, `there is no branch '${branch}' to start from`, "name another base in the plan");
  const clash = findBadBranch(plan, branch);
  if (clash !== null) return refuse(state, spoken, clash.because, clash.next);
  if (landingObstacle !== null) return refuse(state, spoken, landingObstacle.because, landingObstacle.next);
  const ledger = createLedger({ plan, baseBranch: branch, baseSha: tip, target: branch, nowMs });
  const unknown = refuseUnknown({ ...state, ledger }, spoken, only);
  if (unknown !== null) return { ...unknown, state };
  const accepted = { revision: plan.revision, source: issuePlan.source, by: spoken.by, at: nowMs };
  const keeper = { appId: facts.app.id, login: facts.app.login };
  const record = { ...state.record, accepted, keeper, proposed: null, only: only.length === 0 ? null : [...only] };
  const queue = state.queue.target === branch ? state.queue : createQueueLedger(branch);
  const started = { ...state, ledger, queue, record };
  return { kind: "obeyed", state: started, reply: { kind: "run-started", isNew: true, only } };
}
var PLAIN_BRANCH = /^[\w./+=@-]+$/;
function findBadBranch(plan, base) {
  const isWithin = (inner, outer) => inner === outer || inner.startsWith(`${outer}/`);
  for (const { id, branch } of plan.tasks) {
    if (branch === null) continue;
    const named = `task '${id}' names the branch '${branch}'`;
    const next = "give the task another branch, or none, in the plan";
    if (isWithin(branch, base) || isWithin(base, branch))
      return { because: `${named}, which cannot be beside the base '${base}'`, next };
    if (!PLAIN_BRANCH.test(branch))
      return { because: `${named}, which has characters that a shell does something with`, next };
  }
  return null;
}
function runAgain(state, spoken, only, issue) {
  const { ledger, record } = state;
  if (!issue.isOpen && !record.isReported) return refuseClosed(state, spoken);
  if (ledger.paused !== null)
    return refuse(state, spoken, `the plan was paused by ${ledger.paused.by}`, "give the command /espalier resume");
  if (record.proposed !== null)
    return refuse(
      state,
      spoken,
      "the text of the plan has changed since it was accepted",
      "look at the changes in the status comment, then give the command /espalier approve"
    );
  const unknown = refuseUnknown(state, spoken, only);
  if (unknown !== null) return unknown;
  const joined = only.length === 0 ? null : [.../* @__PURE__ */ new Set([...record.only ?? [], ...only])];
  return {
    kind: "obeyed",
    state: {
      ...state,
      ledger: renewTries(ledger),
      record: { ...record, only: joined, obstacle: null, isReported: false }
    },
    reply: { kind: "run-started", isNew: false, only }
  };
}
function refuseUnknown(state, spoken, tasks) {
  const ids = state.ledger.plan.tasks.map((task) => task.id);
  const unknown = tasks.find((task) => !ids.includes(task));
  if (unknown === void 0) return null;
  const nearest = findNearestName(unknown, ids);
  const next = nearest === null ? `the tasks are ${ids.slice(0, 20).join(", ")}` : `did you mean '${nearest}'?`;
  return refuse(state, spoken, `the plan has no task '${unknown}'`, next);
}
function approvePlan(state, spoken, around) {
  const { ledger, record } = state;
  const { issue, issuePlan, nowMs } = around;
  const proposed = proposePlan(ledger, record, issuePlan, nowMs);
  if (proposed === null)
    return refuse(state, spoken, "the text of the plan is the one that was accepted", "/espalier status");
  const isOther = record.proposed !== null && record.proposed.source !== proposed.source;
  if (isEditedSince(issue, spoken.atMs) || isOther) return editedSince(state, spoken);
  const { plan } = issuePlan;
  if (plan === null) return { kind: "obeyed", state, reply: { kind: "run-problems" } };
  if (plan.base !== null && plan.base !== ledger.target)
    return refuse(
      state,
      spoken,
      `the plan lands on '${ledger.target}' since it was accepted, not on '${plan.base}'`,
      "open another plan issue for another base"
    );
  const clash = findBadBranch(plan, ledger.target);
  if (clash !== null) return refuse(state, spoken, clash.because, clash.next);
  const settled = withdrawLandings(state, around);
  if (settled === null) return { kind: "later" };
  const accepted = { revision: plan.revision, source: issuePlan.source, by: spoken.by, at: nowMs };
  return {
    kind: "obeyed",
    state: {
      ...state,
      ledger: revisePlan(renewTries(settled), plan),
      record: { ...record, accepted, proposed: null, isReported: false }
    },
    reply: { kind: "approved", difference: proposed }
  };
}
function withdrawLandings({ ledger, record }, around) {
  const { facts, outcomes, nowMs } = around;
  const landed = seeLandings(ledger, facts);
  let next = ledger;
  for (const [task, { attempts }] of Object.entries(ledger.tasks)) {
    const last = attempts.at(-1);
    if (last?.landing == null || !isActive(last)) continue;
    const { landing } = last;
    if (landed.get(landing.commitSha)?.contained === true) return null;
    if (howBusy({ record, facts, outcomes }, task, landing, nowMs) !== null) return null;
    const withdrawn = [...attempts.slice(0, -1), { ...last, landing: null }];
    next = withAttempts(next, task, withdrawn);
  }
  return next;
}
function withAttempts(ledger, task, attempts) {
  const record = ledger.tasks[task];
  return record === void 0 ? ledger : { ...ledger, tasks: { ...ledger.tasks, [task]: { ...record, attempts } } };
}

// src/core/hosted/adopt-heads.ts
function adoptHeads(input, nowMs) {
  const changes = /* @__PURE__ */ new Map();
  const certificates = [];
  const notes = [];
  let { nextGeneration } = input.ledger;
  for (const task of input.ledger.plan.tasks) {
    const record = input.ledger.tasks[task.id];
    if (record === void 0 || landedAttempt(record) !== null) continue;
    const change2 = adoptTask(input, task, record, { nextGeneration, nowMs });
    if (change2 === null) continue;
    changes.set(task.id, change2.record);
    if (change2.certificate !== void 0) certificates.push(change2.certificate);
    if (change2.note !== null) notes.push(change2.note);
    nextGeneration += 1;
  }
  if (changes.size === 0) return { ledger: input.ledger, notes };
  const ledger = {
    ...input.ledger,
    tasks: { ...input.ledger.tasks, ...Object.fromEntries(changes) },
    certificates: certificates.length === 0 ? input.ledger.certificates : [...input.ledger.certificates, ...certificates],
    nextGeneration
  };
  return { ledger, notes };
}
function adoptTask(input, task, record, at) {
  const last = lastAttempt(record);
  if (last === null) return null;
  const pull = input.facts.pulls.get(task.id);
  const own = ownHeads(record.attempts);
  const facts = {
    ...input,
    ...at,
    task,
    last,
    pull,
    tip: input.facts.branches.get(task.id) ?? null,
    own,
    isOurs: isOurs(input, task, record, { pull, own })
  };
  if (!facts.isOurs || isLanding(facts)) return null;
  if (pull?.state === "merged") return takeMerge(facts, record, pull);
  if (pull !== void 0 && (pull.state === "closed" || facts.tip === null)) return takeEnd(facts, record, pull);
  const isReopened = record.closedPull !== void 0 && record.closedPull === pull?.number;
  const open = isReopened ? { ...record, closedPull: void 0 } : record;
  return takePush(facts, open) ?? (isReopened ? { record: open, note: null } : null);
}
function isOurs({ record: { pulls } }, task, record, { pull, own }) {
  const known = pulls[task.id];
  if (pull !== void 0)
    return own.has(pull.headSha) || known !== void 0 && known.number === pull.number && own.has(known.headSha);
  return task.branch === null && record.attempts.some(({ status }) => status !== "running" && status !== "failed");
}
function isLanding({ facts, record, outcomes, task, last, nowMs }) {
  const landing = isActive(last) ? last.landing : null;
  if (landing === null) return false;
  if (facts.landed.get(landing.commitSha)?.contained === true) return true;
  return howBusy({ record, facts, outcomes }, task.id, landing, nowMs) !== null;
}
function takePush(facts, record) {
  const { task, tip, own, last } = facts;
  if (tip === null || own.has(tip) || record.givenSha === tip || record.cancelled !== null) return null;
  const detail = `${tip.slice(0, 12)} was pushed to its branch and is verified`;
  return {
    record: { ...supersede(record), givenSha: tip, notBefore: 0, trialTrouble: void 0, turnedAway: void 0 },
    note: { kind: "head-pushed", task: task.id, attempt: last.attempt, detail }
  };
}
function supersede(record) {
  const last = lastAttempt(record);
  if (last === null || !isActive(last)) return record;
  const superseded = { ...last, status: "superseded", landing: null };
  return { ...record, attempts: [...record.attempts.slice(0, -1), superseded] };
}
function takeEnd(facts, record, pull) {
  if (record.closedPull === pull.number) return null;
  const known = { ...record, closedPull: pull.number };
  if (record.cancelled !== null) return { record: known, note: null };
  return cancelBy(facts, known, facts.tip === null ? "a deleted branch" : "a closed pull request");
}
function cancelBy({ task, last, nowMs }, record, by) {
  const isPending = isActive(last) && last.landing !== null;
  const attempts = isPending ? [...record.attempts.slice(0, -1), { ...last, landing: null }] : record.attempts;
  return {
    record: { ...record, attempts, givenSha: void 0, cancelled: { at: nowMs, by } },
    note: { kind: "attempt-cancelled", task: task.id, attempt: last.attempt, detail: `cancelled by ${by}` }
  };
}
function takeMerge(facts, record, pull) {
  const { ledger, task } = facts;
  if (pull.baseBranch !== ledger.target) {
    if (record.closedPull === pull.number || record.cancelled !== null) return null;
    const by = `a merge into '${cleanLine(pull.baseBranch, 100)}' instead of '${ledger.target}'`;
    return cancelBy(facts, { ...record, closedPull: pull.number }, by);
  }
  if (pull.mergeCommit === null) return null;
  const merged = record.attempts.findLast((attempt) => ownHeads([attempt]).has(pull.headSha));
  const landed = landByHand(facts, merged ?? null, pull, pull.mergeCommit);
  const before = merged === facts.last ? record.attempts.slice(0, -1) : supersede(record).attempts;
  return {
    record: { ...record, attempts: [...before, landed], givenSha: void 0 },
    certificate: certifyByHand(facts, merged ?? landed, pull, pull.mergeCommit),
    note: {
      kind: "landed",
      task: task.id,
      attempt: landed.attempt,
      detail: `a person merged it, ${ledger.target} has ${pull.mergeCommit.sha.slice(0, 12)}`
    }
  };
}
function landByHand({ last, task, ledger, nextGeneration, nowMs }, merged, pull, made) {
  const lease = { generation: nextGeneration, holder: APP_HOLDER, startedAt: nowMs };
  const { baseSha } = merged ?? last;
  const landing = { ...lease, fromSha: baseSha, commitSha: made.sha, treeSha: made.tree, refusal: null, notBefore: 0 };
  if (merged === last) return { ...last, status: "landed", landing };
  return {
    ...lease,
    attempt: last.attempt + 1,
    status: "landed",
    taskDigest: indexPlan(ledger.plan).digest(task.id),
    baseSha,
    carrySha: null,
    givenSha: pull.headSha,
    feedback: null,
    reservedUsd: null,
    lostUsd: 0,
    evidence: null,
    trial: null,
    landing,
    returnedBecause: null
  };
}
var NO_TREE = "0".repeat(40);
function certifyByHand({ ledger, task, facts, nowMs }, attempt, pull, made) {
  const { evidence, trial } = attempt;
  const passed2 = [...evidence?.tests ?? [], trial?.result?.test ?? []].flat().filter(({ status }) => status === "passed");
  const tested = passed2.find(({ tree }) => tree === made.tree) ?? passed2.at(-1);
  const rules = evidence === null ? [{ rule: "tests", status: "pending", because: "a person merged it before it was verified" }] : evaluateGate({
    task,
    taskDigest: indexPlan(ledger.plan).digest(task.id),
    attempt,
    evidence,
    hasLanded: (need) => landedAttempt(ledger.tasks[need]) !== null,
    tip: trial?.result?.ontoSha ?? facts.base.tip,
    frozen: null,
    spentUsd: committedUsd(ledger),
    planBudgetUsd: ledger.plan.budgetUsd
  }).rules;
  const landed = {
    ledger,
    task,
    attempt,
    headSha: pull.headSha,
    fromSha: attempt.baseSha,
    landedSha: made.sha,
    testedTree: tested?.tree ?? NO_TREE,
    landedTree: made.tree,
    strength: "by-hand",
    rules
  };
  return certify(landed, nowMs);
}
function reviewAgain(ledger, task, facts) {
  const record = ledger.tasks[task];
  const last = lastAttempt(record);
  const refuse2 = (because, next) => ({ ok: false, because, next });
  if (record === void 0 || last === null)
    return refuse2(`Task '${task}' has not been tried yet.`, `espalier why ${task} --plan ${ledger.plan.id}`);
  if (landedAttempt(record) !== null)
    return refuse2(`Task '${task}' has landed already.`, `espalier certificate ${task} --plan ${ledger.plan.id}`);
  if (last.status === "running" || isActive(last) && last.landing !== null)
    return refuse2(`Task '${task}' is under way.`, `espalier status ${ledger.plan.id}`);
  if (record.cancelled !== null)
    return refuse2(`Task '${task}' is cancelled.`, `espalier retry ${task} --plan ${ledger.plan.id}`);
  const tip = facts.branches.get(task) ?? null;
  const isPushed = tip !== null && !ownHeads(record.attempts).has(tip);
  const head = isPushed ? tip : last.evidence?.headSha ?? last.givenSha ?? null;
  if (head === null)
    return refuse2(`Task '${task}' has no head to review.`, `espalier retry ${task} --plan ${ledger.plan.id}`);
  const asked = { ...supersede(record), givenSha: head, notBefore: 0, trialTrouble: void 0, turnedAway: void 0 };
  return { ok: true, value: { ...ledger, tasks: { ...ledger.tasks, [task]: asked } } };
}

// src/core/hosted/obey-command.ts
function obeyCommand(state, spoken, around) {
  const { command } = spoken;
  if (command.kind === "help") return { kind: "obeyed", state, reply: { kind: "help" } };
  if (command.kind === "check") return check(state, around);
  if (command.kind === "run")
    return state.ledger === null ? acceptPlan(state, spoken, command.tasks, around) : runAgain({ ...state, ledger: state.ledger }, spoken, command.tasks, around.issue);
  if (state.ledger === null)
    return refuse(state, spoken, "this plan was not started yet", "give the command /espalier run");
  return obeyRunning({ ...state, ledger: state.ledger }, { ...spoken, command }, around);
}
function check(state, { facts, issuePlan }) {
  const base = state.ledger?.target ?? issuePlan.read?.base ?? facts.repository.defaultBranch;
  if (base !== facts.base.branch) return { kind: "wants-base", base };
  return { kind: "obeyed", state, reply: { kind: "check" } };
}
function obeyRunning(state, spoken, around) {
  const { command, by } = spoken;
  const { nowMs } = around;
  switch (command.kind) {
    case "status":
      return { kind: "obeyed", state, reply: { kind: "status" } };
    case "pause":
      return change(state, spoken, pausePlan(state.ledger, by, nowMs), "nothing more is started or landed");
    case "resume":
      if (!around.issue.isOpen) return refuseClosed(state, spoken);
      return change(state, spoken, resumePlan(state.ledger), "the plan goes on");
    case "approve":
      return approvePlan(state, spoken, around);
    case "freeze":
      return freeze(state, spoken, command.reason);
    case "thaw":
      return thaw(state, spoken);
    case "cleanup":
      return done(state, spoken, "the branches of tasks that have landed are deleted");
    case "cancel":
      if (command.task === null && spoken.pullTask === null)
        return change(
          state,
          spoken,
          cancelPlan(state.ledger, by, nowMs),
          "every task that has not landed is cancelled"
        );
      return onTask(state, spoken, command, around);
    case "why":
    case "retry":
    case "review":
    case "merge":
      return onTask(state, spoken, command, around);
  }
}
function onTask(state, spoken, said, around) {
  const { ledger } = state;
  const task = said.task ?? spoken.pullTask;
  const ids = ledger.plan.tasks.map((one) => one.id);
  if (task === null || !ids.includes(task)) {
    const nearest = task === null ? null : findNearestName(task, ids);
    const next = nearest === null ? `the tasks are ${ids.slice(0, 20).join(", ")}` : `did you mean '${nearest}'?`;
    return refuse(state, spoken, `the plan has no task '${task ?? ""}'`, next);
  }
  const { by } = spoken;
  switch (said.kind) {
    case "why":
      return { kind: "obeyed", state, reply: { kind: "why", task } };
    case "retry":
      return change(state, spoken, retryTask(ledger, task), `'${task}' begins afresh`);
    case "cancel":
      return change(state, spoken, cancelTask(ledger, task, by, around.nowMs), `'${task}' is cancelled`);
    case "review":
      return change(state, spoken, reviewAgain(ledger, task, around.facts), `'${task}' is verified again`);
    case "merge":
      return { kind: "obeyed", state: { ...state, ledger: renewTask(ledger, task) }, reply: { kind: "why", task } };
  }
}
function renewTask(ledger, task) {
  const record = ledger.tasks[task];
  if (record === void 0) return ledger;
  const attempts = record.attempts.map(
    (attempt) => attempt.landing === null ? attempt : { ...attempt, landing: { ...attempt.landing, refusal: null, refusals: 0, notBefore: 0 } }
  );
  const renewed = { ...record, attempts, notBefore: 0, trialTrouble: void 0, turnedAway: void 0 };
  return { ...ledger, tasks: { ...ledger.tasks, [task]: renewed } };
}
function freeze(state, spoken, reason) {
  const { queue } = state;
  const because = `${spoken.by} froze it${reason === "" ? "" : `: ${reason}`}`;
  if (queue.frozen === null)
    return { kind: "written-ahead", state: { ...state, queue: { ...queue, frozen: { at: spoken.atMs, because } } } };
  if (queue.frozen.at === spoken.atMs && queue.frozen.because === because)
    return done(state, spoken, `nothing lands on '${queue.target}' until it is thawed`);
  return refuse(state, spoken, `'${queue.target}' is frozen already: ${queue.frozen.because}`, "/espalier thaw");
}
function thaw(state, spoken) {
  const { ledger, queue, record } = state;
  const mark = `thaw.${spoken.atMs}`;
  const isWritten = record.told.includes(mark);
  if (isWritten && (queue.frozen === null || queue.frozen.at > spoken.atMs))
    return done(state, spoken, `'${ledger.target}' is open for landings again`);
  const thawed = thawTarget(ledger, queue);
  if (!thawed.ok) return refuse(state, spoken, thawed.because, inComments(thawed.next, state));
  const told = isWritten ? record.told : [...record.told, mark];
  return { kind: "written-ahead", state: { ...state, ...thawed.value, record: { ...record, told } } };
}
function change(state, spoken, transition, because) {
  if (!transition.ok) return refuse(state, spoken, transition.because, inComments(transition.next, state));
  const record = { ...state.record, isReported: false };
  return done({ ...state, ledger: transition.value, record }, spoken, because);
}
function inComments(next, { ledger }) {
  if (!next.startsWith("espalier ")) return next;
  return `/${next.replace(` --plan ${ledger.plan.id}`, "").replace(` ${ledger.plan.id}`, "")}`;
}

// src/core/hosted/list-sources.ts
function listSources(input, issue, nowMs) {
  const { facts, state } = input;
  const known = new Set(state.record.commands.map((command) => command.source));
  const isNew = (id, atMs) => !known.has(id) && nowMs - atMs < COMMAND_LIVES_MS;
  const isNewComment = ({ nodeId, createdAtMs }) => isNew(nodeId, createdAtMs);
  const sources = [
    ...issue.comments.filter(isNewComment).map((comment) => fromComment(comment, null)),
    ...[...facts.pulls].flatMap(
      ([task, pull]) => pull.comments.filter(isNewComment).map((comment) => fromComment(comment, task))
    ),
    ...issue.labelEvents.map((event) => fromLabel(event, issue.number)),
    ...input.clicks.map((click) => fromClick(click, facts, nowMs))
  ];
  return sources.filter((source) => source !== null).filter(({ id, atMs, readings }) => readings.length > 0 && isNew(id, atMs)).sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
}
function fromComment(comment, task) {
  if (comment.isOwn) return null;
  return {
    id: comment.nodeId,
    atMs: comment.createdAtMs,
    thread: comment.thread,
    task,
    speaker: comment.author,
    isEdited: comment.editedAtMs !== null,
    readings: readCommands(comment.body, task === null ? "plan" : "pull"),
    comment: comment.nodeId,
    isQuiet: false
  };
}
function fromLabel(event, thread) {
  const command = commandOfLabel(event);
  if (command === null) return null;
  return {
    id: event.nodeId,
    atMs: event.atMs,
    thread,
    task: null,
    speaker: event.actor,
    isEdited: false,
    readings: [{ ok: true, line: 1, text: event.label, command }],
    comment: null,
    isQuiet: true
  };
}
function commandOfLabel({ label: name, isAdded }) {
  const label = name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  if (label === "espalier:run") return isAdded ? { kind: "run", tasks: [] } : null;
  if (label === "espalier:pause") return { kind: isAdded ? "pause" : "resume" };
  return label === "espalier" && isAdded ? { kind: "check" } : null;
}
function fromClick(click, facts, nowMs) {
  const [task] = [...facts.pulls].find(([, pull]) => pull.headSha === click.headSha) ?? [];
  if (task === void 0 || click.identifier !== "review" && click.identifier !== "retry") return null;
  return {
    id: click.source,
    atMs: nowMs,
    thread: facts.pulls.get(task)?.number ?? 0,
    task,
    speaker: click.actor,
    isEdited: false,
    readings: [{ ok: true, line: 1, text: click.identifier, command: { kind: click.identifier, task } }],
    comment: null,
    isQuiet: true
  };
}

// src/core/hosted/apply-commands.ts
var MAX_RECORDS = 500;
var MAX_YOUNG_RECORDS = 5e3;
var MAX_TEXT = 300;
var LOOK_AGAIN_MS = 3e4;
function applyCommands(input, nowMs) {
  const { facts } = input;
  const applied = {
    state: input.state,
    replies: [],
    effects: [],
    wakeAtMs: null,
    wantsBase: null,
    isCleanUpAsked: false
  };
  if (facts.issue === null) return applied;
  const around = circumstancesOf(input, facts.issue, nowMs);
  for (const source of listSources(input, facts.issue, nowMs)) {
    const isLast = takeUp(applied, source, input, around);
    if (isLast) break;
  }
  return applied;
}
function circumstancesOf({ facts, config, outcomes }, issue, nowMs) {
  const way = landingWay(facts.rules, config, facts.app.id);
  return {
    facts,
    outcomes,
    issue,
    issuePlan: readIssuePlan(issue.number, issue.body, facts.configText),
    landingObstacle: "impossible" in way ? { because: way.impossible, next: way.next } : null,
    nowMs
  };
}
function takeUp(applied, source, input, around) {
  const authority = judgeAuthority({
    speaker: source.speaker,
    permission: permissionOf(source.speaker, input.facts),
    isEdited: source.isEdited,
    isOwnApp: source.speaker.kind === "bot" && source.speaker.login === input.facts.app.login,
    allowedBotIds: input.config.allowedBotIds
  });
  if (authority.kind === "unknown") {
    lookAgain(applied, around.nowMs + LOOK_AGAIN_MS);
    return true;
  }
  if (authority.kind !== "obey" && isUntouched(applied.state)) {
    if (authority.kind === "refuse") turnAway(applied, source, around, authority.because);
    return false;
  }
  if (authority.kind !== "obey") {
    const isFirst = !applied.state.record.commands.some(
      (known) => known.outcome === "refused" && known.by === source.speaker.login
    );
    const isAnswered = authority.kind === "refuse";
    applied.state = remember(applied.state, source, isAnswered ? "refused" : "ignored", around.nowMs);
    if (isAnswered) acknowledge(applied, source, "CONFUSED");
    if (isAnswered && isFirst)
      reply(applied, source, "CONFUSED", [
        { kind: "no-authority", login: source.speaker.login, because: authority.because }
      ]);
    return false;
  }
  return obeySource(applied, source, around);
}
function isUntouched({ ledger, record }) {
  return ledger === null && record.commands.length === 0;
}
var FRESH_MS = 10 * 6e4;
function turnAway(applied, source, { issue, nowMs, outcomes }, because) {
  const { id: key, thread, speaker } = source;
  const { login } = speaker;
  if (nowMs - source.atMs < FRESH_MS && !outcomes.has(`react.${key}`)) acknowledge(applied, source, "CONFUSED");
  const isTold = applied.replies.some(
    ({ replies }) => replies.some((one) => one.kind === "no-authority" && one.login === login)
  );
  if (isTold || wasAnswered(login, issue)) return;
  applied.replies.push({ key, thread, replies: [{ kind: "no-authority", login, because }], isPassing: true });
}
function wasAnswered(login, { comments, labelEvents }) {
  const answered = listAnswered(comments);
  return comments.some(({ nodeId, author }) => author.login === login && answered.has(nodeId)) || labelEvents.some(({ nodeId, actor }) => actor.login === login && answered.has(nodeId));
}
function permissionOf({ login }, { permissions }) {
  return /^[a-z\d][a-z\d_-]*$/i.test(login) ? permissions.get(login.toLowerCase()) ?? null : "none";
}
function obeySource(applied, source, around) {
  let { state } = applied;
  const replies = [];
  for (const [index, reading] of source.readings.entries()) {
    if (!reading.ok) {
      const { text, because, nearest } = reading;
      replies.push({ kind: "unknown-command", text, because, nearest });
      continue;
    }
    if (isOvertaken(reading.command, source.readings.slice(index + 1))) {
      replies.push({ kind: "refused", command: formatCommand(reading.command), ...OVERTAKEN });
      continue;
    }
    const spoken = { command: reading.command, by: source.speaker.login, atMs: source.atMs, pullTask: source.task };
    const obeyed = obeyCommand(state, spoken, around);
    if (obeyed.kind === "later") {
      lookAgain(applied, around.nowMs + LOOK_AGAIN_MS);
      return false;
    }
    if (obeyed.kind === "written-ahead") {
      applied.state = writeAhead(applied.state, obeyed.state, obeyCommand(applied.state, spoken, around));
      lookAgain(applied, around.nowMs);
      return true;
    }
    if (obeyed.kind === "wants-base") {
      applied.wantsBase = obeyed.base;
      return true;
    }
    state = obeyed.state;
    if (reading.command.kind === "cleanup" && obeyed.reply.kind === "done") applied.isCleanUpAsked = true;
    replies.push(obeyed.reply);
  }
  const isRefused = replies.every((one) => one.kind === "refused" || one.kind === "unknown-command");
  applied.state = remember(state, source, isRefused ? "refused" : "done", around.nowMs);
  acknowledge(applied, source, "EYES");
  const told = source.isQuiet ? replies.filter((one) => one.kind !== "done") : replies;
  if (told.length > 0) reply(applied, source, "EYES", told);
  return false;
}
var OVERTAKEN = {
  because: "a later line of the same comment says otherwise",
  next: "nothing: the later line counts"
};
function isOvertaken({ kind }, later) {
  const isOfFreeze = (one) => one === "freeze" || one === "thaw";
  return isOfFreeze(kind) && later.some((reading) => reading.ok && isOfFreeze(reading.command.kind));
}
function writeAhead(before, after, alone) {
  if (alone.kind === "written-ahead") return alone.state;
  return { ...before, queue: after.queue, record: { ...before.record, told: after.record.told } };
}
function lookAgain(applied, timeMs) {
  applied.wakeAtMs = Math.min(applied.wakeAtMs ?? timeMs, timeMs);
}
function remember(state, source, outcome, nowMs) {
  const text = source.readings.map((one) => one.ok ? formatCommand(one.command).slice(1) : "?").join("; ");
  const record = {
    source: source.id,
    text: text.slice(0, MAX_TEXT),
    by: source.speaker.login,
    at: source.atMs,
    outcome
  };
  return { ...state, record: { ...state.record, commands: dropOld([...state.record.commands, record], nowMs) } };
}
function dropOld(commands, nowMs) {
  let spare = commands.length - MAX_RECORDS;
  const kept = commands.filter(({ at }) => {
    if (spare <= 0 || nowMs - at < COMMAND_LIVES_MS) return true;
    spare -= 1;
    return false;
  });
  return kept.slice(-MAX_YOUNG_RECORDS);
}
function acknowledge(applied, source, content) {
  if (source.comment === null) return;
  applied.effects.push({ kind: "react", key: `react.${source.id}`, commentNodeId: source.comment, content });
}
function reply(applied, { id, thread, comment }, reaction, replies) {
  applied.replies.push({ key: id, thread, replies, ...comment === null ? {} : { reaction } });
}

// src/core/hosted/earliest.ts
function earliest(times) {
  const set = times.filter((time) => time !== null);
  return set.length === 0 ? null : Math.min(...set);
}

// src/core/hosted/clean-up.ts
function cleanUp({ ledger }) {
  if (ledger === null) return [];
  return listSpentHeads(ledger).map(({ task, attempt, headSha }) => ({
    kind: "move-branches",
    key: `clean.${task}.${attempt}`,
    moves: [
      {
        branch: branchFor({ kind: "attempt", plan: ledger.plan.id, task, attempt }),
        from: headSha,
        to: null,
        force: false
      }
    ]
  }));
}
function listSpentHeads(ledger) {
  return ledger.plan.tasks.flatMap(({ id: task }) => {
    const record = ledger.tasks[task];
    if (record === void 0 || landedAttempt(record) === null) return [];
    return record.attempts.flatMap(
      ({ attempt, evidence, givenSha }) => evidence?.headSha == null || givenSha !== void 0 ? [] : [{ task, attempt, headSha: evidence.headSha }]
    );
  });
}

// src/core/report/hosted/keeper-notice.ts
function renderKeeperNotice({
  keeper,
  self,
  handOverMs
}) {
  return [
    say`## This plan is kept by ${code(keeper)}`.markdown,
    say`It was accepted there, and ${code(self)} leaves it alone: two would get into each other's way. If ${code(keeper)} is at work, nothing needs to be done.`.markdown,
    say`**To hand the plan over to ${code(self)}:** see that ${code(keeper)} does not work on this repository any more (its app is not installed, or its workflow is gone), then comment \`/espalier run\`. If that has had no answer after ${formatDuration(handOverMs)}, ${code(self)} takes the plan over and goes on from what stands in its ledger.`.markdown
  ].join("\n\n");
}

// src/core/hosted/keep-plan.ts
var HAND_OVER_MS = 15 * 6e4;
function judgeKeeping(input, nowMs) {
  const { state, facts } = input;
  const { keeper } = state.record;
  if (state.ledger === null || keeper === void 0 || keeper.appId === facts.app.id) return { kind: "own", state };
  const asked = (facts.issue?.comments ?? []).filter((comment) => asksForRun(comment, input, nowMs));
  const isLost = asked.some(({ createdAtMs }) => createdAtMs + HAND_OVER_MS <= nowMs);
  if (isLost) return { kind: "own", state: { ...state, record: takeOver(state.record, facts.app) } };
  const told = noteTold(input);
  const wakeAtMs = earliest(asked.map(({ createdAtMs }) => createdAtMs + HAND_OVER_MS));
  const isTold = told.told.includes(toldKey(facts.app.id));
  const effects = isTold ? [] : [writeNotice(keeper.login, input)];
  return { kind: "foreign", state: told === state.record ? state : { ...state, record: told }, effects, wakeAtMs };
}
function asksForRun(comment, { state, facts, config }, nowMs) {
  const isYoung = nowMs - comment.createdAtMs < COMMAND_LIVES_MS;
  if (!isYoung || comment.isOwn || state.record.commands.some(({ source }) => source === comment.nodeId)) return false;
  if (!readCommands(comment.body, "plan").some((reading) => reading.ok && reading.command.kind === "run")) return false;
  const { author } = comment;
  const authority = judgeAuthority({
    speaker: author,
    permission: facts.permissions.get(author.login.toLowerCase()) ?? null,
    isEdited: comment.editedAtMs !== null,
    isOwnApp: false,
    allowedBotIds: config.allowedBotIds
  });
  return authority.kind === "obey";
}
function takeOver(record, { id: appId, login }) {
  return { ...record, keeper: { appId, login }, statusComment: null, obstacle: null };
}
function toldKey(appId) {
  return `keeper.${appId}`;
}
function noteTold({ state, facts, outcomes }) {
  const key = toldKey(facts.app.id);
  const isPosted = outcomes.get(`answer.${key}`)?.kind === "comment-posted";
  if (!isPosted || state.record.told.includes(key)) return state.record;
  return { ...state.record, told: [...state.record.told, key] };
}
function writeNotice(keeper, { state, facts }) {
  const key = toldKey(facts.app.id);
  const notice = renderKeeperNotice({ keeper, self: facts.app.login, handOverMs: HAND_OVER_MS });
  return {
    kind: "answer",
    key: `answer.${key}`,
    thread: state.record.issue,
    body: `${answerMarker(key)}
${notice}`,
    // It is noted only once it stands there.
    lookFirst: true
  };
}

// src/core/hosted/leases.ts
var NOT_DONE2 = /* @__PURE__ */ new Set(["elsewhere", "refused", "forbidden", "no-workflow"]);
var SPENT_MS = 36e5;
function dropSpent(leases, asked, nowMs) {
  return Object.fromEntries(
    Object.entries(leases).filter(([key, { until }]) => asked.has(key) || nowMs - until < SPENT_MS)
  );
}
function openLeases(record, outcomes, options) {
  const { replica, leaseMs, nowMs } = options;
  const leases = { ...record.leases };
  let isChanged = false;
  let nextLapseMs = null;
  for (const [key, outcome] of outcomes) {
    const held = leases[key];
    if (held?.holder !== replica) continue;
    if (NOT_DONE2.has(outcome.kind)) {
      delete leases[key];
      isChanged = true;
    } else if (outcome.kind === "later") {
      leases[key] = { holder: replica, until: outcome.notBeforeMs };
      isChanged = true;
    }
  }
  const taken = /* @__PURE__ */ new Set();
  const asked = /* @__PURE__ */ new Set();
  return {
    take(key) {
      asked.add(key);
      const held = leases[key];
      if (held !== void 0 && held.until > nowMs) {
        if (!taken.has(key)) nextLapseMs = Math.min(nextLapseMs ?? held.until, held.until);
        return { granted: false, isRepeat: false };
      }
      leases[key] = { holder: replica, until: nowMs + leaseMs };
      taken.add(key);
      isChanged = true;
      return { granted: true, isRepeat: held !== void 0 };
    },
    free(key) {
      if (leases[key] === void 0) return;
      delete leases[key];
      isChanged = true;
    },
    get nextLapseMs() {
      return nextLapseMs;
    },
    finish: () => isChanged ? dropSpent(leases, asked, nowMs) : record.leases
  };
}

// src/core/hosted/workflow-changes.ts
var WORKFLOWS = "workflows=write";
function isAboutWorkflows(outcome) {
  return outcome.kind === "forbidden" && outcome.permission === WORKFLOWS;
}
function explainRefusal(outcome) {
  if (!isAboutWorkflows(outcome)) return outcome.because;
  return `it changes workflow files, and only a person, or an app with the permission 'Workflows', may bring such a change into a branch; merge its pull request by hand (${outcome.because})`;
}

// src/core/hosted/note-outcomes.ts
function noteOutcomes({ state, outcomes, facts }) {
  if (state.ledger === null) return state;
  let { record } = state;
  const holder = hasJobToken(facts.app) ? "job" : "app";
  const posted = outcomes.get("status");
  if (posted?.kind === "comment-posted") record = { ...record, statusComment: posted.nodeId };
  const refused = record.obstacle?.effect;
  if (refused !== void 0 && isOvercome(outcomes.get(refused))) record = { ...record, obstacle: null };
  for (const [key, outcome] of outcomes) {
    if (holder === "job" && isAboutWorkflows(outcome)) continue;
    if (outcome.kind === "forbidden" && record.obstacle === null && !key.startsWith("dispatch."))
      record = { ...record, obstacle: { ...obstacleOfForbidden(outcome, holder), at: facts.readAtMs, effect: key } };
  }
  return record === state.record ? state : { ...state, record };
}
function isOvercome(outcome) {
  return outcome !== void 0 && outcome.kind !== "forbidden" && outcome.kind !== "later";
}

// src/core/report/hosted/scene.ts
function pullNumber(scene, task) {
  return scene.record.pulls[task]?.number ?? null;
}
function gatedAttempt(scene, task) {
  return scene.ledger.tasks[task]?.attempts.findLast((attempt) => attempt.evidence !== null) ?? null;
}
function liveDispatch(scene, task) {
  return scene.record.dispatches.findLast((dispatch) => dispatch.legs.some((leg) => leg.task === task && !leg.isOver)) ?? null;
}
function isKeptByProposal({ record }, task) {
  const { proposed } = record;
  if (proposed === null || task.state !== "waiting" && task.state !== "held") return false;
  return proposed.revision === null || proposed.changed.includes(task.id) || proposed.removed.includes(task.id);
}
function isNotAskedFor({ record }, task) {
  return record.only !== null && task.state === "waiting" && !record.only.includes(task.id);
}

// src/core/report/hosted/next-step.ts
function nextStepOf(scene, task) {
  const { obstacle } = scene.record;
  if (task.state === "landed")
    return {
      who: "nobody",
      words: say`It has landed; nothing is left to do.`,
      command: null
    };
  if (obstacle !== null)
    return person(
      say`The whole plan waits: ${sentence(obstacle.because)} ${withCommand(obstacle.next)}`,
      "/espalier run"
    );
  switch (task.state) {
    case "failed":
      return person(
        say`Its attempts are used up. Look at the reason, then give it a fresh start.`,
        `/espalier retry ${task.id}`
      );
    case "cancelled":
      return person(
        say`A person stopped it. It stays so until somebody starts it again.`,
        `/espalier retry ${task.id}`
      );
    case "held":
      return heldStep(scene, task);
    case "running":
      return espalier(say`A run is at work on attempt ${task.attempt}.`);
    case "trying":
      return espalier(say`It is being tested, merged onto the tip of ${scene.view.target}.`);
    case "landing":
      return espalier(say`${scene.view.target} is being moved.`);
    case "waiting":
      return waitingStep(scene, task);
    case "queued":
      return queuedStep(scene, task);
  }
}
function waitingStep(scene, task) {
  if (isKeptByProposal(scene, task))
    return person(
      say`The plan's text was edited; what changed is not started before it is approved.`,
      "/espalier approve"
    );
  if (isNotAskedFor(scene, task)) return person(say`Nobody has asked for this task yet.`, `/espalier run ${task.id}`);
  return waitStep(scene, task, task.waiting);
}
function queuedStep(scene, task) {
  const { waiting } = task;
  if (waiting?.kind !== "person") return waitStep(scene, task, waiting);
  const isOnHold = task.gate?.rules.some(({ found, because }) => found === ON_HOLD && because === waiting.because);
  if (isOnHold === true) return person(say`${sentence(waiting.because)} Put that back, and it goes on.`, null);
  const asksReview = task.gate?.rules.some(
    (rule) => (rule.rule === "approvals" || rule.rule === "conversation") && rule.status === "pending"
  );
  if (asksReview !== true)
    return person(say`${sentence(waiting.because)} Put that right, then have it tried again.`, "/espalier run");
  const pull = pullNumber(scene, task.id);
  return person(pull === null ? say`Approve its pull request.` : say`Review pull request ${pullLink(pull)}.`, null);
}
function pullLink(pull) {
  return { markdown: `#${pull}` };
}
function waitStep(scene, task, waiting) {
  switch (waiting?.kind) {
    case void 0:
    case "work":
    case "slot":
      return espalier(say`It is started as soon as a place is free.`);
    case "queue":
      return espalier(say`${sentence(waiting.because)}`);
    case "task":
      return espalier(
        say`It is started when ${listIds(waiting.on)} ${waiting.on.length === 1 ? "has" : "have"} landed.`
      );
    case "lock":
      return espalier(say`${sentence(waiting.because)} It is started when that has landed.`);
    case "backoff":
      return espalier(
        waiting.untilMs === null ? say`${sentence(waiting.because)}` : say`${sentence(waiting.because)} Next try: ${minuteOf(waiting.untilMs)}.`
      );
    case "forge":
      return person(
        say`The forge refused: ${sentence(waiting.because)} Put that right, then have it tried again.`,
        "/espalier run"
      );
    case "pause":
      return person(say`The plan is paused.`, "/espalier resume");
    case "freeze":
      return person(say`${scene.view.target} is frozen. Look at the reason, then open it again.`, "/espalier thaw");
    case "budget":
      return person(
        say`The budget is used up. Raise it in the text of the plan, then accept that.`,
        "/espalier approve"
      );
    case "person":
      return person(say`${sentence(waiting.because)}`, `/espalier retry ${task.id}`);
  }
}
function heldStep(scene, task) {
  const roots = stoppedRoots(scene, task.id);
  const [first] = roots;
  if (first === void 0) return espalier(say`It is started when what it needs has landed.`);
  return person(say`It needs ${listIds(roots)}, which did not land.`, `/espalier retry ${first}`);
}
function stoppedRoots({ view, ledger }, task) {
  const needs = new Map(ledger.plan.tasks.map((each) => [each.id, each.needs]));
  const seen = /* @__PURE__ */ new Set();
  const open = [task];
  for (let next = open.pop(); next !== void 0; next = open.pop())
    for (const need of needs.get(next) ?? []) {
      if (seen.has(need)) continue;
      seen.add(need);
      open.push(need);
    }
  return view.tasks.filter((each) => seen.has(each.id) && (each.state === "failed" || each.state === "cancelled")).map((each) => each.id);
}
var ACTORS = {
  nobody: "",
  espalier: "**Espalier acts:** ",
  person: "**A person acts:** "
};
function renderStep({ who, words, command }) {
  const how = command === null ? say`` : say` Comment ${code(command)}.`;
  return say`${{ markdown: ACTORS[who] }}${words}${how}`;
}
function person(words, command) {
  return { who: "person", words, command };
}
function espalier(words) {
  return { who: "espalier", words, command: null };
}

// src/core/report/hosted/attention.ts
function listAttention(scene, stuck) {
  return [
    ...listPlanAttention(scene),
    ...listHeldRuns(scene),
    ...listTaskAttention(scene),
    ...stuck.map((each) => describeStuck(scene, each))
  ];
}
var MAX_HELD_RUNS = 5;
function listHeldRuns(scene) {
  return scene.view.tasks.flatMap((task) => {
    const held = scene.heldRuns?.get(task.id) ?? [];
    const waits2 = task.gate?.rules.some(({ rule, status }) => rule === "checks" && status === "pending") === true;
    if (held.length === 0 || !waits2 || task.state === "landed") return [];
    const links = held.slice(0, MAX_HELD_RUNS).map(({ workflow, url }) => link(prose(workflow, 60), url).markdown);
    const words = say`${nameTask(scene, task)} waits for checks that have not begun: GitHub holds back ${{ markdown: links.join(", ") }}, since the token of a job opened the pull request. Somebody with write permission has to click **Approve workflows to run** there.`;
    return [{ words, command: null }];
  });
}
function listPlanAttention(scene) {
  const { view, record } = scene;
  const items = [];
  if (record.obstacle !== null)
    items.push({
      words: say`**The plan cannot go on.** ${prose(sentence(record.obstacle.because), 600)} ${withCommand(record.obstacle.next)}`,
      command: "/espalier run"
    });
  if (view.frozen !== null)
    items.push({
      words: say`**${code(view.target)} is frozen**, since ${minuteOf(view.frozen.at)}: ${prose(sentence(view.frozen.because), 400)} Nothing lands on it, from any plan.`,
      command: "/espalier thaw"
    });
  if (view.paused !== null)
    items.push({
      words: say`**Paused** by ${view.paused.by} since ${minuteOf(view.paused.at)}. What runs is left to end; nothing more is started or landed.`,
      command: "/espalier resume"
    });
  if (record.proposed !== null) items.push(describeProposal(scene));
  if (view.final.status === "failed")
    items.push({
      words: say`**The final tests failed** on the whole of what has landed.`,
      command: "/espalier run"
    });
  return items;
}
function describeProposal({ record }) {
  const { proposed } = record;
  if (proposed === null) return { words: say``, command: null };
  if (proposed.revision === null)
    return {
      words: say`**The issue was edited**, and its text is no plan any more, so nothing new is started. Mend the text; this shows what is wrong with it.`,
      command: "/espalier check"
    };
  const parts = [
    ...proposed.changed.length > 0 ? [say`changed: ${listIds(proposed.changed, 10)}`] : [],
    ...proposed.added.length > 0 ? [say`added: ${listIds(proposed.added, 10)}`] : [],
    ...proposed.removed.length > 0 ? [say`removed: ${listIds(proposed.removed, 10)}`] : [],
    ...proposed.isFrameChanged ? [say`changed around the tasks: title, base, budget or final tests`] : []
  ];
  const list3 = { markdown: parts.map((part) => part.markdown).join("; ") };
  return {
    words: say`**The issue was edited** after the plan was accepted (${list3}). The work goes on by the accepted text; what the edit touches is not started until it is approved.`,
    command: "/espalier approve"
  };
}
function listTaskAttention(scene) {
  return scene.view.tasks.flatMap((task) => {
    if (task.state === "failed" || task.state === "cancelled") return [describeStopped(scene, task)];
    if (task.state !== "queued" && task.state !== "waiting") return [];
    const kind = task.waiting?.kind;
    if (kind === "pause" || kind === "freeze" || scene.record.obstacle !== null || isKeptByProposal(scene, task))
      return [];
    if (kind !== "person" && kind !== "forge" && kind !== "budget") return [];
    const step = nextStepOf(scene, task);
    const because = kind === "budget" ? say` ${prose(sentence(task.waiting?.because ?? ""), 300)}` : say``;
    return [{ words: say`${nameTask(scene, task)} waits.${because} ${step.words}`, command: step.command }];
  });
}
function describeStopped(scene, task) {
  const held = scene.view.tasks.filter((each) => each.state === "held" && stoppedRoots(scene, each.id).includes(task.id)).map((each) => each.id);
  const holds = held.length === 0 ? say`` : say` It holds up ${listIds(held)}.`;
  const reason = task.waiting?.because ?? task.lastFailure ?? "";
  const because = reason === "" ? say`` : say` ${describeReason(firstLine(reason), 300)}`;
  const how = task.state === "cancelled" ? say`was cancelled.` : say`failed after ${countOf(task.attempt, "attempt")}.`;
  return {
    words: say`${nameTask(scene, task)} ${how}${because}${holds}`,
    command: `/espalier retry ${task.id}`
  };
}
function describeStuck(scene, { task, sinceMs }) {
  const run = liveDispatch(scene, task)?.run ?? null;
  const where = run === null ? say`the run` : link(say`the run`, run.url);
  const starter = scene.record.accepted?.by ?? null;
  const who = starter === null ? say`Somebody with write permission` : say`**${starter}**, or anybody with write permission,`;
  return {
    words: say`${code(task)} has given no sign since ${minuteOf(sinceMs)}. ${who} can look at ${where}, and stop it; ${code(`/espalier retry ${task}`)} starts the task again after that.`,
    command: `/espalier cancel ${task}`
  };
}
function nameTask(scene, task) {
  const pull = pullNumber(scene, task.id);
  return pull === null ? code(task.id) : say`${code(task.id)} (${pullLink(pull)})`;
}
function describeReason(text, maxLength) {
  const match = /^([a-z]+(?:-[a-z]+)+): (.*)$/s.exec(text);
  if (match === null) return prose(sentence(text), maxLength);
  return say`${code(match[1] ?? "")}: ${prose(sentence(match[2] ?? ""), maxLength)}`;
}
function renderAttention({ words, command }) {
  return `- ${words.markdown}${command === null ? "" : ` Comment \`${command}\`.`}`;
}

// src/core/report/hosted/plan-problems.ts
function problemsSection(rank, source, problems) {
  const sorted = problems.toSorted((a, b) => Number(a.severity !== "error") - Number(b.severity !== "error"));
  return listSection(rank, {
    head: `### ${source}`,
    lines: sorted.map(describeProblem),
    most: 24e3
  });
}
function describeProblem({ severity, code: name, line, message, nearest, excerpt }) {
  const place = line === null ? say`` : say` line ${line}:`;
  const hint = nearest === null ? say`` : say` Did you mean ${code(nearest)}?`;
  const shown = excerpt === null || excerpt.trim() === "" ? say`` : say`<br>${code(excerpt.trim(), 160)}`;
  return say`- ${severity === "error" ? "❌" : "⚠️"} **${severity}**${place} ${prose(message, 600)} (${code(name)})${hint}${shown}`.markdown;
}

// src/core/report/hosted/check-answer.ts
var FORM_WORDS = { yaml: "YAML", headings: "headings", table: "a task table", single: "a single task" };
var MAX_GRAPH_TASKS = 40;
var COLUMNS = ["Wave", "Task", "Estimate", "Needs", "Owns"];
function renderCheckAnswer(facts, maxBytes) {
  const { issuePlan, maxParallel, hindrances } = facts;
  const summary = summarizePlan(
    { plan: issuePlan.read, form: issuePlan.form, problems: [...issuePlan.problems] },
    { agents: maxParallel }
  );
  const { plan } = summary;
  return fitDocument(
    [
      whole(0, `## ${verdictOf(summary, facts)}`),
      whole(0, plan === null ? "" : describeShape(plan, summary)),
      hindrancesSection(hindrances),
      ...problemSections(issuePlan),
      ...plan === null ? [] : planSections(plan),
      whole(0, nextOf(summary, facts))
    ],
    maxBytes
  );
}
function problemSections({ problems, configProblems }) {
  return [
    problemsSection(1, "Problems of the plan", problems),
    problemsSection(1, "Problems of the configuration, `.github/espalier.yml`", configProblems)
  ];
}
function isUsable(summary, { issuePlan, hindrances }) {
  return summary.plan !== null && issuePlan.plan !== null && hindrances.length === 0;
}
function verdictOf(summary, facts) {
  if (isUsable(summary, facts)) {
    const warnings = summary.warningCount + facts.issuePlan.configProblems.length;
    return warnings === 0 ? "The plan can be run" : `The plan can be run, with ${countOf(warnings, "warning")}`;
  }
  if (summary.plan === null || facts.issuePlan.plan === null) return "The plan cannot be run as it stands";
  return "The plan is in order, but it cannot be run in this repository yet";
}
function nextOf(summary, facts) {
  return isUsable(summary, facts) ? "Start it with the comment `/espalier run`." : "Mend that, then look again with the comment `/espalier check`.";
}
function describeShape(plan, { form }) {
  const base = plan.base === null ? say`the repository's default branch` : code(plan.base);
  const how = form === null ? "" : `, read from ${FORM_WORDS[form]}`;
  return say`${prose(plan.title, 200)}: ${countOf(plan.tasks.length, "task")}, ${countOf(plan.edgeCount, "edge")}, ${countOf(plan.waves.length, "wave")}${how}; it lands on ${base}.`.markdown;
}
function hindrancesSection(hindrances) {
  return listSection(0, {
    head: "### What this repository lacks",
    lines: hindrances.map(
      ({ because, next }) => `- ❌ ${prose(sentence(because), 500).markdown} ${withCommand(next).markdown}`
    ),
    most: 12e3
  });
}
function planSections(plan) {
  const graph = plan.edgeCount > 0 && plan.tasks.length <= MAX_GRAPH_TASKS ? renderCheckMermaid(plan).trimEnd() : null;
  const byWave = plan.tasks.toSorted((a, b) => a.wave - b.wave || a.line - b.line);
  const rows = table(
    COLUMNS,
    byWave.map((task) => [
      say`${task.wave}`,
      say`${code(task.id)}${task.isCritical ? " ★" : ""}${task.title === task.id ? say`` : say`<br>${prose(task.title, 80)}`}`,
      task.estimateMinutes === null ? say`–` : say`${formatMinutes(task.estimateMinutes)}`,
      task.needs.length === 0 ? say`–` : listIds(task.needs),
      listOwned(task.owns)
    ])
  );
  return [
    tableSection(3, { head: "### Tasks\n\n★ is on the critical path.", lines: rows }),
    whole(2, renderArithmetic(plan)),
    ...ownershipSections(plan),
    ...graph === null ? [] : [whole(4, folded("The graph of the plan", `\`\`\`mermaid
${graph}
\`\`\``))]
  ];
}
function listOwned(owns) {
  if (owns.length === 0) return say`anything unprotected`;
  const shown = join(
    owns.slice(0, 4).map((glob) => code(glob, 60)),
    ", "
  );
  return owns.length > 4 ? say`${shown} and ${owns.length - 4} more` : shown;
}
function renderArithmetic({ hours, criticalPath, schedule }) {
  const stated = hours.stated;
  const lines = [
    say`- Sum of the tasks: ${formatMinutes(hours.sumMinutes)}`,
    ...stated === null || stated.minutes === hours.sumMinutes ? [] : [say`- The text states ${formatMinutes(stated.minutes)} in line ${stated.line}, which is not that sum`],
    ...hours.unestimated.length === 0 ? [] : [say`- Without an estimate, counted as an hour each: ${listIds(hours.unestimated)}`],
    say`- Critical path: ${formatMinutes(criticalPath.minutes)}, ${join(
      criticalPath.ids.slice(0, 12).map((id) => code(id)),
      " → "
    )}${criticalPath.ids.length > 12 ? " …" : ""}`,
    say`- On ${countOf(schedule.agents, "agent")} at once: ${formatMinutes(schedule.makespanMinutes)}, no schedule takes less than ${formatMinutes(schedule.lowerBoundMinutes)}; ${schedule.speedUp.toFixed(1)} times as fast as one agent`
  ];
  return `### Arithmetic

${lines.map((line) => line.markdown).join("\n")}`;
}
function ownershipSections({ ownership, locks, tasks }) {
  const { overlaps, unowned } = ownership;
  return [
    listSection(2, {
      head: "### Paths that two tasks own\n\nGive both a common lock, let one need the other, or part their paths.",
      lines: overlaps.map(
        ({ a, b, path }) => say`- ${code(a)} and ${code(b)} could run at once, and both own ${code(path, 120)}`.markdown
      ),
      most: 8e3
    }),
    listSection(3, {
      head: "### Locks",
      lines: locks.map(
        ({ name, tasks: holders }) => say`- ${code(name, 80)}: ${listIds(holders)}, one at a time`.markdown
      ),
      most: 4e3
    }),
    whole(
      3,
      unowned.length === 0 || unowned.length === tasks.length ? "" : say`Without ${code("owns")}, so that they may change anything unprotected: ${listIds(unowned)}.`.markdown
    )
  ];
}

// src/core/report/hosted/plan-difference.ts
var MAX_VALUE = 160;
var MAX_SPEC_BYTES = 6e3;
var FIELDS = {
  title: (task) => task.title,
  needs: (task) => list(task.needs),
  owns: (task) => list(task.owns),
  allow: (task) => list(task.allow),
  locks: (task) => list(task.locks),
  estimateMinutes: (task) => task.estimateMinutes === null ? "none" : formatMinutes(task.estimateMinutes),
  branch: (task) => task.branch ?? "none of its own",
  agent: (task) => reviewerName(task.agent),
  profile: (task) => task.profile,
  resources: (task) => task.resources,
  setup: (task) => showCommands(task.setup),
  test: (task) => showCommands(task.test),
  testPaths: (task) => list(task.testPaths),
  review: ({ review }) => `${review.reviewer === null ? "none" : reviewerName(review.reviewer)}, ${review.threshold}/10, ${review.iterations} iterations, rubric '${review.rubric}'`,
  approvals: (task) => `${task.approvals}`,
  timeoutMs: (task) => formatDuration(task.timeoutMs),
  retries: (task) => `${task.retries}`,
  env: (task) => list(task.env),
  copy: (task) => list(task.copy),
  ports: (task) => list(task.ports),
  budgetUsd: (task) => task.budgetUsd === null ? "none" : usd(task.budgetUsd),
  priority: (task) => `${task.priority}`,
  runsOn: (task) => writeRunner(runnerOf(task)),
  image: (task) => task.image ?? "none of its own"
};
var FIELD_WORDS = {
  estimateMinutes: "estimate",
  testPaths: "test_paths",
  timeoutMs: "timeout",
  runsOn: "runs_on",
  budgetUsd: "budget"
};
function differenceSections(before, after) {
  const old = new Map(before.tasks.map((task) => [task.id, task]));
  const ids = new Set(after.tasks.map((task) => task.id));
  const added = after.tasks.filter((task) => !old.has(task.id)).map((task) => task.id);
  const removed = before.tasks.filter((task) => !ids.has(task.id)).map((task) => task.id);
  const changed = after.tasks.flatMap((task) => {
    const known = old.get(task.id);
    return known === void 0 ? [] : taskSections(known, task);
  });
  const frame = frameChanges(before, after);
  return [
    ...added.length === 0 ? [] : [whole(1, say`**Added:** ${listIds(added, 30)}`.markdown)],
    ...removed.length === 0 ? [] : [whole(1, say`**Removed:** ${listIds(removed, 30)}`.markdown)],
    ...frame.length === 0 ? [] : [listSection(1, { head: "**Around the tasks**", lines: frame.map(describeChange) })],
    ...changed
  ];
}
function taskSections(before, after) {
  const lines = taskChanges(before, after).map(describeChange);
  const isSpecChanged = before.spec !== after.spec;
  if (lines.length === 0 && !isSpecChanged) return [];
  const head = say`**Changed:** ${code(after.id)}${isSpecChanged ? ", its text among other things" : ""}`;
  const words = isSpecChanged && lines.length === 0 ? say`**Changed:** the text of ${code(after.id)}` : head;
  return [
    lines.length === 0 ? whole(2, words.markdown) : listSection(2, { head: words.markdown, lines, most: 8e3 }),
    ...isSpecChanged ? [specSection(before.spec, after.spec)] : []
  ];
}
function taskChanges(before, after) {
  return Object.keys(FIELDS).flatMap(
    (field) => JSON.stringify(before[field]) === JSON.stringify(after[field]) ? [] : [{ field: FIELD_WORDS[field] ?? field, before: FIELDS[field](before), after: FIELDS[field](after) }]
  );
}
function frameChanges(before, after) {
  const budget = ({ budgetUsd }) => budgetUsd === null ? "none" : usd(budgetUsd);
  return [
    { field: "title", before: before.title, after: after.title },
    { field: "base", before: before.base ?? "the default", after: after.base ?? "the default" },
    { field: "budget", before: budget(before), after: budget(after) },
    { field: "final", before: showCommands(before.final), after: showCommands(after.final) }
  ].filter((change2) => change2.before !== change2.after);
}
function describeChange({ field, before, after }) {
  return say`- ${field}: ${shownValue(before)} → ${shownValue(after)}`.markdown;
}
function shownValue(value) {
  return code(value, MAX_VALUE);
}
function specSection(before, after) {
  return {
    rank: 3,
    render: (room) => fence(diffLines(before, after), { info: "diff", maxBytes: Math.min(room, MAX_SPEC_BYTES), keep: "head" })
  };
}
function list(items) {
  return items.length === 0 ? "none" : items.join(", ");
}
function showCommands(commands) {
  return list(commands.map((command) => command.join(" ")));
}

// src/core/report/hosted/forecast.ts
var TICK_MS = 15 * 6e4;
var ROUND_MS = 30 * 6e4;
var MINUTE_MS = 6e4;
function forecastFinish(scene) {
  const { view, ledger, record } = scene;
  if (view.status !== "working" || view.paused !== null || view.frozen !== null) return null;
  if (record.obstacle !== null || record.proposed !== null || record.only !== null) return null;
  const open = view.tasks.filter((task) => task.state !== "landed");
  if (open.length === 0 || open.some((task) => ["failed", "held", "cancelled"].includes(task.state))) return null;
  const tasks = new Map(ledger.plan.tasks.map((task) => [task.id, task]));
  const pace = measurePace(scene);
  const nowMs = Math.floor(scene.nowMs / TICK_MS) * TICK_MS;
  const left = new Set(open.map((task) => task.id));
  const schedule = open.flatMap((view2) => {
    const task = tasks.get(view2.id);
    if (task === void 0 || task.estimateMinutes === null) return [];
    const estimateMinutes = minutesLeft(view2, task.estimateMinutes * (pace ?? 1), nowMs);
    return [{ id: task.id, needs: task.needs.filter((need) => left.has(need)), locks: task.locks, estimateMinutes }];
  });
  if (schedule.length < open.length) return null;
  const { makespanMinutes } = schedulePlan(schedule, Math.max(1, scene.maxParallel));
  return {
    finishMs: Math.ceil((nowMs + makespanMinutes * MINUTE_MS) / ROUND_MS) * ROUND_MS,
    basis: pace === null ? "estimates" : "pace"
  };
}
function minutesLeft(task, wholeMinutes, nowMs) {
  if (task.state === "waiting" || task.startedAt === null) return wholeMinutes;
  if (task.state !== "running") return 0;
  return Math.max(0, wholeMinutes - Math.max(0, nowMs - task.startedAt) / MINUTE_MS);
}
function measurePace({ ledger }) {
  let took = 0;
  let estimated = 0;
  for (const { task, landedAt } of ledger.certificates) {
    const minutes = ledger.plan.tasks.find((each) => each.id === task)?.estimateMinutes ?? null;
    const startedAt = ledger.tasks[task]?.attempts[0]?.startedAt ?? null;
    if (minutes === null || minutes === 0 || startedAt === null) continue;
    took += Math.max(0, landedAt - startedAt) / MINUTE_MS;
    estimated += minutes;
  }
  return estimated === 0 || took === 0 ? null : took / estimated;
}

// src/core/report/hosted/landing-order.ts
function landingOrder({ view, ledger }) {
  const index = indexPlan(ledger.plan);
  const queued = view.tasks.filter((task) => task.state === "queued").map(({ id }) => ({
    task: id,
    priority: index.task(id)?.priority ?? 0,
    returns: ledger.tasks[id]?.attempts.filter((attempt) => attempt.status === "returned").length ?? 0,
    remainingMinutes: index.remainingMinutes(id),
    index: index.position(id)
  })).sort(compareQueueEntries);
  const first = (state) => view.tasks.filter((task) => task.state === state).map((task) => task.id);
  return [...first("landing"), ...first("trying"), ...queued.map((entry) => entry.task)];
}

// src/core/report/hosted/plan-words.ts
function headline(view) {
  const order = ["running", "trying", "landing", "queued", "failed", "held", "cancelled", "waiting"];
  const count = (state) => view.tasks.filter((task) => task.state === state).length;
  const rest = order.map((state) => [count(state), state]).filter(([members]) => members > 0);
  const landed = `${count("landed")} of ${countOf(view.tasks.length, "task")} landed`;
  return [landed, ...rest.map(([members, state]) => `${members} ${state}`)].join(" · ");
}
function whatHappens({ view, record }) {
  if (record.obstacle !== null) return "The plan has stopped and needs a person.";
  switch (view.status) {
    case "landed":
      return "The plan is done: everything has landed.";
    case "final-failed":
      return "Everything has landed, but the final tests on the whole failed.";
    case "paused":
      return "The plan is paused.";
    case "stuck":
      return "Nothing can go on without a person.";
    case "working":
      if (view.frozen !== null) return "Work goes on, but nothing can land.";
      return view.tasks.some((task) => task.state === "failed" || task.state === "cancelled") ? "Work goes on, but not everything can land without a person." : "The plan is under way.";
  }
}

// src/core/report/hosted/short-status.ts
function renderShortStatus(scene, maxBytes) {
  const { view } = scene;
  const busy = view.tasks.filter((task) => task.state === "running").map((task) => task.id);
  const order = landingOrder(scene);
  const forecast = forecastFinish(scene);
  const facts = [
    ...busy.length === 0 ? [] : [say`- At work: ${listIds(busy, 10)}`],
    ...order.length === 0 ? [] : [say`- Next to land: ${listIds(order, 10)}`],
    say`- Spent: ${usd(view.spentUsd)}${view.budgetUsd === null ? "" : ` of ${usd(view.budgetUsd)}`}`,
    ...forecast === null ? [] : [say`- Expected finish: ${minuteOf(forecast.finishMs)}`]
  ];
  return fitDocument(
    [
      whole(0, `## ${headline(view)}`),
      whole(0, say`${whatHappens(scene)} The status comment above has every task.`.markdown),
      listSection(1, { head: "### Waits for a person", lines: listAttention(scene, []).map(renderAttention) }),
      whole(0, facts.map((fact) => fact.markdown).join("\n"))
    ],
    maxBytes
  );
}

// src/core/report/hosted/gate-tree.ts
var COLUMNS2 = ["Rule", "Status", "Because", "Found", "Wanted"];
var MAX_BECAUSE = 300;
var MAX_VALUE2 = 160;
var ORDER = { failed: 0, pending: 1, waived: 2, passed: 3, "not-asked": 4 };
function gateTable(gate) {
  return table(COLUMNS2, gate.rules.toSorted((a, b) => ORDER[a.status] - ORDER[b.status]).map(ruleCells));
}
function ruleCells({ rule, status, because, found, wanted }) {
  return [
    code(rule),
    say`${RULE_SIGNS[status]}&nbsp;${status === "not-asked" ? "not asked" : status}`,
    prose(because, MAX_BECAUSE),
    prose(found, MAX_VALUE2),
    prose(wanted, MAX_VALUE2)
  ];
}
function gateWords(gate) {
  const named = (status) => {
    const [first, ...more] = gate.rules.filter((rule) => rule.status === status).map((rule) => rule.rule);
    return more.length === 0 ? `${first}` : `${first} and ${more.length} more`;
  };
  if (gate.status === "open") return `open: ${countOf(gate.rules.length, "rule")}, none against it`;
  return gate.status === "closed" ? `closed by ${named("failed")}` : `waits for ${named("pending")}`;
}

// src/core/report/hosted/why-answer.ts
function renderWhyAnswer(scene, task, maxBytes) {
  const title = task.title === "" || task.title === task.id ? say`` : say`: ${prose(task.title, 120)}`;
  return fitDocument(
    [
      whole(0, say`## ${STATE_SIGNS[task.state]} ${code(task.id)} ${STATE_PHRASES[task.state]}${title}`.markdown),
      whole(0, renderStep(nextStepOf(scene, task)).markdown),
      whole(0, `- ${join(listFacts(scene, task), "\n- ").markdown}`),
      failureSection(task),
      gateSection(scene, task)
    ],
    maxBytes
  );
}
function listFacts(scene, task) {
  const { waiting } = task;
  const pull = pullNumber(scene, task.id);
  return [
    ...task.attempt === 0 ? [say`No attempt yet`] : [say`Attempt ${task.attempt} of at most ${task.attemptsAllowed}`],
    ...pull === null ? [] : [say`Pull request ${pullLink(pull)}`],
    ...task.headSha === null ? [] : [say`Head ${code(shortSha(task.headSha))}, branch ${code(task.branch)}`],
    ...task.landedSha === null ? [] : [say`Landed as ${code(shortSha(task.landedSha))} on ${code(scene.view.target)}`],
    ...task.score === null ? [] : [say`Review ${formatScore(task.score)}`],
    ...task.attempt === 0 ? [] : [say`Spent ${usd(task.spentUsd)}`],
    // Of a task that failed, the last failure follows in full.
    ...waiting === null || waiting.because === task.lastFailure ? [] : [say`Because: ${describeReason(waiting.because, 400)}`],
    ...waiting === null || waiting.on.length === 0 ? [] : [say`Waits on ${describeOthers(scene, waiting.on)}`],
    ...waiting?.untilMs == null ? [] : [say`Until ${minuteOf(waiting.untilMs)}`]
  ];
}
function describeOthers({ view }, ids) {
  if (ids.length > 8) return listIds(ids, 8);
  const stateOf = new Map(view.tasks.map((each) => [each.id, each.state]));
  return join(
    ids.map((id) => say`${code(id)} (${stateOf.get(id) ?? "unknown"})`),
    ", "
  );
}
function failureSection({ lastFailure }) {
  const head = "### Last failure";
  if (lastFailure === null) return whole(1, "");
  if (!/[\r\n]/.test(lastFailure)) return whole(1, `${head}

${describeReason(lastFailure, 2e3).markdown}`);
  return {
    rank: 1,
    render: (room) => {
      const block = fence(lastFailure, {
        info: "text",
        maxBytes: Math.min(room, 8e3) - byteLength(head) - 2,
        keep: "head"
      });
      return block === null ? null : `${head}

${block}`;
    }
  };
}
function gateSection(scene, task) {
  const attempt = gatedAttempt(scene, task.id);
  if (task.gate === null || attempt === null)
    return whole(
      1,
      task.attempt === 0 ? "" : say`The gate: attempt ${task.attempt} has left no evidence yet.`.markdown
    );
  const head = say`### The gate of attempt ${attempt.attempt}: ${gateWords(task.gate)}`.markdown;
  return whole(1, `${head}

${gateTable(task.gate).join("\n")}`);
}

// src/core/report/hosted/answers.ts
var SEPARATOR = "\n\n---\n\n";
var LEAST_BYTES = 3e3;
function renderReplies(replies, facts) {
  const shown = replies.slice(0, Math.floor(MAX_BODY_BYTES / LEAST_BYTES) - 1);
  const each = Math.floor(MAX_BODY_BYTES / shown.length) - SEPARATOR.length;
  const texts = shown.map((reply2) => renderReply(reply2, facts, each));
  const left = replies.length - shown.length;
  return [...texts, ...left > 0 ? [`And ${countOf(left, "more answer")} for which there is no room here.`] : []].join(
    SEPARATOR
  );
}
function renderReply(reply2, facts, maxBytes) {
  const { scene, issuePlan } = facts;
  switch (reply2.kind) {
    case "help":
      return renderHelp(facts.place, facts.issue);
    case "check":
      return renderCheckAnswer(facts, maxBytes);
    case "status":
      return scene === null ? NOT_STARTED : renderShortStatus(scene, maxBytes);
    case "why": {
      const task = scene?.view.tasks.find((each) => each.id === reply2.task);
      if (scene === null || task === void 0) return NOT_STARTED;
      return renderWhyAnswer(scene, task, maxBytes);
    }
    case "run-started":
      return renderRunStarted(reply2, scene, maxBytes);
    case "run-problems":
      return renderRunProblems(issuePlan, maxBytes);
    case "edited-since":
      return say`**Not done:** ${code(`/${reply2.command.replace(/^\//, "")}`)}. The issue was edited after the comment was written, so it was said of another text. Read the text as it stands, then write the comment anew.`.markdown;
    case "approved":
      return renderApproved(reply2.difference);
    case "done":
      return say`**Done:** ${prose(sentence(reply2.because), 400)}`.markdown;
    case "refused":
      return say`**Not done:** ${prose(sentence(reply2.because), 400)} ${withCommand(reply2.next)}`.markdown;
    case "unknown-command":
      return renderUnknown(reply2);
    case "no-authority":
      return say`**Not done**, ${reply2.login}: ${prose(reply2.because, 400)}`.markdown;
  }
}
var NOT_STARTED = "**Not started:** this plan was not accepted yet. Start it with the comment `/espalier run`.";
function renderHelp(place, issue) {
  const here = COMMANDS.filter((spec) => spec.where === "both" || spec.where === place);
  const elsewhere = COMMANDS.filter((spec) => !here.includes(spec)).map((spec) => code(describeUsage(spec, "plan")));
  const rows = table(
    ["Command", "What it does"],
    here.map((spec) => {
      const also = spec.aliases.length === 0 ? say`` : say` Also: ${list2(spec.aliases.map((alias) => code(alias)))}.`;
      return [code(describeUsage(spec, place)), say`${prose(spec.summary)}${also}`];
    })
  );
  const there = elsewhere.length === 0 ? [] : [say`On the plan's issue ${pullLink(issue)} also: ${list2(elsewhere)}.`];
  return [
    "## What Espalier can be told",
    rows.join("\n"),
    ...there.map((each) => each.markdown),
    "A command stands alone on a line of a new comment. People with write permission are obeyed. `<task>` is the name of a task, as the status comment shows it; `[…]` may be left out."
  ].join("\n\n");
}
function list2(parts) {
  return { markdown: parts.map((part) => part.markdown).join(", ") };
}
function renderRunStarted({ isNew, only }, scene, maxBytes) {
  if (scene === null) return NOT_STARTED;
  const { view, record, maxParallel } = scene;
  const what = only.length === 0 ? countOf(view.tasks.length, "task") : say`only ${listIds(only, 20)}`;
  const head = isNew ? say`**Started:** ${what}, at most ${maxParallel} at once, landing on ${code(view.target)}. The text of the plan was accepted as revision ${code(shortSha(view.revision))}; edits from now on wait for ${code("/espalier approve")}.` : say`**Goes on:** ${what}. What waited for a time or was refused by the forge is tried again at once.`;
  const waits2 = listAttention(scene, []).map(renderAttention);
  return fitDocument(
    [
      whole(0, head.markdown),
      whole(0, record.statusComment === null ? "A status comment follows." : "The status comment shows every task."),
      listSection(1, { head: "### Waits for a person", lines: waits2 })
    ],
    maxBytes
  );
}
function renderRunProblems(issuePlan, maxBytes) {
  return fitDocument(
    [
      whole(0, "**Not started:** the text cannot be accepted as a plan."),
      ...problemSections(issuePlan),
      whole(0, "Mend that in the text of the issue, then write the comment anew.")
    ],
    maxBytes
  );
}
var RETITLED_WORDS = "what was reviewed under the old one and has not landed is begun anew";
function renderApproved({ changed, added, removed, retitled = [], isFrameChanged }) {
  const lines = [
    ...changed.length === 0 ? [] : [say`- Changed, and begun anew unless landed: ${listIds(changed, 20)}`],
    ...retitled.length === 0 ? [] : [say`- Another title, which reviewers are told; ${RETITLED_WORDS}: ${listIds(retitled, 20)}`],
    ...added.length === 0 ? [] : [say`- Added: ${listIds(added, 20)}`],
    ...removed.length === 0 ? [] : [say`- Removed; their branches stay: ${listIds(removed, 20)}`],
    ...isFrameChanged ? [say`- Changed around the tasks: title, base, budget or final tests`] : []
  ];
  return ["**Done:** the edited text is the plan now.", lines.map((line) => line.markdown).join("\n")].filter((text) => text !== "").join("\n\n");
}
function renderUnknown({ text, because, nearest }) {
  const hint = nearest === null ? say`` : say` Did you mean ${code(nearest)}?`;
  return say`**Not done:** The line ${code(text, 160)} ${prose(because, 400)}.${hint} All commands: ${code("/espalier help")}.`.markdown;
}
function renderPlanChanged(scene, issuePlan) {
  const { proposed } = scene.record;
  const isReadable = issuePlan.plan !== null;
  const sections = isReadable ? differenceSections(scene.ledger.plan, issuePlan.plan ?? scene.ledger.plan) : problemSections(issuePlan);
  const landed = new Set(scene.view.tasks.filter((task) => task.state === "landed").map((task) => task.id));
  const held = [...proposed?.changed ?? [], ...proposed?.removed ?? []].filter((id) => !landed.has(id));
  const accept = isReadable ? say`Somebody with write permission accepts the new one with the comment ${code("/espalier approve")}, or brings the old one back.` : say`The new one cannot be read as a plan. Mend it; ${code("/espalier check")} reads it again. Until then, nothing new is started.`;
  const waits2 = !isReadable ? say`` : held.length === 0 ? say` No accepted task waits for that.` : say` Until then, these tasks are not started: ${listIds(held, 20)}.`;
  const retitled = (isReadable ? proposed?.retitled ?? [] : []).filter((id) => !landed.has(id));
  const reviews = retitled.length === 0 ? say`` : say`The title of a task is told to its reviewers. Once the new one is accepted, ${RETITLED_WORDS}: ${listIds(retitled, 20)}.`;
  return fitDocument(
    [
      whole(0, "## The text of the plan was edited"),
      whole(0, say`The work goes on by the text that was accepted. ${accept}${waits2}`.markdown),
      whole(0, reviews.markdown),
      ...sections
    ],
    MAX_BODY_BYTES
  );
}
function renderStuckNotice(scene, stuck) {
  const ids = new Set(stuck.map((each) => each.task));
  const about = listAttention({ ...scene, view: { ...scene.view, tasks: [] } }, stuck).slice(-ids.size);
  return fitDocument(
    [listSection(0, { head: "## No sign of life", lines: about.map(renderAttention) })],
    MAX_BODY_BYTES
  );
}

// src/core/report/hosted/final-report.ts
var COLUMNS3 = ["Task", "PR", "Attempts", "Review", "Time", "Cost", "Landed as"];
function renderFinalReport(scene, endedAtMs) {
  const { view } = scene;
  const landed = view.tasks.filter((task) => task.state === "landed");
  const left = view.tasks.filter((task) => task.state !== "landed");
  return fitDocument(
    [
      whole(0, say`## ${titleOf(scene, landed.length)}`.markdown),
      leftSection(scene, left),
      finalSection(scene),
      tableSection(1, {
        head: "### What landed",
        lines: table(
          COLUMNS3,
          landed.map((task) => landedCells(scene, task))
        )
      }),
      whole(0, renderTotals(scene, endedAtMs)),
      certificatesSection(scene)
    ],
    MAX_BODY_BYTES
  );
}
function titleOf({ view }, landed) {
  const count = `${landed} of ${countOf(view.tasks.length, "task")} landed`;
  if (view.status === "landed") return `The plan is done: ${count}`;
  return view.status === "final-failed" ? `${count}, but the final tests failed` : `The plan has ended: ${count}`;
}
function leftSection(scene, left) {
  return listSection(1, {
    head: "### What was not done",
    lines: left.map((task) => {
      const isStopped = task.state === "failed" || task.state === "cancelled";
      const { words, command } = isStopped ? describeStopped(scene, task) : restOf(scene, task);
      return renderAttention({ words, command });
    }),
    most: MAX_BODY_BYTES / 3
  });
}
function restOf(scene, task) {
  const step = nextStepOf(scene, task);
  return { words: say`${code(task.id)} ${STATE_PHRASES[task.state]}. ${step.words}`, command: step.command };
}
function finalSection({ view, ledger }) {
  if (view.final.status !== "failed") return whole(1, "");
  const head = say`### The final tests on the whole ${view.final.status}`.markdown;
  const tail = ledger.final?.result?.test.tail ?? view.final.detail;
  return {
    rank: 1,
    render: (room) => {
      const most = Math.min(room, 12e3) - byteLength(head) - 2;
      const block = fence(tail, { info: "text", maxBytes: most, keep: "tail" });
      return block === null ? head : `${head}

${block}`;
    }
  };
}
function landedCells(scene, task) {
  const pull = pullNumber(scene, task.id);
  const certificate = scene.ledger.certificates.findLast((each) => each.task === task.id) ?? null;
  const took = certificate === null || task.startedAt === null ? null : certificate.landedAt - task.startedAt;
  return [
    task.title === "" || task.title === task.id ? code(task.id) : say`${code(task.id)}<br>${prose(task.title, 70)}`,
    pull === null ? say`–` : pullLink(pull),
    say`${task.attempt}`,
    task.score === null ? say`–` : say`${formatScore(task.score)}`,
    took === null ? say`unknown` : say`${formatDuration(took)}`,
    say`${usd(task.spentUsd)}`,
    task.landedSha === null ? say`–` : code(shortSha(task.landedSha))
  ];
}
function renderTotals(scene, endedAtMs) {
  const { view, ledger, record, maxParallel } = scene;
  const startedAt = record.accepted?.at ?? ledger.createdAt;
  const { time, tests } = buildRunReport(view, ledger, {
    startedAt: ledger.createdAt,
    endedAt: endedAtMs,
    sandbox: { engine: "", reason: "", waived: [] },
    headBranch: null,
    baseTip: null,
    isInterrupted: false
  });
  const budget = view.budgetUsd === null ? "" : ` of ${usd(view.budgetUsd)}`;
  const one = time.speedUp === null ? "" : `; one after another ${formatDuration(time.sequentialMs)}, so ${time.speedUp.toFixed(1)} times as fast`;
  const reused = tests.reused === 0 ? "" : `; ${tests.reused} more needed no run, since the same tree had passed`;
  const lines = [
    say`- **Time:** ${formatDuration(endedAtMs - ledger.createdAt)}, until ${minuteOf(endedAtMs)}${one}`,
    ...startedAt === ledger.createdAt ? [] : [say`- **Last accepted:** ${minuteOf(startedAt)}`],
    say`- **Estimate:** ${estimateWords(scene, maxParallel)}`,
    say`- **Cost:** ${view.spentUsd === null ? `unknown${budget}, an agent did not say` : `${usd(view.spentUsd)}${budget}`}`,
    say`- **Tests:** ${countOf(tests.runs, "run")}, ${formatDuration(tests.ms)}${reused}`,
    ...view.final.status === "passed" ? [say`- **Final tests on the whole:** passed`] : [],
    say`- **Landed on:** ${code(view.target)}, revision ${code(shortSha(view.revision))} of the plan`
  ];
  return `### Totals

${lines.map((line) => line.markdown).join("\n")}`;
}
function estimateWords({ ledger }, maxParallel) {
  const { tasks } = ledger.plan;
  const known = tasks.filter((task) => task.estimateMinutes !== null);
  if (known.length === 0) return "the plan has none";
  const makespan = schedulePlan(tasks, Math.max(1, maxParallel)).makespanMinutes;
  const guessed = known.length === tasks.length ? "" : `, ${countOf(tasks.length - known.length, "task")} counted as an hour each`;
  return `${formatMinutes(makespan)} on ${countOf(maxParallel, "agent")}, ${formatMinutes(sumMinutes(tasks))} in all${guessed}`;
}
function certificatesSection({ view, ledger }) {
  const { certificates } = ledger;
  if (certificates.length === 0) return whole(2, "");
  const count = (strength) => certificates.filter((each) => each.strength === strength).length;
  const strengths = [
    say`${count("exact")} exact (the tested commit itself became the tip, or the forge enforced it)`,
    say`${count("audited")} audited (the trees were compared after the landing)`,
    ...count("by-hand") === 0 ? [] : [say`${count("by-hand")} merged by hand`]
  ];
  const head = say`${countOf(certificates.length, "certificate")}: ${join(strengths, ", ")}. In full: branch ${code(branchFor({ kind: "ledger", plan: view.plan }))}, folder ${code(".agent-coordination")}.`;
  const rows = table(["Task", "Landed", "Tree", "Tests", "Review", "Strength"], certificates.map(certificateCells));
  return {
    rank: 2,
    render: (room) => {
      const used = byteLength(head.markdown) + 100;
      const lines = fitTable(rows, room - used);
      return lines === null ? null : folded("Certificates", `${head.markdown}

${lines}`);
    }
  };
}
function certificateCells(certificate) {
  const { task, landedAt, testedTree, landedTree, tests, review, strength } = certificate;
  const tree = code(shortSha(landedTree));
  return [
    code(task),
    say`${code(shortSha(certificate.landedSha))}, ${minuteOf(landedAt)}`,
    testedTree === landedTree ? say`${tree}, the tested one` : say`**${tree} is not the tested ${code(shortSha(testedTree))}**`,
    join(
      tests.slice(0, 6).map((test) => say`${test.stage} ${test.status}`),
      ", "
    ),
    review === null ? say`switched off by name` : say`${formatScore(review.score)}, wanted ${review.threshold}`,
    say`${strength}`
  ];
}

// src/core/report/hosted/review-findings.ts
var MAX_ANNOTATIONS = 50;
var MAX_MESSAGE = 2e3;
var SEVERITY_ORDER = { blocking: 0, warning: 1, note: 2 };
var LEVELS = { blocking: "failure", warning: "warning", note: "notice" };
function countedReview(evidence) {
  return evidence.reviews.findLast((review) => review.stage === "verify") ?? null;
}
function lastReview(evidence) {
  return countedReview(evidence) ?? evidence.reviews.at(-1) ?? null;
}
function sortFindings(findings) {
  return findings.toSorted((a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity]);
}
function describeFinding({ severity, path, line, message }, maxLength) {
  const where = path === null ? say`` : say` ${code(line === null ? path : `${path}:${line}`)}`;
  return say`**${severity}**${where} ${prose(message, maxLength)}`;
}
function annotate(evidence) {
  const changed = new Set(evidence.paths);
  return sortFindings(lastReview(evidence)?.findings ?? []).flatMap(
    ({ severity, path, line, message }) => path === null || line === null || line < 1 || !changed.has(path) ? [] : [{ path, line, level: LEVELS[severity], message: annotationMessage(message) }]
  ).slice(0, MAX_ANNOTATIONS);
}
function annotationMessage(message) {
  const text = keepHead(cleanBlock(message).trim(), MAX_MESSAGE);
  return text === "" ? "The reviewer marked this line and said nothing about it." : text;
}

// src/core/report/hosted/gate-check.ts
var MAX_TITLE = 120;
var MAX_TAIL_BYTES = 12e3;
var PERSONAL_RULES = /* @__PURE__ */ new Set(["approvals", "conversation", "freeze", "budget"]);
var QUEUE_RULES = /* @__PURE__ */ new Set(["checks", "mergeable", "up-to-date"]);
var REVIEW_BUTTON = { label: "Review again", description: "Has this change reviewed again", identifier: "review" };
var RETRY_BUTTON = { label: "Retry", description: "Gives the task a fresh start", identifier: "retry" };
var BUTTONS_HELP = "<sub>The buttons do what the commands `/espalier review` and `/espalier retry` do in a comment. Only people with write permission are obeyed.</sub>";
var COMMANDS_HELP = "<sub>The comment `/espalier review` has this change reviewed again; `/espalier retry` gives the task a fresh start. Only people with write permission are obeyed.</sub>";
function renderGateCheck(scene, task, headSha) {
  const attempt = gatedAttempt(scene, task.id);
  const { hasButtons = true } = scene;
  const isJudged = attempt !== null && task.gate !== null && isHeadOf(attempt, headSha);
  const { status, conclusion } = isJudged ? conclude(task, attempt) : { status: "in_progress", conclusion: null };
  return {
    status,
    conclusion,
    title: isJudged ? plainLine(titleOf2(task, conclusion), MAX_TITLE) : "Not verified yet",
    summary: renderSummary(scene, task, headSha, isJudged),
    text: isJudged ? renderText(attempt) : "",
    annotations: isJudged && attempt.evidence !== null ? annotate(attempt.evidence) : [],
    actions: status === "completed" && task.state !== "landed" && hasButtons ? [REVIEW_BUTTON, RETRY_BUTTON] : []
  };
}
function isHeadOf({ evidence, trial }, headSha) {
  return evidence?.headSha === headSha || trial?.result?.commitSha === headSha;
}
function conclude(task, attempt) {
  const { gate, state, waiting } = task;
  const isStanding = state !== "cancelled" && (attempt.status === "verified" || attempt.status === "landed");
  if (gate?.status === "open" && isStanding) return { status: "completed", conclusion: "success" };
  const failed2 = gate?.rules.filter((rule) => rule.status === "failed") ?? [];
  if (failed2.some((rule) => !PERSONAL_RULES.has(rule.rule)) || state === "failed" || state === "cancelled")
    return { status: "completed", conclusion: "failure" };
  const pending = (gate?.rules ?? []).filter((rule) => rule.status === "pending" && !QUEUE_RULES.has(rule.rule));
  const isPersonal = pending.length > 0 && pending.every((rule) => PERSONAL_RULES.has(rule.rule));
  if (failed2.length > 0 || isPersonal || state === "queued" && waiting?.kind === "person")
    return { status: "completed", conclusion: "action_required" };
  return { status: "in_progress", conclusion: null };
}
function titleOf2(task, conclusion) {
  if (task.state === "cancelled") return "Cancelled by a person";
  const words = task.gate === null ? "no verdict" : gateWords(task.gate);
  return conclusion === "action_required" ? `A person must act; ${words}` : `Gate ${words}`;
}
function renderSummary(scene, task, headSha, isJudged) {
  const { issue } = scene.record;
  const head = say`Task ${code(task.id)} of the plan in ${pullLink(issue)}, attempt ${task.attempt} of at most ${task.attemptsAllowed}, commit ${code(shortSha(headSha))}.`;
  const unjudged = say`Nothing was judged of this commit yet: verdicts count for one change only. It succeeds when its own tests and review have.`;
  const sections = [
    whole(0, head.markdown),
    whole(0, renderStep(nextStepOf(scene, task)).markdown),
    ...isJudged && task.gate !== null ? [whole(1, gateTable(calmGate(task.gate)).join("\n"))] : [whole(1, unjudged.markdown)],
    whole(2, scene.hasButtons === false ? COMMANDS_HELP : BUTTONS_HELP)
  ];
  return fitDocument(sections, MAX_CHECK_BYTES);
}
function calmGate(gate) {
  const rules = gate.rules.map(
    (rule) => rule.rule === "up-to-date" && rule.status === "pending" ? { ...rule, found: "not yet", wanted: "tested on the tip as it stands" } : rule
  );
  return { ...gate, rules };
}
function renderText(attempt) {
  return fitDocument(
    [failureSection2(attempt), findingsSection(attempt), violationsSection(attempt), ...testSections(attempt)],
    MAX_CHECK_BYTES
  );
}
function failureSection2({ evidence, returnedBecause }) {
  const failure = evidence?.failure ?? null;
  if (failure !== null) return whole(0, describeReason(`${failure.cause}: ${failure.detail}`, 2e3).markdown);
  return whole(
    0,
    returnedBecause === null ? "" : say`**Sent back:** ${prose(sentence(returnedBecause), 2e3)}`.markdown
  );
}
function findingsSection({ evidence }) {
  const review = evidence === null ? null : lastReview(evidence);
  return listSection(1, {
    head: `### What the reviewer found

By ${code(review?.reviewer ?? "", 100).markdown}, ${review?.stage === "verify" ? "in the independent review" : "in the agent's own loop"}:`,
    lines: sortFindings(review?.findings ?? []).map((each) => `- ${describeFinding(each, 600).markdown}`),
    most: 24e3
  });
}
function violationsSection({ evidence }) {
  return listSection(1, {
    head: "### What is wrong with the tree",
    lines: (evidence?.violations ?? []).map(
      ({ rule, path, because }) => `- ${code(rule).markdown} ${code(path).markdown} ${prose(because).markdown}`
    ),
    most: 12e3
  });
}
function testSections({ evidence, trial }) {
  const result = trial?.result ?? null;
  const trialTest = result?.test ?? null;
  const tests = [...evidence?.tests ?? [], ...trialTest === null ? [] : [trialTest]];
  const bad = tests.filter((test) => test.status !== "passed" && test.stage !== "work");
  const sections = bad.map(({ stage, status, durationMs, tail }) => {
    const head = say`### Tests: ${stage} ended as ${status} after ${formatDuration(durationMs)}`.markdown;
    return outputSection(head, tail, "It wrote nothing.");
  });
  if (result?.outcome !== "conflict") return sections;
  const conflicts = listSection(2, {
    head: "### Conflicts with the tip",
    lines: result.conflicts.map((each) => `- ${code(each.path).markdown} ${prose(each.because).markdown}`),
    most: 8e3
  });
  return [...sections, conflicts];
}
function outputSection(head, output, silence) {
  if (output.trim() === "") return whole(2, `${head}

${silence}`);
  return {
    rank: 2,
    render: (room) => {
      const block = fence(output, {
        info: "text",
        maxBytes: Math.min(room, MAX_TAIL_BYTES) - byteLength(head) - 2,
        keep: "tail"
      });
      return block === null ? null : `${head}

${block}`;
    }
  };
}

// src/core/report/hosted/plan-labels.ts
var KEPT_LABELS = new Set(
  LABELS.filter((label) => label.role === "state" || label.name === "espalier:pause").map((label) => label.name)
);
var STATE_LABELS = {
  waiting: "espalier:waiting",
  running: "espalier:running",
  queued: "espalier:queued",
  trying: "espalier:queued",
  landing: "espalier:queued",
  landed: "espalier:landed",
  held: "espalier:waiting",
  failed: "espalier:needs-attention",
  cancelled: "espalier:cancelled"
};
function planLabels({ view, record }) {
  const needsPerson = record.obstacle !== null || record.proposed !== null || view.frozen !== null || view.status === "stuck" || view.status === "final-failed" || view.tasks.some((task) => task.state === "failed");
  return [
    "espalier",
    ...view.paused === null ? [] : ["espalier:pause"],
    ...progressLabels(view),
    ...needsPerson ? ["espalier:needs-attention"] : []
  ];
}
function progressLabels(view) {
  if (view.status === "landed") return ["espalier:landed"];
  if (view.tasks.every((task) => task.state === "landed" || task.state === "cancelled"))
    return view.tasks.some((task) => task.state === "cancelled") ? ["espalier:cancelled"] : [];
  const isBusy = view.tasks.some((task) => ["running", "trying", "landing"].includes(task.state));
  return [isBusy ? "espalier:running" : "espalier:waiting"];
}
function pullLabels(scene, task) {
  const own = STATE_LABELS[task.state];
  const needsPerson = task.state === "queued" && nextStepOf(scene, task).who === "person";
  return ["espalier", own, ...needsPerson ? ["espalier:needs-attention"] : []];
}

// src/core/report/hosted/markers.ts
function statusMarker(plan) {
  return `<!-- espalier:status plan=${plan} -->`;
}
function pullMarker(plan, task) {
  return `<!-- espalier:pull plan=${plan} task=${task} -->`;
}

// src/core/report/hosted/pull-body.ts
var MAX_TITLE2 = 200;
var MAX_PATHS = 40;
var MAX_FINDINGS = 8;
var QUEUE_RULES2 = /* @__PURE__ */ new Set(["checks", "mergeable", "up-to-date", "freeze"]);
var STAGE_WORDS = {
  work: "in the agent's own loop",
  verify: "on the head, in a fresh sandbox",
  "base-tests": "the base's tests against the change",
  trial: "merged onto the tip",
  final: "on the whole"
};
function renderPullTitle(task) {
  const title = plainLine(task.title, MAX_TITLE2 - task.id.length - 2);
  return title === "" || title === task.id ? task.id : `${task.id}: ${title}`;
}
function renderPullBody(scene, task) {
  const { view, ledger, record } = scene;
  const planned = ledger.plan.tasks.find((each) => each.id === task.id) ?? null;
  const attempt = gatedAttempt(scene, task.id);
  const evidence = attempt?.evidence ?? null;
  const isGiven = attempt?.givenSha !== void 0;
  const agent = isGiven ? "none, a person pushed this head" : planned === null ? "unknown" : reviewerName(planned.agent);
  const score = evidence === null ? null : countedReview(evidence)?.score ?? null;
  const head = [
    pullMarker(view.plan, task.id),
    say`## Agent: ${prose(agent, 100)}`.markdown,
    say`## Review score: ${score === null ? "none yet" : formatScore(score)}`.markdown,
    "",
    say`Task ${code(task.id)} of the plan in ${pullLink(record.issue)}, attempt ${attempt?.attempt ?? task.attempt} of at most ${task.attemptsAllowed}.`.markdown
  ];
  return fitDocument(
    [
      whole(0, head.join("\n")),
      ...evidence === null || attempt === null ? [whole(0, "There is no evidence about this change yet.")] : [changesSection(evidence), testsSection(evidence, planned), reviewsSection(evidence)],
      checklistSection(task),
      whole(1, renderAutoMerge(scene, task, planned)),
      ...planned === null ? [] : [specSection2(planned)],
      ...attempt === null ? [] : [whole(3, renderOrigin(attempt))]
    ],
    MAX_BODY_BYTES
  );
}
function changesSection({ changes, paths }) {
  const { files, insertions, deletions } = changes;
  const head = `### Changes made

${countOf(files, "file")} changed, ${countOf(insertions, "line")} added, ${deletions} removed.`;
  const lines = paths.slice(0, MAX_PATHS).map((path) => `- ${code(path).markdown}`);
  if (files > lines.length) lines.push(`- and ${countOf(files - lines.length, "more file")}`);
  return lines.length === 0 ? whole(1, head) : listSection(1, { head, lines });
}
function testsSection(evidence, task) {
  const last = new Map(evidence.tests.map((test) => [test.stage, test]));
  const rows = [...last.values()].map((test) => [
    say`${STAGE_WORDS[test.stage]}`,
    say`${test.status === "passed" ? "✅" : "❌"} ${test.status}`,
    say`${formatDuration(test.durationMs)}${test.reused ? " (the same tree had passed before)" : ""}`,
    code(shortSha(test.tree))
  ]);
  const runs = rows.length === 0 ? "No tests were run." : table(["Where", "Result", "Time", "Tree"], rows).join("\n");
  const touched = countTestFiles(evidence, task);
  const lines = [
    ...touched === null ? [] : [`- Test files changed: ${touched}`],
    `- Tests of the base against the change: ${BASE_TEST_WORDS[evidence.baseTests]}`,
    "- Coverage: not measured"
  ];
  return whole(1, `### Tests

${runs}

${lines.join("\n")}`);
}
var BASE_TEST_WORDS = {
  "not-asked": "not asked for, the plan names no test paths",
  "not-needed": "not needed, the change leaves existing test files alone",
  waived: "not run, the task's `allow` names the test files that it changes",
  run: "run, see the table"
};
function countTestFiles({ paths }, task) {
  const globs = (task?.testPaths ?? []).flatMap((text) => {
    const glob = compileGlob(text);
    return glob.ok ? [glob.value] : [];
  });
  if (globs.length === 0) return null;
  const count = paths.filter((path) => globs.some((glob) => matchesGlob(glob, path))).length;
  return paths.length >= 200 ? `at least ${count}` : `${count}`;
}
function reviewsSection({ reviews }) {
  if (reviews.length === 0) return whole(1, "### Review iterations\n\nNo review was made.");
  const lines = reviews.flatMap((review, index) => [
    `${index + 1}. ${describeReview(review).markdown}`,
    ...sortFindings(review.findings).slice(0, MAX_FINDINGS).map((finding) => `   - ${describeFinding(finding, 200).markdown}`),
    ...review.findings.length > MAX_FINDINGS ? [`   - and ${review.findings.length - MAX_FINDINGS} more`] : []
  ]);
  return listSection(2, {
    head: "### Review iterations",
    lines,
    most: 2e4,
    more: (left) => `
${left} more lines have no room here.`
  });
}
function describeReview({ stage, iteration, status, score, findings, detail }) {
  const what = stage === "verify" ? say`**Independent review**` : say`In the agent's loop, iteration ${iteration}`;
  if (status !== "scored" || score === null) return say`${what}: no score (${status}). ${prose(sentence(detail), 200)}`;
  const found = findings.length === 0 ? "nothing found" : countOf(findings.length, "finding");
  return say`${what}: **${formatScore(score)}**, ${found}`;
}
function checklistSection({ gate }) {
  const rules = (gate?.rules ?? []).filter((rule) => !QUEUE_RULES2.has(rule.rule) && rule.status !== "not-asked");
  if (rules.length === 0) return whole(1, "### Checklist\n\nNothing was judged yet.");
  return whole(1, `### Checklist

${rules.map(checklistItem).join("\n")}`);
}
function checklistItem({ rule, status, because }) {
  const how = status === "waived" ? " (waived by name)" : "";
  return `- [${status === "passed" ? "x" : " "}] ${code(rule).markdown}${how}: ${prose(because, 200).markdown}`;
}
function renderAutoMerge({ view, ledger }, task, planned) {
  const states = new Map(view.tasks.map((each) => [each.id, each.state]));
  const needs = planned?.needs ?? [];
  const missing = needs.filter((need) => states.get(need) !== "landed");
  const list3 = join(
    needs.slice(0, 20).map((need) => say`${code(need)} (${states.get(need) ?? "gone"})`),
    ", "
  );
  const satisfied = needs.length === 0 ? say`✅ it needs no other task` : say`${missing.length === 0 ? "✅" : "❌"} ${list3}`;
  return [
    "### Auto-merge status",
    "",
    say`- Dependencies satisfied: ${satisfied}`.markdown,
    say`- Ready to merge: ${readiness(task)}`.markdown,
    say`- Lands on ${code(ledger.target)}, by Espalier, when every rule of the check ${code("espalier/gate")} holds`.markdown
  ].join("\n");
}
function readiness(task) {
  if (task.state === "landed")
    return task.landedSha === null ? say`✅ landed` : say`✅ landed as ${code(shortSha(task.landedSha))}`;
  if (task.state === "cancelled") return say`❌ it was cancelled`;
  const rules = (task.gate?.rules ?? []).filter((rule) => !QUEUE_RULES2.has(rule.rule));
  const failed2 = rules.filter((rule) => rule.status === "failed").map((rule) => code(rule.rule));
  if (failed2.length > 0) return say`❌ closed by ${join(failed2, ", ")}`;
  const pending = rules.filter((rule) => rule.status === "pending").map((rule) => code(rule.rule));
  if (pending.length > 0) return say`⏳ waits for ${join(pending, ", ")}`;
  return rules.length === 0 ? say`⏳ nothing was judged yet` : say`✅ its own rules hold; the queue lands it`;
}
function specSection2(task) {
  return {
    rank: 3,
    render: (room) => {
      if (task.spec.trim() === "") return "";
      const block = fence(task.spec, { info: "text", maxBytes: Math.min(room - 100, 1e4), keep: "head" });
      return block === null ? null : folded("The task as the plan gives it", block);
    }
  };
}
function renderOrigin({ evidence, baseSha }) {
  if (evidence === null) return "";
  const { usage, sandbox, iterations, startedAt, endedAt } = evidence;
  const parts = [
    say`made on ${code(shortSha(baseSha))}`,
    ...evidence.headSha === null ? [] : [say`head ${code(shortSha(evidence.headSha))}`],
    say`${countOf(iterations, "iteration")} in ${formatDuration(endedAt - startedAt)}`,
    say`cost ${usd(usage.costUsd)}`,
    say`sandbox ${prose(sandbox.engine, 40)}, profile ${prose(sandbox.profile, 40)}`,
    ...sandbox.waived.length === 0 ? [] : [say`waived: ${sandbox.waived.join(", ")}`]
  ];
  return `<sub>${join(parts, " · ").markdown}</sub>`;
}

// src/core/report/hosted/plan-graph.ts
var MAX_TASKS = 40;
var MAX_EDGES = 120;
var COLOURS = [
  ["done", ["landed"], "fill:#dafbe1,stroke:#1a7f37,color:#1f2328"],
  ["busy", ["running", "trying", "landing", "queued"], "fill:#ddf4ff,stroke:#0969da,color:#1f2328"],
  ["bad", ["failed"], "fill:#ffebe9,stroke:#cf222e,color:#1f2328"],
  ["held", ["held", "cancelled"], "fill:#fff8c5,stroke:#9a6700,color:#1f2328"]
];
function renderPlanGraph({ view, ledger }) {
  const { tasks } = ledger.plan;
  const graph = buildGraph(tasks);
  const edges = graph.needs.flatMap((needs, index) => needs.map((need) => [need, index]));
  if (edges.length === 0 || edges.length > MAX_EDGES || tasks.length > MAX_TASKS) return null;
  const stateOf = new Map(view.tasks.map((task) => [task.id, task.state]));
  const states = graph.ids.map((id) => stateOf.get(id) ?? "waiting");
  const lines = graph.ids.map((id, index) => `  t${index}["${id}<br/>${states[index]}"]`);
  const classes = COLOURS.flatMap(([name, members, style]) => {
    const nodes = states.flatMap((state, index) => members.includes(state) ? [`t${index}`] : []);
    return nodes.length === 0 ? [] : [`  classDef ${name} ${style}`, `  class ${nodes.join(",")} ${name}`];
  });
  return ["flowchart LR", ...lines, ...edges.map(([from, to]) => `  t${from} --> t${to}`), ...classes].join("\n");
}

// src/core/report/hosted/status-table.ts
var STATUS_COLUMNS = ["Task", "State", "Progress", "Review", "Attempt", "PR", "Now"];
var BAR_CELLS = 10;
var MAX_TITLE3 = 70;
var MAX_NOW = 140;
function statusCells(scene, task) {
  const pull = pullNumber(scene, task.id);
  const share = shareOf(scene, task);
  const title = task.title === "" || task.title === task.id ? say`` : say`<br>${prose(task.title, MAX_TITLE3)}`;
  return [
    say`${code(task.id)}${title}`,
    say`${STATE_SIGNS[task.state]}&nbsp;${task.state}`,
    share === null ? say`` : { markdown: `\`${renderBar(share, BAR_CELLS, UNICODE_GLYPHS)}\`` },
    task.score === null ? say`–` : say`${formatScore(task.score)}`,
    attemptWord(task),
    pull === null ? say`–` : pullLink(pull),
    describeNow(scene, task)
  ];
}
function attemptWord({ attempt, attemptsAllowed }) {
  if (attempt === 0) return say`–`;
  return attemptsAllowed > 1 ? say`${attempt}/${attemptsAllowed}` : say`${attempt}`;
}
function shareOf(scene, { id, state }) {
  switch (state) {
    case "waiting":
    case "held":
      return 0;
    case "running": {
      const dispatch = liveDispatch(scene, id);
      return dispatch?.run == null ? 0.1 : dispatch.begunAt === null ? 0.2 : 0.3;
    }
    case "queued":
      return 0.7;
    case "trying":
      return 0.8;
    case "landing":
      return 0.9;
    case "landed":
      return 1;
    case "failed":
    case "cancelled":
      return null;
  }
}
function describeNow(scene, task) {
  if (task.state === "landed") return task.landedSha === null ? say`` : say`as ${code(shortSha(task.landedSha))}`;
  if (task.state === "running" || task.state === "trying") return describeRun(scene, task);
  if (task.state === "failed")
    return describeReason(firstLine(task.lastFailure ?? task.waiting?.because ?? ""), MAX_NOW);
  if (task.state === "held") {
    const roots = stoppedRoots(scene, task.id);
    return roots.length === 0 ? say`` : say`${listIds(roots, 4)} did not land`;
  }
  if (task.state === "waiting") {
    if (scene.record.obstacle !== null) return say`the plan cannot go on`;
    if (isKeptByProposal(scene, task)) return say`its text was edited: not approved yet`;
    if (isNotAskedFor(scene, task)) return say`not asked for`;
  }
  if (task.waiting === null) return say``;
  if (task.waiting.kind === "task" && task.waiting.on.length > 0) return say`needs ${listIds(task.waiting.on, 4)}`;
  return prose(firstLine(task.waiting.because), MAX_NOW);
}
function describeRun(scene, task) {
  const dispatch = liveDispatch(scene, task.id);
  const what = task.state === "trying" ? say`tests on the tip` : say`attempt ${task.attempt}`;
  if (dispatch === null || dispatch.run === null) return say`${what} is being dispatched`;
  const run = link(say`run`, dispatch.run.url);
  const status = scene.runs.get(dispatch.nonce)?.status ?? null;
  if (dispatch.begunAt === null && status !== "running") return say`${what} waits for a runner (${run})`;
  return status === "completed" ? say`${what} has ended (${run}); its result is read` : say`${what} (${run})`;
}

// src/core/report/hosted/status-comment.ts
var MAX_UNFOLDED = 15;
function renderStatusComment(scene, notes) {
  const { view } = scene;
  const isFolded = view.tasks.length > MAX_UNFOLDED;
  const shown = isFolded ? view.tasks.filter((task) => task.state !== "landed") : view.tasks;
  const landed = isFolded ? view.tasks.filter((task) => task.state === "landed") : [];
  const rows = (tasks) => table(
    STATUS_COLUMNS,
    tasks.map((task) => statusCells(scene, task))
  );
  const graph = renderPlanGraph(scene);
  const sections = [
    whole(0, `${statusMarker(view.plan)}
## ${headline(view)}`),
    whole(0, say`${whatHappens(scene)}`.markdown),
    attentionSection(scene, notes),
    ...shown.length === 0 ? [] : [tableSection(2, { head: "", lines: rows(shown) })],
    ...landed.length === 0 ? [] : [foldedSection(`${countOf(landed.length, "task")} landed`, rows(landed))],
    whole(1, renderFacts(scene, notes)),
    ...graph === null ? [] : [whole(4, folded("The graph of the plan", `\`\`\`mermaid
${graph}
\`\`\``))],
    whole(1, footer(view))
  ];
  return fitDocument(sections, MAX_BODY_BYTES);
}
function attentionSection(scene, { stuck }) {
  return listSection(1, {
    head: "### Waits for a person",
    lines: listAttention(scene, stuck).map(renderAttention),
    most: MAX_BODY_BYTES / 3
  });
}
function foldedSection(summary, rows) {
  return {
    rank: 3,
    render: (room) => {
      const inner = fitTable(rows, room - summary.length - 100);
      return inner === null ? null : folded(summary, inner);
    }
  };
}
function renderFacts(scene, { lowQuotas }) {
  const { view, record } = scene;
  const order = landingOrder(scene);
  const forecast = forecastFinish(scene);
  const budget = view.budgetUsd === null ? "" : ` of ${usd(view.budgetUsd)}`;
  const spent = view.spentUsd === null ? `unknown${budget} (an agent did not say)` : `${usd(view.spentUsd)}${budget}`;
  const facts = [
    ...order.length === 0 ? [] : [say`**Next to land:** ${listIds(order, 10)}`],
    say`**Spent:** ${spent}`,
    ...forecast === null ? [] : [
      say`**Expected finish:** ${minuteOf(forecast.finishMs)}, by ${forecast.basis === "pace" ? "the pace so far" : "the plan's own estimates"}`
    ],
    ...view.final.status === "none" ? [] : [say`**Final tests on the whole:** ${view.final.status}`],
    say`**Lands on:** ${code(view.target)}, revision ${code(shortSha(view.revision))} of the plan${record.accepted === null ? "" : say`, accepted by ${prose(record.accepted.by, 60)} at ${minuteOf(record.accepted.at)}`}`,
    ...scene.hasJobToken === true && scene.ledger.certificates.length > 0 ? [
      say`**No workflow runs for these landings:** GitHub starts none for what the token of a job pushes to ${code(view.target)}. Start by hand what should have run; with the token of an app it starts by itself`
    ] : [],
    ...lowQuotas.map(
      ({ name, resetAtMs }) => say`**Slower for now:** little is left of the forge's ${name} quota; what is less urgent waits until ${minuteOf(resetAtMs)}`
    )
  ];
  return facts.map((fact) => `- ${fact.markdown}`).join("\n");
}
function footer(view) {
  const first = view.tasks.find((task) => task.state !== "landed") ?? view.tasks[0];
  const why = first === void 0 ? "" : `\`/espalier why ${first.id}\` explains a task, `;
  return `<sub>${why}\`/espalier help\` lists the commands. This comment is kept up to date.</sub>`;
}

// src/core/hosted/find-hindrances.ts
function findHindrances(facts, config, issuePlan) {
  const { rules, base, app } = facts;
  const found = [];
  if (base.tip === null)
    found.push({ because: `there is no branch '${base.branch}' to land on`, next: "name another base in the plan" });
  const clash = issuePlan.plan === null ? null : findBadBranch(issuePlan.plan, base.branch);
  if (clash !== null) found.push(clash);
  const way = landingWay(rules, config, app.id);
  if ("impossible" in way) found.push({ because: way.impossible, next: way.next });
  const movesBranch = "way" in way && (way.movesBranch || issuePlan.config.github.checks.length > 0);
  const asksPeople = rules.approvals > 0 || (issuePlan.plan?.tasks.some((task) => task.approvals > 0) ?? false);
  if (asksPeople && movesBranch && rules.dismissesStaleReviews)
    found.push({
      because: `approvals on '${base.branch}' are dismissed on every push, and Espalier updates a branch before it lands`,
      next: "take 'Dismiss stale pull request approvals' off the branch's rules, or ask for no approvals"
    });
  if (asksPeople && movesBranch && rules.requiresLastPushApproval)
    found.push({
      because: `the last push to a pull request on '${base.branch}' must be approved by somebody else, and Espalier's own update is the last`,
      next: "take 'Require approval of the most recent reviewable push' off the branch's rules"
    });
  return found;
}

// src/core/hosted/pull-gate-facts.ts
function pullGateFacts(state, facts, wantedChecks) {
  const found = /* @__PURE__ */ new Map();
  for (const { id } of state.ledger.plan.tasks) {
    const pull = facts.pulls.get(id);
    const attempt = lastAttempt(state.ledger.tasks[id]);
    const isOpen = pull !== void 0 && pull.state === "open";
    const hold = isOpen ? findHold(pull, state.ledger.target) : {};
    found.set(id, isOpen ? { ...readPull(pull, attempt, facts, wantedChecks), ...hold } : null);
  }
  return found;
}
function findHold({ isDraft, baseBranch }, target) {
  if (baseBranch !== target)
    return { holdBecause: `its pull request is pointed at '${cleanLine(baseBranch, 100)}', not at '${target}'` };
  return isDraft ? { holdBecause: "its pull request is a draft" } : {};
}
function readPull(pull, attempt, { rules, app }, wantedChecks) {
  const checks = pull.checks.filter((check2) => findOwnGate([check2], app.id) === null);
  const heads = [attempt?.evidence?.headSha, attempt?.trial?.result?.commitSha];
  const people = pull.reviews.filter(({ author, isByWriter }) => author.kind === "user" && isByWriter);
  return {
    headSha: pull.headSha,
    checks: [
      ...rules.requiredChecks.filter((required) => !isOwnGate(required, app.id)).map(({ name, appId }) => findExact(checks, name, appId)),
      ...findConfiguredChecks(checks, wantedChecks, app.id)
    ],
    approvedBy: people.filter(({ state, commitSha }) => state === "approved" && commitSha !== null && heads.includes(commitSha)).map(({ author }) => author.login),
    requiredApprovals: rules.approvals,
    changesRequestedBy: people.filter(({ state }) => state === "changes-requested").map(({ author }) => author.login)
  };
}
function findConfiguredChecks(checks, wanted, ownAppId) {
  const others = checks.filter((check2) => findOwnGate([check2], ownAppId) === null);
  return wanted.filter((check2) => !isOwnGate(check2, ownAppId)).flatMap((required) => findMatching(others, required));
}
function findExact(checks, name, appId) {
  const same = checks.filter((check2) => check2.name === name && (appId === null || check2.appId === appId));
  return worst(name, same);
}
function findMatching(checks, required) {
  const glob = compileGlob(required.name);
  if (!glob.ok) return [worst(required.name, [])];
  const same = checks.filter(
    (check2) => matchesGlob(glob.value, check2.name) && (required.appId === null || check2.appId === required.appId)
  );
  if (same.length === 0) return [worst(required.name, [])];
  return [...new Set(same.map((check2) => check2.name))].map(
    (name) => worst(
      name,
      same.filter((check2) => check2.name === name)
    )
  );
}
var RANK = { "not-passed": 0, pending: 1, passed: 2 };
function worst(name, checks) {
  const [first] = checks.toSorted((a, b) => RANK[a.status] - RANK[b.status]);
  if (first === void 0) return { name, status: "missing", found: "not there" };
  return { name, status: first.status, found: first.conclusion.toLowerCase() };
}

// src/core/hosted/show-pulls.ts
function recordPulls(state, facts) {
  let pulls = state.record.pulls;
  for (const [task, pull] of facts.pulls) {
    if (!isOfTask(state, task, pull)) continue;
    const known = pulls[task];
    const heads = ownHeads(state.ledger.tasks[task]?.attempts ?? []);
    const isOver = pull.state === "merged" && !facts.branches.has(task);
    const next = {
      number: pull.number,
      nodeId: pull.nodeId,
      headSha: heads.has(pull.headSha) ? pull.headSha : known?.headSha ?? openedAt(state, task, pull),
      isDone: isOver && isShownAsOver(state, task, pull)
    };
    if (known === void 0 || JSON.stringify(known) !== JSON.stringify(next)) pulls = { ...pulls, [task]: next };
  }
  return pulls;
}
function openedAt(state, task, pull) {
  const verified = state.ledger.tasks[task]?.attempts.findLast((attempt) => attempt.evidence?.outcome === "verified");
  return pull.isOwn ? verified?.evidence?.headSha ?? pull.headSha : pull.headSha;
}
function isOfTask({ ledger, record }, task, pull) {
  const isNamed = ledger.plan.tasks.find(({ id }) => id === task)?.branch != null;
  if (!isNamed || record.pulls[task]?.number === pull.number) return true;
  if (pull.isOwn && STAMP.exec(pull.body)?.groups?.["owner"] === ownerOf(ledger.plan.id, task)) return true;
  return ownHeads(ledger.tasks[task]?.attempts ?? []).has(pull.headSha);
}
function isOfOthers({ ledger }, facts, task) {
  const isNamed = ledger.plan.tasks.find(({ id }) => id === task)?.branch != null;
  const tip = facts.branches.get(task);
  return isNamed && tip !== void 0 && !ownHeads(ledger.tasks[task]?.attempts ?? []).has(tip);
}
function isShownAsOver(state, task, pull) {
  const hasLanded = lastAttempt(state.ledger.tasks[task])?.status === "landed";
  return hasLanded && pull.labels.includes("espalier:landed");
}
function showPulls(state, facts, view, texts, leases) {
  const effects = [];
  for (const task of view.tasks) {
    const pull = facts.pulls.get(task.id);
    if (state.record.pulls[task.id]?.isDone === true) continue;
    if (pull !== void 0 && !isOfTask(state, task.id, pull)) continue;
    if (pull === void 0 || pull.state === "closed" && task.state !== "landed") {
      const isOther = pull === void 0 && isOfOthers(state, facts, task.id);
      const opened = isOther ? null : openPull(state, task, texts, leases);
      if (opened !== null) effects.push(opened);
      continue;
    }
    if (pull.isOwn) effects.push(...refreshBody(state.ledger.plan.id, task, pull, texts));
    effects.push(...refreshLabels(task, pull, texts));
    if (pull.state === "open" && pull.queueEntry === null)
      effects.push(...showGate(state, facts, task, { pull, texts, leases }));
  }
  return effects;
}
function openPull(state, task, texts, leases) {
  const record = state.ledger.tasks[task.id];
  const last = lastAttempt(record);
  if (last === null || last.status !== "verified" || last.evidence?.headSha == null) return null;
  if (record?.cancelled != null) return null;
  const key = `pull.${task.id}.${last.generation}`;
  if (!leases.take(key).granted) return null;
  return {
    kind: "open-pull",
    key,
    task: task.id,
    branch: taskBranch(state.ledger, task.id),
    base: state.ledger.target,
    title: texts.title(task),
    body: stampBody(texts.body(task), ownerOf(state.ledger.plan.id, task.id))
  };
}
var STAMP = /\n<!-- espalier:text (?<owner>\S+) (?<digest>[0-9a-f]{16}) -->\s*$/;
function ownerOf(plan, task) {
  return `${plan}/${task}`;
}
function stampBody(body, owner) {
  return `${body}
<!-- espalier:text ${owner} ${digestJson(body).slice(0, 16)} -->`;
}
function refreshBody(plan, task, pull, texts) {
  const wanted = stampBody(texts.body(task), ownerOf(plan, task.id));
  if (STAMP.exec(pull.body)?.[0].trim() === STAMP.exec(wanted)?.[0].trim()) return [];
  return [{ kind: "update-pull", key: `body.${task.id}`, nodeId: pull.nodeId, body: wanted }];
}
function refreshLabels(task, pull, texts) {
  return labelChange(`labels.${task.id}`, pull.number, pull.labels, texts.labels(task), texts.keptLabels);
}
function labelChange(key, thread, found, wanted, kept) {
  const add = wanted.filter((label) => !found.includes(label));
  const remove2 = found.filter((label) => kept.has(label) && !wanted.includes(label));
  return add.length + remove2.length === 0 ? [] : [{ kind: "set-labels", key, thread, add, remove: remove2 }];
}
function showGate(state, facts, task, with_) {
  const { pull, texts, leases } = with_;
  const output = texts.check(task, pull);
  const externalId = `${state.ledger.plan.id}/${task.id}/${task.attempt}/${digestJson(output).slice(0, 16)}`;
  const wanted = { headSha: pull.headSha, externalId, output };
  const effect = planGateCheck(`check.${task.id}`, wanted, findOwnGate(pull.checks, facts.app.id), leases);
  return effect === null ? [] : [effect];
}

// src/core/hosted/show.ts
function show(input, leases, nowMs) {
  const { facts } = input;
  const { issue } = facts;
  if (issue === null) return { state: input.state, effects: [], dueMs: null };
  const issuePlan = readIssuePlan(issue.number, issue.body, facts.configText);
  const running = input.state.ledger === null ? null : { ...input.state, ledger: input.state.ledger };
  const scene = running === null ? null : sceneOf(input, running, issuePlan.config, nowMs);
  const shown = scene === null || running === null ? null : showRunning(input, running, scene, { leases, nowMs });
  const record = shown?.state.record ?? input.state.record;
  const { kept, passing } = answerReplies(input, issuePlan, scene);
  const answers = [...record.answers, ...shown?.answers ?? [], ...kept];
  const asked = { ...input.state, record: answers.length === 0 ? record : { ...record, answers } };
  const posted = postAnswers(asked, facts, input.outcomes, leases);
  const isReportPosted = record.answers.some(isReport) && !posted.left.some(isReport);
  const isSame = posted.left.length === record.answers.length && posted.left.every((one, at) => one === record.answers[at]);
  return {
    state: { ...asked, record: isSame ? record : { ...asked.record, answers: posted.left } },
    effects: [...posted.effects, ...passing, ...shown?.effects ?? []],
    dueMs: isReportPosted ? nowMs : shown?.dueMs ?? null
  };
}
function answerOf({ key, thread, reaction, replies }, input, issuePlan, scene) {
  const { issue } = input.state.record;
  const body = renderReplies(replies, {
    issue,
    place: thread === issue ? "plan" : "pull",
    scene,
    issuePlan,
    maxParallel: maxParallelOf(input),
    hindrances: findHindrances(input.facts, input.config, issuePlan)
  });
  return { key, thread, body, ...reaction === void 0 ? {} : { reaction } };
}
function answerReplies(input, issuePlan, scene) {
  const kept = [];
  const passing = [];
  for (const reply2 of input.replies) {
    const answer = answerOf(reply2, input, issuePlan, scene);
    const { key, thread } = answer;
    const body = `${answerMarker(key)}
${answer.body}`;
    if (reply2.isPassing === true) passing.push({ kind: "answer", key: `answer.${key}`, thread, body, lookFirst: true });
    else kept.push(answer);
  }
  return { kept, passing };
}
function isReport({ key }) {
  return key.startsWith("report.");
}
var DEFAULT_PARALLEL = 8;
function maxParallelOf({ config }) {
  return config.maxParallel ?? DEFAULT_PARALLEL;
}
function sceneOf(input, state, config, nowMs) {
  const pulls = pullGateFacts(state, input.facts, config.github.checks);
  return {
    view: viewPlan(state.ledger, state.queue, nowMs, pulls, input.facts.base.tip),
    ledger: state.ledger,
    queue: state.queue,
    record: state.record,
    runs: input.facts.runs,
    maxParallel: maxParallelOf(input),
    hasJobToken: hasJobToken(input.facts.app),
    hasButtons: !input.config.isServerless,
    ...input.facts.heldRuns === void 0 ? {} : { heldRuns: input.facts.heldRuns },
    nowMs
  };
}
function showRunning(input, state, scene, { leases, nowMs }) {
  const { facts } = input;
  const stuck = findStuck(input, scene);
  const status = showStatus(
    state,
    facts,
    renderStatusComment(scene, { stuck, lowQuotas: listLowQuotas(facts) }),
    leases,
    nowMs
  );
  const pulls = showPulls(
    state,
    facts,
    scene.view,
    {
      title: renderPullTitle,
      body: (task) => renderPullBody(scene, task),
      check: (task, pull) => renderGateCheck(scene, task, pull.headSha),
      labels: (task) => pullLabels(scene, task),
      keptLabels: KEPT_LABELS
    },
    leases
  );
  const ended = endPlan(state, scene, facts, nowMs);
  const labels = labelChange(
    "labels.plan",
    state.record.issue,
    facts.issue?.labels ?? [],
    planLabels(scene),
    KEPT_LABELS
  );
  const notices = noticesOf(input, scene, stuck);
  const texts = [...pulls, ...labels];
  const mayWait = status.dueMs !== null && listLowQuotas(facts).length > 0;
  return {
    state: rememberTold(ended.state, notices.told),
    effects: [...mayWait ? withoutPatient(texts, facts) : texts, ...status.effects, ...ended.effects],
    dueMs: status.dueMs,
    answers: [...notices.answers, ...ended.answers]
  };
}
function noticesOf(input, scene, stuck) {
  const { record } = scene;
  const { issue } = record;
  const notices = [];
  const { proposed, obstacle } = record;
  if (proposed !== null && input.before.proposed?.source !== proposed.source) {
    const issuePlan = readIssuePlan(issue, input.facts.issue?.body ?? "", input.facts.configText);
    const key = `changed.${proposed.source.slice(0, 16)}`;
    notices.push({ key, thread: issue, body: renderPlanChanged(scene, issuePlan) });
  }
  if (obstacle !== null && input.before.obstacle?.code !== obstacle.code)
    notices.push({ key: `obstacle.${obstacle.at}`, thread: issue, body: renderObstacle(obstacle) });
  const told = new Set(record.told);
  const fresh = stuck.filter((one) => !told.has(stuckKey(one)));
  if (fresh.length > 0)
    notices.push({
      key: fresh.map(stuckKey).join("+").slice(0, 200),
      thread: issue,
      body: renderStuckNotice(scene, fresh)
    });
  return { answers: notices, told: fresh.map(stuckKey) };
}
var MAX_TOLD = 100;
function rememberTold(state, told) {
  if (told.length === 0) return state;
  return { ...state, record: { ...state.record, told: [...state.record.told, ...told].slice(-MAX_TOLD) } };
}
function stuckKey({ task, sinceMs }) {
  return `stuck.${task}.${sinceMs}`;
}
function findStuck({ facts, config, state }, scene) {
  const stuck = [];
  for (const dispatch of state.record.dispatches) {
    const seen = facts.runs.get(dispatch.nonce);
    const sinceMs = Math.max(dispatch.writtenAt, seen?.updatedAtMs ?? 0);
    if (scene.nowMs - sinceMs < config.stuckAfterMs) continue;
    for (const leg of dispatch.legs) if (!leg.isOver && leg.work !== "final") stuck.push({ task: leg.task, sinceMs });
  }
  return stuck;
}
var CLOSED = "closed";
function endPlan(state, scene, facts, nowMs) {
  const { record } = state;
  const isEnded = scene.view.status === "landed" || scene.view.status === "final-failed";
  if (!isEnded || facts.issue === null) return { state, effects: [], answers: [] };
  if (!record.isReported) {
    const { certificates, final } = state.ledger;
    const revision = record.accepted?.revision.slice(0, 12) ?? "";
    const key = `report.${certificates.length}.${revision}.${final?.generation ?? 0}`;
    const told = record.told.filter((each) => each !== CLOSED);
    return {
      state: { ...state, record: { ...record, told, isReported: true } },
      effects: [],
      answers: [{ key, thread: record.issue, body: renderFinalReport(scene, nowMs) }]
    };
  }
  if (record.answers.some(isReport) || scene.view.status !== "landed" || record.told.includes(CLOSED))
    return { state, effects: [], answers: [] };
  if (!facts.issue.isOpen) return { state: rememberTold(state, [CLOSED]), effects: [], answers: [] };
  return { state, effects: [{ kind: "close-issue", key: "close", nodeId: facts.issue.nodeId }], answers: [] };
}

// src/core/report/hosted/group-check.ts
var MAX_TITLE4 = 120;
var MAX_TAIL_BYTES2 = 12e3;
var ENDS = {
  passed: { status: "completed", conclusion: "success" },
  failed: { status: "completed", conclusion: "failure" },
  waits: { status: "in_progress", conclusion: null }
};
var TITLES = { passed: "Tested as it lands", failed: "May not land", waits: "Being judged" };
function renderGroupCheck(scene, answer) {
  const { issue, task, pull, headSha } = scene;
  const { status, because, gate, test } = answer;
  const head = say`Task ${code(task)} of the plan in ${pullLink(issue)}, as the merge queue would land it with ${pullLink(pull)}: commit ${code(shortSha(headSha))}.`;
  const sections = [
    whole(0, head.markdown),
    whole(0, prose(sentence(because), 2e3).markdown),
    whole(1, gate === null ? "" : gateTable(gate).join("\n"))
  ];
  return {
    ...ENDS[status],
    title: plainLine(status === "passed" ? TITLES.passed : `${TITLES[status]}: ${because}`, MAX_TITLE4),
    summary: fitDocument(sections, MAX_CHECK_BYTES),
    text: test === null || test.status === "passed" ? "" : renderTest(test),
    annotations: [],
    actions: []
  };
}
function renderTest({ status, durationMs, tail }) {
  const head = say`### Tests ended as ${status} after ${formatDuration(durationMs)}`.markdown;
  const block = fence(tail, { info: "text", maxBytes: MAX_TAIL_BYTES2 - byteLength(head) - 2, keep: "tail" });
  return block === null || tail.trim() === "" ? head : `${head}

${block}`;
}
function renderNoTaskCheck() {
  return {
    ...ENDS.passed,
    title: "No task of a plan",
    summary: "This pull request is no task of a plan, so there is nothing that Espalier has to say about it. It says so because the rules of this branch ask for its check.",
    text: "",
    annotations: [],
    actions: []
  };
}
function renderBehindCheck(pull) {
  return {
    ...ENDS.waits,
    title: `Waits for #${pull}`,
    summary: say`This pull request is no task of a plan, but stands in the merge queue behind ${pullLink(pull)}, which is one and is not answered for yet.`.markdown,
    text: "",
    annotations: [],
    actions: []
  };
}

// src/core/hosted/queue-entries.ts
var NO_TASK = "no-task";
function noTaskId(pull, digest) {
  return `${NO_TASK}/${pull}/${digest}`;
}
var OWN_BRANCH = /^espalier\//;
function findOwner(pull, { record, ledger }) {
  const task = Object.entries(record.pulls).find(([, { number }]) => number === pull.number)?.[0];
  if (task !== void 0 && ledger.plan.tasks.some(({ id }) => id === task)) return { kind: "task", task };
  if (pull.isOwn || !pull.isForeign && OWN_BRANCH.test(pull.headBranch)) return { kind: "other-plan" };
  if (pull.gate === "unknown") return { kind: "unknown" };
  const [plan = ""] = (pull.gate?.externalId ?? NO_TASK).split("/");
  if (issueOf(plan) !== null) return { kind: "other-plan" };
  return plan === NO_TASK ? { kind: "nobody" } : { kind: "unknown" };
}
function findBadBefore(entry, { state, facts }, good) {
  const isGood = (one) => {
    const { kind } = findOwner(one.pull, state);
    if (kind === "nobody" || kind === "unknown") return true;
    if (one.headSha === null) return false;
    return kind === "task" ? good.has(one.headSha) : findOwnGate(one.checks, facts.app.id)?.status === "passed";
  };
  return listBefore(facts.mergeQueue ?? [], entry).find((one) => !isGood(one)) ?? null;
}
function listBefore(queue, entry) {
  const before = [];
  for (let { baseSha } = entry; baseSha !== null && before.length < queue.length; ) {
    const under = queue.find((one) => one !== entry && one.headSha === baseSha);
    if (under === void 0 || before.includes(under)) break;
    before.push(under);
    ({ baseSha } = under);
  }
  return before;
}

// src/core/hosted/answer-bystanders.ts
var LEASES_PER_TURN = 10;
function answerBystanders(input, { leases, nowMs, good }) {
  const { state, facts, config } = input;
  const nothing = { state, effects: [], wakeAtMs: null };
  if (!asksForGate(facts.rules, facts.app.id)) return nothing;
  const wanted = [...listPullChecks(input), ...listGroupChecks(input, good)];
  const open = wanted.filter(({ found, externalId }) => found?.externalId !== externalId);
  const isWaiting = wanted.some(({ output }) => output.status === "in_progress");
  const wakeAtMs = isWaiting ? nowMs + config.leaseMs / 2 : null;
  if (open.length === 0) return { ...nothing, wakeAtMs };
  const turn = takeTurn(state, config, nowMs);
  if (!turn.isOurs) return { state: turn.state, effects: [], wakeAtMs: earliest([wakeAtMs, turn.dueMs]) };
  const effects = open.map(({ found, ...check2 }) => planGateCheck("check.none", check2, found, leases)).filter((one) => one !== null);
  return { state: turn.state, effects, wakeAtMs };
}
function listPullChecks({ state, facts }) {
  const output = renderNoTaskCheck();
  return (facts.basePulls ?? []).filter((pull) => findOwner(pull, state).kind === "nobody").map((pull) => wantCheck(pull, pull.headSha, output, pull.gate === "unknown" ? null : pull.gate));
}
function wantCheck(pull, headSha, output, found) {
  return { headSha, externalId: noTaskId(pull.number, digestJson(output).slice(0, 16)), output, found };
}
function listGroupChecks(input, good) {
  const { state, facts } = input;
  const queue = facts.mergeQueue ?? [];
  return queue.flatMap((entry) => {
    if (entry.headSha === null || findOwner(entry.pull, state).kind !== "nobody") return [];
    const behind = findBadBefore(entry, input, good);
    const output = behind === null ? renderNoTaskCheck() : renderBehindCheck(behind.pull.number);
    return [wantCheck(entry.pull, entry.headSha, output, findOwnGate(entry.checks, facts.app.id))];
  });
}
function takeTurn(state, { leaseMs }, nowMs) {
  const { queue, ledger } = state;
  const turn = queue.answering ?? null;
  const isOurs2 = turn !== null && turn.plan === ledger.plan.id && turn.until - nowMs > leaseMs;
  if (turn !== null && turn.plan !== ledger.plan.id && turn.until > nowMs)
    return { state, isOurs: false, dueMs: turn.until };
  const turnMs = leaseMs * LEASES_PER_TURN;
  const isFresh = isOurs2 && turn.until - nowMs > turnMs / 2;
  if (isFresh) return { state, isOurs: isOurs2, dueMs: null };
  const answering = { plan: ledger.plan.id, until: nowMs + turnMs };
  return { state: { ...state, queue: { ...queue, answering } }, isOurs: isOurs2, dueMs: nowMs + 1 };
}

// src/core/hosted/judge-group.ts
function judgeGroup(context, task, entry) {
  const { ledger } = context.state;
  const record = ledger.tasks[task];
  const resolved = ledger.plan.tasks.find(({ id }) => id === task);
  const attempt = lastAttempt(record);
  if (record !== void 0 && record.cancelled !== null) return failed(`it was cancelled by ${record.cancelled.by}`);
  const landing = attempt !== null && isActive(attempt) ? attempt.landing : null;
  if (resolved === void 0 || attempt === null || landing === null || landing.way !== "enqueue")
    return failed("the plan has not put it into the queue; it does so by itself when its turn has come");
  const heads = [attempt.evidence?.headSha, landing.commitSha];
  if (!heads.includes(entry.pull.headSha))
    return failed("the head of its pull request is not the one that was verified");
  const gate = gateOf(context, resolved, attempt);
  const closed = findClosed(gate);
  if (closed !== null) return { ...closed, gate, test: null };
  const failing = findFailedChecks(context.facts, entry);
  if (failing.length > 0) return { ...failedChecks(failing), gate };
  return judgeTree(context, { task: resolved, attempt, landing }, entry, gate);
}
function judgeTree(context, { task, attempt, landing }, entry, gate) {
  const { baseSha, headSha, headTree } = entry;
  if (baseSha === null || headSha === null || headTree === null)
    return waits("the forge does not show yet what it made of it", gate);
  const test = findPassedTest(task, attempt, headTree);
  if (test === null && landing.group?.commitSha !== headSha)
    return { status: "untested", landing, baseSha, headSha, headTree, gate };
  if (test === null) return judgeTest(landing.group, gate);
  const tested = passed(test, gate);
  return headTree === landing.treeSha ? tested : judgeChecks(context, entry, tested);
}
function gateOf({ state, facts, wantedChecks }, task, attempt) {
  const { ledger, queue } = state;
  if (attempt.evidence === null)
    throw new Error(`There is nothing to gate for '${task.id}' in the merge queue: it has no evidence.`);
  return evaluateGroup({
    task,
    taskDigest: indexPlan(ledger.plan).digest(task.id),
    attempt,
    evidence: attempt.evidence,
    hasLanded: (need) => landedAttempt(ledger.tasks[need]) !== null,
    tip: facts.base.tip,
    frozen: queue.frozen,
    spentUsd: committedUsd(ledger),
    planBudgetUsd: ledger.plan.budgetUsd,
    pull: pullGateFacts(state, facts, wantedChecks).get(task.id) ?? null
  });
}
function findClosed(gate) {
  if (gate.status === "open") return null;
  const closed = gate.rules.filter(({ status }) => status === "failed" || status === "pending");
  const because = closed.map((rule) => `${rule.rule}: ${rule.because}`).join("; ");
  const isAtWork = closed.every(({ rule, status }) => rule === "checks" && status === "pending");
  return { status: isAtWork ? "waits" : "failed", because, sequel: "again" };
}
function judgeTest(group, gate) {
  const result = group?.result ?? null;
  if (group === void 0 || result === null) return waits("the tests of the task run on what the queue made", gate);
  const { outcome, test } = result;
  const isOfGroup = result.commitSha === group.commitSha && test?.tree === group.treeSha;
  if (outcome === "tested" && isOfGroup && test !== null)
    return {
      ...failed(`the tests of the task ended as '${test.status}' on what the queue made`),
      sequel: "returned",
      gate,
      test
    };
  return { ...failed(`what the queue made could not be tested: ${result.feedback}`), gate };
}
var SILENT = /* @__PURE__ */ new Set(["NEUTRAL", "SKIPPED"]);
function findFailedChecks({ rules, app }, { checks }) {
  const failing = checks.filter(({ status, conclusion }) => status === "not-passed" && !SILENT.has(conclusion));
  return rules.requiredChecks.filter((required) => !isOwnGate(required, app.id)).filter(({ name, appId }) => failing.some((one) => one.name === name && (appId === null || one.appId === appId))).map(({ name }) => name);
}
function judgeChecks({ facts, wantedChecks }, entry, tested) {
  const open = findConfiguredChecks(entry.checks, wantedChecks, facts.app.id).filter(
    ({ status }) => status !== "passed"
  );
  const failing = open.filter(({ status }) => status === "not-passed").map(({ name }) => name);
  if (failing.length > 0) return { ...tested, ...failedChecks(failing), gate: tested.gate };
  if (open.length === 0) return tested;
  const names = open.map(({ name }) => name).join(", ");
  const because = `it waits for ${names} on the commit that the queue made; a workflow runs there with \`on: merge_group\``;
  return { ...tested, status: "waits", because };
}
function failedChecks(names) {
  return { ...failed(`${[...new Set(names)].join(", ")} did not pass on what the queue made`), sequel: "returned" };
}
function passed(test, gate) {
  const because = "the gate is open, and the tests of the task passed on the tree that the queue made";
  return { status: "passed", because, sequel: "again", gate, test };
}
function waits(because, gate) {
  return { status: "waits", because, sequel: "again", gate, test: null };
}
function failed(because) {
  return { status: "failed", because, sequel: "again", gate: null, test: null };
}

// src/core/hosted/answer-queue.ts
function answerQueue(input, leases, nowMs) {
  const state = rememberRemovals(input.state, input.facts);
  const answering = {
    input,
    leases,
    nowMs,
    good: /* @__PURE__ */ new Set(),
    state,
    legs: [],
    effects: [],
    notes: [],
    wakeAtMs: null
  };
  for (const entry of input.facts.mergeQueue ?? []) {
    const owner = findOwner(entry.pull, answering.state);
    if (owner.kind === "task") answerTask(answering, owner.task, entry);
  }
  const others = answerBystanders({ ...input, state: answering.state }, { leases, nowMs, good: answering.good });
  return {
    state: others.state,
    legs: answering.legs,
    effects: [...answering.effects, ...others.effects],
    notes: answering.notes,
    wakeAtMs: earliest([answering.wakeAtMs, others.wakeAtMs])
  };
}
function rememberRemovals(state, facts) {
  let next = state;
  for (const [task, { queueRemoval }] of facts.pulls) {
    const landing = landingOf(next, task);
    if (landing === null || landing.knownRemoval !== void 0 || queueRemoval === void 0) continue;
    next = withLanding(next, task, { ...landing, knownRemoval: queueRemoval?.id ?? null });
  }
  return next;
}
function landingOf({ ledger }, task) {
  const attempt = lastAttempt(ledger.tasks[task]);
  return attempt !== null && isActive(attempt) && attempt.landing?.way === "enqueue" ? attempt.landing : null;
}
function withLanding(state, task, landing) {
  const record = state.ledger.tasks[task];
  const attempt = lastAttempt(record);
  if (record === void 0 || attempt === null) return state;
  const changed = { ...attempt, landing };
  const attempts = [...record.attempts.slice(0, -1), changed];
  return { ...state, ledger: { ...state.ledger, tasks: { ...state.ledger.tasks, [task]: { ...record, attempts } } } };
}
function answerTask(answering, task, entry) {
  const { input, nowMs } = answering;
  const { headSha } = entry;
  if (headSha === null) return;
  const judged = judgeGroup({ ...input, state: answering.state }, task, entry);
  const found = judged.status === "untested" ? beginTest(answering, task, judged) : judged;
  const verdict = found.status === "passed" ? waitForThoseBefore(answering, entry, found) : found;
  if (verdict.status === "passed") answering.good.add(headSha);
  noteObjection(answering, task, headSha, verdict);
  showVerdict(answering, task, { entry, headSha, verdict });
  if (verdict.status === "failed") leaveIfKept(answering, task, entry);
  if (verdict !== found) wakeAt(answering, nowMs + input.config.leaseMs / 2);
}
function beginTest(answering, task, group) {
  const { nowMs } = answering;
  const { ledger } = answering.state;
  const attempt = lastAttempt(ledger.tasks[task]);
  if (attempt === null) throw new Error(`Task '${task}' has no attempt that a merge queue could have made a group of.`);
  const generation = ledger.nextGeneration;
  const trial = {
    generation,
    holder: APP_HOLDER,
    startedAt: nowMs,
    ontoSha: group.baseSha,
    commitSha: group.headSha,
    treeSha: group.headTree,
    result: null
  };
  const begun = { ...answering.state, ledger: { ...ledger, nextGeneration: generation + 1 } };
  answering.state = withLanding(begun, task, { ...group.landing, group: trial });
  answering.legs.push({
    work: "trial",
    task,
    attempt: attempt.attempt,
    generation,
    mode: "verify",
    headSha: group.headSha,
    isOver: false
  });
  const detail = `the merge queue made ${group.headSha.slice(0, 12)} of it, which is tested`;
  answering.notes.push({ kind: "trial-started", task, attempt: attempt.attempt, detail });
  const because = "the tests of the task run on what the queue made";
  return { status: "waits", because, sequel: "again", gate: group.gate, test: null };
}
function waitForThoseBefore(answering, entry, verdict) {
  const { input, state, good } = answering;
  const open = findBadBefore(entry, { state, facts: input.facts }, good);
  if (open === null) return verdict;
  return { ...verdict, status: "waits", because: `it waits for #${open.pull.number}, which stands before it` };
}
function noteObjection(answering, task, commitSha, verdict) {
  const landing = landingOf(answering.state, task);
  if (landing === null) return;
  const { objection } = landing;
  const { because, sequel } = verdict;
  const isSame = objection?.commitSha === commitSha && objection.because === because && objection.sequel === sequel;
  if (verdict.status === "failed" ? isSame : objection === void 0) return;
  const next = verdict.status === "failed" ? { commitSha, because, sequel, at: answering.nowMs } : void 0;
  answering.state = withLanding(answering.state, task, { ...landing, objection: next });
}
function showVerdict(answering, task, { entry, headSha, verdict }) {
  const { ledger, record } = answering.state;
  const output = renderGroupCheck({ issue: record.issue, task, pull: entry.pull.number, headSha }, verdict);
  const attempt = lastAttempt(ledger.tasks[task])?.attempt ?? 0;
  const externalId = `${ledger.plan.id}/${task}/${attempt}/${digestJson(output).slice(0, 16)}`;
  const found = findOwnGate(entry.checks, answering.input.facts.app.id);
  const effect = planGateCheck("check.group", { headSha, externalId, output }, found, answering.leases);
  if (effect !== null) answering.effects.push(effect);
}
function leaveIfKept(answering, task, entry) {
  const { input, leases, nowMs } = answering;
  const pull = input.facts.pulls.get(task);
  if (pull === void 0) return;
  const saidAt = landingOf(answering.state, task)?.objection?.at ?? nowMs;
  const dueMs = saidAt + input.config.leaseMs;
  const isSaid = findOwnGate(entry.checks, input.facts.app.id)?.status === "not-passed";
  if (!isSaid || nowMs < dueMs) {
    wakeAt(answering, Math.max(dueMs, nowMs + input.config.leaseMs / 2));
    return;
  }
  const key = `dequeue.${task}.${entry.headSha ?? ""}`;
  if (leases.take(key).granted) answering.effects.push({ kind: "dequeue", key, task, pullNodeId: pull.nodeId });
}
function wakeAt(answering, timeMs) {
  answering.wakeAtMs = Math.min(answering.wakeAtMs ?? timeMs, timeMs);
}

// src/core/hosted/dispatch-outcomes.ts
function dispatchKey(nonce) {
  return `dispatch.${nonce}`;
}
var MANY_TRIES = 3;
function takeDispatchOutcome(record, dispatch, { outcomes, config, replica }, nowMs) {
  const outcome = outcomes.get(dispatchKey(dispatch.nonce));
  if (outcome === void 0 || dispatch.run !== null) return { record, dispatch };
  if (outcome.kind === "run-named")
    return {
      record: isDispatchObstacle(record.obstacle) ? { ...record, obstacle: null } : record,
      dispatch: { ...dispatch, run: outcome.run, namedAt: nowMs }
    };
  if (!isFailure(outcome) || dispatch.lease.holder !== replica) return { record, dispatch };
  const tries = (dispatch.tries ?? 0) + 1;
  const backoffMs = Math.min(config.backoffMs * 2 ** (tries - 1), config.maxBackoffMs);
  const untilMs = nowMs + backoffMs;
  const isPassing = outcome.kind === "later" || outcome.kind === "elsewhere";
  const wait = isPassing ? {
    lease: {
      ...dispatch.lease,
      until: outcome.kind === "later" ? Math.max(untilMs, outcome.notBeforeMs) : untilMs
    }
  } : { lease: { ...dispatch.lease, until: nowMs }, notBefore: untilMs };
  const obstacle = describeObstacle(outcome, tries, config, nowMs);
  return {
    record: obstacle === null || !isNews(record.obstacle, obstacle) ? record : { ...record, obstacle },
    dispatch: { ...dispatch, ...wait, tries }
  };
}
function namedAtMs(dispatch) {
  return dispatch.namedAt ?? dispatch.writtenAt;
}
function dispatchDueMs(record, dispatch) {
  const notBefore = record.obstacle === null ? 0 : dispatch.notBefore ?? 0;
  return Math.max(dispatch.lease.until, notBefore);
}
function isFailure(outcome) {
  return ["no-workflow", "forbidden", "refused", "later", "elsewhere"].includes(outcome.kind);
}
var CODE_PREFIX = "dispatch-";
var LATER = "later";
function isNews(known, found) {
  if (known === null) return true;
  if (isDispatchObstacle(known) && found.code === `${CODE_PREFIX}${LATER}`) return false;
  return known.code !== found.code || known.because !== found.because;
}
function isDispatchObstacle(obstacle) {
  return obstacle?.code.startsWith(CODE_PREFIX) === true;
}
function describeObstacle(outcome, tries, { workflow, hasJobToken: hasJobToken2 }, nowMs) {
  const because = cleanLine(outcome.because, 500);
  const say2 = (code2, what, next) => ({
    code: `${CODE_PREFIX}${code2}`,
    because: what,
    next,
    at: nowMs
  });
  switch (outcome.kind) {
    case "no-workflow":
      return say2(outcome.code, because, WORKFLOW_STEPS[outcome.code](workflow));
    case "forbidden":
      if (hasJobToken2)
        return say2(
          "forbidden",
          `the token of the job may not start workflow runs: ${because}`,
          "give the job 'reconcile' in .github/workflows/espalier.yml the permission 'actions: write', then comment /espalier run"
        );
      return say2(
        "forbidden",
        `the app may not start workflow runs: ${because}`,
        `accept the permission '${cleanLine(outcome.permission ?? "actions: write", 100)}' in the settings of the installation, then comment /espalier run`
      );
    case "refused":
      return say2(
        "refused",
        `the forge would not start a run: ${because}`,
        "put that right, then comment /espalier run"
      );
    case "later":
    case "elsewhere":
      return tries < MANY_TRIES ? null : say2(LATER, `no run could be started for a while: ${because}`, "nothing: it is tried again by itself");
  }
}
var WORKFLOW_STEPS = {
  missing: (workflow) => `put .github/workflows/${workflow} on the default branch, then comment /espalier run`,
  disabled: (workflow) => `enable the workflow ${workflow} in the Actions tab, then comment /espalier run`,
  "actions-disabled": () => "allow Actions in the settings of the repository, then comment /espalier run",
  "no-trigger": (workflow) => `give ${workflow} its \`workflow_dispatch\` trigger back, then comment /espalier run`,
  "wrong-version": (workflow) => `bring ${workflow} to the version of this app, then comment /espalier run`
};

// src/core/hosted/step-trial.ts
function stepTrial({ state, facts, outcomes, leases }, action) {
  const { ledger } = state;
  const task = ledger.plan.tasks.find((one) => one.id === action.task);
  const attempt = lastAttempt(ledger.tasks[action.task]);
  const headSha = attempt?.evidence?.headSha;
  if (task === void 0 || attempt?.trial == null || headSha == null) return { kind: "wait" };
  const { generation } = action;
  const trial = { plan: ledger.plan.id, task, attempt, generation, headSha, ontoSha: attempt.trial.ontoSha };
  const key = `trial.${action.task}.${action.attempt}.${generation}`;
  const outcome = outcomes.get(key);
  if (outcome?.kind === "trial-made") {
    leases.free(key);
    return judgeMerge(trial, outcome.commitSha, outcome.tree);
  }
  if (outcome?.kind === "trial-conflict") {
    leases.free(key);
    return { kind: "known", result: conflictOf(trial) };
  }
  if (outcome?.kind === "refused" || outcome?.kind === "forbidden")
    return {
      kind: "known",
      result: errorOf(trial, `it could not be merged onto the base: ${explainRefusal(outcome)}`)
    };
  if (!leases.take(key).granted) return { kind: "wait" };
  return { kind: "make", effect: makeTrial(trial, key, facts.trialBranches.get(action.task)?.tip ?? null) };
}
function makeTrial(trial, key, from) {
  const { plan, task, attempt, generation, headSha, ontoSha } = trial;
  const names = { plan, task: task.id, attempt: attempt.attempt };
  return {
    kind: "make-trial",
    key,
    task: task.id,
    branch: branchFor({ kind: "trial", ...names }),
    from,
    onto: ontoSha,
    head: headSha,
    message: mergeMessage({ ...names, title: task.title, generation })
  };
}
function judgeMerge(trial, commitSha, treeSha) {
  const suite = suiteDigest(trial.task);
  const test = trial.attempt.evidence?.tests.findLast(
    (one) => one.stage === "verify" && one.tree === treeSha && one.suite === suite
  );
  if (test?.status !== "passed") return { kind: "test", commitSha };
  const reused = { ...test, stage: "trial", reused: true };
  return { kind: "known", result: { ...resultOf(trial), outcome: "tested", commitSha, treeSha, test: reused } };
}
function conflictOf(trial) {
  return { ...resultOf(trial), outcome: "conflict", feedback: renderConflictFeedback([], []) };
}
function errorOf(trial, because) {
  return { ...resultOf(trial), outcome: "error", feedback: cleanLine(because, 1e3) };
}
function resultOf({
  plan,
  task,
  attempt,
  generation,
  headSha,
  ontoSha
}) {
  const nothing = { commitSha: null, treeSha: null, test: null, conflicts: [], feedback: "" };
  return { version: 1, plan, task: task.id, attempt: attempt.attempt, generation, headSha, ontoSha, ...nothing };
}

// src/core/hosted/dispatch-work.ts
function dispatchWork(input, nowMs) {
  const { ledger, record } = input.state;
  const dispatching = {
    input,
    nowMs,
    ledger,
    record,
    effects: [],
    trials: /* @__PURE__ */ new Map(),
    wakeAtMs: null
  };
  stopDeadLegs(dispatching);
  askAgain(dispatching);
  writeDispatches(dispatching, collectLegs(dispatching));
  settleDispatches(dispatching);
  const { effects, trials, wakeAtMs } = dispatching;
  return { ledger: dispatching.ledger, record: dispatching.record, effects, trials, wakeAtMs };
}
function stopDeadLegs(dispatching) {
  const { ledger, input } = dispatching;
  const stopped = new Set(
    input.actions.flatMap((action) => action.kind === "stop-attempt" ? [legKey({ ...action, work: "attempt" })] : [])
  );
  if (stopped.size > 0) wakeAt2(dispatching, dispatching.nowMs);
  changeDispatches(dispatching, (dispatch) => {
    const isDead = (leg) => !leg.isOver && (stopped.has(legKey(leg)) || findAwaited(ledger, leg) === null);
    if (!dispatch.legs.some(isDead)) return dispatch;
    return {
      ...dispatch,
      legs: dispatch.legs.map((leg) => isDead(leg) ? { ...leg, isOver: true, isStopped: true } : leg)
    };
  });
}
function askAgain(dispatching) {
  const { input, nowMs } = dispatching;
  changeDispatches(dispatching, (dispatch) => {
    const { nonce, legs, writtenAt } = dispatch;
    if (dispatch.run !== null || legs.every((leg) => leg.isOver)) return dispatch;
    const dueMs = dispatchDueMs(dispatching.record, dispatch);
    if (dueMs > nowMs) {
      wakeAt2(dispatching, dueMs);
      return dispatch;
    }
    dispatching.effects.push({
      kind: "find-or-dispatch",
      key: dispatchKey(nonce),
      workflow: input.config.workflow,
      nonce,
      legs: legs.filter((leg) => !leg.isOver),
      writtenAtMs: writtenAt
    });
    return { ...dispatch, lease: { holder: input.replica, until: nowMs + input.config.leaseMs } };
  });
}
function collectLegs(dispatching) {
  const { input, ledger, record } = dispatching;
  const written = new Set(record.dispatches.flatMap(({ legs: legs2 }) => legs2.filter((leg) => !leg.isOver).map(legKey)));
  const legs = (input.legs ?? []).filter((leg) => !written.has(legKey(leg)));
  const settings = settingsOf(input);
  for (const action of input.actions) {
    const leg = legOf(dispatching, ledger, action, written);
    if (leg === null || written.has(legKey(leg)) || findAwaited(ledger, leg) === null) continue;
    if (settings !== null && !mayRun(ledger, leg, settings)) continue;
    written.add(legKey(leg));
    legs.push(leg);
  }
  return legs;
}
function settingsOf({ facts }) {
  const { issue, configText } = facts;
  return issue === null ? null : readIssuePlan(issue.number, issue.body, configText).config;
}
function legOf(dispatching, ledger, action, written) {
  switch (action.kind) {
    case "start-attempt": {
      const given = lastAttempt(ledger.tasks[action.task])?.givenSha;
      const { task, attempt, generation } = action;
      const leg = { work: "attempt", task, attempt, generation, isOver: false };
      return given === void 0 ? { ...leg, mode: "full", headSha: null } : { ...leg, mode: "verify", headSha: given };
    }
    case "start-trial": {
      const { task, attempt, generation } = action;
      const leg = { work: "trial", task, attempt, generation };
      if (written.has(legKey(leg))) return null;
      const { input } = dispatching;
      const step = stepTrial(input, action);
      if (step.kind === "make") dispatching.effects.push(step.effect);
      if (step.kind === "known") dispatching.trials.set(legKey(leg), { ...step.result, endedAt: dispatching.nowMs });
      return step.kind === "test" ? { ...leg, mode: "verify", headSha: step.commitSha, isOver: false } : null;
    }
    case "start-final":
      return {
        work: "final",
        task: "final",
        attempt: 1,
        generation: action.generation,
        mode: "verify",
        headSha: action.commitSha,
        isOver: false
      };
    case "stop-attempt":
    case "land":
      return null;
  }
}
function writeDispatches(dispatching, legs) {
  const { input, nowMs } = dispatching;
  const { maxLegs, leaseMs } = input.config;
  const withRunners = legs.map((leg) => withRunner(leg, dispatching.ledger));
  for (const part of partLegs(withRunners, maxLegs)) {
    const { ledger, record } = dispatching;
    const generation = ledger.nextGeneration;
    const dispatch = {
      nonce: `${ledger.plan.id}.${generation}`,
      legs: part,
      writtenAt: nowMs,
      lease: { holder: input.replica, until: nowMs + leaseMs },
      run: null,
      begunAt: null
    };
    dispatching.ledger = { ...ledger, nextGeneration: generation + 1 };
    dispatching.record = { ...record, dispatches: [...record.dispatches, dispatch] };
    const { nonce } = dispatch;
    const { workflow } = input.config;
    dispatching.effects.push({ kind: "dispatch", key: dispatchKey(nonce), workflow, nonce, legs: dispatch.legs });
    wakeAt2(dispatching, dispatch.lease.until);
  }
}
function settleDispatches(dispatching) {
  const { input, nowMs } = dispatching;
  const left = dispatching.record.dispatches.filter((dispatch) => {
    if (dispatch.legs.some((leg) => !leg.isOver)) return true;
    const { run, nonce } = dispatch;
    if (run === null || !dispatch.legs.some((leg) => leg.isStopped === true)) return false;
    const key = `cancel.${run.id}`;
    const seen = input.facts.runs.get(nonce);
    const isKnown = seen !== void 0 && seen.id === run.id;
    const isOver = isKnown ? seen.status === "completed" || !seen.isGenuine : nowMs - namedAtMs(dispatch) >= input.config.missingGraceMs;
    if (isOver) {
      input.leases.free(key);
      return false;
    }
    if (input.leases.take(key).granted) dispatching.effects.push({ kind: "cancel-run", key, runId: run.id });
    wakeAt2(dispatching, nowMs + input.config.leaseMs);
    return true;
  });
  if (left.length < dispatching.record.dispatches.length)
    dispatching.record = { ...dispatching.record, dispatches: left };
}
function changeDispatches(dispatching, change2) {
  const { record } = dispatching;
  const dispatches = record.dispatches.map(change2);
  if (dispatches.some((dispatch, at) => dispatch !== record.dispatches[at]))
    dispatching.record = { ...record, dispatches };
}
function wakeAt2(dispatching, timeMs) {
  dispatching.wakeAtMs = Math.min(dispatching.wakeAtMs ?? timeMs, timeMs);
}

// src/core/hosted/follow-queue.ts
function followQueue(news, nowMs) {
  const notes = [];
  const times = [];
  const changed = [];
  for (const [id, record] of Object.entries(news.ledger.tasks)) {
    const attempt = lastAttempt(record);
    if (attempt?.landing?.way !== "enqueue" || !isActive(attempt)) continue;
    const queued = takeResult(news, { task: id, record, attempt, landing: attempt.landing });
    const step = followEntry(news, queued, nowMs);
    if (step.record !== record) changed.push([id, step.record]);
    if (step.note !== null) notes.push(step.note);
    times.push(step.wakeAtMs);
  }
  const ledger = changed.length === 0 ? news.ledger : { ...news.ledger, tasks: { ...news.ledger.tasks, ...Object.fromEntries(changed) } };
  return { ledger, notes, wakeAtMs: earliest(times) };
}
function takeResult({ ledger, trials }, queued) {
  const { task, attempt, landing } = queued;
  const { group } = landing;
  if (group === void 0 || group.result !== null) return queued;
  const result = trials.get(workKey(task, attempt.attempt, group.generation));
  if (result === void 0 || !isTrialOf(result, { plan: ledger.plan.id, task, attempt }, group)) return queued;
  return withLanding2(queued, { ...landing, group: { ...group, result } });
}
function withLanding2(queued, landing) {
  const attempt = { ...queued.attempt, landing };
  const record = { ...queued.record, attempts: [...queued.record.attempts.slice(0, -1), attempt] };
  return { ...queued, record, attempt, landing };
}
function followEntry({ facts, config }, queued, nowMs) {
  const { task, landing } = queued;
  const pull = facts.pulls.get(task);
  const stays = { record: queued.record, note: null, wakeAtMs: null };
  if (pull === void 0 || pull.state === "merged" || facts.landed.get(landing.commitSha)?.contained === true)
    return stays;
  if (pull.queueEntry !== null)
    return landing.leftAt === void 0 ? stays : { ...stays, record: withLanding2(queued, { ...landing, leftAt: void 0 }).record };
  const removal = findRemoval(pull, landing);
  if (removal === null && landing.queuedAt === void 0) return stays;
  if (removal !== null && removal.reason !== "merged") return withdraw(queued, removal.reason, config, nowMs);
  const leftAt = landing.leftAt ?? nowMs;
  const graceEndsMs = leftAt + config.receiptGraceMs;
  if (nowMs >= graceEndsMs) return withdraw(queued, "unknown", config, nowMs);
  const record = landing.leftAt === void 0 ? withLanding2(queued, { ...landing, leftAt }).record : queued.record;
  return { record, note: null, wakeAtMs: graceEndsMs };
}
function findRemoval({ queueRemoval }, { knownRemoval }) {
  if (queueRemoval == null || knownRemoval === void 0 || queueRemoval.id === knownRemoval) return null;
  return queueRemoval;
}
var BECAUSE = {
  merged: "the merge queue said that it had merged it, and did not",
  "checks-failed": "a check that the repository requires did not pass on what the merge queue made of it",
  "timed-out": "the checks on what the merge queue made of it did not end in the time that the queue allows",
  conflict: "it conflicts with what stood before it in the merge queue",
  "by-hand": "a person took it out of the merge queue",
  unknown: "it left the merge queue, and the forge does not say why"
};
function withdraw(queued, reason, config, nowMs) {
  const { landing } = queued;
  const { objection, group } = landing;
  const isObjected = objection !== void 0 && reason !== "conflict";
  const because = cleanLine(isObjected ? objection.because : BECAUSE[reason], 500);
  if (isObjected && group?.result?.outcome === "cancelled") return cancel(queued, because, nowMs);
  const sequel = isObjected ? objection.sequel : reason === "checks-failed" ? "returned" : "again";
  return sequel === "returned" ? giveBack(queued, because) : tryAgain(queued, { reason, because }, config, nowMs);
}
function cancel({ task, record, attempt }, because, nowMs) {
  const cancelled = { ...attempt, landing: null, trial: null, status: "cancelled" };
  return {
    record: {
      ...record,
      attempts: [...record.attempts.slice(0, -1), cancelled],
      cancelled: { at: nowMs, by: BY_CANCELLED_RUN }
    },
    note: { kind: "attempt-cancelled", task, attempt: attempt.attempt, detail: because },
    wakeAtMs: null
  };
}
function giveBack({ task, record, attempt, landing }, because) {
  const { group } = landing;
  const isFailed = group?.result?.test != null && group.result.test.status !== "passed";
  const trial = isFailed ? {
    generation: group.generation,
    holder: group.holder,
    startedAt: group.startedAt,
    ontoSha: group.ontoSha,
    result: group.result
  } : null;
  const returned = { ...attempt, landing: null, trial, status: "returned", returnedBecause: because };
  return {
    record: { ...record, attempts: [...record.attempts.slice(0, -1), returned], turnedAway: void 0 },
    note: { kind: "returned", task, attempt: attempt.attempt, detail: because },
    wakeAtMs: null
  };
}
function tryAgain({ task, record, attempt }, { reason, because }, { backoffMs, maxBackoffMs }, nowMs) {
  const count = (record.turnedAway?.count ?? 0) + 1;
  const waitMs = reason === "by-hand" ? maxBackoffMs : Math.min(backoffMs * 2 ** (count - 1), maxBackoffMs);
  const waiting = { ...attempt, landing: null, trial: null };
  return {
    record: {
      ...record,
      attempts: [...record.attempts.slice(0, -1), waiting],
      notBefore: nowMs + waitMs,
      turnedAway: { count, because }
    },
    note: { kind: "refused", task, attempt: attempt.attempt, detail: because },
    wakeAtMs: nowMs + waitMs
  };
}

// src/core/hosted/land-effects.ts
function readRefusals(state, outcomes) {
  const refusals = /* @__PURE__ */ new Map();
  for (const record of Object.values(state.ledger.tasks))
    for (const { landing } of record.attempts.slice(-1)) {
      if (landing === null) continue;
      const outcome = outcomes.get(landKey(landing.generation));
      if (outcome?.kind === "refused" || outcome?.kind === "forbidden")
        refusals.set(landing.commitSha, explainRefusal(outcome));
    }
  return refusals;
}
function showsRequiredGate({ rules, app }, { checks }) {
  return !asksForGate(rules, app.id) || findOwnGate(checks, app.id)?.status === "passed";
}
function landEffects(state, facts, actions, plan, leases) {
  return actions.flatMap((action) => {
    if (action.kind !== "land") return [];
    const { task, attempt, generation, target, fromSha } = action;
    const pinned = pinHead(state, facts, action, plan);
    const key = landKey(generation);
    if (pinned === null || !leases.take(key).granted) return [];
    const { ledger } = state;
    const title = ledger.plan.tasks.find((one) => one.id === task)?.title ?? task;
    const text = mergeMessage({ plan: ledger.plan.id, task, title, attempt, generation });
    const [subject = "", ...rest] = text.split("\n");
    const commit = { title: subject, message: rest.join("\n").trim() };
    return [{ kind: "land", key, task, way: plan.way, base: target, from: fromSha, ...pinned, ...commit }];
  });
}
function pinHead({ ledger }, facts, action, { way, movesBranch }) {
  if (way === "fast-forward") return { to: action.commitSha, pullNodeId: null };
  const pull = facts.pulls.get(action.task);
  const verified = lastAttempt(ledger.tasks[action.task])?.evidence?.headSha ?? null;
  const to = movesBranch ? action.commitSha : verified;
  if (to === null || pull === void 0 || pull.headSha !== to) return null;
  const isQueued = way === "enqueue" && pull.queueEntry !== null;
  return isQueued || !showsRequiredGate(facts, pull) ? null : { to, pullNodeId: pull.nodeId };
}

// src/core/hosted/publish-heads.ts
function wantedHead(attempt, movesBranch) {
  if (attempt === null || attempt.status !== "verified") return null;
  const tried = attempt.trial?.result;
  if (movesBranch && tried?.outcome === "tested" && tried.test?.status === "passed") return tried.commitSha;
  return attempt.evidence?.headSha ?? null;
}
function publishHeads(state, facts, taken, movesBranch) {
  const effects = [];
  const moved = /* @__PURE__ */ new Set();
  for (const receipt of taken) {
    const moves = movesOfReceipt(state, facts, receipt, movesBranch);
    if (moves.some((move) => move.branch === taskBranch(state.ledger, receipt.task))) moved.add(receipt.task);
    effects.push({ kind: "move-branches", key: `receipt.${receipt.task}.${receipt.generation}`, moves });
  }
  for (const { id } of state.ledger.plan.tasks) {
    if (moved.has(id)) continue;
    const move = moveOfTask(state, facts, id, movesBranch);
    if (move !== null) effects.push({ kind: "move-branches", key: `branch.${id}.${move.to ?? "gone"}`, moves: [move] });
  }
  return effects;
}
function movesOfReceipt(state, facts, receipt, movesBranch) {
  const { task, attempt, generation, receiptSha, headSha } = receipt;
  const plan = state.ledger.plan.id;
  const drop = {
    branch: branchFor({ kind: "receipt", plan, task, attempt, generation }),
    from: receiptSha,
    to: null,
    force: false
  };
  if (headSha === null || receipt.isGiven) return [drop];
  const keep = {
    branch: branchFor({ kind: "attempt", plan, task, attempt }),
    from: null,
    to: headSha,
    force: false
  };
  const move = moveOfTask(state, facts, task, movesBranch);
  return move === null ? [keep, drop] : [keep, move, drop];
}
function moveOfTask(state, facts, task, movesBranch) {
  const record = state.ledger.tasks[task];
  if (record === void 0) return null;
  const branch = taskBranch(state.ledger, task);
  const found = facts.branches.get(task) ?? null;
  const heads = ownHeads(record.attempts);
  if (landedAttempt(record) !== null) return found === null || !heads.has(found) ? null : remove(branch, found);
  const wanted = wantedHead(lastAttempt(record), movesBranch);
  if (wanted === null || found === wanted) return null;
  if (found !== null && !heads.has(found)) return null;
  if (found === null && state.record.pulls[task] !== void 0 && record.closedPull === void 0) return null;
  return { branch, from: found, to: wanted, force: true };
}
function remove(branch, from) {
  return { branch, from, to: null, force: false };
}

// src/core/hosted/read-work.ts
function readWork(input, nowMs) {
  const reading = {
    input,
    nowMs,
    record: input.record,
    inFlight: /* @__PURE__ */ new Set(),
    evidence: /* @__PURE__ */ new Map(),
    trials: /* @__PURE__ */ new Map(),
    final: null,
    diedFinal: null,
    taken: [],
    wakeAtMs: null
  };
  const dispatches = input.record.dispatches.map((dispatch) => readDispatch(reading, dispatch));
  const isChanged = dispatches.some((dispatch, at) => dispatch !== input.record.dispatches[at]);
  return { ...reading, record: isChanged ? { ...reading.record, dispatches } : reading.record };
}
function readDispatch(reading, before) {
  const { input, nowMs } = reading;
  const taken = takeDispatchOutcome(reading.record, before, input, nowMs);
  reading.record = taken.record;
  const { dispatch } = taken;
  if (dispatch.run === null) {
    for (const leg of dispatch.legs) if (!leg.isOver) reading.inFlight.add(legKey(leg));
    return dispatch;
  }
  const run = before.run === null ? "unseen" : lookAtRun(reading, dispatch, dispatch.run);
  const times = timesOf(dispatch, run, nowMs);
  const legs = dispatch.legs.map((leg) => readLeg(reading, { ...dispatch, ...times }, leg, run));
  const isSame = legs.every((leg, at) => leg === dispatch.legs[at]);
  return isSame && Object.keys(times).length === 0 ? dispatch : { ...dispatch, ...times, legs };
}
function lookAtRun({ input, nowMs }, dispatch, run) {
  const found = input.facts.runs.get(dispatch.nonce);
  if (found !== void 0 && found.id === run.id) return found;
  return nowMs - namedAtMs(dispatch) < input.config.missingGraceMs ? "unseen" : "vanished";
}
function timesOf(dispatch, run, nowMs) {
  if (typeof run === "string") return {};
  return {
    ...run.status !== "waiting" && dispatch.begunAt === null ? { begunAt: nowMs } : {},
    ...run.status === "completed" && dispatch.endedAt === void 0 ? { endedAt: nowMs } : {}
  };
}
function readLeg(reading, dispatch, leg, run) {
  const { input, nowMs } = reading;
  if (leg.isOver || dispatch.run === null) return leg;
  const awaited = findAwaited(input.ledger, leg);
  if (awaited === null) return leg;
  const key = legKey(leg);
  const receipt = input.facts.receipts.get(key);
  if (receipt !== void 0 && typeof run !== "string" && run.isGenuine) {
    const read = readReceipt(receipt, { nonce: dispatch.nonce, run: dispatch.run, leg, awaited });
    if (read.kind === "believed" && !isUnended(read.result)) {
      reading.taken.push({ leg, receiptSha: receipt.commitSha, headSha: receipt.head?.sha ?? null });
      return endLeg(reading, leg, read.result);
    }
    if (read.kind === "refused") {
      const detail = `What run ${describeRun2(dispatch.run)} left is not believed: ${read.because}.`;
      return endLeg(reading, leg, failWork(input.ledger, awaited, { cause: "evidence-refused", detail }, nowMs));
    }
  }
  const failure = findFailure(reading, dispatch, dispatch.run, run);
  if (failure !== null) {
    const ended = failLeg(reading, leg, awaited, failure);
    const isStillOurs = typeof run !== "string" && run.status !== "completed" && run.isGenuine;
    return isStillOurs ? { ...ended, isStopped: true } : ended;
  }
  reading.inFlight.add(key);
  return leg;
}
function failLeg(reading, leg, awaited, failure) {
  const { input, nowMs } = reading;
  const hasDied = failure.cause === "run-failed" || failure.cause === "run-lost";
  if (leg.work !== "final" || !hasDied || !mayRetryFinal(input.ledger.final))
    return endLeg(reading, leg, failWork(input.ledger, awaited, failure, nowMs));
  reading.diedFinal = { generation: leg.generation, because: failure.detail };
  return { ...leg, isOver: true };
}
function isUnended(result) {
  return result.work === "attempt" && result.evidence.outcome === "cancelled";
}
function findFailure(reading, dispatch, named, run) {
  const { config } = reading.input;
  const who = `Run ${describeRun2(named)}`;
  if (run === "vanished") return { cause: "run-lost", detail: `${who} is not known to the forge any more.` };
  if (run === "unseen") return waitUntil(reading, namedAtMs(dispatch) + config.missingGraceMs);
  if (!run.isGenuine)
    return {
      cause: "evidence-refused",
      detail: `${who} is not the one that was dispatched: it is of another workflow file, branch, event or actor.`
    };
  if (dispatch.endedAt !== void 0) {
    const graceEnds = dispatch.endedAt + config.receiptGraceMs;
    return graceEnds <= reading.nowMs ? failureOf(run, who) : waitUntil(reading, graceEnds);
  }
  if (dispatch.begunAt !== null) return null;
  const startEnds = namedAtMs(dispatch) + config.startTimeoutMs;
  if (startEnds > reading.nowMs) return waitUntil(reading, startEnds);
  const minutes = Math.round(config.startTimeoutMs / 6e4);
  return {
    cause: "run-lost",
    detail: `${who} had not begun ${minutes} minutes after it was asked for, and is cancelled: no runner has taken it. See that a runner is free for what \`runs_on\` asks.`
  };
}
function failureOf(run, who) {
  if (run.conclusion === "cancelled") return { cause: "run-cancelled", detail: `${who} was cancelled by hand.` };
  if (run.conclusion === null)
    return { cause: "run-failed", detail: `${who} ended without a result, and what was started again does not count.` };
  const detail = `${who} ended as '${run.conclusion}' and left no result for this; its log says why.`;
  return { cause: "run-failed", detail };
}
function waitUntil(reading, timeMs) {
  reading.wakeAtMs = Math.min(reading.wakeAtMs ?? timeMs, timeMs);
  return null;
}
function endLeg(reading, leg, result) {
  const key = legKey(leg);
  if (result.work === "attempt") reading.evidence.set(key, result.evidence);
  else if (result.work === "trial") reading.trials.set(key, result.result);
  else reading.final = result.result;
  return { ...leg, isOver: true };
}
function describeRun2({ id, url }) {
  return `${id} (${url})`;
}

// src/core/hosted/work-plan.ts
var MAX_PASSES = 4;
function workPlan(asked, leases, nowMs) {
  const facts = { ...asked.facts, landed: seeLandings(asked.state.ledger, asked.facts) };
  const input = { ...asked, facts };
  const { outcomes, config, replica } = input;
  const pinned = pinText(input, nowMs);
  const reading = readWork({ ...input, ledger: pinned.ledger, record: pinned.record }, nowMs);
  const followed = followQueue({ ...input, ledger: pinned.ledger, trials: reading.trials }, nowMs);
  const adopted = adoptHeads({ ...input, ledger: followed.ledger, record: reading.record }, nowMs);
  const way = wayOf(input);
  const issuePlan = facts.issue === null ? null : readIssuePlan(facts.issue.number, facts.issue.body, facts.configText);
  let state = { ...pinned, ledger: adopted.ledger, record: reading.record };
  const effects = [];
  const notes = [...followed.notes, ...adopted.notes];
  const trials = new Map(reading.trials);
  let dispatched = null;
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const decision = decide(
      takeSnapshot(input, state, { reading, trials }, nowMs),
      decideConfig(input, state, way, issuePlan?.isConfigRead !== false),
      nowMs
    );
    state = { ...state, ledger: decision.ledger, queue: decision.queue };
    notes.push(...decision.notes);
    dispatched = dispatchWork({ ...input, state, actions: decision.actions, leases }, nowMs);
    state = { ...state, ledger: dispatched.ledger, record: dispatched.record };
    effects.push(...dispatched.effects);
    if ("way" in way) effects.push(...landEffects(state, facts, decision.actions, way, leases));
    if (dispatched.trials.size === 0) break;
    for (const [key, result] of dispatched.trials) trials.set(key, result);
  }
  if (issuePlan !== null) {
    const record = noteObstacle(state.record, findObstacleOf(state, facts, issuePlan, way), nowMs);
    state = { ...state, record };
  }
  const answered = answerQueue({ ...input, state, wantedChecks: wantedChecksOf(input) }, leases, nowMs);
  const tested = dispatchWork({ ...answered, facts, outcomes, config, replica, actions: [], leases }, nowMs);
  state = { ...answered.state, ledger: tested.ledger, record: tested.record };
  effects.push(...tested.effects, ...answered.effects);
  notes.push(...answered.notes);
  const heads = publishHeads(state, facts, takenReceipts(reading), "way" in way && way.movesBranch);
  const dueTimes = [reading, followed, dispatched, answered, tested].map((part) => part?.wakeAtMs ?? null);
  const wakeAtMs = earliest([...dueTimes, findDueMs(state, config, nowMs)]);
  return { state, effects: [...heads, ...effects], notes, wakeAtMs };
}
function pinText(input, nowMs) {
  const { state, facts } = input;
  const { issue } = facts;
  const pulls = recordPulls(state, facts);
  const proposed = issue === null ? state.record.proposed : proposePlan(state.ledger, state.record, readIssuePlan(issue.number, issue.body, facts.configText), nowMs);
  const ledger = issue === null || state.record.isReported ? state.ledger : followIssue(state.ledger, issue.isOpen, nowMs);
  if (ledger === state.ledger && pulls === state.record.pulls && proposed === state.record.proposed) return state;
  return { ...state, ledger, record: { ...state.record, pulls, proposed } };
}
var CLOSED_ISSUE = "the closing of the issue";
function followIssue(ledger, isOpen, nowMs) {
  if (!isOpen && ledger.paused === null) return { ...ledger, paused: { at: nowMs, by: CLOSED_ISSUE } };
  if (isOpen && ledger.paused?.by === CLOSED_ISSUE) return { ...ledger, paused: null };
  return ledger;
}
function wantedChecksOf({ facts }) {
  const { issue } = facts;
  return issue === null ? [] : readIssuePlan(issue.number, issue.body, facts.configText).config.github.checks;
}
function wayOf({ facts, config, state }) {
  const way = landingWay(facts.rules, config, facts.app.id);
  const { issue } = facts;
  if ("impossible" in way || way.movesBranch || issue === null) return way;
  const asksChecks = readIssuePlan(state.record.issue, issue.body, facts.configText).config.github.checks.length > 0;
  return asksChecks ? { ...way, movesBranch: true } : way;
}
function takeSnapshot({ facts, outcomes }, state, results, nowMs) {
  const { reading, trials } = results;
  return {
    ledger: state.ledger,
    queue: state.queue,
    me: APP_HOLDER,
    deadHolders: [],
    tip: facts.base.tip,
    inFlight: reading.inFlight,
    evidence: reading.evidence,
    trials,
    final: reading.final,
    diedFinal: reading.diedFinal,
    landed: facts.landed,
    busyLandings: findBusyLandings({ ledger: state.ledger, record: state.record, facts, outcomes }, nowMs),
    refusals: readRefusals(state, outcomes),
    pulls: pullGateFacts(state, facts, wantedChecksOf({ facts }))
  };
}
function decideConfig(input, state, way, isConfigRead) {
  const { config } = input;
  return {
    maxParallel: maxParallelOf(input),
    leaseMs: config.leaseMs,
    backoffMs: config.backoffMs,
    landingStrength: "way" in way ? way.strength : "exact",
    ..."way" in way ? { landingWay: way.way } : { mayLand: false },
    // Without its configuration no run can be made, and none is tried.
    only: isConfigRead ? dispatchableTasks(state.ledger, state.record) : /* @__PURE__ */ new Set()
  };
}
function takenReceipts(reading) {
  return reading.taken.map(({ leg, receiptSha, headSha }) => ({
    task: leg.task,
    attempt: leg.attempt,
    generation: leg.generation,
    receiptSha,
    headSha,
    isGiven: leg.mode === "verify"
  }));
}
function findDueMs({ ledger, queue }, { leaseMs }, nowMs) {
  const finalMs = ledger.final?.result == null ? ledger.final?.died?.notBefore ?? 0 : 0;
  const times = Object.values(ledger.tasks).flatMap((record) => {
    const last = lastAttempt(record);
    const landing = isActive(last) ? last?.landing ?? null : null;
    return [record.notBefore, ...landing === null ? [] : [landing.notBefore, nowMs + leaseMs]];
  });
  const claimMs = findClaimBefore(queue, ledger.plan.id, nowMs)?.until ?? 0;
  return earliest([finalMs, claimMs, ...times].filter((time) => time > nowMs));
}

// src/core/hosted/decide-hosted.ts
function decideHosted(asked, nowMs) {
  const { facts, outcomes, replica } = asked;
  const nothing = { effects: [], notes: [], wakeAtMs: null, wantsBase: null };
  if (facts.issue === null || facts.repository.isArchived) return { ...nothing, state: asked.state };
  const config = withRepository(asked.config, facts);
  const keeping = judgeKeeping({ ...asked, config }, nowMs);
  if (keeping.kind === "foreign") return { ...nothing, ...keeping };
  const input = { ...asked, config, state: noteOutcomes({ ...asked, state: keeping.state }) };
  const leases = openLeases(input.state.record, outcomes, { replica, leaseMs: config.leaseMs, nowMs });
  const spoken = applyCommands(input, nowMs);
  if (spoken.wantsBase !== null) return { ...nothing, state: asked.state, wantsBase: spoken.wantsBase };
  const { ledger } = spoken.state;
  const worked = ledger === null ? { state: spoken.state, effects: [], notes: [], wakeAtMs: null } : workPlan({ ...input, state: { ...spoken.state, ledger } }, leases, nowMs);
  const shown = show(
    { ...input, state: worked.state, before: asked.state.record, replies: spoken.replies },
    leases,
    nowMs
  );
  const cleaned = spoken.isCleanUpAsked ? cleanUp(shown.state) : [];
  return {
    state: { ...shown.state, record: withLeases(shown.state.record, leases) },
    effects: [...spoken.effects, ...worked.effects, ...shown.effects, ...cleaned],
    notes: worked.notes,
    wakeAtMs: earliest([spoken.wakeAtMs, worked.wakeAtMs, shown.dueMs, leases.nextLapseMs]),
    wantsBase: null
  };
}
function withRepository(config, facts) {
  const { issue } = facts;
  if (issue === null) return config;
  const repository = readIssuePlan(issue.number, issue.body, facts.configText).config;
  const { landing, allowedBotIds, stuckAfterMs } = repository.github;
  return {
    ...config,
    landing: landing === "auto" ? config.landing : landing,
    maxParallel: repository.maxParallel ?? config.maxParallel,
    allowedBotIds: [...config.allowedBotIds, ...allowedBotIds],
    stuckAfterMs: stuckAfterMs ?? config.stuckAfterMs
  };
}
function withLeases(record, leases) {
  const next = leases.finish();
  return next === record.leases ? record : { ...record, leases: next };
}

// src/engine/reconcile-hosted.ts
var LONGEST_REQUEST_MS = 32e3;
var CLICK_LIVES_MS = 10 * 6e4;
var MAX_LOOKS = 4;
var HostedPlan = class {
  deps;
  issue;
  plan;
  notices;
  known = null;
  /** Where the ledger of an accepted plan last stood; `null` while none is known. */
  ledgerSha = null;
  /** The base that the issue's text names, while no ledger does. */
  wantedBase = null;
  outcomes = /* @__PURE__ */ new Map();
  clicks = [];
  constructor(deps, issue) {
    this.deps = deps;
    this.issue = issue;
    this.plan = planIdOf(issue);
    this.notices = new ForbiddenNotices(deps.forge, issue, deps.config.hasJobToken ? "job" : "app");
  }
  /** A button that a person clicked. It cannot be read again from the forge; the command that does the same can. */
  addClick(click) {
    if (this.clicks.some((known) => known.click.source === click.source)) return;
    this.clicks.push({ click, heardAtMs: this.deps.clock.now() });
  }
  /** What a hint may call this plan by, as last known; `null` before its ledger was read or if it has none. */
  get names() {
    const state = this.known?.state;
    if (state === void 0 || state.ledger === null) return null;
    const { ledger, record } = state;
    return {
      base: ledger.target,
      branches: new Set(ledger.plan.tasks.map((task) => taskBranch(ledger, task.id))),
      pulls: new Set(Object.values(record.pulls).map((pull) => pull.number)),
      runs: new Set(record.dispatches.flatMap(({ run }) => run === null ? [] : [run.id])),
      heads: new Set(Object.values(record.pulls).map((pull) => pull.headSha))
    };
  }
  /** One reconcile. Throws only what nobody expects; the state is then read anew next time. */
  async reconcile() {
    try {
      return await this.look();
    } catch (error) {
      this.known = null;
      this.outcomes = new Map([...this.outcomes].filter(([, { kind }]) => kind !== "forbidden"));
      if (this.ledgerSha !== null) await this.notices.tell(error, this.ledgerSha);
      throw error;
    }
  }
  async look() {
    for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
      const { facts, version } = await this.deps.forge.observe(this.query(), this.plan);
      if (!this.isCurrent(version)) {
        await this.readLedgers(version, facts.base.branch);
        continue;
      }
      const decision = this.decide(facts);
      if (decision.wantsBase !== null && decision.wantsBase !== facts.base.branch) {
        this.wantedBase = decision.wantsBase;
        continue;
      }
      return await this.carryOut(decision, facts);
    }
    return { again: true, isUntold: false, wakeAtMs: null, notes: [], certificates: [], facts: null, state: null };
  }
  query() {
    const logins = this.clicks.map(({ click }) => click.actor.login);
    return makeQuery(this.known?.state ?? null, this.issue, { base: this.wantedBase, logins });
  }
  isCurrent(version) {
    return this.known !== null && this.known.version.plan === version.plan && this.known.version.queue === version.queue;
  }
  async readLedgers(version, base) {
    const [planFiles, queueFiles] = await Promise.all([this.readFiles(version.plan), this.readFiles(version.queue)]);
    const record = planFiles === null ? null : unwrap(readForgeFiles(planFiles), this.plan);
    const ledger = planFiles !== null && hasPlanFiles(planFiles) ? unwrap(readPlanFiles(planFiles), this.plan) : null;
    const queue = queueFiles === null ? createQueueLedger(base) : unwrap(readQueueFiles(queueFiles), this.plan);
    const state = { ledger, queue, record: record ?? createForgeRecord(this.issue) };
    const isOfBase = ledger === null || ledger.target === base;
    this.known = { state, version: isOfBase ? version : { ...version, queue: null }, base: ledger?.target ?? base };
    this.ledgerSha = ledger === null ? null : version.plan;
  }
  async readFiles(at) {
    return at === null ? null : this.deps.forge.readLedgerFiles(at);
  }
  decide(facts) {
    if (this.known === null)
      throw new Error(`The ledger of plan '${this.plan}' was not read before it was decided on.`);
    const { replica, config, clock } = this.deps;
    const input = {
      state: this.known.state,
      facts,
      outcomes: this.outcomes,
      clicks: this.clicks.map(({ click }) => click),
      config,
      replica
    };
    return decideHosted(input, clock.now());
  }
  async carryOut(decision, facts) {
    const { effects, wakeAtMs, notes } = decision;
    const decidedAtMs = this.deps.clock.now();
    const before = this.known?.state.ledger?.certificates.length ?? 0;
    const written = await this.writeOrTell(decision, facts.base.branch);
    if (!written)
      return { again: true, isUntold: false, wakeAtMs: null, notes: [], certificates: [], facts, state: null };
    this.forgetClicks(decision);
    const at = this.known?.version.plan ?? NO_LEDGER;
    this.outcomes = /* @__PURE__ */ new Map();
    if (effects.length > 0) {
      const notAfterMs = decidedAtMs + this.deps.config.leaseMs - LONGEST_REQUEST_MS;
      this.outcomes = await this.deps.forge.perform(effects, at, notAfterMs);
    }
    const certificates = decision.state.ledger?.certificates.slice(before) ?? [];
    return {
      again: isWorthALook(this.outcomes),
      isUntold: [...this.outcomes.values()].some(({ kind }) => kind !== "later"),
      wakeAtMs: earliest2(wakeAtMs, this.outcomes),
      notes,
      certificates,
      facts,
      state: decision.state
    };
  }
  /** Drops the clicks that were taken up, and those that nothing came of for a while (another head, a foreign button). */
  forgetClicks({ state }) {
    const taken = new Set(state.record.commands.map((command) => command.source));
    const nowMs = this.deps.clock.now();
    this.clicks = this.clicks.filter(
      ({ click, heardAtMs }) => !taken.has(click.source) && nowMs - heardAtMs < CLICK_LIVES_MS
    );
  }
  /** A first command makes an issue a plan, and may be what cannot be written. */
  async writeOrTell(decision, base) {
    try {
      return await this.write(decision, base);
    } catch (error) {
      await this.notices.tell(error, this.ledgerSha);
      throw error;
    }
  }
  /** False if somebody was faster: nothing of the decision may be done then. */
  async write({ state }, base) {
    const { known } = this;
    if (known === null) return false;
    const isPlanSame = state.ledger === known.state.ledger && state.record === known.state.record;
    const isQueueSame = state.queue === known.state.queue;
    if (isPlanSame && isQueueSame) return true;
    const planFiles = {
      ...state.ledger === null ? {} : writePlanFiles(state.ledger),
      ...writeForgeFiles(state.record)
    };
    const outcome = await this.deps.forge.writeLedgers({
      plan: this.plan,
      base: state.ledger?.target ?? base,
      version: known.version,
      planFiles: isPlanSame ? null : planFiles,
      queueFiles: isQueueSame ? null : writeQueueFiles(state.queue),
      subject: `Plan of #${this.issue}`
    });
    if (outcome.kind !== "written") {
      this.known = null;
      return false;
    }
    this.known = { ...known, state, version: outcome.version };
    this.ledgerSha = state.ledger === null ? null : outcome.version.plan;
    return true;
  }
};
function unwrap(reading, plan) {
  if (reading.ok) return reading.value;
  throw new LedgerError(
    `The ledger of plan '${plan}' cannot be read: ${reading.because}. Its branch's history holds every earlier state.`
  );
}
var NEWS = /* @__PURE__ */ new Set([
  "run-named",
  "trial-made",
  "trial-conflict",
  "pull-opened",
  "elsewhere",
  "no-workflow"
]);
function isWorthALook(outcomes) {
  return [...outcomes].some(
    ([key, { kind }]) => NEWS.has(kind) || kind !== "later" && key.startsWith("land.") || // The issue is closed once its report stands there, and is then left as it is.
    kind === "comment-posted" && /^answer\.(?:report|keeper)\./.test(key) || kind === "done" && key === "close"
  );
}
function earliest2(wakeAtMs, outcomes) {
  const times = [...outcomes.values()].flatMap((outcome) => outcome.kind === "later" ? [outcome.notBeforeMs] : []);
  const all = wakeAtMs === null ? times : [wakeAtMs, ...times];
  return all.length === 0 ? null : Math.min(...all);
}

export {
  readIssuePlan,
  renderStatusComment,
  sceneOf,
  HostedPlan
};
