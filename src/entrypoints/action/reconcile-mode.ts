/** The mode reconcile. */
import { ActionError } from './action-error.ts';
import type { ActionSession } from './session.ts';

/** Refuses. */
export async function runReconcile(session: ActionSession<'reconcile'>): Promise<void> {
  throw new ActionError(`The mode ${session.inputs.mode} is not part of this build.`);
}
