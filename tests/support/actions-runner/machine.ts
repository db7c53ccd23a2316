/** What all runs of one runner share. */
import type { TokenStore } from '../github/auth.ts';
import type { Repository, WorkflowRun } from '../github/state.ts';
import type { World } from '../github/world.ts';
import type { BuiltInAction } from './actions/action-call.ts';
import type { ConcurrencyGroups } from './concurrency-groups.ts';
import type { WorkflowFile } from './read-workflow.ts';
import type { StepLog } from './step-log.ts';
import type { TriggerFacts } from './trigger-facts.ts';

/** The action that is tried: every `uses: <repository>@<full SHA>` means the files in `folder`. */
interface TriedAction {
  /** Owner and name, as workflows spell it. */
  repository: string;
  /** Holds `action.yml` and what that names. */
  folder: string;
}

/** What a process of a step is about, for tests that look into it or run it under a tracer. */
interface ProcessFacts {
  run: WorkflowRun;
  /** Name of the job, as GitHub shows it. */
  job: string;
  step: string;
  /** Folder of the job: workspace, temporary folder, actions and home are in it. */
  folder: string;
}

/** How jobs are run. */
export interface MachineSettings {
  secrets: Readonly<Record<string, string>>;
  vars: Readonly<Record<string, string>>;
  action: TriedAction | null;
  /** Actions that a test adds, by owner and name. */
  actions: Readonly<Record<string, BuiltInAction>>;
  /** Variables that the machine itself has (`DOCKER_HOST`), beside those of a runner. */
  env: Readonly<Record<string, string>>;
  /** Labels of the machines that there are; a job with another one fails. */
  labels: readonly string[];
  maxJobs: number;
  /** The command that is run instead: the same one under a tracer, for instance. */
  wrapCommand(command: readonly string[], facts: ProcessFacts): readonly string[];
}

/** See the file's comment. */
export interface Machine {
  world: World;
  repository: Repository;
  settings: MachineSettings;
  tokens: TokenStore;
  groups: ConcurrencyGroups;
  slots: Slots;
  /** Jobs have folders of their own below it. */
  folder: string;
  logs: StepLog[];
  /** Every credential that a job was given: tokens, and what stands for the services' own. No test may find one. */
  credentials: string[];
  /** What GitHub would not have run, or this runner does not know. */
  problems: string[];
  /** Something has happened that a test may wait for. */
  tellChange(): void;
  /** Reads a workflow file at a commit; `null` where there is none. Throws what the parser says. */
  readFile(path: string, sha: string): Promise<WorkflowFile | null>;
}

/** One run in the hands of the runner. */
export interface RunRoom {
  machine: Machine;
  run: WorkflowRun;
  file: WorkflowFile;
  facts: TriggerFacts;
  /** Context `inputs`, with the types of the file. */
  inputs: Readonly<Record<string, unknown>>;
  /** Aborted once somebody has cancelled the run. */
  signal: AbortSignal;
  cancel(): void;
}

/** Machines for jobs. */
export interface Slots {
  /** Waits for a machine; answers how it is given back. */
  take(): Promise<() => void>;
}

/** So many machines, given to whoever has waited longest. */
export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    async take() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => void waiting.push(resolve));
      return () => {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      };
    },
  };
}
