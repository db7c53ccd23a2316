/**
 * Form 2, headings: `#### Agent 1: …` with fields under it, and optionally, elsewhere in the same text, a definition
 * of the same agent in a Markdown fence and a block `dependencies.json`.
 */
import type { Code } from 'mdast';

import { slugify } from '../ids.ts';
import { quoteText } from '../report/escape-text.ts';
import { documentTitle, listFences, type MarkdownDocument, type MarkdownSection } from './markdown-document.ts';
import { type FieldedLines, groupFields, listLines, type MarkdownField, type MarkdownLine, plainText } from './markdown-lines.ts';
import type { ProblemList } from './problem-list.ts';
import { formatMinutes, readEstimate } from './quantities.ts';
import { findDependenciesBlock, type DependenciesBlock } from './read-dependencies-json.ts';
import { readNeedsProse } from './read-needs-prose.ts';
import { compareItems, hasTaskFields, readTaskSection, sumItems, type TaskSection } from './read-task-section.ts';
import type { Place } from './source-text.ts';
import { emptyTaskDraft, type PlanDraft, type Said, type TaskDraft } from './task-draft.ts';

const TASK_HEADING = /^(?:agent|task|workstream)\s*#?(\d{1,5})\s*[:.\-–—]\s*(.+)$/i;

/** A target is a branch and a remark; more is not looked at. */
const MAX_TARGET = 400;

/** What the reader needs beside the document. */
export interface MarkdownTools {
  problems: ProblemList;
  /** Turns a place within a fenced block into one of the source. */
  placeIn(fence: Code): (place: Place) => Place;
  /** Parses the text of a fenced block as Markdown; `null` if it is beyond the limits. */
  parseFence(fence: Code): MarkdownDocument | null;
}

interface Agent {
  number: number;
  title: string;
  at: Place;
  /** The section itself, `null` until one with fields is found. */
  section: TaskSection | null;
  /** The definition in a fence. */
  definition: TaskSection | null;
  mission: string;
}

/** True if some heading names a numbered agent or task and has fields under it. */
export function looksLikeHeadings(document: MarkdownDocument): boolean {
  return document.sections.some((section) => {
    if (!TASK_HEADING.test(section.heading)) return false;
    return hasTaskFields(fieldsOf(section, document)) || definitionFence(section) !== null;
  });
}

/** Reads the heading form. */
export function readHeadingPlan(document: MarkdownDocument, tools: MarkdownTools): PlanDraft {
  const { problems } = tools;
  const agents = collectAgents(document, tools);
  const drafts = agents.map((agent) => draftTask(agent, problems));
  const preamble = groupFields(listPreamble(document));
  const names = nameTasks(drafts);
  const block = findDependenciesBlock(listFences(document), document.source, (fence) => tools.placeIn(fence), problems);
  agents.forEach((agent, index) => {
    const draft = drafts[index];
    if (draft !== undefined) draft.needs = readNeeds(agent, draft, names, problems);
  });
  if (block !== null) mergeBlock(drafts, names, block, problems);
  const target = readTargets(agents, drafts, names, problems);
  const statedTotal = findStatedTotal(document, preamble);
  compareStated(statedTotal, drafts, problems);
  return {
    form: 'headings',
    id: findField(preamble, 'plan'),
    title: documentTitle(document),
    base: findField(preamble, 'base') ?? target,
    tasks: drafts,
    defaults: {},
    final: [],
    budgetUsd: null,
    statedTotal,
  };
}

function fieldsOf(section: MarkdownSection, document: MarkdownDocument): FieldedLines {
  const grouped = groupFields(listLines(section.blocks, document.source));
  for (const deeper of section.below) {
    // A deeper heading (`##### Tasks`) is a field by another spelling.
    const inner = groupFields(listLines(deeper.blocks, document.source));
    const at = { line: deeper.line, column: 1 };
    const label = deeper.heading.replace(/:$/, '').slice(0, 60);
    const field: MarkdownField = { name: label.toLowerCase(), label, value: '', at, valueAt: at, lines: inner.intro };
    grouped.fields.push(field, ...inner.fields);
  }
  return grouped;
}

function definitionFence(section: MarkdownSection): Code | null {
  const fence = section.blocks.find(
    (node): node is Code => node.type === 'code' && /^(?:markdown|md)$/i.test(node.lang ?? '') && /^\*\*(?:Mission|Tasks)/m.test(node.value),
  );
  return fence ?? null;
}

