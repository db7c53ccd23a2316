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
  workKey
} from "./chunk-KOHP7R6O.mjs";
import {
  parseMarkdown,
  toString
} from "./chunk-CQY33ZTP.mjs";
import {
  showCommand
} from "./chunk-VMCFKXXI.mjs";
import {
  changeDigest,
  indexPlan,
  reviewerName,
  rubricDigest,
  suiteDigest,
  taskDigest
} from "./chunk-CAA5KSZQ.mjs";
import {
  DEFAULT_ESTIMATE_MINUTES,
  LATER_KEYS,
  SETTING_KEYS,
  attemptsAllowed,
  attemptsUsed,
  buildGraph,
  committedUsd,
  countOf,
  findCriticalPath,
  findTrialTrouble,
  formatDuration,
  formatElapsed,
  formatScore,
  formatUsd,
  isActive,
  isSettingKey,
  landedAttempt,
  landedSha,
  lastAttempt,
  listWaves,
  nextAttemptSeed,
  readAgentValue,
  readBudget,
  readPlanFiles,
  readQueueFiles,
  readSetting,
  readSettingsMap,
  relateTasks,
  remainingPathMinutes,
  reportLaterKey,
  shortSha,
  taskPhase,
  writePlanFiles,
  writeQueueFiles
} from "./chunk-GMXT2ENO.mjs";
import {
  ATTEMPT_STAGES
} from "./chunk-XUAMTQD7.mjs";
import {
  BUILT_IN_SETTINGS,
  branchFor,
  checkedText,
  compileGlob,
  createProblemList,
  describeKind,
  findEntry,
  findNearestName,
  findSharedPath,
  formatMinutes,
  globsOverlap,
  literalPrefix,
  readCommands,
  readEstimate,
  readLocatedYaml,
  readMap,
  readSourceText,
  readTextValue,
  readWhole,
  reportUnknownKeys,
  splitCommand,
  wholeNumber
} from "./chunk-CICE3PZ7.mjs";
import {
  escapeText,
  quoteText,
  readBranchName,
  readPlanId,
  readTaskId,
  slugify
} from "./chunk-AVVG3THQ.mjs";
import {
  digestJson
} from "./chunk-TFCDRFP4.mjs";

// src/core/ledger/transitions.ts
var EMPTY_RECORD = { attempts: [], countFrom: 1, cancelled: null, notBefore: 0 };
function createLedger(options) {
  return {
    version: 1,
    plan: options.plan,
    baseBranch: options.baseBranch,
    baseSha: options.baseSha,
    target: options.target,
    createdAt: options.nowMs,
    holders: {},
    tasks: {},
    paused: null,
    certificates: [],
    final: null,
    nextGeneration: 1
  };
}
function createQueueLedger(target) {
  return { version: 1, target, frozen: null, landings: [] };
}
function findLiveHolder(ledger, me, deadHolders, nowMs) {
  for (const [id, holder] of Object.entries(ledger.holders))
    if (id !== me && holder.until > nowMs && !deadHolders.includes(id)) return holder;
  return null;
}
function claimHolder(ledger, me, description, leaseMs, nowMs) {
  return {
    ...ledger,
    holders: { ...ledger.holders, [me]: { until: nowMs + leaseMs, since: nowMs, description } }
  };
}
function releaseHolder(ledger, me) {
  const holders = Object.fromEntries(Object.entries(ledger.holders).filter(([id]) => id !== me));
  return { ...ledger, holders };
}
function pausePlan(ledger, by, nowMs) {
  if (ledger.paused !== null)
    return refuse(`Plan '${ledger.plan.id}' is paused already.`, `espalier resume ${ledger.plan.id}`);
  return { ok: true, value: { ...ledger, paused: { at: nowMs, by } } };
}
function resumePlan(ledger) {
  if (ledger.paused === null)
    return refuse(`Plan '${ledger.plan.id}' is not paused.`, `espalier status ${ledger.plan.id}`);
  return { ok: true, value: { ...ledger, paused: null } };
}
function thawTarget(ledger, queue) {
  const { frozen } = queue;
  if (frozen === null) return refuse(`Branch '${ledger.target}' is not frozen.`, `espalier status ${ledger.plan.id}`);
  let next = ledger;
  for (const task of ledger.plan.tasks) {
    const record = ledger.tasks[task.id];
    const last = lastAttempt(record);
    if (record === void 0 || last?.landing == null || !isActive(last)) continue;
    if (last.landing.commitSha !== frozen.commitSha) continue;
    const attempts = [...record.attempts.slice(0, -1), { ...last, status: "cancelled" }];
    next = withRecord(next, task.id, { ...record, attempts });
  }
  return { ok: true, value: { ledger: next, queue: { ...queue, frozen: null } } };
}
function cancelTask(ledger, task, by, nowMs) {
  if (!hasTask(ledger, task)) return refuseUnknown(ledger, task);
  const record = ledger.tasks[task] ?? EMPTY_RECORD;
  if (landedAttempt(record) !== null)
    return refuse(`Task '${task}' has landed already.`, `git revert -m 1 ${landedSha(landedAttempt(record))}`);
  if (lastAttempt(record)?.landing != null && isActive(lastAttempt(record)))
    return refuse(`Task '${task}' is landing at this moment.`, `espalier status ${ledger.plan.id}`);
  if (record.cancelled !== null)
    return refuse(`Task '${task}' is cancelled already.`, `espalier retry ${task} --plan ${ledger.plan.id}`);
  return { ok: true, value: withRecord(ledger, task, { ...record, cancelled: { at: nowMs, by } }) };
}
function cancelPlan(ledger, by, nowMs) {
  let next = ledger;
  for (const task of ledger.plan.tasks) {
    const cancelled = cancelTask(next, task.id, by, nowMs);
    if (cancelled.ok) next = cancelled.value;
  }
  if (next === ledger)
    return refuse(`Plan '${ledger.plan.id}' has nothing left to cancel.`, `espalier status ${ledger.plan.id}`);
  return { ok: true, value: next };
}
function retryTask(ledger, task) {
  if (!hasTask(ledger, task)) return refuseUnknown(ledger, task);
  const record = ledger.tasks[task] ?? EMPTY_RECORD;
  if (landedAttempt(record) !== null)
    return refuse(`Task '${task}' has landed already.`, `espalier certificate ${task} --plan ${ledger.plan.id}`);
  if (isActive(lastAttempt(record))) return refuse(`Task '${task}' is under way.`, `espalier status ${ledger.plan.id}`);
  if (record.attempts.length === 0 && record.cancelled === null)
    return refuse(`Task '${task}' has not been tried yet.`, `espalier why ${task} --plan ${ledger.plan.id}`);
  const fresh = {
    ...record,
    cancelled: null,
    notBefore: 0,
    trialTrouble: void 0,
    turnedAway: void 0,
    countFrom: record.attempts.length + 1
  };
  return { ok: true, value: withRecord(ledger, task, fresh) };
}
function renewTries(ledger) {
  const status = ledger.final?.result?.test.status;
  const final = status === void 0 || status === "passed" ? ledger.final : null;
  const tasks = {};
  for (const [task, record] of Object.entries(ledger.tasks)) {
    const attempts = record.attempts.map(
      (attempt) => attempt.landing === null ? attempt : { ...attempt, landing: { ...attempt.landing, refusal: null, refusals: 0, notBefore: 0 } }
    );
    tasks[task] = { ...record, attempts, notBefore: 0, trialTrouble: void 0, turnedAway: void 0 };
  }
  return { ...ledger, final, tasks };
}
function comparePlans(before, after) {
  const old = new Map(before.tasks.map((task) => [task.id, taskDigest(task)]));
  const ids = new Set(after.tasks.map((task) => task.id));
  return {
    changed: after.tasks.filter((task) => old.has(task.id) && old.get(task.id) !== taskDigest(task)).map((task) => task.id),
    added: after.tasks.filter((task) => !old.has(task.id)).map((task) => task.id),
    removed: before.tasks.filter((task) => !ids.has(task.id)).map((task) => task.id),
    isFrameChanged: before.title !== after.title || before.base !== after.base || before.budgetUsd !== after.budgetUsd || JSON.stringify(before.final) !== JSON.stringify(after.final)
  };
}
function revisePlan(ledger, plan) {
  const difference = comparePlans(ledger.plan, plan);
  let next = { ...ledger, plan, final: null };
  for (const task of [...difference.changed, ...difference.removed]) {
    const record = next.tasks[task];
    if (record === void 0 || landedAttempt(record) !== null) continue;
    const attempts = record.attempts.map(
      (attempt) => isActive(attempt) && attempt.landing === null ? { ...attempt, status: "cancelled" } : attempt
    );
    next = withRecord(next, task, { ...record, attempts, notBefore: 0, countFrom: attempts.length + 1 });
  }
  return next;
}
function withRecord(ledger, task, record) {
  return { ...ledger, tasks: { ...ledger.tasks, [task]: record } };
}
function hasTask(ledger, task) {
  return ledger.plan.tasks.some((one) => one.id === task);
}
function refuse(because, next) {
  return { ok: false, because, next };
}
function refuseUnknown(ledger, task) {
  return refuse(`Plan '${ledger.plan.id}' has no task '${task}'.`, `espalier status ${ledger.plan.id}`);
}

// src/core/report/spans.ts
var MAX_SPAN_CHARACTERS = 4e3;
function span(text, style = "plain") {
  return {
    text: isPlainAscii(text) && text.length <= MAX_SPAN_CHARACTERS ? text : escapeText(text, MAX_SPAN_CHARACTERS),
    style
  };
}
function line(text, style = "plain") {
  return [span(text, style)];
}
function paragraph(text, options) {
  const all = text.replaceAll("\r\n", "\n").replace(/\n+$/, "").split("\n");
  const shown = all.slice(0, options.maxLines).map((each) => [span(options.indent), span(each, options.style)]);
  const left = all.length - shown.length;
  return left > 0 ? [...shown, [span(options.indent), span(`(${left} more lines)`, "dim")]] : shown;
}
function textWidth(text) {
  if (isPlainAscii(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character.codePointAt(0) ?? 0);
  return width;
}
function cutText(text, width, mark) {
  if (textWidth(text) <= width) return text;
  if (width <= 0) return "";
  let kept = "";
  let used = 0;
  for (const character of text) {
    const next = used + characterWidth(character.codePointAt(0) ?? 0);
    if (next > width - 1) break;
    kept += character;
    used = next;
  }
  return kept + mark;
}
function fitText(text, width, mark, align = "left") {
  const cut = cutText(text, width, mark);
  const padding = " ".repeat(Math.max(0, width - textWidth(cut)));
  return align === "left" ? cut + padding : padding + cut;
}
function cutRow(row, width, mark) {
  const kept = [];
  let left = width;
  for (const each of row) {
    const needed = textWidth(each.text);
    if (needed <= left) {
      kept.push(each);
      left -= needed;
      continue;
    }
    if (left > 0) kept.push({ text: cutText(each.text, left, mark), style: each.style });
    break;
  }
  return kept;
}
function isPlainAscii(text) {
  return /^[\x20-\x7e]*$/.test(text);
}
var WIDE = [
  [4352, 4447],
  [8986, 8987],
  [9193, 9203],
  [9748, 9749],
  [9855, 9855],
  [9889, 9889],
  [9989, 9989],
  [10060, 10062],
  [10067, 10071],
  [11904, 12350],
  [12353, 42191],
  [43360, 43388],
  [44032, 55203],
  [63744, 64255],
  [65040, 65135],
  [65280, 65376],
  [65504, 65510],
  [126976, 129791],
  [131072, 262141]
];
function characterWidth(codePoint) {
  if (codePoint < 768) return 1;
  if (isZeroWidth(codePoint)) return 0;
  return WIDE.some(([first, last]) => codePoint >= first && codePoint <= last) ? 2 : 1;
}
function isZeroWidth(codePoint) {
  return codePoint >= 768 && codePoint <= 879 || codePoint >= 8203 && codePoint <= 8207 || codePoint >= 8400 && codePoint <= 8447 || codePoint >= 65024 && codePoint <= 65039;
}

// src/core/report/wrap-text.ts
function wrapText(text, width, mark) {
  const lines = [];
  let line2 = "";
  for (const word of text.split(" ")) {
    const candidate = line2 === "" ? word : `${line2} ${word}`;
    if (textWidth(candidate) <= width) {
      line2 = candidate;
      continue;
    }
    if (line2 !== "") lines.push(line2);
    line2 = mark === null ? word : cutText(word, width, mark);
  }
  if (line2 !== "" || lines.length === 0) lines.push(line2);
  return lines;
}

// src/engine/ledger-session.ts
var LedgerError = class extends Error {
  name = "LedgerError";
};
async function readLedgers(store, plan, target, known) {
  const guess = target ?? branchFor({ kind: "landed", plan });
  const state = await store.read(plan, guess);
  const isKnown = known?.version.plan === state.version.plan && known.version.queue === state.version.queue;
  if (isKnown) return known;
  const read = parseState(state, plan, guess);
  if (target !== void 0 || read.ledger === null || read.ledger.target === guess) return read;
  return parseState(await store.read(plan, read.ledger.target), plan, read.ledger.target);
}
function parseState(state, plan, target) {
  return {
    ledger: state.planFiles === null ? null : unwrap(readPlanFiles(state.planFiles), branchFor({ kind: "ledger", plan })),
    queue: state.queueFiles === null ? createQueueLedger(target) : unwrap(readQueueFiles(state.queueFiles), branchFor({ kind: "queue", base: target })),
    version: state.version
  };
}
function unwrap(reading, branch) {
  if (reading.ok) return reading.value;
  throw new LedgerError(
    `The ledger on branch '${branch}' cannot be read: ${reading.because}. Look at it with 'git log -p ${branch}'; its history holds every earlier state.`
  );
}
async function writeLedgers(store, before, ledger, queue, subject) {
  const outcome = await store.write({
    plan: ledger.plan.id,
    target: ledger.target,
    version: before.version,
    planFiles: writePlanFiles(ledger),
    queueFiles: queue === before.queue && before.version.queue !== null ? null : writeQueueFiles(queue),
    subject
  });
  return outcome.kind === "conflict" ? null : { ledger, queue, version: outcome.version };
}
var MAX_TRIES = 50;
async function changeLedger(store, plan, subject, change) {
  const changed = await changeLedgers(store, plan, subject, ({ ledger, queue }) => {
    const next = change(ledger);
    return next.ok ? { ok: true, value: { ledger: next.value, queue } } : next;
  });
  return changed.ok ? { ok: true, value: changed.value.ledger } : changed;
}
async function changeLedgers(store, plan, subject, change) {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const before = await readLedgers(store, plan);
    if (before.ledger === null)
      return { ok: false, because: `There is no plan '${plan}' here.`, next: "espalier status" };
    const changed = change({ ledger: before.ledger, queue: before.queue });
    if (!changed.ok) return changed;
    const { ledger, queue } = changed.value;
    if (await writeLedgers(store, before, ledger, queue, subject) !== null) return changed;
  }
  throw new LedgerError(`The ledger of plan '${plan}' moved ${MAX_TRIES} times while it was being changed. Try again.`);
}

