/** Finds out which form of plan a text is, and hands back its reader. */
import type { Code } from 'mdast';

import { cutSections, listFences, type MarkdownDocument } from './markdown-document.ts';
import { parseMarkdown } from './markdown-source.ts';
import type { PlanForm } from './plan.ts';
import { createProblemList, type ProblemList } from './problem-list.ts';
import { looksLikeHeadings, type MarkdownTools, readHeadingPlan } from './read-heading-plan.ts';
import { looksLikeSingle, readSinglePlan } from './read-single-plan.ts';
import { looksLikeTable, readTablePlan } from './read-table-plan.ts';
import { readYamlPlan } from './read-yaml-plan.ts';
import type { Place, SourceText } from './source-text.ts';
import type { PlanDraft } from './task-draft.ts';

/** A recognised form and what reads it. */
export interface FoundForm {
  form: PlanForm;
  read(): PlanDraft | null;
}

/** What each form is called in messages. */
const FORM_NAMES: Readonly<Record<PlanForm, string>> = {
  yaml: "YAML (a block tagged 'espalier', or a .yml file)",
  headings: "headings ('Agent 1: …' with Branch, Tasks, Dependencies)",
  table: 'a task table with an ownership matrix',
  single: "a single task ('Task: …' with Objective and Requirements)",
};

/** The form of a text, or `null` after a problem that says why it is none. */
export function findPlanForm(
  source: SourceText,
  options: { form?: PlanForm; fileName?: string },
  problems: ProblemList,
): FoundForm | null {
  const isYaml = isYamlText(source, options.fileName);
  if (isYaml && (options.form ?? 'yaml') === 'yaml') return readWholeYaml(source, problems);
  const { text, indent } = dedentSource(source);
  const root = parseMarkdown(text, problems);
  if (root === null) return null;
  const document = cutSections(root, text);
  const found = listForms(document, indent, problems);
  const wanted = options.form === undefined ? found : found.filter(({ form }) => form === options.form);
  const [first, ...others] = wanted;
  if (first === undefined) {
    if (options.form === 'yaml') return readWholeYaml(source, problems);
    reportNoPlan(document, source, found, options.form, problems);
    return null;
  }
  for (const other of others) {
    problems.warn(
      'several-forms',
      null,
      `the text is read as ${FORM_NAMES[first.form]}; that it also looks like ${FORM_NAMES[other.form]} is passed over`,
    );
  }
  return first;
}

