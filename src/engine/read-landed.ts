/** Looks for the effect of landings that were written ahead. */
import type { CommitSha } from '../core/brand.ts';
import type { Git } from '../ports/git.ts';

/** For each commit of a landing: whether the branch at `tip` contains it, and the tree that stands there. */
export async function readLanded(
  git: Git,
  commits: readonly CommitSha[],
  tip: CommitSha | null,
): Promise<Map<CommitSha, { contained: boolean; tree: string | null }>> {
  const landed = new Map<CommitSha, { contained: boolean; tree: string | null }>();
  if (tip === null) return landed;
  for (const commit of commits) {
    const contained = commit === tip || (await git.isAncestor(commit, tip));
    landed.set(commit, { contained, tree: contained ? await git.treeOf(commit) : null });
  }
  return landed;
}
