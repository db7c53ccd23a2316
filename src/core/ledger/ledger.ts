/**
 * The ledger: the durable record of one plan, and of one base branch. It holds what cannot be derived: the plan
 * that was accepted, attempts and their evidence, what is under way and by whom, pauses, certificates.
 * Everything else (ready, blocked, progress) is computed from it by `reconcile/decide`.
 */
import { z } from 'zod';

import { ResolvedPlan } from '../plan/plan.ts';
import {
  branchField,
  commitField,
  digestField,
  Evidence,
  FinalResult,
  planIdField,
  taskIdField,
  timeField,
  treeField,
  TrialResult,
} from './evidence.ts';

/** Name of one process at work, unique over restarts. */
export const HolderId = z.string().min(1).max(200);
export type HolderId = z.infer<typeof HolderId>;

/** A process that claims work. Its lease covers every action that it holds; a lapsed or dead holder loses them. */
export const Holder = z.object({
  /** The lease: until when the others leave its actions alone. */
  until: timeField,
  since: timeField,
  /** For a person: which process on which machine. */
  description: z.string(),
});
export type Holder = z.infer<typeof Holder>;

/** Something that was written down before it was done. `generation` tells a redo from the first. */
const lease = { generation: z.number().int().min(1), holder: HolderId, startedAt: timeField };

/** A merge of an attempt's head onto the tip, and its tests. */
export const TrialRecord = z.object({
  ...lease,
  ontoSha: commitField,
  /** `null` while it runs. */
  result: TrialResult.nullable(),
});
export type TrialRecord = z.infer<typeof TrialRecord>;

/** A test of what the forge's own queue made of a landing, as a trial on `ontoSha`, which the group stands on. */
export const GroupTrial = TrialRecord.extend({
  /** Head of the group and its tree. */
  commitSha: commitField,
  treeSha: treeField,
});
export type GroupTrial = z.infer<typeof GroupTrial>;

/**
 * What was answered, or seen, against what the forge's own queue made of a landing, and what then becomes of it:
 * `again` on another tip, or `returned` to its task.
 */
export const QueueObjection = z.object({
  /** Head of the group. */
  commitSha: commitField,
  because: z.string(),
  sequel: z.enum(['again', 'returned']),
  at: timeField,
});
export type QueueObjection = z.infer<typeof QueueObjection>;

/** One rule of the gate as it stood, in a line. */
const RuleLine = z.object({ rule: z.string(), status: z.string(), because: z.string() });

/** Ways to land that a hosted forge may allow. */
const LANDING_WAYS = ['fast-forward', 'merge', 'squash', 'rebase', 'enqueue'] as const;

/** A landing that was decided; it is done once the target contains `commitSha`, or what the forge made of it. */
export const LandingRecord = z.object({
  ...lease,
  fromSha: commitField,
  commitSha: commitField,
  treeSha: treeField,
  /** Why the forge refused the last try; `null` if it did not. Tried again after `notBefore`. */
  refusal: z.string().nullable(),
  /** How often in turn it was refused: each wait is longer than the one before. */
  refusals: z.number().int().optional(),
  notBefore: timeField,
  /** How a hosted forge was to do it and how strong that is, as decided; absent where the branch is moved locally. */
  way: z.enum(LANDING_WAYS).optional(),
  strength: z.enum(['exact', 'audited']).optional(),
  /** The gate as it stood when this was decided, where it cannot be evaluated again once the pull request is merged. */
  rules: z.array(RuleLine).optional(),
  /** When it was first seen in the forge's own merge queue. */
  queuedAt: timeField.optional(),
  /** Set where the queue made another tree than the one that was tried. */
  group: GroupTrial.optional(),
  objection: QueueObjection.optional(),
  /** The last removal from the queue that was known when this was decided; a later one is of this landing. */
  knownRemoval: z.string().nullable().optional(),
  /** When it was first seen to have left the queue without a known reason. */
  leftAt: timeField.optional(),
  /** The commit that the forge made of it, where that is another one than `commitSha`. */
  landedSha: commitField.optional(),
});
export type LandingRecord = z.infer<typeof LandingRecord>;

/**
 * Where an attempt stands. `returned`: its head could not land and went back to the task. `superseded`: a person pushed
 * another head; it does not count as a try.
 */
const ATTEMPT_STATUSES = ['running', 'verified', 'landed', 'failed', 'returned', 'cancelled', 'superseded'] as const;

/** One try at a task. */
export const AttemptRecord = z.object({
  ...lease,
  attempt: z.number().int().min(1),
  status: z.enum(ATTEMPT_STATUSES),
  /** The task as it was when this was dispatched; a verdict counts only while it is still so. */
  taskDigest: digestField,
  baseSha: commitField,
  /** Head of an earlier attempt whose work this one goes on from; merged onto the base, conflicts as markers. */
  carrySha: commitField.nullable(),
  /** A head that a person pushed: this attempt verifies it and writes nothing itself. */
  givenSha: commitField.optional(),
  /** What went wrong before, for the prompt. */
  feedback: z.string().nullable(),
  /** Money set aside for it; `null` where no cap applies. */
  reservedUsd: z.number().nonnegative().nullable(),
  /** Reservations of runs of this attempt whose process died: nobody knows what they spent, so all of it counts. */
  lostUsd: z.number().nonnegative(),
  evidence: Evidence.nullable(),
  trial: TrialRecord.nullable(),
  /** Merges of its head onto earlier tips that were tested: commits that Espalier may have put on the task's branch. */
  tried: z.array(commitField).optional(),
  landing: LandingRecord.nullable(),
  /** How many landings of other plans came before its own while it was tried. */
  overtaken: z.number().int().optional(),
  /** Why it is `returned`. */
  returnedBecause: z.string().nullable(),
});
export type AttemptRecord = z.infer<typeof AttemptRecord>;

