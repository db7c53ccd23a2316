/** The names of what a sandbox enforces. `doctor` proves each by trying to break it. */

/** Engines, by how they are asked for. `none` is no sandbox and is never chosen by `auto`. */
export const SANDBOX_ENGINES = ['docker', 'podman', 'bubblewrap', 'none'] as const;
export type SandboxEngine = (typeof SANDBOX_ENGINES)[number];

/** Every property that a profile can demand, in the order that the doctor's table shows them. */
export const PROPERTIES = [
  'read-only-root',
  'capabilities-dropped',
  'no-new-privileges',
  'seccomp',
  'non-root-user',
  'pid-namespace',
  'ipc-namespace',
  'no-network',
  'memory-limit',
  'cpu-limit',
  'pids-limit',
  'tmp-noexec',
  'tmp-nosuid-nodev',
  'only-worktree-mounted',
  'no-engine-socket',
  'empty-environment',
  'processes-end-with-run',
] as const;
export type PropertyName = (typeof PROPERTIES)[number];
