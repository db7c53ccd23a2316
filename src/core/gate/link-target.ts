/** Where a symbolic link in a tree leads, judged by its text alone. */

/** `inside` stays in the repository; every other kind is refused. */
export type LinkTarget =
  | { kind: 'inside'; path: string }
  | { kind: 'absolute' }
  | { kind: 'outside' }
  | { kind: 'git-dir' }
  /** It goes up after it went down: where that leads depends on what the folders in between are. */
  | { kind: 'winding' }
  | { kind: 'malformed' };

/**
 * Resolves `target` against the folder of the link at `path` (both with `/`). `..` counts only at the beginning,
 * where it climbs from the link's own folder, which is real: so that if every link by itself is `inside`, no
 * chain of links can leave.
 */
export function resolveLinkTarget(path: string, target: string): LinkTarget {
  if (target === '' || /[\0\n]/.test(target)) return { kind: 'malformed' };
  if (target.startsWith('/') || target.startsWith('\\') || /^[A-Za-z]:/.test(target)) return { kind: 'absolute' };
  const parts = path.split('/').slice(0, -1);
  let hasGoneDown = false;
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (hasGoneDown) return { kind: 'winding' };
      if (parts.pop() === undefined) return { kind: 'outside' };
      continue;
    }
    if (part.toLowerCase() === '.git') return { kind: 'git-dir' };
    hasGoneDown = true;
    parts.push(part);
  }
  return { kind: 'inside', path: parts.join('/') };
}
