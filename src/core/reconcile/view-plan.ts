/** The view of a plan: where each task stands, why, and who can move it. Reads the ledgers only. */
import { branchFor } from '../ref-names.ts';
import { evaluateGate } from '../gate/evaluate.ts';
import type { PullGateFacts } from '../gate/facts.ts';
import { ON_HOLD } from '../gate/rules/conversation.ts';
import type { Evidence } from '../ledger/evidence.ts';
import type { AttemptRecord, LandingRecord, PlanLedger, QueueLedger, TaskRecord } from '../ledger/ledger.ts';
import type { ResolvedTask } from '../plan/plan.ts';
import {
  countUnlanded,
  findHeldTasks,
  findObstacle,
  measureOccupancy,
  reservationFor,
  type Occupancy,
} from '../schedule/dispatch.ts';
import { indexPlan, type PlanIndex } from '../schedule/plan-index.ts';
import {
  attemptsAllowed,
  findTrialTrouble,
  landedAttempt,
  landedSha,
  lastAttempt,
  taskPhase,
} from '../schedule/progress.ts';
import type { CommitSha, TaskId } from '../brand.ts';
import type { RuleResult } from '../gate/verdict.ts';
import { findClaimBefore } from './landing-claim.ts';
import type { PlanView, TaskState, TaskView, Waiting } from './view.ts';

interface ViewContext {
  ledger: PlanLedger;
  queue: QueueLedger;
  nowMs: number;
  index: PlanIndex;
  occupancy: Occupancy;
  held: ReadonlySet<TaskId>;
  unlanded: number;
  pulls: ReadonlyMap<TaskId, PullGateFacts | null> | undefined;
  tip: CommitSha | null;
}

/**
 * Computes what people see. `nowMs` is milliseconds since the epoch; `pulls` are the facts of pull requests where the
 * forge has them, `tip` is that of the branch where it was read; else it is as the ledgers know it.
 */
export function viewPlan(
  ledger: PlanLedger,
  queue: QueueLedger,
  nowMs: number,
  pulls?: ReadonlyMap<TaskId, PullGateFacts | null>,
  tip: CommitSha | null = lastLandedSha(ledger, queue),
): PlanView {
  const index = indexPlan(ledger.plan);
  const occupancy = measureOccupancy(ledger, index);
  const held = findHeldTasks(ledger.plan.tasks, occupancy);
  const context = { ledger, queue, nowMs, index, occupancy, held, unlanded: countUnlanded(ledger), pulls, tip };
  const tasks = ledger.plan.tasks.map((task) => viewTask(context, task));
  const final = viewFinal(ledger, tasks);
  return {
    plan: ledger.plan.id,
    title: ledger.plan.title,
    revision: ledger.plan.revision,
    baseBranch: ledger.baseBranch,
    target: ledger.target,
    tasks,
    paused: ledger.paused,
    frozen: queue.frozen,
    final,
    status: planStatus(ledger, tasks, final.status),
    spentUsd: sumSpent(Object.values(ledger.tasks).flatMap((record) => record.attempts)),
    budgetUsd: ledger.plan.budgetUsd,
  };
}

function viewTask(context: ViewContext, task: ResolvedTask): TaskView {
  const { ledger } = context;
  const record = ledger.tasks[task.id];
  const last = lastAttempt(record);
  const { state, waiting } = standOf(context, task, record, last);
  const landed = landedAttempt(record);
  return {
    id: task.id,
    title: task.title,
    state,
    ...viewAttempts(task, record),
    waiting,
    gate: viewGate(context, task, record),
    lastFailure: describeFailure(record),
    ...viewEvidence((landed ?? last)?.evidence ?? null),
    landedSha: landedSha(landed),
    branch: task.branch ?? branchFor({ kind: 'task', plan: ledger.plan.id, task: task.id }),
  };
}

