/**
 * One attempt on one machine: work, verify, publish in turn (DESIGN section 7). Whatever an agent, a test, a reviewer, a
 * plan or a full disk does ends as evidence with a cause; the work that was done is on the attempt's branch before the
 * evidence is written.
 */
import type { Evidence } from '../core/ledger/evidence.ts';
import { runPart } from './attempt/attempt-part.ts';
import { beginState, toEvidence, type AttemptState } from './attempt/attempt-state.ts';
import { doWork, type WorkPlace } from './attempt/do-work.ts';
import { clearLeftovers } from './attempt/leftover.ts';
import { publishAttemptHead, publishTaskHead } from './attempt/publish.ts';
import { verifyChange } from './attempt/verify.ts';
import type { WorkRoom } from './attempt/work-room.ts';
import type { AttemptOrder, WorkerControl, WorkerDeps } from './orders.ts';

/** Runs one attempt to its end. Never throws for what an attempt can meet; the evidence is stored when it resolves. */
export async function runAttempt(deps: WorkerDeps, order: AttemptOrder, control: WorkerControl): Promise<Evidence> {
  const state = beginState();
  const end = await runPart(deps, order, control, {
    stage: 'worktree',
    goodEnd: 'verified',
    run: (room) => doWork(room, order, state, placeOf(room, deps, order, state)),
  });
  const evidence = toEvidence(deps, order, state, end);
  const key = { plan: order.plan, task: order.task.id, attempt: order.attempt, generation: order.generation };
  try {
    await deps.evidence.writeEvidence(key, evidence);
  } catch (error) {
    // The loop gets it from here as well; a process that dies before it reads this runs the attempt again.
    deps.log.error('Evidence could not be written', { task: order.task.id, cause: String(error) });
  }
  return evidence;
}

/** Here branches protect the work, and it is verified and published where it was done. */
function placeOf(room: WorkRoom, { forge }: WorkerDeps, order: AttemptOrder, state: AttemptState): WorkPlace {
  return {
    clearLeftovers: () => clearLeftovers(room, forge, order.task.title),
    protect: (head) => publishAttemptHead(room, forge, order, head),
    keepsUnsaved: true,
    async follow({ head, change, ports }) {
      const verified = await verifyChange(room, { order, state, change, ports });
      if (verified !== null) return verified;
      room.progress.update({ stage: 'publish', activity: '' });
      await publishTaskHead(room, forge, order, head);
      return null;
    },
  };
}
