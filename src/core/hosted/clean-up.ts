/** The branches that `cleanup` deletes: those of attempts at tasks that have landed, as far as they are still Espalier's. */
import type { CommitSha, TaskId } from '../brand.ts';
import type { PlanLedger } from '../ledger/ledger.ts';
import { branchFor } from '../ref-names.ts';
import { landedAttempt } from '../schedule/progress.ts';
import type { ForgeEffect } from './effect.ts';
import type { HostedState } from './state.ts';

/** One move for each branch: one that is gone already, or that a person has moved, keeps no other from going. */
export function cleanUp({ ledger }: HostedState): ForgeEffect[] {
  if (ledger === null) return [];
  return listSpentHeads(ledger).map(({ task, attempt, headSha }) => ({
    kind: 'move-branches',
    key: `clean.${task}.${attempt}`,
    moves: [
      {
        branch: branchFor({ kind: 'attempt', plan: ledger.plan.id, task, attempt }),
        from: headSha,
        to: null,
        force: false,
      },
    ],
  }));
}

/** Branches of landed tasks that `cleanup` deletes, where the ledger knows that they are Espalier's own. */
function listSpentHeads(ledger: PlanLedger): { task: TaskId; attempt: number; headSha: CommitSha }[] {
  return ledger.plan.tasks.flatMap(({ id: task }) => {
    const record = ledger.tasks[task];
    if (record === undefined || landedAttempt(record) === null) return [];
    return record.attempts.flatMap(({ attempt, evidence, givenSha }) =>
      evidence?.headSha == null || givenSha !== undefined ? [] : [{ task, attempt, headSha: evidence.headSha }],
    );
  });
}
