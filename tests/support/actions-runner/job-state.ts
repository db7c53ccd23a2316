/** A job while it runs: what its steps see, and what they have changed. */
import path from 'node:path';

import type { Job } from '../github/state.ts';
import type { Contexts } from './expressions.ts';
import { githubVariables } from './github-context.ts';
import type { RunRoom } from './machine.ts';
import type { JobFile, WorkflowFile } from './read-workflow.ts';
import type { Masker } from './step-log.ts';
import type { Access } from './token-permissions.ts';

/** What a job is made of. */
export interface JobWish {
  run: RunRoom;
  file: WorkflowFile;
  job: JobFile;
  /** As the test GitHub shows it. */
  shown: Job;
  contexts: Contexts;
  access: Access;
  /** Aborted when the job is cancelled. */
  signal: AbortSignal;
  /** Whether a cancelled job goes on. */
  staysWanted(): boolean;
}

/** One step, as the context `steps` shows it. */
interface StepResult {
  outputs: Readonly<Record<string, string>>;
  outcome: 'success' | 'failure' | 'cancelled' | 'skipped';
  conclusion: 'success' | 'failure' | 'cancelled' | 'skipped';
}

/** A job at work. */
export interface JobState extends Omit<JobWish, 'contexts'> {
  contexts: Contexts;
  folders: JobFolders;
  token: string;
  masker: Masker;
  /** Variables of the file, of the job, and what steps have added. */
  env: Record<string, string>;
  /** Folders before those of the machine, the last one first. */
  paths: string[];
  steps: Record<string, StepResult>;
  status: 'success' | 'failure' | 'cancelled';
  /** Cleaning, in order of the steps; done in the opposite one. */
  cleaners: (() => Promise<void>)[];
  /** Aborted when the job is cancelled, or out of time. */
  ended: AbortSignal;
}

/** The folders of a machine, new for each job. */
export interface JobFolders {
  root: string;
  workspace: string;
  temporary: string;
  actions: string;
  toolCache: string;
  home: string;
}

/** The contexts of a step or of the outputs at this moment. */
export function contextsOf(state: JobState, env: Readonly<Record<string, string>> = state.env): Contexts {
  return {
    ...state.contexts,
    env,
    steps: state.steps,
    job: { status: state.status, check_run_id: state.shown.checkRunId, container: {}, services: {} },
  };
}

/** The variables that a process of any step has, before those of the file. */
export function machineVariables(state: JobState): Record<string, string> {
  const { folders, contexts, run } = state;
  const runner = contexts['runner'] as Record<string, string>;
  const paths = [...state.paths, path.dirname(process.execPath), process.env['PATH'] ?? ''];
  return {
    ...run.machine.settings.env,
    HOME: folders.home,
    LANG: 'C.UTF-8',
    PATH: paths.join(path.delimiter),
    ...githubVariables(contexts['github'] as Record<string, unknown>),
    RUNNER_ARCH: runner['arch'] ?? '',
    RUNNER_ENVIRONMENT: runner['environment'] ?? '',
    RUNNER_NAME: runner['name'] ?? '',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: folders.temporary,
    RUNNER_TOOL_CACHE: folders.toolCache,
    RUNNER_WORKSPACE: path.dirname(folders.workspace),
  };
}
