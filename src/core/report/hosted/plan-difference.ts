/** What an edit of the issue changes of the accepted plan: task by task, which fields, and how their values differ. */
import type { Command, ResolvedPlan, ResolvedTask } from '../../plan/plan.ts';
import { writeRunner } from '../../config/runners.ts';
import { reviewerName } from '../../gate/bindings.ts';
import { runnerOf } from '../../plan/hosted-gaps.ts';
import { formatMinutes } from '../../plan/quantities.ts';
import { formatDuration } from '../amounts.ts';
import { diffLines } from './diff-lines.ts';
import { listSection, type Section, whole } from './fit-document.ts';
import { listIds, usd } from './hosted-words.ts';
import { code, fence, say, type Markdown } from './markdown.ts';

const MAX_VALUE = 160;
const MAX_SPEC_BYTES = 6000;

/** One field whose value differs. */
interface FieldChange {
  field: string;
  before: string;
  after: string;
}

/** How a field is shown; every field of a task is here but its spec, which is shown as a difference of lines. */
const FIELDS: { readonly [Field in Exclude<keyof ResolvedTask, 'id' | 'spec'>]: (task: ResolvedTask) => string } = {
  title: (task) => task.title,
  needs: (task) => list(task.needs),
  owns: (task) => list(task.owns),
  allow: (task) => list(task.allow),
  locks: (task) => list(task.locks),
  estimateMinutes: (task) => (task.estimateMinutes === null ? 'none' : formatMinutes(task.estimateMinutes)),
  branch: (task) => task.branch ?? 'none of its own',
  agent: (task) => reviewerName(task.agent),
  profile: (task) => task.profile,
  resources: (task) => task.resources,
  setup: (task) => showCommands(task.setup),
  test: (task) => showCommands(task.test),
  testPaths: (task) => list(task.testPaths),
  review: ({ review }) =>
    `${review.reviewer === null ? 'none' : reviewerName(review.reviewer)}, ${review.threshold}/10, ${review.iterations} iterations, rubric '${review.rubric}'`,
  approvals: (task) => `${task.approvals}`,
  timeoutMs: (task) => formatDuration(task.timeoutMs),
  retries: (task) => `${task.retries}`,
  env: (task) => list(task.env),
  copy: (task) => list(task.copy),
  ports: (task) => list(task.ports),
  budgetUsd: (task) => (task.budgetUsd === null ? 'none' : usd(task.budgetUsd)),
  priority: (task) => `${task.priority}`,
  runsOn: (task) => writeRunner(runnerOf(task)),
  image: (task) => task.image ?? 'none of its own',
};

const FIELD_WORDS: Readonly<Partial<Record<keyof ResolvedTask, string>>> = {
  estimateMinutes: 'estimate',
  testPaths: 'test_paths',
  timeoutMs: 'timeout',
  runsOn: 'runs_on',
  budgetUsd: 'budget',
};

/** Sections that show how `after` differs from the accepted plan. */
export function differenceSections(before: ResolvedPlan, after: ResolvedPlan): Section[] {
  const old = new Map(before.tasks.map((task) => [task.id, task]));
  const ids = new Set(after.tasks.map((task) => task.id));
  const added = after.tasks.filter((task) => !old.has(task.id)).map((task) => task.id);
  const removed = before.tasks.filter((task) => !ids.has(task.id)).map((task) => task.id);
  const changed = after.tasks.flatMap((task) => {
    const known = old.get(task.id);
    return known === undefined ? [] : taskSections(known, task);
  });
  const frame = frameChanges(before, after);
  return [
    ...(added.length === 0 ? [] : [whole(1, say`**Added:** ${listIds(added, 30)}`.markdown)]),
    ...(removed.length === 0 ? [] : [whole(1, say`**Removed:** ${listIds(removed, 30)}`.markdown)]),
    ...(frame.length === 0 ? [] : [listSection(1, { head: '**Around the tasks**', lines: frame.map(describeChange) })]),
    ...changed,
  ];
}

function taskSections(before: ResolvedTask, after: ResolvedTask): Section[] {
  const lines = taskChanges(before, after).map(describeChange);
  const isSpecChanged = before.spec !== after.spec;
  if (lines.length === 0 && !isSpecChanged) return [];
  const head = say`**Changed:** ${code(after.id)}${isSpecChanged ? ', its text among other things' : ''}`;
  const words = isSpecChanged && lines.length === 0 ? say`**Changed:** the text of ${code(after.id)}` : head;
  return [
    lines.length === 0 ? whole(2, words.markdown) : listSection(2, { head: words.markdown, lines, most: 8000 }),
    ...(isSpecChanged ? [specSection(before.spec, after.spec)] : []),
  ];
}

/** Which fields of a task differ, its text apart. */
function taskChanges(before: ResolvedTask, after: ResolvedTask): FieldChange[] {
  return (Object.keys(FIELDS) as (keyof typeof FIELDS)[]).flatMap((field) =>
    JSON.stringify(before[field]) === JSON.stringify(after[field])
      ? []
      : [{ field: FIELD_WORDS[field] ?? field, before: FIELDS[field](before), after: FIELDS[field](after) }],
  );
}

function frameChanges(before: ResolvedPlan, after: ResolvedPlan): FieldChange[] {
  const budget = ({ budgetUsd }: ResolvedPlan): string => (budgetUsd === null ? 'none' : usd(budgetUsd));
  return [
    { field: 'title', before: before.title, after: after.title },
    { field: 'base', before: before.base ?? 'the default', after: after.base ?? 'the default' },
    { field: 'budget', before: budget(before), after: budget(after) },
    { field: 'final', before: showCommands(before.final), after: showCommands(after.final) },
  ].filter((change) => change.before !== change.after);
}

function describeChange({ field, before, after }: FieldChange): string {
  return say`- ${field}: ${shownValue(before)} → ${shownValue(after)}`.markdown;
}

function shownValue(value: string): Markdown {
  return code(value, MAX_VALUE);
}

function specSection(before: string, after: string): Section {
  return {
    rank: 3,
    render: (room) =>
      fence(diffLines(before, after), { info: 'diff', maxBytes: Math.min(room, MAX_SPEC_BYTES), keep: 'head' }),
  };
}

function list(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}

function showCommands(commands: readonly Command[]): string {
  return list(commands.map((command) => command.join(' ')));
}
