/** What each command does to a plan issue's state. Pure; who may give it was judged before. */
import type { BranchName, CommitSha, TaskId } from '../brand.ts';
import { type Command, formatCommand } from '../commands/command.ts';
import {
  cancelPlan,
  cancelTask,
  createLedger,
  pausePlan,
  renewTries,
  resumePlan,
  retryTask,
  revisePlan,
  thawTarget,
  type Transition,
} from '../ledger/transitions.ts';
import type { PlanLedger } from '../ledger/ledger.ts';
import { findNearestName } from '../plan/nearest-name.ts';
import { isActive, landedAttempt, lastAttempt } from '../schedule/progress.ts';
import { reviewAgain } from './adopt-heads.ts';
import type { ForgeFacts, IssueFact } from './facts.ts';
import type { IssuePlan } from './pin-plan.ts';
import type { Reply } from './reply.ts';
import type { HostedState, RunningState } from './state.ts';

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
  issue: IssueFact;
  issuePlan: IssuePlan;
  /** Why nothing could ever land on this base; `null` if it can. */
  landingObstacle: { because: string; next: string } | null;
  nowMs: number;
}

/** `later`: it is taken up when a landing that is under way has ended. `wants-base`: read that base first. */
export type Obeyed =
  | { kind: 'obeyed'; state: HostedState; reply: Reply }
  | { kind: 'later' }
  | { kind: 'wants-base'; base: BranchName };

/** Does what a command says, or says why not. */
export function obeyCommand(state: HostedState, spoken: Spoken, around: Circumstances): Obeyed {
  const { command } = spoken;
  switch (command.kind) {
    case 'help':
    case 'check':
      return { kind: 'obeyed', state, reply: { kind: command.kind } };
    case 'run':
      return state.ledger === null
        ? acceptPlan(state, spoken, command.tasks, around)
        : runAgain({ ...state, ledger: state.ledger }, spoken, command.tasks);
    default:
      if (state.ledger === null)
        return refuse(state, spoken, 'this plan was not started yet', 'give the command /espalier run');
      return obeyRunning({ ...state, ledger: state.ledger }, spoken, around);
  }
}

function obeyRunning(state: RunningState, spoken: Spoken, around: Circumstances): Obeyed {
  const { command, by } = spoken;
  const { nowMs } = around;
  switch (command.kind) {
    case 'status':
      return { kind: 'obeyed', state, reply: { kind: 'status' } };
    case 'pause':
      return change(state, spoken, pausePlan(state.ledger, by, nowMs), 'nothing more is started or landed');
    case 'resume':
      return change(state, spoken, resumePlan(state.ledger), 'the plan goes on');
    case 'approve':
      return approvePlan(state, spoken, around);
    case 'freeze':
      return freeze(state, spoken, command.reason, nowMs);
    case 'thaw': {
      const thawed = thawTarget(state.ledger, state.queue);
      if (!thawed.ok) return refuse(state, spoken, thawed.because, thawed.next);
      return done({ ...state, ...thawed.value }, spoken, `'${state.ledger.target}' is open for landings again`);
    }
    case 'cleanup':
      return done(state, spoken, 'the branches of tasks that have landed are deleted');
    case 'cancel':
      if (command.task === null && spoken.pullTask === null)
        return change(
          state,
          spoken,
          cancelPlan(state.ledger, by, nowMs),
          'every task that has not landed is cancelled',
        );
      return onTask(state, spoken, command.task, around);
    case 'why':
    case 'retry':
    case 'review':
    case 'merge':
      return onTask(state, spoken, command.task, around);
    case 'help':
    case 'check':
    case 'run':
      throw new Error(`'${command.kind}' is obeyed before a plan is asked for.`);
  }
}

