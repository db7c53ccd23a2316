/** Reads the forge's own merge queue: whose each entry is, and what stands before it in its group. */
import type { CommitSha, TaskId } from '../brand.ts';
import type { BasePull, ForgeFacts, QueueEntryFact } from './facts.ts';
import { findOwnGate } from './own-gate-check.ts';
import { issueOf, type RunningState } from './state.ts';

/** Whose a pull request is. `unknown`: it cannot be told, so nothing is said of it. */
export type PullOwner =
  | { kind: 'task'; task: TaskId }
  | { kind: 'other-plan' }
  | { kind: 'nobody' }
  | { kind: 'unknown' };

/** What the check of a pull request that is no plan's says in place of a plan. */
const NO_TASK = 'no-task';

/** External id of the check of a pull request that is no plan's. */
export function noTaskId(pull: number, digest: string): string {
  return `${NO_TASK}/${pull}/${digest}`;
}

/** Branches that only Espalier opens pull requests from. */
const OWN_BRANCH = /^espalier\//;

/**
 * Whose a pull request is, as one plan can tell. Others' are told by what nobody but this app can have made: the pull
 * request, its branch, or the check on its head, which names the plan.
 */
export function findOwner(pull: BasePull, { record, ledger }: RunningState): PullOwner {
  const task = Object.entries(record.pulls).find(([, { number }]) => number === pull.number)?.[0] as TaskId | undefined;
  if (task !== undefined && ledger.plan.tasks.some(({ id }) => id === task)) return { kind: 'task', task };
  if (pull.isOwn || (!pull.isForeign && OWN_BRANCH.test(pull.headBranch))) return { kind: 'other-plan' };
  if (pull.gate === 'unknown') return { kind: 'unknown' };
  const [plan = ''] = (pull.gate?.externalId ?? NO_TASK).split('/');
  if (issueOf(plan) !== null) return { kind: 'other-plan' };
  return plan === NO_TASK ? { kind: 'nobody' } : { kind: 'unknown' };
}

/**
 * The first entry of a plan in the group of this one whose own group was not answered well; `null` if there is none. A
 * group holds what stands before it, so that it is good only with all of that. `good` are the heads that were found
 * good in this decision: of this plan's own entries nothing else counts.
 */
export function findBadBefore(
  entry: QueueEntryFact,
  { state, facts }: { state: RunningState; facts: ForgeFacts },
  good: ReadonlySet<CommitSha>,
): QueueEntryFact | null {
  const isGood = (one: QueueEntryFact): boolean => {
    const { kind } = findOwner(one.pull, state);
    if (kind === 'nobody' || kind === 'unknown') return true;
    if (one.headSha === null) return false;
    return kind === 'task' ? good.has(one.headSha) : findOwnGate(one.checks, facts.app.id)?.status === 'passed';
  };
  return listBefore(facts.mergeQueue ?? [], entry).find((one) => !isGood(one)) ?? null;
}

/** The entries whose changes are in the group of this one, the nearest first. */
function listBefore(queue: readonly QueueEntryFact[], entry: QueueEntryFact): QueueEntryFact[] {
  const before: QueueEntryFact[] = [];
  // No entry stands on itself, but what a forge shows is not trusted to end.
  for (let { baseSha } = entry; baseSha !== null && before.length < queue.length;) {
    const under = queue.find((one) => one !== entry && one.headSha === baseSha);
    if (under === undefined || before.includes(under)) break;
    before.push(under);
    ({ baseSha } = under);
  }
  return before;
}
