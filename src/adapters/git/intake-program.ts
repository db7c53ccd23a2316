/**
 * The program that runs git over what an agent wrote, inside a sandbox, and what its exit codes mean. It is constant
 * text: what varies comes as an argument and in the environment.
 */
import { quoteForPerson, saysDiskFull } from './git-failure.ts';

/** Exit codes of {@link INTAKE_PROGRAM}. */
const INTAKE_EXIT = {
  /** Some path could not be added: unreadable, no file, or a repository without commits. */
  unreadable: 3,
  gitFailed: 4,
  diskFull: 5,
  usage: 64,
} as const;

/**
 * POSIX shell: `sh intake.sh BASE`, with `GIT_DIR` (fresh, made by the host after the agent ended; the whole folder
 * must be writable, the objects that it borrows need not be) and `GIT_WORK_TREE` (may be read-only) set. Adds
 * every file that is not ignored, writes the tree, prints its name and a newline, then a pack with the objects that
 * the tree of BASE does not have. Ends with 3 if a path could not be added (no work is left out silently), 4 if git
 * failed, 5 if the disk is full, 64 if it was called wrongly; the reason is on standard error.
 */
export const INTAKE_PROGRAM = `set -u
export LC_ALL=C GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0
base=\${1-}
if [ -z "$base" ] || [ -z "\${GIT_DIR-}" ] || [ -z "\${GIT_WORK_TREE-}" ]; then
  echo 'usage: GIT_DIR=DIR GIT_WORK_TREE=DIR sh intake.sh BASE' >&2
  exit ${INTAKE_EXIT.usage}
fi
log=$GIT_DIR/espalier-intake.log

fail() {
  cat "$log" >&2
  if grep -q -e 'No space left on device' -e 'Disk quota exceeded' "$log"; then exit ${INTAKE_EXIT.diskFull}; fi
  exit "$1"
}

cd "$GIT_WORK_TREE" 2>"$log" || fail ${INTAKE_EXIT.gitFailed}
: >"$log" || exit ${INTAKE_EXIT.diskFull}

# An index without the files' times makes git read every file and, since it cannot touch the objects that it finds in
# a read-only store, write each of them again. Refreshing only reads; what fails in it is met again below. Files as
# young as the index would be read again all the same: it is given a later time. That hides no change, because an index
# that is written marks each file that only looks unchanged, so it is written in any case.
git update-index -q --refresh --force-write-index >/dev/null 2>&1
touch -t 203712312359 "$GIT_DIR/index" 2>/dev/null

git -c core.looseCompression=0 -c core.safecrlf=false -c advice.addEmbeddedRepo=false \\
  add --all --ignore-errors -- . >/dev/null 2>"$log" || fail ${INTAKE_EXIT.unreadable}
# A folder that cannot be opened is only a warning to git; here it would be work lost.
if grep -q '^warning: could not open directory' "$log"; then fail ${INTAKE_EXIT.unreadable}; fi

tree=$(git write-tree 2>"$log") || fail ${INTAKE_EXIT.gitFailed}
base_tree=$(git rev-parse --verify --end-of-options "$base^{tree}" 2>"$log") || fail ${INTAKE_EXIT.gitFailed}
printf '%s\\n' "$tree" || exit ${INTAKE_EXIT.gitFailed}
printf '%s\\n^%s\\n' "$tree" "$base_tree" |
  git pack-objects --revs --stdout -q --threads=1 --compression=1 2>"$log" || fail ${INTAKE_EXIT.gitFailed}
`;

/** What an exit code of {@link INTAKE_PROGRAM} means, as a sentence; `null` for 0. */
export function explainIntakeExit(exitCode: number, stderr: string): string | null {
  const said = quoteForPerson(stderr) || 'nothing was said';
  if (exitCode === 0) return null;
  if (exitCode === INTAKE_EXIT.diskFull || saysDiskFull(stderr))
    return 'The disk is full (No space left on device) while the changed files were collected.';
  if (exitCode === INTAKE_EXIT.unreadable) return `Some files cannot be taken in: ${said}.`;
  return `Git could not collect the changed files (code ${exitCode}): ${said}.`;
}
