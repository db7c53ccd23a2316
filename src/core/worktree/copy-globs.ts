/** Reads the `copy` globs of a task: where to begin looking for what they name, and what is never copied. */

/** One glob with the folder below which everything that it can match lies. */
export interface CopyGlob {
  glob: string;
  /** Folder without wildcards that the search begins in; empty is the top of the checkout. */
  start: string;
  /** True if the glob has no wildcard: `start` is then the path itself. */
  isLiteral: boolean;
}

/** Splits a glob; `null` with a reason for one that leaves the checkout or reaches into a git directory. */
export function readCopyGlob(glob: string): { copy: CopyGlob } | { because: string } {
  const trimmed = glob.replace(/^\.\//, '').replace(/\/+$/, '');
  const parts = trimmed.split('/');
  if (trimmed === '' || trimmed.startsWith('/') || trimmed.includes('\0'))
    return { because: 'it is not a path below the checkout' };
  if (parts.some((part) => part === '..' || part === '.' || part === ''))
    return { because: "it has an empty part, '.' or '..'" };
  if (parts.some(isGitPart)) return { because: 'nothing is copied out of a git directory' };
  const magicAt = parts.findIndex((part) => /[*?[\]{}!()|\\]/.test(part));
  if (magicAt === -1) return { copy: { glob: trimmed, start: trimmed, isLiteral: true } };
  return { copy: { glob: trimmed, start: parts.slice(0, magicAt).join('/'), isLiteral: false } };
}

/** True for the name of a git directory or file, in any case. */
export function isGitPart(part: string): boolean {
  return part.toLowerCase() === '.git';
}
