/** `espalier doctor`: what the sandboxes of this machine really enforce. */
import type { Command } from 'commander';

import { SANDBOX_ENGINES } from '../../core/sandbox/property.ts';
import { type DoctorOptions, examineMachine } from './examine-machine.ts';
import { addExamples, listOf } from './help.ts';
import type { Session } from './session.ts';

/** Adds `doctor`. */
export function addDoctorCommand(program: Command, session: Session): void {
  const command = program
    .command('doctor')
    .summary('prove what the sandboxes of this machine enforce')
    .description(
      'Tries to break every property that a sandbox promises, with every engine that works on this machine, and ' +
        'prints what held. The exit code is 1 when something that should hold did not, or when no engine holds all that ' +
        "the profile 'strict' demands; 3 when no engine works.",
    )
    .option(
      '--sandbox <engines>',
      `only these engines (${SANDBOX_ENGINES.join(', ')}; comma-separated)`,
      listOf(SANDBOX_ENGINES),
    )
    .option('--image <image>', 'container image for docker and podman')
    .option('--json', 'print the table as one JSON document')
    .action(async (options: DoctorOptions) => examineMachine(session, options));
  addExamples(command, [
    ['espalier doctor', 'all engines that work here'],
    ['espalier doctor --sandbox bubblewrap --json', 'one engine, for a script'],
  ]);
}
