/**
 * What the work on one machine hands to its verification on another. It is taken over to be shown and charged; nothing
 * that the gate believes comes from it.
 */
import type { Evidence } from '../../core/ledger/evidence.ts';
import { shortenFindings, type WorkRecord } from '../../core/ledger/work-record.ts';
import type { AttemptOrder, LegDeps } from '../orders.ts';
import type { PartEnd } from './attempt-part.ts';
import { type AttemptState, toEvidence } from './attempt-state.ts';

/** The record of work that ended so. */
export function toWorkRecord(deps: LegDeps, order: AttemptOrder, state: AttemptState, end: PartEnd): WorkRecord {
  const { plan, task, attempt, generation, taskDigest, baseSha, ...rest } = toEvidence(deps, order, state, end);
  const { head } = state;
  return {
    version: 1,
    plan,
    task,
    attempt,
    generation,
    taskDigest,
    baseSha,
    head: head === null || head.atMs === null ? null : { commitSha: head.commit, treeSha: head.tree, atMs: head.atMs },
    tests: state.tests.map((test) => ({ ...test, stage: 'work', reused: false })),
    reviews: shortenFindings(state.reviews.map((review) => ({ ...review, stage: 'work' }))),
    iterations: rest.iterations,
    usage: rest.usage,
    timings: rest.timings,
    sandbox: { engine: deps.sandbox.engine, profile: order.task.profile, waived: [...deps.sandbox.waived] },
    startedAt: rest.startedAt,
    endedAt: rest.endedAt,
  };
}

/** Begins a verification with what the work says of itself. */
export function takeOverWork(state: AttemptState, work: WorkRecord): void {
  state.tests.push(...work.tests);
  state.reviews.push(...work.reviews);
  state.usage = work.usage;
  state.iterations = work.iterations;
}

/** The evidence of a verification, with the time and the sandbox of the work that it is of. */
export function addEarlierWork(evidence: Evidence, work: WorkRecord): Evidence {
  const timings = { ...work.timings };
  for (const [stage, ms] of Object.entries(evidence.timings)) timings[stage] = (timings[stage] ?? 0) + ms;
  return {
    ...evidence,
    timings,
    startedAt: Math.min(work.startedAt, evidence.startedAt),
    sandbox: joinSandboxes(evidence.sandbox, work.sandbox),
  };
}

/** The sandbox that was verified in; that of the work too where it was another, since the agent ran in that one. */
function joinSandboxes(verified: Evidence['sandbox'], worked: WorkRecord['sandbox']): Evidence['sandbox'] {
  return {
    engine: verified.engine === worked.engine ? verified.engine : `${verified.engine} (the agent's: ${worked.engine})`,
    profile: verified.profile,
    waived: [...new Set([...verified.waived, ...worked.waived])],
  };
}
