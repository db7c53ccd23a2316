/** Reads and moves ledgers with their schema, through a store that knows only files. */
import type { BranchName, PlanId } from '../core/brand.ts';
import { readPlanFiles, readQueueFiles, writePlanFiles, writeQueueFiles } from '../core/ledger/files.ts';
import type { PlanLedger, QueueLedger } from '../core/ledger/ledger.ts';
import { createQueueLedger, type Transition } from '../core/ledger/transitions.ts';
import { branchFor } from '../core/ref-names.ts';
import type { LedgerState, LedgerStore, LedgerVersion } from '../ports/ledger-store.ts';

/** Both ledgers at one version. `ledger` is `null` where the plan has none yet. */
export interface Ledgers {
  ledger: PlanLedger | null;
  queue: QueueLedger;
  version: LedgerVersion;
}

/** A plan's ledger and that of the branch that it lands on. */
export interface LedgerPair {
  ledger: PlanLedger;
  queue: QueueLedger;
}

/** A ledger that cannot be read: made by another version, or by hand. Needs a person. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}

/**
 * Reads the ledgers of a plan and of the branch that it lands on; without a `target`, of the one that it names.
 * What is `known` is handed back as it is if neither ledger moved, so that nothing is parsed twice.
 */
export async function readLedgers(
  store: LedgerStore,
  plan: PlanId,
  target?: BranchName,
  known?: Ledgers,
): Promise<Ledgers> {
  const guess = target ?? branchFor({ kind: 'landed', plan });
  const state = await store.read(plan, guess);
  const isKnown = known?.version.plan === state.version.plan && known.version.queue === state.version.queue;
  if (isKnown) return known;
  const read = parseState(state, plan, guess);
  if (target !== undefined || read.ledger === null || read.ledger.target === guess) return read;
  return parseState(await store.read(plan, read.ledger.target), plan, read.ledger.target);
}

function parseState(state: LedgerState, plan: PlanId, target: BranchName): Ledgers {
  return {
    ledger:
      state.planFiles === null ? null : unwrap(readPlanFiles(state.planFiles), branchFor({ kind: 'ledger', plan })),
    queue:
      state.queueFiles === null
        ? createQueueLedger(target)
        : unwrap(readQueueFiles(state.queueFiles), branchFor({ kind: 'queue', base: target })),
    version: state.version,
  };
}

function unwrap<T>(reading: { ok: true; value: T } | { ok: false; because: string }, branch: BranchName): T {
  if (reading.ok) return reading.value;
  throw new LedgerError(
    `The ledger on branch '${branch}' cannot be read: ${reading.because}. ` +
      `Look at it with 'git log -p ${branch}'; its history holds every earlier state.`,
  );
}

/** Moves both ledgers from the version that was read; `null` if somebody was faster. */
export async function writeLedgers(
  store: LedgerStore,
  before: Ledgers,
  ledger: PlanLedger,
  queue: QueueLedger,
  subject: string,
): Promise<Ledgers | null> {
  const outcome = await store.write({
    plan: ledger.plan.id,
    target: ledger.target,
    version: before.version,
    planFiles: writePlanFiles(ledger),
    queueFiles: queue === before.queue && before.version.queue !== null ? null : writeQueueFiles(queue),
    subject,
  });
  return outcome.kind === 'conflict' ? null : { ledger, queue, version: outcome.version };
}

/** How often a change is tried again when the ledger moves under it; far above what two processes can cause. */
const MAX_TRIES = 50;

/** Applies a pure change to a plan's ledger, again and again until nobody was faster. */
export async function changeLedger(
  store: LedgerStore,
  plan: PlanId,
  subject: string,
  change: (ledger: PlanLedger) => Transition,
): Promise<Transition> {
  const changed = await changeLedgers(store, plan, subject, ({ ledger, queue }) => {
    const next = change(ledger);
    return next.ok ? { ok: true, value: { ledger: next.value, queue } } : next;
  });
  return changed.ok ? { ok: true, value: changed.value.ledger } : changed;
}

/** As {@link changeLedger}, for a change that also touches the ledger of the branch that the plan lands on. */
export async function changeLedgers(
  store: LedgerStore,
  plan: PlanId,
  subject: string,
  change: (ledgers: LedgerPair) => Transition<LedgerPair>,
): Promise<Transition<LedgerPair>> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const before = await readLedgers(store, plan);
    if (before.ledger === null)
      return { ok: false, because: `There is no plan '${plan}' here.`, next: 'espalier status' };
    const changed = change({ ledger: before.ledger, queue: before.queue });
    if (!changed.ok) return changed;
    const { ledger, queue } = changed.value;
    if ((await writeLedgers(store, before, ledger, queue, subject)) !== null) return changed;
  }
  throw new LedgerError(`The ledger of plan '${plan}' moved ${MAX_TRIES} times while it was being changed. Try again.`);
}
