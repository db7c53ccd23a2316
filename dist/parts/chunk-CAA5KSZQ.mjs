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
  awaitedTrial,
  lastAttempt,
  plainLine,
  remainingPathMinutes
} from "./chunk-GMXT2ENO.mjs";
import {
  BUILT_IN_REVIEW,
  BUILT_IN_SETTINGS,
  findHostedGaps,
  howToPinImage,
  isPinnedImage
} from "./chunk-CICE3PZ7.mjs";
import {
  cleanLine
} from "./chunk-AVVG3THQ.mjs";
import {
  digestJson
} from "./chunk-TFCDRFP4.mjs";

// src/core/gate/bindings.ts
function suiteDigest(task) {
  const { test, setup, profile, resources, image } = task;
  return digestJson({ test, setup, profile, resources, image });
}
function finalSuiteDigest(commands) {
  return digestJson({ final: commands });
}
function changeDigest(baseTree, headTree) {
  return digestJson({ base: baseTree, head: headTree });
}
function rubricDigest(task) {
  return digestJson({ title: task.title, spec: task.spec, rubric: task.review.rubric });
}
function reviewerName(choice) {
  if (choice.kind === "command") return `command: ${choice.command.join(" ")}`;
  return choice.model === null ? choice.name : `${choice.name} (${choice.model})`;
}

// src/core/hosted/awaited-work.ts
function findAwaited(ledger, leg) {
  const plan = ledger.plan.id;
  if (leg.work === "final") {
    const { final } = ledger;
    return final !== null && final.result === null && final.generation === leg.generation ? { work: "final", plan, final } : null;
  }
  const attempt = lastAttempt(ledger.tasks[leg.task]);
  if (attempt === null || attempt.attempt !== leg.attempt) return null;
  if (leg.work === "attempt")
    return attempt.status === "running" && attempt.generation === leg.generation ? { work: "attempt", plan, task: leg.task, attempt } : null;
  const trial = awaitedTrial(attempt, leg.generation);
  return attempt.status === "verified" && trial !== null ? { work: "trial", plan, task: leg.task, attempt, trial } : null;
}

