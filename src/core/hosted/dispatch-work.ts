/**
 * Brings the actions of a decision to remote runs: legs are written into the record before the run is asked for, a run
 * whose dispatcher died is looked for and then asked for, and runs that nobody waits for are cancelled.
 */
import type { Action } from '../reconcile/action.ts';
import type { DispatchLeg, DispatchRecord, ForgeRecord } from '../ledger/forge-record.ts';
import type { TrialResult } from '../ledger/evidence.ts';
import type { HolderId, PlanLedger } from '../ledger/ledger.ts';
import type { HostedSettings } from '../plan/hosted-gaps.ts';
import { lastAttempt } from '../schedule/progress.ts';
import type { TaskId } from '../brand.ts';
import { findAwaited } from './awaited-work.ts';
import { dispatchDueMs, dispatchKey, namedAtMs } from './dispatch-outcomes.ts';
import type { EffectOutcome, ForgeEffect } from './effect.ts';
import type { ForgeFacts } from './facts.ts';
import type { HostedConfig } from './hosted-config.ts';
import type { Leases } from './leases.ts';
import { mayRun, partLegs, withRunner } from './leg-inputs.ts';
import { legKey } from './leg-key.ts';
import { readIssuePlan } from './pin-plan.ts';
import { stepTrial } from './step-trial.ts';
import type { RunningState } from './state.ts';

/** What dispatching reads. The state is the decision's own. */
export interface DispatchInput {
  state: RunningState;
  actions: readonly Action[];
  /** Legs that are wanted beside those of the actions. */
  legs?: readonly DispatchLeg[];
  facts: ForgeFacts;
  outcomes: ReadonlyMap<string, EffectOutcome>;
  config: HostedConfig;
  /** Who asks for the runs that are written down now. */
  replica: HolderId;
  leases: Leases;
}

export interface DispatchedWork {
  ledger: PlanLedger;
  /** The same object as in the input if nothing changed. */
  record: ForgeRecord;
  effects: ForgeEffect[];
  /** Trials whose result is known without a run (a conflict, a tree that was tested before): decide on them again. */
  trials: Map<string, TrialResult>;
  /** When something is due again if nothing happens before; milliseconds since the epoch. */
  wakeAtMs: number | null;
}

/** The legs, effects and results that one call gathers. */
interface Dispatching extends DispatchedWork {
  readonly input: DispatchInput;
  readonly nowMs: number;
}

/** Dispatches at `nowMs`. Calling it again with the same actions asks for nothing twice. */
export function dispatchWork(input: DispatchInput, nowMs: number): DispatchedWork {
  const { ledger, record } = input.state;
  const dispatching: Dispatching = {
    input,
    nowMs,
    ledger,
    record,
    effects: [],
    trials: new Map(),
    wakeAtMs: null,
  };
  stopDeadLegs(dispatching);
  askAgain(dispatching);
  writeDispatches(dispatching, collectLegs(dispatching));
  settleDispatches(dispatching);
  const { effects, trials, wakeAtMs } = dispatching;
  return { ledger: dispatching.ledger, record: dispatching.record, effects, trials, wakeAtMs };
}

/** Gives up the legs that were stopped, or that the ledger does not wait for (any more). */
function stopDeadLegs(dispatching: Dispatching): void {
  const { ledger, input } = dispatching;
  const stopped = new Set(
    input.actions.flatMap((action) => (action.kind === 'stop-attempt' ? [legKey({ ...action, work: 'attempt' })] : [])),
  );
  // What is stopped is decided on again without delay, since only then is it over.
  if (stopped.size > 0) wakeAt(dispatching, dispatching.nowMs);
  changeDispatches(dispatching, (dispatch) => {
    const isDead = (leg: DispatchLeg): boolean =>
      !leg.isOver && (stopped.has(legKey(leg)) || findAwaited(ledger, leg) === null);
    if (!dispatch.legs.some(isDead)) return dispatch;
    return {
      ...dispatch,
      legs: dispatch.legs.map((leg) => (isDead(leg) ? { ...leg, isOver: true, isStopped: true } : leg)),
    };
  });
}

/** Asks for the runs that were written down and have no name, where nobody holds a lease on that. */
function askAgain(dispatching: Dispatching): void {
  const { input, nowMs } = dispatching;
  changeDispatches(dispatching, (dispatch) => {
    const { nonce, legs, writtenAt } = dispatch;
    if (dispatch.run !== null || legs.every((leg) => leg.isOver)) return dispatch;
    const dueMs = dispatchDueMs(dispatching.record, dispatch);
    if (dueMs > nowMs) {
      wakeAt(dispatching, dueMs);
      return dispatch;
    }
    dispatching.effects.push({
      kind: 'find-or-dispatch',
      key: dispatchKey(nonce),
      workflow: input.config.workflow,
      nonce,
      legs: legs.filter((leg) => !leg.isOver),
      writtenAtMs: writtenAt,
    });
    return { ...dispatch, lease: { holder: input.replica, until: nowMs + input.config.leaseMs } };
  });
}

