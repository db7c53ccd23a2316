/** How one known agent is called without a terminal, and how its output is read. Data and pure functions only. */
import type { AgentReading } from './agent-reading.ts';

/** What an agent is called for: to edit the worktree, or to read a change and score it. */
type AgentRole = 'edit' | 'review';

/** What decides the arguments of a call. */
export interface CallSettings {
  role: AgentRole;
  model: string | null;
  /** Most that this call may spend, US dollars; `null` is no cap. */
  budgetUsd: number | null;
  /** False only with the engine `none`: the agent's own permission checks then stay on. */
  isSandboxed: boolean;
  /** Where the worktree is, as the agent sees it. */
  workspace: string;
}

/** One known agent. */
export interface AgentPreset {
  name: string;
  program: string;
  /** How to install the program, one line. */
  install: string;
  needsNetwork: boolean;
  /** Variables that carry its credentials; one of them is enough. */
  credentials: readonly string[];
  /** Other variables that it reads and that a task's `env` may hand in. */
  settings: readonly string[];
  /** True if it stops by itself at a budget in US dollars. */
  holdsBudget: boolean;
  /** Arguments after the program; the prompt always goes in by standard input. */
  buildArguments: (settings: CallSettings) => string[];
  /** Environment of its own, made from what the task hands in (`handed`); wins over it. */
  buildEnvironment: (settings: CallSettings, handed: Readonly<Record<string, string>>) => Record<string, string>;
  /** The reading after one more line of standard output. */
  readLine: (reading: AgentReading, line: string) => AgentReading;
}
