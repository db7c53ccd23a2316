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
  SYSTEM_CLOCK
} from "./parts/chunk-D6IQOPGM.mjs";
import {
  findEnvironmentSecrets
} from "./parts/chunk-CKL3C6WY.mjs";
import {
  readLegInput
} from "./parts/chunk-3ITKD4LT.mjs";
import "./parts/chunk-XUAMTQD7.mjs";
import {
  ActionError
} from "./parts/chunk-HHX5HOBA.mjs";
import {
  redactSecrets
} from "./parts/chunk-EM5YRON7.mjs";
import {
  escapeText,
  external_exports,
  isObjectName,
  readPlanId
} from "./parts/chunk-AVVG3THQ.mjs";
import "./parts/chunk-4P42K4ID.mjs";

// src/entrypoints/action.ts
import process2 from "node:process";

// node_modules/@actions/core/lib/command.js
import * as os from "os";

// node_modules/@actions/core/lib/utils.js
function toCommandValue(input) {
  if (input === null || input === void 0) {
    return "";
  } else if (typeof input === "string" || input instanceof String) {
    return input;
  }
  return JSON.stringify(input);
}
function toCommandProperties(annotationProperties) {
  if (!Object.keys(annotationProperties).length) {
    return {};
  }
  return {
    title: annotationProperties.title,
    file: annotationProperties.file,
    line: annotationProperties.startLine,
    endLine: annotationProperties.endLine,
    col: annotationProperties.startColumn,
    endColumn: annotationProperties.endColumn
  };
}

// node_modules/@actions/core/lib/command.js
function issueCommand(command, properties, message) {
  const cmd = new Command(command, properties, message);
  process.stdout.write(cmd.toString() + os.EOL);
}
function issue(name, message = "") {
  issueCommand(name, {}, message);
}
var CMD_STRING = "::";
var Command = class {
  constructor(command, properties, message) {
    if (!command) {
      command = "missing.command";
    }
    this.command = command;
    this.properties = properties;
    this.message = message;
  }
  toString() {
    let cmdStr = CMD_STRING + this.command;
    if (this.properties && Object.keys(this.properties).length > 0) {
      cmdStr += " ";
      let first = true;
      for (const key in this.properties) {
        if (this.properties.hasOwnProperty(key)) {
          const val = this.properties[key];
          if (val) {
            if (first) {
              first = false;
            } else {
              cmdStr += ",";
            }
            cmdStr += `${key}=${escapeProperty(val)}`;
          }
        }
      }
    }
    cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
    return cmdStr;
  }
};
function escapeData(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}
function escapeProperty(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A").replace(/:/g, "%3A").replace(/,/g, "%2C");
}

// node_modules/@actions/core/lib/file-command.js
import * as crypto from "crypto";
import * as fs from "fs";
import * as os2 from "os";
function issueFileCommand(command, message) {
  const filePath = process.env[`GITHUB_${command}`];
  if (!filePath) {
    throw new Error(`Unable to find environment variable for file command ${command}`);
  }
  if (!fs.existsSync(filePath)) {
    throw new Error(`Missing file at path: ${filePath}`);
  }
  fs.appendFileSync(filePath, `${toCommandValue(message)}${os2.EOL}`, {
    encoding: "utf8"
  });
}
function prepareKeyValueMessage(key, value) {
  const delimiter = `ghadelimiter_${crypto.randomUUID()}`;
  const convertedValue = toCommandValue(value);
  if (key.includes(delimiter)) {
    throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
  }
  if (convertedValue.includes(delimiter)) {
    throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
  }
  return `${key}<<${delimiter}${os2.EOL}${convertedValue}${os2.EOL}${delimiter}`;
}

// node_modules/@actions/core/lib/core.js
import * as os4 from "os";

