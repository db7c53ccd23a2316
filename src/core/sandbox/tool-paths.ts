/**
 * Which folders of the host a program outside of the system's folders needs, when runs see the host's system
 * read-only. The home folder and what holds it are never among them, whatever the path says.
 */
import { isNormalAbsolutePath, isWithin } from './inside-path.ts';

/** Folders that are always visible in a run that uses the host's system. */
export const SYSTEM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'] as const;

// A prefix of these would hand in everything that was ever installed or kept there, keys included.
const TOO_WIDE = ['/', '/opt', '/home', '/root', '/var', '/srv', '/mnt', '/tmp', '/usr/local'];

/** True for a folder that may be mounted as a whole. Both paths are real and in normal form. */
export function isToolFolder(folder: string, homeDir: string | null): boolean {
  if (!isNormalAbsolutePath(folder) || TOO_WIDE.includes(folder)) return false;
  if (homeDir === null) return true;
  if (isWithin(homeDir, folder)) return false;
  // ~/.local, ~/.config and their like hold keyrings and tokens next to programs.
  return !(
    folder.startsWith(`${homeDir}/.`) && ['.local', '.config', '.cache'].includes(folder.slice(homeDir.length + 1))
  );
}

/**
 * Folders for one program: `path` as it is called, `realPath` where its links lead. `PREFIX/bin/x` takes PREFIX (with
 * the libraries next to it), a script in a package takes the package's own prefix, else only the program's folder.
 * Empty for a program of the system.
 */
export function findToolFolders(program: { path: string; realPath: string }, homeDir: string | null): string[] {
  const wanted = [program.path, program.realPath].map((path) => widestFolder(path, homeDir));
  const outside = wanted.filter(
    (folder): folder is string => folder !== null && !SYSTEM_FOLDERS.some((system) => isWithin(folder, system)),
  );
  return [...new Set(outside)].filter(
    (folder) => !outside.some((other) => other !== folder && isWithin(folder, other)),
  );
}

function widestFolder(path: string, homeDir: string | null): string | null {
  const folder = parentOf(path);
  const installed = /^(.*)\/lib\/node_modules\//.exec(path)?.[1];
  const packaged = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
  const prefix = folder.endsWith('/bin') ? parentOf(folder) : null;
  const candidates = [installed, packaged, prefix, folder];
  return (
    candidates.find(
      (candidate): candidate is string => typeof candidate === 'string' && isToolFolder(candidate, homeDir),
    ) ?? null
  );
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** A search path with the tools' own `bin` folders (or the folders themselves) before the system's. */
export function buildSearchPath(toolPaths: readonly string[], programFolders: readonly string[], rest: string): string {
  const first = programFolders.filter((folder) => toolPaths.some((tool) => isWithin(folder, tool)));
  return [...new Set([...first, ...rest.split(':')])].join(':');
}
