/**
 * What keeps a running plan from going on until a person has changed something of the repository, told from the facts
 * alone: it is noted while it is there, and forgotten by itself when it is gone.
 */
import { digestText } from '../digest.ts';
import type { ForgeRecord } from '../ledger/forge-record.ts';
import { findHostedGaps } from '../plan/hosted-gaps.ts';
import type { ResolvedTask } from '../plan/plan.ts';
import { renderObstacle } from '../report/hosted/obstacle.ts';
import { isActive, landedAttempt, lastAttempt, ownHeads } from '../schedule/progress.ts';
import { cleanLine } from '../text/clean-text.ts';
import type { EffectOutcome, ForgeEffect } from './effect.ts';
import type { ForgeFacts } from './facts.ts';
import { MAY_OPEN_PULLS } from './job-token.ts';
import type { LandingPlan } from './landing-way.ts';
import { taskBranch } from './make-query.ts';
import type { IssuePlan } from './pin-plan.ts';
import { answerMarker } from './show-plan.ts';
import type { RunningState } from './state.ts';

type Obstacle = NonNullable<ForgeRecord['obstacle']>;
type Found = Omit<Obstacle, 'at'>;

const CODE_PREFIX = 'repository-';

/** The record with the obstacle that the facts show. One of another kind that is known already stays. */
export function noteObstacle(record: ForgeRecord, found: Found | null, nowMs: number): ForgeRecord {
  const known = record.obstacle;
  if (known !== null && !known.code.startsWith(CODE_PREFIX)) return record;
  if (known === null ? found === null : known.code === found?.code && known.because === found.because) return record;
  return { ...record, obstacle: found === null ? null : { ...found, at: nowMs } };
}

/** The first thing of the repository that stands in the way of a plan; `null` if there is none. */
export function findObstacleOf(
  state: RunningState,
  facts: ForgeFacts,
  issuePlan: IssuePlan,
  way: LandingPlan,
): Found | null {
  const { target } = state.ledger;
  if (facts.base.tip === null)
    return say('base', `there is no branch '${target}' any more, on which the plan lands`, `restore '${target}'`);
  if (!issuePlan.isConfigRead)
    return say(
      'config',
      `.github/espalier.yml on '${target}' cannot be read, so that nobody knows which checks it asks for`,
      'mend that file; the command /espalier check shows what is wrong with it',
    );
  if ('impossible' in way) return say('landing', way.impossible, way.next);
  const gap = findGapOf(state, issuePlan);
  if (gap !== null) return gap;
  const taken = findTakenBranch(state, facts);
  if (taken !== null)
    return say(
      'branch',
      `the branch '${taken.branch}', which the plan names for task '${taken.task}', holds work of somebody else`,
      'rename or delete that branch, or give the task another one in the plan',
    );
  return null;
}

/** A task that is still to land and asks for a machine that the configuration refuses by now. */
function findGapOf({ ledger }: RunningState, { config }: IssuePlan): Found | null {
  const [first, ...others] = ledger.plan.tasks;
  // The tests on the landed whole run where the first task's do.
  const isOpen = ({ id }: ResolvedTask): boolean => landedAttempt(ledger.tasks[id]) === null;
  const needsFirst = ledger.plan.final.length > 0 && ledger.final?.result == null;
  const open = [...(first === undefined || !(needsFirst || isOpen(first)) ? [] : [first]), ...others.filter(isOpen)];
  for (const task of open) {
    const [gap] = findHostedGaps(task, config);
    if (gap !== undefined) return say(gap.code, `task '${task.id}': ${gap.because}`, gap.next);
  }
  return null;
}

