/**
 * Evidence: what one run of an attempt produced, bound to what it was produced for. Written by the attempt
 * runner as one JSON file, believed by `decide` only when its binding matches the ledger.
 */
import { z } from 'zod';

import type { BranchName, CommitSha, Digest, PlanId, TaskId, TreeSha } from '../brand.ts';

const branded = <T extends string>() => z.string() as unknown as z.ZodType<T>;
/** Schema of a task id that was checked when it was first read. */
export const taskIdField = branded<TaskId>();
/** Schema of a plan id that was checked when it was first read. */
export const planIdField = branded<PlanId>();
/** Schema of a branch name that was checked when it was first read. */
export const branchField = branded<BranchName>();
/** Schema of a full commit SHA. */
export const commitField = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/) as unknown as z.ZodType<CommitSha>;
/** Schema of a full tree SHA. */
export const treeField = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/) as unknown as z.ZodType<TreeSha>;
/** Schema of a SHA-256 digest. */
export const digestField = z.string().regex(/^[0-9a-f]{64}$/) as unknown as z.ZodType<Digest>;
/** Milliseconds since the epoch, UTC. */
export const timeField = z.number().int();

/** Where tests ran: in the agent's loop, on a fresh checkout, with the base's tests, on the merged tree, at the end. */
const TEST_STAGES = ['work', 'verify', 'base-tests', 'trial', 'final'] as const;

/** One run of the required tests on one tree. A result counts for that tree and those commands only. */
export const TestResult = z.object({
  stage: z.enum(TEST_STAGES),
  tree: treeField,
  /** Digest of the commands, profile and resources that they ran under. */
  suite: digestField,
  status: z.enum(['passed', 'failed', 'timed-out', 'error']),
  /** Exit code of the first command that did not pass; `null` when all passed or none ended. */
  exitCode: z.number().int().nullable(),
  durationMs: z.number().int(),
  /** The end of the output, cleaned of control characters and secrets. */
  tail: z.string(),
  /** True when an earlier result for the same tree and suite stood in for a run. */
  reused: z.boolean(),
});
export type TestResult = z.infer<typeof TestResult>;

/** One thing that a reviewer found. A blocking finding closes the gate at any score. */
export const Finding = z.object({
  severity: z.enum(['blocking', 'warning', 'note']),
  path: z.string().nullable(),
  line: z.number().int().nullable(),
  message: z.string(),
});
export type Finding = z.infer<typeof Finding>;

/** One review. Bound to one change (diff of head against its merge base), one rubric and one reviewer. */
export const ReviewResult = z.object({
  stage: z.enum(['work', 'verify']),
  iteration: z.number().int(),
  status: z.enum(['scored', 'timed-out', 'error']),
  /** 0 to 10; `null` unless `status` is `scored`. */
  score: z.number().min(0).max(10).nullable(),
  findings: z.array(Finding),
  /** Digest of the change that was read: base tree and head tree. */
  change: digestField,
  rubric: digestField,
  reviewer: z.string(),
  durationMs: z.number().int(),
  /** Why there is no score; empty when there is one. */
  detail: z.string(),
});
export type ReviewResult = z.infer<typeof ReviewResult>;

/** A rule about the resulting tree that does not hold (owned or protected paths, sizes, symlinks, secrets …). */
export const TreeViolation = z.object({
  rule: z.enum(['ownership', 'protected-paths', 'contents']),
  path: z.string(),
  because: z.string(),
});
export type TreeViolation = z.infer<typeof TreeViolation>;

/** What the agent said it used; `null` is unknown and is never read as zero. */
export const Usage = z.object({
  costUsd: z.number().nonnegative().nullable(),
  inputTokens: z.number().int().nullable(),
  outputTokens: z.number().int().nullable(),
  turns: z.number().int().nullable(),
});
export type Usage = z.infer<typeof Usage>;

