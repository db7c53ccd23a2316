/**
 * Form 2, headings: `#### Agent 1: …` with fields under it, and optionally, elsewhere in the same text, a definition
 * of the same agent in a Markdown fence and a block `dependencies.json`.
 */
import type { Code } from 'mdast';

import { slugify } from '../ids.ts';
import { quoteText } from '../report/escape-text.ts';
import { documentTitle, listFences, type MarkdownDocument, type MarkdownSection } from './markdown-document.ts';
import {
  type FieldedLines,
  groupFields,
  listLines,
  type MarkdownField,
  type MarkdownLine,
  plainText,
} from './markdown-lines.ts';
import type { ProblemList } from './problem-list.ts';
import { compareAfter, mergeBlock, nameTasks, readNeeds, type TaskNames } from './heading-needs.ts';
import { formatMinutes } from './quantities.ts';
import { findDependenciesBlock } from './read-dependencies-json.ts';
import { compareItems, hasTaskFields, readTaskSection, sumItems, type TaskSection } from './read-task-section.ts';
import type { Place } from './source-text.ts';
import { emptyTaskDraft, type PlanDraft, type Said, type TaskDraft } from './task-draft.ts';
import { compareStated, findStatedTotal } from './stated-total.ts';

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
    if (draft !== undefined)
      draft.needs = readNeeds(agent.section?.needs ?? agent.definition?.needs ?? [], draft, names, problems);
  });
  if (block !== null) mergeBlock(drafts, names, block, problems);
  const target = readTargets(agents, drafts, names, problems);
  const statedTotal = findStatedTotal(document.source, preamble);
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
    (node): node is Code =>
      node.type === 'code' && /^(?:markdown|md)$/i.test(node.lang ?? '') && /^\*\*(?:Mission|Tasks)/m.test(node.value),
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
  return document.sections.flatMap((section) =>
    within.has(section) ? [] : listLines(section.blocks, document.source),
  );
}

function collectAgents(document: MarkdownDocument, tools: MarkdownTools): Agent[] {
  const agents = new Map<number, Agent>();
  for (const section of document.sections) {
    const match = TASK_HEADING.exec(section.heading);
    if (match === null) continue;
    const number = Number(match[1]);
    const at = { line: section.line, column: 1 };
    const known = agents.get(number);
    const agent: Agent = known ?? {
      number,
      title: (match[2] ?? '').trim(),
      at,
      section: null,
      definition: null,
      mission: '',
    };
    agents.set(number, agent);
    readAgentSection(agent, section, document, tools);
  }
  return [...agents.values()].filter((agent) => agent.section !== null || agent.definition !== null);
}

function readAgentSection(
  agent: Agent,
  section: MarkdownSection,
  document: MarkdownDocument,
  tools: MarkdownTools,
): void {
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
    tools.problems.error(
      'duplicate-task',
      { line: section.line, column: 1 },
      `${where} has fields here and on line ${agent.at.line}; a number names one task`,
    );
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
  if (section !== null) compareItems(section, where, problems);
  if (section !== null && definition !== null) compareDefinition(section, definition, where, problems);
  const parts = [section, definition].filter((part) => part !== null);
  // The section counts; what it does not say is taken from the definition.
  const first = <T>(read: (part: TaskSection) => T | null): T | null =>
    parts.map(read).find((value) => value !== null) ?? null;
  const worktree = first((part) => part.worktree);
  const test = first((part) => part.test);
  return {
    ...emptyTaskDraft(
      nameTask(
        agent,
        first((part) => part.id),
        worktree,
      ),
      agent.at,
    ),
    aliases: [`agent ${agent.number}`, String(agent.number), agent.title.toLowerCase(), slugify(agent.title)],
    title: agent.title,
    branch: first((part) => part.branch),
    worktree: worktree?.text ?? null,
    items: parts.find((part) => part.items.length > 0)?.items ?? [],
    estimateMinutes: first((part) => part.total)?.minutes ?? first((part) => sumItems(part.items)),
    owns: parts.flatMap((part) => part.owns),
    allow: parts.flatMap((part) => part.allow),
    locks: parts.flatMap((part) => part.locks),
    settings: test === null ? {} : { test: test.map((command) => [...command]) },
    spec: [`# ${agent.title}`, ...parts.map((part) => part.prose)].filter((part) => part.trim() !== '').join('\n\n'),
  };
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
    problems.warn(
      'definition-differs',
      said.at,
      `the definition of ${where} says the ${key} is ${quoteText(said.text)}, its section says ${quoteText(section[key].text)}, which counts`,
    );
  }
  if (definition.total !== null && section.total !== null && definition.total.minutes !== section.total.minutes) {
    problems.warn(
      'definition-differs',
      definition.total.at,
      `the definition of ${where} says ${formatMinutes(definition.total.minutes)}, its section says ${formatMinutes(section.total.minutes)}, which counts`,
    );
  }
}

/** The branch that all tasks aim at becomes the base. "main (after Agent 2 merged)" is held against the needs. */
function readTargets(
  agents: readonly Agent[],
  drafts: readonly TaskDraft[],
  names: TaskNames,
  problems: ProblemList,
): Said | null {
  let base: Said | null = null;
  agents.forEach((agent, index) => {
    const target = agent.section?.target ?? agent.definition?.target ?? null;
    const draft = drafts[index];
    if (target === null || draft === undefined) return;
    const branch = { text: plainText(target.text.replace(/\(.*$/, '')), at: target.at };
    base ??= branch;
    if (base.text !== branch.text) {
      problems.error(
        'several-targets',
        branch.at,
        `Agent ${agent.number} aims at ${quoteText(branch.text)}, others at ${quoteText(base.text)}; several targets are not supported yet`,
      );
    }
    const after = /\(\s*after\b(.*)\)/i.exec(target.text.slice(0, MAX_TARGET))?.[1];
    if (after !== undefined) compareAfter(after, target.at, draft, names, problems);
  });
  return base;
}

function findField(fields: FieldedLines, name: string): Said | null {
  const field = fields.fields.find((each) => each.name === name);
  if (field === undefined || field.value === '') return null;
  return { text: plainText(field.value), at: field.valueAt };
}
