/** The mode work: agent, tests and review in sandboxes. Leaves a pack and a record of itself, or evidence of a failure. */
import { readDiff } from '../../core/gate/read-diff.ts';
import { failWork, type LegFailure } from '../../core/hosted/failed-work.ts';
import type { Evidence } from '../../core/ledger/evidence.ts';
import type { WorkRecord } from '../../core/ledger/work-record.ts';
import { findEnvironmentSecrets } from '../../core/text/environment-secrets.ts';
import { renderLegSummary } from '../../core/report/leg-summary.ts';
import type { AttemptOrder, LegDeps } from '../../engine/orders.ts';
import { runWork } from '../../engine/run-work.ts';
import { ActionError } from './action-error.ts';
import { awaitTurn, sayIdle, type Turn } from './await-turn.ts';
import { openLegDeps } from './leg-deps.ts';
import { type LegRoom, openLegRoom } from './leg-room.ts';
import { clearLeftFile, leaveJson, leaveLog, leavePack } from './left-files.ts';
import { openLegControl } from './leg-control.ts';
import { maxPackBytes } from './pack-size.ts';
import type { ActionSession } from './session.ts';

/** Works on one attempt. */
export async function runWorkMode(session: ActionSession<'work'>): Promise<void> {
  const { inputs, speech } = session;
  if (inputs.leg.mode !== 'full')
    throw new ActionError(`The leg of '${inputs.leg.task}' is to be verified only, so there is nothing to work on.`, {
      next: "let the job's condition be fromJSON(inputs.leg).mode == 'full'",
    });
  await using room = await openLegRoom(session);
  const turn = await awaitTurn(session, room);
  if (turn.kind === 'idle') return sayIdle(session, turn.because);
  if (turn.order.kind !== 'attempt')
    return sayIdle(session, `the ledger waits for no new work on '${inputs.leg.task}'`);
  const { order } = turn.order;
  await (order.carrySha === null
    ? room.remote.fetchCommits([order.baseSha], 1)
    : room.remote.fetchJoined(order.baseSha, order.carrySha));
  const opened = await openLegDeps(session, room, turn);
  if (opened.kind === 'refused') {
    const usage = { costUsd: 0, inputTokens: 0, outputTokens: 0, turns: 0 };
    return await leaveFailed(session, room, turn, { cause: 'sandbox-failed', detail: opened.because, usage });
  }
  const control = openLegControl(session, opened.deps, room);
  const end = await speech.group(`Work on ${order.task.id}`, () => runWork(opened.deps, order, control));
  await leaveLog(room, speech, { leg: inputs.leg, name: 'work.log', from: opened.deps.evidence.logPath(keyOf(order)) });
  await leave(session, room, { turn, deps: opened.deps, ...end });
}

function keyOf({ plan, task, attempt, generation }: AttemptOrder) {
  return { plan, task: task.id, attempt, generation };
}

type OwnTurn = Extract<Turn, { kind: 'turn' }>;

interface Worked {
  turn: OwnTurn;
  deps: LegDeps;
  record: WorkRecord;
  evidence: Evidence | null;
}

/** The pack first: what cannot be packed cannot be verified, whatever the work says of it. */
async function leave(session: ActionSession<'work'>, room: LegRoom, worked: Worked): Promise<void> {
  const { inputs, speech } = session;
  const { record, deps, turn } = worked;
  const isLeak = await addsHandedSecret(room, worked);
  const evidence =
    isLeak && worked.evidence !== null ? { ...worked.evidence, headSha: null, treeSha: null } : worked.evidence;
  if (record.head !== null && !isLeak) {
    const file = await clearLeftFile(room, inputs.leg, 'pack');
    const maxBytes = maxPackBytes(deps.policy);
    const base = record.baseSha;
    const packed = await room.git.writePack({ tree: record.head.treeSha, base, path: file, maxBytes });
    if (packed.kind === 'too-large')
      return leaveFailed(session, room, turn, {
        cause: 'intake-refused',
        detail: `The change is larger than ${maxBytes} bytes as a pack. Split the task, or raise 'limits' in .github/espalier.yml.`,
        usage: record.usage,
      });
    await leavePack(speech, file);
    await leaveJson(room, speech, { leg: inputs.leg, kind: 'work', value: record });
  }
  if (evidence === null) {
    speech.setOutput('outcome', 'good');
    speech.summarize(renderLegSummary(`Work on ${inputs.leg.task}`, { work: 'good', record }));
    return;
  }
  await leaveJson(room, speech, { leg: inputs.leg, kind: 'evidence', value: evidence });
  sayFailed(session, evidence);
}

/** Most of a change that is searched; a longer one was refused as a whole, and its pack is as large. */
const MAX_SEARCHED_BYTES = 128 * 1024 * 1024;

/**
 * True for a change that adds a secret which the task was handed. The rules have refused it, whatever ended the work at
 * last; artifacts and branches are for many eyes, so neither its pack nor its head leaves this machine. All else that
 * was refused is kept.
 */
async function addsHandedSecret({ git }: LegRoom, { record, deps }: Worked): Promise<boolean> {
  const handed = findEnvironmentSecrets(deps.hostEnv);
  if (record.head === null || handed.length === 0) return false;
  const diff = await git.diffText(await git.treeOf(record.baseSha), record.head.treeSha, MAX_SEARCHED_BYTES);
  return readDiff(diff).added.some(({ text }) => handed.some((value) => text.includes(value)));
}

async function leaveFailed(
  session: ActionSession<'work'>,
  room: LegRoom,
  { ledger, awaited }: OwnTurn,
  { usage, ...failure }: LegFailure & { usage: Evidence['usage'] },
): Promise<void> {
  const { clock, inputs, speech } = session;
  const failed = failWork(ledger, awaited, failure, clock.now());
  if (failed.work !== 'attempt') throw new Error(`Work on '${inputs.leg.task}' is the work of no attempt.`);
  const evidence = { ...failed.evidence, usage };
  await leaveJson(room, speech, { leg: inputs.leg, kind: 'evidence', value: evidence });
  sayFailed(session, evidence);
}

function sayFailed({ inputs, speech }: ActionSession<'work'>, evidence: Evidence): void {
  speech.setOutput('outcome', 'failed');
  speech.summarize(renderLegSummary(`Work on ${inputs.leg.task}`, { work: 'attempt', evidence }));
  const { failure } = evidence;
  // The plan hears of it from the evidence; the job did what it is for.
  if (failure !== null) speech.annotate('warning', `${failure.cause}: ${failure.detail}`);
}
