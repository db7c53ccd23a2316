/** Form 1: the canonical YAML, as a whole file or as the one block tagged `espalier` in a Markdown text. */
import { quoteText } from '../report/escape-text.ts';
import {
  describeKind,
  findEntry,
  type Located,
  type LocatedEntry,
  type PlaceMap,
  readLocatedYaml,
} from './located-yaml.ts';
import type { AttemptVariant } from './plan.ts';
import type { ProblemList } from './problem-list.ts';
import { readEstimate } from './quantities.ts';
import { readAgentValue } from './read-agent.ts';
import {
  isSettingKey,
  LATER_KEYS,
  readBudget,
  readSetting,
  readSettingsMap,
  reportLaterKey,
  SETTING_KEYS,
} from './read-settings.ts';
import { checkedText, readCommands, readMap, readTextValue, reportUnknownKeys, wholeNumber } from './read-values.ts';
import { emptyTaskDraft, type PlanDraft, type Said, type TaskDraft } from './task-draft.ts';

const PLAN_KEYS = ['plan', 'title', 'base', 'defaults', 'final', 'budget', 'tasks'] as const;
const TASK_KEYS = [
  'title',
  'spec',
  'needs',
  'owns',
  'allow',
  'locks',
  'estimate',
  'branch',
  'worktree',
  'attempts',
] as const;
const MAX_ATTEMPTS = 32;

/** Reads the YAML of a plan; `null` if it is none at all. */
export function readYamlPlan(text: string, toSource: PlaceMap, problems: ProblemList): PlanDraft | null {
  const root = readLocatedYaml(text, toSource, problems);
  if (root === null) return null;
  if (root.kind !== 'map') {
    problems.error(
      'bad-value',
      root.at,
      `a plan is a map with the keys 'plan' and 'tasks', found ${describeKind(root)}`,
    );
    return null;
  }
  reportUnknownKeys(root.entries, PLAN_KEYS, 'a plan', problems);
  const find = (key: (typeof PLAN_KEYS)[number]): LocatedEntry | undefined => findEntry(root.entries, key);
  const budget = find('budget');
  const defaults = find('defaults');
  const final = find('final');
  return {
    form: 'yaml',
    id: readSaid(find('plan'), problems),
    title: readSaid(find('title'), problems)?.text ?? null,
    base: readSaid(find('base'), problems),
    tasks: readTasks(find('tasks'), root, problems),
    defaults: defaults === undefined ? {} : readSettingsMap(defaults.value, 'defaults', problems),
    final: final === undefined ? [] : (readCommands(final.value, 'final', problems) ?? []),
    budgetUsd: budget === undefined ? null : (readBudget(budget.value, 'budget', problems) ?? null),
    statedTotal: null,
  };
}

function readSaid(entry: LocatedEntry | undefined, problems: ProblemList): Said | null {
  if (entry === undefined) return null;
  const text = readTextValue(entry.value, entry.key, problems);
  return text === undefined ? null : { text, at: entry.value.at };
}

function readTasks(entry: LocatedEntry | undefined, root: Located, problems: ProblemList): TaskDraft[] {
  if (entry === undefined) {
    problems.error('empty-plan', root.at, "a plan has a key 'tasks', with one key per task under it");
    return [];
  }
  if (entry.value.kind === 'list' && entry.value.items.length > 0) {
    problems.error(
      'bad-value',
      entry.value.at,
      "'tasks' is a map from id to task, found a list; write 'tasks: {my-task: {spec: …}}'",
    );
    return [];
  }
  const tasks = readMap(entry.value, 'tasks', problems) ?? [];
  return tasks.map((task) => readTask(task, problems));
}

function readTask(entry: LocatedEntry, problems: ProblemList): TaskDraft {
  const draft = emptyTaskDraft({ text: entry.key, at: entry.keyAt }, entry.keyAt);
  if (entry.value.kind === 'scalar') {
    // `fix-typo: Fix the typo in the README` is a whole task.
    return { ...draft, title: firstLine(entry.value.text), spec: entry.value.text };
  }
  const where = `task ${quoteText(entry.key, 64)}`;
  const fields = readMap(entry.value, entry.key, problems) ?? [];
  for (const field of fields) {
    if (isSettingKey(field.key)) readSetting(draft.settings, field.key, field.value, problems);
    else if (!reportLaterKey(field, problems)) readTaskField(draft, field, problems);
  }
  reportUnknownKeys(fields, [...TASK_KEYS, ...SETTING_KEYS, ...Object.keys(LATER_KEYS)], where, problems);
  if (draft.spec.trim() === '' && findEntry(fields, 'title') === undefined) {
    problems.error(
      'no-spec',
      entry.keyAt,
      `${where} says nothing of what is to be done; give it a 'spec' (or at least a 'title')`,
    );
  }
  if (findEntry(fields, 'title') === undefined && draft.spec.trim() !== '') draft.title = firstLine(draft.spec);
  if (draft.spec.trim() === '') draft.spec = draft.title;
  return draft;
}

