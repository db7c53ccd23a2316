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
  workKey
} from "./chunk-KOHP7R6O.mjs";
import {
  MAY_OPEN_PULLS,
  asksForGate
} from "./chunk-CQY33ZTP.mjs";
import {
  byteLength,
  code,
  formatTimestamp,
  isActive,
  join,
  landedAttempt,
  lastAttempt,
  ownHeads,
  prose,
  say
} from "./chunk-GMXT2ENO.mjs";
import {
  branchFor,
  findHostedGaps
} from "./chunk-CICE3PZ7.mjs";
import {
  cleanLine
} from "./chunk-AVVG3THQ.mjs";
import {
  digestJson,
  digestText
} from "./chunk-TFCDRFP4.mjs";

// src/core/report/hosted/hosted-words.ts
var STATE_SIGNS = {
  waiting: "⚪",
  running: "🔵",
  queued: "🟣",
  trying: "🔵",
  landing: "🔵",
  landed: "✅",
  held: "🟠",
  failed: "❌",
  cancelled: "⚫"
};
var STATE_PHRASES = {
  waiting: "is waiting",
  running: "is running",
  queued: "is queued to land",
  trying: "is being tested on the tip",
  landing: "is landing",
  landed: "has landed",
  held: "is held",
  failed: "has failed",
  cancelled: "was cancelled"
};
var RULE_SIGNS = {
  passed: "✅",
  waived: "🟡",
  "not-asked": "➖",
  pending: "⏳",
  failed: "❌"
};
function usd(amount) {
  if (amount === null) return "unknown";
  return amount > 0 && amount < 5e-3 ? "under 0.01 USD" : `${amount.toFixed(2)} USD`;
}
function minuteOf(atMs) {
  return `${formatTimestamp(atMs).slice(0, 16)}Z`;
}
function listIds(ids, most = 6) {
  const shown = join(
    ids.slice(0, most).map((id) => code(id)),
    ", "
  );
  return ids.length > most ? say`${shown} and ${ids.length - most} more` : shown;
}
function sentence(text) {
  const line = text.trim();
  if (line === "") return "";
  return `${line[0]?.toUpperCase() ?? ""}${line.slice(1)}${/[.!?…]$/.test(line) ? "" : "."}`;
}
function firstLine(text) {
  return (text.slice(0, 4e3).split(/[\r\n]/).find((line) => line.trim() !== "") ?? "").trim();
}
function withCommand(text, maxLength = 600) {
  const match = /^(.*?)(\/espalier(?: [a-z0-9-]+){1,3})[.]?$/s.exec(text.trim());
  if (match === null) return prose(sentence(text), maxLength);
  const [, before = "", command = ""] = match;
  const lead = before.trim() === "" ? say`Comment` : prose(sentence(before).replace(/\.$/, ""), maxLength);
  return say`${lead} ${code(command)}.`;
}

// src/core/report/hosted/obstacle.ts
var PERMISSION_HELP = "An owner grants permissions under **Settings → GitHub Apps → Configure** of the account that the repository belongs to. A permission that is new to the app waits there to be accepted.";
var JOB_HELP = "What the token of a job may do stands under `permissions` in the workflow file. Some things no workflow can be given; for them Espalier takes the token of an app of your own, which the same workflow makes.";
var PULLS_HELP = "It stands under **Settings → Actions → General → Workflow permissions**. Where it is greyed out, the organization has switched it off in the settings of its own.";
var WORKFLOW_HELP = "The command `espalier init` writes the workflows (`espalier init --check` says what is missing). They belong into `.github/workflows/` on the default branch.";
var HELP = [
  ["setting:pulls", PULLS_HELP],
  ["job-", JOB_HELP],
  ["forbidden", PERMISSION_HELP],
  ["permission", PERMISSION_HELP],
  ["dispatch-forbidden", PERMISSION_HELP],
  ["dispatch-missing", WORKFLOW_HELP],
  ["dispatch-no-trigger", WORKFLOW_HELP],
  ["dispatch-wrong-version", WORKFLOW_HELP],
  ["dispatch-disabled", "A workflow is enabled in the Actions tab: choose it there, then **Enable workflow**."],
  ["dispatch-actions-disabled", "Actions is allowed under **Settings → Actions → General** of the repository."]
];
function renderObstacle({ code: code2, because, next }) {
  const help = HELP.find(([prefix]) => code2.startsWith(prefix))?.[1];
  return [
    "## The plan cannot go on",
    prose(sentence(because), 800).markdown,
    say`**What to do:** ${withCommand(next, 800)}`.markdown,
    ...help === void 0 ? [] : [help],
    "Nothing is lost: what was done stands in the ledger, and work goes on from there."
  ].join("\n\n");
}

