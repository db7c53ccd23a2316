/** How big a sandbox may be. Numbers of the four sizes, and how the machine bounds them. */
import type { ResourceSize } from '../plan/plan.ts';

/** Hard limits of one run. */
export interface ResourceLimits {
  /** Memory including swap and everything written to the private tmpfs. */
  memoryBytes: number;
  /** Processor time per wall time; may be a fraction. */
  cpus: number;
  /** Processes and threads together, which is how the kernel counts. */
  pids: number;
  /** Size of the private tmpfs that holds /tmp, the home folder and /dev/shm. */
  tmpBytes: number;
}

/** What the machine has. */
export interface MachineSize {
  memoryBytes: number;
  cpus: number;
}

const GIB = 1024 ** 3;

/**
 * Memory and processors are those of the seeds' sizes. The limits on processes are not (50, 100, 200, 500 there):
 * threads count, one idle node process has eleven, a test runner starts a process per core and each of those a pool,
 * so 50 stops `npm test` before the first test. These numbers let real tools work and still stop a fork bomb at once.
 */
export const RESOURCE_LIMITS: Readonly<Record<ResourceSize, ResourceLimits>> = {
  small: { memoryBytes: 1 * GIB, cpus: 0.5, pids: 256, tmpBytes: 0.25 * GIB },
  medium: { memoryBytes: 4 * GIB, cpus: 2, pids: 512, tmpBytes: 1 * GIB },
  large: { memoryBytes: 8 * GIB, cpus: 4, pids: 1024, tmpBytes: 2 * GIB },
  xlarge: { memoryBytes: 16 * GIB, cpus: 8, pids: 2048, tmpBytes: 4 * GIB },
};

// The rest is for the machine itself: a limit equal to all memory would let the host's OOM killer choose the victim.
const SHARE_OF_MEMORY = 0.8;

/** Limits of a size on this machine: never more processors than it has, nor more than four fifths of its memory. */
export function limitResources(size: ResourceSize, machine: MachineSize): ResourceLimits {
  const wanted = RESOURCE_LIMITS[size];
  const memoryBytes = Math.min(wanted.memoryBytes, Math.floor(machine.memoryBytes * SHARE_OF_MEMORY));
  return {
    memoryBytes,
    cpus: Math.min(wanted.cpus, machine.cpus),
    pids: wanted.pids,
    tmpBytes: Math.min(wanted.tmpBytes, Math.floor(memoryBytes / 4)),
  };
}
