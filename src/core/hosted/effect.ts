/**
 * Everything that the shell may do on a hosted forge, as a closed union. Each has a key; those that create something
 * are written into the record with a lease before they are done, and are looked for by their key before they are
 * done again. Those that only bring a thing to a state (labels, bodies, branch moves by compare-and-swap) need none.
 */
import type { BranchName, CommitSha, TaskId, TreeSha } from '../brand.ts';
import type { DispatchLeg, NamedRun } from '../ledger/forge-record.ts';

/** One move of a branch by compare-and-swap; `from` null: must not exist; `to` null: is deleted. */
export interface HostedMove {
  branch: BranchName;
  from: CommitSha | null;
  to: CommitSha | null;
  /** Allows a move that is not a fast-forward; still only from `from`. */
  force: boolean;
}

/** What a check run shows. Texts are within the forge's limits already. */
export interface CheckOutput {
  status: 'in_progress' | 'completed';
  conclusion: 'success' | 'failure' | 'neutral' | 'action_required' | null;
  title: string;
  summary: string;
  text: string;
  /** At most 50. */
  annotations: readonly { path: string; line: number; level: 'notice' | 'warning' | 'failure'; message: string }[];
  /** At most 3; each is also a command. */
  actions: readonly { label: string; description: string; identifier: string }[];
}

/** How the base is moved. `merge` pins the pull request's head; `enqueue` hands it to the forge's own queue. */
export type LandingWay = 'fast-forward' | 'merge' | 'squash' | 'rebase' | 'enqueue';

export type ForgeEffect =
  /** `workflow`: file name in `.github/workflows` of the default branch. */
  | { kind: 'dispatch'; key: string; workflow: string; nonce: string; legs: readonly DispatchLeg[] }
  /** Looks for a run by its nonce, after a process died between dispatching and naming it; dispatches if there is none. */
  | {
      kind: 'find-or-dispatch';
      key: string;
      workflow: string;
      nonce: string;
      legs: readonly DispatchLeg[];
      writtenAtMs: number;
    }
  | { kind: 'cancel-run'; key: string; runId: number }
  /** Puts `branch` at `onto` and merges `head` into it. */
  | {
      kind: 'make-trial';
      key: string;
      task: TaskId;
      branch: BranchName;
      /** Where the branch is now; `null` if it does not exist. */
      from: CommitSha | null;
      onto: CommitSha;
      head: CommitSha;
      message: string;
    }
  | { kind: 'move-branches'; key: string; moves: readonly HostedMove[] }
  | {
      kind: 'open-pull';
      key: string;
      task: TaskId;
      branch: BranchName;
      base: BranchName;
      title: string;
      body: string;
    }
  | { kind: 'update-pull'; key: string; nodeId: string; body: string }
  | { kind: 'close-pull'; key: string; nodeId: string }
  | { kind: 'set-labels'; key: string; thread: number; add: readonly string[]; remove: readonly string[] }
  | {
      kind: 'check-run';
      key: string;
      /** `null` creates one. */
      nodeId: string | null;
      name: string;
      headSha: CommitSha;
      externalId: string;
      output: CheckOutput;
    }
  /** Without a `nodeId` it is looked for among this app's comments (by the marker in its first line), then posted. */
  | { kind: 'status-comment'; key: string; nodeId: string | null; thread: number; body: string }
  /** `lookFirst`: another process may have posted it; a comment of this app that begins with the same line is it. */
  | { kind: 'answer'; key: string; thread: number; body: string; lookFirst: boolean }
  | { kind: 'react'; key: string; commentNodeId: string; content: 'EYES' | 'THUMBS_UP' | 'CONFUSED' }
  | { kind: 'close-issue'; key: string; nodeId: string }
  | {
      kind: 'land';
      key: string;
      task: TaskId;
      way: LandingWay;
      base: BranchName;
      from: CommitSha;
      /** What the base is moved to by `fast-forward`; else the head that the pull request must have. */
      to: CommitSha;
      /** Needed by all ways but `fast-forward`. */
      pullNodeId: string | null;
      title: string;
      message: string;
    }
  /** Takes a pull request out of the forge's own queue. */
  | { kind: 'dequeue'; key: string; task: TaskId; pullNodeId: string };

/** What came of an effect. Thrown is only what nobody expects. */
export type EffectOutcome =
  | { kind: 'done' }
  | { kind: 'run-named'; run: NamedRun }
  | { kind: 'trial-made'; commitSha: CommitSha; tree: TreeSha }
  | { kind: 'trial-conflict' }
  | { kind: 'pull-opened'; number: number; nodeId: string }
  | { kind: 'comment-posted'; nodeId: string }
  /** The world was not as the effect expects (a branch had moved, a head was pushed): look again. */
  | { kind: 'elsewhere'; because: string }
  /** The forge will not do it, and why; asking again helps only if something changes. */
  | { kind: 'refused'; because: string }
  /** A permission that the installation lacks, as the forge names it. */
  | { kind: 'forbidden'; permission: string | null; because: string }
  /** The workflow cannot be dispatched, and which of the reasons it is. */
  | {
      kind: 'no-workflow';
      code: 'missing' | 'disabled' | 'actions-disabled' | 'no-trigger' | 'wrong-version';
      because: string;
    }
  /** Not now (a limit, an outage): again after this time, in milliseconds since the epoch. */
  | { kind: 'later'; notBeforeMs: number; because: string };