function viewAttempts(
  task: ResolvedTask,
  record: TaskRecord | undefined,
): Pick<TaskView, 'attempt' | 'generation' | 'attemptsAllowed' | 'spentUsd' | 'startedAt'> {
  const last = lastAttempt(record);
  return {
    attempt: last?.attempt ?? 0,
    generation: last?.generation ?? 0,
    attemptsAllowed: attemptsAllowed(task) + (record?.countFrom ?? 1) - 1,
    spentUsd: sumSpent(record?.attempts ?? []),
    startedAt: record?.attempts[0]?.startedAt ?? null,
  };
}

function viewEvidence(evidence: Evidence | null): Pick<TaskView, 'score' | 'headSha' | 'endedAt'> {
  return {
    score: evidence?.reviews.findLast((review) => review.score !== null)?.score ?? null,
    headSha: evidence?.headSha ?? null,
    endedAt: evidence?.endedAt ?? null,
  };
}

interface Stand {
  state: TaskState;
  waiting: Waiting | null;
}

function standOf(
  context: ViewContext,
  task: ResolvedTask,
  record: TaskRecord | undefined,
  last: AttemptRecord | null,
): Stand {
  const { ledger } = context;
  switch (taskPhase(task, record)) {
    case 'landed':
      return { state: 'landed', waiting: null };
    case 'active':
      return last?.status === 'running'
        ? { state: 'running', waiting: say('work', `attempt ${last.attempt} is under way`) }
        : standInQueue(context, task, record, last);
    case 'cancelled':
      return {
        state: 'cancelled',
        waiting: say('person', `it was cancelled by ${record?.cancelled?.by ?? 'a person'}`, {
          next: `espalier retry ${task.id} --plan ${ledger.plan.id}`,
        }),
      };
    case 'exhausted':
      return {
        state: 'failed',
        waiting: say('person', whyExhausted(record, last), {
          next: `espalier retry ${task.id} --plan ${ledger.plan.id}`,
        }),
      };
    case 'open':
      return standOpen(context, task);
  }
}

function whyExhausted(record: TaskRecord | undefined, last: AttemptRecord | null): string {
  const failure = describeFailure(record) ?? 'its attempts are used up';
  if (last?.givenSha === undefined) return failure;
  return `the pushed head ${last.givenSha.slice(0, 12)} did not pass, and a push of another is waited for: ${failure}`;
}

function standOpen(context: ViewContext, task: ResolvedTask): Stand {
  const { ledger, occupancy, nowMs, held, unlanded } = context;
  const reserved = reservationFor(task, ledger.plan.budgetUsd, occupancy, unlanded);
  const obstacle = findObstacle(task, ledger, occupancy, reserved, nowMs);
  if (held.has(task.id)) return { state: 'held', waiting: obstacle ?? say('task', 'what it needs did not land') };
  return { state: 'waiting', waiting: obstacle ?? say('slot', 'it is ready and waits for a free slot') };
}

