/** `espalier why`: the reason for a task's state. */
import type { Command } from 'commander';

import { addExamples } from './help.ts';
import { type TaskOptions, explainTask } from './explain-task.ts';
import type { Session } from './session.ts';

/** Adds `why TASK`. */
export function addWhyCommand(program: Command, session: Session): void {
  const command = program
    .command('why')
    .summary('explain why a task is where it is')
    .description(
      'Explains one task: what it waits for and on whom, every rule of its gate with what was found and wanted, the ' +
        'last failure, who must act, and the next command. Reads only.',
    )
    .argument('<task>', 'id of the task')
    .option('--plan <plan>', 'id or file of the plan, where several have such a task')
    .option('--json', 'print it as one JSON document')
    .action(async (task: string, options: TaskOptions) => explainTask(session, task, options));
  addExamples(command, [
    ['espalier why backend', 'why has backend not landed?'],
    ['espalier why backend --plan my-plan --json', 'for a script'],
  ]);
}
