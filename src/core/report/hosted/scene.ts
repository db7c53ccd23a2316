/** What the texts about one running plan are made of, read once, so that no two of them can disagree. */
import type { TaskId } from '../../brand.ts';
import type { HeldRun, RunFact } from '../../hosted/facts.ts';
import type { AttemptRecord, PlanLedger, QueueLedger } from '../../ledger/ledger.ts';
import type { DispatchRecord, ForgeRecord } from '../../ledger/forge-record.ts';
import type { PlanView, TaskView } from '../../reconcile/view.ts';

/** A running plan. `view` is the view of `ledger` and `queue`. */
export interface PlanScene {
  view: PlanView;
  ledger: PlanLedger;
  queue: QueueLedger;
  record: ForgeRecord;
  /** State of the dispatched runs, by nonce. */
  runs: ReadonlyMap<string, RunFact>;
  /** Attempts that may run at once. */
  maxParallel: number;
  /** Runs on a task's branch that wait for a person's approval. */
  heldRuns?: ReadonlyMap<TaskId, readonly HeldRun[]>;
  /** Set where all is done with the token of a job: landings start no workflow. */
  hasJobToken?: boolean;
  /** False where no click on a button of a check arrives. */
  hasButtons?: boolean;
  /** Milliseconds since the epoch. */
  nowMs: number;
}

/** Number of the task's pull request; `null` while it has none. */
export function pullNumber(scene: Pick<PlanScene, 'record'>, task: TaskId): number | null {
  return scene.record.pulls[task]?.number ?? null;
}

/** The attempt that a task's gate is about: the last one that has evidence. */
export function gatedAttempt(scene: Pick<PlanScene, 'ledger'>, task: TaskId): AttemptRecord | null {
  return scene.ledger.tasks[task]?.attempts.findLast((attempt) => attempt.evidence !== null) ?? null;
}

/** The dispatch whose run works on a task now; `null` if none does. */
export function liveDispatch(scene: Pick<PlanScene, 'record'>, task: TaskId): DispatchRecord | null {
  return (
    scene.record.dispatches.findLast((dispatch) => dispatch.legs.some((leg) => leg.task === task && !leg.isOver)) ??
    null
  );
}

/** Tasks that a proposal of a new text keeps from being started. */
export function isKeptByProposal({ record }: Pick<PlanScene, 'record'>, task: TaskView): boolean {
  const { proposed } = record;
  if (proposed === null || (task.state !== 'waiting' && task.state !== 'held')) return false;
  return proposed.revision === null || proposed.changed.includes(task.id) || proposed.removed.includes(task.id);
}

/** True for a task that nobody has asked for yet, where only some were. */
export function isNotAskedFor({ record }: Pick<PlanScene, 'record'>, task: TaskView): boolean {
  return record.only !== null && task.state === 'waiting' && !record.only.includes(task.id);
}