// src/core/hosted/leg-key.ts
function legKey(leg) {
  return leg.work === "final" ? `final.${leg.generation}` : workKey(leg.task, leg.attempt, leg.generation);
}

// src/core/hosted/make-query.ts
function makeQuery(state, issue, extra) {
  const record = state?.record ?? null;
  const ledger = state?.ledger ?? null;
  const knownSources = new Set(record?.commands.map((command) => command.source));
  const frame = { issue, statusComment: record?.statusComment ?? null, knownSources, logins: extra.logins };
  if (ledger === null || record === null)
    return { ...frame, base: extra.base, tasks: [], trials: [], runs: [], receipts: [], landings: [] };
  return {
    ...frame,
    base: ledger.target,
    tasks: listLiveTasks(ledger, record),
    trials: listTrials(ledger),
    runs: record.dispatches.flatMap(
      ({ nonce, run }) => run === null ? [] : [{ nonce, runId: run.id, nodeId: run.nodeId }]
    ),
    receipts: listReceipts(ledger, record),
    landings: listLandings(ledger)
  };
}
function taskBranch(ledger, task) {
  const named = ledger.plan.tasks.find((one) => one.id === task)?.branch ?? null;
  return named ?? branchFor({ kind: "task", plan: ledger.plan.id, task });
}
function listLiveTasks(ledger, record) {
  return ledger.plan.tasks.flatMap(({ id }) => {
    const pull = record.pulls[id];
    const task = ledger.tasks[id];
    if (lastAttempt(task) === null || pull?.isDone === true) return [];
    const number = pull?.number === task?.closedPull ? null : pull?.number ?? null;
    return [{ task: id, branch: taskBranch(ledger, id), pull: number }];
  });
}
function listTrials(ledger) {
  return Object.entries(ledger.tasks).flatMap(([id, record]) => {
    const last = lastAttempt(record);
    if (last?.status !== "verified" || last.trial === null || last.trial.result !== null) return [];
    const task = id;
    return [{ task, branch: branchFor({ kind: "trial", plan: ledger.plan.id, task, attempt: last.attempt }) }];
  });
}
function listReceipts(ledger, record) {
  return record.dispatches.flatMap(
    ({ run, legs }) => run === null ? [] : legs.filter((leg) => !leg.isOver).map((leg) => ({
      key: legKey(leg),
      branch: branchFor({ kind: "receipt", plan: ledger.plan.id, ...leg }),
      runId: run.id,
      artifact: `espalier-${leg.task}.${leg.attempt}-evidence.json`
    }))
  );
}
function listLandings(ledger) {
  return Object.entries(ledger.tasks).flatMap(([task, record]) => {
    const last = lastAttempt(record);
    if (last?.status !== "verified" || last.landing === null) return [];
    return [{ task, commitSha: last.landing.commitSha }];
  });
}

// src/core/hosted/low-quota.ts
var LOW_QUOTA_SHARE = 0.1;
function listLowQuotas({ quota, readAtMs }) {
  const isLow = (found) => found !== null && found.remaining < found.limit * LOW_QUOTA_SHARE && found.resetAtMs > readAtMs;
  return [
    ...isLow(quota.rest) ? [{ name: "REST", resetAtMs: quota.rest.resetAtMs }] : [],
    ...isLow(quota.graphql) ? [{ name: "GraphQL", resetAtMs: quota.graphql.resetAtMs }] : []
  ];
}
function withoutPatient(effects, { rules, app }) {
  const isGateAsked = asksForGate(rules, app.id);
  return effects.filter(({ kind, ...effect }) => {
    if (kind === "update-pull" || kind === "set-labels") return false;
    return kind !== "check-run" || isGateAsked || !("nodeId" in effect) || effect.nodeId === null;
  });
}