function onTask(state: RunningState, spoken: Spoken, said: TaskId | null, around: Circumstances): Obeyed {
  const { ledger } = state;
  const task = said ?? spoken.pullTask;
  const ids = ledger.plan.tasks.map((one) => one.id);
  if (task === null || !ids.includes(task)) {
    const nearest = task === null ? null : findNearestName(task, ids);
    const next = nearest === null ? `the tasks are ${ids.slice(0, 20).join(', ')}` : `did you mean '${nearest}'?`;
    return refuse(state, spoken, `the plan has no task '${task ?? ''}'`, next);
  }
  const { by } = spoken;
  switch (spoken.command.kind) {
    case 'why':
      return { kind: 'obeyed', state, reply: { kind: 'why', task } };
    case 'retry':
      return change(state, spoken, retryTask(ledger, task), `'${task}' begins afresh`);
    case 'cancel':
      return change(state, spoken, cancelTask(ledger, task, by, around.nowMs), `'${task}' is cancelled`);
    case 'review':
      return change(state, spoken, reviewAgain(ledger, task, around.facts), `'${task}' is verified again`);
    case 'merge':
      return { kind: 'obeyed', state: { ...state, ledger: renewTask(ledger, task) }, reply: { kind: 'why', task } };
    default:
      throw new Error(`'${spoken.command.kind}' is not about one task.`);
  }
}

/** What waits for a time or was refused by the forge is tried at once. The gate is as closed as before. */
function renewTask(ledger: PlanLedger, task: TaskId): PlanLedger {
  const record = ledger.tasks[task];
  if (record === undefined) return ledger;
  const attempts = record.attempts.map((attempt) =>
    attempt.landing === null ? attempt : { ...attempt, landing: { ...attempt.landing, refusal: null, notBefore: 0 } },
  );
  const renewed = { ...record, attempts, notBefore: 0, trialTrouble: undefined, turnedAway: undefined };
  return { ...ledger, tasks: { ...ledger.tasks, [task]: renewed } };
}

/** True if the text was edited after the command was given: the command was given for another text. */
function isEditedSince(issue: IssueFact, atMs: number): boolean {
  return issue.editedAtMs !== null && issue.editedAtMs > atMs;
}

function acceptPlan(state: HostedState, spoken: Spoken, only: readonly TaskId[], around: Circumstances): Obeyed {
  const { facts, issue, issuePlan, landingObstacle, nowMs } = around;
  if (isEditedSince(issue, spoken.atMs)) return editedSince(state, spoken);
  const { plan } = issuePlan;
  if (plan === null) return { kind: 'obeyed', state, reply: { kind: 'run-problems' } };
  if (plan.base !== null && plan.base !== facts.base.branch) return { kind: 'wants-base', base: plan.base };
  const { branch, tip } = facts.base;
  if (tip === null)
    return refuse(state, spoken, `there is no branch '${branch}' to start from`, 'name another base in the plan');
  if (landingObstacle !== null) return refuse(state, spoken, landingObstacle.because, landingObstacle.next);
  const ledger = createLedger({ plan, baseBranch: branch, baseSha: tip, target: branch, nowMs });
  const unknown = refuseUnknown({ ...state, ledger }, spoken, only);
  if (unknown !== null) return { ...unknown, state };
  const accepted = { revision: plan.revision, source: issuePlan.source, by: spoken.by, at: nowMs };
  const record = { ...state.record, accepted, proposed: null, only: only.length === 0 ? null : [...only] };
  return { kind: 'obeyed', state: { ...state, ledger, record }, reply: { kind: 'run-started', isNew: true, only } };
}

function runAgain(state: RunningState, spoken: Spoken, only: readonly TaskId[]): Obeyed {
  const { ledger, record } = state;
  if (ledger.paused !== null)
    return refuse(state, spoken, `the plan was paused by ${ledger.paused.by}`, 'give the command /espalier resume');
  if (record.proposed !== null)
    return refuse(
      state,
      spoken,
      'the text of the plan has changed since it was accepted',
      'look at the changes in the status comment, then give the command /espalier approve',
    );
  const unknown = refuseUnknown(state, spoken, only);
  if (unknown !== null) return unknown;
  const joined = only.length === 0 ? null : [...new Set([...(record.only ?? []), ...only])];
  return {
    kind: 'obeyed',
    state: {
      ...state,
      ledger: renewTries(ledger),
      record: { ...record, only: joined, obstacle: null, isReported: false },
    },
    reply: { kind: 'run-started', isNew: false, only },
  };
}

