/** `espalier demo`: a plan of eight tasks on a small repository of its own, with scripted agents. */
import type { Command } from 'commander';
import { Option } from 'commander';

import { addExamples, duration, oneOf } from './help.ts';
import { SANDBOX_CHOICES } from './run-options.ts';
import { type DemoOptions, showDemo } from './show-demo.ts';
import type { Session } from './session.ts';

/** Adds `demo`. */
export function addDemoCommand(program: Command, session: Session): void {
  const command = program
    .command('demo')
    .summary('watch eight scripted agents land a plan, in under a minute')
    .description(
      'Makes a small repository with its own tests in a temporary folder and runs a plan of eight tasks there, with ' +
        'scripted agents and a scripted reviewer instead of models. The exit code is 0 when exactly what was expected ' +
        'happened: seven tasks land and one is refused.',
    )
    .option('--dir <dir>', 'make the repository there (must not exist) instead of in a temporary folder')
    .addOption(
      new Option('--sandbox <engine>', `engine of the sandboxes: ${SANDBOX_CHOICES.join(', ')}`)
        .argParser(oneOf(SANDBOX_CHOICES))
        .default('auto', 'auto: one that works here, or none if there is no engine'),
    )
    .addOption(
      new Option('--pace <time>', 'pause of the scripted agents at each step').argParser(duration).default(300, '0.3s'),
    )
    .option('--plain', 'one line per event instead of live rows')
    .action(async (options: DemoOptions) => showDemo(session, options));
  addExamples(command, [
    ['espalier demo', 'watch it'],
    ['espalier demo --sandbox bubblewrap --plain', 'in a given sandbox, as lines'],
  ]);
}
