/**
 * The commands that people write in comments (`/espalier retry auth`): what there is, how each is written and printed.
 * The parser and the README's table are both made from {@link COMMANDS}.
 */
import type { TaskId } from '../brand.ts';

/** Where a comment stands: on the plan's issue, or on a pull request of one of its tasks. */
export type CommandPlace = 'plan' | 'pull';

/**
 * What a person asks for. `task: null` is the pull request's own task; for `cancel` on a plan's issue it is the whole
 * plan. `run` without tasks is the whole plan. The reason of `freeze` is hostile text on one line, perhaps empty.
 */
export type Command =
  | EachPlain<PlainCommandName>
  | EachTask<TaskCommandName>
  | { kind: 'run'; tasks: TaskId[] }
  | { kind: 'freeze'; reason: string };

type PlainCommandName = 'help' | 'check' | 'status' | 'pause' | 'resume' | 'approve' | 'thaw' | 'cleanup';
type TaskCommandName = 'why' | 'retry' | 'cancel' | 'review' | 'merge';

// One member for each name, so that a command can be picked out of the union by its kind.
type EachPlain<Name> = Name extends string ? { kind: Name } : never;
type EachTask<Name> = Name extends string ? { kind: Name; task: TaskId | null } : never;

/** One row of {@link COMMANDS}. */
export type CommandSpec = {
  /** What a line may begin with instead of `/espalier <name>`. */
  aliases: readonly string[];
  /** One sentence. */
  summary: string;
  where: CommandPlace | 'both';
  /** Whose word counts; judged by `judgeAuthority`, never here. */
  needs: 'anyone-with-write';
  examples: readonly string[];
} & (
  | { name: PlainCommandName; arguments: 'none' }
  /** `task` may be left out on a pull request only. */
  | { name: TaskCommandName; arguments: 'task' | 'optional-task' }
  | { name: 'run'; arguments: 'tasks' }
  | { name: 'freeze'; arguments: 'reason' }
);

const common = { aliases: [], where: 'both', needs: 'anyone-with-write' } as const;

/** Every command, in the order in which a plan meets them. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    ...common,
    name: 'help',
    arguments: 'none',
    summary: 'Lists the commands.',
    examples: ['/espalier help'],
  },
  {
    ...common,
    name: 'check',
    arguments: 'none',
    where: 'plan',
    summary: 'Reads the plan and says what is wrong with it, and which rules of the repository stand in its way.',
    examples: ['/espalier check'],
  },
  {
    ...common,
    name: 'run',
    arguments: 'tasks',
    where: 'plan',
    aliases: ['/parallel-execute', '/espalier parallel-execute'],
    summary: 'Accepts the plan as it stands now and starts all its tasks, or only those that are named.',
    examples: ['/espalier run', '/espalier run api ui'],
  },
  {
    ...common,
    name: 'status',
    arguments: 'none',
    summary: 'Says where every task stands, and what is waited for.',
    examples: ['/espalier status'],
  },
  {
    ...common,
    name: 'why',
    arguments: 'task',
    summary: 'Explains why a task is where it is: its whole gate, and who must act next.',
    examples: ['/espalier why api'],
  },
  {
    ...common,
    name: 'retry',
    arguments: 'task',
    summary: 'Gives a task that has failed or was cancelled a fresh start.',
    examples: ['/espalier retry api'],
  },
  {
    ...common,
    name: 'cancel',
    arguments: 'optional-task',
    summary: 'Stops a task; on the issue and without a task, the whole plan.',
    examples: ['/espalier cancel api', '/espalier cancel'],
  },
  {
    ...common,
    name: 'pause',
    arguments: 'none',
    summary: 'Starts and lands nothing more of the plan until it is resumed; what runs is left to end.',
    examples: ['/espalier pause'],
  },
  {
    ...common,
    name: 'resume',
    arguments: 'none',
    summary: 'Goes on after a pause.',
    examples: ['/espalier resume'],
  },
  {
    ...common,
    name: 'review',
    arguments: 'task',
    aliases: ['/review'],
    summary: 'Has the change of a task reviewed again.',
    examples: ['/espalier review api', '/review api'],
  },
  {
    ...common,
    name: 'approve',
    arguments: 'none',
    where: 'plan',
    summary: 'Accepts the plan as it stands now after its text was edited.',
    examples: ['/espalier approve'],
  },
  {
    ...common,
    name: 'merge',
    arguments: 'task',
    summary: 'Looks at the gate of a task at once and lands its change if every rule passes; it overrules none.',
    examples: ['/espalier merge api'],
  },
  {
    ...common,
    name: 'freeze',
    arguments: 'reason',
    summary: "Lets nothing land on the plan's base branch, from any plan, until it is thawed.",
    examples: ['/espalier freeze', '/espalier freeze the release is being cut'],
  },
  {
    ...common,
    name: 'thaw',
    arguments: 'none',
    summary: 'Ends a freeze.',
    examples: ['/espalier thaw'],
  },
  {
    ...common,
    name: 'cleanup',
    arguments: 'none',
    where: 'plan',
    summary: 'Deletes those branches of the plan that the clean-up rules no longer keep.',
    examples: ['/espalier cleanup'],
  },
];

/** The command as a line that reads back as the same command; a reason is brought onto one line. */
export function formatCommand(command: Command): string {
  const words = ['/espalier', command.kind];
  if (command.kind === 'run') words.push(...command.tasks);
  else if (command.kind === 'freeze') words.push(...command.reason.split(/\s+/));
  else if ('task' in command && command.task !== null) words.push(command.task);
  return words.filter((word) => word !== '').join(' ');
}

/** How a command is written, with its arguments by name: `/espalier why <task>`. */
export function describeUsage(spec: CommandSpec, place: CommandPlace): string {
  const words = ['/espalier', spec.name, usageOfArguments(spec, place)];
  return words.filter((word) => word !== '').join(' ');
}

function usageOfArguments(spec: CommandSpec, place: CommandPlace): string {
  switch (spec.arguments) {
    case 'none':
      return '';
    case 'task':
      return place === 'plan' ? '<task>' : '[task]';
    case 'optional-task':
      return '[task]';
    case 'tasks':
      return '[task...]';
    case 'reason':
      return '[reason...]';
  }
}

/** One row of the README's table; plain text, not Markdown. */
export interface CommandRow {
  /** As on a plan's issue. */
  usage: string;
  where: string;
  summary: string;
  aliases: readonly string[];
  examples: readonly string[];
}

const PLACE_WORDS = { plan: 'plan issue', pull: 'pull request', both: 'both' } as const;

/** The rows of the README's table of commands, in the order of {@link COMMANDS}. */
export function listCommandRows(): CommandRow[] {
  return COMMANDS.map((spec) => ({
    usage: describeUsage(spec, 'plan'),
    where: PLACE_WORDS[spec.where],
    summary: spec.summary,
    aliases: spec.aliases,
    examples: spec.examples,
  }));
}
