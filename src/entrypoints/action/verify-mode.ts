/** The mode verify: judges on a fresh machine what came out of work, a head that a person pushed, or a merge. */
import { failWork, type LegFailure } from '../../core/hosted/failed-work.ts';
import type { LegResult } from '../../core/hosted/read-receipt.ts';
import { renderLegSummary, resultOf } from '../../core/report/leg-summary.ts';
import type { LegDeps } from '../../engine/orders.ts';
import { FINAL_TASK, runFinal } from '../../engine/run-final.ts';
import { runGivenTrial } from '../../engine/run-given-trial.ts';
import { runVerify } from '../../engine/run-verify.ts';
import { type AwaitedOrder, awaitTurn, sayIdle, type Turn } from './await-turn.ts';
import { openLegControl } from './leg-control.ts';
import { configCommitOf, openLegDeps } from './leg-deps.ts';
import { type LegRoom, openLegRoom } from './leg-room.ts';
import { leaveJson, leaveLog } from './left-files.ts';
import { type MadeHead, makeHead } from './make-head.ts';
import { maxPackBytes } from './pack-size.ts';
import type { ActionSession } from './session.ts';

type VerifySession = ActionSession<'verify'>;
type OwnTurn = Extract<Turn, { kind: 'turn' }>;

/** Verifies one leg. What other jobs left and cannot be believed becomes a failed result with its reason. */
export async function runVerifyMode(session: VerifySession): Promise<void> {
  const { inputs, speech } = session;
  await using room = await openLegRoom(session);
  const turn = await awaitTurn(session, room);
  if (turn.kind === 'idle') return sayIdle(session, turn.because);
  const { order } = turn;
  await fetchNeeded(room, turn);
  const opened = await openLegDeps(session, room, turn);
  const result =
    opened.kind === 'refused'
      ? await fail(session, room, turn, { cause: 'sandbox-failed', detail: opened.because })
      : await verifyLeg(session, room, turn, opened.deps);
  if (opened.kind === 'opened')
    await leaveLog(room, speech, {
      leg: inputs.leg,
      name: 'verify.log',
      from: opened.deps.evidence.logPath(keyOf(order)),
    });
  await leaveJson(room, speech, { leg: inputs.leg, kind: 'evidence', value: resultOf(result) });
  speech.setOutput('outcome', 'done');
  speech.summarize(renderLegSummary(`Verification of ${inputs.leg.task}`, result));
}

/** Everything that the order speaks of, with as much history as merging it needs. */
async function fetchNeeded({ remote }: LegRoom, turn: OwnTurn): Promise<void> {
  const { order } = turn;
  await remote.fetchCommits([configCommitOf(turn)], 1);
  switch (order.kind) {
    case 'attempt':
      // What the agent was given with conflicts is found again.
      if (order.order.carrySha !== null) await remote.fetchJoined(order.order.baseSha, order.order.carrySha);
      return;
    case 'given':
      return remote.fetchJoined(order.order.baseSha, order.order.headSha);
    case 'trial':
      await remote.fetchCommits([order.order.commitSha], 2);
      return remote.fetchJoined(order.order.ontoSha, order.order.headSha);
    case 'final':
      return remote.fetchCommits([order.order.commitSha], 1);
  }
}

async function verifyLeg(session: VerifySession, room: LegRoom, turn: OwnTurn, deps: LegDeps): Promise<LegResult> {
  const { order } = turn;
  const { speech, inputs } = session;
  const control = openLegControl(session, deps, room);
  const title = `Verify ${inputs.leg.task}`;
  switch (order.kind) {
    case 'attempt': {
      const { work, pack } = inputs;
      const made = await makeHead(room, order.order, { work, pack, maxPackBytes: maxPackBytes(deps.policy) });
      if (!made.ok)
        return fail(session, room, turn, {
          cause: 'intake-refused',
          detail: `What the job work left is not believed: ${made.because}.`,
        });
      const given = givenOf(made.value);
      const evidence = await speech.group(title, () => runVerify(deps, order.order, given, control));
      return { work: 'attempt', evidence };
    }
    case 'given': {
      const { headSha } = order.order;
      const given = { headSha, treeSha: await room.git.treeOf(headSha), work: null };
      const evidence = await speech.group(title, () => runVerify(deps, order.order, given, control));
      return { work: 'attempt', evidence };
    }
    case 'trial':
      return { work: 'trial', result: await speech.group(title, () => runGivenTrial(deps, order.order, control)) };
    case 'final':
      return { work: 'final', result: await speech.group(title, () => runFinal(deps, order.order, control)) };
  }
}

function givenOf({ head, work }: MadeHead) {
  return { headSha: head.commitSha, treeSha: head.treeSha, work };
}

/** A failed result; what the work has spent is as unknown as whether it is what it says. */
async function fail(
  { clock, speech }: VerifySession,
  { git }: LegRoom,
  { ledger, awaited }: OwnTurn,
  failure: LegFailure,
): Promise<LegResult> {
  speech.annotate('warning', failure.detail);
  const failed = failWork(ledger, awaited, failure, clock.now());
  if (failed.work !== 'final') return failed;
  const { result } = failed;
  return { work: 'final', result: { ...result, test: { ...result.test, tree: await git.treeOf(result.commitSha) } } };
}

/** Log and evidence of the tests on the landed whole are kept as those of a task of that name would be. */
function keyOf(order: AwaitedOrder) {
  const { plan, generation } = order.order;
  if (order.kind === 'final') return { plan, task: FINAL_TASK, attempt: 1, generation };
  return { plan, task: order.order.task.id, attempt: order.order.attempt, generation };
}
