/**
 * Form 3, tables: a task table (agent, branch, task, …) and a file ownership matrix. A status or a progress in the
 * table decides nothing: what has landed is known from git, not from what a document says of it.
 */
import { slugify } from '../ids.ts';
import { quoteText } from '../report/escape-text.ts';
import { documentTitle, type MarkdownDocument } from './markdown-document.ts';
import { splitValues } from './markdown-lines.ts';
import { listTables, type NamedTable, type TableCell, type TableRow } from './markdown-table.ts';
import { findNearestName } from './nearest-name.ts';
import type { ProblemList } from './problem-list.ts';
import { readEstimate } from './quantities.ts';
import { readNeedsProse } from './read-needs-prose.ts';
import { emptyTaskDraft, type PlanDraft, type Said, type TaskDraft } from './task-draft.ts';

const COLUMNS = {
  id: ['id', '#', 'task id'],
  agent: ['agent', 'agent id', 'agent name'],
  worktree: ['worktree', 'worktree path'],
  branch: ['branch', 'branch name'],
  task: ['task', 'description', 'title', 'task description'],
  status: ['status', 'state'],
  progress: ['progress'],
  blocker: ['blocker', 'blockers', 'blocked by', 'depends on', 'dependencies', 'needs'],
  estimate: ['estimate', 'estimated', 'hours', 'time'],
  owns: ['owns', 'files', 'paths'],
} as const;
type Column = keyof typeof COLUMNS;

const PATH_COLUMNS = ['path', 'path pattern', 'paths', 'file', 'file path'];
const OWNER_COLUMNS = ['owner', 'owner agent', 'agent'];
const READER_COLUMNS = ['read-only agents', 'read-only access', 'read-only', 'rationale'];

/** True if some table lists tasks with their worktrees or branches. */
export function looksLikeTable(document: MarkdownDocument): boolean {
  return listTables(document.root.children).some(isTaskTable);
}

/** Reads the table form. */
export function readTablePlan(document: MarkdownDocument, problems: ProblemList): PlanDraft {
  const tables = listTables(document.root.children);
  const rows = tables.filter(isTaskTable).flatMap((table) => {
    reportUnknownColumns(table, problems);
    return table.rows;
  });
  const entries = nameRows(rows, problems);
  for (const entry of entries) readBlocker(entry, entries, problems);
  shareAgents(entries);
  const matrices = tables.filter((table) => !isTaskTable(table) && isMatrix(table));
  for (const matrix of matrices) readMatrix(matrix, entries, problems);
  if (matrices.length > 0) warnUnowned(entries, problems);
  const project = document.sections
    .map((section) => /^Project:\s*(.+)$/i.exec(section.heading)?.[1])
    .find((name) => name !== undefined);
  return {
    form: 'table',
    id: null,
    title: project ?? documentTitle(document)?.replace(/\.md\b/, '') ?? null,
    base: null,
    tasks: entries.map((entry) => entry.draft),
    defaults: {},
    final: [],
    budgetUsd: null,
    statedTotal: null,
  };
}

interface Entry {
  row: TableRow;
  /** The agent's name in lower case; empty if the table has none. */
  agent: string;
  draft: TaskDraft;
}

function isTaskTable(table: NamedTable): boolean {
  const has = (column: Column): boolean =>
    table.columns.some((name) => (COLUMNS[column] as readonly string[]).includes(name));
  return has('task') && (has('agent') || has('id')) && (has('worktree') || has('branch'));
}

function isMatrix(table: NamedTable): boolean {
  return (
    table.columns.some((name) => PATH_COLUMNS.includes(name)) &&
    table.columns.some((name) => OWNER_COLUMNS.includes(name))
  );
}

function cellOf(row: TableRow, names: readonly string[]): TableCell | null {
  for (const name of names) {
    const cell = row.cells.get(name);
    if (cell !== undefined && cell.text !== '') return cell;
  }
  return null;
}

function reportUnknownColumns(table: NamedTable, problems: ProblemList): void {
  const known = Object.values(COLUMNS).flat();
  for (const column of table.columns) {
    if (column === '' || (known as readonly string[]).includes(column)) continue;
    problems.warn(
      'unknown-column',
      { line: table.line, column: 1 },
      `the column ${quoteText(column)} of the task table is not read`,
      {
        nearest: findNearestName(column, known),
      },
    );
  }
}

