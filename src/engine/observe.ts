/** Reads all facts of one decision, once. */
import type { CommitSha, TaskId } from '../core/brand.ts';
import type { Evidence, FinalResult, TrialResult } from '../core/ledger/evidence.ts';
import type { AttemptRecord, PlanLedger } from '../core/ledger/ledger.ts';
import { workKey, type Snapshot } from '../core/reconcile/snapshot.ts';
import { lastAttempt } from '../core/schedule/progress.ts';
import { listDeadHolders } from './claim-plan.ts';
import type { Ledgers } from './ledger-session.ts';
import type { RunPlanDeps } from './run-request.ts';
import type { Workers } from './workers.ts';

/** The snapshot of this moment. Evidence on disk counts as much as evidence that this process saw being made. */
export async function observe(
  deps: RunPlanDeps,
  ledgers: Ledgers & { ledger: PlanLedger },
  workers: Workers,
): Promise<Snapshot> {
  const { ledger, queue } = ledgers;
  // Read before the results are: a run that ends in between is then still seen as in flight, and read next time.
  const inFlight = new Set(workers.inFlight);
  const evidence = new Map<string, Evidence>();
  const trials = new Map<string, TrialResult>();
  const pending: CommitSha[] = [];
  for (const [id, record] of Object.entries(ledger.tasks)) {
    const task = id as TaskId;
    const attempt = lastAttempt(record);
    if (attempt === null) continue;
    if (attempt.status === 'running') await readEvidence(deps, ledger, task, attempt, workers, inFlight, evidence);
    if (attempt.status !== 'verified') continue;
    if (attempt.landing !== null) pending.push(attempt.landing.commitSha);
    else await readTrial(deps, ledger, task, attempt, workers, inFlight, trials);
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
    final: await readFinal(deps, ledger, workers, inFlight),
    landed: await readLanded(deps, pending, tip),
    refusals: new Map(workers.refusals),
  };
}

async function readEvidence(
  deps: RunPlanDeps,
  ledger: PlanLedger,
  task: TaskId,
  attempt: AttemptRecord,
  workers: Workers,
  inFlight: ReadonlySet<string>,
  into: Map<string, Evidence>,
): Promise<void> {
  const key = workKey(task, attempt.attempt, attempt.generation);
  if (inFlight.has(key)) return;
  const { attempt: number, generation } = attempt;
  const found =
    (workers.results.get(key) as Evidence | undefined) ??
    (await deps.workers.evidence.readEvidence({ plan: ledger.plan.id, task, attempt: number, generation }));
  if (found !== null) into.set(key, found);
}

async function readTrial(
  deps: RunPlanDeps,
  ledger: PlanLedger,
  task: TaskId,
  attempt: AttemptRecord,
  workers: Workers,
  inFlight: ReadonlySet<string>,
  into: Map<string, TrialResult>,
): Promise<void> {
  if (attempt.trial === null || attempt.trial.result !== null) return;
  const { generation } = attempt.trial;
  const key = workKey(task, attempt.attempt, generation);
  if (inFlight.has(key)) return;
  const found =
    (workers.results.get(key) as TrialResult | undefined) ??
    (await deps.workers.evidence.readTrial({ plan: ledger.plan.id, task, attempt: attempt.attempt, generation }));
  if (found !== null) into.set(key, found);
}

async function readFinal(
  deps: RunPlanDeps,
  ledger: PlanLedger,
  workers: Workers,
  inFlight: ReadonlySet<string>,
): Promise<FinalResult | null> {
  const { final } = ledger;
  if (final === null || final.result !== null || inFlight.has(`final.${final.generation}`)) return null;
  const known = workers.results.get(`final.${final.generation}`) as FinalResult | undefined;
  return known ?? deps.workers.evidence.readFinal(ledger.plan.id, final.generation);
}

async function readLanded(
  deps: RunPlanDeps,
  commits: readonly CommitSha[],
  tip: CommitSha | null,
): Promise<Map<CommitSha, { contained: boolean; tree: string | null }>> {
  const { git } = deps.workers;
  const landed = new Map<CommitSha, { contained: boolean; tree: string | null }>();
  if (tip === null) return landed;
  for (const commit of commits) {
    const contained = commit === tip || (await git.isAncestor(commit, tip));
    landed.set(commit, { contained, tree: contained ? await git.treeOf(commit) : null });
  }
  return landed;
}
