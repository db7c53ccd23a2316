/**
 * A forge that has issues, pull requests, checks and remote runs, as one plan of one repository sees it. Every method
 * may be called by several processes at once. Retries by rule (limits, 5xx, timeouts) happen inside; what is thrown
 * after that is an `Error` that says what failed and what to do next, with `isTransient` true if time may cure it, and
 * `forbidden` set if the installation lacks a permission (see {@link readForbidden}).
 */
import type { BranchName, CommitSha, PlanId } from '../core/brand.ts';
import type { EffectOutcome, ForgeEffect } from '../core/hosted/effect.ts';
import type { FactsQuery, ForgeFacts } from '../core/hosted/facts.ts';
import type { LedgerFiles } from './ledger-store.ts';

/** Tips of both ledgers; `null` where there is none. */
export interface HostedLedgerVersion {
  plan: CommitSha | null;
  queue: CommitSha | null;
}

/** What one read gives: the facts, and where the ledgers stood at the same moment. */
export interface HostedObservation {
  facts: ForgeFacts;
  version: HostedLedgerVersion;
}

export interface HostedForge {
  /** One read of everything (further pages only where there is more than fits). */
  observe(query: FactsQuery, plan: PlanId): Promise<HostedObservation>;
  /** Files of a ledger branch at a commit. Blobs that were read or written before come from memory. */
  readLedgerFiles(at: CommitSha): Promise<LedgerFiles>;
  /**
   * Moves the plan's ledger from `version.plan`, then the queue's from `version.queue`, each by compare-and-swap.
   * The plan's moves first: if the queue's then has moved, the outcome is `partial`, and what the queue lacks must be
   * found again from the plan's ledger. `null` leaves a ledger as it is. Only files that differ are sent.
   */
  writeLedgers(write: {
    plan: PlanId;
    base: BranchName;
    version: HostedLedgerVersion;
    planFiles: LedgerFiles | null;
    queueFiles: LedgerFiles | null;
    subject: string;
  }): Promise<{ kind: 'written'; version: HostedLedgerVersion } | { kind: 'partial' } | { kind: 'conflict' }>;
  /**
   * Does the effects in order, in as few requests as they allow. `ledgerSha` is what a dispatched run is to read. No
   * request is begun after `notAfterMs` (25 seconds from the call unless given): by the time that another process may
   * do an effect, this one must have ended. What was not begun is `later`.
   */
  perform(
    effects: readonly ForgeEffect[],
    ledgerSha: CommitSha,
    notAfterMs?: number,
  ): Promise<ReadonlyMap<string, EffectOutcome>>;
}

/** What an installation may not do. */
export interface Forbidden {
  /** As the forge names it, such as `checks=read`; `null` if it does not say. */
  permission: string | null;
  /** The forge's own words, fit to be shown. */
  because: string;
}

/** What an error that a {@link HostedForge} threw says of a missing permission; `null` if it says nothing of one. */
export function readForbidden(error: unknown): Forbidden | null {
  return error instanceof Error && 'forbidden' in error ? ((error.forbidden as Forbidden | null) ?? null) : null;
}
