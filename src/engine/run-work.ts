/**
 * The `work` job of a leg: the rounds of an attempt on a machine that has nothing but the model's key to give away. What
 * it makes is a commit and a record of itself; whether the change holds is for another machine to say.
 */
import type { Evidence } from '../core/ledger/evidence.ts';
import type { WorkRecord } from '../core/ledger/work-record.ts';
import { runPart } from './attempt/attempt-part.ts';
import { beginState, toEvidence } from './attempt/attempt-state.ts';
import { doWork } from './attempt/do-work.ts';
import { toWorkRecord } from './attempt/earlier-work.ts';
import type { AttemptOrder, LegDeps, WorkerControl } from './orders.ts';

/** What the work came to. */
export interface WorkEnd {
  record: WorkRecord;
  /** Set if it came to no good end: then nothing is left to verify. */
  evidence: Evidence | null;
}

/**
 * Works until the change is good or something ends it. Never throws for what an attempt can meet. The head of the record
 * is in the repository and on no branch: whoever calls packs it before the repository goes.
 */
export async function runWork(deps: LegDeps, order: AttemptOrder, control: WorkerControl): Promise<WorkEnd> {
  const state = beginState();
  const end = await runPart(deps, order, control, {
    stage: 'worktree',
    goodEnd: 'good, and not verified yet',
    run: (room) =>
      doWork(room, order, state, {
        // The machine is fresh, or was cleaned before this began.
        clearLeftovers: () => Promise.resolve(),
        protect: () => Promise.resolve(null),
        follow: () => Promise.resolve(null),
        // Nobody could look at it there.
        keepsUnsaved: false,
      }),
  });
  return {
    record: toWorkRecord(deps, order, state, end),
    evidence: end.failure === null ? null : toEvidence(deps, order, state, end),
  };
}
