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
  GitFailure,
  composeGitEnv,
  openGit,
  openWorkFiles,
  quoteForPerson,
  readLegOrder,
  runGit,
  runGitOrFail,
  saysDiskFull
} from "./chunk-DG6M2LVP.mjs";
import {
  findLeg
} from "./chunk-3ITKD4LT.mjs";
import {
  readForgeFiles
} from "./chunk-OJDTVROY.mjs";
import {
  findAwaited
} from "./chunk-CAA5KSZQ.mjs";
import {
  PROFILES,
  code,
  countOf,
  fence,
  join,
  prose,
  readPlanFiles,
  say,
  shortSha
} from "./chunk-GMXT2ENO.mjs";
import {
  Finding,
  ReviewResult,
  TestResult,
  Usage,
  commitField,
  digestField,
  planIdField,
  taskIdField,
  treeField
} from "./chunk-XUAMTQD7.mjs";
import {
  ActionError
} from "./chunk-HHX5HOBA.mjs";
import {
  HOSTED_DEFAULTS
} from "./chunk-SBM5ZMS6.mjs";
import {
  branchFor
} from "./chunk-CICE3PZ7.mjs";
import {
  cleanBlock,
  cleanLine,
  external_exports,
  isObjectName
} from "./chunk-AVVG3THQ.mjs";
import {
  PROPERTIES,
  SANDBOX_ENGINES
} from "./chunk-TFCDRFP4.mjs";

// src/core/report/leg-summary.ts
var MAX_OUTPUT_BYTES = 16 * 1024;
function renderLegSummary(title, story) {
  const { headline, facts, tests } = tell(story);
  const rows = facts.map(([name, value]) => say`| ${name} | ${value} |`);
  const table = join([{ markdown: "| | |" }, { markdown: "| --- | --- |" }, ...rows], "\n");
  const parts = [say`### ${title}: ${headline}`.markdown, table.markdown];
  const bad = tests.findLast(({ status }) => status !== "passed");
  const output = bad === void 0 || bad.tail === "" ? null : fence(bad.tail, { info: "text", maxBytes: MAX_OUTPUT_BYTES, keep: "tail" });
  if (output !== null) parts.push("The end of the output of the tests:", output);
  return parts.join("\n\n");
}
function resultOf(result) {
  return result.work === "attempt" ? result.evidence : result.result;
}
function tell(story) {
  switch (story.work) {
    case "good": {
      const { record } = story;
      return { headline: "good so far, to be verified", facts: workFacts(record), tests: record.tests };
    }
    case "attempt": {
      const { evidence } = story;
      const { failure: failure2, changes, violations } = evidence;
      const facts = workFacts({ ...evidence, head: evidence });
      if (failure2 !== null) facts.unshift(["because", say`${code(failure2.cause)} ${prose(failure2.detail, 1e3)}`]);
      facts.push(["change", `${countOf(changes.files, "file")}, +${changes.insertions} -${changes.deletions}`]);
      for (const { path: path4, because } of violations.slice(0, 10))
        facts.push(["rule broken", say`${code(path4)} ${because}`]);
      return { headline: evidence.outcome, facts, tests: evidence.tests };
    }
    case "trial": {
      const { result } = story;
      const facts = [["onto", code(shortSha(result.ontoSha))]];
      if (result.outcome === "error") facts.push(["because", prose(result.feedback, 1e3)]);
      if (result.test !== null) facts.push(["tests", result.test.status]);
      const isGood = result.outcome === "tested" && result.test?.status === "passed";
      return {
        headline: isGood ? "the merge passed its tests" : "the merge did not pass",
        facts,
        tests: result.test === null ? [] : [result.test]
      };
    }
    case "final": {
      const { result } = story;
      const facts = [
        ["commit", code(shortSha(result.commitSha))],
        ["tests", result.test.status]
      ];
      return { headline: "tests on the landed whole", facts, tests: [result.test] };
    }
  }
}
function workFacts(work) {
  const head = work.head?.commitSha ?? work.head?.headSha ?? null;
  const review = work.reviews.at(-1);
  const { costUsd, turns } = work.usage;
  return [
    ["commit", head === null ? "none" : code(shortSha(head))],
    ["rounds", String(work.iterations)],
    [
      "tests",
      work.tests.length === 0 ? "not run" : work.tests.map(({ stage, status }) => `${stage}: ${status}`).join(", ")
    ],
    [
      "review",
      review === void 0 ? "none" : review.score === null ? `no score: ${review.detail}` : `${review.score}/10`
    ],
    ["spent", `${costUsd === null ? "unknown" : `$${costUsd.toFixed(2)}`}${turns === null ? "" : `, ${turns} turns`}`],
    [
      "sandbox",
      `${work.sandbox.engine}, ${work.sandbox.profile}${work.sandbox.waived.length === 0 ? "" : `, not enforced: ${work.sandbox.waived.join(", ")}`}`
    ]
  ];
}

