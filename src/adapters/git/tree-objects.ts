/** Tree objects as data: reading, writing, walking and editing them without a working tree or an index. */
import type { TreeSha } from '../../core/brand.ts';
import { GitFailure, quoteForPerson } from './git-failure.ts';
import type { ObjectReader } from './object-reader.ts';
import type { ObjectWriter } from './object-writer.ts';
import { decodePath, encodePath } from './path-bytes.ts';

/** One entry of a tree; `mode` as git shows it (`100644`, `040000`, …), `name` one part of a path. */
export interface TreeEntry {
  mode: string;
  name: string;
  id: string;
}

const TREE_MODE = '040000';

/** True for an entry that is a folder. */
function isFolder(entry: TreeEntry): boolean {
  return entry.mode === TREE_MODE;
}

/** Reads the bytes of a tree object. */
function parseTree(data: Buffer, idBytes: number): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at);
    const nul = data.indexOf(0, space);
    if (space === -1 || nul === -1 || nul + 1 + idBytes > data.length)
      throw new GitFailure("A tree object is corrupt. Run 'git fsck' in the repository.");
    entries.push({
      mode: data.toString('latin1', at, space).padStart(6, '0'),
      name: decodePath(data.subarray(space + 1, nul)),
      id: data.toString('hex', nul + 1, nul + 1 + idBytes),
    });
    at = nul + 1 + idBytes;
  }
  return entries;
}

/** The bytes of a tree object, its entries in git's order (names compared as bytes, folders as if they ended in /). */
function serializeTree(entries: readonly TreeEntry[]): Buffer {
  const sorted = entries
    .map((entry) => ({ entry, key: encodePath(isFolder(entry) ? `${entry.name}/` : entry.name) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  return Buffer.concat(
    sorted.map(({ entry }) =>
      Buffer.concat([
        Buffer.from(`${entry.mode.replace(/^0+/, '')} `, 'latin1'),
        encodePath(entry.name),
        Buffer.from([0]),
        Buffer.from(entry.id, 'hex'),
      ]),
    ),
  );
}

/** Splits a path of a tree; throws for what can be none (empty parts, `.`, `..`, `.git` in any case). */
function splitTreePath(path: string): string[] {
  const parts = path.split('/');
  const isBad = parts.some((part) => part === '' || part === '.' || part === '..' || /^\.git$/i.test(part));
  if (isBad || path.includes('\0'))
    throw new GitFailure(`'${quoteForPerson(path)}' cannot be a path of a tree: use one like 'folder/file'.`);
  return parts;
}

/** Objects of one repository, for reading and writing. */
export interface ObjectStore {
  reader: ObjectReader;
  writer: ObjectWriter;
  /** Bytes of an object's name: 20 or 32. */
  idBytes: number;
}

/** Entries of a tree; throws if there is no such tree. */
async function readTree(store: ObjectStore, tree: string): Promise<TreeEntry[]> {
  const object = await store.reader.contents(tree);
  if (object?.type !== 'tree') throw new GitFailure(`Tree ${tree} is missing. Run 'git fsck' in the repository.`);
  return parseTree(object.data, store.idBytes);
}

/** The entry at a path; `null` if there is none. */
export async function findEntry(store: ObjectStore, tree: string, path: string): Promise<TreeEntry | null> {
  let at = tree;
  let found: TreeEntry | null = null;
  for (const part of splitTreePath(path)) {
    if (found !== null && !isFolder(found)) return null;
    found = (await readTree(store, at)).find((entry) => entry.name === part) ?? null;
    if (found === null) return null;
    at = found.id;
  }
  return found;
}

/** What becomes of a path: this entry, or nothing. */
export type TreeEdit = { mode: string; id: string } | null;

/**
 * A tree with edits by path; folders are made and, when they become empty, left out. A file in the way of a folder
 * (or the other way round) gives way to the edit. Returns `null` if nothing is left.
 */
export async function editTree(
  store: ObjectStore,
  tree: string | null,
  edits: ReadonlyMap<string, TreeEdit>,
): Promise<string | null> {
  const own = new Map<string, TreeEdit>();
  const below = new Map<string, Map<string, TreeEdit>>();
  for (const [path, edit] of edits) {
    const [first = '', ...rest] = splitTreePath(path);
    if (rest.length === 0) {
      own.set(first, edit);
    } else {
      const inside = below.get(first) ?? new Map<string, TreeEdit>();
      below.set(first, inside.set(rest.join('/'), edit));
    }
  }
  const entries = new Map((tree === null ? [] : await readTree(store, tree)).map((entry) => [entry.name, entry]));
  for (const [name, edit] of own) {
    if (edit === null) entries.delete(name);
    else entries.set(name, { ...edit, name });
  }
  for (const [name, inside] of below) {
    const old = entries.get(name);
    const addsSomething = [...inside.values()].some((edit) => edit !== null);
    // Removing something below a file is no reason to remove the file.
    if (old !== undefined && !isFolder(old) && !addsSomething) continue;
    const id = await editTree(store, old !== undefined && isFolder(old) ? old.id : null, inside);
    if (id === null) entries.delete(name);
    else entries.set(name, { mode: TREE_MODE, name, id });
  }
  if (entries.size === 0) return null;
  return store.writer.write('tree', serializeTree([...entries.values()]));
}

/** The name of the tree that {@link editTree} gave, or of the empty one. */
export async function orEmptyTree(store: ObjectStore, tree: string | null): Promise<TreeSha> {
  return (tree ?? (await store.writer.write('tree', Buffer.alloc(0)))) as TreeSha;
}

/** Every regular file below a tree, path and blob, folders in order. */
export async function listFiles(store: ObjectStore, tree: string, under = ''): Promise<{ path: string; id: string }[]> {
  const files: { path: string; id: string }[] = [];
  for (const entry of await readTree(store, tree)) {
    const path = `${under}${entry.name}`;
    if (isFolder(entry)) files.push(...(await listFiles(store, entry.id, `${path}/`)));
    else if (entry.mode.startsWith('100')) files.push({ path, id: entry.id });
  }
  return files;
}
