/** The jail that an agent, a test or a reviewer runs in. One run is one fresh jail; nothing survives it. */
import type { Command, Profile, ResourceSize } from '../core/plan/plan.ts';
import type { PropertyName, SandboxEngine } from '../core/sandbox/property.ts';

/** A host path and where it appears inside. Files and folders alike; the source must exist. */
export interface SandboxMount {
  source: string;
  /** Absolute path inside. Ignored by the engine `none`, where things stay where they are. */
  target: string;
  access: 'read-only' | 'read-write';
}

/** Everything about one run. Data only; the engine adds what its profile demands. */
export interface SandboxRun {
  /** Unique among live runs; `[a-z0-9][a-z0-9_.-]*`, at most 120 characters. Names the container and the cgroup. */
  name: string;
  profile: Profile;
  resources: ResourceSize;
  /** `open` is refused under `strict`. */
  network: 'none' | 'open';
  command: Command;
  /** Working directory, as a path inside (see {@link Sandbox.pathInside}). */
  workdir: string;
  mounts: readonly SandboxMount[];
  /** The whole environment; nothing is inherited from the host. */
  env: Readonly<Record<string, string>>;
  /** Handed to standard input, which is then closed. */
  stdin: string | null;
  timeoutMs: number;
  /** Sum of both output streams after which the run is killed as `flooded`. */
  outputLimitBytes: number;
  /** Called in order; the stream waits while the promise is pending. */
  onStdout?: (chunk: Uint8Array) => void | Promise<void>;
  onStderr?: (chunk: Uint8Array) => void | Promise<void>;
  signal?: AbortSignal;
}

/** How a run ended. All of these are expected outcomes, none is thrown. */
export interface SandboxExit {
  status: 'exited' | 'timed-out' | 'flooded' | 'cancelled' | 'out-of-memory' | 'engine-error';
  /** Set when `status` is `exited`; a death by signal N is 128 + N. */
  exitCode: number | null;
  /** For a person: why, for every status but `exited`; never holds an environment value. */
  detail: string;
  durationMs: number;
}

/** An engine that was found to work on this machine. */
export interface Sandbox {
  readonly engine: SandboxEngine;
  /** Properties that are not enforced on this machine and were waived by name. */
  readonly waived: readonly PropertyName[];
  /** Runs to the end. When it resolves, every process of the run is dead and its jail is gone. */
  run(run: SandboxRun): Promise<SandboxExit>;
  /** Where a mount's source is found inside: its target, or with the engine `none` the source itself. */
  pathInside(mount: SandboxMount): string;
  /** Makes host folders writable for the sandbox's user (a no-op where the users are the same). */
  prepareWritable(paths: readonly string[]): Promise<void>;
  /** Finds a program's absolute path as a run would see it; `null` if it is not there. */
  findProgram(name: string, profile: Profile): Promise<string | null>;
  /** Kills and removes what runs of earlier processes left whose name begins with `prefix`; returns how many. */
  reap(prefix: string): Promise<number>;
}