// src/entrypoints/action/await-turn.ts
var MAX_LEDGER_BYTES = 256 * 1024 * 1024;
var FIRST_WAIT_MS = 1e3;
var MAX_WAIT_MS = 15e3;
async function awaitTurn(session, room) {
  const { clock, inputs, runner, signal, speech } = session;
  speech.say(`Leg of ${inputs.leg.task} in dispatch ${inputs.nonce}, written down in ledger commit ${inputs.ledger}.`);
  if (runner.runAttempt !== 1)
    return idle("somebody has started this run again, and only what was dispatched counts; comment `/espalier retry`");
  if (!inputs.nonce.startsWith(`${inputs.plan}.`)) return idle(`dispatch '${inputs.nonce}' is of another plan`);
  const until = clock.now() + HOSTED_DEFAULTS.startTimeoutMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 1.5, MAX_WAIT_MS)) {
    const state = await readLedger(session, room);
    if (state === null) return idle(`there is no ledger of plan '${inputs.plan}'`);
    const { ledger, record } = state;
    const dispatch = record.dispatches.find((one) => one.nonce === inputs.nonce);
    if (dispatch === void 0) return idle(`the ledger knows no dispatch '${inputs.nonce}' (any more)`);
    const { run } = dispatch;
    if (run !== null && run.id !== runner.runId) return idle(`the ledger names run ${run.id} for this dispatch`);
    if (run !== null) return takeTurn(session, { ledger, record, legs: dispatch.legs });
    if (signal.aborted) return idle("the job was cancelled before the ledger named a run");
    if (clock.now() >= until) return idle("the ledger named no run for this dispatch within half an hour");
    await clock.sleep(waitMs, signal);
  }
}
function takeTurn({ inputs }, { ledger, record, legs }) {
  const order = readLegOrder({ ledger, record, nonce: inputs.nonce, leg: inputs.leg });
  if (order.kind === "not-awaited") return idle(order.because);
  const leg = findLeg(legs, inputs.leg);
  const awaited = leg === null ? null : findAwaited(ledger, leg);
  if (leg === null || awaited === null)
    throw new Error(`The leg of '${inputs.leg.task}' has an order and is not awaited.`);
  return { kind: "turn", ledger, leg, awaited, order };
}
function idle(because) {
  return { kind: "idle", because };
}
async function readLedger({ inputs }, { git, remote }) {
  const tip = await remote.fetchBranch(branchFor({ kind: "ledger", plan: inputs.plan }));
  if (tip === null) return null;
  const files = await git.readFiles(tip, MAX_LEDGER_BYTES);
  const ledger = readPlanFiles(files);
  const record = readForgeFiles(files);
  const because = ledger.ok ? record.ok ? null : record.because : ledger.because;
  if (!ledger.ok || !record.ok)
    throw new ActionError(`The ledger of plan '${inputs.plan}' cannot be read: ${because}.`, {
      next: "let the workflows and the App have the same version ('espalier init --check' compares)"
    });
  return record.value === null ? null : { ledger: ledger.value, record: record.value };
}
function sayIdle({ speech }, because) {
  speech.setOutput("outcome", "idle");
  speech.say(`Nothing was done: ${because}.`);
  speech.annotate("notice", `Nothing was done: ${because}.`);
}

// src/entrypoints/action/action-author.ts
var ACTION_AUTHOR = {
  name: "github-actions[bot]",
  email: "41898282+github-actions[bot]@users.noreply.github.com"
};

// src/entrypoints/action/leg-room.ts
import { mkdir as mkdir2, realpath } from "node:fs/promises";
import path2 from "node:path";

