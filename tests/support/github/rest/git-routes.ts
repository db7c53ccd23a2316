/** Routes of the git database: blobs, trees, commits and refs. */
import { createBlob, createCommit, createTree, type NewTreeEntry } from '../operations/commits.ts';
import { createRef, deleteRef, updateRef } from '../operations/refs.ts';
import type { Oid } from '../state.ts';
import { notFound, unprocessable } from '../world.ts';
import { representBlob, representCommit, representRef, representTree, type ShownEntry } from './represent-git.ts';
import { repositoryUrls } from './represent-repository.ts';
import { ok, type RepositoryCall, type RestAnswer, type RestRoutes } from './rest-call.ts';

export const gitRoutes: RestRoutes<RepositoryCall> = {
  'POST /repos/{owner}/{repo}/git/blobs': writeBlob,
  'GET /repos/{owner}/{repo}/git/blobs/{file_sha}': readBlob,
  'POST /repos/{owner}/{repo}/git/trees': writeTree,
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}': readTree,
  'POST /repos/{owner}/{repo}/git/commits': writeCommit,
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': async (call) => {
    const oid = call.path['commit_sha'] ?? '';
    return ok(await showCommit(call, oid));
  },
  'GET /repos/{owner}/{repo}/git/ref/{ref}': (call) => {
    const name = `refs/${call.path['ref'] ?? ''}`;
    const oid = call.repository.refs.get(name);
    if (oid === undefined) throw notFound();
    return ok(representRef(call.world, call.repository, name, oid));
  },
  'GET /repos/{owner}/{repo}/git/matching-refs/{ref}': ({ world, repository, path }) =>
    ok(
      [...repository.refs]
        .filter(([name]) => name.startsWith(`refs/${path['ref'] ?? ''}`))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, oid]) => representRef(world, repository, name, oid)),
    ),
  'POST /repos/{owner}/{repo}/git/refs': async ({ world, actor, repository, body }) => {
    const { ref, sha } = body as { ref: string; sha: Oid };
    if (!/^refs\/[^/]+\/./u.test(ref)) throw unprocessable(`${ref} is not a valid ref name.`);
    await createRef(world, actor, repository, { name: ref, oid: sha });
    return { status: 201, body: representRef(world, repository, ref, sha) };
  },
  'PATCH /repos/{owner}/{repo}/git/refs/{ref}': async ({ world, actor, repository, body, path }) => {
    const { sha, force = false } = body as { sha: Oid; force?: boolean };
    const name = `refs/${path['ref'] ?? ''}`;
    await updateRef(world, actor, repository, { name, oid: sha, isForced: force });
    return ok(representRef(world, repository, name, sha));
  },
  'DELETE /repos/{owner}/{repo}/git/refs/{ref}': async ({ world, actor, repository, path }) => {
    await deleteRef(world, actor, repository, `refs/${path['ref'] ?? ''}`);
    return { status: 204 };
  },
};

async function writeBlob({ world, repository, body }: RepositoryCall): Promise<RestAnswer> {
  const { content, encoding = 'utf-8' } = body as { content: string; encoding?: string };
  const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
  const sha = await createBlob(world, repository, bytes);
  return { status: 201, body: { sha, url: `${repositoryUrls(world, repository).api}/git/blobs/${sha}` } };
}

async function readBlob({ world, repository, path }: RepositoryCall): Promise<RestAnswer> {
  const oid = path['file_sha'] ?? '';
  const bytes = await world.git.readBlob(repository.gitDir, oid);
  if (bytes === null) throw notFound();
  return ok(representBlob(world, repository, oid, bytes));
}

interface WrittenEntry {
  readonly path: string;
  readonly mode: NewTreeEntry['mode'];
  readonly sha?: Oid | null;
  readonly content?: string;
}

async function writeTree({ world, repository, body }: RepositoryCall): Promise<RestAnswer> {
  const { tree, base_tree: base = null } = body as { tree: WrittenEntry[]; base_tree?: Oid };
  const entries = tree.map((entry) => ({ path: entry.path, mode: entry.mode, content: readContent(entry) }));
  const oid = await createTree(world, repository, { base, entries });
  const written = (await world.git.readTree(repository.gitDir, oid)) ?? [];
  const shown = written.map((entry) => ({ ...entry, path: entry.name }));
  return { status: 201, body: representTree(world, repository, oid, shown) };
}

function readContent({ sha, content }: WrittenEntry): NewTreeEntry['content'] {
  if (sha === null) return null;
  return sha === undefined ? { text: content ?? '' } : { oid: sha };
}

async function readTree(call: RepositoryCall): Promise<RestAnswer> {
  const { world, repository } = call;
  const asked = call.path['tree_sha'] ?? '';
  const commit = await world.git.readCommit(repository.gitDir, repository.refs.get(`refs/heads/${asked}`) ?? asked);
  const oid = commit?.tree ?? asked;
  if ((await world.git.readTree(repository.gitDir, oid)) === null) throw notFound();
  const entries = await listTree(call, oid, '', call.query.has('recursive'));
  return ok(representTree(world, repository, oid, entries));
}

async function listTree(call: RepositoryCall, oid: Oid, prefix: string, isDeep: boolean): Promise<ShownEntry[]> {
  const { git } = call.world;
  const entries = (await git.readTree(call.repository.gitDir, oid)) ?? [];
  const shown: ShownEntry[] = [];
  for (const entry of entries) {
    const path = `${prefix}${entry.name}`;
    const bytes = entry.type === 'blob' ? await git.readBlob(call.repository.gitDir, entry.oid) : null;
    shown.push({ ...entry, path, ...(bytes === null ? {} : { size: bytes.byteLength }) });
    if (isDeep && entry.type === 'tree') shown.push(...(await listTree(call, entry.oid, `${path}/`, true)));
  }
  return shown;
}

async function writeCommit(call: RepositoryCall): Promise<RestAnswer> {
  const { message, tree, parents = [] } = call.body as { message: string; tree: Oid; parents?: Oid[] };
  const oid = await createCommit(call.world, call.actor, call.repository, { message, tree, parents });
  return { status: 201, body: await showCommit(call, oid) };
}

async function showCommit({ world, repository }: RepositoryCall, oid: Oid): Promise<Record<string, unknown>> {
  const commit = await world.git.readCommit(repository.gitDir, oid);
  if (commit === null) throw notFound();
  return representCommit(world, repository, commit);
}
