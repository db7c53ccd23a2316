/**
 * Does the effects of a decision: those that GraphQL can do in as few documents as they fit in, the others by REST.
 * What brought no answer and may have been done is not done again here; the next observation tells what became of it.
 */
import type { CommitSha } from '../../core/brand.ts';
import type { EffectOutcome, ForgeEffect } from '../../core/hosted/effect.ts';
import type { HostedForge } from '../../ports/hosted-forge.ts';
import { planMoves, planTrial } from './perform-branches.ts';
import { planCheckRun } from './perform-checks.ts';
import { planAnswer, planCloseIssue, planReaction, planStatusComment } from './perform-comments.ts';
import { isOutcome, readRepositoryId, type PerformContext, type PerformerParts } from './perform-context.ts';
import { cancelRun, dispatchRun, findOrDispatchRun } from './perform-dispatch.ts';
import { sendMutations, type PlannedMutations } from './perform-document.ts';
import { planLabels, setLabels } from './perform-labels.ts';
import { neededFor, planLanding, planLeaving } from './perform-landing.ts';
import { outcomeOf } from './perform-outcomes.ts';
import { planClosePull, planOpenPull, planUpdatePull } from './perform-pulls.ts';

/** Does effects in one repository. */
export interface Performer {
  /** See `HostedForge.perform`. */
  perform: HostedForge['perform'];
}

/** A performer for one repository. */
export function openPerformer(parts: PerformerParts): Performer {
  return { perform: (effects, ledgerSha) => performAll(parts, effects, ledgerSha) };
}

/** How an effect is done: by mutations, by requests of its own, or not at all since its outcome is known. */
type Way =
  | { by: 'mutations'; planned: PlannedMutations }
  | { by: 'requests'; key: string; run: () => Promise<EffectOutcome> }
  | { by: 'nothing'; key: string; outcome: EffectOutcome };

async function performAll(
  parts: PerformerParts,
  effects: readonly ForgeEffect[],
  ledgerSha: CommitSha,
): Promise<ReadonlyMap<string, EffectOutcome>> {
  const outcomes = new Map<string, EffectOutcome>();
  if (effects.length === 0) return outcomes;
  const repositoryId = await findRepositoryId(parts);
  if (isOutcome(repositoryId)) return new Map(effects.map(({ key }) => [key, repositoryId]));
  const context: PerformContext = { ...parts, repositoryId: repositoryId.id, ledgerSha };
  const ways = await Promise.all(effects.map((effect) => chooseWay(context, effect)));
  for (const way of ways) if (way.by === 'nothing') outcomes.set(way.key, way.outcome);
  const planned = ways.flatMap((way) => (way.by === 'mutations' ? [way.planned] : []));
  const requests = ways.flatMap((way) => (way.by === 'requests' ? [way] : []));
  // Nothing that REST does builds on what GraphQL does in the same call, nor the other way round.
  const done = await Promise.allSettled([sendMutations(parts, planned), runInTurn(requests)]);
  for (const one of done) {
    // Only now: nothing goes on behind the back of whoever hears of it.
    if (one.status === 'rejected') throw one.reason;
    for (const [key, outcome] of one.value) outcomes.set(key, outcome);
  }
  return outcomes;
}

async function findRepositoryId(parts: PerformerParts): Promise<{ id: string } | EffectOutcome> {
  try {
    return { id: await readRepositoryId(parts) };
  } catch (error) {
    return outcomeOf(error, 'metadata=read');
  }
}

async function runInTurn(requests: readonly Extract<Way, { by: 'requests' }>[]): Promise<[string, EffectOutcome][]> {
  const outcomes: [string, EffectOutcome][] = [];
  for (const { key, run } of requests) outcomes.push([key, await run()]);
  return outcomes;
}

async function chooseWay(context: PerformContext, effect: ForgeEffect): Promise<Way> {
  const { key } = effect;
  const byRequests = (run: () => Promise<EffectOutcome>): Way => ({ by: 'requests', key, run });
  switch (effect.kind) {
    case 'dispatch':
      return byRequests(() => dispatchRun(context, effect));
    case 'find-or-dispatch':
      return byRequests(() => findOrDispatchRun(context, effect));
    case 'cancel-run':
      return byRequests(() => cancelRun(context, effect));
    case 'set-labels': {
      const planned = planLabels(context, effect);
      return planned === null ? byRequests(() => setLabels(context, effect)) : toWay(key, planned);
    }
    case 'make-trial':
      return toWay(key, planTrial(context, effect));
    case 'move-branches':
      return toWay(key, planMoves(context, effect));
    case 'open-pull':
      return toWay(key, planOpenPull(context, effect));
    case 'update-pull':
      return toWay(key, planUpdatePull(effect));
    case 'close-pull':
      return toWay(key, planClosePull(context, effect));
    case 'check-run':
      return toWay(key, await lookedFor(planCheckRun(context, effect), 'checks=write'));
    case 'status-comment':
      return toWay(key, await lookedFor(planStatusComment(context, effect), 'issues=write'));
    case 'answer':
      return toWay(key, await lookedFor(planAnswer(context, effect), 'issues=write'));
    case 'react':
      return toWay(key, planReaction(effect));
    case 'close-issue':
      return toWay(key, planCloseIssue(effect));
    case 'land':
      return toWay(key, await lookedFor(planLanding(context, effect), neededFor(effect.way)));
    case 'dequeue':
      return toWay(key, planLeaving(context, effect));
  }
}

/** A plan for which something had to be looked for; that may fail. */
async function lookedFor(
  planned: Promise<PlannedMutations | EffectOutcome>,
  needed: string,
): Promise<PlannedMutations | EffectOutcome> {
  try {
    return await planned;
  } catch (error) {
    return outcomeOf(error, needed);
  }
}

function toWay(key: string, planned: PlannedMutations | EffectOutcome): Way {
  return isOutcome(planned) ? { by: 'nothing', key, outcome: planned } : { by: 'mutations', planned };
}