// src/adapters/git/open-remote.ts
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
var TIMEOUT_MS = 15 * 6e4;
var DEPTHS = [64, 512, 4096];
var WHOLE_DEPTH = 2147483647;
var TRIES = 3;
var PROXY_NAMES = [
  "https_proxy",
  "HTTPS_PROXY",
  "http_proxy",
  "no_proxy",
  "NO_PROXY",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR"
];
async function createBareRepository(gitDir, env) {
  await mkdir(gitDir, { mode: 448, recursive: false });
  await runGitOrFail("making a repository", {
    args: ["init", "-q", "--bare", "--template=", "--initial-branch=none", gitDir],
    env: composeGitEnv({ caller: env, scope: "none" }),
    cwd: gitDir
  });
}
function openRemote(options) {
  const address = new URL(options.url);
  if (address.protocol !== "https:" && address.protocol !== "http:")
    throw new GitFailure(`The address of a forge begins with https:, not with '${quoteForPerson(address.protocol)}'.`);
  const room = { ...options, url: address.href, env: remoteEnv(options, address) };
  return {
    fetchBranch: (branch) => fetchBranch(room, branch),
    fetchCommits: (commits, depth) => fetchCommits(room, commits, depth),
    fetchJoined: (one, other) => fetchJoined(room, one, other),
    pushNew: (branch, commit) => pushNew(room, branch, commit)
  };
}
function remoteEnv({ gitDir, token, env }, address) {
  const protocol = address.protocol.slice(0, -1);
  const settings = [
    [`protocol.${protocol}.allow`, "always"],
    // Where the forge sends git on to is nowhere that this token is for.
    ["http.followRedirects", "false"],
    ["credential.helper", ""],
    // Without it, all of a base that is the tip of no branch any more would be sent with each push.
    ["push.negotiate", "true"],
    ["push.recurseSubmodules", "no"],
    ["fetch.recurseSubmodules", "no"],
    ["fetch.unpackLimit", "1"],
    ["fetch.writeCommitGraph", "false"]
  ];
  if (token !== null) {
    const basic = Buffer.from(`x-access-token:${token}`, "utf8").toString("base64");
    settings.push([`http.${address.origin}/.extraheader`, `Authorization: Basic ${basic}`]);
  }
  const proxies = PROXY_NAMES.flatMap((name) => env[name] === void 0 ? [] : [[name, env[name]]]);
  return composeGitEnv({
    caller: env,
    scope: "none",
    settings,
    variables: {
      ...Object.fromEntries(proxies),
      GIT_DIR: gitDir,
      GIT_HTTP_LOW_SPEED_LIMIT: "1000",
      GIT_HTTP_LOW_SPEED_TIME: "60"
    }
  });
}
async function fetchBranch(room, branch) {
  const ref = `refs/heads/${branch}`;
  const exit = await fetch(room, [`+${ref}:${ref}`], 1);
  if (exit.exitCode !== 0) {
    if (/couldn't find remote ref/.test(exit.stderr)) return null;
    throw failure(room, `fetching branch '${branch}'`, exit);
  }
  const tip = (await readHere(room, ["rev-parse", "--verify", "--end-of-options", `${ref}^{commit}`])).trim();
  return tip;
}
async function fetchCommits(room, commits, depth) {
  const wanted = [...new Set(commits)];
  if (wanted.length === 0) return;
  for (const commit of wanted)
    if (!isObjectName(commit)) throw new GitFailure(`'${quoteForPerson(commit)}' is no commit that can be fetched.`);
  const exit = await fetch(
    room,
    wanted.map((commit) => `+${commit}:refs/espalier/${commit}`),
    depth
  );
  if (exit.exitCode !== 0) throw failure(room, `fetching ${wanted.join(" and ")}`, exit);
}
async function fetchJoined(room, one, other) {
  for (const depth of [...DEPTHS, WHOLE_DEPTH]) {
    await fetchCommits(room, [one, other], depth);
    if (depth === WHOLE_DEPTH || await isHistoryEnough(room, one, other)) return;
  }
}
async function isHistoryEnough(room, one, other) {
  const cut = new Set((await readFile(path.join(room.gitDir, "shallow"), "utf8").catch(() => "")).split("\n"));
  cut.delete("");
  if (cut.size === 0) return true;
  const exit = await runGit({ args: ["merge-base", "--all", one, other], env: room.env, cwd: room.gitDir });
  const bases = exit.stdout.toString("latin1").split("\n").filter(isObjectName);
  if (bases.length === 0) return false;
  const beside = await readHere(room, ["rev-list", one, other, "--not", ...bases]);
  return !beside.split("\n").some((commit) => cut.has(commit));
}
async function pushNew(room, branch, commit) {
  const ref = `refs/heads/${branch}`;
  const exit = await retrying(room, [
    "push",
    "--porcelain",
    "--no-verify",
    "--no-follow-tags",
    // With an empty expectation: the branch must not exist.
    `--force-with-lease=${ref}:`,
    "--",
    room.url,
    `${commit}:${ref}`
  ]);
  if (exit.exitCode === 0) return { kind: "pushed" };
  const at = await readRemoteTip(room, ref);
  if (at !== null) return at === commit ? { kind: "pushed" } : { kind: "exists", at };
  const said = `${exit.stdout.toString("utf8")}
${exit.stderr}`;
  if (/refusing to allow .{0,200}workflow/is.test(said))
    return { kind: "refused", why: "lacks-workflows", because: clean(room, sayWhy(said)) };
  if (/^!.*\[(?:remote )?rejected\]/m.test(said))
    return { kind: "refused", why: "other", because: clean(room, sayWhy(said)) };
  throw failure(room, `pushing branch '${branch}'`, exit);
}
function sayWhy(said) {
  return /^!.*?\[[^\]]*\] \((.*)\)$/m.exec(said)?.[1] ?? said;
}
async function readRemoteTip(room, ref) {
  const exit = await retrying(room, ["ls-remote", "--heads", "--", room.url, ref]);
  if (exit.exitCode !== 0) throw failure(room, "reading its branches", exit);
  const line = exit.stdout.toString("utf8").split("\n").find((each) => each.endsWith(`	${ref}`));
  const sha = line?.split("	")[0] ?? "";
  return isObjectName(sha) ? sha : null;
}
async function fetch(room, refspecs, depth) {
  const how = ["--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance", "--quiet"];
  return retrying(room, ["fetch", ...how, `--depth=${depth}`, "--", room.url, ...refspecs]);
}
var PASSING = /Could not resolve host|Connection (?:reset|refused|timed out)|Operation timed out|early EOF|hung up unexpectedly|returned error: (?:429|5\d\d)|RPC failed/i;
async function retrying(room, args) {
  for (let tries = 1; ; tries += 1) {
    const exit = await runGit({
      args,
      env: room.env,
      cwd: room.gitDir,
      timeoutMs: TIMEOUT_MS,
      ...room.signal === void 0 ? {} : { signal: room.signal }
    });
    if (exit.exitCode === 0 || tries === TRIES || !PASSING.test(exit.stderr) || room.signal?.aborted === true)
      return exit;
  }
}
async function readHere(room, args) {
  return (await runGitOrFail("reading what was fetched", { args, env: room.env, cwd: room.gitDir })).toString("utf8");
}
function clean({ token }, text) {
  if (token === null) return quoteForPerson(text);
  const basic = Buffer.from(`x-access-token:${token}`, "utf8").toString("base64");
  return quoteForPerson(text.replaceAll(token, "[redacted]").replaceAll(basic, "[redacted]"));
}
function failure(room, what, exit) {
  const because = exit.cutOff === "time" ? "it took too long" : clean(room, exit.stderr) || `git ended with code ${exit.exitCode ?? "unknown"}`;
  return new GitFailure(`Git failed while ${what} (${room.url}): ${because}. ${nextStep(exit.stderr)}`, {
    code: saysDiskFull(exit.stderr) ? "ENOSPC" : void 0
  });
}
function nextStep(stderr) {
  if (saysDiskFull(stderr)) return "Free some disk space and run the job again.";
  if (/(?:Authentication failed|could not read Username|returned error: 40[13])/i.test(stderr))
    return "Give the job 'contents: read' (for publish 'contents: write') and pass its token.";
  if (/not our ref|upload-pack: not our ref/.test(stderr))
    return "The commit is not in the repository any more; the plan goes on from what is.";
  return "Run the job again if the network was the reason.";
}

