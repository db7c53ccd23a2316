/** `espalier uninstall`: takes away what `espalier init` wrote. */
import type { Command } from 'commander';

import { type RemovalOutcome, renderLeftovers, renderRemovals } from '../../core/report/setup-report.ts';
import { removalOf } from '../../core/setup/compare-setup.ts';
import { findPlace } from './find-setup.ts';
import { addExamples } from './help.ts';
import type { Session } from './session.ts';
import { readSetupFiles, removeSetupFile } from './setup-files.ts';
import { SETUP_PATHS } from './setup-paths.ts';

interface UninstallOptions {
  dryRun?: true;
  json?: true;
}

/** Adds `uninstall`. */
export function addUninstallCommand(program: Command, session: Session): void {
  const command = program
    .command('uninstall')
    .summary('take away what espalier init wrote')
    .description(
      'Removes the files of espalier init that nobody has changed since, and shows what it keeps and why. It changes ' +
        'nothing on GitHub, and says what may be left there. The exit code is 1 when a file was kept.',
    )
    .option('--dry-run', 'print what would be removed, and remove nothing')
    .option('--json', 'print it as one JSON document')
    .action(async (options: UninstallOptions) => takeAway(session, options));
  addExamples(command, [
    ['espalier uninstall --dry-run', 'what would go?'],
    ['espalier uninstall', 'remove it'],
  ]);
}

async function takeAway(session: Session, options: UninstallOptions): Promise<void> {
  const place = await findPlace(session);
  const present = await readSetupFiles(place.topLevel, SETUP_PATHS);
  const outcomes = [...present].flatMap(([path, text]): RemovalOutcome[] => {
    const removal = removalOf(text);
    return removal === null ? [] : [{ path, ...removal }];
  });
  const isDryRun = options.dryRun === true;
  for (const { path, deed } of outcomes)
    if (deed === 'remove' && !isDryRun) await removeSetupFile(place.topLevel, path);
  if (options.json === true) session.printJson({ version: 1, isDryRun, files: outcomes });
  else {
    const repository = place.names === null ? null : `${place.names.owner}/${place.names.name}`;
    session.out.print([...renderRemovals(outcomes, { isDryRun }), [], ...renderLeftovers(repository)]);
  }
  if (outcomes.some(({ deed }) => deed === 'keep')) session.end('findings');
}