function refuseUnknown(
  state: RunningState,
  spoken: Spoken,
  tasks: readonly TaskId[],
): Extract<Obeyed, { kind: 'obeyed' }> | null {
  const ids = state.ledger.plan.tasks.map((task) => task.id);
  const unknown = tasks.find((task) => !ids.includes(task));
  if (unknown === undefined) return null;
  const nearest = findNearestName(unknown, ids);
  const next = nearest === null ? `the tasks are ${ids.slice(0, 20).join(', ')}` : `did you mean '${nearest}'?`;
  return refuse(state, spoken, `the plan has no task '${unknown}'`, next);
}

function approvePlan(state: RunningState, spoken: Spoken, around: Circumstances): Obeyed {
  const { ledger, record } = state;
  const { issue, issuePlan, nowMs } = around;
  if (record.proposed === null)
    return refuse(state, spoken, 'the text of the plan is the one that was accepted', '/espalier status');
  if (isEditedSince(issue, spoken.atMs) || record.proposed.source !== issuePlan.source)
    return editedSince(state, spoken);
  const { plan } = issuePlan;
  if (plan === null) return { kind: 'obeyed', state, reply: { kind: 'run-problems' } };
  if (plan.base !== null && plan.base !== ledger.target)
    return refuse(
      state,
      spoken,
      `the plan lands on '${ledger.target}' since it was accepted, not on '${plan.base}'`,
      'open another plan issue for another base',
    );
  // A landing that was written ahead was decided under the revision as it is: it ends first.
  if (Object.values(ledger.tasks).some((task) => isActive(lastAttempt(task)) && lastAttempt(task)?.landing != null))
    return { kind: 'later' };
  const accepted = { revision: plan.revision, source: issuePlan.source, by: spoken.by, at: nowMs };
  return {
    kind: 'obeyed',
    state: {
      ...state,
      ledger: revisePlan(renewTries(ledger), plan),
      record: { ...record, accepted, proposed: null, isReported: false },
    },
    reply: { kind: 'approved', difference: record.proposed },
  };
}

function freeze(state: RunningState, spoken: Spoken, reason: string, nowMs: number): Obeyed {
  const { queue } = state;
  if (queue.frozen !== null)
    return refuse(state, spoken, `'${queue.target}' is frozen already: ${queue.frozen.because}`, '/espalier thaw');
  const because = `${spoken.by} froze it${reason === '' ? '' : `: ${reason}`}`;
  return done(
    { ...state, queue: { ...queue, frozen: { at: nowMs, because } } },
    spoken,
    `nothing lands on '${queue.target}' until it is thawed`,
  );
}

function change(state: RunningState, spoken: Spoken, transition: Transition, because: string): Obeyed {
  if (!transition.ok) return refuse(state, spoken, transition.because, inComments(transition.next, state));
  const record = { ...state.record, isReported: false };
  return done({ ...state, ledger: transition.value, record }, spoken, because);
}

/** A next step as the command line knows it (`espalier retry a --plan issue-7`), as it is written in a comment. */
function inComments(next: string, { ledger }: RunningState): string {
  if (!next.startsWith('espalier ')) return next;
  return `/${next.replace(` --plan ${ledger.plan.id}`, '').replace(` ${ledger.plan.id}`, '')}`;
}

function editedSince(state: HostedState, { command }: Spoken): Obeyed {
  return { kind: 'obeyed', state, reply: { kind: 'edited-since', command: formatCommand(command) } };
}

function done(state: HostedState, { command }: Spoken, because: string): Obeyed {
  return { kind: 'obeyed', state, reply: { kind: 'done', command: formatCommand(command), because } };
}

function refuse(
  state: HostedState,
  { command }: Spoken,
  because: string,
  next: string,
): Extract<Obeyed, { kind: 'obeyed' }> {
  return { kind: 'obeyed', state, reply: { kind: 'refused', command: formatCommand(command), because, next } };
}

/** Branches of landed tasks that `cleanup` deletes, where the ledger knows that they are Espalier's own. */
export function listSpentHeads(ledger: PlanLedger): { task: TaskId; attempt: number; headSha: CommitSha }[] {
  return ledger.plan.tasks.flatMap(({ id: task }) => {
    const record = ledger.tasks[task];
    if (record === undefined || landedAttempt(record) === null) return [];
    return record.attempts.flatMap(({ attempt, evidence, givenSha }) =>
      evidence?.headSha == null || givenSha !== undefined ? [] : [{ task, attempt, headSha: evidence.headSha }],
    );
  });
}