// src/entrypoints/action/leg-room.ts
var ROOM = "espalier-room";
var LEFT = "espalier-left";
var REPOSITORY = "repository.git";
async function openLegRoom(session) {
  const { env, runner, inputs, signal } = session;
  const files = openWorkFiles();
  const tempDir = await realpath(runner.tempDir);
  const roomDir = path2.join(tempDir, ROOM);
  const gitDir = path2.join(roomDir, REPOSITORY);
  await clearRoom(session, { files, roomDir, objectsDir: path2.join(gitDir, "objects") });
  const [stateDir, takenDir, leftDir] = [
    path2.join(roomDir, "state"),
    path2.join(roomDir, "taken"),
    path2.join(tempDir, LEFT)
  ];
  for (const folder of [roomDir, stateDir, takenDir, leftDir]) await mkdir2(folder, { recursive: true, mode: 448 });
  await createBareRepository(gitDir, env);
  const opened = await openGit(gitDir, { env, stateDir });
  if (opened.kind === "refused") throw new ActionError(opened.because, { next: opened.nextStep });
  const { owner, name } = runner.repository;
  const url = `${runner.serverUrl}/${owner}/${name}.git`;
  return {
    git: opened.git,
    remote: openRemote({ gitDir, url, token: inputs.token, env, signal }),
    files,
    stateDir,
    takenDir,
    leftDir,
    [Symbol.asyncDispose]: async () => {
      await opened.git[Symbol.asyncDispose]();
      await files.remove(roomDir).catch((error) => {
        session.log.warn("The private folder of this job could not be removed", { cause: String(error) });
      });
    }
  };
}
async function clearRoom({ env, log, runner }, { files, roomDir, objectsDir }) {
  if (!runner.isHosted) {
    const { reapLeftRuns } = await import("./reap-left-runs-KLSSSC7E.mjs");
    await reapLeftRuns({ env, log, objectsDir, stateDir: path2.join(roomDir, "state") });
  }
  await files.remove(roomDir);
}

