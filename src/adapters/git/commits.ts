/** Commit objects: reading what is needed of them, and writing them so that same inputs give the same name. */
import type { CommitSha, TreeSha } from '../../core/brand.ts';
import { isObjectName } from '../../core/ids.ts';
import type { GitContext } from './git-context.ts';
import { failureOf, GitFailure } from './git-failure.ts';

/** What a commit is made of; author and committer are the same, the zone is UTC. */
export interface NewCommit {
  tree: TreeSha;
  parents: readonly CommitSha[];
  message: string;
  author: { name: string; email: string };
  /** Milliseconds since the epoch; git keeps whole seconds. */
  atMs: number;
}

/** Tree of a commit; throws if there is no such commit. */
export async function treeOfCommit(context: GitContext, commit: CommitSha): Promise<TreeSha> {
  const object = await context.objects.reader.contents(commit);
  const tree =
    object?.type === 'commit' ? /^tree ([0-9a-f]+)\n/.exec(object.data.toString('latin1', 0, 80))?.[1] : null;
  if (!tree) throw new GitFailure(`Commit ${commit} is missing. Run 'git fsck' in the repository.`);
  return tree as TreeSha;
}

/** Parents of a commit, in its own order; throws if there is no such commit. */
export async function parentsOfCommit(context: GitContext, commit: CommitSha): Promise<CommitSha[]> {
  const object = await context.objects.reader.contents(commit);
  if (object?.type !== 'commit') throw new GitFailure(`Commit ${commit} is missing. Run 'git fsck' in the repository.`);
  const parents: CommitSha[] = [];
  // They stand right after the tree, before the author; a line further down that looks like one is the message's.
  for (const line of object.data.toString('latin1').split('\n').slice(1)) {
    const parent = /^parent ([0-9a-f]+)$/.exec(line)?.[1];
    if (parent === undefined) break;
    parents.push(parent as CommitSha);
  }
  return parents;
}

/** The tree of a commit, or the tree itself. */
export async function treeAt(context: GitContext, at: CommitSha | TreeSha): Promise<TreeSha> {
  const info = await context.objects.reader.info(at);
  return info?.type === 'tree' ? (at as TreeSha) : treeOfCommit(context, at as CommitSha);
}

/** True if `descendant` has `ancestor` in its history (or is it). */
export async function isAncestor(context: GitContext, ancestor: CommitSha, descendant: CommitSha): Promise<boolean> {
  if (ancestor === descendant) return true;
  const exit = await context.tryInStore({ args: ['merge-base', '--is-ancestor', ancestor, descendant] });
  if (exit.exitCode === 0 || exit.exitCode === 1) return exit.exitCode === 0;
  throw failureOf(`comparing the history of ${ancestor} and ${descendant}`, exit);
}

/** The best common ancestor of two commits; `null` if their histories have none. */
export async function findMergeBase(context: GitContext, one: CommitSha, other: CommitSha): Promise<CommitSha | null> {
  const exit = await context.tryInStore({ args: ['merge-base', one, other] });
  if (exit.exitCode === 0) return exit.stdout.toString('latin1').trim() as CommitSha;
  if (exit.exitCode === 1 && exit.stdout.length === 0) return null;
  throw failureOf(`looking for what ${one} and ${other} have in common`, exit);
}

/** Writes a commit object; every object that it names must exist. */
export async function writeCommit(context: GitContext, commit: NewCommit): Promise<CommitSha> {
  const { reader, writer } = context.objects;
  const named = [commit.tree, ...commit.parents];
  const types = await Promise.all(
    named.map(async (id) => (isObjectName(id) ? (await reader.info(id))?.type : undefined)),
  );
  types.forEach((type, position) => {
    if (type !== (position === 0 ? 'tree' : 'commit'))
      throw new GitFailure(`A commit cannot be made of ${named[position]}: it is missing or of another kind.`);
  });
  const person = `${cleanIdentity(commit.author.name) || 'Espalier'} <${cleanIdentity(commit.author.email)}>`;
  const when = `${Math.floor(commit.atMs / 1000)} +0000`;
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${person} ${when}`,
    `committer ${person} ${when}`,
    '',
    // A NUL would end the message for every reader of it.
    commit.message.replaceAll('\0', '').replace(/\n*$/, '\n'),
  ];
  return (await writer.write('commit', Buffer.from(lines.join('\n'), 'utf8'))) as CommitSha;
}

/** A name or address without what would end it early; git drops the same characters (ident.c). */
function cleanIdentity(text: string): string {
  return text
    .replace(/[<>\n\r\0]/g, '')
    .replace(/^[\s.,:;"'\\]+|[\s.,:;"'\\]+$/g, '')
    .trim();
}
