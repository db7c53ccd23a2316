/** A string that only its own constructor can make. Branding keeps a SHA from being passed where a branch is meant. */
type Brand<Name extends string> = string & { readonly __brand: Name };

/** A full object name of a commit: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits. Never called a ref. */
export type CommitSha = Brand<'CommitSha'>;
/** A full object name of a tree. */
export type TreeSha = Brand<'TreeSha'>;
/** A branch name without `refs/heads/`, already checked by {@link readBranchName}. */
export type BranchName = Brand<'BranchName'>;
/** A task's id, already checked by {@link readTaskId}. */
export type TaskId = Brand<'TaskId'>;
/** A plan's id, already checked by {@link readPlanId}. */
export type PlanId = Brand<'PlanId'>;
/** SHA-256 of canonical JSON or of bytes, 64 lower-case hex digits. */
export type Digest = Brand<'Digest'>;
