/**
 * What became of the landings that stand in the forge's own merge queue: tests of its groups are taken in, and a landing
 * that left the queue without having landed is withdrawn. Its attempt is then tried again after a wait that grows, or
 * goes back to its task. Only this withdraws a landing that was seen in the queue.
 */
import type { TaskId } from '../brand.ts';
import type { TrialResult } from '../ledger/evidence.ts';
import type { AttemptRecord, LandingRecord, PlanLedger, TaskRecord } from '../ledger/ledger.ts';
import { isTrialOf } from '../reconcile/bound-results.ts';
import type { DecisionNote } from '../reconcile/draft.ts';
import { BY_CANCELLED_RUN } from '../reconcile/follow-attempts.ts';
import { workKey } from '../reconcile/snapshot.ts';
import { isActive, lastAttempt } from '../schedule/progress.ts';
import { cleanLine } from '../text/clean-text.ts';
import { earliest } from './earliest.ts';
import type { ForgeFacts, PullFact, QueueRemoval } from './facts.ts';
import type { HostedConfig } from './hosted-config.ts';

interface QueueNews {
  ledger: PlanLedger;
  facts: ForgeFacts;
  /** Results that were believed, by work key. */
  trials: ReadonlyMap<string, TrialResult>;
  config: HostedConfig;
}

export interface FollowedQueue {
  /** The same object as in the input if nothing changed. */
  ledger: PlanLedger;
  notes: DecisionNote[];
  /** When to look again for why a landing left the queue, in milliseconds since the epoch. */
  wakeAtMs: number | null;
}

/** One landing in the queue. */
interface Queued {
  task: TaskId;
  record: TaskRecord;
  attempt: AttemptRecord;
  landing: LandingRecord;
}

/** What a landing's task becomes. */
interface Step {
  record: TaskRecord;
  note: DecisionNote | null;
  wakeAtMs: number | null;
}

/** Follows the queue at `nowMs`, milliseconds since the epoch. Linear in the plan. */
export function followQueue(news: QueueNews, nowMs: number): FollowedQueue {
  const notes: DecisionNote[] = [];
  const times: (number | null)[] = [];
  const changed: [string, TaskRecord][] = [];
  for (const [id, record] of Object.entries(news.ledger.tasks)) {
    const attempt = lastAttempt(record);
    if (attempt?.landing?.way !== 'enqueue' || !isActive(attempt)) continue;
    const queued = takeResult(news, { task: id as TaskId, record, attempt, landing: attempt.landing });
    const step = followEntry(news, queued, nowMs);
    if (step.record !== record) changed.push([id, step.record]);
    if (step.note !== null) notes.push(step.note);
    times.push(step.wakeAtMs);
  }
  const ledger =
    changed.length === 0
      ? news.ledger
      : { ...news.ledger, tasks: { ...news.ledger.tasks, ...Object.fromEntries(changed) } };
  return { ledger, notes, wakeAtMs: earliest(times) };
}

/** Takes in the result of the test of its group. */
function takeResult({ ledger, trials }: QueueNews, queued: Queued): Queued {
  const { task, attempt, landing } = queued;
  const { group } = landing;
  if (group === undefined || group.result !== null) return queued;
  const result = trials.get(workKey(task, attempt.attempt, group.generation));
  if (result === undefined || !isTrialOf(result, { plan: ledger.plan.id, task, attempt }, group)) return queued;
  return withLanding(queued, { ...landing, group: { ...group, result } });
}

function withLanding(queued: Queued, landing: LandingRecord): Queued {
  const attempt = { ...queued.attempt, landing };
  const record = { ...queued.record, attempts: [...queued.record.attempts.slice(0, -1), attempt] };
  return { ...queued, record, attempt, landing };
}

function followEntry({ facts, config }: QueueNews, queued: Queued, nowMs: number): Step {
  const { task, landing } = queued;
  const pull = facts.pulls.get(task);
  const stays: Step = { record: queued.record, note: null, wakeAtMs: null };
  if (pull === undefined || pull.state === 'merged' || facts.landed.get(landing.commitSha)?.contained === true)
    return stays;
  if (pull.queueEntry !== null)
    return landing.leftAt === undefined
      ? stays
      : { ...stays, record: withLanding(queued, { ...landing, leftAt: undefined }).record };
  const removal = findRemoval(pull, landing);
  // It was asked for, and does not stand there yet.
  if (removal === null && landing.queuedAt === undefined) return stays;
  if (removal !== null && removal.reason !== 'merged') return withdraw(queued, removal.reason, config, nowMs);
  // A merge is told before the pull request shows it, and the reason may come after the fact.
  const leftAt = landing.leftAt ?? nowMs;
  const graceEndsMs = leftAt + config.receiptGraceMs;
  if (nowMs >= graceEndsMs) return withdraw(queued, 'unknown', config, nowMs);
  const record = landing.leftAt === undefined ? withLanding(queued, { ...landing, leftAt }).record : queued.record;
  return { record, note: null, wakeAtMs: graceEndsMs };
}