// src/entrypoints/action/left-files.ts
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, rm, writeFile } from "node:fs/promises";
import path3 from "node:path";
import { pipeline } from "node:stream/promises";
var MAX_EVIDENCE_BYTES = 8 * 1024 * 1024;
async function clearLeftFile({ leftDir }, { task, attempt }, name) {
  const file = path3.join(leftDir, `espalier-${task}.${attempt}-${name}`);
  await rm(file, { force: true });
  return file;
}
async function leaveJson(room, speech, { leg, kind, value }) {
  const file = await clearLeftFile(room, leg, `${kind}.json`);
  const text = `${JSON.stringify(value)}
`;
  await writeFile(file, text, { flag: "wx", mode: 384 });
  speech.setOutput(kind, file);
  speech.setOutput(`${kind}-sha256`, createHash("sha256").update(text).digest("hex"));
}
async function leavePack(speech, file) {
  const digest = createHash("sha256");
  await pipeline(createReadStream(file), digest);
  speech.setOutput("pack", file);
  speech.setOutput("pack-sha256", digest.digest("hex"));
}
async function leaveLog(room, speech, { leg, name, from }) {
  const file = await clearLeftFile(room, leg, name);
  const isThere = await copyFile(from, file).then(
    () => true,
    () => false
  );
  if (isThere) speech.setOutput("log", file);
}

// src/entrypoints/action/pack-size.ts
var MIN_PACK_BYTES = 256 * 1024 * 1024;
function maxPackBytes({ maxChangeBytes }) {
  return Math.max(MIN_PACK_BYTES, 2 * maxChangeBytes);
}

