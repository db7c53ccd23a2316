/** What a running plan comes to: results are taken in, people's pushes adopted, the next steps decided and dispatched. */
import { readIssuePlan, dispatchableTasks, proposePlan } from './pin-plan.ts';
import type { RequiredCheck } from '../config/read-github.ts';
import type { TrialResult } from '../ledger/evidence.ts';
import type { PlanLedger } from '../ledger/ledger.ts';
import { decide } from '../reconcile/decide.ts';
import type { DecisionNote } from '../reconcile/draft.ts';
import { findClaimBefore } from '../reconcile/landing-claim.ts';
import type { DecideConfig, Snapshot } from '../reconcile/snapshot.ts';
import { isActive, lastAttempt } from '../schedule/progress.ts';
import { adoptHeads } from './adopt-heads.ts';
import { answerQueue } from './answer-queue.ts';
import { findBusyLandings } from './busy-landings.ts';
import { type DispatchedWork, dispatchWork } from './dispatch-work.ts';
import { earliest } from './earliest.ts';
import type { HostedInput } from './hosted-input.ts';
import type { ForgeEffect } from './effect.ts';
import type { HostedConfig } from './hosted-config.ts';
import { followQueue } from './follow-queue.ts';
import { landEffects, readRefusals } from './land-effects.ts';
import { landingWay, type LandingPlan } from './landing-way.ts';
import type { Leases } from './leases.ts';
import { findObstacleOf, noteObstacle } from './plan-obstacles.ts';
import { publishHeads, type TakenReceipt } from './publish-heads.ts';
import { pullGateFacts } from './pull-gate-facts.ts';
import { readWork, type WorkReading } from './read-work.ts';
import { maxParallelOf } from './show.ts';
import { seeLandings } from './seen-landings.ts';
import { recordPulls } from './show-pulls.ts';
import { APP_HOLDER, type RunningState } from './state.ts';

/** Results that are known without a run (a conflict, a tree that was tested before) are decided on at once. */
const MAX_PASSES = 4;

export interface WorkedPlan {
  state: RunningState;
  effects: ForgeEffect[];
  notes: DecisionNote[];
  wakeAtMs: number | null;
}

type WorkInput = HostedInput & { state: RunningState };

/** Takes the plan as far as it goes without waiting for the outside. */
export function workPlan(asked: WorkInput, leases: Leases, nowMs: number): WorkedPlan {
  const facts = { ...asked.facts, landed: seeLandings(asked.state.ledger, asked.facts) };
  const input = { ...asked, facts };
  const { outcomes, config, replica } = input;
  const pinned = pinText(input, nowMs);
  const reading = readWork({ ...input, ledger: pinned.ledger, record: pinned.record }, nowMs);
  const followed = followQueue({ ...input, ledger: pinned.ledger, trials: reading.trials }, nowMs);
  const adopted = adoptHeads({ ...input, ledger: followed.ledger, record: reading.record }, nowMs);
  const way = wayOf(input);
  const issuePlan = facts.issue === null ? null : readIssuePlan(facts.issue.number, facts.issue.body, facts.configText);
  let state: RunningState = { ...pinned, ledger: adopted.ledger, record: reading.record };
  const effects: ForgeEffect[] = [];
  const notes: DecisionNote[] = [...followed.notes, ...adopted.notes];
  const trials = new Map<string, TrialResult>(reading.trials);
  let dispatched: DispatchedWork | null = null;
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const decision = decide(
      takeSnapshot(input, state, { reading, trials }, nowMs),
      decideConfig(input, state, way, issuePlan?.isConfigRead !== false),
      nowMs,
    );
    state = { ...state, ledger: decision.ledger, queue: decision.queue };
    notes.push(...decision.notes);
    dispatched = dispatchWork({ ...input, state, actions: decision.actions, leases }, nowMs);
    state = { ...state, ledger: dispatched.ledger, record: dispatched.record };
    effects.push(...dispatched.effects);
    if ('way' in way) effects.push(...landEffects(state, facts, decision.actions, way, leases));
    if (dispatched.trials.size === 0) break;
    for (const [key, result] of dispatched.trials) trials.set(key, result);
  }
  if (issuePlan !== null) {
    const record = noteObstacle(state.record, findObstacleOf(state, facts, issuePlan, way), nowMs);
    state = { ...state, record };
  }
  const answered = answerQueue({ ...input, state, wantedChecks: wantedChecksOf(input) }, leases, nowMs);
  const tested = dispatchWork({ ...answered, facts, outcomes, config, replica, actions: [], leases }, nowMs);
  state = { ...answered.state, ledger: tested.ledger, record: tested.record };
  effects.push(...tested.effects, ...answered.effects);
  notes.push(...answered.notes);
  const heads = publishHeads(state, facts, takenReceipts(reading), 'way' in way && way.movesBranch);
  const dueTimes = [reading, followed, dispatched, answered, tested].map((part) => part?.wakeAtMs ?? null);
  const wakeAtMs = earliest([...dueTimes, findDueMs(state, config, nowMs)]);
  return { state, effects: [...heads, ...effects], notes, wakeAtMs };
}

