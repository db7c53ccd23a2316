/** What every trial has in common, whoever made the merge: its room, its stored result, and the tests of its tree. */
import { renderTestFeedback } from '../../core/agents/feedback.ts';
import type { CommitSha, TreeSha } from '../../core/brand.ts';
import { suiteDigest } from '../../core/gate/bindings.ts';
import type { TestResult, TrialResult } from '../../core/ledger/evidence.ts';
import type { LegDeps, TrialOrder, WorkerControl } from '../orders.ts';
import { leasePorts, makeCheckout, removeCheckout } from './checkout.ts';
import { classifyError, type Failure } from './failure.ts';
import { runSetup, runTests } from './run-suite.ts';
import { closeWorkRoom, logLine, openWorkRoom, type WorkRoom } from './work-room.ts';

/** What a trial came to, apart from what it was for. */
export type TrialEnd = Pick<TrialResult, 'outcome' | 'commitSha' | 'treeSha' | 'test' | 'conflicts' | 'feedback'>;

/** Runs a trial in a room of its own and stores its result. Never throws for what a trial can meet. */
export async function recordTrial(
  deps: LegDeps,
  order: TrialOrder,
  control: WorkerControl,
  run: (room: WorkRoom) => Promise<TrialEnd>,
): Promise<TrialResult> {
  const key = { plan: order.plan, task: order.task.id, attempt: order.attempt, generation: order.generation };
  let end: TrialEnd;
  try {
    const room = await openWorkRoom(deps, control, {
      key,
      settings: order.task,
      stage: 'trial',
      runTask: order.task.id,
    });
    try {
      room.progress.update({ stage: 'trial', iteration: 1 });
      end = await run(room).catch((error: unknown) => toError(classifyError(error, 'The trial could not go on')));
      logLine(room, `trial: ${end.outcome}${end.test === null ? '' : `, tests ${end.test.status}`} ${end.feedback}`);
    } finally {
      await closeWorkRoom(room);
    }
  } catch (error) {
    end = toError(classifyError(error, 'The trial could not begin'));
  }
  const result: TrialResult = {
    version: 1,
    ...key,
    headSha: order.headSha,
    ontoSha: order.ontoSha,
    ...end,
    endedAt: Math.round(deps.clock.now()),
  };
  try {
    await deps.evidence.writeTrial(key, result);
  } catch (error) {
    deps.log.error('A trial could not be written', { task: order.task.id, cause: String(error) });
  }
  return result;
}

/** A trial that could not be carried through: no verdict on the change. */
export function toError(failure: Failure): TrialEnd {
  return { outcome: 'error', commitSha: null, treeSha: null, test: null, conflicts: [], feedback: failure.detail };
}

/** A trial whose merge was tested. */
export function toTested(commitSha: CommitSha, treeSha: TreeSha, test: TestResult): TrialEnd {
  const feedback = test.status === 'passed' ? '' : renderTestFeedback(test);
  return { outcome: 'tested', commitSha, treeSha, test, conflicts: [], feedback };
}

/** Tests a merge on a fresh checkout; an error if it could not be. */
export async function testMerged(
  room: WorkRoom,
  order: TrialOrder,
  commit: CommitSha,
  tree: TreeSha,
): Promise<TrialEnd> {
  const tested = await runMerged(room, order, commit, tree);
  return tested.kind === 'stopped' ? toError(tested.failure) : toTested(commit, tree, tested.test);
}

async function runMerged(
  room: WorkRoom,
  { task }: TrialOrder,
  commit: CommitSha,
  tree: TreeSha,
): Promise<{ kind: 'tested'; test: TestResult } | { kind: 'stopped'; failure: Failure }> {
  const path = `${room.deps.evidence.worktreePath(room.key)}-trial`;
  await clearStale(room, path);
  const leased = await leasePorts(room, task);
  if (leased.kind === 'failed') return { kind: 'stopped', failure: leased.failure };
  const { lease } = leased;
  try {
    const checkout = await makeCheckout(room, {
      path,
      name: 'trial',
      commit,
      tree,
      ports: lease.ports,
      copy: task.copy,
    });
    const suite = suiteDigest(task);
    const from = room.deps.clock.now();
    const setup = await runSetup(room, checkout, task.setup);
    if (setup !== null && setup.cause !== 'setup-failed') return { kind: 'stopped', failure: setup };
    if (setup === null) return await runTests(room, checkout, { stage: 'trial', tree, suite, commands: task.test });
    // Both sides were set up well by themselves, so it is the merged tree that does not work.
    const durationMs = Math.round(room.deps.clock.now() - from);
    const test = {
      stage: 'trial' as const,
      tree,
      suite,
      status: 'failed' as const,
      exitCode: null,
      durationMs,
      reused: false,
    };
    return { kind: 'tested', test: { ...test, tail: setup.feedback } };
  } finally {
    await removeCheckout(room, path);
    await lease.release();
  }
}

/** A process that died in this very trial may have left its checkout, which holds nothing that is not in a commit. */
async function clearStale(room: WorkRoom, path: string): Promise<void> {
  if (!(await room.deps.files.exists(path))) return;
  await room.deps.sandbox.reap(room.runPrefix);
  await removeCheckout(room, path);
}
