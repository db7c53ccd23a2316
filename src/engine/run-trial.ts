/**
 * The trial on the tip: the head is merged onto it without a working tree, and the merged tree is tested. The merge
 * commit that is made here is the one that lands, so the landed tree is the tested tree.
 */
import { extractConflictHunks, renderConflictFeedback } from '../core/agents/feedback.ts';
import { mergeMessage } from '../core/attempts/commit-message.ts';
import type { TreeSha } from '../core/brand.ts';
import { suiteDigest } from '../core/gate/bindings.ts';
import type { TestResult, TrialResult } from '../core/ledger/evidence.ts';
import type { Forge } from '../ports/forge.ts';
import type { MergeOutcome } from '../ports/git.ts';
import { makeFailure } from './attempt/failure.ts';
import { recordTrial, testMerged, toError, toTested, type TrialEnd } from './attempt/try-merged.ts';
import type { WorkRoom } from './attempt/work-room.ts';
import type { TrialOrder, WorkerControl, WorkerDeps } from './orders.ts';

/** Tries a head on the tip. Never throws for what a trial can meet; the result is stored when it resolves. */
export async function runTrial(deps: WorkerDeps, order: TrialOrder, control: WorkerControl): Promise<TrialResult> {
  return recordTrial(deps, order, control, (room) => tryOnTip(room, deps.forge, order));
}

async function tryOnTip(room: WorkRoom, forge: Forge, order: TrialOrder): Promise<TrialEnd> {
  const { git, author, clock } = room.deps;
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
  return testMerged(room, order, commit, merge.tree);
}

/** A result that was got on a fresh checkout of the same tree with the same suite. Those of an agent's worktree are not. */
function findKnownResult(order: TrialOrder, tree: TreeSha): TestResult | null {
  const suite = suiteDigest(order.task);
  const known = order.knownTests.findLast(
    (test) => ['verify', 'trial', 'final'].includes(test.stage) && test.tree === tree && test.suite === suite,
  );
  return known?.status === 'passed' ? known : null;
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
