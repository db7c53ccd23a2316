/**
 * Issues that are no plan yet and on which somebody gave a command that nobody has answered: the event that told of it
 * was lost, and nothing else says that the issue wants to be a plan.
 */
import { readCommands } from '../commands/read-commands.ts';

/** A command that was given before this long ago, in milliseconds, and was never seen is no command any more. */
export const COMMAND_LIVES_MS = 3 * 24 * 3_600_000;

/** Label that is a command by itself. */
const RUN_LABEL = 'espalier:run';

/** An open issue that moved lately, with its last comments. */
export interface RecentIssue {
  number: number;
  labels: readonly string[];
  comments: readonly { nodeId: string; body: string; createdAtMs: number; isOwn: boolean }[];
}

const ANSWER = /^<!-- espalier:answer (\S+) -->/;

/** Numbers of the issues with a command that waits for an answer at `nowMs`. Text in them is hostile. */
export function findUnanswered(issues: readonly RecentIssue[], nowMs: number): number[] {
  return issues
    .filter(({ labels, comments }) => {
      // Anybody can write the mark of an answer: only one of our own answers.
      const answered = new Set(comments.flatMap(({ isOwn, body }) => (isOwn ? [ANSWER.exec(body)?.[1]] : [])));
      const waits = ({ nodeId, body, createdAtMs, isOwn }: (typeof comments)[number]): boolean =>
        !isOwn &&
        nowMs - createdAtMs < COMMAND_LIVES_MS &&
        !answered.has(nodeId) &&
        readCommands(body, 'plan').length > 0;
      return labels.some((label) => label.toLowerCase() === RUN_LABEL) || comments.some(waits);
    })
    .map(({ number }) => number);
}
