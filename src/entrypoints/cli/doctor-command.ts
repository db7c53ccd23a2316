/** `espalier doctor`: what the sandboxes of this machine really enforce, or what GitHub really does. */
import type { Command } from 'commander';

import { SANDBOX_ENGINES } from '../../core/sandbox/property.ts';
import { CliError } from './cli-error.ts';
import { examineGithub, type GithubDoctorOptions } from './doctor-github.ts';
import { type DoctorOptions, examineMachine } from './examine-machine.ts';
import { addExamples, listOf } from './help.ts';
import type { Session } from './session.ts';

type AllOptions = DoctorOptions & Omit<GithubDoctorOptions, 'repo'> & { github?: true };

/** Adds `doctor`. */
export function addDoctorCommand(program: Command, session: Session): void {
  const command = program
    .command('doctor')
    .summary('prove what the sandboxes of this machine enforce, or what GitHub does')
    .description(
      'Tries to break every property that a sandbox promises, with every engine that works on this machine, and ' +
        'prints what held. The exit code is 1 when something that should hold did not, or when no engine holds all that ' +
        "the profile 'strict' demands; 3 when no engine works.\n\n" +
        'With --github it tries instead what the GitHub App takes for granted about GitHub, with the credentials of the ' +
        'app (APP_ID with PRIVATE_KEY or PRIVATE_KEY_PATH, also from its .env) or a GITHUB_TOKEN, on the repository that ' +
        '--repo owner/name names. It makes branches below espalier-staging/doctor-… and deletes them again. The exit code ' +
        'is 1 when GitHub differs or a permission is missing; 3 when GitHub cannot be asked.',
    )
    .option(
      '--sandbox <engines>',
      `only these engines (${SANDBOX_ENGINES.join(', ')}; comma-separated)`,
      listOf(SANDBOX_ENGINES),
    )
    .option('--image <image>', 'container image for docker and podman')
    .option('--github', 'try what GitHub does, on the repository --repo owner/name')
    .option(
      '--write',
      'with --github: also open an issue and pull requests there, which are closed again, and dispatch the workflow',
    )
    .option('--json', 'print the table as one JSON document')
    .action(async (options: AllOptions) => {
      if (options.github !== true) {
        if (options.write === true) throw new CliError('usage', 'Only --github has something to --write.');
        return examineMachine(session, options);
      }
      if (options.sandbox !== undefined || options.image !== undefined)
        throw new CliError('usage', 'With --github no sandbox is examined: leave --sandbox and --image out.');
      const { repo } = program.opts<{ repo?: string }>();
      return examineGithub(session, { ...options, repo });
    });
  addExamples(command, [
    ['espalier doctor', 'all engines that work here'],
    ['espalier doctor --sandbox bubblewrap --json', 'one engine, for a script'],
    ['espalier doctor --github --repo owner/name', 'what GitHub does, as far as branches tell it'],
    ['espalier doctor --github --write --repo owner/name', 'all of it, in a repository for trying things'],
  ]);
}
