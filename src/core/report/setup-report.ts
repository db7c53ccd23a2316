/** What `espalier init`, `init --check` and `uninstall` say. */
import type { FileDeed, FileFinding, FileState } from '../setup/compare-setup.ts';
import type { SetupNeed } from '../setup/setup-needs.ts';
import { showCommand } from './shell-words.ts';
import { line, paragraph, type Row, span, type SpanStyle } from './spans.ts';

/** Differences longer than this are cut, with the number of lines that are left. */
const MAX_DIFFERENCE_LINES = 400;

const STATE_WORDS: Readonly<Record<FileState, readonly [string, SpanStyle]>> = {
  missing: ['missing', 'bad'],
  same: ['ok', 'good'],
  older: ['older', 'warn'],
  newer: ['newer', 'warn'],
  changed: ['changed', 'bad'],
  foreign: ['foreign', 'bad'],
  yours: ['yours', 'good'],
  'left-over': ['left over', 'warn'],
};

const STATE_REASONS: Readonly<Record<FileState, string>> = {
  missing: 'it is not there',
  same: 'as this version writes it',
  older: 'an earlier version, or other options, wrote it; nobody changed it since',
  newer: 'a later version of Espalier wrote it',
  changed: 'it was changed by hand since it was written',
  foreign: 'espalier init did not write it',
  yours: 'written once; what stands in it is yours',
  'left-over': 'not part of this variant',
};

/** A file and what was done with it, or would be. */
export interface FileOutcome extends FileFinding {
  deed: FileDeed;
}

/** Rows about files; each difference below its file. */
export function renderFiles(outcomes: readonly FileOutcome[], options: { isDryRun: boolean }): Row[] {
  const would = options.isDryRun ? 'would ' : '';
  return outcomes.flatMap((outcome) => {
    const [word, style]: readonly [string, SpanStyle] = {
      write: [`${would}write`, 'good'] as const,
      remove: [`${would}remove`, 'good'] as const,
      keep: ['keep', 'dim'] as const,
      refuse: ['NOT written', 'bad'] as const,
      wait: ['not yet', 'warn'] as const,
    }[outcome.deed];
    return [
      [span(word.padEnd(13), style), span(outcome.path, 'strong'), span(`: ${STATE_REASONS[outcome.state]}`)],
      ...renderProblems(outcome),
      ...(outcome.state === 'older' ? [] : renderDifference(outcome)),
    ];
  });
}

/** Rows of `init --check` about files. */
export function renderFileStates(findings: readonly FileFinding[]): Row[] {
  return findings.flatMap((finding) => {
    const [word, style] = STATE_WORDS[finding.state];
    return [
      [span(word.padEnd(10), style), span(finding.path, 'strong'), span(`: ${STATE_REASONS[finding.state]}`)],
      ...renderProblems(finding),
      ...renderDifference(finding),
    ];
  });
}

/** Rows about what GitHub has and lacks, with the commands that put it right. */
export function renderNeeds(needs: readonly SetupNeed[]): Row[] {
  const styles = { ok: 'good', missing: 'bad', proposed: 'warn', unknown: 'dim' } as const;
  return needs.flatMap(({ name, state, because, steps }) => [
    [span(state.padEnd(10), styles[state]), span(name, 'strong'), span(`: ${because}`)],
    ...steps.map((words) => [span(' '.repeat(10)), span(showCommand(words), 'dim')]),
  ]);
}

/** One file of `uninstall`. */
export interface RemovalOutcome {
  path: string;
  deed: 'remove' | 'keep';
  because: string;
}

/** Rows of `uninstall`. */
export function renderRemovals(outcomes: readonly RemovalOutcome[], options: { isDryRun: boolean }): Row[] {
  if (outcomes.length === 0) return [line('There is nothing here that espalier init wrote.')];
  const verb = options.isDryRun ? 'would remove' : 'removed';
  return outcomes.map(({ path, deed, because }) => [
    span((deed === 'remove' ? verb : 'keeps').padEnd(13), deed === 'remove' ? 'good' : 'warn'),
    span(path, 'strong'),
    span(`: ${because}`),
  ]);
}

/** What no command of Espalier removes, and how a person does: `repository` is `owner/name`, `null` if unknown. */
export function renderLeftovers(repository: string | null): Row[] {
  const name = repository ?? 'OWNER/NAME';
  const leftovers: readonly (readonly [string, readonly string[]])[] = [
    ['branches of plans that are over', ['git', 'push', 'origin', '--delete', 'espalier-ledger/issue-1']],
    ['labels', ['gh', 'label', 'delete', 'espalier', '--repo', name]],
    ['the ruleset for the ledgers', ['gh', 'ruleset', 'list', '--repo', name]],
    ['secrets', ['gh', 'secret', 'list', '--repo', name]],
    ['variables', ['gh', 'variable', 'list', '--repo', name]],
  ];
  return [
    line('On GitHub there may be left, each with a command to begin with:'),
    ...leftovers.map(([what, words]) => [span(`  ${what}: `), span(showCommand(words), 'dim')]),
  ];
}

function renderProblems({ problems }: FileFinding): Row[] {
  return problems.map((problem) => [span('    '), span(problem, 'bad')]);
}

function renderDifference({ path, difference }: FileFinding): Row[] {
  if (difference === '') return [];
  const head = [`--- ${path}`, `+++ ${path} (as this version writes it)`];
  const rows = paragraph([...head, difference].join('\n'), {
    indent: '    ',
    style: 'plain',
    maxLines: MAX_DIFFERENCE_LINES,
  });
  return rows.map((row) => row.map((each, at) => (at === 0 ? each : { ...each, style: styleOf(each.text) })));
}

function styleOf(text: string): SpanStyle {
  if (text.startsWith('-')) return 'bad';
  return text.startsWith('+') ? 'good' : 'dim';
}
