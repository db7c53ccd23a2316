/** The rules that every form's plan is held to: ids, needs, cycles, branches, globs, locks. Finds everything at once. */
import type { BranchName, PlanId, TaskId } from '../brand.ts';
import { readBranchName, readPlanId, readTaskId, slugify } from '../ids.ts';
import { escapeText, quoteText } from '../report/escape-text.ts';
import { findShortestCycles } from './find-cycles.ts';
import { compileGlob } from './glob.ts';
import { findNearestName } from './nearest-name.ts';
import type { Plan, Task } from './plan.ts';
import type { ProblemList } from './problem-list.ts';
import type { PlanDraft, Said, TaskDraft } from './task-draft.ts';
import { warnAboutWorkflows } from './workflow-words.ts';

/** Most tasks that a plan may have. */
const MAX_TASKS = 10_000;
/** Most cycles that are shown; one path is enough to begin with. */
const MAX_CYCLES = 5;
const MAX_LOCK_LENGTH = 200;

/** Checks a draft and makes it a plan; `null` if there is any error, in this step or before. */
export function finishPlan(draft: PlanDraft, fileName: string | null, problems: ProblemList): Plan | null {
  if (draft.tasks.length === 0) {
    problems.error('empty-plan', draft.id?.at ?? { line: 1, column: 1 }, 'the plan has no task');
    return null;
  }
  if (draft.tasks.length > MAX_TASKS) {
    problems.error(
      'too-many-tasks',
      draft.tasks[MAX_TASKS]?.at ?? null,
      `the plan has ${draft.tasks.length} tasks; at most ${MAX_TASKS} are read`,
    );
    return null;
  }
  const names = readIds(draft.tasks, problems);
  const tasks = draft.tasks.flatMap((task) => finishTask(task, names, problems) ?? []);
  reportCycles(tasks, problems);
  const base = finishBranch(draft.base, 'base', problems);
  reportBranchClashes(draft.tasks, base, problems);
  const id = finishPlanId(draft, fileName, problems);
  if (id === null || problems.hasErrors()) return null;
  return {
    id,
    title: draft.title ?? draft.id?.text ?? id,
    form: draft.form,
    base,
    tasks,
    defaults: draft.defaults,
    final: draft.final,
    budgetUsd: draft.budgetUsd,
    statedTotal: draft.statedTotal,
  };
}

/** An explicit id must be one, or be a title that can become one; else the title, the file's name, or `plan`. */
function finishPlanId(draft: PlanDraft, fileName: string | null, problems: ProblemList): PlanId | null {
  const stem = (fileName ?? '').replace(/^.*[\\/]/, '').replace(/\.[A-Za-z0-9]+$/, '');
  for (const text of [draft.id?.text ?? '', draft.title ?? '', stem, 'plan']) {
    const asSaid = readPlanId(text);
    if (asSaid.ok) return asSaid.value;
    const slug = readPlanId(slugify(text));
    if (slug.ok) return slug.value;
    if (draft.id !== null && text === draft.id.text && text !== '') {
      problems.error(
        'bad-plan-id',
        draft.id.at,
        `the plan is named ${quoteText(text)}, of which no id can be made: ${asSaid.because}`,
      );
      return null;
    }
  }
  return null;
}

interface Names {
  ids: Map<string, TaskDraft>;
  /** Alias to id; `null` where several tasks share it. */
  aliases: Map<string, string | null>;
}

function readIds(tasks: readonly TaskDraft[], problems: ProblemList): Names {
  const ids = new Map<string, TaskDraft>();
  const aliases = new Map<string, string | null>();
  for (const task of tasks) {
    const id = readTaskId(task.id.text);
    if (!id.ok) {
      const slug = slugify(task.id.text);
      problems.error(
        'bad-task-id',
        task.id.at,
        `the task id ${quoteText(task.id.text)} cannot be used: ${id.because}`,
        {
          nearest: readTaskId(slug).ok ? slug : null,
        },
      );
    }
    const first = ids.get(task.id.text);
    if (first !== undefined) {
      problems.error(
        'duplicate-task',
        task.id.at,
        `two tasks have the id ${quoteText(task.id.text)} (the first on line ${first.id.at.line})`,
      );
    } else ids.set(task.id.text, task);
    for (const alias of task.aliases)
      aliases.set(alias, aliases.has(alias) && aliases.get(alias) !== task.id.text ? null : task.id.text);
  }
  return { ids, aliases };
}

function finishTask(draft: TaskDraft, names: Names, problems: ProblemList): Task | null {
  const id = readTaskId(draft.id.text);
  const branch = finishBranch(draft.branch, 'branch', problems);
  const task = {
    title: draft.title,
    spec: draft.spec,
    needs: finishNeeds(draft, names, problems),
    owns: finishGlobs(draft.owns, 'owns', problems),
    allow: finishGlobs(draft.allow, 'allow', problems),
    locks: finishLocks(draft.locks, problems),
    estimateMinutes: draft.estimateMinutes,
    branch,
    worktree: draft.worktree,
    items: draft.items,
    variants: draft.variants,
    settings: draft.settings,
    line: draft.at.line,
  };
  warnAboutWorkflows(draft, problems);
  return id.ok ? { id: id.value, ...task } : null;
}

