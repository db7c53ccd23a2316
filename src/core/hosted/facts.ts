/**
 * What one read of a hosted forge gives about one plan. Everything in here is as the forge says it at one moment;
 * text in it is hostile. Nothing is guessed: what the forge does not know yet is `unknown`.
 */
import type { BranchName, CommitSha, Digest, TaskId, TreeSha } from '../brand.ts';
import type { Permission, Speaker } from '../commands/authority.ts';

/** One of two quotas that a forge counts apart. */
export interface Quota {
  limit: number;
  remaining: number;
  /** Milliseconds since the epoch. */
  resetAtMs: number;
}

/** A comment on the plan's issue or on one of its pull requests, oldest first. */
export interface CommentFact {
  nodeId: string;
  /** Issue or pull request number. */
  thread: number;
  author: Speaker;
  body: string;
  createdAtMs: number;
  /** `null` if it was never edited. */
  editedAtMs: number | null;
  /** Posted by this very app. */
  isOwn: boolean;
}

export interface IssueFact {
  number: number;
  nodeId: string;
  isOpen: boolean;
  title: string;
  body: string;
  /** When title or body were last edited; `null` if never. */
  editedAtMs: number | null;
  labels: readonly string[];
  /** The last events of labels whose name begins with `espalier`, oldest first: who set or took them off. */
  labelEvents: readonly LabelEventFact[];
  comments: readonly CommentFact[];
}

/** A label was set on the issue, or taken off. Setting one takes less than write permission, so it matters who did. */
export interface LabelEventFact {
  nodeId: string;
  label: string;
  isAdded: boolean;
  actor: Speaker;
  atMs: number;
}

/** A check of any app on one commit. `passed` is success alone: neutral and skipped are `not-passed`. */
export interface CheckFact {
  name: string;
  /** App that made it; `null` for a commit status. */
  appId: number | null;
  status: 'pending' | 'passed' | 'not-passed';
  /** The forge's own word, such as `FAILURE` or `SKIPPED`. */
  conclusion: string;
  url: string | null;
  externalId: string | null;
  nodeId: string | null;
}

export interface ReviewFact {
  author: Speaker;
  /** The author may push to the repository, as the forge says: anybody may review, and only these count. */
  isByWriter: boolean;
  state: 'approved' | 'changes-requested' | 'commented' | 'dismissed';
  /** Commit that was read. */
  commitSha: CommitSha | null;
}

export interface PullFact {
  number: number;
  nodeId: string;
  url: string;
  state: 'open' | 'closed' | 'merged';
  isDraft: boolean;
  /** Made by this very app. */
  isOwn: boolean;
  headBranch: string;
  headSha: CommitSha;
  baseBranch: string;
  body: string;
  labels: readonly string[];
  mergeable: 'yes' | 'no' | 'unknown';
  /** Forge's own word for what stands in the way, such as `BLOCKED`; for people. */
  mergeState: string;
  /** Set when merged. */
  mergeCommit: { sha: CommitSha; tree: TreeSha } | null;
  checks: readonly CheckFact[];
  /** Latest review of each reviewer. */
  reviews: readonly ReviewFact[];
  comments: readonly CommentFact[];
  /** Place in the forge's own merge queue. */
  queueEntry: { state: string; baseSha: CommitSha | null; headSha: CommitSha | null } | null;
  /** The last time that it left that queue; left out where the base has none. */
  queueRemoval?: QueueRemoval | null;
}

/** A pull request left the forge's own merge queue; a merge is one of the reasons. */
export interface QueueRemoval {
  /** Node id of the event. */
  id: string;
  reason: 'merged' | 'checks-failed' | 'timed-out' | 'conflict' | 'by-hand' | 'unknown';
}

/** An open pull request of the base as far as it has to be told from those of plans. */
export interface BasePull {
  number: number;
  headSha: CommitSha;
  headBranch: string;
  /** Made by this very app. */
  isOwn: boolean;
  /** From another repository. */
  isForeign: boolean;
  /** This app's own gate check on its head; `unknown` if there are more checks than are read. */
  gate: CheckFact | null | 'unknown';
}

/** An entry of the forge's own merge queue, and the group that was built for it on those before it. */
export interface QueueEntryFact {
  pull: BasePull;
  /** What the group stands on, its head and the tree of that; `null` until it is built. */
  baseSha: CommitSha | null;
  headSha: CommitSha | null;
  headTree: TreeSha | null;
  /** All checks on the head. */
  checks: readonly CheckFact[];
}

/** A run of one of the repository's own workflows that does not start before a person approves it. */
export interface HeldRun {
  /** Name of the workflow. */
  workflow: string;
  /** Where the approval is given. */
  url: string;
}

/** State of one dispatched run. */
export interface RunFact {
  id: number;
  nodeId: string;
  url: string;
  status: 'waiting' | 'running' | 'completed';
  /** `null` unless completed. */
  conclusion: 'success' | 'failure' | 'cancelled' | 'timed-out' | 'other' | null;
  /** The last sign of it. */
  updatedAtMs: number;
  /** False if it is not what the ledger dispatched (another workflow file, branch, event or actor). */
  isGenuine: boolean;
}