function isYamlText(source: SourceText, fileName: string | undefined): boolean {
  if (fileName !== undefined && /\.ya?ml$/i.test(fileName)) return true;
  const first = source.lines.find((line) => line.trim() !== '' && !/^\s*#(?!#)/.test(line)) ?? '';
  const isYamlStart = /^(?:---\s*$|%YAML|\{|[A-Za-z_][\w-]*:(?:\s|$))/.test(first);
  return (
    isYamlStart &&
    source.lines.some((line) => /^(?:tasks|"tasks"|'tasks')\s*:|^\{.*\btasks["']?\s*:/.test(line.slice(0, 2000)))
  );
}

function readWholeYaml(source: SourceText, problems: ProblemList): FoundForm {
  return { form: 'yaml', read: () => readYamlPlan(source.text, (place) => place, problems) };
}

/** Takes off the indentation that all lines share, as in a plan that was pasted from a terminal. */
function dedentSource(source: SourceText): { text: SourceText; indent: number } {
  let indent = Number.POSITIVE_INFINITY;
  for (const line of source.lines) {
    if (line.trim() !== '') indent = Math.min(indent, line.length - line.replace(/^ +/, '').length);
    if (indent === 0) return { text: source, indent: 0 };
  }
  const lines = source.lines.map((line) => line.slice(indent));
  return { text: { text: lines.join('\n'), lines }, indent };
}

function listForms(document: MarkdownDocument, indent: number, problems: ProblemList): FoundForm[] {
  const tools: MarkdownTools = {
    problems: indent === 0 ? problems : shiftProblems(problems, indent),
    placeIn: (fence) => placeInFence(fence, document.source),
    parseFence(fence) {
      const inner = { text: fence.value, lines: fence.value.split('\n') };
      const root = parseMarkdown(inner, problems);
      return root === null ? null : cutSections(root, inner);
    },
  };
  const found: FoundForm[] = [];
  const fences = listFences(document).filter((node) => node.lang === 'espalier');
  if (fences.length > 0) found.push(readFence(fences, document, tools));
  if (looksLikeHeadings(document)) found.push({ form: 'headings', read: () => readHeadingPlan(document, tools) });
  if (looksLikeTable(document)) found.push({ form: 'table', read: () => readTablePlan(document, tools.problems) });
  if (looksLikeSingle(document)) found.push({ form: 'single', read: () => readSinglePlan(document, tools.problems) });
  return found;
}

function shiftProblems(problems: ProblemList, indent: number): ProblemList {
  const shift = (at: Place | null): Place | null =>
    at === null ? null : { line: at.line, column: at.column + indent };
  return {
    ...problems,
    error: (code, at, message, detail) => problems.error(code, shift(at), message, detail),
    warn: (code, at, message, detail) => problems.warn(code, shift(at), message, detail),
  };
}

function readFence(fences: readonly Code[], document: MarkdownDocument, tools: MarkdownTools): FoundForm {
  return {
    form: 'yaml',
    read() {
      const [fence, second] = fences;
      if (second !== undefined) {
        const line = second.position?.start.line ?? 1;
        tools.problems.error(
          'several-plans',
          { line, column: 1 },
          `a text holds one block tagged 'espalier', this one has ${fences.length}`,
        );
      }
      return fence === undefined
        ? null
        : readYamlPlan(`${fence.value}\n`, placeInFence(fence, document.source), tools.problems);
    },
  };
}

/** A fence's content may be indented in the source (within a list); columns are shifted by what was taken off. */
function placeInFence(fence: Code, source: SourceText): (place: Place) => Place {
  const content = fence.value.split('\n');
  const fenceLine = fence.position?.start.line ?? 0;
  return ({ line, column }) => {
    const sourceLine = source.lines[fenceLine + line - 1] ?? '';
    const contentLine = content[line - 1] ?? '';
    const shift = sourceLine.endsWith(contentLine) ? sourceLine.length - contentLine.length : 0;
    return { line: fenceLine + line, column: column + shift };
  };
}

function reportNoPlan(
  document: MarkdownDocument,
  source: SourceText,
  found: readonly FoundForm[],
  wanted: PlanForm | undefined,
  problems: ProblemList,
): void {
  if (wanted !== undefined) {
    const others = found.map(({ form }) => FORM_NAMES[form]).join(', ');
    problems.error(
      'no-plan',
      null,
      `the text is not a plan as ${FORM_NAMES[wanted]}${others === '' ? '' : `; it looks like ${others}`}`,
    );
    return;
  }
  for (const fence of listFences(document)) {
    if (!/^(?:markdown|md)$/i.test(fence.lang ?? '')) continue;
    const form = findFormWithin(fence);
    if (form === null) continue;
    const line = fence.position?.start.line ?? 1;
    problems.error(
      'plan-in-fence',
      { line, column: 1 },
      `the text itself is no plan, but the fenced block here holds one as ${FORM_NAMES[form]}; put it into a file of its own`,
    );
    return;
  }
  const forms = Object.values(FORM_NAMES).join('; ');
  problems.error(
    'no-plan',
    source.lines.length > 0 ? { line: 1, column: 1 } : null,
    `no plan was found in this text; a plan is written as ${forms}`,
  );
}

function findFormWithin(fence: Code): PlanForm | null {
  const inner = { text: fence.value, lines: fence.value.split('\n') };
  const root = parseMarkdown(inner, createProblemList(inner));
  if (root === null) return null;
  const document = cutSections(root, inner);
  if (looksLikeHeadings(document)) return 'headings';
  if (looksLikeTable(document)) return 'table';
  return looksLikeSingle(document) ? 'single' : null;
}
