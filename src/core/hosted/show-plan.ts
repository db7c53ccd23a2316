/** What stands on the plan's issue: the status comment, answers, reactions, labels, and the issue's end. */
import { digestJson } from '../digest.ts';
import type { PendingAnswer } from '../ledger/forge-record.ts';
import type { EffectOutcome, ForgeEffect } from './effect.ts';
import type { CommentFact, ForgeFacts } from './facts.ts';
import type { Leases } from './leases.ts';
import { listLowQuotas } from './low-quota.ts';
import type { HostedState } from './state.ts';

/** The comment is edited at most this often, in milliseconds; a comment has no compare-and-swap. */
const EDIT_EVERY_MS = 5000;
/** The same while little is left of a quota. */
const SPARING_EDIT_EVERY_MS = 5 * 60_000;

/** Effects and the earliest time at which one that was put off is due. */
export interface Showing {
  effects: ForgeEffect[];
  dueMs: number | null;
}

const STAMP = /\n<!-- espalier:text ([0-9a-f]{16}) -->\s*$/;

function stamp(body: string): string {
  return `${body}\n<!-- espalier:text ${digestJson(body).slice(0, 16)} -->`;
}

/** The status comment: made once, then edited when its text differs and the last edit is long enough ago. */
export function showStatus(
  state: HostedState,
  facts: ForgeFacts,
  body: string,
  leases: Leases,
  nowMs: number,
): Showing {
  const frame = { kind: 'status-comment' as const, thread: state.record.issue, body: stamp(body) };
  const found = facts.statusComment;
  if (state.record.statusComment === null || found === null) {
    const { granted } = leases.take('status');
    return { effects: granted ? [{ ...frame, key: 'status', nodeId: null }] : [], dueMs: null };
  }
  if (STAMP.exec(found.body)?.[1] === STAMP.exec(frame.body)?.[1]) return { effects: [], dueMs: null };
  const [low] = listLowQuotas(facts);
  const everyMs = low === undefined ? EDIT_EVERY_MS : SPARING_EDIT_EVERY_MS;
  const dueMs = (found.editedAtMs ?? 0) + everyMs;
  if (dueMs > nowMs) return { effects: [], dueMs };
  return { effects: [{ ...frame, key: 'status-edit', nodeId: found.nodeId }], dueMs: null };
}

/** Marker by which a posted answer is found again. */
export function answerMarker(key: string): string {
  return `<!-- espalier:answer ${key} -->`;
}

/** Keys of the answers that this app has posted among these comments. */
export function listAnswered(comments: readonly CommentFact[]): ReadonlySet<string> {
  return new Set(
    comments.flatMap(({ isOwn, body }) =>
      isOwn ? (/^<!-- espalier:answer (\S+) -->/.exec(body)?.slice(1) ?? []) : [],
    ),
  );
}

/** Answers that are still to be posted, and those of them that stand already. */
export function postAnswers(
  state: HostedState,
  facts: ForgeFacts,
  outcomes: ReadonlyMap<string, EffectOutcome>,
  leases: Leases,
): { effects: ForgeEffect[]; left: PendingAnswer[] } {
  const threads = [facts.issue?.comments ?? [], ...[...facts.pulls.values()].map((pull) => pull.comments)];
  const posted = listAnswered(threads.flat());
  const effects: ForgeEffect[] = [];
  const left: PendingAnswer[] = [];
  for (const answer of state.record.answers) {
    const key = `answer.${answer.key}`;
    if (posted.has(answer.key) || outcomes.get(key)?.kind === 'comment-posted') {
      leases.free(key);
      continue;
    }
    left.push(answer);
    const { granted, isRepeat } = leases.take(key);
    if (!granted) continue;
    const body = `${answerMarker(answer.key)}\n${answer.body}`;
    effects.push({ kind: 'answer', key, thread: answer.thread, body, lookFirst: isRepeat });
    // What kept the answer from being posted may have kept the acknowledgement from being given.
    if (isRepeat && answer.reaction !== undefined)
      effects.push({
        kind: 'react',
        key: `react.${answer.key}`,
        commentNodeId: answer.key,
        content: answer.reaction,
      });
  }
  return { effects, left };
}
