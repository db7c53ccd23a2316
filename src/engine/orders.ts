/** What the reconcile loop hands to the workers, and what the workers need to do it. Data first. */
import type { BranchName, CommitSha, Digest, PlanId, TreeSha } from '../core/brand.ts';
import type { TestResult } from '../core/ledger/evidence.ts';
import type { Command, ResolvedTask } from '../core/plan/plan.ts';
import type { Clock } from '../ports/clock.ts';
import type { AttemptProgress, EvidenceStore } from '../ports/evidence-store.ts';
import type { Forge } from '../ports/forge.ts';
import type { Git } from '../ports/git.ts';
import type { Log } from '../ports/log.ts';
import type { PortLeases } from '../ports/port-leases.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { WorkFiles } from '../ports/work-files.ts';

/** Limits on what a change may hold, and what only an `allow` opens. From the configuration at the base commit. */
interface TreePolicy {
  /** Globs of protected paths. */
  protectedPaths: readonly string[];
  maxFileBytes: number;
  maxChangedFiles: number;
  maxChangeBytes: number;
}

/** Do one attempt: work, verify, publish. */
export interface AttemptOrder {
  plan: PlanId;
  planTitle: string;
  task: ResolvedTask;
  taskDigest: Digest;
  attempt: number;
  generation: number;
  baseSha: CommitSha;
  /** Head of an earlier attempt to go on from, merged onto the base (conflicts stay as markers); `null` starts clean. */
  carrySha: CommitSha | null;
  /** What went wrong before; goes into the prompt. */
  feedback: string | null;
  /** Most that the agent may spend, handed to agents that can hold themselves to it. */
  reservedUsd: number | null;
  /** `espalier/<plan>/<task>.<attempt>`: moved to the head, so that no work is lost. */
  attemptBranch: BranchName;
  /** The task's own branch, and where Espalier last left it (`null`: it must not exist yet). */
  taskBranch: BranchName;
  taskBranchFrom: CommitSha | null;
}

/** Merge a verified head onto the tip and test the result. */
export interface TrialOrder {
  plan: PlanId;
  planTitle: string;
  task: ResolvedTask;
  attempt: number;
  generation: number;
  headSha: CommitSha;
  ontoSha: CommitSha;
  /** Results that may stand in for a run when the merged tree and suite are the same. */
  knownTests: readonly TestResult[];
  /** Keeps the merged commit from being collected until it lands. */
  trialBranch: BranchName;
}

/** Test a merge of a verified head that the forge has made: a trial's own, or what its merge queue made of a landing. */
export interface GivenTrialOrder extends TrialOrder {
  /** The merge that is there. */
  commitSha: CommitSha;
  /**
   * Tree of what the forge's queue made, as the ledger names it: it may hold other landings and be squashed. `null` for
   * a trial's own merge, which has to be that of exactly the two commits.
   */
  treeSha: TreeSha | null;
}

/** Run the plan's `final` tests on the landed whole. */
export interface FinalOrder {
  plan: PlanId;
  generation: number;
  commitSha: CommitSha;
  commands: readonly Command[];
  /** Those of the plan's first task: a plan has no settings of its own, and `defaults` are in every task already. */
  settings: Pick<ResolvedTask, 'profile' | 'resources' | 'timeoutMs' | 'setup' | 'copy' | 'ports'>;
}

/** What a job needs that works on one leg and publishes nothing. Filled by the entrypoints. */
export interface LegDeps {
  git: Git;
  sandbox: Sandbox;
  evidence: EvidenceStore;
  files: WorkFiles;
  ports: PortLeases;
  clock: Clock;
  log: Log;
  policy: TreePolicy;
  /** Values of host variables; only names that a task's `env` lists are ever looked up. */
  hostEnv: Readonly<Record<string, string>>;
  /** The user's checkout, from which `copy` takes untracked files; `null` in a bare repository. */
  checkout: string | null;
  /** First and last port that may be handed out. */
  portRange: { first: number; last: number };
  /** Author of the commits that Espalier makes. */
  author: { name: string; email: string };
}

/** What every worker of this machine needs. */
export interface WorkerDeps extends LegDeps {
  forge: Forge;
  /** The sandbox of one task, which may name an image; left out where `sandbox` is that of every task. */
  sandboxFor?: (task: ResolvedTask) => Sandbox;
}

/** How a worker is watched and stopped. */
export interface WorkerControl {
  signal: AbortSignal;
  onProgress: (progress: AttemptProgress) => void;
}
