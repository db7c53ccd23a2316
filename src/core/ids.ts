/**
 * The only constructors of ids, object names and branch names. Text that comes from a plan, an agent or a
 * webhook becomes one of these types here or not at all.
 */
import type { BranchName, PlanId, TaskId } from './brand.ts';

/** What a checked constructor answers: the value, or why the text is none (a sentence without its subject). */
export type Checked<T> = { ok: true; value: T } | { ok: false; because: string };

/** Longest id of a task or plan; both become parts of ref names, folder names and container names. */
const MAX_ID_LENGTH = 64;

// `landed` is the landing branch of a plan; the rest are JavaScript's inherited keys.
const RESERVED_IDS = new Set(['landed', 'constructor', 'prototype', 'hasownproperty', 'tostring', 'valueof']);
const ID = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const OBJECT_NAME = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

function readId(text: string, kind: string): Checked<string> {
  if (text.length === 0) return { ok: false, because: `a ${kind} id is empty` };
  if (text.length > MAX_ID_LENGTH)
    return { ok: false, because: `a ${kind} id has at most ${MAX_ID_LENGTH} characters, this one has ${text.length}` };
  if (!ID.test(text))
    return { ok: false, because: `a ${kind} id has only a-z, 0-9 and '-', and begins and ends with a letter or digit` };
  if (RESERVED_IDS.has(text)) return { ok: false, because: `'${text}' is a reserved word` };
  return { ok: true, value: text };
}

/** Checks a task id: 1 to 64 of `a-z 0-9 -`, no leading or trailing dash, not reserved. */
export function readTaskId(text: string): Checked<TaskId> {
  return readId(text, 'task') as Checked<TaskId>;
}

/** Checks a plan id, by the same rule as a task id. */
export function readPlanId(text: string): Checked<PlanId> {
  return readId(text, 'plan') as Checked<PlanId>;
}

/** Makes an id-shaped word of any text (`'RAG Completion!'` → `'rag-completion'`); may return `''`. */
export function slugify(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_ID_LENGTH)
    .replace(/^-+|-+$/g, '');
}

/** True for a full hex object name of either hash. */
export function isObjectName(text: string): boolean {
  return OBJECT_NAME.test(text);
}

/**
 * Checks a branch name by git's own rules (git-check-ref-format(1)) and three of ours: at most 200 bytes,
 * printable ASCII only (no look-alikes), and not one of the name spaces that Espalier writes itself.
 */
export function readBranchName(text: string): Checked<BranchName> {
  const bad = (because: string): Checked<BranchName> => ({ ok: false, because });
  if (text.length === 0) return bad('a branch name is empty');
  if (text.length > 200) return bad('a branch name has at most 200 characters');
  if (!/^[\x21-\x7e]+$/.test(text)) return bad('a branch name has only printable ASCII characters and no space');
  if (/[~^:?*[\\]/.test(text)) return bad('a branch name has none of ~ ^ : ? * [ \\');
  if (text.startsWith('-')) return bad("a branch name does not begin with '-'");
  if (text.includes('..') || text.includes('@{') || text === '@') return bad("a branch name has no '..' and no '@{'");
  if (text === 'HEAD' || text.startsWith('refs/')) return bad('a branch name is neither HEAD nor begins with refs/');
  for (const part of text.split('/')) {
    if (part === '') return bad("a branch name has no empty part ('//', or '/' at an end)");
    if (part.startsWith('.') || part.endsWith('.') || part.endsWith('.lock'))
      return bad("no part of a branch name begins or ends with '.' or ends with '.lock'");
  }
  // In any case: `Espalier/x` and `espalier/x` are one file on many file systems.
  if (/^(?:espalier|espalier-ledger|espalier-queue|espalier-staging|archive\/espalier)(?:\/|$)/i.test(text))
    return bad('that name space is written by Espalier alone');
  return { ok: true, value: text as BranchName };
}
