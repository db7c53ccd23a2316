/**
 * The files of a ledger at a commit. What a commit holds never changes, so that trees and texts that were read or
 * written once come from memory, and after another process's write only what it changed is read.
 */
import { z } from 'zod';

import type { CommitSha } from '../../core/brand.ts';
import type { LedgerFiles } from '../../ports/ledger-store.ts';
import { BoundedCache } from './bounded-cache.ts';
import { GitHubError } from './github-error.ts';
import type { GitHubClient } from './github-client.ts';
import { GraphqlDocument } from './graphql-document.ts';
import { Blob, BLOB_FRAGMENT, fetchBlob, readBlobBytes } from './read-blob.ts';
import type { RepositoryMemory } from './repository-memory.ts';

/** Names of the blobs of a tree, by path. */
export type LedgerTree = ReadonlyMap<string, string>;

export interface LedgerReader {
  /** The files at a commit. Throws {@link GitHubError}. */
  readFiles(at: CommitSha): Promise<LedgerFiles>;
  readTree(at: CommitSha): Promise<LedgerTree>;
  /** Keeps what was just written. */
  remember(at: CommitSha, tree: LedgerTree, texts: ReadonlyMap<string, string>): void;
}

/** Trees and texts that were read or written, of all repositories of a process. */
export interface LedgerCache {
  readonly trees: BoundedCache<CommitSha, LedgerTree>;
  /** By the name of the blob. */
  readonly texts: BoundedCache<string, string>;
}

/** An empty cache. */
export function openLedgerCache(): LedgerCache {
  return {
    trees: new BoundedCache(MAX_CACHED_PATHS, (tree) => tree.size + 1),
    texts: new BoundedCache(MAX_CACHED_CHARACTERS, (text) => text.length + 100),
  };
}

const MAX_CACHED_CHARACTERS = 64 * 1024 * 1024;
const MAX_CACHED_PATHS = 200_000;
const MAX_BLOB_BYTES = 32 * 1024 * 1024;
/** Blobs of one request; GraphQL gives up where it takes long. */
const BLOBS_AT_ONCE = 100;
/** Folders in folders, the root included; a ledger's are four deep. */
const MAX_DEPTH = 5;
const WHAT = 'Reading a ledger';

/** An entry with the blob, if it was asked for, or with the entries of the folder. */
interface Entry {
  name: string;
  type: string;
  oid: string;
  object?: z.infer<typeof Blob> | { entries?: Entry[] | null | undefined } | null | undefined;
}
const Entry: z.ZodType<Entry> = z.lazy(() =>
  z.object({
    name: z.string(),
    type: z.string(),
    oid: z.string(),
    object: z.union([Blob, z.object({ entries: z.array(Entry).nullish() })]).nullish(),
  }),
);
const TreeAnswer = z.object({
  repository: z
    .object({ object: z.object({ tree: z.object({ entries: z.array(Entry).nullable() }).optional() }).nullable() })
    .nullable(),
});
const BlobsAnswer = z.object({ repository: z.record(z.string(), Blob.nullable()).nullable() });

/**
 * Opens the ledgers of one repository for reading. A shared cache gives nothing away: what is in it is found only by
 * the name of its content, and that comes from the repository's own trees.
 */
