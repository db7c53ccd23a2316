/** Commits as names with parents and a tree, and a base branch that contains some of them. There is no git. */
import type { CommitSha, TreeSha } from '../../src/core/brand.ts';
import { fakeCommit, fakeTree } from './builders.ts';

/** Where the base begins. */
export const ROOT = fakeCommit('base');

export class CommitGraph {
  private readonly parents = new Map<CommitSha, readonly CommitSha[]>([[ROOT, []]]);
  private readonly trees = new Map<CommitSha, TreeSha>([[ROOT, fakeTree('base')]]);
  private readonly base = new Set<CommitSha>([ROOT]);

  add(word: string, parents: readonly CommitSha[], tree: TreeSha): CommitSha {
    const sha = fakeCommit(word);
    this.parents.set(sha, parents);
    this.trees.set(sha, tree);
    return sha;
  }

  parentsOf(commit: CommitSha): readonly CommitSha[] {
    return this.parents.get(commit) ?? [];
  }

  treeOf(commit: CommitSha): TreeSha {
    return this.trees.get(commit) ?? fakeTree(`of ${commit}`);
  }

  /** The tree of a merge: that of the side which has the other already, else one of its own. */
  mergedTree(onto: CommitSha, head: CommitSha): TreeSha {
    if (this.isAncestor(onto, head)) return this.treeOf(head);
    return fakeTree(`merged ${this.treeOf(onto)} ${this.treeOf(head)}`);
  }

  isAncestor(ancestor: CommitSha, commit: CommitSha): boolean {
    const seen = new Set<CommitSha>();
    const open = [commit];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === ancestor) return true;
      if (seen.has(at)) continue;
      seen.add(at);
      open.push(...this.parentsOf(at));
    }
    return false;
  }

  isInBase(commit: CommitSha): boolean {
    return this.base.has(commit);
  }

  /** The base comes to contain a commit and all before it. */
  enterBase(commit: CommitSha): void {
    const open = [commit];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (this.base.has(at)) continue;
      this.base.add(at);
      open.push(...this.parentsOf(at));
    }
  }
}
