/** Configuration that was copied from the user's checkout names its files by absolute paths: those are moved along. */

const CONFIGURATION =
  /(?:^|\/)(?:\.env(?:\.[^/]*)?|\.npmrc|\.yarnrc|\.tool-versions|\.envrc|[^/]+\.(?:env|json|jsonc|json5|toml|ya?ml|ini|cfg|conf|properties|xml))$/i;

/** True for files whose absolute paths are rewritten: environment and configuration files, known by their names. */
export function isConfigurationFile(path: string): boolean {
  return CONFIGURATION.test(path);
}

/**
 * `text` with every occurrence of the folder `from` replaced by `to`, also with JSON's escaped slashes. Only whole
 * path parts count: `/home/me/app` is not found in `/home/me/app2`, `/mnt/home/me/app` or `/home/me/app.git`.
 */
export function rewritePaths(text: string, from: string, to: string): string {
  const folder = from.replace(/\/+$/, '');
  if (!folder.startsWith('/') || folder === '') return text;
  const escape = (path: string): string => path.replaceAll('/', '\\/');
  return replaceWhole(replaceWhole(text, folder, to), escape(folder), escape(to));
}

function replaceWhole(text: string, from: string, to: string): string {
  const out: string[] = [];
  let copied = 0;
  for (let at = text.indexOf(from); at !== -1; at = text.indexOf(from, at + from.length)) {
    if (!isPathStart(text, at) || !isPathEnd(text, at + from.length)) continue;
    out.push(text.slice(copied, at), to);
    copied = at + from.length;
  }
  out.push(text.slice(copied));
  return out.join('');
}

/** Nothing before it belongs to the path. A slash may stand there: `file:///home/me` holds `/home/me`. */
function isPathStart(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text[at - 1] ?? '';
  if (before === '/')
    return text.slice(Math.max(0, at - 3), at) === '://' || text.slice(Math.max(0, at - 5), at) === ':\\/\\/';
  // After a variable (`${X}/home`, `~/home`) the path is relative to something else.
  return !/[\p{L}\p{N}_.~}$%@+-]/u.test(before);
}

/** The path ends here, or goes on with a new part. A dot ends it only as the end of a sentence. */
function isPathEnd(text: string, at: number): boolean {
  const after = text[at];
  if (after === undefined) return true;
  if (after === '.') return /^\.(?:\s|$|["'])/.test(text.slice(at, at + 2));
  return !/[\p{L}\p{N}_~$%@+-]/u.test(after);
}
