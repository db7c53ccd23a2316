/** From the options of `run` to the settings that go over the plan's. */
import type { Command as PlanCommand, SaidSettings } from '../../core/plan/plan.ts';
import { readAgentText } from '../../core/plan/read-agent.ts';
import { splitCommand } from '../../core/plan/split-command.ts';
import { CliError } from './cli-error.ts';
import type { RunOptions } from './run-options.ts';

/** Settings that the command line says for every task. Refuses what cannot be read. */
export function readOverrides(options: RunOptions): SaidSettings {
  const said: SaidSettings = {};
  if (options.agent !== undefined) said.agent = agentOf('--agent', options.agent);
  if (options.reviewer !== undefined && !options.review)
    throw new CliError('usage', '--reviewer and --no-review contradict each other.', { next: 'give one of them' });
  if (options.reviewer !== undefined) said.review = { reviewer: agentOf('--reviewer', options.reviewer) };
  if (!options.review) said.review = { reviewer: null };
  if (options.test !== undefined) said.test = options.test.map((text) => [...commandOf('--test', text)]);
  if (options.setup !== undefined) said.setup = options.setup.map((text) => [...commandOf('--setup', text)]);
  if (options.profile !== undefined) said.profile = options.profile;
  if (options.retries !== undefined) said.retries = options.retries;
  if (options.timeout !== undefined) said.timeoutMs = options.timeout;
  return said;
}

function agentOf(option: string, text: string): NonNullable<SaidSettings['agent']> {
  const read = readAgentText(text);
  if (!read.ok) throw new CliError('usage', `${option} '${text}' cannot be used: ${read.because}.`);
  return read.value;
}

function commandOf(option: string, text: string): PlanCommand {
  const read = splitCommand(text);
  if (!read.ok) throw new CliError('usage', `${option} '${text}' cannot be used: ${read.because}.`);
  return read.value;
}