/** Everything that belongs to no task. */
function listPreamble(document: MarkdownDocument): MarkdownLine[] {
  const within = new Set<MarkdownSection>();
  for (const section of document.sections) {
    if (!TASK_HEADING.test(section.heading)) continue;
    within.add(section);
    for (const deeper of section.below) within.add(deeper);
  }
  return document.sections.flatMap((section) => (within.has(section) ? [] : listLines(section.blocks, document.source)));
}

function collectAgents(document: MarkdownDocument, tools: MarkdownTools): Agent[] {
  const agents = new Map<number, Agent>();
  for (const section of document.sections) {
    const match = TASK_HEADING.exec(section.heading);
    if (match === null) continue;
    const number = Number(match[1]);
    const at = { line: section.line, column: 1 };
    const known = agents.get(number);
    const agent: Agent = known ?? { number, title: (match[2] ?? '').trim(), at, section: null, definition: null, mission: '' };
    agents.set(number, agent);
    readAgentSection(agent, section, document, tools);
  }
  return [...agents.values()].filter((agent) => agent.section !== null || agent.definition !== null);
}

function readAgentSection(agent: Agent, section: MarkdownSection, document: MarkdownDocument, tools: MarkdownTools): void {
  const where = `Agent ${agent.number}`;
  const fence = definitionFence(section);
  if (fence !== null) {
    const inner = tools.parseFence(fence);
    if (inner !== null) {
      const fields = groupFields(inner.sections.flatMap((part) => listLines(part.blocks, inner.source)));
      agent.mission = findField(fields, 'mission')?.text ?? '';
      agent.definition = readTaskSection(shiftFields(fields, tools.placeIn(fence)), where, tools.problems);
    }
  }
  const fields = fieldsOf({ ...section, blocks: section.blocks.filter((node) => node !== fence) }, document);
  if (!hasTaskFields(fields)) return;
  if (agent.section !== null) {
    tools.problems.error('duplicate-task', { line: section.line, column: 1 }, `${where} has fields here and on line ${agent.at.line}; a number names one task`);
    return;
  }
  agent.section = readTaskSection(fields, where, tools.problems);
  agent.title = TASK_HEADING.exec(section.heading)?.[2]?.trim() ?? agent.title;
  agent.at = { line: section.line, column: 1 };
}

function shiftFields(fields: FieldedLines, toSource: (place: Place) => Place): FieldedLines {
  return {
    intro: fields.intro.map((line) => ({ ...line, at: toSource(line.at) })),
    fields: fields.fields.map((field) => ({
      ...field,
      at: toSource(field.at),
      valueAt: toSource(field.valueAt),
      lines: field.lines.map((line) => ({ ...line, at: toSource(line.at) })),
    })),
  };
}

function draftTask(agent: Agent, problems: ProblemList): TaskDraft {
  const where = `Agent ${agent.number}`;
  const { section, definition } = agent;
  const main = section ?? definition;
  const worktree = main?.worktree ?? definition?.worktree ?? null;
  const draft = emptyTaskDraft(nameTask(agent, main?.id ?? null, worktree), agent.at);
  if (main === null) return draft;
  if (section !== null) compareItems(section, where, problems);
  if (section !== null && definition !== null) compareDefinition(section, definition, where, problems);
  draft.aliases = [`agent ${agent.number}`, String(agent.number), agent.title.toLowerCase(), slugify(agent.title)];
  draft.title = agent.title;
  draft.branch = main.branch ?? definition?.branch ?? null;
  draft.worktree = worktree?.text ?? null;
  draft.items = main.items.length > 0 ? main.items : (definition?.items ?? []);
  draft.estimateMinutes = (main.total ?? definition?.total)?.minutes ?? sumItems(main.items);
  draft.owns = [...main.owns, ...(definition === main ? [] : (definition?.owns ?? []))];
  draft.allow = [...main.allow, ...(definition === main ? [] : (definition?.allow ?? []))];
  draft.locks = [...main.locks, ...(definition === main ? [] : (definition?.locks ?? []))];
  const test = main.test ?? definition?.test ?? null;
  if (test !== null) draft.settings = { test: test.map((command) => [...command]) };
  const details = definition !== null && definition !== main ? definition.prose : '';
  draft.spec = [`# ${agent.title}`, main.prose, details].filter((part) => part.trim() !== '').join('\n\n');
  return draft;
}