function finishNeeds(draft: TaskDraft, names: Names, problems: ProblemList): TaskId[] {
  const needs = new Set<TaskId>();
  for (const need of draft.needs) {
    const found = resolveNeed(need.text, names);
    if (found === null) {
      problems.error(
        'unknown-task',
        need.at,
        `task ${quoteText(draft.id.text)} needs ${quoteText(need.text)}, which is no task of this plan`,
        {
          nearest: problems.hasRoom() ? findNearestName(need.text, names.ids.keys()) : null,
        },
      );
    } else if (found === draft.id.text) {
      problems.error('self-need', need.at, `task ${quoteText(draft.id.text)} needs itself`);
    } else needs.add(found as TaskId);
  }
  return [...needs];
}

function resolveNeed(text: string, names: Names): string | null {
  return names.ids.has(text) ? text : (names.aliases.get(text.toLowerCase()) ?? null);
}

function finishGlobs(globs: readonly Said[], name: string, problems: ProblemList): string[] {
  const kept = new Set<string>();
  for (const { text, at } of globs) {
    const glob = compileGlob(text);
    if (glob.ok) {
      kept.add(text);
      warnAboutFolder(text, name, at, problems);
      continue;
    }
    const stripped = text.replace(/^\.?\/+/, '');
    problems.error('bad-glob', at, `'${name}' has ${quoteText(text)}: ${glob.because}`, {
      nearest: stripped !== text && compileGlob(stripped).ok ? stripped : null,
    });
  }
  return [...kept];
}

/** `src/auth` matches a file of that name only, which is seldom what its author meant. */
function warnAboutFolder(text: string, name: string, at: Said['at'], problems: ProblemList): void {
  if (!/^(?:[^*?[{]*\/)?[a-z0-9_-]+$/.test(text)) return;
  problems.warn(
    'folder-without-glob',
    at,
    `'${name}' has ${quoteText(text)}, which matches only a file of that very name; a folder is written with '/**'`,
    {
      nearest: `${text}/**`,
    },
  );
}

function finishLocks(locks: readonly Said[], problems: ProblemList): string[] {
  const kept = new Set<string>();
  for (const { text, at } of locks) {
    const isGood =
      text.length <= MAX_LOCK_LENGTH && /^[^\s]+(?: [^\s]+)*$/.test(text) && escapeText(text, 1000) === text;
    if (isGood) kept.add(text);
    else
      problems.error(
        'bad-lock',
        at,
        `the lock ${quoteText(text)} cannot be used: a lock's name is visible characters, at most ${MAX_LOCK_LENGTH}`,
      );
  }
  return [...kept];
}

function finishBranch(said: Said | null, name: string, problems: ProblemList): BranchName | null {
  if (said === null) return null;
  const branch = readBranchName(said.text);
  if (branch.ok) return branch.value;
  problems.error('bad-branch', said.at, `'${name}' is ${quoteText(said.text)}: ${branch.because}`);
  return null;
}

/** Equal names, and names of which one would be the folder of the other, cannot both be branches. */
function reportBranchClashes(tasks: readonly TaskDraft[], base: BranchName | null, problems: ProblemList): void {
  const owners = new Map<string, string>();
  if (base !== null) owners.set(base, 'the base');
  const said = tasks.flatMap((task) => (task.branch === null ? [] : [{ branch: task.branch, id: task.id.text }]));
  for (const { branch, id } of said) {
    const other = owners.get(branch.text);
    if (other === 'the base') {
      problems.error(
        'branch-is-base',
        branch.at,
        `task ${quoteText(id)} wants the branch ${quoteText(branch.text)}, which is the base; a task needs one of its own`,
      );
    } else if (other !== undefined && other !== id) {
      problems.error(
        'duplicate-branch',
        branch.at,
        `tasks ${quoteText(other)} and ${quoteText(id)} want one branch, ${quoteText(branch.text)}`,
      );
    } else owners.set(branch.text, id);
  }
  for (const { branch, id } of said) {
    for (let slash = branch.text.indexOf('/'); slash !== -1; slash = branch.text.indexOf('/', slash + 1)) {
      const folder = branch.text.slice(0, slash);
      const other = owners.get(folder);
      if (other === undefined) continue;
      problems.error(
        'branch-clash',
        branch.at,
        `the branch ${quoteText(branch.text)} of task ${quoteText(id)} cannot stand beside the branch ${quoteText(folder)}: git would need it to be a file and a folder`,
      );
      break;
    }
  }
}

function reportCycles(tasks: readonly Task[], problems: ProblemList): void {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  for (const cycle of findShortestCycles(tasks, MAX_CYCLES)) {
    const [first] = cycle;
    if (first === undefined) continue;
    const shown =
      cycle.length > 12 ? [...cycle.slice(0, 10), `(${cycle.length - 11} more)`, ...cycle.slice(-1)] : cycle;
    problems.error(
      'cycle',
      { line: byId.get(first)?.line ?? 1, column: 1 },
      `these tasks wait for each other: ${[...shown, first].join(' → ')} (each needs the next)`,
    );
  }
}
