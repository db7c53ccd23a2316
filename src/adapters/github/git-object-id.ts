/** Names of git objects, computed here: what GitHub says an object holds can be checked against its name. */
import { createHash } from 'node:crypto';

/** The name of a blob. `like` is any object name of the same repository: it tells which of git's two hashes is used. */
export function blobId(bytes: Uint8Array, like: string): string {
  const hash = createHash(like.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
