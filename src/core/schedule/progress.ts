/** Reads a ledger's tasks: what has landed, what is under way, what is used up. Shared by decide and the view. */
import type { CommitSha, TaskId } from '../brand.ts';
import type { AttemptRecord, PlanLedger, TaskRecord, TrialRecord } from '../ledger/ledger.ts';
import type { ResolvedTask } from '../plan/plan.ts';

/** Causes after which the next attempt goes on from the failed one's work instead of starting clean. */
const CARRIED_CAUSES: ReadonlySet<string> = new Set([
  'tests-failed',
  'review-failed',
  'base-tests-failed',
  'agent-timed-out',
]);

export function lastAttempt(record: TaskRecord | undefined): AttemptRecord | null {
  return record?.attempts.at(-1) ?? null;
}

/** The attempt that landed, `null` if none has. */
export function landedAttempt(record: TaskRecord | undefined): AttemptRecord | null {
  return record?.attempts.find((attempt) => attempt.status === 'landed') ?? null;
}

/** True while an attempt runs or waits for its landing. */
export function isActive(attempt: AttemptRecord | null): boolean {
  return attempt !== null && (attempt.status === 'running' || attempt.status === 'verified');
}

// What the back-off has not cured by then needs a person.
const MAX_TRIAL_ERRORS = 5;
const MAX_TURNED_AWAY = 5;

/** The commit by which an attempt that landed stands on the branch; `null` if none landed. */
export function landedSha(attempt: AttemptRecord | null): CommitSha | null {
  return attempt?.landing?.landedSha ?? attempt?.landing?.commitSha ?? null;
}

/** Commits that Espalier itself put, or may have put, on the branch of a task with these attempts. */
export function ownHeads(attempts: readonly AttemptRecord[]): ReadonlySet<CommitSha> {
  const heads = new Set<CommitSha>();
  for (const { evidence, trial, tried, landing, givenSha } of attempts)
    for (const sha of [evidence?.headSha, trial?.result?.commitSha, ...(tried ?? []), landing?.commitSha, givenSha])
      if (sha != null) heads.add(sha);
  return heads;
}

/** Why the queue tries a task no more until a person has run the plan again; `null` if it does. */
export function findTrialTrouble(record: TaskRecord | undefined): string | null {
  const { trialTrouble, turnedAway } = record ?? {};
  if (trialTrouble !== undefined && trialTrouble.count >= MAX_TRIAL_ERRORS) return trialTrouble.because;
  return turnedAway !== undefined && turnedAway.count >= MAX_TURNED_AWAY ? turnedAway.because : null;
}

/**
 * The record that waits for the trial of this generation: that of the attempt on the tip, or that of what the forge's
 * own queue made of its landing. `null` if none waits for it (any more).
 */
export function awaitedTrial({ trial, landing }: AttemptRecord, generation: number): TrialRecord | null {
  const records = [trial, landing?.group ?? null];
  return records.find((one) => one?.result === null && one.generation === generation) ?? null;
}

/** How many attempts in turn a task may have since the last fresh start. */
export function attemptsAllowed(task: ResolvedTask): number {
  return task.retries + 1;
}

/** How many of them are used up. Cancelled ones do not count. */
export function attemptsUsed(record: TaskRecord | undefined): number {
  if (record === undefined) return 0;
  return record.attempts.filter(
    (attempt) => attempt.attempt >= record.countFrom && (attempt.status === 'failed' || attempt.status === 'returned'),
  ).length;
}

/** True if a head that a person pushed did not make it: only that person knows what is to become of it. */
function awaitsPerson(record: TaskRecord): boolean {
  const last = lastAttempt(record);
  if (last === null || last.attempt < record.countFrom) return false;
  // Another try would cost as much and be refused the same: a permission is missing, or a job was tampered with.
  if (last.status === 'failed' && last.evidence?.failure?.cause === 'publish-refused') return true;
  if (last.givenSha === undefined) return false;
  return last.status === 'returned' || (last.status === 'failed' && last.evidence?.failure?.isTransient !== true);
}

