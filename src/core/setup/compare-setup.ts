/** What stands in a repository against what this version would write, and what `init` and `uninstall` do about it. */
import { readConfig } from '../config/config.ts';
import { diffLines } from '../report/hosted/diff-lines.ts';
import { findWorkflowFlaws } from './policy/find-workflow-flaws.ts';
import type { WorkflowFlaw } from './policy/workflow-rule.ts';
import type { SetupFile } from './render-setup.ts';
import { readStamp } from './setup-stamp.ts';

/**
 * How one file stands. `missing`, `same`; `older`: as another version or other options wrote it, so that it may be
 * replaced; `newer`: a later version wrote it; `changed`: a person changed it since; `foreign`: no file of `init`;
 * `yours`: it was written once and belongs to the repository; `left-over`: not part of this variant, and unchanged.
 */
export type FileState = 'missing' | 'same' | 'older' | 'newer' | 'changed' | 'foreign' | 'yours' | 'left-over';

/** One file of a set-up as it was found. */
export interface FileFinding {
  path: string;
  state: FileState;
  /** From what stands to what this version writes, line by line; empty where nothing differs. */
  difference: string;
  /** What is wrong with what stands, whoever wrote it. */
  problems: string[];
}

/** Texts of the repository by path; `null` for a file that is not there. */
export type PresentFiles = ReadonlyMap<string, string | null>;

/** Compares each file of a set-up; one that is rightly not there is left out. */
export function compareSetup(files: readonly SetupFile[], present: PresentFiles, version: string): FileFinding[] {
  return files.flatMap((file): FileFinding[] => {
    const text = present.get(file.path) ?? null;
    if (text === null)
      return file.kind === 'dropped' ? [] : [{ path: file.path, state: 'missing', difference: '', problems: [] }];
    const state = stateOf(file, text, version);
    const isDifferent = state !== 'same' && state !== 'yours' && state !== 'left-over';
    return [
      {
        path: file.path,
        state,
        difference: isDifferent ? diffLines(text, file.text) : '',
        problems: findProblems(file, text),
      },
    ];
  });
}

function stateOf(file: SetupFile, text: string, version: string): FileState {
  if (file.kind === 'seed') return 'yours';
  const stamp = readStamp(text);
  if (file.kind === 'dropped') return stamp === null ? 'foreign' : stamp.isUntouched ? 'left-over' : 'changed';
  if (text.replaceAll('\r\n', '\n') === file.text) return 'same';
  if (stamp === null) return 'foreign';
  if (!stamp.isUntouched) return 'changed';
  return compareVersions(stamp.version, version) > 0 ? 'newer' : 'older';
}

function findProblems(file: SetupFile, text: string): string[] {
  if (file.kind === 'seed')
    return readConfig(text)
      .problems.filter(({ severity }) => severity === 'error')
      .map(({ line, message }) => (line === null ? message : `line ${line}: ${message}`));
  return file.path.startsWith('.github/workflows/') ? findWorkflowFlaws(text).map(describeFlaw) : [];
}

function describeFlaw({ rule, place, found, wanted }: WorkflowFlaw): string {
  return `${rule}${place === '' ? '' : ` at ${place}`}: found ${found}; wanted: ${wanted}`;
}

/** What is done with one file; `wait`: nothing yet, because another one is refused. */
export type FileDeed = 'write' | 'remove' | 'keep' | 'refuse' | 'wait';

/**
 * What `init` does with each file that was found so. What somebody else wrote is replaced only with `isForced`. The
 * files work together, so that either all are brought to one state or none is touched.
 */
export function planDeeds(
  findings: readonly FileFinding[],
  files: readonly SetupFile[],
  isForced: boolean,
): (FileFinding & { deed: FileDeed })[] {
  const dropped = new Set(files.filter(({ kind }) => kind === 'dropped').map(({ path }) => path));
  const planned = findings.map((finding) => {
    const deed = deedOf(finding.state, isForced);
    return { ...finding, deed: deed === 'write' && dropped.has(finding.path) ? ('remove' as const) : deed };
  });
  if (planned.every(({ deed }) => deed !== 'refuse')) return planned;
  return planned.map((each) => (each.deed === 'write' || each.deed === 'remove' ? { ...each, deed: 'wait' } : each));
}

function deedOf(state: FileState, isForced: boolean): FileDeed {
  switch (state) {
    case 'missing':
    case 'older':
      return 'write';
    case 'left-over':
      return 'remove';
    case 'same':
    case 'yours':
      return 'keep';
    case 'newer':
    case 'changed':
    case 'foreign':
      return isForced ? 'write' : 'refuse';
  }
}

/** What `uninstall` does with a file: what `init` wrote and nobody changed goes, the rest stays, with the reason. */
export function removalOf(text: string | null): { deed: 'remove' | 'keep'; because: string } | null {
  if (text === null) return null;
  const stamp = readStamp(text);
  if (stamp === null) return { deed: 'keep', because: 'espalier init did not write it' };
  return stamp.isUntouched
    ? { deed: 'remove', because: `as espalier ${stamp.version} wrote it` }
    : { deed: 'keep', because: `it was changed since espalier ${stamp.version} wrote it` };
}

/** Above zero if `a` is the later version; the part behind a `-` does not count. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => (version.split('-')[0] ?? '').split('.').map(Number));
  for (const at of [0, 1, 2]) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
