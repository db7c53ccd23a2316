/** How the landings that `decide` wants are done on a hosted forge: which way, under a lease, and what was refused. */
import type { CommitSha } from '../brand.ts';
import { mergeMessage } from '../attempts/commit-message.ts';
import type { Action } from '../reconcile/action.ts';
import { lastAttempt } from '../schedule/progress.ts';
import { landKey } from './busy-landings.ts';
import type { EffectOutcome, ForgeEffect } from './effect.ts';
import type { ForgeFacts, PullFact } from './facts.ts';
import type { LandingPlan } from './landing-way.ts';
import type { Leases } from './leases.ts';
import { asksForGate, findOwnGate } from './own-gate-check.ts';
import type { RunningState } from './state.ts';
import { explainRefusal } from './workflow-changes.ts';

/** Landings that the forge refused since the last decision: commit of the landing → why. */
export function readRefusals(
  state: RunningState,
  outcomes: ReadonlyMap<string, EffectOutcome>,
): ReadonlyMap<CommitSha, string> {
  const refusals = new Map<CommitSha, string>();
  for (const record of Object.values(state.ledger.tasks))
    for (const { landing } of record.attempts.slice(-1)) {
      if (landing === null) continue;
      const outcome = outcomes.get(landKey(landing.generation));
      if (outcome?.kind === 'refused' || outcome?.kind === 'forbidden')
        refusals.set(landing.commitSha, explainRefusal(outcome));
    }
  return refusals;
}

/** False while the repository asks for the check of the gate and it does not stand there yet: it would be refused. */
function showsRequiredGate({ rules, app }: ForgeFacts, { checks }: PullFact): boolean {
  return !asksForGate(rules, app.id) || findOwnGate(checks, app.id)?.status === 'passed';
}

/**
 * Effects for the `land` actions. A landing by the pull request waits until its head is the one that is to be merged:
 * the tested commit where the branch is moved there first, else the verified head.
 */
export function landEffects(
  state: RunningState,
  facts: ForgeFacts,
  actions: readonly Action[],
  plan: Extract<LandingPlan, { way: unknown }>,
  leases: Leases,
): ForgeEffect[] {
  return actions.flatMap((action) => {
    if (action.kind !== 'land') return [];
    const { task, attempt, generation, target, fromSha } = action;
    const pinned = pinHead(state, facts, action, plan);
    const key = landKey(generation);
    if (pinned === null || !leases.take(key).granted) return [];
    const { ledger } = state;
    const title = ledger.plan.tasks.find((one) => one.id === task)?.title ?? task;
    const text = mergeMessage({ plan: ledger.plan.id, task, title, attempt, generation });
    const [subject = '', ...rest] = text.split('\n');
    const commit = { title: subject, message: rest.join('\n').trim() };
    return [{ kind: 'land', key, task, way: plan.way, base: target, from: fromSha, ...pinned, ...commit }];
  });
}

type Pinned = Pick<Extract<ForgeEffect, { kind: 'land' }>, 'to' | 'pullNodeId'>;

/** What is to land, and by which pull request; `null` while that cannot be asked for. */
function pinHead(
  { ledger }: RunningState,
  facts: ForgeFacts,
  action: Extract<Action, { kind: 'land' }>,
  { way, movesBranch }: Extract<LandingPlan, { way: unknown }>,
): Pinned | null {
  if (way === 'fast-forward') return { to: action.commitSha, pullNodeId: null };
  const pull = facts.pulls.get(action.task);
  const verified = lastAttempt(ledger.tasks[action.task])?.evidence?.headSha ?? null;
  const to = movesBranch ? action.commitSha : verified;
  if (to === null || pull === undefined || pull.headSha !== to) return null;
  const isQueued = way === 'enqueue' && pull.queueEntry !== null;
  return isQueued || !showsRequiredGate(facts, pull) ? null : { to, pullNodeId: pull.nodeId };
}
