/**
 * Whether this run is the one that the ledger names, and what its leg has to do. A run begins nothing before: of two runs
 * of one dispatch at most one is ever named, and the other ends itself.
 */
import { branchFor } from '../../core/ref-names.ts';
import { type AwaitedWork, findAwaited } from '../../core/hosted/awaited-work.ts';
import { HOSTED_DEFAULTS } from '../../core/hosted/hosted-config.ts';
import { readPlanFiles } from '../../core/ledger/files.ts';
import { readForgeFiles } from '../../core/ledger/forge-files.ts';
import type { DispatchLeg, ForgeRecord } from '../../core/ledger/forge-record.ts';
import type { PlanLedger } from '../../core/ledger/ledger.ts';
import { findLeg } from '../../core/ledger/leg-input.ts';
import { type LegOrder, readLegOrder } from '../../engine/leg-orders.ts';
import { ActionError } from './action-error.ts';
import type { LegMode, LegRoom } from './leg-room.ts';
import type { ActionSession } from './session.ts';

/** What a leg has to do. */
export type AwaitedOrder = Exclude<LegOrder, { kind: 'not-awaited' }>;

/** The turn of a leg, or why there is nothing to do (a sentence without its full stop). */
export type Turn =
  | { kind: 'turn'; ledger: PlanLedger; leg: DispatchLeg; awaited: AwaitedWork; order: AwaitedOrder }
  | { kind: 'idle'; because: string };

/** Most bytes of a ledger: a thousand tasks with all their evidence. */
const MAX_LEDGER_BYTES = 256 * 1024 * 1024;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 15_000;

/** Waits until the ledger names a run for the dispatch, and reads what the leg has to do if it is this one. */
export async function awaitTurn(session: ActionSession<LegMode>, room: LegRoom): Promise<Turn> {
  const { clock, inputs, runner, signal, speech } = session;
  // What counts is read from the branch's tip, which is the keeper's alone to write; this is for who follows the trail.
  speech.say(`Leg of ${inputs.leg.task} in dispatch ${inputs.nonce}, written down in ledger commit ${inputs.ledger}.`);
  if (runner.runAttempt !== 1)
    return idle('somebody has started this run again, and only what was dispatched counts; comment `/espalier retry`');
  if (!inputs.nonce.startsWith(`${inputs.plan}.`)) return idle(`dispatch '${inputs.nonce}' is of another plan`);
  const until = clock.now() + HOSTED_DEFAULTS.startTimeoutMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 1.5, MAX_WAIT_MS)) {
    const state = await readLedger(session, room);
    if (state === null) return idle(`there is no ledger of plan '${inputs.plan}'`);
    const { ledger, record } = state;
    const dispatch = record.dispatches.find((one) => one.nonce === inputs.nonce);
    if (dispatch === undefined) return idle(`the ledger knows no dispatch '${inputs.nonce}' (any more)`);
    const { run } = dispatch;
    if (run !== null && run.id !== runner.runId) return idle(`the ledger names run ${run.id} for this dispatch`);
    if (run !== null) return takeTurn(session, { ledger, record, legs: dispatch.legs });
    if (signal.aborted) return idle('the job was cancelled before the ledger named a run');
    if (clock.now() >= until) return idle('the ledger named no run for this dispatch within half an hour');
    await clock.sleep(waitMs, signal);
  }
}

function takeTurn(
  { inputs }: ActionSession<LegMode>,
  { ledger, record, legs }: { ledger: PlanLedger; record: ForgeRecord; legs: readonly DispatchLeg[] },
): Turn {
  const order = readLegOrder({ ledger, record, nonce: inputs.nonce, leg: inputs.leg });
  if (order.kind === 'not-awaited') return idle(order.because);
  const leg = findLeg(legs, inputs.leg);
  const awaited = leg === null ? null : findAwaited(ledger, leg);
  if (leg === null || awaited === null)
    throw new Error(`The leg of '${inputs.leg.task}' has an order and is not awaited.`);
  return { kind: 'turn', ledger, leg, awaited, order };
}

function idle(because: string): Turn {
  return { kind: 'idle', because };
}

async function readLedger(
  { inputs }: ActionSession<LegMode>,
  { git, remote }: LegRoom,
): Promise<{ ledger: PlanLedger; record: ForgeRecord } | null> {
  const tip = await remote.fetchBranch(branchFor({ kind: 'ledger', plan: inputs.plan }));
  if (tip === null) return null;
  const files = await git.readFiles(tip, MAX_LEDGER_BYTES);
  const ledger = readPlanFiles(files);
  const record = readForgeFiles(files);
  const because = ledger.ok ? (record.ok ? null : record.because) : ledger.because;
  if (!ledger.ok || !record.ok)
    throw new ActionError(`The ledger of plan '${inputs.plan}' cannot be read: ${because}.`, {
      next: "let the workflows and the App have the same version ('espalier init --check' compares)",
    });
  return record.value === null ? null : { ledger: ledger.value, record: record.value };
}

/** Says in the log, the outputs and the summary that there was nothing to do. */
export function sayIdle({ speech }: ActionSession<LegMode>, because: string): void {
  speech.setOutput('outcome', 'idle');
  speech.say(`Nothing was done: ${because}.`);
  speech.annotate('notice', `Nothing was done: ${because}.`);
}
