/** `espalier certificate`: the proof of landings. */
import type { Command } from 'commander';

import { addExamples } from './help.ts';
import { showCertificates } from './show-certificates.ts';
import type { Session } from './session.ts';
import type { TaskOptions } from './explain-task.ts';

/** Adds `certificate [TASK]`. */
export function addCertificateCommand(program: Command, session: Session): void {
  const command = program
    .command('certificate')
    .summary('show what let a task land')
    .description(
      'Shows the certificates of landings: which commit and tree, on what they stood, which tests and review counted, ' +
        'the rules as they stood, and the sandbox. Reads only.',
    )
    .argument('[task]', 'id of the task; all landings of the plan when left out')
    .option('--plan <plan>', 'id or file of the plan, where the task alone does not tell')
    .option('--json', 'print the certificates as a JSON array')
    .action(async (task: string | undefined, options: TaskOptions) => showCertificates(session, task ?? null, options));
  addExamples(command, [
    ['espalier certificate backend', 'what let backend land?'],
    ['espalier certificate --plan my-plan --json', 'all of a plan, for an archive'],
  ]);
}
