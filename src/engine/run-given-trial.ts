/**
 * The trial of a merge that the forge has made: first that it is the merge that was asked for, then the tests of its
 * tree. The forge says itself when there is a conflict, so there is none here.
 */
import type { TreeSha } from '../core/brand.ts';
import type { TrialResult } from '../core/ledger/evidence.ts';
import { makeFailure } from './attempt/failure.ts';
import { recordTrial, testMerged, toError } from './attempt/try-merged.ts';
import type { WorkRoom } from './attempt/work-room.ts';
import type { GivenTrialOrder, LegDeps, WorkerControl } from './orders.ts';

/**
 * Tests a merge that is there. Never throws for what a trial can meet. For a trial's own merge the repository has to hold
 * both sides down to where their histories meet.
 */
export async function runGivenTrial(
  deps: LegDeps,
  order: GivenTrialOrder,
  control: WorkerControl,
): Promise<TrialResult> {
  return recordTrial(deps, order, control, async (room) => {
    const tree = await room.deps.git.treeOf(order.commitSha);
    const problem = order.treeSha === null ? await findOtherMerge(room, order, tree) : findOtherTree(order, tree);
    if (problem !== null) return toError(makeFailure('internal', problem));
    return testMerged(room, order, order.commitSha, tree);
  });
}

/** Why the commit is not the merge of exactly the tip and the head; `null` if it is. */
async function findOtherMerge({ deps }: WorkRoom, order: GivenTrialOrder, tree: TreeSha): Promise<string | null> {
  const { git } = deps;
  const { commitSha, ontoSha, headSha } = order;
  const parents = await git.parentsOf(commitSha);
  if (parents.length !== 2 || parents[0] !== ontoSha || parents[1] !== headSha)
    return `Commit ${commitSha} is not the merge of ${headSha} onto ${ontoSha}: its parents are ${parents.join(', ') || 'none'}.`;
  const merge = await git.mergeCommits(ontoSha, headSha);
  if (merge.kind === 'clean' && merge.tree === tree) return null;
  const found = merge.kind === 'clean' ? `git makes tree ${merge.tree} of them` : 'git finds a conflict in them';
  return `Merge ${commitSha} has tree ${tree}, but ${found}. What is tested has to be what both sides give and nothing else.`;
}

function findOtherTree({ commitSha, treeSha }: GivenTrialOrder, tree: TreeSha): string | null {
  return tree === treeSha
    ? null
    : `Commit ${commitSha} has tree ${tree} instead of ${treeSha}, which the queue showed.`;
}
