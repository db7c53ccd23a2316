/**
 * What must be remembered of a plan whose forge has issues, pull requests and remote runs, beside the plan's own
 * ledger: who asked for what, which runs were dispatched, which creations are under way. It is a file of the plan's
 * ledger branch and moves with it by the same compare-and-swap, so any number of processes share it.
 */
import { z } from 'zod';

import { commitField, digestField, taskIdField, timeField } from './evidence.ts';
import { HolderId } from './ledger.ts';

/** One leg of a dispatched run: the work that it does and the record of the ledger that waits for it. */
export const DispatchLeg = z.object({
  /** `attempt` and `trial` belong to the task's attempt of that number; `final` to the plan. */
  work: z.enum(['attempt', 'trial', 'final']),
  /** For `final` the word `final`. */
  task: taskIdField,
  attempt: z.number().int().min(1),
  generation: z.number().int().min(1),
  /** `full`: work, verify, publish. `verify`: of `headSha` alone. */
  mode: z.enum(['full', 'verify']),
  /** Set when `mode` is `verify`. */
  headSha: commitField.nullable(),
  /** Labels of the runner that it was dispatched to; left out where its task names none. */
  runsOn: z.array(z.string()).min(1).optional(),
  /** True once its receipt was taken in or given up. */
  isOver: z.boolean(),
  /** True if it was given up while the run may still be at it. */
  isStopped: z.boolean().optional(),
});
export type DispatchLeg = z.infer<typeof DispatchLeg>;

/** Until when a process may do what it wrote down, and the others leave it alone. */
const EffectLease = z.object({ holder: HolderId, until: timeField });

/** The run that the ledger names for a dispatch; only a named run does work. */
export const NamedRun = z.object({
  /** Larger than 2^31 in practice, which GraphQL's `databaseId` cannot hold. */
  id: z.number().int(),
  nodeId: z.string(),
  url: z.string(),
});
export type NamedRun = z.infer<typeof NamedRun>;

/** One dispatch of a workflow. Written before it is done; done once it names its run. */
export const DispatchRecord = z.object({
  /** Unique within the repository: `<plan>.<generation>`. Stands in the run's name. */
  nonce: z.string(),
  legs: z.array(DispatchLeg).min(1),
  writtenAt: timeField,
  lease: EffectLease,
  /** `null` until the run is known. */
  run: NamedRun.nullable(),
  /** When it became known: what is waited for of the run is waited for from then. */
  namedAt: timeField.optional(),
  /** When the run was first seen to have begun; `null` before. */
  begunAt: timeField.nullable(),
  /** When the run was first seen to be over. */
  endedAt: timeField.optional(),
  /** How often the forge would not dispatch it, and before when it is not tried again. */
  tries: z.number().int().optional(),
  notBefore: timeField.optional(),
});
export type DispatchRecord = z.infer<typeof DispatchRecord>;

/** A pull request of a task. */
export const PullRecord = z.object({
  number: z.number().int(),
  nodeId: z.string(),
  /** Where Espalier last left the branch; a tip elsewhere is a person's push. */
  headSha: commitField,
  /** True once it has landed and its branch is gone: nothing is read of it any more. */
  isDone: z.boolean(),
});
export type PullRecord = z.infer<typeof PullRecord>;

/** A command that was taken up, for the audit trail and so that it is not taken up twice. */
export const CommandRecord = z.object({
  /** Node id of the comment, or of the event for a label or a button. */
  source: z.string(),
  /** The command as printed, without its slash; of several in one comment, joined by `; `. */
  text: z.string(),
  by: z.string(),
  at: timeField,
  outcome: z.enum(['done', 'refused', 'ignored']),
});
export type CommandRecord = z.infer<typeof CommandRecord>;

/** A comment that is still to be posted. Goes when it stands there. */
export const PendingAnswer = z.object({
  /** Key of the effect; the posted comment carries it as its marker. */
  key: z.string(),
  /** Issue or pull request number. */
  thread: z.number().int(),
  /** Markdown without the marker. */
  body: z.string(),
  /** The reaction that acknowledged the comment of this node id; it is given again where the answer is. */
  reaction: z.enum(['EYES', 'CONFUSED']).optional(),
});
export type PendingAnswer = z.infer<typeof PendingAnswer>;

/** A plan text that differs from the accepted one. Its changed tasks are not dispatched until somebody approves. */
export const ProposedPlan = z.object({
  source: digestField,
  /** `null` if the new text cannot be read as a plan. */
  revision: digestField.nullable(),
  changed: z.array(taskIdField),
  added: z.array(taskIdField),
  removed: z.array(taskIdField),
  /** Reviewed tasks of which the title alone changed, which reviewers are told; left out if there is none. */
  retitled: z.array(taskIdField).optional(),
  isFrameChanged: z.boolean(),
  seenAt: timeField,
});
export type ProposedPlan = z.infer<typeof ProposedPlan>;

/** See the head of this file. */
export const ForgeRecord = z.object({
  version: z.literal(1),
  issue: z.number().int(),
  /** Who had the plan accepted, and the digest of the text that was. `null` before `run`. */
  accepted: z.object({ revision: digestField, source: digestField, by: z.string(), at: timeField }).nullable(),
  /** Who accepted it and works on it; others leave it alone. Older records have none, and are their reader's own. */
  keeper: z.object({ appId: z.number().int(), login: z.string() }).optional(),
  proposed: ProposedPlan.nullable(),
  /** Work on these tasks only; `null` is all of them. */
  only: z.array(taskIdField).nullable(),
  /** Node id of the status comment. */
  statusComment: z.string().nullable(),
  /** True once the final report was posted; a revised or retried plan clears it. */
  isReported: z.boolean(),
  commands: z.array(CommandRecord),
  answers: z.array(PendingAnswer),
  dispatches: z.array(DispatchRecord),
  pulls: z.record(taskIdField, PullRecord),
  /** Keys of notices about tasks without a sign of life, so that each is given once; the last of them. */
  told: z.array(z.string()),
  /** Creations that a process is about to do or has just done, by key of the effect. */
  leases: z.record(z.string(), EffectLease),
  /** What keeps the whole plan from going on until a person acts (a missing permission, a missing workflow file). */
  obstacle: z
    .object({
      code: z.string(),
      because: z.string(),
      next: z.string(),
      at: timeField,
      /** Key of the effect that was refused: once it is done, the obstacle is gone. */
      effect: z.string().optional(),
    })
    .nullable(),
});
export type ForgeRecord = z.infer<typeof ForgeRecord>;

/** The record of a plan issue that nothing has been asked of yet. */
export function createForgeRecord(issue: number): ForgeRecord {
  return {
    version: 1,
    issue,
    accepted: null,
    proposed: null,
    only: null,
    statusComment: null,
    isReported: false,
    commands: [],
    answers: [],
    dispatches: [],
    pulls: {},
    told: [],
    leases: {},
    obstacle: null,
  };
}
