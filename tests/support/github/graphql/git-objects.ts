/** Finding refs and git objects by the names that GraphQL takes. */

import type { GitNode } from '../node-ids.ts';
import type { CommitObject } from '../git-storage.ts';
import type { Oid, Repository } from '../state.ts';
import type { GitObjectSource, GraphqlContext, RefSource } from './resolver-types.ts';

/** A ref by full name, or null. */
export function findRef(repository: Repository, fullName: string): RefSource | null {
  const oid = repository.refs.get(fullName);
  return oid === undefined ? null : { kind: 'Ref', repository, name: fullName, oid };
}

/** A branch by its short name, or null. */
export function findBranch(repository: Repository, name: string | null): RefSource | null {
  return name === null ? null : findRef(repository, `refs/heads/${name}`);
}

/** As `Repository.ref` reads a name: in full, or as that of a branch or tag. */
export function findRefByAnyName(repository: Repository, name: string): RefSource | null {
  for (const candidate of [name, `refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`]) {
    const found = findRef(repository, candidate);
    if (found !== null) return found;
  }
  return null;
}

/** A commit that the state names, without a look at git. */
export function showCommit(repository: Repository, oid: Oid): GitObjectSource;
export function showCommit(repository: Repository, oid: Oid | null): GitObjectSource | null;
export function showCommit(repository: Repository, oid: Oid | null): GitObjectSource | null {
  return oid === null ? null : { kind: 'Commit', repository, oid };
}

/** An object by its oid, or null where the repository has none. */
export async function showObject(
  context: GraphqlContext,
  repository: Repository,
  oid: Oid,
): Promise<GitObjectSource | null> {
  const type = await context.world.git.typeOf(repository.gitDir, oid);
  if (type === null) return null;
  if (type === 'tag') throw new Error(`The test GitHub shows no annotated tags, and ${oid} is one.`);
  const kind = type === 'commit' ? 'Commit' : type === 'tree' ? 'Tree' : 'Blob';
  return { kind, repository, oid, path: '' };
}

/** What a node id of git names, or null where it is gone. */
export async function showGitNode(context: GraphqlContext, node: GitNode): Promise<GitObjectSource | RefSource | null> {
  if (node.kind === 'Ref') return findRef(node.repository, node.name);
  const shown = await showObject(context, node.repository, node.oid);
  return shown?.kind === node.kind ? shown : null;
}

/** The commit behind a source; a fault of this GitHub where its state names one that git lacks. */
export async function readCommit(context: GraphqlContext, source: GitObjectSource): Promise<CommitObject> {
  const commit = await context.world.git.readCommit(source.repository.gitDir, source.oid);
  if (commit === null) throw new Error(`The repository ${source.repository.name} lacks the commit ${source.oid}.`);
  return commit;
}

/** The commit that a revision names: `HEAD`, a ref, or an oid in full. */
export async function resolveRevision(
  context: GraphqlContext,
  repository: Repository,
  revision: string,
): Promise<GitObjectSource | null> {
  if (revision === 'HEAD' || revision === '') return resolveRevision(context, repository, repository.defaultBranch);
  const ref = findRefByAnyName(repository, revision);
  if (ref !== null) return showObject(context, repository, ref.oid);
  return /^[0-9a-f]{40}$/.test(revision) ? showObject(context, repository, revision) : null;
}

/**
 * As `Repository.object(expression:)` reads it: `REVISION`, `REVISION^{tree}` or `REVISION:PATH`.
 * @throws Error for git's other notations, which this GitHub does not read.
 */
export async function resolveExpression(
  context: GraphqlContext,
  repository: Repository,
  expression: string,
): Promise<GitObjectSource | null> {
  const colon = expression.indexOf(':');
  const revision = colon === -1 ? expression : expression.slice(0, colon);
  const wantsTree = revision.endsWith('^{tree}');
  const name = wantsTree ? revision.slice(0, -'^{tree}'.length) : revision;
  if (/\^|~|@\{/.test(name)) throw new Error(`The test GitHub does not read the expression '${expression}'.`);
  const found = await resolveRevision(context, repository, name);
  if (found === null || (colon === -1 && !wantsTree)) return found;
  const tree = await treeOf(context, found);
  const path = colon === -1 ? '' : expression.slice(colon + 1);
  if (path === '') return { kind: 'Tree', repository, oid: tree, path: '' };
  const entry = await context.world.git.findPath(repository.gitDir, tree, path);
  if (entry === null || entry.type === 'commit') return null;
  return { kind: entry.type === 'tree' ? 'Tree' : 'Blob', repository, oid: entry.oid, path };
}

/** The tree of a commit, or the tree itself. */
export async function treeOf(context: GraphqlContext, source: GitObjectSource): Promise<Oid> {
  if (source.kind === 'Tree') return source.oid;
  if (source.kind === 'Commit') return (await readCommit(context, source)).tree;
  throw new Error(`The object ${source.oid} is a blob, and a tree was wanted.`);
}
