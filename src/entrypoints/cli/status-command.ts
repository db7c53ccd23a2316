/** `espalier status`: where plans stand. */
import type { Command } from 'commander';

import { addExamples } from './help.ts';
import { type StatusOptions, showStatus } from './show-status.ts';
import type { Session } from './session.ts';

/** Adds `status [PLAN]`. */
export function addStatusCommand(program: Command, session: Session): void {
  const command = program
    .command('status')
    .summary('show where plans stand')
    .description('Shows all plans of this repository, or one of them task by task. Reads only.')
    .argument('[plan]', 'id of the plan, or the file that it was read from')
    .option('--json', 'print it as one JSON document')
    .action(async (plan: string | undefined, options: StatusOptions) => showStatus(session, plan ?? null, options));
  addExamples(command, [
    ['espalier status', 'all plans, one line each; the tasks too if there is only one'],
    ['espalier status my-plan', 'one plan with its tasks'],
    ['espalier status PLAN.md --json', 'for a script'],
  ]);
}
