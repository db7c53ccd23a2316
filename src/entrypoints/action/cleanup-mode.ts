/** The mode cleanup. */
import { ActionError } from './action-error.ts';
import type { ActionSession } from './session.ts';

/** Refuses. */
export async function runCleanup(session: ActionSession<'cleanup'>): Promise<void> {
  throw new ActionError(`The mode ${session.inputs.mode} is not part of this build.`);
}
