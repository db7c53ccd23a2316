/** How the end of a supervised process reads as the outcome of a run. */
import type { SandboxEngine } from '../../core/sandbox/property.ts';
import type { SandboxExit } from '../../ports/sandbox.ts';
import type { SupervisedEnd } from './supervised-process.ts';

export interface RunEnd {
  end: SupervisedEnd;
  /** Whether the command itself was reached. */
  hasStarted: boolean;
  /** How many processes of the run the kernel killed for memory. */
  oomKills: number;
  memoryBytes: number;
  engine: SandboxEngine;
}

/**
 * Puts the causes in order: what Espalier stopped it for, then memory, then the engine, then the command's own end.
 * Memory counts only if the command failed: a program may survive the loss of a child.
 */
export function describeRunEnd({ end, hasStarted, oomKills, memoryBytes, engine }: RunEnd): SandboxExit {
  const { durationMs } = end;
  switch (end.cause) {
    case 'timed-out':
    case 'flooded':
    case 'cancelled':
      return { status: end.cause, exitCode: null, detail: `The run was stopped: ${end.because}.`, durationMs };
    case 'output-refused':
      return { status: 'engine-error', exitCode: null, detail: `The run was stopped: ${end.because}.`, durationMs };
    case 'not-started':
      return { status: 'engine-error', exitCode: null, detail: `${engine} did not start: ${end.because}.`, durationMs };
    case 'exited':
      break;
  }
  if (oomKills > 0 && end.exitCode !== 0)
    return {
      status: 'out-of-memory',
      exitCode: null,
      detail: `The kernel killed a process of the run at the limit of ${Math.round(memoryBytes / 1024 ** 2)} MiB memory.`,
      durationMs,
    };
  if (!hasStarted) {
    const said = end.stderrTail === '' ? `it ended with ${end.exitCode} and said nothing` : end.stderrTail;
    return { status: 'engine-error', exitCode: null, detail: `${engine} failed: ${oneLine(said)}`, durationMs };
  }
  return { status: 'exited', exitCode: end.exitCode, detail: '', durationMs };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(-500);
}
