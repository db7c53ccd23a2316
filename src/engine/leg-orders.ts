/**
 * From what a ledger waits for to the order that a worker is given: the same on one machine, where the loop starts the
 * work, and in a dispatched run, where each job reads the ledger anew and believes nothing that its inputs say beside it.
 */
import type { CommitSha, TaskId } from '../core/brand.ts';
import { findAwaited } from '../core/hosted/awaited-work.ts';
import type { DispatchLeg, ForgeRecord } from '../core/ledger/forge-record.ts';
import type { AttemptRecord, PlanLedger, TrialRecord } from '../core/ledger/ledger.ts';
import { findLeg, type LegInput } from '../core/ledger/leg-input.ts';
import type { ResolvedTask } from '../core/plan/plan.ts';
import { branchFor } from '../core/ref-names.ts';
import { indexPlan } from '../core/schedule/plan-index.ts';
import { lastAttempt } from '../core/schedule/progress.ts';
import type { AttemptOrder, FinalOrder, GivenTrialOrder, TrialOrder } from './orders.ts';

/** What a leg has to do. */
export type LegOrder =
  | { kind: 'attempt'; order: AttemptOrder }
  /** Verify a head that a person pushed. */
  | { kind: 'given'; order: AttemptOrder & { headSha: CommitSha } }
  /** Test a merge that the forge has made. */
  | { kind: 'trial'; order: GivenTrialOrder }
  | { kind: 'final'; order: FinalOrder }
  /** Nothing; `because` is a sentence without its full stop. */
  | { kind: 'not-awaited'; because: string };

/** The leg of a run, and the ledger that is to name it. */
export interface LegQuestion {
  ledger: PlanLedger;
  record: Pick<ForgeRecord, 'dispatches'>;
  /** Name of the dispatch that the run belongs to. Whether the run is the one that it names is the caller's to see. */
  nonce: string;
  leg: LegInput;
}

/**
 * Reads the order of a leg from one state of the ledger. Two states are asked: that of the commit that the dispatch
 * carries gives the order, so that all jobs of a leg have the same one; the newest one tells whether it is still awaited.
 */
export function readLegOrder({ ledger, record, nonce, leg: input }: LegQuestion): LegOrder {
  const dispatch = record.dispatches.find((one) => one.nonce === nonce);
  if (dispatch === undefined) return notAwaited(`the ledger knows no dispatch '${nonce}' (any more)`);
  const leg = findLeg(dispatch.legs, input);
  if (leg === null) return notAwaited(`dispatch '${nonce}' has no such leg of '${input.task}'`);
  if (leg.isOver) return notAwaited(`this leg of '${leg.task}' is over: it was stopped, or has its result`);
  const awaited = findAwaited(ledger, leg);
  if (awaited === null) return notAwaited(`the ledger does not wait for this leg of '${leg.task}' any more`);
  if (awaited.work === 'final') return readFinalLeg(ledger, leg, awaited.final.commitSha);
  const task = indexPlan(ledger.plan).task(leg.task);
  if (task === undefined) return notAwaited(`the plan has no task '${leg.task}' any more`);
  // Its verdicts would be of a text that nobody gave it.
  if (indexPlan(ledger.plan).digest(leg.task) !== awaited.attempt.taskDigest)
    return notAwaited(`task '${leg.task}' was changed after this was dispatched`);
  return awaited.work === 'trial'
    ? readTrialLeg(ledger, { ...awaited, task }, leg)
    : readAttemptLeg(ledger, { ...awaited, task }, leg);
}

function readAttemptLeg(
  ledger: PlanLedger,
  { task, attempt }: { task: ResolvedTask; attempt: AttemptRecord },
  { mode, headSha }: DispatchLeg,
): LegOrder {
  if ((attempt.givenSha ?? null) !== headSha || (mode === 'full') !== (headSha === null))
    return notAwaited(`the ledger waits for another head of '${task.id}'`);
  const order = makeAttemptOrder(ledger, task, attempt);
  return headSha === null ? { kind: 'attempt', order } : { kind: 'given', order: { ...order, headSha } };
}

