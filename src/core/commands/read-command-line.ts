/** Reads one line that begins as a command does. What the line says is never repeated in a refusal, only checked ids. */
import type { TaskId } from '../brand.ts';
import { type Checked, readTaskId, slugify } from '../ids.ts';
import { findNearestName } from '../plan/nearest-name.ts';
import { dropHiddenCharacters, isHidden } from '../text/hidden-characters.ts';
import {
  type Command,
  type CommandPlace,
  COMMANDS,
  type CommandSpec,
  describeUsage,
  formatCommand,
} from './command.ts';

/**
 * What a line asks for, or why it asks for nothing. `because` is a clause without its subject and `nearest` the
 * nearest right line (perhaps with `<task>` in it): both are free of the speaker's own text but for checked ids.
 */
export type LineReading = { ok: true; command: Command } | { ok: false; because: string; nearest: string | null };

/** Longest reason of a freeze, in characters. */
export const MAX_REASON_LENGTH = 200;
/** Most tasks that one `run` names; without any it runs them all. */
const MAX_NAMED_TASKS = 100;

const NAME = 'espalier';
const PARALLEL_EXECUTE = 'parallel-execute';
const FREEZE_USAGE = '/espalier freeze [reason...]';
/** Words that will be commands; naming them is kinder than calling them unknown. */
const LATER = new Set(['attempts', 'pick']);

/** First words that begin a command, without their slash, in lower case. */
const FIRST_WORDS = [NAME, ...COMMANDS.flatMap(({ aliases }) => aliases).map((alias) => alias.slice(1))].filter(
  (word) => !word.includes(' '),
);
// Without the `u` flag, so that only ASCII letters have a case: with it, `ſ` is an `s`.
const COMMAND_START = new RegExp(`^ {0,3}/(?:${FIRST_WORDS.join('|')})(?=\\s|$)`, 'i');

/** True if a line begins as a command does, be it with characters in it that do not show. */
export function beginsAsCommand(line: string): boolean {
  return line.includes('/') && COMMAND_START.test(dropHiddenCharacters(line));
}

/** Reads a line that {@link beginsAsCommand}. Never throws; time is linear in its length. */
export function readCommandLine(line: string, place: CommandPlace): LineReading {
  const hidden = findHiddenCharacter(line);
  if (hidden !== null) {
    const seen = readWords(splitWords(dropHiddenCharacters(line)), place);
    return refuse(
      `has a character that does not show (U+${hidden.toString(16).toUpperCase().padStart(4, '0')}); type it anew`,
      seen.ok ? showNearest(seen.command) : null,
    );
  }
  return readWords(splitWords(line), place);
}

/** The first hidden character but a tab, which only parts words here. */
function findHiddenCharacter(line: string): number | null {
  for (const character of line) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (character !== '\t' && isHidden(codePoint)) return codePoint;
  }
  return null;
}

function splitWords(line: string): string[] {
  return line.split(/\s+/).filter((word) => word !== '');
}

function readWords(words: readonly string[], place: CommandPlace): LineReading {
  const first = lowerAscii(words[0] ?? '').slice(1);
  const [name, ...rest] = first === NAME ? words.slice(1) : [first, ...words.slice(1)];
  if (name === undefined) return refuse('names no command', '/espalier help');
  return readNamed(lowerAscii(name), rest, place);
}

function readNamed(name: string, rest: readonly string[], place: CommandPlace): LineReading {
  if (LATER.has(name)) {
    return refuse(`asks for '${name}', which is not available yet: each task has one attempt at a time`, null);
  }
  const spec = findSpec(name);
  if (spec === null) return refuseUnknown(name, rest, place);
  if (spec.where !== 'both' && spec.where !== place) {
    const there = spec.where === 'plan' ? "the plan's issue" : "a task's pull request";
    return refuse(`asks for '${spec.name}', which is for ${there}; write it there`, null);
  }
  return name === PARALLEL_EXECUTE ? readParallelExecute(rest) : readArguments(spec, rest, place);
}

function findSpec(name: string): CommandSpec | null {
  const wanted = name === PARALLEL_EXECUTE ? 'run' : name;
  return COMMANDS.find((spec) => spec.name === wanted) ?? null;
}

function refuseUnknown(name: string, rest: readonly string[], place: CommandPlace): LineReading {
  const letters = /^[\x21-\x7e]*$/.test(name) ? '' : ' (it has letters that are none of a-z)';
  const because = `asks for a command that there is not${letters}`;
  const names = [...COMMANDS.map((each) => each.name), PARALLEL_EXECUTE];
  const spec = findSpec(findNearestName(name, names) ?? '');
  if (spec === null || (spec.where !== 'both' && spec.where !== place)) return refuse(because, null);
  const meant = readArguments(spec, rest, place);
  return refuse(because, meant.ok ? showNearest(meant.command) : describeUsage(spec, place));
}