// src/core/ledger/work-record.ts
var MAX_ROUNDS = 100;
var MAX_RESULTS = 200;
var MAX_FINDINGS = 200;
var MAX_TEXT = 64 * 1024;
var MAX_FINDINGS_TEXT = 1024 * 1024;
var MAX_WORK_RECORD_CHARACTERS = 8 * 1024 * 1024;
var MAX_NUMBER = 1e12;
var count = external_exports.number().int().min(0).max(MAX_NUMBER);
var time = external_exports.number().int().min(0).max(253402300799e3);
var boundedText = external_exports.string().max(MAX_TEXT);
var WorkTest = TestResult.extend({
  stage: external_exports.literal("work"),
  // What stood in for a run is no result of this machine.
  reused: external_exports.literal(false),
  durationMs: count,
  tail: boundedText
});
var WorkReview = ReviewResult.extend({
  stage: external_exports.literal("work"),
  iteration: count.max(MAX_ROUNDS),
  findings: external_exports.array(Finding.extend({ path: boundedText.nullable(), line: count.nullable(), message: boundedText })).max(MAX_FINDINGS),
  // Holds the reviewer's command, which is as long as a plan may make it.
  reviewer: external_exports.string().max(1024 * 1024),
  durationMs: count,
  detail: boundedText
});
var WorkRecord = external_exports.strictObject({
  version: external_exports.literal(1),
  plan: planIdField,
  task: taskIdField,
  attempt: external_exports.number().int().min(1),
  generation: external_exports.number().int().min(1),
  taskDigest: digestField,
  baseSha: commitField,
  /** The last commit that was made and its tree; `null` if none was. `atMs`: its date, so that it can be made again. */
  head: external_exports.strictObject({ commitSha: commitField, treeSha: treeField, atMs: time }).nullable(),
  tests: external_exports.array(WorkTest).max(MAX_RESULTS),
  reviews: external_exports.array(WorkReview).max(MAX_RESULTS),
  iterations: count.max(MAX_ROUNDS),
  usage: Usage.extend({
    costUsd: external_exports.number().min(0).max(MAX_NUMBER).nullable(),
    inputTokens: count.nullable(),
    outputTokens: count.nullable(),
    turns: count.nullable()
  }),
  /** As in evidence: ms by stage. */
  timings: external_exports.record(external_exports.string().regex(/^[a-z][A-Za-z]{0,31}$/), external_exports.number().min(0).max(MAX_NUMBER)).refine((timings) => Object.keys(timings).length <= 32, "it has more than 32 stages"),
  sandbox: external_exports.strictObject({
    engine: external_exports.enum(SANDBOX_ENGINES),
    profile: external_exports.enum(PROFILES),
    waived: external_exports.array(external_exports.enum(PROPERTIES)).max(PROPERTIES.length)
  }),
  startedAt: time,
  endedAt: time
});
function readWorkRecord(text, wanted) {
  if (text.length > MAX_WORK_RECORD_CHARACTERS)
    return { ok: false, because: `the work record has more than ${MAX_WORK_RECORD_CHARACTERS} characters` };
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, because: "the work record is not JSON" };
  }
  const record = WorkRecord.safeParse(parsed);
  if (!record.success) {
    const [issue] = record.error.issues;
    const because = `the work record is not one of this version (${issue?.path.join(".")}: ${issue?.message})`;
    return { ok: false, because: cleanLine(because, 300) };
  }
  const other = findOtherBinding(record.data, wanted);
  return other === null ? { ok: true, value: cleanTexts(record.data) } : { ok: false, because: `the work record is of another ${other} than the one that was dispatched` };
}
function cleanTexts(record) {
  return {
    ...record,
    tests: record.tests.map((test) => ({ ...test, tail: cleanBlock(test.tail) })),
    reviews: record.reviews.map((review) => ({
      ...review,
      detail: cleanLine(review.detail, 1e3),
      reviewer: cleanBlock(review.reviewer),
      findings: review.findings.map((finding) => ({
        ...finding,
        path: finding.path === null ? null : cleanLine(finding.path, 1e3),
        message: cleanBlock(finding.message)
      }))
    }))
  };
}
function findOtherBinding(record, wanted) {
  const fields = [
    ["plan", record.plan, wanted.plan],
    ["task", record.task, wanted.task],
    ["attempt", record.attempt, wanted.attempt],
    ["generation", record.generation, wanted.generation],
    ["task text", record.taskDigest, wanted.taskDigest],
    ["base", record.baseSha, wanted.baseSha]
  ];
  return fields.find(([, is, should]) => is !== should)?.[0] ?? null;
}
function shortenFindings(reviews) {
  let room = MAX_FINDINGS_TEXT;
  const kept = [...reviews].reverse().map((review) => {
    const findings = review.findings.slice(0, MAX_FINDINGS).filter(({ message, path: path4 }) => {
      room -= message.length + (path4?.length ?? 0);
      return room >= 0;
    });
    return findings.length === review.findings.length ? review : { ...review, findings };
  });
  return kept.reverse();
}

export {
  renderLegSummary,
  resultOf,
  MAX_WORK_RECORD_CHARACTERS,
  readWorkRecord,
  shortenFindings,
  awaitTurn,
  sayIdle,
  ACTION_AUTHOR,
  openLegRoom,
  MAX_EVIDENCE_BYTES,
  clearLeftFile,
  leaveJson,
  leavePack,
  leaveLog,
  maxPackBytes
};
