/** `espalier cancel`: stops tasks, or a whole plan, for good. */
import type { Command } from 'commander';

import { cancelWholePlan, changeTasks } from './change-plan.ts';
import { CliError } from './cli-error.ts';
import { addExamples } from './help.ts';
import type { Session } from './session.ts';

interface CancelOptions {
  plan?: string;
  all?: true;
}

/** Adds `cancel [TASK…]`. */
export function addCancelCommand(program: Command, session: Session): void {
  const command = program
    .command('cancel')
    .summary('stop tasks, or all that is left of a plan')
    .description(
      'Stops tasks: attempts that run are ended, none is started, and tasks that need them are held. What was landed ' +
        'stays, and branches and logs are kept. espalier retry takes it back.',
    )
    .argument('[task...]', 'ids of the tasks')
    .option('--all', 'every task of the plan that has not landed')
    .option('--plan <plan>', 'id or file of the plan')
    .action(async (tasks: string[], options: CancelOptions) => {
      if ((options.all === true) === tasks.length > 0)
        throw new CliError('usage', 'cancel needs either the ids of tasks or --all.', {
          next: 'espalier cancel <task>, or espalier cancel --all --plan <plan>',
        });
      if (options.all === true) await cancelWholePlan(session, options);
      else await changeTasks(session, 'cancel', tasks, options);
    });
  addExamples(command, [
    ['espalier cancel docs', 'stop one task'],
    ['espalier cancel --all --plan my-plan', 'stop all that has not landed'],
  ]);
}
