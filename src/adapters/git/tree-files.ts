/** Files of a tree as text, and trees made of text or of the entries of other trees. */
import type { CommitSha, TreeSha } from '../../core/brand.ts';
import { treeAt } from './commits.ts';
import type { GitContext } from './git-context.ts';
import { GitFailure, quoteForPerson } from './git-failure.ts';
import { decodePath, splitNul } from './path-bytes.ts';
import { editTree, findEntry, listFiles, orEmptyTree, type TreeEdit } from './tree-objects.ts';

/** See `Git.readFile`. */
export async function readTextFile(
  context: GitContext,
  at: CommitSha | TreeSha,
  file: string,
  maxBytes: number,
): Promise<string | null> {
  const entry = await findEntry(context.objects, await treeAt(context, at), file);
  if (entry === null || !entry.mode.startsWith('100')) return null;
  const info = await context.objects.reader.info(entry.id);
  if (info === null || info.size > maxBytes) return null;
  return (await context.objects.reader.contents(entry.id))?.data.toString('utf8') ?? null;
}

/** See `Git.readFiles`. */
export async function readTextFiles(
  context: GitContext,
  at: CommitSha | TreeSha,
  maxBytes: number,
): Promise<Record<string, string>> {
  const texts: [string, string][] = [];
  let total = 0;
  for (const { path: file, id } of await listFiles(context.objects, await treeAt(context, at))) {
    total += (await context.objects.reader.info(id))?.size ?? 0;
    if (total > maxBytes) throw new GitFailure(`The files of ${at} have more than ${maxBytes} bytes together.`);
    const object = await context.objects.reader.contents(id);
    if (object === null) throw new GitFailure(`Object ${id} is missing. Run 'git fsck' in the repository.`);
    texts.push([file, object.data.toString('utf8')]);
  }
  return Object.fromEntries(texts);
}

/** See `Git.listPaths`. */
export async function listPaths(context: GitContext, tree: TreeSha): Promise<string[]> {
  const output = await context.runInStore('listing the paths of a tree', {
    args: ['ls-tree', '-r', '-z', '--name-only', '--full-tree', tree],
  });
  return splitNul(output).map(decodePath);
}

/** See `Git.restorePaths`. */
export async function restorePaths(
  context: GitContext,
  tree: TreeSha,
  from: TreeSha,
  paths: readonly string[],
): Promise<TreeSha> {
  const edits = new Map<string, TreeEdit>();
  for (const target of paths) edits.set(target, await findEntry(context.objects, from, target));
  return orEmptyTree(context.objects, await editTree(context.objects, tree, edits));
}

/** See `Git.writeTree`. */
export async function writeTextFiles(context: GitContext, files: Readonly<Record<string, string>>): Promise<TreeSha> {
  const edits = new Map<string, TreeEdit>();
  const folders = new Set(Object.keys(files).flatMap(listFolders));
  for (const [file, text] of Object.entries(files)) {
    if (folders.has(file)) throw new GitFailure(`'${quoteForPerson(file)}' cannot be a file and a folder at once.`);
    edits.set(file, { mode: '100644', id: await context.objects.writer.write('blob', Buffer.from(text, 'utf8')) });
  }
  return orEmptyTree(context.objects, await editTree(context.objects, null, edits));
}

/** `a/b/c` → `a`, `a/b`. */
function listFolders(file: string): string[] {
  const parts = file.split('/');
  return parts.slice(1).map((_part, at) => parts.slice(0, at + 1).join('/'));
}
