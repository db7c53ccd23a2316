/** The plan's `final` tests, on a fresh checkout of what has landed, with the settings of the plan's first task. */
import type { TaskId, TreeSha } from '../core/brand.ts';
import { finalSuiteDigest } from '../core/gate/bindings.ts';
import type { FinalResult, TestResult } from '../core/ledger/evidence.ts';
import { leasePorts, makeCheckout, removeCheckout } from './attempt/checkout.ts';
import { classifyError, type Failure } from './attempt/failure.ts';
import { runSetup, runTests } from './attempt/run-suite.ts';
import { closeWorkRoom, openWorkRoom, type WorkRoom } from './attempt/work-room.ts';
import type { FinalOrder, LegDeps, WorkerControl } from './orders.ts';

/** Log and folders of final tests are kept as those of a task would be; generations are unique over the plan. */
export const FINAL_TASK = 'final' as TaskId;
// Final tests that could not even read the tree; no tree has this name.
const NO_TREE = '0'.repeat(40) as TreeSha;

/** Runs the final tests. Never throws for what they can meet; the result is stored when it resolves. */
export async function runFinal(deps: LegDeps, order: FinalOrder, control: WorkerControl): Promise<FinalResult> {
  const key = { plan: order.plan, task: FINAL_TASK, attempt: 1, generation: order.generation };
  let test: TestResult;
  try {
    const room = await openWorkRoom(deps, control, {
      key,
      settings: order.settings,
      stage: 'final',
      runTask: FINAL_TASK,
    });
    try {
      room.progress.update({ stage: 'final', iteration: 1 });
      test = await testLanded(room, order);
    } finally {
      await closeWorkRoom(room);
    }
  } catch (error) {
    test = toError(order, NO_TREE, classifyError(error, 'The final tests could not be run'));
  }
  const result: FinalResult = {
    version: 1,
    plan: order.plan,
    generation: order.generation,
    commitSha: order.commitSha,
    test,
    endedAt: Math.round(deps.clock.now()),
  };
  try {
    await deps.evidence.writeFinal(order.plan, order.generation, result);
  } catch (error) {
    deps.log.error('The result of the final tests could not be written', { plan: order.plan, cause: String(error) });
  }
  return result;
}

function toError(order: FinalOrder, tree: TreeSha, failure: Failure): TestResult {
  return {
    stage: 'final',
    tree,
    suite: finalSuiteDigest(order.commands),
    status: failure.cause === 'setup-failed' ? 'failed' : 'error',
    exitCode: null,
    durationMs: 0,
    tail: failure.feedback === '' ? failure.detail : failure.feedback,
    reused: false,
  };
}

async function testLanded(room: WorkRoom, order: FinalOrder): Promise<TestResult> {
  const path = `${room.deps.evidence.worktreePath(room.key)}-final`;
  if (await room.deps.files.exists(path)) {
    await room.deps.sandbox.reap(room.runPrefix);
    await removeCheckout(room, path);
  }
  const tree = await room.deps.git.treeOf(order.commitSha);
  const leased = await leasePorts(room, order.settings);
  if (leased.kind === 'failed') return toError(order, tree, leased.failure);
  const { lease } = leased;
  try {
    const checkout = await makeCheckout(room, {
      path,
      name: 'final',
      commit: order.commitSha,
      tree,
      ports: lease.ports,
      copy: order.settings.copy,
    });
    const setup = await runSetup(room, checkout, order.settings.setup);
    if (setup !== null) return toError(order, tree, setup);
    const suite = finalSuiteDigest(order.commands);
    const outcome = await runTests(room, checkout, { stage: 'final', tree, suite, commands: order.commands });
    return outcome.kind === 'stopped' ? toError(order, tree, outcome.failure) : outcome.test;
  } finally {
    await removeCheckout(room, path);
    await lease.release();
  }
}
