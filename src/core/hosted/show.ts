/** What people are to see after a decision: the issue's comment and answers, pull requests, checks, labels, the end. */
import type { EspalierConfig } from '../config/config.ts';
import type { PendingAnswer } from '../ledger/forge-record.ts';
import { viewPlan } from '../reconcile/view-plan.ts';
import { renderPlanChanged, renderReplies, renderStuckNotice } from '../report/hosted/answers.ts';
import type { StuckTask } from '../report/hosted/attention.ts';
import { renderFinalReport } from '../report/hosted/final-report.ts';
import { renderGateCheck } from '../report/hosted/gate-check.ts';
import { renderObstacle } from '../report/hosted/obstacle.ts';
import { KEPT_LABELS, planLabels, pullLabels } from '../report/hosted/plan-labels.ts';
import { renderPullBody, renderPullTitle } from '../report/hosted/pull-body.ts';
import type { PlanScene } from '../report/hosted/scene.ts';
import { renderStatusComment } from '../report/hosted/status-comment.ts';
import type { HostedInput } from './hosted-input.ts';
import type { ForgeEffect } from './effect.ts';
import type { ForgeFacts } from './facts.ts';
import { findHindrances } from './find-hindrances.ts';
import { hasJobToken } from './job-token.ts';
import type { Leases } from './leases.ts';
import { listLowQuotas, withoutPatient } from './low-quota.ts';
import { type IssuePlan, readIssuePlan } from './pin-plan.ts';
import { pullGateFacts } from './pull-gate-facts.ts';
import type { AddressedReply } from './reply.ts';
import { answerMarker, postAnswers, type Showing, showStatus } from './show-plan.ts';
import { labelChange, showPulls } from './show-pulls.ts';
import type { HostedState, RunningState } from './state.ts';

export interface Shown extends Showing {
  state: HostedState;
}

/** What showing reads beside the decision's input, whose state is the one after the decision. */
export interface ShowInput extends HostedInput {
  /** The record as it was before this decision. */
  before: HostedState['record'];
  replies: readonly AddressedReply[];
}

/** Plans everything that is shown. */
export function show(input: ShowInput, leases: Leases, nowMs: number): Shown {
  const { facts } = input;
  const { issue } = facts;
  if (issue === null) return { state: input.state, effects: [], dueMs: null };
  const issuePlan = readIssuePlan(issue.number, issue.body, facts.configText);
  const running = input.state.ledger === null ? null : { ...input.state, ledger: input.state.ledger };
  const scene = running === null ? null : sceneOf(input, running, issuePlan.config, nowMs);
  const shown = scene === null || running === null ? null : showRunning(input, running, scene, { leases, nowMs });
  const record = shown?.state.record ?? input.state.record;
  const { kept, passing } = answerReplies(input, issuePlan, scene);
  const answers: PendingAnswer[] = [...record.answers, ...(shown?.answers ?? []), ...kept];
  const asked = { ...input.state, record: answers.length === 0 ? record : { ...record, answers } };
  const posted = postAnswers(asked, facts, input.outcomes, leases);
  // The issue is closed once its report is known to stand there.
  const isReportPosted = record.answers.some(isReport) && !posted.left.some(isReport);
  const isSame =
    posted.left.length === record.answers.length && posted.left.every((one, at) => one === record.answers[at]);
  return {
    state: { ...asked, record: isSame ? record : { ...asked.record, answers: posted.left } },
    effects: [...posted.effects, ...passing, ...(shown?.effects ?? [])],
    dueMs: isReportPosted ? nowMs : (shown?.dueMs ?? null),
  };
}

function answerOf(
  { key, thread, reaction, replies }: AddressedReply,
  input: ShowInput,
  issuePlan: IssuePlan,
  scene: PlanScene | null,
): PendingAnswer {
  const { issue } = input.state.record;
  const body = renderReplies(replies, {
    issue,
    place: thread === issue ? 'plan' : 'pull',
    scene,
    issuePlan,
    maxParallel: maxParallelOf(input),
    hindrances: findHindrances(input.facts, input.config, issuePlan),
  });
  return { key, thread, body, ...(reaction === undefined ? {} : { reaction }) };
}

/** The answers that are kept in the record until they stand there, and the effects for those in passing. */
function answerReplies(
  input: ShowInput,
  issuePlan: IssuePlan,
  scene: PlanScene | null,
): { kept: PendingAnswer[]; passing: ForgeEffect[] } {
  const kept: PendingAnswer[] = [];
  const passing: ForgeEffect[] = [];
  for (const reply of input.replies) {
    const answer = answerOf(reply, input, issuePlan, scene);
    const { key, thread } = answer;
    const body = `${answerMarker(key)}\n${answer.body}`;
    // Another process may be at it too, and no lease keeps them apart.
    if (reply.isPassing === true) passing.push({ kind: 'answer', key: `answer.${key}`, thread, body, lookFirst: true });
    else kept.push(answer);
  }
  return { kept, passing };
}

function isReport({ key }: PendingAnswer): boolean {
  return key.startsWith('report.');
}

/** Attempts at once where nobody says so. */
const DEFAULT_PARALLEL = 8;

/** Attempts that may run at once. */
export function maxParallelOf({ config }: Pick<HostedInput, 'config'>): number {
  return config.maxParallel ?? DEFAULT_PARALLEL;
}

