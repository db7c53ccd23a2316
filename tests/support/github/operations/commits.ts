/** Commits and the objects below them: as a person pushes them, and as the Git Data API and GraphQL make them. */
import type { Signature } from '../git-storage.ts';
import type { Account, Oid, Repository } from '../state.ts';
import { ZERO_OID } from '../state.ts';
import { notFound, Refusal, unprocessable, type Actor, type World, refuseWriteToArchived } from '../world.ts';
import { refuseInvalidRefName, updateRefs } from './refs.ts';

/** A commit as a person writes it: files by path, `null` removes one. */
export interface NewCommit {
  message: string;
  files: Record<string, string | Uint8Array | null>;
}

/** One path of a tree, as the Git Data API takes it. */
export interface NewTreeEntry {
  path: string;
  mode: '100644' | '100755' | '040000' | '160000' | '120000';
  /** `null` removes the path. */
  content: { oid: Oid } | { text: string } | null;
}

/** Who a commit is by, as GitHub writes it for an account. */
export function signatureOf(world: World, account: Account): Signature {
  return {
    name: account.name ?? account.login,
    email: `${account.id}+${account.login}@users.noreply.github.com`,
    at: world.clock.now(),
  };
}

/**
 * A person pushes commits to a branch: on its tip, or on any other commit that `from` names (a new branch starts at
 * the default branch). Rules of the branch hold. Answers the new tip.
 */
export async function pushCommits(
  world: World,
  by: Actor,
  repository: Repository,
  push: { branch: string; commits: NewCommit[]; from?: string | undefined; isForced?: boolean | undefined },
): Promise<Oid> {
  return world.atomically(async () => {
    const name = `refs/heads/${push.branch}`;
    const before = repository.refs.get(name);
    const start = push.from ?? before ?? repository.refs.get(`refs/heads/${repository.defaultBranch}`) ?? null;
    let tip = start === null ? null : (repository.refs.get(`refs/heads/${start}`) ?? start);
    for (const commit of push.commits) tip = await writeFiles(world, by, repository, { ...commit, parent: tip });
    if (tip === null) throw new Error(`A push to ${push.branch} needs a commit to push.`);
    const isForced = push.isForced ?? false;
    await updateRefs(world, by, repository, [{ name, before: before ?? ZERO_OID, after: tip, isForced }]);
    return tip;
  });
}

async function writeFiles(
  world: World,
  by: Actor,
  repository: Repository,
  commit: NewCommit & { parent: Oid | null },
): Promise<Oid> {
  const { git } = world;
  const changes = new Map<string, { mode: string; oid: Oid } | null>();
  for (const [path, content] of Object.entries(commit.files)) {
    const oid = content === null ? null : await git.writeBlob(repository.gitDir, Buffer.from(content));
    changes.set(path, oid === null ? null : { mode: '100644', oid });
  }
  const parent = commit.parent === null ? null : await commitOf(world, repository, commit.parent);
  const tree = await git.changeTree(repository.gitDir, parent?.tree ?? null, changes);
  const signature = signatureOf(world, by.account);
  const parents = parent === null ? [] : [parent.oid];
  return git.writeCommit(repository.gitDir, {
    tree,
    parents,
    message: `${commit.message}\n`,
    author: signature,
    committer: signature,
  });
}

/** A commit that must be there. */
export async function commitOf(
  world: World,
  repository: Repository,
  oid: Oid,
): Promise<{ oid: Oid; tree: Oid; parents: Oid[]; message: string }> {
  const commit = await world.git.readCommit(repository.gitDir, oid);
  if (commit === null) throw notFound(`No commit found for SHA: ${oid}`);
  return commit;
}

/** Keeps bytes as a blob that no tree holds yet. */
export async function createBlob(world: World, repository: Repository, bytes: Uint8Array): Promise<Oid> {
  refuseWriteToArchived(repository);
  return world.git.writeBlob(repository.gitDir, bytes);
}

/** Makes a tree from entries with slashed paths, on another tree where one is named. */
export async function createTree(
  world: World,
  repository: Repository,
  wanted: { base: Oid | null; entries: NewTreeEntry[] },
): Promise<Oid> {
  refuseWriteToArchived(repository);
  const { git } = world;
  // The base may be a commit: GitHub takes its tree.
  const base =
    wanted.base === null ? null : ((await git.readCommit(repository.gitDir, wanted.base))?.tree ?? wanted.base);
  if (base !== null && (await git.typeOf(repository.gitDir, base)) !== 'tree')
    throw notFound(`base_tree ${base} is not a tree`);
  const changes = new Map<string, { mode: string; oid: Oid } | null>();
  for (const entry of wanted.entries) {
    if (isHostilePath(entry.path)) throw unprocessable(`tree.path contains a malformed path component`);
    changes.set(entry.path, await entryContent(world, repository, entry));
  }
  return git.changeTree(repository.gitDir, base, changes);
}

