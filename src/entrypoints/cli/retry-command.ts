/** `espalier retry`: gives a task that has stopped a fresh start. */
import type { Command } from 'commander';

import { changeTasks } from './change-plan.ts';
import { addExamples } from './help.ts';
import type { Session } from './session.ts';

/** Adds `retry TASK…`. */
export function addRetryCommand(program: Command, session: Session): void {
  const command = program
    .command('retry')
    .summary('give a task that has stopped a fresh start')
    .description(
      'Lets a task that failed or was cancelled be attempted again, with its full number of attempts. A run that is at ' +
        'work picks it up; otherwise the next espalier run does.',
    )
    .argument('<task...>', 'ids of the tasks')
    .option('--plan <plan>', 'id or file of the plan, where several have such a task')
    .action(async (tasks: string[], options: { plan?: string }) => changeTasks(session, 'retry', tasks, options));
  addExamples(command, [['espalier retry backend', 'attempt backend again']]);
}