/** Why an attempt ended without a head that may be gated. */
const FAILURE_CAUSES = [
  'agent-failed', // exited non-zero, or its preset read an error in its output
  'agent-timed-out',
  'agent-flooded', // more output than the cap
  'agent-resources', // killed for memory, or could not fork
  'no-change', // exited 0 and changed nothing
  'worktree-lost', // the worktree is gone or is not what was made
  'intake-refused', // what it wrote could not be taken in (bad objects, too large)
  'tree-refused', // owned or protected paths, symlinks, sizes, secrets
  'setup-failed',
  'tests-failed',
  'review-failed', // no score, or under the threshold after all iterations
  'base-tests-failed',
  'disk-full',
  'sandbox-failed', // the engine could not start or run the sandbox
  'cancelled',
  'internal',
  'run-failed', // the remote run ended and left nothing that can be believed
  'run-cancelled', // a person cancelled the remote run
  'run-lost', // the remote run never began, or the forge does not know it any more
  'evidence-refused', // what the remote run left is not what was dispatched
  'publish-refused', // what was verified, or said to be, could not be published
] as const;
export type FailureCause = (typeof FAILURE_CAUSES)[number];

/** Stages of one attempt, in order. Progress is shown from these and decides nothing. */
export const ATTEMPT_STAGES = ['worktree', 'setup', 'agent', 'intake', 'tests', 'review', 'verify', 'publish'] as const;
export type AttemptStage = (typeof ATTEMPT_STAGES)[number];

/** The evidence of one attempt. */
export const Evidence = z.object({
  version: z.literal(1),
  plan: planIdField,
  task: taskIdField,
  attempt: z.number().int().min(1),
  /** Which dispatch of this attempt; a result of a superseded dispatch is ignored. */
  generation: z.number().int().min(1),
  /** Digest of the resolved task that it was made for. */
  taskDigest: digestField,
  baseSha: commitField,
  /** Tree of the base, so that the review's binding can be checked without git. */
  baseTreeSha: treeField,
  /** The taken-in commit; `null` if none could be made. */
  headSha: commitField.nullable(),
  treeSha: treeField.nullable(),
  outcome: z.enum(['verified', 'failed', 'cancelled']),
  /** Set unless `outcome` is `verified`. `feedback` is the text for the next attempt's prompt. */
  failure: z
    .object({ cause: z.enum(FAILURE_CAUSES), detail: z.string(), feedback: z.string(), isTransient: z.boolean() })
    .nullable(),
  tests: z.array(TestResult),
  reviews: z.array(ReviewResult),
  /**
   * The base's tests against the change: `not-asked` without `test_paths`, `not-needed` if the change left the
   * existing test files alone, `waived` if the task's `allow` names what it changed, `run` if there is a result.
   */
  baseTests: z.enum(['not-asked', 'not-needed', 'waived', 'run']),
  violations: z.array(TreeViolation),
  changes: z.object({ files: z.number().int(), insertions: z.number().int(), deletions: z.number().int() }),
  /** Changed paths, at most 200 of them. */
  paths: z.array(z.string()),
  usage: Usage,
  iterations: z.number().int(),
  sandbox: z.object({ engine: z.string(), profile: z.string(), waived: z.array(z.string()) }),
  startedAt: timeField,
  endedAt: timeField,
  /** How long each stage took in all, ms; `overhead` is what is neither agent, setup, tests, review nor tree making. */
  timings: z.record(z.string(), z.number()),
});
export type Evidence = z.infer<typeof Evidence>;

/** What trying an attempt on the current landing branch gave. */
export const TrialResult = z.object({
  version: z.literal(1),
  plan: planIdField,
  task: taskIdField,
  attempt: z.number().int().min(1),
  generation: z.number().int().min(1),
  headSha: commitField,
  /** Tip of the landing branch that it was merged onto. */
  ontoSha: commitField,
  /** `cancelled`: a person cancelled the remote run of it. */
  outcome: z.enum(['tested', 'conflict', 'error', 'cancelled']),
  /** The merge commit and its tree; set when `outcome` is `tested`. */
  commitSha: commitField.nullable(),
  treeSha: treeField.nullable(),
  test: TestResult.nullable(),
  conflicts: z.array(z.object({ path: z.string(), because: z.string() })),
  /** Text for the next attempt's prompt (the conflict's hunks, the failing log), or why it could not be tried. */
  feedback: z.string(),
  endedAt: timeField,
});
export type TrialResult = z.infer<typeof TrialResult>;

/** What the plan's `final` tests gave on the landed whole. */
export const FinalResult = z.object({
  version: z.literal(1),
  plan: planIdField,
  generation: z.number().int().min(1),
  commitSha: commitField,
  test: TestResult,
  endedAt: timeField,
});
export type FinalResult = z.infer<typeof FinalResult>;
