/** Branches: moves by compare-and-swap, and merges that GitHub makes. */
import { z } from 'zod';

import type { BranchName, CommitSha } from '../../core/brand.ts';
import type { EffectOutcome, HostedMove } from '../../core/hosted/effect.ts';
import { CommitName, nodesOf, TreeName } from './answer-shapes.ts';
import { GraphqlDocument } from './graphql-document.ts';
import type { EffectOf, PerformContext } from './perform-context.ts';
import { readPayload, type PlannedMutations, type Reply } from './perform-document.ts';
import { outcomeOf } from './perform-outcomes.ts';

const CONTENTS = 'contents=write';
/** Moves that take GitHub about as long as a comment does. */
const MOVES_PER_WEIGHT = 4;
const MERGE_WEIGHT = 3;

/** All moves of an effect are one mutation: either all of them are done or none. */
export function planMoves(context: PerformContext, { key, moves }: EffectOf<'move-branches'>): PlannedMutations {
  return {
    key,
    weight: Math.ceil(moves.length / MOVES_PER_WEIGHT),
    // The second time the branches are not where they were.
    isIdempotent: false,
    needed: CONTENTS,
    write: (document) => [updateRefs(document, context, moves)],
    judge: ([reply]) => judgeMoves(context, moves, reply),
  };
}

/** The trial's branch is put at its base and merged into, in one document. */
export function planTrial(context: PerformContext, effect: EffectOf<'make-trial'>): PlannedMutations {
  const { key, branch, from, onto, head, message } = effect;
  const moves = from === onto ? [] : [{ branch, from, to: onto, force: true }];
  return {
    key,
    weight: MERGE_WEIGHT,
    isIdempotent: false,
    needed: CONTENTS,
    write(document) {
      const input = { repositoryId: context.repositoryId, base: branch, head, commitMessage: message };
      const merge = `mergeBranch(input: ${document.variable('MergeBranchInput!', input)}) {
  mergeCommit { oid tree { oid } parents(first: 3) { nodes { oid } } }
}`;
      return moves.length === 0 ? [merge] : [updateRefs(document, context, moves), merge];
    },
    async judge(replies) {
      const merged = replies.at(-1);
      const moved = moves.length === 0 ? null : replies[0];
      if (moved?.error == null) return judgeMerge(context, effect, merged);
      const outcome = await judgeMoves(context, moves, moved);
      return outcome.kind === 'done' ? elsewhere(`the branch ${branch} was put at its base by somebody else`) : outcome;
    },
  };
}

/** A mutation that moves branches, each from where it is expected. */
export function updateRefs(
  document: GraphqlDocument,
  { repositoryId }: PerformContext,
  moves: readonly HostedMove[],
): string {
  const refUpdates = moves.map(({ branch, from, to, force }) => ({
    name: `refs/heads/${branch}`,
    beforeOid: from ?? nothingLike(to),
    afterOid: to ?? nothingLike(from),
    force: force || to === null,
  }));
  return `updateRefs(input: ${document.variable('UpdateRefsInput!', { repositoryId, refUpdates })}) { clientMutationId }`;
}

/** The object name that stands for a branch that is not there. `like` tells which of git's two hashes is used. */
function nothingLike(like: CommitSha | null): string {
  return '0'.repeat(like?.length ?? 40);
}

/**
 * What came of moves. GitHub's words for a branch that is not where it is expected are not documented, so that after a
 * refusal it is looked where the branches are.
 */
export async function judgeMoves(
  context: PerformContext,
  moves: readonly HostedMove[],
  reply: Reply | undefined,
): Promise<EffectOutcome> {
  if (reply === undefined || reply.error === null) return { kind: 'done' };
  const outcome = outcomeOf(reply.error, CONTENTS);
  if (outcome.kind !== 'refused') return outcome;
  const tips = await readTips(context, moves);
  if (moves.every(({ to }, index) => tips[index] === to)) return { kind: 'done' };
  const moved = moves.find(({ from }, index) => tips[index] !== from);
  return moved === undefined
    ? outcome
    : elsewhere(`the branch ${moved.branch} is not where it was: ${outcome.because}`);
}

const Tip = z.object({ target: z.object({ oid: CommitName }).nullable() }).nullish();
const TipsAnswer = z.object({ repository: z.record(z.string(), Tip).nullable() });

/** Where branches are now. */
async function readTips(
  { client, memory }: PerformContext,
  moves: readonly { branch: BranchName }[],
): Promise<(CommitSha | null)[]> {
  const document = new GraphqlDocument('query', 'LookAtBranches');
  const fields = moves.map(
    ({ branch }, index) =>
      `r${index}: ref(qualifiedName: ${document.variable('String!', `refs/heads/${branch}`)}) { target { oid } }`,
  );
  const { owner, name } = memory.address;
  const [ownerVariable, nameVariable] = [document.variable('String!', owner), document.variable('String!', name)];
  document.select(`repository(owner: ${ownerVariable}, name: ${nameVariable}) {\n${fields.join('\n')}\n}`);
  const { data } = await client.graphql({
    kind: 'query',
    ...document.finish(),
    what: 'Reading where branches are',
    answer: TipsAnswer,
  });
  return moves.map((_, index) => data.repository?.[`r${index}`]?.target?.oid ?? null);
}

const MergePayload = z.object({
  mergeCommit: z
    .object({
      oid: CommitName,
      tree: z.object({ oid: TreeName }),
      parents: z.object({ nodes: nodesOf(z.object({ oid: CommitName })) }),
    })
    .nullable(),
});

function judgeMerge(
  context: PerformContext,
  { branch, onto, head }: EffectOf<'make-trial'>,
  reply: Reply | undefined,
): EffectOutcome {
  const contained: EffectOutcome = {
    kind: 'refused',
    because: `the base ${onto} contains the head ${head} already, so that there is nothing to merge`,
  };
  if (reply === undefined) return elsewhere(`nothing was merged into the branch ${branch}`);
  if (reply.error !== null) {
    const { because } = reply.error;
    if (/merge conflict/i.test(because)) return { kind: 'trial-conflict' };
    if (/already merged|already up.to.date/i.test(because)) return contained;
    return outcomeOf(reply.error, CONTENTS);
  }
  const { mergeCommit } = readPayload(MergePayload, reply, context);
  if (mergeCommit === null) return contained;
  const parents = mergeCommit.parents.nodes.map(({ oid }) => oid);
  // Between the two mutations another process may have moved the branch.
  if (parents.length !== 2 || parents[0] !== onto || parents[1] !== head)
    return elsewhere(`the merge on the branch ${branch} is of ${parents.join(' and ')}`);
  return { kind: 'trial-made', commitSha: mergeCommit.oid, tree: mergeCommit.tree.oid };
}

function elsewhere(because: string): EffectOutcome {
  return { kind: 'elsewhere', because };
}