/**
 * What a leg's `publish` job left: a commit on the leg's receipt branch. Its first parent is the head that it
 * published, if there is one. It is believed if the artifact of the same run has the same digest.
 */
export interface ReceiptFact {
  /** Commit of the receipt itself. */
  commitSha: CommitSha;
  /** Heads published with it: first parent and its tree; `null` if the leg made none. */
  head: { sha: CommitSha; tree: TreeSha } | null;
  /** Text of `receipt.json`. */
  receipt: string;
  /** Text of `evidence.json`; `null` if it is missing or too large. */
  evidence: string | null;
  /** SHA-256 of the evidence's bytes, as computed here. */
  evidenceDigest: Digest | null;
  /** SHA-256 of the run's artifacts by name; `null` if they could not be read yet. */
  artifacts: ReadonlyMap<string, string> | null;
}

/** A button on a check run that somebody clicked. It is told once, by a webhook, and cannot be read again. */
export interface Click {
  /** Id of the delivery that told it, so that it counts once. */
  source: string;
  identifier: string;
  /** Commit whose check run it was. */
  headSha: CommitSha;
  actor: Speaker;
}

/** What the rules of the base ask for. */
export interface BaseRules {
  requiredChecks: readonly { name: string; appId: number | null }[];
  /** The branch must be up to date before merging: the forge itself lands only tested trees. */
  isStrict: boolean;
  approvals: number;
  dismissesStaleReviews: boolean;
  requiresLastPushApproval: boolean;
  requiresPull: boolean;
  hasMergeQueue: boolean;
  /** Set where whoever reads may neither see the merge queue nor put anything into it. */
  isQueueHidden?: boolean;
  allowedMergeMethods: readonly ('merge' | 'squash' | 'rebase')[];
  /** Rules that forbid moving the base by compare-and-swap (restricted updates, required signatures …), by name. */
  otherRules: readonly string[];
}

/** A branch that a trial was merged on. */
export interface TrialBranchFact {
  tip: CommitSha;
  tree: TreeSha;
  parents: readonly CommitSha[];
}

/** See the head of this file. */
export interface ForgeFacts {
  readAtMs: number;
  repository: {
    id: number;
    nodeId: string;
    owner: string;
    name: string;
    isArchived: boolean;
    defaultBranch: BranchName;
  };
  /** This app's own numeric id, and the login of its bot. */
  app: { id: number; login: string };
  base: { branch: BranchName; tip: CommitSha | null };
  rules: BaseRules;
  /** Text of the configuration at the base's tip; `null` if there is none. */
  configText: string | null;
  /** `null` if the issue is gone (deleted, or transferred without a trace). */
  issue: IssueFact | null;
  /** The forge's own merge queue in order; left out where the base has none. */
  mergeQueue?: readonly QueueEntryFact[];
  /** The open pull requests that moved last; left out unless the base's rules ask for this app's gate check. */
  basePulls?: readonly BasePull[];
  /** The pull request of each task that has one, by the branch that it is from; the newest of several. */
  pulls: ReadonlyMap<TaskId, PullFact>;
  /** Tip of each asked-for task branch; absent means that there is no such branch. */
  branches: ReadonlyMap<TaskId, CommitSha>;
  /** Runs on the tip of a task's branch that wait for an approval; left out where nothing lets runs wait. */
  heldRuns?: ReadonlyMap<TaskId, readonly HeldRun[]>;
  /** Trial branches that were asked for and exist. */
  trialBranches: ReadonlyMap<TaskId, TrialBranchFact>;
  /** By nonce, for the dispatches whose run is named; absent if the forge does not know the run any more. */
  runs: ReadonlyMap<string, RunFact>;
  /** By work key (`workKey`, or `final.<generation>`). */
  receipts: ReadonlyMap<string, ReceiptFact>;
  /** For each landing that was asked about: whether the base contains it, what tree stands there, what commit it is. */
  landed: ReadonlyMap<CommitSha, { contained: boolean; tree: string | null; landedSha: CommitSha | null }>;
  /** The status comment, if the record names one and it still exists. */
  statusComment: { nodeId: string; body: string; editedAtMs: number | null } | null;
  /** Permission of each author of a comment that may hold a command, by login in lower case. */
  permissions: ReadonlyMap<string, Permission>;
  quota: { rest: Quota | null; graphql: Quota | null };
}

/** What one read asks for, beside what is always read. Made from the ledger as it was last known. */
export interface FactsQuery {
  issue: number;
  /** `null` reads the repository's default branch. */
  base: BranchName | null;
  /** Tasks whose branch and pull request matter now, with the branch's name. */
  tasks: readonly { task: TaskId; branch: BranchName; pull: number | null }[];
  trials: readonly { task: TaskId; branch: BranchName }[];
  runs: readonly { nonce: string; runId: number; nodeId: string }[];
  receipts: readonly { key: string; branch: BranchName; runId: number; artifact: string }[];
  /** Commits of landings that were written ahead. */
  landings: readonly { commitSha: CommitSha; task: TaskId }[];
  statusComment: string | null;
  /** Comments and label events that were taken up already: the permission of their authors is not asked for again. */
  knownSources: ReadonlySet<string>;
  /** Logins whose permission is asked for beside (who clicked a button). */
  logins: readonly string[];
}