function standInQueue(
  context: ViewContext,
  task: ResolvedTask,
  record: TaskRecord | undefined,
  last: AttemptRecord | null,
): Stand {
  const { queue, ledger, nowMs } = context;
  if (last?.landing != null) {
    if (queue.frozen !== null) return standFrozen(ledger, queue.frozen.because);
    const { refusal, notBefore } = last.landing;
    if (refusal !== null)
      return {
        state: 'queued',
        waiting: say('forge', refusal, {
          untilMs: notBefore,
          next: 'do what it says, then give the same command again',
        }),
      };
    const { queuedAt, group } = last.landing;
    if (queuedAt !== undefined) return { state: 'landing', waiting: say('work', describeQueue(ledger, group)) };
    const checks = waitingChecks(viewGate(context, task, record));
    return { state: 'landing', waiting: say('work', checks ?? `${ledger.target} is being moved`) };
  }
  if (last?.trial != null && last.trial.result === null)
    return { state: 'trying', waiting: say('work', 'it is tested on the tip') };
  if (queue.frozen !== null) return standFrozen(ledger, queue.frozen.because);
  if (ledger.paused !== null)
    return {
      state: 'queued',
      waiting: say('pause', `the plan was paused by ${ledger.paused.by}`, {
        next: `espalier resume ${ledger.plan.id}`,
      }),
    };
  const troubled = standTroubled(record, nowMs);
  if (troubled !== null) return troubled;
  const closed = viewGate(context, task, record)?.rules.find(
    (rule) =>
      ((rule.rule === 'approvals' || rule.rule === 'conversation') && rule.status === 'pending') ||
      (rule.rule === 'budget' && rule.status === 'failed'),
  );
  if (closed !== undefined)
    return {
      state: 'queued',
      waiting: say(closed.rule === 'budget' ? 'budget' : 'person', closed.because, {
        next: whatOpens(closed, context.pulls !== undefined),
      }),
    };
  const checks = last?.trial == null ? null : waitingChecks(viewGate(context, task, record));
  if (checks !== null) return { state: 'queued', waiting: say('queue', checks) };
  return { state: 'queued', waiting: standBehind(context) ?? say('queue', 'it waits for its turn to land') };
}

function describeQueue({ target }: PlanLedger, group: LandingRecord['group']): string {
  return group?.result === null
    ? `it is tested as the merge queue of ${target} would land it`
    : `it stands in the merge queue of ${target}`;
}

/** Which checks of the repository a landing waits for; `null` if it waits for none. */
function waitingChecks(gate: TaskView['gate']): string | null {
  return gate?.rules.find(({ rule, status }) => rule === 'checks' && status === 'pending')?.because ?? null;
}

/** The other plan that lands first: overtaken too often, or at its turn where one lands at a time; `null` if none does. */
function standBehind({ queue, ledger, nowMs }: ViewContext): Waiting | null {
  const claim = findClaimBefore(queue, ledger.plan.id, nowMs);
  if (claim !== null) {
    const because = `it waits until plan ${claim.plan}, which other plans have overtaken, has landed on ${ledger.target}`;
    return say('queue', because, { untilMs: claim.until });
  }
  const turn = queue.turn ?? null;
  if (turn === null || turn.plan === ledger.plan.id || turn.until <= nowMs) return null;
  const because = `it waits until ${turn.task} of plan ${turn.plan} has landed on ${ledger.target}`;
  return say('queue', because, { untilMs: turn.until });
}

/** What a person does about a closed rule that only a person can open. */
function whatOpens({ rule, found }: RuleResult, hasPulls: boolean): string {
  if (found === ON_HOLD) return 'put the pull request back as it was';
  if (rule === 'approvals' && hasPulls) return 'review the pull request and approve it';
  if (rule === 'conversation') return 'have the request for changes settled: approve, or dismiss the review';
  return 'change the plan, then run it again with --revise';
}

/** Of an attempt whose trial could not run: that it is repeated, or given up; `null` if it could. */
function standTroubled(record: TaskRecord | undefined, nowMs: number): Stand | null {
  const trouble = findTrialTrouble(record);
  if (trouble !== null)
    return {
      state: 'queued',
      waiting: say('person', `time after time it could not get onto the tip: ${trouble}`, {
        next: 'put that right, then give the same espalier run command again',
      }),
    };
  if ((record?.notBefore ?? 0) > nowMs)
    return {
      state: 'queued',
      waiting: say('backoff', describeBackoff(record), { untilMs: record?.notBefore ?? null }),
    };
  return null;
}

function describeBackoff(record: TaskRecord | undefined): string {
  if (record?.trialTrouble === undefined && record?.turnedAway !== undefined)
    return `it did not land through the merge queue: ${record.turnedAway.because}`;
  return `the trial could not run: ${record?.trialTrouble?.because ?? 'the reason is unknown'}`;
}

