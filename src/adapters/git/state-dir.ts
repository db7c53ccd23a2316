/** Where Espalier keeps its own files about one repository: worktrees, evidence, logs. Outside of any checkout. */
import { createHash } from 'node:crypto';
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';

import { slugify } from '../../core/ids.ts';
import type { CallerEnv } from './env.ts';

/**
 * The state folder of a repository: `$XDG_STATE_HOME/espalier/<name>-<hash>` (`~/.local/state` unless set), or
 * `<common directory>/espalier` where there is no usable home. The hash is that of the real common directory, so
 * that every checkout of one repository finds the same. Makes nothing.
 */
export async function resolveStateDir(options: {
  /** Absolute real path of the common git directory. */
  commonDir: string;
  topLevel: string | null;
  env: CallerEnv;
}): Promise<string> {
  const home = await usableStateHome(options.env);
  if (home === null) return path.join(options.commonDir, 'espalier');
  const isDotGit = path.basename(options.commonDir) === '.git';
  const named = isDotGit ? path.dirname(options.commonDir) : options.commonDir.replace(/\.git$/, '');
  const slug = slugify(path.basename(named)) || 'repository';
  const hash = createHash('sha256').update(options.commonDir).digest('hex').slice(0, 12);
  return path.join(home, 'espalier', `${slug}-${hash}`);
}

async function usableStateHome(env: CallerEnv): Promise<string | null> {
  const chosen = env['XDG_STATE_HOME'];
  // The XDG base directory specification says to ignore what is not absolute.
  if (chosen !== undefined && path.isAbsolute(chosen)) return chosen;
  const home = env['HOME'];
  if (home === undefined || !path.isAbsolute(home) || home === '/') return null;
  try {
    if (!(await stat(home)).isDirectory()) return null;
    await access(home, constants.W_OK | constants.X_OK);
    return path.join(home, '.local', 'state');
  } catch {
    return null;
  }
}

/** True if `inner` is `outer` or below it; both absolute. */
export function isInside(inner: string, outer: string): boolean {
  const relative = path.relative(outer, inner);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}
