/**
 * Rules about the tree that an attempt leaves: who owns what it changed, what is protected, and what a change may
 * hold at all. They judge the resulting tree only, never the agent's word, its commits or its index.
 */
import type { TreeViolation } from '../ledger/evidence.ts';
import { cleanLine } from '../text/clean-text.ts';
import { foldCase } from '../text/fold-case.ts';
import { hasHiddenCharacters } from '../text/hidden-characters.ts';
import { resolveLinkTarget } from './link-target.ts';

/** One changed path, as `diffTrees` of base and head gives it. */
export interface ChangedPath {
  path: string;
  status: 'added' | 'modified' | 'deleted' | 'type-changed';
  oldMode: string;
  newMode: string;
  newSize: number;
}

/** Limits of one change. */
interface TreeLimits {
  maxFileBytes: number;
  maxChangedFiles: number;
  maxChangeBytes: number;
}

/** Everything that the rules read. */
export interface TreeFacts {
  changes: readonly ChangedPath[];
  /** Every path of the base, for names that differ in case only. */
  basePaths: readonly string[];
  /** Targets of the symbolic links among the changes; a link without one could not be read. */
  linkTargets: ReadonlyMap<string, string>;
  /** Names of the secret shapes that the change adds, by path. */
  secrets: ReadonlyMap<string, readonly string[]>;
  /** Paths that were handed to the agent with conflict markers and still hold them. */
  unsolvedConflicts: readonly string[];
  isOwned: (path: string) => boolean;
  isProtected: (path: string) => boolean;
  isAllowed: (path: string) => boolean;
  /** The globs behind `isOwned`, for the message; empty means that everything is owned. */
  owns: readonly string[];
  limits: TreeLimits;
}

const SYMLINK = '120000';
const GITLINK = '160000';
// More would only repeat themselves in the prompt and swell the evidence.
const MAX_VIOLATIONS = 200;

/** Everything about the change that is against the rules; empty if it may be tested. */
export function findTreeViolations(facts: TreeFacts): TreeViolation[] {
  const violations = [
    ...findLimitViolations(facts),
    ...facts.changes.flatMap((change) => findPathViolations(change, facts)),
    ...findCaseCollisions(facts),
    ...facts.unsolvedConflicts.map((path) => contents(path, 'it still holds conflict markers')),
  ];
  return violations.slice(0, MAX_VIOLATIONS);
}

function findPathViolations(change: ChangedPath, facts: TreeFacts): TreeViolation[] {
  const { path } = change;
  const found: TreeViolation[] = [];
  const isAllowed = facts.isAllowed(path);
  if (!isAllowed && facts.isProtected(path))
    found.push({
      rule: 'protected-paths',
      path: show(path),
      because: "it is protected, and the task's allow does not name it",
    });
  // What `allow` opens is the task's to change, also where `owns` does not reach.
  if (!isAllowed && facts.owns.length > 0 && !facts.isOwned(path))
    found.push({
      rule: 'ownership',
      path: show(path),
      because: cleanLine(`it is outside the owned paths (${facts.owns.join(', ')})`, 300),
    });
  if (change.status === 'deleted') return found;
  return [...found, ...findContentViolations(change, facts)];
}

function findContentViolations(change: ChangedPath, facts: TreeFacts): TreeViolation[] {
  const { path, newMode } = change;
  const found: TreeViolation[] = [];
  const name = findNameProblem(path);
  if (name !== null) found.push(contents(path, name));
  if (newMode === GITLINK && change.oldMode !== GITLINK)
    found.push(contents(path, 'it is a nested repository or submodule; only plain files are taken in'));
  else if (newMode === GITLINK) found.push(contents(path, 'it moves a submodule to another commit'));
  if (path === '.gitmodules') found.push(contents(path, 'it changes which submodules there are'));
  if (newMode === SYMLINK) found.push(...findLinkViolations(path, facts.linkTargets.get(path)));
  if (change.newSize > facts.limits.maxFileBytes)
    found.push(contents(path, `it has ${change.newSize} bytes; a file may have ${facts.limits.maxFileBytes}`));
  for (const shape of facts.secrets.get(path) ?? []) found.push(contents(path, `it adds what looks like a ${shape}`));
  return found;
}

