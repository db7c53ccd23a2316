/** Looks at the resulting tree alone: what changed, whether the task may change it, and whether it may be there at all. */
import { hasConflictMarkers, renderViolationFeedback } from '../../core/agents/feedback.ts';
import type { CommitSha, TreeSha } from '../../core/brand.ts';
import { readDiff } from '../../core/gate/read-diff.ts';
import { findTreeViolations } from '../../core/gate/tree-rules.ts';
import type { TreeViolation } from '../../core/ledger/evidence.ts';
import { compileGlob, type Glob, matchesGlob } from '../../core/plan/glob.ts';
import { ignoreCase } from '../../core/plan/glob-case.ts';
import type { ResolvedTask } from '../../core/plan/plan.ts';
import { foldCase } from '../../core/text/fold-case.ts';
import { findEnvironmentSecrets } from '../../core/text/environment-secrets.ts';
import { findSecretShapes } from '../../core/text/secrets.ts';
import type { TreeChange } from '../../ports/git.ts';
import { makeFailure, type Failure } from './failure.ts';
import type { WorkRoom } from './work-room.ts';

/** A change as it was judged. */
export interface JudgedChange {
  baseTree: TreeSha;
  commit: CommitSha;
  tree: TreeSha;
  changes: TreeChange[];
  insertions: number;
  deletions: number;
  violations: TreeViolation[];
  /** Unified diff, cut to what a reviewer can read. */
  diff: string;
}

/** What is judged. `conflictedPaths` are those that the agent was given with conflict markers. */
export interface JudgeOrder {
  task: ResolvedTask;
  baseTree: TreeSha;
  commit: CommitSha;
  tree: TreeSha;
  conflictedPaths: readonly string[];
}

// Read whole for links and secrets; a change with a longer diff is refused, since part of it would go unseen.
const MAX_JUDGED_DIFF_BYTES = 128 * 1024 * 1024;
const MAX_REVIEWED_DIFF = 2 * 1024 * 1024;
const MAX_CONFLICT_FILE_BYTES = 16 * 1024 * 1024;
const SYMLINK = '120000';

/** Judges the tree of a taken-in commit against its base. */
export async function judgeTree(room: WorkRoom, order: JudgeOrder): Promise<JudgedChange> {
  const { git, policy } = room.deps;
  const { task, baseTree, tree } = order;
  const [changes, diff, unsolvedConflicts] = await Promise.all([
    git.diffTrees(baseTree, tree),
    git.diffText(baseTree, tree, MAX_JUDGED_DIFF_BYTES),
    findUnsolved(room, order),
  ]);
  // Only a new name can collide with an old one.
  const basePaths = changes.some(({ status }) => status === 'added') ? await git.listPaths(baseTree) : [];
  const { added, insertions, deletions } = readDiff(diff);
  const secrets = new Map(
    added
      .map(({ path, text }) => [path, [...findSecretShapes(text), ...findHanded(room, task, text)]] as const)
      .filter(([, shapes]) => shapes.length > 0),
  );
  const linkTargets = new Map(
    added.filter(({ newMode }) => newMode === SYMLINK).map(({ path, text }) => [path, text] as const),
  );
  const violations = findTreeViolations({
    changes,
    basePaths,
    linkTargets,
    secrets,
    unsolvedConflicts,
    isOwned: compileMatcher(task.owns),
    isProtected: compileProtected(policy.protectedPaths, task),
    isAllowed: compileMatcher(task.allow),
    owns: task.owns,
    limits: policy,
  });
  if (diff.length >= MAX_JUDGED_DIFF_BYTES / 2 && /\[diff cut here: [^\n]*\n$/.test(diff))
    violations.push({ rule: 'contents', path: '.', because: 'the change is too long to be looked through' });
  return {
    baseTree,
    commit: order.commit,
    tree,
    changes,
    insertions,
    deletions,
    violations,
    diff:
      diff.length <= MAX_REVIEWED_DIFF
        ? diff
        : `${diff.slice(0, MAX_REVIEWED_DIFF)}\n[diff cut here: read the rest in the worktree]\n`,
  };
}

/** A change that breaks rules as a failure; `null` if it breaks none. */
export function sayViolated({ violations }: JudgedChange): Failure | null {
  const [first] = violations;
  if (first === undefined) return null;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  const detail = `The change breaks a rule at '${first.path}': ${first.because}${more}.`;
  return makeFailure('tree-refused', detail, { feedback: renderViolationFeedback(violations) });
}

/** A secret that the task's runs are given here, whatever its shape: what is published is for many eyes. */
function findHanded({ deps }: WorkRoom, { env }: ResolvedTask, text: string): string[] {
  const handed = findEnvironmentSecrets(Object.fromEntries(env.map((name) => [name, deps.hostEnv[name]])));
  return handed.some((value) => text.includes(value)) ? ['secret that the task is handed'] : [];
}

async function findUnsolved(room: WorkRoom, order: JudgeOrder): Promise<string[]> {
  const found = await Promise.all(
    order.conflictedPaths.map(async (path) => {
      const text = await room.deps.git.readFile(order.tree, path, MAX_CONFLICT_FILE_BYTES);
      return text !== null && hasConflictMarkers(text) ? path : null;
    }),
  );
  return found.filter((path) => path !== null);
}

/** A test for "matches one of these globs". Throws for a glob that is none: the plan's reader lets none through. */
export function compileMatcher(globs: readonly string[]): (path: string) => boolean {
  const compiled = compileGlobs(globs);
  return (path) => compiled.some((glob) => matchesGlob(glob, path));
}

function compileGlobs(globs: readonly string[]): Glob[] {
  return globs.map((text) => {
    const glob = compileGlob(text);
    if (!glob.ok)
      throw new Error(`'${text}' is no glob: ${glob.because}. Correct it in the plan or the configuration.`);
    return glob.value;
  });
}

/**
 * Protected are the built-in and configured paths (`globs`), and files of the repository that the reviewer's command
 * names: whoever is judged must not rewrite the judge. In any case of letters: on macOS and Windows `claude.md` is
 * read in place of `CLAUDE.md`. What `allow` opens is matched exactly, so that it opens no more than it says.
 */
export function compileProtected(
  globs: readonly string[],
  { review: { reviewer } }: Pick<ResolvedTask, 'review'>,
): (path: string) => boolean {
  const isProtected = ignoreCase(compileGlobs(globs));
  const words = reviewer?.kind === 'command' ? reviewer.command.map((word) => word.replace(/^\.\//, '')) : [];
  const judges = new Set(words.filter((word) => word !== '').map(foldCase));
  return (path) => isProtected(path) || judges.has(foldCase(path));
}
