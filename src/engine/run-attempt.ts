/**
 * One attempt: work, verify, publish (DESIGN section 7). Whatever an agent, a test, a reviewer, a plan or a full disk
 * does ends as evidence with a cause; the work that was done is on the attempt's branch before the evidence is written.
 *
 *     leftovers → worktree → setup → ( agent → intake → rules → tests → review )× → verify → publish → evidence
 */
import type { Evidence } from '../core/ledger/evidence.ts';
import { beginState, toEvidence, type AttemptState } from './attempt/attempt-state.ts';
import { leasePorts, makeCheckout, removeCheckout, type Checkout } from './attempt/checkout.ts';
import { classifyError, makeFailure, type Failure } from './attempt/failure.ts';
import { clearLeftovers, recordWorktree } from './attempt/leftover.ts';
import { publishTaskHead } from './attempt/publish.ts';
import { runSetup } from './attempt/run-suite.ts';
import type { Stopwatch } from './attempt/stopwatch.ts';
import { verifyChange } from './attempt/verify.ts';
import { closeWorkRoom, logLine, openWorkRoom, type WorkRoom } from './attempt/work-room.ts';
import { runRounds } from './attempt/work-loop.ts';
import type { AttemptOrder, WorkerControl, WorkerDeps } from './orders.ts';

/** Runs one attempt to its end. Never throws for what an attempt can meet; the evidence is stored when it resolves. */
export async function runAttempt(deps: WorkerDeps, order: AttemptOrder, control: WorkerControl): Promise<Evidence> {
  const startedAt = deps.clock.now();
  const key = { plan: order.plan, task: order.task.id, attempt: order.attempt, generation: order.generation };
  const state = beginState();
  let watch: Stopwatch | null = null;
  let failure: Failure | null;
  try {
    const room = await openWorkRoom(deps, control, {
      key,
      settings: order.task,
      stage: 'worktree',
      runTask: order.task.id,
    });
    watch = room.watch;
    try {
      failure = await attempt(room, order, state).catch((error: unknown) =>
        classifyError(error, 'The attempt could not go on'),
      );
      failure = sayWhyStopped(failure, control.signal);
      logLine(room, failure === null ? 'verified' : `${failure.cause}: ${failure.detail}`);
    } finally {
      await closeWorkRoom(room);
    }
  } catch (error) {
    failure = sayWhyStopped(classifyError(error, 'The attempt could not begin'), control.signal);
  }
  const evidence = toEvidence(deps, order, state, { failure, startedAt, watch });
  try {
    await deps.evidence.writeEvidence(key, evidence);
  } catch (error) {
    // The loop gets it from here as well; a process that dies before it reads this runs the attempt again.
    deps.log.error('Evidence could not be written', { task: order.task.id, cause: String(error) });
  }
  return evidence;
}

/** A stopped attempt says who stopped it, and nothing that broke because of that counts as its own failure. */
function sayWhyStopped(failure: Failure | null, signal: AbortSignal): Failure | null {
  if (failure === null || !signal.aborted) return failure;
  if (failure.cause !== 'cancelled' && failure.cause !== 'internal') return failure;
  const reason: unknown = signal.reason;
  return makeFailure('cancelled', `Stopped: ${reason instanceof Error ? reason.message : 'it was asked to stop'}.`, {
    feedback: '',
  });
}

async function attempt(room: WorkRoom, order: AttemptOrder, state: AttemptState): Promise<Failure | null> {
  const { git } = room.deps;
  state.baseTree = await git.treeOf(order.baseSha);
  if (order.task.testPaths.length > 0) state.baseTests = 'not-needed';
  await clearLeftovers(room, order.task.title);
  const leased = await leasePorts(room, order.task);
  if (leased.kind === 'failed') return leased.failure;
  try {
    return await withWorktree(room, order, state, leased.lease.ports);
  } finally {
    await leased.lease.release();
  }
}

async function withWorktree(
  room: WorkRoom,
  order: AttemptOrder,
  state: AttemptState,
  ports: Readonly<Record<string, number>>,
): Promise<Failure | null> {
  const { checkout, conflictedPaths } = await room.watch.measure('worktree', () =>
    makeWorktree(room, order, state, ports),
  );
  let removing: Promise<void> | null = null;
  try {
    if (state.baseTree === null) return makeFailure('internal', 'The base has no tree.');
    room.progress.update({ stage: 'setup' });
    const setup = await room.watch.measure('setup', () => runSetup(room, checkout, order.task.setup));
    if (setup !== null) return setup;
    const rounds = await runRounds(room, { order, checkout, baseTree: state.baseTree, conflictedPaths, state });
    if (rounds !== null) return state.isWorkUnsaved ? sayWhereKept(rounds, checkout) : rounds;
    if (state.change === null || state.head === null)
      return makeFailure('internal', 'The rounds ended without a change.');
    // Its work is on a branch by now, and removing thousands of files takes a while.
    removing = removeCheckout(room, checkout.path);
    const verified = await verifyChange(room, { order, state, change: state.change, ports });
    if (verified !== null) return verified;
    room.progress.update({ stage: 'publish', activity: '' });
    await publishTaskHead(room, order, state.head.commit);
    return null;
  } finally {
    if (!state.isWorkUnsaved) await (removing ?? removeCheckout(room, checkout.path));
  }
}

function sayWhereKept(failure: Failure, checkout: Checkout): Failure {
  return { ...failure, detail: `${failure.detail} What the agent left is kept in ${checkout.path}.` };
}

/** The worktree as the agent gets it: the base, or the base merged with earlier work (conflicts as markers). */
async function makeWorktree(
  room: WorkRoom,
  order: AttemptOrder,
  state: AttemptState,
  ports: Readonly<Record<string, number>>,
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
