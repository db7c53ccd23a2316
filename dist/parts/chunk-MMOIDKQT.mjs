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
  ACTION_AUTHOR,
  shortenFindings
} from "./chunk-B4YBB77M.mjs";
import {
  findInPath,
  findToolPaths,
  openEvidenceFiles,
  openPortLeases,
  openSandbox,
  toEvidence
} from "./chunk-2AD5ONI5.mjs";
import {
  findEnvironmentSecrets
} from "./chunk-CKL3C6WY.mjs";
import {
  CONFIG_PATH,
  MAX_CONFIG_LENGTH,
  readConfig
} from "./chunk-GMXT2ENO.mjs";
import {
  findHostedGaps,
  isPinnedImage
} from "./chunk-CICE3PZ7.mjs";
import {
  callClient,
  findContainerClient,
  readMachine,
  repositoryRunPrefix
} from "./chunk-AUMJUHMA.mjs";

// src/entrypoints/action/leg-deps.ts
import os from "node:os";
import path from "node:path";
import process from "node:process";

// src/adapters/sandbox/pull-image.ts
var PULL_WITHIN_MS = 15 * 6e4;
async function pullImage(options) {
  const { image, engines, env, stateDir } = options;
  if (!isPinnedImage(image)) throw new Error(`Image '${image}' has no digest, so it is not pulled.`);
  const machine = await readMachine(env);
  const reasons = [];
  for (const engine of engines) {
    const found = await findContainerClient({ engine, env, machine, stateDir });
    if (!found.ok) {
      reasons.push(found.because);
      continue;
    }
    const has = await callClient(found.client, ["image", "inspect", "--format", "{{.Id}}", "--", image]);
    if (has.failure === null) return { kind: "there", engine };
    const pulled = await callClient(found.client, ["pull", "--quiet", "--", image], { withinMs: PULL_WITHIN_MS });
    if (pulled.failure === null) return { kind: "pulled", engine };
    reasons.push(`${engine} could not pull it: ${pulled.failure}`);
  }
  return {
    kind: "failed",
    because: `image '${image}' is not here (${reasons.join("; ")})`,
    nextStep: "let the runner have docker and a way to the registry, or pull the image in a step before this one"
  };
}

// src/entrypoints/action/leg-deps.ts
var RUNNERS_OWN = /^(?:GITHUB|ACTIONS|RUNNER|INPUT)_/i;
async function openLegDeps(session, room, turn) {
  const { env, clock, log, speech } = session;
  const config = await readBaseConfig(room, configCommitOf(turn));
  if (typeof config === "string") return refused(config);
  const task = settingsTaskOf(turn);
  const opened = await openTaskSandbox(session, room, { config, task, ledger: turn.ledger });
  if (typeof opened === "string") return refused(opened);
  speech.say(`Sandbox: ${opened.sandbox.engine}, ${opened.reason}.`);
  const hostEnv = pickHostEnv(env, task.env);
  speech.hide(Object.values(hostEnv));
  const deps = {
    git: room.git,
    sandbox: opened.sandbox,
    evidence: openEvidenceFiles({
      stateDir: room.stateDir,
      secrets: [...findEnvironmentSecrets(env), ...Object.values(hostEnv)]
    }),
    files: room.files,
    ports: openPortLeases({ folder: path.join(os.tmpdir(), `espalier-ports-${process.getuid?.() ?? "user"}`) }),
    clock,
    log,
    policy: { protectedPaths: config.protectedPaths, ...config.limits },
    hostEnv,
    checkout: null,
    portRange: config.ports,
    author: ACTION_AUTHOR
  };
  return { kind: "opened", deps, config };
}
function configCommitOf({ ledger, order }) {
  switch (order.kind) {
    case "attempt":
    case "given":
      return order.order.baseSha;
    case "trial":
      return order.order.ontoSha;
    case "final":
      return ledger.baseSha;
  }
}
function pickHostEnv(env, names) {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Object.hasOwn(env, name) && !RUNNERS_OWN.test(name) ? env[name] : void 0;
      return value === void 0 ? [] : [[name, value]];
    })
  );
}
function settingsTaskOf({ ledger, order }) {
  if (order.kind !== "final") return order.order.task;
  const [first] = ledger.plan.tasks;
  if (first === void 0) throw new Error("A plan without tasks has no final tests to run.");
  return first;
}
async function readBaseConfig({ git }, commit) {
  const text = await git.readFile(commit, CONFIG_PATH, MAX_CONFIG_LENGTH * 4);
  const { config, problems } = readConfig(text ?? "");
  if (config !== null) return config;
  const [first] = problems.filter(({ severity }) => severity === "error");
  return `${CONFIG_PATH} at ${commit} cannot be used: ${first?.message ?? "it has an error"}. Put it right on the base.`;
}
async function openTaskSandbox({ env, speech }, room, { config, task, ledger }) {
  const { engine, rootfs, waive } = config.sandbox;
  if (engine === "none")
    return `${CONFIG_PATH} says 'sandbox: {engine: none}'. In a job this would give the job's token to the agent. Write 'engine: auto' there, and let the runner have docker, podman or bubblewrap.`;
  const [gap] = findHostedGaps(task, config).filter(({ code }) => code !== "runner-not-allowed");
  if (gap !== void 0) return `${gap.because}. To mend it, ${gap.next}.`;
  const image = task.image ?? config.sandbox.image;
  const stateDir = path.join(room.stateDir, "sandbox");
  if (image !== null) {
    const engines = engine === "docker" || engine === "podman" ? [engine] : ["docker", "podman"];
    const pulled = await speech.group("Pull the image", () => pullImage({ image, engines, env, stateDir }));
    if (pulled.kind === "failed") return `No sandbox: ${pulled.because}. To mend it, ${pulled.nextStep}.`;
  }
  const searchPath = env["PATH"] ?? "";
  const opened = await openSandbox({
    asked: engine,
    profiles: [task.profile],
    waive,
    root: image !== null ? { kind: "image", image } : rootfs === null ? { kind: "host" } : { kind: "folder", path: rootfs },
    toolPaths: await findToolPaths({
      plan: { ...ledger.plan, tasks: [task] },
      // The runner's own is not meant for the programs of a job; what the job has set up is.
      node: await findInPath("node", searchPath) ?? process.execPath,
      searchPath,
      said: []
    }),
    stateDir,
    env
  });
  if (opened.kind === "refused")
    return `No sandbox on this runner: ${opened.because}. To mend it: ${opened.nextStep}; or let 'runs_on' name a runner that has one.`;
  return { sandbox: opened.sandbox, reason: opened.choice.because };
}
function refused(because) {
  return { kind: "refused", because };
}

