/** One step of a job: what the process was given, and how it speaks to the runner. */
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { ActionInputs, Mode } from './inputs.ts';
import type { OutputName } from './outputs.ts';
import type { RunnerFacts } from './runner-facts.ts';

/** How a step speaks. Nothing that it is told to {@link Speech.hide} appears in any of it. */
export interface Speech {
  /** Sets an output of the step, as the jobs after it read it. */
  setOutput(name: OutputName, value: string): void;
  /** From here on the values are masked by the runner, and taken out of the log and the summary. */
  hide(secrets: readonly string[]): void;
  /** Adds Markdown to the summary of the job; what goes over the runner's limit of 1 MiB is left out, and says so. */
  summarize(markdown: string): void;
  /** One line of the step's log. */
  say(line: string): void;
  /** Runs `work` with what is said meanwhile folded under a title in the log. */
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** A line that the run's page shows beside its jobs. Text of unknown origin is fine in it. */
  annotate(level: 'notice' | 'warning' | 'error', text: string): void;
}

/** The step, but for what its mode is told. */
interface Step {
  /** What the runner says of the job: repository, run, event, addresses, folders. */
  readonly runner: RunnerFacts;
  /** The environment of the process. Inputs are in it under `INPUT_…`, the token too: hand on names, never the whole. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** For operators; warnings and errors become annotations. */
  readonly log: Log;
  readonly speech: Speech;
  /** Aborts when the job is cancelled. The runner kills the process 7.5 s after its first signal. */
  readonly signal: AbortSignal;
}

/** The step as a mode sees it, with the checked inputs of that mode. */
export type ActionSession<M extends Mode = Mode> = Step & { readonly inputs: Extract<ActionInputs, { mode: M }> };