export function openLedgerReader(client: GitHubClient, memory: RepositoryMemory, cache: LedgerCache): LedgerReader {
  const { trees, texts } = cache;
  const source = () => ({ client, owner: memory.address.owner, name: memory.address.name });

  async function keepBlob(blob: z.infer<typeof Blob>): Promise<void> {
    const bytes = await readBlobBytes(blob, MAX_BLOB_BYTES, source());
    if (bytes === null) throw tooLarge(blob);
    texts.set(blob.oid, new TextDecoder().decode(bytes));
  }

  async function askTree(at: CommitSha, withTexts: boolean): Promise<LedgerTree> {
    const { data, errors } = await client.graphql({
      kind: 'query',
      ...writeTreeQuery(source(), at, withTexts),
      what: WHAT,
      answer: TreeAnswer,
      ...(withTexts ? { maxRepeats: 0 } : {}),
    });
    if (errors[0] !== undefined) throw client.errorOf(WHAT, errors[0].failure);
    const entries = data.repository?.object?.tree?.entries ?? null;
    if (entries === null) throw goneError(at);
    const tree = new Map<string, string>();
    for (const { path, entry } of listFiles(entries, '')) {
      tree.set(path, entry.oid);
      if (entry.object != null && 'byteSize' in entry.object) await keepBlob(entry.object);
    }
    trees.set(at, tree);
    return tree;
  }

  /** With all texts at once where nothing of it can be known yet; GitHub may take too long for a very large one. */
  async function readWhole(at: CommitSha): Promise<LedgerTree> {
    try {
      return await askTree(at, true);
    } catch (error) {
      const isTooMuch = error instanceof GitHubError && error.ending.kind === 'later' && !error.ending.isLimit;
      if (!isTooMuch) throw error;
    }
    return askTree(at, false);
  }

  async function readMissing(oids: readonly string[]): Promise<void> {
    for (let from = 0; from < oids.length; from += BLOBS_AT_ONCE)
      for (const blob of await askBlobs(client, source(), oids.slice(from, from + BLOBS_AT_ONCE))) await keepBlob(blob);
  }

  let isCold = true;
  return {
    async readFiles(at) {
      const known = trees.get(at);
      const tree = known ?? (isCold ? await readWhole(at) : await askTree(at, false));
      isCold = false;
      const missing = [...new Set(tree.values())].filter((oid) => texts.get(oid) === undefined);
      await readMissing(missing);
      const files: Record<string, string> = {};
      // A blob that is too large to be kept beside the others is read by itself.
      for (const [path, oid] of tree)
        files[path] = texts.get(oid) ?? new TextDecoder().decode(await fetchBlob(oid, source()));
      return files;
    },
    readTree: async (at) => trees.get(at) ?? askTree(at, false),
    remember(at, tree, written) {
      trees.set(at, tree);
      for (const [oid, text] of written) texts.set(oid, text);
    },
  };
}

interface Address {
  owner: string;
  name: string;
}

function writeTreeQuery({ owner, name }: Address, at: CommitSha, withTexts: boolean) {
  const document = new GraphqlDocument('query', 'ReadLedger');
  if (withTexts) document.define(BLOB_FRAGMENT);
  const text = withTexts ? '...Blob' : '';
  let entries = 'entries { name type oid }';
  for (let depth = 1; depth < MAX_DEPTH; depth += 1)
    entries = `entries { name type oid object { ${text} ... on Tree { ${entries} } } }`;
  const variables = [document.variable('String!', owner), document.variable('String!', name)] as const;
  const object = `object(oid: ${document.variable('GitObjectID!', at)}) { ... on Commit { tree { ${entries} } } }`;
  document.select(`repository(owner: ${variables[0]}, name: ${variables[1]}) { ${object} }`);
  return document.finish();
}

function* listFiles(entries: readonly Entry[], folder: string): Generator<{ path: string; entry: Entry }> {
  for (const entry of entries) {
    const path = `${folder}${entry.name}`;
    if (entry.type === 'blob') yield { path, entry };
    if (entry.type !== 'tree') continue;
    const inner = entry.object != null && 'entries' in entry.object ? (entry.object.entries ?? null) : null;
    if (inner === null) throw strange(`its folder ${path.slice(0, 100)} is deeper than any of its own`);
    yield* listFiles(inner, `${path}/`);
  }
}

async function askBlobs(
  client: GitHubClient,
  { owner, name }: Address,
  oids: readonly string[],
): Promise<z.infer<typeof Blob>[]> {
  const document = new GraphqlDocument('query', 'ReadLedgerBlobs');
  document.define(BLOB_FRAGMENT);
  const variables = [document.variable('String!', owner), document.variable('String!', name)] as const;
  const fields = oids.map(
    (oid, index) => `b${index}: object(oid: ${document.variable('GitObjectID!', oid)}) { ...Blob }`,
  );
  document.select(`repository(owner: ${variables[0]}, name: ${variables[1]}) {\n${fields.join('\n')}\n}`);
  const { data, errors } = await client.graphql({
    kind: 'query',
    ...document.finish(),
    what: WHAT,
    answer: BlobsAnswer,
  });
  if (errors[0] !== undefined) throw client.errorOf(WHAT, errors[0].failure);
  return oids.map((oid, index) => {
    const blob = data.repository?.[`b${index}`] ?? null;
    if (blob?.oid === oid) return blob;
    throw strange(`its blob ${oid.slice(0, 12)} is not there`);
  });
}

function goneError(at: CommitSha): GitHubError {
  return new GitHubError(WHAT, { ending: { kind: 'gone' }, because: `there is no commit ${at.slice(0, 12)}` });
}

function strange(because: string): GitHubError {
  return new GitHubError(WHAT, { ending: { kind: 'refused' }, because });
}

function tooLarge({ oid, byteSize }: z.infer<typeof Blob>): GitHubError {
  return strange(`its blob ${oid.slice(0, 12)} has ${byteSize} bytes, and at most ${MAX_BLOB_BYTES} are read`);
}
