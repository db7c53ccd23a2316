/** What each command does to a plan issue's state. Pure; who may give it was judged before. */
import type { TaskId } from '../brand.ts';
import type { PlanLedger } from '../ledger/ledger.ts';
import {
  cancelPlan,
  cancelTask,
  pausePlan,
  resumePlan,
  retryTask,
  thawTarget,
  type Transition,
} from '../ledger/transitions.ts';
import { findNearestName } from '../plan/nearest-name.ts';
import { acceptPlan, approvePlan, runAgain } from './accept-plan.ts';
import { reviewAgain } from './adopt-heads.ts';
import { type Circumstances, done, type Obeyed, refuse, refuseClosed, type Spoken } from './obeyed.ts';
import type { RunningState, HostedState } from './state.ts';

/** Does what a command says, or says why not. */
export function obeyCommand(state: HostedState, spoken: Spoken, around: Circumstances): Obeyed {
  const { command } = spoken;
  if (command.kind === 'help') return { kind: 'obeyed', state, reply: { kind: 'help' } };
  if (command.kind === 'check') return check(state, around);
  if (command.kind === 'run')
    return state.ledger === null
      ? acceptPlan(state, spoken, command.tasks, around)
      : runAgain({ ...state, ledger: state.ledger }, spoken, command.tasks, around.issue);
  if (state.ledger === null)
    return refuse(state, spoken, 'this plan was not started yet', 'give the command /espalier run');
  return obeyRunning({ ...state, ledger: state.ledger }, { ...spoken, command }, around);
}

/** Commands that ask for a plan that was started. */
type RunningCommand = Exclude<Spoken['command'], { kind: 'help' | 'check' | 'run' }>;
/** Those of them that are about one task. */
type TaskVerb = Extract<RunningCommand, { task: TaskId | null }>['kind'];

/** The rules that are checked are those of the base that the plan is for. */
function check(state: HostedState, { facts, issuePlan }: Circumstances): Obeyed {
  const base = state.ledger?.target ?? issuePlan.read?.base ?? facts.repository.defaultBranch;
  if (base !== facts.base.branch) return { kind: 'wants-base', base };
  return { kind: 'obeyed', state, reply: { kind: 'check' } };
}

function obeyRunning(state: RunningState, spoken: Spoken & { command: RunningCommand }, around: Circumstances): Obeyed {
  const { command, by } = spoken;
  const { nowMs } = around;
  switch (command.kind) {
    case 'status':
      return { kind: 'obeyed', state, reply: { kind: 'status' } };
    case 'pause':
      return change(state, spoken, pausePlan(state.ledger, by, nowMs), 'nothing more is started or landed');
    case 'resume':
      if (!around.issue.isOpen) return refuseClosed(state, spoken);
      return change(state, spoken, resumePlan(state.ledger), 'the plan goes on');
    case 'approve':
      return approvePlan(state, spoken, around);
    case 'freeze':
      return freeze(state, spoken, command.reason);
    case 'thaw':
      return thaw(state, spoken);
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
      return onTask(state, spoken, command, around);
    case 'why':
    case 'retry':
    case 'review':
    case 'merge':
      return onTask(state, spoken, command, around);
  }
}

function onTask(
  state: RunningState,
  spoken: Spoken,
  said: { kind: TaskVerb; task: TaskId | null },
  around: Circumstances,
): Obeyed {
  const { ledger } = state;
  const task = said.task ?? spoken.pullTask;
  const ids = ledger.plan.tasks.map((one) => one.id);
  if (task === null || !ids.includes(task)) {
    const nearest = task === null ? null : findNearestName(task, ids);
    const next = nearest === null ? `the tasks are ${ids.slice(0, 20).join(', ')}` : `did you mean '${nearest}'?`;
    return refuse(state, spoken, `the plan has no task '${task ?? ''}'`, next);
  }
  const { by } = spoken;
  switch (said.kind) {
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
  }
}

/** What waits for a time or was refused by the forge is tried at once. The gate is as closed as before. */
function renewTask(ledger: PlanLedger, task: TaskId): PlanLedger {
  const record = ledger.tasks[task];
  if (record === undefined) return ledger;
  const attempts = record.attempts.map((attempt) =>
    attempt.landing === null
      ? attempt
      : { ...attempt, landing: { ...attempt.landing, refusal: null, refusals: 0, notBefore: 0 } },
  );
  const renewed = { ...record, attempts, notBefore: 0, trialTrouble: undefined, turnedAway: undefined };
  return { ...ledger, tasks: { ...ledger.tasks, [task]: renewed } };
}

function freeze(state: RunningState, spoken: Spoken, reason: string): Obeyed {
  const { queue } = state;
  const because = `${spoken.by} froze it${reason === '' ? '' : `: ${reason}`}`;
  if (queue.frozen === null)
    return { kind: 'written-ahead', state: { ...state, queue: { ...queue, frozen: { at: spoken.atMs, because } } } };
  if (queue.frozen.at === spoken.atMs && queue.frozen.because === because)
    return done(state, spoken, `nothing lands on '${queue.target}' until it is thawed`);
  return refuse(state, spoken, `'${queue.target}' is frozen already: ${queue.frozen.because}`, '/espalier thaw');
}

function thaw(state: RunningState, spoken: Spoken): Obeyed {
  const { ledger, queue, record } = state;
  const mark = `thaw.${spoken.atMs}`;
  const isWritten = record.told.includes(mark);
  if (isWritten && (queue.frozen === null || queue.frozen.at > spoken.atMs))
    return done(state, spoken, `'${ledger.target}' is open for landings again`);
  const thawed = thawTarget(ledger, queue);
  if (!thawed.ok) return refuse(state, spoken, thawed.because, inComments(thawed.next, state));
  const told = isWritten ? record.told : [...record.told, mark];
  return { kind: 'written-ahead', state: { ...state, ...thawed.value, record: { ...record, told } } };
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
