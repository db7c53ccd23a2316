/** What `run` and `approve` do: the text of the issue as it stands becomes the plan that is worked on. */
import type { BranchName, TaskId } from '../brand.ts';
import type { PlanLedger, TaskRecord } from '../ledger/ledger.ts';
import { createLedger, createQueueLedger, renewTries, revisePlan } from '../ledger/transitions.ts';
import { findNearestName } from '../plan/nearest-name.ts';
import type { ResolvedPlan } from '../plan/plan.ts';
import { isActive } from '../schedule/progress.ts';
import { howBusy } from './busy-landings.ts';
import type { IssueFact } from './facts.ts';
import {
  type Circumstances,
  editedSince,
  isEditedSince,
  type Obeyed,
  refuse,
  refuseClosed,
  type Spoken,
} from './obeyed.ts';
import { proposePlan } from './pin-plan.ts';
import { seeLandings } from './seen-landings.ts';
import type { HostedState, RunningState } from './state.ts';

/** Accepts a plan that was not started yet. */
export function acceptPlan(state: HostedState, spoken: Spoken, only: readonly TaskId[], around: Circumstances): Obeyed {
  const { facts, issue, issuePlan, landingObstacle, nowMs } = around;
  if (!issue.isOpen) return refuseClosed(state, spoken);
  if (isEditedSince(issue, spoken.atMs)) return editedSince(state, spoken);
  const { plan } = issuePlan;
  if (plan === null) return { kind: 'obeyed', state, reply: { kind: 'run-problems' } };
  const base = plan.base ?? facts.repository.defaultBranch;
  if (base !== facts.base.branch) return { kind: 'wants-base', base };
  const { branch, tip } = facts.base;
  if (tip === null)
    return refuse(state, spoken, `there is no branch '${branch}' to start from`, 'name another base in the plan');
  const clash = findBadBranch(plan, branch);
  if (clash !== null) return refuse(state, spoken, clash.because, clash.next);
  if (landingObstacle !== null) return refuse(state, spoken, landingObstacle.because, landingObstacle.next);
  const ledger = createLedger({ plan, baseBranch: branch, baseSha: tip, target: branch, nowMs });
  const unknown = refuseUnknown({ ...state, ledger }, spoken, only);
  if (unknown !== null) return { ...unknown, state };
  const accepted = { revision: plan.revision, source: issuePlan.source, by: spoken.by, at: nowMs };
  const keeper = { appId: facts.app.id, login: facts.app.login };
  const record = { ...state.record, accepted, keeper, proposed: null, only: only.length === 0 ? null : [...only] };
  // What was read of another base's ledger is not this one's.
  const queue = state.queue.target === branch ? state.queue : createQueueLedger(branch);
  const started = { ...state, ledger, queue, record };
  return { kind: 'obeyed', state: started, reply: { kind: 'run-started', isNew: true, only } };
}

// Git takes more, but the name of a branch comes into the scripts of the repository's own workflows.
const PLAIN_BRANCH = /^[\w./+=@-]+$/;

/**
 * A task that wants a branch which it cannot have: the base itself, a name beside which the base's cannot stand, or one
 * that a shell would do something with.
 */
export function findBadBranch(plan: ResolvedPlan, base: BranchName): { because: string; next: string } | null {
  const isWithin = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}/`);
  for (const { id, branch } of plan.tasks) {
    if (branch === null) continue;
    const named = `task '${id}' names the branch '${branch}'`;
    const next = 'give the task another branch, or none, in the plan';
    if (isWithin(branch, base) || isWithin(base, branch))
      return { because: `${named}, which cannot be beside the base '${base}'`, next };
    if (!PLAIN_BRANCH.test(branch))
      return { because: `${named}, which has characters that a shell does something with`, next };
  }
  return null;
}

/** Goes on with a plan that was: what waits for a time or a person is tried at once. */
export function runAgain(state: RunningState, spoken: Spoken, only: readonly TaskId[], issue: IssueFact): Obeyed {
  const { ledger, record } = state;
  if (!issue.isOpen && !record.isReported) return refuseClosed(state, spoken);
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

/** Accepts the edited text of a plan that runs. */
export function approvePlan(state: RunningState, spoken: Spoken, around: Circumstances): Obeyed {
  const { ledger, record } = state;
  const { issue, issuePlan, nowMs } = around;
  const proposed = proposePlan(ledger, record, issuePlan, nowMs);
  if (proposed === null)
    return refuse(state, spoken, 'the text of the plan is the one that was accepted', '/espalier status');
  const isOther = record.proposed !== null && record.proposed.source !== proposed.source;
  if (isEditedSince(issue, spoken.atMs) || isOther) return editedSince(state, spoken);
  const { plan } = issuePlan;
  if (plan === null) return { kind: 'obeyed', state, reply: { kind: 'run-problems' } };
  if (plan.base !== null && plan.base !== ledger.target)
    return refuse(
      state,
      spoken,
      `the plan lands on '${ledger.target}' since it was accepted, not on '${plan.base}'`,
      'open another plan issue for another base',
    );
  const clash = findBadBranch(plan, ledger.target);
  if (clash !== null) return refuse(state, spoken, clash.because, clash.next);
  const settled = withdrawLandings(state, around);
  if (settled === null) return { kind: 'later' };
  const accepted = { revision: plan.revision, source: issuePlan.source, by: spoken.by, at: nowMs };
  return {
    kind: 'obeyed',
    state: {
      ...state,
      ledger: revisePlan(renewTries(settled), plan),
      record: { ...record, accepted, proposed: null, isReported: false },
    },
    reply: { kind: 'approved', difference: proposed },
  };
}

/**
 * Takes back the landings that were written ahead under the revision as it is, and that nobody is doing; `null` if the
 * forge is at one or has done it, which then ends first.
 */
function withdrawLandings({ ledger, record }: RunningState, around: Circumstances): PlanLedger | null {
  const { facts, outcomes, nowMs } = around;
  const landed = seeLandings(ledger, facts);
  let next = ledger;
  for (const [task, { attempts }] of Object.entries(ledger.tasks) as [TaskId, TaskRecord][]) {
    const last = attempts.at(-1);
    if (last?.landing == null || !isActive(last)) continue;
    const { landing } = last;
    if (landed.get(landing.commitSha)?.contained === true) return null;
    if (howBusy({ record, facts, outcomes }, task, landing, nowMs) !== null) return null;
    const withdrawn = [...attempts.slice(0, -1), { ...last, landing: null }];
    next = withAttempts(next, task, withdrawn);
  }
  return next;
}

function withAttempts(ledger: PlanLedger, task: TaskId, attempts: TaskRecord['attempts']): PlanLedger {
  const record = ledger.tasks[task];
  return record === undefined ? ledger : { ...ledger, tasks: { ...ledger.tasks, [task]: { ...record, attempts } } };
}
