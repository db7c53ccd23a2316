/** Finds out which form of plan a text is, and hands back its reader. */
import type { Code } from 'mdast';

import { parseMarkdown } from './markdown-source.ts';
import type { PlanForm } from './plan.ts';
import type { ProblemList } from './problem-list.ts';
import { readYamlPlan } from './read-yaml-plan.ts';
import type { Place, SourceText } from './source-text.ts';
import type { PlanDraft } from './task-draft.ts';

/** A recognised form and what reads it. */
export interface FoundForm {
  form: PlanForm;
  read(): PlanDraft | null;
}

/** The form of a text, or `null` after a problem that says why it is none. */
export function findPlanForm(
  source: SourceText,
  options: { form?: PlanForm; fileName?: string },
  problems: ProblemList,
): FoundForm | null {
  if (isYamlFile(source, options.fileName)) return readWholeYaml(source, problems);
  const root = parseMarkdown(source, problems);
  if (root === null) return null;
  const fences = root.children.filter((node): node is Code => node.type === 'code' && node.lang === 'espalier');
  if (fences.length > 0) return readFence(fences, source, problems);
  problems.error('no-plan', { line: 1, column: 1 }, 'no plan was found in this text');
  return null;
}

function isYamlFile(source: SourceText, fileName: string | undefined): boolean {
  if (fileName !== undefined && /\.ya?ml$/i.test(fileName)) return true;
  const first = source.lines.find((line) => line.trim() !== '' && !/^\s*#(?!#)\s?/.test(line)) ?? '';
  const isYamlStart = /^(?:---\s*$|%YAML|\{|[A-Za-z_][\w-]*:(?:\s|$))/.test(first);
  return isYamlStart && source.lines.some((line) => /^(?:tasks|"tasks"|'tasks')\s*:|^\{.*\btasks["']?\s*:/.test(line));
}

function readWholeYaml(source: SourceText, problems: ProblemList): FoundForm {
  return { form: 'yaml', read: () => readYamlPlan(source.text, (place) => place, problems) };
}

function readFence(fences: readonly Code[], source: SourceText, problems: ProblemList): FoundForm | null {
  const [fence, second] = fences;
  if (fence === undefined) return null;
  if (second !== undefined) {
    const line = second.position?.start.line ?? 1;
    problems.error('several-plans', { line, column: 1 }, `a text holds one block tagged 'espalier', this one has ${fences.length}`);
    return null;
  }
  const toSource = placeInFence(fence, source);
  return { form: 'yaml', read: () => readYamlPlan(`${fence.value}\n`, toSource, problems) };
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