function nameRows(rows: readonly TableRow[], problems: ProblemList): Entry[] {
  const agentCount = new Map<string, number>();
  for (const row of rows) {
    const agent = cellOf(row, COLUMNS.agent)?.text.toLowerCase() ?? '';
    agentCount.set(agent, (agentCount.get(agent) ?? 0) + 1);
  }
  return rows.map((row) => {
    const agent = cellOf(row, COLUMNS.agent);
    const isOnly = agent !== null && agentCount.get(agent.text.toLowerCase()) === 1;
    return { row, agent: agent?.text.toLowerCase() ?? '', draft: draftRow(row, agent, isOnly, problems) };
  });
}

/** A word in the ID column is the id; else an agent with one task names it; else agent and number do. */
function nameRow(row: TableRow, agent: TableCell | null, isOnly: boolean): Said {
  const id = cellOf(row, COLUMNS.id);
  if (id !== null && /[a-z]/i.test(id.text)) return { text: id.text.toLowerCase(), at: id.at };
  if (agent !== null && isOnly) return { text: slugify(agent.text), at: agent.at };
  if (agent !== null && id !== null) return { text: slugify(`${agent.text}-${id.text}`), at: id.at };
  const task = cellOf(row, COLUMNS.task);
  if (id !== null && agent === null) return { text: slugify(`task-${id.text}`), at: id.at };
  return { text: slugify(task?.text ?? ''), at: task?.at ?? { line: row.line, column: 1 } };
}

function draftRow(row: TableRow, agent: TableCell | null, isOnly: boolean, problems: ProblemList): TaskDraft {
  const draft = emptyTaskDraft(nameRow(row, agent, isOnly), { line: row.line, column: 1 });
  const id = cellOf(row, COLUMNS.id);
  const task = cellOf(row, COLUMNS.task);
  const branch = cellOf(row, COLUMNS.branch);
  if (task === null)
    problems.error('no-spec', draft.at, `the row of ${quoteText(draft.id.text)} does not say what is to be done`);
  draft.title = task?.text ?? draft.id.text;
  draft.spec = draft.title;
  const number = /^#?(\d{1,5})$/.exec(id?.text ?? '')?.[1];
  const numbered = number === undefined ? [] : [`agent ${Number(number)}`, String(Number(number))];
  draft.aliases = [
    ...numbered,
    ...(isOnly && agent !== null ? [agent.text.toLowerCase()] : []),
    draft.title.toLowerCase(),
  ];
  draft.branch = branch === null || isNothing(branch.text) ? null : { text: branch.text, at: branch.at };
  draft.worktree = cellOf(row, COLUMNS.worktree)?.text ?? null;
  draft.owns = splitCell(cellOf(row, COLUMNS.owns)).filter(({ text }) => !isNothing(text));
  readRowEstimate(draft, cellOf(row, COLUMNS.estimate), problems);
  warnDone(draft, cellOf(row, COLUMNS.status), problems);
  return draft;
}

function readRowEstimate(draft: TaskDraft, cell: TableCell | null, problems: ProblemList): void {
  if (cell === null || isNothing(cell.text)) return;
  const minutes = readEstimate(/^\d+(?:\.\d+)?$/.test(cell.text) ? `${cell.text}h` : cell.text);
  if (minutes.ok) draft.estimateMinutes = minutes.value;
  else
    problems.warn(
      'bad-estimate',
      cell.at,
      `${quoteText(draft.id.text)} states ${quoteText(cell.text)} as its time: ${minutes.because}`,
    );
}

function warnDone(draft: TaskDraft, status: TableCell | null, problems: ProblemList): void {
  // Status symbols are often badly re-encoded; the word is what is read.
  if (status === null || !/\b(?:complete|completed|done|merged|landed)\b/i.test(status.text)) return;
  problems.warn(
    'status-ignored',
    status.at,
    `${quoteText(draft.id.text)} is marked ${quoteText(status.text.replace(/^[^A-Za-z]+/, ''))}, but a status in a plan decides nothing: the task would run; take its row out if its work has landed`,
  );
}

