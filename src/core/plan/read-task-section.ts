/** Reads the fields of one task of the heading form, from its section or from the definition in a fenced block. */
import {
  type FieldedLines,
  listValues,
  type MarkdownField,
  type MarkdownLine,
  plainText,
  renderLines,
} from './markdown-lines.ts';
import { findNearestName } from './nearest-name.ts';
import type { Command, Task } from './plan.ts';
import type { ProblemList } from './problem-list.ts';
import { formatMinutes, readEstimate } from './quantities.ts';
import { quoteText } from '../report/escape-text.ts';
import { splitCommand } from './split-command.ts';
import type { Said } from './task-draft.ts';

/** Every field that is read, by the names that it goes by. All others become part of the spec. */
const FIELD_NAMES: ReadonlyMap<string, FieldKind> = new Map([
  ['id', 'id'],
  ['branch', 'branch'],
  ['worktree', 'worktree'],
  ['worktree path', 'worktree'],
  ['tasks', 'tasks'],
  ['total', 'total'],
  ['estimate', 'total'],
  ['estimated', 'total'],
  ['dependencies', 'needs'],
  ['depends on', 'needs'],
  ['needs', 'needs'],
  ['blocked by', 'needs'],
  ['pr target', 'target'],
  ['target', 'target'],
  ['owns', 'owns'],
  ['allow', 'allow'],
  ['locks', 'locks'],
  ['test', 'test'],
  ['workflow', 'workflow'],
  ['status', 'workflow'],
]);

type FieldKind =
  | 'id'
  | 'branch'
  | 'worktree'
  | 'tasks'
  | 'total'
  | 'needs'
  | 'target'
  | 'owns'
  | 'allow'
  | 'locks'
  | 'test'
  | 'workflow';

/** What one section says of a task. */
export interface TaskSection {
  id: Said | null;
  branch: Said | null;
  worktree: Said | null;
  items: Task['items'];
  total: { minutes: number; at: Said['at'] } | null;
  /** Lines of the dependencies; `null` if nothing was said of them. */
  needs: Said[] | null;
  target: Said | null;
  owns: Said[];
  allow: Said[];
  locks: Said[];
  test: Command[] | null;
  /** Everything else, as Markdown. */
  prose: string;
  /** How many fields were recognised; a section with none is no task. */
  fieldCount: number;
}

/** Fields that make a heading a task. */
const TELLING: ReadonlySet<string> = new Set(['branch', 'worktree', 'tasks', 'total', 'needs', 'owns']);

/** Reads a section. `where` names the task in messages. */
export function readTaskSection(lines: FieldedLines, where: string, problems: ProblemList): TaskSection {
  const section: TaskSection = {
    id: null,
    branch: null,
    worktree: null,
    items: [],
    total: null,
    needs: null,
    target: null,
    owns: [],
    allow: [],
    locks: [],
    test: null,
    prose: '',
    fieldCount: 0,
  };
  const prose = [renderLines(lines.intro)];
  for (const field of lines.fields) {
    const kind = FIELD_NAMES.get(field.name);
    if (kind === undefined) {
      warnMisspelt(field, problems);
      prose.push(renderField(field));
      continue;
    }
    if (TELLING.has(kind)) section.fieldCount += 1;
    readKnownField(section, kind, field, where, problems);
    if (kind === 'tasks') prose.push(renderField(field));
  }
  section.prose = prose.filter((part) => part !== '').join('\n\n');
  return section;
}

/** True if the lines hold a field that only a task has. */
export function hasTaskFields(lines: FieldedLines): boolean {
  return lines.fields.some((field) => TELLING.has(FIELD_NAMES.get(field.name) ?? '') || field.name === 'mission');
}

