/** Landings: the base is moved, by compare-and-swap or by merging a pull request whose head is pinned. */
import type { EffectOutcome } from '../../core/hosted/effect.ts';
import { judgeMoves, updateRefs } from './perform-branches.ts';
import type { EffectOf, PerformContext } from './perform-context.ts';
import type { PlannedMutations, Reply } from './perform-document.ts';
import { outcomeOf } from './perform-outcomes.ts';
import { readPullState, type PullState } from './perform-pulls.ts';

type Land = EffectOf<'land'>;

const WEIGHT = 4;

/** Plans a landing; an outcome if it cannot even be asked for. */
export function planLanding(context: PerformContext, effect: Land): PlannedMutations | EffectOutcome {
  const { key, way, base, from, to, pullNodeId } = effect;
  const frame = { key, weight: WEIGHT, isIdempotent: false };
  if (way === 'fast-forward') {
    const moves = [{ branch: base, from, to, force: false }];
    return {
      ...frame,
      needed: 'contents=write',
      write: (document) => [updateRefs(document, context, moves)],
      judge: ([reply]) => judgeMoves(context, moves, reply),
    };
  }
  if (pullNodeId === null) return { kind: 'refused', because: `landing by '${way}' needs a pull request` };
  const needed = way === 'enqueue' ? 'merge_queues=write' : 'contents=write';
  return {
    ...frame,
    needed,
    write(document) {
      if (way === 'enqueue') {
        const input = { pullRequestId: pullNodeId, expectedHeadOid: to };
        return [
          `enqueuePullRequest(input: ${document.variable('EnqueuePullRequestInput!', input)}) { clientMutationId }`,
        ];
      }
      const input = {
        pullRequestId: pullNodeId,
        expectedHeadOid: to,
        mergeMethod: way.toUpperCase(),
        // A rebase keeps the messages of the commits.
        ...(way === 'rebase' ? {} : { commitHeadline: effect.title, commitBody: effect.message }),
      };
      return [`mergePullRequest(input: ${document.variable('MergePullRequestInput!', input)}) { clientMutationId }`];
    },
    judge: ([reply]) => judgeLanding(context, effect, { reply, pullNodeId, needed }),
  };
}

/** GitHub says many things of a pull request that does not merge; where it stands tells which of them it is. */
async function judgeLanding(
  context: PerformContext,
  effect: Land,
  { reply, pullNodeId, needed }: { reply: Reply | undefined; pullNodeId: string; needed: string },
): Promise<EffectOutcome> {
  if (reply === undefined || reply.error === null) return { kind: 'done' };
  const outcome = outcomeOf(reply.error, needed);
  if (outcome.kind !== 'refused') return outcome;
  const pull = await readPullState(context, pullNodeId);
  return pull === null
    ? { kind: 'elsewhere', because: 'the pull request is gone' }
    : (standingOf(effect, pull) ?? outcome);
}

function standingOf({ way, to, base }: Land, pull: PullState): EffectOutcome | null {
  if (pull.state === 'MERGED') return { kind: 'done' };
  if (pull.headRefOid !== to)
    return { kind: 'elsewhere', because: `the pull request's head is ${pull.headRefOid}, not ${to}` };
  if (way === 'enqueue' && pull.isInMergeQueue) return { kind: 'done' };
  if (pull.baseRefName !== base)
    return { kind: 'elsewhere', because: `the pull request's base is not the branch ${base} any more` };
  if (pull.state === 'CLOSED') return { kind: 'elsewhere', because: 'the pull request is closed' };
  return null;
}
