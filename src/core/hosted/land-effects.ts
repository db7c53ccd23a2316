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
        refusals.set(landing.commitSha, outcome.because);
    }
  return refusals;
}

/** False while the repository asks for the check of the gate and it does not stand there yet: it would be refused. */
function showsRequiredGate({ rules, app }: ForgeFacts, pull: PullFact | undefined): boolean {
  return !asksForGate(rules, app.id) || findOwnGate(pull?.checks ?? [], app.id)?.status === 'passed';
}

/**
 * Effects for the `land` actions. A landing by the pull request waits until its head is the one that is to be merged:
 * the tested commit where the branch is moved there first, else the verified head.
 */
export function landEffects(
  state: RunningState,
  facts: ForgeFacts,
  actions: readonly Action[],
  { way, movesBranch }: Extract<LandingPlan, { way: unknown }>,
  leases: Leases,
): ForgeEffect[] {
  const effects: ForgeEffect[] = [];
  for (const action of actions) {
    if (action.kind !== 'land') continue;
    const pull = facts.pulls.get(action.task);
    const needsPull = way !== 'fast-forward';
    const verified = lastAttempt(state.ledger.tasks[action.task])?.evidence?.headSha ?? null;
    const pinned = needsPull && !movesBranch ? verified : action.commitSha;
    if (pinned === null || (needsPull && pull?.headSha !== pinned)) continue;
    if (needsPull && !showsRequiredGate(facts, pull)) continue;
    if (way === 'enqueue' && pull?.queueEntry !== null) continue;
    const key = landKey(action.generation);
    if (!leases.take(key).granted) continue;
    const title = state.ledger.plan.tasks.find((task) => task.id === action.task)?.title ?? action.task;
    const [subject = '', ...rest] = mergeMessage({
      plan: state.ledger.plan.id,
      task: action.task,
      title,
      attempt: action.attempt,
      generation: action.generation,
    }).split('\n');
    effects.push({
      kind: 'land',
      key,
      task: action.task,
      way,
      base: action.target,
      from: action.fromSha,
      to: pinned,
      pullNodeId: needsPull ? (pull?.nodeId ?? null) : null,
      title: subject,
      message: rest.join('\n').trim(),
    });
  }
  return effects;
}