// src/core/hosted/show-plan.ts
var EDIT_EVERY_MS = 5e3;
var SPARING_EDIT_EVERY_MS = 5 * 6e4;
var STAMP = /\n<!-- espalier:text ([0-9a-f]{16}) -->\s*$/;
function stamp(body) {
  return `${body}
<!-- espalier:text ${digestJson(body).slice(0, 16)} -->`;
}
function showStatus(state, facts, body, leases, nowMs) {
  const frame = { kind: "status-comment", thread: state.record.issue, body: stamp(body) };
  const found = facts.statusComment;
  if (state.record.statusComment === null || found === null) {
    const { granted } = leases.take("status");
    return { effects: granted ? [{ ...frame, key: "status", nodeId: null }] : [], dueMs: null };
  }
  if (STAMP.exec(found.body)?.[1] === STAMP.exec(frame.body)?.[1]) return { effects: [], dueMs: null };
  const [low] = listLowQuotas(facts);
  const everyMs = low === void 0 ? EDIT_EVERY_MS : SPARING_EDIT_EVERY_MS;
  const dueMs = (found.editedAtMs ?? 0) + everyMs;
  if (dueMs > nowMs) return { effects: [], dueMs };
  return { effects: [{ ...frame, key: "status-edit", nodeId: found.nodeId }], dueMs: null };
}
function answerMarker(key) {
  return `<!-- espalier:answer ${key} -->`;
}
function listAnswered(comments) {
  return new Set(
    comments.flatMap(
      ({ isOwn, body }) => isOwn ? /^<!-- espalier:answer (\S+) -->/.exec(body)?.slice(1) ?? [] : []
    )
  );
}
function postAnswers(state, facts, outcomes, leases) {
  const threads = [facts.issue?.comments ?? [], ...[...facts.pulls.values()].map((pull) => pull.comments)];
  const posted = listAnswered(threads.flat());
  const effects = [];
  const left = [];
  for (const answer of state.record.answers) {
    const key = `answer.${answer.key}`;
    if (posted.has(answer.key) || outcomes.get(key)?.kind === "comment-posted") {
      leases.free(key);
      continue;
    }
    left.push(answer);
    const { granted, isRepeat } = leases.take(key);
    if (!granted) continue;
    const body = `${answerMarker(answer.key)}
${answer.body}`;
    effects.push({ kind: "answer", key, thread: answer.thread, body, lookFirst: isRepeat });
    if (isRepeat && answer.reaction !== void 0)
      effects.push({
        kind: "react",
        key: `react.${answer.key}`,
        commentNodeId: answer.key,
        content: answer.reaction
      });
  }
  return { effects, left };
}