/** The task's id: what it says itself, else the last part of its worktree's path, else its title. */
function nameTask(agent: Agent, id: Said | null, worktree: Said | null): Said {
  if (id !== null) return id;
  const folder = worktree?.text.replace(/[\\/]+$/, '').replace(/^.*[\\/]/, '') ?? '';
  if (worktree !== null && folder !== '') return { text: folder, at: worktree.at };
  return { text: slugify(agent.title), at: agent.at };
}

function compareDefinition(section: TaskSection, definition: TaskSection, where: string, problems: ProblemList): void {
  const trim = (said: Said | null): string => said?.text.replace(/[\\/]+$/, '') ?? '';
  for (const key of ['branch', 'worktree'] as const) {
    const said = definition[key];
    if (said === null || section[key] === null || trim(said) === trim(section[key])) continue;
    problems.warn('definition-differs', said.at, `the definition of ${where} says the ${key} is ${quoteText(said.text)}, its section says ${quoteText(section[key].text)}, which counts`);
  }
  if (definition.total !== null && section.total !== null && definition.total.minutes !== section.total.minutes) {
    problems.warn(
      'definition-differs',
      definition.total.at,
      `the definition of ${where} says ${formatMinutes(definition.total.minutes)}, its section says ${formatMinutes(section.total.minutes)}, which counts`,
    );
  }
}

/** Every name that a task goes by, to its id. */
function nameTasks(drafts: readonly TaskDraft[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const draft of drafts) for (const alias of draft.aliases) names.set(alias, draft.id.text);
  for (const draft of drafts) names.set(draft.id.text.toLowerCase(), draft.id.text);
  return names;
}

type Names = ReadonlyMap<string, string>;

function readNeeds(agent: Agent, draft: TaskDraft, names: Names, problems: ProblemList): Said[] {
  const lines = agent.section?.needs ?? agent.definition?.needs ?? null;
  if (lines === null) return [];
  const isKnown = (word: string): boolean => !/^\d+$/.test(word) && names.has(word.toLowerCase());
  const needs = new Map<string, Said>();
  for (const line of lines) {
    const read = readNeedsProse(line.text, line.at, isKnown);
    if (read.kind === 'unclear') {
      problems.error(
        'unclear-needs',
        line.at,
        `what task ${quoteText(draft.id.text)} needs cannot be read from ${quoteText(line.text)}; name tasks ('Agent 2', or an id such as '${[...names.values()][0] ?? 'api'}'), or write 'None'`,
      );
    }
    if (read.kind !== 'needs') continue;
    for (const need of read.needs) {
      const id = names.get(need.text.toLowerCase()) ?? need.text;
      needs.set(id, { text: id, at: need.at });
    }
  }
  return [...needs.values()];
}

/** Takes in what the block says. Where it and the prose differ both are kept (no order is lost) and it is said. */
function mergeBlock(drafts: readonly TaskDraft[], names: Names, block: DependenciesBlock, problems: ProblemList): void {
  const byId = new Map(drafts.map((draft) => [draft.id.text, draft]));
  const idOf = (said: Said): string => names.get(said.text.toLowerCase()) ?? said.text;
  const said = new Map<string, Said[]>();
  for (const entry of block.needs) {
    const id = idOf(entry.task);
    if (byId.has(id)) said.set(id, entry.needs);
    else problems.error('unknown-task', entry.task.at, `the dependencies name ${quoteText(entry.task.text)}, which is no task of this plan`);
  }
  for (const draft of drafts) {
    const prose = new Set(draft.needs.map((need) => need.text));
    const listed = new Map((said.get(draft.id.text) ?? []).map((need) => [idOf(need), need]));
    for (const [id, need] of listed) {
      if (prose.has(id)) continue;
      problems.warn('needs-differ', need.at, `the dependencies block says that ${quoteText(draft.id.text)} needs ${quoteText(id)}, its section does not; it is taken to need it`);
      draft.needs.push({ text: id, at: need.at });
    }
    for (const need of draft.needs) {
      if (listed.has(need.text)) continue;
      problems.warn('needs-differ', need.at, `the section of ${quoteText(draft.id.text)} says that it needs ${quoteText(need.text)}, the dependencies block (line ${block.line}) does not; it is taken to need it`);
    }
  }
  compareMergeOrder(drafts, block, idOf, problems);
}

