/**
 * The shape of a plan: as a reader found it ({@link Plan}, settings may be unsaid) and as it is worked on
 * ({@link ResolvedPlan}, every setting has its value). Both are plain JSON.
 */
import { z } from 'zod';

import type { BranchName, Digest, PlanId, TaskId } from '../brand.ts';

/** A program and its arguments. Never a shell string: `['sh','-c',…]` must be said in full by who wants a shell. */
export type Command = readonly string[];

/** Which form of plan a reader recognised (DESIGN section 5, forms 1 to 4). */
export type PlanForm = 'yaml' | 'headings' | 'table' | 'single';

/** Sandbox profiles that can be asked for today. */
export const PROFILES = ['strict', 'development'] as const;
/** How much a sandbox may do: `strict` has no network at all, `development` has. */
export type Profile = (typeof PROFILES)[number];

/** Sizes of a sandbox; the numbers are in `core/sandbox/resources.ts`. */
export const RESOURCE_SIZES = ['small', 'medium', 'large', 'xlarge'] as const;
/** How much memory, CPU and how many processes a sandbox gets. */
export type ResourceSize = (typeof RESOURCE_SIZES)[number];

/** Who edits: a preset by name, or any command line. `model` is handed to presets that take one. */
export const AgentChoice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('preset'), name: z.string(), model: z.string().nullable() }),
  z.object({ kind: z.literal('command'), command: z.array(z.string()).min(1) }),
]);
export type AgentChoice = z.infer<typeof AgentChoice>;

/** How a change is reviewed. `reviewer: null` means that review is switched off by name (never by silence). */
export const ReviewSettings = z.object({
  reviewer: AgentChoice.nullable(),
  /** Lowest score that opens the gate, 0 to 10. */
  threshold: z.number().min(0).max(10),
  /** How often findings are handed back to the agent within one attempt, at least 1. */
  iterations: z.number().int().min(1).max(20),
  /** Extra instructions to the reviewer; part of the rubric's digest. */
  rubric: z.string(),
});
export type ReviewSettings = z.infer<typeof ReviewSettings>;

const taskId = z.string() as unknown as z.ZodType<TaskId>;
const branchName = z.string() as unknown as z.ZodType<BranchName>;
const planId = z.string() as unknown as z.ZodType<PlanId>;
const digest = z.string() as unknown as z.ZodType<Digest>;
const command = z.array(z.string()).min(1);

/** Settings of a task that have a default. Everything is said in a {@link ResolvedTask}. */
export const TaskSettings = z.object({
  agent: AgentChoice,
  profile: z.enum(PROFILES),
  resources: z.enum(RESOURCE_SIZES),
  /** Run before the agent, in order, in the sandbox (network only under `development`). */
  setup: z.array(command),
  /** The required tests; all must exit 0. */
  test: z.array(command),
  /** Globs of test files; with them set, the base's versions are run against the change as well. */
  testPaths: z.array(z.string()),
  review: ReviewSettings,
  /** People (other than the author) who must approve; cannot be given on a local repository. */
  approvals: z.number().int().min(0),
  /** Limit of one run of the agent, of the tests, and of the reviewer, each. */
  timeoutMs: z.number().int().positive(),
  /** How many further attempts in turn after the first one failed. */
  retries: z.number().int().min(0).max(20),
  /** Names of environment variables that are handed into the agent's sandbox. Nothing else is. */
  env: z.array(z.string()),
  /** Untracked files and folders (globs) of the user's checkout that are copied into the worktree. */
  copy: z.array(z.string()),
  /** Names of ports that each attempt gets a number for, in `.ports.env`. */
  ports: z.array(z.string()),
  /** Most that one attempt may cost in US dollars; `null` is no cap. */
  budgetUsd: z.number().positive().nullable(),
  /** Higher lands first among tasks whose order is free. */
  priority: z.number().int(),
  /** Labels of the runner that the task's legs ask for, all of them; of no meaning on one machine. Left out if unsaid. */
  runsOn: z.array(z.string()).min(1).optional(),
  /** Container image of the task's sandboxes, over the configuration's. Left out if unsaid. */
  image: z.string().optional(),
});
export type TaskSettings = z.infer<typeof TaskSettings>;

