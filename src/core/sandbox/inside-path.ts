/** Paths as plain text: the core has no node:path, and only absolute POSIX paths occur in a sandbox. */

/** True for an absolute path in normal form: no `.`, `..`, empty part, trailing slash, control character. */
export function isNormalAbsolutePath(path: string): boolean {
  if (path === '/') return true;
  if (!path.startsWith('/') || /[\u0000-\u001f\u007f]/.test(path)) return false;
  return path
    .slice(1)
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..');
}

/** True if `path` is `folder` or lies in it. Both in normal form. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** Number of parts; the order in which nested mounts have to be made. */
export function pathDepth(path: string): number {
  return path === '/' ? 0 : path.split('/').length - 1;
}

/** Shows a hostile string in a message: quoted, escaped, cut to 200 characters. */
export function quoteForMessage(text: string): string {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return JSON.stringify(shown);
}

/** Folders that hold `path`, without `/` and without `path` itself; outermost first. */
export function listAncestors(path: string): string[] {
  const parts = path.split('/').slice(1, -1);
  return parts.map((_part, at) => `/${parts.slice(0, at + 1).join('/')}`);
}