// src/core/hosted/plan-obstacles.ts
var CODE_PREFIX = "repository-";
function noteObstacle(record, found, nowMs) {
  const known = record.obstacle;
  if (known !== null && !known.code.startsWith(CODE_PREFIX)) return record;
  if (known === null ? found === null : known.code === found?.code && known.because === found.because) return record;
  return { ...record, obstacle: found === null ? null : { ...found, at: nowMs } };
}
function findObstacleOf(state, facts, issuePlan, way) {
  const { target } = state.ledger;
  if (facts.base.tip === null)
    return say2("base", `there is no branch '${target}' any more, on which the plan lands`, `restore '${target}'`);
  if (!issuePlan.isConfigRead)
    return say2(
      "config",
      `.github/espalier.yml on '${target}' cannot be read, so that nobody knows which checks it asks for`,
      "mend that file; the command /espalier check shows what is wrong with it"
    );
  if ("impossible" in way) return say2("landing", way.impossible, way.next);
  const gap = findGapOf(state, issuePlan);
  if (gap !== null) return gap;
  const taken = findTakenBranch(state, facts);
  if (taken !== null)
    return say2(
      "branch",
      `the branch '${taken.branch}', which the plan names for task '${taken.task}', holds work of somebody else`,
      "rename or delete that branch, or give the task another one in the plan"
    );
  return null;
}
function findGapOf({ ledger }, { config }) {
  const [first, ...others] = ledger.plan.tasks;
  const isOpen = ({ id }) => landedAttempt(ledger.tasks[id]) === null;
  const needsFirst = ledger.plan.final.length > 0 && ledger.final?.result == null;
  const open = [...first === void 0 || !(needsFirst || isOpen(first)) ? [] : [first], ...others.filter(isOpen)];
  for (const task of open) {
    const [gap] = findHostedGaps(task, config);
    if (gap !== void 0) return say2(gap.code, `task '${task.id}': ${gap.because}`, gap.next);
  }
  return null;
}
function findTakenBranch(state, facts) {
  const { ledger, record } = state;
  for (const { id, branch } of ledger.plan.tasks) {
    const attempts = ledger.tasks[id]?.attempts ?? [];
    const tip = facts.branches.get(id);
    if (branch === null || tip === void 0 || record.pulls[id] !== void 0) continue;
    const last = lastAttempt(ledger.tasks[id]);
    if (isActive(last) && last?.status === "verified" && !ownHeads(attempts).has(tip))
      return { task: id, branch: taskBranch(ledger, id) };
  }
  return null;
}
function obstacleOfForbidden({ permission, because }, holder) {
  const what = cleanLine(because, 300);
  if (permission === MAY_OPEN_PULLS)
    return {
      code: "setting:pulls",
      because: `a setting keeps GitHub Actions from opening pull requests in this repository: ${what}`,
      next: "tick 'Allow GitHub Actions to create and approve pull requests' in the settings of the repository, then give the command /espalier run"
    };
  if (holder === "job") return obstacleOfJob(permission, what);
  if (permission === null)
    return {
      code: "forbidden",
      because: `the forge forbids it: ${what}`,
      next: "look at the permissions of the app and the rules of the repository, then give the command /espalier run"
    };
  const name = cleanLine(permission, 60);
  return {
    code: `permission:${name}`,
    because: `the app lacks the permission '${name}' in this repository: ${what}`,
    next: "accept that permission in the settings of the installation, then give the command /espalier run"
  };
}
var NEVER_OF_JOBS = /* @__PURE__ */ new Set(["workflows", "merge_queues", "administration", "members"]);
function obstacleOfJob(permission, what) {
  const [name = "", level = ""] = cleanLine(permission ?? "", 60).split("=", 2);
  if (name === "")
    return {
      code: "job-forbidden",
      because: `the forge forbids it to the token of the job: ${what}`,
      next: "look at 'permissions' in .github/workflows/espalier.yml and at the rules of the repository, then give the command /espalier run"
    };
  if (NEVER_OF_JOBS.has(name))
    return {
      code: `job-never:${name}`,
      because: `it takes the permission '${name}', which no workflow can give its token: ${what}`,
      next: "give Espalier the token of an app of your own (the README says how), then give the command /espalier run"
    };
  return {
    code: `job-permission:${name}=${level}`,
    because: `the token of the job lacks the permission '${name.replaceAll("_", "-")}: ${level}': ${what}`,
    next: "give it to the job 'reconcile' in .github/workflows/espalier.yml (espalier init --check shows what is missing), then give the command /espalier run"
  };
}
function noticeOfForbidden(issue, forbidden, holder) {
  const obstacle = obstacleOfForbidden(forbidden, holder);
  const [what = ""] = obstacle.code.split("=", 1);
  const name = `obstacle.${digestText(what).slice(0, 16)}`;
  const body = `${answerMarker(name)}
${renderObstacle(obstacle)}`;
  return { kind: "answer", key: `answer.${name}`, thread: issue, body, lookFirst: true };
}
function say2(code2, because, next) {
  return { code: `${CODE_PREFIX}${code2}`, because, next };
}

// src/ports/hosted-forge.ts
function readForbidden(error) {
  return error instanceof Error && "forbidden" in error ? error.forbidden ?? null : null;
}

