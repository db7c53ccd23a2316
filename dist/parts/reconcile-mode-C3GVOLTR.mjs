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
  HostedPlan,
  readIssuePlan,
  renderStatusComment,
  sceneOf
} from "./chunk-T6JDGURN.mjs";
import "./chunk-LE5TSCQL.mjs";
import {
  listLowQuotas
} from "./chunk-JYFQJQQT.mjs";
import "./chunk-VU4F2ITD.mjs";
import "./chunk-PT24LNPS.mjs";
import "./chunk-KOHP7R6O.mjs";
import {
  openServerless,
  toActionError
} from "./chunk-QJU3GTUS.mjs";
import "./chunk-6RY23M7P.mjs";
import "./chunk-PK42BOFK.mjs";
import {
  GitHubError,
  issueOf
} from "./chunk-CQY33ZTP.mjs";
import "./chunk-HVR6NXFW.mjs";
import "./chunk-ABBLWSCP.mjs";
import "./chunk-OJDTVROY.mjs";
import "./chunk-VMCFKXXI.mjs";
import "./chunk-CAA5KSZQ.mjs";
import "./chunk-GMXT2ENO.mjs";
import "./chunk-XUAMTQD7.mjs";
import {
  ActionError
} from "./chunk-HHX5HOBA.mjs";
import "./chunk-SBM5ZMS6.mjs";
import "./chunk-CICE3PZ7.mjs";
import "./chunk-EM5YRON7.mjs";
import "./chunk-AVVG3THQ.mjs";
import "./chunk-TFCDRFP4.mjs";
import "./chunk-4P42K4ID.mjs";

// src/core/hosted/summarize-plan.ts
function summarizePlan({ plan, state, facts, config }, nowMs) {
  const { issue } = facts;
  if (issue === null) return `## ${plan}

Its issue is gone.`;
  if (facts.repository.isArchived) return `## ${plan}

The repository is archived: nothing can go on.`;
  if (state.ledger === null)
    return `## ${plan}

This plan was not started yet. Somebody with write permission starts it with the comment \`/espalier run\`.`;
  const { config: said } = readIssuePlan(issue.number, issue.body, facts.configText);
  const scene = sceneOf({ facts, config }, { ...state, ledger: state.ledger }, said, nowMs);
  return renderStatusComment(scene, { stuck: [], lowQuotas: listLowQuotas(facts) });
}

// src/entrypoints/action/reconcile-mode.ts
var MAX_WAITS_MS = 4e4;
var MAX_TOTAL_MS = 10 * 6e4;
var LEAST_GAP_MS = 1e3;
var MAX_TELLING_LOOKS = 3;
var FIRST_RETRY_MS = 2e3;
async function runReconcile(session) {
  const { inputs, speech } = session;
  const issue = issueOf(inputs.plan);
  if (issue === null)
    throw new ActionError(`The plan '${inputs.plan}' is not that of an issue.`, {
      next: "name it as 'issue-<number>'"
    });
  const serverless = await openServerless(session);
  const plan = openPlan(session, serverless, issue);
  const report = await toActionError(() => pursue(session, plan));
  const outcome = judgeOutcome(report, serverless);
  speech.setOutput("outcome", outcome);
  const isWaiting = outcome === "waiting" && report.wakeAtMs !== null;
  speech.setOutput("wake-at", isWaiting ? new Date(report.wakeAtMs ?? 0).toISOString() : "");
  showPlan(session, serverless, report);
}
function openPlan(session, serverless, issue) {
  const { inputs, runner, clock } = session;
  const { github, repository, config } = serverless;
  const forge = github.forgeOf({ repositoryId: repository.id, owner: repository.owner, repo: repository.name });
  const replica = `run-${runner.runId}.${runner.runAttempt}.${runner.job}.${inputs.plan}`.slice(0, 200);
  return new HostedPlan({ forge, clock, replica, config }, issue);
}
async function pursue({ clock, signal, log, runner, inputs }, plan) {
  const pursuit = { startedAtMs: clock.now(), waitedMs: 0, failures: 0, tellingLooks: 0 };
  for (; ; ) {
    const looked = await lookOnce(plan);
    for (const { kind, task, attempt, detail } of looked.report?.notes ?? [])
      log.info("A plan went on.", { plan: inputs.plan, kind, task, attempt, detail });
    const waitMs = takeNextWait(pursuit, looked, clock.now());
    if (waitMs === null || signal.aborted) {
      if (looked.report !== null) return looked.report;
      throw looked.error;
    }
    log.debug("The plan is looked at again soon.", { plan: inputs.plan, waitMs, run: runner.runId });
    await clock.sleep(waitMs, signal);
  }
}
function takeNextWait(pursuit, looked, nowMs) {
  const isTelling = looked.report?.again !== true && looked.report?.isUntold === true;
  pursuit.tellingLooks = isTelling ? pursuit.tellingLooks + 1 : 0;
  pursuit.failures = looked.report === null ? pursuit.failures + 1 : 0;
  const isAtOnce = looked.report?.again === true || isTelling && pursuit.tellingLooks <= MAX_TELLING_LOOKS;
  const waitMs = isAtOnce ? LEAST_GAP_MS : waitOf(looked, pursuit.failures, nowMs);
  if (waitMs === null) return null;
  const waitedMs = pursuit.waitedMs + (isAtOnce ? 0 : waitMs);
  if (nowMs + waitMs - pursuit.startedAtMs > MAX_TOTAL_MS || waitedMs > MAX_WAITS_MS) return null;
  pursuit.waitedMs = waitedMs;
  return waitMs;
}
async function lookOnce(plan) {
  try {
    return { report: await plan.reconcile() };
  } catch (error) {
    if (error instanceof GitHubError && error.isTransient) return { report: null, error };
    throw error;
  }
}
function waitOf(looked, failures, nowMs) {
  if (looked.report === null)
    return Math.max(FIRST_RETRY_MS * 2 ** (failures - 1), (looked.error.notBeforeMs ?? 0) - nowMs);
  const { wakeAtMs } = looked.report;
  return wakeAtMs === null ? null : Math.max(LEAST_GAP_MS, wakeAtMs - nowMs);
}
function judgeOutcome({ again, wakeAtMs, facts, state }, { self }) {
  if (facts !== null && (facts.issue === null || facts.repository.isArchived)) return "refused";
  const keeper = state?.record.keeper;
  if (state?.ledger != null && keeper !== void 0 && keeper.appId !== self.appId) return "refused";
  const isUnderWay = state?.record.dispatches.some(({ legs }) => legs.some(({ isOver }) => !isOver)) === true;
  return again || wakeAtMs !== null || isUnderWay ? "waiting" : "settled";
}
function showPlan(session, { config, self }, { facts, state }) {
  const { inputs, speech, clock } = session;
  if (facts === null || state === null) return;
  const { keeper } = state.record;
  if (state.ledger !== null && keeper !== void 0 && keeper.appId !== self.appId)
    speech.annotate("notice", `${inputs.plan} is kept by ${keeper.login}, and is left alone by ${self.login}.`);
  speech.summarize(summarizePlan({ plan: inputs.plan, state, facts, config }, clock.now()));
}
export {
  runReconcile
};
