/** Where evidence, logs and progress of runs are kept: durable, outside any worktree, written atomically. */
import type { PlanId, TaskId } from '../core/brand.ts';
import type { AttemptStage, Evidence, FinalResult, TrialResult } from '../core/ledger/evidence.ts';

/** One dispatch of one attempt. */
export interface AttemptKey {
  plan: PlanId;
  task: TaskId;
  attempt: number;
  generation: number;
}

/** What a live run shows of itself. Decides nothing. */
export interface AttemptProgress {
  stage: AttemptStage | 'trial' | 'final';
  iteration: number;
  /** Last review score, `null` before the first. */
  score: number | null;
  /** One short line: the agent's last sign of life. */
  activity: string;
  costUsd: number | null;
  updatedAt: number;
}

/** A log being written; bounded by the writer, cleaned of secrets before it is kept. */
export interface LogWriter {
  write(text: string): void;
  close(): Promise<void>;
}

export interface EvidenceStore {
  /** A folder of this attempt's own for private files (made if missing). Absolute host path. */
  attemptDir(key: AttemptKey): Promise<string>;
  /** Where the attempt's worktree is or will be. Absolute host path. */
  worktreePath(key: AttemptKey): string;
  writeEvidence(key: AttemptKey, evidence: Evidence): Promise<void>;
  /** `null` if there is none, or if it does not fit the schema (then it is as good as none). */
  readEvidence(key: AttemptKey): Promise<Evidence | null>;
  writeTrial(key: AttemptKey, result: TrialResult): Promise<void>;
  readTrial(key: AttemptKey): Promise<TrialResult | null>;
  writeFinal(plan: PlanId, generation: number, result: FinalResult): Promise<void>;
  readFinal(plan: PlanId, generation: number): Promise<FinalResult | null>;
  writeProgress(key: AttemptKey, progress: AttemptProgress): Promise<void>;
  readProgress(key: AttemptKey): Promise<AttemptProgress | null>;
  openLog(key: AttemptKey): Promise<LogWriter>;
  logPath(key: AttemptKey): string;
  /** Every attempt that has a folder, for `logs` and `clean`. */
  listAttempts(plan: PlanId): Promise<AttemptKey[]>;
}
