/** What a command came to: the state after it and its answer, or what it waits for. */
import type { BranchName, TaskId } from '../brand.ts';
import { type Command, formatCommand } from '../commands/command.ts';
import type { EffectOutcome } from './effect.ts';
import type { ForgeFacts, IssueFact } from './facts.ts';
import type { IssuePlan } from './pin-plan.ts';
import type { Reply } from './reply.ts';
import type { HostedState } from './state.ts';

/** Who says something, when, and about what. */
export interface Spoken {
  command: Command;
  /** Login of the person. */
  by: string;
  atMs: number;
  /** The task whose pull request it was said on. */
  pullTask: TaskId | null;
}

/** What obeying needs to know beside the state. */
export interface Circumstances {
  facts: ForgeFacts;
  /** What came of the effects of this process's last decision. */
  outcomes: ReadonlyMap<string, EffectOutcome>;
  issue: IssueFact;
  issuePlan: IssuePlan;
  /** Why nothing could ever land on this base; `null` if it can. */
  landingObstacle: { because: string; next: string } | null;
  nowMs: number;
}

/**
 * `later`: it is taken up when a landing that is under way has ended. `written-ahead`: it changes the base's ledger,
 * which does not move together with the plan's, and is taken up once the change is read there. `wants-base`: read that
 * base first.
 */
export type Obeyed =
  | { kind: 'obeyed'; state: HostedState; reply: Reply }
  | { kind: 'later' }
  | { kind: 'written-ahead'; state: HostedState }
  | { kind: 'wants-base'; base: BranchName };

/**
 * True if the text may have been edited after the command was given, which then was for another text. The forge tells
 * times in whole seconds: within one of them nobody knows which came first.
 */
export function isEditedSince(issue: IssueFact, atMs: number): boolean {
  return issue.editedAtMs !== null && issue.editedAtMs >= atMs;
}

/** Refused since the issue is closed: a plan whose issue is closed starts and lands nothing. */
export function refuseClosed(state: HostedState, spoken: Spoken): Obeyed {
  return refuse(state, spoken, 'the issue is closed', 'reopen the issue, then write the comment anew');
}

/** Not done, since it was said of another text. */
export function editedSince(state: HostedState, { command }: Spoken): Obeyed {
  return { kind: 'obeyed', state, reply: { kind: 'edited-since', command: formatCommand(command) } };
}

/** Done; `because` says what, as a clause. */
export function done(state: HostedState, { command }: Spoken, because: string): Obeyed {
  return { kind: 'obeyed', state, reply: { kind: 'done', command: formatCommand(command), because } };
}

/** Not done; `because` is a clause, `next` the exact step that helps. */
export function refuse(
  state: HostedState,
  { command }: Spoken,
  because: string,
  next: string,
): Extract<Obeyed, { kind: 'obeyed' }> {
  return { kind: 'obeyed', state, reply: { kind: 'refused', command: formatCommand(command), because, next } };
}
