/** What people see of a plan: computed from the ledger by the same code that decides, never stored. */
import type { BranchName, CommitSha, Digest, PlanId, TaskId } from '../brand.ts';
import type { GateVerdict } from '../gate/verdict.ts';

/** Where a task stands. Every state but the last three moves by itself; those name who must act. */
export type TaskState =
  | 'waiting' // for other tasks, a lock, a slot, a back-off, or the end of a pause
  | 'running' // an attempt is under way
  | 'queued' // its gate is open but for the merge; waits for its turn to land
  | 'trying' // merged onto the tip, tests are running
  | 'landing'
  | 'landed'
  | 'held' // something that it needs has failed or was cancelled
  | 'failed' // out of retries, or refused
  | 'cancelled';

/** Why a task waits or has stopped: for what, on whom, until when, and the command that moves it. */
export interface Waiting {
  kind: 'task' | 'lock' | 'slot' | 'backoff' | 'pause' | 'budget' | 'queue' | 'freeze' | 'forge' | 'work' | 'person';
  /** One sentence. */
  because: string;
  /** Ids of the tasks that it waits on, if it does. */
  on: TaskId[];
  /** Milliseconds since the epoch; `null` when no time is set. */
  untilMs: number | null;
  /** Exact next step for a person (a command), `null` where none is needed. */
  next: string | null;
}

/** One task as a person sees it. */
export interface TaskView {
  id: TaskId;
  title: string;
  state: TaskState;
  /** Number of the current or last attempt, 0 before the first. */
  attempt: number;
  /** Generation of the current dispatch, to find its live progress; 0 before the first. */
  generation: number;
  attemptsAllowed: number;
  score: number | null;
  /** Money spent by all its attempts; `null` if any of it is unknown. */
  spentUsd: number | null;
  waiting: Waiting | null;
  /** The gate of the last attempt that has evidence. */
  gate: GateVerdict | null;
  /** Last failure, one paragraph; `null` if the last attempt did not fail. */
  lastFailure: string | null;
  headSha: CommitSha | null;
  landedSha: CommitSha | null;
  branch: BranchName;
  startedAt: number | null;
  endedAt: number | null;
}

/** A plan as a person sees it. Tasks in the order of the plan. */
export interface PlanView {
  plan: PlanId;
  title: string;
  revision: Digest;
  baseBranch: BranchName;
  target: BranchName;
  tasks: TaskView[];
  paused: { at: number; by: string } | null;
  frozen: { at: number; because: string; commitSha?: CommitSha | undefined } | null;
  final: { status: 'none' | 'waiting' | 'running' | 'passed' | 'failed'; detail: string };
  /** `working`: something runs or can be started. `stuck`: nothing can go on without a person. */
  status: 'working' | 'paused' | 'stuck' | 'landed' | 'final-failed';
  spentUsd: number | null;
  budgetUsd: number | null;
}
