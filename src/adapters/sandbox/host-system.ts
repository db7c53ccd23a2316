/** The host's system folders, as a run sees them, and the made files of /etc. */
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readFile, readlink, realpath, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { SystemEntry } from '../../core/sandbox/bubblewrap-args.ts';
import { renderEtcFiles } from '../../core/sandbox/etc-files.ts';
import { SYSTEM_FOLDERS } from '../../core/sandbox/tool-paths.ts';

// The loader's cache, the links that Debian's alternatives go through, and the fonts' and locales' plain settings.
const ETC_ENTRIES = ['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'alternatives', 'localtime', 'mime.types'];
const ETC_NETWORK_ENTRIES = [
  'resolv.conf',
  'ssl/certs',
  'ssl/openssl.cnf',
  'ca-certificates',
  'pki/tls/certs',
  'pki/ca-trust',
];

/** What every run sees, and what comes on top when its network is open. */
export interface HostSystem {
  system: readonly SystemEntry[];
  networkFiles: readonly SystemEntry[];
}

/**
 * Looks at the system folders below `root` (`''` for the host's own) and writes the made files of /etc to `etcDir`.
 * Resolver and certificates always come from the host.
 */
export async function readHostSystem(
  root: string,
  etcDir: string,
  user: { uid: number; gid: number },
): Promise<HostSystem> {
  const folders = await Promise.all(SYSTEM_FOLDERS.map((folder) => readEntry(root, folder)));
  const etc = await Promise.all(ETC_ENTRIES.map((name) => readReal(root, `/etc/${name}`)));
  const network = await Promise.all(ETC_NETWORK_ENTRIES.map((name) => readReal('', `/etc/${name}`)));
  const made = await writeEtcFiles(etcDir, user);
  return {
    system: [...folders, ...etc, ...made].flatMap((entry) => entry ?? []),
    networkFiles: network.flatMap((entry) => entry ?? []),
  };
}

/** A folder, or the link that a merged /usr has in its place. */
async function readEntry(root: string, path: string): Promise<SystemEntry | null> {
  const found = await lstat(root + path).catch(() => null);
  if (found === null) return null;
  if (found.isSymbolicLink()) return { kind: 'symlink', path, leadsTo: await readlink(root + path) };
  return found.isDirectory() ? { kind: 'bind', source: root + path, target: path } : null;
}

/** What a path of /etc leads to, so that a link into /run or elsewhere still works. */
async function readReal(root: string, path: string): Promise<SystemEntry | null> {
  const source = await realpath(root + path).catch(() => null);
  return source === null ? null : { kind: 'bind', source, target: path };
}

async function writeEtcFiles(etcDir: string, user: { uid: number; gid: number }): Promise<SystemEntry[]> {
  await mkdir(etcDir, { recursive: true, mode: 0o755 });
  const entries: SystemEntry[] = [];
  for (const [name, content] of Object.entries(renderEtcFiles(user))) {
    const source = join(etcDir, name);
    const present = await readFile(source, 'utf8').catch(() => null);
    if (present !== content) {
      // Another engine or process may be writing the same bytes; a rename shows either all of them or the old ones.
      const draft = `${source}.${randomUUID()}`;
      await writeFile(draft, content, { mode: 0o644 });
      await rename(draft, source);
    }
    entries.push({ kind: 'bind', source, target: `/etc/${name}` });
  }
  return entries;
}