function readBlocker(entry: Entry, entries: readonly Entry[], problems: ProblemList): void {
  const cell = cellOf(entry.row, COLUMNS.blocker);
  if (cell === null || isNothing(cell.text)) return;
  const names = new Map<string, string>();
  for (const { draft } of entries) {
    for (const alias of draft.aliases) names.set(alias, draft.id.text);
    names.set(draft.id.text.toLowerCase(), draft.id.text);
  }
  const text = /^[\d\s,&#]+$/.test(cell.text) ? `task ${cell.text.replaceAll('#', '')}` : cell.text;
  const read = readNeedsProse(text, cell.at, (word) => names.has(word.toLowerCase()));
  if (read.kind === 'none') return;
  if (read.kind === 'needs') {
    entry.draft.needs = read.needs.map((need) => ({
      text: names.get(need.text.toLowerCase()) ?? need.text,
      at: need.at,
    }));
    return;
  }
  problems.warn(
    'prose-blocker',
    cell.at,
    `the blocker ${quoteText(cell.text)} of ${quoteText(entry.draft.id.text)} names no task, so nothing waits for it; ` +
      "write the id of a task, or 'None', and take the row out until the rest is settled",
  );
}

/** Tasks of one agent share what it owns: a lock with its name makes them run one after another. */
function shareAgents(entries: readonly Entry[]): void {
  const counts = new Map<string, number>();
  for (const { agent } of entries) counts.set(agent, (counts.get(agent) ?? 0) + 1);
  for (const { agent, draft } of entries) {
    if (agent !== '' && (counts.get(agent) ?? 0) > 1) draft.locks.push({ text: slugify(agent), at: draft.at });
  }
}

function readMatrix(matrix: NamedTable, entries: readonly Entry[], problems: ProblemList): void {
  const byAgent = new Map<string, Entry[]>();
  for (const entry of entries) {
    for (const name of new Set([entry.agent, entry.draft.id.text])) {
      if (name !== '') byAgent.set(name, [...(byAgent.get(name) ?? []), entry]);
    }
  }
  for (const row of matrix.rows) {
    const paths = splitCell(cellOf(row, PATH_COLUMNS)).map(({ text, at }) => ({
      text: text.replace(/^\.?\/+/, ''),
      at,
    }));
    const owner = cellOf(row, OWNER_COLUMNS);
    if (owner === null) {
      problems.warn(
        'no-owner',
        { line: row.line, column: 1 },
        `nobody owns ${quoteText(paths[0]?.text ?? '')}; no task may change it that owns anything`,
      );
      continue;
    }
    assignPaths(paths, owner, entries, byAgent, problems);
  }
  for (const column of matrix.columns) {
    const isKnown = [...PATH_COLUMNS, ...OWNER_COLUMNS, ...READER_COLUMNS].includes(column);
    if (!isKnown && column !== '')
      problems.warn(
        'unknown-column',
        { line: matrix.line, column: 1 },
        `the column ${quoteText(column)} of the ownership matrix is not read`,
      );
  }
}

function assignPaths(
  paths: readonly Said[],
  owner: TableCell,
  entries: readonly Entry[],
  byAgent: ReadonlyMap<string, Entry[]>,
  problems: ProblemList,
): void {
  if (/^(?:shared\b|all$|everyone$)/i.test(owner.text)) {
    for (const { draft } of entries) {
      draft.owns.push(...paths);
      draft.locks.push(...paths);
    }
    return;
  }
  for (const { text, at } of splitValues(owner.text, owner.at)) {
    const owners = byAgent.get(text.toLowerCase());
    if (owners === undefined) {
      problems.error(
        'unknown-owner',
        at,
        `${quoteText(text)} owns ${quoteText(paths[0]?.text ?? '')}, but no row of the task table has that agent`,
        {
          nearest: findNearestName(text, byAgent.keys()),
        },
      );
    }
    for (const { draft } of owners ?? []) draft.owns.push(...paths);
  }
}

function warnUnowned(entries: readonly Entry[], problems: ProblemList): void {
  for (const { draft } of entries) {
    if (draft.owns.length > 0) continue;
    problems.warn(
      'owns-nothing',
      draft.at,
      `the ownership matrix gives ${quoteText(draft.id.text)} no path; without one a task may change anything that is not protected`,
    );
  }
}

function splitCell(cell: TableCell | null): Said[] {
  return cell === null ? [] : splitValues(cell.text.replace(/<br\s*\/?>/gi, ','), cell.at);
}

function isNothing(text: string): boolean {
  return /^(?:none|n\/a|no|nothing|-|–|—)?$/i.test(text.trim());
}