/** The proposal that the issue's text is, and what is known of pull requests, before anything is decided. */
function pinText(input: WorkInput, nowMs: number): RunningState {
  const { state, facts } = input;
  const { issue } = facts;
  const pulls = recordPulls(state, facts);
  const proposed =
    issue === null
      ? state.record.proposed
      : proposePlan(state.ledger, state.record, readIssuePlan(issue.number, issue.body, facts.configText), nowMs);
  const ledger =
    issue === null || state.record.isReported ? state.ledger : followIssue(state.ledger, issue.isOpen, nowMs);
  if (ledger === state.ledger && pulls === state.record.pulls && proposed === state.record.proposed) return state;
  return { ...state, ledger, record: { ...state.record, pulls, proposed } };
}

/** Who a plan was paused by when a person closed its issue. */
const CLOSED_ISSUE = 'the closing of the issue';

/** A plan whose issue was closed starts and lands nothing more until the issue is open again. */
function followIssue(ledger: PlanLedger, isOpen: boolean, nowMs: number): PlanLedger {
  if (!isOpen && ledger.paused === null) return { ...ledger, paused: { at: nowMs, by: CLOSED_ISSUE } };
  if (isOpen && ledger.paused?.by === CLOSED_ISSUE) return { ...ledger, paused: null };
  return ledger;
}

/** Checks that the repository's configuration asks for, beside those of the base's rules. */
function wantedChecksOf({ facts }: Pick<WorkInput, 'facts'>): readonly RequiredCheck[] {
  const { issue } = facts;
  return issue === null ? [] : readIssuePlan(issue.number, issue.body, facts.configText).config.github.checks;
}

/** How the base is moved. Checks that the configuration asks for run on the very tree that lands. */
function wayOf({ facts, config, state }: WorkInput): LandingPlan {
  const way = landingWay(facts.rules, config, facts.app.id);
  const { issue } = facts;
  if ('impossible' in way || way.movesBranch || issue === null) return way;
  const asksChecks = readIssuePlan(state.record.issue, issue.body, facts.configText).config.github.checks.length > 0;
  return asksChecks ? { ...way, movesBranch: true } : way;
}

function takeSnapshot(
  { facts, outcomes }: WorkInput,
  state: RunningState,
  results: { reading: WorkReading; trials: ReadonlyMap<string, TrialResult> },
  nowMs: number,
): Snapshot {
  const { reading, trials } = results;
  return {
    ledger: state.ledger,
    queue: state.queue,
    me: APP_HOLDER,
    deadHolders: [],
    tip: facts.base.tip,
    inFlight: reading.inFlight,
    evidence: reading.evidence,
    trials,
    final: reading.final,
    diedFinal: reading.diedFinal,
    landed: facts.landed,
    busyLandings: findBusyLandings({ ledger: state.ledger, record: state.record, facts, outcomes }, nowMs),
    refusals: readRefusals(state, outcomes),
    pulls: pullGateFacts(state, facts, wantedChecksOf({ facts })),
  };
}

function decideConfig(input: WorkInput, state: RunningState, way: LandingPlan, isConfigRead: boolean): DecideConfig {
  const { config } = input;
  return {
    maxParallel: maxParallelOf(input),
    leaseMs: config.leaseMs,
    backoffMs: config.backoffMs,
    landingStrength: 'way' in way ? way.strength : 'exact',
    ...('way' in way ? { landingWay: way.way } : { mayLand: false }),
    // Without its configuration no run can be made, and none is tried.
    only: isConfigRead ? dispatchableTasks(state.ledger, state.record) : new Set(),
  };
}

function takenReceipts(reading: WorkReading): TakenReceipt[] {
  return reading.taken.map(({ leg, receiptSha, headSha }) => ({
    task: leg.task,
    attempt: leg.attempt,
    generation: leg.generation,
    receiptSha,
    headSha,
    isGiven: leg.mode === 'verify',
  }));
}

/** The next time at which a back-off or another plan's claim ends, or at which a landing that was asked for is looked after. */
function findDueMs({ ledger, queue }: RunningState, { leaseMs }: HostedConfig, nowMs: number): number | null {
  const finalMs = ledger.final?.result == null ? (ledger.final?.died?.notBefore ?? 0) : 0;
  const times = Object.values(ledger.tasks).flatMap((record) => {
    const last = lastAttempt(record);
    const landing = isActive(last) ? (last?.landing ?? null) : null;
    return [record.notBefore, ...(landing === null ? [] : [landing.notBefore, nowMs + leaseMs])];
  });
  const claimMs = findClaimBefore(queue, ledger.plan.id, nowMs)?.until ?? 0;
  return earliest([finalMs, claimMs, ...times].filter((time) => time > nowMs));
}