function readTrialLeg(
  ledger: PlanLedger,
  { task, attempt, trial }: { task: ResolvedTask; attempt: AttemptRecord; trial: TrialRecord },
  { headSha: commitSha }: DispatchLeg,
): LegOrder {
  const group = attempt.landing?.group;
  const treeSha = group?.generation === trial.generation ? group.treeSha : null;
  if (commitSha === null || (treeSha !== null && group?.commitSha !== commitSha))
    return notAwaited(`the ledger waits for another merge of '${task.id}'`);
  const order = makeTrialOrder(ledger, task, attempt, trial);
  return order === null
    ? notAwaited(`the ledger knows no verified head of '${task.id}'`)
    : { kind: 'trial', order: { ...order, commitSha, treeSha } };
}

function readFinalLeg(ledger: PlanLedger, leg: DispatchLeg, commitSha: CommitSha): LegOrder {
  return leg.headSha === commitSha
    ? { kind: 'final', order: finalOrder(ledger, leg.generation, commitSha) }
    : notAwaited('the ledger waits for the tests of another landed whole');
}

function notAwaited(because: string): LegOrder {
  return { kind: 'not-awaited', because };
}

/** The order for the last attempt of a task. Throws if the ledger names none. */
export function attemptOrder(ledger: PlanLedger, id: TaskId): AttemptOrder {
  const { task, attempt } = taskAndAttempt(ledger, id);
  return makeAttemptOrder(ledger, task, attempt);
}

/** The order for the trial of a task's last attempt. Throws if the ledger names none. */
export function trialOrder(ledger: PlanLedger, id: TaskId): TrialOrder {
  const { task, attempt } = taskAndAttempt(ledger, id);
  const order = attempt.trial === null ? null : makeTrialOrder(ledger, task, attempt, attempt.trial);
  if (order === null) throw new Error(`The ledger names no trial of '${id}', so there is nothing to start.`);
  return order;
}

/**
 * The final tests run as the tests of the plan's first task do: with its profile, resources, timeout, setup commands,
 * copied files and ports. A plan has no such settings of its own.
 */
export function finalOrder(ledger: PlanLedger, generation: number, commitSha: CommitSha): FinalOrder {
  const [first] = ledger.plan.tasks;
  if (first === undefined) throw new Error('A plan without tasks has no final tests to run.');
  const { profile, resources, timeoutMs, setup, copy, ports } = first;
  return {
    plan: ledger.plan.id,
    generation,
    commitSha,
    commands: ledger.plan.final,
    settings: { profile, resources, timeoutMs, setup, copy, ports },
  };
}

function taskAndAttempt(ledger: PlanLedger, id: TaskId): { task: ResolvedTask; attempt: AttemptRecord } {
  const task = indexPlan(ledger.plan).task(id);
  const attempt = lastAttempt(ledger.tasks[id]);
  if (task === undefined || attempt === null)
    throw new Error(`The ledger names no attempt of '${id}', so there is nothing to start.`);
  return { task, attempt };
}

function makeAttemptOrder({ plan, tasks }: PlanLedger, task: ResolvedTask, attempt: AttemptRecord): AttemptOrder {
  const earlier = tasks[task.id]?.attempts.slice(0, -1) ?? [];
  return {
    plan: plan.id,
    planTitle: plan.title,
    task,
    taskDigest: attempt.taskDigest,
    attempt: attempt.attempt,
    generation: attempt.generation,
    baseSha: attempt.baseSha,
    carrySha: attempt.carrySha,
    feedback: attempt.feedback,
    reservedUsd: attempt.reservedUsd,
    attemptBranch: branchFor({ kind: 'attempt', plan: plan.id, task: task.id, attempt: attempt.attempt }),
    taskBranch: task.branch ?? branchFor({ kind: 'task', plan: plan.id, task: task.id }),
    taskBranchFrom: earlier.findLast((one) => one.evidence?.outcome === 'verified')?.evidence?.headSha ?? null,
  };
}

/** `null` if the attempt has no head that could be tried. */
function makeTrialOrder(
  { plan }: PlanLedger,
  task: ResolvedTask,
  attempt: AttemptRecord,
  { generation, ontoSha }: Pick<TrialRecord, 'generation' | 'ontoSha'>,
): TrialOrder | null {
  const headSha = attempt.evidence?.headSha ?? null;
  if (headSha === null) return null;
  return {
    plan: plan.id,
    planTitle: plan.title,
    task,
    attempt: attempt.attempt,
    generation,
    headSha,
    ontoSha,
    knownTests: attempt.evidence?.tests ?? [],
    trialBranch: branchFor({ kind: 'trial', plan: plan.id, task: task.id, attempt: attempt.attempt }),
  };
}
