/** What a reconcile of a plan issue reads and writes as one: the plan's ledger, the base's queue, the issue's record. */
import type { PlanId } from '../brand.ts';
import type { ForgeRecord } from '../ledger/forge-record.ts';
import type { HolderId, PlanLedger, QueueLedger } from '../ledger/ledger.ts';

/** `ledger` is `null` until somebody with authority has run the plan. */
export interface HostedState {
  ledger: PlanLedger | null;
  queue: QueueLedger;
  record: ForgeRecord;
}

/** A state whose plan was accepted. */
export interface RunningState extends HostedState {
  ledger: PlanLedger;
}

/** All replicas of the app decide as this one holder; they are told apart in leases only. */
export const APP_HOLDER: HolderId = 'app';

/** The id of an issue's plan: nothing that a person writes becomes part of a ref's name. */
export function planIdOf(issue: number): PlanId {
  return `issue-${issue}` as PlanId;
}

/** The issue of a plan id, `null` if it is not one of an issue. */
export function issueOf(plan: string): number | null {
  const match = /^issue-([1-9]\d{0,9})$/.exec(plan);
  return match === null ? null : Number(match[1]);
}
