/**
 * The serial queue: one attempt at a time is merged onto the tip, tested there, and landed. A head that cannot
 * land goes back to its task; the others keep their place.
 */
import type { TaskId } from '../brand.ts';
import { evaluateEntry, evaluateGate } from '../gate/evaluate.ts';
import type { AttemptRecord, LandingRecord } from '../ledger/ledger.ts';
import { compareQueueEntries, type QueueEntry } from '../queue/order.ts';
import { findTrialTrouble, lastAttempt } from '../schedule/progress.ts';
import { note, recordOf, takeGeneration, writeLastAttempt, type Draft } from './draft.ts';
import { gateFacts, pushLandAction, returnForChecks } from './follow-landings.ts';
import { findClaimBefore, hasLapsed, mayClaim, withOvertaken } from './landing-claim.ts';
import { holdTurn } from './landing-turn.ts';

/** Lands what has been tried and tested, else tries the next in order, if the queue may move. */
export function advanceQueue(draft: Draft, tasksWithHistory: readonly TaskId[]): void {
  const { snapshot, ledger } = draft;
  if (snapshot.tip === null || draft.queue.frozen !== null) return;
  if (hasLapsed(draft)) forgetOvertaken(draft, tasksWithHistory);
  const { entries, isOccupied, isOvertaken } = listEntries(draft, tasksWithHistory);
  if (ledger.paused !== null || draft.config.mayLand === false) return;
  draft.wantsClaim = isOvertaken;
  if (isOccupied || findClaimBefore(draft.queue, ledger.plan.id, draft.nowMs) !== null) return;
  entries.sort(compareQueueEntries);
  const [first] = entries;
  if (first === undefined) return;
  const tried = entries.find((entry) => isTriedOn(lastAttempt(recordOf(draft, entry.task)), snapshot.tip));
  if (tried !== undefined) startLanding(draft, tried.task);
  else startTrial(draft, first.task);
}

interface Entries {
  entries: QueueEntry[];
  /** A trial or a landing is under way. */
  isOccupied: boolean;
  /** Some attempt of the queue was overtaken by other plans as often as is borne. */
  isOvertaken: boolean;
}

function listEntries(draft: Draft, tasksWithHistory: readonly TaskId[]): Entries {
  const list: Entries = { entries: [], isOccupied: false, isOvertaken: false };
  for (const task of tasksWithHistory) {
    const record = recordOf(draft, task);
    const attempt = lastAttempt(record);
    if (record === undefined || attempt === null || attempt.status !== 'verified') continue;
    if (attempt.landing !== null || (attempt.trial !== null && attempt.trial.result === null)) list.isOccupied = true;
    else {
      if (!mayEnter(draft, task, attempt) || record.notBefore > draft.nowMs) continue;
      if (findTrialTrouble(record) !== null) continue;
      list.entries.push(queueEntry(draft, task));
    }
    list.isOvertaken ||= mayClaim(draft, attempt);
  }
  return list;
}

function forgetOvertaken(draft: Draft, tasks: readonly TaskId[]): void {
  for (const task of tasks) {
    const attempt = lastAttempt(recordOf(draft, task));
    if (attempt?.overtaken !== undefined) writeLastAttempt(draft, task, { ...attempt, overtaken: 0 });
  }
}

function queueEntry(draft: Draft, task: TaskId): QueueEntry {
  return {
    task,
    priority: draft.index.task(task)?.priority ?? 0,
    returns: recordOf(draft, task)?.attempts.filter((attempt) => attempt.status === 'returned').length ?? 0,
    remainingMinutes: draft.index.remainingMinutes(task),
    index: draft.index.position(task),
  };
}

/** An attempt enters when all rules but the queue's own hold; one that never can goes back to its task. */
function mayEnter(draft: Draft, task: TaskId, attempt: AttemptRecord): boolean {
  const verdict = evaluateEntry(gateFacts(draft, task, attempt));
  if (verdict.status === 'closed' && attempt.trial === null) {
    const reasons = verdict.rules.filter((rule) => rule.status === 'failed');
    // Money already spent is no fault of the work: it waits for a higher cap instead of being done again.
    if (reasons.every((rule) => rule.rule === 'budget')) return false;
    const because = reasons.map((rule) => `${rule.rule}: ${rule.because}`).join('; ');
    writeLastAttempt(draft, task, { ...attempt, status: 'returned', returnedBecause: because });
    note(draft, 'returned', task, attempt.attempt, because);
  }
  return verdict.status === 'open';
}

function isTriedOn(attempt: AttemptRecord | null, tip: string | null): boolean {
  const result = attempt?.trial?.result ?? null;
  return result !== null && result.outcome === 'tested' && result.ontoSha === tip;
}

function startTrial(draft: Draft, task: TaskId): void {
  const attempt = lastAttempt(recordOf(draft, task));
  const { tip, me } = draft.snapshot;
  if (attempt === null || tip === null) return;
  const generation = takeGeneration(draft);
  writeLastAttempt(draft, task, {
    ...withOvertaken(draft, attempt),
    trial: { generation, holder: me, startedAt: draft.nowMs, ontoSha: tip, result: null },
  });
  draft.actions.push({ kind: 'start-trial', task, attempt: attempt.attempt, generation });
  note(draft, 'trial-started', task, attempt.attempt, `merged onto ${tip.slice(0, 12)}`);
}

function startLanding(draft: Draft, task: TaskId): void {
  const attempt = lastAttempt(recordOf(draft, task));
  const result = attempt?.trial?.result ?? null;
  if (attempt === null || result === null || result.commitSha === null || result.treeSha === null) return;
  const verdict = evaluateGate(gateFacts(draft, task, attempt));
  if (verdict.status !== 'open') {
    returnForChecks(draft, task, attempt, verdict);
    return;
  }
  if (!holdTurn(draft, task, attempt.trial?.generation ?? attempt.generation)) return;
  const { landingWay, landingStrength } = draft.config;
  const rules = verdict.rules.map(({ rule, status, because }) => ({ rule, status, because }));
  const landing: LandingRecord = {
    ...(landingWay === undefined ? {} : { way: landingWay, strength: landingStrength, rules }),
    generation: takeGeneration(draft),
    holder: draft.snapshot.me,
    startedAt: draft.nowMs,
    fromSha: result.ontoSha,
    commitSha: result.commitSha,
    treeSha: result.treeSha,
    refusal: null,
    notBefore: 0,
  };
  writeLastAttempt(draft, task, { ...attempt, landing });
  pushLandAction(draft, task, attempt.attempt, landing);
  note(draft, 'landing', task, attempt.attempt, `${draft.ledger.target} moves to ${landing.commitSha.slice(0, 12)}`);
}
