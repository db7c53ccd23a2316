/** What an event may say: where to look again. Identity only, never state. */

/** A repository by its lasting id and by the names that it had when the event was made. */
export interface RepositoryIdentity {
  id: number;
  owner: string;
  name: string;
}

/**
 * One way to name plans. Only `issue` names a plan by itself; the others are looked up: which plan has this pull
 * request, this branch, this base, this dispatched run (by id or by the name that carries its nonce), this head?
 */
export type PlanHint =
  | { issue: number }
  | { pull: number }
  | { branch: string }
  | { base: string }
  | { run: number }
  | { runName: string }
  | { sha: string };

/** "Look again at these plans of this repository." `all`: at every open one. */
export interface Hint {
  repository: RepositoryIdentity;
  installationId: number;
  plans: 'all' | readonly PlanHint[];
}

/** One plan issue, and the installation through which it is reached. The names are for requests, the ids identify. */
export interface PlanTarget {
  installationId: number;
  owner: string;
  repo: string;
  repositoryId: number;
  issue: number;
}

/** More ways than this to name plans of one repository become `all`: looking at all of them is cheaper by then. */
export const MAX_PLAN_HINTS = 100;

/** The same text for hints that say the same. */
export function keyOfPlanHint(hint: PlanHint): string {
  return JSON.stringify(hint);
}
