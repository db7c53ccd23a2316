/**
 * A small glob engine without back-tracking: matching and overlap are questions to product automata, so their
 * cost is at most the product of the lengths. Syntax and limits are in `glob-syntax.ts`.
 */
import type { Checked } from '../ids.ts';
import { findSharedPath } from './glob-overlap.ts';
import { acceptsCode, type GlobSegment, parseGlob } from './glob-syntax.ts';

/** A checked glob. */
export interface Glob {
  readonly text: string;
  /** What its braces stand for; a path matches the glob if it matches one of them. */
  readonly alternatives: readonly (readonly GlobSegment[])[];
}

/** Reads a glob, or says why the text is none. */
export function compileGlob(text: string): Checked<Glob> {
  const parsed = parseGlob(text);
  return parsed.ok ? { ok: true, value: { text, alternatives: parsed.value } } : parsed;
}

/** True if the whole of `path` (root-relative, `/` between parts) matches. */
export function matchesGlob(glob: Glob, path: string): boolean {
  const parts = path.split('/');
  const codes = parts.map((part) => Array.from(part, (character) => character.codePointAt(0) ?? 0));
  return glob.alternatives.some((segments) => matchesSegments(segments, parts, codes));
}

/** A path that both globs match, or `null` if there is none. The example is short and looks like a path. */
export function globsOverlap(a: Glob, b: Glob): string | null {
  for (const left of a.alternatives) {
    for (const right of b.alternatives) {
      const path = findSharedPath(left, right);
      if (path !== null) return path;
    }
  }
  return null;
}

/** The literal segments that every match of every alternative begins with (`src/auth/**` → `['src','auth']`). */
export function literalPrefix(segments: readonly GlobSegment[]): string[] {
  const prefix: string[] = [];
  for (const segment of segments) {
    if (segment.kind === 'globstar' || segment.literal === null) break;
    prefix.push(segment.literal);
  }
  return prefix;
}

function matchesSegments(
  segments: readonly GlobSegment[],
  parts: readonly string[],
  codes: readonly number[][],
): boolean {
  // States: how many segments are behind us. A globstar may be passed for free or may take a part and stay.
  let states = closeOver(new Set([0]), segments);
  for (let at = 0; at < parts.length && states.size > 0; at += 1) {
    const next = new Set<number>();
    for (const state of states) {
      const segment = segments[state];
      if (segment === undefined) continue;
      if (segment.kind === 'globstar') next.add(state);
      else if (matchesPart(segment, parts[at] ?? '', codes[at] ?? [])) next.add(state + 1);
    }
    states = closeOver(next, segments);
  }
  return states.has(segments.length);
}

// A Set is walked in order of insertion, also over what is added meanwhile, so one pass closes chains.
function closeOver(states: Set<number>, segments: readonly GlobSegment[]): Set<number> {
  for (const state of states) if (segments[state]?.kind === 'globstar') states.add(state + 1);
  return states;
}

function matchesPart(
  segment: Extract<GlobSegment, { kind: 'segment' }>,
  part: string,
  codes: readonly number[],
): boolean {
  if (part === '') return false;
  if (segment.literal !== null) return segment.literal === part;
  const { tokens } = segment;
  // Greedy with one point of return: falling back to the last star only is enough for globs.
  let token = 0;
  let code = 0;
  let star = -1;
  let starCode = 0;
  while (code < codes.length) {
    const current = tokens[token];
    if (current?.kind === 'star') {
      star = token;
      starCode = code;
      token += 1;
    } else if (current !== undefined && acceptsCode(current, codes[code] ?? 0)) {
      token += 1;
      code += 1;
    } else if (star !== -1) {
      starCode += 1;
      code = starCode;
      token = star + 1;
    } else return false;
  }
  while (tokens[token]?.kind === 'star') token += 1;
  return token === tokens.length;
}
