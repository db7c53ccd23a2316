/**
 * Answers the forge's own merge queue. Each group that it builds gets the check run of the gate on exactly its head, by
 * judging it there and then: the gate of the task as it stands now, and the tests of the task on the very tree. Where
 * that tree was never tested a run is dispatched, and the check waits for it. Nothing is answered ahead.
 */
import type { RequiredCheck } from '../config/read-github.ts';
import { digestJson } from '../digest.ts';
import type { CommitSha, TaskId } from '../brand.ts';
import type { DispatchLeg } from '../ledger/forge-record.ts';
import type { AttemptRecord, GroupTrial, LandingRecord, QueueObjection } from '../ledger/ledger.ts';
import type { DecisionNote } from '../reconcile/draft.ts';
import { renderGroupCheck } from '../report/hosted/group-check.ts';
import { isActive, lastAttempt } from '../schedule/progress.ts';
import { answerBystanders } from './answer-bystanders.ts';
import { earliest } from './earliest.ts';
import type { ForgeEffect } from './effect.ts';
import type { ForgeFacts, QueueEntryFact } from './facts.ts';
import type { HostedConfig } from './hosted-config.ts';
import { type GroupVerdict, judgeGroup, type UntestedGroup } from './judge-group.ts';
import type { Leases } from './leases.ts';
import { findOwnGate, planGateCheck } from './own-gate-check.ts';
import { findBadBefore, findOwner } from './queue-entries.ts';
import { APP_HOLDER, type RunningState } from './state.ts';

/** What an answer reads: the state after the plan's own decision. */
export interface QueueInput {
  state: RunningState;
  facts: ForgeFacts;
  config: HostedConfig;
  /** Checks that the repository's configuration asks for beside its rules. */
  wantedChecks: readonly RequiredCheck[];
}

export interface QueueAnswers {
  /** The same object as in the input if nothing changed. */
  state: RunningState;
  /** Tests of groups that are to be dispatched; they are in the state already. */
  legs: DispatchLeg[];
  effects: ForgeEffect[];
  notes: DecisionNote[];
  /** When to look again if nothing happens before, in milliseconds since the epoch. */
  wakeAtMs: number | null;
}

/** The answers of one decision in the making. */
interface Answering extends QueueAnswers {
  readonly input: QueueInput;
  readonly leases: Leases;
  readonly nowMs: number;
  /** Heads of groups that were found good in this decision. */
  readonly good: Set<CommitSha>;
}

/** Answers the queue at `nowMs`, milliseconds since the epoch. Answers that stand already are not given again. */
export function answerQueue(input: QueueInput, leases: Leases, nowMs: number): QueueAnswers {
  const state = rememberRemovals(input.state, input.facts);
  const answering: Answering = {
    input,
    leases,
    nowMs,
    good: new Set(),
    state,
    legs: [],
    effects: [],
    notes: [],
    wakeAtMs: null,
  };
  for (const entry of input.facts.mergeQueue ?? []) {
    const owner = findOwner(entry.pull, answering.state);
    if (owner.kind === 'task') answerTask(answering, owner.task, entry);
  }
  const others = answerBystanders({ ...input, state: answering.state }, { leases, nowMs, good: answering.good });
  return {
    state: others.state,
    legs: answering.legs,
    effects: [...answering.effects, ...others.effects],
    notes: answering.notes,
    wakeAtMs: earliest([answering.wakeAtMs, others.wakeAtMs]),
  };
}

/** What is known of earlier removals when a landing is asked for, so that a later one is told from them. */
function rememberRemovals(state: RunningState, facts: ForgeFacts): RunningState {
  let next = state;
  for (const [task, { queueRemoval }] of facts.pulls) {
    const landing = landingOf(next, task);
    if (landing === null || landing.knownRemoval !== undefined || queueRemoval === undefined) continue;
    next = withLanding(next, task, { ...landing, knownRemoval: queueRemoval?.id ?? null });
  }
  return next;
}

function landingOf({ ledger }: RunningState, task: TaskId): LandingRecord | null {
  const attempt = lastAttempt(ledger.tasks[task]);
  return attempt !== null && isActive(attempt) && attempt.landing?.way === 'enqueue' ? attempt.landing : null;
}

function withLanding(state: RunningState, task: TaskId, landing: LandingRecord): RunningState {
  const record = state.ledger.tasks[task];
  const attempt = lastAttempt(record);
  if (record === undefined || attempt === null) return state;
  const changed: AttemptRecord = { ...attempt, landing };
  const attempts = [...record.attempts.slice(0, -1), changed];
  return { ...state, ledger: { ...state.ledger, tasks: { ...state.ledger.tasks, [task]: { ...record, attempts } } } };
}

