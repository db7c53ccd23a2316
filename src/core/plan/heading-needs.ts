/** What needs what in the heading form: prose, the block of dependencies, and remarks of targets, held against each other. */
import { quoteText } from '../report/escape-text.ts';
import type { ProblemList } from './problem-list.ts';
import type { DependenciesBlock } from './read-dependencies-json.ts';
import { readNeedsProse } from './read-needs-prose.ts';
import type { Place } from './source-text.ts';
import type { Said, TaskDraft } from './task-draft.ts';

/** Every name that a task goes by, to its id. */
export function nameTasks(drafts: readonly TaskDraft[]): TaskNames {
  const names = new Map<string, string>();
  for (const draft of drafts) for (const alias of draft.aliases) names.set(alias, draft.id.text);
  for (const draft of drafts) names.set(draft.id.text.toLowerCase(), draft.id.text);
  return names;
}

/** Every name of every task, in lower case, to its id. */
export type TaskNames = ReadonlyMap<string, string>;

/** What the lines of a task's dependencies say that it needs, by id. */
export function readNeeds(lines: readonly Said[], draft: TaskDraft, names: TaskNames, problems: ProblemList): Said[] {
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
export function mergeBlock(
  drafts: readonly TaskDraft[],
  names: TaskNames,
  block: DependenciesBlock,
  problems: ProblemList,
): void {
  const byId = new Map(drafts.map((draft) => [draft.id.text, draft]));
  const idOf = (said: Said): string => names.get(said.text.toLowerCase()) ?? said.text;
  const said = new Map<string, Said[]>();
  for (const entry of block.needs) {
    const id = idOf(entry.task);
    if (byId.has(id)) said.set(id, entry.needs);
    else
      problems.error(
        'unknown-task',
        entry.task.at,
        `the dependencies name ${quoteText(entry.task.text)}, which is no task of this plan`,
      );
  }
  for (const draft of drafts) {
    const prose = new Set(draft.needs.map((need) => need.text));
    const listed = new Map((said.get(draft.id.text) ?? []).map((need) => [idOf(need), need]));
    for (const [id, need] of listed) {
      if (prose.has(id)) continue;
      problems.warn(
        'needs-differ',
        need.at,
        `the dependencies block says that ${quoteText(draft.id.text)} needs ${quoteText(id)}, its section does not; it is taken to need it`,
      );
      draft.needs.push({ text: id, at: need.at });
    }
    for (const need of draft.needs) {
      if (listed.has(need.text)) continue;
      problems.warn(
        'needs-differ',
        need.at,
        `the section of ${quoteText(draft.id.text)} says that it needs ${quoteText(need.text)}, the dependencies block (line ${block.line}) does not; it is taken to need it`,
      );
    }
  }
  compareMergeOrder(drafts, block, idOf, problems);
}

function compareMergeOrder(
  drafts: readonly TaskDraft[],
  block: DependenciesBlock,
  idOf: (said: Said) => string,
  problems: ProblemList,
): void {
  const stepOf = new Map(
    block.mergeOrder.flatMap((step, index) => step.map((name) => [idOf(name), { index, name }] as const)),
  );
  for (const draft of drafts) {
    const own = stepOf.get(draft.id.text);
    if (own === undefined) continue;
    for (const need of draft.needs) {
      const other = stepOf.get(need.text);
      if (other === undefined || other.index < own.index) continue;
      problems.warn(
        'order-differs',
        own.name.at,
        `'merge_order' has ${quoteText(draft.id.text)} no later than ${quoteText(need.text)}, which it needs; the need counts`,
      );
    }
  }
}

/** Takes in "(after Agent 2 merged)" of a target, and says where the dependencies do not have it. */
export function compareAfter(text: string, at: Place, draft: TaskDraft, names: TaskNames, problems: ProblemList): void {
  const read = readNeedsProse(text, at, (word) => !/^\d+$/.test(word) && names.has(word.toLowerCase()));
  if (read.kind !== 'needs') return;
  const needs = new Set(draft.needs.map((need) => need.text));
  for (const need of read.needs) {
    const id = names.get(need.text) ?? need.text;
    if (needs.has(id)) continue;
    problems.warn(
      'needs-differ',
      at,
      `the target of ${quoteText(draft.id.text)} says after ${quoteText(id)}, its dependencies do not; it is taken to need it`,
    );
    draft.needs.push({ text: id, at });
  }
}
