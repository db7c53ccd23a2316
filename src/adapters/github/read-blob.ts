/** Files as GraphQL gives them. Their text counts only if it is, byte for byte, the blob that it is said to be. */
import { z } from 'zod';

import { blobId } from './git-object-id.ts';
import type { GitHubClient } from './github-client.ts';

/** What is asked of a blob. */
export const BLOB_FRAGMENT = 'fragment Blob on Blob { oid byteSize isBinary isTruncated text }';

/** A blob. Anything else at that path (a folder, a submodule) has none of the fields. */
export const Blob = z.object({
  oid: z.string(),
  byteSize: z.number(),
  isBinary: z.boolean().nullable(),
  isTruncated: z.boolean(),
  text: z.string().nullable(),
});
export type Blob = z.infer<typeof Blob>;

/** The entry at a path; `null` if there is none, or no file. */
export const FileEntry: z.ZodType<Blob | null> = z
  .object({ object: z.union([Blob, z.object({}).transform(() => null)]).nullable() })
  .nullable()
  .transform((entry) => entry?.object ?? null);

const EncodedBlob = z.object({ content: z.string(), encoding: z.string() });

/** Where a blob is asked for that GraphQL did not give in whole. */
export interface BlobSource {
  client: GitHubClient;
  owner: string;
  name: string;
}

/**
 * The bytes of a blob; `null` if it is larger than `maxBytes`. Throws `GitHubError` if it cannot be read, and an
 * `Error` if what was read is not the blob of that name.
 */
export async function readBlobBytes(blob: Blob, maxBytes: number, source: BlobSource): Promise<Uint8Array | null> {
  if (blob.byteSize > maxBytes) return null;
  const inline = blob.text === null ? null : Buffer.from(blob.text, 'utf8');
  // Also where GitHub cut it, or put other characters in place of what is not UTF-8.
  if (inline !== null && blobId(inline, blob.oid) === blob.oid) return inline;
  return fetchBlob(blob.oid, source);
}

/** Reads a blob whatever its size. */
export async function fetchBlob(oid: string, { client, owner, name }: BlobSource): Promise<Uint8Array> {
  const { content, encoding } = await client.rest({
    route: 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}',
    parameters: { owner, repo: name, file_sha: oid },
    what: `Reading the blob ${oid.slice(0, 12)}`,
    answer: EncodedBlob,
  });
  const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
  if (blobId(bytes, oid) === oid) return bytes;
  throw new Error(`GitHub gave other bytes than those of the blob ${oid}: look again.`);
}