function readArguments(spec: CommandSpec, rest: readonly string[], place: CommandPlace): LineReading {
  switch (spec.arguments) {
    case 'none': {
      const command = { kind: spec.name };
      return rest.length === 0
        ? { ok: true, command }
        : refuse(`says more after '${spec.name}', which takes nothing`, formatCommand(command));
    }
    case 'task':
    case 'optional-task':
      return readOneTask(spec, rest, place);
    case 'tasks':
      return readTasks(rest);
    case 'reason':
      return readReason(rest);
  }
}

function readOneTask(
  spec: Extract<CommandSpec, { arguments: 'task' | 'optional-task' }>,
  rest: readonly string[],
  place: CommandPlace,
): LineReading {
  const usage = describeUsage(spec, place);
  const [word] = rest;
  if (word === undefined) {
    const isOptional = spec.arguments === 'optional-task' || place === 'pull';
    return isOptional
      ? { ok: true, command: { kind: spec.name, task: null } }
      : refuse(`needs the id of a task here; on a task's pull request it may be left out`, usage);
  }
  const task = readTaskId(word);
  const guess = task.ok ? task : guessTaskId(word);
  const nearest = guess.ok ? formatCommand({ kind: spec.name, task: guess.value }) : usage;
  if (rest.length > 1) return refuse(`names more than one task, and '${spec.name}' takes one`, nearest);
  return task.ok
    ? { ok: true, command: { kind: spec.name, task: task.value } }
    : refuse(`has no task id after '${spec.name}': ${task.because}`, nearest);
}

function readTasks(words: readonly string[]): LineReading {
  const tasks = new Set<TaskId>();
  if (words.length > MAX_NAMED_TASKS) {
    return refuse(
      `names ${words.length} tasks; at most ${MAX_NAMED_TASKS} are read, and none means all`,
      '/espalier run',
    );
  }
  for (const word of words) {
    const task = readTaskId(word);
    if (!task.ok) return refuse(`has a word after 'run' that is no task id: ${task.because}`, nearestRun(words));
    tasks.add(task.value);
  }
  return { ok: true, command: { kind: 'run', tasks: [...tasks] } };
}

/** What was probably meant; the usage if any word is beyond a guess, since `run` with fewer tasks asks for another thing. */
function nearestRun(words: readonly string[]): string {
  const guesses = words
    .flatMap((word) => word.split(','))
    .filter((word) => word !== '')
    .map(guessTaskId);
  const tasks = guesses.flatMap((guess) => (guess.ok ? [guess.value] : []));
  const isWhole = tasks.length > 0 && tasks.length === guesses.length;
  return isWhole ? formatCommand({ kind: 'run', tasks: [...new Set(tasks)] }) : '/espalier run [task...]';
}

/** `/parallel-execute <task> [n]`: one task; `n` may be 1. */
function readParallelExecute(rest: readonly string[]): LineReading {
  const [word, count, ...more] = rest;
  if (word === undefined) return refuse(`needs the id of a task after '${PARALLEL_EXECUTE}'`, '/espalier run <task>');
  const reading = readTasks([word]);
  if (!reading.ok || count === undefined) return reading;
  const nearest = formatCommand(reading.command);
  if (more.length > 0 || !/^[1-9]\d{0,3}$/.test(count)) {
    return refuse(`says more than a task and a whole number after '${PARALLEL_EXECUTE}'`, nearest);
  }
  if (count !== '1') return refuse(`asks for ${count} attempts at one task, which is not available yet`, nearest);
  return reading;
}

function readReason(words: readonly string[]): LineReading {
  const reason = words.join(' ').toWellFormed();
  if (reason.length <= MAX_REASON_LENGTH) return { ok: true, command: { kind: 'freeze', reason } };
  return refuse(`gives a reason of ${reason.length} characters; at most ${MAX_REASON_LENGTH} are read`, FREEZE_USAGE);
}

/** A command as it may be proposed: a reason is the speaker's own text and is left out. */
function showNearest(command: Command): string {
  return command.kind === 'freeze' && command.reason !== '' ? FREEZE_USAGE : formatCommand(command);
}

function guessTaskId(word: string): Checked<TaskId> {
  // Cut before it is folded: folding may be asked for 65,536 characters.
  return readTaskId(slugify(word.slice(0, 200)));
}

function lowerAscii(text: string): string {
  // Not `toLowerCase`, which makes a `k` of the Kelvin sign.
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function refuse(because: string, nearest: string | null): LineReading {
  return { ok: false, because, nearest };
}
