/** The ledgers as they will be: copied on first write, so that an unchanged decision returns the same objects. */
import type { TaskId } from '../brand.ts';
import type { AttemptRecord, Certificate, PlanLedger, QueueLedger, TaskRecord } from '../ledger/ledger.ts';
import { indexPlan, type PlanIndex } from '../schedule/plan-index.ts';
import { committedUsd } from '../schedule/progress.ts';
import type { Action } from './action.ts';
import type { DecideConfig, Snapshot } from './snapshot.ts';

/** One decision in the making. */
export interface Draft {
  readonly snapshot: Snapshot;
  readonly config: DecideConfig;
  readonly nowMs: number;
  readonly index: PlanIndex;
  /** Spent and set aside by the whole plan. */
  spentUsd: number;
  ledger: PlanLedger;
  queue: QueueLedger;
  /** True once this decision found a landing that needs the plan's turn. */
  wantsTurn: boolean;
  /** True once this decision found work that other plans have overtaken too often. */
  wantsClaim: boolean;
  readonly actions: Action[];
  /** What happened, for people, in order. */
  readonly notes: DecisionNote[];
  /** Task records that were written by this decision; folded into the ledger at the end. */
  readonly written: Map<TaskId, TaskRecord>;
}

/** One thing that a decision did or learned, as a person would be told. */
export interface DecisionNote {
  kind:
    | 'attempt-started'
    | 'attempt-resumed'
    | 'attempt-verified'
    | 'attempt-failed'
    | 'attempt-cancelled'
    | 'head-pushed'
    | 'returned'
    | 'trial-started'
    | 'trial-repeated'
    | 'landing'
    | 'landed'
    | 'refused'
    | 'frozen'
    | 'final-started'
    | 'final-repeated'
    | 'final-ended';
  task: TaskId | null;
  attempt: number;
  detail: string;
}

export function openDraft(snapshot: Snapshot, config: DecideConfig, nowMs: number): Draft {
  return {
    snapshot,
    config,
    nowMs,
    index: indexPlan(snapshot.ledger.plan),
    spentUsd: committedUsd(snapshot.ledger),
    ledger: snapshot.ledger,
    queue: snapshot.queue,
    wantsTurn: false,
    wantsClaim: false,
    actions: [],
    notes: [],
    written: new Map(),
  };
}

/** A task's record as the draft has it. */
export function recordOf(draft: Draft, task: TaskId): TaskRecord | undefined {
  return draft.written.get(task) ?? draft.ledger.tasks[task];
}

export function writeRecord(draft: Draft, task: TaskId, record: TaskRecord): void {
  draft.written.set(task, record);
}

/** Replaces the last attempt of a task. */
export function writeLastAttempt(
  draft: Draft,
  task: TaskId,
  attempt: AttemptRecord,
  extra?: Partial<TaskRecord>,
): void {
  const record = recordOf(draft, task);
  if (record === undefined) throw new Error(`Task '${task}' has no record to write an attempt into.`);
  writeRecord(draft, task, { ...record, ...extra, attempts: [...record.attempts.slice(0, -1), attempt] });
}

/** Folds the written records into the ledger, so that what follows reads one consistent state. */
export function settleDraft(draft: Draft): void {
  if (draft.written.size === 0) return;
  draft.ledger = { ...draft.ledger, tasks: { ...draft.ledger.tasks, ...Object.fromEntries(draft.written) } };
  draft.written.clear();
}

/** Hands out the next generation: every write-ahead has its own, so that a redo is never taken for the first. */
export function takeGeneration(draft: Draft): number {
  const generation = draft.ledger.nextGeneration;
  draft.ledger = { ...draft.ledger, nextGeneration: generation + 1 };
  return generation;
}

export function addCertificate(draft: Draft, certificate: Certificate): void {
  draft.ledger = { ...draft.ledger, certificates: [...draft.ledger.certificates, certificate] };
  draft.queue = { ...draft.queue, landings: [...draft.queue.landings, listLanding(certificate)] };
}

/** A certified landing as the ledger of its branch lists it. */
export function listLanding(certificate: Certificate): QueueLedger['landings'][number] {
  const { plan, task, landedSha, landedTree, landedAt } = certificate;
  return { plan, task, commitSha: landedSha, treeSha: landedTree, at: landedAt };
}

export function note(
  draft: Draft,
  kind: DecisionNote['kind'],
  task: TaskId | null,
  attempt: number,
  detail: string,
): void {
  draft.notes.push({ kind, task, attempt, detail });
}

/** Whose an action is: mine, somebody's who is still at work, or nobody's any more. */
export function ownerOf(draft: Draft, holder: string): 'me' | 'other' | 'gone' {
  const { snapshot, nowMs } = draft;
  if (holder === snapshot.me) return 'me';
  const known = draft.ledger.holders[holder];
  const isGone = known === undefined || known.until <= nowMs || snapshot.deadHolders.includes(holder);
  return isGone ? 'gone' : 'other';
}
