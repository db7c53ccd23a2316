/** The files of `espalier init` as this repository has them: serverless, with the Action of its own working tree. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { guessCommands } from '../../src/core/setup/guess-commands.ts';
import { renderSetup, type SetupFile } from '../../src/core/setup/render-setup.ts';
import { listCiNames } from '../../src/core/setup/workflow-names.ts';
import { ESPALIER_VERSION } from '../../src/entrypoints/cli/version.ts';

/** The files that are kept equal to what this version writes. `root` is the top of the repository. */
export function renderOwnSetup(root: string): SetupFile[] {
  const folder = resolve(root, '.github/workflows');
  const files = readdirSync(folder).map((file) => ({ file, text: readFileSync(resolve(folder, file), 'utf8') }));
  const setup = renderSetup({
    version: ESPALIER_VERSION,
    variant: 'serverless',
    action: { kind: 'own' },
    agent: 'claude',
    keyName: null,
    ciNames: listCiNames(files),
    defaultBranch: 'main',
    commands: guessCommands({}),
  });
  return setup.filter(({ kind }) => kind === 'kept');
}