// src/entrypoints/action/leg-control.ts
var ORDERLY_STOP_MS = 4e3;
function openLegControl({ signal, speech, log }, { sandbox }, { git }) {
  signal.addEventListener(
    "abort",
    () => {
      setTimeout(() => {
        sandbox.reap(repositoryRunPrefix(git.objectsDir)).catch((error) => {
          log.warn("What still runs could not be ended", { cause: String(error) });
        });
      }, ORDERLY_STOP_MS).unref();
    },
    { once: true }
  );
  let told = "";
  return {
    signal,
    onProgress: ({ stage, iteration, score }) => {
      const round = iteration > 1 ? `, round ${iteration}` : "";
      const line = `${stage}${round}${score === null ? "" : `, score ${score}`}`;
      if (line !== told) speech.say(line);
      told = line;
    }
  };
}

// src/engine/attempt/earlier-work.ts
function toWorkRecord(deps, order, state, end) {
  const { plan, task, attempt, generation, taskDigest, baseSha, ...rest } = toEvidence(deps, order, state, end);
  const { head } = state;
  return {
    version: 1,
    plan,
    task,
    attempt,
    generation,
    taskDigest,
    baseSha,
    head: head === null || head.atMs === null ? null : { commitSha: head.commit, treeSha: head.tree, atMs: head.atMs },
    tests: state.tests.map((test) => ({ ...test, stage: "work", reused: false })),
    reviews: shortenFindings(state.reviews.map((review) => ({ ...review, stage: "work" }))),
    iterations: rest.iterations,
    usage: rest.usage,
    timings: rest.timings,
    sandbox: { engine: deps.sandbox.engine, profile: order.task.profile, waived: [...deps.sandbox.waived] },
    startedAt: rest.startedAt,
    endedAt: rest.endedAt
  };
}
function takeOverWork(state, work) {
  state.tests.push(...work.tests);
  state.reviews.push(...work.reviews);
  state.usage = work.usage;
  state.iterations = work.iterations;
}
function addEarlierWork(evidence, work) {
  const timings = { ...work.timings };
  for (const [stage, ms] of Object.entries(evidence.timings)) timings[stage] = (timings[stage] ?? 0) + ms;
  return {
    ...evidence,
    timings,
    startedAt: Math.min(work.startedAt, evidence.startedAt),
    sandbox: joinSandboxes(evidence.sandbox, work.sandbox)
  };
}
function joinSandboxes(verified, worked) {
  return {
    engine: verified.engine === worked.engine ? verified.engine : `${verified.engine} (the agent's: ${worked.engine})`,
    profile: verified.profile,
    waived: [.../* @__PURE__ */ new Set([...verified.waived, ...worked.waived])]
  };
}

export {
  toWorkRecord,
  takeOverWork,
  addEarlierWork,
  openLegDeps,
  configCommitOf,
  openLegControl
};