// src/core/plan/markdown-document.ts
function cutSections(root, source) {
  const sections = [{ level: 0, heading: "", line: 1, blocks: [], below: [] }];
  for (const node of root.children) {
    if (node.type !== "heading") {
      sections.at(-1)?.blocks.push(node);
      continue;
    }
    const heading = toString(node).replace(/\*\*|__|`/g, "").replace(/\s+/g, " ").trim();
    sections.push({ level: node.depth, heading, line: node.position?.start.line ?? 1, blocks: [], below: [] });
  }
  const open = [];
  for (const section of sections) {
    if (section.level === 0) continue;
    while (open.length > 0 && (open.at(-1)?.level ?? 0) >= section.level) open.pop();
    for (const parent of open) parent.below.push(section);
    open.push(section);
  }
  return { source, root, sections };
}
function documentTitle(document) {
  const titled = document.sections.filter((section) => section.level > 0 && section.heading !== "");
  const level = titled.reduce((least, section) => Math.min(least, section.level), 7);
  return titled.find((section) => section.level === level)?.heading ?? null;
}
function listFences(document) {
  return document.root.children.filter((node) => node.type === "code");
}

// src/core/plan/markdown-lines.ts
var FIELD = /^(\*\*|__)([^*_:\n]{1,60}?)\s*(?::\s*\1|\1\s*:)\s*(.*)$/;
var MAX_DEPTH = 32;
function listLines(nodes, source) {
  const lines = [];
  for (const node of nodes) pushLines(lines, node, source, 0);
  return lines;
}
function pushLines(lines, node, source, depth) {
  if (depth > MAX_DEPTH) return;
  if (node.type === "paragraph") lines.push(...paragraphLines(node, source));
  else if (node.type === "code") lines.push({ kind: "code", node, at: placeOf(node) });
  else if (node.type === "blockquote") for (const child of node.children) pushLines(lines, child, source, depth + 1);
  else if (node.type === "table") lines.push(...tableLines(node, source));
  else if (node.type === "list") {
    for (const [index, item] of node.children.entries()) {
      const marker = node.ordered === true ? `${(node.start ?? 1) + index}.` : "-";
      pushItem(lines, item, marker, source, depth);
    }
  }
}
function tableLines(node, source) {
  const first = node.position?.start.line ?? 1;
  const last = node.position?.end.line ?? 0;
  return source.lines.slice(first - 1, last).map((text, index) => ({ kind: "text", text: text.trim(), at: { line: first + index, column: 1 } }));
}
function pushItem(lines, item, marker, source, depth) {
  const [first, ...rest] = item.children;
  const isDone = item.checked === true;
  const own = first?.type === "paragraph" ? paragraphLines(first, source) : [];
  const [head, ...tail] = own;
  lines.push({ kind: "item", text: head?.text ?? "", at: head?.at ?? placeOf(item), depth, isDone, marker });
  lines.push(...tail);
  for (const child of first?.type === "paragraph" ? rest : item.children) pushLines(lines, child, source, depth + 1);
}
function paragraphLines(node, source) {
  const start = placeOf(node);
  return toString(node).split("\n").map((text, index) => {
    const line2 = start.line + index;
    const column = (source.lines[line2 - 1] ?? "").indexOf(text) + 1;
    return { kind: "text", text: text.trim(), at: { line: line2, column: Math.max(1, column) } };
  });
}
function placeOf(node) {
  return { line: node.position?.start.line ?? 1, column: node.position?.start.column ?? 1 };
}
function groupFields(lines) {
  const grouped = { intro: [], fields: [] };
  for (const line2 of lines) {
    const field = line2.kind === "code" || line2.kind === "item" && line2.depth > 0 ? null : readField(line2);
    if (field !== null) grouped.fields.push(field);
    else (grouped.fields.at(-1)?.lines ?? grouped.intro).push(line2);
  }
  return grouped;
}
function readField(line2) {
  const match = FIELD.exec(line2.text);
  if (match === null) return null;
  const label = (match[2] ?? "").trim();
  const value = (match[3] ?? "").trim();
  const valueAt = { line: line2.at.line, column: line2.at.column + line2.text.length - value.length };
  return { name: label.toLowerCase(), label, value, at: line2.at, valueAt, lines: [] };
}
function renderLines(lines) {
  return lines.map((line2) => {
    if (line2.kind === "code")
      return `${"`".repeat(fenceLength(line2.node.value))}${line2.node.lang ?? ""}
${line2.node.value}
${"`".repeat(fenceLength(line2.node.value))}`;
    if (line2.kind === "text") return line2.text;
    return `${"  ".repeat(line2.depth)}${line2.marker} ${line2.text}${line2.isDone ? " (marked as done in the plan)" : ""}`;
  }).join("\n").trim();
}
function fenceLength(text) {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length + 1), 3);
}
function plainText(text) {
  return text.replace(/\*\*|__|`/g, "").replace(/\s+/g, " ").trim();
}
function listValues(field) {
  const values = field.value === "" ? [] : splitValues(field.value, field.valueAt);
  const below = field.lines.flatMap((line2) => line2.kind === "item" ? splitValues(line2.text, line2.at) : []);
  return [...values, ...below].filter(({ text }) => !/^(?:none|n\/a|-|–|—)$/i.test(text));
}
function splitValues(text, at) {
  const parts = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index <= text.length; index += 1) {
    const character = text.charAt(index);
    if (character === "{" || character === "[") depth += 1;
    if (character === "}" || character === "]") depth = Math.max(0, depth - 1);
    if (index < text.length && (character !== "," || depth > 0)) continue;
    const part = text.slice(start, index);
    const clean = part.replaceAll("`", "").trim();
    if (clean !== "")
      parts.push({ text: clean, at: { line: at.line, column: at.column + start + part.search(/[^\s`]/) } });
    start = index + 1;
  }
  return parts;
}

// src/core/plan/read-needs-prose.ts
var NUMBERED = /\b(?:agents?|tasks?|workstreams?)\s*#?(\d{1,5}(?:(?:\s*,\s*(?:and\s+)?|\s*&\s*|\s+and\s+)(?:(?:agent|task)\s*)?#?\d{1,5}\b)*)/gi;
function readNeedsProse(text, at, isKnown) {
  const bare = text.replace(/\([^()]{0,400}\)/g, (group) => " ".repeat(group.length));
  const trimmed = bare.replace(/[`*_]/g, " ").trim();
  if (trimmed === "" || /^(?:none|nothing|n\/a|no dependencies|no|-|–|—)\.?$/i.test(trimmed)) return { kind: "none" };
  if (isKnown(trimmed)) return { kind: "needs", needs: [{ text: trimmed, at }] };
  const needs = [];
  const seen = /* @__PURE__ */ new Set();
  const add = (name, index) => {
    if (seen.has(name)) return;
    seen.add(name);
    needs.push({ text: name, at: { line: at.line, column: at.column + index } });
  };
  for (const match of bare.matchAll(NUMBERED)) {
    for (const number of (match[1] ?? "").match(/\d+/g) ?? []) add(`agent ${Number(number)}`, match.index);
  }
  const words = bare.replace(NUMBERED, (group) => " ".repeat(group.length));
  for (const match of words.matchAll(/#\d{1,5}\b|[A-Za-z0-9][A-Za-z0-9-]{0,63}/g)) {
    const word = match[0].startsWith("#") ? `agent ${Number(match[0].slice(1))}` : match[0];
    if (/^\d+$/.test(word)) continue;
    if (isKnown(word)) add(word, match.index);
  }
  return needs.length === 0 ? { kind: "unclear" } : { kind: "needs", needs };
}

// src/core/plan/heading-needs.ts
function nameTasks(drafts) {
  const names = /* @__PURE__ */ new Map();
  for (const draft of drafts) for (const alias of draft.aliases) names.set(alias, draft.id.text);
  for (const draft of drafts) names.set(draft.id.text.toLowerCase(), draft.id.text);
  return names;
}
function readNeeds(lines, draft, names, problems) {
  const isKnown = (word) => !/^\d+$/.test(word) && names.has(word.toLowerCase());
  const needs = /* @__PURE__ */ new Map();
  for (const line2 of lines) {
    const read = readNeedsProse(line2.text, line2.at, isKnown);
    if (read.kind === "unclear") {
      problems.error(
        "unclear-needs",
        line2.at,
        `what task ${quoteText(draft.id.text)} needs cannot be read from ${quoteText(line2.text)}; name tasks ('Agent 2', or an id such as '${[...names.values()][0] ?? "api"}'), or write 'None'`
      );
    }
    if (read.kind !== "needs") continue;
    for (const need of read.needs) {
      const id = names.get(need.text.toLowerCase()) ?? need.text;
      needs.set(id, { text: id, at: need.at });
    }
  }
  return [...needs.values()];
}
function mergeBlock(drafts, names, block, problems) {
  const byId = new Map(drafts.map((draft) => [draft.id.text, draft]));
  const idOf = (said2) => names.get(said2.text.toLowerCase()) ?? said2.text;
  const said = /* @__PURE__ */ new Map();
  for (const entry of block.needs) {
    const id = idOf(entry.task);
    if (byId.has(id)) said.set(id, entry.needs);
    else
      problems.error(
        "unknown-task",
        entry.task.at,
        `the dependencies name ${quoteText(entry.task.text)}, which is no task of this plan`
      );
  }
  for (const draft of drafts) {
    const prose = new Set(draft.needs.map((need) => need.text));
    const listed = new Map((said.get(draft.id.text) ?? []).map((need) => [idOf(need), need]));
    for (const [id, need] of listed) {
      if (prose.has(id)) continue;
      problems.warn(
        "needs-differ",
        need.at,
        `the dependencies block says that ${quoteText(draft.id.text)} needs ${quoteText(id)}, its section does not; it is taken to need it`
      );
      draft.needs.push({ text: id, at: need.at });
    }
    for (const need of draft.needs) {
      if (listed.has(need.text)) continue;
      problems.warn(
        "needs-differ",
        need.at,
        `the section of ${quoteText(draft.id.text)} says that it needs ${quoteText(need.text)}, the dependencies block (line ${block.line}) does not; it is taken to need it`
      );
    }
  }
  compareMergeOrder(drafts, block, idOf, problems);
}
function compareMergeOrder(drafts, block, idOf, problems) {
  const stepOf = new Map(
    block.mergeOrder.flatMap((step, index) => step.map((name) => [idOf(name), { index, name }]))
  );
  for (const draft of drafts) {
    const own = stepOf.get(draft.id.text);
    if (own === void 0) continue;
    for (const need of draft.needs) {
      const other = stepOf.get(need.text);
      if (other === void 0 || other.index < own.index) continue;
      problems.warn(
        "order-differs",
        own.name.at,
        `'merge_order' has ${quoteText(draft.id.text)} no later than ${quoteText(need.text)}, which it needs; the need counts`
      );
    }
  }
}
function compareAfter(text, at, draft, names, problems) {
  const read = readNeedsProse(text, at, (word) => !/^\d+$/.test(word) && names.has(word.toLowerCase()));
  if (read.kind !== "needs") return;
  const needs = new Set(draft.needs.map((need) => need.text));
  for (const need of read.needs) {
    const id = names.get(need.text) ?? need.text;
    if (needs.has(id)) continue;
    problems.warn(
      "needs-differ",
      at,
      `the target of ${quoteText(draft.id.text)} says after ${quoteText(id)}, its dependencies do not; it is taken to need it`
    );
    draft.needs.push({ text: id, at });
  }
}

// src/core/plan/read-dependencies-json.ts
function findDependenciesBlock(fences, source, placeIn, problems) {
  let found = null;
  for (const fence of fences) {
    if (!/^(?:json|jsonc)?$/i.test(fence.lang ?? "") || !/"dependencies"\s*:/.test(fence.value)) continue;
    const quiet = createProblemList(source);
    const root = readLocatedYaml(fence.value, placeIn(fence), quiet);
    const dependencies = root?.kind === "map" ? findEntry(root.entries, "dependencies") : void 0;
    const line2 = fence.position?.start.line ?? 1;
    if (root?.kind !== "map" || dependencies?.value.kind !== "map") {
      if (quiet.hasErrors())
        problems.error("bad-dependencies", { line: line2, column: 1 }, "this block names dependencies but is not valid JSON");
      continue;
    }
    if (found !== null) {
      problems.error(
        "several-dependencies",
        { line: line2, column: 1 },
        `a second block of dependencies; the first is on line ${found.line}`
      );
      continue;
    }
    const needs = dependencies.value.entries.map((entry) => ({
      task: { text: entry.key, at: entry.keyAt },
      needs: readNames(entry.value, problems)
    }));
    const order = findEntry(root.entries, "merge_order")?.value;
    const mergeOrder = order?.kind === "list" ? order.items.map((step) => readNames(step, problems)) : [];
    found = { line: line2, needs, mergeOrder };
  }
  return found;
}
function readNames(value, problems) {
  const items = value.kind === "list" ? value.items : [value];
  return items.flatMap((item) => {
    if (item.kind === "scalar") return [{ text: item.text, at: item.at }];
    problems.error(
      "bad-dependencies",
      item.at,
      `wanted the name of a task ${quoteText('"backend-agent"')}, found something else`
    );
    return [];
  });
}

// src/core/plan/read-task-section.ts
var FIELD_NAMES = /* @__PURE__ */ new Map([
  ["id", "id"],
  ["branch", "branch"],
  ["worktree", "worktree"],
  ["worktree path", "worktree"],
  ["tasks", "tasks"],
  ["total", "total"],
  ["estimate", "total"],
  ["estimated", "total"],
  ["dependencies", "needs"],
  ["depends on", "needs"],
  ["needs", "needs"],
  ["blocked by", "needs"],
  ["pr target", "target"],
  ["target", "target"],
  ["owns", "owns"],
  ["allow", "allow"],
  ["locks", "locks"],
  ["test", "test"],
  ["workflow", "workflow"],
  ["status", "workflow"]
]);
var TELLING = /* @__PURE__ */ new Set(["branch", "worktree", "tasks", "total", "needs", "owns"]);
function readTaskSection(lines, where, problems) {
  const section = {
    id: null,
    branch: null,
    worktree: null,
    items: [],
    total: null,
    needs: null,
    target: null,
    owns: [],
    allow: [],
    locks: [],
    test: null,
    prose: "",
    fieldCount: 0
  };
  const prose = [renderLines(lines.intro)];
  for (const field of lines.fields) {
    const kind = FIELD_NAMES.get(field.name);
    if (kind === void 0) {
      warnMisspelt(field, problems);
      prose.push(renderField(field));
      continue;
    }
    if (TELLING.has(kind)) section.fieldCount += 1;
    readKnownField(section, kind, field, where, problems);
    if (kind === "tasks") prose.push(renderField(field));
  }
  section.prose = prose.filter((part) => part !== "").join("\n\n");
  return section;
}
function hasTaskFields(lines) {
  return lines.fields.some((field) => TELLING.has(FIELD_NAMES.get(field.name) ?? "") || field.name === "mission");
}
function readKnownField(section, kind, field, where, problems) {
  const single = () => {
    const text = field.value.replaceAll("`", "").trim();
    return text === "" ? null : { text, at: field.valueAt };
  };
  switch (kind) {
    case "id":
    case "branch":
    case "worktree":
    case "target":
      section[kind] = single();
      return;
    case "tasks":
      section.items = field.lines.flatMap((line2) => readItem(line2) ?? []);
      return;
    case "total":
      section.total = readTotal(field, where, problems);
      return;
    case "needs":
      section.needs = [...section.needs ?? [], ...readNeedLines(field)];
      return;
    case "owns":
    case "allow":
    case "locks":
      section[kind].push(...listValues(field));
      return;
    case "test":
      section.test = readTests(field, problems);
      return;
    case "workflow":
      return;
  }
}
function readItem(line2) {
  if (line2.kind !== "item" || line2.depth > 0) return null;
  const group = /\(([^()]{1,40})\)\s*$/.exec(line2.text);
  const minutes = group === null ? null : readEstimate(group[1] ?? "");
  const isEstimate = group !== null && minutes?.ok === true;
  return {
    text: plainText(isEstimate ? line2.text.slice(0, group.index) : line2.text),
    minutes: isEstimate ? minutes.value : null,
    done: line2.isDone
  };
}
function readTotal(field, where, problems) {
  const text = field.value.replace(/\([^()]*\)\s*$/, "").replace(/^[~≈]\s*/, "").trim();
  const minutes = readEstimate(text);
  if (minutes.ok) return { minutes: minutes.value, at: field.valueAt };
  problems.warn(
    "bad-estimate",
    field.valueAt,
    `${where} states ${quoteText(field.value)} as its time: ${minutes.because}`
  );
  return null;
}
function readNeedLines(field) {
  const own = field.value === "" ? [] : [{ text: field.value, at: field.valueAt }];
  const below = field.lines.flatMap(
    (line2) => line2.kind === "code" || line2.text === "" ? [] : [{ text: line2.text, at: line2.at }]
  );
  return [...own, ...below];
}
function readTests(field, problems) {
  const texts = field.value === "" ? [] : [{ text: field.value, at: field.valueAt }];
  for (const line2 of field.lines) if (line2.kind === "item") texts.push({ text: line2.text, at: line2.at });
  return texts.flatMap(({ text, at }) => {
    const words = splitCommand(text.replace(/^`(.*)`$/, "$1"));
    if (words.ok) return [words.value];
    problems.error("bad-command", at, `'Test' is ${quoteText(text)}: ${words.because}`);
    return [];
  });
}
function renderField(field) {
  const head = `**${field.label}:** ${field.value}`.trim();
  const body = renderLines(field.lines);
  return body === "" ? head : `${head}

${body}`;
}
function warnMisspelt(field, problems) {
  const nearest = findNearestName(field.name, FIELD_NAMES.keys());
  if (nearest === null || nearest.length < 4) return;
  problems.warn(
    "unknown-field",
    field.at,
    `${quoteText(`**${field.label}:**`)} is no field of a task and goes into its text`,
    {
      nearest: `**${nearest.charAt(0).toUpperCase()}${nearest.slice(1)}:**`
    }
  );
}
function compareItems(section, where, problems) {
  const minutes = sumItems(section.items);
  if (section.total === null || minutes === null || minutes === section.total.minutes) return;
  problems.warn(
    "items-differ",
    section.total.at,
    `the items of ${where} add up to ${formatMinutes(minutes)}, its stated total is ${formatMinutes(section.total.minutes)}`
  );
}
function sumItems(items) {
  const known = items.flatMap((item) => item.minutes === null ? [] : [item.minutes]);
  return known.length === 0 ? null : known.reduce((sum, minutes) => sum + minutes, 0);
}

// src/core/plan/task-draft.ts
function emptyTaskDraft(id, at) {
  return {
    id,
    aliases: [],
    title: id.text,
    spec: "",
    needs: [],
    owns: [],
    allow: [],
    locks: [],
    estimateMinutes: null,
    branch: null,
    worktree: null,
    items: [],
    variants: [],
    settings: {},
    at
  };
}

// src/core/plan/stated-total.ts
var HOURS_OF_WORK = /(\d{1,6}(?:\.\d{1,2})?)\s*(?:hours?|hrs?|h)\s+of\s+work\b/i;
var TOTAL_HOURS = /\btotal(?:\s+(?:estimate|effort|hours|work))?\b[^\d\n]{0,20}(\d{1,6}(?:\.\d{1,2})?)\s*(?:hours?|hrs?|h)\b/i;
function findStatedTotal(source, preamble) {
  const lines = [
    ...preamble.intro,
    ...preamble.fields.flatMap((field) => [
      { kind: "text", text: `${field.label}: ${field.value}`, at: field.at },
      ...field.lines
    ])
  ];
  for (const line2 of lines.sort((a, b) => a.at.line - b.at.line)) {
    if (line2.kind === "code") continue;
    const hours = (HOURS_OF_WORK.exec(line2.text) ?? TOTAL_HOURS.exec(line2.text))?.[1];
    const minutes = hours === void 0 ? null : readEstimate(`${hours}h`);
    if (minutes?.ok === true)
      return { minutes: minutes.value, line: line2.at.line, text: (source.lines[line2.at.line - 1] ?? "").trim() };
  }
  return null;
}
function compareStated(stated, drafts, problems) {
  if (stated === null) return;
  const sum = drafts.reduce((total, draft) => total + (draft.estimateMinutes ?? 0), 0);
  if (sum === stated.minutes) return;
  const itemised = drafts.reduce((total, draft) => total + (sumItems(draft.items) ?? draft.estimateMinutes ?? 0), 0);
  const also = itemised === sum ? "" : ` (${formatMinutes(itemised)} item by item)`;
  problems.warn(
    "total-differs",
    { line: stated.line, column: 1 },
    `the text states ${formatMinutes(stated.minutes)}, its tasks add up to ${formatMinutes(sum)}${also}`
  );
}

// src/core/plan/read-heading-plan.ts
var TASK_HEADING = /^(?:agent|task|workstream)\s*#?(\d{1,5})\s*[:.\-–—]\s*(.+)$/i;
var MAX_TARGET = 400;
function looksLikeHeadings(document) {
  return document.sections.some((section) => {
    if (!TASK_HEADING.test(section.heading)) return false;
    return hasTaskFields(fieldsOf(section, document)) || definitionFence(section) !== null;
  });
}
function readHeadingPlan(document, tools) {
  const { problems } = tools;
  const agents = collectAgents(document, tools);
  const drafts = agents.map((agent) => draftTask(agent, problems));
  const preamble = groupFields(listPreamble(document));
  const names = nameTasks(drafts);
  const block = findDependenciesBlock(listFences(document), document.source, (fence) => tools.placeIn(fence), problems);
  agents.forEach((agent, index) => {
    const draft = drafts[index];
    if (draft !== void 0)
      draft.needs = readNeeds(agent.section?.needs ?? agent.definition?.needs ?? [], draft, names, problems);
  });
  if (block !== null) mergeBlock(drafts, names, block, problems);
  const target = readTargets(agents, drafts, names, problems);
  const statedTotal = findStatedTotal(document.source, preamble);
  compareStated(statedTotal, drafts, problems);
  return {
    form: "headings",
    id: findField(preamble, "plan"),
    title: documentTitle(document),
    base: findField(preamble, "base") ?? target,
    tasks: drafts,
    defaults: {},
    final: [],
    budgetUsd: null,
    statedTotal
  };
}
function fieldsOf(section, document) {
  const grouped = groupFields(listLines(section.blocks, document.source));
  for (const deeper of section.below) {
    const inner = groupFields(listLines(deeper.blocks, document.source));
    const at = { line: deeper.line, column: 1 };
    const label = deeper.heading.replace(/:$/, "").slice(0, 60);
    const field = { name: label.toLowerCase(), label, value: "", at, valueAt: at, lines: inner.intro };
    grouped.fields.push(field, ...inner.fields);
  }
  return grouped;
}
function definitionFence(section) {
  const fence = section.blocks.find(
    (node) => node.type === "code" && /^(?:markdown|md)$/i.test(node.lang ?? "") && /^\*\*(?:Mission|Tasks)/m.test(node.value)
  );
  return fence ?? null;
}
function listPreamble(document) {
  const within = /* @__PURE__ */ new Set();
  for (const section of document.sections) {
    if (!TASK_HEADING.test(section.heading)) continue;
    within.add(section);
    for (const deeper of section.below) within.add(deeper);
  }
  return document.sections.flatMap(
    (section) => within.has(section) ? [] : listLines(section.blocks, document.source)
  );
}
function collectAgents(document, tools) {
  const agents = /* @__PURE__ */ new Map();
  for (const section of document.sections) {
    const match = TASK_HEADING.exec(section.heading);
    if (match === null) continue;
    const number = Number(match[1]);
    const at = { line: section.line, column: 1 };
    const known = agents.get(number);
    const agent = known ?? {
      number,
      title: (match[2] ?? "").trim(),
      at,
      section: null,
      definition: null,
      mission: ""
    };
    agents.set(number, agent);
    readAgentSection(agent, section, document, tools);
  }
  return [...agents.values()].filter((agent) => agent.section !== null || agent.definition !== null);
}
function readAgentSection(agent, section, document, tools) {
  const where = `Agent ${agent.number}`;
  const fence = definitionFence(section);
  if (fence !== null) {
    const inner = tools.parseFence(fence);
    if (inner !== null) {
      const fields2 = groupFields(inner.sections.flatMap((part) => listLines(part.blocks, inner.source)));
      agent.mission = findField(fields2, "mission")?.text ?? "";
      agent.definition = readTaskSection(shiftFields(fields2, tools.placeIn(fence)), where, tools.problems);
    }
  }
  const fields = fieldsOf({ ...section, blocks: section.blocks.filter((node) => node !== fence) }, document);
  if (!hasTaskFields(fields)) return;
  if (agent.section !== null) {
    tools.problems.error(
      "duplicate-task",
      { line: section.line, column: 1 },
      `${where} has fields here and on line ${agent.at.line}; a number names one task`
    );
    return;
  }
  agent.section = readTaskSection(fields, where, tools.problems);
  agent.title = TASK_HEADING.exec(section.heading)?.[2]?.trim() ?? agent.title;
  agent.at = { line: section.line, column: 1 };
}
function shiftFields(fields, toSource) {
  return {
    intro: fields.intro.map((line2) => ({ ...line2, at: toSource(line2.at) })),
    fields: fields.fields.map((field) => ({
      ...field,
      at: toSource(field.at),
      valueAt: toSource(field.valueAt),
      lines: field.lines.map((line2) => ({ ...line2, at: toSource(line2.at) }))
    }))
  };
}
function draftTask(agent, problems) {
  const where = `Agent ${agent.number}`;
  const { section, definition } = agent;
  if (section !== null) compareItems(section, where, problems);
  if (section !== null && definition !== null) compareDefinition(section, definition, where, problems);
  const parts = [section, definition].filter((part) => part !== null);
  const first = (read) => parts.map(read).find((value) => value !== null) ?? null;
  const worktree = first((part) => part.worktree);
  const test = first((part) => part.test);
  return {
    ...emptyTaskDraft(
      nameTask(
        agent,
        first((part) => part.id),
        worktree
      ),
      agent.at
    ),
    aliases: [`agent ${agent.number}`, String(agent.number), agent.title.toLowerCase(), slugify(agent.title)],
    title: agent.title,
    branch: first((part) => part.branch),
    worktree: worktree?.text ?? null,
    items: parts.find((part) => part.items.length > 0)?.items ?? [],
    estimateMinutes: first((part) => part.total)?.minutes ?? first((part) => sumItems(part.items)),
    owns: parts.flatMap((part) => part.owns),
    allow: parts.flatMap((part) => part.allow),
    locks: parts.flatMap((part) => part.locks),
    settings: test === null ? {} : { test: test.map((command) => [...command]) },
    spec: [`# ${agent.title}`, ...parts.map((part) => part.prose)].filter((part) => part.trim() !== "").join("\n\n")
  };
}
function nameTask(agent, id, worktree) {
  if (id !== null) return id;
  const folder = worktree?.text.replace(/[\\/]+$/, "").replace(/^.*[\\/]/, "") ?? "";
  if (worktree !== null && folder !== "") return { text: folder, at: worktree.at };
  return { text: slugify(agent.title), at: agent.at };
}
function compareDefinition(section, definition, where, problems) {
  const trim = (said) => said?.text.replace(/[\\/]+$/, "") ?? "";
  for (const key of ["branch", "worktree"]) {
    const said = definition[key];
    if (said === null || section[key] === null || trim(said) === trim(section[key])) continue;
    problems.warn(
      "definition-differs",
      said.at,
      `the definition of ${where} says the ${key} is ${quoteText(said.text)}, its section says ${quoteText(section[key].text)}, which counts`
    );
  }
  if (definition.total !== null && section.total !== null && definition.total.minutes !== section.total.minutes) {
    problems.warn(
      "definition-differs",
      definition.total.at,
      `the definition of ${where} says ${formatMinutes(definition.total.minutes)}, its section says ${formatMinutes(section.total.minutes)}, which counts`
    );
  }
}
function readTargets(agents, drafts, names, problems) {
  let base = null;
  agents.forEach((agent, index) => {
    const target = agent.section?.target ?? agent.definition?.target ?? null;
    const draft = drafts[index];
    if (target === null || draft === void 0) return;
    const branch = { text: plainText(target.text.replace(/\(.*$/, "")), at: target.at };
    base ??= branch;
    if (base.text !== branch.text) {
      problems.error(
        "several-targets",
        branch.at,
        `Agent ${agent.number} aims at ${quoteText(branch.text)}, others at ${quoteText(base.text)}; several targets are not supported yet`
      );
    }
    const after = /\(\s*after\b(.*)\)/i.exec(target.text.slice(0, MAX_TARGET))?.[1];
    if (after !== void 0) compareAfter(after, target.at, draft, names, problems);
  });
  return base;
}
function findField(fields, name) {
  const field = fields.fields.find((each) => each.name === name);
  if (field === void 0 || field.value === "") return null;
  return { text: plainText(field.value), at: field.valueAt };
}

// src/core/plan/read-single-plan.ts
var TASK_HEADING2 = /^Task\s*:\s*(.+)$/i;
var PARTS = ["objective", "requirements", "constraints", "acceptance criteria"];
var SETTINGS = ["owns", "allow", "locks", "branch", "estimate", "attempts"];
var MAX_ATTEMPTS = 32;
function looksLikeSingle(document) {
  if (document.sections.some((section) => TASK_HEADING2.test(section.heading))) return true;
  const names = new Set(readParts(document.sections, document).map((field) => field.name));
  return names.has("objective") && (names.has("requirements") || names.has("acceptance criteria"));
}
function readSinglePlan(document, problems) {
  const headed = document.sections.filter((section2) => TASK_HEADING2.test(section2.heading));
  for (const extra of headed.slice(1)) {
    problems.error(
      "several-plans",
      { line: extra.line, column: 1 },
      "this form holds one task; for several write them as 'Agent 1: …', 'Agent 2: …', or as YAML"
    );
  }
  const [section] = headed;
  const title = (section === void 0 ? documentTitle(document) : TASK_HEADING2.exec(section.heading)?.[1])?.trim() ?? "";
  const at = { line: section?.line ?? 1, column: 1 };
  const fields = readParts(section === void 0 ? document.sections : [section, ...section.below], document);
  const draft = emptyTaskDraft({ text: slugify(title), at }, at);
  draft.title = title;
  draft.spec = renderSpec(title, fields);
  readFields(draft, fields, problems);
  reportParts(fields, at, problems);
  return {
    form: "single",
    id: null,
    title,
    base: null,
    tasks: [draft],
    defaults: {},
    final: [],
    budgetUsd: null,
    statedTotal: null
  };
}
function readParts(sections, document) {
  const fields = [];
  for (const [index, section] of sections.entries()) {
    const end = section.blocks.findIndex((node) => node.type === "thematicBreak");
    const blocks = end === -1 ? section.blocks : section.blocks.slice(0, end);
    const grouped = groupFields(listLines(blocks, document.source));
    const at = { line: section.line, column: 1 };
    const label = index === 0 || section.level === 0 || TASK_HEADING2.test(section.heading) ? "" : section.heading.replace(/:$/, "");
    if (label !== "" || grouped.intro.length > 0) {
      fields.push({ name: label.toLowerCase(), label, value: "", at, valueAt: at, lines: grouped.intro });
    }
    fields.push(...grouped.fields);
    if (end !== -1) break;
  }
  return fields;
}
function renderSpec(title, fields) {
  const parts = fields.filter((field) => !SETTINGS.includes(field.name)).map((field) => {
    const head = field.label === "" ? "" : `**${field.label}:** ${field.value}`.trim();
    return [head, renderLines(field.lines)].filter((text) => text !== "").join("\n\n");
  });
  return [`# ${title}`, ...parts].join("\n\n");
}
function readFields(draft, fields, problems) {
  for (const field of fields) {
    const value = plainText(field.value);
    if (field.name === "owns" || field.name === "allow" || field.name === "locks")
      draft[field.name].push(...listValues(field));
    else if (field.name === "branch" && value !== "") draft.branch = { text: value, at: field.valueAt };
    else if (field.name === "acceptance criteria") draft.items = field.lines.flatMap(readCriterion);
    else if (field.name === "estimate") {
      const minutes = readEstimate(value);
      if (minutes.ok) draft.estimateMinutes = minutes.value;
      else problems.warn("bad-estimate", field.valueAt, `'Estimate' is ${quoteText(value)}: ${minutes.because}`);
    } else if (field.name === "attempts") readAttempts(draft, field, value, problems);
  }
}
function readAttempts(draft, field, value, problems) {
  const count = readWhole(value, 1, MAX_ATTEMPTS);
  if (!count.ok) {
    problems.error("bad-value", field.valueAt, `'Attempts' is ${quoteText(value)}: ${count.because}`);
    return;
  }
  draft.variants = Array.from({ length: count.value }, () => ({ agent: null, approach: null }));
  if (count.value > 1) {
    problems.warn(
      "not-supported-yet",
      field.valueAt,
      `'Attempts' asks for ${count.value} at once, which 'check' reads and 'run' does not do yet; write 1 to run one`
    );
  }
}
function readCriterion(line2) {
  return line2.kind === "item" && line2.depth === 0 ? [{ text: plainText(line2.text), minutes: null, done: line2.isDone }] : [];
}
function reportParts(fields, at, problems) {
  const names = new Set(fields.map((field) => field.name));
  for (const field of fields) {
    if (/^\[[^\]]*\]$/.test(field.value)) {
      problems.warn(
        "placeholder",
        field.valueAt,
        `'${field.label}' still holds the placeholder ${quoteText(field.value)}`
      );
    }
    const known = [...PARTS, ...SETTINGS];
    const nearest = known.includes(field.name) ? null : findNearestName(field.name, known);
    if (nearest !== null)
      problems.warn(
        "unknown-field",
        field.at,
        `${quoteText(field.label)} is no part of a task and goes into its text`,
        { nearest }
      );
  }
  if (!names.has("objective")) problems.warn("no-objective", at, "the task states no 'Objective'");
  if (!names.has("acceptance criteria"))
    problems.warn(
      "no-criteria",
      at,
      "the task states no 'Acceptance Criteria'; nobody can tell from it when it is done"
    );
}

// src/core/plan/markdown-table.ts
function listTables(nodes) {
  return nodes.flatMap((node) => node.type === "table" ? [nameTable(node)] : []);
}
function nameTable(table) {
  const [head, ...body] = table.children;
  const columns = (head?.children ?? []).map((cell) => cleanCell(toString(cell)).toLowerCase());
  const rows = body.map((row) => {
    const cells = /* @__PURE__ */ new Map();
    row.children.forEach((cell, index) => {
      const column = columns[index] ?? "";
      const start = cell.position?.start;
      const at = { line: start?.line ?? 1, column: (start?.column ?? 1) + 2 };
      if (column !== "" && !cells.has(column)) cells.set(column, { text: cleanCell(toString(cell)), at });
    });
    return { line: row.position?.start.line ?? 1, cells };
  });
  return { line: table.position?.start.line ?? 1, columns, rows };
}
function cleanCell(text) {
  const bare = text.replaceAll("\\|", "|").replaceAll("`", "").trim();
  return /^\*\*([^*]+)\*\*$/.exec(bare)?.[1] ?? bare;
}

// src/core/plan/read-table-plan.ts
var COLUMNS = {
  id: ["id", "#", "task id"],
  agent: ["agent", "agent id", "agent name"],
  worktree: ["worktree", "worktree path"],
  branch: ["branch", "branch name"],
  task: ["task", "description", "title", "task description"],
  status: ["status", "state"],
  progress: ["progress"],
  blocker: ["blocker", "blockers", "blocked by", "depends on", "dependencies", "needs"],
  estimate: ["estimate", "estimated", "hours", "time"],
  owns: ["owns", "files", "paths"]
};
var PATH_COLUMNS = ["path", "path pattern", "paths", "file", "file path"];
var OWNER_COLUMNS = ["owner", "owner agent", "agent"];
var READER_COLUMNS = ["read-only agents", "read-only access", "read-only", "rationale"];
function looksLikeTable(document) {
  return listTables(document.root.children).some(isTaskTable);
}
function readTablePlan(document, problems) {
  const tables = listTables(document.root.children);
  const rows = tables.filter(isTaskTable).flatMap((table) => {
    reportUnknownColumns(table, problems);
    return table.rows;
  });
  const entries = nameRows(rows, problems);
  for (const entry of entries) readBlocker(entry, entries, problems);
  shareAgents(entries);
  const matrices = tables.filter((table) => !isTaskTable(table) && isMatrix(table));
  for (const matrix of matrices) readMatrix(matrix, entries, problems);
  if (matrices.length > 0) warnUnowned(entries, problems);
  const project = document.sections.map((section) => /^Project:\s*(.+)$/i.exec(section.heading)?.[1]).find((name) => name !== void 0);
  return {
    form: "table",
    id: null,
    title: project ?? documentTitle(document)?.replace(/\.md\b/, "") ?? null,
    base: null,
    tasks: entries.map((entry) => entry.draft),
    defaults: {},
    final: [],
    budgetUsd: null,
    statedTotal: null
  };
}
function isTaskTable(table) {
  const has = (column) => table.columns.some((name) => COLUMNS[column].includes(name));
  return has("task") && (has("agent") || has("id")) && (has("worktree") || has("branch"));
}
function isMatrix(table) {
  return table.columns.some((name) => PATH_COLUMNS.includes(name)) && table.columns.some((name) => OWNER_COLUMNS.includes(name));
}
function cellOf(row, names) {
  for (const name of names) {
    const cell = row.cells.get(name);
    if (cell !== void 0 && cell.text !== "") return cell;
  }
  return null;
}
function reportUnknownColumns(table, problems) {
  const known = Object.values(COLUMNS).flat();
  for (const column of table.columns) {
    if (column === "" || known.includes(column)) continue;
    problems.warn(
      "unknown-column",
      { line: table.line, column: 1 },
      `the column ${quoteText(column)} of the task table is not read`,
      {
        nearest: findNearestName(column, known)
      }
    );
  }
}
function nameRows(rows, problems) {
  const agentCount = /* @__PURE__ */ new Map();
  for (const row of rows) {
    const agent = cellOf(row, COLUMNS.agent)?.text.toLowerCase() ?? "";
    agentCount.set(agent, (agentCount.get(agent) ?? 0) + 1);
  }
  return rows.map((row) => {
    const agent = cellOf(row, COLUMNS.agent);
    const isOnly = agent !== null && agentCount.get(agent.text.toLowerCase()) === 1;
    return { row, agent: agent?.text.toLowerCase() ?? "", draft: draftRow(row, agent, isOnly, problems) };
  });
}
function nameRow(row, agent, isOnly) {
  const id = cellOf(row, COLUMNS.id);
  if (id !== null && /[a-z]/i.test(id.text)) return { text: id.text.toLowerCase(), at: id.at };
  if (agent !== null && isOnly) return { text: slugify(agent.text), at: agent.at };
  if (agent !== null && id !== null) return { text: slugify(`${agent.text}-${id.text}`), at: id.at };
  const task = cellOf(row, COLUMNS.task);
  if (id !== null && agent === null) return { text: slugify(`task-${id.text}`), at: id.at };
  return { text: slugify(task?.text ?? ""), at: task?.at ?? { line: row.line, column: 1 } };
}
function draftRow(row, agent, isOnly, problems) {
  const draft = emptyTaskDraft(nameRow(row, agent, isOnly), { line: row.line, column: 1 });
  const id = cellOf(row, COLUMNS.id);
  const task = cellOf(row, COLUMNS.task);
  const branch = cellOf(row, COLUMNS.branch);
  if (task === null)
    problems.error("no-spec", draft.at, `the row of ${quoteText(draft.id.text)} does not say what is to be done`);
  draft.title = task?.text ?? draft.id.text;
  draft.spec = draft.title;
  const number = /^#?(\d{1,5})$/.exec(id?.text ?? "")?.[1];
  const numbered = number === void 0 ? [] : [`agent ${Number(number)}`, String(Number(number))];
  draft.aliases = [
    ...numbered,
    ...isOnly && agent !== null ? [agent.text.toLowerCase()] : [],
    draft.title.toLowerCase()
  ];
  draft.branch = branch === null || isNothing(branch.text) ? null : { text: branch.text, at: branch.at };
  draft.worktree = cellOf(row, COLUMNS.worktree)?.text ?? null;
  draft.owns = splitCell(cellOf(row, COLUMNS.owns)).filter(({ text }) => !isNothing(text));
  readRowEstimate(draft, cellOf(row, COLUMNS.estimate), problems);
  warnDone(draft, cellOf(row, COLUMNS.status), problems);
  return draft;
}
function readRowEstimate(draft, cell, problems) {
  if (cell === null || isNothing(cell.text)) return;
  const minutes = readEstimate(/^\d+(?:\.\d+)?$/.test(cell.text) ? `${cell.text}h` : cell.text);
  if (minutes.ok) draft.estimateMinutes = minutes.value;
  else
    problems.warn(
      "bad-estimate",
      cell.at,
      `${quoteText(draft.id.text)} states ${quoteText(cell.text)} as its time: ${minutes.because}`
    );
}
function warnDone(draft, status, problems) {
  if (status === null || !/\b(?:complete|completed|done|merged|landed)\b/i.test(status.text)) return;
  problems.warn(
    "status-ignored",
    status.at,
    `${quoteText(draft.id.text)} is marked ${quoteText(status.text.replace(/^[^A-Za-z]+/, ""))}, but a status in a plan decides nothing: the task would run; take its row out if its work has landed`
  );
}
function readBlocker(entry, entries, problems) {
  const cell = cellOf(entry.row, COLUMNS.blocker);
  if (cell === null || isNothing(cell.text)) return;
  const names = /* @__PURE__ */ new Map();
  for (const { draft } of entries) {
    for (const alias of draft.aliases) names.set(alias, draft.id.text);
    names.set(draft.id.text.toLowerCase(), draft.id.text);
  }
  const text = /^[\d\s,&#]+$/.test(cell.text) ? `task ${cell.text.replaceAll("#", "")}` : cell.text;
  const read = readNeedsProse(text, cell.at, (word) => names.has(word.toLowerCase()));
  if (read.kind === "none") return;
  if (read.kind === "needs") {
    entry.draft.needs = read.needs.map((need) => ({
      text: names.get(need.text.toLowerCase()) ?? need.text,
      at: need.at
    }));
    return;
  }
  problems.warn(
    "prose-blocker",
    cell.at,
    `the blocker ${quoteText(cell.text)} of ${quoteText(entry.draft.id.text)} names no task, so nothing waits for it; write the id of a task, or 'None', and take the row out until the rest is settled`
  );
}
function shareAgents(entries) {
  const counts = /* @__PURE__ */ new Map();
  for (const { agent } of entries) counts.set(agent, (counts.get(agent) ?? 0) + 1);
  for (const { agent, draft } of entries) {
    if (agent !== "" && (counts.get(agent) ?? 0) > 1) draft.locks.push({ text: slugify(agent), at: draft.at });
  }
}
function readMatrix(matrix, entries, problems) {
  const byAgent = /* @__PURE__ */ new Map();
  for (const entry of entries) {
    for (const name of /* @__PURE__ */ new Set([entry.agent, entry.draft.id.text])) {
      if (name !== "") byAgent.set(name, [...byAgent.get(name) ?? [], entry]);
    }
  }
  for (const row of matrix.rows) {
    const paths = splitCell(cellOf(row, PATH_COLUMNS)).map(({ text, at }) => ({
      text: text.replace(/^\.?\/+/, ""),
      at
    }));
    const owner = cellOf(row, OWNER_COLUMNS);
    if (owner === null) {
      problems.warn(
        "no-owner",
        { line: row.line, column: 1 },
        `nobody owns ${quoteText(paths[0]?.text ?? "")}; no task may change it that owns anything`
      );
      continue;
    }
    assignPaths(paths, owner, entries, byAgent, problems);
  }
  for (const column of matrix.columns) {
    const isKnown = [...PATH_COLUMNS, ...OWNER_COLUMNS, ...READER_COLUMNS].includes(column);
    if (!isKnown && column !== "")
      problems.warn(
        "unknown-column",
        { line: matrix.line, column: 1 },
        `the column ${quoteText(column)} of the ownership matrix is not read`
      );
  }
}
function assignPaths(paths, owner, entries, byAgent, problems) {
  if (/^(?:shared\b|all$|everyone$)/i.test(owner.text)) {
    for (const { draft } of entries) {
      draft.owns.push(...paths);
      draft.locks.push(...paths);
    }
    return;
  }
  for (const { text, at } of splitValues(owner.text, owner.at)) {
    const owners = byAgent.get(text.toLowerCase());
    if (owners === void 0) {
      problems.error(
        "unknown-owner",
        at,
        `${quoteText(text)} owns ${quoteText(paths[0]?.text ?? "")}, but no row of the task table has that agent`,
        {
          nearest: findNearestName(text, byAgent.keys())
        }
      );
    }
    for (const { draft } of owners ?? []) draft.owns.push(...paths);
  }
}
function warnUnowned(entries, problems) {
  for (const { draft } of entries) {
    if (draft.owns.length > 0) continue;
    problems.warn(
      "owns-nothing",
      draft.at,
      `the ownership matrix gives ${quoteText(draft.id.text)} no path; without one a task may change anything that is not protected`
    );
  }
}
function splitCell(cell) {
  return cell === null ? [] : splitValues(cell.text.replace(/<br\s*\/?>/gi, ","), cell.at);
}
function isNothing(text) {
  return /^(?:none|n\/a|no|nothing|-|–|—)?$/i.test(text.trim());
}

// src/core/plan/read-yaml-plan.ts
var PLAN_KEYS = ["plan", "title", "base", "defaults", "final", "budget", "tasks"];
var TASK_KEYS = [
  "title",
  "spec",
  "needs",
  "owns",
  "allow",
  "locks",
  "estimate",
  "branch",
  "worktree",
  "attempts"
];
var MAX_ATTEMPTS2 = 32;
function readYamlPlan(text, toSource, problems) {
  const root = readLocatedYaml(text, toSource, problems);
  if (root === null) return null;
  if (root.kind !== "map") {
    problems.error(
      "bad-value",
      root.at,
      `a plan is a map with the keys 'plan' and 'tasks', found ${describeKind(root)}`
    );
    return null;
  }
  reportUnknownKeys(root.entries, PLAN_KEYS, "a plan", problems);
  const find = (key) => findEntry(root.entries, key);
  const budget = find("budget");
  const defaults = find("defaults");
  const final = find("final");
  return {
    form: "yaml",
    id: readSaid(find("plan"), problems),
    title: readSaid(find("title"), problems)?.text ?? null,
    base: readSaid(find("base"), problems),
    tasks: readTasks(find("tasks"), root, problems),
    defaults: defaults === void 0 ? {} : readSettingsMap(defaults.value, "defaults", problems),
    final: final === void 0 ? [] : readCommands(final.value, "final", problems) ?? [],
    budgetUsd: budget === void 0 ? null : readBudget(budget.value, "budget", problems) ?? null,
    statedTotal: null
  };
}
function readSaid(entry, problems) {
  if (entry === void 0) return null;
  const text = readTextValue(entry.value, entry.key, problems);
  return text === void 0 ? null : { text, at: entry.value.at };
}
function readTasks(entry, root, problems) {
  if (entry === void 0) {
    problems.error("empty-plan", root.at, "a plan has a key 'tasks', with one key per task under it");
    return [];
  }
  if (entry.value.kind === "list" && entry.value.items.length > 0) {
    problems.error(
      "bad-value",
      entry.value.at,
      "'tasks' is a map from id to task, found a list; write 'tasks: {my-task: {spec: …}}'"
    );
    return [];
  }
  const tasks = readMap(entry.value, "tasks", problems) ?? [];
  return tasks.map((task) => readTask(task, problems));
}
function readTask(entry, problems) {
  const draft = emptyTaskDraft({ text: entry.key, at: entry.keyAt }, entry.keyAt);
  if (entry.value.kind === "scalar") {
    return { ...draft, title: firstLine(entry.value.text), spec: entry.value.text };
  }
  const where = `task ${quoteText(entry.key, 64)}`;
  const fields = readMap(entry.value, entry.key, problems) ?? [];
  for (const field of fields) {
    if (isSettingKey(field.key)) readSetting(draft.settings, field.key, field.value, problems);
    else if (!reportLaterKey(field, problems)) readTaskField(draft, field, problems);
  }
  reportUnknownKeys(fields, [...TASK_KEYS, ...SETTING_KEYS, ...Object.keys(LATER_KEYS)], where, problems);
  if (draft.spec.trim() === "" && findEntry(fields, "title") === void 0) {
    problems.error(
      "no-spec",
      entry.keyAt,
      `${where} says nothing of what is to be done; give it a 'spec' (or at least a 'title')`
    );
  }
  if (findEntry(fields, "title") === void 0 && draft.spec.trim() !== "") draft.title = firstLine(draft.spec);
  if (draft.spec.trim() === "") draft.spec = draft.title;
  return draft;
}
function readTaskField(draft, field, problems) {
  const { key, value } = field;
  switch (key) {
    case "title":
      draft.title = readTextValue(value, key, problems)?.replace(/\s+/g, " ").trim() ?? draft.title;
      return;
    case "spec":
      draft.spec = readTextValue(value, key, problems) ?? "";
      return;
    case "needs":
    case "owns":
    case "allow":
    case "locks":
      draft[key] = readSaidList(value, key, problems);
      return;
    case "estimate":
      draft.estimateMinutes = checkedText(readEstimate)(value, key, problems) ?? null;
      return;
    case "branch":
      draft.branch = readSaid(field, problems);
      return;
    case "worktree":
      draft.worktree = readTextValue(value, key, problems) ?? null;
      problems.warn("worktree-not-used", value.at, "'worktree' is not used: Espalier chooses the folder itself");
      return;
    case "attempts":
      draft.variants = readAttempts2(value, problems);
  }
}
function readSaidList(value, name, problems) {
  if (value.kind === "null") return [];
  const items = value.kind === "list" ? value.items : [value];
  return items.flatMap((item) => {
    const text = readTextValue(item, name, problems);
    return text === void 0 ? [] : [{ text, at: item.at }];
  });
}
function readAttempts2(value, problems) {
  const variants = value.kind === "list" ? value.items.flatMap((item) => readVariant(item, problems) ?? []) : repeatVariant(value, problems);
  if (variants.length > MAX_ATTEMPTS2) {
    problems.error("bad-value", value.at, `'attempts' are at most ${MAX_ATTEMPTS2}, found ${variants.length}`);
    return [];
  }
  if (variants.length > 1) {
    problems.warn(
      "not-supported-yet",
      value.at,
      `'attempts' asks for ${variants.length} at once, which 'check' reads and 'run' does not do yet; write 'attempts: 1' to run one`
    );
  }
  return variants;
}
function repeatVariant(value, problems) {
  const count = wholeNumber(1, MAX_ATTEMPTS2)(value, "attempts", problems) ?? 0;
  return Array.from({ length: count }, () => ({ agent: null, approach: null }));
}
function readVariant(value, problems) {
  if (value.kind === "scalar") {
    const agent2 = readAgentValue(value, "attempts", problems);
    return agent2 === void 0 ? null : { agent: agent2, approach: null };
  }
  const entries = readMap(value, "attempts", problems);
  if (entries === void 0) return null;
  reportUnknownKeys(entries, ["agent", "model", "approach"], "'attempts'", problems);
  const agentEntry = findEntry(entries, "agent");
  const modelEntry = findEntry(entries, "model");
  const approachEntry = findEntry(entries, "approach");
  const agent = agentEntry === void 0 ? null : readAgentValue(agentEntry.value, "attempts.agent", problems) ?? null;
  const model = modelEntry === void 0 ? null : readTextValue(modelEntry.value, "attempts.model", problems) ?? null;
  if (model !== null && agent?.kind !== "preset") {
    problems.error(
      "bad-agent",
      modelEntry?.keyAt ?? value.at,
      "'attempts.model' goes with a preset in 'attempts.agent'"
    );
  }
  const approach = approachEntry === void 0 ? null : readTextValue(approachEntry.value, "attempts.approach", problems) ?? null;
  return { agent: agent?.kind === "preset" && model !== null ? { ...agent, model } : agent, approach };
}
function firstLine(text) {
  const line2 = text.trim().split("\n", 1)[0] ?? "";
  return line2.replace(/^#+\s*/, "").slice(0, 200).trim();
}

// src/core/plan/find-form.ts
var FORM_NAMES = {
  yaml: "YAML (a block tagged 'espalier', or a .yml file)",
  headings: "headings ('Agent 1: …' with Branch, Tasks, Dependencies)",
  table: "a task table with an ownership matrix",
  single: "a single task ('Task: …' with Objective and Requirements)"
};
function findPlanForm(source, options, problems) {
  const isYaml = isYamlText(source, options.fileName);
  if (isYaml && (options.form ?? "yaml") === "yaml") return readWholeYaml(source, problems);
  const { text, indent } = dedentSource(source);
  const root = parseMarkdown(text, problems);
  if (root === null) return null;
  const document = cutSections(root, text);
  const found = listForms(document, indent, problems);
  const wanted = options.form === void 0 ? found : found.filter(({ form }) => form === options.form);
  const [first, ...others] = wanted;
  if (first === void 0) {
    if (options.form === "yaml") return readWholeYaml(source, problems);
    reportNoPlan(document, source, found, options.form, problems);
    return null;
  }
  for (const other of others) {
    problems.warn(
      "several-forms",
      null,
      `the text is read as ${FORM_NAMES[first.form]}; that it also looks like ${FORM_NAMES[other.form]} is passed over`
    );
  }
  return first;
}
function isYamlText(source, fileName) {
  if (fileName !== void 0 && /\.ya?ml$/i.test(fileName)) return true;
  const first = source.lines.find((line2) => line2.trim() !== "" && !/^\s*#(?!#)/.test(line2)) ?? "";
  const isYamlStart = /^(?:---\s*$|%YAML|\{|[A-Za-z_][\w-]*:(?:\s|$))/.test(first);
  return isYamlStart && source.lines.some((line2) => /^(?:tasks|"tasks"|'tasks')\s*:|^\{.*\btasks["']?\s*:/.test(line2.slice(0, 2e3)));
}
function readWholeYaml(source, problems) {
  return { form: "yaml", read: () => readYamlPlan(source.text, (place2) => place2, problems) };
}
function dedentSource(source) {
  let indent = Number.POSITIVE_INFINITY;
  for (const line2 of source.lines) {
    if (line2.trim() !== "") indent = Math.min(indent, line2.length - line2.replace(/^ +/, "").length);
    if (indent === 0) return { text: source, indent: 0 };
  }
  const lines = source.lines.map((line2) => line2.slice(indent));
  return { text: { text: lines.join("\n"), lines }, indent };
}
function listForms(document, indent, problems) {
  const tools = {
    problems: indent === 0 ? problems : shiftProblems(problems, indent),
    placeIn: (fence) => placeInFence(fence, document.source),
    parseFence(fence) {
      const inner = { text: fence.value, lines: fence.value.split("\n") };
      const root = parseMarkdown(inner, problems);
      return root === null ? null : cutSections(root, inner);
    }
  };
  const found = [];
  const fences = listFences(document).filter((node) => node.lang === "espalier");
  if (fences.length > 0) found.push(readFence(fences, document, tools));
  if (looksLikeHeadings(document)) found.push({ form: "headings", read: () => readHeadingPlan(document, tools) });
  if (looksLikeTable(document)) found.push({ form: "table", read: () => readTablePlan(document, tools.problems) });
  if (looksLikeSingle(document)) found.push({ form: "single", read: () => readSinglePlan(document, tools.problems) });
  return found;
}
function shiftProblems(problems, indent) {
  const shift = (at) => at === null ? null : { line: at.line, column: at.column + indent };
  return {
    ...problems,
    error: (code, at, message, detail) => problems.error(code, shift(at), message, detail),
    warn: (code, at, message, detail) => problems.warn(code, shift(at), message, detail)
  };
}
function readFence(fences, document, tools) {
  return {
    form: "yaml",
    read() {
      const [fence, second] = fences;
      if (second !== void 0) {
        const line2 = second.position?.start.line ?? 1;
        tools.problems.error(
          "several-plans",
          { line: line2, column: 1 },
          `a text holds one block tagged 'espalier', this one has ${fences.length}`
        );
      }
      return fence === void 0 ? null : readYamlPlan(`${fence.value}
`, placeInFence(fence, document.source), tools.problems);
    }
  };
}
function placeInFence(fence, source) {
  const content = fence.value.split("\n");
  const fenceLine = fence.position?.start.line ?? 0;
  return ({ line: line2, column }) => {
    const sourceLine = source.lines[fenceLine + line2 - 1] ?? "";
    const contentLine = content[line2 - 1] ?? "";
    const shift = sourceLine.endsWith(contentLine) ? sourceLine.length - contentLine.length : 0;
    return { line: fenceLine + line2, column: column + shift };
  };
}
function reportNoPlan(document, source, found, wanted, problems) {
  if (wanted !== void 0) {
    const others = found.map(({ form }) => FORM_NAMES[form]).join(", ");
    problems.error(
      "no-plan",
      null,
      `the text is not a plan as ${FORM_NAMES[wanted]}${others === "" ? "" : `; it looks like ${others}`}`
    );
    return;
  }
  for (const fence of listFences(document)) {
    if (!/^(?:markdown|md)$/i.test(fence.lang ?? "")) continue;
    const form = findFormWithin(fence);
    if (form === null) continue;
    const line2 = fence.position?.start.line ?? 1;
    problems.error(
      "plan-in-fence",
      { line: line2, column: 1 },
      `the text itself is no plan, but the fenced block here holds one as ${FORM_NAMES[form]}; put it into a file of its own`
    );
    return;
  }
  const forms = Object.values(FORM_NAMES).join("; ");
  problems.error(
    "no-plan",
    source.lines.length > 0 ? { line: 1, column: 1 } : null,
    `no plan was found in this text; a plan is written as ${forms}`
  );
}
function findFormWithin(fence) {
  const inner = { text: fence.value, lines: fence.value.split("\n") };
  const root = parseMarkdown(inner, createProblemList(inner));
  if (root === null) return null;
  const document = cutSections(root, inner);
  if (looksLikeHeadings(document)) return "headings";
  if (looksLikeTable(document)) return "table";
  return looksLikeSingle(document) ? "single" : null;
}

// src/core/plan/find-cycles.ts
var MAX_STEPS = 2e7;
function findShortestCycles(tasks, limit) {
  const graph = buildGraph(tasks);
  const budget = { steps: MAX_STEPS };
  const cycles = [];
  for (const knot of findKnots(graph)) {
    if (cycles.length >= limit) break;
    const cycle = shortestWithin(graph, knot, budget);
    cycles.push(startAtSmallest(cycle).flatMap((index) => graph.ids[index] ?? []));
  }
  return cycles;
}
function findKnots(graph) {
  const count = graph.ids.length;
  const found = Array.from({ length: count }, () => -1);
  const low = Array.from({ length: count }, () => 0);
  const isOnStack = Array.from({ length: count }, () => false);
  const stack = [];
  const knots = [];
  let clock = 0;
  function enter(index) {
    found[index] = clock;
    low[index] = clock;
    clock += 1;
    stack.push(index);
    isOnStack[index] = true;
    return { index, next: 0 };
  }
  function leave(index) {
    if (low[index] !== found[index]) return;
    const members = [];
    for (let member = stack.pop(); member !== void 0; member = stack.pop()) {
      isOnStack[member] = false;
      members.push(member);
      if (member === index) break;
    }
    if (members.length > 1 || graph.needs[index]?.includes(index)) knots.push(members);
  }
  for (let root = 0; root < count; root += 1) {
    if (found[root] !== -1) continue;
    const frames = [enter(root)];
    for (let frame = frames.at(-1); frame !== void 0; frame = frames.at(-1)) {
      const needed = graph.needs[frame.index]?.[frame.next];
      frame.next += 1;
      if (needed === void 0) {
        frames.pop();
        const parent = frames.at(-1);
        if (parent !== void 0) low[parent.index] = Math.min(low[parent.index] ?? 0, low[frame.index] ?? 0);
        leave(frame.index);
      } else if (found[needed] === -1) frames.push(enter(needed));
      else if (isOnStack[needed]) low[frame.index] = Math.min(low[frame.index] ?? 0, found[needed] ?? 0);
    }
  }
  const first = (knot) => knot.reduce((least, index) => Math.min(least, index), count);
  return knots.map((knot) => ({ knot, at: first(knot) })).sort((a, b) => a.at - b.at).map(({ knot }) => knot);
}
function shortestWithin(graph, knot, budget) {
  const members = new Set(knot);
  const needs = new Map(knot.map((index) => [index, (graph.needs[index] ?? []).filter((at) => members.has(at))]));
  const starts = knot.filter((index) => (needs.get(index)?.length ?? 0) > 1);
  if (starts.length === 0) starts.push(...knot.slice(0, 1));
  let best = [];
  for (const start of starts) {
    if (best.length === 1 || best.length > 0 && budget.steps <= 0) break;
    const bound = best.length === 0 ? Number.POSITIVE_INFINITY : best.length;
    best = cycleThrough(start, needs, bound, budget) ?? best;
  }
  return best;
}
function cycleThrough(start, needs, bound, budget) {
  const cameFrom = /* @__PURE__ */ new Map();
  const depth = /* @__PURE__ */ new Map([[start, 1]]);
  const queue = [start];
  for (let head = 0; head < queue.length; head += 1) {
    const index = queue[head] ?? start;
    const length = depth.get(index) ?? 1;
    if (length >= bound) return null;
    for (const needed of needs.get(index) ?? []) {
      budget.steps -= 1;
      if (needed === start) return readBack(cameFrom, start, index);
      if (depth.has(needed)) continue;
      depth.set(needed, length + 1);
      cameFrom.set(needed, index);
      queue.push(needed);
    }
  }
  return null;
}
function readBack(cameFrom, start, end) {
  const path = [end];
  for (let at = end; at !== start; ) {
    at = cameFrom.get(at) ?? start;
    path.push(at);
  }
  return path.reverse();
}
function startAtSmallest(cycle) {
  const at = cycle.indexOf(cycle.reduce((least, index) => Math.min(least, index), Number.POSITIVE_INFINITY));
  return [...cycle.slice(at), ...cycle.slice(0, at)];
}

// src/core/plan/workflow-words.ts
var WORDS = /\bCI\/CD\b|\bCI (?:pipeline|workflow|configuration|job)s?\b|\bGitHub Actions?\b|\bGitHub workflows?\b|\.github\/workflows|\bCI\b(?= |$)/i;
var WORKFLOWS = compileGlob(".github/workflows/**");
var MAX_SEARCHED = 2e4;
function warnAboutWorkflows(task, problems) {
  const text = [task.title, ...task.items.map((item) => item.text), task.spec].join("\n").slice(0, MAX_SEARCHED);
  const match = WORDS.exec(text);
  if (match === null || task.allow.some(({ text: glob }) => reachesWorkflows(glob))) return;
  problems.warn(
    "workflow-not-allowed",
    task.at,
    `task '${task.id.text.slice(0, 64)}' speaks of '${match[0]}', but workflow files are protected and nothing allows it to change them; if it should, allow '.github/workflows/**'`
  );
}
function reachesWorkflows(text) {
  const glob = compileGlob(text);
  return glob.ok && WORKFLOWS.ok && globsOverlap(glob.value, WORKFLOWS.value) !== null;
}

// src/core/plan/finish-plan.ts
var MAX_TASKS = 1e4;
var MAX_CYCLES = 5;
var MAX_LOCK_LENGTH = 200;
function finishPlan(draft, fileName, problems) {
  if (draft.tasks.length === 0) {
    problems.error("empty-plan", draft.id?.at ?? { line: 1, column: 1 }, "the plan has no task");
    return null;
  }
  if (draft.tasks.length > MAX_TASKS) {
    problems.error(
      "too-many-tasks",
      draft.tasks[MAX_TASKS]?.at ?? null,
      `the plan has ${draft.tasks.length} tasks; at most ${MAX_TASKS} are read`
    );
    return null;
  }
  const names = readIds(draft.tasks, problems);
  const tasks = draft.tasks.flatMap((task) => finishTask(task, names, problems) ?? []);
  reportCycles(tasks, problems);
  const base = finishBranch(draft.base, "base", problems);
  reportBranchClashes(draft.tasks, base, problems);
  const id = finishPlanId(draft, fileName, problems);
  if (id === null || problems.hasErrors()) return null;
  return {
    id,
    title: draft.title ?? draft.id?.text ?? id,
    form: draft.form,
    base,
    tasks,
    defaults: draft.defaults,
    final: draft.final,
    budgetUsd: draft.budgetUsd,
    statedTotal: draft.statedTotal
  };
}
function finishPlanId(draft, fileName, problems) {
  const stem = (fileName ?? "").replace(/^.*[\\/]/, "").replace(/\.[A-Za-z0-9]+$/, "");
  for (const text of [draft.id?.text ?? "", draft.title ?? "", stem, "plan"]) {
    const asSaid = readPlanId(text);
    if (asSaid.ok) return asSaid.value;
    const slug = readPlanId(slugify(text));
    if (slug.ok) return slug.value;
    if (draft.id !== null && text === draft.id.text && text !== "") {
      problems.error(
        "bad-plan-id",
        draft.id.at,
        `the plan is named ${quoteText(text)}, of which no id can be made: ${asSaid.because}`
      );
      return null;
    }
  }
  return null;
}
function readIds(tasks, problems) {
  const ids = /* @__PURE__ */ new Map();
  const aliases = /* @__PURE__ */ new Map();
  for (const task of tasks) {
    const id = readTaskId(task.id.text);
    if (!id.ok) {
      const slug = slugify(task.id.text);
      problems.error(
        "bad-task-id",
        task.id.at,
        `the task id ${quoteText(task.id.text)} cannot be used: ${id.because}`,
        {
          nearest: readTaskId(slug).ok ? slug : null
        }
      );
    }
    const first = ids.get(task.id.text);
    if (first !== void 0) {
      problems.error(
        "duplicate-task",
        task.id.at,
        `two tasks have the id ${quoteText(task.id.text)} (the first on line ${first.id.at.line})`
      );
    } else ids.set(task.id.text, task);
    for (const alias of task.aliases)
      aliases.set(alias, aliases.has(alias) && aliases.get(alias) !== task.id.text ? null : task.id.text);
  }
  return { ids, aliases };
}
function finishTask(draft, names, problems) {
  const id = readTaskId(draft.id.text);
  const branch = finishBranch(draft.branch, "branch", problems);
  const task = {
    title: draft.title,
    spec: draft.spec,
    needs: finishNeeds(draft, names, problems),
    owns: finishGlobs(draft.owns, "owns", problems),
    allow: finishGlobs(draft.allow, "allow", problems),
    locks: finishLocks(draft.locks, problems),
    estimateMinutes: draft.estimateMinutes,
    branch,
    worktree: draft.worktree,
    items: draft.items,
    variants: draft.variants,
    settings: draft.settings,
    line: draft.at.line
  };
  warnAboutWorkflows(draft, problems);
  return id.ok ? { id: id.value, ...task } : null;
}
function finishNeeds(draft, names, problems) {
  const needs = /* @__PURE__ */ new Set();
  for (const need of draft.needs) {
    const found = resolveNeed(need.text, names);
    if (found === null) {
      problems.error(
        "unknown-task",
        need.at,
        `task ${quoteText(draft.id.text)} needs ${quoteText(need.text)}, which is no task of this plan`,
        {
          nearest: problems.hasRoom() ? findNearestName(need.text, names.ids.keys()) : null
        }
      );
    } else if (found === draft.id.text) {
      problems.error("self-need", need.at, `task ${quoteText(draft.id.text)} needs itself`);
    } else needs.add(found);
  }
  return [...needs];
}
function resolveNeed(text, names) {
  return names.ids.has(text) ? text : names.aliases.get(text.toLowerCase()) ?? null;
}
function finishGlobs(globs, name, problems) {
  const kept = /* @__PURE__ */ new Set();
  for (const { text, at } of globs) {
    const glob = compileGlob(text);
    if (glob.ok) {
      kept.add(text);
      warnAboutFolder(text, name, at, problems);
      continue;
    }
    const stripped = text.replace(/^\.?\/+/, "");
    problems.error("bad-glob", at, `'${name}' has ${quoteText(text)}: ${glob.because}`, {
      nearest: stripped !== text && compileGlob(stripped).ok ? stripped : null
    });
  }
  return [...kept];
}
function warnAboutFolder(text, name, at, problems) {
  if (!/^(?:[^*?[{]*\/)?[a-z0-9_-]+$/.test(text)) return;
  problems.warn(
    "folder-without-glob",
    at,
    `'${name}' has ${quoteText(text)}, which matches only a file of that very name; a folder is written with '/**'`,
    {
      nearest: `${text}/**`
    }
  );
}
function finishLocks(locks, problems) {
  const kept = /* @__PURE__ */ new Set();
  for (const { text, at } of locks) {
    const isGood = text.length <= MAX_LOCK_LENGTH && /^[^\s]+(?: [^\s]+)*$/.test(text) && escapeText(text, 1e3) === text;
    if (isGood) kept.add(text);
    else
      problems.error(
        "bad-lock",
        at,
        `the lock ${quoteText(text)} cannot be used: a lock's name is visible characters, at most ${MAX_LOCK_LENGTH}`
      );
  }
  return [...kept];
}
function finishBranch(said, name, problems) {
  if (said === null) return null;
  const branch = readBranchName(said.text);
  if (branch.ok) return branch.value;
  problems.error("bad-branch", said.at, `'${name}' is ${quoteText(said.text)}: ${branch.because}`);
  return null;
}
function reportBranchClashes(tasks, base, problems) {
  const owners = /* @__PURE__ */ new Map();
  if (base !== null) owners.set(base, "the base");
  const said = tasks.flatMap((task) => task.branch === null ? [] : [{ branch: task.branch, id: task.id.text }]);
  for (const { branch, id } of said) {
    const other = owners.get(branch.text);
    if (other === "the base") {
      problems.error(
        "branch-is-base",
        branch.at,
        `task ${quoteText(id)} wants the branch ${quoteText(branch.text)}, which is the base; a task needs one of its own`
      );
    } else if (other !== void 0 && other !== id) {
      problems.error(
        "duplicate-branch",
        branch.at,
        `tasks ${quoteText(other)} and ${quoteText(id)} want one branch, ${quoteText(branch.text)}`
      );
    } else owners.set(branch.text, id);
  }
  for (const { branch, id } of said) {
    for (let slash = branch.text.indexOf("/"); slash !== -1; slash = branch.text.indexOf("/", slash + 1)) {
      const folder = branch.text.slice(0, slash);
      const other = owners.get(folder);
      if (other === void 0) continue;
      problems.error(
        "branch-clash",
        branch.at,
        `the branch ${quoteText(branch.text)} of task ${quoteText(id)} cannot stand beside the branch ${quoteText(folder)}: git would need it to be a file and a folder`
      );
      break;
    }
  }
}
function reportCycles(tasks, problems) {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  for (const cycle of findShortestCycles(tasks, MAX_CYCLES)) {
    const [first] = cycle;
    if (first === void 0) continue;
    const shown = cycle.length > 12 ? [...cycle.slice(0, 10), `(${cycle.length - 11} more)`, ...cycle.slice(-1)] : cycle;
    problems.error(
      "cycle",
      { line: byId.get(first)?.line ?? 1, column: 1 },
      `these tasks wait for each other: ${[...shown, first].join(" → ")} (each needs the next)`
    );
  }
}

// src/core/plan/read-plan.ts
var MAX_PLAN_LENGTH = 2 * 1024 * 1024;
function readPlan(text, options = {}) {
  if (text.length > MAX_PLAN_LENGTH) return refuseLength(text.length);
  const source = readSourceText(text);
  const problems = createProblemList(source);
  if (!isReadableText(source, problems)) return { plan: null, form: null, problems: problems.finish() };
  const found = findPlanForm(source, options, problems);
  if (found === null) return { plan: null, form: null, problems: problems.finish() };
  const draft = found.read();
  const plan = draft === null ? null : finishPlan(draft, options.fileName ?? null, problems);
  return { plan, form: found.form, problems: problems.finish() };
}
function refuseLength(length) {
  const problems = createProblemList({ text: "", lines: [] });
  problems.error("too-large", null, `the text has ${length} characters; at most ${MAX_PLAN_LENGTH} are read as a plan`);
  return { plan: null, form: null, problems: problems.finish() };
}
function isReadableText(source, problems) {
  if (source.text.trim() === "") {
    problems.error("empty-plan", null, "the text is empty");
    return false;
  }
  const isWellFormed = source.text.isWellFormed();
  if (isWellFormed && !source.text.includes("\0")) return true;
  const index = source.lines.findIndex((line3) => line3.includes("\0") || !line3.isWellFormed());
  const line2 = source.lines[index] ?? "";
  const nul = line2.indexOf("\0");
  const mended = line2.toWellFormed();
  const column = nul >= 0 ? nul : Array.from({ length: line2.length }, (_, at) => at).findIndex((at) => line2[at] !== mended[at]);
  problems.error(
    "not-text",
    { line: index + 1, column: column + 1 },
    nul >= 0 ? "the text holds a NUL character; is it a text file?" : "the text holds half of a surrogate pair; is it UTF-8?"
  );
  return false;
}

// src/core/gate/facts.ts
function missingResult({ evidence }, rule, what, wanted) {
  return evidence.outcome === "verified" ? ruleResult(rule, "failed", `no ${what}`, wanted, `the verification left no ${what}, and silence is not consent`) : ruleResult(rule, "pending", "not reached", wanted, "the attempt ended before it came to this");
}
function ruleResult(rule, status, found, wanted, because) {
  return { rule, status, found, wanted, because };
}

// src/core/gate/rules/approvals.ts
var checkApprovals = ({ task, pull }) => {
  const wanted = Math.max(task.approvals, pull?.requiredApprovals ?? 0);
  if (wanted === 0) return ruleResult("approvals", "not-asked", "0", "0", "the plan asks for none");
  if (pull === void 0)
    return ruleResult("approvals", "pending", "0", `${wanted}`, "nobody can approve on a local repository");
  const found = pull?.approvedBy.length ?? 0;
  if (found >= wanted)
    return ruleResult("approvals", "passed", `${found}`, `${wanted}`, `${pull?.approvedBy.join(", ")} approved it`);
  return ruleResult("approvals", "pending", `${found}`, `${wanted}`, "it waits for people to approve it");
};

// src/core/gate/rules/base-tests.ts
var checkBaseTests = ({ task, evidence }) => {
  const wanted = "the base's tests pass against the change";
  if (task.testPaths.length === 0)
    return ruleResult("base-tests", "not-asked", "no test_paths", wanted, "the plan names no test paths");
  switch (evidence.baseTests) {
    case "not-asked":
      return ruleResult("base-tests", "failed", "not run", wanted, "the evidence is from before test_paths were set");
    case "not-needed":
      return ruleResult("base-tests", "passed", "unchanged", wanted, "the change leaves the existing tests alone");
    case "waived":
      return ruleResult(
        "base-tests",
        "waived",
        "allowed by name",
        wanted,
        "the task's allow names the tests it changes"
      );
    case "run": {
      const result = evidence.tests.findLast((test) => test.stage === "base-tests");
      if (result === void 0)
        return ruleResult("base-tests", "failed", "no result", wanted, "the run left no result");
      return result.status === "passed" ? ruleResult("base-tests", "passed", "passed", wanted, "the base's tests passed against the change") : ruleResult(
        "base-tests",
        "failed",
        result.status,
        wanted,
        "the base's tests do not pass: a test was weakened, or behaviour changed"
      );
    }
  }
};

// src/core/gate/rules/budget.ts
var checkBudget = ({ attempt, evidence, spentUsd, planBudgetUsd, task }) => {
  const cap = task.budgetUsd;
  if (cap === null && planBudgetUsd === null)
    return ruleResult("budget", "not-asked", "no cap", "no cap", "the plan sets no budget");
  const cost = evidence.usage.costUsd ?? attempt.reservedUsd ?? 0;
  if (cap !== null && cost > cap)
    return ruleResult("budget", "failed", usd(cost), `at most ${usd(cap)}`, "the attempt cost more than its cap");
  if (planBudgetUsd !== null && spentUsd > planBudgetUsd)
    return ruleResult(
      "budget",
      "failed",
      usd(spentUsd),
      `at most ${usd(planBudgetUsd)}`,
      "the plan is over its budget"
    );
  return ruleResult(
    "budget",
    "passed",
    usd(cost),
    `at most ${usd(cap ?? planBudgetUsd ?? 0)}`,
    "it stayed within its cap"
  );
};
function usd(amount) {
  return `$${amount.toFixed(2)}`;
}

// src/core/gate/rules/checks.ts
var checkChecks = ({ pull, evidence, attempt }) => {
  const wanted = "every required check passed on the head";
  if (pull === void 0) return ruleResult("checks", "not-asked", "no checks here", wanted, "the forge has no checks");
  if (pull === null)
    return ruleResult("checks", "pending", "no pull request", wanted, "its pull request is not open yet");
  const heads = [evidence.headSha, attempt.trial?.result?.commitSha ?? null];
  if (!heads.includes(pull.headSha))
    return ruleResult(
      "checks",
      "pending",
      pull.headSha.slice(0, 12),
      wanted,
      "the head is not the one that was verified"
    );
  if (pull.checks.length === 0)
    return ruleResult("checks", "not-asked", "none required", wanted, "no check is required by name");
  const failed = pull.checks.filter((check) => check.status === "not-passed");
  if (failed.length > 0)
    return ruleResult(
      "checks",
      "failed",
      failed.map(({ name, found }) => `${name}: ${found}`).join(", "),
      wanted,
      `${failed.map((check) => check.name).join(", ")} did not pass`
    );
  const open = pull.checks.filter((check) => check.status !== "passed");
  if (open.length > 0)
    return ruleResult(
      "checks",
      "pending",
      open.map(({ name, found }) => `${name}: ${found}`).join(", "),
      wanted,
      `it waits for ${open.map((check) => check.name).join(", ")}`
    );
  const names = pull.checks.map((check) => check.name).join(", ");
  return ruleResult("checks", "passed", names, wanted, "all required checks passed on this head");
};

// src/core/gate/rules/conversation.ts
var ON_HOLD = "on hold";
var checkConversation = ({ pull }) => {
  const wanted = "no change requested";
  if (pull === void 0)
    return ruleResult("conversation", "not-asked", "no reviews here", wanted, "the forge has no reviews by people");
  if (pull?.holdBecause !== void 0) return ruleResult("conversation", "pending", ON_HOLD, wanted, pull.holdBecause);
  const by = pull?.changesRequestedBy ?? [];
  return by.length === 0 ? ruleResult("conversation", "passed", "none", wanted, "nobody has requested changes") : ruleResult("conversation", "pending", by.join(", "), wanted, `${by.join(", ")} requested changes`);
};

// src/core/gate/rules/dependencies.ts
var checkDependencies = ({ task, hasLanded }) => {
  const open = task.needs.filter((need) => !hasLanded(need));
  const wanted = task.needs.length === 0 ? "nothing" : task.needs.join(", ");
  if (task.needs.length === 0) return ruleResult("dependencies", "passed", "nothing", wanted, "it needs no other task");
  if (open.length === 0) return ruleResult("dependencies", "passed", wanted, wanted, "all that it needs has landed");
  return ruleResult(
    "dependencies",
    "pending",
    task.needs.filter((need) => hasLanded(need)).join(", ") || "nothing",
    wanted,
    `it waits for ${open.join(", ")} to land`
  );
};

// src/core/gate/rules/freeze.ts
var checkFreeze = ({ frozen }) => frozen === null ? ruleResult("freeze", "passed", "not frozen", "not frozen", "the branch is open for landings") : ruleResult("freeze", "pending", "frozen", "not frozen", frozen.because);

// src/core/gate/rules/mergeable.ts
var checkMergeable = ({ attempt }) => {
  const wanted = "merges cleanly, and the merged tree passes the tests";
  const result = attempt.trial?.result ?? null;
  if (result === null)
    return ruleResult("mergeable", "pending", "not tried", wanted, "it has not been tried on the tip");
  if (result.headSha !== attempt.evidence?.headSha)
    return ruleResult("mergeable", "failed", "a trial of another head", wanted, "the trial was of another head");
  if (result.outcome === "conflict")
    return ruleResult(
      "mergeable",
      "failed",
      `${result.conflicts.length} conflicting paths`,
      wanted,
      "it conflicts with what landed before it"
    );
  if (result.outcome === "error")
    return ruleResult(
      "mergeable",
      "pending",
      "could not be tried",
      wanted,
      "the trial could not run and will be repeated"
    );
  if (result.test?.status !== "passed" || result.test.tree !== result.treeSha)
    return ruleResult(
      "mergeable",
      "failed",
      result.test?.status ?? "no result",
      wanted,
      "the tests do not pass on the merged tree"
    );
  return ruleResult("mergeable", "passed", "clean and tested", wanted, "the merged tree passed the tests");
};

// src/core/gate/rules/plan-revision.ts
var checkPlanRevision = ({ attempt, taskDigest: taskDigest2, evidence }) => {
  const isSame = attempt.taskDigest === taskDigest2 && evidence.taskDigest === taskDigest2;
  return ruleResult(
    "plan-revision",
    isSame ? "passed" : "failed",
    attempt.taskDigest.slice(0, 12),
    taskDigest2.slice(0, 12),
    isSame ? "it was made for the task as it stands" : "the task was changed after this attempt was dispatched"
  );
};

// src/core/gate/rules/review-score.ts
var checkReviewScore = (facts) => {
  const { task, evidence } = facts;
  const { reviewer, threshold } = task.review;
  const wanted = `${threshold}/10 or more, nothing blocking`;
  if (reviewer === null)
    return ruleResult("review-score", "waived", "switched off", wanted, "review is switched off by name");
  const review = evidence.reviews.findLast((one) => one.stage === "verify");
  if (review === void 0) return missingResult(facts, "review-score", "review", wanted);
  if (review.status !== "scored" || review.score === null)
    return ruleResult("review-score", "failed", review.status, wanted, `the review gave no score: ${review.detail}`);
  const isBound = evidence.treeSha !== null && review.change === changeDigest(evidence.baseTreeSha, evidence.treeSha) && review.rubric === rubricDigest(task) && review.reviewer === reviewerName(reviewer);
  if (!isBound)
    return ruleResult(
      "review-score",
      "failed",
      "a review of something else",
      wanted,
      "it is of another change, rubric or reviewer"
    );
  const blocking = review.findings.filter((finding) => finding.severity === "blocking").length;
  const found = `${review.score}/10, ${blocking} blocking`;
  if (blocking > 0)
    return ruleResult("review-score", "failed", found, wanted, "a blocking finding closes the gate at any score");
  return review.score >= threshold ? ruleResult("review-score", "passed", found, wanted, `the review scored ${review.score}/10`) : ruleResult("review-score", "failed", found, wanted, `${review.score}/10 is under ${threshold}/10`);
};

// src/core/gate/rules/tests.ts
var checkTests = (facts) => {
  const { task, evidence } = facts;
  const wanted = "passed on the head, in a fresh sandbox";
  const suite = suiteDigest(task);
  if (task.test.length === 0)
    return ruleResult("tests", "failed", "no tests configured", wanted, "a plan with no tests is not waved through");
  const result = evidence.tests.findLast((test) => test.stage === "verify");
  if (result === void 0) return missingResult(facts, "tests", "result", wanted);
  if (result.tree !== evidence.treeSha)
    return ruleResult(
      "tests",
      "failed",
      `a result for tree ${result.tree.slice(0, 12)}`,
      wanted,
      "it is for another tree"
    );
  if (result.suite !== suite)
    return ruleResult("tests", "failed", "a result of other commands", wanted, "the commands were changed since");
  if (result.status !== "passed")
    return ruleResult("tests", "failed", result.status, wanted, `the tests ended as '${result.status}'`);
  return ruleResult("tests", "passed", "passed", wanted, "the tests passed on this tree");
};

// src/core/gate/rules/tree.ts
function checkViolations(facts, rule, wanted, good) {
  const { evidence } = facts;
  if (evidence.treeSha === null) return missingResult(facts, rule, "tree", wanted);
  const found = evidence.violations.filter((violation) => violation.rule === rule);
  const [first] = found;
  if (first === void 0) return ruleResult(rule, "passed", "nothing against it", wanted, good);
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : "";
  return ruleResult(rule, "failed", `${first.path}${more}`, wanted, first.because);
}
var checkOwnership = (facts) => facts.task.owns.length === 0 ? ruleResult("ownership", "not-asked", "no owned paths", "any path", "the task may change anything unprotected") : checkViolations(facts, "ownership", `only ${facts.task.owns.join(", ")}`, "it changed only what it owns");
var checkProtectedPaths = (facts) => checkViolations(
  facts,
  "protected-paths",
  "no protected path that allow does not name",
  "no protected path was changed"
);
var checkContents = (facts) => checkViolations(
  facts,
  "contents",
  "no secret, no escaping link, no nested repository, sizes within limits",
  "the contents are in order"
);

// src/core/gate/rules/up-to-date.ts
var checkUpToDate = ({ attempt, tip }) => {
  const onto = attempt.trial?.result?.ontoSha ?? null;
  const wanted = tip === null ? "a branch to land on" : tip.slice(0, 12);
  if (tip === null) return ruleResult("up-to-date", "failed", "no branch", wanted, "the branch to land on is gone");
  if (onto === null)
    return ruleResult("up-to-date", "pending", "not tried", wanted, "it has not been tried on the tip");
  return onto === tip ? ruleResult("up-to-date", "passed", onto.slice(0, 12), wanted, "it was tested on the tip as it stands") : ruleResult("up-to-date", "pending", onto.slice(0, 12), wanted, "the branch moved since, so it is tried again");
};

// src/core/gate/evaluate.ts
var RULE_BY_NAME = {
  "plan-revision": checkPlanRevision,
  dependencies: checkDependencies,
  tests: checkTests,
  "base-tests": checkBaseTests,
  checks: checkChecks,
  "review-score": checkReviewScore,
  approvals: checkApprovals,
  conversation: checkConversation,
  ownership: checkOwnership,
  "protected-paths": checkProtectedPaths,
  contents: checkContents,
  budget: checkBudget,
  mergeable: checkMergeable,
  "up-to-date": checkUpToDate,
  freeze: checkFreeze
};
var QUEUE_RULES = /* @__PURE__ */ new Set(["checks", "mergeable", "up-to-date", "freeze"]);
function evaluateGate(facts) {
  const rules = Object.values(RULE_BY_NAME).map((rule) => rule(facts));
  return { status: statusOf(rules), rules };
}
function evaluateEntry(facts) {
  const rules = Object.entries(RULE_BY_NAME).filter(([name]) => !QUEUE_RULES.has(name)).map(([, rule]) => rule(facts));
  return { status: statusOf(rules), rules };
}
var MERGE_RULES = /* @__PURE__ */ new Set(["mergeable", "up-to-date"]);
function evaluateGroup(facts) {
  const rules = Object.entries(RULE_BY_NAME).filter(([name]) => !MERGE_RULES.has(name)).map(([, rule]) => rule(facts));
  return { status: statusOf(rules), rules };
}
function statusOf(rules) {
  if (rules.some((rule) => rule.status === "failed")) return "closed";
  if (rules.some((rule) => rule.status === "pending")) return "pending";
  return "open";
}

// src/core/schedule/dispatch.ts
function measureOccupancy(ledger, index) {
  const phases = /* @__PURE__ */ new Map();
  const lockHolders = /* @__PURE__ */ new Map();
  let running = 0;
  for (const [key, record] of Object.entries(ledger.tasks)) {
    const id = key;
    const task = index.task(id);
    if (task === void 0) continue;
    const phase = taskPhase(task, record);
    phases.set(id, phase);
    const last = lastAttempt(record);
    if (last?.status === "running") running += 1;
    const isBegun = attemptsUsed(record) > 0 || record.givenSha !== void 0;
    const isUnderWay = phase === "active" || phase === "open" && isBegun;
    if (isUnderWay) for (const lock of task.locks) lockHolders.set(lock, id);
  }
  return { phases, running, lockHolders, committedUsd: committedUsd(ledger) };
}
function reservationFor(task, planBudgetUsd, occupancy, unlandedTasks) {
  if (planBudgetUsd === null) return task.budgetUsd;
  if (task.budgetUsd !== null) return task.budgetUsd;
  const left = Math.max(0, planBudgetUsd - occupancy.committedUsd);
  return left / Math.max(1, unlandedTasks);
}
function findObstacle(task, ledger, occupancy, reservationUsd, nowMs) {
  const waiting = (kind, because, extra = {}) => ({
    kind,
    because,
    on: [],
    untilMs: null,
    next: null,
    ...extra
  });
  const missing = task.needs.filter((need) => occupancy.phases.get(need) !== "landed");
  if (missing.length > 0) {
    const dead = missing.filter((need) => isDeadEnd(occupancy.phases.get(need)));
    if (dead.length === 0) return waiting("task", `waits for ${missing.join(", ")} to land`, { on: missing });
    return waiting("task", `${dead.join(", ")} did not land`, {
      on: dead,
      next: `espalier retry ${dead[0]} --plan ${ledger.plan.id}`
    });
  }
  if (ledger.paused !== null)
    return waiting("pause", `the plan was paused by ${ledger.paused.by}`, {
      next: `espalier resume ${ledger.plan.id}`
    });
  for (const lock of task.locks) {
    const holder = occupancy.lockHolders.get(lock);
    if (holder !== void 0 && holder !== task.id)
      return waiting("lock", `'${lock}' is held by ${holder}`, { on: [holder] });
  }
  const notBefore = ledger.tasks[task.id]?.notBefore ?? 0;
  if (notBefore > nowMs) return waiting("backoff", "waits before it tries again", { untilMs: notBefore });
  const budget = ledger.plan.budgetUsd;
  if (budget !== null && (reservationUsd ?? 0) > budget - occupancy.committedUsd + 1e-9)
    return waiting(
      "budget",
      `the plan has $${Math.max(0, budget - occupancy.committedUsd).toFixed(2)} of $${budget.toFixed(2)} left, and $${(reservationUsd ?? 0).toFixed(2)} must be set aside`,
      {
        next: "raise the budget in the plan, then run it again with --revise"
      }
    );
  if (budget !== null && reservationUsd !== null && reservationUsd <= 0)
    return waiting("budget", `the plan's $${budget.toFixed(2)} are spent`, {
      next: "raise the budget in the plan, then run it again with --revise"
    });
  return null;
}
function isDeadEnd(phase) {
  return phase === "exhausted" || phase === "cancelled";
}
function findHeldTasks(tasks, occupancy) {
  const dependents = /* @__PURE__ */ new Map();
  for (const task of tasks)
    for (const need of task.needs) {
      const list = dependents.get(need);
      if (list === void 0) dependents.set(need, [task.id]);
      else list.push(task.id);
    }
  const held = /* @__PURE__ */ new Set();
  const queue = [...occupancy.phases].filter(([, phase]) => isDeadEnd(phase)).map(([id]) => id);
  for (let next = queue.pop(); next !== void 0; next = queue.pop())
    for (const dependent of dependents.get(next) ?? [])
      if (!held.has(dependent) && occupancy.phases.get(dependent) !== "landed") {
        held.add(dependent);
        queue.push(dependent);
      }
  return held;
}
function countUnlanded(ledger) {
  let landed = 0;
  for (const record of Object.values(ledger.tasks)) if (landedAttempt(record) !== null) landed += 1;
  return ledger.plan.tasks.length - landed;
}

// src/core/reconcile/landing-claim.ts
var MOST_OVERTAKEN = 3;
var LEASES_PER_CLAIM = 60;
function findClaimBefore({ claims = [] }, plan, nowMs) {
  const first = claims.find(({ until }) => until > nowMs);
  return first === void 0 || first.plan === plan ? null : first;
}
function withOvertaken(draft, attempt) {
  const overtaken = countOvertaken(draft, attempt);
  return overtaken === (attempt.overtaken ?? 0) ? attempt : { ...attempt, overtaken };
}
function countOvertaken({ snapshot, queue, ledger }, { trial, overtaken = 0 }) {
  if (trial === null || trial.ontoSha === snapshot.tip) return overtaken;
  let count = overtaken;
  for (let at = queue.landings.length - 1; at >= 0; at -= 1) {
    const landing = queue.landings[at];
    if (landing === void 0 || landing.at < trial.startedAt || landing.commitSha === trial.ontoSha) break;
    if (landing.plan !== ledger.plan.id) count += 1;
  }
  return count;
}
function mayClaim(draft, attempt) {
  if (draft.config.landingWay === "enqueue" || (attempt.landing?.refusal ?? null) !== null) return false;
  const { trial } = attempt;
  if (trial !== null && trial.result === null && trial.ontoSha !== draft.snapshot.tip) return false;
  return countOvertaken(draft, attempt) >= MOST_OVERTAKEN;
}
function hasLapsed({ queue, ledger, nowMs }) {
  return (queue.claims ?? []).some(({ plan, until }) => plan === ledger.plan.id && until <= nowMs);
}
function settleClaim(draft) {
  const { queue, nowMs, config, wantsClaim } = draft;
  const plan = draft.ledger.plan.id;
  const claims = queue.claims ?? [];
  const mine = claims.find((claim) => claim.plan === plan && claim.until > nowMs);
  const claimMs = config.leaseMs * LEASES_PER_CLAIM;
  const isDue = mine !== void 0 && findClaimBefore(queue, plan, nowMs) !== null && mine.until - nowMs < claimMs / 2;
  if (wantsClaim ? mine !== void 0 && !isDue : !claims.some((claim) => claim.plan === plan)) return;
  const made = { plan, until: nowMs + claimMs };
  const live = claims.filter((claim) => claim.until > nowMs);
  const others = live.filter((claim) => claim.plan !== plan);
  const renewed = mine === void 0 ? [...others, made] : live.map((claim) => claim === mine ? made : claim);
  draft.queue = { ...queue, claims: wantsClaim ? renewed : others };
}

// src/core/reconcile/view-plan.ts
function viewPlan(ledger, queue, nowMs, pulls, tip = lastLandedSha(ledger, queue)) {
  const index = indexPlan(ledger.plan);
  const occupancy = measureOccupancy(ledger, index);
  const held = findHeldTasks(ledger.plan.tasks, occupancy);
  const context = { ledger, queue, nowMs, index, occupancy, held, unlanded: countUnlanded(ledger), pulls, tip };
  const tasks = ledger.plan.tasks.map((task) => viewTask(context, task));
  const final = viewFinal(ledger, tasks);
  return {
    plan: ledger.plan.id,
    title: ledger.plan.title,
    revision: ledger.plan.revision,
    baseBranch: ledger.baseBranch,
    target: ledger.target,
    tasks,
    paused: ledger.paused,
    frozen: queue.frozen,
    final,
    status: planStatus(ledger, tasks, final.status),
    spentUsd: sumSpent(Object.values(ledger.tasks).flatMap((record) => record.attempts)),
    budgetUsd: ledger.plan.budgetUsd
  };
}
function viewTask(context, task) {
  const { ledger } = context;
  const record = ledger.tasks[task.id];
  const last = lastAttempt(record);
  const { state, waiting } = standOf(context, task, record, last);
  const landed = landedAttempt(record);
  return {
    id: task.id,
    title: task.title,
    state,
    ...viewAttempts(task, record),
    waiting,
    gate: viewGate(context, task, record),
    lastFailure: describeFailure(record),
    ...viewEvidence((landed ?? last)?.evidence ?? null),
    landedSha: landedSha(landed),
    branch: task.branch ?? branchFor({ kind: "task", plan: ledger.plan.id, task: task.id })
  };
}
function viewAttempts(task, record) {
  const last = lastAttempt(record);
  return {
    attempt: last?.attempt ?? 0,
    generation: last?.generation ?? 0,
    attemptsAllowed: attemptsAllowed(task) + (record?.countFrom ?? 1) - 1,
    spentUsd: sumSpent(record?.attempts ?? []),
    startedAt: record?.attempts[0]?.startedAt ?? null
  };
}
function viewEvidence(evidence) {
  return {
    score: evidence?.reviews.findLast((review) => review.score !== null)?.score ?? null,
    headSha: evidence?.headSha ?? null,
    endedAt: evidence?.endedAt ?? null
  };
}
function standOf(context, task, record, last) {
  const { ledger } = context;
  switch (taskPhase(task, record)) {
    case "landed":
      return { state: "landed", waiting: null };
    case "active":
      return last?.status === "running" ? { state: "running", waiting: say("work", `attempt ${last.attempt} is under way`) } : standInQueue(context, task, record, last);
    case "cancelled":
      return {
        state: "cancelled",
        waiting: say("person", `it was cancelled by ${record?.cancelled?.by ?? "a person"}`, {
          next: `espalier retry ${task.id} --plan ${ledger.plan.id}`
        })
      };
    case "exhausted":
      return {
        state: "failed",
        waiting: say("person", whyExhausted(record, last), {
          next: `espalier retry ${task.id} --plan ${ledger.plan.id}`
        })
      };
    case "open":
      return standOpen(context, task);
  }
}
function whyExhausted(record, last) {
  const failure = describeFailure(record) ?? "its attempts are used up";
  if (last?.givenSha === void 0) return failure;
  return `the pushed head ${last.givenSha.slice(0, 12)} did not pass, and a push of another is waited for: ${failure}`;
}
function standOpen(context, task) {
  const { ledger, occupancy, nowMs, held, unlanded } = context;
  const reserved = reservationFor(task, ledger.plan.budgetUsd, occupancy, unlanded);
  const obstacle = findObstacle(task, ledger, occupancy, reserved, nowMs);
  if (held.has(task.id)) return { state: "held", waiting: obstacle ?? say("task", "what it needs did not land") };
  return { state: "waiting", waiting: obstacle ?? say("slot", "it is ready and waits for a free slot") };
}
function standInQueue(context, task, record, last) {
  const { queue, ledger, nowMs } = context;
  if (last?.landing != null) {
    if (queue.frozen !== null) return standFrozen(ledger, queue.frozen.because);
    const { refusal, notBefore } = last.landing;
    if (refusal !== null)
      return {
        state: "queued",
        waiting: say("forge", refusal, {
          untilMs: notBefore,
          next: "do what it says, then give the same command again"
        })
      };
    const { queuedAt, group } = last.landing;
    if (queuedAt !== void 0) return { state: "landing", waiting: say("work", describeQueue(ledger, group)) };
    const checks2 = waitingChecks(viewGate(context, task, record));
    return { state: "landing", waiting: say("work", checks2 ?? `${ledger.target} is being moved`) };
  }
  if (last?.trial != null && last.trial.result === null)
    return { state: "trying", waiting: say("work", "it is tested on the tip") };
  if (queue.frozen !== null) return standFrozen(ledger, queue.frozen.because);
  if (ledger.paused !== null)
    return {
      state: "queued",
      waiting: say("pause", `the plan was paused by ${ledger.paused.by}`, {
        next: `espalier resume ${ledger.plan.id}`
      })
    };
  const troubled = standTroubled(record, nowMs);
  if (troubled !== null) return troubled;
  const closed = viewGate(context, task, record)?.rules.find(
    (rule) => (rule.rule === "approvals" || rule.rule === "conversation") && rule.status === "pending" || rule.rule === "budget" && rule.status === "failed"
  );
  if (closed !== void 0)
    return {
      state: "queued",
      waiting: say(closed.rule === "budget" ? "budget" : "person", closed.because, {
        next: whatOpens(closed, context.pulls !== void 0)
      })
    };
  const checks = last?.trial == null ? null : waitingChecks(viewGate(context, task, record));
  if (checks !== null) return { state: "queued", waiting: say("queue", checks) };
  return { state: "queued", waiting: standBehind(context) ?? say("queue", "it waits for its turn to land") };
}
function describeQueue({ target }, group) {
  return group?.result === null ? `it is tested as the merge queue of ${target} would land it` : `it stands in the merge queue of ${target}`;
}
function waitingChecks(gate) {
  return gate?.rules.find(({ rule, status }) => rule === "checks" && status === "pending")?.because ?? null;
}
function standBehind({ queue, ledger, nowMs }) {
  const claim = findClaimBefore(queue, ledger.plan.id, nowMs);
  if (claim !== null) {
    const because2 = `it waits until plan ${claim.plan}, which other plans have overtaken, has landed on ${ledger.target}`;
    return say("queue", because2, { untilMs: claim.until });
  }
  const turn = queue.turn ?? null;
  if (turn === null || turn.plan === ledger.plan.id || turn.until <= nowMs) return null;
  const because = `it waits until ${turn.task} of plan ${turn.plan} has landed on ${ledger.target}`;
  return say("queue", because, { untilMs: turn.until });
}
function whatOpens({ rule, found }, hasPulls) {
  if (found === ON_HOLD) return "put the pull request back as it was";
  if (rule === "approvals" && hasPulls) return "review the pull request and approve it";
  if (rule === "conversation") return "have the request for changes settled: approve, or dismiss the review";
  return "change the plan, then run it again with --revise";
}
function standTroubled(record, nowMs) {
  const trouble = findTrialTrouble(record);
  if (trouble !== null)
    return {
      state: "queued",
      waiting: say("person", `time after time it could not get onto the tip: ${trouble}`, {
        next: "put that right, then give the same espalier run command again"
      })
    };
  if ((record?.notBefore ?? 0) > nowMs)
    return {
      state: "queued",
      waiting: say("backoff", describeBackoff(record), { untilMs: record?.notBefore ?? null })
    };
  return null;
}
function describeBackoff(record) {
  if (record?.trialTrouble === void 0 && record?.turnedAway !== void 0)
    return `it did not land through the merge queue: ${record.turnedAway.because}`;
  return `the trial could not run: ${record?.trialTrouble?.because ?? "the reason is unknown"}`;
}
function standFrozen({ plan, target }, because) {
  const next = `espalier resume ${plan.id}`;
  return {
    state: "queued",
    waiting: say("freeze", `${target} is frozen until somebody has looked: ${because}`, { next })
  };
}
function viewGate(context, task, record) {
  const attempt = record?.attempts.findLast((one) => one.evidence !== null) ?? null;
  if (attempt === null || attempt.evidence === null) return null;
  const { ledger, queue, index, occupancy } = context;
  return evaluateGate({
    task,
    taskDigest: index.digest(task.id),
    attempt,
    evidence: attempt.evidence,
    hasLanded: (need) => occupancy.phases.get(need) === "landed",
    tip: attempt.status === "landed" ? attempt.landing?.fromSha ?? null : context.tip,
    frozen: attempt.status === "landed" ? null : queue.frozen,
    spentUsd: occupancy.committedUsd,
    planBudgetUsd: ledger.plan.budgetUsd,
    ...context.pulls === void 0 ? {} : { pull: context.pulls.get(task.id) ?? null }
  });
}
function lastLandedSha(ledger, queue) {
  return queue.landings.at(-1)?.commitSha ?? ledger.baseSha;
}
function describeFailure(record) {
  const last = lastAttempt(record);
  if (last === null) return null;
  if (last.status === "returned") return last.returnedBecause;
  const failure = last.evidence?.failure ?? null;
  return last.status === "failed" && failure !== null ? `${failure.cause}: ${failure.detail}` : null;
}
function viewFinal(ledger, tasks) {
  if (ledger.plan.final.length === 0) return { status: "none", detail: "" };
  if (ledger.final === null) {
    const open = tasks.filter((task) => task.state !== "landed").length;
    return { status: "waiting", detail: open === 0 ? "" : `${open} tasks have not landed` };
  }
  const result = ledger.final.result;
  if (result === null) return { status: "running", detail: ledger.final.died?.because ?? "" };
  return result.test.status === "passed" ? { status: "passed", detail: "" } : { status: "failed", detail: result.test.tail };
}
function planStatus(ledger, tasks, final) {
  if (tasks.every((task) => task.state === "landed")) {
    if (final === "failed") return "final-failed";
    return final === "none" || final === "passed" ? "landed" : "working";
  }
  const isMoving = tasks.some((task) => ["running", "trying", "landing"].includes(task.state));
  if (isMoving) return "working";
  if (ledger.paused !== null) return "paused";
  return tasks.some((task) => canMove(task)) ? "working" : "stuck";
}
function canMove(task) {
  if (task.state === "queued") return task.waiting?.kind === "queue" || task.waiting?.kind === "backoff";
  if (task.state !== "waiting") return false;
  return task.waiting?.kind !== "budget" && task.waiting?.kind !== "task" && task.waiting?.kind !== "lock";
}
function sumSpent(attempts) {
  let sum = 0;
  for (const attempt of attempts) {
    if (attempt.lostUsd > 0) return null;
    if (attempt.evidence === null) continue;
    const cost = attempt.evidence.usage.costUsd;
    if (cost === null) return null;
    sum += cost;
  }
  return sum;
}
function say(kind, because, extra = {}) {
  return { kind, because, on: [], untilMs: null, next: null, ...extra };
}

// src/core/plan/binary-heap.ts
function createHeap(isBefore) {
  const items = [];
  function swap(a, b) {
    const held = items[a];
    items[a] = items[b];
    items[b] = held;
  }
  function sink(from) {
    for (let at = from; ; ) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < items.length && isBefore(items[child], items[first])) first = child;
      }
      if (first === at) return;
      swap(at, first);
      at = first;
    }
  }
  return {
    push(item) {
      items.push(item);
      for (let at = items.length - 1; at > 0; ) {
        const parent = at - 1 >> 1;
        if (!isBefore(items[at], items[parent])) return;
        swap(at, parent);
        at = parent;
      }
    },
    pop() {
      const top = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== void 0) {
        items[0] = last;
        sink(0);
      }
      return top;
    },
    size: () => items.length
  };
}

// src/core/plan/estimate.ts
function sumMinutes(tasks) {
  return tasks.reduce((sum, task) => sum + (task.estimateMinutes ?? DEFAULT_ESTIMATE_MINUTES), 0);
}
function lowerBoundMinutes(tasks, agents) {
  const byLock = /* @__PURE__ */ new Map();
  for (const task of tasks) {
    for (const lock of new Set(task.locks))
      byLock.set(lock, (byLock.get(lock) ?? 0) + (task.estimateMinutes ?? DEFAULT_ESTIMATE_MINUTES));
  }
  const longestLock = [...byLock.values()].reduce((longest, minutes) => Math.max(longest, minutes), 0);
  return Math.max(findCriticalPath(tasks).minutes, sumMinutes(tasks) / agents, longestLock);
}
function schedulePlan(tasks, agents) {
  if (!Number.isInteger(agents) || agents < 1) throw new Error(`A schedule needs at least one agent, not ${agents}`);
  const scheduled = listSchedule(tasks, agents);
  const makespanMinutes = scheduled.reduce((end, task) => Math.max(end, task.endMinutes), 0);
  const sum = sumMinutes(tasks);
  return {
    agents,
    makespanMinutes,
    lowerBoundMinutes: lowerBoundMinutes(tasks, agents),
    speedUp: makespanMinutes === 0 ? 1 : sum / makespanMinutes,
    tasks: scheduled
  };
}
function listSchedule(tasks, agents) {
  const graph = buildGraph(tasks);
  const remaining = remainingPathMinutes(tasks);
  const rank = (index) => remaining.get(graph.ids[index]) ?? 0;
  const isMoreUrgent = (a, b) => rank(a) > rank(b) || rank(a) === rank(b) && a < b;
  const ready = createHeap(isMoreUrgent);
  const running = createHeap(
    (a, b) => a.end < b.end || a.end === b.end && a.index < b.index
  );
  const locks = createLocks(tasks, isMoreUrgent, (index) => ready.push(index));
  const missing = graph.needs.map((needs) => needs.length);
  missing.forEach((count, index) => {
    if (count === 0) ready.push(index);
  });
  const scheduled = [];
  let now = 0;
  for (; ; ) {
    while (running.size() < agents) {
      const index = ready.pop();
      if (index === void 0) break;
      if (!locks.take(index)) continue;
      const end = now + (graph.minutes[index] ?? 0);
      scheduled.push({ id: graph.ids[index], startMinutes: now, endMinutes: end });
      running.push({ index, end });
    }
    const done = running.pop();
    if (done === void 0) return scheduled;
    now = done.end;
    locks.release(done.index);
    for (const dependent of graph.dependents[done.index] ?? []) {
      const left = (missing[dependent] ?? 0) - 1;
      missing[dependent] = left;
      if (left === 0) ready.push(dependent);
    }
  }
}
function createLocks(tasks, isMoreUrgent, wakeUp) {
  const held = /* @__PURE__ */ new Set();
  const waiting = /* @__PURE__ */ new Map();
  const locksOf = (index) => new Set(tasks[index]?.locks);
  const wakeNext = (lock) => {
    const next = waiting.get(lock)?.pop();
    if (next !== void 0) wakeUp(next);
  };
  return {
    take(index) {
      const own = [...locksOf(index)];
      const blocked = own.find((lock) => held.has(lock));
      if (blocked === void 0) {
        for (const lock of own) held.add(lock);
        return true;
      }
      const queue = waiting.get(blocked) ?? createHeap(isMoreUrgent);
      waiting.set(blocked, queue);
      queue.push(index);
      for (const lock of own) if (!held.has(lock)) wakeNext(lock);
      return false;
    },
    release(index) {
      for (const lock of locksOf(index)) held.delete(lock);
      for (const lock of locksOf(index)) wakeNext(lock);
    }
  };
}

// src/core/queue/order.ts
function compareQueueEntries(a, b) {
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (a.returns !== b.returns) return b.returns - a.returns;
  if (a.remainingMinutes !== b.remainingMinutes) return b.remainingMinutes - a.remainingMinutes;
  return a.index - b.index;
}

// src/core/report/task-words.ts
var UNICODE_GLYPHS = {
  states: {
    waiting: "○",
    running: "●",
    queued: "◌",
    trying: "◐",
    landing: "▲",
    landed: "✔",
    held: "‖",
    failed: "✘",
    cancelled: "−"
  },
  rules: { passed: "✔", waived: "~", "not-asked": "·", pending: "○", failed: "✘" },
  barFull: "█",
  barEmpty: "░",
  cut: "…",
  dash: "–",
  separator: "·"
};
var ASCII_GLYPHS = {
  states: {
    waiting: ".",
    running: "*",
    queued: "o",
    trying: "%",
    landing: "^",
    landed: "+",
    held: "=",
    failed: "x",
    cancelled: "-"
  },
  rules: { passed: "+", waived: "~", "not-asked": ".", pending: "?", failed: "x" },
  barFull: "#",
  barEmpty: ".",
  cut: ">",
  dash: "-",
  separator: "|"
};
var STATE_STYLES = {
  waiting: "dim",
  running: "busy",
  queued: "busy",
  trying: "busy",
  landing: "busy",
  landed: "good",
  held: "warn",
  failed: "bad",
  cancelled: "warn"
};
var RULE_STYLES = {
  passed: "good",
  waived: "warn",
  "not-asked": "dim",
  pending: "busy",
  failed: "bad"
};
var GATE_STYLES = {
  open: "good",
  pending: "busy",
  closed: "bad"
};
function glyphsFor(isUtf8) {
  return isUtf8 ? UNICODE_GLYPHS : ASCII_GLYPHS;
}

// src/core/report/plan-rows.ts
var BAR_CELLS = 10;
var REVIEW_CELLS = 6;
var TRY_CELLS = 4;
var SPEND_CELLS = 7;
var STATE_CELLS = 10;
var FOOTER_STATES = [
  "running",
  "trying",
  "queued",
  "landed",
  "failed",
  "held",
  "cancelled",
  "waiting"
];
function renderRows(view, progress, options) {
  const glyphs = glyphsFor(options.isUtf8);
  const columns = chooseColumns(view, progress, options.width);
  const footer = renderFooter(view, progress, options, glyphs);
  const room = Math.max(1, options.height - footer.length - 1);
  const { shown, left } = chooseTasks(view.tasks, room);
  const hasRoomForMore = 1 + shown.length + footer.length < options.height;
  const rows = [
    renderHeader(columns),
    ...shown.map((task) => renderTask(task, progressOf(task, progress), columns, glyphs)),
    ...left > 0 && hasRoomForMore ? [line(`  and ${left} more tasks (espalier status shows all)`, "dim")] : [],
    ...footer
  ];
  return rows.map((row) => cutRow(row, options.width, glyphs.cut));
}
function progressShare(state, stage) {
  const steps = ATTEMPT_STAGES.length + 2;
  if (state === "landed") return 1;
  if (state === "landing" || state === "trying") return (ATTEMPT_STAGES.length + 1) / steps;
  if (state === "queued") return ATTEMPT_STAGES.length / steps;
  if (state === "waiting") return 0;
  if (state !== "running") return null;
  const passed = ATTEMPT_STAGES.findIndex((candidate) => candidate === stage);
  return Math.max(0, passed) / steps;
}
function renderBar(share, cells, glyphs) {
  const full = share >= 1 ? cells : Math.min(cells - 1, Math.floor(Math.max(0, share) * cells));
  return glyphs.barFull.repeat(full) + glyphs.barEmpty.repeat(cells - full);
}
function progressOf(task, progress) {
  const own = progress.get(workKey(task.id, task.attempt, task.generation));
  if (own !== void 0) return own;
  const prefix = `${task.id}.${task.attempt}.`;
  const others = [...progress].filter(([key]) => key.startsWith(prefix)).map(([, each]) => each);
  return others.sort((a, b) => b.updatedAt - a.updatedAt)[0] ?? null;
}
function chooseColumns(view, progress, width) {
  const longest = Math.max(4, ...view.tasks.map((task) => textWidth(task.id)));
  const hasSpend = view.budgetUsd !== null || view.tasks.some((task) => (task.spentUsd ?? 0) > 0) || [...progress.values()].some((each) => each.costUsd !== null && each.costUsd > 0);
  return {
    id: Math.min(longest, Math.max(12, Math.floor(width * 0.3))),
    bar: width >= 60,
    spend: hasSpend && width >= 70
  };
}
function chooseTasks(tasks, room) {
  if (tasks.length <= room) return { shown: [...tasks], left: 0 };
  const rank = {
    running: 0,
    trying: 0,
    landing: 0,
    failed: 1,
    queued: 2,
    held: 3,
    waiting: 4,
    cancelled: 5,
    landed: 6
  };
  const kept = new Set(
    tasks.map((task, index) => ({ task, index })).sort((a, b) => rank[a.task.state] - rank[b.task.state] || a.index - b.index).slice(0, Math.max(0, room - 1)).map((each) => each.task.id)
  );
  return { shown: tasks.filter((task) => kept.has(task.id)), left: tasks.length - kept.size };
}
function renderHeader(columns) {
  const titles = [
    fitText("TASK", columns.id, ""),
    fitText("STATE", STATE_CELLS + 2, ""),
    ...columns.bar ? [fitText("PROGRESS", BAR_CELLS, "")] : [],
    fitText("REVIEW", REVIEW_CELLS, "", "right"),
    fitText("TRY", TRY_CELLS, "", "right"),
    ...columns.spend ? [fitText("SPENT", SPEND_CELLS, "", "right")] : [],
    "NOW"
  ];
  return line(titles.join(" "), "dim");
}
function renderTask(task, live, columns, glyphs) {
  const style = STATE_STYLES[task.state];
  const word = task.state === "running" && live !== null ? live.stage : task.state;
  const share = progressShare(task.state, live?.stage ?? null);
  const score = live?.score ?? task.score;
  const cells = [
    span(`${fitText(task.id, columns.id, glyphs.cut)} `, task.state === "landed" ? "plain" : "strong"),
    span(`${glyphs.states[task.state]} ${fitText(word, STATE_CELLS, glyphs.cut)} `, style)
  ];
  if (columns.bar) {
    const bar = share === null ? " ".repeat(BAR_CELLS) : renderBar(share, BAR_CELLS, glyphs);
    cells.push(span(`${bar} `, style));
  }
  cells.push(span(`${fitText(score === null ? glyphs.dash : formatScore(score), REVIEW_CELLS, glyphs.cut, "right")} `));
  cells.push(span(`${fitText(attemptWord(task, glyphs), TRY_CELLS, glyphs.cut, "right")} `));
  if (columns.spend) cells.push(span(`${fitText(spendWord(task, live, glyphs), SPEND_CELLS, glyphs.cut, "right")} `));
  cells.push(span(describeNow(task, live), task.state === "running" ? "plain" : "dim"));
  return cells;
}
function attemptWord(task, glyphs) {
  if (task.attempt === 0) return glyphs.dash;
  return task.attemptsAllowed > 1 ? `${task.attempt}/${task.attemptsAllowed}` : `${task.attempt}`;
}
function spendWord(task, live, glyphs) {
  if (task.attempt === 0) return glyphs.dash;
  const liveUsd = task.state === "running" ? live?.costUsd ?? null : 0;
  return task.spentUsd === null || liveUsd === null ? "?" : formatUsd(task.spentUsd + liveUsd);
}
function describeNow(task, live) {
  const isMoving = task.state === "running" || task.state === "trying";
  if (isMoving && live !== null) {
    const iteration = live.iteration > 1 ? `iteration ${live.iteration}` : "";
    return [iteration, firstLine2(live.activity)].filter((part) => part !== "").join(": ");
  }
  if (task.state === "failed" && task.lastFailure !== null) return firstLine2(task.lastFailure);
  if (task.waiting === null) return "";
  if (task.waiting.kind === "task" && task.waiting.on.length > 0) {
    const ids = task.waiting.on.join(", ");
    return task.state === "held" ? `${ids} did not land` : `for ${ids}`;
  }
  return firstLine2(task.waiting.because);
}
function firstLine2(text) {
  return text.split(/[\r\n]/, 1)[0] ?? "";
}
function renderFooter(view, progress, options, glyphs) {
  const rows = [[]];
  rows.push(countRow(view, progress, options, glyphs));
  if (view.paused !== null) rows.push(line(`paused by ${view.paused.by}: espalier resume ${view.plan}`, "warn"));
  if (view.frozen !== null) rows.push(line(`${view.target} is frozen: ${view.frozen.because}`, "bad"));
  if (view.final.status === "running") rows.push(line("final tests on the landed whole are running", "busy"));
  if (options.hint !== null) rows.push(line(options.hint, "dim"));
  return rows;
}
function countRow(view, progress, options, glyphs) {
  const counts = FOOTER_STATES.map((state) => {
    const members = view.tasks.filter(
      (task) => task.state === state || state === "trying" && task.state === "landing"
    );
    return { state, count: members.length };
  }).filter((each) => each.count > 0);
  const parts = counts.map(({ state, count }) => [span(`${count} ${state}`, STATE_STYLES[state])]);
  if (options.startedAt !== null) parts.push([span(formatElapsed(options.now - options.startedAt), "strong")]);
  const liveUsd = view.tasks.filter((task) => task.state === "running").reduce((sum, task) => sum + (progressOf(task, progress)?.costUsd ?? 0), 0);
  const spent = view.spentUsd === null ? null : view.spentUsd + liveUsd;
  if (view.budgetUsd !== null) parts.push([span(`${formatUsd(spent)} of ${formatUsd(view.budgetUsd)}`)]);
  else if (spent !== null && spent > 0) parts.push([span(formatUsd(spent))]);
  return parts.flatMap((part, index) => index === 0 ? part : [span(` ${glyphs.separator} `, "dim"), ...part]);
}

// src/core/report/check-mermaid.ts
var MAX_LABEL = 60;
function renderCheckMermaid(plan) {
  const nodeOf = new Map(plan.tasks.map((task, index) => [task.id, `t${index}`]));
  const byId = new Map(plan.tasks.map((task) => [task.id, task]));
  const node = (id) => nodeOf.get(id) ?? "";
  const lines = ["flowchart LR"];
  plan.waves.forEach((wave, index) => {
    lines.push(`  subgraph w${index}["wave ${index + 1}"]`);
    for (const id of wave) lines.push(`    ${node(id)}["${describe(byId.get(id), id)}"]`);
    lines.push("  end");
  });
  const critical = plan.criticalPath.ids;
  const steps = new Set(critical.slice(1).map((id, index) => `${critical[index]} ${id}`));
  for (const task of plan.tasks) {
    for (const need of task.needs)
      lines.push(`  ${node(need)} ${steps.has(`${need} ${task.id}`) ? "==>" : "-->"} ${node(task.id)}`);
  }
  if (critical.length > 0) {
    lines.push("  classDef critical stroke-width:3px");
    lines.push(`  class ${critical.map(node).join(",")} critical`);
  }
  return `${lines.join("\n")}
`;
}
function describe(task, id) {
  const title = task === void 0 || task.title === id ? [] : [escapeLabel(task.title)];
  const minutes = task?.estimateMinutes ?? null;
  return [id, ...title, ...minutes === null ? [] : [formatMinutes(minutes)]].join("<br/>");
}
function escapeLabel(text) {
  return escapeText(text, MAX_LABEL).replace(
    /[^\p{L}\p{N} .,:/_…()'+-]/gu,
    (character) => `#${character.codePointAt(0) ?? 0};`
  );
}

// src/core/plan/advise-isolation.ts
var MANY_AT_ONCE = 10;
var MAX_SEARCHED2 = 2e4;
var ROWS = [
  {
    approach: "container",
    words: /\b(?:untrusted|third-party code|user-supplied code|arbitrary code|malware|exploit)\b/i,
    because: "runs code that is not trusted"
  },
  {
    approach: "container",
    words: /\b(?:compliance|GDPR|HIPAA|PCI(?:[ -]DSS)?|SOC ?2|audit (?:trail|log)s?)\b/i,
    because: "is under compliance or audit rules"
  },
  {
    approach: "container",
    words: /\b(?:credentials?|secrets?|encrypt\w*|JWT|OAuth|SAML|authentication|vulnerabilit\w+|access tokens?)\b/i,
    because: "works on security or credentials"
  },
  {
    approach: "hybrid",
    words: /\b(?:production|deploy\w*|infrastructure|CI\/CD|HTTPS|TLS|kubernetes|backups?|prometheus)\b/i,
    because: "is about production or deployment"
  },
  {
    approach: "hybrid",
    words: /\b(?:upgrade[sd]?|migrat(?:e|es|ion) to|python \d|node(?:\.js)? \d+|postgres\w*|mysql|redis|mongodb|docker\w*)\b/i,
    because: "has dependencies of its own"
  }
];
function adviseIsolation(task, plan) {
  const profile = task.settings.profile ?? plan.defaults.profile ?? BUILT_IN_SETTINGS.profile;
  const resources = task.settings.resources ?? plan.defaults.resources ?? BUILT_IN_SETTINGS.resources;
  return { ...readMatrix2(task, plan), profile, resources };
}
function readMatrix2(task, plan) {
  const text = [task.title, ...task.items.map((item) => item.text), task.spec].join("\n").slice(0, MAX_SEARCHED2);
  for (const { approach, words, because } of ROWS) {
    const match = words.exec(text);
    if (match !== null) return { approach, because: `${because} ('${match[0]}')` };
  }
  if (task.settings.setup !== void 0 && task.settings.setup.length > 0) {
    return { approach: "hybrid", because: "has dependencies of its own (its own setup commands)" };
  }
  const together = waveSizes(plan).get(task.id) ?? 1;
  if (together >= MANY_AT_ONCE)
    return { approach: "hybrid", because: `is one of ${together} tasks that could run at once` };
  if (task.variants.length > 1)
    return {
      approach: "worktree",
      because: `is tried in ${task.variants.length} variants, which only need files of their own`
    };
  if (/\b(?:documentation|docs|README|tests?|testing)\b/i.test(task.title)) {
    return { approach: "worktree", because: "is documentation or tests, which only need files of their own" };
  }
  return { approach: "worktree", because: "asks for nothing beyond files of its own" };
}
var WAVE_SIZES = /* @__PURE__ */ new WeakMap();
function waveSizes(plan) {
  const known = WAVE_SIZES.get(plan);
  if (known !== void 0) return known;
  const sizes = new Map(listWaves(plan.tasks).flatMap((wave) => wave.map((id) => [id, wave.length])));
  WAVE_SIZES.set(plan, sizes);
  return sizes;
}

// src/core/plan/find-overlaps.ts
var MAX_OVERLAPS = 200;
var MAX_WORK = 3e6;
var MAX_POSITION = 2 ** 24;
function findOwnershipOverlaps(tasks) {
  const root = { claims: [], below: /* @__PURE__ */ new Map() };
  for (const [position, task] of tasks.entries()) for (const claim of listClaims(task, position)) place(root, claim);
  const search = createSearch(relateTasks(tasks));
  search.walk(root, []);
  const overlaps = search.found().sort((x, y) => x.a.position - y.a.position || x.b.position - y.b.position);
  return {
    overlaps: overlaps.map(({ a, b, path }) => ({ a: a.task.id, b: b.task.id, globA: a.glob, globB: b.glob, path })),
    isComplete: search.isComplete(),
    unowned: tasks.filter((task) => task.owns.length === 0).map((task) => task.id)
  };
}
function listClaims(task, position) {
  return task.owns.flatMap((text) => {
    const glob = compileGlob(text);
    return glob.ok ? glob.value.alternatives.map((segments) => ({ task, position, glob: text, segments })) : [];
  });
}
function place(root, claim) {
  let folder = root;
  for (const part of literalPrefix(claim.segments)) {
    const next = folder.below.get(part) ?? { claims: [], below: /* @__PURE__ */ new Map() };
    folder.below.set(part, next);
    folder = next;
  }
  folder.claims.push(claim);
}
function createSearch(relations) {
  const found = /* @__PURE__ */ new Map();
  let work = MAX_WORK;
  let isStopped = false;
  function compare(x, y) {
    work -= 1;
    if (isStopped || x.position === y.position) return;
    const [a, b] = x.position < y.position ? [x, y] : [y, x];
    const key = a.position * MAX_POSITION + b.position;
    if (found.has(key) || !relations.couldRunAtOnce(a.task.id, b.task.id)) return;
    if (a.task.locks.some((lock) => b.task.locks.includes(lock))) return;
    work -= weigh(a) * weigh(b);
    const path = findSharedPath(a.segments, b.segments);
    if (path !== null) found.set(key, { a, b, path });
    if (found.size >= MAX_OVERLAPS) isStopped = true;
  }
  function walk(folder, above) {
    for (const [index, claim] of folder.claims.entries()) {
      for (const other of above) {
        if (work <= 0) isStopped = true;
        if (isStopped) return;
        compare(other, claim);
      }
      for (let at = 0; at < index; at += 1) {
        if (work <= 0) isStopped = true;
        if (isStopped) return;
        compare(folder.claims[at], claim);
      }
    }
    const within = folder.claims.length === 0 ? above : [...above, ...folder.claims];
    for (const next of folder.below.values()) walk(next, within);
  }
  return { walk, found: () => [...found.values()], isComplete: () => !isStopped };
}
function weigh(claim) {
  return claim.segments.reduce(
    (sum, segment) => sum + (segment.kind === "globstar" ? 1 : segment.literal === null ? segment.tokens.length : 1),
    0
  );
}

// src/core/report/check-summary.ts
function summarizePlan(reading, options) {
  const { form, plan, problems } = reading;
  const count = (severity) => problems.filter((problem) => problem.severity === severity).length;
  return {
    form,
    plan: plan === null ? null : summarize(plan, options.agents),
    problems,
    errorCount: count("error"),
    warningCount: count("warning")
  };
}
function summarize(plan, agents) {
  const { tasks } = plan;
  const waves = listWaves(tasks);
  const criticalPath = findCriticalPath(tasks);
  const schedule = schedulePlan(tasks, agents);
  return {
    id: plan.id,
    title: plan.title,
    base: plan.base,
    tasks: describeTasks(plan, waves, new Set(criticalPath.ids)),
    edgeCount: tasks.reduce((sum, task) => sum + task.needs.length, 0),
    waves,
    criticalPath,
    hours: {
      sumMinutes: sumMinutes(tasks),
      itemisedMinutes: sumMinutes(
        tasks.map((task) => ({ ...task, estimateMinutes: itemMinutes(task) ?? task.estimateMinutes }))
      ),
      unestimated: tasks.filter((task) => task.estimateMinutes === null).map((task) => task.id),
      stated: plan.statedTotal
    },
    schedule: {
      agents,
      makespanMinutes: schedule.makespanMinutes,
      lowerBoundMinutes: schedule.lowerBoundMinutes,
      speedUp: schedule.speedUp
    },
    ownership: findOwnershipOverlaps(tasks),
    locks: listLocks(tasks)
  };
}
function describeTasks(plan, waves, critical) {
  const waveOf = new Map(waves.flatMap((wave, index) => wave.map((id) => [id, index + 1])));
  return plan.tasks.map((task) => ({
    id: task.id,
    title: task.title,
    line: task.line,
    needs: task.needs,
    owns: task.owns,
    allow: task.allow,
    locks: task.locks,
    branch: task.branch,
    estimateMinutes: task.estimateMinutes,
    itemMinutes: itemMinutes(task),
    items: task.items.length,
    attempts: Math.max(1, task.variants.length),
    wave: waveOf.get(task.id) ?? 1,
    isCritical: critical.has(task.id),
    isolation: adviseIsolation(task, plan)
  }));
}
function itemMinutes(task) {
  const known = task.items.flatMap((item) => item.minutes === null ? [] : [item.minutes]);
  return known.length === 0 ? null : known.reduce((sum, minutes) => sum + minutes, 0);
}
function listLocks(tasks) {
  const holders = /* @__PURE__ */ new Map();
  for (const task of tasks) {
    for (const lock of task.locks) {
      const ids = holders.get(lock) ?? [];
      ids.push(task.id);
      holders.set(lock, ids);
    }
  }
  return [...holders].map(([name, ids]) => ({ name, tasks: ids }));
}

// src/core/report/hosted/diff-lines.ts
var MAX_LINES = 600;
var CONTEXT = 2;
function diffLines(before, after) {
  const a = before.replaceAll("\r\n", "\n").split("\n");
  const b = after.replaceAll("\r\n", "\n").split("\n");
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
    tail += 1;
  const middle = compareMiddle(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const same = (lines2) => lines2.map((line2) => ` ${line2}`);
  const lines = [...same(a.slice(0, head)), ...middle, ...same(a.slice(a.length - tail))];
  return keepContext(lines).join("\n");
}
function compareMiddle(a, b) {
  if (a.length > MAX_LINES || b.length > MAX_LINES)
    return [...a.map((line2) => `-${line2}`), ...b.map((line2) => `+${line2}`)];
  const lengths = commonLengths(a, b);
  const lines = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(` ${a[i]}`);
      i += 1;
      j += 1;
    } else if (j >= b.length || i < a.length && (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0)) {
      lines.push(`-${a[i]}`);
      i += 1;
    } else {
      lines.push(`+${b[j]}`);
      j += 1;
    }
  }
  return lines;
}
function commonLengths(a, b) {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const row = rows[i];
    const below = rows[i + 1];
    if (row === void 0 || below === void 0) continue;
    for (let j = b.length - 1; j >= 0; j -= 1)
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
  }
  return rows;
}
function keepContext(lines) {
  const isNear = lines.map(() => false);
  lines.forEach((line2, index) => {
    if (line2.startsWith(" ")) return;
    for (let near = Math.max(0, index - CONTEXT); near <= Math.min(lines.length - 1, index + CONTEXT); near += 1)
      isNear[near] = true;
  });
  return lines.flatMap((line2, index) => {
    if (isNear[index] === true) return [line2];
    return isNear[index - 1] === true ? ["…"] : [];
  });
}

// src/core/report/run-report.ts
var FINAL_STYLES = {
  none: "dim",
  waiting: "dim",
  running: "busy",
  passed: "good",
  failed: "bad"
};
var FACT_CELLS = 11;
var STOPPED_STATES = /* @__PURE__ */ new Set(["failed", "held", "cancelled"]);
function buildRunReport(view, ledger, facts) {
  const landed = view.tasks.filter((task) => task.state === "landed").map((task) => reportTask(task, view));
  const notLanded = view.tasks.filter((task) => task.state !== "landed").map((task) => reportTask(task, view)).map((each) => facts.isInterrupted && !STOPPED_STATES.has(each.state) ? { ...each, next: null } : each);
  const isOnBase = view.target === view.baseBranch;
  const baseMovedTo = !isOnBase && facts.baseTip !== null && facts.baseTip !== ledger.baseSha ? facts.baseTip : null;
  return {
    kind: "report",
    plan: view.plan,
    title: view.title,
    revision: view.revision,
    status: facts.isInterrupted ? "interrupted" : view.status,
    baseBranch: view.baseBranch,
    target: view.target,
    landed,
    notLanded,
    final: view.final,
    ...measureWork(ledger, facts),
    spentUsd: view.spentUsd,
    budgetUsd: view.budgetUsd,
    sandbox: { ...facts.sandbox, waived: [...facts.sandbox.waived] },
    baseMovedTo,
    take: landed.length === 0 || isOnBase ? null : takeCommand(view, facts, baseMovedTo !== null)
  };
}
function renderRunReport(report, options) {
  const glyphs = glyphsFor(options.isUtf8);
  const rows = [renderTitle(report, glyphs), []];
  rows.push(...renderLanded(report, glyphs, options.width), ...renderNotLanded(report, glyphs, options.width));
  rows.push(...renderFacts(report, options.width), ...renderTake(report));
  return rows;
}
function reportTask(task, view) {
  const isLanded = task.state === "landed";
  return {
    task: task.id,
    title: task.title,
    state: task.state,
    attempts: task.attempt,
    score: task.score,
    landedSha: task.landedSha,
    spentUsd: task.spentUsd,
    because: isLanded ? null : becauseOf(task),
    next: isLanded ? null : task.waiting?.next ?? showCommand(["espalier", "why", task.id, "--plan", view.plan])
  };
}
function becauseOf(task) {
  if (task.state === "failed" && task.lastFailure !== null) return task.lastFailure;
  return task.waiting?.because ?? task.lastFailure ?? `it is ${task.state}`;
}
function measureWork(ledger, facts) {
  const attempts = Object.values(ledger.tasks).flatMap((record) => record.attempts).filter((attempt) => attempt.startedAt >= facts.startedAt);
  const tests = attempts.flatMap(testsOf);
  const final = ledger.final;
  if (final?.result != null && final.startedAt >= facts.startedAt) tests.push(final.result.test);
  const sequentialMs = attempts.reduce((sum, attempt) => sum + attemptMs(attempt), 0) + (final?.result != null && final.startedAt >= facts.startedAt ? final.result.test.durationMs : 0);
  const elapsedMs = Math.max(0, facts.endedAt - facts.startedAt);
  const runs = tests.filter((test) => !test.reused);
  return {
    time: { elapsedMs, sequentialMs, speedUp: sequentialMs > 0 && elapsedMs > 0 ? sequentialMs / elapsedMs : null },
    tests: {
      runs: runs.length,
      reused: tests.length - runs.length,
      ms: runs.reduce((sum, test) => sum + test.durationMs, 0)
    }
  };
}
function testsOf(attempt) {
  const trial = attempt.trial?.result?.test ?? null;
  return [...attempt.evidence?.tests ?? [], ...trial === null ? [] : [trial]];
}
function attemptMs(attempt) {
  const evidence = attempt.evidence;
  const trial = attempt.trial;
  const trialMs = trial?.result == null ? 0 : Math.max(0, trial.result.endedAt - trial.startedAt);
  return (evidence === null ? 0 : Math.max(0, evidence.endedAt - evidence.startedAt)) + trialMs;
}
function takeCommand(view, facts, hasBaseMoved) {
  const merge = showCommand(["git", "merge", view.target]);
  if (facts.headBranch === view.baseBranch) return merge;
  if (!hasBaseMoved) return showCommand(["git", "fetch", ".", `${view.target}:${view.baseBranch}`]);
  return `${showCommand(["git", "switch", view.baseBranch])} && ${merge}`;
}
function renderTitle(report, glyphs) {
  const total = report.landed.length + report.notLanded.length;
  const words = `${report.landed.length} of ${countOf(total, "task")} landed on ${report.target}`;
  const style = report.status === "landed" ? "good" : report.landed.length > 0 ? "warn" : "bad";
  return [
    span(report.plan, "strong"),
    span(` ${glyphs.dash} `, "dim"),
    span(words, style),
    span(report.status === "interrupted" ? " (stopped before it was done)" : "", "warn")
  ];
}
function renderLanded(report, glyphs, width) {
  if (report.landed.length === 0) return [];
  const idCells = Math.max(...report.landed.map((each) => each.task.length));
  const rows = report.landed.map((each) => {
    const facts = [
      countOf(each.attempts, "attempt").padEnd(10),
      (each.score === null ? "no review" : `review ${formatScore(each.score)}`).padEnd(13),
      ...each.spentUsd === null || each.spentUsd === 0 ? [] : [formatUsd(each.spentUsd)]
    ].join("  ");
    const head = `${fitText(each.task, idCells, glyphs.cut)}  `;
    const sha = `${shortSha(each.landedSha ?? "")}  `;
    const room = Math.max(0, width - head.length - sha.length - facts.length - 8);
    return [
      span(`  ${glyphs.states.landed} `, "good"),
      span(head, "strong"),
      span(sha, "dim"),
      span(facts),
      span(room >= 12 && each.title !== each.task ? `  ${cutText(each.title, room, glyphs.cut)}` : "", "dim")
    ];
  });
  return [line("Landed", "strong"), ...rows, []];
}
function renderNotLanded(report, glyphs, width) {
  if (report.notLanded.length === 0) return [];
  const rows = report.notLanded.flatMap((each) => {
    const style = STATE_STYLES[each.state];
    const because = (each.because ?? "").split(/\r?\n/).find((part) => part.trim() !== "") ?? "";
    return [
      [
        span(`  ${glyphs.states[each.state]} `, style),
        span(each.task, "strong"),
        span(` ${each.state}`, style),
        span(each.attempts > 0 ? ` after ${countOf(each.attempts, "attempt")}` : "", "dim")
      ],
      ...wrapText(span(because).text, Math.max(40, width - 6), glyphs.cut).map((text) => line(`      ${text}`)),
      ...each.next === null ? [] : [[span("      next: ", "dim"), span(each.next)]]
    ];
  });
  return [line(report.status === "interrupted" ? "Not landed yet" : "Did not land", "strong"), ...rows, []];
}
function renderFacts(report, width) {
  const { time, tests } = report;
  const sequential = time.speedUp === null ? "" : `; one after another ${formatDuration(time.sequentialMs)}, ${time.speedUp.toFixed(1)} times as fast`;
  const facts = [
    ["time", `${formatDuration(time.elapsedMs)}${sequential}`],
    [
      "tests",
      `${countOf(tests.runs, "run")}, ${formatDuration(tests.ms)}` + (tests.reused > 0 ? `; ${tests.reused} more needed no run (same tree, same commands)` : "")
    ],
    ["spend", spendWord2(report)],
    ["sandbox", sandboxWord(report)]
  ];
  const rows = facts.flatMap(([name, value]) => {
    const style = name === "sandbox" && isWeak(report) ? "warn" : "plain";
    return wrapText(span(value).text, Math.max(40, width - FACT_CELLS), null).map((text, at) => [
      span(at === 0 ? `  ${fitText(name, 8, "")} ` : " ".repeat(FACT_CELLS), "dim"),
      span(text, style)
    ]);
  });
  if (report.final.status !== "none") {
    const text = report.final.detail === "" ? report.final.status : `${report.final.status}: ${report.final.detail}`;
    rows.push([span("  final    ", "dim"), span(text.split(/[\r\n]/, 1)[0] ?? "", FINAL_STYLES[report.final.status])]);
  }
  return [...rows, []];
}
function renderTake(report) {
  const rows = [];
  if (report.baseMovedTo !== null) {
    rows.push(
      line(
        `${report.baseBranch} moved to ${shortSha(report.baseMovedTo)} since the plan began: what landed was not tested together with that.`,
        "warn"
      )
    );
  }
  if (report.landed.length === 0) rows.push(line("Nothing landed, so there is nothing to take."));
  else if (report.take === null) rows.push(line(`Nothing to do: it landed on ${report.target} itself.`, "good"));
  else rows.push([span("Take it: "), span(report.take, "strong")]);
  if (report.status === "interrupted") rows.push(line("Go on: give the same espalier run command again."));
  return rows;
}
function spendWord2(report) {
  const cap = report.budgetUsd === null ? "" : ` of ${formatUsd(report.budgetUsd)}`;
  return report.spentUsd === null ? `unknown${cap} (an agent did not say)` : `${formatUsd(report.spentUsd)}${cap}`;
}
function sandboxWord(report) {
  const { engine, reason, waived } = report.sandbox;
  const list = engine === "none" || waived.length === 0 ? "" : `; waived by name: ${waived.join(", ")}`;
  return `${engine}, ${reason}${list}`;
}
function isWeak(report) {
  return report.sandbox.engine === "none" || report.sandbox.waived.length > 0;
}

// src/core/reconcile/draft.ts
function openDraft(snapshot, config, nowMs) {
  return {
    snapshot,
    config,
    nowMs,
    index: indexPlan(snapshot.ledger.plan),
    spentUsd: committedUsd(snapshot.ledger),
    ledger: snapshot.ledger,
    queue: snapshot.queue,
    wantsTurn: false,
    wantsClaim: false,
    actions: [],
    notes: [],
    written: /* @__PURE__ */ new Map()
  };
}
function recordOf(draft, task) {
  return draft.written.get(task) ?? draft.ledger.tasks[task];
}
function writeRecord(draft, task, record) {
  draft.written.set(task, record);
}
function writeLastAttempt(draft, task, attempt, extra) {
  const record = recordOf(draft, task);
  if (record === void 0) throw new Error(`Task '${task}' has no record to write an attempt into.`);
  writeRecord(draft, task, { ...record, ...extra, attempts: [...record.attempts.slice(0, -1), attempt] });
}
function settleDraft(draft) {
  if (draft.written.size === 0) return;
  draft.ledger = { ...draft.ledger, tasks: { ...draft.ledger.tasks, ...Object.fromEntries(draft.written) } };
  draft.written.clear();
}
function takeGeneration(draft) {
  const generation = draft.ledger.nextGeneration;
  draft.ledger = { ...draft.ledger, nextGeneration: generation + 1 };
  return generation;
}
function addCertificate(draft, certificate) {
  draft.ledger = { ...draft.ledger, certificates: [...draft.ledger.certificates, certificate] };
  draft.queue = { ...draft.queue, landings: [...draft.queue.landings, listLanding(certificate)] };
}
function listLanding(certificate) {
  const { plan, task, landedSha: landedSha2, landedTree, landedAt } = certificate;
  return { plan, task, commitSha: landedSha2, treeSha: landedTree, at: landedAt };
}
function note(draft, kind, task, attempt, detail) {
  draft.notes.push({ kind, task, attempt, detail });
}
function ownerOf(draft, holder) {
  const { snapshot, nowMs } = draft;
  if (holder === snapshot.me) return "me";
  const known = draft.ledger.holders[holder];
  const isGone = known === void 0 || known.until <= nowMs || snapshot.deadHolders.includes(holder);
  return isGone ? "gone" : "other";
}

// src/core/reconcile/back-off.ts
var MAX_WAIT_MS = 15 * 6e4;
function backOffMs(firstMs, count) {
  return Math.min(firstMs * 2 ** Math.min(count - 1, 30), Math.max(firstMs, MAX_WAIT_MS));
}

// src/core/reconcile/certificate.ts
function certify(facts, nowMs) {
  const { ledger, task, attempt, rules } = facts;
  const { evidence } = attempt;
  const merges = [attempt.trial?.result?.test ?? [], attempt.landing?.group?.result?.test ?? []];
  const tests = [...evidence?.tests ?? [], ...merges].flat();
  const review = evidence?.reviews.findLast((one) => one.stage === "verify" && one.score !== null);
  return {
    version: 1,
    plan: ledger.plan.id,
    revision: ledger.plan.revision,
    task: task.id,
    taskDigest: attempt.taskDigest,
    attempt: attempt.attempt,
    target: ledger.target,
    fromSha: facts.fromSha,
    headSha: facts.headSha,
    landedSha: facts.landedSha,
    testedTree: facts.testedTree,
    landedTree: facts.landedTree,
    strength: facts.strength,
    needs: task.needs.flatMap((need) => {
      const sha = landedSha(landedAttempt(ledger.tasks[need]));
      return sha === null ? [] : [{ task: need, landedSha: sha }];
    }),
    tests: tests.map(({ stage, tree, suite, status }) => ({ stage, tree, suite, status })),
    review: review === void 0 || review.score === null ? null : {
      score: review.score,
      threshold: task.review.threshold,
      change: review.change,
      rubric: review.rubric,
      reviewer: review.reviewer
    },
    rules: rules.map(({ rule, status, because }) => ({ rule, status, because })),
    sandbox: evidence?.sandbox ?? { engine: "unknown", profile: "unknown", waived: [] },
    evidence: digestJson(evidence),
    landedAt: nowMs
  };
}

// src/core/reconcile/follow-attempts.ts
var BY_CANCELLED_RUN = "a cancelled run";
function followAttempt(draft, task) {
  const record = recordOf(draft, task);
  const attempt = lastAttempt(record);
  if (record === void 0 || attempt === null || attempt.status !== "running") return;
  const evidence = draft.snapshot.evidence.get(workKey(task, attempt.attempt, attempt.generation));
  if (evidence !== void 0 && isEvidenceOf(evidence, { plan: draft.ledger.plan.id, task, attempt })) {
    takeInEvidence(draft, task, attempt, evidence);
    return;
  }
  const owner = ownerOf(draft, attempt.holder);
  if (owner === "other") return;
  const isInFlight = draft.snapshot.inFlight.has(workKey(task, attempt.attempt, attempt.generation));
  if (record.cancelled !== null) {
    if (isInFlight) {
      draft.actions.push({
        kind: "stop-attempt",
        task,
        attempt: attempt.attempt,
        generation: attempt.generation,
        because: `it was cancelled by ${record.cancelled.by}`
      });
      return;
    }
    writeLastAttempt(draft, task, { ...attempt, status: "cancelled" });
    note(draft, "attempt-cancelled", task, attempt.attempt, `cancelled by ${record.cancelled.by}`);
    return;
  }
  if (owner === "me" && isInFlight) return;
  resumeAttempt(draft, task, attempt, owner);
}
function resumeAttempt(draft, task, attempt, owner) {
  const generation = owner === "me" ? attempt.generation : takeGeneration(draft);
  if (owner === "gone") {
    const money = renewReservation(draft, attempt);
    if (money === null) {
      writeLastAttempt(draft, task, { ...attempt, status: "cancelled" });
      note(
        draft,
        "attempt-cancelled",
        task,
        attempt.attempt,
        "its process ended, and no money is left to run it again"
      );
      return;
    }
    writeLastAttempt(draft, task, {
      ...attempt,
      ...money,
      generation,
      holder: draft.snapshot.me,
      startedAt: draft.nowMs
    });
    note(draft, "attempt-resumed", task, attempt.attempt, "its process ended before it did");
  }
  draft.actions.push({ kind: "start-attempt", task, attempt: attempt.attempt, generation });
}
function renewReservation(draft, attempt) {
  const { reservedUsd, lostUsd } = attempt;
  if (reservedUsd === null) return { reservedUsd, lostUsd };
  const { budgetUsd } = draft.ledger.plan;
  const renewedUsd = budgetUsd === null ? reservedUsd : Math.min(reservedUsd, budgetUsd - draft.spentUsd);
  if (renewedUsd <= 0) return null;
  draft.spentUsd += renewedUsd;
  return { reservedUsd: renewedUsd, lostUsd: lostUsd + reservedUsd };
}
function takeInEvidence(draft, task, attempt, evidence) {
  const isWhole = evidence.headSha !== null && evidence.treeSha !== null;
  if (evidence.outcome === "verified" && isWhole) {
    writeLastAttempt(draft, task, { ...attempt, status: "verified", evidence });
    const score = evidence.reviews.findLast((review) => review.stage === "verify")?.score ?? null;
    note(
      draft,
      "attempt-verified",
      task,
      attempt.attempt,
      score === null ? "tests passed" : `tests passed, review ${score}/10`
    );
    return;
  }
  if (evidence.outcome === "cancelled") {
    const isMeant = evidence.failure?.cause === "run-cancelled";
    const extra = isMeant ? { cancelled: { at: draft.nowMs, by: BY_CANCELLED_RUN } } : {};
    writeLastAttempt(draft, task, { ...attempt, status: "cancelled", evidence }, extra);
    note(draft, "attempt-cancelled", task, attempt.attempt, evidence.failure?.detail ?? "cancelled");
    return;
  }
  const notBefore = evidence.failure?.isTransient === true ? draft.nowMs + draft.config.backoffMs : 0;
  writeLastAttempt(draft, task, { ...attempt, status: "failed", evidence }, { notBefore });
  const failure = evidence.failure;
  note(
    draft,
    "attempt-failed",
    task,
    attempt.attempt,
    failure === null ? "it left no head" : `${failure.cause}: ${failure.detail}`
  );
}

// src/core/reconcile/landing-turn.ts
var LEASES_PER_TURN = 10;
function holdTurn(draft, task, generation) {
  if (draft.config.landingStrength === "exact") return true;
  const { nowMs, config } = draft;
  const turn = draft.queue.turn ?? null;
  const isOurs = turn !== null && isTurnOf(turn, draft, task, generation);
  if (turn !== null && turn.until > nowMs && turn.plan !== draft.ledger.plan.id) return false;
  draft.wantsTurn = true;
  const turnMs = config.leaseMs * LEASES_PER_TURN;
  const isFresh = isOurs && turn.until - nowMs > turnMs / 2;
  if (!isFresh)
    draft.queue = {
      ...draft.queue,
      turn: { plan: draft.ledger.plan.id, task, generation, until: nowMs + turnMs }
    };
  return isOurs && turn.until - nowMs > config.leaseMs;
}
function settleTurn(draft) {
  const turn = draft.queue.turn ?? null;
  if (turn === null || turn.plan !== draft.ledger.plan.id || draft.wantsTurn) return;
  const landing = lastAttempt(recordOf(draft, turn.task))?.landing ?? null;
  const isUnderWay = landing !== null && draft.snapshot.busyLandings?.has(landing.commitSha) === true;
  if (!isUnderWay) draft.queue = { ...draft.queue, turn: null };
}
function isTurnOf(turn, draft, task, generation) {
  return turn.plan === draft.ledger.plan.id && turn.task === task && turn.generation === generation;
}

// src/core/reconcile/tested-trees.ts
function findPassedTest(task, attempt, tree) {
  const suite = suiteDigest(task);
  const tests = [
    ...attempt.evidence?.tests.filter(({ stage }) => stage === "verify") ?? [],
    attempt.trial?.result?.test ?? null,
    attempt.landing?.group?.result?.test ?? null
  ];
  return tests.findLast((test) => test?.tree === tree && test.suite === suite && test.status === "passed") ?? null;
}

// src/core/reconcile/follow-landings.ts
function followLanding(draft, task) {
  const record = recordOf(draft, task);
  const attempt = lastAttempt(record);
  if (attempt === null || attempt.status !== "verified") return;
  if (record?.cancelled != null && attempt.landing === null)
    writeLastAttempt(draft, task, { ...attempt, status: "cancelled" });
  else if (attempt.landing !== null) followWrittenLanding(draft, task, attempt, attempt.landing);
  else if (attempt.trial !== null && attempt.trial.result === null) followTrial(draft, task, attempt, attempt.trial);
}
function followWrittenLanding(draft, task, attempt, landing) {
  const seen = draft.snapshot.landed.get(landing.commitSha);
  if (seen?.contained === true) {
    finishLanding(draft, task, attempt, landing, { ...seen, landedSha: seen.landedSha ?? landing.commitSha });
    return;
  }
  const busy = draft.snapshot.busyLandings?.get(landing.commitSha);
  if (busy !== void 0) {
    if (busy === "queued" && landing.queuedAt === void 0)
      writeLastAttempt(draft, task, { ...attempt, landing: { ...landing, queuedAt: draft.nowMs } });
    return;
  }
  if (draft.snapshot.tip !== landing.fromSha) {
    writeLastAttempt(draft, task, { ...withOvertaken(draft, attempt), landing: null, trial: null });
    note(draft, "trial-repeated", task, attempt.attempt, "the branch moved before it could land");
    return;
  }
  if (!isAsConfigured(draft, landing)) {
    writeLastAttempt(draft, task, { ...attempt, landing: null });
    return;
  }
  pursueLanding(draft, task, attempt, landing);
}
function isAsConfigured({ config }, landing) {
  if (config.mayLand === false) return false;
  return landing.way === config.landingWay && (landing.strength ?? config.landingStrength) === config.landingStrength;
}
function pursueLanding(draft, task, attempt, landing) {
  const owner = ownerOf(draft, landing.holder);
  if (owner === "other") return;
  const refusal = draft.snapshot.refusals.get(landing.commitSha);
  if (refusal !== void 0) {
    const refusals = (landing.refusals ?? 0) + 1;
    const notBefore = draft.nowMs + backOffMs(draft.config.backoffMs, refusals);
    writeLastAttempt(draft, task, { ...attempt, landing: { ...landing, refusal, refusals, notBefore } });
    if (landing.refusal !== refusal) note(draft, "refused", task, attempt.attempt, refusal);
    return;
  }
  if (draft.nowMs < landing.notBefore || draft.queue.frozen !== null) return;
  if (!isStillOpen(draft, task, attempt)) return;
  if (!holdTurn(draft, task, attempt.trial?.generation ?? landing.generation)) return;
  if (owner === "me") {
    pushLandAction(draft, task, attempt.attempt, landing);
    return;
  }
  const mine = { ...landing, holder: draft.snapshot.me, generation: takeGeneration(draft), startedAt: draft.nowMs };
  writeLastAttempt(draft, task, { ...attempt, landing: mine });
  pushLandAction(draft, task, attempt.attempt, mine);
}
function isStillOpen(draft, task, attempt) {
  if (draft.snapshot.pulls === void 0) return true;
  const verdict = evaluateGate(gateFacts(draft, task, attempt));
  if (verdict.status === "open" || returnForChecks(draft, task, attempt, verdict)) return verdict.status === "open";
  const closed = verdict.rules.filter(({ status }) => status === "failed" || status === "pending");
  if (closed.every(({ rule }) => rule === "checks")) holdTurn(draft, task, attempt.trial?.generation ?? 0);
  else writeLastAttempt(draft, task, { ...attempt, landing: null });
  return false;
}
function returnForChecks(draft, task, attempt, verdict) {
  const failed = verdict.rules.find(({ rule, status }) => rule === "checks" && status === "failed");
  if (failed === void 0) return false;
  const because = `checks: ${failed.because} (${failed.found})`;
  writeLastAttempt(draft, task, { ...attempt, landing: null, status: "returned", returnedBecause: because });
  note(draft, "returned", task, attempt.attempt, because);
  return true;
}
function pushLandAction(draft, task, attempt, landing) {
  draft.actions.push({
    kind: "land",
    task,
    attempt,
    generation: landing.generation,
    target: draft.ledger.target,
    fromSha: landing.fromSha,
    commitSha: landing.commitSha
  });
}
function finishLanding(draft, task, attempt, landing, seen) {
  const testedTree = findTestedTree(draft, task, attempt, landing, seen);
  if (testedTree === null && seen.tree === landing.group?.treeSha && landing.group.result === null) return;
  if (testedTree === null) {
    const because = `what stands at ${seen.landedSha.slice(0, 12)} is not the tree that was tested for ${task}`;
    if (draft.queue.frozen?.because === because) return;
    draft.queue = { ...draft.queue, frozen: { at: draft.nowMs, because, commitSha: landing.commitSha } };
    note(draft, "frozen", task, attempt.attempt, because);
    return;
  }
  addCertificate(draft, certifyLanding(draft, task, attempt, landing, { landedSha: seen.landedSha, tree: testedTree }));
  const done = seen.landedSha === landing.commitSha ? landing : { ...landing, landedSha: seen.landedSha };
  writeLastAttempt(draft, task, { ...attempt, landing: done, status: "landed" });
  note(draft, "landed", task, attempt.attempt, `${draft.ledger.target} is at ${seen.landedSha.slice(0, 12)}`);
}
function findTestedTree({ index }, task, attempt, landing, { tree }) {
  if (tree === landing.treeSha) return landing.treeSha;
  const resolved = index.task(task);
  if (landing.way !== "enqueue" || tree === null || resolved === void 0) return null;
  return findPassedTest(resolved, attempt, tree)?.tree ?? null;
}
var TESTED_IN_QUEUE = {
  rule: "merge-queue",
  status: "passed",
  because: "the tests of the task passed on the tree that the forge's merge queue made of it"
};
function certifyLanding(draft, task, attempt, landing, seen) {
  const headSha = attempt.evidence?.headSha ?? null;
  const resolved = draft.index.task(task);
  if (resolved === void 0 || headSha === null || attempt.trial?.result == null)
    throw new Error(`The landing of '${task}' has no evidence; a landing is only written with it.`);
  settleDraft(draft);
  const rules = landing.rules ?? evaluateGate({ ...gateFacts(draft, task, attempt), tip: landing.fromSha }).rules;
  const facts = {
    ledger: draft.ledger,
    task: resolved,
    attempt,
    headSha,
    fromSha: landing.group?.commitSha === seen.landedSha ? landing.group.ontoSha : landing.fromSha,
    landedSha: seen.landedSha,
    testedTree: seen.tree,
    landedTree: seen.tree,
    strength: landing.strength ?? draft.config.landingStrength,
    rules: seen.tree === landing.treeSha ? rules : [...rules, TESTED_IN_QUEUE]
  };
  return certify(facts, draft.nowMs);
}
function followTrial(draft, task, attempt, trial) {
  const key = workKey(task, attempt.attempt, trial.generation);
  const result = draft.snapshot.trials.get(key);
  if (result !== void 0 && isTrialOf(result, { plan: draft.ledger.plan.id, task, attempt }, trial)) {
    takeInTrial(draft, task, attempt, { ...trial, result });
    return;
  }
  const owner = ownerOf(draft, trial.holder);
  if (owner === "other" || owner === "me" && draft.snapshot.inFlight.has(key)) return;
  if (draft.snapshot.tip !== trial.ontoSha) {
    writeLastAttempt(draft, task, { ...withOvertaken(draft, attempt), trial: null });
    return;
  }
  const generation = owner === "me" ? trial.generation : takeGeneration(draft);
  if (owner === "gone")
    writeLastAttempt(draft, task, {
      ...attempt,
      trial: { ...trial, generation, holder: draft.snapshot.me, startedAt: draft.nowMs }
    });
  draft.actions.push({ kind: "start-trial", task, attempt: attempt.attempt, generation });
}
function takeInTrial(draft, task, attempt, trial) {
  const { result } = trial;
  if (result === null) return;
  if (result.outcome === "cancelled") {
    const cancelled = { at: draft.nowMs, by: BY_CANCELLED_RUN };
    writeLastAttempt(draft, task, { ...attempt, trial: null, status: "cancelled" }, { cancelled });
    note(draft, "attempt-cancelled", task, attempt.attempt, result.feedback);
    return;
  }
  if (result.outcome === "error") {
    const notBefore = draft.nowMs + draft.config.backoffMs;
    const count = (recordOf(draft, task)?.trialTrouble?.count ?? 0) + 1;
    const trialTrouble = { count, because: result.feedback };
    writeLastAttempt(draft, task, { ...attempt, trial: null }, { notBefore, trialTrouble });
    note(draft, "trial-repeated", task, attempt.attempt, result.feedback);
    return;
  }
  const tried = result.commitSha === null ? attempt.tried : [...attempt.tried ?? [], result.commitSha];
  const isGood = result.outcome === "tested" && result.test?.status === "passed" && result.commitSha !== null;
  if (isGood) {
    writeLastAttempt(draft, task, { ...attempt, trial, tried }, { trialTrouble: void 0 });
    return;
  }
  const because = result.outcome === "conflict" ? describeConflict(result) : `the tests ended as '${result.test?.status ?? "unknown"}' on the merged tree`;
  const returned = { ...attempt, trial, tried, status: "returned", returnedBecause: because };
  writeLastAttempt(draft, task, returned, { trialTrouble: void 0 });
  note(draft, "returned", task, attempt.attempt, because);
}
function describeConflict({ conflicts }) {
  const paths = conflicts.slice(0, 5).map((conflict) => conflict.path);
  return `it conflicts with what landed before it${paths.length === 0 ? "" : `: ${paths.join(", ")}`}`;
}
function gateFacts(draft, task, attempt) {
  const resolved = draft.index.task(task);
  const { pulls } = draft.snapshot;
  if (resolved === void 0 || attempt.evidence === null)
    throw new Error(`There is nothing to gate for '${task}': no such task, or no evidence.`);
  return {
    task: resolved,
    taskDigest: draft.index.digest(task),
    attempt,
    evidence: attempt.evidence,
    hasLanded: (need) => landedAttempt(recordOf(draft, need)) !== null,
    tip: draft.snapshot.tip,
    frozen: draft.queue.frozen,
    spentUsd: draft.spentUsd,
    planBudgetUsd: draft.ledger.plan.budgetUsd,
    ...pulls === void 0 ? {} : { pull: pulls.get(task) ?? null }
  };
}

// src/core/reconcile/advance-queue.ts
function advanceQueue(draft, tasksWithHistory) {
  const { snapshot, ledger } = draft;
  if (snapshot.tip === null || draft.queue.frozen !== null) return;
  if (hasLapsed(draft)) forgetOvertaken(draft, tasksWithHistory);
  const { entries, isOccupied, isOvertaken } = listEntries(draft, tasksWithHistory);
  if (ledger.paused !== null || draft.config.mayLand === false) return;
  draft.wantsClaim = isOvertaken;
  if (isOccupied || findClaimBefore(draft.queue, ledger.plan.id, draft.nowMs) !== null) return;
  entries.sort(compareQueueEntries);
  const [first] = entries;
  if (first === void 0) return;
  const tried = entries.find((entry) => isTriedOn(lastAttempt(recordOf(draft, entry.task)), snapshot.tip));
  if (tried !== void 0) startLanding(draft, tried.task);
  else startTrial(draft, first.task);
}
function listEntries(draft, tasksWithHistory) {
  const list = { entries: [], isOccupied: false, isOvertaken: false };
  for (const task of tasksWithHistory) {
    const record = recordOf(draft, task);
    const attempt = lastAttempt(record);
    if (record === void 0 || attempt === null || attempt.status !== "verified") continue;
    if (attempt.landing !== null || attempt.trial !== null && attempt.trial.result === null) list.isOccupied = true;
    else {
      if (!mayEnter(draft, task, attempt) || record.notBefore > draft.nowMs) continue;
      if (findTrialTrouble(record) !== null) continue;
      list.entries.push(queueEntry(draft, task));
    }
    list.isOvertaken ||= mayClaim(draft, attempt);
  }
  return list;
}
function forgetOvertaken(draft, tasks) {
  for (const task of tasks) {
    const attempt = lastAttempt(recordOf(draft, task));
    if (attempt?.overtaken !== void 0) writeLastAttempt(draft, task, { ...attempt, overtaken: 0 });
  }
}
function queueEntry(draft, task) {
  return {
    task,
    priority: draft.index.task(task)?.priority ?? 0,
    returns: recordOf(draft, task)?.attempts.filter((attempt) => attempt.status === "returned").length ?? 0,
    remainingMinutes: draft.index.remainingMinutes(task),
    index: draft.index.position(task)
  };
}
function mayEnter(draft, task, attempt) {
  const verdict = evaluateEntry(gateFacts(draft, task, attempt));
  if (verdict.status === "closed" && attempt.trial === null) {
    const reasons = verdict.rules.filter((rule) => rule.status === "failed");
    if (reasons.every((rule) => rule.rule === "budget")) return false;
    const because = reasons.map((rule) => `${rule.rule}: ${rule.because}`).join("; ");
    writeLastAttempt(draft, task, { ...attempt, status: "returned", returnedBecause: because });
    note(draft, "returned", task, attempt.attempt, because);
  }
  return verdict.status === "open";
}
function isTriedOn(attempt, tip) {
  const result = attempt?.trial?.result ?? null;
  return result !== null && result.outcome === "tested" && result.ontoSha === tip;
}
function startTrial(draft, task) {
  const attempt = lastAttempt(recordOf(draft, task));
  const { tip, me } = draft.snapshot;
  if (attempt === null || tip === null) return;
  const generation = takeGeneration(draft);
  writeLastAttempt(draft, task, {
    ...withOvertaken(draft, attempt),
    trial: { generation, holder: me, startedAt: draft.nowMs, ontoSha: tip, result: null }
  });
  draft.actions.push({ kind: "start-trial", task, attempt: attempt.attempt, generation });
  note(draft, "trial-started", task, attempt.attempt, `merged onto ${tip.slice(0, 12)}`);
}
function startLanding(draft, task) {
  const attempt = lastAttempt(recordOf(draft, task));
  const result = attempt?.trial?.result ?? null;
  if (attempt === null || result === null || result.commitSha === null || result.treeSha === null) return;
  const verdict = evaluateGate(gateFacts(draft, task, attempt));
  if (verdict.status !== "open") {
    returnForChecks(draft, task, attempt, verdict);
    return;
  }
  if (!holdTurn(draft, task, attempt.trial?.generation ?? attempt.generation)) return;
  const { landingWay, landingStrength } = draft.config;
  const rules = verdict.rules.map(({ rule, status, because }) => ({ rule, status, because }));
  const landing = {
    ...landingWay === void 0 ? {} : { way: landingWay, strength: landingStrength, rules },
    generation: takeGeneration(draft),
    holder: draft.snapshot.me,
    startedAt: draft.nowMs,
    fromSha: result.ontoSha,
    commitSha: result.commitSha,
    treeSha: result.treeSha,
    refusal: null,
    notBefore: 0
  };
  writeLastAttempt(draft, task, { ...attempt, landing });
  pushLandAction(draft, task, attempt.attempt, landing);
  note(draft, "landing", task, attempt.attempt, `${draft.ledger.target} moves to ${landing.commitSha.slice(0, 12)}`);
}

// src/core/reconcile/catch-up-queue.ts
function catchUpQueue(draft) {
  addMissingLandings(draft);
  endSettledFreeze(draft);
}
function addMissingLandings(draft) {
  const { certificates, plan } = draft.ledger;
  if (certificates.length === 0) return;
  const known = new Set(draft.queue.landings.filter((one) => one.plan === plan.id).map((one) => one.commitSha));
  const missing = certificates.filter((certificate) => !known.has(certificate.landedSha));
  if (missing.length > 0)
    draft.queue = { ...draft.queue, landings: [...draft.queue.landings, ...missing.map(listLanding)] };
}
function endSettledFreeze(draft) {
  const commitSha = draft.queue.frozen?.commitSha;
  if (commitSha === void 0) return;
  const isSetAside = Object.values(draft.ledger.tasks).some(
    (record) => record.attempts.some((attempt) => attempt.status === "cancelled" && attempt.landing?.commitSha === commitSha)
  );
  if (isSetAside) draft.queue = { ...draft.queue, frozen: null };
}

// src/core/reconcile/dispatch-attempts.ts
function dispatchAttempts(draft) {
  settleDraft(draft);
  const { tip } = draft.snapshot;
  if (tip === null || draft.ledger.paused !== null) return;
  const occupancy = measureOccupancy(draft.ledger, draft.index);
  const unlanded = countUnlanded(draft.ledger);
  for (const id of draft.index.byUrgency) {
    if (occupancy.running >= draft.config.maxParallel) return;
    if (draft.config.only !== null && !draft.config.only.has(id)) continue;
    const task = draft.index.task(id);
    if (task === void 0 || (occupancy.phases.get(id) ?? "open") !== "open") continue;
    const reservedUsd = reservationFor(task, draft.ledger.plan.budgetUsd, occupancy, unlanded);
    if (findObstacle(task, draft.ledger, occupancy, reservedUsd, draft.nowMs) !== null) continue;
    startAttempt(draft, task, tip, reservedUsd);
    occupy(occupancy, task, reservedUsd);
  }
}
function occupy(occupancy, task, reservedUsd) {
  occupancy.running += 1;
  occupancy.committedUsd += reservedUsd ?? 0;
  for (const lock of task.locks) occupancy.lockHolders.set(lock, task.id);
}
function startAttempt(draft, task, tip, reservedUsd) {
  const record = recordOf(draft, task.id) ?? { attempts: [], countFrom: 1, cancelled: null, notBefore: 0 };
  const number = record.attempts.length + 1;
  const attempt = {
    generation: takeGeneration(draft),
    holder: draft.snapshot.me,
    startedAt: draft.nowMs,
    attempt: number,
    status: "running",
    taskDigest: draft.index.digest(task.id),
    baseSha: tip,
    ...nextAttemptSeed(record),
    reservedUsd,
    lostUsd: 0,
    evidence: null,
    trial: null,
    landing: null,
    returnedBecause: null
  };
  writeRecord(draft, task.id, { ...record, givenSha: void 0, attempts: [...record.attempts, attempt] });
  draft.actions.push({ kind: "start-attempt", task: task.id, attempt: number, generation: attempt.generation });
  note(draft, "attempt-started", task.id, number, describeStart(attempt, task.id));
}
function describeStart(attempt, task) {
  if (attempt.givenSha !== void 0) return `verifies ${attempt.givenSha.slice(0, 12)}, which a person pushed`;
  if (attempt.carrySha !== null) return `goes on from ${task}'s last work`;
  return attempt.feedback === null ? `from ${attempt.baseSha.slice(0, 12)}` : "starts afresh, told what went wrong";
}

// src/core/reconcile/follow-final.ts
function followFinal(draft) {
  const { snapshot, nowMs } = draft;
  const { plan, final } = draft.ledger;
  if (final !== null) {
    followRunningFinal(draft, final);
    return;
  }
  settleDraft(draft);
  const isWhole = plan.tasks.every((task) => landedAttempt(draft.ledger.tasks[task.id]) !== null);
  if (plan.final.length === 0 || snapshot.tip === null || !isWhole || draft.ledger.paused !== null) return;
  const generation = takeGeneration(draft);
  draft.ledger = {
    ...draft.ledger,
    final: { generation, holder: snapshot.me, startedAt: nowMs, commitSha: snapshot.tip, result: null }
  };
  draft.actions.push({ kind: "start-final", generation, commitSha: snapshot.tip });
  note(draft, "final-started", null, 0, `on ${snapshot.tip.slice(0, 12)}`);
}
function followRunningFinal(draft, final) {
  if (final.result !== null) return;
  const { snapshot, nowMs } = draft;
  const found = snapshot.final;
  if (found !== null && isFinalOf(found, final)) {
    draft.ledger = { ...draft.ledger, final: { ...final, result: found } };
    note(draft, "final-ended", null, 0, found.test.status);
    return;
  }
  const { diedFinal = null } = snapshot;
  if (diedFinal !== null && diedFinal.generation === final.generation) {
    retryFinal(draft, final, diedFinal.because);
    return;
  }
  if (nowMs < (final.died?.notBefore ?? 0)) return;
  const owner = ownerOf(draft, final.holder);
  if (owner === "other" || owner === "me" && snapshot.inFlight.has(`final.${final.generation}`)) return;
  const generation = owner === "me" ? final.generation : takeGeneration(draft);
  if (owner === "gone")
    draft.ledger = { ...draft.ledger, final: { ...final, generation, holder: snapshot.me, startedAt: nowMs } };
  draft.actions.push({ kind: "start-final", generation, commitSha: final.commitSha });
}
var MAX_DIED_FINALS = 3;
function retryFinal(draft, final, because) {
  const { nowMs, config, snapshot } = draft;
  const count = (final.died?.count ?? 0) + 1;
  const died = { count, because, notBefore: nowMs + backOffMs(config.backoffMs, count) };
  const generation = takeGeneration(draft);
  draft.ledger = { ...draft.ledger, final: { ...final, generation, holder: snapshot.me, startedAt: nowMs, died } };
  note(draft, "final-repeated", null, 0, because);
}
function mayRetryFinal(final) {
  return (final?.died?.count ?? 0) < MAX_DIED_FINALS - 1;
}

// src/core/reconcile/decide.ts
function decide(snapshot, config, nowMs) {
  const draft = openDraft(snapshot, config, nowMs);
  renewLease(draft);
  catchUpQueue(draft);
  const tasksWithHistory = Object.keys(snapshot.ledger.tasks).filter(
    (task) => landedAttempt(snapshot.ledger.tasks[task]) === null && draft.index.task(task) !== void 0
  );
  for (const task of tasksWithHistory) {
    followAttempt(draft, task);
    followLanding(draft, task);
  }
  advanceQueue(draft, tasksWithHistory);
  dispatchAttempts(draft);
  followFinal(draft);
  settleDraft(draft);
  settleTurn(draft);
  settleClaim(draft);
  return { ledger: draft.ledger, queue: draft.queue, actions: draft.actions, notes: draft.notes };
}
function renewLease(draft) {
  const { snapshot, config, nowMs } = draft;
  const mine = draft.ledger.holders[snapshot.me];
  if (mine === void 0) return;
  const others = Object.entries(draft.ledger.holders).filter(([id]) => id !== snapshot.me);
  const live = others.filter(([id]) => ownerOf(draft, id) === "other");
  const isDue = mine.until - nowMs < config.leaseMs / 2;
  if (!isDue && live.length === others.length) return;
  const renewed = isDue ? { ...mine, until: nowMs + config.leaseMs } : mine;
  draft.ledger = { ...draft.ledger, holders: { ...Object.fromEntries(live), [snapshot.me]: renewed } };
}

export {
  createLedger,
  createQueueLedger,
  findLiveHolder,
  claimHolder,
  releaseHolder,
  pausePlan,
  resumePlan,
  thawTarget,
  cancelTask,
  cancelPlan,
  retryTask,
  renewTries,
  comparePlans,
  revisePlan,
  readPlan,
  ON_HOLD,
  sumMinutes,
  schedulePlan,
  compareQueueEntries,
  span,
  line,
  paragraph,
  textWidth,
  cutText,
  fitText,
  cutRow,
  UNICODE_GLYPHS,
  STATE_STYLES,
  RULE_STYLES,
  GATE_STYLES,
  glyphsFor,
  renderRows,
  renderBar,
  evaluateGate,
  evaluateGroup,
  findClaimBefore,
  viewPlan,
  renderCheckMermaid,
  summarizePlan,
  diffLines,
  wrapText,
  buildRunReport,
  renderRunReport,
  certify,
  openDraft,
  settleDraft,
  BY_CANCELLED_RUN,
  findPassedTest,
  followLanding,
  mayRetryFinal,
  decide,
  LedgerError,
  readLedgers,
  writeLedgers,
  changeLedger,
  changeLedgers
};
