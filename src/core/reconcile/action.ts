/** The closed union of everything that the shell may do. Each is written into the ledger before it is done. */
import type { BranchName, CommitSha, TaskId } from '../brand.ts';

export type Action =
  /** Starting one that is in flight already is a no-op. */
  | { kind: 'start-attempt'; task: TaskId; attempt: number; generation: number }
  | { kind: 'stop-attempt'; task: TaskId; attempt: number; generation: number; because: string }
  | { kind: 'start-trial'; task: TaskId; attempt: number; generation: number }
  | {
      kind: 'land';
      task: TaskId;
      attempt: number;
      generation: number;
      target: BranchName;
      fromSha: CommitSha;
      commitSha: CommitSha;
    }
  | { kind: 'start-final'; generation: number; commitSha: CommitSha };
