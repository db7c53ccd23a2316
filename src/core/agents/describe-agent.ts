/** From a plan's choice of agent to a call: which program, with which arguments, environment and reader. */
import { closest, distance } from 'fastest-levenshtein';

import type { AgentChoice, Command } from '../plan/plan.ts';
import type { AgentPreset, CallSettings } from './agent-preset.ts';
import type { AgentReading } from './agent-reading.ts';
import { CLAUDE_CODE } from './claude-code.ts';
import { CODEX } from './codex.ts';
import { readCommandText } from './command-agent.ts';

const PRESETS: ReadonlyMap<string, AgentPreset> = new Map([CLAUDE_CODE, CODEX].map((preset) => [preset.name, preset]));

/** Names of the presets, for messages. */
export const PRESET_NAMES: readonly string[] = [...PRESETS.keys()];

/** What must be there before an agent can run. */
interface AgentDescription {
  /** As a person knows it: the preset's name, or the command's first word. */
  name: string;
  program: string;
  /** How to install the program; `null` where that cannot be known. */
  install: string | null;
  needsNetwork: boolean;
  /** One of these variables must be handed in; empty if none is needed. */
  needsOneOf: readonly string[];
  /** True if it stops by itself at a budget in US dollars. */
  holdsBudget: boolean;
}

/** The answer for a choice; `unknown-preset` names the nearest right name, if one is near. */
export type DescribedAgent =
  | { kind: 'known'; description: AgentDescription }
  | { kind: 'unknown-preset'; name: string; nearest: string | null };

/** Says what a choice of agent needs. */
export function describeAgent(choice: AgentChoice): DescribedAgent {
  if (choice.kind === 'command') {
    const program = choice.command[0] ?? '';
    return {
      kind: 'known',
      description: { name: program, program, install: null, needsNetwork: false, needsOneOf: [], holdsBudget: false },
    };
  }
  const preset = PRESETS.get(choice.name);
  if (preset === undefined) return { kind: 'unknown-preset', name: choice.name, nearest: nearestPreset(choice.name) };
  const { name, program, install, needsNetwork, credentials, holdsBudget } = preset;
  return { kind: 'known', description: { name, program, install, needsNetwork, needsOneOf: credentials, holdsBudget } };
}

function nearestPreset(name: string): string | null {
  const nearest = closest(name.toLowerCase(), PRESET_NAMES);
  return distance(name.toLowerCase(), nearest) <= 3 ? nearest : null;
}

/** How standard output is read: line by line, or in pieces as they come. The reading goes in and the next comes out. */
type AgentReader =
  | { kind: 'lines'; readLine: (reading: AgentReading, line: string) => AgentReading }
  | { kind: 'text'; readText: (reading: AgentReading, text: string) => AgentReading };

/** A call that is ready for a sandbox, and the reader of its output. */
export interface AgentCall {
  command: Command;
  env: Record<string, string>;
  reader: AgentReader;
}

/**
 * The call of an agent; `null` for a preset that does not exist.
 *
 * @param handed - variables that the task's `env` names, with their values. An editing agent gets all of them; a
 * preset that reviews gets only those that it can use, a command that reviews gets all.
 */
export function planAgentCall(
  choice: AgentChoice,
  settings: CallSettings,
  handed: Readonly<Record<string, string>>,
): AgentCall | null {
  if (choice.kind === 'command')
    return { command: choice.command, env: { ...handed }, reader: { kind: 'text', readText: readCommandText } };
  const preset = PRESETS.get(choice.name);
  if (preset === undefined) return null;
  const useful = new Set([...preset.credentials, ...preset.settings]);
  const given =
    settings.role === 'edit' ? handed : Object.fromEntries(Object.entries(handed).filter(([name]) => useful.has(name)));
  return {
    command: [preset.program, ...preset.buildArguments(settings)],
    env: { ...given, ...preset.buildEnvironment(settings, given) },
    reader: { kind: 'lines', readLine: preset.readLine },
  };
}
