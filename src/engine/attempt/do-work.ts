/**
 * The first half of an attempt: a worktree with everything around it, its setup, and the rounds in it. What the place
 * adds (branches that protect the work, what follows good work) is handed in.
 *
 *     leftovers → worktree → setup → ( agent → intake → rules → tests → review )× → what follows
 */
import type { CommitSha } from '../../core/brand.ts';
import type { AttemptOrder } from '../orders.ts';
import { noteBase, type AttemptState } from './attempt-state.ts';
import { leasePorts, makeCheckout, removeCheckout, type Checkout } from './checkout.ts';
import { makeFailure, type Failure } from './failure.ts';
import type { JudgedChange } from './judge-tree.ts';
import { recordWorktree } from './leftover.ts';
import { runSetup } from './run-suite.ts';
import { runRounds } from './work-loop.ts';
import type { WorkRoom } from './work-room.ts';

/** What the rounds made, for what follows. */
interface GoodWork {
  head: CommitSha;
  change: JudgedChange;
  /** The ports that the attempt holds until what follows is over. */
  ports: Readonly<Record<string, number>>;
}

/** What the place where work is done adds to it. */
export interface WorkPlace {
  /** Deals with what an earlier run of this attempt left here, before anything is made. */
  clearLeftovers: () => Promise<void>;
  /** Protects a head of which nothing but this run knows yet; `null` if that went well. */
  protect: (head: CommitSha) => Promise<Failure | null>;
  /** Runs after good rounds, while the worktree is being removed; `null` if it went well. */
  follow: (work: GoodWork) => Promise<Failure | null>;
  /** True where a worktree whose work could not be taken in is kept for a person. */
  keepsUnsaved: boolean;
}

/** Does the work of an attempt; what it found out is in the state. `null` if all of it is good. */
export async function doWork(
  room: WorkRoom,
  order: AttemptOrder,
  state: AttemptState,
  place: WorkPlace,
): Promise<Failure | null> {
  noteBase(state, order, await room.deps.git.treeOf(order.baseSha));
  await place.clearLeftovers();
  const leased = await leasePorts(room, order.task);
  if (leased.kind === 'failed') return leased.failure;
  try {
    return await withWorktree(room, { order, state, place, ports: leased.lease.ports });
  } finally {
    await leased.lease.release();
  }
}

/** Everything that one attempt works with. */
interface Work {
  order: AttemptOrder;
  state: AttemptState;
  place: WorkPlace;
  ports: Readonly<Record<string, number>>;
}

async function withWorktree(room: WorkRoom, work: Work): Promise<Failure | null> {
  const { order, state, place } = work;
  const { checkout, conflictedPaths } = await room.watch.measure('worktree', () => makeWorktree(room, work));
  let removing: Promise<void> | null = null;
  try {
    const { baseTree } = state;
    if (baseTree === null) return makeFailure('internal', 'The base has no tree.');
    room.progress.update({ stage: 'setup' });
    const setup = await room.watch.measure('setup', () => runSetup(room, checkout, order.task.setup));
    if (setup !== null) return setup;
    const { protect } = place;
    const rounds = await runRounds(room, { order, checkout, baseTree, conflictedPaths, state, protect });
    if (rounds !== null) return isKept(work) ? sayWhereKept(rounds, checkout) : rounds;
    const { head, change } = state;
    if (change === null || head === null) return makeFailure('internal', 'The rounds ended without a change.');
    // Its work is in a commit by now, and removing thousands of files takes a while.
    removing = removeCheckout(room, checkout.path);
    return await place.follow({ head: head.commit, change, ports: work.ports });
  } finally {
    if (!isKept(work)) await (removing ?? removeCheckout(room, checkout.path));
  }
}

function isKept({ state, place }: Work): boolean {
  return state.isWorkUnsaved && place.keepsUnsaved;
}

function sayWhereKept(failure: Failure, checkout: Checkout): Failure {
  return { ...failure, detail: `${failure.detail} What the agent left is kept in ${checkout.path}.` };
}

/** The worktree as the agent gets it: the base, or the base merged with earlier work (conflicts as markers). */
async function makeWorktree(
  room: WorkRoom,
  { order, state, ports }: Work,
): Promise<{ checkout: Checkout; conflictedPaths: string[] }> {
  const { git, evidence } = room.deps;
  const merge = order.carrySha === null ? null : await git.mergeCommits(order.baseSha, order.carrySha);
  const tree = merge?.tree ?? state.baseTree ?? (await git.treeOf(order.baseSha));
  const path = evidence.worktreePath(room.key);
  const checkout = await makeCheckout(room, {
    path,
    name: 'work',
    commit: order.baseSha,
    tree,
    ports,
    copy: order.task.copy,
  });
  try {
    await recordWorktree(room, { path, commit: order.baseSha, tree, exclude: checkout.exclude });
    const validity = await git.validateWorktree(path);
    if (!validity.isValid)
      throw new Error(`The new ${validity.because}. Something else on this machine removed it; run again.`);
  } catch (error) {
    await removeCheckout(room, path);
    throw error;
  }
  return {
    checkout,
    conflictedPaths: merge?.kind === 'conflict' ? merge.conflicts.map((conflict) => conflict.path) : [],
  };
}
