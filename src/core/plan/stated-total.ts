/** Finds the hours that a document states for all of its tasks, and holds them against the tasks. */
import type { FieldedLines } from './markdown-lines.ts';
import type { ProblemList } from './problem-list.ts';
import { formatMinutes, readEstimate } from './quantities.ts';
import { sumItems } from './read-task-section.ts';
import type { SourceText } from './source-text.ts';
import type { PlanDraft, TaskDraft } from './task-draft.ts';

const HOURS_OF_WORK = /(\d{1,6}(?:\.\d{1,2})?)\s*(?:hours?|hrs?|h)\s+of\s+work\b/i;
const TOTAL_HOURS =
  /\btotal(?:\s+(?:estimate|effort|hours|work))?\b[^\d\n]{0,20}(\d{1,6}(?:\.\d{1,2})?)\s*(?:hours?|hrs?|h)\b/i;

/** A total of hours that the text states outside of its tasks. */
export function findStatedTotal(source: SourceText, preamble: FieldedLines): PlanDraft['statedTotal'] {
  const lines = [
    ...preamble.intro,
    ...preamble.fields.flatMap((field) => [
      { kind: 'text' as const, text: `${field.label}: ${field.value}`, at: field.at },
      ...field.lines,
    ]),
  ];
  for (const line of lines.sort((a, b) => a.at.line - b.at.line)) {
    if (line.kind === 'code') continue;
    const hours = (HOURS_OF_WORK.exec(line.text) ?? TOTAL_HOURS.exec(line.text))?.[1];
    const minutes = hours === undefined ? null : readEstimate(`${hours}h`);
    if (minutes?.ok === true)
      return { minutes: minutes.value, line: line.at.line, text: (source.lines[line.at.line - 1] ?? '').trim() };
  }
  return null;
}

/** Says where the stated total is not the sum of the tasks. */
export function compareStated(
  stated: PlanDraft['statedTotal'],
  drafts: readonly TaskDraft[],
  problems: ProblemList,
): void {
  if (stated === null) return;
  const sum = drafts.reduce((total, draft) => total + (draft.estimateMinutes ?? 0), 0);
  if (sum === stated.minutes) return;
  const itemised = drafts.reduce((total, draft) => total + (sumItems(draft.items) ?? draft.estimateMinutes ?? 0), 0);
  const also = itemised === sum ? '' : ` (${formatMinutes(itemised)} item by item)`;
  problems.warn(
    'total-differs',
    { line: stated.line, column: 1 },
    `the text states ${formatMinutes(stated.minutes)}, its tasks add up to ${formatMinutes(sum)}${also}`,
  );
}