/** The removal of this very landing; one that was known before is of an earlier. */
function findRemoval({ queueRemoval }: PullFact, { knownRemoval }: LandingRecord): QueueRemoval | null {
  if (queueRemoval == null || knownRemoval === undefined || queueRemoval.id === knownRemoval) return null;
  return queueRemoval;
}

const BECAUSE: Readonly<Record<QueueRemoval['reason'], string>> = {
  merged: 'the merge queue said that it had merged it, and did not',
  'checks-failed': 'a check that the repository requires did not pass on what the merge queue made of it',
  'timed-out': 'the checks on what the merge queue made of it did not end in the time that the queue allows',
  conflict: 'it conflicts with what stood before it in the merge queue',
  'by-hand': 'a person took it out of the merge queue',
  unknown: 'it left the merge queue, and the forge does not say why',
};

function withdraw(queued: Queued, reason: QueueRemoval['reason'], config: HostedConfig, nowMs: number): Step {
  const { landing } = queued;
  const { objection, group } = landing;
  const isObjected = objection !== undefined && reason !== 'conflict';
  const because = cleanLine(isObjected ? objection.because : BECAUSE[reason], 500);
  if (isObjected && group?.result?.outcome === 'cancelled') return cancel(queued, because, nowMs);
  const sequel = isObjected ? objection.sequel : reason === 'checks-failed' ? 'returned' : 'again';
  return sequel === 'returned' ? giveBack(queued, because) : tryAgain(queued, { reason, because }, config, nowMs);
}

/** The test of the group was cancelled by a person, and with it the task: as for any other run. */
function cancel({ task, record, attempt }: Queued, because: string, nowMs: number): Step {
  const cancelled = { ...attempt, landing: null, trial: null, status: 'cancelled' as const };
  return {
    record: {
      ...record,
      attempts: [...record.attempts.slice(0, -1), cancelled],
      cancelled: { at: nowMs, by: BY_CANCELLED_RUN },
    },
    note: { kind: 'attempt-cancelled', task, attempt: attempt.attempt, detail: because },
    wakeAtMs: null,
  };
}

/** What failed on the queue's tree is the next attempt's to mend: the log of it becomes its feedback. */
function giveBack({ task, record, attempt, landing }: Queued, because: string): Step {
  const { group } = landing;
  const isFailed = group?.result?.test != null && group.result.test.status !== 'passed';
  const trial = isFailed
    ? {
        generation: group.generation,
        holder: group.holder,
        startedAt: group.startedAt,
        ontoSha: group.ontoSha,
        result: group.result,
      }
    : null;
  const returned = { ...attempt, landing: null, trial, status: 'returned' as const, returnedBecause: because };
  return {
    record: { ...record, attempts: [...record.attempts.slice(0, -1), returned], turnedAway: undefined },
    note: { kind: 'returned', task, attempt: attempt.attempt, detail: because },
    wakeAtMs: null,
  };
}

/** Tried on the tip again, never at once: the queue would be asked in a circle. */
function tryAgain(
  { task, record, attempt }: Queued,
  { reason, because }: { reason: QueueRemoval['reason']; because: string },
  { backoffMs, maxBackoffMs }: HostedConfig,
  nowMs: number,
): Step {
  const count = (record.turnedAway?.count ?? 0) + 1;
  // What a person took out is not put back before that person has had time to say what is to become of it.
  const waitMs = reason === 'by-hand' ? maxBackoffMs : Math.min(backoffMs * 2 ** (count - 1), maxBackoffMs);
  const waiting = { ...attempt, landing: null, trial: null };
  return {
    record: {
      ...record,
      attempts: [...record.attempts.slice(0, -1), waiting],
      notBefore: nowMs + waitMs,
      turnedAway: { count, because },
    },
    note: { kind: 'refused', task, attempt: attempt.attempt, detail: because },
    wakeAtMs: nowMs + waitMs,
  };
}
