/** Refs, commits, trees and files as REST shows them. */
import type { CommitObject, Signature, TreeEntry } from '../git-storage.ts';
import { objectNodeId, refNodeId } from '../node-ids.ts';
import type { Oid, Repository } from '../state.ts';
import type { World } from '../world.ts';
import { toIso } from './represent-account.ts';
import { repositoryUrls } from './represent-repository.ts';

/** Schema `git-ref`; `name` in full. */
export function representRef(world: World, repository: Repository, name: string, oid: Oid): Record<string, unknown> {
  const { api } = repositoryUrls(world, repository);
  return {
    ref: name,
    node_id: refNodeId(repository, name),
    url: `${api}/git/${encodePath(name)}`,
    object: { type: 'commit', sha: oid, url: `${api}/git/commits/${oid}` },
  };
}

/** Schema `git-commit`. */
export function representCommit(world: World, repository: Repository, commit: CommitObject): Record<string, unknown> {
  const { api, web } = repositoryUrls(world, repository);
  const sign = (signature: Signature): Record<string, unknown> => ({
    name: signature.name,
    email: signature.email,
    date: toIso(signature.at),
  });
  return {
    sha: commit.oid,
    node_id: objectNodeId('Commit', repository, commit.oid),
    url: `${api}/git/commits/${commit.oid}`,
    html_url: `${web}/commit/${commit.oid}`,
    author: sign(commit.author),
    committer: sign(commit.committer),
    message: commit.message,
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/git/commits/${sha}`,
      html_url: `${web}/commit/${sha}`,
    })),
    verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
  };
}

/** One entry of a tree, by its path below the tree that is shown, with the size of a blob. */
export type ShownEntry = Pick<TreeEntry, 'mode' | 'type' | 'oid'> & { readonly path: string; readonly size?: number };

/** Schema `git-tree`. */
export function representTree(
  world: World,
  repository: Repository,
  oid: Oid,
  entries: readonly ShownEntry[],
): Record<string, unknown> {
  const { api } = repositoryUrls(world, repository);
  return {
    sha: oid,
    url: `${api}/git/trees/${oid}`,
    truncated: false,
    tree: entries.map((entry) => ({
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.oid,
      ...(entry.size === undefined ? {} : { size: entry.size }),
      ...(entry.type === 'commit'
        ? {}
        : { url: `${api}/git/${entry.type === 'tree' ? 'trees' : 'blobs'}/${entry.oid}` }),
    })),
  };
}

/** Schema `blob`. */
export function representBlob(world: World, repository: Repository, oid: Oid, bytes: Buffer): Record<string, unknown> {
  return {
    sha: oid,
    node_id: objectNodeId('Blob', repository, oid),
    size: bytes.byteLength,
    url: `${repositoryUrls(world, repository).api}/git/blobs/${oid}`,
    content: wrapBase64(bytes),
    encoding: 'base64',
  };
}

/** GitHub breaks base64 into lines of sixty characters. */
function wrapBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll(/.{1,60}/gu, '$&\n');
}

/** What a path of a commit holds, as `GET contents` describes it. */
export interface ShownContent {
  readonly path: string;
  /** Ref that was asked for. */
  readonly ref: string;
  readonly entry: Pick<TreeEntry, 'mode' | 'type' | 'oid'>;
  /** Of a blob. */
  readonly bytes: Buffer | null;
}

/** Schemas `content-file` and `content-symlink`; entries of `content-directory` with `isEntry`. */
export function representContent(
  world: World,
  repository: Repository,
  content: ShownContent,
  isEntry = false,
): Record<string, unknown> {
  const { api, web } = repositoryUrls(world, repository);
  const path = encodePath(content.path);
  const { entry } = content;
  const isTree = entry.type === 'tree';
  const git = `${api}/git/${isTree ? 'trees' : 'blobs'}/${entry.oid}`;
  const self = `${api}/contents/${path}?ref=${encodeURIComponent(content.ref)}`;
  const html = `${web}/${isTree ? 'tree' : 'blob'}/${encodePath(content.ref)}/${path}`;
  const isLink = entry.mode === '120000';
  return {
    type: isTree ? 'dir' : isLink ? 'symlink' : 'file',
    name: content.path.split('/').at(-1),
    path: content.path,
    sha: entry.oid,
    size: content.bytes?.byteLength ?? 0,
    url: self,
    git_url: git,
    html_url: html,
    download_url: isTree ? null : `${web}/raw/${encodePath(content.ref)}/${path}`,
    _links: { git, self, html },
    ...(isEntry || isTree ? {} : describeBytes(content.bytes ?? Buffer.alloc(0), isLink)),
  };
}

function describeBytes(bytes: Buffer, isLink: boolean): Record<string, unknown> {
  if (isLink) return { target: bytes.toString('utf8') };
  // Above one megabyte the content is left out, and the blob has to be asked for.
  if (bytes.byteLength > 1024 * 1024) return { content: '', encoding: 'none' };
  return { content: wrapBase64(bytes), encoding: 'base64' };
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
