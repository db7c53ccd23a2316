/** Reads a plan from text in any of its forms. Never throws: what cannot be read is a problem with its place. */
import { findPlanForm } from './find-form.ts';
import { finishPlan } from './finish-plan.ts';
import type { PlanForm, PlanReading } from './plan.ts';
import { createProblemList, type ProblemList } from './problem-list.ts';
import { readSourceText, type SourceText } from './source-text.ts';

/** Longest text that is read, in UTF-16 code units. */
export const MAX_PLAN_LENGTH = 2 * 1024 * 1024;

/** What is known of a plan's text beside the text. */
export interface ReadPlanOptions {
  /** Reads the text as this form only, instead of finding out. */
  form?: PlanForm;
  /** Where the text is from: tells YAML by its ending, and names a plan that does not name itself. */
  fileName?: string;
}

/** Reads a plan. `plan` is there only if no problem is an error; all problems are there either way. */
export function readPlan(text: string, options: ReadPlanOptions = {}): PlanReading {
  if (text.length > MAX_PLAN_LENGTH) return refuseLength(text.length);
  const source = readSourceText(text);
  const problems = createProblemList(source);
  if (!isReadableText(source, problems)) return { plan: null, form: null, problems: problems.finish() };
  const found = findPlanForm(source, options, problems);
  if (found === null) return { plan: null, form: null, problems: problems.finish() };
  const draft = found.read();
  const plan = draft === null ? null : finishPlan(draft, options.fileName ?? null, problems);
  return { plan, form: found.form, problems: problems.finish() };
}

function refuseLength(length: number): PlanReading {
  const problems = createProblemList({ text: '', lines: [] });
  problems.error('too-large', null, `the text has ${length} characters; at most ${MAX_PLAN_LENGTH} are read as a plan`);
  return { plan: null, form: null, problems: problems.finish() };
}

function isReadableText(source: SourceText, problems: ProblemList): boolean {
  if (source.text.trim() === '') {
    problems.error('empty-plan', null, 'the text is empty');
    return false;
  }
  const isWellFormed = source.text.isWellFormed();
  if (isWellFormed && !source.text.includes('\0')) return true;
  const index = source.lines.findIndex((line) => line.includes('\0') || !line.isWellFormed());
  const line = source.lines[index] ?? '';
  const nul = line.indexOf('\0');
  const mended = line.toWellFormed();
  const column =
    nul >= 0 ? nul : Array.from({ length: line.length }, (_, at) => at).findIndex((at) => line[at] !== mended[at]);
  problems.error(
    'not-text',
    { line: index + 1, column: column + 1 },
    nul >= 0
      ? 'the text holds a NUL character; is it a text file?'
      : 'the text holds half of a surrogate pair; is it UTF-8?',
  );
  return false;
}
