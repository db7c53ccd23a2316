/** Gives folders to the sandbox's user. */
import { realpath } from 'node:fs/promises';

import { execa } from 'execa';

import { checkHostPath, type PolicyContext } from '../../core/sandbox/policy.ts';

/**
 * Changes the owner of everything in `paths`, links themselves and never what they lead to. Throws if a path is one
 * that no sandbox may have, or if the change fails.
 */
export async function giveFolders(
  paths: readonly string[],
  user: { uid: number; gid: number },
  context: Pick<PolicyContext, 'engineSockets' | 'homeDir'>,
): Promise<void> {
  if (paths.length === 0) return;
  const real = await Promise.all(paths.map((path) => realpath(path)));
  for (const path of real) {
    const because = checkHostPath(path, context);
    if (because !== null)
      throw new Error(
        `Folder '${path}' cannot be given to the sandbox's user: it ${because}. Choose a folder of its own.`,
      );
  }
  const owner = `${user.uid}:${user.gid}`;
  const args = ['--recursive', '--no-dereference', '-P', owner, '--', ...real];
  const result = await execa('chown', args, { reject: false, extendEnv: false, env: { PATH: '/usr/bin:/bin' } });
  if (result.failed)
    throw new Error(
      `Folders could not be given to the sandbox's user ${owner}: ${result.stderr || result.shortMessage}`,
    );
}
