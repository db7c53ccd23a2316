/** What a failed request says of the effect that it was sent for. */
import type { EffectOutcome } from '../../core/hosted/effect.ts';
import { MAY_OPEN_PULLS } from '../../core/hosted/job-token.ts';
import { GitHubError } from './github-error.ts';

/** GitHub's words for a token that lacks a permission, which GraphQL does not name. */
const NOT_ACCESSIBLE = /not accessible by integration/i;
/** The one permission that GitHub's words do name. */
const WORKFLOWS = /without `?workflows?`? (?:permission|scope)/i;

/** GitHub's words where a setting keeps the token of a job from opening pull requests. */
const NO_PULLS = /not permitted to create or approve pull requests/i;

/**
 * The outcome of an effect whose request failed. `needed` is the permission that it takes, in GitHub's notation, for
 * where GitHub does not name it. Rethrows what is no answer of GitHub's, and a credential that is not taken.
 */
export function outcomeOf(error: unknown, needed: string): EffectOutcome {
  if (!(error instanceof GitHubError) || error.ending.kind === 'unauthorized') throw error;
  const { ending, because } = error;
  // Brought into a branch by a merge or a move, and told as an error of whatever type.
  if (WORKFLOWS.test(because)) return { kind: 'forbidden', permission: 'workflows=write', because };
  if (NO_PULLS.test(because)) return { kind: 'forbidden', permission: MAY_OPEN_PULLS, because };
  switch (ending.kind) {
    case 'later':
      return { kind: 'later', notBeforeMs: ending.notBeforeMs, because };
    case 'forbidden':
      return {
        kind: 'forbidden',
        permission: ending.permission ?? (NOT_ACCESSIBLE.test(because) ? needed : null),
        because,
      };
    case 'elsewhere':
    case 'gone':
      return { kind: 'elsewhere', because };
    case 'refused':
      return { kind: 'refused', because };
  }
}