function readTaskField(draft: TaskDraft, field: LocatedEntry, problems: ProblemList): void {
  const { key, value } = field;
  switch (key) {
    case 'title':
      draft.title = readTextValue(value, key, problems)?.replace(/\s+/g, ' ').trim() ?? draft.title;
      return;
    case 'spec':
      draft.spec = readTextValue(value, key, problems) ?? '';
      return;
    case 'needs':
    case 'owns':
    case 'allow':
    case 'locks':
      draft[key] = readSaidList(value, key, problems);
      return;
    case 'estimate':
      draft.estimateMinutes = checkedText(readEstimate)(value, key, problems) ?? null;
      return;
    case 'branch':
      draft.branch = readSaid(field, problems);
      return;
    case 'worktree':
      draft.worktree = readTextValue(value, key, problems) ?? null;
      problems.warn('worktree-not-used', value.at, "'worktree' is not used: Espalier chooses the folder itself");
      return;
    case 'attempts':
      draft.variants = readAttempts(value, problems);
  }
}

function readSaidList(value: Located, name: string, problems: ProblemList): Said[] {
  if (value.kind === 'null') return [];
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => {
    const text = readTextValue(item, name, problems);
    return text === undefined ? [] : [{ text, at: item.at }];
  });
}

/** `attempts: 3`, or a list of variants `{agent, model, approach}`. */
function readAttempts(value: Located, problems: ProblemList): AttemptVariant[] {
  const variants =
    value.kind === 'list'
      ? value.items.flatMap((item) => readVariant(item, problems) ?? [])
      : repeatVariant(value, problems);
  if (variants.length > MAX_ATTEMPTS) {
    problems.error('bad-value', value.at, `'attempts' are at most ${MAX_ATTEMPTS}, found ${variants.length}`);
    return [];
  }
  if (variants.length > 1) {
    problems.warn(
      'not-supported-yet',
      value.at,
      `'attempts' asks for ${variants.length} at once, which 'check' reads and 'run' does not do yet; write 'attempts: 1' to run one`,
    );
  }
  return variants;
}

function repeatVariant(value: Located, problems: ProblemList): AttemptVariant[] {
  const count = wholeNumber(1, MAX_ATTEMPTS)(value, 'attempts', problems) ?? 0;
  return Array.from({ length: count }, () => ({ agent: null, approach: null }));
}

function readVariant(value: Located, problems: ProblemList): AttemptVariant | null {
  if (value.kind === 'scalar') {
    const agent = readAgentValue(value, 'attempts', problems);
    return agent === undefined ? null : { agent, approach: null };
  }
  const entries = readMap(value, 'attempts', problems);
  if (entries === undefined) return null;
  reportUnknownKeys(entries, ['agent', 'model', 'approach'], "'attempts'", problems);
  const agentEntry = findEntry(entries, 'agent');
  const modelEntry = findEntry(entries, 'model');
  const approachEntry = findEntry(entries, 'approach');
  const agent =
    agentEntry === undefined ? null : (readAgentValue(agentEntry.value, 'attempts.agent', problems) ?? null);
  const model = modelEntry === undefined ? null : (readTextValue(modelEntry.value, 'attempts.model', problems) ?? null);
  if (model !== null && agent?.kind !== 'preset') {
    problems.error(
      'bad-agent',
      modelEntry?.keyAt ?? value.at,
      "'attempts.model' goes with a preset in 'attempts.agent'",
    );
  }
  const approach =
    approachEntry === undefined ? null : (readTextValue(approachEntry.value, 'attempts.approach', problems) ?? null);
  return { agent: agent?.kind === 'preset' && model !== null ? { ...agent, model } : agent, approach };
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line
    .replace(/^#+\s*/, '')
    .slice(0, 200)
    .trim();
}
