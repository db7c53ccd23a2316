/** Makes this process the one that works on a plan, or says who does. */
import type { HolderId, PlanLedger, QueueLedger } from '../core/ledger/ledger.ts';
import {
  claimHolder,
  comparePlans,
  createLedger,
  findLiveHolder,
  renewTries,
  revisePlan,
} from '../core/ledger/transitions.ts';
import { listPendingLandings, settleLandings } from '../core/reconcile/settle-landings.ts';
import { LedgerError, readLedgers, writeLedgers, type Ledgers } from './ledger-session.ts';
import { readLanded } from './read-landed.ts';
import type { RunOutcome, RunPlanDeps, RunRequest } from './run-request.ts';

/** `claimed`: the lease is written, the target branch exists. */
export type ClaimOutcome =
  | { kind: 'claimed'; ledgers: Ledgers & { ledger: PlanLedger } }
  | Extract<RunOutcome, { kind: 'busy' | 'revision-differs' | 'refused' }>;

const MAX_TRIES = 20;

/** Claims a plan for `deps.holder`. Nothing is changed unless the claim succeeds. */
export async function claimPlan(deps: RunPlanDeps, request: RunRequest, leaseMs: number): Promise<ClaimOutcome> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const before = await readLedgers(deps.store, request.plan.id);
    const prepared = await prepareLedgers(deps, request, before);
    if (prepared.kind !== 'prepared') return prepared;
    const target = await ensureTarget(deps, prepared.ledger);
    if (target !== null) return target;
    const nowMs = deps.workers.clock.now();
    const claimed = claimAlone(prepared.ledger, deps, leaseMs, nowMs);
    const written = await writeLedgers(
      deps.store,
      before,
      claimed,
      prepared.queue,
      `Claimed by ${deps.holder.description}`,
    );
    if (written !== null) return { kind: 'claimed', ledgers: { ...written, ledger: claimed } };
  }
  throw new LedgerError(`The ledger of plan '${request.plan.id}' keeps moving; another process is at work on it.`);
}

type Prepared =
  | { kind: 'prepared'; ledger: PlanLedger; queue: QueueLedger }
  | Exclude<ClaimOutcome, { kind: 'claimed' }>;

async function prepareLedgers(
  deps: RunPlanDeps,
  request: RunRequest,
  { ledger: known, queue }: Ledgers,
): Promise<Prepared> {
  const nowMs = deps.workers.clock.now();
  if (known === null) {
    const { plan, baseBranch, baseSha, target } = request;
    return { kind: 'prepared', ledger: createLedger({ plan, baseBranch, baseSha, target, nowMs }), queue };
  }
  const dead = await listDeadHolders(deps, known);
  const holder = findLiveHolder(known, deps.holder.id, dead, nowMs);
  if (holder !== null) return { kind: 'busy', holder };
  if (known.target !== request.target)
    return {
      kind: 'refused',
      because: `Plan '${known.plan.id}' lands on '${known.target}' since it was first run, not on '${request.target}'.`,
      next: `run it with the same choice of target, or give the plan another id`,
    };
  if (known.plan.revision === request.plan.revision) return { kind: 'prepared', ledger: renewTries(known), queue };
  if (!request.revise) return { kind: 'revision-differs', difference: comparePlans(known.plan, request.plan) };
  const settled = await settle(deps, request, known, queue);
  return { kind: 'prepared', ledger: revisePlan(renewTries(settled.ledger), request.plan), queue: settled.queue };
}

/** Settles the landings that an earlier process wrote ahead under the revision that is about to be replaced. */
async function settle(
  deps: RunPlanDeps,
  request: RunRequest,
  ledger: PlanLedger,
  queue: QueueLedger,
): Promise<{ ledger: PlanLedger; queue: QueueLedger }> {
  const { git, forge, clock } = deps.workers;
  const tip = await forge.readTip(ledger.target);
  const landed = await readLanded(git, listPendingLandings(ledger), tip);
  const config = {
    maxParallel: request.maxParallel,
    leaseMs: 0,
    backoffMs: 0,
    landingStrength: forge.landingStrength,
    only: null,
  };
  return settleLandings(ledger, queue, { me: deps.holder.id, landed }, config, clock.now());
}

/**
 * The ledger with this process as its only holder. Lapsed ones are taken out, so that one that wakes up again sees
 * that the plan is no longer its own.
 */
export function claimAlone(
  ledger: PlanLedger,
  { holder }: Pick<RunPlanDeps, 'holder'>,
  leaseMs: number,
  nowMs: number,
): PlanLedger {
  return claimHolder({ ...ledger, holders: {} }, holder.id, holder.description, leaseMs, nowMs);
}

/** Holders whose process is known to be gone, whatever their lease says. */
export async function listDeadHolders(deps: RunPlanDeps, ledger: PlanLedger): Promise<HolderId[]> {
  const others = Object.keys(ledger.holders).filter((id) => id !== deps.holder.id);
  const alive = await Promise.all(others.map((id) => deps.isHolderAlive(id)));
  return others.filter((_id, at) => alive[at] === false);
}

/** Creates the landing branch where the plan begins. A branch that vanished after landings is a person's matter. */
async function ensureTarget(deps: RunPlanDeps, ledger: PlanLedger): Promise<ClaimOutcome | null> {
  const { forge, git } = deps.workers;
  if ((await forge.readTip(ledger.target)) !== null) return null;
  if (ledger.certificates.length > 0) return refuseWithoutTarget(ledger);
  const outcome = await git.moveBranches([{ branch: ledger.target, from: null, to: ledger.baseSha }], 'begin the plan');
  if (outcome.moved) return null;
  return {
    kind: 'refused',
    because: `Branch '${ledger.target}' could not be created: ${outcome.because}.`,
    next: `git branch --list 'espalier/*'`,
  };
}

/** The refusal of a plan whose landing branch has vanished, with the command that brings it back. */
export function refuseWithoutTarget(ledger: PlanLedger): Extract<RunOutcome, { kind: 'refused' }> {
  const { certificates, target, baseSha } = ledger;
  return {
    kind: 'refused',
    because: `Branch '${target}' is gone, and ${certificates.length} tasks had landed on it.`,
    next: `git branch ${target} ${certificates.at(-1)?.landedSha ?? baseSha}`,
  };
}
