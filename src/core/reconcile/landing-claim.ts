/**
 * Fairness among the plans of one base. Who is tested first on the tip lands first, so that plans with short tests could
 * overtake one with long tests for ever. A plan that was overtaken too often writes, when it tries again, a claim into the base's ledger, which
 * all plans share: until it has landed, or the claim has lapsed, the others try nothing and land nothing new. Of several
 * claims the first that was written goes first. A claim orders landings and lets none happen: what may land is decided without it.
 */
import type { PlanId } from '../brand.ts';
import type { AttemptRecord, QueueLedger } from '../ledger/ledger.ts';
import type { Draft } from './draft.ts';

/** How often other plans may land while an attempt is tried, until its plan claims the next landing. */
export const MOST_OVERTAKEN = 3;
/** How many leases a claim lasts: a plan that does not come to its landing holds the others up no longer. */
const LEASES_PER_CLAIM = 60;

type Claim = NonNullable<QueueLedger['claims']>[number];

/** The live claim of another plan that goes before this plan; `null` if it may go on. */
export function findClaimBefore({ claims = [] }: QueueLedger, plan: PlanId, nowMs: number): Claim | null {
  const first = claims.find(({ until }) => until > nowMs);
  return first === undefined || first.plan === plan ? null : first;
}

/** An attempt whose trial is given up because the tip has moved: with the landings of other plans counted. */
export function withOvertaken(draft: Draft, attempt: AttemptRecord): AttemptRecord {
  const overtaken = countOvertaken(draft, attempt);
  return overtaken === (attempt.overtaken ?? 0) ? attempt : { ...attempt, overtaken };
}

function countOvertaken({ snapshot, queue, ledger }: Draft, { trial, overtaken = 0 }: AttemptRecord): number {
  if (trial === null || trial.ontoSha === snapshot.tip) return overtaken;
  let count = overtaken;
  for (let at = queue.landings.length - 1; at >= 0; at -= 1) {
    const landing = queue.landings[at];
    // The one on which it was tried was before it, whenever that was certified.
    if (landing === undefined || landing.at < trial.startedAt || landing.commitSha === trial.ontoSha) break;
    if (landing.plan !== ledger.plan.id) count += 1;
  }
  return count;
}

/** True if an attempt that could land was overtaken so often that its plan may claim the next landing. */
export function mayClaim(draft: Draft, attempt: AttemptRecord): boolean {
  // The forge's own queue has an order of its own; and what the forge refuses waits for a person.
  if (draft.config.landingWay === 'enqueue' || (attempt.landing?.refusal ?? null) !== null) return false;
  // What is being tried on an earlier tip cannot land, and is not worth that anybody waits.
  const { trial } = attempt;
  if (trial !== null && trial.result === null && trial.ontoSha !== draft.snapshot.tip) return false;
  return countOvertaken(draft, attempt) >= MOST_OVERTAKEN;
}

/** True if this plan's claim has lapsed before anything landed: it had its turn, and counts from nothing again. */
export function hasLapsed({ queue, ledger, nowMs }: Draft): boolean {
  return (queue.claims ?? []).some(({ plan, until }) => plan === ledger.plan.id && until <= nowMs);
}

/** Makes this plan's claim if it is wanted, and drops it if it is not. */
export function settleClaim(draft: Draft): void {
  const { queue, nowMs, config, wantsClaim } = draft;
  const plan = draft.ledger.plan.id;
  const claims = queue.claims ?? [];
  const mine = claims.find((claim) => claim.plan === plan && claim.until > nowMs);
  const claimMs = config.leaseMs * LEASES_PER_CLAIM;
  // Its time runs while it goes first; behind another it is kept alive.
  const isDue = mine !== undefined && findClaimBefore(queue, plan, nowMs) !== null && mine.until - nowMs < claimMs / 2;
  if (wantsClaim ? mine !== undefined && !isDue : !claims.some((claim) => claim.plan === plan)) return;
  const made: Claim = { plan, until: nowMs + claimMs };
  const live = claims.filter((claim) => claim.until > nowMs);
  const others = live.filter((claim) => claim.plan !== plan);
  const renewed = mine === undefined ? [...others, made] : live.map((claim) => (claim === mine ? made : claim));
  draft.queue = { ...queue, claims: wantsClaim ? renewed : others };
}
