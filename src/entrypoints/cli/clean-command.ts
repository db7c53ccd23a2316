/** `espalier clean`: removes what is no longer needed and is not the only copy of anything. */
import type { Command } from 'commander';

import { type CleanOptions, cleanUp } from './clean-up.ts';
import { addExamples, age } from './help.ts';
import type { Session } from './session.ts';

const TWO_WEEKS_MS = 14 * 86_400_000;

/** Adds `clean [PLAN]`. */
export function addCleanCommand(program: Command, session: Session): void {
  const command = program
    .command('clean')
    .summary('remove worktrees, branches and logs that are no longer needed')
    .description(
      'Ends what killed runs left running, and removes worktrees of attempts whose work was taken in, branches whose ' +
        'commits are in the landed branch, and logs past their age. Keeps everything that is nowhere else, and says why. ' +
        'Leaves plans alone that a run works on.',
    )
    .argument('[plan]', 'id or file of one plan; all plans when left out')
    .option('--dry-run', 'print what would be removed, and remove nothing')
    .option('--older-than <time>', 'age at which logs and archives go, such as 7d or 0', age, TWO_WEEKS_MS)
    .option('--json', 'print the list as one JSON document')
    .action(async (plan: string | undefined, options: CleanOptions) => cleanUp(session, plan ?? null, options));
  const olderThan = command.options.find((option) => option.long === '--older-than');
  if (olderThan) olderThan.defaultValueDescription = '14d';
  addExamples(command, [
    ['espalier clean --dry-run', 'what would go?'],
    ['espalier clean', 'remove it'],
    ['espalier clean my-plan --older-than 0', 'one plan, with logs of today'],
  ]);
}
