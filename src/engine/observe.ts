/** Reads all facts of one decision, once. */
import type { CommitSha, PlanId, TaskId } from '../core/brand.ts';
import type { Evidence, FinalResult, TrialResult } from '../core/ledger/evidence.ts';
import type { AttemptRecord, PlanLedger } from '../core/ledger/ledger.ts';
import { workKey, type Snapshot } from '../core/reconcile/snapshot.ts';
import { lastAttempt } from '../core/schedule/progress.ts';
import type { EvidenceStore } from '../ports/evidence-store.ts';
import { listDeadHolders } from './claim-plan.ts';
import type { Ledgers } from './ledger-session.ts';
import { readLanded } from './read-landed.ts';
import type { RunPlanDeps } from './run-request.ts';
import type { Workers } from './workers.ts';

/** Where results are looked for: among those that ended in this process, then among the stored ones. */
interface ResultReader {
  plan: PlanId;
  store: EvidenceStore;
  workers: Workers;
  /** What is in flight has no result yet, whatever a file says. */
  inFlight: ReadonlySet<string>;
}

/** The snapshot of this moment. Evidence on disk counts as much as evidence that this process saw being made. */
export async function observe(
  deps: RunPlanDeps,
  ledgers: Ledgers & { ledger: PlanLedger },
  workers: Workers,
): Promise<Snapshot> {
  const { ledger, queue } = ledgers;
  // Read before the results are: a run that ends in between is then still seen as in flight, and read next time.
  const inFlight = new Set(workers.inFlight);
  const reader: ResultReader = { plan: ledger.plan.id, store: deps.workers.evidence, workers, inFlight };
  const evidence = new Map<string, Evidence>();
  const trials = new Map<string, TrialResult>();
  const pending: CommitSha[] = [];
  for (const [id, record] of Object.entries(ledger.tasks)) {
    const task = id as TaskId;
    const attempt = lastAttempt(record);
    if (attempt?.status === 'running') await readEvidence(reader, task, attempt, evidence);
    if (attempt?.status !== 'verified') continue;
    if (attempt.landing !== null) pending.push(attempt.landing.commitSha);
    else await readTrial(reader, task, attempt, trials);
  }
  const tip = await deps.workers.forge.readTip(ledger.target);
  return {
    ledger,
    queue,
    me: deps.holder.id,
    deadHolders: await listDeadHolders(deps, ledger),
    tip,
    inFlight,
    evidence,
    trials,
    final: await readFinal(reader, ledger),
    landed: await readLanded(deps.workers.git, pending, tip),
    refusals: new Map(workers.refusals),
  };
}

async function readEvidence(
  { plan, store, workers, inFlight }: ResultReader,
  task: TaskId,
  { attempt, generation }: AttemptRecord,
  into: Map<string, Evidence>,
): Promise<void> {
  const key = workKey(task, attempt, generation);
  if (inFlight.has(key)) return;
  const found = workers.results.attempts.get(key) ?? (await store.readEvidence({ plan, task, attempt, generation }));
  if (found !== null) into.set(key, found);
}

async function readTrial(
  { plan, store, workers, inFlight }: ResultReader,
  task: TaskId,
  { attempt, trial }: AttemptRecord,
  into: Map<string, TrialResult>,
): Promise<void> {
  if (trial === null || trial.result !== null) return;
  const { generation } = trial;
  const key = workKey(task, attempt, generation);
  if (inFlight.has(key)) return;
  const found = workers.results.trials.get(key) ?? (await store.readTrial({ plan, task, attempt, generation }));
  if (found !== null) into.set(key, found);
}

async function readFinal(
  { plan, store, workers, inFlight }: ResultReader,
  { final }: PlanLedger,
): Promise<FinalResult | null> {
  if (final === null || final.result !== null) return null;
  const key = `final.${final.generation}`;
  if (inFlight.has(key)) return null;
  return workers.results.finals.get(key) ?? store.readFinal(plan, final.generation);
}