function findLinkViolations(path: string, target: string | undefined): TreeViolation[] {
  if (target === undefined) return [contents(path, 'it is a symbolic link whose target cannot be read')];
  const resolved = resolveLinkTarget(path, target);
  switch (resolved.kind) {
    case 'inside':
      return [];
    case 'absolute':
      return [contents(path, 'it is a symbolic link with an absolute target')];
    case 'outside':
      return [contents(path, 'it is a symbolic link that leaves the repository')];
    case 'git-dir':
      return [contents(path, 'it is a symbolic link into a .git folder')];
    case 'winding':
      return [
        contents(path, "it is a symbolic link with '..' after another folder; '..' may stand at its beginning only"),
      ];
    case 'malformed':
      return [contents(path, 'it is a symbolic link with an unusable target')];
  }
}

/** What is wrong with a path's name, `null` if nothing is. */
function findNameProblem(path: string): string | null {
  if (hasHiddenCharacters(path)) return 'its name has control, direction or invisible characters';
  if (!path.isWellFormed()) return 'its name is not UTF-8';
  const parts = path.split('/');
  if (parts.some((part) => /^(?:\.git|git~\d+)$/i.test(part.replace(/[. ]+$/, ''))))
    return "a part of its name reads as '.git'";
  if (parts.some((part) => part.length > 255) || path.length > 1000)
    return 'its name is too long for common file systems';
  return null;
}

function findLimitViolations({ changes, limits }: TreeFacts): TreeViolation[] {
  const found: TreeViolation[] = [];
  if (changes.length > limits.maxChangedFiles)
    found.push(contents('.', `the change touches ${changes.length} files; ${limits.maxChangedFiles} are the limit`));
  const bytes = changes.reduce((sum, change) => sum + change.newSize, 0);
  if (bytes > limits.maxChangeBytes)
    found.push(contents('.', `the changed files have ${bytes} bytes together; ${limits.maxChangeBytes} are the limit`));
  return found;
}

/** Added paths that a file system which ignores case (or Unicode form) would merge with another one. */
function findCaseCollisions({ changes, basePaths }: TreeFacts): TreeViolation[] {
  const added = changes.filter((change) => change.status === 'added');
  if (added.length === 0) return [];
  const deleted = new Set(changes.filter((change) => change.status === 'deleted').map((change) => change.path));
  const spellings = new Map<string, string>();
  for (const path of basePaths)
    if (!deleted.has(path)) for (const prefix of prefixesOf(path)) spellings.set(foldCase(prefix), prefix);
  const found: TreeViolation[] = [];
  for (const { path } of added) {
    for (const prefix of prefixesOf(path)) {
      const key = foldCase(prefix);
      const other = spellings.get(key) ?? prefix;
      spellings.set(key, other);
      if (other === prefix) continue;
      found.push(contents(path, `it differs from ${show(other)} in upper and lower case only`));
      break;
    }
  }
  return found;
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`: folders can collide too. */
function prefixesOf(path: string): string[] {
  const prefixes: string[] = [];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) prefixes.push(path.slice(0, at));
  prefixes.push(path);
  return prefixes;
}

function contents(path: string, because: string): TreeViolation {
  return { rule: 'contents', path: show(path), because };
}

/** A path as it may be shown: what is hidden or not UTF-8 is escaped, so that the name stays recognisable. */
function show(path: string): string {
  if (!hasHiddenCharacters(path) && path.isWellFormed()) return path;
  return Array.from(path)
    .map((char) =>
      hasHiddenCharacters(char) || !char.isWellFormed() ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}` : char,
    )
    .join('');
}
