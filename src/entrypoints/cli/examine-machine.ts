/** Does `espalier doctor`. */
import type { SandboxEngine } from '../../core/sandbox/property.ts';
export async function examineMachine(..._a: unknown[]): Promise<void> {}

/** Options of `doctor`. */
export interface DoctorOptions {
  sandbox?: SandboxEngine[];
  image?: string;
  json?: true;
}
