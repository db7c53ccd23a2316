/** What one attempt has found out so far; becomes its evidence, however it ends. */
import type { CommitSha, TreeSha } from '../../core/brand.ts';
import { addUsage } from '../../core/agents/agent-reading.ts';
import type { Evidence, ReviewResult, TestResult, Usage } from '../../core/ledger/evidence.ts';
import { cleanLine } from '../../core/text/clean-text.ts';
import type { AttemptOrder, LegDeps } from '../orders.ts';
import type { PartEnd } from './attempt-part.ts';
import type { Failure } from './failure.ts';
import type { JudgedChange } from './judge-tree.ts';

export interface AttemptState {
  baseTree: TreeSha | null;
  /** `atMs`: the date of the commit; `null` if it was not made here. */
  head: { commit: CommitSha; tree: TreeSha; atMs: number | null } | null;
  change: JudgedChange | null;
  tests: TestResult[];
  reviews: ReviewResult[];
  baseTests: Evidence['baseTests'];
  /** `null` before the first run that has any. */
  usage: Usage | null;
  iterations: number;
  /** True if the worktree may hold work that could not be taken in: it is then kept. */
  isWorkUnsaved: boolean;
}

/** Nothing found out yet. */
export function beginState(): AttemptState {
  return {
    baseTree: null,
    head: null,
    change: null,
    tests: [],
    reviews: [],
    baseTests: 'not-asked',
    usage: null,
    iterations: 0,
    isWorkUnsaved: false,
  };
}

/** Notes what the change is against. Until the base's tests were looked at, a task that has any needs none of them. */
export function noteBase(state: AttemptState, { task }: Pick<AttemptOrder, 'task'>, baseTree: TreeSha): void {
  state.baseTree = baseTree;
  if (task.testPaths.length > 0) state.baseTests = 'not-needed';
}

/** Adds what one more run used. */
export function recordUsage(state: AttemptState, usage: Usage): void {
  state.usage = state.usage === null ? usage : addUsage(state.usage, usage);
}

/**
 * What may still be spent of a reservation; `null` is no cap. Where spending is unknown the whole reservation
 * counts as spent, so that a cap binds.
 */
export function budgetLeft(order: Pick<AttemptOrder, 'reservedUsd'>, state: AttemptState): number | null {
  if (order.reservedUsd === null) return null;
  if (state.usage === null) return order.reservedUsd;
  return state.usage.costUsd === null ? 0 : Math.max(0, order.reservedUsd - state.usage.costUsd);
}

const MAX_PATHS = 200;
// An attempt that ended before its base was read; no tree has this name.
const NO_TREE = '0'.repeat(40) as TreeSha;

/** The evidence of an attempt that ended with `failure`, or was verified. */
export function toEvidence(deps: LegDeps, order: AttemptOrder, state: AttemptState, end: PartEnd): Evidence {
  const { head, change } = state;
  return {
    version: 1,
    plan: order.plan,
    task: order.task.id,
    attempt: order.attempt,
    generation: order.generation,
    taskDigest: order.taskDigest,
    baseSha: order.baseSha,
    baseTreeSha: state.baseTree ?? NO_TREE,
    headSha: head?.commit ?? null,
    treeSha: head?.tree ?? null,
    outcome: outcomeOf(end.failure),
    failure: end.failure,
    tests: state.tests,
    reviews: state.reviews,
    baseTests: state.baseTests,
    violations: change?.violations ?? [],
    ...describeChange(state),
    usage: state.usage ?? { costUsd: 0, inputTokens: 0, outputTokens: 0, turns: 0 },
    iterations: state.iterations,
    sandbox: { engine: deps.sandbox.engine, profile: order.task.profile, waived: [...deps.sandbox.waived] },
    startedAt: Math.round(end.startedAt),
    endedAt: Math.round(deps.clock.now()),
    timings: roundTimings(end.watch?.read() ?? {}),
  };
}

function outcomeOf(failure: Failure | null): Evidence['outcome'] {
  if (failure === null) return 'verified';
  return failure.cause === 'cancelled' ? 'cancelled' : 'failed';
}

function describeChange({ change }: AttemptState): Pick<Evidence, 'changes' | 'paths'> {
  if (change === null) return { changes: { files: 0, insertions: 0, deletions: 0 }, paths: [] };
  const { changes, insertions, deletions } = change;
  return {
    changes: { files: changes.length, insertions, deletions },
    paths: changes.slice(0, MAX_PATHS).map(({ path }) => cleanLine(path, 1000)),
  };
}

function roundTimings(timings: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(timings).map(([stage, ms]) => [stage, Math.round(ms * 10) / 10]));
}
