/** Which plans of its repository an event is about that a workflow was started by. Pure; the payload is believed for nothing else. */
import { issueOf } from '../hosted/state.ts';
import { issueNamedBy } from './issue-named-by.ts';
import { textAt } from './payload.ts';
import { type OwnIdentity, readHint } from './read-hint.ts';

/** `all`: every open plan. `none`: the event leads nowhere, and why. */
export type PlanChoice =
  | { kind: 'issues'; issues: readonly number[] }
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
  return issues.length === 0 ? { kind: 'all' } : { kind: 'issues', issues };
}

/** At most `limit` of the plans, beginning with another one at each `turn`, so that none is left out for good. */
export function takeTurns(issues: readonly number[], limit: number, turn: number): number[] {
  if (issues.length <= limit) return [...issues];
  const from = turn % issues.length;
  return [...issues.slice(from), ...issues.slice(0, from)].slice(0, limit);
}