/** The legs that the actions ask for and that are not written down yet. */
function collectLegs(dispatching: Dispatching): DispatchLeg[] {
  const { input, ledger, record } = dispatching;
  const written = new Set(record.dispatches.flatMap(({ legs }) => legs.filter((leg) => !leg.isOver).map(legKey)));
  const legs: DispatchLeg[] = (input.legs ?? []).filter((leg) => !written.has(legKey(leg)));
  const settings = settingsOf(input);
  for (const action of input.actions) {
    const leg = legOf(dispatching, ledger, action, written);
    if (leg === null || written.has(legKey(leg)) || findAwaited(ledger, leg) === null) continue;
    // Accepted when more was allowed; it is asked for again at every decision until it may run.
    if (settings !== null && !mayRun(ledger, leg, settings)) continue;
    written.add(legKey(leg));
    legs.push(leg);
  }
  return legs;
}

/** What the configuration of the base says now of runners and images. */
function settingsOf({ facts }: DispatchInput): HostedSettings | null {
  const { issue, configText } = facts;
  return issue === null ? null : readIssuePlan(issue.number, issue.body, configText).config;
}

function legOf(
  dispatching: Dispatching,
  ledger: PlanLedger,
  action: Action,
  written: ReadonlySet<string>,
): DispatchLeg | null {
  switch (action.kind) {
    case 'start-attempt': {
      const given = lastAttempt(ledger.tasks[action.task])?.givenSha;
      const { task, attempt, generation } = action;
      const leg = { work: 'attempt' as const, task, attempt, generation, isOver: false };
      return given === undefined ? { ...leg, mode: 'full', headSha: null } : { ...leg, mode: 'verify', headSha: given };
    }
    case 'start-trial': {
      const { task, attempt, generation } = action;
      const leg = { work: 'trial' as const, task, attempt, generation };
      if (written.has(legKey(leg))) return null;
      const { input } = dispatching;
      const step = stepTrial(input, action);
      if (step.kind === 'make') dispatching.effects.push(step.effect);
      if (step.kind === 'known') dispatching.trials.set(legKey(leg), { ...step.result, endedAt: dispatching.nowMs });
      return step.kind === 'test' ? { ...leg, mode: 'verify', headSha: step.commitSha, isOver: false } : null;
    }
    case 'start-final':
      return {
        work: 'final',
        task: 'final' as TaskId,
        attempt: 1,
        generation: action.generation,
        mode: 'verify',
        headSha: action.commitSha,
        isOver: false,
      };
    case 'stop-attempt':
    case 'land':
      return null;
  }
}

/** Writes the legs down, in runs of as many as fit, and asks for the runs. */
function writeDispatches(dispatching: Dispatching, legs: readonly DispatchLeg[]): void {
  const { input, nowMs } = dispatching;
  const { maxLegs, leaseMs } = input.config;
  const withRunners = legs.map((leg) => withRunner(leg, dispatching.ledger));
  for (const part of partLegs(withRunners, maxLegs)) {
    const { ledger, record } = dispatching;
    const generation = ledger.nextGeneration;
    const dispatch: DispatchRecord = {
      nonce: `${ledger.plan.id}.${generation}`,
      legs: part,
      writtenAt: nowMs,
      lease: { holder: input.replica, until: nowMs + leaseMs },
      run: null,
      begunAt: null,
    };
    dispatching.ledger = { ...ledger, nextGeneration: generation + 1 };
    dispatching.record = { ...record, dispatches: [...record.dispatches, dispatch] };
    const { nonce } = dispatch;
    const { workflow } = input.config;
    dispatching.effects.push({ kind: 'dispatch', key: dispatchKey(nonce), workflow, nonce, legs: dispatch.legs });
    wakeAt(dispatching, dispatch.lease.until);
  }
}

/** Drops the dispatches that are over, and cancels the runs of which no leg is waited for any more. */
function settleDispatches(dispatching: Dispatching): void {
  const { input, nowMs } = dispatching;
  const left = dispatching.record.dispatches.filter((dispatch) => {
    if (dispatch.legs.some((leg) => !leg.isOver)) return true;
    const { run, nonce } = dispatch;
    // A run that is not named does no work, and ends by itself.
    if (run === null || !dispatch.legs.some((leg) => leg.isStopped === true)) return false;
    const key = `cancel.${run.id}`;
    const seen = input.facts.runs.get(nonce);
    const isKnown = seen !== undefined && seen.id === run.id;
    const isOver = isKnown
      ? seen.status === 'completed' || !seen.isGenuine
      : nowMs - namedAtMs(dispatch) >= input.config.missingGraceMs;
    if (isOver) {
      input.leases.free(key);
      return false;
    }
    if (input.leases.take(key).granted) dispatching.effects.push({ kind: 'cancel-run', key, runId: run.id });
    wakeAt(dispatching, nowMs + input.config.leaseMs);
    return true;
  });
  if (left.length < dispatching.record.dispatches.length)
    dispatching.record = { ...dispatching.record, dispatches: left };
}

function changeDispatches(dispatching: Dispatching, change: (dispatch: DispatchRecord) => DispatchRecord): void {
  const { record } = dispatching;
  const dispatches = record.dispatches.map(change);
  if (dispatches.some((dispatch, at) => dispatch !== record.dispatches[at]))
    dispatching.record = { ...record, dispatches };
}

function wakeAt(dispatching: Dispatching, timeMs: number): void {
  dispatching.wakeAtMs = Math.min(dispatching.wakeAtMs ?? timeMs, timeMs);
}