/** What is known of a task beyond the plan's text. A task without history has no record. */
export const TaskRecord = z.object({
  attempts: z.array(AttemptRecord),
  /** Attempts numbered below this do not count against `retries` (a person asked for a fresh start). */
  countFrom: z.number().int().min(1),
  cancelled: z.object({ at: timeField, by: z.string() }).nullable(),
  /** No new attempt before this time (back-off after a transient failure). */
  notBefore: timeField,
  /** How often in turn its trial could not run at all, and why the last time. */
  trialTrouble: z.object({ count: z.number().int(), because: z.string() }).optional(),
  /** How often in turn the forge's own queue turned it away, and why the last time. */
  turnedAway: z.object({ count: z.number().int(), because: z.string() }).optional(),
  /** A head that a person pushed and that no attempt has taken up yet. */
  givenSha: commitField.optional(),
  /** The pull request whose closing was taken for a cancellation, so that it is not taken so again after a retry. */
  closedPull: z.number().int().optional(),
});
export type TaskRecord = z.infer<typeof TaskRecord>;

/** Proof of one landing: what landed, on what it stood, and which evidence let it. */
export const Certificate = z.object({
  version: z.literal(1),
  plan: planIdField,
  revision: digestField,
  task: taskIdField,
  taskDigest: digestField,
  attempt: z.number().int().min(1),
  target: branchField,
  fromSha: commitField,
  headSha: commitField,
  landedSha: commitField,
  testedTree: treeField,
  landedTree: treeField,
  /** `by-hand`: a person merged it; `tests` and `rules` say what was known of it then. */
  strength: z.enum(['exact', 'audited', 'by-hand']),
  /** Landing commits of the tasks that it needs. */
  needs: z.array(z.object({ task: taskIdField, landedSha: commitField })),
  tests: z.array(z.object({ stage: z.string(), tree: treeField, suite: digestField, status: z.string() })),
  review: z
    .object({
      score: z.number(),
      threshold: z.number(),
      change: digestField,
      rubric: digestField,
      reviewer: z.string(),
    })
    .nullable(),
  /** The gate's rules as they stood, one line each. */
  rules: z.array(RuleLine),
  sandbox: z.object({ engine: z.string(), profile: z.string(), waived: z.array(z.string()) }),
  evidence: digestField,
  landedAt: timeField,
});
export type Certificate = z.infer<typeof Certificate>;

/** The run of the plan's `final` tests on the whole. */
const FinalRecord = z.object({
  ...lease,
  commitSha: commitField,
  result: FinalResult.nullable(),
  /** How often in turn its run died and tested nothing, why the last time, and before when it is not tried again. */
  died: z.object({ count: z.number().int(), because: z.string(), notBefore: timeField }).optional(),
});

/** The ledger of one plan. */
export const PlanLedger = z.object({
  version: z.literal(1),
  plan: ResolvedPlan,
  baseBranch: branchField,
  /** Where the base stood when the plan was accepted. */
  baseSha: commitField,
  /** The branch that landings move: `espalier/<plan>/landed`, or the base itself. */
  target: branchField,
  createdAt: timeField,
  holders: z.record(HolderId, Holder),
  tasks: z.record(taskIdField, TaskRecord),
  paused: z.object({ at: timeField, by: z.string() }).nullable(),
  certificates: z.array(Certificate),
  final: FinalRecord.nullable(),
  /** The next generation to hand out; grows with every write-ahead. */
  nextGeneration: z.number().int().min(1),
});
export type PlanLedger = z.infer<typeof PlanLedger>;

/** The ledger of one target branch: what landed on it from any plan, and whether it is frozen. */
export const QueueLedger = z.object({
  version: z.literal(1),
  target: branchField,
  /** Why nothing may land on it, until a person has looked; `commitSha` is the landing that is not what was tested. */
  frozen: z.object({ at: timeField, because: z.string(), commitSha: commitField.optional() }).nullable(),
  /** The landing that may go on where a forge cannot land by compare-and-swap, so that plans land one at a time. */
  turn: z
    .object({ plan: planIdField, task: taskIdField, generation: z.number().int().min(1), until: timeField })
    .nullable()
    .optional(),
  /** Plans that others have overtaken too often, in the order of their claims: the first that has not lapsed lands next. */
  claims: z.array(z.object({ plan: planIdField, until: timeField })).optional(),
  /** The plan that answers the forge's queue for pull requests that are no plan's, so that one of several does. */
  answering: z.object({ plan: planIdField, until: timeField }).nullable().optional(),
  landings: z.array(
    z.object({ plan: planIdField, task: taskIdField, commitSha: commitField, treeSha: treeField, at: timeField }),
  ),
});
export type QueueLedger = z.infer<typeof QueueLedger>;