/** Where a task stands, as far as the ledger alone can tell. */
export type TaskPhase = 'landed' | 'cancelled' | 'active' | 'exhausted' | 'open';

export function taskPhase(task: ResolvedTask, record: TaskRecord | undefined): TaskPhase {
  if (record === undefined) return 'open';
  if (landedAttempt(record) !== null) return 'landed';
  if (isActive(lastAttempt(record))) return 'active';
  if (record.cancelled !== null) return 'cancelled';
  if (record.givenSha !== undefined) return 'open';
  if (awaitsPerson(record)) return 'exhausted';
  return attemptsUsed(record) >= attemptsAllowed(task) ? 'exhausted' : 'open';
}

/** Failures of the run and not of the work. */
const UNJUDGED_CAUSES: ReadonlySet<string> = new Set([
  'run-failed',
  'run-cancelled',
  'run-lost',
  'evidence-refused',
  'publish-refused',
]);

/** What an attempt starts from and is told. */
type AttemptSeed = Pick<AttemptRecord, 'carrySha' | 'feedback' | 'givenSha'>;

/**
 * What the next attempt starts from and is told: a head that a person pushed, else the last one's work and its failure,
 * where there is one.
 */
export function nextAttemptSeed(record: TaskRecord | undefined): AttemptSeed {
  const last = lastAttempt(record);
  if (record?.givenSha !== undefined) return { carrySha: null, feedback: null, givenSha: record.givenSha };
  if (last?.givenSha !== undefined) return seedAfterGiven(last, last.givenSha);
  if (last === null) return { carrySha: null, feedback: null };
  const failure = last.evidence?.failure ?? null;
  // It came to no verdict: what it was to go on from, which may be a person's push, is gone on from again.
  if (failure !== null && UNJUDGED_CAUSES.has(failure.cause) && last.carrySha !== null)
    return { carrySha: last.carrySha, feedback: last.feedback };
  if (last.status === 'cancelled') return { carrySha: null, feedback: null };
  if (last.status === 'returned')
    return {
      carrySha: last.evidence?.headSha ?? null,
      feedback: whyReturned(last),
    };
  if (failure === null) return { carrySha: null, feedback: null };
  return {
    carrySha: CARRIED_CAUSES.has(failure.cause) ? (last.evidence?.headSha ?? null) : null,
    feedback: failure.feedback === '' ? null : failure.feedback,
  };
}

/** A trial that went well says nothing: then it was something else that turned the attempt away. */
function whyReturned(attempt: AttemptRecord): string | null {
  const feedback = attempt.trial?.result?.feedback ?? '';
  return feedback === '' ? attempt.returnedBecause : feedback;
}

/** A pushed head that came to no verdict is verified again; after a verdict an agent goes on from it. */
function seedAfterGiven(last: AttemptRecord, givenSha: CommitSha): AttemptSeed {
  const failure = last.evidence?.failure ?? null;
  if (last.status === 'cancelled' || failure?.isTransient === true) return { carrySha: null, feedback: null, givenSha };
  const feedback = last.status === 'returned' ? whyReturned(last) : failure?.feedback;
  return { carrySha: givenSha, feedback: feedback === undefined || feedback === '' ? null : feedback };
}

/** Money that one attempt has cost or still may: known cost, else the whole reservation; `null` when neither is known. */
function attemptCostUsd(attempt: AttemptRecord): number | null {
  const known = attempt.evidence?.usage.costUsd ?? attempt.reservedUsd;
  return known === null && attempt.lostUsd === 0 ? null : (known ?? 0) + attempt.lostUsd;
}

/** Sum over a plan of what is spent and set aside; unknown without a cap counts as nothing here. */
export function committedUsd(ledger: PlanLedger): number {
  let sum = 0;
  for (const record of Object.values(ledger.tasks))
    for (const attempt of record.attempts) sum += attemptCostUsd(attempt) ?? 0;
  return sum;
}

/** Ids of the tasks that have landed. */
export function landedTasks(ledger: PlanLedger): Set<TaskId> {
  return new Set(ledger.certificates.map((certificate) => certificate.task));
}
