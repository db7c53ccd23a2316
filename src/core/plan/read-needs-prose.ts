/** Reads dependencies as people write them: "None", "Needs Agent 2 (service layer) for tests", "Needs Agent 1, 2, 4". */
import type { Place } from './source-text.ts';
import type { Said } from './task-draft.ts';

/** What a line says: names of tasks (to be resolved), nothing needed, or nothing that can be understood. */
export type ProseNeeds = { kind: 'needs'; needs: Said[] } | { kind: 'none' } | { kind: 'unclear' };

const NUMBERED =
  /\b(?:agents?|tasks?|workstreams?)\s*#?(\d{1,5}(?:(?:\s*,\s*(?:and\s+)?|\s*&\s*|\s+and\s+)(?:(?:agent|task)\s*)?#?\d{1,5}\b)*)/gi;

/**
 * Reads one line.
 *
 * @param isKnown - true for a word that is a task's id or another name of one
 */
export function readNeedsProse(text: string, at: Place, isKnown: (word: string) => boolean): ProseNeeds {
  const bare = text.replace(/\([^()]{0,400}\)/g, (group) => ' '.repeat(group.length));
  const trimmed = bare.replace(/[`*_]/g, ' ').trim();
  if (trimmed === '' || /^(?:none|nothing|n\/a|no dependencies|no|-|–|—)\.?$/i.test(trimmed)) return { kind: 'none' };
  if (isKnown(trimmed)) return { kind: 'needs', needs: [{ text: trimmed, at }] };
  const needs: Said[] = [];
  const seen = new Set<string>();
  const add = (name: string, index: number): void => {
    if (seen.has(name)) return;
    seen.add(name);
    needs.push({ text: name, at: { line: at.line, column: at.column + index } });
  };
  for (const match of bare.matchAll(NUMBERED)) {
    for (const number of (match[1] ?? '').match(/\d+/g) ?? []) add(`agent ${Number(number)}`, match.index);
  }
  const words = bare.replace(NUMBERED, (group) => ' '.repeat(group.length));
  for (const match of words.matchAll(/#\d{1,5}\b|[A-Za-z0-9][A-Za-z0-9-]{0,63}/g)) {
    const word = match[0].startsWith('#') ? `agent ${Number(match[0].slice(1))}` : match[0];
    // A bare number is a name only where a whole line is one: "Needs 2 reviews" names no task.
    if (/^\d+$/.test(word)) continue;
    if (isKnown(word)) add(word, match.index);
  }
  return needs.length === 0 ? { kind: 'unclear' } : { kind: 'needs', needs };
}
