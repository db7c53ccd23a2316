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
  Evidence,
  FinalResult,
  TrialResult,
  Usage,
  branchField,
  commitField,
  digestField,
  planIdField,
  taskIdField,
  timeField,
  treeField
} from "./chunk-XUAMTQD7.mjs";
import {
  BUILT_IN_CLEANUP,
  BUILT_IN_LIMITS,
  BUILT_IN_PORTS,
  BUILT_IN_RUNNERS,
  checkedText,
  createProblemList,
  describeKind,
  findEntry,
  listOf,
  oneOf,
  readCommands,
  readDuration,
  readGlobValue,
  readImage,
  readLocatedYaml,
  readMap,
  readMoney,
  readRunners,
  readSourceText,
  readTextValue,
  readVariableName,
  reportUnknownKeys,
  require_mod,
  splitCommand,
  wholeNumber
} from "./chunk-CICE3PZ7.mjs";
import {
  MAX_RUNNER_LABELS,
  cleanBlock,
  cleanLine,
  escapeText,
  external_exports,
  fenceText,
  quoteText,
  readRunnerLabel,
  readTaskId
} from "./chunk-AVVG3THQ.mjs";
import {
  PROPERTIES,
  SANDBOX_ENGINES,
  digestText
} from "./chunk-TFCDRFP4.mjs";
import {
  __toESM
} from "./chunk-4P42K4ID.mjs";

// src/core/plan/plan.ts
var PROFILES = ["strict", "development"];
var RESOURCE_SIZES = ["small", "medium", "large", "xlarge"];
var AgentChoice = external_exports.discriminatedUnion("kind", [
  external_exports.object({ kind: external_exports.literal("preset"), name: external_exports.string(), model: external_exports.string().nullable() }),
  external_exports.object({ kind: external_exports.literal("command"), command: external_exports.array(external_exports.string()).min(1) })
]);
var ReviewSettings = external_exports.object({
  reviewer: AgentChoice.nullable(),
  /** Lowest score that opens the gate, 0 to 10. */
  threshold: external_exports.number().min(0).max(10),
  /** How often findings are handed back to the agent within one attempt, at least 1. */
  iterations: external_exports.number().int().min(1).max(20),
  /** Extra instructions to the reviewer; part of the rubric's digest. */
  rubric: external_exports.string()
});
var taskId = external_exports.string();
var branchName = external_exports.string();
var planId = external_exports.string();
var digest = external_exports.string();
var command = external_exports.array(external_exports.string()).min(1);
var TaskSettings = external_exports.object({
  agent: AgentChoice,
  profile: external_exports.enum(PROFILES),
  resources: external_exports.enum(RESOURCE_SIZES),
  /** Run before the agent, in order, in the sandbox (network only under `development`). */
  setup: external_exports.array(command),
  /** The required tests; all must exit 0. */
  test: external_exports.array(command),
  /** Globs of test files; with them set, the base's versions are run against the change as well. */
  testPaths: external_exports.array(external_exports.string()),
  review: ReviewSettings,
  /** People (other than the author) who must approve; cannot be given on a local repository. */
  approvals: external_exports.number().int().min(0),
  /** Limit of one run of the agent, of the tests, and of the reviewer, each. */
  timeoutMs: external_exports.number().int().positive(),
  /** How many further attempts in turn after the first one failed. */
  retries: external_exports.number().int().min(0).max(20),
  /** Names of environment variables that are handed into the agent's sandbox. Nothing else is. */
  env: external_exports.array(external_exports.string()),
  /** Untracked files and folders (globs) of the user's checkout that are copied into the worktree. */
  copy: external_exports.array(external_exports.string()),
  /** Names of ports that each attempt gets a number for, in `.ports.env`. */
  ports: external_exports.array(external_exports.string()),
  /** Most that one attempt may cost in US dollars; `null` is no cap. */
  budgetUsd: external_exports.number().positive().nullable(),
  /** Higher lands first among tasks whose order is free. */
  priority: external_exports.number().int(),
  /** Labels of the runner that the task's legs ask for, all of them; of no meaning on one machine. Left out if unsaid. */
  runsOn: external_exports.array(external_exports.string()).min(1).optional(),
  /** Container image of the task's sandboxes, over the configuration's. Left out if unsaid. */
  image: external_exports.string().optional()
});
var taskCore = {
  id: taskId,
  title: external_exports.string(),
  /** What the agent is asked to do, Markdown. Hostile text: goes to the agent by file or standard input only. */
  spec: external_exports.string(),
  needs: external_exports.array(taskId),
  /** Globs of the paths that this task may change; empty means any that is not protected. */
  owns: external_exports.array(external_exports.string()),
  /** Globs of protected paths that this task may change all the same. */
  allow: external_exports.array(external_exports.string()),
  locks: external_exports.array(external_exports.string()),
  estimateMinutes: external_exports.number().nonnegative().nullable(),
  /** The name that the plan wants for the task's branch; `null` takes `espalier/<plan>/<task>`. */
  branch: branchName.nullable()
};
var ResolvedTask = external_exports.object({ ...taskCore, ...TaskSettings.shape });
var ResolvedPlan = external_exports.object({
  id: planId,
  title: external_exports.string(),
  /** The base that the plan names; `null` takes the branch that is checked out when the plan first runs. */
  base: branchName.nullable(),
  tasks: external_exports.array(ResolvedTask),
  /** Tests on the whole, run when every task has landed. */
  final: external_exports.array(command),
  /** Most that the whole plan may cost in US dollars. */
  budgetUsd: external_exports.number().positive().nullable(),
  /** Digest of the normal form of everything above. */
  revision: digest
});

// src/core/agents/describe-agent.ts
var import_fastest_levenshtein = __toESM(require_mod(), 1);

// src/core/agents/agent-reading.ts
var UNKNOWN_USAGE = { costUsd: null, inputTokens: null, outputTokens: null, turns: null };
var EMPTY_READING = {
  usage: UNKNOWN_USAGE,
  activity: "",
  error: null,
  finalText: null,
  hasEnded: false
};
function addUsage(a, b) {
  const add = (x, y) => x === null || y === null ? null : x + y;
  return {
    costUsd: asAmount(add(a.costUsd, b.costUsd)),
    inputTokens: asCount(add(a.inputTokens, b.inputTokens)),
    outputTokens: asCount(add(a.outputTokens, b.outputTokens)),
    turns: asCount(add(a.turns, b.turns))
  };
}
function parseJsonLine(line) {
  const text = line.trim();
  if (!text.startsWith("{")) return null;
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return null;
  }
}
function asRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}
function asText(value) {
  return typeof value === "string" ? value : null;
}
function asAmount(value) {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}
function asCount(value) {
  const amount = asAmount(value);
  return amount !== null && Number.isSafeInteger(amount) ? amount : null;
}

