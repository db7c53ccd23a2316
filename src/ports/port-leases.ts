/** Network ports of the host, so that no two live attempts (of any process of this user) have the same. */
import type { PortRange } from '../core/worktree/port-order.ts';

/** Ports that are held until they are released, or until the process that holds them is gone. */
export interface PortLease {
  ports: Readonly<Record<string, number>>;
  release(): Promise<void>;
}

export interface PortLeases {
  /**
   * One free port for each name. The same `seed` gets the same ports as long as they are free. `null` if the range
   * has not enough of them.
   */
  lease(request: { seed: string; names: readonly string[]; range: PortRange }): Promise<PortLease | null>;
}
