/** Ends what killed jobs of this runner left: processes, control groups and containers, known by their names. */
import { mkdir } from 'node:fs/promises';

import { openLeftRuns } from '../../adapters/sandbox/left-runs.ts';
import { repositoryRunPrefix } from '../../core/worktree/run-name.ts';
import type { Log } from '../../ports/log.ts';

/** `objectsDir` is that of the repository that every job of this runner makes anew. A run that cannot be ended is named. */
export async function reapLeftRuns(options: {
  env: Readonly<Record<string, string | undefined>>;
  log: Log;
  objectsDir: string;
  stateDir: string;
}): Promise<void> {
  const { env, log, objectsDir, stateDir } = options;
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const runs = await openLeftRuns({ env, stateDir });
  for (const run of await runs.list(repositoryRunPrefix(objectsDir))) {
    try {
      await runs.end(run);
      log.info('Ended what a killed job had left', { run: run.name, place: run.place });
    } catch (error) {
      log.warn('What a killed job left could not be ended', { run: run.name, cause: String(error) });
    }
  }
}
