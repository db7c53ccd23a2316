/**
 * The syntax of globs, read into alternatives of segments. Root-relative, `/` only, matched whole and
 * case-sensitively; `*` and `?` match leading dots too. There are no escapes: `[*]` is a literal star.
 */
import type { Checked } from '../ids.ts';
import { quoteText } from '../report/escape-text.ts';

/** One position of a segment: a character, any character, any run of characters, or a class of ranges. */
export type GlobToken =
  | { kind: 'literal'; code: number }
  | { kind: 'any' }
  | { kind: 'star' }
  | { kind: 'class'; isNegated: boolean; ranges: readonly (readonly [number, number])[]; ignoresCase?: true };

/** One part between slashes; `globstar` (`**`) matches any number of whole segments, none included. */
export type GlobSegment =
  | { kind: 'globstar' }
  | { kind: 'segment'; tokens: readonly GlobToken[]; literal: string | null };

/** Longest glob text, in characters. */
const MAX_GLOB_LENGTH = 512;
/** Most alternatives that `{a,b}` may expand to. */
const MAX_GLOB_ALTERNATIVES = 64;
/** Most characters that all alternatives together may have; bounds the work of one overlap question. */
const MAX_EXPANDED_LENGTH = 2048;

/** Reads a glob into its brace-free alternatives. */
export function parseGlob(text: string): Checked<GlobSegment[][]> {
  const refusal = refuseGlobText(text);
  if (refusal !== null) return { ok: false, because: refusal };
  const expanded = expandBraces(text);
  if (!expanded.ok) return expanded;
  const alternatives: GlobSegment[][] = [];
  for (const alternative of new Set(expanded.value)) {
    const segments = parseSegments(alternative);
    if (!segments.ok) return segments;
    alternatives.push(segments.value);
  }
  return { ok: true, value: alternatives };
}

function refuseGlobText(text: string): string | null {
  if (text === '') return 'a glob is empty';
  if (text.length > MAX_GLOB_LENGTH) return `a glob has at most ${MAX_GLOB_LENGTH} characters`;
  if (/[\u0000-\u001f\u007f]/.test(text) || !text.isWellFormed()) return 'a glob has no control characters';
  if (text.includes('\\')) return "a glob has no '\\': folders are parted by '/', and '[*]' is a literal star";
  if (text.startsWith('/')) return "a glob begins at the root of the repository and has no leading '/'";
  if (text.startsWith('!')) return 'a glob is not negated: list what is meant';
  return null;
}

/** All texts that the braces of `text` stand for, bounded in number and length. */
function expandBraces(text: string): Checked<string[]> {
  let heads = [''];
  let index = 0;
  while (index < text.length) {
    const open = findOutsideClass(text, '{', index);
    if (open === -1) {
      const tail = text.slice(index);
      if (findOutsideClass(tail, '}', 0) !== -1) return { ok: false, because: "a '}' has no '{' before it" };
      heads = heads.map((head) => head + tail);
      break;
    }
    const before = text.slice(index, open);
    if (findOutsideClass(before, '}', 0) !== -1) return { ok: false, because: "a '}' has no '{' before it" };
    const group = splitGroup(text, open);
    if (!group.ok) return group;
    const inner: string[] = [];
    for (const part of group.value.parts) {
      const expanded = expandBraces(part);
      if (!expanded.ok) return expanded;
      inner.push(...expanded.value);
      if (inner.length > MAX_GLOB_ALTERNATIVES) return tooManyAlternatives();
    }
    if (heads.length * inner.length > MAX_GLOB_ALTERNATIVES) return tooManyAlternatives();
    heads = heads.flatMap((head) => inner.map((part) => head + before + part));
    index = group.value.end;
  }
  const total = heads.reduce((sum, head) => sum + head.length, 0);
  if (total > MAX_EXPANDED_LENGTH) return tooManyAlternatives();
  return { ok: true, value: heads };
}

function tooManyAlternatives(): Checked<never> {
  return {
    ok: false,
    because: `its braces stand for too many globs (at most ${MAX_GLOB_ALTERNATIVES}, of ${MAX_EXPANDED_LENGTH} characters together)`,
  };
}

function splitGroup(text: string, open: number): Checked<{ parts: string[]; end: number }> {
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let index = open; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '[') index = Math.max(index, classEnd(text, index));
    else if (character === '{') depth += 1;
    else if (character === ',' && depth === 1) {
      parts.push(text.slice(start, index));
      start = index + 1;
    } else if (character === '}') {
      depth -= 1;
      if (depth > 0) continue;
      parts.push(text.slice(start, index));
      if (parts.length < 2) return { ok: false, because: "braces hold at least two alternatives: '{a,b}'" };
      return { ok: true, value: { parts, end: index + 1 } };
    }
  }
  return { ok: false, because: "a '{' is not closed" };
}

