/**
 * Answers for pull requests that are no plan's, where the rules of the base ask for the check of the gate: without an
 * answer nobody could merge there by hand. Of the plans that are open on a base one does it, by a turn in the ledger of
 * the base that all of them share.
 */
import type { CommitSha } from '../brand.ts';
import { digestJson } from '../digest.ts';
import type { QueueLedger } from '../ledger/ledger.ts';
import { renderBehindCheck, renderNoTaskCheck } from '../report/hosted/group-check.ts';
import { earliest } from './earliest.ts';
import type { CheckOutput, ForgeEffect } from './effect.ts';
import type { BasePull, CheckFact, ForgeFacts } from './facts.ts';
import type { HostedConfig } from './hosted-config.ts';
import type { Leases } from './leases.ts';
import { asksForGate, findOwnGate, planGateCheck, type WantedGateCheck } from './own-gate-check.ts';
import { findBadBefore, findOwner, noTaskId } from './queue-entries.ts';
import type { RunningState } from './state.ts';

/** How many leases a turn to answer lasts. */
const LEASES_PER_TURN = 10;

interface BystanderInput {
  state: RunningState;
  facts: ForgeFacts;
  config: HostedConfig;
}

export interface BystanderAnswers {
  state: RunningState;
  effects: ForgeEffect[];
  wakeAtMs: number | null;
}

/** One check run that is wanted. */
interface WantedCheck extends WantedGateCheck {
  found: CheckFact | null;
}

/** Answers at `nowMs`. `good` are the heads of groups that were found good in the same decision. */
export function answerBystanders(
  input: BystanderInput,
  { leases, nowMs, good }: { leases: Leases; nowMs: number; good: ReadonlySet<CommitSha> },
): BystanderAnswers {
  const { state, facts, config } = input;
  const nothing: BystanderAnswers = { state, effects: [], wakeAtMs: null };
  if (!asksForGate(facts.rules, facts.app.id)) return nothing;
  const wanted = [...listPullChecks(input), ...listGroupChecks(input, good)];
  const open = wanted.filter(({ found, externalId }) => found?.externalId !== externalId);
  const isWaiting = wanted.some(({ output }) => output.status === 'in_progress');
  const wakeAtMs = isWaiting ? nowMs + config.leaseMs / 2 : null;
  if (open.length === 0) return { ...nothing, wakeAtMs };
  const turn = takeTurn(state, config, nowMs);
  if (!turn.isOurs) return { state: turn.state, effects: [], wakeAtMs: earliest([wakeAtMs, turn.dueMs]) };
  const effects = open
    .map(({ found, ...check }) => planGateCheck('check.none', check, found, leases))
    .filter((one) => one !== null);
  return { state: turn.state, effects, wakeAtMs };
}

function listPullChecks({ state, facts }: BystanderInput): WantedCheck[] {
  const output = renderNoTaskCheck();
  return (facts.basePulls ?? [])
    .filter((pull) => findOwner(pull, state).kind === 'nobody')
    .map((pull) => wantCheck(pull, pull.headSha, output, pull.gate === 'unknown' ? null : pull.gate));
}

function wantCheck(pull: BasePull, headSha: CommitSha, output: CheckOutput, found: CheckFact | null): WantedCheck {
  return { headSha, externalId: noTaskId(pull.number, digestJson(output).slice(0, 16)), output, found };
}

function listGroupChecks(input: BystanderInput, good: ReadonlySet<CommitSha>): WantedCheck[] {
  const { state, facts } = input;
  const queue = facts.mergeQueue ?? [];
  return queue.flatMap((entry) => {
    if (entry.headSha === null || findOwner(entry.pull, state).kind !== 'nobody') return [];
    const behind = findBadBefore(entry, input, good);
    const output = behind === null ? renderNoTaskCheck() : renderBehindCheck(behind.pull.number);
    return [wantCheck(entry.pull, entry.headSha, output, findOwnGate(entry.checks, facts.app.id))];
  });
}

/**
 * The turn to answer. It is believed only once it was read back, since the ledger of the base moves after that of the
 * plan, and another plan may have been faster.
 */
function takeTurn(
  state: RunningState,
  { leaseMs }: HostedConfig,
  nowMs: number,
): { state: RunningState; isOurs: boolean; dueMs: number | null } {
  const { queue, ledger } = state;
  const turn = queue.answering ?? null;
  const isOurs = turn !== null && turn.plan === ledger.plan.id && turn.until - nowMs > leaseMs;
  if (turn !== null && turn.plan !== ledger.plan.id && turn.until > nowMs)
    return { state, isOurs: false, dueMs: turn.until };
  const turnMs = leaseMs * LEASES_PER_TURN;
  const isFresh = isOurs && turn.until - nowMs > turnMs / 2;
  if (isFresh) return { state, isOurs, dueMs: null };
  const answering: QueueLedger['answering'] = { plan: ledger.plan.id, until: nowMs + turnMs };
  return { state: { ...state, queue: { ...queue, answering } }, isOurs, dueMs: nowMs + 1 };
}
