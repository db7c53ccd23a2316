/** Reads who edits or reviews: a preset by name, a preset with a model, or a command. */
import { describeAgent, PRESET_NAMES } from '../agents/describe-agent.ts';
import type { Checked } from '../ids.ts';
import { quoteText } from '../report/escape-text.ts';
import { describeKind, findEntry, type Located, type LocatedEntry } from './located-yaml.ts';
import type { AgentChoice } from './plan.ts';
import type { ProblemList } from './problem-list.ts';
import { readCommands, readTextValue, reportUnknownKeys, type ValueReader } from './read-values.ts';
import { splitCommand } from './split-command.ts';

/** Reads `claude`, `codex`, or `command: PROGRAM ARGS…` as a person types it in one line. */
export function readAgentText(text: string): Checked<AgentChoice> {
  const command = /^command:\s*(.*)$/s.exec(text.trim());
  if (command !== null) {
    const words = splitCommand(command[1] ?? '');
    return words.ok ? { ok: true, value: { kind: 'command', command: words.value } } : words;
  }
  const choice: AgentChoice = { kind: 'preset', name: text.trim(), model: null };
  const described = describeAgent(choice);
  if (described.kind === 'known') return { ok: true, value: choice };
  const hint = described.nearest === null ? '' : `; did you mean '${described.nearest}'?`;
  return {
    ok: false,
    because: `there is no preset of that name (${PRESET_NAMES.join(', ')}), and a command is written 'command: ./agent --flag'${hint}`,
  };
}

/** Reads an agent: text as {@link readAgentText}, `{preset: claude, model: x}` or `{command: …}`. */
export const readAgentValue: ValueReader<AgentChoice> = (value, name, problems) => {
  if (value.kind === 'scalar') {
    const read = readAgentText(value.text);
    if (read.ok) return read.value;
    const described = describeAgent({ kind: 'preset', name: value.text, model: null });
    problems.error('bad-agent', value.at, `'${name}' is ${quoteText(value.text)}: ${read.because}`, {
      nearest: described.kind === 'unknown-preset' ? described.nearest : null,
    });
    return undefined;
  }
  if (value.kind === 'map') return readAgentMap(value.entries, value, name, problems);
  problems.error(
    'bad-agent',
    value.at,
    `'${name}' is ${describeKind(value)}; wanted a preset (${PRESET_NAMES.join(', ')}) or {command: …}`,
  );
  return undefined;
};

function readAgentMap(
  entries: readonly LocatedEntry[],
  value: Located,
  name: string,
  problems: ProblemList,
): AgentChoice | undefined {
  reportUnknownKeys(entries, ['preset', 'model', 'command'], `'${name}'`, problems);
  const preset = findEntry(entries, 'preset');
  const command = findEntry(entries, 'command');
  const model = findEntry(entries, 'model');
  if ((preset === undefined) === (command === undefined)) {
    problems.error('bad-agent', value.at, `'${name}' takes either 'preset' or 'command'`);
    return undefined;
  }
  if (command !== undefined) return readCommandAgent(command, model, name, problems);
  if (preset === undefined || preset.value.kind !== 'scalar') {
    problems.error('bad-agent', value.at, `'${name}.preset' takes a name: ${PRESET_NAMES.join(', ')}`);
    return undefined;
  }
  const choice = readAgentValue(preset.value, `${name}.preset`, problems);
  if (choice?.kind !== 'preset') return undefined;
  const modelName = model === undefined ? null : readModelName(model.value, `${name}.model`, problems);
  return modelName === undefined ? undefined : { ...choice, model: modelName };
}

function readCommandAgent(
  command: LocatedEntry,
  model: LocatedEntry | undefined,
  name: string,
  problems: ProblemList,
): AgentChoice | undefined {
  if (model !== undefined)
    problems.error('bad-agent', model.keyAt, `'${name}.model' goes with a preset; a command names its model itself`);
  const commands = readCommands(command.value, `${name}.command`, problems);
  if (commands === undefined) return undefined;
  const [first, second] = commands;
  if (first === undefined || second !== undefined) {
    problems.error('bad-agent', command.value.at, `'${name}.command' takes exactly one command`);
    return undefined;
  }
  return { kind: 'command', command: [...first] };
}

const readModelName: ValueReader<string> = (value, name, problems) => {
  const text = readTextValue(value, name, problems);
  if (text === undefined) return undefined;
  // It becomes one argument after `--model`; a leading dash could be read as an option.
  if (/^[A-Za-z0-9][A-Za-z0-9._:/@[\]-]{0,127}$/.test(text)) return text;
  problems.error('bad-agent', value.at, `'${name}' is ${quoteText(text)}, which is no name of a model`);
  return undefined;
};
