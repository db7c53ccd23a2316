/** Form 4, a single task: `## Task: …` with Objective, Requirements, Constraints and Acceptance Criteria. */
import { slugify } from '../ids.ts';
import { quoteText } from '../report/escape-text.ts';
import { documentTitle, type MarkdownDocument, type MarkdownSection } from './markdown-document.ts';
import {
  groupFields,
  listLines,
  listValues,
  type MarkdownField,
  type MarkdownLine,
  plainText,
  renderLines,
} from './markdown-lines.ts';
import { findNearestName } from './nearest-name.ts';
import type { ProblemList } from './problem-list.ts';
import { readEstimate, readWhole } from './quantities.ts';
import { emptyTaskDraft, type PlanDraft, type TaskDraft } from './task-draft.ts';

const TASK_HEADING = /^Task\s*:\s*(.+)$/i;
const PARTS = ['objective', 'requirements', 'constraints', 'acceptance criteria'] as const;
const SETTINGS = ['owns', 'allow', 'locks', 'branch', 'estimate', 'attempts'] as const;
const MAX_ATTEMPTS = 32;

/** True if there is a heading `Task: …`, or the parts of a task without one. */
export function looksLikeSingle(document: MarkdownDocument): boolean {
  if (document.sections.some((section) => TASK_HEADING.test(section.heading))) return true;
  const names = new Set(readParts(document.sections, document).map((field) => field.name));
  return names.has('objective') && (names.has('requirements') || names.has('acceptance criteria'));
}

/** Reads the single-task form. */
export function readSinglePlan(document: MarkdownDocument, problems: ProblemList): PlanDraft {
  const headed = document.sections.filter((section) => TASK_HEADING.test(section.heading));
  for (const extra of headed.slice(1)) {
    problems.error(
      'several-plans',
      { line: extra.line, column: 1 },
      "this form holds one task; for several write them as 'Agent 1: …', 'Agent 2: …', or as YAML",
    );
  }
  const [section] = headed;
  const title =
    (section === undefined ? documentTitle(document) : TASK_HEADING.exec(section.heading)?.[1])?.trim() ?? '';
  const at = { line: section?.line ?? 1, column: 1 };
  const fields = readParts(section === undefined ? document.sections : [section, ...section.below], document);
  const draft = emptyTaskDraft({ text: slugify(title), at }, at);
  draft.title = title;
  draft.spec = renderSpec(title, fields);
  readFields(draft, fields, problems);
  reportParts(fields, at, problems);
  return {
    form: 'single',
    id: null,
    title,
    base: null,
    tasks: [draft],
    defaults: {},
    final: [],
    budgetUsd: null,
    statedTotal: null,
  };
}

/** Fields of the sections up to the first rule; a deeper heading named like a part is one. */
function readParts(sections: readonly MarkdownSection[], document: MarkdownDocument): MarkdownField[] {
  const fields: MarkdownField[] = [];
  for (const [index, section] of sections.entries()) {
    const end = section.blocks.findIndex((node) => node.type === 'thematicBreak');
    const blocks = end === -1 ? section.blocks : section.blocks.slice(0, end);
    const grouped = groupFields(listLines(blocks, document.source));
    const at = { line: section.line, column: 1 };
    const label =
      index === 0 || section.level === 0 || TASK_HEADING.test(section.heading) ? '' : section.heading.replace(/:$/, '');
    if (label !== '' || grouped.intro.length > 0) {
      fields.push({ name: label.toLowerCase(), label, value: '', at, valueAt: at, lines: grouped.intro });
    }
    fields.push(...grouped.fields);
    if (end !== -1) break;
  }
  return fields;
}

function renderSpec(title: string, fields: readonly MarkdownField[]): string {
  const parts = fields
    .filter((field) => !(SETTINGS as readonly string[]).includes(field.name))
    .map((field) => {
      const head = field.label === '' ? '' : `**${field.label}:** ${field.value}`.trim();
      return [head, renderLines(field.lines)].filter((text) => text !== '').join('\n\n');
    });
  return [`# ${title}`, ...parts].join('\n\n');
}

function readFields(draft: TaskDraft, fields: readonly MarkdownField[], problems: ProblemList): void {
  for (const field of fields) {
    const value = plainText(field.value);
    if (field.name === 'owns' || field.name === 'allow' || field.name === 'locks')
      draft[field.name].push(...listValues(field));
    else if (field.name === 'branch' && value !== '') draft.branch = { text: value, at: field.valueAt };
    else if (field.name === 'acceptance criteria') draft.items = field.lines.flatMap(readCriterion);
    else if (field.name === 'estimate') {
      const minutes = readEstimate(value);
      if (minutes.ok) draft.estimateMinutes = minutes.value;
      else problems.warn('bad-estimate', field.valueAt, `'Estimate' is ${quoteText(value)}: ${minutes.because}`);
    } else if (field.name === 'attempts') readAttempts(draft, field, value, problems);
  }
}

function readAttempts(draft: TaskDraft, field: MarkdownField, value: string, problems: ProblemList): void {
  const count = readWhole(value, 1, MAX_ATTEMPTS);
  if (!count.ok) {
    problems.error('bad-value', field.valueAt, `'Attempts' is ${quoteText(value)}: ${count.because}`);
    return;
  }
  draft.variants = Array.from({ length: count.value }, () => ({ agent: null, approach: null }));
  if (count.value > 1) {
    problems.warn(
      'not-supported-yet',
      field.valueAt,
      `'Attempts' asks for ${count.value} at once, which 'check' reads and 'run' does not do yet; write 1 to run one`,
    );
  }
}

function readCriterion(line: MarkdownLine): TaskDraft['items'] {
  return line.kind === 'item' && line.depth === 0
    ? [{ text: plainText(line.text), minutes: null, done: line.isDone }]
    : [];
}

function reportParts(
  fields: readonly MarkdownField[],
  at: { line: number; column: number },
  problems: ProblemList,
): void {
  const names = new Set(fields.map((field) => field.name));
  for (const field of fields) {
    if (/^\[[^\]]*\]$/.test(field.value)) {
      problems.warn(
        'placeholder',
        field.valueAt,
        `'${field.label}' still holds the placeholder ${quoteText(field.value)}`,
      );
    }
    const known: readonly string[] = [...PARTS, ...SETTINGS];
    const nearest = known.includes(field.name) ? null : findNearestName(field.name, known);
    if (nearest !== null)
      problems.warn(
        'unknown-field',
        field.at,
        `${quoteText(field.label)} is no part of a task and goes into its text`,
        { nearest },
      );
  }
  if (!names.has('objective')) problems.warn('no-objective', at, "the task states no 'Objective'");
  if (!names.has('acceptance criteria'))
    problems.warn(
      'no-criteria',
      at,
      "the task states no 'Acceptance Criteria'; nobody can tell from it when it is done",
    );
}
