/**
 * What is written down of a worktree before it is made: the first of the three things that must agree (the record,
 * the folder, git's registration), and what a later process needs to take in what an interrupted one left.
 */
import { z } from 'zod';

import { commitField, treeField } from '../ledger/evidence.ts';

/** See above. */
export const WorktreeRecord = z.object({
  version: z.literal(1),
  /** Absolute host path. */
  path: z.string().min(1),
  commit: commitField,
  /** The tree that its files were made from. */
  tree: treeField,
  /** Paths that were put there beside the tree. */
  exclude: z.array(z.string()),
});
export type WorktreeRecord = z.infer<typeof WorktreeRecord>;

/** Reads a record; `null` for what is none. */
export function readWorktreeRecord(text: string | null): WorktreeRecord | null {
  if (text === null) return null;
  try {
    const record = WorktreeRecord.safeParse(JSON.parse(text));
    return record.success ? record.data : null;
  } catch {
    return null;
  }
}
