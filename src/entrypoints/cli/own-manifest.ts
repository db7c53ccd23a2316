/** Espalier's own package.json: the one place that says under which name its Action is published. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { readCoordinates } from '../../core/setup/setup-options.ts';
import { CliError } from './cli-error.ts';

/** From the deepest folder that code of Espalier lies in up to its top. */
const MAX_STEPS = 4;

/** `owner/name` of the repository that publishes the Action. */
export async function readActionRepository(from: string = import.meta.dirname): Promise<string> {
  let folder = from;
  for (let step = 0; step <= MAX_STEPS; step += 1) {
    const manifest = await readManifest(path.join(folder, 'package.json'));
    if (manifest?.name === 'espalier') {
      const coordinates = readCoordinates(manifest);
      if (coordinates !== null) return coordinates;
      throw new CliError(
        'unfit',
        `The 'repository' in '${path.join(folder, 'package.json')}' names none on github.com.`,
        {
          next: 'name the repository that publishes the Action there',
        },
      );
    }
    folder = path.dirname(folder);
  }
  throw new CliError('unfit', 'The package.json of Espalier is not where its program is.', {
    next: 'install Espalier anew, whole',
  });
}

async function readManifest(file: string): Promise<{ name?: unknown } | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as { name?: unknown } | null;
  } catch {
    return null;
  }
}