/** A branch that a task's head is to be put on and that was somebody else's before. It is left as it is. */
function findTakenBranch(state: RunningState, facts: ForgeFacts): { task: string; branch: string } | null {
  const { ledger, record } = state;
  for (const { id, branch } of ledger.plan.tasks) {
    const attempts = ledger.tasks[id]?.attempts ?? [];
    const tip = facts.branches.get(id);
    if (branch === null || tip === undefined || record.pulls[id] !== undefined) continue;
    const last = lastAttempt(ledger.tasks[id]);
    if (isActive(last) && last?.status === 'verified' && !ownHeads(attempts).has(tip))
      return { task: id, branch: taskBranch(ledger, id) };
  }
  return null;
}

/** What lacks the permission: an app that is installed, or a job by its `GITHUB_TOKEN`, whose workflow says what it may. */
type Holder = 'app' | 'job';

/** The obstacle that a missing permission is. It stays until a person has run the plan again. */
export function obstacleOfForbidden(
  { permission, because }: Omit<Extract<EffectOutcome, { kind: 'forbidden' }>, 'kind'>,
  holder: Holder,
): Found {
  const what = cleanLine(because, 300);
  if (permission === MAY_OPEN_PULLS)
    return {
      code: 'setting:pulls',
      because: `a setting keeps GitHub Actions from opening pull requests in this repository: ${what}`,
      next: "tick 'Allow GitHub Actions to create and approve pull requests' in the settings of the repository, then give the command /espalier run",
    };
  if (holder === 'job') return obstacleOfJob(permission, what);
  if (permission === null)
    return {
      code: 'forbidden',
      because: `the forge forbids it: ${what}`,
      next: 'look at the permissions of the app and the rules of the repository, then give the command /espalier run',
    };
  const name = cleanLine(permission, 60);
  return {
    code: `permission:${name}`,
    because: `the app lacks the permission '${name}' in this repository: ${what}`,
    next: 'accept that permission in the settings of the installation, then give the command /espalier run',
  };
}

/** Permissions that no workflow can give its token. */
const NEVER_OF_JOBS: ReadonlySet<string> = new Set(['workflows', 'merge_queues', 'administration', 'members']);

function obstacleOfJob(permission: string | null, what: string): Found {
  const [name = '', level = ''] = cleanLine(permission ?? '', 60).split('=', 2);
  if (name === '')
    return {
      code: 'job-forbidden',
      because: `the forge forbids it to the token of the job: ${what}`,
      next: "look at 'permissions' in .github/workflows/espalier.yml and at the rules of the repository, then give the command /espalier run",
    };
  if (NEVER_OF_JOBS.has(name))
    return {
      code: `job-never:${name}`,
      because: `it takes the permission '${name}', which no workflow can give its token: ${what}`,
      next: 'give Espalier the token of an app of your own (the README says how), then give the command /espalier run',
    };
  return {
    code: `job-permission:${name}=${level}`,
    because: `the token of the job lacks the permission '${name.replaceAll('_', '-')}: ${level}': ${what}`,
    next: "give it to the job 'reconcile' in .github/workflows/espalier.yml (espalier init --check shows what is missing), then give the command /espalier run",
  };
}

/**
 * The comment about a missing permission that keeps the plan from being read or written. It is looked for first: no
 * ledger remembers that it was posted, so that there is one for each permission, whichever process meets it and when.
 */
export function noticeOfForbidden(
  issue: number,
  forbidden: Omit<Extract<EffectOutcome, { kind: 'forbidden' }>, 'kind'>,
  holder: Holder,
): Extract<ForgeEffect, { kind: 'answer' }> {
  const obstacle = obstacleOfForbidden(forbidden, holder);
  // Whether reading or writing: both are granted together.
  const [what = ''] = obstacle.code.split('=', 1);
  const name = `obstacle.${digestText(what).slice(0, 16)}`;
  const body = `${answerMarker(name)}\n${renderObstacle(obstacle)}`;
  return { kind: 'answer', key: `answer.${name}`, thread: issue, body, lookFirst: true };
}

function say(code: string, because: string, next: string): Found {
  return { code: `${CODE_PREFIX}${code}`, because, next };
}
