/**
 * Reads what the dispatched runs came to: receipts that are believed become results, legs whose run died, was cancelled,
 * never began, vanished or is not the one that was dispatched become failures, and the rest is still under way. What a
 * process learned when it dispatched (the run's name, or why there is none) is taken into the record.
 */
import type { CommitSha } from '../brand.ts';
import type { Evidence, FinalResult, TrialResult } from '../ledger/evidence.ts';
import type { DispatchLeg, DispatchRecord, ForgeRecord, NamedRun } from '../ledger/forge-record.ts';
import type { HolderId, PlanLedger } from '../ledger/ledger.ts';
import { mayRetryFinal } from '../reconcile/follow-final.ts';
import { type AwaitedWork, findAwaited } from './awaited-work.ts';
import { namedAtMs, takeDispatchOutcome } from './dispatch-outcomes.ts';
import type { EffectOutcome } from './effect.ts';
import { failWork, type LegFailure } from './failed-work.ts';
import type { ForgeFacts, RunFact } from './facts.ts';
import type { HostedConfig } from './hosted-config.ts';
import { legKey } from './leg-key.ts';
import { type LegResult, readReceipt } from './read-receipt.ts';

/** A leg whose receipt was believed, so that its head may be put in place and the receipt's branch may go. */
interface TakenLeg {
  leg: DispatchLeg;
  receiptSha: CommitSha;
  headSha: CommitSha | null;
}

/** What `decide` is to know of remote work. */
export interface WorkReading {
  /** The same object as in the input if nothing changed. */
  record: ForgeRecord;
  /** Work keys of the legs that are under way, or are to be dispatched. */
  inFlight: Set<string>;
  /** Results by work key, of attempts and of trials. */
  evidence: Map<string, Evidence>;
  trials: Map<string, TrialResult>;
  final: FinalResult | null;
  diedFinal: { generation: number; because: string } | null;
  taken: TakenLeg[];
  /** When a leg is given up if nothing happens before, in milliseconds since the epoch. */
  wakeAtMs: number | null;
}

interface WorkInput {
  ledger: PlanLedger;
  record: ForgeRecord;
  facts: ForgeFacts;
  /** What came of the effects of this process's last decision. */
  outcomes: ReadonlyMap<string, EffectOutcome>;
  config: HostedConfig;
  /** This process, as its leases name it. */
  replica: HolderId;
}

/** One reading in the making. */
interface Reading extends WorkReading {
  readonly input: WorkInput;
  readonly nowMs: number;
}

/** Reads all dispatched work at `nowMs`, milliseconds since the epoch. Linear in the legs that are not over. */
export function readWork(input: WorkInput, nowMs: number): WorkReading {
  const reading: Reading = {
    input,
    nowMs,
    record: input.record,
    inFlight: new Set(),
    evidence: new Map(),
    trials: new Map(),
    final: null,
    diedFinal: null,
    taken: [],
    wakeAtMs: null,
  };
  const dispatches = input.record.dispatches.map((dispatch) => readDispatch(reading, dispatch));
  const isChanged = dispatches.some((dispatch, at) => dispatch !== input.record.dispatches[at]);
  return { ...reading, record: isChanged ? { ...reading.record, dispatches } : reading.record };
}

function readDispatch(reading: Reading, before: DispatchRecord): DispatchRecord {
  const { input, nowMs } = reading;
  const taken = takeDispatchOutcome(reading.record, before, input, nowMs);
  reading.record = taken.record;
  const { dispatch } = taken;
  if (dispatch.run === null) {
    for (const leg of dispatch.legs) if (!leg.isOver) reading.inFlight.add(legKey(leg));
    return dispatch;
  }
  // A run that was named only now was not asked for when the facts were read.
  const run = before.run === null ? 'unseen' : lookAtRun(reading, dispatch, dispatch.run);
  const times = timesOf(dispatch, run, nowMs);
  const legs = dispatch.legs.map((leg) => readLeg(reading, { ...dispatch, ...times }, leg, run));
  const isSame = legs.every((leg, at) => leg === dispatch.legs[at]);
  return isSame && Object.keys(times).length === 0 ? dispatch : { ...dispatch, ...times, legs };
}

/** A run as the forge shows it; `unseen` if it is too early to say that it is not there. */
type SeenRun = RunFact | 'unseen' | 'vanished';

function lookAtRun({ input, nowMs }: Reading, dispatch: DispatchRecord, run: NamedRun): SeenRun {
  const found = input.facts.runs.get(dispatch.nonce);
  if (found !== undefined && found.id === run.id) return found;
  return nowMs - namedAtMs(dispatch) < input.config.missingGraceMs ? 'unseen' : 'vanished';
}

function timesOf(dispatch: DispatchRecord, run: SeenRun, nowMs: number): { begunAt?: number; endedAt?: number } {
  if (typeof run === 'string') return {};
  return {
    ...(run.status !== 'waiting' && dispatch.begunAt === null ? { begunAt: nowMs } : {}),
    ...(run.status === 'completed' && dispatch.endedAt === undefined ? { endedAt: nowMs } : {}),
  };
}

