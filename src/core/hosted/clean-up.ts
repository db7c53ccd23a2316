/** The branches that `cleanup` deletes: those of attempts at tasks that have landed, as far as they are still Espalier's. */
import { branchFor } from '../ref-names.ts';
import type { ForgeEffect } from './effect.ts';
import { listSpentHeads } from './obey-command.ts';
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