// src/engine/tell-forbidden.ts
var NO_LEDGER = "0".repeat(40);
var ForbiddenNotices = class {
  forge;
  issue;
  holder;
  told = null;
  constructor(forge, issue, holder) {
    this.forge = forge;
    this.issue = issue;
    this.holder = holder;
  }
  /** Tells what `error` says of a missing permission, if it says anything of one. `ledgerSha`: `null` if there is none. */
  async tell(error, ledgerSha) {
    const forbidden = readForbidden(error);
    if (forbidden === null) return;
    const notice = noticeOfForbidden(this.issue, forbidden, this.holder);
    if (this.told === notice.key) return;
    try {
      const outcomes = await this.forge.perform([notice], ledgerSha ?? NO_LEDGER);
      if (outcomes.get(notice.key)?.kind === "comment-posted") this.told = notice.key;
    } catch {
    }
  }
};

// src/core/report/hosted/fit-document.ts
var MAX_BODY_BYTES = 65e3;
var MAX_CHECK_BYTES = 65e3;
var CUT_NOTE = "Some parts are left out here, because a text on this forge has to end somewhere.";
function whole(rank, text) {
  return { rank, render: () => text };
}
function fitDocument(sections, maxBytes) {
  let left = maxBytes - byteLength(CUT_NOTE) - 2;
  let isCut = false;
  const texts = sections.map(() => "");
  const byRank = [...sections.entries()].sort(([a, first], [b, second]) => first.rank - second.rank || a - b);
  for (const [index, section] of byRank) {
    const text = section.render(Math.max(0, left - 2));
    const bytes = text === null ? Number.POSITIVE_INFINITY : byteLength(text) + 2;
    if (text === "") continue;
    if (text === null || bytes > left) isCut = true;
    else {
      texts[index] = text;
      left -= bytes;
    }
  }
  return [...texts, isCut ? CUT_NOTE : ""].filter((text) => text !== "").join("\n\n");
}
function fitLines(lines, room, more) {
  const sizes = lines.map((each) => byteLength(each) + 1);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= room) return lines.join("\n");
  let left = room - byteLength(more(lines.length)) - 1;
  let count = 0;
  for (const size of sizes) {
    if (size > left) break;
    left -= size;
    count += 1;
  }
  return [...lines.slice(0, count), more(lines.length - count)].join("\n");
}
function listSection(rank, list) {
  const { head, lines, most = MAX_BODY_BYTES, more = sayMore } = list;
  if (lines.length === 0) return whole(rank, "");
  const used = byteLength(head) + 2;
  return { rank, render: (room) => `${head}

${fitLines(lines, Math.min(room, most) - used, more)}` };
}
function sayMore(left) {
  return `- and ${left} more, for which there is no room here`;
}
function fitTable(lines, room) {
  const cells = (lines[1] ?? "").split("|").length - 2;
  const more = (left) => `| and ${left} more, for which there is no room${" |".repeat(Math.max(1, cells))}`;
  const least = lines.slice(0, 3).reduce((sum, line) => sum + byteLength(line) + 1, 0) + more(lines.length).length;
  return least > room ? null : fitLines(lines, room, more);
}
function tableSection(rank, { head, lines, most = MAX_BODY_BYTES }) {
  return {
    rank,
    render: (room) => {
      if (lines.length < 3) return "";
      const rows = fitTable(lines, Math.min(room, most) - byteLength(head) - 2);
      if (rows === null) return null;
      return head === "" ? rows : `${head}

${rows}`;
    }
  };
}

export {
  STATE_SIGNS,
  STATE_PHRASES,
  RULE_SIGNS,
  usd,
  minuteOf,
  listIds,
  sentence,
  firstLine,
  withCommand,
  MAX_BODY_BYTES,
  MAX_CHECK_BYTES,
  whole,
  fitDocument,
  listSection,
  fitTable,
  tableSection,
  listLowQuotas,
  withoutPatient,
  renderObstacle,
  showStatus,
  answerMarker,
  listAnswered,
  postAnswers,
  legKey,
  makeQuery,
  taskBranch,
  noteObstacle,
  findObstacleOf,
  obstacleOfForbidden,
  NO_LEDGER,
  ForbiddenNotices
};
