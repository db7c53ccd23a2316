/**
 * Where the branches of a plan's tasks have to be, as moves by compare-and-swap. A branch moves only from a commit that
 * Espalier put there: what a person pushed is adopted or kept, never overwritten unseen.
 */
import type { BranchName, CommitSha, TaskId } from '../brand.ts';
import type { AttemptRecord } from '../ledger/ledger.ts';
import { branchFor } from '../ref-names.ts';
import { landedAttempt, lastAttempt, ownHeads } from '../schedule/progress.ts';
import type { ForgeEffect, HostedMove } from './effect.ts';
import type { ForgeFacts } from './facts.ts';
import { taskBranch } from './make-query.ts';
import type { RunningState } from './state.ts';

/** A leg whose receipt was believed in this decision. */
export interface TakenReceipt {
  task: TaskId;
  attempt: number;
  generation: number;
  receiptSha: CommitSha;
  headSha: CommitSha | null;
  /** The head is a person's push or a trial: it stands on a branch already. */
  isGiven: boolean;
}

/** Where a task's branch has to be now; `null` where nothing is to be moved. */
export function wantedHead(attempt: AttemptRecord | null, movesBranch: boolean): CommitSha | null {
  if (attempt === null || attempt.status !== 'verified') return null;
  const tried = attempt.trial?.result;
  if (movesBranch && tried?.outcome === 'tested' && tried.test?.status === 'passed') return tried.commitSha;
  return attempt.evidence?.headSha ?? null;
}

/** Moves for the receipts that were taken in, then for branches that are not where they have to be. */
export function publishHeads(
  state: RunningState,
  facts: ForgeFacts,
  taken: readonly TakenReceipt[],
  movesBranch: boolean,
): ForgeEffect[] {
  const effects: ForgeEffect[] = [];
  const moved = new Set<TaskId>();
  for (const receipt of taken) {
    const moves = movesOfReceipt(state, facts, receipt, movesBranch);
    if (moves.some((move) => move.branch === taskBranch(state.ledger, receipt.task))) moved.add(receipt.task);
    effects.push({ kind: 'move-branches', key: `receipt.${receipt.task}.${receipt.generation}`, moves });
  }
  for (const { id } of state.ledger.plan.tasks) {
    if (moved.has(id)) continue;
    const move = moveOfTask(state, facts, id, movesBranch);
    if (move !== null) effects.push({ kind: 'move-branches', key: `branch.${id}.${move.to ?? 'gone'}`, moves: [move] });
  }
  return effects;
}

function movesOfReceipt(
  state: RunningState,
  facts: ForgeFacts,
  receipt: TakenReceipt,
  movesBranch: boolean,
): HostedMove[] {
  const { task, attempt, generation, receiptSha, headSha } = receipt;
  const plan = state.ledger.plan.id;
  const drop: HostedMove = {
    branch: branchFor({ kind: 'receipt', plan, task, attempt, generation }),
    from: receiptSha,
    to: null,
    force: false,
  };
  if (headSha === null || receipt.isGiven) return [drop];
  const keep: HostedMove = {
    branch: branchFor({ kind: 'attempt', plan, task, attempt }),
    from: null,
    to: headSha,
    force: false,
  };
  const move = moveOfTask(state, facts, task, movesBranch);
  return move === null ? [keep, drop] : [keep, move, drop];
}

function moveOfTask(state: RunningState, facts: ForgeFacts, task: TaskId, movesBranch: boolean): HostedMove | null {
  const record = state.ledger.tasks[task];
  if (record === undefined) return null;
  const branch = taskBranch(state.ledger, task);
  const found = facts.branches.get(task) ?? null;
  const heads = ownHeads(record.attempts);
  if (landedAttempt(record) !== null) return found === null || !heads.has(found) ? null : remove(branch, found);
  const wanted = wantedHead(lastAttempt(record), movesBranch);
  if (wanted === null || found === wanted) return null;
  if (found !== null && !heads.has(found)) return null;
  // A branch that was there and is gone was deleted by a person. That cancels the task; it is undone by asking again.
  if (found === null && state.record.pulls[task] !== undefined && record.closedPull === undefined) return null;
  return { branch, from: found, to: wanted, force: true };
}

function remove(branch: BranchName, from: CommitSha): HostedMove {
  return { branch, from, to: null, force: false };
}
