/** What the doctor has on the host: things that a sandbox must not reach, and eyes on what it left behind. */
import type { MachineSize } from '../core/sandbox/resources.ts';
import type { FilterArchitecture } from '../core/sandbox/syscall-numbers.ts';

export interface DoctorBench {
  machine: MachineSize;
  isRoot: boolean;
  /** `null` where no probe program can be made. */
  architecture: FilterArchitecture | null;
  /** A folder for runs to write in; empty for each {@link clearWorktree}. */
  worktree: string;
  /** A folder with the programs of {@link writeProgram}. */
  programs: string;
  /** A file that is not mounted, and what is in it. */
  secretPath: string;
  secret: string;
  /** A TCP listener on all addresses of the host, and one that is not loopback (`null` if there is none). */
  port: number;
  hostAddress: string | null;
  /** Name of a listener in the host's abstract unix name space, without the leading NUL. */
  abstractName: string;
  /** Sockets of container engines that exist on the host. */
  engineSockets: readonly string[];
  /** A process of the host. */
  hostPid: number;
  /** Names of the host's namespaces, such as `pid:[4026531836]`; `null` where they cannot be read. */
  namespaces: { pid: string | null; ipc: string | null; net: string | null };
  /** Writes an executable file; `isSetuid` makes it setuid (to root, if root is who asks). */
  writeProgram(name: string, bytes: Uint8Array, isSetuid: boolean): Promise<void>;
  /** Removes everything in the worktree, as whoever owns it. */
  clearWorktree(): Promise<void>;
  /** Bytes of a file of the worktree, `null` if it is not there. */
  sizeOf(name: string): Promise<number | null>;
  /** Numeric owner of a file of the worktree as the host sees it. */
  ownerOf(name: string): Promise<number | null>;
  sleep(ms: number): Promise<void>;
}
