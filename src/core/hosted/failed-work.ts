/** What `decide` is told of a leg that left nothing to believe: a result of the same shape, that says what became of it. */
import type { TreeSha } from '../brand.ts';
import { finalSuiteDigest } from '../gate/bindings.ts';
import type { Evidence, FailureCause } from '../ledger/evidence.ts';
import type { PlanLedger } from '../ledger/ledger.ts';
import { cleanLine } from '../text/clean-text.ts';
import type { AwaitedWork } from './awaited-work.ts';
import type { LegResult } from './read-receipt.ts';

/** Why a leg left nothing. `run-…` and `evidence-refused` are given by the reader of runs alone, the others by a run. */
export interface LegFailure {
  cause: Extract<
    FailureCause,
    | 'run-failed'
    | 'run-cancelled'
    | 'run-lost'
    | 'evidence-refused'
    | 'publish-refused'
    | 'intake-refused'
    | 'sandbox-failed'
  >;
  /** One or two sentences with the next step. */
  detail: string;
}

/** Stands where a tree has to and none is known. No tree has this name. */
const NO_TREE = '0'.repeat(40) as TreeSha;
const MAX_DETAIL = 1000;

/** Causes that time may cure: tried again after a wait. */
const TRANSIENT: ReadonlySet<LegFailure['cause']> = new Set(['run-failed', 'run-lost']);

/** The result of a failed leg. What it has spent is unknown, so that all that was set aside counts. */
export function failWork(ledger: PlanLedger, awaited: AwaitedWork, failure: LegFailure, nowMs: number): LegResult {
  const detail = cleanLine(failure.detail, MAX_DETAIL);
  switch (awaited.work) {
    case 'attempt':
      return { work: 'attempt', evidence: failAttempt(awaited, { ...failure, detail }, nowMs) };
    case 'trial': {
      const { plan, task, attempt, trial } = awaited;
      return {
        work: 'trial',
        result: {
          version: 1,
          plan,
          task,
          attempt: attempt.attempt,
          generation: trial.generation,
          headSha: attempt.evidence?.headSha ?? trial.ontoSha,
          ontoSha: trial.ontoSha,
          outcome: failure.cause === 'run-cancelled' ? 'cancelled' : 'error',
          commitSha: null,
          treeSha: null,
          test: null,
          conflicts: [],
          feedback: detail,
          endedAt: nowMs,
        },
      };
    }
    case 'final': {
      const { plan, final } = awaited;
      const suite = finalSuiteDigest(ledger.plan.final);
      const run = { status: 'error' as const, exitCode: null, durationMs: 0, tail: detail, reused: false };
      return {
        work: 'final',
        result: {
          version: 1,
          plan,
          generation: final.generation,
          commitSha: final.commitSha,
          test: { stage: 'final', tree: NO_TREE, suite, ...run },
          endedAt: nowMs,
        },
      };
    }
  }
}

function failAttempt(
  { plan, task, attempt }: Extract<AwaitedWork, { work: 'attempt' }>,
  { cause, detail }: LegFailure,
  nowMs: number,
): Evidence {
  return {
    version: 1,
    plan,
    task,
    attempt: attempt.attempt,
    generation: attempt.generation,
    taskDigest: attempt.taskDigest,
    baseSha: attempt.baseSha,
    baseTreeSha: NO_TREE,
    headSha: null,
    treeSha: null,
    outcome: cause === 'run-cancelled' ? 'cancelled' : 'failed',
    // What broke is no fault of the work: the next attempt is not told of it.
    failure: { cause, detail, feedback: '', isTransient: TRANSIENT.has(cause) },
    tests: [],
    reviews: [],
    baseTests: 'not-asked',
    violations: [],
    changes: { files: 0, insertions: 0, deletions: 0 },
    paths: [],
    usage: { costUsd: null, inputTokens: null, outputTokens: null, turns: null },
    iterations: 0,
    sandbox: { engine: 'unknown', profile: 'unknown', waived: [] },
    startedAt: attempt.startedAt,
    endedAt: nowMs,
    timings: {},
  };
}
