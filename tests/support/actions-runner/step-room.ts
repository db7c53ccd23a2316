/** One step at work, whatever it does. */
import { machineVariables, type JobState } from './job-state.ts';
import { makeEnvironmentFiles, readEnvironmentFiles } from './environment-files.ts';
import type { Contexts } from './expressions.ts';
import type { StepFile } from './read-workflow.ts';
import { runProcess } from './run-process.ts';
import type { LogReader, StepLog } from './step-log.ts';

/** See the file's comment. */
export interface StepRoom {
  state: JobState;
  step: StepFile;
  name: string;
  /** Part of file names that no other step has. */
  key: string;
  /** Variables of file, job and step. */
  env: Readonly<Record<string, string>>;
  contexts: Contexts;
  signal: AbortSignal;
  log: LogReader;
  written: StepLog;
  outputs: Record<string, string>;
}

/** One process of a step. */
interface ProcessOfStep {
  command: readonly string[];
  /** Variables of its own. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** The step's own unless said. */
  key?: string;
  /** Takes what it keeps for the process that cleans up. */
  saved?: Record<string, string>;
}

/**
 * Runs a process of a step with the environment files, and takes in what they say. Throws where it fails, or says
 * what GitHub refuses.
 */
export async function runInStep(room: StepRoom, wish: ProcessOfStep): Promise<void> {
  const { state } = room;
  const { machine, run } = state.run;
  const files = await makeEnvironmentFiles(state.folders.temporary, wish.key ?? room.key);
  const facts = { run, job: state.shown.name, step: room.name, folder: state.folders.root };
  const code = await runProcess({
    command: machine.settings.wrapCommand(wish.command, facts),
    env: { ...machineVariables(state), ...room.env, ...files, ...wish.env },
    cwd: wish.cwd,
    signal: room.signal,
    onLine: (line) => {
      room.log.read(line);
      machine.tellChange();
    },
  });
  const words = await readEnvironmentFiles(files);
  room.written.summary += state.masker.mask(words.summary);
  Object.assign(room.outputs, words.outputs);
  Object.assign(wish.saved ?? {}, words.state);
  Object.assign(state.env, words.env);
  state.paths.unshift(...words.paths.reverse());
  const [problem] = words.problems;
  if (problem !== undefined) throw new Error(problem);
  if (code !== 0) throw new Error(`Process completed with exit code ${code}.`);
}
