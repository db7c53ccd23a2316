/** Credentials of services that are not here: they open nothing, and show by themselves where they have got to. */
import type { JobState } from './job-state.ts';

/** A credential of one job, the same at each call. It is a secret of the job, as on GitHub. */
export function makeDecoy(state: JobState, service: 'runtime' | 'openid'): string {
  const decoy = `decoy-${service}-token-of-job-${state.shown.id}`;
  const { credentials } = state.run.machine;
  if (!credentials.includes(decoy)) credentials.push(decoy);
  state.masker.add(decoy);
  return decoy;
}