/** Settings as far as somebody said them; `review` may itself be said in part. */
export type SaidSettings = Partial<Omit<TaskSettings, 'review'>> & { review?: Partial<ReviewSettings> };

/** What a task is, apart from its settings. */
const taskCore = {
  id: taskId,
  title: z.string(),
  /** What the agent is asked to do, Markdown. Hostile text: goes to the agent by file or standard input only. */
  spec: z.string(),
  needs: z.array(taskId),
  /** Globs of the paths that this task may change; empty means any that is not protected. */
  owns: z.array(z.string()),
  /** Globs of protected paths that this task may change all the same. */
  allow: z.array(z.string()),
  locks: z.array(z.string()),
  estimateMinutes: z.number().nonnegative().nullable(),
  /** The name that the plan wants for the task's branch; `null` takes `espalier/<plan>/<task>`. */
  branch: branchName.nullable(),
};

/** A task with every setting filled in. */
export const ResolvedTask = z.object({ ...taskCore, ...TaskSettings.shape });
export type ResolvedTask = z.infer<typeof ResolvedTask>;

/** A plan that can be worked on. Tasks stand in the order of the source; ids are unique; `needs` has no cycle. */
export const ResolvedPlan = z.object({
  id: planId,
  title: z.string(),
  /** The base that the plan names; `null` takes the branch that is checked out when the plan first runs. */
  base: branchName.nullable(),
  tasks: z.array(ResolvedTask),
  /** Tests on the whole, run when every task has landed. */
  final: z.array(command),
  /** Most that the whole plan may cost in US dollars. */
  budgetUsd: z.number().positive().nullable(),
  /** Digest of the normal form of everything above. */
  revision: digest,
});
export type ResolvedPlan = z.infer<typeof ResolvedPlan>;

/** Several tries at one task (best-of-N). Read and kept; more than one is not run yet and `run` says so. */
export interface AttemptVariant {
  agent: AgentChoice | null;
  approach: string | null;
}

/** A task as a plan's text says it: what is `undefined` was not said and takes its default. */
export interface Task {
  id: TaskId;
  title: string;
  spec: string;
  needs: TaskId[];
  owns: string[];
  allow: string[];
  locks: string[];
  estimateMinutes: number | null;
  branch: BranchName | null;
  /** Where the plan wants the worktree; kept for the reader, Espalier chooses the folder itself. */
  worktree: string | null;
  /** Check list items with their own estimates, where the form has them. */
  items: { text: string; minutes: number | null; done: boolean }[];
  variants: AttemptVariant[];
  settings: SaidSettings;
  /** 1-based line of the source where the task begins. */
  line: number;
}

/** A plan as its text says it. */
export interface Plan {
  id: PlanId;
  title: string;
  form: PlanForm;
  base: BranchName | null;
  tasks: Task[];
  defaults: SaidSettings;
  final: Command[];
  budgetUsd: number | null;
  /** A total that the document states somewhere, with its line, for `check` to compare. */
  statedTotal: { minutes: number; line: number; text: string } | null;
}

/** One finding about a plan's text. `error` makes the plan unusable, `warning` does not. */
export interface PlanProblem {
  severity: 'error' | 'warning';
  /** Stable kebab-case word for scripts, such as `unknown-task`. */
  code: string;
  /** 1-based; `null` where no place in the text can be named. */
  line: number | null;
  column: number | null;
  /** One sentence: what was found, what was wanted. User text is quoted and escaped. */
  message: string;
  /** The nearest right name, for a misspelt one. */
  nearest: string | null;
  /** The source line, cut to fit and escaped. */
  excerpt: string | null;
}

/** What reading a plan gives: the plan only if there is no error; all problems at once either way. */
export interface PlanReading {
  plan: Plan | null;
  form: PlanForm | null;
  problems: PlanProblem[];
}
