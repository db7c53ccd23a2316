/** The steps before every run that need the file system: real paths of the mounts, then the checked policy. */
import { realpath } from 'node:fs/promises';

import { type PolicyContext, type PolicyReading, readPolicy } from '../../core/sandbox/policy.ts';
import type { SandboxExit, SandboxMount, SandboxRun } from '../../ports/sandbox.ts';
import { describeError } from './supervised-process.ts';

/** Resolves links in the sources and checks everything. A missing source is one of the reasons. */
export async function readRunPolicy(run: SandboxRun, context: PolicyContext): Promise<PolicyReading> {
  const missing: string[] = [];
  const mounts: SandboxMount[] = [];
  for (const mount of run.mounts) {
    try {
      mounts.push({ ...mount, source: await realpath(mount.source) });
    } catch (error) {
      missing.push(`the mount source ${JSON.stringify(mount.source)} cannot be found: ${describeError(error)}`);
    }
  }
  const reading = readPolicy({ ...run, mounts }, context);
  if (missing.length === 0) return reading;
  return { ok: false, because: [...missing, ...(reading.ok ? [] : reading.because)] };
}

/** The outcome of a run that never began. */
export function failedRun(detail: string): SandboxExit {
  return { status: 'engine-error', exitCode: null, detail, durationMs: 0 };
}

/** The outcome of a run that its policy refused. */
export function refusedRun(because: readonly string[]): SandboxExit {
  return failedRun(`The run was refused: ${because.join('; ')}.`);
}
