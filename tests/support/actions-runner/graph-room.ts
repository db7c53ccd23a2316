/** The jobs of one file while they run. */
import type { RunRoom } from './machine.ts';
import type { WorkflowFile } from './read-workflow.ts';
import type { Access } from './token-permissions.ts';

/** How a job ended, as `needs` shows it. */
export interface JobResult {
  result: 'success' | 'failure' | 'cancelled' | 'skipped';
  outputs: Readonly<Record<string, string>>;
}

/** One file's jobs: those of the run itself, or of a file that a job calls. */
export interface GraphRoom {
  run: RunRoom;
  file: WorkflowFile;
  inputs: Readonly<Record<string, unknown>>;
  secrets: Readonly<Record<string, string>>;
  /** Access of the calling job; `null` for the run itself. */
  ceiling: Access | null;
  /** `caller / ` before the names of jobs. */
  namePrefix: string;
  signal: AbortSignal;
}

/** GitHub does not start a job: what is written there makes no sense. */
export class JobRefusal extends Error {}

/** What several results are together. */
export function sumResults(results: readonly JobResult[]): JobResult['result'] {
  const has = (wanted: JobResult['result']): boolean => results.some(({ result }) => result === wanted);
  if (has('failure')) return 'failure';
  if (has('cancelled')) return 'cancelled';
  return has('success') ? 'success' : 'skipped';
}