/** A plan as its texts show it at `nowMs`. `config` is what the repository says. */
export function sceneOf(
  input: Pick<ShowInput, 'facts' | 'config'>,
  state: RunningState,
  config: EspalierConfig,
  nowMs: number,
): PlanScene {
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
    ...(input.facts.heldRuns === undefined ? {} : { heldRuns: input.facts.heldRuns }),
    nowMs,
  };
}

interface RunningShown extends Showing {
  state: RunningState;
  answers: PendingAnswer[];
}

function showRunning(
  input: ShowInput,
  state: RunningState,
  scene: PlanScene,
  { leases, nowMs }: { leases: Leases; nowMs: number },
): RunningShown {
  const { facts } = input;
  const stuck = findStuck(input, scene);
  const status = showStatus(
    state,
    facts,
    renderStatusComment(scene, { stuck, lowQuotas: listLowQuotas(facts) }),
    leases,
    nowMs,
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
      keptLabels: KEPT_LABELS,
    },
    leases,
  );
  const ended = endPlan(state, scene, facts, nowMs);
  const labels = labelChange(
    'labels.plan',
    state.record.issue,
    facts.issue?.labels ?? [],
    planLabels(scene),
    KEPT_LABELS,
  );
  const notices = noticesOf(input, scene, stuck);
  const texts = [...pulls, ...labels];
  // With little left they wait for the status comment, which is written less often then.
  const mayWait = status.dueMs !== null && listLowQuotas(facts).length > 0;
  return {
    state: rememberTold(ended.state, notices.told),
    effects: [...(mayWait ? withoutPatient(texts, facts) : texts), ...status.effects, ...ended.effects],
    dueMs: status.dueMs,
    answers: [...notices.answers, ...ended.answers],
  };
}

/** Comments that are made once, when something has changed that a person should know. */
function noticesOf(
  input: ShowInput,
  scene: PlanScene,
  stuck: readonly StuckTask[],
): { answers: PendingAnswer[]; told: string[] } {
  const { record } = scene;
  const { issue } = record;
  const notices: PendingAnswer[] = [];
  const { proposed, obstacle } = record;
  if (proposed !== null && input.before.proposed?.source !== proposed.source) {
    const issuePlan = readIssuePlan(issue, input.facts.issue?.body ?? '', input.facts.configText);
    const key = `changed.${proposed.source.slice(0, 16)}`;
    notices.push({ key, thread: issue, body: renderPlanChanged(scene, issuePlan) });
  }
  if (obstacle !== null && input.before.obstacle?.code !== obstacle.code)
    notices.push({ key: `obstacle.${obstacle.at}`, thread: issue, body: renderObstacle(obstacle) });
  const told = new Set(record.told);
  const fresh = stuck.filter((one) => !told.has(stuckKey(one)));
  if (fresh.length > 0)
    notices.push({
      key: fresh.map(stuckKey).join('+').slice(0, 200),
      thread: issue,
      body: renderStuckNotice(scene, fresh),
    });
  return { answers: notices, told: fresh.map(stuckKey) };
}

const MAX_TOLD = 100;

function rememberTold(state: RunningState, told: readonly string[]): RunningState {
  if (told.length === 0) return state;
  return { ...state, record: { ...state.record, told: [...state.record.told, ...told].slice(-MAX_TOLD) } };
}

function stuckKey({ task, sinceMs }: StuckTask): string {
  return `stuck.${task}.${sinceMs}`;
}

/** Tasks whose run has given no sign for longer than the configuration allows. */
function findStuck({ facts, config, state }: ShowInput, scene: PlanScene): StuckTask[] {
  const stuck: StuckTask[] = [];
  for (const dispatch of state.record.dispatches) {
    const seen = facts.runs.get(dispatch.nonce);
    const sinceMs = Math.max(dispatch.writtenAt, seen?.updatedAtMs ?? 0);
    if (scene.nowMs - sinceMs < config.stuckAfterMs) continue;
    for (const leg of dispatch.legs) if (!leg.isOver && leg.work !== 'final') stuck.push({ task: leg.task, sinceMs });
  }
  return stuck;
}

/** Noted once the issue was seen closed: whoever opens it again wants it open. */
const CLOSED = 'closed';

/** The report, once, when nothing is left to do; the issue is closed when all of it has landed, once as well. */
function endPlan(
  state: RunningState,
  scene: PlanScene,
  facts: ForgeFacts,
  nowMs: number,
): { state: RunningState; effects: ForgeEffect[]; answers: PendingAnswer[] } {
  const { record } = state;
  const isEnded = scene.view.status === 'landed' || scene.view.status === 'final-failed';
  if (!isEnded || facts.issue === null) return { state, effects: [], answers: [] };
  if (!record.isReported) {
    // Each run of the tests on the whole ends in a report of its own: a later one may say the contrary.
    const { certificates, final } = state.ledger;
    const revision = record.accepted?.revision.slice(0, 12) ?? '';
    const key = `report.${certificates.length}.${revision}.${final?.generation ?? 0}`;
    const told = record.told.filter((each) => each !== CLOSED);
    return {
      state: { ...state, record: { ...record, told, isReported: true } },
      effects: [],
      answers: [{ key, thread: record.issue, body: renderFinalReport(scene, nowMs) }],
    };
  }
  if (record.answers.some(isReport) || scene.view.status !== 'landed' || record.told.includes(CLOSED))
    return { state, effects: [], answers: [] };
  if (!facts.issue.isOpen) return { state: rememberTold(state, [CLOSED]), effects: [], answers: [] };
  return { state, effects: [{ kind: 'close-issue', key: 'close', nodeId: facts.issue.nodeId }], answers: [] };
}
