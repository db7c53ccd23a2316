/** Starts attempts for the tasks that are ready, most urgent first, as far as slots, locks and money reach. */
import type { CommitSha, TaskId } from '../brand.ts';
import type { AttemptRecord, TaskRecord } from '../ledger/ledger.ts';
import type { ResolvedTask } from '../plan/plan.ts';
import { countUnlanded, findObstacle, measureOccupancy, reservationFor, type Occupancy } from '../schedule/dispatch.ts';
import { nextAttemptSeed } from '../schedule/progress.ts';
import { note, recordOf, settleDraft, takeGeneration, writeRecord, type Draft } from './draft.ts';

/** Dispatches what can be dispatched. Reads the draft as settled so far. */
export function dispatchAttempts(draft: Draft): void {
  settleDraft(draft);
  const { tip } = draft.snapshot;
  if (tip === null || draft.ledger.paused !== null) return;
  const occupancy = measureOccupancy(draft.ledger, draft.index);
  const unlanded = countUnlanded(draft.ledger);
  for (const id of draft.index.byUrgency) {
    if (occupancy.running >= draft.config.maxParallel) return;
    if (draft.config.only !== null && !draft.config.only.has(id)) continue;
    const task = draft.index.task(id);
    if (task === undefined || (occupancy.phases.get(id) ?? 'open') !== 'open') continue;
    const reservedUsd = reservationFor(task, draft.ledger.plan.budgetUsd, occupancy, unlanded);
    if (findObstacle(task, draft.ledger, occupancy, reservedUsd, draft.nowMs) !== null) continue;
    startAttempt(draft, task, tip, reservedUsd);
    occupy(occupancy, task, reservedUsd);
  }
}

function occupy(occupancy: Occupancy, task: ResolvedTask, reservedUsd: number | null): void {
  occupancy.running += 1;
  occupancy.committedUsd += reservedUsd ?? 0;
  for (const lock of task.locks) occupancy.lockHolders.set(lock, task.id);
}

function startAttempt(draft: Draft, task: ResolvedTask, tip: CommitSha, reservedUsd: number | null): void {
  const record: TaskRecord = recordOf(draft, task.id) ?? { attempts: [], countFrom: 1, cancelled: null, notBefore: 0 };
  const number = record.attempts.length + 1;
  const attempt: AttemptRecord = {
    generation: takeGeneration(draft),
    holder: draft.snapshot.me,
    startedAt: draft.nowMs,
    attempt: number,
    status: 'running',
    taskDigest: draft.index.digest(task.id),
    baseSha: tip,
    ...nextAttemptSeed(record),
    reservedUsd,
    lostUsd: 0,
    evidence: null,
    trial: null,
    landing: null,
    returnedBecause: null,
  };
  writeRecord(draft, task.id, { ...record, givenSha: undefined, attempts: [...record.attempts, attempt] });
  draft.actions.push({ kind: 'start-attempt', task: task.id, attempt: number, generation: attempt.generation });
  note(draft, 'attempt-started', task.id, number, describeStart(attempt, task.id));
}

function describeStart(attempt: AttemptRecord, task: TaskId): string {
  if (attempt.givenSha !== undefined) return `verifies ${attempt.givenSha.slice(0, 12)}, which a person pushed`;
  if (attempt.carrySha !== null) return `goes on from ${task}'s last work`;
  return attempt.feedback === null ? `from ${attempt.baseSha.slice(0, 12)}` : 'starts afresh, told what went wrong';
}