/** Index of the `]` that closes the class at `open`, or -1. A `]` that comes first is a member. */
function classEnd(text: string, open: number): number {
  let from = open + 1;
  if (text.charAt(from) === '!' || text.charAt(from) === '^') from += 1;
  const end = text.indexOf(']', from + 1);
  const slash = text.indexOf('/', open);
  return end !== -1 && (slash === -1 || end < slash) ? end : -1;
}

function findOutsideClass(text: string, wanted: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === wanted) return index;
    if (character === '[') index = Math.max(index, classEnd(text, index));
  }
  return -1;
}

function parseSegments(text: string): Checked<GlobSegment[]> {
  const parts = text.split('/');
  // `src/` and `src/**` mean everything below, and never a file of that very name.
  if (parts.length > 1 && parts.at(-1) === '') parts[parts.length - 1] = '**';
  if (parts.at(-1) === '**') parts.push('*');
  const segments: GlobSegment[] = [];
  for (const part of parts) {
    const segment = parseSegment(part);
    if (!segment.ok) return segment;
    // `**/**` is `**`; kept apart it would only cost time.
    if (segment.value.kind === 'globstar' && segments.at(-1)?.kind === 'globstar') continue;
    segments.push(segment.value);
  }
  return { ok: true, value: segments };
}

function parseSegment(text: string): Checked<GlobSegment> {
  if (text === '') return { ok: false, because: "a glob has no empty part ('//')" };
  if (text === '.' || text === '..')
    return { ok: false, because: `a glob has no ${quoteText(text)} part: it cannot leave the repository` };
  if (text.toLowerCase() === '.git') return { ok: false, because: "a glob does not name '.git'" };
  if (text === '**') return { ok: true, value: { kind: 'globstar' } };
  if (text.includes('**')) return { ok: false, because: "'**' stands alone between slashes: write 'src/**/*.ts'" };
  const tokens: GlobToken[] = [];
  let index = 0;
  while (index < text.length) {
    const read = readToken(text, index);
    if (!read.ok) return read;
    tokens.push(read.value.token);
    index = read.value.end;
  }
  const literal = tokens.every((token) => token.kind === 'literal') ? text : null;
  return { ok: true, value: { kind: 'segment', tokens, literal } };
}

function readToken(text: string, index: number): Checked<{ token: GlobToken; end: number }> {
  const character = text.charAt(index);
  if (character === '*') return { ok: true, value: { token: { kind: 'star' }, end: index + 1 } };
  if (character === '?') return { ok: true, value: { token: { kind: 'any' }, end: index + 1 } };
  if (character === '[') return readClass(text, index);
  const code = text.codePointAt(index) ?? 0;
  return { ok: true, value: { token: { kind: 'literal', code }, end: index + (code > 0xffff ? 2 : 1) } };
}

function readClass(text: string, open: number): Checked<{ token: GlobToken; end: number }> {
  const end = classEnd(text, open);
  if (end === -1) return { ok: false, because: "a '[' is not closed; '[[]' is a literal bracket" };
  let body = text.slice(open + 1, end);
  const isNegated = body.startsWith('!') || body.startsWith('^');
  if (isNegated) body = body.slice(1);
  const codes = Array.from(body, (character) => character.codePointAt(0) ?? 0);
  const ranges: [number, number][] = [];
  for (let at = 0; at < codes.length; at += 1) {
    const first = codes[at] ?? 0;
    const last = codes[at + 1] === 0x2d && at + 2 < codes.length ? (codes[at + 2] ?? 0) : first;
    if (last < first)
      return { ok: false, because: `the range in ${quoteText(text.slice(open, end + 1))} runs backwards` };
    if (last !== first || codes[at + 1] === 0x2d) at += at + 2 < codes.length && codes[at + 1] === 0x2d ? 2 : 0;
    ranges.push([first, last]);
  }
  return { ok: true, value: { token: { kind: 'class', isNegated, ranges }, end: end + 1 } };
}

/** True if one character (as a code point) may stand at this position. */
export function acceptsCode(token: GlobToken, code: number): boolean {
  switch (token.kind) {
    case 'literal':
      return token.code === code;
    case 'any':
    case 'star':
      return true;
    case 'class':
      return (
        isInClass(token, code) || (token.ignoresCase === true && otherCases(code).some((one) => isInClass(token, one)))
      );
  }
}

function isInClass(token: Extract<GlobToken, { kind: 'class' }>, code: number): boolean {
  return token.isNegated !== token.ranges.some(([first, last]) => code >= first && code <= last);
}

/** The same letter in lower and in upper case, where that is one character. */
function otherCases(code: number): number[] {
  const character = String.fromCodePoint(code);
  return [character.toLowerCase(), character.toUpperCase()]
    .map((other) => Array.from(other, (one) => one.codePointAt(0) ?? 0))
    .flatMap((codes) => (codes.length === 1 ? codes : []));
}
