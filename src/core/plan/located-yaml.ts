/**
 * YAML as a tree of located values: every scalar is its text (no implicit types; each field says what text it
 * takes), every value knows its place. Aliases and `<<` merges are followed within a budget, so that a few lines
 * cannot become millions of values. Keys stay data: no JavaScript object is ever made from them.
 */
import { Composer, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import type { Document, Node, Pair, ParsedNode } from 'yaml';

import { quoteText } from '../report/escape-text.ts';
import type { ProblemList } from './problem-list.ts';
import type { Place } from './source-text.ts';

/** A value and where it begins. `null` is an empty value, `~` or a plain `null`. */
export type Located =
  | { kind: 'null'; at: Place }
  | { kind: 'scalar'; at: Place; text: string; isQuoted: boolean }
  | { kind: 'list'; at: Place; items: Located[] }
  | { kind: 'map'; at: Place; entries: LocatedEntry[] };

/** One key of a map with its value. Keys are unique within a map. */
export interface LocatedEntry {
  key: string;
  keyAt: Place;
  value: Located;
}

/** Most values that a document may hold once its aliases are followed. */
const MAX_YAML_VALUES = 400_000;
/** Deepest nesting that is read. */
const MAX_YAML_DEPTH = 64;
const MAX_YAML_ERRORS = 20;
/** Most characters that part values, and most that open a nested one; each costs the parser some microseconds. */
const MAX_YAML_MARKS = 300_000;
const MAX_YAML_OPENERS = 60_000;

/** Turns a place within the YAML text into one within the whole source. */
export type PlaceMap = (place: Place) => Place;

/** Reads one YAML document. Reports what is wrong; `null` if nothing could be read. */
export function readLocatedYaml(text: string, toSource: PlaceMap, problems: ProblemList): Located | null {
  const lines = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return toSource({ line: Math.max(1, line), column: Math.max(1, col) });
  };
  if (countMarks(text, /[[\]{},:?*&!\n-]/g) > MAX_YAML_MARKS || countMarks(text, /[[{]/g) > MAX_YAML_OPENERS) {
    problems.error(
      'yaml-too-large',
      toSource({ line: 1, column: 1 }),
      'this YAML holds more values than are read; is it a plan?',
    );
    return null;
  }
  const document = composeDocument(text, lines, placeOf, problems);
  if (document === null) return null;
  const reader = createNodeReader(placeOf, problems);
  const located = document.contents === null ? null : reader(document.contents, 0);
  if (located === null) problems.error('empty-yaml', toSource({ line: 1, column: 1 }), 'this YAML holds nothing');
  return located;
}

function countMarks(text: string, marks: RegExp): number {
  let count = 0;
  while (marks.test(text)) count += 1;
  return count;
}

type PlaceOf = (offset: number) => Place;

function composeDocument(
  text: string,
  lines: LineCounter,
  placeOf: PlaceOf,
  problems: ProblemList,
): Document.Parsed | null {
  const composer = new Composer({
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    merge: false,
  });
  let documents: Document.Parsed[];
  try {
    documents = Array.from(composer.compose(new Parser(lines.addNewLine).parse(text), true, text.length)).slice(0, 2);
  } catch (cause) {
    // The composer recurses; its own depth guard answers first, and this keeps the promise if it ever does not.
    if (!(cause instanceof RangeError)) throw cause;
    problems.error(
      'yaml-too-deep',
      placeOf(0),
      `this YAML is nested too deeply; at most ${MAX_YAML_DEPTH} levels are read`,
    );
    return null;
  }
  const [document, second] = documents;
  if (document === undefined) return null;
  if (second !== undefined) {
    problems.error(
      'yaml-several-documents',
      placeOf(second.range[0]),
      "a plan or configuration is one YAML document, this has several ('---')",
    );
    return null;
  }
  reportYamlErrors(document, placeOf, problems);
  return document.errors.length > 0 ? null : document;
}

function reportYamlErrors(document: Document.Parsed, placeOf: PlaceOf, problems: ProblemList): void {
  for (const error of document.errors.slice(0, MAX_YAML_ERRORS)) {
    const code = error.code === 'RESOURCE_EXHAUSTION' ? 'yaml-too-deep' : 'yaml-syntax';
    problems.error(code, placeOf(error.pos[0]), `this is not YAML: ${lowerFirst(error.message)}`);
  }
  for (const warning of document.warnings.slice(0, MAX_YAML_ERRORS)) {
    if (warning.code === 'TAG_RESOLVE_FAILED') continue;
    problems.warn('yaml-syntax', placeOf(warning.pos[0]), lowerFirst(warning.message));
  }
}

type NodeReader = (node: unknown, depth: number) => Located | null;

/** One reader per document: it counts values, and knows the anchors seen so far (an alias means the last one). */
function createNodeReader(placeOf: PlaceOf, problems: ProblemList): NodeReader {
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();
  let left = MAX_YAML_VALUES;
  let isOver = false;

  function giveUp(code: string, at: Place, message: string): null {
    if (!isOver) problems.error(code, at, message);
    isOver = true;
    return null;
  }

  function read(node: unknown, depth: number): Located | null {
    if (isOver) return null;
    const at = placeOf((node as ParsedNode).range?.[0] ?? 0);
    left -= 1;
    if (left < 0) {
      return giveUp('yaml-too-large', at, `this YAML has more than ${MAX_YAML_VALUES} values, its aliases followed`);
    }
    if (depth > MAX_YAML_DEPTH) {
      return giveUp('yaml-too-deep', at, `this YAML is nested too deeply; at most ${MAX_YAML_DEPTH} levels are read`);
    }
    if (isAlias(node)) return readAlias(node.source, at, depth);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return { kind: 'null', at };
    if (node.tag !== undefined && !/^tag:yaml\.org,2002:(?:str|seq|map)$/.test(node.tag)) {
      problems.error('yaml-tag', at, `the tag ${quoteText(node.tag)} means nothing here; leave it out`);
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    open.add(node);
    const located = isScalar(node)
      ? readScalar(node, at, problems)
      : isSeq(node)
        ? readList(node.items, at, depth)
        : readMap(node.items, at, depth);
    open.delete(node);
    return located;
  }

  function readAlias(name: string, at: Place, depth: number): Located | null {
    const target = anchors.get(name);
    if (target === undefined) {
      problems.error('yaml-alias', at, `no anchor ${quoteText(`&${name}`)} stands before this alias`);
      return { kind: 'null', at };
    }
    if (open.has(target))
      return giveUp('yaml-alias', at, `the alias ${quoteText(`*${name}`)} stands inside what it means`);
    return read(target, depth);
  }

  function readList(items: readonly unknown[], at: Place, depth: number): Located {
    const values: Located[] = [];
    for (const item of items) {
      const value = isPair(item) ? readMap([item], at, depth + 1) : read(item, depth + 1);
      if (value === null) break;
      values.push(value);
    }
    return { kind: 'list', at, items: values };
  }

  function readMap(pairs: readonly Pair[], at: Place, depth: number): Located {
    const entries = new Map<string, LocatedEntry>();
    const merged: LocatedEntry[] = [];
    for (const pair of pairs) {
      if (isOver) break;
      const entry = readEntry(pair, depth);
      if (entry === null) continue;
      if (entry.key === '<<') merged.push(...readMerge(entry.value, problems));
      else if (entries.has(entry.key)) {
        const first = entries.get(entry.key)?.keyAt.line ?? 0;
        problems.error(
          'duplicate-key',
          entry.keyAt,
          `the key ${quoteText(entry.key)} stands here twice (first on line ${first})`,
        );
      } else entries.set(entry.key, entry);
    }
    for (const entry of merged) if (!entries.has(entry.key)) entries.set(entry.key, entry);
    return { kind: 'map', at, entries: [...entries.values()] };
  }

  function readEntry(pair: Pair, depth: number): LocatedEntry | null {
    const key = read(pair.key, depth + 1);
    if (key === null) return null;
    const text = readKeyText(pair.key, key);
    if (text === null) {
      problems.error('bad-key', key.at, 'a key is plain text, this one is not');
      return null;
    }
    const value = pair.value === null ? ({ kind: 'null', at: key.at } as const) : read(pair.value, depth + 1);
    return value === null ? null : { key: text, keyAt: key.at, value };
  }

  return read;
}

function readScalar(node: { value: unknown; type?: string | undefined }, at: Place, problems: ProblemList): Located {
  const text = typeof node.value === 'string' ? node.value : '';
  const isPlain = node.type === 'PLAIN' || node.type === undefined;
  if (isPlain && (text === '' || text === '~' || text === 'null')) return { kind: 'null', at };
  if (text.includes('\0') || !text.isWellFormed()) {
    problems.error('bad-character', at, 'this value holds a NUL character or half of a surrogate pair');
  }
  return { kind: 'scalar', at, text, isQuoted: !isPlain };
}

/** A key's text; `null` (as a word) is a name like any other there. */
function readKeyText(node: unknown, key: Located): string | null {
  if (key.kind === 'scalar') return key.text;
  const isWord = key.kind === 'null' && isScalar(node) && typeof node.value === 'string' && node.value !== '';
  return isWord ? String(node.value) : null;
}

/** The entries that `<<` brings in; of maps with one key the first counts. */
function readMerge(value: Located, problems: ProblemList): LocatedEntry[] {
  const sources = value.kind === 'list' ? value.items : [value];
  const seen = new Map<string, LocatedEntry>();
  for (const source of sources) {
    if (source.kind !== 'map') {
      problems.error('yaml-merge', source.at, "'<<' takes a map, or a list of maps");
      continue;
    }
    for (const entry of source.entries) if (!seen.has(entry.key)) seen.set(entry.key, entry);
  }
  return [...seen.values()];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The value under `key`, or `undefined`. */
export function findEntry(entries: readonly LocatedEntry[], key: string): LocatedEntry | undefined {
  return entries.find((entry) => entry.key === key);
}

/** How a message names a kind of value. */
export function describeKind(value: Located): string {
  switch (value.kind) {
    case 'null':
      return 'nothing';
    case 'scalar':
      return quoteText(value.text, 40);
    case 'list':
      return 'a list';
    case 'map':
      return 'a map';
  }
}
