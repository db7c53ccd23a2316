/** Which of the landings that a plan waits for have taken effect, as the base and the pull requests show it. */
import type { CommitSha, TaskId } from '../brand.ts';
import type { PlanLedger } from '../ledger/ledger.ts';
import { isActive, lastAttempt } from '../schedule/progress.ts';
import type { ForgeFacts } from './facts.ts';

/**
 * The landings that were asked about, with those that a forge did by merging a pull request: the base then contains a
 * commit that the forge made, not the one that was tested. It counts for the landing if the head that was merged is the
 * verified one or the tested merge of it; the trees are compared where the landing is certified.
 */
export function seeLandings(ledger: PlanLedger, facts: Pick<ForgeFacts, 'landed' | 'pulls'>): ForgeFacts['landed'] {
  const seen = new Map<CommitSha, { contained: boolean; tree: string | null; landedSha: CommitSha | null }>();
  for (const [task, record] of Object.entries(ledger.tasks)) {
    const last = lastAttempt(record);
    if (last?.landing == null || !isActive(last) || (last.landing.way ?? 'fast-forward') === 'fast-forward') continue;
    const pull = facts.pulls.get(task as TaskId);
    if (pull?.state !== 'merged' || pull.mergeCommit === null || pull.baseBranch !== ledger.target) continue;
    if (pull.headSha !== last.landing.commitSha && pull.headSha !== last.evidence?.headSha) continue;
    seen.set(last.landing.commitSha, {
      contained: true,
      tree: pull.mergeCommit.tree,
      landedSha: pull.mergeCommit.sha,
    });
  }
  return seen.size === 0 ? facts.landed : new Map([...facts.landed, ...seen]);
}
