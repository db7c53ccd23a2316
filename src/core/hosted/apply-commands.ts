/**
 * Takes up what people asked for: commands in comments, labels, clicks on buttons. Each source counts once, in the
 * order in which it was said; who may say it is the forge's permission, never what a comment claims.
 */
import type { BranchName } from '../brand.ts';
import { judgeAuthority, type Permission, type Speaker } from '../commands/authority.ts';
import { type Command, formatCommand } from '../commands/command.ts';
import type { CommandReading } from '../commands/read-commands.ts';
import { COMMAND_LIVES_MS } from '../intake/unanswered-commands.ts';
import type { CommandRecord } from '../ledger/forge-record.ts';
import type { ForgeEffect } from './effect.ts';
import type { ForgeFacts, IssueFact } from './facts.ts';
import type { HostedInput } from './hosted-input.ts';
import { landingWay } from './landing-way.ts';
import { obeyCommand } from './obey-command.ts';
import type { Circumstances } from './obeyed.ts';
import { listSources, type Source } from './list-sources.ts';
import { readIssuePlan } from './pin-plan.ts';
import type { AddressedReply, Reply } from './reply.ts';
import { listAnswered } from './show-plan.ts';
import type { HostedState } from './state.ts';

/** How many taken-up sources are kept for the trail; younger ones than {@link COMMAND_LIVES_MS} are kept beyond that. */
const MAX_RECORDS = 500;
/** A crowd must not make the ledger grow without bound. */
const MAX_YOUNG_RECORDS = 5000;
/** Of what was said so much is kept. */
const MAX_TEXT = 300;
/** Look again this long after a permission could not be read. */
const LOOK_AGAIN_MS = 30_000;

export interface AppliedCommands {
  state: HostedState;
  replies: readonly AddressedReply[];
  /** Reactions that acknowledge what was taken up. */
  effects: ForgeEffect[];
  wakeAtMs: number | null;
  wantsBase: BranchName | null;
  isCleanUpAsked: boolean;
}

/** Takes up every source that was not taken up before. */
export function applyCommands(input: HostedInput, nowMs: number): AppliedCommands {
  const { facts } = input;
  const applied: AppliedCommands & { replies: AddressedReply[] } = {
    state: input.state,
    replies: [],
    effects: [],
    wakeAtMs: null,
    wantsBase: null,
    isCleanUpAsked: false,
  };
  if (facts.issue === null) return applied;
  const around = circumstancesOf(input, facts.issue, nowMs);
  for (const source of listSources(input, facts.issue, nowMs)) {
    const isLast = takeUp(applied, source, input, around);
    if (isLast) break;
  }
  return applied;
}

function circumstancesOf({ facts, config, outcomes }: HostedInput, issue: IssueFact, nowMs: number): Circumstances {
  const way = landingWay(facts.rules, config, facts.app.id);
  return {
    facts,
    outcomes,
    issue,
    issuePlan: readIssuePlan(issue.number, issue.body, facts.configText),
    landingObstacle: 'impossible' in way ? { because: way.impossible, next: way.next } : null,
    nowMs,
  };
}

/** True if nothing after this source may be taken up now, since the order in which people speak counts. */
function takeUp(
  applied: AppliedCommands & { replies: AddressedReply[] },
  source: Source,
  input: HostedInput,
  around: Circumstances,
): boolean {
  const authority = judgeAuthority({
    speaker: source.speaker,
    permission: permissionOf(source.speaker, input.facts),
    isEdited: source.isEdited,
    isOwnApp: source.speaker.kind === 'bot' && source.speaker.login === input.facts.app.login,
    allowedBotIds: input.config.allowedBotIds,
  });
  if (authority.kind === 'unknown') {
    lookAgain(applied, around.nowMs + LOOK_AGAIN_MS);
    return true;
  }
  if (authority.kind !== 'obey' && isUntouched(applied.state)) {
    // Nobody with a say has asked for a plan here: a stranger's words make no ledger.
    if (authority.kind === 'refuse') turnAway(applied, source, around, authority.because);
    return false;
  }
  if (authority.kind !== 'obey') {
    const isFirst = !applied.state.record.commands.some(
      (known) => known.outcome === 'refused' && known.by === source.speaker.login,
    );
    const isAnswered = authority.kind === 'refuse';
    applied.state = remember(applied.state, source, isAnswered ? 'refused' : 'ignored', around.nowMs);
    if (isAnswered) acknowledge(applied, source, 'CONFUSED');
    if (isAnswered && isFirst)
      reply(applied, source, 'CONFUSED', [
        { kind: 'no-authority', login: source.speaker.login, because: authority.because },
      ]);
    return false;
  }
  return obeySource(applied, source, around);
}

/** True while nothing that anybody asked for here was taken up. */
function isUntouched({ ledger, record }: HostedState): boolean {
  return ledger === null && record.commands.length === 0;
}

/** What was said so long ago, in milliseconds, was acknowledged when it was. */
const FRESH_MS = 10 * 60_000;

/** Refuses without noting it: what stands in the thread already says who was answered. */
function turnAway(
  applied: { replies: AddressedReply[]; effects: ForgeEffect[] },
  source: Source,
  { issue, nowMs, outcomes }: Circumstances,
  because: string,
): void {
  const { id: key, thread, speaker } = source;
  const { login } = speaker;
  // Given twice it is one reaction; it is given again only where another process, or a later event, looks.
  if (nowMs - source.atMs < FRESH_MS && !outcomes.has(`react.${key}`)) acknowledge(applied, source, 'CONFUSED');
  const isTold = applied.replies.some(({ replies }) =>
    replies.some((one) => one.kind === 'no-authority' && one.login === login),
  );
  if (isTold || wasAnswered(login, issue)) return;
  applied.replies.push({ key, thread, replies: [{ kind: 'no-authority', login, because }], isPassing: true });
}