// src/core/agents/claude-code.ts
var READ_ONLY_TOOLS = "Read,Grep,Glob";
var CLAUDE_CODE = {
  name: "claude",
  program: "claude",
  install: "npm install -g @anthropic-ai/claude-code",
  needsNetwork: true,
  credentials: ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"],
  settings: ["ANTHROPIC_BASE_URL", "ANTHROPIC_MODEL", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"],
  holdsBudget: true,
  buildArguments,
  buildEnvironment: (settings) => ({
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    // Claude Code refuses to skip permissions as uid 0 unless told that it is in a sandbox; with the engine
    // `none` that would be a lie, so there it is not said.
    ...settings.isSandboxed ? { IS_SANDBOX: "1" } : {}
  }),
  readLine
};
function buildArguments(settings) {
  return [
    "--print",
    "--output-format",
    "stream-json",
    "--verbose",
    // MCP servers of the repository would run with whatever configuration the change brings.
    "--strict-mcp-config",
    ...permissionArguments(settings),
    ...settings.budgetUsd === null ? [] : ["--max-budget-usd", settings.budgetUsd.toFixed(4)],
    ...settings.model === null ? [] : ["--model", settings.model]
  ];
}
function permissionArguments({ role, isSandboxed, workspace }) {
  if (role === "review") {
    return [
      "--setting-sources",
      "user",
      "--tools",
      READ_ONLY_TOOLS,
      "--allowedTools",
      READ_ONLY_TOOLS,
      "--add-dir",
      workspace
    ];
  }
  return isSandboxed ? ["--dangerously-skip-permissions"] : ["--permission-mode", "acceptEdits"];
}
function readLine(reading, line) {
  const event = parseJsonLine(line);
  if (event === null) return reading;
  if (event["type"] === "assistant") return readAssistant(reading, event);
  if (event["type"] === "result") return readResult(reading, event);
  return reading;
}
function readAssistant(reading, event) {
  const content = asRecord(event["message"])?.["content"];
  if (!Array.isArray(content)) return reading;
  let { activity, finalText } = reading;
  for (const part of content) {
    const block = asRecord(part);
    if (block?.["type"] === "text") {
      finalText = asText(block["text"]) ?? finalText;
      activity = cleanLine(finalText ?? "", 120) || activity;
    }
    if (block?.["type"] === "tool_use") activity = describeToolUse(block) || activity;
  }
  return { ...reading, activity, finalText };
}
function describeToolUse(block) {
  const input = asRecord(block["input"]);
  const about = ["file_path", "path", "command", "pattern", "description", "query"].map((key) => asText(input?.[key])).find((text) => text !== null);
  return cleanLine(`${asText(block["name"]) ?? "tool"} ${about ?? ""}`, 120);
}
function readResult(reading, event) {
  const usage = asRecord(event["usage"]);
  const subtype = asText(event["subtype"]) ?? "no subtype";
  const isError = event["is_error"] !== false || subtype !== "success";
  const text = asText(event["result"]);
  return {
    usage: {
      costUsd: asAmount(event["total_cost_usd"]),
      inputTokens: sumInputTokens(usage),
      outputTokens: asCount(usage?.["output_tokens"]),
      turns: asCount(event["num_turns"])
    },
    activity: reading.activity,
    error: isError ? cleanLine(`${subtype}: ${text ?? readErrors(event["errors"])}`, 500) : null,
    finalText: text ?? reading.finalText,
    hasEnded: true
  };
}
function readErrors(errors) {
  return Array.isArray(errors) ? errors.filter((one) => typeof one === "string").join("; ") : "no message";
}
function sumInputTokens(usage) {
  const fresh = asCount(usage?.["input_tokens"]);
  if (fresh === null) return null;
  return asCount(
    fresh + (asCount(usage?.["cache_creation_input_tokens"]) ?? 0) + (asCount(usage?.["cache_read_input_tokens"]) ?? 0)
  );
}

// src/core/agents/codex.ts
var CODEX = {
  name: "codex",
  program: "codex",
  install: "npm install -g @openai/codex",
  needsNetwork: true,
  credentials: ["CODEX_API_KEY", "OPENAI_API_KEY", "CODEX_ACCESS_TOKEN"],
  settings: ["OPENAI_BASE_URL", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"],
  holdsBudget: false,
  buildArguments: buildArguments2,
  buildEnvironment: (_settings, handed) => {
    const key = handed["CODEX_API_KEY"] ?? handed["OPENAI_API_KEY"];
    return key === void 0 ? {} : { CODEX_API_KEY: key };
  },
  readLine: readLine2
};
function buildArguments2({ role, model, isSandboxed }) {
  return [
    "exec",
    "--json",
    "--skip-git-repo-check",
    ...sandboxArguments(role, isSandboxed),
    // Instructions that the reviewed change brings along are not the reviewer's.
    ...role === "review" ? ["-c", "project_doc_max_bytes=0"] : [],
    ...model === null ? [] : ["--model", model],
    "-"
  ];
}
function sandboxArguments(role, isSandboxed) {
  if (isSandboxed) return ["--dangerously-bypass-approvals-and-sandbox"];
  return ["--sandbox", role === "review" ? "read-only" : "workspace-write"];
}
function readLine2(reading, line) {
  const event = parseJsonLine(line);
  switch (event?.["type"]) {
    case "item.started":
    case "item.updated":
    case "item.completed":
      return readItem(reading, asRecord(event["item"]));
    case "turn.completed":
      return readTurn(reading, asRecord(event["usage"]));
    case "turn.failed":
      return { ...reading, hasEnded: true, error: readMessage(asRecord(event["error"]) ?? event) };
    case "error":
      return { ...reading, error: readMessage(event) };
    default:
      return reading;
  }
}
function readTurn(reading, usage) {
  return {
    ...reading,
    // Token counts are totals of the session so far, not of the turn.
    usage: {
      costUsd: null,
      inputTokens: asCount(usage?.["input_tokens"]),
      outputTokens: asCount(usage?.["output_tokens"]),
      turns: (reading.usage.turns ?? 0) + 1
    },
    error: null,
    hasEnded: true
  };
}
function readItem(reading, item) {
  switch (item?.["type"]) {
    case "agent_message": {
      const text = asText(item["text"]);
      return text === null ? reading : { ...reading, finalText: text, activity: cleanLine(text, 120) || reading.activity };
    }
    case "command_execution":
      return { ...reading, activity: cleanLine(`run ${asText(item["command"]) ?? ""}`, 120) };
    case "file_change": {
      const changes = Array.isArray(item["changes"]) ? item["changes"] : [];
      const paths = changes.flatMap((change) => asText(asRecord(change)?.["path"]) ?? []);
      return { ...reading, activity: cleanLine(`edit ${paths.join(", ")}`, 120) };
    }
    case "web_search":
      return { ...reading, activity: cleanLine(`search ${asText(item["query"]) ?? ""}`, 120) };
    default:
      return reading;
  }
}
function readMessage(event) {
  return cleanLine(asText(event["message"]) ?? "no message", 500);
}

// src/core/agents/command-agent.ts
var MAX_KEPT_TEXT = 256 * 1024;
function readCommandText(reading, text) {
  const kept = `${reading.finalText ?? ""}${text}`;
  return {
    ...reading,
    activity: findLastLine(text) ?? reading.activity,
    finalText: kept.length > MAX_KEPT_TEXT * 2 ? kept.slice(-MAX_KEPT_TEXT) : kept
  };
}
function findLastLine(text) {
  const lines = text.slice(-2e3).split("\n");
  return lines.findLast((line) => line.trim() !== "")?.slice(0, 400) ?? null;
}
var UsageReport = external_exports.object(Usage.shape).partial();
function readUsageFile(text) {
  if (text === null) return UNKNOWN_USAGE;
  try {
    const report = UsageReport.safeParse(JSON.parse(text));
    return report.success ? { ...UNKNOWN_USAGE, ...dropUndefined(report.data) } : UNKNOWN_USAGE;
  } catch {
    return UNKNOWN_USAGE;
  }
}
function dropUndefined(report) {
  return Object.fromEntries(Object.entries(report).filter(([, value]) => value !== void 0));
}

// src/core/agents/describe-agent.ts
var PRESETS = new Map([CLAUDE_CODE, CODEX].map((preset) => [preset.name, preset]));
var PRESET_NAMES = [...PRESETS.keys()];
function describeAgent(choice) {
  if (choice.kind === "command") {
    const program2 = choice.command[0] ?? "";
    return {
      kind: "known",
      description: { name: program2, program: program2, install: null, needsNetwork: false, needsOneOf: [], holdsBudget: false }
    };
  }
  const preset = PRESETS.get(choice.name);
  if (preset === void 0) return { kind: "unknown-preset", name: choice.name, nearest: nearestPreset(choice.name) };
  const { name, program, install, needsNetwork, credentials, holdsBudget } = preset;
  return { kind: "known", description: { name, program, install, needsNetwork, needsOneOf: credentials, holdsBudget } };
}
function nearestPreset(name) {
  const nearest = (0, import_fastest_levenshtein.closest)(name.toLowerCase(), PRESET_NAMES);
  return (0, import_fastest_levenshtein.distance)(name.toLowerCase(), nearest) <= 3 ? nearest : null;
}
function planAgentCall(choice, settings, handed) {
  if (choice.kind === "command")
    return { command: choice.command, env: { ...handed }, reader: { kind: "text", readText: readCommandText } };
  const preset = PRESETS.get(choice.name);
  if (preset === void 0) return null;
  const useful = /* @__PURE__ */ new Set([...preset.credentials, ...preset.settings]);
  const given = settings.role === "edit" ? handed : Object.fromEntries(Object.entries(handed).filter(([name]) => useful.has(name)));
  return {
    command: [preset.program, ...preset.buildArguments(settings)],
    env: { ...given, ...preset.buildEnvironment(settings, given) },
    reader: { kind: "lines", readLine: preset.readLine }
  };
}

// src/core/plan/read-agent.ts
function readAgentText(text) {
  const command2 = /^command:\s*(.*)$/s.exec(text.trim());
  if (command2 !== null) {
    const words = splitCommand(command2[1] ?? "");
    return words.ok ? { ok: true, value: { kind: "command", command: words.value } } : words;
  }
  const choice = { kind: "preset", name: text.trim(), model: null };
  const described = describeAgent(choice);
  if (described.kind === "known") return { ok: true, value: choice };
  const hint = described.nearest === null ? "" : `; did you mean '${described.nearest}'?`;
  return {
    ok: false,
    because: `there is no preset of that name (${PRESET_NAMES.join(", ")}), and a command is written 'command: ./agent --flag'${hint}`
  };
}
var readAgentValue = (value, name, problems) => {
  if (value.kind === "scalar") {
    const read = readAgentText(value.text);
    if (read.ok) return read.value;
    const described = describeAgent({ kind: "preset", name: value.text, model: null });
    problems.error("bad-agent", value.at, `'${name}' is ${quoteText(value.text)}: ${read.because}`, {
      nearest: described.kind === "unknown-preset" ? described.nearest : null
    });
    return void 0;
  }
  if (value.kind === "map") return readAgentMap(value.entries, value, name, problems);
  problems.error(
    "bad-agent",
    value.at,
    `'${name}' is ${describeKind(value)}; wanted a preset (${PRESET_NAMES.join(", ")}) or {command: …}`
  );
  return void 0;
};
function readAgentMap(entries, value, name, problems) {
  reportUnknownKeys(entries, ["preset", "model", "command"], `'${name}'`, problems);
  const preset = findEntry(entries, "preset");
  const command2 = findEntry(entries, "command");
  const model = findEntry(entries, "model");
  if (preset === void 0 === (command2 === void 0)) {
    problems.error("bad-agent", value.at, `'${name}' takes either 'preset' or 'command'`);
    return void 0;
  }
  if (command2 !== void 0) return readCommandAgent(command2, model, name, problems);
  if (preset === void 0 || preset.value.kind !== "scalar") {
    problems.error("bad-agent", value.at, `'${name}.preset' takes a name: ${PRESET_NAMES.join(", ")}`);
    return void 0;
  }
  const choice = readAgentValue(preset.value, `${name}.preset`, problems);
  if (choice?.kind !== "preset") return void 0;
  const modelName = model === void 0 ? null : readModelName(model.value, `${name}.model`, problems);
  return modelName === void 0 ? void 0 : { ...choice, model: modelName };
}
function readCommandAgent(command2, model, name, problems) {
  if (model !== void 0)
    problems.error("bad-agent", model.keyAt, `'${name}.model' goes with a preset; a command names its model itself`);
  const commands = readCommands(command2.value, `${name}.command`, problems);
  if (commands === void 0) return void 0;
  const [first, second] = commands;
  if (first === void 0 || second !== void 0) {
    problems.error("bad-agent", command2.value.at, `'${name}.command' takes exactly one command`);
    return void 0;
  }
  return { kind: "command", command: [...first] };
}
var readModelName = (value, name, problems) => {
  const text = readTextValue(value, name, problems);
  if (text === void 0) return void 0;
  if (/^[A-Za-z0-9][A-Za-z0-9._:/@[\]-]{0,127}$/.test(text)) return text;
  problems.error("bad-agent", value.at, `'${name}' is ${quoteText(text)}, which is no name of a model`);
  return void 0;
};

// src/core/plan/read-runs-on.ts
var readRunsOn = (value, name, problems) => {
  if (value.kind === "map") {
    problems.error(
      "bad-value",
      value.at,
      `'${name}' takes the labels of a runner, found a map; a group of runners is named by a label of its own`
    );
    return void 0;
  }
  if (value.kind === "null" || value.kind === "list" && value.items.length === 0) {
    problems.error("bad-value", value.at, `'${name}' names no runner; write a label such as 'ubuntu-latest'`);
    return void 0;
  }
  const labels = listOf(checkedText(readRunnerLabel))(value, name, problems);
  if (labels === void 0 || labels.length <= MAX_RUNNER_LABELS) return labels;
  problems.error("bad-value", value.at, `'${name}' has ${labels.length} labels; at most ${MAX_RUNNER_LABELS} are read`);
  return void 0;
};

// src/core/plan/read-settings.ts
var SETTING_KEYS = [
  "agent",
  "profile",
  "resources",
  "setup",
  "test",
  "test_paths",
  "review",
  "approvals",
  "timeout",
  "retries",
  "env",
  "copy",
  "ports",
  "budget",
  "priority",
  "runs_on",
  "image"
];
var LATER_KEYS = {
  services: "no service would be started",
  target: "every task lands on the one target of the plan",
  stack: "a task starts when its needs have landed",
  each: "it would run once, not once per chunk"
};
var KNOWN = new Set(SETTING_KEYS);
function isSettingKey(key) {
  return KNOWN.has(key);
}
function readSetting(settings, key, value, problems) {
  const put = (name, read) => {
    if (read !== void 0) settings[name] = read;
  };
  switch (key) {
    case "agent":
      return put("agent", readAgentValue(value, key, problems));
    case "profile":
      return put("profile", oneOf(PROFILES, ["moderate"])(value, key, problems));
    case "resources":
      return put("resources", oneOf(RESOURCE_SIZES)(value, key, problems));
    case "setup":
      return put(
        "setup",
        readCommands(value, key, problems)?.map((command2) => [...command2])
      );
    case "test":
      return put(
        "test",
        readCommands(value, key, problems)?.map((command2) => [...command2])
      );
    case "test_paths":
      return put("testPaths", listOf(readGlobValue)(value, key, problems));
    case "review":
      return put("review", readReview(value, key, problems));
    case "approvals":
      return put("approvals", wholeNumber(0, 100)(value, key, problems));
    case "timeout":
      return put("timeoutMs", checkedText(readDuration)(value, key, problems));
    case "retries":
      return put("retries", wholeNumber(0, 20)(value, key, problems));
    case "env":
      return put("env", listOf(readVariableName)(value, key, problems));
    case "copy":
      return put("copy", listOf(readGlobValue)(value, key, problems));
    case "ports":
      return put("ports", listOf(readPortName)(value, key, problems));
    case "budget":
      return put("budgetUsd", readBudget(value, key, problems));
    case "priority":
      return put("priority", wholeNumber(-1e3, 1e3)(value, key, problems));
    case "runs_on":
      return put("runsOn", readRunsOn(value, key, problems));
    case "image":
      return put("image", checkedText(readImage)(value, key, problems));
  }
}
function readSettingsMap(value, name, problems) {
  const settings = {};
  const entries = readMap(value, name, problems) ?? [];
  for (const entry of entries) {
    if (isSettingKey(entry.key)) readSetting(settings, entry.key, entry.value, problems);
    else reportLaterKey(entry, problems);
  }
  reportUnknownKeys(entries, [...SETTING_KEYS, ...Object.keys(LATER_KEYS)], `'${name}'`, problems);
  return settings;
}
function reportLaterKey(entry, problems) {
  if (!Object.hasOwn(LATER_KEYS, entry.key)) return false;
  problems.error(
    "not-supported-yet",
    entry.keyAt,
    `'${entry.key}' is not supported yet (${LATER_KEYS[entry.key]}); leave it out`
  );
  return true;
}
var readBudget = (value, name, problems) => {
  if (value.kind === "scalar" && value.text === "none") return null;
  return checkedText(readMoney)(value, name, problems);
};
var readPortName = checkedText(
  (text) => /^[A-Za-z][A-Za-z0-9_]{0,59}$/.test(text) ? { ok: true, value: text } : {
    ok: false,
    because: "the name of a port has letters, digits and _, such as 'WEB' or 'API_PORT'; its number is given out"
  }
);
var REVIEW_KEYS = ["reviewer", "threshold", "iterations", "rubric"];
var readReview = (value, name, problems) => {
  if (isOff(value)) return { reviewer: null };
  if (value.kind === "null" || value.kind === "list") {
    problems.error(
      "bad-value",
      value.at,
      `'${name}' is ${describeKind(value)}; write 'off', a reviewer, or {reviewer: …, threshold: 10}`
    );
    return void 0;
  }
  if (value.kind === "scalar" || value.entries.some((entry) => ["preset", "command", "model"].includes(entry.key))) {
    const reviewer = readAgentValue(value, name, problems);
    return reviewer === void 0 ? void 0 : { reviewer };
  }
  reportUnknownKeys(value.entries, REVIEW_KEYS, `'${name}'`, problems);
  const review = {};
  for (const entry of value.entries) readReviewPart(review, entry, name, problems);
  return review;
};
function readReviewPart(review, entry, name, problems) {
  const path = `${name}.${entry.key}`;
  if (entry.key === "reviewer") {
    const reviewer = isOff(entry.value) ? null : readAgentValue(entry.value, path, problems);
    if (reviewer !== void 0) review.reviewer = reviewer;
  } else if (entry.key === "threshold") {
    const threshold = checkedText(readScore)(entry.value, path, problems);
    if (threshold !== void 0) review.threshold = threshold;
  } else if (entry.key === "iterations") {
    const iterations = wholeNumber(1, 20)(entry.value, path, problems);
    if (iterations !== void 0) review.iterations = iterations;
  } else if (entry.key === "rubric") {
    const rubric = readTextValue(entry.value, path, problems);
    if (rubric !== void 0) review.rubric = rubric;
  }
}
function readScore(text) {
  const score = /^\d{1,2}(?:\.\d)?(?:\/10)?$/.test(text) ? Number(text.replace("/10", "")) : Number.NaN;
  if (score >= 0 && score <= 10) return { ok: true, value: score };
  return { ok: false, because: "a score is a number from 0 to 10" };
}
function isOff(value) {
  return value.kind === "scalar" && ["off", "none", "false"].includes(value.text);
}

// src/core/config/protected-paths.ts
var BUILT_IN_PROTECTED = [
  ".github/workflows/**",
  ".github/actions/**",
  ".github/espalier.{yml,yaml}",
  ".github/dependabot.{yml,yaml}",
  "CODEOWNERS",
  ".github/CODEOWNERS",
  "docs/CODEOWNERS",
  "**/CLAUDE.md",
  "**/CLAUDE.local.md",
  "**/AGENTS.md",
  "**/AGENTS.override.md",
  "**/GEMINI.md",
  ".claude/**",
  ".codex/**",
  ".gemini/**",
  ".cursor/**",
  ".cursorrules",
  ".windsurfrules",
  ".clinerules",
  ".clinerules/**",
  ".aider.conf.yml",
  ".mcp.json",
  "**/.mcp.json",
  "opencode.json",
  ".opencode/**",
  ".vscode/mcp.json",
  ".github/copilot-instructions.md",
  ".github/instructions/**",
  ".github/prompts/**",
  ".github/agents/**",
  ".agent-coordination/**",
  ".gitmodules"
];

// src/core/config/read-bytes.ts
var UNITS = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3
};
function readBytes(text) {
  const match = /^(\d{1,12})(?: ?(b|kb|mb|gb|kib|mib|gib))?$/i.exec(text.trim());
  const bytes = Number(match?.[1] ?? Number.NaN) * (UNITS[(match?.[2] ?? "b").toLowerCase()] ?? Number.NaN);
  if (Number.isFinite(bytes) && bytes >= 1 && bytes <= 1e11) return { ok: true, value: bytes };
  return { ok: false, because: "a size is written as '500000', '5 MB' or '5 MiB'" };
}

// src/core/config/read-cleanup.ts
var CleanupConfig = external_exports.object({
  /** Archived work of attempts that did not land is removed after this. */
  archivesAfterMs: external_exports.number().int(),
  /** The ledger of a plan that has ended is archived after this. */
  ledgersAfterMs: external_exports.number().int()
});
var DAY_MS = 864e5;
var MAX_DAYS = 3650;
function readDays(text) {
  const days = Number(/^(\d{1,4}) ?(?:d|days?)$/i.exec(text.trim())?.[1] ?? Number.NaN);
  if (Number.isNaN(days)) return { ok: false, because: "a time to keep things is written in days, as '30d'" };
  if (days < 1 || days > MAX_DAYS) return { ok: false, because: `a time to keep things is 1 to ${MAX_DAYS} days` };
  return { ok: true, value: days * DAY_MS };
}
var readCleanup = (value, name, problems) => {
  const entries = readMap(value, name, problems);
  if (entries === void 0) return void 0;
  const config = { ...BUILT_IN_CLEANUP };
  reportUnknownKeys(entries, ["archives_after", "ledgers_after"], `'${name}'`, problems);
  for (const { key, value: said } of entries) {
    const days = checkedText(readDays)(said, `${name}.${key}`, problems);
    if (key === "archives_after") config.archivesAfterMs = days ?? config.archivesAfterMs;
    else if (key === "ledgers_after") config.ledgersAfterMs = days ?? config.ledgersAfterMs;
  }
  return config;
};

// src/core/config/read-github.ts
var LANDINGS = ["auto", "fast-forward", "merge", "squash", "rebase"];
var RequiredCheck = external_exports.object({
  /** A glob; `*` does not cross a `/`. */
  name: external_exports.string(),
  /** Id of the app that must have made it; `null` is any, which anybody with write access can forge. */
  appId: external_exports.number().int().nullable()
});
var GithubConfig = external_exports.object({
  checks: external_exports.array(RequiredCheck),
  landing: external_exports.enum(LANDINGS),
  /** User ids of the bots whose commands are obeyed. */
  allowedBotIds: external_exports.array(external_exports.number().int()),
  /** A task without a sign for so long is named to the person who can act; `null` takes the default. */
  stuckAfterMs: external_exports.number().int().nullable(),
  /** All runners that plans may ask for, see `runners.ts`: the built-in ones and the repository's own. */
  runners: external_exports.array(external_exports.array(external_exports.string())),
  cleanup: CleanupConfig
});
function emptyGithubConfig() {
  return {
    checks: [],
    landing: "auto",
    allowedBotIds: [],
    stuckAfterMs: null,
    runners: BUILT_IN_RUNNERS.map((labels) => [...labels]),
    cleanup: { ...BUILT_IN_CLEANUP }
  };
}
var MAX_ID = Number.MAX_SAFE_INTEGER;
var readCheck = (value, name, problems) => {
  if (value.kind === "scalar") {
    const glob2 = readGlobValue(value, name, problems);
    return glob2 === void 0 ? void 0 : { name: glob2, appId: null };
  }
  const entries = readMap(value, name, problems);
  if (entries === void 0) return void 0;
  reportUnknownKeys(entries, ["name", "app"], `'${name}'`, problems);
  let glob;
  let appId = null;
  for (const entry of entries) {
    if (entry.key === "name") glob = readGlobValue(entry.value, `${name}.name`, problems);
    else if (entry.key === "app") appId = wholeNumber(1, MAX_ID)(entry.value, `${name}.app`, problems) ?? null;
  }
  if (glob !== void 0) return { name: glob, appId };
  problems.error("bad-value", value.at, `'${name}' needs a 'name'`);
  return void 0;
};
function readGithubConfig(entries, problems) {
  const config = emptyGithubConfig();
  reportUnknownKeys(entries, ["checks", "landing", "bots", "stuck_after", "runners", "cleanup"], "'github'", problems);
  for (const { key, value } of entries) {
    const name = `github.${key}`;
    if (key === "checks") config.checks = listOf(readCheck)(value, name, problems) ?? [];
    else if (key === "landing") config.landing = oneOf(LANDINGS)(value, name, problems) ?? "auto";
    else if (key === "bots") config.allowedBotIds = listOf(wholeNumber(1, MAX_ID))(value, name, problems) ?? [];
    else if (key === "stuck_after") config.stuckAfterMs = checkedText(readDuration)(value, name, problems) ?? null;
    else if (key === "cleanup") config.cleanup = readCleanup(value, name, problems) ?? config.cleanup;
    else if (key === "runners") config.runners.push(...readRunners(value, name, problems) ?? []);
  }
  return config;
}

// src/core/config/config.ts
var CONFIG_PATH = ".github/espalier.yml";
var MAX_CONFIG_LENGTH = 64 * 1024;
var EspalierConfig = external_exports.object({
  defaults: external_exports.custom((value) => typeof value === "object" && value !== null),
  /** Attempts at once; `null` leaves it to the machine. */
  maxParallel: external_exports.number().int().min(1).max(256).nullable(),
  /** All protected globs: the built-in ones and the repository's own. */
  protectedPaths: external_exports.array(external_exports.string()),
  limits: external_exports.object({
    maxFileBytes: external_exports.number().int().positive(),
    maxChangedFiles: external_exports.number().int().positive(),
    maxChangeBytes: external_exports.number().int().positive()
  }),
  sandbox: external_exports.object({
    engine: external_exports.enum(["auto", ...SANDBOX_ENGINES]),
    /** Image for docker and podman; `null` takes the built-in choice. */
    image: external_exports.string().nullable(),
    /** Absolute path of a folder that is the root file system; `null` takes the built-in choice. */
    rootfs: external_exports.string().nullable(),
    /** Properties that may be missing on this repository's machines. */
    waive: external_exports.array(external_exports.enum(PROPERTIES))
  }),
  ports: external_exports.object({ first: external_exports.number().int(), last: external_exports.number().int() }),
  github: GithubConfig
});
var CONFIG_KEYS = [
  "defaults",
  "max_parallel",
  "protected",
  "limits",
  "sandbox",
  "ports",
  "github",
  "copy",
  "setup"
];
function emptyConfig() {
  return {
    defaults: {},
    maxParallel: null,
    protectedPaths: [...BUILT_IN_PROTECTED],
    limits: { ...BUILT_IN_LIMITS },
    sandbox: { engine: "auto", image: null, rootfs: null, waive: [] },
    ports: { ...BUILT_IN_PORTS },
    github: emptyGithubConfig()
  };
}
function readConfig(text) {
  const source = readSourceText(text.slice(0, MAX_CONFIG_LENGTH));
  const problems = createProblemList(source);
  if (text.length > MAX_CONFIG_LENGTH) {
    problems.error(
      "too-large",
      null,
      `the configuration has ${text.length} characters; at most ${MAX_CONFIG_LENGTH} are read`
    );
    return { config: null, problems: problems.finish() };
  }
  if (source.lines.every((line) => /^\s*(?:#|$)/.test(line))) return { config: emptyConfig(), problems: [] };
  const root = readLocatedYaml(source.text, (place) => place, problems);
  const entries = root === null ? void 0 : readMap(root, "the configuration", problems);
  if (entries === void 0) return { config: null, problems: problems.finish() };
  reportUnknownKeys(entries, CONFIG_KEYS, "the configuration", problems);
  const config = readEntries(entries, problems);
  return { config: problems.hasErrors() ? null : EspalierConfig.parse(config), problems: problems.finish() };
}
function readEntries(entries, problems) {
  const config = emptyConfig();
  for (const { key, value } of entries) {
    if (key === "defaults") config.defaults = readSettingsMap(value, key, problems);
    else if (key === "max_parallel") config.maxParallel = wholeNumber(1, 256)(value, key, problems) ?? null;
    else if (key === "protected") config.protectedPaths.push(...listOf(readGlobValue)(value, key, problems) ?? []);
    else if (key === "limits") readLimits(config, readMap(value, key, problems) ?? [], problems);
    else if (key === "sandbox") readSandbox(config, readMap(value, key, problems) ?? [], problems);
    else if (key === "github") config.github = readGithubConfig(readMap(value, key, problems) ?? [], problems);
    else if (key === "ports") config.ports = checkedText(readPortRange)(value, key, problems) ?? config.ports;
  }
  readShortcuts(config, entries, problems);
  return config;
}
function readShortcuts(config, entries, problems) {
  const refuse = (entry) => problems.error("duplicate-key", entry.keyAt, `'${entry.key}' stands here and under 'defaults'; write it once`);
  const copy = findEntry(entries, "copy");
  if (copy !== void 0) {
    if (config.defaults.copy !== void 0) refuse(copy);
    const globs = listOf(readGlobValue)(copy.value, "copy", problems);
    if (globs !== void 0) config.defaults.copy = globs;
  }
  const setup = findEntry(entries, "setup");
  if (setup !== void 0) {
    if (config.defaults.setup !== void 0) refuse(setup);
    const commands = readCommands(setup.value, "setup", problems);
    if (commands !== void 0) config.defaults.setup = commands.map((command2) => [...command2]);
  }
}
function readLimits(config, entries, problems) {
  reportUnknownKeys(entries, ["max_file_bytes", "max_changed_files", "max_change_bytes"], "'limits'", problems);
  const { limits } = config;
  for (const { key, value } of entries) {
    const name = `limits.${key}`;
    if (key === "max_file_bytes")
      limits.maxFileBytes = checkedText(readBytes)(value, name, problems) ?? limits.maxFileBytes;
    else if (key === "max_change_bytes")
      limits.maxChangeBytes = checkedText(readBytes)(value, name, problems) ?? limits.maxChangeBytes;
    else if (key === "max_changed_files") {
      limits.maxChangedFiles = wholeNumber(1, 1e6)(value, name, problems) ?? limits.maxChangedFiles;
    }
  }
}
function readSandbox(config, entries, problems) {
  reportUnknownKeys(entries, ["engine", "image", "rootfs", "waive"], "'sandbox'", problems);
  const { sandbox } = config;
  for (const { key, value } of entries) {
    const name = `sandbox.${key}`;
    if (key === "engine")
      sandbox.engine = oneOf(["auto", ...SANDBOX_ENGINES])(value, name, problems) ?? "auto";
    else if (key === "image") sandbox.image = checkedText(readImage)(value, name, problems) ?? null;
    else if (key === "rootfs") sandbox.rootfs = checkedText(readAbsolutePath)(value, name, problems) ?? null;
    else if (key === "waive") sandbox.waive = listOf(oneOf(PROPERTIES))(value, name, problems) ?? [];
  }
  if (sandbox.engine === "none") {
    const at = findEntry(entries, "engine")?.value.at ?? null;
    problems.warn("no-sandbox", at, "'sandbox.engine: none' runs agents with no sandbox at all");
  }
}
function readPortRange(text) {
  const match = /^(\d{1,5}) ?- ?(\d{1,5})$/.exec(text.trim());
  const first = Number(match?.[1] ?? Number.NaN);
  const last = Number(match?.[2] ?? Number.NaN);
  if (first >= 1024 && last <= 65535 && first <= last) return { ok: true, value: { first, last } };
  return { ok: false, because: "a range of ports is written '20000-29999', within 1024 and 65535" };
}
function readAbsolutePath(text) {
  const isGood = text.startsWith("/") && !text.split("/").includes("..") && text.length <= 1e3 && !/[\0\n]/.test(text);
  return isGood ? { ok: true, value: text } : { ok: false, because: "a root file system is an absolute path without '..'" };
}

// src/core/plan/graph.ts
var DEFAULT_ESTIMATE_MINUTES = 60;
function buildGraph(tasks) {
  const indexOf = /* @__PURE__ */ new Map();
  tasks.forEach((task, index) => {
    if (!indexOf.has(task.id)) indexOf.set(task.id, index);
  });
  const needs = [];
  const dependents = tasks.map(() => []);
  tasks.forEach((task, index) => {
    const own = /* @__PURE__ */ new Set();
    for (const id of task.needs) {
      const needed = indexOf.get(id);
      if (needed !== void 0) own.add(needed);
    }
    needs.push([...own]);
    for (const needed of own) dependents[needed]?.push(index);
  });
  const minutes = tasks.map((task) => task.estimateMinutes ?? DEFAULT_ESTIMATE_MINUTES);
  return { ids: tasks.map((task) => task.id), indexOf, needs, dependents, minutes };
}
function orderIndices(graph) {
  const missing = graph.needs.map((needs) => needs.length);
  const order = graph.ids.map((_, index) => index).filter((index) => missing[index] === 0);
  for (let head = 0; head < order.length; head += 1) {
    for (const dependent of graph.dependents[order[head] ?? 0] ?? []) {
      const left = (missing[dependent] ?? 0) - 1;
      missing[dependent] = left;
      if (left === 0) order.push(dependent);
    }
  }
  return order.length === graph.ids.length ? order : null;
}
function orderOrThrow(graph) {
  const order = orderIndices(graph);
  if (order === null)
    throw new Error("The tasks cannot be ordered: what they need runs in a cycle; read the plan with readPlan first");
  return order;
}
function listWaves(tasks) {
  const graph = buildGraph(tasks);
  const waveOf = graph.ids.map(() => 0);
  const waves = [];
  for (const index of orderOrThrow(graph)) {
    for (const needed of graph.needs[index] ?? [])
      waveOf[index] = Math.max(waveOf[index] ?? 0, (waveOf[needed] ?? 0) + 1);
  }
  graph.ids.forEach((id, index) => {
    const wave = waveOf[index] ?? 0;
    while (waves.length <= wave) waves.push([]);
    waves[wave]?.push(id);
  });
  return waves;
}
function remainingPathMinutes(tasks) {
  const graph = buildGraph(tasks);
  const remaining = remainingByIndex(graph);
  return new Map(graph.ids.map((id, index) => [id, remaining[index] ?? 0]));
}
function remainingByIndex(graph) {
  const remaining = graph.ids.map(() => 0);
  for (const index of orderOrThrow(graph).reverse()) {
    let after = 0;
    for (const dependent of graph.dependents[index] ?? []) after = Math.max(after, remaining[dependent] ?? 0);
    remaining[index] = after + (graph.minutes[index] ?? 0);
  }
  return remaining;
}
function findCriticalPath(tasks) {
  const graph = buildGraph(tasks);
  const remaining = remainingByIndex(graph);
  const ids = [];
  let choices = graph.ids.map((_, index) => index).filter((index) => graph.needs[index]?.length === 0);
  let minutes = 0;
  while (choices.length > 0) {
    const next = choices.reduce((best, index) => (remaining[index] ?? 0) > (remaining[best] ?? 0) ? index : best);
    if (ids.length === 0) minutes = remaining[next] ?? 0;
    ids.push(idAt(graph, next));
    choices = graph.dependents[next] ?? [];
  }
  return { ids, minutes };
}
function relateTasks(tasks) {
  const graph = buildGraph(tasks);
  const words = Math.ceil(graph.ids.length / 32);
  const bits = new Uint32Array(words * graph.ids.length);
  for (const index of orderOrThrow(graph)) {
    const own = index * words;
    for (const needed of graph.needs[index] ?? []) {
      const other = needed * words;
      for (let word = 0; word < words; word += 1)
        bits[own + word] = (bits[own + word] ?? 0) | (bits[other + word] ?? 0);
      bits[own + (needed >>> 5)] = (bits[own + (needed >>> 5)] ?? 0) | 1 << (needed & 31);
    }
  }
  const isBefore = (ancestor, index) => ((bits[index * words + (ancestor >>> 5)] ?? 0) & 1 << (ancestor & 31)) !== 0;
  const isAncestor = (ancestor, task) => {
    const first = graph.indexOf.get(ancestor);
    const second = graph.indexOf.get(task);
    return first !== void 0 && second !== void 0 && isBefore(first, second);
  };
  return {
    isAncestor,
    couldRunAtOnce: (a, b) => a !== b && !isAncestor(a, b) && !isAncestor(b, a)
  };
}
function idAt(graph, index) {
  const id = graph.ids[index];
  if (id === void 0) throw new Error(`The graph has no task number ${index}; this is a defect`);
  return id;
}

// src/core/schedule/progress.ts
var CARRIED_CAUSES = /* @__PURE__ */ new Set([
  "tests-failed",
  "review-failed",
  "base-tests-failed",
  "agent-timed-out"
]);
function lastAttempt(record) {
  return record?.attempts.at(-1) ?? null;
}
function landedAttempt(record) {
  return record?.attempts.find((attempt) => attempt.status === "landed") ?? null;
}
function isActive(attempt) {
  return attempt !== null && (attempt.status === "running" || attempt.status === "verified");
}
var MAX_TRIAL_ERRORS = 5;
var MAX_TURNED_AWAY = 5;
function landedSha(attempt) {
  return attempt?.landing?.landedSha ?? attempt?.landing?.commitSha ?? null;
}
function ownHeads(attempts) {
  const heads = /* @__PURE__ */ new Set();
  for (const { evidence, trial, tried, landing, givenSha } of attempts)
    for (const sha of [evidence?.headSha, trial?.result?.commitSha, ...tried ?? [], landing?.commitSha, givenSha])
      if (sha != null) heads.add(sha);
  return heads;
}
function findTrialTrouble(record) {
  const { trialTrouble, turnedAway } = record ?? {};
  if (trialTrouble !== void 0 && trialTrouble.count >= MAX_TRIAL_ERRORS) return trialTrouble.because;
  return turnedAway !== void 0 && turnedAway.count >= MAX_TURNED_AWAY ? turnedAway.because : null;
}
function awaitedTrial({ trial, landing }, generation) {
  const records = [trial, landing?.group ?? null];
  return records.find((one) => one?.result === null && one.generation === generation) ?? null;
}
function attemptsAllowed(task) {
  return task.retries + 1;
}
function attemptsUsed(record) {
  if (record === void 0) return 0;
  return record.attempts.filter(
    (attempt) => attempt.attempt >= record.countFrom && (attempt.status === "failed" || attempt.status === "returned")
  ).length;
}
function awaitsPerson(record) {
  const last = lastAttempt(record);
  if (last === null || last.attempt < record.countFrom) return false;
  if (last.status === "failed" && last.evidence?.failure?.cause === "publish-refused") return true;
  if (last.givenSha === void 0) return false;
  return last.status === "returned" || last.status === "failed" && last.evidence?.failure?.isTransient !== true;
}
function taskPhase(task, record) {
  if (record === void 0) return "open";
  if (landedAttempt(record) !== null) return "landed";
  if (isActive(lastAttempt(record))) return "active";
  if (record.cancelled !== null) return "cancelled";
  if (record.givenSha !== void 0) return "open";
  if (awaitsPerson(record)) return "exhausted";
  return attemptsUsed(record) >= attemptsAllowed(task) ? "exhausted" : "open";
}
var UNJUDGED_CAUSES = /* @__PURE__ */ new Set([
  "run-failed",
  "run-cancelled",
  "run-lost",
  "evidence-refused",
  "publish-refused"
]);
function nextAttemptSeed(record) {
  const last = lastAttempt(record);
  if (record?.givenSha !== void 0) return { carrySha: null, feedback: null, givenSha: record.givenSha };
  if (last?.givenSha !== void 0) return seedAfterGiven(last, last.givenSha);
  if (last === null) return { carrySha: null, feedback: null };
  const failure = last.evidence?.failure ?? null;
  if (failure !== null && UNJUDGED_CAUSES.has(failure.cause) && last.carrySha !== null)
    return { carrySha: last.carrySha, feedback: last.feedback };
  if (last.status === "cancelled") return { carrySha: null, feedback: null };
  if (last.status === "returned")
    return {
      carrySha: last.evidence?.headSha ?? null,
      feedback: whyReturned(last)
    };
  if (failure === null) return { carrySha: null, feedback: null };
  return {
    carrySha: CARRIED_CAUSES.has(failure.cause) ? last.evidence?.headSha ?? null : null,
    feedback: failure.feedback === "" ? null : failure.feedback
  };
}
function whyReturned(attempt) {
  const feedback = attempt.trial?.result?.feedback ?? "";
  return feedback === "" ? attempt.returnedBecause : feedback;
}
function seedAfterGiven(last, givenSha) {
  const failure = last.evidence?.failure ?? null;
  if (last.status === "cancelled" || failure?.isTransient === true) return { carrySha: null, feedback: null, givenSha };
  const feedback = last.status === "returned" ? whyReturned(last) : failure?.feedback;
  return { carrySha: givenSha, feedback: feedback === void 0 || feedback === "" ? null : feedback };
}
function attemptCostUsd(attempt) {
  const known = attempt.evidence?.usage.costUsd ?? attempt.reservedUsd;
  return known === null && attempt.lostUsd === 0 ? null : (known ?? 0) + attempt.lostUsd;
}
function committedUsd(ledger) {
  let sum = 0;
  for (const record of Object.values(ledger.tasks))
    for (const attempt of record.attempts) sum += attemptCostUsd(attempt) ?? 0;
  return sum;
}

// src/core/ledger/ledger.ts
var HolderId = external_exports.string().min(1).max(200);
var Holder = external_exports.object({
  /** The lease: until when the others leave its actions alone. */
  until: timeField,
  since: timeField,
  /** For a person: which process on which machine. */
  description: external_exports.string()
});
var lease = { generation: external_exports.number().int().min(1), holder: HolderId, startedAt: timeField };
var TrialRecord = external_exports.object({
  ...lease,
  ontoSha: commitField,
  /** `null` while it runs. */
  result: TrialResult.nullable()
});
var GroupTrial = TrialRecord.extend({
  /** Head of the group and its tree. */
  commitSha: commitField,
  treeSha: treeField
});
var QueueObjection = external_exports.object({
  /** Head of the group. */
  commitSha: commitField,
  because: external_exports.string(),
  sequel: external_exports.enum(["again", "returned"]),
  at: timeField
});
var RuleLine = external_exports.object({ rule: external_exports.string(), status: external_exports.string(), because: external_exports.string() });
var LANDING_WAYS = ["fast-forward", "merge", "squash", "rebase", "enqueue"];
var LandingRecord = external_exports.object({
  ...lease,
  fromSha: commitField,
  commitSha: commitField,
  treeSha: treeField,
  /** Why the forge refused the last try; `null` if it did not. Tried again after `notBefore`. */
  refusal: external_exports.string().nullable(),
  /** How often in turn it was refused: each wait is longer than the one before. */
  refusals: external_exports.number().int().optional(),
  notBefore: timeField,
  /** How a hosted forge was to do it and how strong that is, as decided; absent where the branch is moved locally. */
  way: external_exports.enum(LANDING_WAYS).optional(),
  strength: external_exports.enum(["exact", "audited"]).optional(),
  /** The gate as it stood when this was decided, where it cannot be evaluated again once the pull request is merged. */
  rules: external_exports.array(RuleLine).optional(),
  /** When it was first seen in the forge's own merge queue. */
  queuedAt: timeField.optional(),
  /** Set where the queue made another tree than the one that was tried. */
  group: GroupTrial.optional(),
  objection: QueueObjection.optional(),
  /** The last removal from the queue that was known when this was decided; a later one is of this landing. */
  knownRemoval: external_exports.string().nullable().optional(),
  /** When it was first seen to have left the queue without a known reason. */
  leftAt: timeField.optional(),
  /** The commit that the forge made of it, where that is another one than `commitSha`. */
  landedSha: commitField.optional()
});
var ATTEMPT_STATUSES = ["running", "verified", "landed", "failed", "returned", "cancelled", "superseded"];
var AttemptRecord = external_exports.object({
  ...lease,
  attempt: external_exports.number().int().min(1),
  status: external_exports.enum(ATTEMPT_STATUSES),
  /** The task as it was when this was dispatched; a verdict counts only while it is still so. */
  taskDigest: digestField,
  baseSha: commitField,
  /** Head of an earlier attempt whose work this one goes on from; merged onto the base, conflicts as markers. */
  carrySha: commitField.nullable(),
  /** A head that a person pushed: this attempt verifies it and writes nothing itself. */
  givenSha: commitField.optional(),
  /** What went wrong before, for the prompt. */
  feedback: external_exports.string().nullable(),
  /** Money set aside for it; `null` where no cap applies. */
  reservedUsd: external_exports.number().nonnegative().nullable(),
  /** Reservations of runs of this attempt whose process died: nobody knows what they spent, so all of it counts. */
  lostUsd: external_exports.number().nonnegative(),
  evidence: Evidence.nullable(),
  trial: TrialRecord.nullable(),
  /** Merges of its head onto earlier tips that were tested: commits that Espalier may have put on the task's branch. */
  tried: external_exports.array(commitField).optional(),
  landing: LandingRecord.nullable(),
  /** How many landings of other plans came before its own while it was tried. */
  overtaken: external_exports.number().int().optional(),
  /** Why it is `returned`. */
  returnedBecause: external_exports.string().nullable()
});
var TaskRecord = external_exports.object({
  attempts: external_exports.array(AttemptRecord),
  /** Attempts numbered below this do not count against `retries` (a person asked for a fresh start). */
  countFrom: external_exports.number().int().min(1),
  cancelled: external_exports.object({ at: timeField, by: external_exports.string() }).nullable(),
  /** No new attempt before this time (back-off after a transient failure). */
  notBefore: timeField,
  /** How often in turn its trial could not run at all, and why the last time. */
  trialTrouble: external_exports.object({ count: external_exports.number().int(), because: external_exports.string() }).optional(),
  /** How often in turn the forge's own queue turned it away, and why the last time. */
  turnedAway: external_exports.object({ count: external_exports.number().int(), because: external_exports.string() }).optional(),
  /** A head that a person pushed and that no attempt has taken up yet. */
  givenSha: commitField.optional(),
  /** The pull request whose closing was taken for a cancellation, so that it is not taken so again after a retry. */
  closedPull: external_exports.number().int().optional()
});
var Certificate = external_exports.object({
  version: external_exports.literal(1),
  plan: planIdField,
  revision: digestField,
  task: taskIdField,
  taskDigest: digestField,
  attempt: external_exports.number().int().min(1),
  target: branchField,
  fromSha: commitField,
  headSha: commitField,
  landedSha: commitField,
  testedTree: treeField,
  landedTree: treeField,
  /** `by-hand`: a person merged it; `tests` and `rules` say what was known of it then. */
  strength: external_exports.enum(["exact", "audited", "by-hand"]),
  /** Landing commits of the tasks that it needs. */
  needs: external_exports.array(external_exports.object({ task: taskIdField, landedSha: commitField })),
  tests: external_exports.array(external_exports.object({ stage: external_exports.string(), tree: treeField, suite: digestField, status: external_exports.string() })),
  review: external_exports.object({
    score: external_exports.number(),
    threshold: external_exports.number(),
    change: digestField,
    rubric: digestField,
    reviewer: external_exports.string()
  }).nullable(),
  /** The gate's rules as they stood, one line each. */
  rules: external_exports.array(RuleLine),
  sandbox: external_exports.object({ engine: external_exports.string(), profile: external_exports.string(), waived: external_exports.array(external_exports.string()) }),
  evidence: digestField,
  landedAt: timeField
});
var FinalRecord = external_exports.object({
  ...lease,
  commitSha: commitField,
  result: FinalResult.nullable(),
  /** How often in turn its run died and tested nothing, why the last time, and before when it is not tried again. */
  died: external_exports.object({ count: external_exports.number().int(), because: external_exports.string(), notBefore: timeField }).optional()
});
var PlanLedger = external_exports.object({
  version: external_exports.literal(1),
  plan: ResolvedPlan,
  baseBranch: branchField,
  /** Where the base stood when the plan was accepted. */
  baseSha: commitField,
  /** The branch that landings move: `espalier/<plan>/landed`, or the base itself. */
  target: branchField,
  createdAt: timeField,
  holders: external_exports.record(HolderId, Holder),
  tasks: external_exports.record(taskIdField, TaskRecord),
  paused: external_exports.object({ at: timeField, by: external_exports.string() }).nullable(),
  certificates: external_exports.array(Certificate),
  final: FinalRecord.nullable(),
  /** The next generation to hand out; grows with every write-ahead. */
  nextGeneration: external_exports.number().int().min(1)
});
var QueueLedger = external_exports.object({
  version: external_exports.literal(1),
  target: branchField,
  /** Why nothing may land on it, until a person has looked; `commitSha` is the landing that is not what was tested. */
  frozen: external_exports.object({ at: timeField, because: external_exports.string(), commitSha: commitField.optional() }).nullable(),
  /** The landing that may go on where a forge cannot land by compare-and-swap, so that plans land one at a time. */
  turn: external_exports.object({ plan: planIdField, task: taskIdField, generation: external_exports.number().int().min(1), until: timeField }).nullable().optional(),
  /** Plans that others have overtaken too often, in the order of their claims: the first that has not lapsed lands next. */
  claims: external_exports.array(external_exports.object({ plan: planIdField, until: timeField })).optional(),
  /** The plan that answers the forge's queue for pull requests that are no plan's, so that one of several does. */
  answering: external_exports.object({ plan: planIdField, until: timeField }).nullable().optional(),
  landings: external_exports.array(
    external_exports.object({ plan: planIdField, task: taskIdField, commitSha: commitField, treeSha: treeField, at: timeField })
  )
});

// src/core/ledger/files.ts
var FOLDER = ".agent-coordination";
var PLAN_FILE = `${FOLDER}/plan.json`;
var STATUS_FILE = `${FOLDER}/status.json`;
var DEPENDENCIES_FILE = `${FOLDER}/dependencies.json`;
var TASKS_FOLDER = `${FOLDER}/tasks/`;
var CERTIFICATES_FOLDER = `${FOLDER}/certificates/`;
var CERTIFICATE_NAME = /^\d\d\/(\d+)\.[a-z0-9-]+\.json$/;
var QUEUE_FILE = `${FOLDER}/merge-queue.json`;
var Head = PlanLedger.pick({
  version: true,
  plan: true,
  baseBranch: true,
  baseSha: true,
  target: true,
  createdAt: true
});
var Body = PlanLedger.omit({
  version: true,
  plan: true,
  baseBranch: true,
  baseSha: true,
  target: true,
  createdAt: true,
  tasks: true,
  certificates: true
}).extend({
  /** How many files of each there are, so that a missing one is noticed. */
  tasks: external_exports.number().int(),
  certificates: external_exports.number().int()
});
var PLAN_TEXTS = /* @__PURE__ */ new WeakMap();
var TEXTS = /* @__PURE__ */ new WeakMap();
function textOf(value) {
  const known = TEXTS.get(value);
  if (known !== void 0) return known;
  const text = toText(value);
  TEXTS.set(value, text);
  return text;
}
var RECORD_PATHS = /* @__PURE__ */ new Map();
function recordPath(task) {
  const known = RECORD_PATHS.get(task);
  if (known !== void 0) return known;
  const path = `${TASKS_FOLDER}${digestText(task).slice(0, 2)}/${task}.json`;
  RECORD_PATHS.set(task, path);
  return path;
}
function certificatePath(at, { task }) {
  return `${CERTIFICATES_FOLDER}${String(at % 100).padStart(2, "0")}/${at}.${task}.json`;
}
function writePlanFiles(ledger) {
  const { version, plan, baseBranch, baseSha, target, createdAt, tasks, certificates, ...rest } = ledger;
  const records = Object.entries(tasks);
  const body = { ...rest, tasks: records.length, certificates: certificates.length };
  let texts = PLAN_TEXTS.get(plan);
  if (texts === void 0) {
    texts = {
      head: toText({ version, plan, baseBranch, baseSha, target, createdAt }),
      dependencies: toText(describeDependencies(plan))
    };
    PLAN_TEXTS.set(plan, texts);
  }
  return {
    [PLAN_FILE]: texts.head,
    [STATUS_FILE]: toText({ ...summarize(ledger), ledger: body }),
    [DEPENDENCIES_FILE]: texts.dependencies,
    ...Object.fromEntries(records.map(([task, record]) => [recordPath(task), textOf(record)])),
    ...Object.fromEntries(certificates.map((one, at) => [certificatePath(at, one), textOf(one)]))
  };
}
function writeQueueFiles(queue) {
  return { [QUEUE_FILE]: toText(queue) };
}
function readPlanFiles(files) {
  const head = readJson(files[PLAN_FILE], Head, PLAN_FILE);
  if (!head.ok) return head;
  const status = readJson(files[STATUS_FILE], external_exports.object({ ledger: Body }), STATUS_FILE);
  if (!status.ok) return status;
  const body = status.value.ledger;
  const tasks = readRecords(files, body.tasks);
  if (!tasks.ok) return tasks;
  const certificates = readCertificates(files, body.certificates);
  if (!certificates.ok) return certificates;
  return {
    ok: true,
    value: { ...head.value, ...body, tasks: tasks.value, certificates: certificates.value }
  };
}
function readRecords(files, count) {
  const tasks = {};
  const paths = Object.keys(files).filter((path) => path.startsWith(TASKS_FOLDER));
  for (const path of paths) {
    const task = readTaskId(path.slice(path.lastIndexOf("/") + 1).replace(/\.json$/, ""));
    if (!task.ok || recordPath(task.value) !== path)
      return { ok: false, because: `${path} in the ledger is the record of no task` };
    const record = readJson(files[path], TaskRecord, path);
    if (!record.ok) return record;
    tasks[task.value] = record.value;
  }
  return paths.length === count ? { ok: true, value: tasks } : countDiffers(TASKS_FOLDER, paths.length, count);
}
function readCertificates(files, count) {
  const certificates = [];
  const paths = Object.keys(files).filter((path) => path.startsWith(CERTIFICATES_FOLDER));
  for (const path of paths) {
    const at = CERTIFICATE_NAME.exec(path.slice(CERTIFICATES_FOLDER.length))?.[1];
    const certificate = readJson(files[path], Certificate, path);
    if (!certificate.ok) return certificate;
    if (at === void 0 || Number(at) >= count || certificatePath(Number(at), certificate.value) !== path)
      return { ok: false, because: `${path} in the ledger is not named as a certificate` };
    certificates[Number(at)] = certificate.value;
  }
  return paths.length === count ? { ok: true, value: certificates } : countDiffers(CERTIFICATES_FOLDER, paths.length, count);
}
function countDiffers(folder, found, wanted) {
  return { ok: false, because: `the ledger has ${found} files in ${folder} instead of ${wanted}` };
}
function readQueueFiles(files) {
  return readJson(files[QUEUE_FILE], QueueLedger, QUEUE_FILE);
}
function readJson(text, schema, path) {
  if (text === void 0) return { ok: false, because: `the ledger has no file ${path}` };
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, because: `${path} in the ledger is not JSON` };
  }
  const result = schema.safeParse(parsed);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  return {
    ok: false,
    because: `${path} in the ledger is not as this version writes it: ${issue?.path.join(".")} ${issue?.message}`
  };
}
function toText(value) {
  return `${JSON.stringify(value, null, 1)}
`;
}
function summarize(ledger) {
  const agents = {};
  const completed = [];
  const failed = [];
  const blocked = [];
  for (const task of ledger.plan.tasks) {
    const record = ledger.tasks[task.id];
    const phase = taskPhase(task, record);
    if (phase === "landed") completed.push(task.id);
    if (phase === "exhausted" || phase === "cancelled") failed.push(task.id);
    if (record === void 0 || phase === "landed") continue;
    const last = lastAttempt(record);
    agents[task.id] = {
      status: isActive(last) ? "in_progress" : phase,
      attempt: last?.attempt ?? 0,
      head: last?.evidence?.headSha ?? null,
      review_score: last?.evidence?.reviews.findLast((review) => review.score !== null)?.score ?? null,
      blocked_by: task.needs.filter((need) => landedAttempt(ledger.tasks[need]) === null)
    };
  }
  for (const task of ledger.plan.tasks)
    if (task.needs.some((need) => landedAttempt(ledger.tasks[need]) === null)) blocked.push(task.id);
  return { agents, completed, failed, blocked };
}
function describeDependencies(plan) {
  const dependencies = Object.fromEntries(
    plan.tasks.filter((task) => task.needs.length > 0).map((task) => [task.id, task.needs])
  );
  return { dependencies, merge_order: listWaves(plan.tasks) };
}

// src/core/report/amounts.ts
function formatDuration(ms) {
  if (!Number.isFinite(ms) || ms < 0) return "0 s";
  if (ms < 9950) return `${(ms / 1e3).toFixed(1)} s`;
  const seconds = Math.round(ms / 1e3);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${twoDigits(seconds % 60)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
function formatElapsed(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1e3));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${twoDigits(m)}:${twoDigits(s)}` : `${m}:${twoDigits(s)}`;
}
function formatClock(atMs, offsetMinutes) {
  return new Date(atMs + offsetMinutes * 6e4).toISOString().slice(11, 19);
}
function formatTimestamp(atMs) {
  return `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")}Z`;
}
function formatUsd(usd) {
  if (usd === null) return "unknown";
  if (usd > 0 && usd < 5e-3) return "<$0.01";
  return `$${usd.toFixed(2)}`;
}
function formatScore(score) {
  return `${Number.isInteger(score) ? score : score.toFixed(1)}/10`;
}
function countOf(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
function shortSha(sha) {
  return sha.slice(0, 12);
}
function twoDigits(value) {
  return String(value).padStart(2, "0");
}

// src/core/report/hosted/markdown.ts
var MAX_PROSE = 300;
var MAX_CODE = 200;
var MAX_BACKTICKS = 30;
var SPACE = "&#8203;";
var RISKY_PARTS = [
  String.raw`(?<![A-Za-z0-9_])[0-9A-Fa-f]{7,40}(?![A-Za-z0-9_])`,
  // a commit
  "[@#]",
  // a mention, an issue
  String.raw`(?<![A-Za-z0-9])[Gg][Hh]-(?=\d|$)`,
  // an issue
  String.raw`:(?=[/A-Za-z+-]|\d[\w+-]{0,63}:|$)`,
  // a URL, an emoji
  String.raw`(?<![A-Za-z0-9])[Ww]{3}(?=\.|$)`,
  // a URL
  String.raw`\$`,
  // a formula
  String.raw`(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])`,
  String.raw`[\\\`*[\]<>|~&]`
];
var RISKY = new RegExp(RISKY_PARTS.join("|"), "g");
var RISKY_AT_START = new RegExp([...RISKY_PARTS, String.raw`^[-+=:]|(?<=^\d{1,9})[.)](?=\s|$)`].join("|"), "g");
var CODE_SPAN = /(?<!`)`([^`]{1,200})`(?!`)/;
function prose(text, maxLength = MAX_PROSE) {
  const line = cleanLine(text, maxLength).replace(new RegExp("(\\p{M}{4})\\p{M}+", "gu"), "$1");
  const parts = line.split(CODE_SPAN);
  return {
    markdown: parts.map((part, at) => at % 2 === 1 ? code(part).markdown : escapePart(part, at === 0)).join("")
  };
}
function escapePart(text, isFirst) {
  return text.replace(isFirst ? RISKY_AT_START : RISKY, escapeRisky);
}
function escapeRisky(found) {
  if (found.length >= 7) return `<code>${found}</code>`;
  if (/^(?:[@#:]|gh-|www)$/i.test(found)) return `${found}${SPACE}`;
  return found === "$" ? "<span>$</span>" : `&#${found.charCodeAt(0)};`;
}
function code(text, maxLength = MAX_CODE) {
  const shown = escapeText(text, maxLength);
  if (shown.trim() === "") return { markdown: shown === "" ? "<code>(empty)</code>" : "<code>(blank)</code>" };
  if (/[`|]|^\s|\s$/.test(shown)) return { markdown: `<code>${shown.replace(/[^\p{L}\p{N} /-]/gu, toEntity)}</code>` };
  return { markdown: `\`${shown}\`` };
}
function toEntity(character) {
  return `&#${character.codePointAt(0) ?? 65533};`;
}
function say(strings, ...values) {
  let markdown = strings[0] ?? "";
  values.forEach((value, index) => {
    markdown += inline(value).markdown + (strings[index + 1] ?? "");
  });
  return { markdown };
}
function inline(value) {
  if (typeof value === "number") return { markdown: String(value) };
  if (typeof value !== "string") return value;
  const [lead, trail] = [/^\s/.test(value) ? " " : "", /\S\s+$/.test(value) ? " " : ""];
  return { markdown: `${lead}${prose(value).markdown}${trail}` };
}
function join(parts, separator) {
  return { markdown: parts.map((part) => part.markdown).join(separator) };
}
function fence(text, options) {
  const clean = cleanBlock(text).replace(/`{31,}/g, "`".repeat(MAX_BACKTICKS)).replace(/\n+$/, "");
  const room = options.maxBytes - 2 * (MAX_BACKTICKS + 1) - options.info.length - 3;
  return room < 100 ? null : fenceText(cutBlock(clean, room, options.keep), options.info);
}
function cutBlock(text, maxBytes, keep) {
  if (byteLength(text) <= maxBytes) return text;
  const room = maxBytes - 50;
  let low = 0;
  let high = text.length;
  const part = (length) => (keep === "head" ? text.slice(0, length) : text.slice(text.length - length)).toWellFormed();
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (byteLength(part(middle)) <= room) low = middle;
    else high = middle - 1;
  }
  const note = `[… ${text.length - low} characters cut …]`;
  return keep === "head" ? `${part(low)}
${note}` : `${note}
${part(low)}`;
}
function link(label, url) {
  return /^https?:\/\/[A-Za-z0-9][A-Za-z0-9.:-]*(?:\/[A-Za-z0-9._~/%?#&=+-]*)?$/.test(url) && url.length <= 500 ? { markdown: `[${label.markdown}](${url})` } : label;
}
function table(head, rows) {
  return [
    tableRow(head.map((text) => ({ markdown: text }))),
    `|${head.map(() => " --- |").join("")}`,
    ...rows.map(tableRow)
  ];
}
function tableRow(cells) {
  return `| ${cells.map((cell) => cell.markdown).join(" | ")} |`;
}
function folded(summary, text) {
  return `<details><summary>${summary}</summary>

${text}

</details>`;
}
function byteLength(text) {
  let bytes = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    bytes += codePoint < 128 ? 1 : codePoint < 2048 ? 2 : codePoint < 65536 ? 3 : 4;
  }
  return bytes;
}
function plainLine(text, maxLength) {
  const line = cleanLine(text, maxLength).replace(/[@#](?=[\p{L}\p{N}_])/gu, "$& ").replace(/(?<![A-Za-z0-9])gh-(?=\d)/gi, "$& ").replaceAll("://", ": //").replaceAll("[", "(").replaceAll("]", ")").replace(/\*{2,}/g, "*");
  return cleanLine(line, maxLength);
}

export {
  PROFILES,
  UNKNOWN_USAGE,
  EMPTY_READING,
  addUsage,
  readUsageFile,
  describeAgent,
  planAgentCall,
  readAgentText,
  readAgentValue,
  SETTING_KEYS,
  LATER_KEYS,
  isSettingKey,
  readSetting,
  readSettingsMap,
  reportLaterKey,
  readBudget,
  CONFIG_PATH,
  MAX_CONFIG_LENGTH,
  emptyConfig,
  readConfig,
  lastAttempt,
  landedAttempt,
  isActive,
  landedSha,
  ownHeads,
  findTrialTrouble,
  awaitedTrial,
  attemptsAllowed,
  attemptsUsed,
  taskPhase,
  nextAttemptSeed,
  committedUsd,
  DEFAULT_ESTIMATE_MINUTES,
  buildGraph,
  listWaves,
  remainingPathMinutes,
  findCriticalPath,
  relateTasks,
  formatDuration,
  formatElapsed,
  formatClock,
  formatTimestamp,
  formatUsd,
  formatScore,
  countOf,
  shortSha,
  prose,
  code,
  say,
  join,
  fence,
  link,
  table,
  folded,
  byteLength,
  plainLine,
  HolderId,
  writePlanFiles,
  writeQueueFiles,
  readPlanFiles,
  readQueueFiles
};
