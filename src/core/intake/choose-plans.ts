/** Which plans of its repository an event is about that a workflow was started by. Pure; the payload is believed for nothing else. */
import { issueOf } from '../hosted/state.ts';
import { issueNamedBy } from './issue-named-by.ts';
import { textAt } from './payload.ts';
import { type OwnIdentity, readHint } from './read-hint.ts';

/**
 * `all`: every open plan. `pulls`: the plans that these pull requests are from, which have to be looked up; all where one
 * of them says nothing of a plan. `none`: the event leads nowhere, and why.
 */
export type PlanChoice =
  | { kind: 'issues'; issues: readonly number[] }
  | { kind: 'pulls'; pulls: readonly number[] }
  | { kind: 'all' }
  | { kind: 'none'; because: string };

/** Events by which somebody, or the time, asks for a look; a plan may be named in their inputs. */
const ASKING: ReadonlySet<string> = new Set(['schedule', 'workflow_dispatch', 'repository_dispatch']);

const BECAUSE = {
  irrelevant: 'it concerns no plan',
  'own-echo': 'it tells of what Espalier has done itself',
  'no-installation': 'it is of no repository',
  'no-repository': 'it names no repository',
} as const;

/**
 * Chooses by the event's name and payload, of unknown origin. A plan that is not named by its issue, by a branch of its
 * own or by its run could be any of those that are open: no process remembers their pull requests between two events.
 */
export function choosePlans(eventName: string, payload: unknown, self: OwnIdentity): PlanChoice {
  if (ASKING.has(eventName)) {
    const issue = issueOf(textAt(payload, 'inputs', 'plan'));
    return issue === null ? { kind: 'all' } : { kind: 'issues', issues: [issue] };
  }
  // A workflow belongs to one repository, whatever installation its events are told through.
  const reading = readHint(eventName, payload, { installationId: 0, ...self });
  if (reading.kind === 'ignored') return { kind: 'none', because: BECAUSE[reading.because] };
  if (reading.kind === 'sweep') return { kind: 'all' };
  const hints = reading.hints.flatMap(({ plans }) => (plans === 'all' ? [] : plans));
  const issues = [...new Set(hints.map(issueNamedBy).filter((issue) => issue !== null))];
  if (issues.length > 0) return { kind: 'issues', issues };
  const pulls = hints.flatMap((hint) => ('pull' in hint ? [hint.pull] : []));
  return pulls.length > 0 && pulls.length === hints.length ? { kind: 'pulls', pulls } : { kind: 'all' };
}

/** The plans that branches are of, by their names; `null` if one of them is none of Espalier's own. */
export function plansOfBranches(branches: readonly (string | null)[]): number[] | null {
  const issues = branches.map((branch) => (branch === null ? null : issueNamedBy({ branch })));
  const named = issues.filter((issue) => issue !== null);
  return named.length === issues.length ? [...new Set(named)] : null;
}

/** At most `limit` of the plans, beginning with another one at each `turn`, so that none is left out for good. */
export function takeTurns(issues: readonly number[], limit: number, turn: number): number[] {
  if (issues.length <= limit) return [...issues];
  const from = turn % issues.length;
  return [...issues.slice(from), ...issues.slice(0, from)].slice(0, limit);
}
