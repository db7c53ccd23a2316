/** What was asked of each task: branches, pull requests, trials, receipts and landings, out of their numbered fields. */
import type { CommitSha, TaskId } from '../../core/brand.ts';
import type { ForgeFacts, HeldRun, PullFact, TrialBranchFact } from '../../core/hosted/facts.ts';
import {
  LandingCommit,
  LandingComparison,
  ReceiptBranch,
  TaskBranch,
  TaskPull,
  TrialBranch,
} from './observe-answer.ts';
import type { QueryPart } from './observe-query.ts';
import { toHeldRuns } from './read-held-runs.ts';
import type { Pull } from './read-pull.ts';

/** The commit of a landing, and whether the base contains it. */
interface LandingReading {
  task: TaskId;
  isInBase: boolean;
  tree: string | null;
}

/** One part of a query, read. */
export interface PartReading {
  pulls: ReadonlyMap<TaskId, Pull>;
  branches: ReadonlyMap<TaskId, CommitSha>;
  heldRuns: ReadonlyMap<TaskId, readonly HeldRun[]>;
  trialBranches: ReadonlyMap<TaskId, TrialBranchFact>;
  /** By the key of the receipt. */
  receipts: ReadonlyMap<string, NonNullable<NonNullable<ReceiptBranch>['target']>>;
  landings: ReadonlyMap<CommitSha, LandingReading>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads the fields that were asked for `part`. */
export function readPart(part: QueryPart, repository: Fields, base: Fields | null): PartReading {
  const pulls = new Map<TaskId, Pull>();
  const branches = new Map<TaskId, CommitSha>();
  const heldRuns = new Map<TaskId, readonly HeldRun[]>();
  for (const [index, { task }] of part.tasks.entries()) {
    const branch = TaskBranch.parse(repository[`t${index}`]);
    const pull = TaskPull.parse(repository[`p${index}`]) ?? branch?.associatedPullRequests?.nodes[0] ?? null;
    if (branch?.target != null) branches.set(task, branch.target.oid);
    const held = toHeldRuns(branch?.target?.checkSuites);
    if (held.length > 0) heldRuns.set(task, held);
    if (pull !== null) pulls.set(task, pull);
  }
  const trialBranches = new Map<TaskId, TrialBranchFact>();
  for (const [index, { task }] of part.trials.entries()) {
    const target = TrialBranch.parse(repository[`r${index}`])?.target ?? null;
    if (target === null) continue;
    const parents = target.parents.nodes.map(({ oid }) => oid);
    trialBranches.set(task, { tip: target.oid, tree: target.tree.oid, parents });
  }
  return { pulls, branches, heldRuns, trialBranches, ...readEnds(part, repository, base) };
}

function readEnds(
  part: QueryPart,
  repository: Fields,
  base: Fields | null,
): Pick<PartReading, 'receipts' | 'landings'> {
  const receipts = new Map<string, NonNullable<NonNullable<ReceiptBranch>['target']>>();
  for (const [index, { key }] of part.receipts.entries()) {
    const target = ReceiptBranch.parse(repository[`c${index}`])?.target ?? null;
    if (target !== null) receipts.set(key, target);
  }
  const landings = new Map<CommitSha, LandingReading>();
  for (const [index, { commitSha, task }] of part.landings.entries()) {
    const comparison = LandingComparison.parse(base?.[`l${index}`]);
    const commit = LandingCommit.parse(repository[`m${index}`]);
    // Of the base as it is, the commit is behind or the same.
    const isInBase = comparison?.status === 'BEHIND' || comparison?.status === 'IDENTICAL';
    landings.set(commitSha, { task, isInBase, tree: commit?.tree.oid ?? null });
  }
  return { receipts, landings };
}

/** All parts of one query as one. */
export function joinParts(parts: readonly PartReading[]): PartReading {
  return {
    pulls: new Map(parts.flatMap((part) => [...part.pulls])),
    branches: new Map(parts.flatMap((part) => [...part.branches])),
    heldRuns: new Map(parts.flatMap((part) => [...part.heldRuns])),
    trialBranches: new Map(parts.flatMap((part) => [...part.trialBranches])),
    receipts: new Map(parts.flatMap((part) => [...part.receipts])),
    landings: new Map(parts.flatMap((part) => [...part.landings])),
  };
}

/**
 * What became of each landing that was asked about. A merged pull request whose head is the landing's commit says best
 * what stands on the base for it: squashed or rebased, it is another commit than the one that was asked about.
 */
export function judgeLandings(
  landings: PartReading['landings'],
  pulls: ReadonlyMap<TaskId, PullFact>,
): ForgeFacts['landed'] {
  return new Map(
    [...landings].map(([commitSha, { task, isInBase, tree }]) => {
      const pull = pulls.get(task);
      const merged = pull?.state === 'merged' && pull.headSha === commitSha ? pull.mergeCommit : null;
      if (merged !== null) return [commitSha, { contained: true, tree: merged.tree, landedSha: merged.sha }];
      return [commitSha, { contained: isInBase, tree: isInBase ? tree : null, landedSha: isInBase ? commitSha : null }];
    }),
  );
}
