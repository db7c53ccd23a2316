/** Landings that the forge is at: neither redone nor withdrawn until it is known what became of them. */
import type { CommitSha, TaskId } from '../brand.ts';
import type { ForgeRecord } from '../ledger/forge-record.ts';
import type { LandingRecord, PlanLedger } from '../ledger/ledger.ts';
import type { Snapshot } from '../reconcile/snapshot.ts';
import { isActive, lastAttempt } from '../schedule/progress.ts';
import type { EffectOutcome } from './effect.ts';
import type { ForgeFacts } from './facts.ts';

/** Key of the effect that does a landing. */
export function landKey(generation: number): string {
  return `land.${generation}`;
}

/** Outcomes that tell for certain that nothing landed. */
const NOT_DONE: ReadonlySet<EffectOutcome['kind']> = new Set(['refused', 'forbidden', 'elsewhere']);

interface BusyInput {
  ledger: PlanLedger;
  record: ForgeRecord;
  facts: Pick<ForgeFacts, 'pulls'>;
  /** What came of the effects of this process's last decision. */
  outcomes: ReadonlyMap<string, EffectOutcome>;
}

/** Finds the landings of a plan that are under way at `nowMs`. */
export function findBusyLandings(input: BusyInput, nowMs: number): NonNullable<Snapshot['busyLandings']> {
  const busy = new Map<CommitSha, 'leased' | 'queued'>();
  for (const [task, record] of Object.entries(input.ledger.tasks)) {
    const last = lastAttempt(record);
    if (last?.landing == null || !isActive(last)) continue;
    const how = howBusy(input, task as TaskId, last.landing, nowMs);
    if (how !== null) busy.set(last.landing.commitSha, how);
  }
  return busy;
}

/** Whether one landing is under way, and how; `null` if it is not. */
export function howBusy(
  { record, facts, outcomes }: Omit<BusyInput, 'ledger'>,
  task: TaskId,
  landing: LandingRecord,
  nowMs: number,
): 'leased' | 'queued' | null {
  // Once it was seen there it is withdrawn only by whoever reads why it left.
  const isQueued = landing.queuedAt !== undefined || (facts.pulls.get(task)?.queueEntry ?? null) !== null;
  if (landing.way === 'enqueue' && isQueued) return 'queued';
  const key = landKey(landing.generation);
  const outcome = outcomes.get(key);
  if (outcome !== undefined && NOT_DONE.has(outcome.kind)) return null;
  return (record.leases[key]?.until ?? 0) > nowMs ? 'leased' : null;
}
