/** The mode route. */
import { ActionError } from './action-error.ts';
import type { ActionSession } from './session.ts';

/** Refuses. */
export async function runRoute(session: ActionSession<'route'>): Promise<void> {
  throw new ActionError(`The mode ${session.inputs.mode} is not part of this build.`);
}
