/** How states, rules, money and times are written on a forge. One table for the comment, the check and the answers. */
import type { TaskId } from '../../brand.ts';
import type { RuleStatus } from '../../gate/verdict.ts';
import type { TaskState } from '../../reconcile/view.ts';
import { formatTimestamp } from '../amounts.ts';
import { code, join, say, type Markdown, prose } from './markdown.ts';

/** A sign for each state; the word always stands beside it. */
export const STATE_SIGNS: Readonly<Record<TaskState, string>> = {
  waiting: '⚪',
  running: '🔵',
  queued: '🟣',
  trying: '🔵',
  landing: '🔵',
  landed: '✅',
  held: '🟠',
  failed: '❌',
  cancelled: '⚫',
};

/** A state as the end of a sentence that begins with the task. */
export const STATE_PHRASES: Readonly<Record<TaskState, string>> = {
  waiting: 'is waiting',
  running: 'is running',
  queued: 'is queued to land',
  trying: 'is being tested on the tip',
  landing: 'is landing',
  landed: 'has landed',
  held: 'is held',
  failed: 'has failed',
  cancelled: 'was cancelled',
};

/** A sign for each status of a rule; the word always stands beside it. */
export const RULE_SIGNS: Readonly<Record<RuleStatus, string>> = {
  passed: '✅',
  waived: '🟡',
  'not-asked': '➖',
  pending: '⏳',
  failed: '❌',
};

/** Money without the sign that begins a formula: `0.42 USD`. */
export function usd(amount: number | null): string {
  if (amount === null) return 'unknown';
  return amount > 0 && amount < 0.005 ? 'under 0.01 USD' : `${amount.toFixed(2)} USD`;
}

/** A moment to the minute: `2026-01-31 12:34Z`. */
export function minuteOf(atMs: number): string {
  return `${formatTimestamp(atMs).slice(0, 16)}Z`;
}

/** Ids as code, at most `most` of them: `a`, `b` and 3 more. */
export function listIds(ids: readonly TaskId[], most = 6): Markdown {
  const shown = join(
    ids.slice(0, most).map((id) => code(id)),
    ', ',
  );
  return ids.length > most ? say`${shown} and ${ids.length - most} more` : shown;
}

/** A text as one sentence: it begins with a capital letter and ends with a mark. Empty stays empty. */
export function sentence(text: string): string {
  const line = text.trim();
  if (line === '') return '';
  return `${line[0]?.toUpperCase() ?? ''}${line.slice(1)}${/[.!?…]$/.test(line) ? '' : '.'}`;
}

/** The first line of a text that says something. */
export function firstLine(text: string): string {
  return (
    text
      .slice(0, 4000)
      .split(/[\r\n]/)
      .find((line) => line.trim() !== '') ?? ''
  ).trim();
}

/** A sentence that may end with a command (`then give the command /espalier approve`): the command as code. */
export function withCommand(text: string, maxLength = 600): Markdown {
  const match = /^(.*?)(\/espalier(?: [a-z0-9-]+){1,3})[.]?$/s.exec(text.trim());
  if (match === null) return prose(sentence(text), maxLength);
  const [, before = '', command = ''] = match;
  const lead = before.trim() === '' ? say`Comment` : prose(sentence(before).replace(/\.$/, ''), maxLength);
  return say`${lead} ${code(command)}.`;
}