function standFrozen({ plan, target }: PlanLedger, because: string): Stand {
  const next = `espalier resume ${plan.id}`;
  return {
    state: 'queued',
    waiting: say('freeze', `${target} is frozen until somebody has looked: ${because}`, { next }),
  };
}

function viewGate(context: ViewContext, task: ResolvedTask, record: TaskRecord | undefined): TaskView['gate'] {
  const attempt = record?.attempts.findLast((one) => one.evidence !== null) ?? null;
  if (attempt === null || attempt.evidence === null) return null;
  const { ledger, queue, index, occupancy } = context;
  return evaluateGate({
    task,
    taskDigest: index.digest(task.id),
    attempt,
    evidence: attempt.evidence,
    hasLanded: (need) => occupancy.phases.get(need) === 'landed',
    tip: attempt.status === 'landed' ? (attempt.landing?.fromSha ?? null) : context.tip,
    frozen: attempt.status === 'landed' ? null : queue.frozen,
    spentUsd: occupancy.committedUsd,
    planBudgetUsd: ledger.plan.budgetUsd,
    ...(context.pulls === undefined ? {} : { pull: context.pulls.get(task.id) ?? null }),
  });
}

/** The tip as far as the ledgers know: the last landing, else where the plan began. */
function lastLandedSha(ledger: PlanLedger, queue: QueueLedger): PlanLedger['baseSha'] {
  return queue.landings.at(-1)?.commitSha ?? ledger.baseSha;
}

function describeFailure(record: TaskRecord | undefined): string | null {
  const last = lastAttempt(record);
  if (last === null) return null;
  if (last.status === 'returned') return last.returnedBecause;
  const failure = last.evidence?.failure ?? null;
  return last.status === 'failed' && failure !== null ? `${failure.cause}: ${failure.detail}` : null;
}

function viewFinal(ledger: PlanLedger, tasks: readonly TaskView[]): PlanView['final'] {
  if (ledger.plan.final.length === 0) return { status: 'none', detail: '' };
  if (ledger.final === null) {
    const open = tasks.filter((task) => task.state !== 'landed').length;
    return { status: 'waiting', detail: open === 0 ? '' : `${open} tasks have not landed` };
  }
  const result = ledger.final.result;
  if (result === null) return { status: 'running', detail: ledger.final.died?.because ?? '' };
  return result.test.status === 'passed'
    ? { status: 'passed', detail: '' }
    : { status: 'failed', detail: result.test.tail };
}

function planStatus(
  ledger: PlanLedger,
  tasks: readonly TaskView[],
  final: PlanView['final']['status'],
): PlanView['status'] {
  if (tasks.every((task) => task.state === 'landed')) {
    if (final === 'failed') return 'final-failed';
    return final === 'none' || final === 'passed' ? 'landed' : 'working';
  }
  const isMoving = tasks.some((task) => ['running', 'trying', 'landing'].includes(task.state));
  if (isMoving) return 'working';
  if (ledger.paused !== null) return 'paused';
  return tasks.some((task) => canMove(task)) ? 'working' : 'stuck';
}

/** A task that will be moved by an event or by time, without a person. */
function canMove(task: TaskView): boolean {
  if (task.state === 'queued') return task.waiting?.kind === 'queue' || task.waiting?.kind === 'backoff';
  if (task.state !== 'waiting') return false;
  return task.waiting?.kind !== 'budget' && task.waiting?.kind !== 'task' && task.waiting?.kind !== 'lock';
}

function sumSpent(attempts: readonly AttemptRecord[]): number | null {
  let sum = 0;
  for (const attempt of attempts) {
    if (attempt.lostUsd > 0) return null;
    if (attempt.evidence === null) continue;
    const cost = attempt.evidence.usage.costUsd;
    if (cost === null) return null;
    sum += cost;
  }
  return sum;
}

function say(kind: Waiting['kind'], because: string, extra: Partial<Waiting> = {}): Waiting {
  return { kind, because, on: [], untilMs: null, next: null, ...extra };
}
