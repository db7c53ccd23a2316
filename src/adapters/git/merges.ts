/** Merging commits without a working tree. */
import type { CommitSha, TreeSha } from '../../core/brand.ts';
import type { MergeOutcome } from '../../ports/git.ts';
import type { GitContext } from './git-context.ts';
import { failureOf, quoteForPerson } from './git-failure.ts';
import { decodePath, splitNul } from './path-bytes.ts';

/** `git merge-tree --write-tree` in the store, so that no merge driver of a user or a tree runs. */
export async function mergeCommits(context: GitContext, ours: CommitSha, theirs: CommitSha): Promise<MergeOutcome> {
  const exit = await context.tryInStore({
    args: ['merge-tree', '--write-tree', '-z', '--messages', '--name-only', ours, theirs],
  });
  // 0 is clean and 1 is a conflict (git-merge-tree(1)); anything else could not be merged at all.
  if ((exit.exitCode !== 0 && exit.exitCode !== 1) || exit.stdout.length === 0)
    throw failureOf(`merging ${theirs} into ${ours}`, exit);
  const records = splitNul(exit.stdout);
  const tree = (records[0]?.toString('latin1') ?? '') as TreeSha;
  if (exit.exitCode === 0) return { kind: 'clean', tree };
  return { kind: 'conflict', tree, conflicts: readConflicts(records.slice(1)) };
}

/**
 * The records after the tree: names of conflicted files, an empty record, then messages, each as the number of its
 * paths, the paths, a type such as `CONFLICT (contents)`, and a text.
 */
function readConflicts(records: readonly Buffer[]): { path: string; because: string }[] {
  const gap = records.findIndex((record) => record.length === 0);
  const names = (gap === -1 ? records : records.slice(0, gap)).map(decodePath);
  const reasons = new Map<string, string>(names.map((path) => [path, '']));
  const messages = gap === -1 ? [] : records.slice(gap + 1);
  for (let at = 0; at < messages.length;) {
    const count = Number(messages[at]?.toString('latin1'));
    if (!Number.isInteger(count)) break;
    const paths = messages.slice(at + 1, at + 1 + count).map(decodePath);
    const type = messages[at + 1 + count]?.toString('utf8') ?? '';
    const text = quoteForPerson(messages[at + 2 + count]?.toString('utf8') ?? '');
    at += count + 3;
    // The others tell of merges that went well, such as `Auto-merging`.
    if (!type.startsWith('CONFLICT')) continue;
    for (const path of paths) {
      const before = reasons.get(path) ?? '';
      reasons.set(path, before === '' ? text : `${before}; ${text}`);
    }
  }
  return [...reasons].map(([path, because]) => ({ path, because: because === '' ? 'both sides changed it' : because }));
}