function compareMergeOrder(drafts: readonly TaskDraft[], block: DependenciesBlock, idOf: (said: Said) => string, problems: ProblemList): void {
  const stepOf = new Map(block.mergeOrder.flatMap((step, index) => step.map((name) => [idOf(name), { index, name }] as const)));
  for (const draft of drafts) {
    const own = stepOf.get(draft.id.text);
    if (own === undefined) continue;
    for (const need of draft.needs) {
      const other = stepOf.get(need.text);
      if (other === undefined || other.index < own.index) continue;
      problems.warn('order-differs', own.name.at, `'merge_order' has ${quoteText(draft.id.text)} no later than ${quoteText(need.text)}, which it needs; the need counts`);
    }
  }
}

/** The branch that all tasks aim at becomes the base. "main (after Agent 2 merged)" is held against the needs. */
function readTargets(agents: readonly Agent[], drafts: readonly TaskDraft[], names: Names, problems: ProblemList): Said | null {
  let base: Said | null = null;
  agents.forEach((agent, index) => {
    const target = agent.section?.target ?? agent.definition?.target ?? null;
    const draft = drafts[index];
    if (target === null || draft === undefined) return;
    const branch = { text: plainText(target.text.replace(/\(.*$/, '')), at: target.at };
    base ??= branch;
    if (base.text !== branch.text) {
      problems.error('several-targets', branch.at, `Agent ${agent.number} aims at ${quoteText(branch.text)}, others at ${quoteText(base.text)}; several targets are not supported yet`);
    }
    const after = /\(\s*after\b(.*)\)/i.exec(target.text.slice(0, MAX_TARGET))?.[1];
    if (after !== undefined) compareAfter(after, target.at, draft, names, problems);
  });
  return base;
}

function compareAfter(text: string, at: Place, draft: TaskDraft, names: Names, problems: ProblemList): void {
  const read = readNeedsProse(text, at, (word) => !/^\d+$/.test(word) && names.has(word.toLowerCase()));
  if (read.kind !== 'needs') return;
  const needs = new Set(draft.needs.map((need) => need.text));
  for (const need of read.needs) {
    const id = names.get(need.text) ?? need.text;
    if (needs.has(id)) continue;
    problems.warn('needs-differ', at, `the target of ${quoteText(draft.id.text)} says after ${quoteText(id)}, its dependencies do not; it is taken to need it`);
    draft.needs.push({ text: id, at });
  }
}

const HOURS_OF_WORK = /(\d{1,6}(?:\.\d{1,2})?)\s*(?:hours?|hrs?|h)\s+of\s+work\b/i;
const TOTAL_HOURS = /\btotal(?:\s+(?:estimate|effort|hours|work))?\b[^\d\n]{0,20}(\d{1,6}(?:\.\d{1,2})?)\s*(?:hours?|hrs?|h)\b/i;

/** A total of hours that the text states outside of its tasks. */
function findStatedTotal(document: MarkdownDocument, preamble: FieldedLines): PlanDraft['statedTotal'] {
  const lines = [...preamble.intro, ...preamble.fields.flatMap((field) => [{ kind: 'text' as const, text: `${field.label}: ${field.value}`, at: field.at }, ...field.lines])];
  for (const line of lines.sort((a, b) => a.at.line - b.at.line)) {
    if (line.kind === 'code') continue;
    const hours = (HOURS_OF_WORK.exec(line.text) ?? TOTAL_HOURS.exec(line.text))?.[1];
    const minutes = hours === undefined ? null : readEstimate(`${hours}h`);
    if (minutes?.ok === true) return { minutes: minutes.value, line: line.at.line, text: (document.source.lines[line.at.line - 1] ?? '').trim() };
  }
  return null;
}

function compareStated(stated: PlanDraft['statedTotal'], drafts: readonly TaskDraft[], problems: ProblemList): void {
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

function findField(fields: FieldedLines, name: string): Said | null {
  const field = fields.fields.find((each) => each.name === name);
  if (field === undefined || field.value === '') return null;
  return { text: plainText(field.value), at: field.valueAt };
}