// src/core/attempts/commit-message.ts
var MAX_SUBJECT = 100;
function attemptMessage(facts) {
  return withTrailers(subject(facts.title, facts.task), facts);
}
function leftoverMessage(facts) {
  return withTrailers(`Keep what an interrupted run of ${facts.task} left`, facts);
}
function mergeMessage(facts) {
  return withTrailers(cleanLine(`Merge ${facts.task}: ${subject(facts.title, facts.task)}`, MAX_SUBJECT), facts);
}
function subject(title, task) {
  const line = plainLine(title, MAX_SUBJECT).replace(/^#+\s*/, "");
  return line === "" ? task : line;
}
function withTrailers(first, { plan, task, attempt, generation }) {
  return `${first}

Espalier-Plan: ${plan}
Espalier-Task: ${task}
Espalier-Attempt: ${attempt}.${generation}
`;
}

// src/core/plan/name-tasks.ts
var MAX_NAMED = 4;
function nameTasks(tasks) {
  const named = tasks.slice(0, MAX_NAMED).map((task) => `'${task.id}'`);
  const more = tasks.length - named.length;
  const list = more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
  return `${tasks.length === 1 ? "task" : "tasks"} ${list}`;
}

// src/core/plan/ignored-settings.ts
function findIgnoredSettings(plan) {
  const { defaults, tasks } = plan;
  const runners = tasks.filter(({ settings }) => (settings.runsOn ?? defaults.runsOn) !== void 0);
  const images = Map.groupBy(tasks, ({ settings }) => settings.image ?? defaults.image ?? null);
  return [
    ...runners.length === 0 ? [] : [
      warn(
        "runs-on-ignored",
        runners,
        "'runs_on' is for the runners of GitHub Actions; 'espalier run' ignores it, and runs every attempt on this machine"
      )
    ],
    ...[...images].flatMap(
      ([image, users]) => image === null || isPinnedImage(image) ? [] : [
        warn(
          "image-not-pinned",
          users,
          `'image' is '${image}', under which another image can be put, and which GitHub Actions will not run; ${howToPinImage(image)}`
        )
      ]
    )
  ];
}
function warn(code, tasks, message) {
  return {
    severity: "warning",
    code,
    line: tasks[0]?.line ?? null,
    column: 1,
    message: `${nameTasks(tasks)}: ${message}`,
    nearest: null,
    excerpt: null
  };
}

// src/core/plan/resolve-plan.ts
function resolvePlan(plan, configDefaults, overrides, options = {}) {
  const gaps = createGaps();
  const tasks = [];
  for (const task of plan.tasks) {
    const layers = [overrides, task.settings, plan.defaults, configDefaults];
    const resolved = resolveTask(task, layers, gaps, options.forge ?? "local");
    if (resolved !== null) tasks.push(resolved);
    if (options.hosted === void 0) continue;
    const settings = { runsOn: pickSetting(layers, "runsOn"), image: pickSetting(layers, "image") };
    for (const { code, because, next } of findHostedGaps(settings, options.hosted))
      gaps.add(code, task, `${because}; ${next}`);
  }
  const problems = [...gaps.finish(), ...options.forge === "github" ? [] : findIgnoredSettings(plan)];
  if (problems.some((problem) => problem.severity === "error")) return { plan: null, problems };
  const { id, title, base, final, budgetUsd } = plan;
  const whole = { id, title, base, tasks, final: final.map((command) => [...command]), budgetUsd };
  return { plan: { ...whole, revision: revisionOf(whole) }, problems };
}
function taskDigest(task) {
  const {
    title: _title,
    priority: _priority,
    estimateMinutes: _estimate,
    retries: _retries,
    budgetUsd: _budget,
    locks: _locks,
    ...rest
  } = task;
  return digestJson(normalizeTask(rest));
}
function revisionOf(plan) {
  const tasks = plan.tasks.map((task) => normalizeTask(task)).sort((a, b) => a.id < b.id ? -1 : 1);
  return digestJson({ ...plan, tasks });
}
var SETS = ["needs", "owns", "allow", "locks", "testPaths", "env", "copy", "ports", "runsOn"];
function normalizeTask(task) {
  const sorted = SETS.flatMap(
    (name) => task[name] === void 0 ? [] : [[name, [...new Set(task[name])].sort()]]
  );
  return { ...task, ...Object.fromEntries(sorted) };
}
function resolveTask(task, layers, gaps, forge) {
  const agent = pickSetting(layers, "agent");
  const test = pickSetting(layers, "test") ?? [];
  const approvals = pickSetting(layers, "approvals") ?? BUILT_IN_SETTINGS.approvals;
  const review = resolveReview(layers);
  if (agent === void 0) gaps.add("no-agent", task);
  if (test.length === 0) gaps.add("no-gate", task);
  if (review.reviewer === void 0) gaps.add("no-reviewer", task);
  if (approvals > 0 && forge === "local") gaps.add("local-approvals", task);
  if (task.variants.length > 1) gaps.add("not-supported-yet", task);
  if (agent === void 0 || review.reviewer === void 0) return null;
  const [variant] = task.variants;
  const approach = variant?.approach ?? null;
  return {
    id: task.id,
    title: task.title,
    spec: approach === null ? task.spec : `${task.spec}

Approach to take: ${approach}`.trim(),
    needs: [...task.needs],
    owns: [...task.owns],
    allow: [...task.allow],
    locks: [...task.locks],
    estimateMinutes: task.estimateMinutes,
    branch: task.branch,
    agent: variant?.agent ?? agent,
    ...resolveRest(layers),
    test,
    review: { ...review, reviewer: review.reviewer },
    approvals
  };
}
function pickSetting(layers, key) {
  return layers.find((layer) => layer[key] !== void 0)?.[key];
}
function resolveRest(layers) {
  const pick = (key) => pickSetting(layers, key);
  const runsOn = pick("runsOn");
  const image = pick("image");
  return {
    profile: pick("profile") ?? BUILT_IN_SETTINGS.profile,
    resources: pick("resources") ?? BUILT_IN_SETTINGS.resources,
    setup: pick("setup") ?? [...BUILT_IN_SETTINGS.setup],
    testPaths: pick("testPaths") ?? [...BUILT_IN_SETTINGS.testPaths],
    timeoutMs: pick("timeoutMs") ?? BUILT_IN_SETTINGS.timeoutMs,
    retries: pick("retries") ?? BUILT_IN_SETTINGS.retries,
    env: pick("env") ?? [...BUILT_IN_SETTINGS.env],
    copy: pick("copy") ?? [...BUILT_IN_SETTINGS.copy],
    ports: pick("ports") ?? [...BUILT_IN_SETTINGS.ports],
    budgetUsd: pick("budgetUsd") ?? BUILT_IN_SETTINGS.budgetUsd,
    priority: pick("priority") ?? BUILT_IN_SETTINGS.priority,
    // Not there if unsaid: a plan that says neither keeps the digests that it had before they could be said.
    ...runsOn === void 0 ? {} : { runsOn },
    ...image === void 0 ? {} : { image }
  };
}
function resolveReview(layers) {
  const part = (key) => layers.find((layer) => layer.review?.[key] !== void 0)?.review?.[key];
  return {
    reviewer: part("reviewer"),
    threshold: part("threshold") ?? BUILT_IN_REVIEW.threshold,
    iterations: part("iterations") ?? BUILT_IN_REVIEW.iterations,
    rubric: part("rubric") ?? BUILT_IN_REVIEW.rubric
  };
}
var GAP_MESSAGES = {
  "no-agent": "nobody is said to do the work; write 'agent: claude' under 'defaults:' or give --agent",
  "no-gate": "no tests are said, and without a gate nothing may land; write 'test: npm test' under 'defaults:' or give --test",
  "no-reviewer": "no reviewer is said; write 'review: claude' under 'defaults:' or give --reviewer; 'review: off' or --no-review switches review off by name",
  "local-approvals": "'approvals' needs people who can be told apart, which a local repository cannot do; write 'approvals: 0'",
  "not-supported-yet": "several attempts at one task are read but not run yet; write 'attempts: 1' to run one"
};
function createGaps() {
  const missing = /* @__PURE__ */ new Map();
  return {
    add(code, task, message = GAP_MESSAGES[code]) {
      const key = `${code} ${message}`;
      const gap = missing.get(key) ?? { code, message, tasks: [] };
      gap.tasks.push(task);
      missing.set(key, gap);
    },
    finish: () => [...missing.values()].map(({ code, message, tasks }) => ({
      severity: "error",
      code,
      line: tasks[0]?.line ?? null,
      column: 1,
      message: `${nameTasks(tasks)}: ${message}`,
      nearest: null,
      excerpt: null
    }))
  };
}

// src/core/schedule/plan-index.ts
var INDEXES = /* @__PURE__ */ new WeakMap();
function indexPlan(plan) {
  const known = INDEXES.get(plan);
  if (known !== void 0) return known;
  const index = buildIndex(plan);
  INDEXES.set(plan, index);
  return index;
}
function buildIndex(plan) {
  const tasks = new Map(plan.tasks.map((task) => [task.id, task]));
  const positions = new Map(plan.tasks.map((task, position2) => [task.id, position2]));
  const remaining = remainingPathMinutes(plan.tasks);
  const digests = /* @__PURE__ */ new Map();
  const remainingMinutes = (id) => remaining.get(id) ?? 0;
  const position = (id) => positions.get(id) ?? -1;
  const byUrgency = plan.tasks.map((task) => ({
    id: task.id,
    minutes: remainingMinutes(task.id),
    priority: task.priority,
    at: position(task.id)
  })).sort((a, b) => b.minutes - a.minutes || b.priority - a.priority || a.at - b.at).map((entry) => entry.id);
  return {
    task: (id) => tasks.get(id),
    position,
    remainingMinutes,
    digest(id) {
      const known = digests.get(id);
      if (known !== void 0) return known;
      const task = tasks.get(id);
      if (task === void 0) throw new Error(`The plan has no task '${id}'.`);
      const digest = taskDigest(task);
      digests.set(id, digest);
      return digest;
    },
    byUrgency
  };
}

export {
  nameTasks,
  findIgnoredSettings,
  resolvePlan,
  taskDigest,
  indexPlan,
  suiteDigest,
  finalSuiteDigest,
  changeDigest,
  rubricDigest,
  reviewerName,
  findAwaited,
  attemptMessage,
  leftoverMessage,
  mergeMessage
};
