/**
 * The `verify` job of a leg: judges a commit from its tree alone, on a machine on which no agent has run. What the work
 * says of itself is shown in the evidence and believed by nobody.
 */
import type { CommitSha, TreeSha } from '../core/brand.ts';
import type { Evidence } from '../core/ledger/evidence.ts';
import type { WorkRecord } from '../core/ledger/work-record.ts';
import { runPart } from './attempt/attempt-part.ts';
import { beginState, noteBase, toEvidence, type AttemptState } from './attempt/attempt-state.ts';
import { leasePorts } from './attempt/checkout.ts';
import { addEarlierWork, takeOverWork } from './attempt/earlier-work.ts';
import { makeFailure, type Failure } from './attempt/failure.ts';
import { judgeTree, sayViolated } from './attempt/judge-tree.ts';
import { verifyChange } from './attempt/verify.ts';
import type { WorkRoom } from './attempt/work-room.ts';
import type { AttemptOrder, LegDeps, WorkerControl } from './orders.ts';

/** The head that is verified. Its commit is in the repository, with the history that its base is found in. */
export interface GivenHead {
  headSha: CommitSha;
  treeSha: TreeSha;
  /** Of the work that made it, as `readWorkRecord` let it pass; `null` for a head that a person pushed. */
  work: WorkRecord | null;
}

/**
 * Verifies a head. Never throws for what an attempt can meet. The repository has to hold the base, what the attempt
 * carried, and for a person's head everything down to where it left the base.
 */
export async function runVerify(
  deps: LegDeps,
  order: AttemptOrder,
  given: GivenHead,
  control: WorkerControl,
): Promise<Evidence> {
  const { work } = given;
  const state = beginState();
  if (work !== null) takeOverWork(state, work);
  const end = await runPart(deps, order, control, {
    stage: 'verify',
    goodEnd: 'verified',
    run: (room) => verifyHead(room, order, given, state),
  });
  const evidence = toEvidence(deps, order, state, end);
  return work === null ? evidence : addEarlierWork(evidence, work);
}

async function verifyHead(
  room: WorkRoom,
  order: AttemptOrder,
  given: GivenHead,
  state: AttemptState,
): Promise<Failure | null> {
  const { git } = room.deps;
  const { headSha: commit, treeSha: tree, work } = given;
  if (work !== null && (work.head?.commitSha !== commit || work.head.treeSha !== tree))
    return makeFailure('internal', 'The head is not the one that the work speaks of.', { feedback: '' });
  if ((await git.treeOf(commit)) !== tree)
    return makeFailure('internal', `Commit ${commit} has another tree than the one that was given with it.`, {
      feedback: '',
    });
  state.head = { commit, tree, atMs: null };
  const base = await findBase(room, order, given);
  if (base === null)
    return makeFailure(
      'tree-refused',
      `The pushed head ${commit} has no history in common with the base ${order.baseSha}, so that it cannot be merged. Push work that begins at the base.`,
    );
  const baseTree = await git.treeOf(base);
  noteBase(state, order, baseTree);
  if (tree === baseTree)
    return makeFailure('no-change', `Head ${commit} changes nothing against ${base}, where it left the base.`);
  const conflictedPaths = await findConflicted(room, order);
  const change = await judgeTree(room, { task: order.task, baseTree, commit, tree, conflictedPaths });
  state.change = change;
  const violated = sayViolated(change);
  if (violated !== null) return violated;
  const leased = await leasePorts(room, order.task);
  if (leased.kind === 'failed') return leased.failure;
  try {
    return await verifyChange(room, { order, state, change, ports: leased.lease.ports });
  } finally {
    await leased.lease.release();
  }
}

/** What the change is against: the base of the work, or for a person's head where it left the base. */
async function findBase({ deps }: WorkRoom, { baseSha }: AttemptOrder, given: GivenHead): Promise<CommitSha | null> {
  return given.work === null ? deps.git.mergeBase(baseSha, given.headSha) : baseSha;
}

/** Paths that the agent was given with conflict markers: found again, since the work's word does not count. */
async function findConflicted({ deps }: WorkRoom, { baseSha, carrySha }: AttemptOrder): Promise<string[]> {
  if (carrySha === null) return [];
  const merge = await deps.git.mergeCommits(baseSha, carrySha);
  return merge.kind === 'conflict' ? merge.conflicts.map(({ path }) => path) : [];
}
