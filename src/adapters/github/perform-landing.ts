/** Landings: the base is moved, by compare-and-swap or by merging a pull request whose head is pinned. */
import type { EffectOutcome, LandingWay } from '../../core/hosted/effect.ts';
import type { GraphqlDocument } from './graphql-document.ts';
import { judgeMoves, updateRefs } from './perform-branches.ts';
import type { EffectOf, PerformContext } from './perform-context.ts';
import type { PlannedMutations, Reply } from './perform-document.ts';
import { outcomeOf } from './perform-outcomes.ts';
import { readPullState } from './perform-pulls.ts';

type Land = EffectOf<'land'>;

const WEIGHT = 4;

/**
 * Plans a landing; an outcome if it is known what comes of it. Throws {@link GitHubError} if the pull request cannot be
 * read.
 */
export async function planLanding(context: PerformContext, effect: Land): Promise<PlannedMutations | EffectOutcome> {
  const { key, way, base, from, to, pullNodeId } = effect;
  const frame = { key, weight: WEIGHT, isIdempotent: false };
  if (way === 'fast-forward') {
    const moves = [{ branch: base, from, to, force: false }];
    return {
      ...frame,
      needed: neededFor(way),
      write: (document) => [updateRefs(document, context, moves)],
      judge: ([reply]) => judgeMoves(context, moves, reply),
    };
  }
  if (pullNodeId === null) return { kind: 'refused', because: `landing by '${way}' needs a pull request` };
  // A merge pins the head only. That the base is where the change was tested on has to be seen just before.
  const known = way === 'enqueue' ? null : await findStanding(context, effect, pullNodeId);
  if (known !== null) return known;
  return {
    ...frame,
    needed: neededFor(way),
    write: (document) => [writeLanding(document, effect, pullNodeId)],
    judge: ([reply]) => judgeLanding(context, effect, { reply, pullNodeId }),
  };
}

/** The permission that a landing takes, in GitHub's notation. */
export function neededFor(way: LandingWay): string {
  return way === 'enqueue' ? 'merge_queues=write' : 'contents=write';
}

function writeLanding(document: GraphqlDocument, { way, to, title, message }: Land, pullNodeId: string): string {
  const pinned = { pullRequestId: pullNodeId, expectedHeadOid: to };
  if (way === 'enqueue')
    return `enqueuePullRequest(input: ${document.variable('EnqueuePullRequestInput!', pinned)}) { clientMutationId }`;
  const input = {
    ...pinned,
    mergeMethod: way.toUpperCase(),
    // A rebase keeps the messages of the commits.
    ...(way === 'rebase' ? {} : { commitHeadline: title, commitBody: message }),
  };
  return `mergePullRequest(input: ${document.variable('MergePullRequestInput!', input)}) { clientMutationId }`;
}

/** Plans taking a pull request out of the merge queue; one that is not in it is done with. */
export function planLeaving(context: PerformContext, { key, pullNodeId }: EffectOf<'dequeue'>): PlannedMutations {
  return {
    key,
    weight: 1,
    isIdempotent: true,
    needed: 'merge_queues=write',
    write(document) {
      const input = { id: pullNodeId };
      return [
        `dequeuePullRequest(input: ${document.variable('DequeuePullRequestInput!', input)}) { clientMutationId }`,
      ];
    },
    async judge([reply]) {
      if (reply?.error == null) return { kind: 'done' };
      const outcome = outcomeOf(reply.error, 'merge_queues=write');
      if (outcome.kind !== 'refused') return outcome;
      const pull = await readPullState(context, pullNodeId);
      return pull === null || !pull.isInMergeQueue ? { kind: 'done' } : outcome;
    },
  };
}

/** GitHub says many things of a pull request that does not merge; where it stands tells which of them it is. */
async function judgeLanding(
  context: PerformContext,
  effect: Land,
  { reply, pullNodeId }: { reply: Reply | undefined; pullNodeId: string },
): Promise<EffectOutcome> {
  if (reply === undefined || reply.error === null) return { kind: 'done' };
  const outcome = outcomeOf(reply.error, neededFor(effect.way));
  return outcome.kind === 'refused' ? ((await findStanding(context, effect, pullNodeId)) ?? outcome) : outcome;
}

/** What the pull request itself says of its landing; `null` if it is as the landing expects it. */
async function findStanding(
  context: PerformContext,
  { way, from, to, base }: Land,
  pullNodeId: string,
): Promise<EffectOutcome | null> {
  const elsewhere = (because: string): EffectOutcome => ({ kind: 'elsewhere', because });
  const pull = await readPullState(context, pullNodeId);
  if (pull === null) return elsewhere('the pull request is gone');
  if (pull.state === 'MERGED') return { kind: 'done' };
  if (pull.state === 'CLOSED') return elsewhere('the pull request is closed');
  if (pull.headRefOid !== to) return elsewhere(`the head of the pull request is ${pull.headRefOid}, not ${to}`);
  if (pull.baseRefName !== base) return elsewhere(`the base of the pull request is not the branch ${base} any more`);
  if (way === 'enqueue') return pull.isInMergeQueue ? { kind: 'done' } : null;
  const tip = pull.baseRef?.target?.oid ?? null;
  return tip === from ? null : elsewhere(`the branch ${base} is not at ${from} any more`);
}
