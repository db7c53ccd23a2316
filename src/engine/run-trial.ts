/**
 * The trial on the tip: the head is merged onto it without a working tree, and the merged tree is tested. The merge
 * commit that is made here is the one that lands, so the landed tree is the tested tree.
 */
import { extractConflictHunks, renderConflictFeedback, renderTestFeedback } from '../core/agents/feedback.ts';
import { mergeMessage } from '../core/attempts/commit-message.ts';
import type { CommitSha, TreeSha } from '../core/brand.ts';
import { suiteDigest } from '../core/gate/bindings.ts';
import type { TestResult, TrialResult } from '../core/ledger/evidence.ts';
import type { MergeOutcome } from '../ports/git.ts';
import { leasePorts, makeCheckout, removeCheckout } from './attempt/checkout.ts';
import { classifyError, makeFailure, type Failure } from './attempt/failure.ts';
import { runSetup, runTests } from './attempt/run-suite.ts';
import { closeWorkRoom, logLine, openWorkRoom, type WorkRoom } from './attempt/work-room.ts';
import type { TrialOrder, WorkerControl, WorkerDeps } from './orders.ts';

/** What a trial came to, apart from what it was for. */
type TrialEnd = Pick<TrialResult, 'outcome' | 'commitSha' | 'treeSha' | 'test' | 'conflicts' | 'feedback'>;

/** Tries a head on the tip. Never throws for what a trial can meet; the result is stored when it resolves. */
export async function runTrial(deps: WorkerDeps, order: TrialOrder, control: WorkerControl): Promise<TrialResult> {
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
      end = await tryOnTip(room, order).catch((error: unknown) =>
        toError(classifyError(error, 'The trial could not go on')),
      );
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

function toError(failure: Failure): TrialEnd {
  return { outcome: 'error', commitSha: null, treeSha: null, test: null, conflicts: [], feedback: failure.detail };
}

async function tryOnTip(room: WorkRoom, order: TrialOrder): Promise<TrialEnd> {
  const { git, forge, author, clock } = room.deps;
  const merge = await git.mergeCommits(order.ontoSha, order.headSha);
  if (merge.kind === 'conflict') return describeConflict(room, merge);
  const commit = await git.writeCommit({
    tree: merge.tree,
    // A merge commit even where the head builds on the tip: what landed with which task stays readable.
    parents: [order.ontoSha, order.headSha],
    message: mergeMessage({ ...order, task: order.task.id, title: order.task.title }),
    author,
    atMs: clock.now(),
  });
  const published = await forge.publishHead(order.trialBranch, commit, null);
  if (published.kind === 'refused')
    return toError(makeFailure('internal', `Branch '${order.trialBranch}' could not be moved: ${published.because}`));
  const known = findKnownResult(order, merge.tree);
  if (known !== null) return toTested(commit, merge.tree, { ...known, stage: 'trial', reused: true });
  const tested = await testMerged(room, order, commit, merge.tree);
  return tested.kind === 'stopped' ? toError(tested.failure) : toTested(commit, merge.tree, tested.test);
}

/** A result that was got on a fresh checkout of the same tree with the same suite. Those of an agent's worktree are not. */
function findKnownResult(order: TrialOrder, tree: TreeSha): TestResult | null {
  const suite = suiteDigest(order.task);
  const known = order.knownTests.findLast(
    (test) => ['verify', 'trial', 'final'].includes(test.stage) && test.tree === tree && test.suite === suite,
  );
  return known?.status === 'passed' ? known : null;
}

function toTested(commitSha: CommitSha, treeSha: TreeSha, test: TestResult): TrialEnd {
  const feedback = test.status === 'passed' ? '' : renderTestFeedback(test);
  return { outcome: 'tested', commitSha, treeSha, test, conflicts: [], feedback };
}

async function testMerged(
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

const MAX_HUNK_FILES = 10;
const MAX_HUNK_FILE_BYTES = 1024 * 1024;

async function describeConflict(room: WorkRoom, merge: Extract<MergeOutcome, { kind: 'conflict' }>): Promise<TrialEnd> {
  const hunks = await Promise.all(
    merge.conflicts.slice(0, MAX_HUNK_FILES).map(async ({ path }) => {
      const text = await room.deps.git.readFile(merge.tree, path, MAX_HUNK_FILE_BYTES);
      return { path, text: extractConflictHunks(text ?? '') };
    }),
  );
  return {
    outcome: 'conflict',
    commitSha: null,
    treeSha: null,
    test: null,
    conflicts: merge.conflicts.slice(0, 200),
    feedback: renderConflictFeedback(
      merge.conflicts,
      hunks.filter(({ text }) => text !== ''),
    ),
  };
}