/** True if an answer to something that this person said or did stands in the thread. */
function wasAnswered(login: string, { comments, labelEvents }: IssueFact): boolean {
  const answered = listAnswered(comments);
  return (
    comments.some(({ nodeId, author }) => author.login === login && answered.has(nodeId)) ||
    labelEvents.some(({ nodeId, actor }) => actor.login === login && answered.has(nodeId))
  );
}

/** `null` if it is not known yet. What cannot be a login can never be looked up, and holds nobody else up. */
function permissionOf({ login }: Speaker, { permissions }: ForgeFacts): Permission | null {
  return /^[a-z\d][a-z\d_-]*$/i.test(login) ? (permissions.get(login.toLowerCase()) ?? null) : 'none';
}

function obeySource(
  applied: AppliedCommands & { replies: AddressedReply[] },
  source: Source,
  around: Circumstances,
): boolean {
  let { state } = applied;
  const replies: Reply[] = [];
  for (const [index, reading] of source.readings.entries()) {
    if (!reading.ok) {
      const { text, because, nearest } = reading;
      replies.push({ kind: 'unknown-command', text, because, nearest });
      continue;
    }
    if (isOvertaken(reading.command, source.readings.slice(index + 1))) {
      replies.push({ kind: 'refused', command: formatCommand(reading.command), ...OVERTAKEN });
      continue;
    }
    const spoken = { command: reading.command, by: source.speaker.login, atMs: source.atMs, pullTask: source.task };
    const obeyed = obeyCommand(state, spoken, around);
    // It alone waits: what is said meanwhile may be what ends the waiting.
    if (obeyed.kind === 'later') {
      lookAgain(applied, around.nowMs + LOOK_AGAIN_MS);
      return false;
    }
    if (obeyed.kind === 'written-ahead') {
      applied.state = writeAhead(applied.state, obeyed.state, obeyCommand(applied.state, spoken, around));
      lookAgain(applied, around.nowMs);
      return true;
    }
    if (obeyed.kind === 'wants-base') {
      applied.wantsBase = obeyed.base;
      return true;
    }
    state = obeyed.state;
    if (reading.command.kind === 'cleanup' && obeyed.reply.kind === 'done') applied.isCleanUpAsked = true;
    replies.push(obeyed.reply);
  }
  const isRefused = replies.every((one) => one.kind === 'refused' || one.kind === 'unknown-command');
  applied.state = remember(state, source, isRefused ? 'refused' : 'done', around.nowMs);
  acknowledge(applied, source, 'EYES');
  const told = source.isQuiet ? replies.filter((one) => one.kind !== 'done') : replies;
  if (told.length > 0) reply(applied, source, 'EYES', told);
  return false;
}

const OVERTAKEN = {
  because: 'a later line of the same comment says otherwise',
  next: 'nothing: the later line counts',
};

/** A freeze and a thaw in one comment: the last one counts, since neither could be told from the other once written. */
function isOvertaken({ kind }: Command, later: readonly CommandReading[]): boolean {
  const isOfFreeze = (one: Command['kind']): boolean => one === 'freeze' || one === 'thaw';
  return isOfFreeze(kind) && later.some((reading) => reading.ok && isOfFreeze(reading.command.kind));
}

/**
 * The state before a comment, with only that of it which is written ahead: the other commands of the comment are taken
 * up together with it later, and must not be done twice.
 */
function writeAhead(before: HostedState, after: HostedState, alone: ReturnType<typeof obeyCommand>): HostedState {
  if (alone.kind === 'written-ahead') return alone.state;
  return { ...before, queue: after.queue, record: { ...before.record, told: after.record.told } };
}

function lookAgain(applied: AppliedCommands, timeMs: number): void {
  applied.wakeAtMs = Math.min(applied.wakeAtMs ?? timeMs, timeMs);
}

function remember(state: HostedState, source: Source, outcome: CommandRecord['outcome'], nowMs: number): HostedState {
  const text = source.readings.map((one) => (one.ok ? formatCommand(one.command).slice(1) : '?')).join('; ');
  const record = {
    source: source.id,
    text: text.slice(0, MAX_TEXT),
    by: source.speaker.login,
    at: source.atMs,
    outcome,
  };
  return { ...state, record: { ...state.record, commands: dropOld([...state.record.commands, record], nowMs) } };
}

/** Forgets the oldest of what cannot be taken up again. What still could be must be known for taken up. */
function dropOld(commands: readonly CommandRecord[], nowMs: number): CommandRecord[] {
  let spare = commands.length - MAX_RECORDS;
  const kept = commands.filter(({ at }) => {
    if (spare <= 0 || nowMs - at < COMMAND_LIVES_MS) return true;
    spare -= 1;
    return false;
  });
  return kept.slice(-MAX_YOUNG_RECORDS);
}

function acknowledge(applied: Pick<AppliedCommands, 'effects'>, source: Source, content: 'EYES' | 'CONFUSED'): void {
  if (source.comment === null) return;
  applied.effects.push({ kind: 'react', key: `react.${source.id}`, commentNodeId: source.comment, content });
}

function reply(
  applied: { replies: AddressedReply[] },
  { id, thread, comment }: Source,
  reaction: 'EYES' | 'CONFUSED',
  replies: readonly Reply[],
): void {
  applied.replies.push({ key: id, thread, replies, ...(comment === null ? {} : { reaction }) });
}
