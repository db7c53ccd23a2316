/** Reads the `dependencies.json` block of the heading form: who needs whom, and the order of merging. */
import type { Code } from 'mdast';

import { quoteText } from '../report/escape-text.ts';
import { findEntry, type Located, readLocatedYaml } from './located-yaml.ts';
import { createProblemList, type ProblemList } from './problem-list.ts';
import type { Place, SourceText } from './source-text.ts';
import type { Said } from './task-draft.ts';

/** What the block says. */
export interface DependenciesBlock {
  line: number;
  needs: { task: Said; needs: Said[] }[];
  /** Names in the order of merging, one list per step; empty if not said. */
  mergeOrder: Said[][];
}

/** The first block of JSON with a map `dependencies`, or `null`. More than one is a problem. */
export function findDependenciesBlock(
  fences: readonly Code[],
  source: SourceText,
  placeIn: (fence: Code) => (place: Place) => Place,
  problems: ProblemList,
): DependenciesBlock | null {
  let found: DependenciesBlock | null = null;
  for (const fence of fences) {
    if (!/^(?:json|jsonc)?$/i.test(fence.lang ?? '') || !/"dependencies"\s*:/.test(fence.value)) continue;
    // JSON is YAML; read so, every name has its place. What is no such block is none of our business.
    const quiet = createProblemList(source);
    const root = readLocatedYaml(fence.value, placeIn(fence), quiet);
    const dependencies = root?.kind === 'map' ? findEntry(root.entries, 'dependencies') : undefined;
    const line = fence.position?.start.line ?? 1;
    if (root?.kind !== 'map' || dependencies?.value.kind !== 'map') {
      if (quiet.hasErrors())
        problems.error('bad-dependencies', { line, column: 1 }, 'this block names dependencies but is not valid JSON');
      continue;
    }
    if (found !== null) {
      problems.error(
        'several-dependencies',
        { line, column: 1 },
        `a second block of dependencies; the first is on line ${found.line}`,
      );
      continue;
    }
    const needs = dependencies.value.entries.map((entry) => ({
      task: { text: entry.key, at: entry.keyAt },
      needs: readNames(entry.value, problems),
    }));
    const order = findEntry(root.entries, 'merge_order')?.value;
    const mergeOrder = order?.kind === 'list' ? order.items.map((step) => readNames(step, problems)) : [];
    found = { line, needs, mergeOrder };
  }
  return found;
}

function readNames(value: Located, problems: ProblemList): Said[] {
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => {
    if (item.kind === 'scalar') return [{ text: item.text, at: item.at }];
    problems.error(
      'bad-dependencies',
      item.at,
      `wanted the name of a task ${quoteText('"backend-agent"')}, found something else`,
    );
    return [];
  });
}
