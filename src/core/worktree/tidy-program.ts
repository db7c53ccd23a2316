/**
 * POSIX shell, run inside a sandbox with `GIT_DIR` (a fresh private git directory whose index is the taken-in tree)
 * and `GIT_WORK_TREE` set: puts a worktree back to that tree, so that what tests and tools wrote beside the change is
 * not taken for the agent's work in its next round. Ignored files (installed dependencies) stay. Constant text.
 */
export const TIDY_PROGRAM = `set -u
cd "$GIT_WORK_TREE" || exit 4
git update-index -q --really-refresh >/dev/null 2>&1
git checkout-index --all --force --quiet || exit 4
git clean --force -d --quiet || exit 4
`;