async function entryContent(
  world: World,
  repository: Repository,
  entry: NewTreeEntry,
): Promise<{ mode: string; oid: Oid } | null> {
  if (entry.content === null) return null;
  if ('text' in entry.content)
    return { mode: entry.mode, oid: await world.git.writeBlob(repository.gitDir, Buffer.from(entry.content.text)) };
  const { oid } = entry.content;
  const wanted = entry.mode === '040000' ? 'tree' : entry.mode === '160000' ? 'commit' : 'blob';
  const type = await world.git.typeOf(repository.gitDir, oid);
  // A submodule's commit lives elsewhere.
  if (wanted !== 'commit' && type !== wanted) throw unprocessable(`tree.sha ${oid} is not a valid ${wanted}`);
  return { mode: entry.mode, oid };
}

function isHostilePath(path: string): boolean {
  return path.split('/').some((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git');
}

/** Makes a commit of an existing tree; author and committer are whoever asks. No ref moves. */
export async function createCommit(
  world: World,
  by: Actor,
  repository: Repository,
  wanted: { message: string; tree: Oid; parents: Oid[] },
): Promise<Oid> {
  refuseWriteToArchived(repository);
  const { git } = world;
  if ((await git.typeOf(repository.gitDir, wanted.tree)) !== 'tree') throw unprocessable('Tree SHA does not exist');
  for (const parent of wanted.parents)
    if ((await git.readCommit(repository.gitDir, parent)) === null)
      throw unprocessable('Parent SHA does not exist or is not a commit object');
  const signature = signatureOf(world, by.account);
  return git.writeCommit(repository.gitDir, { ...wanted, author: signature, committer: signature });
}

/** GraphQL's `createCommitOnBranch`: files changed on top of a branch whose tip must be the expected one. */
export async function createCommitOnBranch(
  world: World,
  by: Actor,
  repository: Repository,
  wanted: {
    branch: string;
    expectedHeadOid: Oid;
    message: string;
    additions: { path: string; bytes: Uint8Array }[];
    deletions: string[];
  },
): Promise<Oid> {
  return world.atomically(async () => {
    refuseWriteToArchived(repository);
    const { git } = world;
    const name = `refs/heads/${wanted.branch}`;
    refuseInvalidRefName(name);
    const before = repository.refs.get(name);
    if (before === undefined)
      throw notFound(`No such branch: \`${wanted.branch}\` in repository \`${repository.owner}/${repository.name}\`.`);
    if (before !== wanted.expectedHeadOid)
      throw new Refusal(
        409,
        'STALE_DATA',
        `Expected branch to point to "${wanted.expectedHeadOid}" but it did not. Pull and try again.`,
      );
    const parent = await commitOf(world, repository, before);
    const changes = new Map<string, { mode: string; oid: Oid } | null>();
    for (const path of wanted.deletions) {
      if ((await git.findPath(repository.gitDir, parent.tree, path)) === null)
        throw unprocessable(`A path was requested for deletion which does not exist as of commit oid \`${before}\``);
      changes.set(path, null);
    }
    for (const { path, bytes } of wanted.additions) {
      if (isHostilePath(path)) throw unprocessable(`A path was requested for addition which is not allowed: ${path}`);
      const present = await git.findPath(repository.gitDir, parent.tree, path);
      // The mutation has no modes: a file keeps the one that it has.
      const mode = present?.type === 'blob' ? present.mode : '100644';
      changes.set(path, { mode, oid: await git.writeBlob(repository.gitDir, bytes) });
    }
    const tree = await git.changeTree(repository.gitDir, parent.tree, changes);
    const oid = await createCommit(world, by, repository, { message: wanted.message, tree, parents: [before] });
    await updateRefs(world, by, repository, [{ name, before, after: oid, isForced: false }]);
    return oid;
  });
}

/** Merges a branch or commit into a branch; `null` where there is nothing to merge, a refusal on a conflict. */
export async function mergeBranch(
  world: World,
  by: Actor,
  repository: Repository,
  merge: { base: string; head: string; message?: string | undefined },
): Promise<Oid | null> {
  return world.atomically(async () => {
    refuseWriteToArchived(repository);
    const { git } = world;
    const name = `refs/heads/${merge.base}`;
    const base = repository.refs.get(name);
    if (base === undefined) throw notFound('Base does not exist');
    const head = repository.refs.get(`refs/heads/${merge.head}`) ?? merge.head;
    if ((await git.readCommit(repository.gitDir, head)) === null) throw notFound('Head does not exist');
    if (await git.isAncestor(repository.gitDir, head, base)) return null;
    const { tree, conflicts } = await git.mergeTrees(repository.gitDir, base, head);
    if (conflicts.length > 0) throw new Refusal(409, 'CONFLICT', 'Merge conflict');
    const message = merge.message ?? `Merge ${merge.head} into ${merge.base}`;
    const oid = await createCommit(world, by, repository, { message, tree, parents: [base, head] });
    await updateRefs(world, by, repository, [{ name, before: base, after: oid, isForced: false }]);
    return oid;
  });
}