function readKnownField(
  section: TaskSection,
  kind: FieldKind,
  field: MarkdownField,
  where: string,
  problems: ProblemList,
): void {
  const single = (): Said | null => {
    const text = field.value.replaceAll('`', '').trim();
    return text === '' ? null : { text, at: field.valueAt };
  };
  switch (kind) {
    case 'id':
    case 'branch':
    case 'worktree':
    case 'target':
      section[kind] = single();
      return;
    case 'tasks':
      section.items = field.lines.flatMap((line) => readItem(line) ?? []);
      return;
    case 'total':
      section.total = readTotal(field, where, problems);
      return;
    case 'needs':
      section.needs = [...(section.needs ?? []), ...readNeedLines(field)];
      return;
    case 'owns':
    case 'allow':
    case 'locks':
      section[kind].push(...listValues(field));
      return;
    case 'test':
      section.test = readTests(field, problems);
      return;
    case 'workflow':
      // Espalier's own steps take its place, and a status decides nothing.
      return;
  }
}

function readItem(line: MarkdownLine): Task['items'][number] | null {
  if (line.kind !== 'item' || line.depth > 0) return null;
  const group = /\(([^()]{1,40})\)\s*$/.exec(line.text);
  const minutes = group === null ? null : readEstimate(group[1] ?? '');
  const isEstimate = group !== null && minutes?.ok === true;
  return {
    text: plainText(isEstimate ? line.text.slice(0, group.index) : line.text),
    minutes: isEstimate ? minutes.value : null,
    done: line.isDone,
  };
}

function readTotal(field: MarkdownField, where: string, problems: ProblemList): TaskSection['total'] {
  const text = field.value
    .replace(/\([^()]*\)\s*$/, '')
    .replace(/^[~≈]\s*/, '')
    .trim();
  const minutes = readEstimate(text);
  if (minutes.ok) return { minutes: minutes.value, at: field.valueAt };
  problems.warn(
    'bad-estimate',
    field.valueAt,
    `${where} states ${quoteText(field.value)} as its time: ${minutes.because}`,
  );
  return null;
}

function readNeedLines(field: MarkdownField): Said[] {
  const own = field.value === '' ? [] : [{ text: field.value, at: field.valueAt }];
  const below = field.lines.flatMap((line) =>
    line.kind === 'code' || line.text === '' ? [] : [{ text: line.text, at: line.at }],
  );
  return [...own, ...below];
}

function readTests(field: MarkdownField, problems: ProblemList): Command[] {
  const texts = field.value === '' ? [] : [{ text: field.value, at: field.valueAt }];
  for (const line of field.lines) if (line.kind === 'item') texts.push({ text: line.text, at: line.at });
  return texts.flatMap(({ text, at }) => {
    const words = splitCommand(text.replace(/^`(.*)`$/, '$1'));
    if (words.ok) return [words.value];
    problems.error('bad-command', at, `'Test' is ${quoteText(text)}: ${words.because}`);
    return [];
  });
}

function renderField(field: MarkdownField): string {
  const head = `**${field.label}:** ${field.value}`.trim();
  const body = renderLines(field.lines);
  return body === '' ? head : `${head}\n\n${body}`;
}

function warnMisspelt(field: MarkdownField, problems: ProblemList): void {
  const nearest = findNearestName(field.name, FIELD_NAMES.keys());
  if (nearest === null || nearest.length < 4) return;
  problems.warn(
    'unknown-field',
    field.at,
    `${quoteText(`**${field.label}:**`)} is no field of a task and goes into its text`,
    {
      nearest: `**${nearest.charAt(0).toUpperCase()}${nearest.slice(1)}:**`,
    },
  );
}

/** Says where the items of a task do not add up to its stated time. */
export function compareItems(section: TaskSection, where: string, problems: ProblemList): void {
  const minutes = sumItems(section.items);
  if (section.total === null || minutes === null || minutes === section.total.minutes) return;
  problems.warn(
    'items-differ',
    section.total.at,
    `the items of ${where} add up to ${formatMinutes(minutes)}, its stated total is ${formatMinutes(section.total.minutes)}`,
  );
}

/** Sum of the items' estimates; `null` if none has one. */
export function sumItems(items: Task['items']): number | null {
  const known = items.flatMap((item) => (item.minutes === null ? [] : [item.minutes]));
  return known.length === 0 ? null : known.reduce((sum, minutes) => sum + minutes, 0);
}