function answerTask(answering: Answering, task: TaskId, entry: QueueEntryFact): void {
  const { input, nowMs } = answering;
  const { headSha } = entry;
  if (headSha === null) return;
  const judged = judgeGroup({ ...input, state: answering.state }, task, entry);
  const found = judged.status === 'untested' ? beginTest(answering, task, judged) : judged;
  const verdict = found.status === 'passed' ? waitForThoseBefore(answering, entry, found) : found;
  if (verdict.status === 'passed') answering.good.add(headSha);
  noteObjection(answering, task, headSha, verdict);
  showVerdict(answering, task, { entry, headSha, verdict });
  if (verdict.status === 'failed') leaveIfKept(answering, task, entry);
  // Another plan's answer is no news to this one: its check is this very app's.
  if (verdict !== found) wakeAt(answering, nowMs + input.config.leaseMs / 2);
}

/** Writes the test of a group down, and asks for its run. The group before it, if there was one, is gone. */
function beginTest(answering: Answering, task: TaskId, group: UntestedGroup): GroupVerdict {
  const { nowMs } = answering;
  const { ledger } = answering.state;
  const attempt = lastAttempt(ledger.tasks[task]);
  if (attempt === null) throw new Error(`Task '${task}' has no attempt that a merge queue could have made a group of.`);
  const generation = ledger.nextGeneration;
  const trial: GroupTrial = {
    generation,
    holder: APP_HOLDER,
    startedAt: nowMs,
    ontoSha: group.baseSha,
    commitSha: group.headSha,
    treeSha: group.headTree,
    result: null,
  };
  const begun = { ...answering.state, ledger: { ...ledger, nextGeneration: generation + 1 } };
  answering.state = withLanding(begun, task, { ...group.landing, group: trial });
  answering.legs.push({
    work: 'trial',
    task,
    attempt: attempt.attempt,
    generation,
    mode: 'verify',
    headSha: group.headSha,
    isOver: false,
  });
  const detail = `the merge queue made ${group.headSha.slice(0, 12)} of it, which is tested`;
  answering.notes.push({ kind: 'trial-started', task, attempt: attempt.attempt, detail });
  const because = 'the tests of the task run on what the queue made';
  return { status: 'waits', because, sequel: 'again', gate: group.gate, test: null };
}

function waitForThoseBefore(answering: Answering, entry: QueueEntryFact, verdict: GroupVerdict): GroupVerdict {
  const { input, state, good } = answering;
  const open = findBadBefore(entry, { state, facts: input.facts }, good);
  if (open === null) return verdict;
  return { ...verdict, status: 'waits', because: `it waits for #${open.pull.number}, which stands before it` };
}

/** What speaks against a group is written down before it is said: when it has left the queue, that is why. */
function noteObjection(answering: Answering, task: TaskId, commitSha: CommitSha, verdict: GroupVerdict): void {
  const landing = landingOf(answering.state, task);
  if (landing === null) return;
  const { objection } = landing;
  const { because, sequel } = verdict;
  const isSame = objection?.commitSha === commitSha && objection.because === because && objection.sequel === sequel;
  if (verdict.status === 'failed' ? isSame : objection === undefined) return;
  const next: QueueObjection | undefined =
    verdict.status === 'failed' ? { commitSha, because, sequel, at: answering.nowMs } : undefined;
  answering.state = withLanding(answering.state, task, { ...landing, objection: next });
}

function showVerdict(
  answering: Answering,
  task: TaskId,
  { entry, headSha, verdict }: { entry: QueueEntryFact; headSha: CommitSha; verdict: GroupVerdict },
): void {
  const { ledger, record } = answering.state;
  const output = renderGroupCheck({ issue: record.issue, task, pull: entry.pull.number, headSha }, verdict);
  const attempt = lastAttempt(ledger.tasks[task])?.attempt ?? 0;
  const externalId = `${ledger.plan.id}/${task}/${attempt}/${digestJson(output).slice(0, 16)}`;
  const found = findOwnGate(entry.checks, answering.input.facts.app.id);
  const effect = planGateCheck('check.group', { headSha, externalId, output }, found, answering.leases);
  if (effect !== null) answering.effects.push(effect);
}

/**
 * Takes an entry out of the queue that was answered with a failure and stands there still: some queues land what failed
 * with what comes after it, and until it is gone nothing behind it can be answered well.
 */
function leaveIfKept(answering: Answering, task: TaskId, entry: QueueEntryFact): void {
  const { input, leases, nowMs } = answering;
  const pull = input.facts.pulls.get(task);
  if (pull === undefined) return;
  const saidAt = landingOf(answering.state, task)?.objection?.at ?? nowMs;
  const dueMs = saidAt + input.config.leaseMs;
  const isSaid = findOwnGate(entry.checks, input.facts.app.id)?.status === 'not-passed';
  if (!isSaid || nowMs < dueMs) {
    wakeAt(answering, Math.max(dueMs, nowMs + input.config.leaseMs / 2));
    return;
  }
  const key = `dequeue.${task}.${entry.headSha ?? ''}`;
  if (leases.take(key).granted) answering.effects.push({ kind: 'dequeue', key, task, pullNodeId: pull.nodeId });
}

function wakeAt(answering: Answering, timeMs: number): void {
  answering.wakeAtMs = Math.min(answering.wakeAtMs ?? timeMs, timeMs);
}
