/** `espalier logs`: what an attempt printed. */
import type { Command } from 'commander';

import { addExamples, wholeNumber } from './help.ts';
import { type LogsOptions, showLogs } from './show-logs.ts';
import type { Session } from './session.ts';

/** Adds `logs TASK`. */
export function addLogsCommand(program: Command, session: Session): void {
  const command = program
    .command('logs')
    .summary('print the log of an attempt')
    .description('Prints the log of the last attempt at a task: setup, agent, tests and reviews, cleaned of secrets.')
    .argument('<task>', 'id of the task')
    .option('-f, --follow', 'print what is added until the attempt ends')
    .option('--attempt <number>', 'an earlier attempt', wholeNumber(1))
    .option('--plan <plan>', 'id or file of the plan, where several have such a task')
    .action(async (task: string, options: LogsOptions) => showLogs(session, task, options));
  addExamples(command, [
    ['espalier logs backend', 'the last attempt at backend'],
    ['espalier logs backend -f', 'watch it'],
    ['espalier logs backend --attempt 1', 'the first attempt'],
  ]);
}
