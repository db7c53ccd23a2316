/** Everything that people have said and that was not taken up yet: comments, labels, clicks on buttons, in their order. */
import type { TaskId } from '../brand.ts';
import type { Speaker } from '../commands/authority.ts';
import type { Command } from '../commands/command.ts';
import { type CommandReading, readCommands } from '../commands/read-commands.ts';
import { COMMAND_LIVES_MS } from '../intake/unanswered-commands.ts';
import type { Click, CommentFact, ForgeFacts, IssueFact, LabelEventFact } from './facts.ts';
import type { HostedInput } from './hosted-input.ts';

/** Something that a person said, whatever way. */
export interface Source {
  id: string;
  atMs: number;
  thread: number;
  /** The task whose pull request it was said on. */
  task: TaskId | null;
  speaker: Speaker;
  isEdited: boolean;
  readings: readonly CommandReading[];
  /** Node id of the comment that is reacted to; `null` for labels and clicks. */
  comment: string | null;
  /** Labels answer only when something is wrong: who sets one looks at the status comment. */
  isQuiet: boolean;
}

/** What is new on a plan's issue and on its pull requests at `nowMs`, milliseconds since the epoch; oldest first. */
export function listSources(input: HostedInput, issue: IssueFact, nowMs: number): Source[] {
  const { facts, state } = input;
  const known = new Set(state.record.commands.map((command) => command.source));
  const isNew = (id: string, atMs: number): boolean => !known.has(id) && nowMs - atMs < COMMAND_LIVES_MS;
  // Reading a comment costs most, so that those which are known are not read again.
  const isNewComment = ({ nodeId, createdAtMs }: CommentFact): boolean => isNew(nodeId, createdAtMs);
  const sources = [
    ...issue.comments.filter(isNewComment).map((comment) => fromComment(comment, null)),
    ...[...facts.pulls].flatMap(([task, pull]) =>
      pull.comments.filter(isNewComment).map((comment) => fromComment(comment, task)),
    ),
    ...issue.labelEvents.map((event) => fromLabel(event, issue.number)),
    ...input.clicks.map((click) => fromClick(click, facts, nowMs)),
  ];
  return sources
    .filter((source) => source !== null)
    .filter(({ id, atMs, readings }) => readings.length > 0 && isNew(id, atMs))
    .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
}

function fromComment(comment: CommentFact, task: TaskId | null): Source | null {
  if (comment.isOwn) return null;
  return {
    id: comment.nodeId,
    atMs: comment.createdAtMs,
    thread: comment.thread,
    task,
    speaker: comment.author,
    isEdited: comment.editedAtMs !== null,
    readings: readCommands(comment.body, task === null ? 'plan' : 'pull'),
    comment: comment.nodeId,
    isQuiet: false,
  };
}

function fromLabel(event: LabelEventFact, thread: number): Source | null {
  const command = commandOfLabel(event);
  if (command === null) return null;
  return {
    id: event.nodeId,
    atMs: event.atMs,
    thread,
    task: null,
    speaker: event.actor,
    isEdited: false,
    readings: [{ ok: true, line: 1, text: event.label, command }],
    comment: null,
    isQuiet: true,
  };
}

function commandOfLabel({ label: name, isAdded }: LabelEventFact): Command | null {
  // As the forge compares names, ASCII alone: a look-alike stays another label.
  const label = name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  if (label === 'espalier:run') return isAdded ? { kind: 'run', tasks: [] } : null;
  if (label === 'espalier:pause') return { kind: isAdded ? 'pause' : 'resume' };
  return label === 'espalier' && isAdded ? { kind: 'check' } : null;
}

function fromClick(click: Click, facts: ForgeFacts, nowMs: number): Source | null {
  const [task] = [...facts.pulls].find(([, pull]) => pull.headSha === click.headSha) ?? [];
  if (task === undefined || (click.identifier !== 'review' && click.identifier !== 'retry')) return null;
  return {
    id: click.source,
    atMs: nowMs,
    thread: facts.pulls.get(task)?.number ?? 0,
    task,
    speaker: click.actor,
    isEdited: false,
    readings: [{ ok: true, line: 1, text: click.identifier, command: { kind: click.identifier, task } }],
    comment: null,
    isQuiet: true,
  };
}
