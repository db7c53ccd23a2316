/**
 * Whose plan it is. Where several identities look after one repository (an app, and a workflow beside it), the one that
 * accepted a plan keeps it: what the others would post, open and check would be nobody's to edit but theirs. A keeper
 * that is gone loses the plan to whoever hears a command that it left unanswered.
 */
import { judgeAuthority } from '../commands/authority.ts';
import { readCommands } from '../commands/read-commands.ts';
import { COMMAND_LIVES_MS } from '../intake/unanswered-commands.ts';
import type { ForgeRecord } from '../ledger/forge-record.ts';
import { renderKeeperNotice } from '../report/hosted/keeper-notice.ts';
import { earliest } from './earliest.ts';
import type { ForgeEffect } from './effect.ts';
import type { CommentFact } from './facts.ts';
import type { HostedInput } from './hosted-input.ts';
import { answerMarker } from './show-plan.ts';
import type { HostedState } from './state.ts';

/** A keeper that is at work has taken up a command by then: a schedule looks every few minutes, and runs may queue. */
const HAND_OVER_MS = 15 * 60_000;

/** Whether this identity works on the plan, and what it does if it does not. */
export type Keeping =
  /** `state` is that of the input, or has this identity as its new keeper. */
  | { kind: 'own'; state: HostedState }
  | { kind: 'foreign'; state: HostedState; effects: ForgeEffect[]; wakeAtMs: number | null };

/** Judges at `nowMs`, milliseconds since the epoch. A ledger that names no keeper is the reader's own. */
export function judgeKeeping(input: HostedInput, nowMs: number): Keeping {
  const { state, facts } = input;
  const { keeper } = state.record;
  if (state.ledger === null || keeper === undefined || keeper.appId === facts.app.id) return { kind: 'own', state };
  const asked = (facts.issue?.comments ?? []).filter((comment) => asksForRun(comment, input, nowMs));
  const isLost = asked.some(({ createdAtMs }) => createdAtMs + HAND_OVER_MS <= nowMs);
  if (isLost) return { kind: 'own', state: { ...state, record: takeOver(state.record, facts.app) } };
  const told = noteTold(input);
  const wakeAtMs = earliest(asked.map(({ createdAtMs }) => createdAtMs + HAND_OVER_MS));
  const isTold = told.told.includes(toldKey(facts.app.id));
  const effects = isTold ? [] : [writeNotice(keeper.login, input)];
  return { kind: 'foreign', state: told === state.record ? state : { ...state, record: told }, effects, wakeAtMs };
}

/** A `run` that counts and that nobody has taken up. */
function asksForRun(comment: CommentFact, { state, facts, config }: HostedInput, nowMs: number): boolean {
  const isYoung = nowMs - comment.createdAtMs < COMMAND_LIVES_MS;
  if (!isYoung || comment.isOwn || state.record.commands.some(({ source }) => source === comment.nodeId)) return false;
  if (!readCommands(comment.body, 'plan').some((reading) => reading.ok && reading.command.kind === 'run')) return false;
  const { author } = comment;
  const authority = judgeAuthority({
    speaker: author,
    permission: facts.permissions.get(author.login.toLowerCase()) ?? null,
    isEdited: comment.editedAtMs !== null,
    isOwnApp: false,
    allowedBotIds: config.allowedBotIds,
  });
  return authority.kind === 'obey';
}

/** What the former keeper wrote only it can edit: the status is shown in a comment of our own. */
function takeOver(record: ForgeRecord, { id: appId, login }: HostedInput['facts']['app']): ForgeRecord {
  return { ...record, keeper: { appId, login }, statusComment: null, obstacle: null };
}

function toldKey(appId: number): string {
  return `keeper.${appId}`;
}

/** The record with the notice that stands there by now. */
function noteTold({ state, facts, outcomes }: HostedInput): ForgeRecord {
  const key = toldKey(facts.app.id);
  const isPosted = outcomes.get(`answer.${key}`)?.kind === 'comment-posted';
  if (!isPosted || state.record.told.includes(key)) return state.record;
  return { ...state.record, told: [...state.record.told, key] };
}

function writeNotice(keeper: string, { state, facts }: HostedInput): ForgeEffect {
  const key = toldKey(facts.app.id);
  const notice = renderKeeperNotice({ keeper, self: facts.app.login, handOverMs: HAND_OVER_MS });
  return {
    kind: 'answer',
    key: `answer.${key}`,
    thread: state.record.issue,
    body: `${answerMarker(key)}\n${notice}`,
    // It is noted only once it stands there.
    lookFirst: true,
  };
}