// node_modules/@actions/core/lib/summary.js
import { EOL as EOL3 } from "os";
import { constants, promises } from "fs";
var __awaiter = function(thisArg, _arguments, P, generator) {
  function adopt(value) {
    return value instanceof P ? value : new P(function(resolve) {
      resolve(value);
    });
  }
  return new (P || (P = Promise))(function(resolve, reject) {
    function fulfilled(value) {
      try {
        step(generator.next(value));
      } catch (e) {
        reject(e);
      }
    }
    function rejected(value) {
      try {
        step(generator["throw"](value));
      } catch (e) {
        reject(e);
      }
    }
    function step(result) {
      result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
    }
    step((generator = generator.apply(thisArg, _arguments || [])).next());
  });
};
var { access, appendFile, writeFile } = promises;
var SUMMARY_ENV_VAR = "GITHUB_STEP_SUMMARY";
var Summary = class {
  constructor() {
    this._buffer = "";
  }
  /**
   * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
   * Also checks r/w permissions.
   *
   * @returns step summary file path
   */
  filePath() {
    return __awaiter(this, void 0, void 0, function* () {
      if (this._filePath) {
        return this._filePath;
      }
      const pathFromEnv = process.env[SUMMARY_ENV_VAR];
      if (!pathFromEnv) {
        throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
      }
      try {
        yield access(pathFromEnv, constants.R_OK | constants.W_OK);
      } catch (_a) {
        throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
      }
      this._filePath = pathFromEnv;
      return this._filePath;
    });
  }
  /**
   * Wraps content in an HTML tag, adding any HTML attributes
   *
   * @param {string} tag HTML tag to wrap
   * @param {string | null} content content within the tag
   * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
   *
   * @returns {string} content wrapped in HTML element
   */
  wrap(tag, content, attrs = {}) {
    const htmlAttrs = Object.entries(attrs).map(([key, value]) => ` ${key}="${value}"`).join("");
    if (!content) {
      return `<${tag}${htmlAttrs}>`;
    }
    return `<${tag}${htmlAttrs}>${content}</${tag}>`;
  }
  /**
   * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
   *
   * @param {SummaryWriteOptions} [options] (optional) options for write operation
   *
   * @returns {Promise<Summary>} summary instance
   */
  write(options) {
    return __awaiter(this, void 0, void 0, function* () {
      const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
      const filePath = yield this.filePath();
      const writeFunc = overwrite ? writeFile : appendFile;
      yield writeFunc(filePath, this._buffer, { encoding: "utf8" });
      return this.emptyBuffer();
    });
  }
  /**
   * Clears the summary buffer and wipes the summary file
   *
   * @returns {Summary} summary instance
   */
  clear() {
    return __awaiter(this, void 0, void 0, function* () {
      return this.emptyBuffer().write({ overwrite: true });
    });
  }
  /**
   * Returns the current summary buffer as a string
   *
   * @returns {string} string of summary buffer
   */
  stringify() {
    return this._buffer;
  }
  /**
   * If the summary buffer is empty
   *
   * @returns {boolen} true if the buffer is empty
   */
  isEmptyBuffer() {
    return this._buffer.length === 0;
  }
  /**
   * Resets the summary buffer without writing to summary file
   *
   * @returns {Summary} summary instance
   */
  emptyBuffer() {
    this._buffer = "";
    return this;
  }
  /**
   * Adds raw text to the summary buffer
   *
   * @param {string} text content to add
   * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
   *
   * @returns {Summary} summary instance
   */
  addRaw(text2, addEOL = false) {
    this._buffer += text2;
    return addEOL ? this.addEOL() : this;
  }
  /**
   * Adds the operating system-specific end-of-line marker to the buffer
   *
   * @returns {Summary} summary instance
   */
  addEOL() {
    return this.addRaw(EOL3);
  }
  /**
   * Adds an HTML codeblock to the summary buffer
   *
   * @param {string} code content to render within fenced code block
   * @param {string} lang (optional) language to syntax highlight code
   *
   * @returns {Summary} summary instance
   */
  addCodeBlock(code, lang) {
    const attrs = Object.assign({}, lang && { lang });
    const element = this.wrap("pre", this.wrap("code", code), attrs);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML list to the summary buffer
   *
   * @param {string[]} items list of items to render
   * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
   *
   * @returns {Summary} summary instance
   */
  addList(items, ordered = false) {
    const tag = ordered ? "ol" : "ul";
    const listItems = items.map((item) => this.wrap("li", item)).join("");
    const element = this.wrap(tag, listItems);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML table to the summary buffer
   *
   * @param {SummaryTableCell[]} rows table rows
   *
   * @returns {Summary} summary instance
   */
  addTable(rows) {
    const tableBody = rows.map((row) => {
      const cells = row.map((cell) => {
        if (typeof cell === "string") {
          return this.wrap("td", cell);
        }
        const { header, data, colspan, rowspan } = cell;
        const tag = header ? "th" : "td";
        const attrs = Object.assign(Object.assign({}, colspan && { colspan }), rowspan && { rowspan });
        return this.wrap(tag, data, attrs);
      }).join("");
      return this.wrap("tr", cells);
    }).join("");
    const element = this.wrap("table", tableBody);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds a collapsable HTML details element to the summary buffer
   *
   * @param {string} label text for the closed state
   * @param {string} content collapsable content
   *
   * @returns {Summary} summary instance
   */
  addDetails(label, content) {
    const element = this.wrap("details", this.wrap("summary", label) + content);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML image tag to the summary buffer
   *
   * @param {string} src path to the image you to embed
   * @param {string} alt text description of the image
   * @param {SummaryImageOptions} options (optional) addition image attributes
   *
   * @returns {Summary} summary instance
   */
  addImage(src, alt, options) {
    const { width, height } = options || {};
    const attrs = Object.assign(Object.assign({}, width && { width }), height && { height });
    const element = this.wrap("img", null, Object.assign({ src, alt }, attrs));
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML section heading element
   *
   * @param {string} text heading text
   * @param {number | string} [level=1] (optional) the heading level, default: 1
   *
   * @returns {Summary} summary instance
   */
  addHeading(text2, level) {
    const tag = `h${level}`;
    const allowedTag = ["h1", "h2", "h3", "h4", "h5", "h6"].includes(tag) ? tag : "h1";
    const element = this.wrap(allowedTag, text2);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML thematic break (<hr>) to the summary buffer
   *
   * @returns {Summary} summary instance
   */
  addSeparator() {
    const element = this.wrap("hr", null);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML line break (<br>) to the summary buffer
   *
   * @returns {Summary} summary instance
   */
  addBreak() {
    const element = this.wrap("br", null);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML blockquote to the summary buffer
   *
   * @param {string} text quote text
   * @param {string} cite (optional) citation url
   *
   * @returns {Summary} summary instance
   */
  addQuote(text2, cite) {
    const attrs = Object.assign({}, cite && { cite });
    const element = this.wrap("blockquote", text2, attrs);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML anchor tag to the summary buffer
   *
   * @param {string} text link text/content
   * @param {string} href hyperlink
   *
   * @returns {Summary} summary instance
   */
  addLink(text2, href) {
    const element = this.wrap("a", text2, { href });
    return this.addRaw(element).addEOL();
  }
};
var _summary = new Summary();
var summary = _summary;

// node_modules/@actions/core/lib/platform.js
import os3 from "os";

// node_modules/@actions/io/lib/io-util.js
import * as fs2 from "fs";
var { chmod, copyFile, lstat, mkdir, open, readdir, rename, rm, rmdir, stat, symlink, unlink } = fs2.promises;
var IS_WINDOWS = process.platform === "win32";
var READONLY = fs2.constants.O_RDONLY;

// node_modules/@actions/exec/lib/toolrunner.js
var IS_WINDOWS2 = process.platform === "win32";

// node_modules/@actions/core/lib/platform.js
var platform = os3.platform();
var arch = os3.arch();

// node_modules/@actions/core/lib/core.js
var ExitCode;
(function(ExitCode2) {
  ExitCode2[ExitCode2["Success"] = 0] = "Success";
  ExitCode2[ExitCode2["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
function setSecret(secret) {
  issueCommand("add-mask", {}, secret);
}
function setOutput(name, value) {
  const filePath = process.env["GITHUB_OUTPUT"] || "";
  if (filePath) {
    return issueFileCommand("OUTPUT", prepareKeyValueMessage(name, value));
  }
  process.stdout.write(os4.EOL);
  issueCommand("set-output", { name }, toCommandValue(value));
}
function debug(message) {
  issueCommand("debug", {}, message);
}
function error(message, properties = {}) {
  issueCommand("error", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function warning(message, properties = {}) {
  issueCommand("warning", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function notice(message, properties = {}) {
  issueCommand("notice", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function info(message) {
  process.stdout.write(message + os4.EOL);
}
function startGroup(name) {
  issue("group", name);
}
function endGroup() {
  issue("endgroup");
}

// src/adapters/actions/runner-speech.ts
var MAX_SUMMARY_BYTES = 1024 * 1024 - 1024;
var CUT_LINE = "\n\n_The rest of this summary did not fit into the 1 MiB that a step may write._\n";
var MAX_LINE = 2e3;
var MAX_ANNOTATIONS = 10;
var ANNOTATE = { notice, warning, error };
function openRunnerSpeech({ hasSummary }) {
  const secrets = [];
  const parts = [];
  const counts = { notice: 0, warning: 0, error: 0 };
  const clean = (text2) => redactSecrets(text2, secrets);
  const say = (line) => info(disarm(escapeText(clean(line), MAX_LINE)));
  const annotate = (level, text2) => {
    counts[level] += 1;
    const line = escapeText(clean(text2), MAX_LINE);
    if (counts[level] > MAX_ANNOTATIONS) say(`${level}: ${line}`);
    else ANNOTATE[level](line);
  };
  const speech = {
    setOutput: (name, value) => setOutput(name, value),
    hide: (values) => {
      for (const value of values) {
        const lines = value.split("\n").map((line) => line.trim());
        for (const secret of /* @__PURE__ */ new Set([value.trim(), ...lines])) {
          if (secret.length < 8 || secrets.includes(secret)) continue;
          secrets.push(secret);
          if (!secret.includes("\n")) setSecret(secret);
        }
      }
    },
    summarize: (markdown) => void parts.push(markdown),
    say,
    group: async (title, work) => {
      startGroup(disarm(escapeText(clean(title), 200)));
      try {
        return await work();
      } finally {
        endGroup();
      }
    },
    annotate,
    flush: async () => {
      if (parts.length === 0 || !hasSummary) return;
      await summary.addRaw(cutSummary(clean(`${parts.join("\n\n")}
`))).write();
    }
  };
  return { ...speech, log: openLog(say, annotate) };
}
function openLog(say, annotate) {
  const render = (message, fields = {}) => {
    const said = Object.entries(fields).map(([name, value]) => `${name} ${renderValue(value)}`);
    return said.length === 0 ? message : `${message} (${said.join(", ")})`;
  };
  return {
    debug: (message, fields) => debug(disarm(escapeText(render(message, fields), MAX_LINE))),
    info: (message, fields) => say(render(message, fields)),
    warn: (message, fields) => annotate("warning", render(message, fields)),
    error: (message, fields) => annotate("error", render(message, fields))
  };
}
function renderValue(value) {
  if (typeof value === "string") return value;
  if (value instanceof Error) return value.message;
  return JSON.stringify(value) ?? "unknown";
}
function disarm(line) {
  return line.replace(/^(\s*):(?=:)/, "$1: ").replaceAll("##[", "## [");
}
function cutSummary(text2) {
  const bytes = Buffer.from(text2, "utf8");
  if (bytes.length <= MAX_SUMMARY_BYTES) return text2;
  const end = bytes.lastIndexOf(10, MAX_SUMMARY_BYTES);
  return `${bytes.subarray(0, end === -1 ? 0 : end).toString("utf8")}${CUT_LINE}`;
}

// src/entrypoints/action/inputs.ts
var MODES = ["route", "reconcile", "work", "verify", "publish", "cleanup"];
var ACTION_INPUTS = {
  mode: {
    description: "What the step does: route (which plans does the event concern), reconcile (take one plan further), work (one attempt: agent, tests, review), verify (judge what it left on a fresh machine), publish (push what was verified; runs nothing of it), cleanup (remove what is past its time).",
    isRequired: true
  },
  token: {
    description: "Token for the repository. The job's own, or that of an installation of your App; work and verify only read with it.",
    default: "${{ github.token }}"
  },
  plan: { description: "Id of the plan, such as issue-7. For reconcile, work, verify and publish." },
  leg: { description: "The leg as JSON: one entry of what the dispatch calls legs. For work, verify and publish." },
  nonce: { description: "Name of the dispatch, as the dispatch gives it. For work, verify and publish." },
  ledger: { description: "Commit of the plan's ledger that the legs stand in. For work, verify and publish." },
  work: { description: "Path of the work record that the job work left. For verify and publish." },
  "work-sha256": { description: "SHA-256 of that file, as the output of the job work says." },
  pack: { description: "Path of the pack that the job work left. For verify and publish." },
  "pack-sha256": { description: "SHA-256 of that file, as the output of the job work says." },
  evidence: { description: "Path of the evidence that the job verify, or a failed work, left. For publish." },
  "evidence-sha256": { description: "SHA-256 of that file, as that job's output says." },
  "evidence-from": {
    description: "Which job left the evidence: verify or work. That of work counts only if it says that it failed.",
    default: "verify"
  },
  notify: {
    description: "For publish: file name of the workflow to start with the plan once the receipt stands; empty: none."
  },
  "dry-run": { description: "For cleanup: true only lists what would be removed, false removes it.", default: "true" }
};
function readActionInputs(get) {
  const said = Object.fromEntries(
    Object.keys(ACTION_INPUTS).map((name) => [name, get(name).trim()])
  );
  const read = SCHEMAS.safeParse(said);
  if (read.success) return { kind: "read", inputs: read.data };
  return {
    kind: "problems",
    problems: read.error.issues.map(({ path, message }) => `Input '${path.join(".")}' ${message}.`)
  };
}
function checked(read) {
  return external_exports.string().transform((text2, context) => {
    const outcome = text2 === "" ? { ok: false, because: "is missing" } : read(text2);
    if (outcome.ok) return outcome.value;
    context.addIssue({ code: "custom", message: outcome.because });
    return external_exports.NEVER;
  });
}
function fits(pattern, because) {
  return checked((text2) => pattern.test(text2) ? { ok: true, value: text2 } : { ok: false, because });
}
var token = fits(/^[\x21-\x7e]{1,4096}$/, "is no token: it has spaces, or is too long");
var plan = checked((text2) => {
  const read = readPlanId(text2);
  return read.ok ? read : { ok: false, because: `names no plan: ${read.because}` };
});
var ledger = checked(
  (text2) => isObjectName(text2) ? { ok: true, value: text2 } : { ok: false, because: "is no full commit SHA" }
);
var LEG = {
  token,
  plan,
  leg: checked((text2) => {
    const read = readLegInput(text2);
    return read.ok ? read : { ok: false, because: `cannot be read: ${read.because}` };
  }),
  nonce: fits(/^[a-z0-9-]{1,64}\.[1-9]\d{0,15}$/, "is no name of a dispatch"),
  ledger
};
var digest = external_exports.string().regex(/^(?:[0-9a-f]{64})?$/, "is no SHA-256 (64 hex digits)");
function pairFields(name) {
  return { [name]: external_exports.string(), [`${name}-sha256`]: digest };
}
function joinPair(said, name, context) {
  const fields = said;
  const path = fields[name] ?? "";
  const sha256 = fields[`${name}-sha256`] ?? "";
  if (sha256 === "") return null;
  if (path === "")
    context.issues.push({
      code: "custom",
      input: said,
      path: [name],
      message: "is missing, though its digest is there"
    });
  return { path, sha256 };
}
var SCHEMAS = external_exports.discriminatedUnion(
  "mode",
  [
    external_exports.object({ mode: external_exports.literal("route"), token }),
    external_exports.object({ mode: external_exports.literal("reconcile"), token, plan }),
    external_exports.object({ mode: external_exports.literal("work"), ...LEG }),
    external_exports.object({ mode: external_exports.literal("verify"), ...LEG, ...pairFields("work"), ...pairFields("pack") }).transform((said, context) => ({
      ...legOf(said),
      mode: said.mode,
      work: joinPair(said, "work", context),
      pack: joinPair(said, "pack", context)
    })),
    external_exports.object({
      mode: external_exports.literal("publish"),
      ...LEG,
      ...pairFields("work"),
      ...pairFields("pack"),
      ...pairFields("evidence"),
      "evidence-from": external_exports.enum(["work", "verify"], "is neither 'work' nor 'verify'"),
      notify: external_exports.string().regex(/^(?:[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}\.ya?ml)?$/, "is no file name of a workflow")
    }).transform((said, context) => {
      const evidence = joinPair(said, "evidence", context);
      if (evidence === null)
        context.issues.push({ code: "custom", input: said, path: ["evidence"], message: "is missing" });
      return {
        ...legOf(said),
        mode: said.mode,
        work: joinPair(said, "work", context),
        pack: joinPair(said, "pack", context),
        evidence: evidence ?? { path: "", sha256: "" },
        evidenceFrom: said["evidence-from"],
        notify: said.notify === "" ? null : said.notify
      };
    }),
    external_exports.object({
      mode: external_exports.literal("cleanup"),
      token,
      "dry-run": external_exports.enum(["true", "false"], "is neither 'true' nor 'false'")
    }).transform(({ mode, token: given, "dry-run": dryRun }) => ({ mode, token: given, isDryRun: dryRun === "true" }))
  ],
  { error: `is none of ${MODES.join(", ")}` }
);
function legOf({ token: given, plan: id, leg, nonce, ledger: commit }) {
  return { token: given, plan: id, leg, nonce, ledger: commit };
}

// src/entrypoints/action/runner-facts.ts
var text = external_exports.string("is not set");
var address = external_exports.url({ protocol: /^https?$/ }).transform((text2) => text2.replace(/\/+$/, ""));
var positive = text.regex(/^[1-9]\d{0,15}$/, "is no positive number").transform(Number);
var Variables = external_exports.object({
  GITHUB_REPOSITORY: text.regex(/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/, "is not of the form 'owner/name'"),
  GITHUB_RUN_ID: positive,
  GITHUB_RUN_ATTEMPT: positive,
  GITHUB_EVENT_NAME: text.min(1),
  GITHUB_EVENT_PATH: external_exports.string().optional(),
  GITHUB_REF_NAME: external_exports.string().default(""),
  GITHUB_WORKFLOW: external_exports.string().default(""),
  GITHUB_JOB: external_exports.string().default(""),
  GITHUB_SERVER_URL: address.default("https://github.com"),
  GITHUB_API_URL: address.default("https://api.github.com"),
  RUNNER_TEMP: text.startsWith("/", "is no absolute path (only Linux runners are supported)"),
  RUNNER_ENVIRONMENT: external_exports.string().default("")
});
function readRunnerFacts(env) {
  const read = Variables.safeParse(env);
  if (!read.success)
    return {
      kind: "problems",
      problems: read.error.issues.map(
        ({ path, message }) => `The runner's variable ${path.join(".")} ${message}. Run this as a step of a workflow.`
      )
    };
  const said = read.data;
  const [owner = "", name = ""] = said.GITHUB_REPOSITORY.split("/");
  return {
    kind: "read",
    facts: {
      repository: { owner, name },
      runId: said.GITHUB_RUN_ID,
      runAttempt: said.GITHUB_RUN_ATTEMPT,
      eventName: said.GITHUB_EVENT_NAME,
      eventPath: said.GITHUB_EVENT_PATH === void 0 || said.GITHUB_EVENT_PATH === "" ? null : said.GITHUB_EVENT_PATH,
      refName: said.GITHUB_REF_NAME,
      workflow: said.GITHUB_WORKFLOW,
      job: said.GITHUB_JOB,
      serverUrl: said.GITHUB_SERVER_URL,
      apiUrl: said.GITHUB_API_URL,
      runUrl: `${said.GITHUB_SERVER_URL}/${owner}/${name}/actions/runs/${said.GITHUB_RUN_ID}`,
      tempDir: said.RUNNER_TEMP,
      isHosted: said.RUNNER_ENVIRONMENT === "github-hosted"
    }
  };
}

// src/entrypoints/action/run-action.ts
async function runAction({ env, clock, signal }) {
  const speech = openRunnerSpeech({ hasSummary: (env["GITHUB_STEP_SUMMARY"] ?? "") !== "" });
  speech.hide(findEnvironmentSecrets(env));
  try {
    const { inputs, runner } = readGiven(env);
    speech.hide([inputs.token]);
    await runMode({ inputs, runner, env, clock, log: speech.log, speech, signal });
    return 0;
  } catch (error2) {
    report(speech, error2, signal);
    return 1;
  } finally {
    await speech.flush().catch((error2) => speech.say(`The summary could not be written: ${String(error2)}`));
  }
}
function readGiven(env) {
  const inputs = readActionInputs((name) => env[`INPUT_${name.toUpperCase()}`] ?? "");
  const runner = readRunnerFacts(env);
  if (inputs.kind === "read" && runner.kind === "read") return { inputs: inputs.inputs, runner: runner.facts };
  const problems = [inputs, runner].flatMap((reading) => reading.kind === "problems" ? reading.problems : []);
  throw new ActionError(problems.join(" "), {
    next: `put the step's inputs right; there are ${Object.keys(ACTION_INPUTS).join(", ")}`
  });
}
async function runMode(session) {
  switch (session.inputs.mode) {
    case "route":
      return (await import("./parts/route-mode-P4EETXQV.mjs")).runRoute(of(session, session.inputs));
    case "reconcile":
      return (await import("./parts/reconcile-mode-C3GVOLTR.mjs")).runReconcile(of(session, session.inputs));
    case "work":
      return (await import("./parts/work-mode-VV2QNDOE.mjs")).runWorkMode(of(session, session.inputs));
    case "verify":
      return (await import("./parts/verify-mode-WGXKRINN.mjs")).runVerifyMode(of(session, session.inputs));
    case "publish":
      return (await import("./parts/publish-mode-CYOFNJAN.mjs")).runPublish(of(session, session.inputs));
    case "cleanup":
      return (await import("./parts/cleanup-mode-QVFXVXQH.mjs")).runCleanup(of(session, session.inputs));
  }
}
function of(session, inputs) {
  return { ...session, inputs };
}
function report(speech, error2, signal) {
  const message = error2 instanceof Error ? error2.message : String(error2);
  if (error2 instanceof ActionError)
    speech.annotate("error", error2.next === null ? message : `${message} Next: ${error2.next}.`);
  else if (signal.aborted) speech.annotate("notice", `Stopped: ${message}`);
  else {
    speech.annotate("error", `${message} This was not expected; what the plan needs is in its ledger, and it goes on.`);
    if (error2 instanceof Error && error2.stack !== void 0)
      for (const line of error2.stack.split("\n")) speech.say(line);
  }
}

// src/entrypoints/action.ts
var ORDERLY_MS = 7e3;
var abort = new AbortController();
for (const name of ["SIGINT", "SIGTERM"])
  process2.on(name, () => {
    if (abort.signal.aborted) return;
    abort.abort(new Error("the job was cancelled."));
    setTimeout(() => {
      process2.exit(1);
    }, ORDERLY_MS).unref();
  });
process2.exit(await runAction({ env: process2.env, clock: SYSTEM_CLOCK, signal: abort.signal }));
