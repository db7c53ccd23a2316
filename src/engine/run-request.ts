/** What running a plan takes and gives. */
import type { BranchName, CommitSha, TaskId } from '../core/brand.ts';
import type { Holder, HolderId, PlanLedger } from '../core/ledger/ledger.ts';
import type { PlanDifference } from '../core/ledger/transitions.ts';
import type { ResolvedPlan } from '../core/plan/plan.ts';
import type { DecisionNote } from '../core/reconcile/draft.ts';
import type { PlanView } from '../core/reconcile/view.ts';
import type { AttemptProgress } from '../ports/evidence-store.ts';
import type { LedgerStore } from '../ports/ledger-store.ts';
import type { WorkerDeps } from './orders.ts';

/** What a run needs of the outside. */
export interface RunPlanDeps {
  workers: WorkerDeps;
  store: LedgerStore;
  holder: { id: HolderId; description: string };
  /** Whether another holder's process still lives; `null` if that cannot be known from here. */
  isHolderAlive(id: HolderId): Promise<boolean | null>;
}

/** Which plan to run, and on what. */
export interface RunRequest {
  plan: ResolvedPlan;
  baseBranch: BranchName;
  baseSha: CommitSha;
  /** `espalier/<plan>/landed`, or the base itself. */
  target: BranchName;
  maxParallel: number;
  /** Adopt the plan as given where the ledger has another revision. */
  revise: boolean;
  /** Work on these tasks only; empty is all of them. */
  only: readonly TaskId[];
}

/** One thing that happened, as a line for people and scripts. */
export interface RunEvent extends DecisionNote {
  /** Milliseconds since the epoch. */
  at: number;
}

/** How a run is watched and stopped. */
export interface RunControl {
  signal: AbortSignal;
  /** After every change, with the live progress of what runs, by work key. */
  onView(view: PlanView, progress: ReadonlyMap<string, AttemptProgress>): void;
  onEvent(event: RunEvent): void;
}

/** How a run ended. */
export type RunOutcome =
  | { kind: 'ended'; view: PlanView; ledger: PlanLedger }
  | { kind: 'interrupted'; view: PlanView; ledger: PlanLedger }
  | { kind: 'busy'; holder: Holder }
  | { kind: 'revision-differs'; difference: PlanDifference }
  | { kind: 'refused'; because: string; next: string };