function readLeg(reading: Reading, dispatch: DispatchRecord, leg: DispatchLeg, run: SeenRun): DispatchLeg {
  const { input, nowMs } = reading;
  if (leg.isOver || dispatch.run === null) return leg;
  const awaited = findAwaited(input.ledger, leg);
  // What the ledger does not wait for any more is given up when the decision is made.
  if (awaited === null) return leg;
  const key = legKey(leg);
  const receipt = input.facts.receipts.get(key);
  if (receipt !== undefined && typeof run !== 'string' && run.isGenuine) {
    const read = readReceipt(receipt, { nonce: dispatch.nonce, run: dispatch.run, leg, awaited });
    if (read.kind === 'believed' && !isUnended(read.result)) {
      reading.taken.push({ leg, receiptSha: receipt.commitSha, headSha: receipt.head?.sha ?? null });
      return endLeg(reading, leg, read.result);
    }
    if (read.kind === 'refused') {
      const detail = `What run ${describeRun(dispatch.run)} left is not believed: ${read.because}.`;
      return endLeg(reading, leg, failWork(input.ledger, awaited, { cause: 'evidence-refused', detail }, nowMs));
    }
  }
  const failure = findFailure(reading, dispatch, dispatch.run, run);
  if (failure !== null) {
    const ended = failLeg(reading, leg, awaited, failure);
    // A run that is not the one that was dispatched is somebody else's to stop.
    const isStillOurs = typeof run !== 'string' && run.status !== 'completed' && run.isGenuine;
    return isStillOurs ? { ...ended, isStopped: true } : ended;
  }
  reading.inFlight.add(key);
  return leg;
}

/** Ends a leg that left nothing. Final tests that were not run at all are run again before they count as failed. */
function failLeg(reading: Reading, leg: DispatchLeg, awaited: AwaitedWork, failure: LegFailure): DispatchLeg {
  const { input, nowMs } = reading;
  const hasDied = failure.cause === 'run-failed' || failure.cause === 'run-lost';
  if (leg.work !== 'final' || !hasDied || !mayRetryFinal(input.ledger.final))
    return endLeg(reading, leg, failWork(input.ledger, awaited, failure, nowMs));
  reading.diedFinal = { generation: leg.generation, because: failure.detail };
  return { ...leg, isOver: true };
}

/** A leg that was stopped in the middle says so; what became of it is told by how its run ends. */
function isUnended(result: LegResult): boolean {
  return result.work === 'attempt' && result.evidence.outcome === 'cancelled';
}

/** Why a leg without a believed receipt is given up now; `null` while it may still leave one. */
function findFailure(reading: Reading, dispatch: DispatchRecord, named: NamedRun, run: SeenRun): LegFailure | null {
  const { config } = reading.input;
  const who = `Run ${describeRun(named)}`;
  if (run === 'vanished') return { cause: 'run-lost', detail: `${who} is not known to the forge any more.` };
  if (run === 'unseen') return waitUntil(reading, namedAtMs(dispatch) + config.missingGraceMs);
  if (!run.isGenuine)
    return {
      cause: 'evidence-refused',
      detail: `${who} is not the one that was dispatched: it is of another workflow file, branch, event or actor.`,
    };
  // Once seen to be over it stays so: what a person starts again is not what was dispatched.
  if (dispatch.endedAt !== undefined) {
    const graceEnds = dispatch.endedAt + config.receiptGraceMs;
    return graceEnds <= reading.nowMs ? failureOf(run, who) : waitUntil(reading, graceEnds);
  }
  if (dispatch.begunAt !== null) return null;
  const startEnds = namedAtMs(dispatch) + config.startTimeoutMs;
  if (startEnds > reading.nowMs) return waitUntil(reading, startEnds);
  const minutes = Math.round(config.startTimeoutMs / 60_000);
  return {
    cause: 'run-lost',
    detail: `${who} had not begun ${minutes} minutes after it was asked for, and is cancelled: no runner has taken it. See that a runner is free for what \`runs_on\` asks.`,
  };
}

function failureOf(run: RunFact, who: string): LegFailure {
  if (run.conclusion === 'cancelled') return { cause: 'run-cancelled', detail: `${who} was cancelled by hand.` };
  if (run.conclusion === null)
    return { cause: 'run-failed', detail: `${who} ended without a result, and what was started again does not count.` };
  const detail = `${who} ended as '${run.conclusion}' and left no result for this; its log says why.`;
  return { cause: 'run-failed', detail };
}

function waitUntil(reading: Reading, timeMs: number): null {
  reading.wakeAtMs = Math.min(reading.wakeAtMs ?? timeMs, timeMs);
  return null;
}

function endLeg(reading: Reading, leg: DispatchLeg, result: LegResult): DispatchLeg {
  const key = legKey(leg);
  if (result.work === 'attempt') reading.evidence.set(key, result.evidence);
  else if (result.work === 'trial') reading.trials.set(key, result.result);
  else reading.final = result.result;
  return { ...leg, isOver: true };
}

function describeRun({ id, url }: NamedRun): string {
  return `${id} (${url})`;
}
